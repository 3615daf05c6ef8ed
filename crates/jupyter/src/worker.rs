//! The language's thread: takes one request after the other from the queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use jupyter_protocol::{ExecutionState, Header, JupyterMessageContent};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::bell::Bell;
use crate::comm::Comms;
use crate::history::History;
use crate::interrupt::Interrupts;
use crate::outputs::{Cell, Outputs};
use crate::request::{Answer, Malformed, not_supported};
use crate::socket::iopub::Publisher;
use crate::socket::router::Outbox;
use crate::socket::shell::Arrivals;
use crate::socket::stdin::Stdin;
use crate::waiting::Waiting;
use crate::wire::{self, Request};
use crate::{ExecuteError, Language};

/// What waits in the queue.
pub(crate) enum Job {
    /// A request from the shell channel, or one on control that wants the
    /// language; `arrival` counts them.
    Request {
        arrival: u64,
        request: Request,
        replies: Outbox,
    },
    /// The language has something to tell.
    Attend,
    /// The kernel ends.
    Shutdown {
        restart: bool,
        done: oneshot::Sender<()>,
    },
}

/// The language and everything that requests need. The handlers are in
/// `request/`, one file per family.
pub(crate) struct Worker<L> {
    pub language: L,
    pub kernel_info: Arc<JupyterMessageContent>,
    pub history: History,
    /// What a `connect_reply` says.
    pub ports: Value,
    pub comms: Comms,
    /// The number of the next cell that counts.
    pub execution_count: usize,
    /// Cells that arrived before this one are aborted.
    pub abort_before: u64,
    pub bell: Bell,
    /// The last cell: what is told later belongs to it.
    pub last_cell: Option<LastCell>,
    pub arrivals: Arrivals,
    pub waiting: Waiting,
    pub interrupts: Arc<Interrupts>,
    pub publisher: Publisher,
    /// The channel on which the current request came.
    pub replies: Outbox,
    pub stdin: Stdin,
    pub ended: mpsc::UnboundedSender<()>,
}

/// The cell that was executed last.
pub(crate) struct LastCell {
    pub header: Arc<Header>,
    pub identities: Vec<Bytes>,
    pub execution_count: usize,
}

impl<L: Language> Worker<L> {
    /// Works until the kernel ends.
    pub(crate) fn run(mut self, mut queue: mpsc::UnboundedReceiver<Job>) {
        while let Some(job) = queue.blocking_recv() {
            match job {
                Job::Request {
                    arrival,
                    request,
                    replies,
                } => {
                    let begun = Instant::now();
                    self.replies = replies;
                    self.waiting.leaves(arrival);
                    self.publisher.status(&request.header, ExecutionState::Busy);
                    let answer = self.handle(arrival, &request);
                    let last = matches!(answer, Ok(Answer::Shutdown));
                    self.finish(&request, answer);
                    self.publisher.status(&request.header, ExecutionState::Idle);
                    let took = begun.elapsed();
                    tracing::debug!(msg_type = request.msg_type(), ?took, "handled");
                    if last {
                        let _ = self.ended.send(());
                        return;
                    }
                }
                Job::Attend => {
                    self.bell.answered();
                    self.attend();
                }
                Job::Shutdown { restart, done } => {
                    self.shut_down(restart);
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    fn handle(&mut self, arrival: u64, request: &Request) -> Result<Answer, Malformed> {
        match request.msg_type() {
            "execute_request" => self.execute(arrival, request),
            "is_complete_request" => self.is_complete(request),
            "complete_request" => self.complete(request),
            "inspect_request" => self.inspect(request),
            "history_request" => self.history(request),
            "kernel_info_request" => Ok(Answer::reply((*self.kernel_info).clone())),
            "connect_request" => Ok(Answer::reply(self.connect_reply())),
            "comm_info_request" => {
                let info = self.comms.info(&request.content);
                Ok(Answer::reply(wire::raw("comm_info_reply", info)))
            }
            "comm_open" | "comm_msg" | "comm_close" => self.comm(request),
            "shutdown_request" => self.shutdown(request),
            // Asked on the wrong channel, or by a protocol that is not ours.
            unknown => {
                tracing::warn!(msg_type = unknown, "refused an unknown request");
                Ok(Answer::error(request, &not_supported(unknown)))
            }
        }
    }

    /// Lets the language write below the last cell.
    fn attend(&mut self) {
        let Some(cell) = &self.last_cell else {
            return;
        };
        let out = Outputs::new(Cell {
            publisher: self.publisher.clone(),
            stdin: self.stdin.clone(),
            comms: self.comms.clone(),
            parent: cell.header.clone(),
            cause: cell.header.clone(),
            identities: cell.identities.clone(),
            execution_count: cell.execution_count,
            silent: false,
            allow_stdin: false,
            interrupted: Arc::default(),
            result: Mutex::default(),
            payload: Mutex::default(),
        });
        let _ = self.call(|language| language.attend(&out));
    }

    fn connect_reply(&self) -> JupyterMessageContent {
        let mut content = self.ports.clone();
        content["status"] = json!("ok");
        wire::raw("connect_reply", content)
    }

    fn finish(&self, request: &Request, answer: Result<Answer, Malformed>) {
        match answer {
            Ok(Answer::Reply(content)) => self.reply(request, *content),
            Ok(Answer::Sent | Answer::Nothing | Answer::Shutdown) => {}
            Err(malformed) => {
                tracing::warn!(msg_type = request.msg_type(), %malformed, "refused a request");
                if let Some(content) = malformed.reply_to(request) {
                    self.reply(request, content);
                }
            }
        }
    }

    /// Answers on the channel on which the request came.
    pub(crate) fn reply(&self, request: &Request, content: impl Into<JupyterMessageContent>) {
        let identities = request.identities.clone();
        self.replies
            .send(wire::message(content, Some(&request.header), identities));
    }

    /// Calls the language. A panic there becomes an error here.
    pub(crate) fn call<T>(&mut self, method: impl FnOnce(&mut L) -> T) -> Result<T, ExecuteError> {
        catch_unwind(AssertUnwindSafe(|| method(&mut self.language))).map_err(|panic| {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            tracing::error!(message, "the language panicked");
            ExecuteError::new("KernelPanic", message)
        })
    }

    pub(crate) fn shut_down(&mut self, restart: bool) {
        let _ = self.call(|language| language.shutdown(restart));
    }
}
