//! Opening what clients send. Nothing here trusts a byte of it.

use std::sync::Arc;

use bytes::Bytes;
use jupyter_protocol::Header;
use jupyter_zmq_client::{RawMessage, RuntimeError};
use serde_json::{Map, Value, json};

/// A message whose signature was right and whose parts are JSON objects.
#[derive(Debug)]
pub(crate) struct Request {
    /// Where the reply goes.
    pub identities: Vec<Bytes>,
    pub header: Arc<Header>,
    pub metadata: Value,
    pub content: Value,
    /// Binary data behind the message, which no signature covers.
    pub buffers: Vec<Bytes>,
}

impl Request {
    pub(crate) fn msg_type(&self) -> &str {
        &self.header.msg_type
    }
}

/// Why a message is not let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("it is empty")]
    Empty,
    #[error("its frames or its signature are wrong: {0}")]
    Frames(#[from] RuntimeError),
    #[error("its signature was seen before")]
    Replayed,
    #[error("its {part} is not JSON: {source}")]
    NotJson {
        part: &'static str,
        source: serde_json::Error,
    },
    #[error("its {part} is not a JSON object")]
    NotAnObject { part: &'static str },
    #[error("its header lacks something: {0}")]
    Header(serde_json::Error),
}

impl Request {
    /// Opens a message whose signature was already verified.
    pub(crate) fn open(raw: RawMessage) -> Result<Self, Refusal> {
        let part = |index: usize, part: &'static str| -> Result<Value, Refusal> {
            let bytes = raw.jparts.get(index).map(Bytes::as_ref).unwrap_or_default();
            let value: Value = serde_json::from_slice(bytes)
                .map_err(|source| Refusal::NotJson { part, source })?;
            if value.is_object() {
                Ok(value)
            } else {
                Err(Refusal::NotAnObject { part })
            }
        };
        let header = with_defaults(
            &part(0, "header")?,
            json!({"username": "", "session": "", "version": "5.0"}),
        );
        Ok(Self {
            header: Arc::new(serde_json::from_value(header).map_err(Refusal::Header)?),
            metadata: part(2, "metadata")?,
            content: part(3, "content")?,
            buffers: raw.jparts.get(4..).unwrap_or_default().to_vec(),
            identities: raw.zmq_identities,
        })
    }
}

/// A JSON object in which absent and `null` fields are filled in.
pub(crate) fn with_defaults(object: &Value, defaults: Value) -> Value {
    let mut filled = object.as_object().cloned().unwrap_or_default();
    let defaults = match defaults {
        Value::Object(defaults) => defaults,
        _ => Map::new(),
    };
    for (field, default) in defaults {
        let value = filled.entry(field).or_insert(Value::Null);
        if value.is_null() {
            *value = default;
        }
    }
    Value::Object(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(parts: [&str; 4]) -> RawMessage {
        RawMessage {
            zmq_identities: vec![Bytes::from_static(b"client")],
            jparts: parts
                .iter()
                .map(|part| Bytes::copy_from_slice(part.as_bytes()))
                .collect(),
        }
    }

    #[test]
    fn opens_a_message_that_has_only_what_is_needed() {
        let header = r#"{"msg_id": "1", "msg_type": "kernel_info_request"}"#;
        let request = Request::open(raw([header, "{}", "{}", "{}"])).unwrap();
        assert_eq!(request.msg_type(), "kernel_info_request");
        assert_eq!(request.identities, [Bytes::from_static(b"client")]);
    }

    #[test]
    fn refuses_what_is_not_a_message() {
        let header = r#"{"msg_id": "1", "msg_type": "kernel_info_request"}"#;
        for (parts, reason) in [
            (["{}", "{}", "{}", "{}"], "its header lacks something"),
            (["[]", "{}", "{}", "{}"], "its header is not a JSON object"),
            (["{", "{}", "{}", "{}"], "its header is not JSON"),
            ([header, "{}", "", "{}"], "its metadata is not JSON"),
            (
                [header, "{}", "{}", "\u{feff}{}"],
                "its content is not JSON",
            ),
            (
                [header, "{}", "{}", "null"],
                "its content is not a JSON object",
            ),
        ] {
            let refusal = Request::open(raw(parts)).unwrap_err().to_string();
            assert!(refusal.starts_with(reason), "{parts:?}: {refusal}");
        }
    }

    #[test]
    fn absent_and_null_fields_take_defaults() {
        let filled = with_defaults(&json!({"a": 1, "b": null}), json!({"a": 0, "b": 2, "c": 3}));
        assert_eq!(filled, json!({"a": 1, "b": 2, "c": 3}));
    }
}
