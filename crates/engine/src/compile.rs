//! One run of rustc.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::dependencies::Loaded;
use crate::diagnostics::{self, Diagnostic};
use crate::error::EngineError;
use crate::generate::{Generated, ITEMS_CRATE, MAIN_FILE};
use crate::mir::{self, Facts};
use crate::toolchain::Toolchain;

/// A process (the compiler, mostly) that another thread can end.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    child: Option<Child>,
    /// Whether the child leads a group that is ended with it.
    group: bool,
    stopped: bool,
}

impl Running {
    /// Ends the current run, if there is one.
    pub fn stop(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.stopped = true;
        let group = state.group;
        if let Some(child) = &mut state.child {
            if group {
                kill_group(child);
            }
            let _ = child.kill();
        }
    }

    /// Takes back earlier stops.
    pub fn reset(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stopped = false;
    }

    /// Starts a process that is ended, by [`Running::stop`], with all that it
    /// has started.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        &self,
        command: &mut Command,
    ) -> std::io::Result<(Option<ChildStdout>, Option<ChildStderr>)> {
        let mut child = command.process_group(0).spawn()?;
        let pipes = (child.stdout.take(), child.stderr.take());
        self.hold(child, true);
        Ok(pipes)
    }

    fn hold(&self, mut child: Child, group: bool) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.stopped {
            let _ = child.kill();
        }
        state.child = Some(child);
        state.group = group;
    }

    /// Waits for the process that was started.
    ///
    /// # Errors
    /// When it was stopped.
    pub fn finish(&self) -> Result<ExitStatus, EngineError> {
        // Its output is closed: mostly it is only a moment until it is gone.
        let mut pause = Duration::from_micros(200);
        loop {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match state.child.as_mut().map(Child::try_wait) {
                Some(Ok(Some(status))) => {
                    state.child = None;
                    if state.stopped {
                        return Err(EngineError::Stopped);
                    }
                    return Ok(status);
                }
                Some(Ok(None)) => drop(state),
                Some(Err(error)) => return Err(EngineError::NoCompiler(error)),
                None => return Err(EngineError::Stopped),
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

/// The standard library cannot signal a group; every shell can.
fn kill_group(leader: &Child) {
    let _ = Command::new("sh")
        .args(["-c", &format!("kill -s KILL -- -{}", leader.id())])
        .stderr(Stdio::null())
        .status();
}

/// What to compile and how.
#[derive(Debug)]
pub struct Job<'a> {
    /// The crate.
    pub code: &'a Generated,
    /// Whether it sees the prelude.
    pub prelude: bool,
    /// rustc's `opt-level`.
    pub optimise: u8,
    /// The crates of `:dep`, which are seen together with the prelude.
    pub crates: &'a Loaded,
    /// The current items library.
    pub items: Option<&'a Path>,
    /// Part of the file names of what is built.
    pub key: &'a str,
    /// Where sources and results go.
    pub dir: &'a Path,
}

/// What a compile gave.
#[derive(Debug)]
pub struct Compiled {
    /// The dynamic library, if there were no errors.
    pub library: Option<PathBuf>,
    /// Errors and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// What the MIR says.
    pub facts: Facts,
}

impl Compiled {
    /// The errors among the diagnostics.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.level == "error")
    }
}

/// Name of the library that a crate becomes.
pub fn library_name(code: &Generated, key: &str) -> String {
    let name = if code.is_items { ITEMS_CRATE } else { "cell" };
    format!("lib{name}-{key}.so")
}

impl Toolchain {
    /// Compiles a cell for running.
    ///
    /// # Errors
    /// When the compiler cannot be started or was stopped. Errors in the code
    /// are not errors here.
    pub fn compile(&self, job: &Job<'_>, running: &Running) -> Result<Compiled, EngineError> {
        write_sources(job)?;
        let library = library_name(job.code, job.key);
        let mut command = self.rustc(job);
        command
            .arg("-Ztrim-diagnostic-paths=no")
            .args(["--emit", &format!("link={library},mir=cell.mir")])
            .args(["-C", &format!("link-arg=-Wl,-soname,{library}")])
            .args(["-C", &format!("opt-level={}", job.optimise)]);
        let (success, diagnostics) = run(&mut command, running)?;
        let facts = if success {
            let mir = std::fs::read_to_string(job.dir.join("cell.mir")).map_err(|source| {
                EngineError::Files {
                    what: "reading what rustc wrote",
                    source,
                }
            })?;
            mir::facts(&mir)
        } else {
            Facts::default()
        };
        let library = success.then(|| job.dir.join(library));
        Ok(Compiled {
            library,
            diagnostics,
            facts,
        })
    }

    /// Compiles a cell only as far as its MIR.
    ///
    /// # Errors
    /// As for [`Toolchain::compile`].
    pub fn mir(
        &self,
        job: &Job<'_>,
        running: &Running,
    ) -> Result<(Option<String>, Vec<Diagnostic>), EngineError> {
        write_sources(job)?;
        let mut command = self.rustc(job);
        command
            .arg("-Ztrim-diagnostic-paths=no")
            .args(["--emit", "mir=cell.mir"]);
        let (success, diagnostics) = run(&mut command, running)?;
        let mir = success.then(|| std::fs::read_to_string(job.dir.join("cell.mir")));
        let mir = mir.transpose().map_err(|source| EngineError::Files {
            what: "reading what rustc wrote",
            source,
        })?;
        Ok((mir, diagnostics))
    }

    /// Compiles a cell only for its errors.
    ///
    /// # Errors
    /// As for [`Toolchain::compile`].
    pub fn check(&self, job: &Job<'_>, running: &Running) -> Result<Vec<Diagnostic>, EngineError> {
        write_sources(job)?;
        let mut command = self.rustc(job);
        command.args(["--emit", "metadata=check.rmeta"]);
        Ok(run(&mut command, running)?.1)
    }

    fn rustc(&self, job: &Job<'_>) -> Command {
        let mut command = Command::new(&self.rustc);
        command
            .current_dir(job.dir)
            .arg(MAIN_FILE)
            .args(["--edition", "2024"])
            .args([
                "--error-format",
                "json",
                "--json",
                "diagnostic-rendered-ansi",
            ])
            .args([
                "-C",
                "prefer-dynamic",
                "-C",
                "codegen-units=1",
                "-C",
                "debuginfo=0",
            ])
            .arg("--extern")
            .arg(extern_argument("ferrite_runtime", &self.runtime));
        for dir in &self.dependencies {
            command.arg("-L").arg(search(dir));
        }
        if job.code.is_items {
            command.args(["--crate-name", ITEMS_CRATE, "--crate-type", "dylib"]);
            // One identity for all versions: types keep theirs.
            command.args(["-C", "metadata=ferrite"]);
        } else {
            command.args(["--crate-name", "cell", "--crate-type", "cdylib"]);
        }
        if job.prelude {
            command
                .arg("--extern")
                .arg(extern_argument("ferrite_prelude", &self.prelude));
            for (name, path) in self.externs.iter().chain(&job.crates.externs) {
                command.arg("--extern").arg(extern_argument(name, path));
            }
            for dir in &job.crates.dependencies {
                command.arg("-L").arg(search(dir));
            }
            if let (Some(tie), Some(library)) = (&job.crates.tie, job.crates.libraries.last()) {
                command.arg("--extern").arg(extern_argument(tie, library));
            }
        }
        if let (true, Some(items)) = (job.code.uses_items, job.items) {
            command
                .arg("--extern")
                .arg(extern_argument(ITEMS_CRATE, items));
        }
        // For MIR of the same run, `-Z` flags, and `#![feature]` in cells.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.env_remove("RUSTFLAGS");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }
}

fn extern_argument(name: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(name);
    argument.push("=");
    argument.push(path);
    argument
}

fn search(path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from("dependency=");
    argument.push(path);
    argument
}

fn write_sources(job: &Job<'_>) -> Result<(), EngineError> {
    for (name, text) in &job.code.files {
        std::fs::write(job.dir.join(name), text).map_err(|source| EngineError::Files {
            what: "writing the cell's source",
            source,
        })?;
    }
    Ok(())
}

fn run(command: &mut Command, running: &Running) -> Result<(bool, Vec<Diagnostic>), EngineError> {
    tracing::debug!(?command, "rustc");
    let mut child = command.spawn().map_err(EngineError::NoCompiler)?;
    let stderr = child.stderr.take();
    running.hold(child, false);
    let mut text = Vec::new();
    if let Some(mut stderr) = stderr {
        let _ = stderr.read_to_end(&mut text);
    }
    let status = running.finish()?;
    let text = String::from_utf8_lossy(&text);
    let diagnostics = diagnostics::parse(&text);
    let errors = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.level == "error");
    if !status.success() && !errors {
        return Err(EngineError::CompilerBroke(text.into_owned()));
    }
    Ok((status.success(), diagnostics))
}
