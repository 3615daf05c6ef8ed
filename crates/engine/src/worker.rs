//! The worker process, seen from the engine.
//!
//! Three threads read what the worker says: its stdout, its stderr and its
//! socket. All of it ends up in one bounded queue, so a cell that prints
//! without end is slowed down instead of filling the memory. The order between
//! text and rich output is restored with the markers of `ferrite_wire`.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ferrite_wire::{Event, Outcome, Output, Request};

use crate::contents::{self, Contents};
use crate::error::EngineError;
use crate::markers::{Part, Splitter};
use crate::toolchain::Toolchain;

/// Which stream a text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Receives what a cell prints and shows, in order.
pub trait Sink {
    /// Printed text.
    fn text(&mut self, stream: Stream, text: &str);
    /// A rich output.
    fn output(&mut self, output: Output);
}

enum Heard {
    Text(Stream, String),
    Mark(Stream, u64),
    Event(Event),
    Gone,
}

/// How long a worker may take to connect: it only loads the standard library.
const CONNECT: Duration = Duration::from_secs(20);
/// How long text may lag behind an event before it is given up (the cell may
/// have closed its stdout).
const MARKER_WAIT: Duration = Duration::from_millis(500);
/// How long a cell may take to answer an interrupt before its worker is ended.
const PATIENCE: Duration = Duration::from_secs(3);

/// A running worker.
pub struct Worker {
    child: Arc<Mutex<Child>>,
    socket: UnixStream,
    heard: Receiver<Heard>,
    marks: [u64; 2],
    /// What arrived while the text before an earlier event was awaited.
    later: VecDeque<Heard>,
    /// Takes evcxr's rich output out of stdout.
    contents: Contents,
    /// The prelude's loading was asked for and has not been answered yet.
    preloading: bool,
    interrupter: Interrupter,
    _dir: tempfile::TempDir,
}

/// Stops what a worker is doing; usable from another thread.
#[derive(Clone)]
pub struct Interrupter {
    socket: Arc<Mutex<UnixStream>>,
    asked: Arc<Mutex<Option<Instant>>>,
}

impl Interrupter {
    /// Asks the running cell to stop.
    pub fn interrupt(&self) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_none() {
            *asked = Some(Instant::now());
        }
        drop(asked);
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = ferrite_wire::send(&mut *socket, &Request::Interrupt);
    }
}

impl Worker {
    /// Starts a worker and lets it load the prelude.
    ///
    /// # Errors
    /// When the process cannot be started or does not connect.
    pub fn start(toolchain: &Toolchain) -> Result<Self, EngineError> {
        let dir = tempfile::Builder::new()
            .prefix("ferrite-")
            .tempdir()
            .map_err(EngineError::NoWorker)?;
        let path = dir.path().join("worker.sock");
        let listener = UnixListener::bind(&path).map_err(EngineError::NoWorker)?;
        let mut child = Command::new(&toolchain.worker)
            .env(ferrite_wire::SOCKET_VARIABLE, &path)
            .env("LD_LIBRARY_PATH", library_path(toolchain))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is for the engine, which passes it on.
            .process_group(0)
            .spawn()
            .map_err(EngineError::NoWorker)?;
        let (queue, heard) = mpsc::sync_channel(256);
        if let Some(stdout) = child.stdout.take() {
            listen(Stream::Stdout, stdout, queue.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            listen(Stream::Stderr, stderr, queue.clone());
        }
        let socket = accept(&listener, &mut child)?;
        let reader = socket.try_clone().map_err(EngineError::NoWorker)?;
        std::thread::spawn(move || events(reader, &queue));
        let interrupter = Interrupter {
            socket: Arc::new(Mutex::new(
                socket.try_clone().map_err(EngineError::NoWorker)?,
            )),
            asked: Arc::default(),
        };
        let mut worker = Self {
            child: Arc::new(Mutex::new(child)),
            socket,
            heard,
            marks: [0; 2],
            later: VecDeque::new(),
            contents: Contents::default(),
            preloading: true,
            interrupter,
            _dir: dir,
        };
        worker.send(&Request::Preload {
            library: toolchain.prelude.clone(),
        })?;
        Ok(worker)
    }

    /// Waits until the prelude is loaded.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn ready(&mut self) -> Result<(), EngineError> {
        if !std::mem::take(&mut self.preloading) {
            return Ok(());
        }
        match self.wait(&mut Quiet)? {
            Outcome::LoadFailed(why) => Err(EngineError::WorkerDied(format!(
                "the prelude cannot be loaded ({why}); `ferrite setup` builds it again"
            ))),
            _ => Ok(()),
        }
    }

    /// What stops this worker.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    /// Carries out a request and hands its outputs to the sink.
    ///
    /// # Errors
    /// When the worker died; the message says of what.
    pub fn ask(&mut self, request: &Request, sink: &mut dyn Sink) -> Result<Outcome, EngineError> {
        self.ready()?;
        self.send(request)?;
        self.wait(sink)
    }

    /// Takes back interrupts that came before a cell began.
    pub fn clear_interrupt(&self) {
        *self
            .interrupter
            .asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Hands over what background threads have printed since the last cell.
    pub fn drain(&mut self, sink: &mut dyn Sink) {
        while let Ok(heard) = self.heard.try_recv() {
            match heard {
                Heard::Text(stream, text) => self.text(stream, &text, sink),
                Heard::Event(Event::Output { output, .. }) => sink.output(output),
                Heard::Mark(stream, number) => self.mark(stream, number),
                // The answer to loading the prelude; `ready` waits for it.
                Heard::Event(event @ Event::Done { .. }) => {
                    self.later.push_back(Heard::Event(event))
                }
                Heard::Gone => {}
            }
        }
    }

    fn text(&mut self, stream: Stream, text: &str, sink: &mut dyn Sink) {
        if stream == Stream::Stderr {
            sink.text(stream, text);
            return;
        }
        for part in self.contents.feed(text) {
            match part {
                contents::Part::Text(text) => sink.text(stream, &text),
                contents::Part::Output(output) => sink.output(output),
            }
        }
    }

    fn mark(&mut self, stream: Stream, number: u64) {
        self.marks[stream as usize] = number;
    }

    fn send(&mut self, request: &Request) -> Result<(), EngineError> {
        let sent = {
            let mut socket = self
                .interrupter
                .socket
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            ferrite_wire::send(&mut *socket, request)
        };
        sent.map_err(|_| self.died())
    }

    fn wait(&mut self, sink: &mut dyn Sink) -> Result<Outcome, EngineError> {
        loop {
            match self.next(Duration::from_millis(200)) {
                Ok(Heard::Text(stream, text)) => self.text(stream, &text, sink),
                Ok(Heard::Mark(stream, number)) => self.mark(stream, number),
                Ok(Heard::Event(Event::Output { marker, output })) => {
                    self.catch_up(marker, sink);
                    sink.output(output);
                }
                Ok(Heard::Event(Event::Done { marker, outcome })) => {
                    self.catch_up(marker, sink);
                    if let Some(rest) = self.contents.rest() {
                        sink.text(Stream::Stdout, &rest);
                    }
                    return Ok(outcome);
                }
                Ok(Heard::Gone) | Err(RecvTimeoutError::Disconnected) => {
                    self.last_words(sink);
                    return Err(self.died());
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            let asked = *self
                .interrupter
                .asked
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if asked.is_some_and(|since| since.elapsed() > PATIENCE) {
                self.kill();
                return Err(EngineError::WorkerDied(format!(
                    "the cell did not stop within {} seconds, so its process was ended",
                    PATIENCE.as_secs()
                )));
            }
        }
    }

    fn next(&mut self, timeout: Duration) -> Result<Heard, RecvTimeoutError> {
        match self.later.pop_front() {
            Some(heard) => Ok(heard),
            None => self.heard.recv_timeout(timeout),
        }
    }

    /// Takes in the text that was printed before an event. What a stream says
    /// after its marker has to wait until the event has been handled.
    fn catch_up(&mut self, marker: u64, sink: &mut dyn Sink) {
        let until = Instant::now() + MARKER_WAIT;
        let mut held = VecDeque::new();
        while self.marks.iter().any(|mark| *mark < marker) {
            let left = until.saturating_duration_since(Instant::now());
            match self.next(left) {
                Ok(Heard::Text(stream, text)) if self.marks[stream as usize] < marker => {
                    self.text(stream, &text, sink);
                }
                Ok(Heard::Mark(stream, number)) if self.marks[stream as usize] < marker => {
                    self.mark(stream, number);
                }
                Ok(Heard::Gone) | Err(_) => break,
                Ok(other) => held.push_back(other),
            }
        }
        while let Some(heard) = held.pop_back() {
            self.later.push_front(heard);
        }
    }

    /// What a dying process still had in its pipes.
    fn last_words(&mut self, sink: &mut dyn Sink) {
        let until = Instant::now() + Duration::from_millis(200);
        while let Ok(heard) = self
            .heard
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            if let Heard::Text(stream, text) = heard {
                self.text(stream, &text, sink);
            }
        }
    }

    fn died(&mut self) -> EngineError {
        let status = {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            wait_a_moment(&mut child)
        };
        EngineError::WorkerDied(describe(status))
    }

    /// Ends the worker at once.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        self.kill();
    }
}

/// Where the loader finds libstd, the runtime and the prelude.
fn library_path(toolchain: &Toolchain) -> std::ffi::OsString {
    let mut paths = vec![toolchain.std_dir.clone()];
    paths.extend(toolchain.runtime.parent().map(std::path::Path::to_owned));
    if let Some(inherited) = std::env::var_os("LD_LIBRARY_PATH") {
        paths.extend(std::env::split_paths(&inherited));
    }
    // A path with a colon in it cannot be said in this variable at all.
    std::env::join_paths(paths).unwrap_or_default()
}

fn accept(listener: &UnixListener, child: &mut Child) -> Result<UnixStream, EngineError> {
    listener
        .set_nonblocking(true)
        .map_err(EngineError::NoWorker)?;
    let until = Instant::now() + CONNECT;
    loop {
        match listener.accept() {
            Ok((socket, _)) => {
                socket
                    .set_nonblocking(false)
                    .map_err(EngineError::NoWorker)?;
                return Ok(socket);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(EngineError::NoWorker(error)),
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(EngineError::NoWorker(io::Error::other(describe(Some(
                status,
            )))));
        }
        if Instant::now() > until {
            let _ = child.kill();
            return Err(EngineError::NoWorker(io::ErrorKind::TimedOut.into()));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn wait_a_moment(child: &mut Child) -> Option<ExitStatus> {
    for _ in 0..100 {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    None
}

/// Why a worker ended, in a sentence.
fn describe(status: Option<ExitStatus>) -> String {
    let Some(status) = status else {
        return "the process that runs cells lost its connection".to_owned();
    };
    match (status.signal(), status.code()) {
        (Some(11), _) => "the cell crashed with a segmentation fault (SIGSEGV)".to_owned(),
        (Some(6), _) => {
            "the cell aborted (SIGABRT): a stack overflow, `abort()`, or a panic while unwinding"
                .to_owned()
        }
        (Some(9), _) => {
            "the process that runs cells was killed (SIGKILL), perhaps for lack of memory"
                .to_owned()
        }
        (Some(signal), _) => format!("the cell was ended by signal {signal}"),
        (None, Some(code)) => format!("the cell ended the process with exit code {code}"),
        (None, None) => "the process that runs cells ended".to_owned(),
    }
}

fn events(mut socket: UnixStream, queue: &SyncSender<Heard>) {
    while let Ok(Some(event)) = ferrite_wire::receive(&mut socket) {
        if queue.send(Heard::Event(event)).is_err() {
            return;
        }
    }
    let _ = queue.send(Heard::Gone);
}

fn listen(stream: Stream, mut from: impl Read + Send + 'static, queue: SyncSender<Heard>) {
    std::thread::spawn(move || {
        let mut splitter = Splitter::default();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let parts = match from.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(read) => splitter.feed(&buffer[..read]),
            };
            for part in parts {
                let heard = match part {
                    Part::Text(text) => Heard::Text(stream, text),
                    Part::Mark(number) => Heard::Mark(stream, number),
                };
                if queue.send(heard).is_err() {
                    return;
                }
            }
        }
        if let Some(text) = splitter.rest() {
            let _ = queue.send(Heard::Text(stream, text));
        }
    });
}

struct Quiet;

impl Sink for Quiet {
    fn text(&mut self, _: Stream, _: &str) {}
    fn output(&mut self, _: Output) {}
}
