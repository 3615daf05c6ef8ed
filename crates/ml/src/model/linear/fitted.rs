//! What every regression on a weighted sum has learned.

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use super::weigh;
use crate::MlError;
use crate::features::Features;
use crate::model::{Coefficients, FittedModel, Prediction, check};
use crate::persist::{Loader, Saved};

/// A weight for each feature, and an intercept.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::model) struct FittedLinear {
    /// The estimator's name.
    pub model: String,
    pub coefficients: Array1<f64>,
    pub intercept: f64,
    pub notes: Vec<String>,
}

const KIND: &str = "LinearModel";

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader::model::<FittedLinear>(KIND, 1);

impl FittedModel for FittedLinear {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        features.expect_count(self.coefficients.len())?;
        let weights = self.coefficients.to_vec();
        let predicted = weigh(features, &weights, self.intercept);
        Ok(Prediction::Numbers(predicted))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(&self.model)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KIND, 1, self)
    }

    fn coefficients(&self) -> Option<Coefficients> {
        Some(Coefficients {
            values: self.coefficients.clone().insert_axis(Axis(0)),
            intercepts: vec![self.intercept],
        })
    }
}
