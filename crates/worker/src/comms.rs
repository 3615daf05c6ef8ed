//! Messages of comms, in the words of the wire and in those of the display.

use ferrite_display::comm::{CommAction, CommMessage};
use ferrite_wire as wire;

/// A message from the frontend.
pub fn incoming(message: wire::CommMessage) -> CommMessage {
    CommMessage {
        comm: message.comm,
        action: match message.action {
            wire::CommAction::Open(target) => CommAction::Open(target),
            wire::CommAction::Message => CommAction::Message,
            wire::CommAction::Close => CommAction::Close,
        },
        data: message.data,
        metadata: message.metadata,
        buffers: message.buffers,
    }
}

/// A message to the frontend.
pub fn outgoing(message: &CommMessage) -> wire::CommMessage {
    wire::CommMessage {
        comm: message.comm.clone(),
        action: match &message.action {
            CommAction::Open(target) => wire::CommAction::Open(target.clone()),
            CommAction::Message => wire::CommAction::Message,
            CommAction::Close => wire::CommAction::Close,
        },
        data: message.data.clone(),
        metadata: message.metadata.clone(),
        buffers: message.buffers.clone(),
    }
}
