//! Columns of a frame as numbers, without a copy where they are floats already.
//!
//! A frame has its numbers column by column, most models want them row by row. Here is
//! where one becomes the other, in pieces that stay in the processor's cache.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::Array2;
use polars::prelude::DataFrame;

use crate::MlError;
use crate::columns;
use crate::model::parallel;

/// Numbers column by column; `NaN` where a value is missing.
pub(crate) struct Table<'a> {
    rows: usize,
    columns: Vec<Cow<'a, [f64]>>,
}

/// Rows that are turned at a time, so that what is written stays near.
const TURNED: usize = 64;
/// Columns that are turned at a time.
const ABREAST: usize = 32;
/// With fewer numbers than this, threads cost more than they bring.
const WORTH_THREADS: usize = 400_000;

impl<'a> Table<'a> {
    /// The numeric or boolean columns of these names, in this order.
    pub fn of(frame: &'a DataFrame, names: &[String]) -> Result<Self, MlError> {
        let columns: Result<_, MlError> = names.iter().map(|name| numbers(frame, name)).collect();
        Ok(Self {
            rows: frame.height(),
            columns: columns?,
        })
    }

    /// As [`Table::of`], if no value is missing and none infinite; each column that has
    /// some is named.
    pub fn complete(frame: &'a DataFrame, names: &[String]) -> Result<Self, MlError> {
        let table = Self::of(frame, names)?;
        if table.each(all_finite).into_iter().all(|finite| finite) {
            return Ok(table);
        }
        let mut missing = Vec::new();
        let mut infinite = Vec::new();
        for (name, column) in names.iter().zip(&table.columns) {
            if all_finite(column) {
                continue;
            }
            match column.iter().filter(|value| value.is_nan()).count() {
                0 => infinite.push(name.clone()),
                gaps => missing.push((name.clone(), gaps)),
            }
        }
        if !missing.is_empty() {
            return Err(MlError::MissingValues { columns: missing });
        }
        if !infinite.is_empty() {
            return Err(MlError::InfiniteValues { columns: infinite });
        }
        Ok(table)
    }

    /// Columns of so many rows each.
    pub fn of_slices(rows: usize, columns: Vec<&'a [f64]>) -> Self {
        Self {
            rows,
            columns: columns.into_iter().map(Cow::Borrowed).collect(),
        }
    }

    /// For each column its numbers, where they had to be copied.
    pub fn into_copies(self) -> Vec<Option<Vec<f64>>> {
        let copied = |column: Cow<[f64]>| match column {
            Cow::Borrowed(_) => None,
            Cow::Owned(values) => Some(values),
        };
        self.columns.into_iter().map(copied).collect()
    }

    /// The columns of a matrix.
    pub fn of_matrix(x: &Array2<f64>) -> Self {
        let columns = x.columns().into_iter();
        Self {
            rows: x.nrows(),
            columns: columns.map(|column| Cow::Owned(column.to_vec())).collect(),
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn columns(&self) -> &[Cow<'a, [f64]>] {
        &self.columns
    }

    /// Something of each column.
    pub fn each<T: Send>(&self, of: impl Fn(&[f64]) -> T + Sync) -> Vec<T> {
        if self.rows * self.columns.len() < WORTH_THREADS {
            return self.columns.iter().map(|column| of(column)).collect();
        }
        parallel::map(self.columns.len(), |at| of(&self.columns[at]))
    }

    /// Some rows, minus a number for each column: a row for each column here.
    pub fn centered(&self, rows: Range<usize>, means: &[f64]) -> Array2<f64> {
        let mut block = Array2::zeros((self.columns.len(), rows.len()));
        for ((mut to, from), mean) in block.rows_mut().into_iter().zip(&self.columns).zip(means) {
            let from = &from[rows.clone()];
            to.iter_mut()
                .zip(from)
                .for_each(|(to, from)| *to = from - mean);
        }
        block
    }

    /// A row for each row, a column for each column.
    pub fn matrix(&self) -> Array2<f64> {
        self.turned(|_| |value| value)
    }

    /// As [`matrix`](Self::matrix), of what `of` a column makes of its numbers.
    pub fn turned<F: Fn(f64) -> f64>(&self, of: impl Fn(usize) -> F + Sync) -> Array2<f64> {
        let width = self.columns.len();
        let mut values = vec![0.0; self.rows * width];
        let turn = |start: usize, block: &mut [f64]| {
            for (columns, first) in self.columns.chunks(ABREAST).zip((0..).step_by(ABREAST)) {
                for (at, column) in (first..).zip(columns) {
                    let of = of(at);
                    let rows = block.chunks_exact_mut(width).zip(&column[start..]);
                    rows.for_each(|(row, value)| row[at] = of(*value));
                }
            }
        };
        if width > 0 {
            let most = if values.len() < WORTH_THREADS {
                usize::MAX
            } else {
                (self.rows / (4 * parallel::threads())).max(TURNED)
            };
            parallel::fill(&mut values, most.saturating_mul(width), |part, slice| {
                let before = part * most;
                for (block, start) in slice.chunks_mut(TURNED * width).zip((0..).step_by(TURNED)) {
                    turn(before + start, block);
                }
            });
        }
        Array2::from_shape_vec((self.rows, width), values)
            .unwrap_or_else(|_| Array2::zeros((self.rows, width)))
    }
}

/// A column as it lies in memory, if it has no gaps, else as a copy with `NaN` in them.
fn numbers<'a>(frame: &'a DataFrame, name: &str) -> Result<Cow<'a, [f64]>, MlError> {
    let column = columns::column(frame, name)?;
    if let Ok(floats) = column.f64()
        && let Ok(slice) = floats.cont_slice()
    {
        return Ok(Cow::Borrowed(slice));
    }
    let numbers = columns::numbers(frame, name)?.into_iter();
    Ok(Cow::Owned(
        numbers.map(|value| value.unwrap_or(f64::NAN)).collect(),
    ))
}

/// Whether no number is infinite or `NaN`; looks at many at a time.
pub(crate) fn all_finite(values: &[f64]) -> bool {
    all(values, |value| value.is_finite())
}

/// Whether something is true of all numbers; looks at many at a time.
#[inline]
pub(crate) fn all(values: &[f64], is: impl Fn(f64) -> bool) -> bool {
    let together = |chunk: &[f64]| chunk.iter().fold(true, |all, value| all & is(*value));
    values.chunks(512).all(together)
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::df;

    #[test]
    fn a_matrix_has_the_rows_of_the_frame() {
        let rows = 9_000;
        let column = |at: usize| (0..rows).map(move |row| (row * 50 + at) as f64);
        let columns = (0..50).map(|at| {
            polars::prelude::Column::new(format!("{at}").into(), column(at).collect::<Vec<_>>())
        });
        let frame = DataFrame::new(rows, columns.collect()).unwrap();
        let table = Table::complete(&frame, &columns::names(&frame)).unwrap();
        let matrix = table.matrix();
        let expected = Array2::from_shape_fn((rows, 50), |(row, at)| (row * 50 + at) as f64);
        assert_eq!(matrix, expected);
        assert!(matrix.is_standard_layout());
        let block = table.centered(7..10, &[1.0; 50]);
        assert_eq!(block[[3, 2]], expected[[9, 3]] - 1.0);
    }

    #[test]
    fn other_types_are_read_and_gaps_are_told() {
        let frame =
            df!["a" => [Some(1_i32), None], "b" => [true, false], "c" => [1.0, f64::INFINITY]]
                .unwrap();
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let table = Table::of(&frame, &names(&["b", "a"])).unwrap();
        assert_eq!(table.columns()[0].as_ref(), [1.0, 0.0]);
        assert!(table.columns()[1][1].is_nan());
        let told = |columns: &[&str]| match Table::complete(&frame, &names(columns)) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert!(told(&["a", "c"]).starts_with("missing values in \"a\" (1)"));
        assert!(told(&["c"]).contains("\"c\""), "{}", told(&["c"]));
        assert_eq!(told(&["b"]), "");
    }
}
