//! Bringing columns between -1 and 1 without a shift, so that 0 stays 0.

use polars::prelude::DataFrame;

use super::scaling::{FittedScaler, Scaling};
use super::{FittedTransformer, Transformer};
use crate::MlError;
use crate::diagram::Diagram;
use crate::params::params;

const NAME: &str = "MaxAbsScaler";

/// Divides each numeric column by its largest absolute value.
///
/// ```
/// use ferrite_ml::{MaxAbsScaler, MlError, Transformer};
/// use polars::df;
///
/// let scaled = MaxAbsScaler::new().fit_transform(&df!["x" => [-4.0, 0.0, 2.0]]?)?;
/// assert!(scaled.equals(&df!["x" => [-1.0, 0.0, 0.5]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaxAbsScaler {}

impl MaxAbsScaler {
    /// The scaler; it has nothing to choose.
    pub fn new() -> Self {
        Self {}
    }

    /// Learns the largest absolute value of each numeric column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedScaler, MlError> {
        FittedScaler::learn(frame, "largest value", |values| Scaling {
            center: 0.0,
            scale: Scaling::or_one(values.iter().fold(0.0, |most, v| v.abs().max(most))),
            offset: 0.0,
        })
    }
}

params!(MaxAbsScaler, NAME, {});

impl Transformer for MaxAbsScaler {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}
