//! Columns become the numbers and texts that models and charts take.
//!
//! polars stores a column in one of many types and in several pieces;
//! everything above this crate works with `f64` and `String`, so that a
//! model is compiled once and not again for every type of column.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame, DataType};

use crate::{FrameError, FrameExt, value};

/// Whether a column of this type holds numbers: integers, floats, decimals.
/// Booleans, dates and durations are not numbers.
///
/// ```
/// use ferrite_frame::convert::is_numeric;
/// use polars::prelude::DataType;
///
/// assert!(is_numeric(&DataType::UInt8));
/// assert!(!is_numeric(&DataType::Boolean));
/// ```
pub fn is_numeric(dtype: &DataType) -> bool {
    dtype.is_numeric()
}

/// A column as numbers; null stays `None`, `true` is 1 and `false` 0.
/// A column with nothing but untyped nulls counts as numeric.
///
/// ```
/// use ferrite_frame::convert::column_f64;
/// use polars::prelude::*;
///
/// let frame = df!("n" => [Some(1i64), None])?;
/// assert_eq!(column_f64(&frame, "n")?, [Some(1.0), None]);
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When there is no such column, or it holds neither numbers nor booleans.
pub fn column_f64(frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>, FrameError> {
    let column = floats(frame.require(name)?)?;
    Ok(column.f64()?.iter().collect())
}

/// Columns as a matrix: one row for each row of the frame, one column for
/// each name, in the order of the names; null becomes NaN.
///
/// ```
/// use ferrite_frame::{convert, datasets};
///
/// let penguins = datasets::penguins()?;
/// let sizes = convert::matrix(&penguins, &["bill_length_mm", "body_mass_g"])?;
/// assert_eq!(sizes.dim(), (344, 2));
/// assert_eq!(sizes[[0, 1]], 3750.0);
/// assert!(sizes[[3, 1]].is_nan());
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// As for [`column_f64`], for the first column that fails.
pub fn matrix(frame: &DataFrame, names: &[&str]) -> Result<Array2<f64>, FrameError> {
    let mut matrix = Array2::from_elem((frame.height(), names.len()), f64::NAN);
    for (name, mut target) in names.iter().zip(matrix.columns_mut()) {
        let column = floats(frame.require(name)?)?;
        for (cell, number) in target.iter_mut().zip(column.f64()?.iter()) {
            *cell = number.unwrap_or(f64::NAN);
        }
    }
    Ok(matrix)
}

/// A column of any type as text; null stays `None`. Categories give their
/// labels, dates ISO notation, numbers all their digits.
///
/// ```
/// use ferrite_frame::convert::column_strings;
/// use polars::prelude::*;
///
/// let frame = df!("grade" => [Some(1.5), None])?;
/// assert_eq!(column_strings(&frame, "grade")?, [Some("1.5".to_owned()), None]);
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When there is no such column.
pub fn column_strings(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>, FrameError> {
    let series = frame.require(name)?.as_materialized_series();
    Ok(series
        .rechunk()
        .iter()
        .map(|value| (!value.is_null()).then(|| value::exact(&value)))
        .collect())
}

/// The column as floats, if it holds numbers or booleans.
fn floats(column: &Column) -> Result<Column, FrameError> {
    let dtype = column.dtype();
    if is_numeric(dtype) || dtype.is_bool() || dtype.is_null() {
        Ok(column.cast(&DataType::Float64)?)
    } else {
        Err(FrameError::NotNumeric {
            column: column.name().to_string(),
            dtype: dtype.to_string(),
        })
    }
}
