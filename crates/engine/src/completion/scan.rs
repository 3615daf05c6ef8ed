//! The words of a cell up to the cursor, however unfinished the cell is.
//!
//! A parser wants whole cells; completion is asked for in the middle of one.

use std::ops::Range;

/// A piece of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A string literal, with its quotes.
    Text,
    /// A comment.
    Comment,
    /// A character literal or a lifetime.
    Tick,
    /// One sign.
    Sign,
}

/// A piece of code and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether its end is missing: a string or a comment that goes on behind
    /// the cursor.
    pub open: bool,
}

/// The tokens of a text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let rest = &text[at..];
        let (kind, length, open) = if rest.starts_with("//") {
            let line = rest.find('\n');
            (Kind::Comment, line.unwrap_or(rest.len()), line.is_none())
        } else if rest.starts_with("/*") {
            let (length, open) = block(rest);
            (Kind::Comment, length, open)
        } else if let Some((length, open)) = string(rest) {
            (Kind::Text, length, open)
        } else if c == '\'' {
            (Kind::Tick, tick(rest), false)
        } else if is_word(c) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (Kind::Word, end, false)
        } else {
            (Kind::Sign, c.len_utf8(), false)
        };
        found.push(Token {
            kind,
            range: at..at + length,
            open,
        });
        at += length;
    }
    found
}

/// Whether a word may have this letter.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A block comment; they nest.
fn block(rest: &str) -> (usize, bool) {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return (at, false);
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    (rest.len(), true)
}

/// A string literal, with any prefix.
fn string(rest: &str) -> Option<(usize, bool)> {
    let unprefixed = rest.trim_start_matches(['b', 'c', 'r']);
    let prefix = rest.len() - unprefixed.len();
    if prefix > 2 {
        return None;
    }
    let hashes = unprefixed.len() - unprefixed.trim_start_matches('#').len();
    let raw = rest[..prefix].contains('r');
    if !unprefixed[hashes..].starts_with('"') || (hashes > 0 && !raw) {
        return None;
    }
    let inside = prefix + hashes + 1;
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(match rest[inside..].find(&end) {
            Some(at) => (inside + at + end.len(), false),
            None => (rest.len(), true),
        });
    }
    let mut escaped = false;
    for (at, c) in rest[inside..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((inside + at + 1, false)),
            _ => {}
        }
    }
    Some((rest.len(), true))
}

/// A character literal or a lifetime.
fn tick(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            let end = rest[2..].find('\'').map(|at| at + 3);
            end.unwrap_or(rest.len())
        }
        Some((at, c)) => match chars.next() {
            Some((next, '\'')) => next + 1,
            _ if is_word(c) => {
                let end = rest[at..].find(|c| !is_word(c)).map(|end| at + end);
                end.unwrap_or(rest.len())
            }
            _ => 1,
        },
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<(Kind, &str, bool)> {
        let tokens = tokens(text);
        let words = tokens.into_iter();
        words.map(|t| (t.kind, &text[t.range], t.open)).collect()
    }

    #[test]
    fn what_is_a_string_and_what_is_not() {
        use Kind::*;
        assert_eq!(
            words("col(\"a\\\"b\") + r#\"x\"y\"#"),
            [
                (Word, "col", false),
                (Sign, "(", false),
                (Text, "\"a\\\"b\"", false),
                (Sign, ")", false),
                (Sign, "+", false),
                (Text, "r#\"x\"y\"#", false),
            ]
        );
        assert_eq!(
            words("f(\"abc"),
            [
                (Word, "f", false),
                (Sign, "(", false),
                (Text, "\"abc", true)
            ]
        );
        assert_eq!(words("'a' 'b"), [(Tick, "'a'", false), (Tick, "'b", false)]);
        assert_eq!(
            words("x // \"no"),
            [(Word, "x", false), (Comment, "// \"no", true)]
        );
        assert_eq!(words("/* /* */ x"), [(Comment, "/* /* */ x", true)]);
        assert_eq!(words("brr"), [(Word, "brr", false)]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_into_pieces_that_follow_one_another(text in "[a-zé0-9 \"'{}()/*\\\\#rb\n;=]{0,60}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.range.start >= end && !token.range.is_empty());
                prop_assert!(text[end..token.range.start].chars().all(char::is_whitespace));
                end = token.range.end;
            }
        }
    }
}
