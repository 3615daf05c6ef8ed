//! Bringing back a cell that waits in a system call.
//!
//! An interrupt sets a flag that loops and functions look at. A cell that
//! sleeps or waits for a socket looks at nothing, so its thread gets a signal:
//! the call returns early, and the worker program's own version of it (see
//! `program/interpose.rs`) answers with an error, "operation canceled", that
//! the code passes on. Whatever the code makes of it, the cell counts as
//! interrupted. Unwinding right there is no way: the standard library declares
//! these functions as ones that never unwind, which would end the process.
//!
//! The signal is repeated until the cell has ended, because it may come just
//! before the call. It is SIGURG, which by default does nothing and which
//! other code leaves alone. Processes that the cell has started get a SIGINT,
//! as they would from a terminal.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a waiting thread is called.
const AGAIN: Duration = Duration::from_millis(20);

thread_local! {
    static IN_CELL: Cell<bool> = const { Cell::new(false) };
}

/// A request is being carried out.
static BUSY: AtomicBool = AtomicBool::new(false);
/// The thread that runs cells.
static CELLS: OnceLock<libc::pthread_t> = OnceLock::new();

/// Makes the calling thread the one that is called out of system calls.
pub fn this_thread_runs_cells() {
    // SAFETY: no arguments, always succeeds.
    let _ = CELLS.set(unsafe { libc::pthread_self() });
}

/// Lets signals interrupt system calls instead of ending the process.
pub fn install() {
    extern "C" fn nothing(_: libc::c_int) {}
    for signal in [libc::SIGURG, libc::SIGINT] {
        // SAFETY: a zeroed `sigaction` is a valid one; the handler does
        // nothing, which is allowed in a signal handler. No SA_RESTART: the
        // call that is interrupted is to return.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = nothing as *const () as usize;
            libc::sigemptyset(&raw mut action.sa_mask);
            libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        }
    }
}

/// Lets SIGINT wait on the calling thread; returns which signals waited before.
pub fn hold_interrupts() -> libc::sigset_t {
    // SAFETY: a zeroed set is a valid place for one, and both are filled here.
    unsafe {
        let mut held: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut held);
        libc::sigaddset(&raw mut held, libc::SIGINT);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const held, &raw mut before);
        before
    }
}

/// Ends [`hold_interrupts`]; in a process that was just forked, after SIGINT has
/// got back its default. Allowed there: both calls are async-signal-safe.
pub fn let_interrupts_through(before: &libc::sigset_t, in_child: bool) {
    // SAFETY: the set came from `pthread_sigmask`; the default is a valid action.
    unsafe {
        if in_child {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, before, std::ptr::null_mut());
    }
}

/// A request has come: interrupts from now on are meant for it.
pub fn begin() {
    ferrite_interrupt::clear();
    BUSY.store(true, Ordering::SeqCst);
}

/// The request is answered. What runs on in the background is not to be
/// stopped by an interrupt that was meant for the cell.
pub fn end() {
    BUSY.store(false, Ordering::SeqCst);
    ferrite_interrupt::clear();
}

/// Whether a request is being carried out.
pub fn busy() -> bool {
    BUSY.load(Ordering::SeqCst)
}

/// Runs a cell's code on this thread.
pub fn run<R>(cell: impl FnOnce() -> R) -> R {
    struct Left;
    impl Drop for Left {
        fn drop(&mut self) {
            IN_CELL.set(false);
        }
    }
    IN_CELL.set(true);
    let _left = Left;
    cell()
}

/// Asks the running cell to stop, wherever it is.
pub fn interrupt() {
    if !busy() {
        return;
    }
    ferrite_interrupt::request();
    // SAFETY: signals this process's own group, which the engine made for the
    // worker; the worker itself does nothing on SIGINT.
    unsafe { libc::kill(0, libc::SIGINT) };
    let call = || {
        while busy() && ferrite_interrupt::requested() {
            if let Some(cells) = CELLS.get() {
                // SAFETY: the thread that runs cells lives as long as the process.
                unsafe { libc::pthread_kill(*cells, libc::SIGURG) };
            }
            std::thread::sleep(AGAIN);
        }
    };
    let _ = std::thread::Builder::new()
        .name("interrupt".to_owned())
        .spawn(call);
}

/// Whether the cell on this thread is to come back from a system call now.
/// While it unwinds already, its destructors may wait as they please.
pub fn must_return() -> bool {
    IN_CELL.get() && ferrite_interrupt::requested() && !std::thread::panicking()
}
