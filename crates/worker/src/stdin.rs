//! Standard input of cells: a question to the person in front of the notebook.
//!
//! File descriptor 0 is a pipe that is empty until somebody reads from it.
//! Then the person is asked, and the line that they type is written into the
//! pipe. Two things notice a reader:
//!
//! - Rust's standard library reads through `read`, for which the worker program
//!   has a version of its own (`program/interpose.rs`). It asks at once, and
//!   gives an error where nobody can answer.
//! - C code and processes that the cell has started reach the system without
//!   passing there. A thread looks for one that hangs in a read of our pipe, ten
//!   times a second while a cell runs. Where nobody can answer, they get the
//!   end of the input.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use ferrite_wire::Answer;

use crate::outputs::Outputs;
use crate::stop;

/// How often to look for a reader that did not ask.
const LOOK: Duration = Duration::from_millis(100);
/// What a person types to end the input: the key Ctrl-D, or its name.
const END: [&str; 2] = ["\x04", "^D"];
/// What is asked from the second line on. The first question has no text of its
/// own: the cell will have printed one.
const MORE: &str = "(^D ends the input) ";

static STDIN: OnceLock<Stdin> = OnceLock::new();

struct Stdin {
    outputs: Outputs,
    answers: Sender<Answer>,
    /// Where answers come; whoever holds it has the person's attention.
    answered: Mutex<Receiver<Answer>>,
    /// The end of the pipe that answers are written to.
    pipe: Mutex<Option<OwnedFd>>,
    /// Answers that are still being written into the pipe.
    writing: AtomicUsize,
    /// Questions that were asked for lines of stdin in this cell.
    asked: AtomicUsize,
    watcher: OnceLock<Thread>,
}

/// What a read of file descriptor 0 should do.
pub enum Read {
    /// The system call: there is something in the pipe, or it is not our pipe.
    Call,
    /// Say that the input has ended.
    End,
    /// Fail with this error number.
    Fail(i32),
}

/// Takes over standard input.
///
/// # Errors
/// When there are no file descriptors left.
pub fn install(outputs: Outputs) -> io::Result<()> {
    let (answers, answered) = channel();
    let stdin = Stdin {
        outputs,
        answers,
        answered: Mutex::new(answered),
        pipe: Mutex::new(None),
        writing: AtomicUsize::new(0),
        asked: AtomicUsize::new(0),
        watcher: OnceLock::new(),
    };
    stdin.renew()?;
    let stdin = STDIN.get_or_init(|| stdin);
    let watcher = std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(|| stdin.watch())?;
    let _ = stdin.watcher.set(watcher.thread().clone());
    Ok(())
}

/// A cell begins.
pub fn begin() {
    if let Some(stdin) = STDIN.get() {
        stdin.asked.store(0, Ordering::SeqCst);
        if let Some(watcher) = stdin.watcher.get() {
            watcher.unpark();
        }
    }
}

/// The engine has an answer.
pub fn answer(answer: Answer) {
    if let Some(stdin) = STDIN.get() {
        let _ = stdin.answers.send(answer);
    }
}

/// Asks a question of the cell's own.
///
/// # Errors
/// When nobody can answer.
pub fn ask(prompt: &str, password: bool) -> io::Result<String> {
    let answer = match STDIN.get() {
        Some(stdin) => stdin.ask(prompt, password, Asking::Function),
        None => Answer::Nobody("the worker has just started".to_owned()),
    };
    match answer {
        Answer::Text(text) => Ok(text),
        Answer::Interrupted => {
            ferrite_interrupt::checkpoint();
            Err(io::ErrorKind::Interrupted.into())
        }
        Answer::Nobody(why) => Err(io::Error::new(io::ErrorKind::Unsupported, why)),
    }
}

/// What to do for code that is about to read from file descriptor 0.
pub fn before_read() -> Read {
    let Some(stdin) = STDIN.get() else {
        return Read::Call;
    };
    // In this order: an answer that is written meanwhile is in the pipe. (One
    // that was read whole meanwhile lets the call hang, which the watcher sees.)
    let more = stdin.writing.load(Ordering::SeqCst) > 0;
    if more || waiting(0) != Some(0) || !stdin.is_ours(0) {
        return Read::Call;
    }
    match stdin.ask_for_line(Asking::Read) {
        Line::Written => Read::Call,
        Line::End => Read::End,
        Line::Interrupted => Read::Fail(libc::ECANCELED),
        Line::Nobody => Read::Fail(libc::EOPNOTSUPP),
    }
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// `input` or `password`.
    Function,
    /// A read of stdin, on the thread that reads.
    Read,
    /// A read of stdin by somebody who does not know that we ask for them. They
    /// may hold the lock of stdout, so it must not be flushed for them.
    Unawares,
}

/// What came of asking for a line of stdin.
enum Line {
    Written,
    End,
    Interrupted,
    Nobody,
}

impl Stdin {
    fn ask(&self, prompt: &str, password: bool, asking: Asking) -> Answer {
        let answered = lock(&self.answered);
        let read = asking != Asking::Function;
        self.outputs
            .ask(prompt, password, read, asking != Asking::Unawares);
        answered
            .recv()
            .unwrap_or_else(|_| Answer::Nobody("the kernel ends".to_owned()))
    }

    fn ask_for_line(&'static self, asking: Asking) -> Line {
        let first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        match self.ask(if first { "" } else { MORE }, false, asking) {
            Answer::Text(text) if END.contains(&text.as_str()) => Line::End,
            Answer::Text(text) => {
                self.write(text + "\n");
                Line::Written
            }
            Answer::Interrupted => Line::Interrupted,
            Answer::Nobody(_) => Line::Nobody,
        }
    }

    /// Puts text into the pipe, on a thread of its own: it may be more than the
    /// pipe holds.
    fn write(&'static self, text: String) {
        let pipe = lock(&self.pipe)
            .as_ref()
            .and_then(|pipe| pipe.try_clone().ok());
        let Some(pipe) = pipe else { return };
        let mut pipe = fs::File::from(pipe);
        if text.len() <= libc::PIPE_BUF {
            let _ = io::Write::write_all(&mut pipe, text.as_bytes());
            return;
        }
        self.writing.fetch_add(1, Ordering::SeqCst);
        std::thread::spawn(move || {
            let _ = io::Write::write_all(&mut pipe, text.as_bytes());
            self.writing.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// A new pipe as file descriptor 0. Whoever reads from the old one has come
    /// to its end.
    fn renew(&self) -> io::Result<()> {
        let mut ends: [RawFd; 2] = [0; 2];
        // SAFETY: `ends` has room for the two descriptors.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: both were just made and belong to nobody else.
        let [read, write] = ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) });
        // SAFETY: both are open descriptors (0 need not be). Not CLOEXEC: it is
        // for processes that cells start.
        if unsafe { libc::dup2(read.as_raw_fd(), 0) } < 0 {
            return Err(io::Error::last_os_error());
        }
        *lock(&self.pipe) = Some(write);
        Ok(())
    }

    fn is_ours(&self, descriptor: RawFd) -> bool {
        let pipe = lock(&self.pipe);
        let ours = pipe.as_ref().and_then(|pipe| identity(pipe.as_raw_fd()));
        ours.is_some() && identity(descriptor) == ours
    }

    fn watch(&'static self) {
        loop {
            if !stop::busy() {
                std::thread::park();
                continue;
            }
            std::thread::sleep(LOOK);
            let empty = waiting(0) == Some(0) && self.is_ours(0);
            if !empty || !self.has_reader() || !stop::busy() {
                continue;
            }
            match self.ask_for_line(Asking::Unawares) {
                Line::Written | Line::Interrupted => {}
                Line::End | Line::Nobody => {
                    let _ = self.renew();
                }
            }
        }
    }

    /// Whether a thread of this process or of one that it has started hangs in
    /// a read of our pipe.
    fn has_reader(&self) -> bool {
        let Some(name) = fs::read_link("/proc/self/fd/0").ok() else {
            return false;
        };
        let mut processes = vec!["self".to_owned()];
        while let Some(process) = processes.pop() {
            let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
                continue;
            };
            let own = process == "self";
            let reads_ours = own
                || fs::read_link(format!("/proc/{process}/fd/0")).is_ok_and(|other| other == name);
            for thread in threads.flatten().map(|thread| thread.path()) {
                let call = fs::read_to_string(thread.join("syscall")).unwrap_or_default();
                if reads_ours && is_read_of_stdin(&call) {
                    return true;
                }
                let children = fs::read_to_string(thread.join("children")).unwrap_or_default();
                processes.extend(children.split_whitespace().map(str::to_owned));
            }
        }
        false
    }
}

/// `0 0x0 …`: the number of the system call and its arguments.
fn is_read_of_stdin(call: &str) -> bool {
    let mut words = call.split_whitespace();
    let number = words.next().and_then(|word| word.parse().ok());
    let reads = number.is_some_and(|n| [libc::SYS_read, libc::SYS_readv].contains(&n));
    reads && words.next() == Some("0x0")
}

/// How many bytes wait in a pipe.
fn waiting(descriptor: RawFd) -> Option<i32> {
    let mut count = 0;
    // SAFETY: FIONREAD writes one int, for which there is room; a descriptor
    // that is closed or something else makes it fail.
    let result = unsafe { libc::ioctl(descriptor, libc::FIONREAD, &raw mut count) };
    (result == 0).then_some(count)
}

/// What makes two descriptors ends of the same pipe.
fn identity(descriptor: RawFd) -> Option<(u64, u64)> {
    // SAFETY: a zeroed `stat` is a valid one, and `fstat` fills it.
    let (result, stat) = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(descriptor, &raw mut stat), stat)
    };
    (result == 0).then_some((stat.st_dev, stat.st_ino))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
