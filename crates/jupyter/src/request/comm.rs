//! Comms: there are no targets here, so nothing can be opened.

use jupyter_protocol::{CommClose, CommInfoReply, CommOpen};
use serde_json::{Map, json};

use super::{Answer, Malformed};
use crate::Language;
use crate::wire::{Request, with_defaults};
use crate::worker::Worker;

/// The answer to `comm_info_request`.
pub(crate) fn info() -> CommInfoReply {
    CommInfoReply::default()
}

impl<L: Language> Worker<L> {
    /// Tells the side which opened a comm that nobody is there.
    pub(crate) fn comm_open(&mut self, message: &Request) -> Result<Answer, Malformed> {
        let defaults = json!({ "target_name": "", "data": {} });
        let open: CommOpen = serde_json::from_value(with_defaults(&message.content, defaults))?;
        tracing::info!(
            target_name = open.target_name,
            "closed a comm that has no target"
        );
        let close = CommClose {
            comm_id: open.comm_id,
            data: Map::new(),
        };
        self.publisher.content(Some(message.header.clone()), close);
        Ok(Answer::Nothing)
    }
}
