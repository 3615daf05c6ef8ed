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
    let begin = Instant::now();
    let terminal = stderr().is_terminal();
    let mut last: Option<Instant> = None;
    let toolchain = ferrite_setup::ensure(&mut |step| {
        let line = format!("{} · {}", describe(&step), clock(begin.elapsed()));
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
    Ok(toolchain?)
}

/// A step of the setup in words.
pub fn describe(step: &Progress) -> String {
    match step {
        Progress::Waiting => "Another process is building the prelude; waiting for it".to_owned(),
        Progress::Compiling {
            done,
            total,
            current,
        } => {
            format!("Building the prelude (once): crate {done} of {total}: {current}")
        }
        Progress::Linking(what) => format!("Linking {what}"),
    }
}

/// A duration as minutes and seconds.
pub fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
