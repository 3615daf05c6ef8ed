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

#[cold]
#[inline(never)]
fn stop() {
    if !std::thread::panicking() {
        // Not `panic!`: an interrupt is no failure, the panic hook stays out.
        std::panic::resume_unwind(Box::new(Interrupted));
    }
}
