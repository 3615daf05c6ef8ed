//! Numbers that stay columns until somebody asks for rows.
//!
//! What comes from a frame lies column by column, and trees, linear models and checks
//! want it so. Others want rows: these are made when they are first asked for, once for
//! all who share the numbers.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ndarray::Array2;
use polars::prelude::{ChunkedArray, DataFrame, Float64Type};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::table::Table;
use crate::{MlError, columns};

/// A table of finite numbers that is cheap to copy.
#[derive(Clone)]
pub(crate) struct Matrix(Arc<Inner>);

struct Inner {
    rows: usize,
    width: usize,
    /// Each in one piece and without gaps; none if the numbers came as rows.
    columns: Vec<ChunkedArray<Float64Type>>,
    values: OnceLock<Array2<f64>>,
}

impl Matrix {
    pub fn of_rows(values: Array2<f64>) -> Self {
        let (rows, width) = values.dim();
        Self(Arc::new(Inner {
            rows,
            width,
            columns: Vec::new(),
            values: OnceLock::from(values),
        }))
    }

    /// The columns of these names; those that are floats in one piece are shared with
    /// the frame. Gaps and infinities are refused by name.
    pub fn of_frame(frame: &DataFrame, names: &[String]) -> Result<Self, MlError> {
        Self::of_table(frame, names, Table::complete(frame, names)?)
    }

    /// As [`of_frame`](Self::of_frame), for who will not look at the numbers: nobody looks
    /// for gaps.
    pub fn unread(frame: &DataFrame, names: &[String]) -> Result<Self, MlError> {
        Self::of_table(frame, names, Table::of(frame, names)?)
    }

    fn of_table(frame: &DataFrame, names: &[String], table: Table) -> Result<Self, MlError> {
        let rows = table.rows();
        let column = |(name, own): (&String, Option<Vec<f64>>)| match own {
            Some(values) => Ok(ChunkedArray::from_vec(name.as_str().into(), values)),
            None => Ok(columns::column(frame, name)?.f64()?.clone()),
        };
        let columns: Result<Vec<_>, MlError> =
            names.iter().zip(table.into_copies()).map(column).collect();
        Ok(Self(Arc::new(Inner {
            rows,
            width: names.len(),
            columns: columns?,
            values: OnceLock::new(),
        })))
    }

    pub fn rows(&self) -> usize {
        self.0.rows
    }

    pub fn width(&self) -> usize {
        self.0.width
    }

    /// A row for each row.
    pub fn values(&self) -> &Array2<f64> {
        self.0.values.get_or_init(|| self.columns().matrix())
    }

    /// The columns, if the numbers are some.
    pub fn as_columns(&self) -> Option<Table<'_>> {
        let slices = self.0.columns.iter().map(|column| column.cont_slice());
        let slices: Result<Vec<_>, _> = slices.collect();
        let slices = slices.ok().filter(|slices| slices.len() == self.0.width)?;
        Some(Table::of_slices(self.0.rows, slices))
    }

    /// The columns, copied if the numbers are rows.
    pub fn columns(&self) -> Table<'_> {
        match (self.as_columns(), self.0.values.get()) {
            (Some(table), _) => table,
            (None, Some(values)) => Table::of_matrix(values),
            // There is always one of both.
            (None, None) => Table::of_slices(self.0.rows, Vec::new()),
        }
    }

    /// Whether something is true of all numbers, which `is` is asked about in pieces.
    pub fn all(&self, is: impl Fn(&[f64]) -> bool + Sync) -> bool {
        let rows = self.0.values.get().and_then(|values| values.as_slice());
        match rows {
            Some(values) => is(values),
            None => self.columns().each(is).into_iter().all(|is| is),
        }
    }
}

impl PartialEq for Matrix {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.values() == other.values()
    }
}

impl fmt::Debug for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.values())
    }
}

/// As the rows are written.
impl Serialize for Matrix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Array2::deserialize(deserializer).map(Self::of_rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use polars::df;

    #[test]
    fn columns_and_rows_are_the_same_numbers() {
        let frame = df!["a" => [1.0, 2.0, 3.0], "b" => [4_i32, 5, 6]].unwrap();
        let names = columns::names(&frame);
        let matrix = Matrix::of_frame(&frame, &names).unwrap();
        assert_eq!((matrix.rows(), matrix.width()), (3, 2));
        assert_eq!(matrix.columns().columns()[1].as_ref(), [4.0, 5.0, 6.0]);
        let rows = array![[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]];
        assert_eq!(matrix.values(), rows);
        assert_eq!(matrix, Matrix::of_rows(rows.clone()));
        let turned = Matrix::of_rows(rows);
        assert!(turned.as_columns().is_none());
        assert_eq!(turned.columns().columns()[0].as_ref(), [1.0, 2.0, 3.0]);
        assert!(turned.all(|values| values.iter().all(|value| *value > 0.0)));
        assert!(!matrix.all(|values| values.iter().all(|value| *value < 5.0)));
    }

    #[test]
    fn it_is_written_as_its_rows() {
        let frame = df!["a" => [1.0, 2.0]].unwrap();
        let matrix = Matrix::of_frame(&frame, &columns::names(&frame)).unwrap();
        let bytes = postcard::to_stdvec(&matrix).unwrap();
        assert_eq!(bytes, postcard::to_stdvec(matrix.values()).unwrap());
        assert_eq!(postcard::from_bytes::<Matrix>(&bytes).unwrap(), matrix);
    }
}
