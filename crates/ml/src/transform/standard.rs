//! Bringing columns to mean 0 and deviation 1, so that no feature outweighs
//! the others by its unit. What both scalers learn is the same: a shift and a
//! scale for each column.

use polars::prelude::{Column, DataFrame};

use super::{FittedTransformer, Transformer, replace};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::params;
use crate::persist::{Loader, Saved};

use serde::{Deserialize, Serialize};

const NAME: &str = "StandardScaler";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedScaler>(NAME, 1);

/// Subtracts the mean and divides by the standard deviation.
///
/// As in scikit-learn the deviation is the population's (`ddof = 0`), missing
/// values are left out of it and stay missing, and a constant column becomes 0.
/// Only numeric columns are scaled; others pass through.
///
/// ```
/// use ferrite_ml::{MlError, StandardScaler};
/// use polars::df;
///
/// let fitted = StandardScaler::new().fit(&df!["x" => [1.0, 2.0, 3.0, 4.0]]?)?;
/// assert_eq!(fitted.center(), [2.5]);
/// assert_eq!(fitted.scale(), [1.25_f64.sqrt()]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandardScaler {}

impl StandardScaler {
    /// A scaler to mean 0 and deviation 1.
    pub fn new() -> Self {
        Self {}
    }

    /// Learns the mean and deviation of each numeric column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedScaler, MlError> {
        FittedScaler::learn(frame, "mean", |values| {
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            // The second sum would be 0 without rounding; it corrects the first.
            let deviations = || values.iter().map(|value| value - mean);
            let error = deviations().sum::<f64>();
            let variance = ((deviations().map(|d| d * d).sum::<f64>() - error * error / count)
                / count)
                .max(0.0);
            let noise = count * f64::EPSILON * variance + (count * mean * f64::EPSILON).powi(2);
            let scale = if variance <= noise {
                1.0
            } else {
                variance.sqrt()
            };
            Scaling {
                center: mean,
                scale,
                offset: 0.0,
            }
        })
    }
}

params!(StandardScaler, NAME, {});

impl Transformer for StandardScaler {
    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        Diagram::new("StandardScaler")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }
}

/// `(x - center) / scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Scaling {
    pub center: f64,
    pub scale: f64,
    pub offset: f64,
}

/// What a [`StandardScaler`] or [`MinMaxScaler`](super::MinMaxScaler) learned:
/// every value becomes `(value - center) / scale`, and in a range that does not
/// begin at 0 its begin is added.
///
/// ```
/// use ferrite_ml::{FittedTransformer, MinMaxScaler, MlError};
/// use polars::df;
///
/// let fitted = MinMaxScaler::new().fit(&df!["x" => [10.0, 20.0]]?)?;
/// assert_eq!((fitted.center(), fitted.scale()), (vec![10.0], vec![10.0]));
/// let scaled = fitted.transform(&df!["x" => [30.0]]?)?;
/// assert!(scaled.equals(&df!["x" => [2.0]]?)); // beyond the range of fit
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedScaler {
    columns: Vec<(String, Scaling)>,
    names: Vec<String>,
}

impl FittedScaler {
    /// Learns a scaling from the known values of each numeric column.
    pub(super) fn learn(
        frame: &DataFrame,
        statistic: &'static str,
        scaling: impl Fn(&[f64]) -> Scaling,
    ) -> Result<Self, MlError> {
        let mut learned = Vec::new();
        let mut infinite = Vec::new();
        for name in columns::names_where(frame, |kind| kind == Kind::Number) {
            let known: Vec<f64> = columns::numbers(frame, &name)?
                .into_iter()
                .flatten()
                .collect();
            if known.is_empty() {
                return Err(MlError::EmptyColumn {
                    column: name,
                    statistic,
                });
            }
            if known.iter().any(|value| value.is_infinite()) {
                infinite.push(name);
                continue;
            }
            learned.push((name, scaling(&known)));
        }
        if !infinite.is_empty() {
            return Err(MlError::InfiniteValues { columns: infinite });
        }
        Ok(Self {
            columns: learned,
            names: columns::names(frame),
        })
    }

    /// What is subtracted from each scaled column: its mean or its minimum.
    pub fn center(&self) -> Vec<f64> {
        self.columns
            .iter()
            .map(|(_, scaling)| scaling.center)
            .collect()
    }

    /// What each scaled column is divided by: its deviation or its range.
    pub fn scale(&self) -> Vec<f64> {
        self.columns
            .iter()
            .map(|(_, scaling)| scaling.scale)
            .collect()
    }
}

impl FittedTransformer for FittedScaler {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut scaled = Vec::with_capacity(self.columns.len());
        for (name, scaling) in &self.columns {
            columns::expect_kind(frame, name, Kind::Number)?;
            let values: Vec<Option<f64>> = columns::numbers(frame, name)?
                .into_iter()
                .map(|value| value.map(|v| (v - scaling.center) / scaling.scale + scaling.offset))
                .collect();
            scaled.push(Column::new(name.as_str().into(), values));
        }
        replace(frame, scaled)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
