//! Bringing columns into a fixed range.

use polars::prelude::DataFrame;

use super::scaling::{FittedScaler, Scaling};
use super::{FittedTransformer, Transformer};
use crate::MlError;
use crate::diagram::Diagram;
use crate::params::params;

const NAME: &str = "MinMaxScaler";

/// Maps the smallest value of each numeric column to 0 and the largest to 1.
///
/// New values beyond those of the training data land outside of the range, and
/// a constant column becomes the begin of the range, as in scikit-learn.
///
/// ```
/// use ferrite_ml::{MinMaxScaler, MlError, Transformer};
/// use polars::df;
///
/// let scaled = MinMaxScaler::new().fit_transform(&df!["x" => [10.0, 15.0, 20.0]]?)?;
/// assert!(scaled.equals(&df!["x" => [0.0, 0.5, 1.0]]?));
/// let wider = MinMaxScaler::new().feature_range(-1.0, 1.0);
/// let scaled = wider.fit_transform(&df!["x" => [10.0, 15.0, 20.0]]?)?;
/// assert!(scaled.equals(&df!["x" => [-1.0, 0.0, 1.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MinMaxScaler {
    feature_range: (f64, f64),
    clip: bool,
}

impl Default for MinMaxScaler {
    fn default() -> Self {
        Self {
            feature_range: (0.0, 1.0),
            clip: false,
        }
    }
}

impl MinMaxScaler {
    /// A scaler to the range from 0 to 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another range than 0 to 1.
    pub fn feature_range(mut self, low: f64, high: f64) -> Self {
        self.feature_range = (low, high);
        self
    }

    /// Whether values beyond those of the training data are moved to the border
    /// of the range; false unless set.
    pub fn clip(mut self, clip: bool) -> Self {
        self.clip = clip;
        self
    }

    /// Learns the minimum and range of each numeric column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedScaler, MlError> {
        let (low, high) = self.feature_range;
        let width = high - low;
        if !(width > 0.0 && width.is_finite()) {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "feature_range",
                value: format!("{low} to {high}"),
                rule: "go from a smaller to a larger number",
            });
        }
        let learned = FittedScaler::learn(frame, "range", |values| {
            let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Scaling {
                center: smallest,
                scale: Scaling::or_one(largest - smallest) / width,
                offset: low,
            }
        })?;
        Ok(learned.clipped(self.clip.then_some((low, high))))
    }
}

params!(MinMaxScaler, NAME, { feature_range: feature_range, clip: clip });

impl Transformer for MinMaxScaler {
    fn diagram(&self) -> Diagram {
        let (low, high) = self.feature_range;
        Diagram::new(NAME)
            .setting_if((low, high) != (0.0, 1.0), format!("{low} to {high}"))
            .setting_if(self.clip, "clip")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}
