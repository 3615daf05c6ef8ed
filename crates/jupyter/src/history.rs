//! What was run in this session, and the three ways to ask for it.

use jupyter_protocol::HistoryRequest;
use serde_json::{Value, json};

/// The only session there is: history lives as long as the kernel.
const SESSION: i32 = 1;

#[derive(Debug, Default)]
pub(crate) struct History {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    line: usize,
    input: String,
    output: Option<String>,
}

impl History {
    pub(crate) fn push(&mut self, line: usize, input: String, output: Option<String>) {
        self.entries.push(Entry {
            line,
            input,
            output,
        });
    }

    /// The `history` field of a reply: `[session, line, input]`, or with
    /// `output` `[session, line, [input, output]]`.
    pub(crate) fn answer(&self, request: &HistoryRequest) -> Vec<Value> {
        let (entries, output): (Vec<&Entry>, bool) = match request {
            HistoryRequest::Tail { n, output, .. } => (self.entries.iter().last_n(*n), *output),
            HistoryRequest::Range {
                session,
                start,
                stop,
                output,
                ..
            } => {
                let here = matches!(session, None | Some(0) | Some(SESSION));
                let lines =
                    usize::try_from(*start).unwrap_or(0)..usize::try_from(*stop).unwrap_or(0);
                let entries = self
                    .entries
                    .iter()
                    .filter(|e| here && lines.contains(&e.line));
                (entries.collect(), *output)
            }
            HistoryRequest::Search {
                pattern,
                unique,
                output,
                n,
                ..
            } => (
                self.search(pattern, *unique).into_iter().last_n(*n),
                *output,
            ),
        };
        entries
            .into_iter()
            .map(|entry| entry.to_value(output))
            .collect()
    }

    fn search(&self, pattern: &str, unique: bool) -> Vec<&Entry> {
        let pattern: Vec<char> = pattern.chars().collect();
        let mut found: Vec<&Entry> = Vec::new();
        for entry in &self.entries {
            if glob(&pattern, &entry.input.chars().collect::<Vec<_>>()) {
                if unique {
                    found.retain(|earlier| earlier.input != entry.input);
                }
                found.push(entry);
            }
        }
        found
    }
}

impl Entry {
    fn to_value(&self, output: bool) -> Value {
        if output {
            json!([SESSION, self.line, [self.input, self.output]])
        } else {
            json!([SESSION, self.line, self.input])
        }
    }
}

trait LastN<'a> {
    fn last_n(self, n: i32) -> Vec<&'a Entry>;
}

impl<'a, I: DoubleEndedIterator<Item = &'a Entry>> LastN<'a> for I {
    fn last_n(self, n: i32) -> Vec<&'a Entry> {
        let mut last: Vec<_> = self.rev().take(usize::try_from(n).unwrap_or(0)).collect();
        last.reverse();
        last
    }
}

/// Whether the whole text matches: `*` is any text, `?` any character,
/// `[abc]`, `[a-z]` and `[^a]` one character of (not of) a set.
fn glob(pattern: &[char], text: &[char]) -> bool {
    // Where to go on when the text after the last `*` does not fit.
    let mut retry: Option<(usize, usize)> = None;
    let (mut p, mut t) = (0, 0);
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            p += 1;
            retry = Some((p, t));
        } else if let Some(width) = one(&pattern[p..], text[t]) {
            p += width;
            t += 1;
        } else if let Some((after_star, from)) = retry {
            (p, t) = (after_star, from + 1);
            retry = Some((p, t));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// How many characters of the pattern match this one character, if any do.
fn one(pattern: &[char], character: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['[', rest @ ..] => {
            let (negated, set) = match rest {
                ['^', set @ ..] => (true, set),
                set => (false, set),
            };
            // A `]` that comes first belongs to the set.
            let Some(end) = set.iter().skip(1).position(|&c| c == ']').map(|at| at + 1) else {
                return (character == '[').then_some(1);
            };
            let width = 1 + usize::from(negated) + end + 1;
            (contains(&set[..end], character) != negated).then_some(width)
        }
        [c, ..] => (*c == character).then_some(1),
        [] => None,
    }
}

fn contains(mut set: &[char], character: char) -> bool {
    loop {
        match set {
            [from, '-', to, rest @ ..] => {
                if (*from..=*to).contains(&character) {
                    return true;
                }
                set = rest;
            }
            [c, rest @ ..] => {
                if *c == character {
                    return true;
                }
                set = rest;
            }
            [] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        let mut history = History::default();
        history.push(1, "let a = 1;".into(), None);
        history.push(2, "a".into(), Some("1".into()));
        history.push(3, "a + 1".into(), Some("2".into()));
        history.push(4, "a".into(), Some("1".into()));
        history
    }

    fn lines(request: HistoryRequest) -> Vec<u64> {
        history()
            .answer(&request)
            .iter()
            .map(|entry| entry[1].as_u64().unwrap())
            .collect()
    }

    fn search(pattern: &str, unique: bool, n: i32) -> Vec<u64> {
        let pattern = pattern.to_owned();
        lines(HistoryRequest::Search {
            pattern,
            unique,
            n,
            output: false,
            raw: true,
        })
    }

    fn range(session: i32, start: i32, stop: i32) -> Vec<u64> {
        let session = Some(session);
        lines(HistoryRequest::Range {
            session,
            start,
            stop,
            output: false,
            raw: true,
        })
    }

    #[test]
    fn tail_is_the_last_n() {
        assert_eq!(
            lines(HistoryRequest::Tail {
                n: 2,
                output: false,
                raw: true
            }),
            [3, 4]
        );
        assert_eq!(
            lines(HistoryRequest::Tail {
                n: 9,
                output: false,
                raw: true
            }),
            [1, 2, 3, 4]
        );
        assert_eq!(
            lines(HistoryRequest::Tail {
                n: -1,
                output: false,
                raw: true
            }),
            [0; 0]
        );
    }

    #[test]
    fn range_ends_before_stop_and_knows_one_session() {
        assert_eq!(range(0, 2, 4), [2, 3]);
        assert_eq!(range(1, 1, 2), [1]);
        assert_eq!(range(0, 0, i32::MAX), [1, 2, 3, 4]);
        assert_eq!(range(-1, 0, 9), [0; 0]);
    }

    #[test]
    fn search_matches_whole_inputs() {
        assert_eq!(search("a*", false, 9), [2, 3, 4]);
        assert_eq!(search("a", false, 9), [2, 4]);
        assert_eq!(search("a*", true, 9), [3, 4], "unique keeps the latest");
        assert_eq!(search("a*", false, 1), [4]);
    }

    #[test]
    fn output_comes_with_the_input() {
        let request = HistoryRequest::Tail {
            n: 4,
            output: true,
            raw: true,
        };
        assert_eq!(
            history().answer(&request)[0],
            json!([1, 1, ["let a = 1;", null]])
        );
        assert_eq!(history().answer(&request)[1], json!([1, 2, ["a", "1"]]));
    }

    #[test]
    fn globs() {
        let check = |pattern: &str, text: &str| {
            glob(
                &pattern.chars().collect::<Vec<_>>(),
                &text.chars().collect::<Vec<_>>(),
            )
        };
        for (pattern, text) in [
            ("*", ""),
            ("**", "x"),
            ("a*c", "abbc"),
            ("a*b*c", "aXbYbc"),
            ("?é", "xé"),
            ("[ab]c", "bc"),
            ("[a-c]", "b"),
            ("[^a]", "b"),
            ("[]]", "]"),
            ("[", "["),
            ("*[0-9]", "x9"),
        ] {
            assert!(check(pattern, text), "{pattern} should match {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("a", ""),
            ("?", ""),
            ("a*c", "ab"),
            ("[ab]", "c"),
            ("[^a]", "a"),
            ("[a-c]", "d"),
            ("a?", "a"),
            ("*x", "xy"),
        ] {
            assert!(!check(pattern, text), "{pattern} should not match {text}");
        }
    }
}
