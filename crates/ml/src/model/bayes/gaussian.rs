//! Naive Bayes: each feature has a normal distribution in each class.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_bayes::{GaussianNb, NaiveBayes};
use ndarray::{Array1, Array2, Axis};

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::{Estimator, FittedModel, Prediction, check, softmax};
use crate::params::params;
use crate::persist::{Loader, Saved};
use crate::target::{Target, Task};
use serde::{Deserialize, Serialize};

/// Gaussian naive Bayes, with scikit-learn's `var_smoothing` of `1e-9`.
///
/// ```
/// use ferrite_ml::{GaussianNB, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 0.2, 5.0, 5.2], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().model(GaussianNB::new()).fit(&frame, "y")?;
/// let predicted = fitted.predict(&df!["x" => [4.9]]?)?;
/// assert_eq!(predicted.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GaussianNB {}

const NAME: &str = "GaussianNB";

const VAR_SMOOTHING: f64 = 1e-9;

impl GaussianNB {
    /// The model; it has nothing to choose.
    pub fn new() -> Self {
        Self {}
    }
}

params!(GaussianNB, NAME, {});

pub(in crate::model) const LOADER: Loader<dyn FittedModel> =
    Loader::model::<FittedGaussian>(NAME, 1);

impl Estimator for GaussianNB {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        Diagram::new("GaussianNB")
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        let classes = target.classes("GaussianNB")?;
        check::rows(features, classes.codes().len())?;
        let values = features.values();
        if values
            .var_axis(Axis(0), 0.0)
            .iter()
            .all(|variance| *variance == 0.0)
        {
            return Err(solver(
                "every feature is constant, so no row differs from another",
            ));
        }
        let mean = values.sum_axis(Axis(0)) / values.nrows() as f64;
        let squares = (values - &mean).mapv(|value| value * value).sum();
        if !squares.is_finite() {
            return Err(solver(
                "the features are too large for floating-point numbers; scale them first",
            ));
        }
        let records = DatasetBase::new(values.view(), Array1::from(classes.codes().to_vec()));
        let model = GaussianNb::params()
            .var_smoothing(VAR_SMOOTHING)
            .fit(&records)
            .map_err(|error| solver(error.to_string()))?;
        Ok(Box::new(FittedGaussian {
            model,
            features: values.ncols(),
            classes: classes.names().len(),
        }))
    }
}

fn solver(reason: impl Into<String>) -> MlError {
    MlError::Unable {
        model: "GaussianNB",
        reason: reason.into(),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedGaussian {
    model: GaussianNb<f64, usize>,
    features: usize,
    classes: usize,
}

impl FittedModel for FittedGaussian {
    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }

    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.features)?;
        // linfa's own predict_proba takes exponents of unshifted logarithms and
        // gives NaN for rows far from every class.
        // A class that no training row had is impossible.
        let mut logs = Array2::from_elem((features.rows(), self.classes), f64::NEG_INFINITY);
        for (class, likelihood) in self.model.joint_log_likelihood(features.values().view()) {
            logs.column_mut(*class).assign(&likelihood);
        }
        Ok(softmax(logs))
    }
}
