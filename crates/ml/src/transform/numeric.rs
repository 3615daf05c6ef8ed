//! Learning from numeric columns one by one, with the checks that all of them need.

use ndarray::Array2;
use polars::prelude::DataFrame;

use crate::MlError;
use crate::columns::{self, Kind};
use crate::table::{self, Table};

/// Learns something from the known values of each numeric column. Columns
/// without values and infinities are refused by name.
pub(super) fn learn<T>(
    frame: &DataFrame,
    statistic: &'static str,
    learn: impl Fn(Vec<f64>) -> Result<T, MlError>,
) -> Result<Vec<(String, T)>, MlError> {
    let mut learned = Vec::new();
    let mut infinite = Vec::new();
    for name in columns::names_where(frame, |kind| kind == Kind::Number) {
        ferrite_interrupt::checkpoint();
        let table = Table::of(frame, std::slice::from_ref(&name))?;
        let values = table.columns().iter().flat_map(|column| column.iter());
        let known: Vec<f64> = values.copied().filter(|value| !value.is_nan()).collect();
        if known.is_empty() {
            return Err(columns::without_values(frame, &name, statistic));
        }
        if known.iter().any(|value| value.is_infinite()) {
            infinite.push(name);
            continue;
        }
        let value = learn(known)?;
        learned.push((name, value));
    }
    if !infinite.is_empty() {
        return Err(MlError::InfiniteValues { columns: infinite });
    }
    Ok(learned)
}

/// Columns as a matrix, `NaN` where a value is missing. Infinities are refused.
pub(super) fn matrix(frame: &DataFrame, names: &[String]) -> Result<Array2<f64>, MlError> {
    let table = Table::of(frame, names)?;
    let is_infinite = |column: &[f64]| !table::all(column, |value| !value.is_infinite());
    let infinite: Vec<String> = names
        .iter()
        .zip(table.columns())
        .filter(|(_, column)| is_infinite(column))
        .map(|(name, _)| name.clone())
        .collect();
    if infinite.is_empty() {
        Ok(table.matrix())
    } else {
        Err(MlError::InfiniteValues { columns: infinite })
    }
}

/// Columns as a matrix without gaps; gaps are refused by name.
pub(super) fn complete_matrix(frame: &DataFrame, names: &[String]) -> Result<Array2<f64>, MlError> {
    Ok(Table::complete(frame, names)?.matrix())
}

/// The numeric and boolean columns, of which there must be at least one.
pub(crate) fn feature_names(frame: &DataFrame) -> Result<Vec<String>, MlError> {
    let names = columns::names_where(frame, Kind::is_feature);
    if names.is_empty() {
        return Err(MlError::NoFeatures {
            left_out: columns::names(frame),
        });
    }
    Ok(names)
}
