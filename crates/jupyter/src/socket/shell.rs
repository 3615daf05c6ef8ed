//! Shell: requests for the language, which wait in a queue while a cell runs.
//!
//! Receiving never pauses: the queue is what `stop_on_error` aborts, and a
//! client may go on sending whatever the language does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::router::{Inbox, Outbox};
use crate::waiting::Waiting;
use crate::wire::Request;
use crate::worker::Job;

/// How many requests have joined the queue so far. Each knows its own number,
/// so "everything received until now" is a comparison.
pub(crate) type Arrivals = Arc<AtomicU64>;

/// Where requests join the queue.
#[derive(Clone)]
pub(crate) struct Queue {
    pub jobs: mpsc::UnboundedSender<Job>,
    pub arrivals: Arrivals,
    pub waiting: Waiting,
}

impl Queue {
    /// Puts a request into the queue; the reply goes to `replies`. False when
    /// the kernel has ended.
    pub(crate) fn join(&self, request: Request, replies: &Outbox) -> bool {
        let arrival = self.arrivals.fetch_add(1, Ordering::SeqCst);
        self.waiting.joins(arrival, &request);
        let replies = replies.clone();
        let job = Job::Request {
            arrival,
            request,
            replies,
        };
        self.jobs.send(job).is_ok()
    }
}

/// Receives until the kernel ends.
pub(crate) async fn run(mut inbox: Inbox, outbox: Outbox, queue: Queue) {
    while let Some(request) = inbox.next().await {
        if !queue.join(request, &outbox) {
            return;
        }
    }
}
