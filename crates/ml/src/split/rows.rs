//! Rows of a frame by their number, and what a split reads from its columns.

use std::collections::HashMap;

use polars::prelude::{DataFrame, IdxCa, IdxSize, SortOptions};

use crate::{MlError, columns};

/// The rows of these numbers, in this order.
pub(crate) fn take(frame: &DataFrame, rows: &[usize]) -> Result<DataFrame, MlError> {
    let rows: Vec<IdxSize> = rows.iter().map(|row| *row as IdxSize).collect();
    Ok(frame.take(&IdxCa::from_vec("rows".into(), rows))?)
}

/// For each row the position of its group among the sorted groups.
pub(crate) fn groups(frame: &DataFrame, column: &str) -> Result<Vec<usize>, MlError> {
    let series = columns::column(frame, column)?.as_materialized_series();
    let numeric = series.dtype().is_primitive_numeric();
    let texts = columns::texts(frame, column)?;
    let missing = texts.iter().filter(|text| text.is_none()).count();
    if missing > 0 {
        return Err(MlError::MissingLabels {
            name: column.to_owned(),
            count: missing,
        });
    }
    let texts: Vec<String> = texts.into_iter().flatten().collect();
    let names = crate::labels::distinct(&texts, numeric);
    let place: HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .map(|(place, name)| (name.as_str(), place))
        .collect();
    Ok(texts.iter().map(|text| place[text.as_str()]).collect())
}

/// The rows in the order of a column; rows of the same time keep their order.
pub(crate) fn in_time(frame: &DataFrame, column: &str) -> Result<Vec<usize>, MlError> {
    let column = columns::column(frame, column)?;
    let missing = column.null_count();
    if missing > 0 {
        return Err(MlError::MissingLabels {
            name: column.name().to_string(),
            count: missing,
        });
    }
    let order = column
        .as_materialized_series()
        .arg_sort(SortOptions::default().with_maintain_order(true));
    Ok(order.into_no_null_iter().map(|row| row as usize).collect())
}
