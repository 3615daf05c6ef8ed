//! Turns the cells of a notebook into crates, compiles each once and runs it.
//!
//! The road of a cell: [`parse`] takes it apart, [`generate`] makes a crate of
//! it, [`compile`] runs rustc once, [`cache`] keeps the result, [`worker`] runs
//! it in another process, [`notebook`] knows what it left behind, [`session`]
//! does all that in turn. The engine knows nothing of Jupyter; whoever uses it gives it code and a
//! [`Sink`] for outputs.

mod advice;
mod ahead;
pub mod analysis;
#[cfg(test)]
mod any_text;
mod borrows;
mod bounded;
pub mod build;
pub mod cache;
pub mod commands;
pub mod compile;
mod complete;
pub mod completion;
mod contents;
mod crash;
mod debugging;
pub mod dependencies;
pub mod diagnostics;
pub mod edits;
mod entry;
mod error;
mod fold;
mod functions;
pub mod generate;
mod hot;
pub mod imports;
mod item_macros;
pub mod items;
mod markers;
pub mod mir;
mod names;
pub mod notebook;
mod oom;
mod order;
mod origins;
pub mod parse;
mod parts;
mod reach;
mod reading;
mod render;
mod scratch;
mod segments;
pub mod session;
pub mod source;
pub mod statics;
mod suggestions;
mod symbols;
pub mod toolchain;
mod trace;
mod unkept;
mod unnameable;
mod warm;
mod warnings;
pub mod worker;

pub use ahead::Waiting;
pub use complete::{Completeness, completeness};
pub use debugging::{Debugging, ItemsFile, Loading, Watcher};
pub use error::EngineError;
pub use ferrite_wire::{Answer, Bundle, CommAction, CommMessage, Output};
pub use render::short_type;
pub use session::{Failure, Interrupter, Preview, Session};
pub use toolchain::{Bundled, Toolchain};
pub use trace::frame_name;
pub use worker::{Sink, Stream};
