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
    /// Classes or scores of which no curve can be drawn.
    #[error("{message}")]
    Class {
        /// What is wrong with them.
        message: String,
    },
    /// A model that was asked for a chart and gave no answer.
    #[error("the model could not be asked: {message}")]
    Model {
        /// What it said, or what is wrong with its answer.
        message: String,
    },
    /// One of several charts could not be drawn.
    #[error("chart {number}: {error}")]
    Part {
        /// Which one, from 1.
        number: usize,
        /// Why.
        error: Box<ChartError>,
    },
    /// A file name that names no known format.
    #[error("a chart is saved as .svg, .png or .html; \"{path}\" is none of them")]
    Format {
        /// The path as given.
        path: String,
    },
    /// A file name that names no format of an interactive chart.
    #[error("an interactive chart is saved as .html or .json; \"{path}\" is neither")]
    InteractiveFormat {
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
