//! Where the two kernels differ, as a page to read.

use std::fmt::Write as _;

use super::notebooks::{Came, Ended, Results};

/// Why a cell may have another answer than in evcxr: the notebook, how the cell
/// begins, and the reason.
const REASONS: &[(&str, &str, &str)] = &[
    ("into a closure and out of it", "name", CAPTURED),
    ("loops", "for i in (0..10)", WHOLE_LINES),
    ("if let and chains", "let mut stack", WHOLE_LINES),
    ("print and println", "print!", WHOLE_LINES),
    ("printed and shown", "print!", WHOLE_LINES),
    ("output before a panic is there", "println!", WHOLE_LINES),
    ("statics with inner changes", "hit()", STATICS),
    ("statics with inner changes", "HITS", STATICS),
    ("a mutex in a static", "LOG", STATICS),
    ("lazily made", "TABLE", STATICS),
    ("lazily made", "ONCE", STATICS),
    ("static mut", "unsafe", STATICS),
    ("no value, no output", "a + 1;", WARNED),
];
const CAPTURED: &str = "evcxr did not run the cell that moves it into a closure";
const WHOLE_LINES: &str = "evcxr passes on whole lines only, and the rest with the next";
const WARNED: &str = "Ferrite shows what rustc warns of";
const STATICS: &str = "in evcxr statics begin anew in every cell";

/// The page while it is written.
#[derive(Default)]
pub struct Page {
    agree: usize,
    neither: usize,
    more: Section,
    other: Section,
    /// What must not be: differences that have no reason.
    pub unexplained: Vec<String>,
}

#[derive(Default)]
struct Section {
    count: usize,
    text: String,
    notebook: String,
}

impl Page {
    /// Takes in what came of a topic in both kernels.
    pub fn add<'a>(
        &mut self,
        topic: &str,
        ours: impl Iterator<Item = (&'a str, &'a Vec<Came>)>,
        evcxr: &Results,
    ) {
        let mut evcxr = evcxr.iter();
        for (title, ours) in ours {
            let none = Vec::new();
            let theirs = evcxr.next().unwrap_or(&none);
            let same = ours.iter().map(|came| &came.cell);
            if !same.eq(theirs.iter().map(|came| &came.cell)) {
                let why = format!("{topic}, “{title}”: evcxr was asked other cells; ask it anew");
                self.unexplained.push(why);
                continue;
            }
            for (ours, theirs) in ours.iter().zip(theirs) {
                self.cell(topic, title, ours, theirs);
            }
        }
    }

    fn cell(&mut self, topic: &str, title: &str, ours: &Came, theirs: &Came) {
        match (ours.ended.accepted(), theirs.ended.accepted()) {
            (false, false) => self.neither += 1,
            (true, true) if agree(ours, theirs) => self.agree += 1,
            (true, false) => self.more.add(topic, title, ours, theirs, None),
            _ => {
                let mut reasons = REASONS.iter();
                let reason =
                    reasons.find(|(of, begin, _)| *of == title && ours.cell.starts_with(begin));
                if reason.is_none() {
                    let why = format!(
                        "{topic}, “{title}”: the kernels differ\n{ours:#?}\nin evcxr\n{theirs:#?}"
                    );
                    self.unexplained.push(why);
                }
                let reason = reason.map_or("", |(.., reason)| reason);
                self.other.add(topic, title, ours, theirs, Some(reason));
            }
        }
    }

    /// The page.
    pub fn text(&self) -> String {
        let all = self.agree + self.neither + self.more.count + self.other.count;
        format!(
            "# Ferrite and evcxr, cell by cell\n\n\
             Written by the differential test (`mod.rs` says how). Of {all} cells both kernels \
             run {} with the same answer and refuse {}; Ferrite runs {} that evcxr refuses, \
             and {} differ for a reason.\n\n\
             ## Ferrite runs them, evcxr does not\n\
             {}\n## They differ\n{}",
            self.agree,
            self.neither,
            self.more.count,
            self.other.count,
            self.more.text,
            self.other.text,
        )
    }
}

impl Section {
    fn add(&mut self, topic: &str, title: &str, ours: &Came, theirs: &Came, reason: Option<&str>) {
        self.count += 1;
        let notebook = format!("{topic}: {title}");
        let text = &mut self.text;
        // Writing into a string cannot fail.
        if self.notebook != notebook {
            let _ = writeln!(text, "\n### {notebook}");
            self.notebook = notebook;
        }
        let _ = writeln!(text, "\n```rust\n{}\n```", ours.cell);
        if let Some(reason) = reason {
            let _ = writeln!(text, "- why: {reason}");
        }
        let _ = writeln!(text, "- Ferrite: {}", told(ours));
        let _ = writeln!(text, "- evcxr: {}", told(theirs));
    }
}

/// What came of a cell, in a line.
fn told(came: &Came) -> String {
    let mut parts = Vec::new();
    if !came.printed.is_empty() {
        parts.push(format!("prints {:?}", came.printed));
    }
    if let Some(text) = came.shown.get("text/plain") {
        parts.push(format!("shows `{}`", uncoloured(text).replace('\n', " ")));
    }
    let others = came.shown.keys().filter(|mime| *mime != "text/plain");
    parts.extend(others.map(|mime| format!("shows {mime}")));
    match &came.ended {
        Ended::Well if parts.is_empty() => parts.push("runs".to_owned()),
        Ended::Well => {}
        Ended::Error(why) => parts.push(format!("ends with the error “{why}”")),
        Ended::Panic(why) => parts.push(format!("panics with “{why}”")),
        Ended::Rejected(why) => parts.push(format!("“{why}”")),
        Ended::Died(why) => parts.push(format!("the process ends: {why}")),
    }
    parts.join(", ")
}

/// A text without its colours.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, rest)| rest));
    rest.fold(first, |text, part| text + part)
}

/// Whether two answers to one cell are the same, but for blanks (Ferrite breaks
/// a long `Debug` into lines).
fn agree(ours: &Came, theirs: &Came) -> bool {
    let ended = match (&ours.ended, &theirs.ended) {
        (Ended::Error(a), Ended::Error(b)) | (Ended::Panic(a), Ended::Panic(b)) => a == b,
        (Ended::Died(_), Ended::Died(_)) => true,
        (a, b) => a == b,
    };
    // A rich look beside the text is one that evcxr does not have; where it
    // shows `()`, Ferrite shows nothing.
    let mut shown = theirs.shown.iter().filter(|(_, data)| *data != "()");
    let same = ours.shown.is_empty() == (shown.clone().count() == 0)
        && shown.all(|(mime, data)| {
            let ours = ours.shown.get(mime);
            ours.is_some_and(|text| plain(text) == plain(data))
        });
    ended && same && ours.printed.trim_end() == theirs.printed.trim_end()
}

fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // `Debug` in several lines has a comma behind the last element.
    text.replace(",]", "]")
        .replace(",)", ")")
        .replace(",}", "}")
}
