//! What can go wrong with a chart, in sentences for the person who asked for it.
//!
//! Building a chart never fails; these errors appear when it is drawn, so that
//! a chain of calls in a cell needs a single `?` or none.

use ferrite_frame::FrameError;
use polars::prelude::PolarsError;

/// Why a chart could not be drawn or saved.
///
/// ```
/// use ferrite_plot::{ChartError, chart};
///
/// let chart = chart::heatmap(&["a".into()], &["b".into()], &[]);
/// assert!(matches!(chart.svg(), Err(ChartError::Shape { .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// A column is missing, or cannot be read.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// polars could not convert a column.
    #[error(transparent)]
    Polars(#[from] PolarsError),
    /// A column of the wrong type.
    #[error("{role} needs numbers, but column \"{column}\" holds {dtype}{hint}")]
    NotNumeric {
        /// What the numbers are for, as in "the y axis".
        role: String,
        /// The column.
        column: String,
        /// Its type, as polars writes it.
        dtype: String,
        /// What to do instead, with the punctuation that leads to it.
        hint: String,
    },
    /// No row can be drawn.
    #[error("nothing to draw: {reason}")]
    Empty {
        /// Where the rows went.
        reason: String,
    },
    /// An option that this kind of chart does not have.
    #[error("`.{option}()` does not apply to a {chart}{hint}")]
    Unsupported {
        /// The method's name.
        option: &'static str,
        /// The kind of chart.
        chart: &'static str,
        /// What to do instead, with the punctuation that leads to it.
        hint: &'static str,
    },
    /// An option with a value out of its range.
    #[error("`.{option}()` takes {expected}, not {got}")]
    Invalid {
        /// The method's name.
        option: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What it was given.
        got: String,
    },
    /// A matrix whose size does not agree with its labels.
    #[error("{message}")]
    Shape {
        /// What does not agree with what.
        message: String,
    },
    /// A file name that names no known format.
    #[error("a chart is saved as .svg or .png; \"{path}\" is neither")]
    Format {
        /// The path as given.
        path: String,
    },
    /// The file could not be written.
    #[error("cannot write \"{path}\": {message}")]
    Write {
        /// The path as given.
        path: String,
        /// The operating system's or the encoder's reason.
        message: String,
    },
}
