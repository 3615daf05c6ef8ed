//! Arrays and slices: shared with the frame where memory allows.

use std::borrow::Cow;

use ndarray::{Array1, Array2, ArrayView1, CowArray, Ix1, ShapeBuilder};
use polars::prelude::{Column, DataFrame, Float64Chunked, IntoColumn, NamedFrom, Series};

use super::to_f64;
use crate::{FrameError, FrameExt};

/// A column as a slice of numbers; null becomes NaN. A column of `f64` without
/// nulls that lies in one piece is lent, not copied.
///
/// ```
/// use ferrite_frame::convert;
/// use polars::prelude::*;
///
/// let frame = df!("x" => [1.0, 2.5], "n" => [1, 2])?;
/// assert!(matches!(convert::slice(&frame, "x")?, std::borrow::Cow::Borrowed([1.0, 2.5])));
/// assert_eq!(*convert::slice(&frame, "n")?, [1.0, 2.0]);
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When there is no such column, or it holds neither numbers nor booleans.
pub fn slice<'f>(frame: &'f DataFrame, name: &str) -> Result<Cow<'f, [f64]>, FrameError> {
    let column = frame.require(name)?;
    let lent = column
        .f64()
        .ok()
        .and_then(|floats| floats.cont_slice().ok());
    match lent {
        Some(values) => Ok(Cow::Borrowed(values)),
        None => Ok(Cow::Owned(to_f64(column)?)),
    }
}

/// A column as a vector of ndarray 0.16; lent where [`slice`] lends.
///
/// ```
/// use ferrite_frame::{convert, datasets};
///
/// let cars = datasets::cars()?;
/// assert_eq!(convert::array1(&cars, "mpg")?.len(), 398);
/// assert!(convert::array1(&cars, "mpg")?.is_view()); // nothing was copied
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// As for [`slice`].
pub fn array1<'f>(frame: &'f DataFrame, name: &str) -> Result<CowArray<'f, f64, Ix1>, FrameError> {
    Ok(match slice(frame, name)? {
        Cow::Borrowed(values) => CowArray::from(ArrayView1::from(values)),
        Cow::Owned(values) => CowArray::from(Array1::from_vec(values)),
    })
}

/// A vector as a column, without a copy if it lies in one piece.
///
/// ```
/// let column = ferrite_frame::convert::from_array1("x", ndarray::array![1.0, 2.5]);
/// assert_eq!(column.f64()?.get(1), Some(2.5));
/// # Ok::<(), polars::prelude::PolarsError>(())
/// ```
pub fn from_array1(name: &str, values: Array1<f64>) -> Column {
    Float64Chunked::from_vec(name.into(), in_order(values)).into_column()
}

fn in_order(values: Array1<f64>) -> Vec<f64> {
    if values.is_standard_layout() {
        let length = values.len();
        let (raw, offset) = values.into_raw_vec_and_offset();
        if offset.unwrap_or(0) == 0 && raw.len() == length {
            return raw;
        }
        return raw[offset.unwrap_or(0)..][..length].to_vec();
    }
    values.to_vec()
}

/// A matrix as a frame with these names. A matrix that lies column by column
/// (Fortran's order) is not copied: its columns share its memory.
///
/// ```
/// use ferrite_frame::convert::from_array2;
/// use ndarray::array;
///
/// let frame = from_array2(array![[1.0, 10.0], [2.0, 20.0]], &["x", "y"])?;
/// assert_eq!(frame.column("y")?.f64()?.get(1), Some(20.0));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When there are not as many names as columns, or a name twice.
pub fn from_array2(values: Array2<f64>, names: &[&str]) -> Result<DataFrame, FrameError> {
    let (height, width) = values.dim();
    if names.len() != width {
        return Err(FrameError::invalid(
            format!("{} names for {width} columns", names.len()),
            "each column needs a name",
        ));
    }
    let by_column = if values.t().is_standard_layout() {
        let (raw, offset) = values.into_raw_vec_and_offset();
        match offset.unwrap_or(0) {
            0 if raw.len() == height * width => raw,
            start => raw[start..][..height * width].to_vec(),
        }
    } else {
        values.t().iter().copied().collect()
    };
    let whole = Float64Chunked::from_vec("".into(), by_column);
    let columns = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let part = whole.slice((i * height) as i64, height);
            part.with_name((*name).into()).into_column()
        })
        .collect();
    Ok(DataFrame::new(height, columns)?)
}

/// Slices of numbers as a frame.
///
/// ```
/// let frame = ferrite_frame::convert::from_slices(&[("x", &[1.0, 2.0]), ("y", &[0.5, f64::NAN])])?;
/// assert_eq!(frame.shape(), (2, 2));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When they are not equally long, or a name is there twice.
pub fn from_slices(columns: &[(&str, &[f64])]) -> Result<DataFrame, FrameError> {
    let height = columns.first().map_or(0, |(_, values)| values.len());
    if let Some((name, values)) = columns.iter().find(|(_, values)| values.len() != height) {
        return Err(FrameError::invalid(
            format!(
                "{:?} has {height} values and {name:?} has {}",
                columns[0].0,
                values.len()
            ),
            "the columns of a frame are equally long",
        ));
    }
    let columns = columns
        .iter()
        .map(|(name, values)| Series::new((*name).into(), *values).into_column())
        .collect();
    Ok(DataFrame::new(height, columns)?)
}

/// A matrix of polars' ndarray (0.17, as `to_ndarray` gives it) as one of
/// linfa's (0.16), without a copy if it lies row by row or column by column.
///
/// ```
/// use ferrite_frame::convert::{from_ndarray_017, to_ndarray_017};
/// use ndarray::array;
///
/// let theirs = to_ndarray_017(array![[1, 2], [3, 4]]);
/// assert_eq!(theirs[[1, 0]], 3);
/// assert_eq!(from_ndarray_017(theirs), array![[1, 2], [3, 4]]);
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
pub fn from_ndarray_017<A: Clone>(array: ndarray_017::Array2<A>) -> Array2<A> {
    let dim = array.dim();
    let whole = array.len();
    let rows = array.is_standard_layout();
    let array = if rows || array.t().is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
    };
    let rows = rows || !array.t().is_standard_layout();
    let (raw, offset) = array.into_raw_vec_and_offset();
    let raw = cut(raw, offset, whole);
    let made = match rows {
        true => Array2::from_shape_vec(dim, raw),
        false => Array2::from_shape_vec(dim.f(), raw),
    };
    // The length is that of the array that it comes from.
    made.unwrap_or_else(|_| unreachable!("an array of {dim:?} has {whole} elements"))
}

/// A matrix of linfa's ndarray (0.16) as one of polars' (0.17); see
/// [`from_ndarray_017`].
pub fn to_ndarray_017<A: Clone>(array: Array2<A>) -> ndarray_017::Array2<A> {
    let dim = array.dim();
    let whole = array.len();
    let rows = array.is_standard_layout();
    let array = if rows || array.t().is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
    };
    let rows = rows || !array.t().is_standard_layout();
    let (raw, offset) = array.into_raw_vec_and_offset();
    let raw = cut(raw, offset, whole);
    let made = match rows {
        true => ndarray_017::Array2::from_shape_vec(dim, raw),
        false => ndarray_017::Array2::from_shape_vec(ndarray_017::ShapeBuilder::f(dim), raw),
    };
    made.unwrap_or_else(|_| unreachable!("an array of {dim:?} has {whole} elements"))
}

/// The part of an array's memory that it uses: all of it, unless it was sliced.
fn cut<A: Clone>(raw: Vec<A>, offset: Option<usize>, length: usize) -> Vec<A> {
    match offset.unwrap_or(0) {
        0 if raw.len() == length => raw,
        start => raw[start..][..length].to_vec(),
    }
}
