//! Interrupting and stopping, the same for messages, signals and a lost parent.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::interrupt::Interrupts;
use crate::worker::Job;

/// How long an interrupter may take before its reply goes out without it.
const INTERRUPT: Duration = Duration::from_millis(500);
/// How long a cell may take to heed the interrupt when the kernel stops, and
/// the language to shut down. jupyter_client sends SIGTERM after 2.5 s.
const GRACE: Duration = Duration::from_millis(1500);

/// A handle on the kernel's life, for the tasks on the sockets' thread.
#[derive(Clone)]
pub(crate) struct Lifecycle {
    pub interrupts: Arc<Interrupts>,
    pub queue: mpsc::UnboundedSender<Job>,
    pub ended: mpsc::UnboundedSender<()>,
}

impl Lifecycle {
    /// Interrupts the running cell, if any. Returns when it has been told, not
    /// when it has heard.
    pub(crate) async fn interrupt(&self) {
        let interrupts = self.interrupts.clone();
        let told = spawn_blocking(move || interrupts.interrupt());
        if timeout(INTERRUPT, told).await.is_err() {
            tracing::error!("the interrupter takes too long");
        }
    }

    /// Ends the running cell and shuts the language down, or gives up on it.
    pub(crate) async fn stop(&self, restart: bool) {
        let interrupts = self.interrupts.clone();
        drop(spawn_blocking(move || interrupts.stop()));
        let (done, shut_down) = oneshot::channel();
        let _ = self.queue.send(Job::Shutdown { restart, done });
        if timeout(GRACE, shut_down).await.is_err() {
            tracing::error!("the language does not stop; leaving it behind");
        }
    }

    /// Ends the kernel once everything is sent.
    pub(crate) fn end(&self) {
        let _ = self.ended.send(());
    }

    /// Stops and ends, when nobody waits for a reply.
    pub(crate) async fn leave(&self, reason: &str) {
        tracing::info!(reason, "the kernel ends");
        self.stop(false).await;
        self.end();
    }
}
