//! Scaling that a few extreme values cannot spoil.

use polars::prelude::DataFrame;

use super::scaling::{FittedScaler, Scaling};
use super::{FittedTransformer, Transformer};
use crate::diagram::Diagram;
use crate::params::params;
use crate::{MlError, stats};

const NAME: &str = "RobustScaler";

/// Subtracts the median and divides by the range between two quantiles (the
/// quartiles unless set), as scikit-learn's `RobustScaler`.
///
/// ```
/// use ferrite_ml::{MlError, RobustScaler};
/// use polars::df;
///
/// let fitted = RobustScaler::new().fit(&df!["x" => [1.0, 2.0, 3.0, 4.0, 1_000.0]]?)?;
/// assert_eq!((fitted.center(), fitted.scale()), (vec![3.0], vec![2.0]));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RobustScaler {
    with_centering: bool,
    with_scaling: bool,
    quantile_range: (f64, f64),
}

impl Default for RobustScaler {
    fn default() -> Self {
        Self {
            with_centering: true,
            with_scaling: true,
            quantile_range: (25.0, 75.0),
        }
    }
}

impl RobustScaler {
    /// A scaler by median and quartiles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to subtract the median; true unless set.
    pub fn with_centering(mut self, with_centering: bool) -> Self {
        self.with_centering = with_centering;
        self
    }

    /// Whether to divide by the range; true unless set.
    pub fn with_scaling(mut self, with_scaling: bool) -> Self {
        self.with_scaling = with_scaling;
        self
    }

    /// The range to divide by, in percent; 25 to 75 unless set.
    pub fn quantile_range(mut self, low: f64, high: f64) -> Self {
        self.quantile_range = (low, high);
        self
    }

    /// Learns the median and range of each numeric column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedScaler, MlError> {
        let (low, high) = self.quantile_range;
        if !(0.0 <= low && low < high && high <= 100.0) {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "quantile_range",
                value: format!("{low} to {high}"),
                rule: "go from a smaller to a larger number between 0 and 100",
            });
        }
        FittedScaler::learn(frame, "median", |values| {
            let mut sorted = values.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            let at = |percent: f64| stats::quantile(&sorted, percent / 100.0);
            Scaling {
                center: if self.with_centering { at(50.0) } else { 0.0 },
                scale: if self.with_scaling {
                    Scaling::or_one(at(high) - at(low))
                } else {
                    1.0
                },
                offset: 0.0,
            }
        })
    }
}

params!(RobustScaler, NAME, {
    with_centering: with_centering,
    with_scaling: with_scaling,
    quantile_range: quantile_range,
});

impl Transformer for RobustScaler {
    fn diagram(&self) -> Diagram {
        let (low, high) = self.quantile_range;
        Diagram::new(NAME)
            .setting_if(!self.with_centering, "keeps the median")
            .setting_if(!self.with_scaling, "keeps the scale")
            .setting_if((low, high) != (25.0, 75.0), format!("{low} to {high} %"))
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}
