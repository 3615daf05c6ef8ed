//! What a cell shows, and what it asks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use jupyter_protocol::{ClearOutput, Header, InputRequest, JupyterMessageContent};
use serde_json::{Map, Value, json};

use crate::comm::{CommAction, CommMessage, Comms};
use crate::socket::iopub::{Body, Publisher};
use crate::socket::stdin::Stdin;
use crate::wire::{self, Request};
use crate::worker::Worker;
use crate::{InputError, MimeBundle};

/// Which of the two streams text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Ordinary output.
    Stdout,
    /// What frontends show on a red ground.
    Stderr,
}

impl Stream {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

/// Where a running cell writes. Cheap to clone and usable from any thread;
/// everything appears under the cell for which it was made, in the order of the
/// calls, also after the cell has ended.
///
/// A call returns at once, unless megabytes wait to be sent. Do not call it from
/// the interrupter.
#[derive(Clone)]
pub struct Outputs {
    cell: Arc<Cell>,
}

/// What is the same for all outputs of one cell.
pub(crate) struct Cell {
    pub publisher: Publisher,
    pub stdin: Stdin,
    pub comms: Comms,
    /// Under which cell outputs appear.
    pub parent: Arc<Header>,
    /// The request that is being handled: the cell's own, or a comm's message
    /// whose handler writes under an earlier cell.
    pub cause: Arc<Header>,
    pub identities: Vec<Bytes>,
    pub execution_count: usize,
    pub silent: bool,
    pub allow_stdin: bool,
    pub interrupted: Arc<AtomicBool>,
    /// The text of the `execute_result`, for the history.
    pub result: Mutex<Option<String>>,
    /// What the reply asks of the frontend.
    pub payload: Mutex<Vec<Value>>,
}

impl Cell {
    /// What a request without a number of its own writes to.
    pub(crate) fn of<L>(
        worker: &Worker<L>,
        request: &Request,
        interrupted: Arc<AtomicBool>,
    ) -> Self {
        Self {
            publisher: worker.publisher.clone(),
            stdin: worker.stdin.clone(),
            comms: worker.comms.clone(),
            parent: request.header.clone(),
            cause: request.header.clone(),
            identities: request.identities.clone(),
            execution_count: worker.execution_count,
            silent: false,
            allow_stdin: false,
            interrupted,
            result: Mutex::default(),
            payload: Mutex::default(),
        }
    }
}

impl Outputs {
    pub(crate) fn new(cell: Cell) -> Self {
        Self {
            cell: Arc::new(cell),
        }
    }

    /// Text for stdout or stderr. Text that follows closely may be joined with
    /// it into one `stream` message.
    pub fn stream(&self, name: Stream, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.publish(Body::Stream { stream: name, text });
        }
    }

    /// Something to show. With a `display_id` it can be replaced later.
    pub fn display_data(
        &self,
        data: MimeBundle,
        metadata: Map<String, Value>,
        display_id: Option<&str>,
    ) {
        let transient = display_id.map_or_else(|| json!({}), |id| json!({ "display_id": id }));
        let data = data.into_value();
        self.content(wire::raw(
            "display_data",
            json!({ "data": data, "metadata": metadata, "transient": transient }),
        ));
    }

    /// Replaces what was shown with this `display_id`, wherever that was.
    pub fn update_display_data(
        &self,
        data: MimeBundle,
        metadata: Map<String, Value>,
        display_id: &str,
    ) {
        let data = data.into_value();
        let transient = json!({ "display_id": display_id });
        self.content(wire::raw(
            "update_display_data",
            json!({ "data": data, "metadata": metadata, "transient": transient }),
        ));
    }

    /// The value of the cell, shown with its number. Dropped if the cell is silent.
    pub fn execute_result(&self, data: MimeBundle, metadata: Map<String, Value>) {
        if let Some(text) = data.get("text/plain").and_then(Value::as_str) {
            *self
                .cell
                .result
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(text.into());
        }
        if !self.cell.silent {
            let data = data.into_value();
            let execution_count = self.cell.execution_count;
            self.content(wire::raw(
                "execute_result",
                json!({ "execution_count": execution_count, "data": data, "metadata": metadata }),
            ));
        }
    }

    /// Removes the cell's outputs; with `wait`, only when the next one comes.
    pub fn clear_output(&self, wait: bool) {
        self.content(ClearOutput { wait }.into());
    }

    /// Shows something beside the notebook, in a pager, when the cell is over.
    /// Frontends without a pager show it below the cell.
    pub fn page(&self, data: MimeBundle) {
        let data = data.into_value();
        self.payload(json!({ "source": "page", "data": data, "start": 0 }));
    }

    /// Puts text into the next cell, or with `replace` into this one.
    pub fn set_next_input(&self, text: impl Into<String>, replace: bool) {
        let text = text.into();
        self.payload(json!({ "source": "set_next_input", "text": text, "replace": replace }));
    }

    /// Sends a message of a comm. One that was not opened is not sent.
    pub fn comm(&self, message: CommMessage) {
        let Cell { comms, cause, .. } = &*self.cell;
        let known = match &message.action {
            CommAction::Open { target_name } => {
                comms.open(
                    &message.comm_id,
                    target_name,
                    Some(self.cell.parent.clone()),
                );
                true
            }
            CommAction::Message => comms.get(&message.comm_id).is_some(),
            CommAction::Close => comms.close(&message.comm_id),
        };
        if !known {
            tracing::debug!(
                comm_id = message.comm_id,
                "a message of a comm that is not open"
            );
            return;
        }
        let body = Body::Comm(Box::new(message));
        self.cell
            .publisher
            .publish_slowly(Some(cause.clone()), body);
    }

    /// Closes comms, because the other end is gone with what held it.
    pub fn close_comms(&self, comm_ids: &[String]) {
        for comm_id in comm_ids {
            self.comm(CommMessage::new(comm_id, CommAction::Close, Map::new()));
        }
    }

    /// Asks the person in front of the cell, and waits for the answer.
    pub fn input_request(&self, prompt: &str, password: bool) -> Result<String, InputError> {
        if !self.cell.allow_stdin {
            return Err(InputError::NotAllowed);
        }
        let content = InputRequest {
            prompt: prompt.to_owned(),
            password,
        };
        let identities = self.cell.identities.clone();
        let message = wire::message(content, Some(&self.cell.parent), identities);
        self.cell.stdin.ask(message, self.cell.interrupted.clone())
    }

    /// Whether this cell was interrupted. Stays true until its end.
    pub fn interrupted(&self) -> bool {
        self.cell.interrupted.load(Ordering::SeqCst)
    }

    pub(crate) fn result(&self) -> Option<String> {
        self.cell
            .result
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What was put in for the reply.
    pub(crate) fn take_payload(&self) -> Vec<Value> {
        let payload = self.cell.payload.lock();
        std::mem::take(&mut *payload.unwrap_or_else(PoisonError::into_inner))
    }

    fn payload(&self, payload: Value) {
        self.cell
            .payload
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(payload);
    }

    fn content(&self, content: JupyterMessageContent) {
        self.publish(Body::Content(Box::new(content)));
    }

    fn publish(&self, body: Body) {
        self.cell
            .publisher
            .publish_slowly(Some(self.cell.parent.clone()), body);
    }
}
