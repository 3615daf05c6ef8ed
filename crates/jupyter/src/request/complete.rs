//! `complete_request`: what could stand at the cursor?

use jupyter_protocol::messaging;
use serde_json::json;

use super::{Answer, Malformed, byte_offset, character_offset};
use crate::wire::{Request, with_defaults};
use crate::worker::Worker;
use crate::{CompleteReply, Language};

impl<L: Language> Worker<L> {
    pub(crate) fn complete(&mut self, message: &Request) -> Result<Answer, Malformed> {
        let content = with_defaults(&message.content, json!({ "cursor_pos": usize::MAX }));
        let messaging::CompleteRequest { code, cursor_pos } = serde_json::from_value(content)?;
        let cursor_pos = byte_offset(&code, cursor_pos);
        Ok(
            match self.call(|language| language.complete(&code, cursor_pos)) {
                Ok(CompleteReply {
                    matches,
                    cursor_start,
                    cursor_end,
                    metadata,
                }) => Answer::reply(messaging::CompleteReply {
                    matches,
                    cursor_start: character_offset(&code, cursor_start),
                    cursor_end: character_offset(&code, cursor_end),
                    metadata,
                    ..Default::default()
                }),
                Err(error) => Answer::error(message, &error),
            },
        )
    }
}
