//! What can go wrong in the engine itself (not in the user's code).

use std::io;

/// A failure that is not the cell's fault.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// rustc could not be started.
    #[error("the Rust compiler cannot be started ({0}); `ferrite doctor` says what is missing")]
    NoCompiler(#[source] io::Error),
    /// rustc failed without an error in the code.
    #[error("the Rust compiler broke down:\n{0}")]
    CompilerBroke(String),
    /// A person stopped the compile.
    #[error("stopped while compiling")]
    Stopped,
    /// The worker could not be started.
    #[error("the process that runs cells cannot be started: {0}")]
    NoWorker(#[source] io::Error),
    /// The worker ended by itself.
    #[error("{0}")]
    WorkerDied(String),
    /// Files of the engine could not be read or written.
    #[error("{what} failed: {source}; is the disk full?")]
    Files {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}
