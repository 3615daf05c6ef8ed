//! Groups and how many there are of each.

use polars::prelude::{
    Column, DataFrame, Expr, IntoColumn, IntoLazy, NamedFrom, Series, SortMultipleOptions,
};

use super::{exactly, explained, require_all, run};
use crate::{FrameError, FrameExt};

pub(crate) fn aggregate(
    frame: &DataFrame,
    by: &[&str],
    values: &[Expr],
) -> Result<DataFrame, FrameError> {
    require_all(frame, by)?;
    let plan = frame.clone().lazy();
    if by.is_empty() {
        return run(plan.select(values), frame);
    }
    let grouped = plan
        .group_by_stable(exactly(by))
        .agg(values)
        .collect()
        .map_err(|cause| explained(cause, frame))?;
    let sorted = SortMultipleOptions::default()
        .with_nulls_last(true)
        .with_maintain_order(true);
    // What cannot be sorted (lists) stays in the order in which it occurs.
    Ok(grouped.sort(by.iter().copied(), sorted).unwrap_or(grouped))
}

pub(crate) fn value_counts(frame: &DataFrame, name: &str) -> Result<DataFrame, FrameError> {
    let column = frame.require(name)?.clone();
    // The name of the column, unless the table has one of that name already.
    let title = match name {
        "n" | "share" => "value",
        name => name,
    };
    let single = column.with_name(title.into()).into_frame();
    let groups = single.group_by_stable([title])?;
    let mut columns: Vec<Column> = groups.keys();
    let counts = groups.get_groups().group_count();
    let rows = frame.height().max(1) as f64;
    let shares: Vec<Option<f64>> = counts.iter().map(|n| n.map(|n| n as f64 / rows)).collect();
    columns.push(counts.with_name("n".into()).into_column());
    columns.push(Series::new("share".into(), shares).into_column());
    let by_frequency = SortMultipleOptions::default()
        .with_order_descending(true)
        .with_maintain_order(true);
    Ok(DataFrame::new_infer_height(columns)?.sort(["n"], by_frequency)?)
}
