//! Which columns, under which names, of which types.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, DataType, Expr, IntoLazy};

use super::{calendar, require_all, run};
use crate::{FrameError, FrameExt, value};

pub(crate) fn pick(frame: &DataFrame, columns: &[&str]) -> Result<DataFrame, FrameError> {
    let picked: Vec<Column> = columns
        .iter()
        .map(|name| frame.require(name).cloned())
        .collect::<Result<_, _>>()?;
    Ok(DataFrame::new(frame.height(), picked)?)
}

pub(crate) fn without(frame: &DataFrame, columns: &[&str]) -> Result<DataFrame, FrameError> {
    require_all(frame, columns)?;
    let kept: Vec<Column> = frame
        .columns()
        .iter()
        .filter(|column| !columns.contains(&column.name().as_str()))
        .cloned()
        .collect();
    Ok(DataFrame::new(frame.height(), kept)?)
}

pub(crate) fn rename(frame: &DataFrame, names: &[(&str, &str)]) -> Result<DataFrame, FrameError> {
    for (old, _) in names {
        frame.require(old)?;
    }
    let after = frame.columns().iter().map(|column| {
        let old = column.name().as_str();
        let new = names.iter().find(|(name, _)| *name == old);
        new.map_or(old, |(_, new)| *new)
    });
    let mut seen = BTreeSet::new();
    for name in after {
        if !seen.insert(name) {
            return Err(FrameError::Invalid {
                message: format!("two columns would be called {name:?}"),
                hint: "leave one of them out first (`without`), or choose another name".to_owned(),
            });
        }
    }
    let renamed: Vec<Column> = frame
        .columns()
        .iter()
        .map(|column| {
            let new = names.iter().find(|(old, _)| *old == column.name().as_str());
            match new {
                Some((_, new)) => column.clone().with_name((*new).into()),
                None => column.clone(),
            }
        })
        .collect();
    Ok(DataFrame::new(frame.height(), renamed)?)
}

pub(crate) fn cast(frame: &DataFrame, types: &[(&str, DataType)]) -> Result<DataFrame, FrameError> {
    let mut frame = frame.clone();
    for (name, dtype) in types {
        let column = frame.require(name)?;
        if !dtype.is_primitive_numeric() {
            // polars panics where it has to write them.
            calendar::within(column)?;
        }
        let cast = column.cast(dtype)?;
        if cast.null_count() > column.null_count() {
            return Err(cannot_cast(column, &cast, dtype));
        }
        frame.with_column(cast)?;
    }
    Ok(frame)
}

/// The error about the first value that was lost.
fn cannot_cast(column: &Column, cast: &Column, dtype: &DataType) -> FrameError {
    let (before, after) = (column.is_not_null(), cast.is_null());
    let row = (before & after).iter().position(|lost| lost == Some(true));
    let row = row.unwrap_or_default();
    FrameError::CannotCast {
        column: column.name().to_string(),
        row,
        value: column
            .get(row)
            .map_or_else(|_| String::new(), |v| value::exact(&v)),
        dtype: dtype.to_string(),
    }
}

pub(crate) fn assign(frame: &DataFrame, name: &str, value: Expr) -> Result<DataFrame, FrameError> {
    run(frame.clone().lazy().with_column(value.alias(name)), frame)
}
