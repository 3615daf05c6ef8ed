//! Writing what the kernel sends.

use bytes::Bytes;
use chrono::{SubsecRound, Utc};
use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent, UnknownMessage};
use serde_json::{Value, json};
use uuid::Uuid;

use super::PROTOCOL_VERSION;

/// A message, with the header of the request that it belongs to.
///
/// The session in its header is filled in by the connection that sends it.
pub(crate) fn message(
    content: impl Into<JupyterMessageContent>,
    parent: Option<&Header>,
    identities: Vec<Bytes>,
) -> JupyterMessage {
    let content = content.into();
    JupyterMessage {
        zmq_identities: identities,
        header: Header {
            msg_id: Uuid::new_v4().to_string(),
            username: parent.map_or_else(|| "kernel".to_owned(), |parent| parent.username.clone()),
            session: String::new(),
            // Python's clients leave a date with nanoseconds unparsed.
            date: Utc::now().trunc_subsecs(6),
            msg_type: content.message_type().to_owned(),
            version: PROTOCOL_VERSION.to_owned(),
        },
        parent_header: parent.cloned(),
        metadata: json!({}),
        content,
        buffers: Vec::new(),
        channel: None,
    }
}

/// Content for which jupyter-protocol's type has other fields than the wire
/// wants (a `transient: null`, a count in an aborted reply).
pub(crate) fn raw(msg_type: impl Into<String>, content: Value) -> JupyterMessageContent {
    UnknownMessage {
        msg_type: msg_type.into(),
        content,
    }
    .into()
}
