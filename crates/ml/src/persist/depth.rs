//! How deep saved things lie in each other. Pipelines nest, and reading them
//! recurses; a file that was made to nest endlessly must not exhaust the stack.

use std::cell::Cell;

use crate::MlError;

/// Deeper than anyone writes by hand.
const DEEPEST: usize = 64;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// One level of reading; leaving it is dropping it.
#[derive(Debug)]
pub(super) struct Level;

impl Level {
    pub fn enter() -> Result<Self, MlError> {
        let depth = DEPTH.get();
        if depth >= DEEPEST {
            return Err(MlError::Damaged {
                reason: format!("steps lie in each other more than {DEEPEST} times"),
            });
        }
        DEPTH.set(depth + 1);
        Ok(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}
