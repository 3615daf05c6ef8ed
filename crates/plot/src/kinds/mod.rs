//! The kinds of chart: each makes a plot of the columns that it was given.

pub(crate) mod bars;
pub(crate) mod histogram;
pub(crate) mod matrix;
pub(crate) mod points;
mod table;

use crate::error::ChartError;

/// "3 rows without a value are not drawn", if there are any.
fn missing_note(rows: usize) -> Option<String> {
    note(rows, "without a value", "not drawn")
}

/// The same for rows that have no place on a logarithmic axis.
fn log_note(rows: usize) -> Option<String> {
    note(
        rows,
        "with a value of zero or less",
        "not on the logarithmic axis",
    )
}

fn note(rows: usize, which: &str, fate: &str) -> Option<String> {
    match rows {
        0 => None,
        1 => Some(format!("1 row {which} is {fate}")),
        rows => Some(format!("{rows} rows {which} are {fate}")),
    }
}

/// "1 point", "2 points".
fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// The error for when no row is left.
fn empty(rows: usize, notes: &[String]) -> ChartError {
    let reason = match rows {
        0 => "the frame has no rows".to_owned(),
        _ => notes.join("; "),
    };
    ChartError::Empty { reason }
}
