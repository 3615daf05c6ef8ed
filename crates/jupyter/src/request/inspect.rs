//! `inspect_request`: what stands at the cursor?

use jupyter_protocol::InspectRequest;
use serde_json::json;

use super::{Answer, Malformed, byte_offset};
use crate::wire::{self, Request, with_defaults};
use crate::worker::Worker;
use crate::{InspectReply, Language};

impl<L: Language> Worker<L> {
    pub(crate) fn inspect(&mut self, message: &Request) -> Result<Answer, Malformed> {
        let defaults = json!({ "cursor_pos": usize::MAX, "detail_level": 0 });
        let content = with_defaults(&message.content, defaults);
        let InspectRequest {
            code,
            cursor_pos,
            detail_level,
        } = serde_json::from_value(content)?;
        let cursor_pos = byte_offset(&code, cursor_pos);
        let level = detail_level.unwrap_or(0);
        let (found, data) = match self.call(|language| language.inspect(&code, cursor_pos, level)) {
            Ok(InspectReply::Found(data)) => (true, data.into_value()),
            Ok(InspectReply::NotFound) => (false, json!({})),
            Err(error) => return Ok(Answer::error(message, &error)),
        };
        Ok(Answer::reply(wire::raw(
            "inspect_reply",
            json!({ "status": "ok", "found": found, "data": data, "metadata": {} }),
        )))
    }
}
