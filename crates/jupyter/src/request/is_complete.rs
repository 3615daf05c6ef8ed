//! `is_complete_request`: may a console run what was typed?

use jupyter_protocol::{IsCompleteReply, IsCompleteRequest};

use super::{Answer, Malformed};
use crate::wire::Request;
use crate::worker::Worker;
use crate::{IsComplete, Language};

impl<L: Language> Worker<L> {
    pub(crate) fn is_complete(&mut self, message: &Request) -> Result<Answer, Malformed> {
        let request: IsCompleteRequest = serde_json::from_value(message.content.clone())?;
        // This reply's status is the answer; it cannot say "error".
        let answer = self.call(|language| language.is_complete(&request.code));
        Ok(Answer::reply(match answer.unwrap_or(IsComplete::Unknown) {
            IsComplete::Complete => IsCompleteReply::complete(),
            IsComplete::Incomplete { indent } => IsCompleteReply::incomplete(indent),
            IsComplete::Invalid => IsCompleteReply::invalid(),
            IsComplete::Unknown => IsCompleteReply::unknown(),
        }))
    }
}
