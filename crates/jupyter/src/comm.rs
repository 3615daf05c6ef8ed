//! Comms: messages between a part of the frontend (a widget) and a part of the
//! kernel, under a name that whoever opens the comm has given it.
//!
//! Both sides may open, say something and close. The kernel's messages go out
//! on IOPub, those of the frontend come in on shell. Which comms are open is
//! known here, so that `comm_info_request` is answered while a cell runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jupyter_protocol::Header;
use serde_json::{Map, Value, json};

use crate::wire;

/// One message of a comm, in either direction.
#[derive(Debug, Clone, PartialEq)]
pub struct CommMessage {
    /// The comm that it belongs to.
    pub comm_id: String,
    /// What it does.
    pub action: CommAction,
    /// What it says, in the words of the two ends.
    pub data: Map<String, Value>,
    /// What is said about it; widgets put their protocol's version here.
    pub metadata: Map<String, Value>,
    /// Binary data that `data` refers to.
    pub buffers: Vec<Bytes>,
}

/// What a [`CommMessage`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommAction {
    /// Opens the comm.
    Open {
        /// Who is to answer at the other end.
        target_name: String,
    },
    /// Says something.
    Message,
    /// Closes the comm.
    Close,
}

impl CommMessage {
    /// A message without metadata and binary data.
    pub fn new(comm_id: impl Into<String>, action: CommAction, data: Map<String, Value>) -> Self {
        Self {
            comm_id: comm_id.into(),
            action,
            data,
            metadata: Map::new(),
            buffers: Vec::new(),
        }
    }

    /// Its `msg_type`.
    pub(crate) fn msg_type(&self) -> &'static str {
        match self.action {
            CommAction::Open { .. } => "comm_open",
            CommAction::Message => "comm_msg",
            CommAction::Close => "comm_close",
        }
    }

    /// Its `content`.
    pub(crate) fn content(&self) -> Value {
        match &self.action {
            CommAction::Open { target_name } => {
                json!({ "comm_id": self.comm_id, "target_name": target_name, "data": self.data })
            }
            CommAction::Message | CommAction::Close => {
                json!({ "comm_id": self.comm_id, "data": self.data })
            }
        }
    }

    /// The message on IOPub.
    pub(crate) fn publish(
        self,
        parent: Option<&Header>,
        topic: impl FnOnce(&str) -> Bytes,
    ) -> jupyter_protocol::JupyterMessage {
        let topic = topic(self.msg_type());
        let content = wire::raw(self.msg_type(), self.content());
        wire::message(content, parent, vec![topic])
            .with_metadata(Value::Object(self.metadata))
            .with_buffers(self.buffers)
    }
}

/// The open comms of a kernel.
#[derive(Clone, Default)]
pub(crate) struct Comms(Arc<Mutex<BTreeMap<String, Open>>>);

/// An open comm.
#[derive(Clone)]
pub(crate) struct Open {
    pub target_name: String,
    /// The cell that opened it: what is shown because of it belongs there.
    pub cell: Option<Arc<Header>>,
}

impl Comms {
    pub(crate) fn open(&self, comm_id: &str, target_name: &str, cell: Option<Arc<Header>>) {
        let open = Open {
            target_name: target_name.to_owned(),
            cell,
        };
        self.lock().insert(comm_id.to_owned(), open);
    }

    /// False if it was not open.
    pub(crate) fn close(&self, comm_id: &str) -> bool {
        self.lock().remove(comm_id).is_some()
    }

    pub(crate) fn get(&self, comm_id: &str) -> Option<Open> {
        self.lock().get(comm_id).cloned()
    }

    /// The content of a `comm_info_reply`, of one target or of all.
    pub(crate) fn info(&self, request: &Value) -> Value {
        let target = request["target_name"].as_str();
        let comms: Map<String, Value> = self
            .lock()
            .iter()
            .filter(|(_, open)| target.is_none_or(|target| target == open.target_name))
            .map(|(id, open)| (id.clone(), json!({ "target_name": open.target_name })))
            .collect();
        json!({ "status": "ok", "comms": comms })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_is_of_one_target_or_of_all() {
        let comms = Comms::default();
        comms.open("a", "jupyter.widget", None);
        comms.open("b", "mine", None);
        let all =
            json!({ "a": { "target_name": "jupyter.widget" }, "b": { "target_name": "mine" } });
        assert_eq!(comms.info(&json!({}))["comms"], all);
        assert_eq!(comms.info(&json!({ "target_name": null }))["comms"], all);
        assert_eq!(
            comms.info(&json!({ "target_name": "mine" }))["comms"],
            json!({ "b": { "target_name": "mine" } })
        );
        assert!(comms.close("a"));
        assert!(!comms.close("a"));
        assert!(comms.get("a").is_none() && comms.get("b").is_some());
    }
}
