//! Variables that borrow, with the worker under valgrind's memcheck.
//!
//! Random notebooks of owners and borrowers: made (in one cell or in two), used,
//! changed, moved, shadowed, dropped, seen by threads, put into statics, with
//! panics and errors between. No read, write or free may be invalid; that the
//! tool sees one is shown by a mistake on purpose at the end. Where there is no
//! valgrind, the test says so and does nothing.
//!
//! `FERRITE_MEMCHECK=300` makes the notebooks longer than [`CELLS`], and
//! `FERRITE_MEMCHECK_SEED=7` chooses another one.

mod cells;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ferrite_engine::{Output, Session, Sink, Stream, Toolchain};

use crate::python::set_up;

/// How many cells a notebook has.
const CELLS: usize = 45;
const SEEDS: [u64; 2] = [1, 2];

#[test]
fn memcheck() {
    let found = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!("memcheck is skipped: there is no valgrind");
        return;
    }
    set_up();
    let toolchain = ferrite_setup::existing().expect("`ferrite setup` has just run");
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("memcheck.log");
    let toolchain = Toolchain {
        worker: watched(&toolchain.worker, &log, folder.path()),
        ..toolchain
    };
    let mut session = Session::start(toolchain, &folder.path().join("cells")).unwrap();
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let count = number("FERRITE_MEMCHECK").map_or(CELLS, |count| count as usize);
    let seeds = number("FERRITE_MEMCHECK_SEED").map_or(SEEDS.to_vec(), |seed| vec![seed]);
    for seed in seeds {
        let mut said = Said::default();
        let mut refused = 0;
        let clear = session.execute(1, ":clear", &mut said);
        assert!(clear.is_ok(), "{clear:?}");
        let notebook = cells::notebook(seed, count);
        for (cell, number) in notebook.iter().zip(1..) {
            said.0.push_str(&format!("In [{number}]: {cell}\n"));
            match session.execute(number, cell, &mut said) {
                Err(failure) if failure.name == "panic" || failure.name == "Error" => {}
                Err(failure) => {
                    refused += 1;
                    said.0
                        .push_str(&format!("{}: {}\n", failure.name, failure.message));
                    assert_ne!(failure.name, "Crash", "seed {seed}:\n{}", said.0);
                }
                Ok(()) => {}
            }
        }
        let looks = said.0.matches("whole: ").count();
        let dropped = said.0.matches("was dropped by").count();
        println!(
            "seed {seed}: {} cells, {looks} looks, {dropped} times borrowers dropped, {refused} refused",
            notebook.len()
        );
        assert!(looks > count / 5 && dropped > 0, "seed {seed}:\n{}", said.0);
        let seen = errors(&log);
        assert!(seen.is_empty(), "seed {seed}:\n{}\n{seen}", said.0);
    }
    let mistake = session.execute(1, cells::MISTAKE, &mut Said::default());
    assert!(mistake.is_ok(), "{mistake:?}");
    drop(session);
    assert!(errors(&log).contains("Invalid read"));
}

/// A program that runs the worker under memcheck.
fn watched(worker: &Path, log: &Path, folder: &Path) -> PathBuf {
    let program = folder.join("worker");
    let script = format!(
        "#!/bin/sh\nexec valgrind --error-limit=no --num-callers=20 --undef-value-errors=no \
         --child-silent-after-fork=yes --log-file='{}' '{}' \"$@\"\n",
        log.display(),
        worker.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// What memcheck has seen so far, with where it was.
fn errors(log: &Path) -> String {
    const KINDS: [&str; 4] = [
        "Invalid ",
        "Mismatched free",
        "Source and destination overlap",
        "Process terminating",
    ];
    let log = fs::read(log).unwrap();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<&str> = log.lines().collect();
    let starts = (0..lines.len()).filter(|at| KINDS.iter().any(|kind| lines[*at].contains(kind)));
    let parts = starts.map(|at| lines[at..lines.len().min(at + 30)].join("\n"));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What cells print.
#[derive(Default)]
struct Said(String);

impl Sink for Said {
    fn text(&mut self, _: Stream, text: &str) {
        self.0.push_str(text);
    }

    fn output(&mut self, _: Output) {}
}
