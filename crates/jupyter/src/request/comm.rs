//! Comms: what the frontend says goes to whoever has registered for it.

use bytes::Bytes;
use jupyter_protocol::{CommClose, CommOpen};
use serde_json::{Map, Value, json};

use super::{Answer, Malformed};
use crate::Language;
use crate::comm::{CommAction, CommMessage};
use crate::outputs::{Cell, Outputs, Stream};
use crate::wire::{Request, with_defaults};
use crate::worker::Worker;

impl<L: Language> Worker<L> {
    /// Handles `comm_open`, `comm_msg` and `comm_close`.
    pub(crate) fn comm(&mut self, request: &Request) -> Result<Answer, Malformed> {
        let message = parse(request)?;
        let comm_id = message.comm_id.clone();
        let opening = match &message.action {
            CommAction::Open { target_name } => {
                self.comms.open(&comm_id, target_name, None);
                true
            }
            _ => false,
        };
        let Some(open) = self.comms.get(&comm_id) else {
            tracing::warn!(comm_id, msg_type = request.msg_type(), "no such comm");
            return Ok(Answer::Nothing);
        };
        if message.action == CommAction::Close {
            self.comms.close(&comm_id);
        }
        let Some(interrupted) = self.interrupts.begin() else {
            return Ok(Answer::Nothing);
        };
        let out = Outputs::new(Cell {
            parent: open.cell.unwrap_or_else(|| request.header.clone()),
            cause: request.header.clone(),
            ..Cell::of(self, request, interrupted)
        });
        let answer = self.call(|language| language.comm(&message, &out));
        self.interrupts.end();
        match answer {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) if opening => {
                tracing::info!(
                    target_name = open.target_name,
                    "closed a comm that nobody has registered for"
                );
                let close = CommMessage::new(comm_id, CommAction::Close, Map::new());
                out.comm(close);
            }
            Ok(Ok(false)) => tracing::warn!(comm_id, "nobody listens to this comm"),
            Ok(Err(error)) | Err(error) => {
                out.stream(Stream::Stderr, error.traceback.join("\n") + "\n");
            }
        }
        Ok(Answer::Nothing)
    }
}

fn parse(request: &Request) -> Result<CommMessage, Malformed> {
    let defaults = json!({ "target_name": "", "data": {} });
    let content = with_defaults(&request.content, defaults);
    let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let (comm_id, action, data) = match request.msg_type() {
        "comm_open" => {
            let open: CommOpen = serde_json::from_value(content)?;
            let action = CommAction::Open {
                target_name: open.target_name,
            };
            (open.comm_id, action, open.data)
        }
        kind => {
            // Both have the same fields.
            let close: CommClose = serde_json::from_value(content)?;
            let action = if kind == "comm_close" {
                CommAction::Close
            } else {
                CommAction::Message
            };
            (close.comm_id, action, close.data)
        }
    };
    Ok(CommMessage {
        comm_id: comm_id.0,
        action,
        data,
        metadata: object(&request.metadata),
        buffers: request.buffers.iter().map(Bytes::clone).collect(),
    })
}
