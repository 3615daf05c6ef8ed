//! What a panic in a cell says.
//!
//! On the thread that runs cells the hook keeps the message and the place
//! instead of printing them. On other threads it hands them to whoever installed
//! it. Rust's own backtraces are not used: the standard library finds no symbols
//! in libraries that were loaded after its first backtrace, and takes long to
//! find those of the prelude. What is kept are addresses.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanicReport {
    /// The panic's message.
    pub message: String,
    /// Where it happened, as the compiler knows it.
    pub location: Option<Location>,
    /// Return addresses at that moment, outermost last; empty if they were not
    /// taken.
    pub frames: Vec<usize>,
}

/// A place in source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: String,
    /// The line, from one.
    pub line: u32,
    /// The column, from one.
    pub column: u32,
    /// Where the file's name is in memory: in the library that was compiled
    /// from it.
    pub address: usize,
}

/// What the hook needs from whoever installs it.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// The return addresses of the calling thread.
    pub frames: fn() -> Vec<usize>,
    /// Is told of panics on other threads.
    pub elsewhere: fn(&PanicReport),
}

thread_local! {
    static RUNS_CELLS: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<PanicReport>> = const { RefCell::new(None) };
}

/// The last panic on another thread: it may come to the one that runs cells
/// (rayon passes it on), where the hook is not called again.
static ELSEWHERE: Mutex<Option<PanicReport>> = Mutex::new(None);

fn last_elsewhere() -> MutexGuard<'static, Option<PanicReport>> {
    ELSEWHERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the calling thread the one whose panics are kept, and installs the
/// hook.
pub fn install(hooks: Hooks) {
    RUNS_CELLS.set(true);
    std::panic::set_hook(Box::new(move |info| {
        if RUNS_CELLS.get() {
            LAST.set(Some(report(info, (hooks.frames)())));
        } else {
            let report = report(info, (hooks.frames)());
            (hooks.elsewhere)(&report);
            *last_elsewhere() = Some(report);
        }
    }));
}

fn report(info: &PanicHookInfo<'_>, frames: Vec<usize>) -> PanicReport {
    PanicReport {
        message: message(info.payload()),
        location: info.location().map(|place| Location {
            file: place.file().to_owned(),
            line: place.line(),
            column: place.column(),
            address: place.file().as_ptr().addr(),
        }),
        frames,
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    ferrite_interrupt::panic_message(payload)
        .unwrap_or("a value that is not text")
        .to_owned()
}

/// The report of the panic that was just caught. One that came from another
/// thread with a payload of its own (`join().unwrap()`) has only its message.
pub fn take_report(payload: &(dyn Any + Send)) -> PanicReport {
    let message = message(payload);
    let elsewhere = last_elsewhere().take();
    let candidates = [LAST.take(), elsewhere].into_iter().flatten();
    let known = candidates
        .into_iter()
        .find(|report| report.message == message);
    known.unwrap_or(PanicReport {
        message,
        location: None,
        frames: Vec::new(),
    })
}
