//! Bringing rows to length 1, for data in which only the direction matters.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, numeric, replace};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};

const NAME: &str = "Normalizer";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedNormalizer>(NAME, 1);

/// How the length of a row is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Norm {
    /// The sum of absolute values.
    L1,
    /// The root of the sum of squares.
    #[default]
    L2,
    /// The largest absolute value.
    Max,
}

choices!(Norm { "l1" => L1, "l2" => L2, "max" => Max });

impl Norm {
    pub(super) fn of(self, row: impl Iterator<Item = f64>) -> f64 {
        match self {
            Self::L1 => row.map(f64::abs).sum(),
            Self::L2 => row.map(|v| v * v).sum::<f64>().sqrt(),
            Self::Max => row.fold(0.0, |most, v| v.abs().max(most)),
        }
    }
}

/// Divides each row by its length, taken over all numeric columns. A row of
/// zeros stays as it is.
///
/// ```
/// use ferrite_ml::{MlError, Normalizer, Transformer};
/// use polars::df;
///
/// let scaled = Normalizer::new().fit_transform(&df!["a" => [3.0, 0.0], "b" => [4.0, 0.0]]?)?;
/// assert!(scaled.equals(&df!["a" => [0.6, 0.0], "b" => [0.8, 0.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normalizer {
    norm: Norm,
}

impl Normalizer {
    /// To Euclidean length 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// How length is measured; [`Norm::L2`] unless set.
    pub fn norm(mut self, norm: Norm) -> Self {
        self.norm = norm;
        self
    }
}

params!(Normalizer, NAME, { norm: norm });

impl Transformer for Normalizer {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME).setting_if(self.norm != Norm::L2, self.norm.name())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(FittedNormalizer {
            norm: self.norm,
            columns: columns::names_where(frame, |kind| kind == Kind::Number),
            names: columns::names(frame),
        }))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedNormalizer {
    norm: Norm,
    columns: Vec<String>,
    names: Vec<String>,
}

impl FittedTransformer for FittedNormalizer {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for name in &self.columns {
            columns::expect_kind(frame, name, Kind::Number)?;
        }
        let mut values = numeric::complete_matrix(frame, &self.columns)?;
        for mut row in values.rows_mut() {
            let length = self.norm.of(row.iter().copied());
            if length > 0.0 {
                row.mapv_inplace(|value| value / length);
            }
        }
        let scaled = self
            .columns
            .iter()
            .zip(values.columns())
            .map(|(name, column)| Column::new(name.as_str().into(), column.to_vec()));
        replace(frame, scaled.collect())
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
