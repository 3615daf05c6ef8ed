//! The analyser's process: started when it is first needed, never waited for
//! longer than a person would, started afresh if it dies or grows too large.

use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use ferrite_wire::analysis::{Ask, Found, Question, Reply};

use super::Analyser;

/// How long an answer may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub Duration);

/// It is given up when it has died so often before it was ready.
const STILLBORN: u32 = 3;

/// The analyser, running or not.
pub struct Process {
    analyser: Analyser,
    running: Option<Running>,
    /// How often it died before it was ready.
    stillborn: u32,
}

struct Running {
    child: Child,
    questions: Sender<Question>,
    replies: Receiver<Reply>,
    /// The number of the last question.
    last: u64,
    /// The number of the last question that was answered.
    answered: u64,
    ready: bool,
    /// What it looked at first.
    warm_up: String,
}

impl Process {
    /// One that is not running.
    pub fn new(analyser: Analyser) -> Self {
        Self {
            analyser,
            running: None,
            stillborn: 0,
        }
    }

    /// Reads another package.
    pub fn read(&mut self, package: PathBuf) {
        if self.analyser.package == package {
            return;
        }
        self.analyser.package = package;
        self.restart();
    }

    /// Starts it, if it is not running.
    pub fn warm_up(&mut self, text: &str) {
        self.listen();
        if self.running.is_none() && self.stillborn < STILLBORN && self.analyser.program.exists() {
            match Running::start(&self.analyser, text.to_owned()) {
                Ok(running) => self.running = Some(running),
                Err(error) => {
                    tracing::warn!(%error, "the analyser cannot be started");
                    self.stillborn += 1;
                }
            }
        }
    }

    /// Whether it runs and is not ready.
    pub fn is_warming_up(&self) -> bool {
        self.running.as_ref().is_some_and(|running| !running.ready)
    }

    /// Waits until it is ready; false if it does not come to that.
    pub fn wait(&mut self, most: Duration) -> bool {
        let until = Instant::now() + most;
        while let Some(running) = &mut self.running {
            if running.ready {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            match running.replies.recv_timeout(left) {
                Ok(reply) => {
                    running.take(reply);
                }
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => self.died(),
            }
        }
        false
    }

    /// The answer to a question; `None` if it is not ready, or not in time.
    /// A question that nobody waits for any more holds up the next one, which
    /// is not asked at all if that takes too long.
    pub fn ask(&mut self, ask: Ask, patience: Patience) -> Option<Found> {
        let text = match &ask {
            Ask::Complete { text, .. } | Ask::Hover { text, .. } => text,
            Ask::Open { .. } => return None,
        };
        self.warm_up(text);
        let running = self.running.as_mut().filter(|running| running.ready)?;
        let until = Instant::now() + patience.0;
        while running.answered < running.last {
            let left = until.saturating_duration_since(Instant::now());
            let reply = running.replies.recv_timeout(left).ok()?;
            running.take(reply);
        }
        let id = running.ask(ask);
        let answer = loop {
            let left = until.saturating_duration_since(Instant::now());
            match running.replies.recv_timeout(left) {
                Ok(reply) => {
                    let mine = reply.id == id;
                    let found = running.take(reply);
                    if mine {
                        break found;
                    }
                }
                Err(RecvTimeoutError::Timeout) => break None,
                Err(RecvTimeoutError::Disconnected) => {
                    self.died();
                    return None;
                }
            }
        };
        // A slow start is no reason to start again.
        if answer.is_some() && self.memory() > self.analyser.memory {
            tracing::info!(memory = self.memory(), "the analyser has grown too large");
            self.restart();
        }
        answer
    }

    /// The process and the memory that it holds.
    pub fn state(&self) -> Option<(u32, u64)> {
        let running = self.running.as_ref()?;
        Some((running.child.id(), self.memory()))
    }

    /// Takes in what has been answered since.
    fn listen(&mut self) {
        while let Some(running) = &mut self.running {
            match running.replies.try_recv() {
                Ok(reply) => {
                    running.take(reply);
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => self.died(),
            }
        }
    }

    fn died(&mut self) {
        if let Some(running) = self.running.take() {
            tracing::warn!(ready = running.ready, "the analyser died");
            self.stillborn = if running.ready { 0 } else { self.stillborn + 1 };
        }
    }

    /// A new process in the place of one that runs.
    fn restart(&mut self) {
        if let Some(running) = self.running.take() {
            let text = running.warm_up.clone();
            drop(running);
            self.warm_up(&text);
        }
    }

    /// What the process holds in memory, in bytes.
    fn memory(&self) -> u64 {
        let Some(running) = &self.running else {
            return 0;
        };
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        kilobytes.unwrap_or(0_u64) * 1024
    }
}

impl Running {
    fn start(analyser: &Analyser, warm_up: String) -> std::io::Result<Self> {
        let mut child = Command::new(&analyser.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (questions, asked) = mpsc::channel();
        let (answered, replies) = mpsc::channel();
        // A busy analyser does not read: nobody is to wait for that.
        if let Some(stdin) = child.stdin.take() {
            std::thread::spawn(move || write(stdin, &asked));
        }
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || read(stdout, &answered));
        }
        let mut running = Self {
            child,
            questions,
            replies,
            last: 0,
            answered: 0,
            ready: false,
            warm_up: warm_up.clone(),
        };
        running.ask(Ask::Open {
            package: analyser.package.clone(),
            warm_up,
        });
        Ok(running)
    }

    fn ask(&mut self, ask: Ask) -> u64 {
        self.last += 1;
        let id = self.last;
        // Whether it is gone is seen by its replies.
        let _ = self.questions.send(Question { id, ask });
        id
    }

    fn take(&mut self, reply: Reply) -> Option<Found> {
        self.answered = reply.id;
        match reply.answer {
            Ok(Found::Opened { files }) => {
                tracing::info!(files, "the analyser is ready");
                self.ready = true;
                None
            }
            Ok(found) => Some(found),
            Err(error) => {
                tracing::warn!(error, "the analyser has no answer");
                if !self.ready {
                    let _ = self.child.kill();
                }
                None
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(mut stdin: ChildStdin, questions: &Receiver<Question>) {
    for question in questions {
        if ferrite_wire::send(&mut stdin, &question).is_err() || stdin.flush().is_err() {
            return;
        }
    }
}

fn read(stdout: ChildStdout, replies: &Sender<Reply>) {
    let mut stdout = BufReader::new(stdout);
    while let Ok(Some(reply)) = ferrite_wire::receive(&mut stdout) {
        if replies.send(reply).is_err() {
            return;
        }
    }
}
