//! What a cell shows, and what it asks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use jupyter_protocol::{ClearOutput, Header, InputRequest, JupyterMessageContent};
use serde_json::{Map, Value, json};

use crate::socket::iopub::{Body, Publisher};
use crate::socket::stdin::Stdin;
use crate::{InputError, MimeBundle, wire};

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
    pub parent: Arc<Header>,
    pub identities: Vec<Bytes>,
    pub execution_count: usize,
    pub silent: bool,
    pub allow_stdin: bool,
    pub interrupted: Arc<AtomicBool>,
    /// The text of the `execute_result`, for the history.
    pub result: Mutex<Option<String>>,
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

    fn content(&self, content: JupyterMessageContent) {
        self.publish(Body::Content(Box::new(content)));
    }

    fn publish(&self, body: Body) {
        self.cell
            .publisher
            .publish_slowly(Some(self.cell.parent.clone()), body);
    }
}
