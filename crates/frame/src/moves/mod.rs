//! What stands behind [`FrameExt`](crate::FrameExt): one module for each kind
//! of move, all in plain functions.

pub(crate) mod bins;
pub(crate) mod calendar;
pub(crate) mod columns;
pub(crate) mod groups;
pub(crate) mod rows;
pub(crate) mod shape;
pub(crate) mod summary;
pub(crate) mod text;
pub(crate) mod time;

use polars::prelude::{DataFrame, Expr, LazyFrame, PolarsError, col};

use crate::plan::collect;
use crate::{FrameError, FrameExt};

/// The most columns that a column of categories is spread into.
const MOST_SPREAD: usize = 1_000;

/// Runs a plan over `frame`; a name that it does not have is reported as ours.
fn run(plan: LazyFrame, frame: &DataFrame) -> Result<DataFrame, FrameError> {
    collect(plan).map_err(|cause| explained(cause, frame))
}

/// polars' words, if they are about a missing column.
pub(crate) fn missing_column_in(cause: &PolarsError) -> Option<String> {
    let mut innermost = cause;
    while let PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } =
        innermost
    {
        innermost = error;
    }
    match innermost {
        PolarsError::ColumnNotFound(words) | PolarsError::SchemaFieldNotFound(words) => {
            Some(words.to_string())
        }
        _ => None,
    }
}

/// polars' error, or ours where it is about a missing column.
fn explained(cause: PolarsError, frame: &DataFrame) -> FrameError {
    if let Some(words) = missing_column_in(&cause) {
        // unable to find column "x"; valid columns: …
        let name = words.split('"').nth(1).unwrap_or_else(|| words.trim());
        if frame.column(name).is_err() {
            return FrameError::missing_column(name, frame);
        }
    }
    cause.into()
}

/// All of these columns are there.
fn require_all(frame: &DataFrame, columns: &[&str]) -> Result<(), FrameError> {
    columns
        .iter()
        .try_for_each(|name| frame.require(name).map(drop))
}

/// Columns by exactly these names, also if they look like patterns.
fn exactly(columns: &[&str]) -> Vec<Expr> {
    columns.iter().map(|name| col(*name)).collect()
}

/// Ways to aggregate, as they are asked for.
const WAYS: [&str; 11] = [
    "mean", "sum", "min", "max", "median", "std", "var", "count", "n_unique", "first", "last",
];

/// An expression aggregated in one of the [`WAYS`].
fn aggregated(value: Expr, how: &str) -> Result<Expr, FrameError> {
    Ok(match how {
        "mean" => value.mean(),
        "sum" => value.sum(),
        "min" => value.min(),
        "max" => value.max(),
        "median" => value.median(),
        "std" => value.std(1),
        "var" => value.var(1),
        "count" => value.count(),
        "n_unique" => value.n_unique(),
        "first" => value.first(),
        "last" => value.last(),
        other => return Err(FrameError::unknown("way to aggregate", other, "", WAYS)),
    })
}
