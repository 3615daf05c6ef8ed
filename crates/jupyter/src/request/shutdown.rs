//! `shutdown_request`: on control at once, on shell when its turn comes.

use jupyter_protocol::{ReplyStatus, ShutdownReply};

use super::{Answer, Malformed};
use crate::Language;
use crate::wire::Request;
use crate::worker::Worker;

/// Whether another kernel will take this one's place.
pub(crate) fn restart(message: &Request) -> bool {
    message.content["restart"].as_bool().unwrap_or(false)
}

/// The reply, which is also broadcast so that every client learns of it.
pub(crate) fn reply(restart: bool) -> ShutdownReply {
    ShutdownReply {
        restart,
        status: ReplyStatus::Ok,
        error: None,
    }
}

impl<L: Language> Worker<L> {
    pub(crate) fn shutdown(&mut self, message: &Request) -> Result<Answer, Malformed> {
        let restart = restart(message);
        self.shut_down(restart);
        self.reply(message, reply(restart));
        self.publisher
            .content(Some(message.header.clone()), reply(restart));
        Ok(Answer::Shutdown)
    }
}
