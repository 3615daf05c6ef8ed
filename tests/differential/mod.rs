//! Ferrite beside evcxr: the same cells, and what each makes of them.
//!
//! evcxr takes most of a second for a cell and hours to build, so its answers
//! are frozen in `evcxr/`. Ferrite's are in `ferrite/`, and the test compares
//! them with what it answers now; what differs between the two kernels stands
//! in `DIFFERENCES.md`, which is written from them. The commands:
//!
//! ```text
//! cargo run --release -p ferrite-classic --features cells --bin classic-cells -- tests/differential
//! FERRITE_DIFFERENTIAL=write cargo test --release --test clients differential
//! ```
//!
//! The first compiles rust-analyzer and asks evcxr anew; the second writes down
//! what Ferrite answers, to be read as a diff.

mod differences;
mod notebooks;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use ferrite_engine::{Failure, Output, Session, Sink, Stream, Toolchain};

use crate::python::{set_up, source_dir};
use notebooks::{Came, Ended, Results};

/// Two kernels at a time: tests share the machine.
const AT_ONCE: usize = 2;

#[test]
fn differential() {
    set_up();
    let toolchain = ferrite_setup::existing().expect("`ferrite setup` has just run");
    let folder = source_dir().join("tests/differential");
    let write = std::env::var("FERRITE_DIFFERENTIAL").is_ok_and(|value| value == "write");
    let topics = notebooks::topics(&folder).unwrap();
    let answers = all_topics(&toolchain, &folder, &topics);

    let mut wrong = Vec::new();
    let mut page = differences::Page::default();
    for topic in &topics {
        let ours = &answers[topic];
        if write {
            notebooks::write(&folder, "ferrite", topic, ours).unwrap();
        } else {
            let known = notebooks::read(&folder, "ferrite", topic).unwrap_or_default();
            wrong.extend(changed(topic, &known, ours));
        }
        let evcxr = notebooks::read(&folder, "evcxr", topic).unwrap_or_default();
        let titles = notebooks::of_topic(&folder, topic).unwrap();
        let titles = titles.iter().map(|notebook| notebook.title.as_str());
        page.add(topic, titles.zip(ours), &evcxr);
    }
    let file = folder.join("DIFFERENCES.md");
    let text = page.text();
    // A page with a reason left open is not one to commit.
    if write && page.unexplained.is_empty() {
        fs::write(&file, &text).unwrap();
    } else if write {
        wrong.push("DIFFERENCES.md is not written: some reasons are missing".to_owned());
    } else if fs::read_to_string(&file).unwrap_or_default() != text {
        wrong.push("DIFFERENCES.md is not what the answers say".to_owned());
    }
    wrong.extend(page.unexplained);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn all_topics(
    toolchain: &Toolchain,
    folder: &Path,
    topics: &[String],
) -> BTreeMap<String, Results> {
    let cache = tempfile::tempdir().unwrap();
    let left = Mutex::new(topics.iter());
    let answers = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let cells = cache.path().join("cells");
                let mut session = Session::start(toolchain.clone(), &cells).unwrap();
                session.prepare();
                loop {
                    let Some(topic) = left.lock().unwrap().next() else {
                        break;
                    };
                    let results = run(&mut session, folder, topic);
                    answers.lock().unwrap().insert(topic.clone(), results);
                }
            });
        }
    });
    answers.into_inner().unwrap()
}

fn run(session: &mut Session, folder: &Path, topic: &str) -> Results {
    let notebooks = notebooks::of_topic(folder, topic).unwrap();
    let mut results = Results::new();
    for notebook in notebooks {
        session
            .execute(1, ":restart", &mut Seen::default())
            .unwrap();
        let cells = notebook.cells.into_iter().zip(1..);
        results.push(cells.map(|(cell, n)| answer(session, n, cell)).collect());
    }
    results
}

fn answer(session: &mut Session, number: u32, cell: String) -> Came {
    let mut seen = Seen::default();
    let result = session.execute(number, &cell, &mut seen);
    Came {
        cell,
        ended: result.map_or_else(ended, |()| Ended::Well),
        printed: seen.printed,
        shown: seen.shown,
    }
}

fn ended(failure: Failure) -> Ended {
    let number = failure.name.strip_prefix('E');
    let number = number.is_some_and(|rest| rest.bytes().all(|c| c.is_ascii_digit()));
    // `error`, or the lint that forbids it.
    let lint = failure
        .name
        .bytes()
        .all(|c| c.is_ascii_lowercase() || c == b'_');
    match failure.name.as_str() {
        "panic" => Ended::Panic(failure.message),
        "Crash" => Ended::Died(failure.message),
        "CommandError" => Ended::Rejected(failure.message),
        "str" => Ended::Error(failure.message),
        _ if number || lint => Ended::Rejected(failure.message),
        _ => Ended::Error(failure.message),
    }
}

/// What a cell printed and showed.
#[derive(Default)]
struct Seen {
    printed: String,
    shown: BTreeMap<String, String>,
}

impl Sink for Seen {
    fn text(&mut self, stream: Stream, text: &str) {
        if stream == Stream::Stdout {
            self.printed.push_str(text);
        }
    }

    fn output(&mut self, output: Output) {
        if let Output::Result(bundle) | Output::Display { bundle, .. } = output {
            self.shown.extend(bundle);
        }
    }
}

/// The cells whose answer is not the one that is written down.
fn changed(topic: &str, known: &Results, ours: &Results) -> Vec<String> {
    let flat = |results: &Results| results.iter().flatten().cloned().collect::<Vec<_>>();
    let (known, ours) = (flat(known), flat(ours));
    let mut changed = Vec::new();
    if known.len() != ours.len() {
        let (had, has) = (known.len(), ours.len());
        changed.push(format!(
            "{topic}: {had} answers are written down for {has} cells"
        ));
    }
    for (known, ours) in known.iter().zip(&ours) {
        if known != ours {
            changed.push(format!(
                "{topic}: written down\n{known:#?}\nand now\n{ours:#?}"
            ));
        }
    }
    changed
}
