//! `!program`: a line for the shell, with its output as it comes.

use std::io::Read;
use std::process::{Command, Stdio};

use super::plain;
use crate::markers::{Part, Splitter};
use crate::session::{Failure, Session};
use crate::worker::{Sink, Stream};

/// The variable that says which notebook's engine has started a shell. The
/// worker, which outlives a kernel that is killed, looks for it
/// (`worker/src/leave.rs`).
const STARTED_BY: &str = "FERRITE_SHELL_OF";

/// Runs a line. Both of its streams go into one pipe: that is what keeps their
/// order.
pub fn run(session: &mut Session, line: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
    let failed = |error: std::io::Error| plain(format!("`!{line}` cannot be run: {error}"));
    let (mut output, input) = std::io::pipe().map_err(failed)?;
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .envs(&session.environment)
        // What it leaves running is found by this when the notebook ends.
        .env(STARTED_BY, std::process::id().to_string())
        .stdin(Stdio::null())
        .stdout(input.try_clone().map_err(failed)?)
        .stderr(input);
    let running = session.interrupter.compiler.clone();
    running.start(&mut command).map_err(failed)?;
    // It holds the pipe's other end open.
    drop(command);
    let mut splitter = Splitter::default();
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read @ 1..) = output.read(&mut buffer) {
        for part in splitter.feed(&buffer[..read]) {
            if let Part::Text(text) = part {
                sink.text(Stream::Stdout, &text);
            }
        }
    }
    if let Some(rest) = splitter.rest() {
        sink.text(Stream::Stdout, &rest);
    }
    let status = running.finish()?;
    if !status.success() {
        let how = match status.code() {
            Some(code) => format!("exit code {code}"),
            None => status.to_string(),
        };
        sink.text(Stream::Stderr, &format!("`!{line}` ended with {how}\n"));
    }
    Ok(())
}
