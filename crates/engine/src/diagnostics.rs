//! rustc's messages, as it writes them in JSON.

use std::ops::Range;

use serde::Deserialize;

use crate::generate::DECLARED;
use crate::segments;

/// One message of rustc.
#[derive(Debug, Clone, Deserialize)]
pub struct Diagnostic {
    /// The message without its source lines.
    pub message: String,
    /// The error's number.
    pub code: Option<Code>,
    /// `error`, `warning`, …
    pub level: String,
    /// The places it points to.
    pub spans: Vec<Span>,
    /// Notes and suggestions.
    pub children: Vec<Diagnostic>,
    /// As rustc prints it, in colour.
    pub rendered: Option<String>,
    /// As rustc wrote it.
    #[serde(skip)]
    pub json: String,
}

/// The number of an error.
#[derive(Debug, Clone, Deserialize)]
pub struct Code {
    /// Such as `E0382`.
    pub code: String,
}

/// A place in the generated source.
#[derive(Debug, Clone, Deserialize)]
pub struct Span {
    /// The file, as it was named to rustc.
    pub file_name: String,
    /// First byte, from 0.
    pub byte_start: usize,
    /// The byte behind the last.
    pub byte_end: usize,
    /// First line, from 1.
    pub line_start: usize,
    /// First column, in characters, from 1.
    pub column_start: usize,
    /// Whether the message is about this place.
    pub is_primary: bool,
    /// What is said of this place.
    pub label: Option<String>,
    /// What rustc would write here instead.
    pub suggested_replacement: Option<String>,
    /// The code that wrote this one, if a macro did.
    pub expansion: Option<Box<Expansion>>,
}

/// A macro call.
#[derive(Debug, Clone, Deserialize)]
pub struct Expansion {
    /// Where it stands.
    pub span: Span,
}

impl Span {
    /// The bytes of the file.
    pub fn bytes(&self) -> Range<usize> {
        self.byte_start..self.byte_end
    }

    /// This place and the macro calls around it.
    pub fn and_callers(&self) -> Vec<&Span> {
        let mut spans = vec![self];
        while let Some(expansion) = &spans[spans.len() - 1].expansion {
            spans.push(&expansion.span);
        }
        spans
    }
}

impl Diagnostic {
    /// The error's number, if it has one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| code.code.as_str())
    }
}

/// Without the paths by which rustc finds crates: those of `:dep` by one without a name
/// (`extern crate … as _`), the others where they are declared. In a cell they are there
/// by their own names.
fn by_own_names(line: &str) -> String {
    let declared = format!("{DECLARED}::");
    segments::plain(line)
        .replace("crate::_::", "")
        .replace(&format!("crate::{declared}"), "")
        .replace(&declared, "")
}

/// Reads rustc's JSON lines; anything else is passed over.
pub fn parse(text: &str) -> Vec<Diagnostic> {
    text.lines()
        .filter_map(|line| {
            let line = by_own_names(line);
            let mut diagnostic = serde_json::from_str::<Diagnostic>(&line).ok()?;
            diagnostic.json = line;
            Some(diagnostic)
        })
        .filter(|diagnostic| !diagnostic.message.starts_with("aborting due to"))
        .filter(|diagnostic| diagnostic.level != "failure-note")
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINE: &str = r#"{"message":"borrowed value","code":{"code":"E0597","explanation":null},"level":"error","spans":[{"file_name":"cell.rs","byte_start":4,"byte_end":9,"line_start":2,"column_start":3,"is_primary":true,"label":null,"suggested_replacement":null,"expansion":{"span":{"file_name":"a.rs","byte_start":0,"byte_end":1,"line_start":1,"column_start":1,"is_primary":false,"label":"in this macro","suggested_replacement":null,"expansion":null}}}],"children":[],"rendered":"error"}"#;

    #[test]
    fn what_is_no_message_is_passed_over() {
        let text = format!("warning: not JSON\n{LINE}\n{{}}\n");
        let found = parse(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code(), Some("E0597"));
        assert_eq!(found[0].json, LINE);
        let files: Vec<&str> = found[0].spans[0]
            .and_callers()
            .iter()
            .map(|span| span.file_name.as_str())
            .collect();
        assert_eq!(files, ["cell.rs", "a.rs"]);
    }

    proptest! {
        /// Broken in any way, a line is a message or none.
        #[test]
        fn any_text_is_read(text in "\\PC{0,100}", noise in "[-{}\\[\\]\":,0-9a-z\\\\\n]{0,20}", cuts in prop::collection::vec(0..LINE.len(), 2)) {
            parse(&text);
            let (from, to) = (cuts[0].min(cuts[1]), cuts[0].max(cuts[1]));
            let broken = format!("{}{noise}{}\n{LINE}", &LINE[..from], &LINE[to..]);
            // The whole one behind it is found whatever comes before.
            let found = parse(&broken);
            prop_assert_eq!(found.last().map(|last| last.json.as_str()), Some(LINE));
            for diagnostic in &found {
                for span in &diagnostic.spans {
                    prop_assert!(!span.and_callers().is_empty());
                }
            }
        }
    }
}
