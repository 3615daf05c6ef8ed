//! The worker process, seen from the engine.
//!
//! Three threads read what the worker says: its stdout, its stderr and its
//! socket. All of it ends up in one bounded queue, so a cell that prints
//! without end is slowed down instead of filling the memory; `order` then puts
//! text and rich output back in order.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SendError, SyncSender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use ferrite_wire::{Answer, Event, Outcome, Output, Request};

use crate::contents::{self, Contents, Question};
use crate::crash;
use crate::error::EngineError;
use crate::markers::{Part, Splitter};
use crate::oom;
use crate::order::{Next, Order};
use crate::toolchain::Toolchain;
use crate::trace::Places;

/// What tells glibc how to allocate.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// New memory of large frames comes in large pages where the system lets it: a
/// matrix of a million rows takes two thirds of the time, and no more memory.
const LARGE_PAGES: &str = "glibc.malloc.hugetlb=1";

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
    /// A question to the person; waits for the answer. An interrupt must end
    /// the wait.
    fn input(&mut self, _prompt: &str, _password: bool) -> Answer {
        Answer::Nobody("the notebook runs without a person in front of it".to_owned())
    }
}

enum Heard {
    Part(Stream, Part),
    Event(Event),
    Closed(Stream),
    Gone,
}

/// How long a worker may take to connect: it only loads the standard library.
const CONNECT: Duration = Duration::from_secs(20);
/// How long a cell may take to answer an interrupt before its worker is ended.
const PATIENCE: Duration = Duration::from_secs(3);
/// How much longer it may take on a machine that is busy with other things.
const BUSY: Duration = Duration::from_secs(30);
/// How long a worker may take to end itself and what its cells have started.
const LEAVES: Duration = Duration::from_secs(2);
/// How often the engine looks whether a cell is to be interrupted.
const LOOK: Duration = Duration::from_millis(200);

/// A running worker.
pub struct Worker {
    child: Arc<Mutex<Child>>,
    socket: UnixStream,
    heard: Receiver<Heard>,
    order: Order,
    /// Takes evcxr's rich output and questions out of stdout.
    contents: Contents,
    /// What evcxr's way of asking has announced, until it reads.
    question: Option<Question>,
    /// The prelude's loading was asked for and has not been answered yet.
    preloading: bool,
    interrupter: Interrupter,
    /// What the cells that it has loaded were compiled from.
    pub(crate) places: Places,
    /// The last that it wrote to stderr: a dying process says there why.
    last_words: String,
    /// How often the system had killed for lack of memory before the last request.
    kills: Option<u64>,
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
        // Held until the worker is told, see `Worker::ask`.
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get_or_insert_with(Instant::now);
        let _ = self.tell(&Request::Interrupt);
    }

    fn tell(&self, request: &Request) -> io::Result<()> {
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        ferrite_wire::send(&mut *socket, request)
    }
}

impl Worker {
    /// Starts a worker, with some environment variables more than our own, and
    /// lets it load the prelude.
    ///
    /// # Errors
    /// When the process cannot be started or does not connect.
    pub fn start(
        toolchain: &Toolchain,
        environment: &BTreeMap<String, String>,
        bell: &Bell,
    ) -> Result<Self, EngineError> {
        let dir = tempfile::Builder::new()
            .prefix("ferrite-")
            .tempdir()
            .map_err(EngineError::NoWorker)?;
        let path = dir.path().join("worker.sock");
        let listener = UnixListener::bind(&path).map_err(EngineError::NoWorker)?;
        let mut child = Command::new(&toolchain.worker)
            .env(
                TUNABLES,
                std::env::var_os(TUNABLES).unwrap_or_else(|| LARGE_PAGES.into()),
            )
            .envs(environment)
            .env(ferrite_wire::SOCKET_VARIABLE, &path)
            .env("LD_LIBRARY_PATH", library_path(toolchain))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is for the engine, which passes it on.
            .process_group(0)
            .spawn()
            .map_err(EngineError::NoWorker)?;
        let (sender, heard) = mpsc::sync_channel(256);
        let queue = Queue {
            sender,
            bell: bell.clone(),
        };
        if let Some(stdout) = child.stdout.take() {
            listen(Stream::Stdout, stdout, queue.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            listen(Stream::Stderr, stderr, queue.clone());
        }
        let socket = accept(&listener, &mut child)?;
        // Nobody else is to connect, and a kernel that is killed cannot tidy up.
        drop(dir);
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
            order: Order::default(),
            contents: Contents::default(),
            question: None,
            preloading: true,
            interrupter,
            places: Places::default(),
            last_words: String::new(),
            kills: oom::kills(),
        };
        worker.send(&Request::Preload {
            library: toolchain.prelude.clone(),
            glue: toolchain.glue.clone(),
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

    /// The number of its process.
    pub fn id(&self) -> u32 {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.id()
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
        self.last_words.clear();
        self.kills = oom::kills();
        let interrupter = self.interrupter.clone();
        let sent = {
            // An interrupt comes before the request, which then is not sent, or
            // after it, and the worker gets both in that order.
            let asked = interrupter
                .asked
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if asked.is_some()
                && matches!(
                    request,
                    Request::Run { .. } | Request::Show { .. } | Request::Comm { .. }
                )
            {
                return Err(EngineError::Stopped);
            }
            interrupter.tell(request)
        };
        sent.map_err(|_| self.died())?;
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
        // Nothing can have run before the prelude is there, and the answer to
        // its loading is for `ready`.
        if self.preloading {
            return;
        }
        while let Ok(heard) = self.heard.try_recv() {
            self.sort(heard);
        }
        self.flush(sink);
    }

    fn flush(&mut self, sink: &mut dyn Sink) {
        while let Some(next) = self.order.pop() {
            match next {
                Next::Text(stream, text) => self.text(stream, &text, sink),
                Next::Panic(stream, panic) => {
                    sink.text(stream, &self.places.thread_panic(&panic));
                }
                Next::Event(Event::Output { output, .. }) => sink.output(output),
                Next::Event(Event::Input { stdin, .. }) => {
                    self.reply(Answer::Nobody("no cell is running".to_owned()), stdin, sink);
                }
                Next::Event(Event::Done { .. }) => {}
            }
        }
    }

    /// Gives an answer to the code that waits for it.
    fn reply(&mut self, answer: Answer, stdin: bool, sink: &mut dyn Sink) {
        if let (Answer::Nobody(why), true) = (&answer, stdin) {
            let note = format!("note: the cell reads from stdin, but nobody can answer: {why}\n");
            sink.text(Stream::Stderr, &note);
        }
        // A worker that is gone needs no answer; whoever listens to it will see.
        let _ = self.send(&Request::Input { answer });
    }

    /// Puts something in its place; false when the worker is gone.
    fn sort(&mut self, heard: Heard) -> bool {
        match heard {
            Heard::Part(stream, part) => self.order.part(stream, part),
            Heard::Event(event) => self.order.event(event),
            Heard::Closed(stream) => self.order.closed(stream),
            Heard::Gone => return false,
        }
        true
    }

    fn text(&mut self, stream: Stream, text: &str, sink: &mut dyn Sink) {
        if stream == Stream::Stderr {
            crash::remember(&mut self.last_words, text);
            sink.text(stream, text);
            return;
        }
        for part in self.contents.feed(text) {
            match part {
                contents::Part::Text(text) => sink.text(stream, &text),
                contents::Part::Output(output) => sink.output(output),
                contents::Part::Question(question) => {
                    if let Some(unread) = self.question.replace(question) {
                        sink.text(stream, &unread.line());
                    }
                }
            }
        }
    }

    fn send(&mut self, request: &Request) -> Result<(), EngineError> {
        let sent = self.interrupter.tell(request);
        sent.map_err(|_| self.died())
    }

    fn wait(&mut self, sink: &mut dyn Sink) -> Result<Outcome, EngineError> {
        // How long it was held up before it was asked to stop.
        let mut before = None;
        loop {
            match self.order.pop() {
                Some(Next::Text(stream, text)) => self.text(stream, &text, sink),
                Some(Next::Panic(stream, panic)) => {
                    sink.text(stream, &self.places.thread_panic(&panic));
                }
                Some(Next::Event(Event::Output { output, .. })) => sink.output(output),
                Some(Next::Event(Event::Input {
                    prompt,
                    password,
                    stdin,
                    ..
                })) => {
                    let asked = self.question.take_if(|_| stdin);
                    let answer = match asked {
                        Some(asked) => sink.input(&asked.prompt, asked.password),
                        None => sink.input(&prompt, password),
                    };
                    self.reply(answer, stdin, sink);
                }
                Some(Next::Event(Event::Done { outcome, .. })) => {
                    if let Some(rest) = self.contents.rest() {
                        sink.text(Stream::Stdout, &rest);
                    }
                    if let Some(unread) = self.question.take() {
                        sink.text(Stream::Stdout, &unread.line());
                    }
                    return Ok(outcome);
                }
                None => {
                    let patience = self.order.patience().map_or(LOOK, |left| left.min(LOOK));
                    let gone = match self.heard.recv_timeout(patience) {
                        Ok(heard) => !self.sort(heard),
                        Err(RecvTimeoutError::Disconnected) => true,
                        Err(RecvTimeoutError::Timeout) => false,
                    };
                    if gone {
                        self.last_words(sink);
                        return Err(self.died());
                    }
                }
            }
            let asked = *self
                .interrupter
                .asked
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let Some(asked) = asked.map(|since| since.elapsed()) else {
                continue;
            };
            let before = *before.get_or_insert_with(|| self.held_up());
            if asked > PATIENCE
                && asked > PATIENCE + self.held_up().saturating_sub(before).min(BUSY)
            {
                self.kill();
                return Err(EngineError::WorkerDied(format!(
                    "the cell did not stop within {} seconds, so its process was ended",
                    PATIENCE.as_secs()
                )));
            }
        }
    }

    /// What a dying process still had in its pipes.
    fn last_words(&mut self, sink: &mut dyn Sink) {
        let until = Instant::now() + Duration::from_millis(200);
        while let Ok(heard) = self
            .heard
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            self.sort(heard);
        }
        self.flush(sink);
    }

    fn died(&mut self) -> EngineError {
        let status = {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            let status = wait_a_moment(&mut child);
            end_group(&child, true);
            status
        };
        let starved = match (self.kills, oom::kills()) {
            (Some(before), Some(now)) => Some(now > before),
            _ => None,
        };
        EngineError::WorkerDied(crash::describe(status, &self.last_words, starved))
    }

    /// Ends the worker and the processes that its cells have started.
    pub fn kill(&self) {
        // When its socket closes, it does both itself.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + LEAVES;
        while Instant::now() < until {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        end_group(&child, false);
        let _ = child.kill();
        let _ = child.wait();
    }

    /// How long the processor has let the worker's own threads wait so far. A
    /// cell on a busy machine is not one that does not stop.
    fn held_up(&self) -> Duration {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        held_up(child.id())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Ends what a worker has left behind in its process group: at once, or, if
/// that may take a moment, in the background. The standard library cannot
/// signal a group; every shell can.
fn end_group(leader: &Child, gently: bool) {
    let group = leader.id();
    let mut script = format!("kill -s KILL -- -{group}");
    if gently {
        script = format!("kill -s TERM -- -{group} && sleep 0.3; {script}");
    }
    let shell = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut shell) = shell else {
        return;
    };
    let mut wait = move || {
        let _ = shell.wait();
    };
    if gently {
        std::thread::spawn(wait);
    } else {
        wait();
    }
}

/// The time that the main thread of a process and the one that runs cells were
/// ready to run and did not get a processor.
fn held_up(process: u32) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"));
    let waited = tasks.into_iter().flatten().flatten().filter_map(|task| {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let is_main = task.file_name().to_str()?.parse() == Ok(process);
        if !is_main && name.trim_end() != "cells" {
            return None;
        }
        let times = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        times.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    Duration::from_nanos(waited.sum())
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
            let why = crash::describe(Some(status), "", None);
            return Err(EngineError::NoWorker(io::Error::other(why)));
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

fn events(mut socket: UnixStream, queue: &Queue) {
    while let Ok(Some(event)) = ferrite_wire::receive(&mut socket) {
        if queue.send(Heard::Event(event)).is_err() {
            return;
        }
    }
    let _ = queue.send(Heard::Gone);
}

fn listen(stream: Stream, mut from: impl Read + Send + 'static, queue: Queue) {
    std::thread::spawn(move || {
        let mut splitter = Splitter::default();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let parts = match from.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(read) => splitter.feed(&buffer[..read]),
            };
            for part in parts {
                if queue.send(Heard::Part(stream, part)).is_err() {
                    return;
                }
            }
        }
        if let Some(text) = splitter.rest() {
            let _ = queue.send(Heard::Part(stream, Part::Text(text)));
        }
        let _ = queue.send(Heard::Closed(stream));
    });
}

/// Where what a worker says is collected.
#[derive(Clone)]
struct Queue {
    sender: SyncSender<Heard>,
    bell: Bell,
}

impl Queue {
    fn send(&self, heard: Heard) -> Result<(), SendError<()>> {
        // Before a full queue makes it wait for somebody who comes.
        self.bell.ring();
        self.sender.send(heard).map_err(|_| SendError(()))?;
        self.bell.ring();
        Ok(())
    }
}

/// Rings whenever a worker says something. Nobody need hear it while a cell runs.
#[derive(Clone, Default)]
pub struct Bell(Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>);

impl Bell {
    /// Says what to do when it rings. Only the first call counts.
    pub fn hang(&self, ring: Box<dyn Fn() + Send + Sync>) {
        let _ = self.0.set(ring);
    }

    fn ring(&self) {
        if let Some(ring) = self.0.get() {
            ring();
        }
    }
}

struct Quiet;

impl Sink for Quiet {
    fn text(&mut self, _: Stream, _: &str) {}
    fn output(&mut self, _: Output) {}
}
