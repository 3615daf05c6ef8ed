//! Compilers that are already warm: see the crate `ferrite-warm`.
//!
//! One waits for each way of compiling that the notebook uses (a cell or items,
//! with or without the prelude, optimised or not). It is started when that way is
//! first used, or in good time by [`Warm::prepare`]; what it costs is in ARCHITECTURE.md.
//! Whenever one is not there, or anything about it goes wrong, a cell is compiled by
//! a rustc of its own: slower, with the same result.
//!
//! A compiler goes with its session, also one that is still starting. Where a
//! kernel was killed, the compilers see the end of their input and tidy up.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::EngineError;
use crate::scratch;

/// Most compilers that wait at a time.
const MOST: usize = 5;
/// For the allocator of rustc: large pages, and none of them given back. A cell is
/// compiled with some 60 MB of new memory, in 15,000 small pages otherwise.
const MALLOC: &str = "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1";
/// After so many that did not work, no more are started.
const PATIENCE: usize = 2;

/// The compilers that wait.
#[derive(Debug, Clone, Default)]
pub struct Warm(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    compilers: Vec<(String, Slot)>,
    failures: usize,
    /// How their folders are marked.
    mark: String,
    /// Whether the session is over.
    over: bool,
}

#[derive(Debug)]
enum Slot {
    Starting(Arc<Mutex<Child>>, Receiver<Compiler>),
    Ready(Compiler),
}

/// A compiler that waits for cells.
#[derive(Debug)]
pub struct Compiler {
    process: Arc<Mutex<Child>>,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    /// Where it started: relative paths of its command line lead here.
    dir: tempfile::TempDir,
}

impl Warm {
    /// None yet. Their folders will have this mark ([`scratch`]).
    pub fn new(mark: &str) -> Self {
        Self(Arc::new(Mutex::new(State {
            mark: mark.to_owned(),
            ..State::default()
        })))
    }

    /// A compiler for this key, if one is ready. Starts one for the next time
    /// if there is none.
    pub fn take(&self, key: &str, root: &Start<'_>) -> Option<Compiler> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = state.compilers.iter().position(|(known, _)| known == key);
        let Some(at) = at else {
            state.start(key, root);
            return None;
        };
        match state.compilers.remove(at) {
            (_, Slot::Ready(compiler)) => Some(compiler),
            (key, Slot::Starting(process, receiver)) => match receiver.try_recv() {
                Ok(compiler) => Some(compiler),
                Err(TryRecvError::Empty) => {
                    let starting = Slot::Starting(process, receiver);
                    state.compilers.insert(at, (key, starting));
                    None
                }
                Err(TryRecvError::Disconnected) => {
                    state.failures += 1;
                    None
                }
            },
        }
    }

    /// Starts a compiler for this key in good time.
    pub fn prepare(&self, key: &str, root: &Start<'_>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.compilers.iter().all(|(known, _)| known != key) {
            state.start(key, root);
        }
    }

    /// Gives a compiler back that has done its work.
    pub fn give_back(&self, key: String, compiler: Compiler) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return;
        }
        state.compilers.push((key, Slot::Ready(compiler)));
        // The one that was not used for longest goes.
        if state.compilers.len() > MOST {
            state.compilers.remove(0);
        }
    }

    /// Ends all of them, for good.
    pub fn end(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.over = true;
        for (_, slot) in state.compilers.drain(..) {
            if let Slot::Starting(process, _) = slot {
                // Whoever listens to it hears its end and puts its folder away,
                // unless the kernel is faster: that looks for folders as well.
                let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = process.kill();
                let _ = process.wait();
            }
        }
    }
}

/// What a waiting compiler is started with.
pub struct Start<'a> {
    /// The library that makes it wait.
    pub library: &'a Path,
    /// Where its files go.
    pub dir: &'a Path,
    /// Name and content of the root file.
    pub root: (&'a str, &'a str),
    /// rustc with the flags for that root file.
    pub command: &'a dyn Fn() -> Command,
}

impl State {
    fn start(&mut self, key: &str, job: &Start<'_>) {
        if self.over || self.failures >= PATIENCE {
            return;
        }
        match start(job, &self.mark) {
            Ok((process, receiver)) => self
                .compilers
                .push((key.to_owned(), Slot::Starting(process, receiver))),
            Err(error) => {
                tracing::debug!(%error, "no warm compiler");
                self.failures += 1;
            }
        }
    }
}

type Starting = (Arc<Mutex<Child>>, Receiver<Compiler>);

fn start(job: &Start<'_>, mark: &str) -> std::io::Result<Starting> {
    // The compile cache may have been cleared.
    std::fs::create_dir_all(job.dir)?;
    let dir = scratch::folder(job.dir, "warm", mark)?;
    std::fs::write(dir.path().join(job.root.0), job.root.1)?;
    // Only there to be found: what is in it is never read.
    std::fs::write(dir.path().join("cell.rs"), "")?;
    let mut process = (job.command)()
        .current_dir(dir.path())
        .env("LD_PRELOAD", job.library)
        .env("FERRITE_WARM", mark)
        .env("MALLOC_CONF", MALLOC)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(to), Some(from)) = (process.stdin.take(), process.stdout.take()) else {
        return Err(std::io::ErrorKind::BrokenPipe.into());
    };
    let process = Arc::new(Mutex::new(process));
    let held = process.clone();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut compiler = Compiler {
            process: held,
            to,
            from: BufReader::new(from),
            dir,
        };
        if compiler.hears("ready") {
            let _ = sender.send(compiler);
        }
    });
    Ok((process, receiver))
}

impl Compiler {
    /// Sends the compiler to a folder. Its process is then working for that
    /// folder; [`Compiler::wait`] says when it is done.
    ///
    /// # Errors
    /// When the compiler is gone.
    pub fn send(&mut self, folder: &Path) -> Result<(), EngineError> {
        let mut line = folder.as_os_str().as_encoded_bytes().to_vec();
        line.push(b'\n');
        self.to.write_all(&line).map_err(EngineError::NoCompiler)
    }

    /// Lets a relative path of the command line lead to a file.
    ///
    /// # Errors
    /// When the link cannot be made.
    pub fn link(&self, name: &str, to: &Path) -> std::io::Result<()> {
        let link = self.dir.path().join(name);
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(to, link)
    }

    /// Waits until the cell is compiled; false if the compiler is gone.
    pub fn wait(&mut self) -> bool {
        self.hears("done")
    }

    /// The process, for whoever may have to end it.
    pub fn process(&self) -> Arc<Mutex<Child>> {
        self.process.clone()
    }

    fn hears(&mut self, word: &str) -> bool {
        let mut line = String::new();
        matches!(self.from.read_line(&mut line), Ok(length) if length > 0) && line.trim() == word
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}
