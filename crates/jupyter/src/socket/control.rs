//! Control: requests that do not wait for the cell that runs.

use std::sync::Arc;

use jupyter_protocol::{ExecutionState, InterruptReply, JupyterMessageContent};
use tokio::sync::mpsc;

use super::iopub::Publisher;
use super::router::{Inbox, Outbox};
use super::shell::Queue;
use crate::comm::Comms;
use crate::lifecycle::Lifecycle;
use crate::request::usage::Usage;
use crate::request::{not_supported, refusal, shutdown};
use crate::wire::{self, Request};

/// What answering takes.
pub(crate) struct Control {
    pub outbox: Outbox,
    pub publisher: Publisher,
    pub lifecycle: Lifecycle,
    pub kernel_info: Arc<JupyterMessageContent>,
    pub comms: Comms,
    pub queue: Queue,
    pub usage: Usage,
    /// Requests of debuggers.
    pub debug: mpsc::UnboundedSender<Request>,
}

impl Control {
    /// Answers until the kernel ends.
    pub(crate) async fn run(mut self, mut inbox: Inbox) {
        while let Some(request) = inbox.next().await {
            if waits_for_the_language(request.msg_type()) {
                // It says busy and idle when its turn has come.
                self.queue.join(request, &self.outbox);
                continue;
            }
            if request.msg_type() == "debug_request" {
                // They say busy and idle themselves.
                let _ = self.debug.send(request);
                continue;
            }
            self.publisher.status(&request.header, ExecutionState::Busy);
            let last = self.handle(&request).await;
            self.publisher.status(&request.header, ExecutionState::Idle);
            if last {
                self.lifecycle.end();
            }
        }
    }

    /// Returns whether that was the last request.
    async fn handle(&mut self, request: &Request) -> bool {
        match request.msg_type() {
            "interrupt_request" => {
                self.lifecycle.interrupt().await;
                self.reply(request, InterruptReply::new());
            }
            "shutdown_request" => {
                let restart = shutdown::restart(request);
                self.lifecycle.stop(restart).await;
                self.reply(request, shutdown::reply(restart));
                self.publisher
                    .content(Some(request.header.clone()), shutdown::reply(restart));
                return true;
            }
            "kernel_info_request" => self.reply(request, (*self.kernel_info).clone()),
            "comm_info_request" => {
                let info = self.comms.info(&request.content);
                self.reply(request, wire::raw("comm_info_reply", info));
            }
            "usage_request" => {
                let usage = self.usage.reply();
                self.reply(request, wire::raw("usage_reply", usage));
            }
            // Subshells among them: clients ask only kernels that name them
            // among their features.
            unknown => {
                tracing::warn!(msg_type = unknown, "refused an unknown control request");
                if let Some(content) = refusal(request, &not_supported(unknown)) {
                    self.reply(request, content);
                }
            }
        }
        false
    }

    fn reply(&self, request: &Request, content: impl Into<JupyterMessageContent>) {
        let identities = request.identities.clone();
        self.outbox
            .send(wire::message(content, Some(&request.header), identities));
    }
}

/// Whether a request that came on control belongs to the language's thread,
/// where it waits for the cell that runs.
fn waits_for_the_language(msg_type: &str) -> bool {
    matches!(
        msg_type,
        "execute_request"
            | "is_complete_request"
            | "complete_request"
            | "inspect_request"
            | "history_request"
            | "connect_request"
            | "comm_open"
            | "comm_msg"
            | "comm_close"
    )
}
