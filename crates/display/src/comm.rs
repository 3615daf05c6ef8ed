//! Messages between code and a part of the frontend, as they cross the border
//! of the process.
//!
//! A comm is a line between, say, a slider in the browser and the code that
//! made it. This crate only passes on what is said: outgoing messages to the
//! [sink](crate::sink), incoming ones to whoever [listens](listen). What they
//! mean is known further up; data is JSON text here, because this crate has no
//! dependencies.

use std::sync::OnceLock;

use crate::sink;

/// One message of a comm, in either direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommMessage {
    /// Name of the comm, given by whoever opened it.
    pub comm: String,
    /// What the message does.
    pub action: CommAction,
    /// What it says, as the text of a JSON object.
    pub data: String,
    /// What is said about it, as the text of a JSON object.
    pub metadata: String,
    /// Binary data that `data` refers to.
    pub buffers: Vec<Vec<u8>>,
}

/// What a message does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CommAction {
    /// Opens the comm, with whoever has this name at the other end.
    Open(String),
    /// Says something.
    #[default]
    Message,
    /// Closes the comm.
    Close,
}

/// Takes incoming messages; false for one that nobody wants.
pub type Listener = fn(&CommMessage) -> bool;

static LISTENER: OnceLock<Listener> = OnceLock::new();

/// Sends a message to the frontend. Without one (in an ordinary program) it goes
/// nowhere.
pub fn send(message: &CommMessage) {
    if let Some(sink) = sink::installed() {
        sink.comm(message);
    }
}

/// Whether there is a frontend that could answer.
pub fn connected() -> bool {
    sink::installed().is_some()
}

/// Installs the one who takes incoming messages. Only the first call counts.
pub fn listen(listener: Listener) {
    let _ = LISTENER.set(listener);
}

/// Hands an incoming message over; false if nobody wants it.
pub fn receive(message: &CommMessage) -> bool {
    LISTENER.get().is_some_and(|listener| listener(message))
}
