//! Control: requests that do not wait for the cell that runs.

use std::sync::Arc;

use jupyter_protocol::{ExecutionState, InterruptReply, JupyterMessageContent, KernelInfoReply};

use super::iopub::Publisher;
use super::router::{Inbox, Outbox};
use crate::lifecycle::Lifecycle;
use crate::request::{comm, shutdown};
use crate::wire::{self, Request};

/// What answering takes.
pub(crate) struct Control {
    pub outbox: Outbox,
    pub publisher: Publisher,
    pub lifecycle: Lifecycle,
    pub kernel_info: Arc<KernelInfoReply>,
}

impl Control {
    /// Answers until the kernel ends.
    pub(crate) async fn run(self, mut inbox: Inbox) {
        while let Some(request) = inbox.next().await {
            self.publisher.status(&request.header, ExecutionState::Busy);
            let last = self.handle(&request).await;
            self.publisher.status(&request.header, ExecutionState::Idle);
            if last {
                self.lifecycle.end();
            }
        }
    }

    /// Returns whether that was the last request.
    async fn handle(&self, request: &Request) -> bool {
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
            "comm_info_request" => self.reply(request, comm::info()),
            unknown => tracing::warn!(msg_type = unknown, "ignored an unknown control request"),
        }
        false
    }

    fn reply(&self, request: &Request, content: impl Into<JupyterMessageContent>) {
        let identities = request.identities.clone();
        self.outbox
            .send(wire::message(content, Some(&request.header), identities));
    }
}
