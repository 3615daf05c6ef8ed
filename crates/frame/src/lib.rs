//! What a notebook adds to polars: frames come in from files, are looked at,
//! and leave as numbers for models.
//!
//! polars stays polars: cells call its own methods on its own types. This
//! crate only does what every notebook repeats around them, and does it in
//! plain functions: a cell that calls them compiles no reader, no table
//! writer and no generic code.
//!
//! | module | for |
//! |---|---|
//! | [`read`] | files, spreadsheets and databases become frames |
//! | [`datasets`] | frames to try things on, without a file |
//! | [`render`] | frames, columns, plans and arrays become tables to look at |
//! | [`convert`] | columns become the numbers and texts that models take |
//! | [`FrameExt`] | the everyday moves in short form |
//! | [`PlanExt`] | plans that say where they failed |
//! | [`stats`] | quantiles and correlations as pandas defines them |
//! | [`FrameError`] | what went wrong, where, and what to do |
//!
//! It knows neither cells nor Jupyter, and no model: those build on it.

pub mod convert;
pub mod datasets;
mod error;
mod ext;
mod moves;
mod plan;
pub mod read;
pub mod render;
pub mod stats;
mod suggest;
mod value;

pub use error::FrameError;
pub use ext::FrameExt;
pub use plan::PlanExt;
pub use suggest::closest;
