//! What a panic in a cell says.
//!
//! The hook keeps the message and the place instead of printing them, for the
//! thread that runs cells; other threads print as Rust programs do.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;

/// What is known of a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanicReport {
    /// The panic's message.
    pub message: String,
    /// File, line and column where it happened, as the compiler knows them.
    pub location: Option<(String, u32, u32)>,
    /// The stack at that moment, outermost last; empty if it was not taken.
    pub backtrace: String,
}

thread_local! {
    static RUNS_CELLS: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<PanicReport>> = const { RefCell::new(None) };
}

/// Makes the calling thread the one whose panics are kept, and installs the
/// hook.
pub fn install() {
    RUNS_CELLS.set(true);
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if RUNS_CELLS.get() {
            LAST.set(Some(report(info)));
        } else {
            default(info);
        }
    }));
}

fn report(info: &PanicHookInfo<'_>) -> PanicReport {
    PanicReport {
        message: message(info.payload()),
        location: info
            .location()
            .map(|place| (place.file().to_owned(), place.line(), place.column())),
        backtrace: std::backtrace::Backtrace::force_capture().to_string(),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a value that is not text".to_owned()
    }
}

/// The report of the panic that was just caught. One that came from another
/// thread (`join().unwrap()`, rayon) has only its message.
pub fn take_report(payload: &(dyn Any + Send)) -> PanicReport {
    let message = message(payload);
    match LAST.take() {
        Some(report) if report.message == message => report,
        _ => PanicReport {
            message,
            location: None,
            backtrace: String::new(),
        },
    }
}
