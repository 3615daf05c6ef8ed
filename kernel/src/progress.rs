//! Progress of long work on a terminal: one line that is rewritten, or, where
//! nobody looks at a terminal (a log, CI), a line now and then.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use anyhow::Result;
use ferrite_engine::Toolchain;
use ferrite_setup::Progress;

/// How often a line is written where there is no terminal.
const SELDOM: Duration = Duration::from_secs(30);

/// The toolchain; builds it with progress on stderr if need be.
pub fn ensure_setup() -> Result<Toolchain> {
    Ok(told("the prelude", ferrite_setup::ensure)?)
}

/// The analyser; builds it with progress on stderr if need be.
pub fn ensure_completion(toolchain: &Toolchain) -> Result<()> {
    told("completion", |progress| {
        ferrite_setup::analysis::ensure(toolchain, progress)
    })?;
    Ok(())
}

fn told<T>(what: &str, build: impl FnOnce(&mut ferrite_setup::OnProgress<'_>) -> T) -> T {
    let begin = Instant::now();
    let terminal = stderr().is_terminal();
    let mut last: Option<Instant> = None;
    let built = build(&mut |step| {
        let line = format!("{} · {}", describe(what, &step), clock(begin.elapsed()));
        if terminal {
            let line: String = line.chars().take(100).collect();
            eprint!("\r\x1b[K{line}");
            let _ = stderr().flush();
        } else if last.is_none_or(|last| last.elapsed() > SELDOM)
            || !matches!(step, Progress::Compiling { .. })
        {
            eprintln!("{line}");
            last = Some(Instant::now());
        }
    });
    if terminal && begin.elapsed() > Duration::from_millis(500) {
        eprint!("\r\x1b[K");
    }
    built
}

/// A step of the setup in words.
pub fn describe(what: &str, step: &Progress) -> String {
    match step {
        Progress::Waiting => format!("Another process is building {what}; waiting for it"),
        Progress::Compiling {
            done,
            total,
            current,
        } => {
            format!("Building {what} (once): crate {done} of {total}: {current}")
        }
        Progress::Linking(part) => format!("Linking {part}"),
    }
}

/// A duration as minutes and seconds.
pub fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
