//! How many rows were there before.
//!
//! Grouping by all columns would find out, and take longer than everything
//! else together. Instead every row gets a number of 64 bits that its values
//! determine, and rows with the same number are taken for the same.

use std::hash::BuildHasher;

use polars::polars_utils::aliases::PlFixedStateQuality;
use polars::prelude::{Column, DataFrame, DataType, PolarsResult};

use crate::parallel;

/// Rows that one thread hashes at a time.
const BLOCK: usize = 1 << 16;
/// What a null counts as, and what a text begins with.
const NULL: u64 = 0x9e37_79b9_7f4a_7c15;

/// How many rows are the same as an earlier one; `None` if a column has a type
/// that cannot be compared.
pub(crate) fn count(frame: &DataFrame) -> Option<usize> {
    if frame.width() == 0 || frame.height() == 0 {
        return Some(0);
    }
    let starts: Vec<usize> = (0..frame.height()).step_by(BLOCK).collect();
    let blocks = parallel::map(&starts, |start| hashes(&frame.slice(*start as i64, BLOCK)));
    let blocks: Option<Vec<Vec<u64>>> = blocks.into_iter().collect();
    let mut all = blocks?.concat();
    all.sort_unstable();
    all.dedup();
    Some(frame.height() - all.len())
}

fn hashes(frame: &DataFrame) -> Option<Vec<u64>> {
    let mut hashes = vec![0; frame.height()];
    for column in frame.columns() {
        add(column, &mut hashes).ok().flatten()?;
    }
    Some(hashes)
}

/// Adds the values of a column to the numbers of its rows.
fn add(column: &Column, hashes: &mut [u64]) -> PolarsResult<Option<()>> {
    let each = |hashes: &mut [u64], bits: &mut dyn Iterator<Item = Option<u64>>| {
        for (hash, bits) in hashes.iter_mut().zip(bits) {
            // A null is no value, so it takes another way through the mixer.
            *hash = match bits {
                Some(bits) => mixed(*hash ^ bits),
                None => mixed(hash.rotate_left(17) ^ NULL),
            };
        }
    };
    match column.dtype() {
        DataType::Null => {}
        DataType::Boolean => each(hashes, &mut column.bool()?.iter().map(|v| v.map(u64::from))),
        DataType::Float32 | DataType::Float64 => {
            let wide = column.cast(&DataType::Float64)?;
            each(hashes, &mut wide.f64()?.iter().map(|v| v.map(float_bits)));
        }
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => {
            let hasher = PlFixedStateQuality::default();
            let text = column.cast(&DataType::String)?;
            each(
                hashes,
                &mut text.str()?.iter().map(|v| v.map(|v| hasher.hash_one(v))),
            );
        }
        DataType::Int128 | DataType::UInt128 => {
            let hasher = PlFixedStateQuality::default();
            let text = column.cast(&DataType::String)?;
            each(
                hashes,
                &mut text.str()?.iter().map(|v| v.map(|v| hasher.hash_one(v))),
            );
        }
        DataType::UInt64 => each(hashes, &mut column.u64()?.iter()),
        dtype if dtype.is_integer() || dtype.is_temporal() => {
            let wide = column.to_physical_repr().cast(&DataType::Int64)?;
            each(hashes, &mut wide.i64()?.iter().map(|v| v.map(|v| v as u64)));
        }
        _ => return Ok(None),
    }
    Ok(Some(()))
}

/// All NaN are the same here, and so are both zeros.
fn float_bits(value: f64) -> u64 {
    if value.is_nan() {
        f64::NAN.to_bits()
    } else if value == 0.0 {
        0
    } else {
        value.to_bits()
    }
}

/// A number in which each bit depends on all bits of the other (the mixer of
/// Steele, Lea and Flood (2014), *Fast splittable pseudorandom number
/// generators*). Different numbers stay different.
fn mixed(bits: u64) -> u64 {
    let mut z = bits.wrapping_add(NULL);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::count;

    #[test]
    fn rows_are_compared_in_all_columns() {
        let frame = df!(
            "a" => [Some(1.0), Some(f64::NAN), Some(f64::NAN), None, None, Some(-0.0), Some(0.0)],
            "b" => ["x", "y", "y", "z", "other", "w", "w"],
        )
        .unwrap();
        assert_eq!(count(&frame), Some(2));
        assert_eq!(count(&DataFrame::empty()), Some(0));
    }

    #[test]
    fn a_null_is_no_value() {
        let frame = df!(
            "a" => [None, Some(0), Some(0), None],
            "b" => [Some(0), None, Some(0), None],
        )
        .unwrap();
        assert_eq!(count(&frame), Some(0));
        let below = frame.vstack(&frame).unwrap();
        assert_eq!(count(&below), Some(4));
    }

    #[test]
    fn lists_are_not_compared() {
        let list = Series::new("l".into(), [Series::new("".into(), [1])]);
        assert_eq!(count(&list.into_frame()), None);
    }
}
