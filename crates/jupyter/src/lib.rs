//! The Jupyter kernel protocol as a library that knows no language.
//!
//! A kernel is a program that a frontend (JupyterLab, `jupyter console`, an
//! editor) starts with the path of a *connection file*. It binds the five
//! sockets which that file names and answers requests until it is told to stop.
//! Everything about that which has nothing to do with a programming language
//! lives here: sockets, signatures, the busy and idle status around each
//! request, the queue of cells and what happens to it after an error,
//! interrupts, history, shutdown. Names follow Jupyter's
//! [messaging page](https://jupyter-client.readthedocs.io/en/stable/messaging.html).
//!
//! A language implements [`Language`] and is handed to [`serve`]; while a cell
//! runs it writes to [`Outputs`].
//!
//! ```no_run
//! use ferrite_jupyter::{ExecuteReply, ExecuteRequest, KernelInfo, Language, Outputs, Stream};
//!
//! struct Shout;
//!
//! impl Language for Shout {
//!     fn kernel_info(&self) -> KernelInfo {
//!         KernelInfo::new("shout", "0.1.0", "shout", "1.0")
//!     }
//!
//!     fn execute(&mut self, request: &ExecuteRequest, out: &Outputs) -> ExecuteReply {
//!         out.stream(Stream::Stdout, request.code.to_uppercase());
//!         ExecuteReply::Ok
//!     }
//!
//!     fn interrupter(&self) -> Box<dyn Fn() + Send + Sync> {
//!         Box::new(|| {})
//!     }
//! }
//!
//! # fn main() -> Result<(), ferrite_jupyter::Error> {
//! ferrite_jupyter::serve("connection.json".as_ref(), Shout)
//! # }
//! ```
//!
//! # The road of one request
//!
//! 1. `zmtp/router.rs` reads it from a connection; `wire/signing.rs` checks its
//!    signature and opens it; in `socket/shell.rs` it joins the queue.
//! 2. `worker.rs`, on the language's thread, takes it from the queue, says
//!    *busy*, and gives it to the file of its family in `request/`.
//! 3. That file calls the [`Language`], whose [`Outputs`] go to
//!    `socket/iopub.rs`, and sends the reply to `socket/router.rs`.
//! 4. `worker.rs` says *idle*.
//!
//! Interrupts, shutdown and questions about the kernel on the control channel
//! (`socket/control.rs`) take no queue: they are answered at once, while a cell
//! runs. Other requests may come there as well, and wait for their turn.
//!
//! # Threads
//!
//! All sockets live on the thread that called [`serve`], in one single-threaded
//! runtime: nothing there ever waits for the language. The language lives on a
//! thread of its own and never sees a socket.
//!
//! *Invariant:* this crate must not know what Rust code, a cell or a data frame is.

mod bell;
mod capture;
mod comm;
mod error;
mod history;
mod interrupt;
mod language;
mod lifecycle;
mod mime;
mod outputs;
mod parent;
mod request;
mod serve;
mod signals;
mod socket;
mod waiting;
mod wire;
mod worker;
mod zmtp;

pub use bell::Bell;
pub use capture::Captured;
pub use comm::{CommAction, CommMessage};
pub use error::{Error, InputError};
pub use jupyter_protocol::{CodeMirrorMode, ConnectionInfo, HelpLink, LanguageInfo};
pub use language::{
    CompleteReply, ExecuteError, ExecuteReply, ExecuteRequest, InspectReply, IsComplete,
    KernelInfo, Language,
};
pub use mime::MimeBundle;
pub use outputs::{Outputs, Stream};
pub use serve::serve;
pub use socket::debug::{DebugEvents, Debugger};
pub use waiting::Waiting;
