//! What all scalers learn is the same: a shift and a scale for each column.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, numeric, replace};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::persist::{Loader, Saved};
use crate::table::{self, Table};

const KIND: &str = "Scaler";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedScaler>(KIND, 1);

/// `(x - center) / scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Scaling {
    pub center: f64,
    pub scale: f64,
    pub offset: f64,
}

impl Scaling {
    /// A scale of (nearly) 0 says that the column is constant; it is then left at 1.
    /// The threshold is scikit-learn's.
    pub fn or_one(scale: f64) -> f64 {
        if scale.abs() < 10.0 * f64::EPSILON {
            1.0
        } else {
            scale
        }
    }
}

/// What a scaler ([`StandardScaler`](crate::StandardScaler),
/// [`MinMaxScaler`](crate::MinMaxScaler), [`RobustScaler`](crate::RobustScaler),
/// [`MaxAbsScaler`](crate::MaxAbsScaler)) learned: every value becomes
/// `(value - center) / scale`, and in a range that does not begin at 0 its begin
/// is added.
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
    /// Results beyond this range are moved to its border.
    clip: Option<(f64, f64)>,
    names: Vec<String>,
}

impl FittedScaler {
    /// Learns a scaling from the known values of each numeric column.
    pub(super) fn learn(
        frame: &DataFrame,
        statistic: &'static str,
        scaling: impl Fn(&[f64]) -> Scaling,
    ) -> Result<Self, MlError> {
        let learned = numeric::learn(frame, statistic, |values| Ok(scaling(&values)))?;
        Ok(Self {
            columns: learned,
            clip: None,
            names: columns::names(frame),
        })
    }

    pub(super) fn clipped(mut self, clip: Option<(f64, f64)>) -> Self {
        self.clip = clip;
        self
    }

    /// What is subtracted from each scaled column: its mean, median or minimum.
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
            let scale = |value: f64| {
                let value = (value - scaling.center) / scaling.scale + scaling.offset;
                match self.clip {
                    Some((low, high)) => value.max(low).min(high),
                    None => value,
                }
            };
            let table = Table::of(frame, std::slice::from_ref(name))?;
            for values in table.columns() {
                let named = name.as_str().into();
                scaled.push(if table::all(values, |value| !value.is_nan()) {
                    let values: Vec<f64> = values.iter().copied().map(scale).collect();
                    Column::new(named, values)
                } else {
                    let known = |value: &f64| (!value.is_nan()).then(|| scale(*value));
                    Column::new(named, values.iter().map(known).collect::<Vec<_>>())
                });
            }
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
        Saved::of(KIND, 1, self)
    }
}
