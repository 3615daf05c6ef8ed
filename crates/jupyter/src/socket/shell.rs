//! Shell: requests for the language, which wait in a queue while a cell runs.
//!
//! Receiving never pauses: the queue is what `stop_on_error` aborts, and a
//! client may go on sending whatever the language does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::router::Inbox;
use crate::waiting::Waiting;
use crate::worker::Job;

/// How many requests have joined the queue so far. Each knows its own number,
/// so "everything received until now" is a comparison.
pub(crate) type Arrivals = Arc<AtomicU64>;

/// Receives until the kernel ends.
pub(crate) async fn run(
    mut inbox: Inbox,
    queue: mpsc::UnboundedSender<Job>,
    arrivals: Arrivals,
    waiting: Waiting,
) {
    while let Some(request) = inbox.next().await {
        let arrival = arrivals.fetch_add(1, Ordering::SeqCst);
        waiting.joins(arrival, &request);
        if queue.send(Job::Request { arrival, request }).is_err() {
            return;
        }
    }
}
