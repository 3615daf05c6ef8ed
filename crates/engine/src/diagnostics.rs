//! rustc's messages, as it writes them in JSON.

use std::ops::Range;

use serde::Deserialize;

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

/// Reads rustc's JSON lines; anything else is passed over.
pub fn parse(text: &str) -> Vec<Diagnostic> {
    text.lines()
        .filter_map(|line| {
            let mut diagnostic = serde_json::from_str::<Diagnostic>(line).ok()?;
            line.clone_into(&mut diagnostic.json);
            Some(diagnostic)
        })
        .filter(|diagnostic| !diagnostic.message.starts_with("aborting due to"))
        .filter(|diagnostic| diagnostic.level != "failure-note")
        .collect()
}
