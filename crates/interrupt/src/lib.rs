//! How a person stops running code without losing a variable.
//!
//! Rust code cannot be stopped from outside safely, so it stops itself: loops
//! and functions of a cell (and long-running library code) call [`checkpoint`],
//! and when someone has asked for it the checkpoint unwinds the cell. The
//! unwinding is a panic with a payload of its own, so destructors run and
//! every variable that the cell had only borrowed is still whole.
//!
//! ```
//! use ferrite_interrupt::{Interrupted, checkpoint, clear, request};
//!
//! request();
//! let stopped = std::panic::catch_unwind(|| loop { checkpoint() });
//! assert!(stopped.unwrap_err().is::<Interrupted>());
//! clear();
//! checkpoint(); // nobody asks any more
//! ```

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The payload of the unwinding that an interrupt starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// Asks the running code to stop at its next checkpoint.
pub fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Takes back a request that nothing has answered.
pub fn clear() {
    REQUESTED.store(false, Ordering::Relaxed);
}

/// Whether someone has asked the running code to stop.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Unwinds with [`Interrupted`] when someone has asked for it, else costs one
/// load.
///
/// While a panic is already unwinding it does nothing: a second panic would
/// end the process.
#[inline]
pub fn checkpoint() {
    if REQUESTED.load(Ordering::Relaxed) {
        stop();
    }
}

/// What a panic that was caught says, for those who make an error of it. An
/// interrupt says nothing: who catches one lets it go on.
///
/// ```
/// use ferrite_interrupt::panic_message;
///
/// let payload = std::panic::catch_unwind(|| panic!("{} is no number", "x")).unwrap_err();
/// assert_eq!(panic_message(payload.as_ref()), Some("x is no number"));
/// let interrupt: Box<dyn std::any::Any + Send> = Box::new(ferrite_interrupt::Interrupted);
/// assert_eq!(panic_message(interrupt.as_ref()), None);
/// ```
pub fn panic_message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

#[cold]
#[inline(never)]
fn stop() {
    if !std::thread::panicking() {
        // Not `panic!`: an interrupt is no failure, the panic hook stays out.
        std::panic::resume_unwind(Box::new(Interrupted));
    }
}
