//! Columns become the numbers and texts that models and charts take.
//!
//! polars stores a column in one of many types and in several pieces;
//! everything above this crate works with `f64` and `String`, so that a
//! model is compiled once and not again for every type of column.
//!
//! | from | to | by | copies |
//! |---|---|---|---|
//! | column | `&[f64]` | [`slice`] | not if it holds `f64` without nulls in one piece |
//! | column | ndarray 0.16 vector | [`array1`] | as [`slice`] |
//! | columns | ndarray 0.16 matrix | [`matrix`], [`matrix_by_column`] | yes |
//! | ndarray 0.16 | frame | [`from_array1`], [`from_array2`] | not if it lies column by column |
//! | slices | frame | [`from_slices`] | yes |
//! | structs | frame | [`from_rows`] | yes |
//! | ndarray 0.17 (polars') | ndarray 0.16 (linfa's) and back | [`from_ndarray_017`], [`to_ndarray_017`] | no |

mod arrays;
mod rows;

use ndarray::{Array2, ShapeBuilder};
use polars::prelude::{AnyValue, Column, DataFrame, DataType, Series};

use crate::{FrameError, FrameExt, value};

pub use arrays::{
    array1, from_array1, from_array2, from_ndarray_017, from_slices, slice, to_ndarray_017,
};
pub use rows::from_rows;
pub(crate) use rows::{Captured, capture, frame as captured_frame};

/// So many numbers are worth threads.
const LARGE: usize = 1 << 20;

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

/// A column as numbers in one piece; null becomes NaN.
///
/// # Errors
/// When it holds neither numbers nor booleans.
pub fn to_f64(column: &Column) -> Result<Vec<f64>, FrameError> {
    let mut values = vec![0.0; column.len()];
    fill(column, &mut values)?;
    Ok(values)
}

/// Columns as a matrix: one row for each row of the frame, one column for
/// each name, in the order of the names; null becomes NaN. It lies row by row
/// in memory, as most models of linfa read it.
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
    let width = names.len();
    let mut values = vec![0.0; frame.height() * width];
    let columns: Vec<Series> = names
        .iter()
        .map(|name| {
            Ok(floats(frame.require(name)?)?
                .take_materialized_series()
                .rechunk())
        })
        .collect::<Result<_, FrameError>>()?;
    let pieces = columns
        .iter()
        .map(|column| Ok(column.f64()?.downcast_as_array()))
        .collect::<Result<Vec<_>, FrameError>>()?;
    // Some rows at a time, so that what is written stays in the cache.
    const ROWS: usize = 256;
    let block = |rows: &mut [f64], start: usize| {
        for (i, piece) in pieces.iter().enumerate() {
            let from = &piece.values().as_slice()[start..];
            for (row, value) in rows.chunks_exact_mut(width).zip(from) {
                row[i] = *value;
            }
            let Some(there) = piece.validity() else {
                continue;
            };
            for (at, row) in rows.chunks_exact_mut(width).enumerate() {
                if !there.get_bit(start + at) {
                    row[i] = f64::NAN;
                }
            }
        }
    };
    // New memory is slow when it is touched first: large matrices are worth threads.
    let threads = match values.len() {
        0..LARGE => 1,
        _ => std::thread::available_parallelism().map_or(1, |cores| cores.get().min(8)),
    };
    let each = frame.height().div_ceil(threads * ROWS).max(1) * ROWS;
    let transpose = |part: &mut [f64], first: usize| {
        let blocks = part.chunks_mut((ROWS * width).max(1)).enumerate();
        blocks.for_each(|(number, rows)| block(rows, first + number * ROWS));
    };
    let parts = values.chunks_mut((each * width).max(1)).enumerate();
    if threads == 1 {
        parts.for_each(|(number, part)| transpose(part, number * each));
    } else {
        let transpose = &transpose;
        std::thread::scope(|scope| {
            for (number, part) in parts {
                scope.spawn(move || transpose(part, number * each));
            }
        });
    }
    shaped((frame.height(), width).into(), values)
}

/// Columns as a matrix that lies column by column in memory (Fortran's order),
/// as polars has them: the cheaper form where the order does not matter.
///
/// # Errors
/// As for [`matrix`].
pub fn matrix_by_column(frame: &DataFrame, names: &[&str]) -> Result<Array2<f64>, FrameError> {
    let height = frame.height();
    let mut values = vec![0.0; height * names.len()];
    for (i, name) in names.iter().enumerate() {
        fill(
            frame.require(name)?,
            &mut values[i * height..(i + 1) * height],
        )?;
    }
    shaped((height, names.len()).f().into(), values)
}

/// A matrix of values that have exactly its size.
fn shaped(
    shape: ndarray::StrideShape<ndarray::Ix2>,
    values: Vec<f64>,
) -> Result<Array2<f64>, FrameError> {
    Array2::from_shape_vec(shape, values)
        .map_err(|cause| FrameError::invalid(cause.to_string(), "this is a mistake in ferrite"))
}

/// Writes a column into memory that is already there; null becomes NaN.
fn fill(column: &Column, target: &mut [f64]) -> Result<(), FrameError> {
    let column = floats(column)?;
    let mut at = 0;
    for piece in column.f64()?.downcast_iter() {
        let values = piece.values().as_slice();
        let place = &mut target[at..at + values.len()];
        place.copy_from_slice(values);
        if let Some(there) = piece.validity() {
            for (value, there) in place.iter_mut().zip(there.iter()) {
                if !there {
                    *value = f64::NAN;
                }
            }
        }
        at += values.len();
    }
    Ok(())
}

/// One value as text, with all its digits; dates in ISO notation, null as
/// `null`.
pub fn text_of(value: &AnyValue) -> String {
    value::exact(value)
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
