//! What the kernel does for each family of requests, one file each.

pub(crate) mod comm;
mod complete;
mod execute;
mod history;
mod inspect;
mod is_complete;
pub(crate) mod kernel_info;
pub(crate) mod shutdown;
pub(crate) mod usage;

use jupyter_protocol::JupyterMessageContent;
use serde_json::json;

use crate::ExecuteError;
use crate::wire::{self, Request};

/// What is left to do when a request was handled.
pub(crate) enum Answer {
    /// Send this.
    Reply(Box<JupyterMessageContent>),
    /// The reply is sent already.
    Sent,
    /// There is no reply to such a message.
    Nothing,
    /// The reply is sent, and the kernel ends.
    Shutdown,
}

impl Answer {
    pub(crate) fn reply(content: impl Into<JupyterMessageContent>) -> Self {
        Self::Reply(Box::new(content.into()))
    }

    /// A reply with `status: "error"`.
    pub(crate) fn error(request: &Request, error: &ExecuteError) -> Self {
        refusal(request, error).map_or(Self::Nothing, Self::reply)
    }
}

/// Why there is no other answer to a request.
pub(crate) fn not_supported(msg_type: &str) -> ExecuteError {
    let why = match msg_type {
        "create_subshell_request" | "delete_subshell_request" | "list_subshell_request" => {
            "this kernel has no subshells".to_owned()
        }
        "interrupt_request" | "usage_request" | "debug_request" => {
            format!("`{msg_type}` is answered on the control channel")
        }
        _ => format!("this kernel does not know `{msg_type}`"),
    };
    ExecuteError::new("NotSupported", why)
}

/// A request whose content is not what its type says.
#[derive(Debug, thiserror::Error)]
#[error("the content does not fit: {0}")]
pub(crate) struct Malformed(#[from] serde_json::Error);

impl Malformed {
    /// What tells the client, if messages of this type have replies.
    pub(crate) fn reply_to(&self, request: &Request) -> Option<JupyterMessageContent> {
        let error = ExecuteError::new("MalformedRequest", self.to_string());
        refusal(request, &error)
    }
}

/// A reply with `status: "error"`, if messages of this type have replies.
pub(crate) fn refusal(request: &Request, error: &ExecuteError) -> Option<JupyterMessageContent> {
    Some(error_reply(reply_type(request)?, error))
}

fn reply_type(request: &Request) -> Option<String> {
    let family = request.msg_type().strip_suffix("_request")?;
    Some(format!("{family}_reply"))
}

fn error_reply(reply_type: String, error: &ExecuteError) -> JupyterMessageContent {
    let ExecuteError {
        ename,
        evalue,
        traceback,
    } = error;
    wire::raw(
        reply_type,
        json!({ "status": "error", "ename": ename, "evalue": evalue, "traceback": traceback }),
    )
}

/// Clients count characters; Rust counts bytes.
fn byte_offset(code: &str, characters: usize) -> usize {
    code.char_indices()
        .nth(characters)
        .map_or(code.len(), |(offset, _)| offset)
}

/// The way back. An offset inside a character counts as its beginning.
fn character_offset(code: &str, bytes: usize) -> usize {
    code.char_indices()
        .take_while(|(offset, c)| offset + c.len_utf8() <= bytes)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_survive_the_way_there_and_back() {
        let code = "aé🦀b";
        for (characters, bytes) in [(0, 0), (1, 1), (2, 3), (3, 7), (4, 8)] {
            assert_eq!(byte_offset(code, characters), bytes);
            assert_eq!(character_offset(code, bytes), characters);
        }
        assert_eq!(byte_offset(code, 99), code.len());
        assert_eq!(character_offset(code, 99), 4);
        assert_eq!(character_offset(code, 2), 1, "inside é");
    }
}
