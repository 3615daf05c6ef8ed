//! One run of rustc.

use std::collections::BTreeSet;
use std::io::Read;
use std::ops::Bound;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::dependencies::Loaded;
use crate::diagnostics::{self, Diagnostic};
use crate::error::EngineError;
use crate::generate::{Generated, ITEMS_CRATE, MAIN_FILE, ROOT_FILE, root_file};
use crate::mir::{self, Facts};
use crate::segments;
use crate::statics::Homes;
use crate::symbols;
use crate::toolchain::Toolchain;
use crate::warm::{Start, Warm};

/// What rustc makes of a cell, before it is linked.
pub const OBJECT: &str = "cell.o";
const METADATA: &str = "cell.rmeta";
const MESSAGES: &str = "messages.json";

type Verdict = (bool, Vec<Diagnostic>);

fn for_running(job: &Job<'_>) -> [String; 4] {
    let trim = "-Ztrim-diagnostic-paths=no".to_owned();
    let share = if job.share { "y" } else { "n" };
    let share = format!("-Zshare-generics={share}");
    let level = format!("opt-level={}", job.optimise);
    [trim, share, "-C".to_owned(), level]
}

/// A process (the compiler, mostly) that another thread can end.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    child: Option<Arc<Mutex<Child>>>,
    /// Whether the child leads a group that is ended with it.
    group: bool,
    stopped: bool,
}

impl Running {
    /// Ends the current run, if there is one.
    pub fn stop(&self) {
        let mut state = self.state();
        state.stopped = true;
        if let Some(child) = &state.child {
            end(child, state.group);
        }
    }

    /// Takes back earlier stops.
    pub fn reset(&self) {
        self.state().stopped = false;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.hold(Arc::new(Mutex::new(child)), true);
        Ok(pipes)
    }

    /// Notes which process is to be ended; ends it at once if it is too late.
    fn hold(&self, child: Arc<Mutex<Child>>, group: bool) {
        let mut state = self.state();
        if state.stopped {
            end(&child, group);
        }
        state.child = Some(child);
        state.group = group;
    }

    /// The process that is held has done its work, and may go on living.
    ///
    /// # Errors
    /// When it was ended.
    fn release(&self) -> Result<(), EngineError> {
        let mut state = self.state();
        state.child = None;
        if state.stopped {
            return Err(EngineError::Stopped);
        }
        Ok(())
    }

    /// Waits for the process that is held.
    ///
    /// # Errors
    /// When it was stopped.
    pub fn finish(&self) -> Result<ExitStatus, EngineError> {
        // Its output is closed: mostly it is only a moment until it is gone.
        let mut pause = Duration::from_micros(200);
        loop {
            let Some(child) = self.state().child.clone() else {
                return Err(EngineError::Stopped);
            };
            let status = lock(&child).try_wait();
            match status {
                Ok(Some(status)) => return self.release().map(|()| status),
                Ok(None) => std::thread::sleep(pause),
                Err(error) => return Err(EngineError::NoCompiler(error)),
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end(child: &Mutex<Child>, group: bool) {
    let mut child = lock(child);
    if group {
        kill_group(&child);
    }
    let _ = child.kill();
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
    /// Whether generic code that other crates have compiled is taken from them.
    pub share: bool,
    /// Whether a debugger is to find its way in it.
    pub debug: bool,
    /// The crates of `:dep`, which are seen together with the prelude.
    pub crates: &'a Loaded,
    /// The crates of items; which of them the crate sees it says itself.
    pub items: &'a [&'a Path],
    /// The libraries in which statics and functions of the items live.
    pub homes: &'a Homes,
    /// Part of the file names of what is built.
    pub key: &'a str,
    /// Where sources and results go.
    pub dir: &'a Path,
}

impl<'a> Job<'a> {
    /// The crates of items that the crate sees.
    fn seen(&self) -> &'a [&'a Path] {
        self.items.get(..self.code.sees).unwrap_or(self.items)
    }

    /// Those with the names under which rustc looks for them.
    fn links(&self) -> impl Iterator<Item = (String, &'a Path)> {
        let newest = (!self.code.is_items).then(|| self.code.sees.checked_sub(1));
        let newest = newest.flatten();
        let seen = self.seen().iter().enumerate();
        seen.map(move |(segment, items)| {
            let name = match newest == Some(segment) {
                true => ITEMS_CRATE.to_owned(),
                false => segments::extern_name(segment),
            };
            (link_name(&name), *items)
        })
    }
}

/// The file in which rustc looks for a crate of items.
fn link_name(crate_name: &str) -> String {
    format!("lib{crate_name}.so")
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
    let name = match code.is_items {
        true => segments::crate_name(code.sees),
        false => "cell".to_owned(),
    };
    format!("lib{name}-{key}.so")
}

impl Toolchain {
    /// Compiles a cell for running.
    ///
    /// # Errors
    /// When the compiler cannot be started or was stopped. Errors in the code
    /// are not errors here.
    pub fn compile(
        &self,
        job: &Job<'_>,
        warm: &Warm,
        running: &Running,
    ) -> Result<Compiled, EngineError> {
        write_sources(job)?;
        let library = library_name(job.code, job.key);
        let linker = self.linker.as_ref();
        let warmed = match linker {
            // Where it works is part of what a debugger reads.
            Some(_) if !job.debug => self.compile_warm(job, warm, running)?,
            _ => None,
        };
        let (success, diagnostics) = match warmed {
            Some(verdict) => verdict,
            None if linker.is_some() => run(&mut self.rustc_for_object(job), running)?,
            None => {
                let mut command = self.rustc(job);
                command
                    .args(["--emit", &format!("link={library},mir=cell.mir")])
                    .args(["-C", &format!("link-arg=-Wl,-soname,{library}")])
                    .args(linked(job))
                    .args(for_running(job));
                run(&mut command, running)?
            }
        };
        let facts = if success {
            let mir = std::fs::read_to_string(job.dir.join("cell.mir")).map_err(|source| {
                EngineError::Files {
                    what: "reading what rustc wrote",
                    source,
                }
            })?;
            mir::facts(&segments::plain(&mir))
        } else {
            Facts::default()
        };
        if let (true, Some(linker)) = (success, linker) {
            self.link(linker, job, &library)?;
        }
        let library = success.then(|| job.dir.join(library));
        Ok(Compiled {
            library,
            diagnostics,
            facts,
        })
    }

    fn rustc_for_object(&self, job: &Job<'_>) -> Command {
        let metadata = match job.code.is_items {
            true => format!(",metadata={METADATA}"),
            false => String::new(),
        };
        let mut command = self.rustc(job);
        command
            .args(["--emit", &format!("obj={OBJECT},mir=cell.mir{metadata}")])
            .args(for_running(job));
        command
    }

    /// Compiles with a compiler that is already warm, if there is one.
    fn compile_warm(
        &self,
        job: &Job<'_>,
        warm: &Warm,
        running: &Running,
    ) -> Result<Option<Verdict>, EngineError> {
        let Some((key, Some(mut compiler))) = self.with_start(job, |key, start| {
            let compiler = warm.take(key, start);
            (key.to_owned(), compiler)
        }) else {
            return Ok(None);
        };
        let mut links = job.links();
        if !links.all(|(name, items)| compiler.link(&name, items).is_ok()) {
            return Ok(None);
        }
        running.hold(compiler.process(), false);
        let done = compiler.send(job.dir).is_ok() && compiler.wait();
        running.release()?;
        if !done {
            return Ok(None);
        }
        warm.give_back(key, compiler);
        let messages = job.dir.join(MESSAGES);
        let text = std::fs::read_to_string(&messages).unwrap_or_default();
        let _ = std::fs::remove_file(messages);
        let success = job.dir.join(OBJECT).exists();
        Ok(verdict(success, &text).ok())
    }

    /// Starts warm compilers for plain cells.
    pub fn prepare(&self, warm: &Warm, dir: &Path) {
        for prelude in [false, true] {
            let root = format!(
                "{}::core::include!(\"{MAIN_FILE}\");\n",
                root_file(prelude, true)
            );
            let code = Generated {
                files: vec![(ROOT_FILE.to_owned(), root)],
                ..Generated::default()
            };
            let job = Job {
                code: &code,
                prelude,
                crates: &Loaded::default(),
                optimise: 0,
                share: true,
                debug: false,
                items: &[],
                homes: &Homes::new(),
                key: "",
                dir: &dir.join("none"),
            };
            self.with_start(&job, |key, start| warm.prepare(key, start));
        }
    }

    /// Starts a warm compiler for the crate of items that comes after this one.
    pub fn prepare_next(&self, job: &Job<'_>, warm: &Warm) {
        let code = Generated {
            files: job.code.files.iter().take(1).cloned().collect(),
            sees: job.code.sees + 1,
            is_items: true,
            ..Generated::default()
        };
        let job = Job {
            code: &code,
            ..*job
        };
        self.with_start(&job, |key, start| warm.prepare(key, start));
    }

    fn with_start<T>(&self, job: &Job<'_>, then: impl FnOnce(&str, &Start<'_>) -> T) -> Option<T> {
        let library = self.warm.as_deref()?;
        let (name, text) = job
            .code
            .files
            .first()
            .filter(|(name, _)| name == ROOT_FILE)?;
        let crates = &job.crates.externs;
        // Of items each crate has its name on the command line.
        let items = job.code.is_items.then_some(job.code.sees);
        let key = format!(
            "{items:?} {} {} {} {crates:?} {text}",
            job.prelude, job.optimise, job.share
        );
        let start = Start {
            library,
            dir: job.dir.parent()?,
            root: (name, text),
            command: &|| self.rustc_for_object(job),
        };
        Some(then(&key, &start))
    }

    /// Makes a library of a cell's object file: 10 ms instead of the 45 that
    /// it takes through rustc and cc, because nothing is looked up. The worker
    /// has the runtime, the prelude and libstd loaded for all to see, so what
    /// is undefined here is found there; only the libraries of items, of which
    /// there are many versions, have to be named.
    fn link(&self, linker: &Path, job: &Job<'_>, library: &str) -> Result<(), EngineError> {
        let mut command = Command::new(linker);
        command
            .current_dir(job.dir)
            .args(["-flavor", "gnu", "-shared", "-Bsymbolic", "--eh-frame-hdr"])
            .args(["-z", "now", "-z", "relro", "-z", "noexecstack"])
            .args(["-soname", library, "-o", library, OBJECT]);
        // Before what lives in older versions: the same may be there under the same name.
        command.args(job.seen());
        if job.code.uses_items || job.code.is_items {
            command.args(homes_in_use(job));
        }
        if job.prelude {
            command.args(&job.crates.libraries);
        }
        command.args(&self.builtins);
        if job.code.is_items {
            command.args(metadata_section(job.dir)?);
        }
        let output = command.output().map_err(EngineError::NoCompiler)?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(EngineError::CompilerBroke(text));
        }
        Ok(())
    }

    /// Links an object file in the job's folder; gives the library's name.
    ///
    /// # Errors
    /// When that does not work.
    pub fn link_again(&self, job: &Job<'_>) -> Result<String, EngineError> {
        let library = library_name(job.code, job.key);
        let linker = self.linker.as_ref();
        let linker = linker.ok_or_else(|| EngineError::CompilerBroke("no linker".to_owned()))?;
        self.link(linker, job, &library)?;
        Ok(library)
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
        // Whole: they are folded when they are shown.
        command.arg("-Zwrite-long-types-to-disk=no");
        Ok(run(&mut command, running)?.1)
    }

    fn rustc(&self, job: &Job<'_>) -> Command {
        let mut command = Command::new(&self.rustc);
        command
            .current_dir(job.dir)
            .args(job.code.files.first().map(|(name, _)| name))
            .args(["--edition", "2024"])
            .args([
                "--error-format",
                "json",
                "--json",
                "diagnostic-rendered-ansi",
            ])
            .args(["-C", "prefer-dynamic", "-C", "codegen-units=1"])
            .args(debug_information(job))
            .arg("--extern")
            .arg(extern_argument("ferrite_runtime", &self.runtime));
        for dir in &self.dependencies {
            command.arg("-L").arg(search(dir));
        }
        if job.code.is_items {
            let name = segments::crate_name(job.code.sees);
            command.args(["--crate-name", &name, "--crate-type", "dylib"]);
            // One identity for all versions: types keep theirs.
            command.args(["-C", "metadata=ferrite"]);
        } else {
            command.args(["--crate-name", "cell", "--crate-type", "cdylib"]);
        }
        if job.prelude {
            command
                .arg("--extern")
                .arg(extern_argument("ferrite_prelude", &self.prelude))
                .arg("--extern")
                .arg(extern_argument("ferrite_glue", &self.glue));
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
        // Links in the cell's own folder, so that it is the same argument whichever
        // version of the items it is.
        let older = match job.code.is_items {
            true => job.code.sees,
            false => segments::MOST,
        };
        let older = (0..older).map(segments::extern_name);
        let newest = (!job.code.is_items).then(|| ITEMS_CRATE.to_owned());
        for name in older.chain(newest) {
            let link = link_name(&name);
            command.args(["--extern", &format!("{name}={link}")]);
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

/// What a debugger reads. The file of the statements is called the same in every
/// cell; there it gets a name of its own.
fn debug_information(job: &Job<'_>) -> Vec<String> {
    let mut arguments = vec![
        "-C".to_owned(),
        format!("debuginfo={}", u8::from(job.debug) * 2),
    ];
    if job.debug {
        arguments.extend([
            format!("--remap-path-prefix={MAIN_FILE}={}", debugged_file(job.key)),
            "--remap-path-scope=debuginfo".to_owned(),
        ]);
    }
    arguments
}

/// The file of a cell's statements, as a debugger knows it.
pub fn debugged_file(key: &str) -> String {
    format!("cell-{key}.rs")
}

/// Arguments to link to the homes of statics and functions, through rustc.
fn linked(job: &Job<'_>) -> Vec<std::ffi::OsString> {
    let homes: BTreeSet<&PathBuf> = job.homes.values().collect();
    let homes = homes
        .into_iter()
        .filter(|_| job.code.is_items || job.code.uses_items);
    homes
        .map(|home| extern_argument("-Clink-arg", home))
        .collect()
}

/// The homes of what an object file takes from there; all of them if it cannot be read.
fn homes_in_use<'a>(job: &Job<'a>) -> BTreeSet<&'a PathBuf> {
    let object = std::fs::read(job.dir.join(OBJECT)).unwrap_or_default();
    let needed = symbols::needed(&object);
    // The keys of a `thread_local!` are numbered behind its symbol.
    let in_use = |symbol: &str| {
        let needed = needed.as_ref();
        needed.is_none_or(|needed| {
            let mut from = needed.range::<str, _>((Bound::Included(symbol), Bound::Unbounded));
            from.next().is_some_and(|name| name.starts_with(symbol))
        })
    };
    let homes = job.homes.iter().filter(|(symbol, _)| in_use(symbol));
    homes.map(|(_, library)| library).collect()
}

/// Arguments by which the linker puts what rustc knows of a crate where rustc looks for
/// it in a dynamic library: the section `.rustc`, with its length before it.
fn metadata_section(dir: &Path) -> Result<Vec<String>, EngineError> {
    const SECTION: &str = "metadata.bin";
    const SCRIPT: &str = "metadata.ld";
    const HEADER: usize = 8;
    let failed = |source| EngineError::Files {
        what: "reading what rustc knows of the items",
        source,
    };
    let metadata = std::fs::read(dir.join(METADATA)).map_err(failed)?;
    let header = metadata.get(..HEADER).unwrap_or_default();
    let length = (metadata.len() as u64).to_le_bytes();
    let section = [header, &length, &metadata].concat();
    std::fs::write(dir.join(SECTION), section).map_err(failed)?;
    let script =
        format!("SECTIONS {{ .rustc (INFO) : {{ {SECTION}(.data) }} }} INSERT AFTER .text;\n");
    std::fs::write(dir.join(SCRIPT), script).map_err(failed)?;
    let arguments = ["--format=binary", SECTION, "--format=default", SCRIPT];
    Ok(arguments.map(str::to_owned).to_vec())
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
    let failed = |source| EngineError::Files {
        what: "writing the cell's source",
        source,
    };
    for (name, text) in &job.code.files {
        std::fs::write(job.dir.join(name), text).map_err(failed)?;
    }
    for (name, items) in job.links() {
        let link = job.dir.join(name);
        if !link.exists() {
            std::os::unix::fs::symlink(items, link).map_err(failed)?;
        }
    }
    Ok(())
}

fn run(command: &mut Command, running: &Running) -> Result<Verdict, EngineError> {
    tracing::debug!(?command, "rustc");
    let mut child = command.spawn().map_err(EngineError::NoCompiler)?;
    let stderr = child.stderr.take();
    running.hold(Arc::new(Mutex::new(child)), false);
    let mut text = Vec::new();
    if let Some(mut stderr) = stderr {
        let _ = stderr.read_to_end(&mut text);
    }
    let status = running.finish()?;
    let text = String::from_utf8_lossy(&text);
    verdict(status.success(), &text)
}

fn verdict(success: bool, text: &str) -> Result<Verdict, EngineError> {
    let diagnostics = diagnostics::parse(text);
    let errors = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.level == "error");
    if !success && !errors {
        return Err(EngineError::CompilerBroke(text.to_owned()));
    }
    Ok((success, diagnostics))
}
