//! The matrix that a model learns from, with the names of its columns.
//!
//! This is the border between frames and models: everything before it works on
//! polars frames, everything behind it on `f64` without gaps. Models can rely on
//! that, so the check is made once, here.

use ndarray::{Array2, Axis};
use polars::prelude::{Column, DataFrame};

use crate::MlError;
use crate::columns::{self, Kind};
use crate::matrix::Matrix;
use crate::table::{Table, all_finite};

/// Finite numbers, one row for each sample and one named column for each feature.
///
/// ```
/// use ferrite_ml::{Features, MlError};
/// use polars::df;
///
/// let features = Features::from_frame(&df!["a" => [1, 2], "b" => [0.5, 1.5]]?)?;
/// assert_eq!(features.names(), ["a", "b"]);
/// assert_eq!(features.values()[[1, 1]], 1.5);
/// assert_eq!(features.rows(), 2);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    names: Vec<String>,
    matrix: Matrix,
}

impl Features {
    /// Features from a matrix and the names of its columns.
    ///
    /// ```
    /// use ferrite_ml::Features;
    /// use ndarray::array;
    ///
    /// assert!(Features::new(["a", "b"], array![[1.0, 2.0]]).is_ok());
    /// assert!(Features::new(["a"], array![[1.0, 2.0]]).is_err());
    /// ```
    pub fn new(
        names: impl IntoIterator<Item = impl Into<String>>,
        values: Array2<f64>,
    ) -> Result<Self, MlError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != values.ncols() {
            return Err(MlError::Shape {
                rows: values.nrows(),
                columns: values.ncols(),
                labels: names.len(),
                what: "names",
            });
        }
        let matrix = Matrix::of_rows(values);
        let features = Self { names, matrix };
        features.check_finite()?;
        Ok(features)
    }

    /// The numeric and boolean columns of a frame; other columns are not taken.
    /// Gaps and infinities are refused by name.
    ///
    /// ```
    /// use ferrite_ml::{Features, MlError};
    /// use polars::df;
    ///
    /// let error = Features::from_frame(&df!["a" => [Some(1.0), None]]?).unwrap_err();
    /// assert!(error.to_string().starts_with("missing values in \"a\" (1)"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn from_frame(frame: &DataFrame) -> Result<Self, MlError> {
        let names = columns::names_where(frame, Kind::is_feature);
        if names.is_empty() {
            return Err(MlError::NoFeatures {
                left_out: columns::names(frame),
            });
        }
        Self::from_columns(frame, &names)
    }

    /// As [`from_frame`](Self::from_frame), for a model of which it is known whether it
    /// reads features: gaps are looked for only if it does.
    ///
    /// ```
    /// use ferrite_ml::{DummyRegressor, Estimator, Features, MlError, Target};
    /// use polars::df;
    ///
    /// let model = DummyRegressor::new();
    /// let frame = df!["a" => [Some(1.0), None]]?;
    /// let x = Features::for_model(&frame, model.ignores_features())?;
    /// assert!(model.fit(&x, &Target::Numbers(vec![1.0, 3.0])).is_ok());
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn for_model(frame: &DataFrame, ignores_features: bool) -> Result<Self, MlError> {
        if !ignores_features {
            return Self::from_frame(frame);
        }
        let names = columns::names_where(frame, Kind::is_feature);
        Self::columns_for_model(frame, &names, ignores_features)
    }

    /// The columns of these names, in this order, as [`for_model`](Self::for_model).
    pub(crate) fn columns_for_model(
        frame: &DataFrame,
        names: &[String],
        ignores_features: bool,
    ) -> Result<Self, MlError> {
        if !ignores_features {
            return Self::from_columns(frame, names);
        }
        Ok(Self {
            names: names.to_vec(),
            matrix: Matrix::unread(frame, names)?,
        })
    }

    /// The columns of these names, in this order.
    pub(crate) fn from_columns(frame: &DataFrame, names: &[String]) -> Result<Self, MlError> {
        Ok(Self {
            names: names.to_vec(),
            matrix: Matrix::of_frame(frame, names)?,
        })
    }

    /// The names of the features.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The numbers: a row for each sample, a column for each feature.
    pub fn values(&self) -> &Array2<f64> {
        self.matrix.values()
    }

    /// The numbers, to be kept or to be read column by column.
    pub(crate) fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// The numbers column by column.
    pub(crate) fn columns(&self) -> Table<'_> {
        self.matrix.columns()
    }

    /// The number of samples.
    pub fn rows(&self) -> usize {
        self.matrix.rows()
    }

    /// A frame with a column for each feature.
    pub(crate) fn to_frame(&self) -> Result<DataFrame, MlError> {
        let named = self.names.iter().zip(self.values().columns());
        let columns = named
            .map(|(name, column)| Column::new(name.as_str().into(), column.to_vec()))
            .collect();
        columns::assemble(self.rows(), columns)
    }

    /// The same numbers by other names.
    pub(crate) fn called(&self, names: &[String]) -> Result<Self, MlError> {
        if names.len() != self.names.len() {
            return Err(MlError::Shape {
                rows: self.rows(),
                columns: self.names.len(),
                labels: names.len(),
                what: "names",
            });
        }
        Ok(Self {
            names: names.to_vec(),
            matrix: self.matrix.clone(),
        })
    }

    /// Some rows, which may repeat.
    pub(crate) fn take(&self, rows: &[usize]) -> Self {
        Self {
            names: self.names.clone(),
            matrix: Matrix::of_rows(self.values().select(Axis(0), rows)),
        }
    }

    /// Fails unless there are as many features as a model was fitted on.
    pub(crate) fn expect_count(&self, expected: usize) -> Result<(), MlError> {
        let found = self.names.len();
        if found == expected {
            Ok(())
        } else {
            Err(MlError::FeatureCount { expected, found })
        }
    }

    fn check_finite(&self) -> Result<(), MlError> {
        if self.matrix.all(all_finite) {
            return Ok(());
        }
        let mut missing = Vec::new();
        let mut infinite = Vec::new();
        for (name, column) in self.names.iter().zip(self.values().columns()) {
            let gaps = column.iter().filter(|value| value.is_nan()).count();
            if gaps > 0 {
                missing.push((name.clone(), gaps));
            }
            if column.iter().any(|value| value.is_infinite()) {
                infinite.push(name.clone());
            }
        }
        if !missing.is_empty() {
            return Err(MlError::MissingValues { columns: missing });
        }
        if !infinite.is_empty() {
            return Err(MlError::InfiniteValues { columns: infinite });
        }
        Ok(())
    }
}
