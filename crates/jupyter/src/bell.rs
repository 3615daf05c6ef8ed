//! How a language says that there is something to tell although nobody asked:
//! a task that a cell has spawned goes on and prints.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::worker::Job;

/// Rings for [`Language::attend`](crate::Language::attend). May be rung as often
/// as one likes and from any thread.
#[derive(Debug, Clone)]
pub struct Bell {
    queue: mpsc::UnboundedSender<Job>,
    /// Whether it was rung and nobody has come yet.
    rung: Arc<AtomicBool>,
}

impl Bell {
    pub(crate) fn new(queue: mpsc::UnboundedSender<Job>) -> Self {
        Self {
            queue,
            rung: Arc::default(),
        }
    }

    /// Asks that the language be attended to, as soon as it has nothing else to
    /// do.
    pub fn ring(&self) {
        if !self.rung.swap(true, Ordering::SeqCst) {
            // Nobody comes to a kernel that has ended.
            let _ = self.queue.send(Job::Attend);
        }
    }

    /// Somebody has come: what happens from now on is another ring.
    pub(crate) fn answered(&self) {
        self.rung.store(false, Ordering::SeqCst);
    }
}
