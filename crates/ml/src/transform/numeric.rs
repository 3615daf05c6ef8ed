//! Learning from numeric columns one by one, with the checks that all of them need.

use ndarray::Array2;
use polars::prelude::DataFrame;

use crate::MlError;
use crate::columns::{self, Kind};

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
        let known: Vec<f64> = columns::numbers(frame, &name)?
            .into_iter()
            .flatten()
            .collect();
        if known.is_empty() {
            return Err(MlError::EmptyColumn {
                column: name,
                statistic,
            });
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
    let mut values = Array2::from_elem((frame.height(), names.len()), f64::NAN);
    let mut infinite = Vec::new();
    for (name, mut target) in names.iter().zip(values.columns_mut()) {
        for (slot, value) in target.iter_mut().zip(columns::numbers(frame, name)?) {
            *slot = value.unwrap_or(f64::NAN);
        }
        if target.iter().any(|value| value.is_infinite()) {
            infinite.push(name.clone());
        }
    }
    if infinite.is_empty() {
        Ok(values)
    } else {
        Err(MlError::InfiniteValues { columns: infinite })
    }
}

/// Columns as a matrix without gaps; gaps are refused by name.
pub(super) fn complete_matrix(frame: &DataFrame, names: &[String]) -> Result<Array2<f64>, MlError> {
    let values = matrix(frame, names)?;
    let gaps = |column: ndarray::ArrayView1<f64>| column.iter().filter(|v| v.is_nan()).count();
    let missing: Vec<(String, usize)> = names
        .iter()
        .zip(values.columns())
        .map(|(name, column)| (name.clone(), gaps(column)))
        .filter(|(_, count)| *count > 0)
        .collect();
    if missing.is_empty() {
        Ok(values)
    } else {
        Err(MlError::MissingValues { columns: missing })
    }
}

/// The numeric and boolean columns, of which there must be at least one.
pub(super) fn feature_names(frame: &DataFrame) -> Result<Vec<String>, MlError> {
    let names = columns::names_where(frame, Kind::is_feature);
    if names.is_empty() {
        return Err(MlError::NoFeatures {
            left_out: columns::names(frame),
        });
    }
    Ok(names)
}
