//! The end of a worker, which is also that of the processes that its cells have
//! started.
//!
//! The engine makes the worker the leader of a process group. What a cell
//! starts is in it (unless it leaves on purpose, as a daemon does), and would go
//! on for ever when the notebook is closed: `sleep 999 &`, a server, a download.
//! The worker itself ends them, because it is there when a kernel was killed.

use std::fs;
use std::time::{Duration, Instant};

/// How long processes may take to end by themselves.
const GRACE: Duration = Duration::from_millis(500);
/// How often to look whether they have.
const LOOK: Duration = Duration::from_millis(5);

/// In the environment of what `!` lines have started, with the number of the
/// engine's process: these have a group each, so that an interrupt reaches them
/// alone. The engine sets it (`engine/src/commands/shell.rs`).
const STARTED_BY: &str = "FERRITE_SHELL_OF";

/// Asks what this notebook has started to end, then ends what is left, this
/// process included.
pub fn with_children(engine: u32) -> ! {
    // SAFETY: no memory is involved; a signal that is ignored needs no handler.
    unsafe {
        if libc::getpgrp() != libc::getpid() {
            // Not started by the engine: the group is somebody else's.
            libc::_exit(0);
        }
        libc::signal(libc::SIGTERM, libc::SIG_IGN);
    }
    let mark = format!("{STARTED_BY}={engine}");
    signal(&others(&mark), libc::SIGTERM);
    let until = Instant::now() + GRACE;
    let mut left = others(&mark);
    while Instant::now() < until && !left.is_empty() {
        std::thread::sleep(LOOK);
        left = others(&mark);
    }
    signal(&left, libc::SIGKILL);
    // SAFETY: as above. The group is ended once more, for what was started in
    // the meantime; this process is in it. The exit is for the case that it is not.
    unsafe {
        libc::kill(0, libc::SIGKILL);
        libc::_exit(0)
    }
}

fn signal(processes: &[libc::pid_t], signal: libc::c_int) {
    for process in processes {
        // SAFETY: no memory is involved. What was stopped has to run to take it.
        unsafe {
            libc::kill(*process, signal);
            libc::kill(*process, libc::SIGCONT);
        }
    }
}

/// The processes of this group, without this one, and those with a mark.
fn others(mark: &str) -> Vec<libc::pid_t> {
    let own = std::process::id();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = processes.filter_map(|process| {
        let pid = process.file_name().to_str()?.parse::<u32>().ok()?;
        let folder = process.path();
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        let marked = || {
            let environment = fs::read(folder.join("environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            variables.any(|variable| variable == mark.as_bytes())
        };
        let ours = runs_in(&stat, Some(own)) || (runs_in(&stat, None) && marked());
        (pid != own && ours).then_some(pid as libc::pid_t)
    });
    found.collect()
}

/// Whether a line of `/proc/*/stat` is that of a process which has not ended,
/// and is in a group, if one is asked for.
fn runs_in(stat: &str, group: Option<u32>) -> bool {
    // The name comes before, in parentheses, and may hold anything.
    let mut rest = stat
        .rsplit_once(')')
        .map_or("", |(_, rest)| rest)
        .split_whitespace();
    let state = rest.next().unwrap_or("Z");
    let of = rest.nth(1).and_then(|number| number.parse::<u32>().ok());
    !matches!(state, "Z" | "X") && (group.is_none() || of == group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_runs_in_a_group() {
        assert!(runs_in("12 (sleep) S 1 7 7 0 -1", Some(7)));
        assert!(runs_in("12 (a) b) R 1 7 7 0 -1", Some(7)));
        assert!(!runs_in("12 (sleep) S 1 8 7 0 -1", Some(7)));
        assert!(runs_in("12 (sleep) S 1 8 7 0 -1", None));
        assert!(!runs_in("12 (sleep) Z 1 7 7 0 -1", Some(7)));
        assert!(!runs_in("", Some(7)));
    }
}
