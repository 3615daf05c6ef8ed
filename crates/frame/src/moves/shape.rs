//! Frames put beside each other, turned on their side and back.

use std::sync::Arc;

use polars::frame::PivotColumnNaming;
use polars::prelude::{
    DataFrame, IntoLazy, JoinArgs, JoinCoalesce, JoinType, MaintainOrderJoin, SortMultipleOptions,
    UniqueKeepStrategy, UnpivotArgsDSL, by_name, col, element,
};

use super::{MOST_SPREAD, aggregated, calendar, columns, exactly, explained, require_all, run};
use crate::{FrameError, FrameExt};

const JOINS: [&str; 7] = ["inner", "left", "right", "full", "semi", "anti", "cross"];

pub(crate) fn merge(
    frame: &DataFrame,
    other: &DataFrame,
    on: &[&str],
    how: &str,
) -> Result<DataFrame, FrameError> {
    let (kind, order) = match how {
        "inner" => (JoinType::Inner, MaintainOrderJoin::LeftRight),
        "left" => (JoinType::Left, MaintainOrderJoin::LeftRight),
        "right" => (JoinType::Right, MaintainOrderJoin::RightLeft),
        "full" | "outer" => (JoinType::Full, MaintainOrderJoin::LeftRight),
        "semi" => (JoinType::Semi, MaintainOrderJoin::Left),
        "anti" => (JoinType::Anti, MaintainOrderJoin::Left),
        "cross" => {
            return run(
                frame.clone().lazy().cross_join(other.clone().lazy(), None),
                frame,
            );
        }
        unknown => return Err(FrameError::unknown("way to join", unknown, "", JOINS)),
    };
    if on.is_empty() {
        return Err(FrameError::invalid(
            "there is no column to join on",
            "name those that have to agree, or use \"cross\" to join all rows with all",
        ));
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for name in on {
        let (ours, theirs) = match name.split_once('=') {
            Some((ours, theirs)) if frame.column(name).is_err() => (ours.trim(), theirs.trim()),
            _ => (*name, *name),
        };
        let (a, b) = (frame.require(ours)?, other.require(theirs)?);
        if a.dtype() != b.dtype() && !(a.dtype().is_numeric() && b.dtype().is_numeric()) {
            return Err(FrameError::invalid(
                format!(
                    "cannot join on {ours:?}: it is {} here and {} in the other frame",
                    a.dtype(),
                    b.dtype()
                ),
                "make them one type with cast_columns",
            ));
        }
        left.push(ours);
        right.push(theirs);
    }
    let args = JoinArgs {
        coalesce: JoinCoalesce::CoalesceColumns,
        maintain_order: order,
        ..JoinArgs::new(kind)
    };
    let joined =
        frame
            .clone()
            .lazy()
            .join(other.clone().lazy(), exactly(&left), exactly(&right), args);
    let joined = joined.collect()?;
    if how != "right" {
        return Ok(joined);
    }
    // Ours first here as well; polars puts them after the other frame's keys.
    let names = joined.get_column_names_owned();
    let ours = frame.columns().iter().map(|column| column.name());
    let first: Vec<_> = ours.filter(|name| names.contains(*name)).cloned().collect();
    let rest = names.iter().filter(|name| !first.contains(name)).cloned();
    let order: Vec<_> = first.iter().cloned().chain(rest).collect();
    Ok(joined.select(order)?)
}

pub(crate) fn pivot_table(
    frame: &DataFrame,
    index: &[&str],
    columns: &str,
    values: &str,
    how: &str,
) -> Result<DataFrame, FrameError> {
    require_all(frame, index)?;
    frame.require(values)?;
    let spread = frame.require(columns)?;
    // Its values become names.
    calendar::within(spread)?;
    let spread = spread.clone().into_frame();
    if index.is_empty() {
        return Err(FrameError::invalid(
            "a pivot table needs a column for its rows",
            format!("for one row only use aggregate(&[{columns:?}], …)"),
        ));
    }
    let spread = spread.unique_stable(None, UniqueKeepStrategy::First, None)?;
    if spread.height() > MOST_SPREAD {
        return Err(too_many(columns, spread.height()));
    }
    let sorted = SortMultipleOptions::default()
        .with_nulls_last(true)
        .with_maintain_order(true);
    let spread = spread.sort([columns], sorted.clone())?;
    let plan = frame.clone().lazy().pivot(
        by_name([columns], true, false),
        Arc::new(spread),
        by_name(index.iter().copied(), true, false),
        by_name([values], true, false),
        aggregated(element(), how)?,
        true,
        "_".into(),
        PivotColumnNaming::Auto,
    );
    let table = plan.collect().map_err(|cause| explained(cause, frame))?;
    Ok(table.sort(index.iter().copied(), sorted)?)
}

/// The error for a column whose values would become too many columns.
pub(super) fn too_many(column: &str, values: usize) -> FrameError {
    FrameError::invalid(
        format!(
            "column {column:?} has {values} different values, each of which would become a column"
        ),
        format!(
            "at most {MOST_SPREAD} are made; put rare ones together first, \
             .value_counts({column:?})? shows them"
        ),
    )
}

pub(crate) fn melt(frame: &DataFrame, keep: &[&str]) -> Result<DataFrame, FrameError> {
    require_all(frame, keep)?;
    // polars would not return these errors, it would panic.
    let others = columns::without(frame, keep)?;
    match others.get_supertype() {
        Some(Err(cause)) => {
            return Err(FrameError::invalid(
                format!("the values of the other columns do not go into one: {cause}"),
                "keep more columns, or give the others one type with cast_columns",
            ));
        }
        Some(Ok(dtype)) if dtype.is_string() => {
            others.columns().iter().try_for_each(calendar::within)?;
        }
        _ => {}
    }
    let plan = frame.clone().lazy().unpivot(UnpivotArgsDSL {
        on: None,
        index: by_name(keep.iter().copied(), true, false),
        variable_name: None,
        value_name: None,
    });
    // `col` keeps what polars calls them, in this order whatever it does.
    let order: Vec<_> = keep
        .iter()
        .chain(&["variable", "value"])
        .map(|n| col(*n))
        .collect();
    run(plan.select(order), frame)
}
