//! Which rows, in which order.

use polars::prelude::{
    BooleanChunked, DataFrame, DataType, Expr, IntoLazy, NewChunkedArray, PlSmallStr,
    SortMultipleOptions,
};

use super::{explained, run};
use crate::{FrameError, FrameExt};

pub(crate) fn keep(frame: &DataFrame, condition: Expr) -> Result<DataFrame, FrameError> {
    let mut plan = frame.clone().lazy().select([condition.clone()]);
    let dtype = plan
        .collect_schema()
        .map_err(|cause| explained(cause, frame))?
        .get_at_index(0)
        .map(|(_, dtype)| dtype.clone());
    if let Some(dtype) = dtype.filter(|dtype| *dtype != DataType::Boolean) {
        return Err(FrameError::Invalid {
            message: format!("keep needs a condition, and {condition} is {dtype}"),
            hint: "compare it with something, as in col(\"x\").gt(lit(1))".to_owned(),
        });
    }
    run(frame.clone().lazy().filter(condition), frame)
}

pub(crate) fn order_by(frame: &DataFrame, columns: &[&str]) -> Result<DataFrame, FrameError> {
    let mut names = Vec::new();
    let mut descending = Vec::new();
    for asked in columns {
        let (name, down) = match asked.strip_prefix('-') {
            Some(name) if frame.column(asked).is_err() => (name, true),
            _ => (*asked, false),
        };
        frame.require(name)?;
        names.push(name);
        descending.push(down);
    }
    match names.as_slice() {
        [] => Ok(frame.clone()),
        [_] => {
            let options = SortMultipleOptions::default()
                .with_nulls_last(true)
                .with_maintain_order(true)
                .with_order_descending_multi(descending);
            Ok(frame.sort(names, options)?)
        }
        _ => by_several(frame, &names, descending),
    }
}

/// Sorts by several columns; equal rows keep their order, for the number of a row
/// is the last thing to sort by. As that is not asked to put nulls last, polars
/// compares values; if all columns are, it makes a text of each row first, which
/// takes half as long again.
fn by_several(
    frame: &DataFrame,
    names: &[&str],
    mut descending: Vec<bool>,
) -> Result<DataFrame, FrameError> {
    let mut number = PlSmallStr::from_static("row number");
    while frame.column(&number).is_ok() {
        number = format!("{number}_").into();
    }
    let numbered = frame.with_row_index(number.clone(), None)?;
    let keys = names.iter().copied().chain([number.as_str()]);
    descending.push(false);
    let last = names.iter().map(|_| true).chain([false]);
    let options = SortMultipleOptions::default()
        .with_nulls_last_multi(last)
        .with_order_descending_multi(descending);
    let mut sorted = numbered.sort(keys, options)?;
    sorted.drop_in_place(&number)?;
    Ok(sorted)
}

pub(crate) fn sample(frame: &DataFrame, n: usize, seed: u64) -> Result<DataFrame, FrameError> {
    let n = n.min(frame.height());
    Ok(frame.sample_n_literal(n, false, Some(true), Some(seed))?)
}

pub(crate) fn drop_missing(frame: &DataFrame, columns: &[&str]) -> Result<DataFrame, FrameError> {
    let all: Vec<&str> = frame.columns().iter().map(|c| c.name().as_str()).collect();
    let mut present: Option<BooleanChunked> = None;
    for name in if columns.is_empty() { &all } else { columns } {
        let column = frame.require(name)?;
        let mut there = column.is_not_null();
        if matches!(column.dtype(), DataType::Float64 | DataType::Float32) {
            // Null stands for "not NaN" here, it is out already.
            let number = column.as_materialized_series().is_not_nan()?;
            let number = BooleanChunked::from_iter_values(
                "".into(),
                number.iter().map(|number| number.unwrap_or(true)),
            );
            there = there & number;
        }
        present = Some(match present {
            Some(others) => others & there,
            None => there,
        });
    }
    match present {
        Some(mask) => Ok(frame.filter(&mask)?),
        None => Ok(frame.clone()),
    }
}
