//! Bringing columns to mean 0 and deviation 1, so that no feature outweighs
//! the others by its unit.

use polars::prelude::DataFrame;

use super::scaling::{FittedScaler, Scaling};
use super::{FittedTransformer, Transformer};
use crate::diagram::Diagram;
use crate::params::params;
use crate::{MlError, stats};

const NAME: &str = "StandardScaler";

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardScaler {
    with_mean: bool,
    with_std: bool,
}

impl Default for StandardScaler {
    fn default() -> Self {
        Self {
            with_mean: true,
            with_std: true,
        }
    }
}

impl StandardScaler {
    /// A scaler to mean 0 and deviation 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to subtract the mean; true unless set.
    pub fn with_mean(mut self, with_mean: bool) -> Self {
        self.with_mean = with_mean;
        self
    }

    /// Whether to divide by the deviation; true unless set.
    pub fn with_std(mut self, with_std: bool) -> Self {
        self.with_std = with_std;
        self
    }

    /// Learns the mean and deviation of each numeric column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedScaler, MlError> {
        FittedScaler::learn(frame, "mean", |values| {
            let count = values.len() as f64;
            let mean = stats::mean(values);
            let variance = stats::variance(values);
            // A deviation that rounding alone explains is none.
            let noise = count * f64::EPSILON * variance + (count * mean * f64::EPSILON).powi(2);
            let scale = if !self.with_std || variance <= noise {
                1.0
            } else {
                variance.sqrt()
            };
            Scaling {
                center: if self.with_mean { mean } else { 0.0 },
                scale,
                offset: 0.0,
            }
        })
    }
}

params!(StandardScaler, NAME, { with_mean: with_mean, with_std: with_std });

impl Transformer for StandardScaler {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
            .setting_if(!self.with_mean, "keeps the mean")
            .setting_if(!self.with_std, "keeps the deviation")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}
