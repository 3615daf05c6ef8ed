//! Numbers become bins, categories become columns.

use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, IntoLazy, NamedFrom, PlHashMap, PlSmallStr, Series,
    col,
};

use super::shape::too_many;
use super::{MOST_SPREAD, run};
use crate::{FrameError, FrameExt, value};

/// polars' functions take labels; it makes its own without.
const NO_LABELS: Option<Vec<PlSmallStr>> = None;

pub(crate) fn cut(frame: &DataFrame, name: &str, breaks: &[f64]) -> Result<DataFrame, FrameError> {
    numeric(frame, name)?;
    let mut sorted = breaks.to_vec();
    sorted.sort_by(f64::total_cmp);
    if breaks.iter().any(|b| !b.is_finite()) || sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(FrameError::invalid(
            format!("breaks must be finite and all different, these are {breaks:?}"),
            "the lowest and the highest bin have no end by themselves",
        ));
    }
    let bins = col(name).cut(sorted, NO_LABELS, false, false);
    run(
        frame.clone().lazy().with_column(bins.alias(bin_name(name))),
        frame,
    )
}

pub(crate) fn qcut(frame: &DataFrame, name: &str, bins: usize) -> Result<DataFrame, FrameError> {
    numeric(frame, name)?;
    if bins == 0 {
        return Err(FrameError::invalid(
            "there cannot be 0 bins",
            "4 makes quartiles",
        ));
    }
    let bins = col(name).qcut_uniform(bins, NO_LABELS, false, true, false);
    run(
        frame.clone().lazy().with_column(bins.alias(bin_name(name))),
        frame,
    )
}

fn bin_name(name: &str) -> String {
    format!("{name}_bin")
}

/// The column, if it holds numbers.
pub(super) fn numeric<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f Column, FrameError> {
    let column = frame.require(name)?;
    match column.dtype() {
        dtype if dtype.is_numeric() || *dtype == DataType::Null => Ok(column),
        dtype => Err(FrameError::NotNumeric {
            column: name.to_owned(),
            dtype: dtype.to_string(),
        }),
    }
}

pub(crate) fn one_hot(frame: &DataFrame, names: &[&str]) -> Result<DataFrame, FrameError> {
    names
        .iter()
        .try_for_each(|name| frame.require(name).map(drop))?;
    let mut columns = Vec::new();
    for column in frame.columns() {
        if names.contains(&column.name().as_str()) {
            columns.extend(indicators(column)?);
        } else {
            columns.push(column.clone());
        }
    }
    Ok(DataFrame::new(frame.height(), columns)?)
}

/// A column of 0 and 1 for each value, sorted by value.
fn indicators(column: &Column) -> Result<Vec<Column>, FrameError> {
    let groups = column.clone().into_frame();
    let groups = groups.group_by_stable([column.name().as_str()])?;
    let keys = groups.keys();
    let found = groups.get_groups();
    let distinct = found.len();
    if distinct > MOST_SPREAD {
        return Err(too_many(column.name(), distinct));
    }
    let key = keys
        .first()
        .unwrap_or(column)
        .sort_with(Default::default())?;
    let place: PlHashMap<String, usize> = key
        .as_materialized_series()
        .rechunk()
        .iter()
        .filter(|any| !any.is_null())
        .enumerate()
        .map(|(i, any)| (value::exact(&any), i))
        .collect();
    let mut ones = vec![vec![0_u8; column.len()]; place.len()];
    let keys = keys
        .first()
        .unwrap_or(column)
        .as_materialized_series()
        .rechunk();
    for (any, group) in keys.iter().zip(found.iter()) {
        let Some(target) = place.get(&value::exact(&any)).filter(|_| !any.is_null()) else {
            continue;
        };
        let mut mark = |row: usize| ones[*target][row] = 1;
        match group {
            polars::prelude::GroupsIndicator::Idx((_, rows)) => {
                rows.iter().for_each(|row| mark(*row as usize));
            }
            polars::prelude::GroupsIndicator::Slice([first, count]) => {
                (first..first + count).for_each(|row| mark(row as usize));
            }
        }
    }
    let mut named: Vec<(usize, String)> = place.into_iter().map(|(v, i)| (i, v)).collect();
    named.sort();
    Ok(named
        .into_iter()
        .zip(ones)
        .map(|((_, value), ones)| {
            Series::new(format!("{}_{value}", column.name()).into(), ones).into_column()
        })
        .collect())
}
