//! The cells that wait behind the one that runs: a language may want to make
//! them ready meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::wire::Request;

/// A look at the cells that wait to be executed.
///
/// ```
/// let waiting = ferrite_jupyter::Waiting::default();
/// assert!(waiting.cells().is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Waiting(Arc<Mutex<BTreeMap<u64, String>>>);

impl Waiting {
    /// Their texts in the order in which they will be executed, each with a
    /// number that grows with every request.
    pub fn cells(&self) -> Vec<(u64, String)> {
        let cells = self.lock();
        cells.iter().map(|(id, code)| (*id, code.clone())).collect()
    }

    /// A request joins the queue.
    pub(crate) fn joins(&self, arrival: u64, request: &Request) {
        let code = request.content.get("code").and_then(Value::as_str);
        if let (Some(code), "execute_request") = (code, request.msg_type()) {
            self.lock().insert(arrival, code.to_owned());
        }
    }

    /// A request leaves the queue.
    pub(crate) fn leaves(&self, arrival: u64) {
        self.lock().remove(&arrival);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
