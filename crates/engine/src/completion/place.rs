//! Where the cursor is: what kind of thing could be written there.

use std::ops::Range;

use super::scan::{Kind, Token, is_word, tokens};

/// What stands before the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Behind a dot; of a variable if the expression before it is just a name.
    Member {
        /// That name.
        of: Option<String>,
    },
    /// Behind `::`.
    Path,
    /// A name of its own.
    Name,
    /// In a string literal.
    Text {
        /// What stands in it so far.
        typed: String,
        /// The function or macro that it is an argument of.
        of: Option<String>,
        /// The names that stand before it in the same statement, the last first.
        names: Vec<String>,
        /// The names in the statements before, the last first.
        earlier: Vec<String>,
    },
    /// Where nothing is to be completed: a comment, a number.
    Nowhere,
}

/// The place and the bytes of what is typed already.
pub fn at(code: &str, cursor: usize) -> (Place, Range<usize>) {
    let Some(before) = code.get(..cursor) else {
        return (Place::Nowhere, cursor..cursor);
    };
    let mut found = tokens(before);
    if let Some(last) = found.last().filter(|last| last.open) {
        let last = last.clone();
        found.pop();
        return match last.kind {
            Kind::Text => text(before, &found, &last),
            _ => (Place::Nowhere, cursor..cursor),
        };
    }
    let start = before.len() - typed(before).len();
    if before[start..].starts_with(|c: char| c.is_ascii_digit()) {
        return (Place::Nowhere, cursor..cursor);
    }
    let signs: Vec<&Token> = found
        .iter()
        .filter(|token| token.range.end <= start)
        .collect();
    let is = |back: usize, sign: &str| {
        let token = signs.len().checked_sub(back).and_then(|at| signs.get(at));
        token.is_some_and(|token| &before[token.range.clone()] == sign)
    };
    let place = if is(1, ".") && !is(2, ".") {
        Place::Member {
            of: receiver(before, &signs[..signs.len() - 1]),
        }
    } else if is(1, ":") && is(2, ":") {
        Place::Path
    } else {
        Place::Name
    };
    (place, start..cursor)
}

/// The word that the text ends in.
fn typed(before: &str) -> &str {
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_word(*c))
        .last();
    start.map_or("", |(at, _)| &before[at..])
}

/// The variable before a dot.
fn receiver(before: &str, tokens: &[&Token]) -> Option<String> {
    let (last, others) = tokens.split_last()?;
    let alone = others.last().is_none_or(|token| {
        let sign = &before[token.range.clone()];
        sign != "." && sign != ":"
    });
    let name = &before[last.range.clone()];
    let is_name = last.kind == Kind::Word && !name.starts_with(|c: char| c.is_ascii_digit());
    (alone && is_name).then(|| name.to_owned())
}

fn text(before: &str, tokens: &[Token], literal: &Token) -> (Place, Range<usize>) {
    let text = &before[literal.range.clone()];
    let inside = text.find('"').map_or(0, |at| at + 1);
    let start = literal.range.start + inside;
    let word = |token: &Token| &before[token.range.clone()];
    // The bracket around it, and what stands before that.
    let mut depth = 0_usize;
    let mut of = None;
    for (at, token) in tokens.iter().enumerate().rev() {
        match word(token) {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth > 0 => depth -= 1,
            "(" => {
                let called = tokens[..at].iter().rev().find(|token| word(token) != "!");
                of = called
                    .filter(|token| token.kind == Kind::Word)
                    .map(|token| word(token).to_owned());
                break;
            }
            ";" if depth == 0 => break,
            _ => {}
        }
    }
    let mut names = Vec::new();
    let mut earlier = Vec::new();
    let mut here = true;
    for token in tokens.iter().rev() {
        if word(token) == ";" {
            here = false;
        }
        if token.kind == Kind::Word {
            let list = if here { &mut names } else { &mut earlier };
            let name = word(token).to_owned();
            if !list.contains(&name) {
                list.push(name);
            }
        }
    }
    let place = Place::Text {
        typed: before[start..].to_owned(),
        of,
        names,
        earlier,
    };
    (place, start..before.len())
}

/// The word at the cursor, or that of the call whose arguments it is in.
pub fn word_at(code: &str, cursor: usize) -> Option<Range<usize>> {
    let before = code.get(..cursor)?;
    let start = cursor - typed(before).len();
    let end = code[cursor..]
        .find(|c| !is_word(c))
        .map_or(code.len(), |at| cursor + at);
    let tokens = tokens(before);
    let in_text = tokens.last().is_some_and(|last| last.open);
    if in_text && tokens.last().is_some_and(|last| last.kind == Kind::Comment) {
        return None;
    }
    let is_number = code[start..end].starts_with(|c: char| c.is_ascii_digit());
    if start < end && !in_text && !is_number {
        return Some(start..end);
    }
    // Among the arguments of a call: what is called.
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().rev() {
        match &before[token.range.clone()] {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth > 0 => depth -= 1,
            "(" => {
                let called = tokens[..at].iter().rev();
                let mut called = called.filter(|token| &before[token.range.clone()] != "!");
                let called = called.next().filter(|token| token.kind == Kind::Word)?;
                return Some(called.range.clone());
            }
            // A list among the arguments is one of them.
            ";" | "{" => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(code: &str) -> (Place, &str) {
        let (place, range) = at(code, code.len());
        (place, &code[range])
    }

    fn member(of: &str) -> Place {
        Place::Member {
            of: (!of.is_empty()).then(|| of.to_owned()),
        }
    }

    #[test]
    fn behind_a_dot_or_not() {
        assert_eq!(place("df."), (member("df"), ""));
        assert_eq!(place("let x = df.so"), (member("df"), "so"));
        assert_eq!(place("df.lazy().fi"), (member(""), "fi"));
        assert_eq!(place("a.b.c"), (member(""), "c"));
        assert_eq!(place("0..n"), (Place::Name, "n"));
        assert_eq!(place("std::io::Re"), (Place::Path, "Re"));
        assert_eq!(place("x: i3"), (Place::Name, "i3"));
        assert_eq!(place("1.5"), (Place::Nowhere, ""));
        assert_eq!(place("// a.b"), (Place::Nowhere, ""));
        assert_eq!(place("größe.le"), (member("größe"), "le"));
    }

    #[test]
    fn a_string_knows_what_it_is_an_argument_of() {
        let (found, typed) = place("let a = b; df.lazy().filter(col(\"spec");
        let Place::Text {
            of, names, earlier, ..
        } = found
        else {
            panic!("{found:?}");
        };
        assert_eq!((typed, of.as_deref()), ("spec", Some("col")));
        assert_eq!(names, ["col", "filter", "lazy", "df"]);
        assert_eq!(earlier, ["b", "a", "let"]);
        let (found, _) = place("f(g(1), [\"x\", \"y");
        assert!(matches!(found, Place::Text { of: Some(of), .. } if of == "f"));
    }

    #[test]
    fn the_word_of_a_tooltip_is_the_one_meant() {
        let word = |code: &str, cursor| word_at(code, cursor).map(|range| code[range].to_owned());
        assert_eq!(word("df.sort(x)", 5).as_deref(), Some("sort"));
        assert_eq!(word("df.sort(", 8).as_deref(), Some("sort"));
        assert_eq!(word("df.sort([\"a", 11).as_deref(), Some("sort"));
        assert_eq!(word("println!(\"x\", ", 14).as_deref(), Some("println"));
        assert_eq!(word("// word", 5), None);
        assert_eq!(word("f(); ", 5), None);
    }
}
