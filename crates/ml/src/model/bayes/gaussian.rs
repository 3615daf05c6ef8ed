//! Naive Bayes: each feature has a normal distribution in each class.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_bayes::GaussianNb;
use ndarray::{Array1, Array2, Axis};

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::not_negative;
use crate::model::{Estimator, FittedModel, Prediction, check, softmax};
use crate::params::params;
use crate::persist::{self, Loader, Saved};
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
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianNB {
    var_smoothing: f64,
}

const NAME: &str = "GaussianNB";

const VAR_SMOOTHING: f64 = 1e-9;

impl Default for GaussianNB {
    fn default() -> Self {
        Self {
            var_smoothing: VAR_SMOOTHING,
        }
    }
}

impl GaussianNB {
    /// The model with a `var_smoothing` of `1e-9`.
    pub fn new() -> Self {
        Self::default()
    }

    /// The part of the largest variance of a feature that is added to all variances, so
    /// that none is 0.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, GaussianNB};
    ///
    /// let label = GaussianNB::new().var_smoothing(1e-3).diagram().label();
    /// assert_eq!(label, "GaussianNB(var_smoothing=1e-3)");
    /// ```
    pub fn var_smoothing(mut self, var_smoothing: f64) -> Self {
        self.var_smoothing = var_smoothing;
        self
    }
}

params!(GaussianNB, NAME, { var_smoothing: var_smoothing });

/// Version 1 had linfa's hash map of classes, in any order.
pub(in crate::model) const FIRST_LOADER: Loader<dyn FittedModel> = Loader {
    kind: NAME,
    version: 1,
    load: |body| {
        let first: First = persist::read(body)?;
        first.learned.fitted(first.features, first.classes)
    },
};

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: NAME,
    version: 2,
    load: |body| persist::read::<FittedGaussian>(body)?.checked(),
};

impl Estimator for GaussianNB {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        Diagram::new("GaussianNB").setting_if(
            self.var_smoothing != VAR_SMOOTHING,
            format!("var_smoothing={:e}", self.var_smoothing),
        )
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        not_negative(NAME, "var_smoothing", self.var_smoothing)?;
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
            .var_smoothing(self.var_smoothing)
            .fit(&records)
            .map_err(|error| solver(error.to_string()))?;
        // linfa keeps to itself what it learned, but it can be written.
        let learned = postcard::to_stdvec(&model).map_err(|error| solver(error.to_string()))?;
        let learned: Learned = persist::read(&learned)?;
        learned.fitted(values.ncols(), classes.names().len())
    }
}

fn solver(reason: impl Into<String>) -> MlError {
    MlError::Unable {
        model: "GaussianNB",
        reason: reason.into(),
    }
}

/// What linfa writes: classes in no order.
#[derive(Debug, Deserialize)]
struct Learned {
    classes: Vec<(usize, LearnedClass)>,
}

/// The number of rows, their share, and the mean and variance of each feature.
type LearnedClass = (usize, f64, Array1<f64>, Array1<f64>);

#[derive(Debug, Deserialize)]
struct First {
    learned: Learned,
    features: usize,
    classes: usize,
}

impl Learned {
    fn fitted(mut self, features: usize, classes: usize) -> Result<Box<dyn FittedModel>, MlError> {
        self.classes.sort_unstable_by_key(|(class, _)| *class);
        let known = self.classes.into_iter();
        FittedGaussian {
            known: known
                .map(|(class, (_, share, mean, variance))| Class {
                    class,
                    share,
                    mean,
                    variance,
                })
                .collect(),
            features,
            classes,
        }
        .checked()
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedGaussian {
    /// The classes that training rows had, in order.
    known: Vec<Class>,
    features: usize,
    classes: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct Class {
    class: usize,
    share: f64,
    mean: Array1<f64>,
    variance: Array1<f64>,
}

impl FittedGaussian {
    fn checked(self) -> Result<Box<dyn FittedModel>, MlError> {
        let fits = |known: &Class| {
            known.class < self.classes
                && known.mean.len() == self.features
                && known.variance.len() == self.features
        };
        match self.known.iter().all(fits) {
            true => Ok(Box::new(self)),
            false => Err(MlError::Damaged {
                reason: "classes and features do not belong together".to_owned(),
            }),
        }
    }
}

impl FittedModel for FittedGaussian {
    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 2, self)
    }

    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.features)?;
        // A class that no training row had is impossible.
        let mut logs = Array2::from_elem((features.rows(), self.classes), f64::NEG_INFINITY);
        for known in &self.known {
            let scale = known
                .variance
                .mapv(|v| (2.0 * std::f64::consts::PI * v).ln())
                .sum();
            let start = known.share.ln() - 0.5 * scale;
            let mut column = logs.column_mut(known.class);
            for (slot, row) in column.iter_mut().zip(features.values().rows()) {
                let apart = row.iter().zip(&known.mean).zip(&known.variance);
                let apart: f64 = apart.map(|((x, mean), v)| (x - mean).powi(2) / v).sum();
                *slot = start - 0.5 * apart;
            }
        }
        Ok(softmax(logs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Classes;
    use ndarray::array;
    use polars::prelude::{NamedFrom, Series};

    #[test]
    fn the_first_version_is_still_read() {
        let x = array![[0.0, 1.0], [0.5, 2.0], [5.0, 1.5], [6.0, 0.5]];
        let codes = vec![0_usize, 0, 1, 1];
        let learned = GaussianNb::params()
            .fit(&DatasetBase::new(x.view(), Array1::from(codes)))
            .unwrap();
        // The layout of version 1: linfa's model, the features, the classes.
        let body = postcard::to_stdvec(&(learned, 2_usize, 2_usize)).unwrap();
        let first = (FIRST_LOADER.load)(&body).unwrap();
        let features = Features::new(["a", "b"], x).unwrap();
        let y = Classes::of(&Series::new("y".into(), ["p", "p", "q", "q"])).unwrap();
        let now = GaussianNB::new()
            .fit(&features, &Target::Classes(y))
            .unwrap();
        let shares = |model: &dyn FittedModel| model.predict_proba(&features).unwrap();
        assert_eq!(shares(&*first), shares(&*now));
        assert!((FIRST_LOADER.load)(&body[..body.len() - 2]).is_err());
    }
}
