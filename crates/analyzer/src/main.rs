//! rust-analyzer, in a process of its own.
//!
//! The engine starts it when somebody asks for a completion for the first
//! time, and talks to it over stdin and stdout ([`ferrite_wire::analysis`]).
//! It holds hundreds of megabytes and may die: nothing but completion and
//! documentation hangs on it.
//!
//! rust-analyzer's crates are used directly, in the version that the `evcxr`
//! crate has, and not through that crate: its completions know neither
//! signatures nor documentation, and it insists on a project and variables of
//! its own, which it learns of by compiling and running every cell itself.

mod complete;
mod hover;
mod project;

use std::io::{self, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::{Context, Result};
use ferrite_wire::analysis::{Ask, Found, Question, Reply};

use project::Project;

fn main() -> ExitCode {
    end_with_the_kernel();
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ferrite-analyzer: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is asked before it is ready: each way of asking is slow the first time.
const WARM_UP: &[&str] = &[
    "fn __warm(x: ::std::vec::Vec<::std::string::String>) { x. }",
    "fn __warm(x: ::polars::prelude::DataFrame) { x. }",
    "fn __warm(x: ::polars::prelude::DataFrame) { x.lazy(). }",
    "fn __warm() { ::polars::prelude::col(\"x\"). }",
    "fn __warm() { let x = a }",
];

/// Answers one question after the other until stdin is closed.
fn serve() -> Result<()> {
    let mut questions = BufReader::new(io::stdin().lock());
    let mut answers = io::stdout().lock();
    let mut project = None;
    while let Some(Question { id, ask }) = ferrite_wire::receive(&mut questions)? {
        // rust-analyzer panics where it is wrong about something.
        let answer = catch_unwind(AssertUnwindSafe(|| answer(ask, &mut project)))
            .unwrap_or_else(|_| Err(anyhow::anyhow!("rust-analyzer panicked")))
            .map_err(|error| format!("{error:#}"));
        ferrite_wire::send(&mut answers, &Reply { id, answer })?;
    }
    Ok(())
}

fn answer(ask: Ask, project: &mut Option<Project>) -> Result<Found> {
    if let Ask::Open { package, warm_up } = ask {
        // The old one first: two do not fit.
        *project = None;
        let project = project.insert(Project::open(&package)?);
        for question in WARM_UP {
            let text = format!("{warm_up}\n{question}");
            let end = text.len() - " }".len();
            project.set_text(text);
            complete::items(project, end, 0)?;
        }
        project.tidy();
        return Ok(Found::Opened {
            files: project.files(),
        });
    }
    let project = project.as_mut().context("no package is open")?;
    match ask {
        Ask::Complete { text, at, most } => {
            project.set_text(text);
            complete::items(project, at, most).map(Found::Items)
        }
        Ask::Hover { text, at } => {
            project.set_text(text);
            hover::at(project, at).map(Found::Hover)
        }
        Ask::Open { .. } => Err(anyhow::anyhow!("answered above")),
    }
}

/// A kernel that is killed closes stdin, which is seen only between two
/// questions; this is seen at once.
fn end_with_the_kernel() {
    #[cfg(target_os = "linux")]
    // SAFETY: no pointers; asks the system for a signal when the parent ends.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}
