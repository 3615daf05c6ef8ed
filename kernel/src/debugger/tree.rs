//! Looks into a value by the text of its `Debug`, one level at a time.
//!
//! `Point { x: 1, tags: ["a"] }` has the children `x` and `tags`, the latter has
//! `[0]`. A text that was cut off (`…`) has those that are there. What does not
//! read like `#[derive(Debug)]` or a collection has none.

/// Most children of one value.
pub const MOST: usize = 100;

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its field, index or key.
    pub name: String,
    /// How the expression for it goes on behind that for the whole.
    pub access: String,
    /// Its own text.
    pub text: String,
}

/// Whether there is something inside.
pub fn opens(text: &str) -> bool {
    inside(text).is_some_and(|(_, inside)| !inside.trim().is_empty())
}

/// What is inside, at most [`MOST`]; a last one without a name says that there
/// is more.
pub fn children(text: &str) -> Vec<Child> {
    let Some((bracket, inside)) = inside(text) else {
        return Vec::new();
    };
    let mut children = Vec::new();
    for (at, part) in parts(inside, ',').enumerate() {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        if part == "…" || part == ".." || at >= MOST {
            children.push(Child {
                name: "…".to_owned(),
                access: String::new(),
                text: "and more".to_owned(),
            });
            break;
        }
        children.push(child(bracket, at, part, text));
    }
    children
}

fn child(bracket: char, at: usize, part: &str, whole: &str) -> Child {
    let (name, access, text) = match bracket {
        '{' => match pair(part) {
            Some((key, value)) if whole.starts_with('{') => {
                (key.to_owned(), format!("[{key}]"), value)
            }
            Some((key, value)) => (key.to_owned(), format!(".{key}"), value),
            None => (format!("[{at}]"), String::new(), part),
        },
        '(' => (at.to_string(), format!(".{at}"), part),
        _ => (format!("[{at}]"), format!("[{at}]"), part),
    };
    Child {
        name,
        access,
        text: text.to_owned(),
    }
}

/// The first bracket of a value and what stands in it.
fn inside(text: &str) -> Option<(char, &str)> {
    let text = text.trim();
    let open = text.find(['{', '[', '('])?;
    let is_head = |c: char| c.is_alphanumeric() || "_:<>& #".contains(c);
    if !text[..open].chars().all(is_head) || text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let bracket = text[open..].chars().next()?;
    let rest = &text[open + 1..];
    match closing(rest) {
        // Something follows: `[1, 2] of 3`.
        Some(end) if end + 1 < rest.len() => None,
        Some(end) => Some((bracket, &rest[..end])),
        None if text.ends_with('…') => Some((bracket, rest)),
        None => None,
    }
}

/// Where the bracket closes in which the text stands.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in outside_literals(text) {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' if depth == 0 => return Some(at),
            '}' | ']' | ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The parts between separators that stand in no bracket.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let mut cuts = Vec::new();
    for (at, c) in outside_literals(text) {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => cuts.push(at),
            _ => {}
        }
        if cuts.len() > MOST + 1 {
            break;
        }
    }
    let starts = std::iter::once(0).chain(cuts.clone().into_iter().map(|at| at + 1));
    let ends = cuts.into_iter().chain([text.len()]);
    starts.zip(ends).map(|(start, end)| &text[start..end])
}

/// `key: value`.
fn pair(part: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, c) in outside_literals(part) {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && part[at + 1..].starts_with([' ', '\n']) => {
                return Some((part[..at].trim(), part[at + 1..].trim()));
            }
            _ => {}
        }
    }
    None
}

/// The characters that stand in no string and are no character literal.
fn outside_literals(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut skip_to = 0;
    text.char_indices().filter(move |&(at, c)| {
        if at < skip_to {
            return false;
        }
        let rest = &text[at + c.len_utf8()..];
        let literal = match c {
            '"' => Some(string_end(rest)),
            '\'' => char_end(rest),
            _ => None,
        };
        if let Some(length) = literal {
            skip_to = at + c.len_utf8() + length;
        }
        literal.is_none()
    })
}

/// Behind the closing quote, or the end.
fn string_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Behind the closing quote of `x'` or `\u{1f600}'`; nothing if it is none.
fn char_end(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    let body = match first {
        '\\' => 2,
        '\'' => return None,
        _ => first.len_utf8(),
    };
    let close = rest.get(body..)?.find('\'')?;
    (close == 0 || (first == '\\' && close < 12)).then_some(body + close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, String)> {
        let children = children(text).into_iter();
        children.map(|child| (child.name, child.text)).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        expected.iter().map(owned).collect()
    }

    #[test]
    fn values_open_into_their_parts() {
        for (text, expected) in [
            (
                "Point { x: 1.5, tags: [\"a, b\", \"c}\"] }",
                &[("x", "1.5"), ("tags", "[\"a, b\", \"c}\"]")][..],
            ),
            (
                "[\"a, b\", \"\\\"]\"]",
                &[("[0]", "\"a, b\""), ("[1]", "\"\\\"]\"")],
            ),
            (
                "(1, 'x', '\\'', '\\u{301}')",
                &[
                    ("0", "1"),
                    ("1", "'x'"),
                    ("2", "'\\''"),
                    ("3", "'\\u{301}'"),
                ],
            ),
            ("Some(Point { x: 1 })", &[("0", "Point { x: 1 }")]),
            (
                "{\"a: b\": [1], (2, 3): {}}",
                &[("\"a: b\"", "[1]"), ("(2, 3)", "{}")],
            ),
            ("{1, 2}", &[("[0]", "1"), ("[1]", "2")]),
            (
                "Ok(\n    [\n        1,\n    ],\n)",
                &[("0", "[\n        1,\n    ]")],
            ),
            ("[7, 7, …", &[("[0]", "7"), ("[1]", "7"), ("…", "and more")]),
            ("P { name: \"Ad…", &[("name", "\"Ad…")]),
            (
                "Mutex { data: 5, poisoned: false, .. }",
                &[("data", "5"), ("poisoned", "false"), ("…", "and more")],
            ),
        ] {
            assert_eq!(names(text), pairs(expected), "{text}");
        }
    }

    #[test]
    fn what_is_one_thing_does_not_open() {
        for text in [
            "5",
            "\"[1, 2]\"",
            "'('",
            "None",
            "[]",
            "{}",
            "()",
            "Unit",
            "1.5 (about)",
            "[1] of 3",
            "2024-01-01",
            "",
            "[1, 2",
            "'",
        ] {
            assert!(!opens(text), "{text}");
        }
    }

    #[test]
    fn there_is_a_bound() {
        let many = format!("{:?}", vec![1u8; 5000]);
        let children = children(&many);
        assert_eq!(children.len(), MOST + 1);
        assert_eq!(children[MOST].text, "and more");
    }

    #[test]
    fn expressions_lead_to_parts() {
        let access = |text: &str| children(text).remove(0).access;
        assert_eq!(access("P { x: 1 }"), ".x");
        assert_eq!(access("[1]"), "[0]");
        assert_eq!(access("(1,)"), ".0");
        assert_eq!(access("{\"a\": 1}"), "[\"a\"]");
    }
}
