//! Types of Arrow that polars has no column for as it is built here.
//!
//! Parquet and Arrow files may hold decimals, lists of a fixed size, time zones
//! that are unknown, and more; where polars meets one of them it panics. So the
//! types of a file are looked at before polars reads it. What has a near
//! relative becomes that one, for a price of one pass over the column: decimals
//! become `f64`, rounded once, and lists of a fixed size lists. The rest is an
//! error that names the column.

use polars::prelude::{
    ArrowDataType, ArrowField, ArrowSchema, Column, DataType, IntoColumn, PolarsResult, Series,
    TimeZone,
};
use polars_arrow::array::{
    Array, FixedSizeListArray, ListArray, MapArray, PrimitiveArray, StructArray,
};
use polars_arrow::datatypes::IntervalUnit;
use polars_arrow::offset::{Offset, Offsets};
use polars_arrow::types::i256;

use crate::FrameError;

/// The kind of a file; polars' reader of Arrow files panics on decimals of 256
/// bits itself.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Container {
    Parquet,
    Ipc,
}

/// What is done about a column.
#[derive(Debug, PartialEq)]
enum Fit {
    /// polars reads it.
    Known,
    /// It is read as this type, then [`converted`] to one that polars knows.
    Convertible,
    /// Nothing: the type, in Arrow's words.
    Unknown(String),
}

/// The columns that have to be [`converted`].
///
/// # Errors
/// When there is one of which nothing can be made.
pub(super) fn convertible<'s>(
    path: &str,
    schema: &'s ArrowSchema,
    container: Container,
) -> Result<Vec<&'s ArrowField>, FrameError> {
    let mut found = Vec::new();
    for field in schema.iter_values() {
        match fit(field.dtype(), container) {
            Fit::Known => {}
            Fit::Convertible => found.push(field),
            Fit::Unknown(dtype) => {
                return Err(FrameError::UnsupportedType {
                    path: path.to_owned(),
                    column: field.name.to_string(),
                    dtype,
                });
            }
        }
    }
    Ok(found)
}

/// A column of the arrays that were read for this field.
pub(super) fn column(field: &ArrowField, arrays: Vec<Box<dyn Array>>) -> PolarsResult<Column> {
    let mut simple = field.clone();
    simple.dtype = converted_type(field.dtype());
    if arrays.is_empty() {
        let dtype = DataType::from_arrow_field(&simple);
        return Ok(Series::new_empty(field.name.clone(), &dtype).into_column());
    }
    let arrays = arrays.iter().map(|array| converted(array.as_ref()));
    let arrays = arrays.collect::<PolarsResult<Vec<_>>>()?;
    Ok(Series::try_from((&simple, arrays))?.into_column())
}

fn fit(dtype: &ArrowDataType, container: Container) -> Fit {
    use ArrowDataType as A;
    match dtype {
        A::Null | A::Boolean | A::Float32 | A::Float64 => Fit::Known,
        A::Int8 | A::Int16 | A::Int32 | A::Int64 => Fit::Known,
        A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => Fit::Known,
        A::Date32 | A::Date64 | A::Time32(_) | A::Time64(_) | A::Duration(_) => Fit::Known,
        A::Utf8 | A::LargeUtf8 | A::Utf8View => Fit::Known,
        A::Binary | A::LargeBinary | A::BinaryView | A::FixedSizeBinary(_) => Fit::Known,
        A::Timestamp(_, zone) => match TimeZone::opt_try_new(zone.clone()) {
            Ok(_) => Fit::Known,
            Err(_) => Fit::Convertible,
        },
        A::Decimal256(..) if container == Container::Ipc => Fit::Unknown(told(dtype)),
        A::Decimal(..) | A::Decimal32(..) | A::Decimal64(..) | A::Decimal256(..) => {
            Fit::Convertible
        }
        A::FixedSizeList(inner, _) => match fit(inner.dtype(), container) {
            Fit::Known => Fit::Convertible,
            other => other,
        },
        A::List(inner) | A::LargeList(inner) | A::Map(inner, _) => fit(inner.dtype(), container),
        A::Struct(fields) => {
            let mut whole = Fit::Known;
            for field in fields {
                match fit(field.dtype(), container) {
                    Fit::Known => {}
                    Fit::Convertible => whole = Fit::Convertible,
                    unknown => return unknown,
                }
            }
            whole
        }
        // Dictionaries are read with their values; those are not converted.
        A::Dictionary(_, values, _) => match fit(values, container) {
            Fit::Known => Fit::Known,
            _ => Fit::Unknown(told(dtype)),
        },
        _ => Fit::Unknown(told(dtype)),
    }
}

/// A type in Arrow's words, without the fields that it may have.
fn told(dtype: &ArrowDataType) -> String {
    match dtype {
        ArrowDataType::Interval(IntervalUnit::YearMonth) => "interval of months".to_owned(),
        ArrowDataType::Interval(_) => "interval of months, days and time".to_owned(),
        ArrowDataType::Extension(about) => format!("extension {:?}", about.name.as_str()),
        ArrowDataType::Dictionary(_, values, _) => format!("dictionary of {}", told(values)),
        other => {
            let words = format!("{other:?}");
            words.split('(').next().unwrap_or(&words).to_lowercase()
        }
    }
}

/// The type that takes the place of one.
fn converted_type(dtype: &ArrowDataType) -> ArrowDataType {
    use ArrowDataType as A;
    let inside = |field: &ArrowField| {
        let mut simple = field.clone();
        simple.dtype = converted_type(field.dtype());
        simple
    };
    match dtype {
        A::Decimal(..) | A::Decimal32(..) | A::Decimal64(..) | A::Decimal256(..) => A::Float64,
        A::Timestamp(unit, zone) if TimeZone::opt_try_new(zone.clone()).is_err() => {
            A::Timestamp(*unit, Some("UTC".into()))
        }
        A::FixedSizeList(field, _) | A::LargeList(field) => A::LargeList(Box::new(inside(field))),
        A::List(field) => A::List(Box::new(inside(field))),
        A::Map(field, sorted) => A::Map(Box::new(inside(field)), *sorted),
        A::Struct(fields) => A::Struct(fields.iter().map(inside).collect()),
        other => other.clone(),
    }
}

/// The array as one of its [`converted_type`].
fn converted(array: &dyn Array) -> PolarsResult<Box<dyn Array>> {
    use ArrowDataType as A;
    let whole = || array.to_boxed();
    let any = array.as_any();
    let dtype = array.dtype();
    let simple = converted_type(dtype);
    if simple == *dtype {
        return Ok(whole());
    }
    let validity = array.validity().cloned();
    Ok(match dtype {
        A::Decimal(_, scale)
        | A::Decimal32(_, scale)
        | A::Decimal64(_, scale)
        | A::Decimal256(_, scale) => decimals(array, *scale),
        A::Timestamp(..) => match any.downcast_ref::<PrimitiveArray<i64>>() {
            Some(ticks) => Box::new(ticks.clone().to(simple)),
            None => whole(),
        },
        A::FixedSizeList(..) => match any.downcast_ref::<FixedSizeListArray>() {
            Some(lists) => {
                let values = converted(lists.values().as_ref())?;
                let lengths = std::iter::repeat_n(lists.size(), lists.len());
                let offsets = Offsets::<i64>::try_from_lengths(lengths)?;
                Box::new(ListArray::try_new(
                    simple,
                    offsets.into(),
                    values,
                    validity,
                )?)
            }
            None => whole(),
        },
        A::List(_) => lists::<i32>(array, simple)?,
        A::LargeList(_) => lists::<i64>(array, simple)?,
        A::Map(..) => match any.downcast_ref::<MapArray>() {
            Some(map) => {
                let entries = converted(map.field().as_ref())?;
                let offsets = map.offsets().clone();
                Box::new(MapArray::try_new(simple, offsets, entries, validity)?)
            }
            None => whole(),
        },
        A::Struct(_) => match any.downcast_ref::<StructArray>() {
            Some(parts) => {
                let values = parts.values().iter().map(|part| converted(part.as_ref()));
                let values = values.collect::<PolarsResult<Vec<_>>>()?;
                Box::new(StructArray::try_new(simple, array.len(), values, validity)?)
            }
            None => whole(),
        },
        _ => whole(),
    })
}

fn lists<O: Offset>(array: &dyn Array, dtype: ArrowDataType) -> PolarsResult<Box<dyn Array>> {
    let Some(lists) = array.as_any().downcast_ref::<ListArray<O>>() else {
        return Ok(array.to_boxed());
    };
    let values = converted(lists.values().as_ref())?;
    let (offsets, validity) = (lists.offsets().clone(), lists.validity().cloned());
    Ok(Box::new(ListArray::try_new(
        dtype, offsets, values, validity,
    )?))
}

/// Decimals of any width as floats.
fn decimals(array: &dyn Array, scale: usize) -> Box<dyn Array> {
    let any = array.as_any();
    let floats = |values: &mut dyn Iterator<Item = Option<f64>>| -> Box<dyn Array> {
        Box::new(values.collect::<PrimitiveArray<f64>>())
    };
    if let Some(wide) = any.downcast_ref::<PrimitiveArray<i128>>() {
        floats(&mut wide.iter().map(|n| Some(float(*n?, scale))))
    } else if let Some(half) = any.downcast_ref::<PrimitiveArray<i64>>() {
        floats(&mut half.iter().map(|n| Some(float((*n?).into(), scale))))
    } else if let Some(small) = any.downcast_ref::<PrimitiveArray<i32>>() {
        floats(&mut small.iter().map(|n| Some(float((*n?).into(), scale))))
    } else if let Some(widest) = any.downcast_ref::<PrimitiveArray<i256>>() {
        floats(&mut widest.iter().map(|n| parsed(&n?.to_string(), scale)))
    } else {
        array.to_boxed()
    }
}

/// Whole numbers up to here, and powers of ten up to this one, are floats
/// without a loss, so that their quotient is rounded once.
const EXACT: u128 = 1 << 53;
const EXACT_SCALE: usize = 22;

/// The nearest float of `digits` / 10^`scale`.
fn float(digits: i128, scale: usize) -> f64 {
    if digits.unsigned_abs() <= EXACT && scale <= EXACT_SCALE {
        digits as f64 / 10_f64.powi(scale as i32)
    } else {
        parsed(&digits.to_string(), scale).unwrap_or(f64::NAN)
    }
}

fn parsed(digits: &str, scale: usize) -> Option<f64> {
    format!("{digits}e-{scale}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_once() {
        assert_eq!(float(1, 1), 0.1);
        assert_eq!(float(-12_345, 3), -12.345);
        assert_eq!(float(0, 38), 0.0);
        let long = 123_456_789_012_345_678_901_234_567_890_i128;
        assert_eq!(float(long, 10), 12_345_678_901_234_567_890.123_456_789);
        assert_eq!(float(i128::MAX, 0), i128::MAX as f64);
    }

    #[test]
    fn types_inside_of_types_are_seen() {
        use ArrowDataType as A;
        let fit = |dtype: &A| fit(dtype, Container::Ipc);
        let field = |dtype: A| Box::new(ArrowField::new("item".into(), dtype, true));
        assert_eq!(fit(&A::List(field(A::Int64))), Fit::Known);
        assert_eq!(fit(&A::List(field(A::Decimal(9, 2)))), Fit::Convertible);
        assert_eq!(fit(&A::FixedSizeList(field(A::Int8), 3)), Fit::Convertible);
        let months = A::Interval(IntervalUnit::YearMonth);
        let both = A::Struct(vec![*field(A::Decimal(9, 2)), *field(months)]);
        let unknown = Fit::Unknown("interval of months".to_owned());
        assert_eq!(fit(&both), unknown);
        let wide = Fit::Unknown("decimal256".to_owned());
        assert_eq!(fit(&A::List(field(A::Decimal256(60, 3)))), wide);
        assert_eq!(fit(&A::Int128), Fit::Unknown("int128".to_owned()));
    }
}
