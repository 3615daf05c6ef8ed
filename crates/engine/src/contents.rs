//! Rich output and questions the way evcxr's crates print them.
//!
//! plotters' `evcxr` feature, plotly and others write their picture to stdout
//! between two lines, `EVCXR_BEGIN_CONTENT image/svg+xml` and
//! `EVCXR_END_CONTENT`. Here such passages are taken out of the text and
//! become outputs. `evcxr_input` prints `EVCXR_INPUT_REQUEST:` with a question and
//! then reads a line; the question is kept for that read.

use ferrite_wire::Output;

const BEGIN: &str = "EVCXR_BEGIN_CONTENT";
const END: &str = "EVCXR_END_CONTENT";
const ASK: &str = "EVCXR_INPUT_REQUEST";

/// A part of stdout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Plain text.
    Text(String),
    /// A passage between the two lines.
    Output(Output),
    /// A question, which the next read from stdin asks.
    Question(Question),
}

/// What a person is asked, and whether their answer is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The text that stands before the answer.
    pub prompt: String,
    /// Whether it is a password.
    pub password: bool,
}

impl Question {
    /// Of what stands behind [`ASK`] in a line.
    fn of(rest: &str) -> Option<Self> {
        let hidden = rest.strip_prefix("_PASSWORD:");
        let prompt = hidden.or_else(|| rest.strip_prefix(':'))?;
        Some(Self {
            prompt: prompt.trim_end().to_owned(),
            password: hidden.is_some(),
        })
    }

    /// The line that it was.
    pub fn line(&self) -> String {
        let hidden = if self.password { "_PASSWORD" } else { "" };
        format!("{ASK}{hidden}:{}\n", self.prompt)
    }
}

/// Takes rich passages out of a stream of text.
#[derive(Debug, Default)]
pub struct Contents {
    /// A passage that has begun: its MIME type and text.
    open: Option<(String, String)>,
    /// The beginning of a line that may yet turn out to be `BEGIN` or `ASK`.
    pending: String,
    /// Whether the last text ended in the middle of a line.
    midline: bool,
    /// Whether the line break after `END` is still to come.
    swallow: bool,
}

impl Contents {
    /// Takes in some text.
    pub fn feed(&mut self, text: &str) -> Vec<Part> {
        let swallow = std::mem::take(&mut self.swallow);
        let text = if swallow {
            text.strip_prefix('\n').unwrap_or(text)
        } else {
            text
        };
        // Nearly all text is this: nothing open, nothing begun.
        if self.open.is_none() && self.pending.is_empty() && !text.contains(&BEGIN[..1]) {
            self.midline = !text.ends_with('\n');
            return vec![Part::Text(text.to_owned())];
        }
        let mut parts = Vec::new();
        for line in text.split_inclusive('\n') {
            self.line(line, &mut parts);
        }
        parts
    }

    fn line(&mut self, line: &str, parts: &mut Vec<Part>) {
        if let Some((_, data)) = &mut self.open {
            data.push_str(line);
            if let Some(body) = data.trim_end().strip_suffix(END) {
                let body = body.trim_end_matches('\n').to_owned();
                self.swallow = !line.ends_with('\n');
                let mime = self.open.take().map(|(mime, _)| mime).unwrap_or_default();
                parts.push(Part::Output(Output::Display {
                    bundle: vec![(mime, body)],
                    id: None,
                }));
            }
            return;
        }
        if self.midline {
            self.midline = !line.ends_with('\n');
            push(parts, line);
            return;
        }
        self.pending.push_str(line);
        let pending = &self.pending;
        let is = |word: &str| word.starts_with(pending.trim_end()) || pending.starts_with(word);
        if !(is(BEGIN) || is(ASK)) {
            let text = std::mem::take(&mut self.pending);
            self.midline = !text.ends_with('\n');
            push(parts, &text);
        } else if self.pending.ends_with('\n') {
            let text = std::mem::take(&mut self.pending);
            let question = text.strip_prefix(ASK).and_then(Question::of);
            match (text.strip_prefix(BEGIN), question) {
                (Some(mime), _) => self.open = Some((mime.trim().to_owned(), String::new())),
                (None, Some(question)) => parts.push(Part::Question(question)),
                (None, None) => push(parts, &text),
            }
        }
    }

    /// What is still held back, at the end of a cell.
    pub fn rest(&mut self) -> Option<String> {
        let mut rest = std::mem::take(&mut self.pending);
        if let Some((mime, data)) = self.open.take() {
            rest = format!("{BEGIN} {mime}\n{data}{rest}");
        }
        self.midline = false;
        self.swallow = false;
        (!rest.is_empty()).then_some(rest)
    }
}

fn push(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_become_outputs_however_the_stream_is_cut() {
        let stream = "a\nEVCXR_BEGIN_CONTENT text/html\n<b>x\ny</b>\nEVCXR_END_CONTENT\nEnd of it";
        for size in 1..stream.len() {
            let mut contents = Contents::default();
            let mut text = String::new();
            let mut outputs = Vec::new();
            for chunk in stream.as_bytes().chunks(size) {
                for part in contents.feed(std::str::from_utf8(chunk).unwrap()) {
                    match part {
                        Part::Text(part) => text.push_str(&part),
                        Part::Output(output) => outputs.push(output),
                        Part::Question(question) => panic!("{question:?} in {stream}"),
                    }
                }
            }
            text.extend(contents.rest());
            assert_eq!(text, "a\nEnd of it", "cut at {size}");
            let bundle = vec![("text/html".to_owned(), "<b>x\ny</b>".to_owned())];
            assert_eq!(
                outputs,
                [Output::Display { bundle, id: None }],
                "cut at {size}"
            );
        }
    }

    #[test]
    fn questions_are_known_by_their_line() {
        let ask = |text: &str| Contents::default().feed(text);
        let question = |prompt: &str, password| {
            let prompt = prompt.to_owned();
            Part::Question(Question { prompt, password })
        };
        let name = "EVCXR_INPUT_REQUEST:Your name?\n";
        assert_eq!(ask(name), [question("Your name?", false)]);
        let secret = "EVCXR_INPUT_REQUEST_PASSWORD:Key\n";
        assert_eq!(ask(secret), [question("Key", true)]);
        for plain in ["EVCXR_INPUT_REQUESTED:a\n", "an EVCXR_INPUT_REQUEST:b\n"] {
            assert_eq!(ask(plain), [Part::Text(plain.to_owned())]);
        }
        for line in [name, secret] {
            let parts = ask(line);
            let [Part::Question(question)] = &parts[..] else {
                panic!("{parts:?}");
            };
            assert_eq!(question.line(), line);
        }
    }
}
