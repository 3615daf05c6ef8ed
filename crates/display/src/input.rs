//! Asking the person who runs the code.
//!
//! In a notebook the question appears below the cell. In an ordinary program
//! it is printed, and the answer is a line of standard input.

use std::io::{self, BufRead, Write};
use std::process::{Command, Stdio};

use crate::sink;

/// Asks for a line of text and waits for it. The answer has no line end.
///
/// # Errors
/// When nobody can answer: the notebook runs without a person in front of it
/// (`ferrite run`, nbconvert), or standard input has ended.
///
/// ```no_run
/// let name = ferrite_display::input("Name? ")?;
/// println!("Hello, {name}!");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn input(prompt: &str) -> io::Result<String> {
    match sink::installed() {
        Some(sink) => sink.input(prompt, false),
        None => from_terminal(prompt),
    }
}

/// Like [`input`], but what is typed cannot be read over the person's shoulder
/// and is not kept in the notebook.
///
/// # Errors
/// As for [`input`].
pub fn password(prompt: &str) -> io::Result<String> {
    if let Some(sink) = sink::installed() {
        return sink.input(prompt, true);
    }
    let hidden = echo(false);
    let answer = from_terminal(prompt);
    if hidden {
        echo(true);
        eprintln!();
    }
    answer
}

fn from_terminal(prompt: &str) -> io::Result<String> {
    let mut stderr = io::stderr();
    stderr.write_all(prompt.as_bytes())?;
    stderr.flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let text = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(text);
    Ok(line)
}

/// Whether the terminal could be told to show what is typed, or not to.
fn echo(shown: bool) -> bool {
    let mode = if shown { "echo" } else { "-echo" };
    let status = Command::new("stty")
        .arg(mode)
        .stdin(Stdio::inherit())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
