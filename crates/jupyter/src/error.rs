//! What can go wrong, as types.

use std::path::PathBuf;

/// Why a kernel could not be served. Nothing that a client sends ends up here:
/// bad messages are refused and logged, and the kernel lives on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection file could not be read.
    #[error("cannot read the connection file {path}: {source}")]
    ReadConnectionFile {
        /// The path that was given.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The connection file is not what Jupyter writes.
    #[error("{path} is not a connection file: {source}")]
    ParseConnectionFile {
        /// The path that was given.
        path: PathBuf,
        /// Where the JSON differs.
        source: serde_json::Error,
    },
    /// Messages shall be signed in a way that this library does not know.
    #[error("signature scheme {0:?} is not supported, only \"hmac-sha256\"")]
    SignatureScheme(String),
    /// An address could not be bound, most often because its port is taken.
    #[error("cannot bind the {channel} socket: {source}")]
    Bind {
        /// The channel: `shell`, `iopub`, `stdin`, `control` or `heartbeat`.
        channel: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The runtime or the language's thread could not be started.
    #[error("cannot start the kernel's threads: {0}")]
    Threads(#[from] std::io::Error),
}

/// Why [`Outputs::input_request`](crate::Outputs::input_request) has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The client said `allow_stdin: false`: it has nowhere to ask.
    #[error("this frontend cannot ask for input (it sent allow_stdin: false)")]
    NotAllowed,
    /// The client is gone, or never connected its stdin channel.
    #[error("the frontend that runs this cell is not connected to stdin")]
    NotConnected,
    /// The cell was interrupted while it waited, or the kernel is stopping.
    #[error("interrupted while waiting for input")]
    Interrupted,
}
