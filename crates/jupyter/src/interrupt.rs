//! Interrupting the cell that runs, and only that one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::socket::stdin::Stdin;

/// Knows whether a cell runs, so that an interrupt reaches the cell that was
/// meant or nothing: never the next one.
pub(crate) struct Interrupts {
    state: Mutex<State>,
    interrupter: Box<dyn Fn() + Send + Sync>,
    stdin: Stdin,
}

#[derive(Default)]
struct State {
    /// The running cell's flag.
    running: Option<Arc<AtomicBool>>,
    /// The kernel ends; no other cell may begin.
    stopping: bool,
}

impl Interrupts {
    pub(crate) fn new(interrupter: Box<dyn Fn() + Send + Sync>, stdin: Stdin) -> Self {
        Self {
            state: Mutex::default(),
            interrupter,
            stdin,
        }
    }

    /// A cell begins. None if the kernel is stopping: then it must not.
    pub(crate) fn begin(&self) -> Option<Arc<AtomicBool>> {
        let mut state = self.state();
        if state.stopping {
            return None;
        }
        let interrupted = Arc::<AtomicBool>::default();
        state.running = Some(interrupted.clone());
        Some(interrupted)
    }

    /// The cell has ended. Waits for an interrupt that is being delivered.
    pub(crate) fn end(&self) {
        self.state().running = None;
    }

    /// Interrupts the running cell; does nothing if there is none.
    pub(crate) fn interrupt(&self) {
        self.interrupt_running(&self.state());
    }

    /// Interrupts the running cell and lets no other one begin.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.stopping = true;
        self.interrupt_running(&state);
    }

    fn interrupt_running(&self, state: &State) {
        if let Some(interrupted) = &state.running {
            interrupted.store(true, Ordering::SeqCst);
            self.stdin.cancel();
            if catch_unwind(AssertUnwindSafe(&self.interrupter)).is_err() {
                tracing::error!("the interrupter panicked");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn counted() -> (Interrupts, Arc<AtomicUsize>) {
        let calls = Arc::<AtomicUsize>::default();
        let counter = calls.clone();
        let interrupter = Box::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        (Interrupts::new(interrupter, Stdin::channel().0), calls)
    }

    #[test]
    fn only_a_running_cell_is_interrupted() {
        let (interrupts, calls) = counted();
        interrupts.interrupt();
        assert_eq!(calls.load(Ordering::SeqCst), 0);

        let first = interrupts.begin().unwrap();
        interrupts.interrupt();
        assert!(first.load(Ordering::SeqCst));
        interrupts.end();
        interrupts.interrupt();
        assert_eq!(calls.load(Ordering::SeqCst), 1);

        let second = interrupts.begin().unwrap();
        assert!(!second.load(Ordering::SeqCst));
    }

    #[test]
    fn no_cell_begins_once_the_kernel_stops() {
        let (interrupts, calls) = counted();
        interrupts.begin();
        interrupts.stop();
        interrupts.end();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert!(interrupts.begin().is_none());
    }

    #[test]
    fn a_panic_of_the_interrupter_is_contained() {
        let interrupter = Box::new(|| panic!("as the test wants"));
        let interrupts = Interrupts::new(interrupter, Stdin::channel().0);
        interrupts.begin();
        interrupts.interrupt();
        interrupts.end();
        assert!(interrupts.begin().is_some());
    }
}
