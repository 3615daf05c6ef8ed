//! Whether a text could be run as it is, or wants more lines.

use crate::commands::Lines;
use crate::parse::Cell;

/// What a frontend should do with Enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// The text is a cell.
    Complete,
    /// More is to come; the next line is indented by this.
    Incomplete(String),
    /// No continuation could make it a cell.
    Invalid,
}

/// Judges a text.
pub fn completeness(text: &str) -> Completeness {
    // Of variables it cannot know: `!x` is a program or Rust, and whole anyway.
    let text = &Lines::of(text, |_| false).code;
    if Cell::parse(text).is_ok() {
        return Completeness::Complete;
    }
    match open_brackets(text) {
        Some(depth) if depth > 0 => Completeness::Incomplete("    ".repeat(depth)),
        // Inside a string or a comment, where a space would be content.
        None => Completeness::Incomplete(String::new()),
        _ if wants_more(text) => Completeness::Incomplete("    ".to_owned()),
        _ => Completeness::Invalid,
    }
}

/// A text that stops in the middle of a phrase (`let x =`).
fn wants_more(text: &str) -> bool {
    let text = text.trim_end();
    const OPEN: &[&str] = &[
        "=", "+", "-", "*", "/", "&&", "||", ".", ",", "->", "=>", "::", "|",
    ];
    OPEN.iter().any(|end| text.ends_with(end))
}

/// How many brackets are open at the end; `None` inside a string or comment.
/// Negative counts (too many closed) are 0: nothing can mend those.
fn open_brackets(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth < 0 {
                    return Some(0);
                }
            }
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().find(|c| *c == '\n');
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut nested = 1;
                let mut previous = ' ';
                while nested > 0 {
                    let c = chars.next()?;
                    match (previous, c) {
                        ('*', '/') => nested -= 1,
                        ('/', '*') => nested += 1,
                        _ => {}
                    }
                    previous = if matches!((previous, c), ('*', '/') | ('/', '*')) {
                        ' '
                    } else {
                        c
                    };
                }
            }
            '"' => loop {
                match chars.next()? {
                    '\\' => {
                        chars.next()?;
                    }
                    '"' => break,
                    _ => {}
                }
            },
            'r' if matches!(chars.peek(), Some('"' | '#')) => {
                let mut hashes = 0;
                while chars.next_if_eq(&'#').is_some() {
                    hashes += 1;
                }
                if chars.next_if_eq(&'"').is_some() {
                    let end = format!("\"{}", "#".repeat(hashes));
                    let mut seen = String::new();
                    while !seen.ends_with(&end) {
                        seen.push(chars.next()?);
                    }
                }
            }
            '\'' => {
                // A character literal, or else a lifetime.
                let mut ahead = chars.clone();
                let literal = match ahead.next() {
                    Some('\\') => true,
                    Some(_) => ahead.next() == Some('\''),
                    None => false,
                };
                if literal {
                    if chars.next() == Some('\\') {
                        chars.next();
                    }
                    chars.find(|c| *c == '\'');
                }
            }
            _ => {}
        }
    }
    Some(depth.unsigned_abs() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn more(indent: &str) -> Completeness {
        Completeness::Incomplete(indent.to_owned())
    }

    #[test]
    fn texts_are_judged_as_a_person_would() {
        assert_eq!(completeness("1 + 1"), Completeness::Complete);
        assert_eq!(completeness(""), Completeness::Complete);
        assert_eq!(completeness("fn f() {"), more("    "));
        assert_eq!(completeness("f(vec!["), more("        "));
        assert_eq!(completeness("let x ="), more("    "));
        assert_eq!(completeness(":vars\n!ls"), Completeness::Complete);
        assert_eq!(completeness(":vars\nlet x ="), more("    "));
        assert_eq!(completeness("let s = \"abc"), more(""));
        assert_eq!(completeness("let s = r#\"abc\""), more(""));
        assert_eq!(completeness("/* begun"), more(""));
        assert_eq!(completeness("let c = '{';"), Completeness::Complete);
        assert_eq!(completeness("fn f<'a>(x: &'a str) {"), more("    "));
        assert_eq!(completeness("1 + )"), Completeness::Invalid);
        assert_eq!(completeness("let 3 3 = 1;"), Completeness::Invalid);
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "[a-z0-9 \"'{}()\\[\\]/*\\\\#r\n;=]{0,60}") {
            completeness(&text);
        }
    }
}
