//! Requests of debuggers, one after the other.
//!
//! They come on the control channel and may take a moment (a look at every
//! variable), in which an interrupt must not wait: so they have a queue of
//! their own.

use std::sync::Arc;

use jupyter_protocol::ExecutionState;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::iopub::Publisher;
use super::router::Outbox;
use crate::wire::{self, Request};

/// Answers a request of the debug adapter protocol. Called from any thread,
/// also while a cell runs.
pub type Debugger = Arc<dyn Fn(&Value) -> Value + Send + Sync>;

/// Publishes what a debugger says without being asked: that a cell has stopped
/// at a breakpoint, and that it goes on.
///
/// ```
/// use ferrite_jupyter::DebugEvents;
/// use serde_json::json;
///
/// fn stopped(events: &DebugEvents, thread: u64) {
///     let body = json!({ "reason": "breakpoint", "threadId": thread });
///     events.publish(json!({ "type": "event", "event": "stopped", "body": body }));
/// }
/// ```
#[derive(Clone)]
pub struct DebugEvents(Publisher);

impl DebugEvents {
    pub(crate) fn new(publisher: Publisher) -> Self {
        Self(publisher)
    }

    /// Publishes an event of the debug adapter protocol. May be called from any
    /// thread, also while a cell runs.
    pub fn publish(&self, event: Value) {
        self.0.content(None, wire::raw("debug_event", event));
    }
}

impl std::fmt::Debug for DebugEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DebugEvents")
    }
}

/// Answers until the kernel ends.
pub(crate) async fn run(
    debugger: Option<Debugger>,
    mut requests: mpsc::UnboundedReceiver<Request>,
    outbox: Outbox,
    publisher: Publisher,
) {
    while let Some(request) = requests.recv().await {
        publisher.status(&request.header, ExecutionState::Busy);
        let answer = match debugger.clone() {
            Some(debugger) => {
                let content = request.content.clone();
                spawn_blocking(move || debugger(&content))
                    .await
                    .unwrap_or_else(|_| refusal(&request.content, "the debugger panicked"))
            }
            None => refusal(&request.content, "this kernel has no debugger"),
        };
        let reply = wire::raw("debug_reply", answer);
        let identities = request.identities.clone();
        outbox.send(wire::message(reply, Some(&request.header), identities));
        publisher.status(&request.header, ExecutionState::Idle);
    }
}

fn refusal(request: &Value, why: &str) -> Value {
    json!({
        "type": "response",
        "seq": 0,
        "request_seq": request["seq"],
        "command": request["command"],
        "success": false,
        "message": why,
    })
}
