//! `ferrite run`: a notebook from top to bottom, without Python.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use ferrite_engine::{Failure, Session};
use nbformat::v4::{Cell, Notebook};

use crate::notebook::{self, Named, Recorder};
use crate::progress;

/// What to run and with what.
#[derive(Args)]
pub struct Options {
    /// The notebook
    notebook: PathBuf,
    /// Set a parameter: a variable of the cell tagged `parameters` (papermill's convention)
    ///
    /// VALUE is a Rust expression if it looks like one (a number, true, a quoted
    /// string, vec![…]), else it is taken as text.
    #[arg(
        short,
        long = "parameter",
        num_args = 2,
        value_names = ["NAME", "VALUE"],
        allow_negative_numbers = true
    )]
    parameters: Vec<String>,
    /// Write the result here instead of into the notebook
    #[arg(short, long, value_name = "OUT.ipynb")]
    output: Option<PathBuf>,
}

/// Runs the notebook.
pub fn run(options: &Options) -> Result<ExitCode> {
    let path = &options.notebook;
    let mut document = notebook::read(path)?;
    let parameters: Vec<(&str, &str)> = options
        .parameters
        .chunks_exact(2)
        .map(|pair| (pair[0].as_str(), pair[1].as_str()))
        .collect();
    notebook::inject_parameters(&mut document, &parameters)?;
    let toolchain = progress::ensure_setup()?;
    let output = options
        .output
        .as_ref()
        .unwrap_or(path)
        .canonicalize_parent()?;
    // As in Jupyter, a notebook's own folder is where its code runs.
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::env::set_current_dir(folder)
            .with_context(|| format!("going to the folder {}", folder.display()))?;
    }
    let session = crate::start::session(toolchain)?;
    let waiting = Arc::new(Mutex::new(code_cells(&document)));
    let ask = waiting.clone();
    let mut session = session.with_waiting(Arc::new(move || {
        ask.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }));
    stop_on_ctrl_c(&session);
    let failure = run_cells(&mut document, &mut session, &waiting);
    notebook::write(&document, &output)?;
    match failure {
        None => Ok(ExitCode::SUCCESS),
        Some((number, failure)) => {
            eprintln!("\ncell {number} of {} failed:", path.display());
            for line in &failure.traceback {
                eprintln!("{line}");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The cells that are to be run, by their position among themselves.
type Waiting = Mutex<Vec<(u64, String)>>;

fn code_cells(document: &Notebook) -> Vec<(u64, String)> {
    let cells = document.cells.iter().filter_map(|cell| match cell {
        Cell::Code { source, .. } => Some(source.concat()),
        _ => None,
    });
    (0..).zip(cells).collect()
}

fn run_cells(
    document: &mut Notebook,
    session: &mut Session,
    waiting: &Waiting,
) -> Option<(u32, Failure)> {
    let total = document
        .cells
        .iter()
        .filter(|cell| matches!(cell, Cell::Code { .. }))
        .count();
    let begin = Instant::now();
    let mut number = 0;
    let mut failed = None;
    let mut named = Named::default();
    for at in 0..document.cells.len() {
        let Cell::Code {
            execution_count,
            source,
            outputs,
            ..
        } = &mut document.cells[at]
        else {
            continue;
        };
        outputs.clear();
        *execution_count = None;
        // What was not run has no output: an old one would be a lie.
        if failed.is_some() {
            continue;
        }
        number += 1;
        let code = source.concat();
        eprint!("[{number:>3}/{total}] {:<60} ", summary(&code));
        let _ = std::io::stderr().flush();
        let started = Instant::now();
        let mut recorder = Recorder::new(number as i32);
        let mut behind = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        behind.retain(|(id, _)| *id >= u64::from(number));
        drop(behind);
        let result = session.execute(number, &code, &mut recorder);
        eprintln!("{:>8.3} s", started.elapsed().as_secs_f64());
        *execution_count = Some(number as i32);
        if let Err(failure) = &result {
            recorder.error(failure);
        }
        named.put(document, at, recorder);
        failed = result.err().map(|failure| (number, failure));
    }
    eprintln!(
        "{number} of {total} cells in {:.3} s",
        begin.elapsed().as_secs_f64()
    );
    failed
}

/// The first line of a cell that says something.
fn summary(code: &str) -> String {
    let line = code
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("//"))
        .unwrap_or_default();
    if line.chars().count() > 60 {
        line.chars().take(59).chain(['…']).collect()
    } else {
        line.to_owned()
    }
}

fn stop_on_ctrl_c(session: &Session) {
    let interrupter = session.interrupter();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    interrupter.interrupt();
                }
            });
        }
    });
}

trait CanonicalizeParent {
    /// An absolute path for a file that may not exist yet.
    fn canonicalize_parent(&self) -> Result<PathBuf>;
}

impl CanonicalizeParent for PathBuf {
    fn canonicalize_parent(&self) -> Result<PathBuf> {
        let name = self
            .file_name()
            .with_context(|| format!("{} names no file", self.display()))?;
        let folder = self
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        match folder.canonicalize() {
            Ok(folder) => Ok(folder.join(name)),
            Err(error) => bail!("the folder {} of the output: {error}", folder.display()),
        }
    }
}
