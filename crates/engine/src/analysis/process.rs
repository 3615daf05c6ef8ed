//! The analyser's process: started when it is first needed, never waited for
//! longer than a person would, started afresh if it dies or grows too large.

use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use ferrite_wire::analysis::{Ask, Found, Question, Reply};

use super::Analyser;

/// How long an answer may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub Duration);

/// It is given up when it has died so often before it was ready.
const STILLBORN: u32 = 3;
/// The number of the question with which it starts.
const OPENED: u64 = 1;
/// How often its memory is looked at while nobody asks it anything.
const WATCH: Duration = Duration::from_secs(10);

/// The analyser, running or not.
pub struct Process {
    analyser: Analyser,
    running: Option<Running>,
    /// How often it died before it was ready.
    stillborn: u32,
}

struct Running {
    child: Arc<Mutex<Child>>,
    /// Its number among processes.
    pid: u32,
    questions: Sender<Question>,
    replies: Receiver<Reply>,
    /// The number of the last question.
    last: u64,
    /// The number of the last question that was answered.
    answered: u64,
    ready: Arc<AtomicBool>,
    /// What it looked at first.
    warm_up: String,
    /// What somebody asked whose patience ended.
    unanswered: Option<(u64, Ask)>,
    /// That, once it was answered.
    late: Option<(Ask, Found)>,
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
        self.running
            .as_ref()
            .is_some_and(|running| !running.is_ready())
    }

    /// Waits until it is ready; false if it does not come to that.
    pub fn wait(&mut self, most: Duration) -> bool {
        let until = Instant::now() + most;
        while let Some(running) = &mut self.running {
            if running.is_ready() {
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
    /// is not asked at all if that takes too long. Its answer, when it comes, is
    /// that of the next one if the text between them is part of a word.
    pub fn ask(&mut self, ask: Ask, patience: Patience) -> Option<Found> {
        let text = match &ask {
            Ask::Complete { text, .. } | Ask::Hover { text, .. } => text,
            Ask::Open { .. } => return None,
        };
        self.warm_up(text);
        let running = self.running.as_mut().filter(|running| running.is_ready())?;
        let until = Instant::now() + patience.0;
        let answer = running.answer(ask, until);
        // A slow start is no reason to start again.
        let has_answered = running.answered > OPENED;
        let Ok(answer) = answer else {
            self.died();
            return None;
        };
        if has_answered && self.memory() > self.analyser.memory {
            tracing::info!(memory = self.memory(), "the analyser has grown too large");
            self.restart();
        }
        answer
    }

    /// The process and the memory that it holds.
    pub fn state(&self) -> Option<(u32, u64)> {
        let running = self.running.as_ref()?;
        Some((running.pid, self.memory()))
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
            let ready = running.is_ready();
            tracing::warn!(ready, "the analyser died");
            self.stillborn = if ready { 0 } else { self.stillborn + 1 };
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
        let running = self.running.as_ref();
        running.map_or(0, |running| memory_of(running.pid))
    }
}

/// What a process holds in memory, in bytes.
fn memory_of(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0_u64) * 1024
}

/// Ends a process that has grown too large, also while nobody asks it anything:
/// the next question starts another. One that is not ready yet is left alone,
/// as it would be no smaller the next time.
fn watch(child: &Weak<Mutex<Child>>, ready: &AtomicBool, most: u64) {
    loop {
        std::thread::sleep(WATCH);
        let Some(child) = child.upgrade() else {
            return;
        };
        let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
        let memory = memory_of(child.id());
        if ready.load(Ordering::SeqCst) && memory > most {
            tracing::info!(memory, "the analyser has grown too large");
            let _ = child.kill();
            return;
        }
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
            pid: child.id(),
            child: Arc::new(Mutex::new(child)),
            questions,
            replies,
            last: 0,
            answered: 0,
            ready: Arc::default(),
            warm_up: warm_up.clone(),
            unanswered: None,
            late: None,
        };
        let (watched, ready) = (Arc::downgrade(&running.child), running.ready.clone());
        let most = analyser.memory;
        std::thread::spawn(move || watch(&watched, &ready, most));
        running.ask(Ask::Open {
            package: analyser.package.clone(),
            warm_up,
        });
        Ok(running)
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }

    /// The answer to a question, if it comes in time; an error if the process
    /// is gone.
    fn answer(&mut self, ask: Ask, until: Instant) -> Result<Option<Found>, RecvTimeoutError> {
        let next = |running: &mut Self| {
            let left = until.saturating_duration_since(Instant::now());
            match running.replies.recv_timeout(left) {
                Ok(reply) => {
                    let id = reply.id;
                    Ok(Some((id, running.take(reply))))
                }
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(gone) => Err(gone),
            }
        };
        while self.answered < self.last {
            if next(self)?.is_none() {
                return Ok(self.answered_late(&ask));
            }
        }
        // The same question again: its answer was on its way.
        if self.late.as_ref().is_some_and(|(asked, _)| *asked == ask) {
            return Ok(self.answered_late(&ask));
        }
        let id = self.ask(ask.clone());
        while let Some((answered, found)) = next(self)? {
            if answered == id {
                return Ok(found);
            }
        }
        let late = self.answered_late(&ask);
        self.unanswered = Some((id, ask));
        Ok(late)
    }

    /// What was answered too late, if it answers this question as well.
    fn answered_late(&self, ask: &Ask) -> Option<Found> {
        let (asked, found) = self.late.as_ref()?;
        goes_on(asked, ask).then(|| found.clone())
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
                self.ready.store(true, Ordering::SeqCst);
                None
            }
            Ok(found) => {
                if let Some((_, ask)) = self.unanswered.take_if(|(id, _)| *id == reply.id) {
                    self.late = Some((ask, found.clone()));
                }
                Some(found)
            }
            Err(error) => {
                tracing::warn!(error, "the analyser has no answer");
                if !self.is_ready() {
                    let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
                    let _ = child.kill();
                }
                None
            }
        }
    }
}

/// Whether a question is the earlier one with more of the word at the cursor,
/// so that the answer to the earlier one holds all that could follow.
fn goes_on(earlier: &Ask, later: &Ask) -> bool {
    let (
        Ask::Complete { text, at, .. },
        Ask::Complete {
            text: new, at: to, ..
        },
    ) = (earlier, later)
    else {
        return earlier == later;
    };
    let before = text.get(..*at).zip(new.get(..*at));
    let behind = text.get(*at..).zip(new.get(*to..));
    before.is_some_and(|(text, new)| text == new)
        && behind.is_some_and(|(text, new)| text == new)
        && new
            .get(*at..*to)
            .is_some_and(|typed| typed.chars().all(crate::completion::scan::is_word))
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(before: &str, behind: &str) -> Ask {
        Ask::Complete {
            text: format!("{before}{behind}"),
            at: before.len(),
            most: 10,
        }
    }

    #[test]
    fn a_late_answer_is_that_of_a_longer_word() {
        let earlier = ask("a.fi", " }");
        assert!(goes_on(&earlier, &ask("a.fi", " }")));
        assert!(goes_on(&earlier, &ask("a.filt", " }")));
        for other in [
            ask("a.f", " }"),
            ask("a.fo", " }"),
            ask("a.fi.x", " }"),
            ask("a.filt", ""),
            ask("b.filt", " }"),
        ] {
            assert!(!goes_on(&earlier, &other), "{other:?}");
        }
    }
}
