//! `history_request`: what was run before?

use jupyter_protocol::HistoryRequest;
use serde_json::json;

use super::{Answer, Malformed};
use crate::Language;
use crate::wire::{self, Request, with_defaults};
use crate::worker::Worker;

impl<L: Language> Worker<L> {
    pub(crate) fn history(&mut self, message: &Request) -> Result<Answer, Malformed> {
        let content = with_defaults(
            &message.content,
            json!({
                "output": false, "raw": true,
                "session": 0, "start": 0, "stop": i32::MAX,
                "pattern": "*", "unique": false, "n": i32::MAX,
            }),
        );
        let request: HistoryRequest = serde_json::from_value(content)?;
        let history = self.history.answer(&request);
        Ok(Answer::reply(wire::raw(
            "history_reply",
            json!({ "status": "ok", "history": history }),
        )))
    }
}
