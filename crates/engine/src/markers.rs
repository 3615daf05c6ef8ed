//! Finds the worker's markers in its stdout and stderr.

use ferrite_wire::{MARKER_END, MARKER_START, ThreadPanic};

/// No marker is longer than this.
const LONGEST: usize = 64 << 10;

/// A part of a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// What the cell printed.
    Text(String),
    /// A marker, with its number.
    Mark(u64),
    /// A marker without an event: text goes on in the other stream.
    Turn(u64),
    /// A thread of the cell's panicked here.
    Panic(ThreadPanic),
}

/// Splits a stream of bytes into text and markers, wherever reads happen to
/// cut it.
#[derive(Default)]
pub struct Splitter {
    pending: Vec<u8>,
}

impl Splitter {
    /// Takes in some bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Part> {
        self.pending.extend_from_slice(bytes);
        let mut parts = Vec::new();
        // Many markers may come in one read: what is done with is taken away once.
        let mut at = 0;
        loop {
            let left = &self.pending[at..];
            let Some(start) = find(left, MARKER_START.as_bytes()) else {
                let sure = certain(left);
                push(&left[..sure], &mut parts);
                at += sure;
                break;
            };
            let Some(length) = find(&left[start..], MARKER_END.as_bytes()) else {
                push(&left[..start], &mut parts);
                at += start;
                // Not a marker after all, only something that begins like one.
                if left.len() - start > LONGEST {
                    push(MARKER_START.as_bytes(), &mut parts);
                    at += MARKER_START.len();
                    continue;
                }
                break;
            };
            push(&left[..start], &mut parts);
            let mark = &left[start..start + length + MARKER_END.len()];
            parts.push(part(mark, &mark[MARKER_START.len()..length]));
            at += start + mark.len();
        }
        self.pending.drain(..at);
        parts
    }

    /// What is still held back, at the end of the stream.
    pub fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.pending);
        (!rest.is_empty()).then(|| String::from_utf8_lossy(&rest).into_owned())
    }
}

/// What a marker means.
fn part(mark: &[u8], body: &[u8]) -> Part {
    let text = std::str::from_utf8(body).unwrap_or_default();
    if let Ok(number) = text.parse() {
        Part::Mark(number)
    } else if let Some(number) = text.strip_prefix('~').and_then(|it| it.parse().ok()) {
        Part::Turn(number)
    } else if let Ok(panic) = serde_json::from_slice(body) {
        Part::Panic(panic)
    } else {
        Part::Text(String::from_utf8_lossy(mark).into_owned())
    }
}

/// How much of some bytes is certainly text: not the beginning of a marker, not
/// half a character.
fn certain(bytes: &[u8]) -> usize {
    let mark = MARKER_START.as_bytes();
    let longest = mark.len().min(bytes.len());
    let partial = (1..=longest)
        .rev()
        .find(|n| bytes.ends_with(&mark[..*n]))
        .unwrap_or_default();
    let end = bytes.len() - partial;
    match std::str::from_utf8(&bytes[..end]) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => end,
    }
}

fn push(text: &[u8], parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Text(String::from_utf8_lossy(text).into_owned()));
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    let first = pattern.first()?;
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| byte == first)?;
        if bytes[at..].starts_with(pattern) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferrite_wire::marker;
    use proptest::prelude::*;

    proptest! {
        /// However the stream is cut, text and markers come out as they went in.
        #[test]
        fn cuts_do_not_matter(texts in prop::collection::vec("[a-zäß€\\x1b_]{0,12}", 1..6), size in 1_usize..9) {
            let mut stream = String::new();
            for (number, text) in texts.iter().enumerate() {
                stream.push_str(text);
                stream.push_str(&marker(number as u64));
            }
            let mut splitter = Splitter::default();
            let mut text = String::new();
            let mut marks = Vec::new();
            for chunk in stream.as_bytes().chunks(size) {
                for part in splitter.feed(chunk) {
                    match part {
                        Part::Text(part) => text.push_str(&part),
                        Part::Mark(number) => marks.push(number),
                        other => panic!("nobody wrote {other:?}"),
                    }
                }
            }
            text.extend(splitter.rest());
            prop_assert_eq!(text, texts.concat());
            prop_assert_eq!(marks, (0..texts.len() as u64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_of_a_thread_is_found() {
        let panic = ThreadPanic {
            thread: Some("loader".to_owned()),
            message: "no\nfile \x1b\\".to_owned(),
            location: None,
        };
        let stream = format!("before{}after", ferrite_wire::thread_panic(&panic));
        for size in 1..stream.len() {
            let mut splitter = Splitter::default();
            let mut text = String::new();
            let mut panics = Vec::new();
            for part in stream
                .as_bytes()
                .chunks(size)
                .flat_map(|c| splitter.feed(c))
            {
                match part {
                    Part::Text(part) => text.push_str(&part),
                    Part::Panic(panic) => panics.push(panic),
                    other => panic!("nobody wrote {other:?}"),
                }
            }
            text.extend(splitter.rest());
            assert_eq!(text, "beforeafter", "cut at {size}");
            assert_eq!(panics, std::slice::from_ref(&panic), "cut at {size}");
        }
    }
}
