//! Dates that a calendar can say.
//!
//! A date is a number of days, a moment one of milliseconds or the like, and
//! either may lie so far away that the calendar behind polars has no year for
//! it. polars panics when it computes with one or writes it, so it is looked
//! for first.

use polars::prelude::{Column, DataType, PolarsResult, TimeUnit};

use crate::FrameError;
use crate::value::CALENDAR_DAYS;

const DAY_SECONDS: i64 = 86_400;

/// All dates and moments of a column, in lists and structs too, are within some
/// 240,000 years of today.
pub(crate) fn within(column: &Column) -> Result<(), FrameError> {
    match first_beyond(column)? {
        None => Ok(()),
        Some(_) => Err(FrameError::invalid(
            format!(
                "column {:?} has dates that no calendar knows, more than 240,000 years away",
                column.name().as_str()
            ),
            "numbers in another unit? keep(…) leaves such rows out, and \
             cast_columns(&[(…, DataType::Int64)]) shows the numbers",
        )),
    }
}

/// The place of a date beyond the calendar.
fn first_beyond(column: &Column) -> PolarsResult<Option<usize>> {
    let limit = match column.dtype() {
        DataType::Date => CALENDAR_DAYS,
        DataType::Datetime(TimeUnit::Milliseconds, _) => CALENDAR_DAYS * DAY_SECONDS * 1_000,
        DataType::Datetime(TimeUnit::Microseconds, _) => CALENDAR_DAYS * DAY_SECONDS * 1_000_000,
        DataType::List(_) => {
            let inside = column.list()?.get_inner();
            return first_beyond(&inside.into());
        }
        DataType::Struct(_) => {
            for field in column.struct_()?.fields_as_series() {
                if let Some(place) = first_beyond(&field.into())? {
                    return Ok(Some(place));
                }
            }
            return Ok(None);
        }
        _ => return Ok(None),
    };
    let numbers = column.to_physical_repr().cast(&DataType::Int64)?;
    let far = |number: i64| number.unsigned_abs() > limit.unsigned_abs();
    Ok(numbers
        .i64()?
        .iter()
        .position(|number| number.is_some_and(far)))
}
