//! rustc's messages, told in the cell's own lines.
//!
//! rustc renders a message for the generated crate. The cell's text stands in
//! there unchanged, only some lines further down, so a message becomes the
//! user's by renaming the file and renumbering the lines; lines of generated
//! code are left out.

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
    /// First line, from 1.
    pub line_start: usize,
    /// Whether the message is about this place.
    pub is_primary: bool,
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
        .filter_map(|line| serde_json::from_str::<Diagnostic>(line).ok())
        .filter(|diagnostic| !diagnostic.message.starts_with("aborting due to"))
        .filter(|diagnostic| diagnostic.level != "failure-note")
        .collect()
}

/// Where a line of a generated file comes from: the label of its cell and the
/// line there. `None` for generated code.
pub type Origin<'a> = dyn Fn(&str, usize) -> Option<(String, usize)> + 'a;

/// Retells a rendered message.
pub fn retell(rendered: &str, origin: &Origin<'_>, files: &[&str]) -> String {
    let mut out = Vec::new();
    let mut file = files.first().copied().unwrap_or_default().to_owned();
    let mut skipping = false;
    for line in rendered.trim_end().lines() {
        let plain = strip_ansi(line);
        if let Some((named, line_number)) = header(&plain, files) {
            file = named.to_owned();
            skipping = false;
            out.push(rename(line, named, line_number, origin));
        } else if let Some(number) = gutter(&plain) {
            match origin(&file, number) {
                Some((_, own)) => {
                    skipping = false;
                    out.push(renumber(line, number, own));
                }
                // A line that rustc proposes to add, at a place of ours.
                None if proposal(&plain) => out.push(line.replacen(&number.to_string(), " ", 1)),
                None => skipping = true,
            }
        } else if skipping && annotation(&plain) {
            // Belongs to a line that is left out.
        } else {
            skipping = false;
            out.push(line.to_owned());
        }
    }
    out.join("\n")
}

/// A `--> file:line:column` or `::: file:line:column` line.
fn header<'a>(plain: &str, files: &[&'a str]) -> Option<(&'a str, usize)> {
    let place = plain.trim_start();
    let place = place
        .strip_prefix("--> ")
        .or_else(|| place.strip_prefix("::: "))?;
    let (name, rest) = place.split_once(':')?;
    let file = files.iter().find(|file| **file == name)?;
    Some((file, rest.split(':').next()?.parse().ok()?))
}

fn rename(line: &str, file: &str, number: usize, origin: &Origin<'_>) -> String {
    let old = format!("{file}:{number}");
    let new = match origin(file, number) {
        Some((label, own)) => format!("{label}:{own}"),
        // Generated code: name the cell, not the line.
        None => match (1..10_000).find_map(|line| origin(file, line)) {
            Some((label, _)) => {
                let start = line.find(&old).unwrap_or(0);
                return format!("{}{label}", &line[..start]);
            }
            None => old.clone(),
        },
    };
    line.replacen(&old, &new, 1)
}

/// The number of a source line, a suggestion's changed line included.
fn gutter(plain: &str) -> Option<usize> {
    let trimmed = plain.trim_start();
    let digits = trimmed.len()
        - trimmed
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let number = trimmed[..digits].parse().ok()?;
    let rest = trimmed[digits..].trim_start();
    let mark = rest.chars().next()?;
    matches!(mark, '|' | '+' | '-' | '~' | '/' | '\\').then_some(number)
}

fn proposal(plain: &str) -> bool {
    let rest = plain
        .trim_start()
        .trim_start_matches(|c: char| c.is_ascii_digit());
    rest.trim_start().starts_with("+ use ")
}

fn annotation(plain: &str) -> bool {
    let trimmed = plain.trim();
    trimmed.starts_with('|') && trimmed.len() > 1 || trimmed == "..." || trimmed.starts_with("...")
}

fn renumber(line: &str, old: usize, new: usize) -> String {
    let (old, new) = (old.to_string(), new.to_string());
    let padded = format!("{new:<width$}", width = old.len());
    // The first digits outside of a colour code are the line's number.
    let mut at = 0;
    let bytes = line.as_bytes();
    while at < bytes.len() {
        if bytes[at] == 0x1b {
            at += line[at..].find('m').map_or(1, |end| end + 1);
        } else if line[at..].starts_with(&old) {
            return format!("{}{padded}{}", &line[..at], &line[at + old.len()..]);
        } else {
            at += line[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    line.to_owned()
}

/// A text without colours.
pub fn strip_ansi(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("\x1b[") {
        plain.push_str(&rest[..start]);
        let tail = &rest[start..];
        rest = tail.find('m').map_or("", |end| &tail[end + 1..]);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_in_the_cells_lines() {
        let rendered = "\
\u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m: mismatched types
  \u{1b}[94m--> \u{1b}[0mcell.rs:12:14
   \u{1b}[94m|\u{1b}[0m
\u{1b}[94m9 \u{1b}[0m  \u{1b}[94m|\u{1b}[0m let generated = 1;
   \u{1b}[94m|\u{1b}[0m     --------- here
\u{1b}[94m12\u{1b}[0m \u{1b}[94m|\u{1b}[0m let x: i32 = \"12\";
   \u{1b}[94m|\u{1b}[0m              ^^^^ expected `i32`
";
        let origin = |_: &str, line: usize| (line > 10).then(|| ("In [3]".to_owned(), line - 10));
        let told = strip_ansi(&retell(rendered, &origin, &["cell.rs"]));
        assert_eq!(
            told,
            "error[E0308]: mismatched types\n  --> In [3]:2:14\n   |\n2  | let x: i32 = \"12\";\n   |              ^^^^ expected `i32`"
        );
    }
}
