//! What a running cell calls.
//!
//! The engine turns a cell into a small crate that links to this one. Here
//! live the notebook's variables ([`slots`]), the frame that a cell runs in
//! ([`cell`]), and the choice of how a value is shown ([`probe`]). It is built
//! as a Rust `dylib` of its own, so that a cell which uses nothing of the
//! prelude does not pay for reading the prelude's metadata, and so that its
//! statics exist once for all cells.
//!
//! It knows neither the engine nor Jupyter: outputs leave through
//! `ferrite_display::sink`, outcomes through [`cell::take_outcome`].

pub mod cell;
pub mod chunks;
mod error;
mod keep;
pub mod panic;
pub mod pieces;
pub mod probe;
pub mod slots;

pub use cell::{finish, run, run_async, start, start_borrowing};
pub use error::{CellError, Of, OfDebug, OfDisplay, no_value};
// rustc spells the path of a type with the crate's real name (`MimeBundle`,
// `DisplayHandle`), and the next cell writes what rustc spelled.
#[doc(hidden)]
pub use ferrite_display;
pub use ferrite_display as display;
pub use ferrite_interrupt::checkpoint;
pub use keep::{BorrowingIter, boxed_future, boxed_iterator};
pub use probe::{look, output};
pub use slots::{Home, lent, place, store, store_borrower, take, take_borrower};

/// What the body of a cell returns: nothing, or the error that `?` met.
pub type CellResult = Result<(), CellError>;
