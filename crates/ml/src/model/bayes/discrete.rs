//! Naive Bayes for counts and for yes or no.
//!
//! linfa-bayes 0.8.1 has both, but its `fit` writes what it learned to standard
//! error (a forgotten `dbg!`), which in a notebook stands below the cell.

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::linear::weigh;
use crate::model::recipe::{not_negative, recipe};
use crate::model::{Estimator, FittedModel, Prediction, check, softmax};
use crate::persist::{Loader, Saved};
use crate::target::{Classes, Target, Task};

recipe! {
    /// Naive Bayes for counts, such as those of words.
    ///
    /// ```
    /// use ferrite_ml::{MlError, MultinomialNB, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["cat" => [3, 2, 0], "car" => [0, 1, 4], "y" => ["pets", "pets", "traffic"]]?;
    /// let fitted = Pipeline::new().model(MultinomialNB::new()).fit(&frame, "y")?;
    /// let predicted = fitted.predict(&df!["cat" => [0], "car" => [1]]?)?;
    /// assert_eq!(predicted.str()?.get(0), Some("traffic"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct MultinomialNB, "MultinomialNB" {
        /// Added to each count, so that nothing is impossible; 1 unless set.
        alpha: f64 = 1.0,
        /// Whether frequent classes are more probable; true unless set.
        fit_prior: bool = true,
    }
}

recipe! {
    /// Naive Bayes for features that are there or not.
    ///
    /// ```
    /// use ferrite_ml::{BernoulliNB, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["wings" => [1, 1, 0], "wheels" => [0, 0, 1], "y" => ["bird", "bird", "car"]]?;
    /// let fitted = Pipeline::new().model(BernoulliNB::new()).fit(&frame, "y")?;
    /// let predicted = fitted.predict(&df!["wings" => [0], "wheels" => [1]]?)?;
    /// assert_eq!(predicted.str()?.get(0), Some("car"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct BernoulliNB, "BernoulliNB" {
        /// Added to each count, so that nothing is impossible; 1 unless set.
        alpha: f64 = 1.0,
        /// Features above this are there; 0 unless set.
        binarize: f64 = 0.0,
        /// Whether frequent classes are more probable; true unless set.
        fit_prior: bool = true,
    }
}

/// No count is smaller, so that logarithms are finite.
const LEAST: f64 = 1e-10;

/// The sums of the features of each class, and the weight of its rows.
fn sums(x: &Array2<f64>, classes: &Classes, weights: &[f64]) -> (Array2<f64>, Array1<f64>) {
    let count = classes.names().len();
    let mut sums = Array2::zeros((count, x.ncols()));
    let mut rows = Array1::zeros(count);
    for ((row, code), weight) in x.rows().into_iter().zip(classes.codes()).zip(weights) {
        sums.row_mut(*code).scaled_add(*weight, &row);
        rows[*code] += weight;
    }
    (sums, rows)
}

fn priors(rows: &Array1<f64>, fit_prior: bool) -> Array1<f64> {
    if fit_prior {
        let sum = rows.sum();
        rows.mapv(|weight| (weight / sum).ln())
    } else {
        Array1::from_elem(rows.len(), -(rows.len() as f64).ln())
    }
}

impl Estimator for MultinomialNB {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.fit_weighted(features, target, &vec![1.0; features.rows()])
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        not_negative(Self::NAME, "alpha", self.alpha)?;
        let classes = check::classes(features, target, Self::NAME)?;
        check::weights(features, weights, Self::NAME)?;
        let columns = features.names().iter().zip(features.values().columns());
        for (name, column) in columns {
            if let Some(value) = column.iter().find(|value| **value < 0.0) {
                return Err(check::unable(
                    Self::NAME,
                    format!(
                        "it learns from counts, but \"{name}\" has {value}; use GaussianNB, or a \
                         MinMaxScaler before it"
                    ),
                ));
            }
        }
        let (sums, rows) = sums(features.values(), classes, weights);
        let mut logs = sums + self.alpha.max(LEAST);
        for mut row in logs.rows_mut() {
            let all = row.sum();
            row.mapv_inplace(|count| (count / all).ln());
        }
        Ok(Box::new(FittedDiscrete {
            start: priors(&rows, self.fit_prior),
            logs,
            threshold: None,
        }))
    }
}

impl Estimator for BernoulliNB {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.fit_weighted(features, target, &vec![1.0; features.rows()])
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        not_negative(Self::NAME, "alpha", self.alpha)?;
        let classes = check::classes(features, target, Self::NAME)?;
        check::weights(features, weights, Self::NAME)?;
        let there = features
            .values()
            .mapv(|value| is_there(value, self.binarize));
        let (sums, rows) = sums(&there, classes, weights);
        let alpha = self.alpha.max(LEAST);
        let mut shares = sums + alpha;
        for (mut row, weight) in shares.rows_mut().into_iter().zip(&rows) {
            row /= weight + 2.0 * alpha;
        }
        // What is not there speaks as well; added up once, so that a row adds
        // only what changes for the features that it has.
        let absent = shares.mapv(|share| (1.0 - share).ln());
        Ok(Box::new(FittedDiscrete {
            start: priors(&rows, self.fit_prior) + absent.sum_axis(Axis(1)),
            logs: shares.mapv(f64::ln) - absent,
            threshold: Some(self.binarize),
        }))
    }
}

fn is_there(value: f64, threshold: f64) -> f64 {
    f64::from(u8::from(value > threshold))
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedDiscrete {
    /// What each class starts with.
    start: Array1<f64>,
    /// What each feature adds, a row for each class.
    logs: Array2<f64>,
    /// Above it a feature counts as there; `None` for counts.
    threshold: Option<f64>,
}

const KIND: &str = "DiscreteNaiveBayes";

pub(in crate::model) const LOADER: Loader<dyn FittedModel> =
    Loader::model::<FittedDiscrete>(KIND, 1);

/// With more classes a product of matrices is faster than rows one by one.
const FEW_CLASSES: usize = 4;

impl FittedDiscrete {
    /// The logarithm of the likelihood of each class, but for what all have in common.
    fn likelihoods(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.logs.ncols())?;
        let there = |threshold| {
            let is_there = |value| is_there(value, threshold);
            features.values().mapv(is_there)
        };
        let there = self.threshold.map(there);
        let x = there.as_ref().unwrap_or(features.values());
        if self.start.len() > FEW_CLASSES {
            return Ok(x.dot(&self.logs.t()) + &self.start);
        }
        let mut logs = Array2::zeros((x.nrows(), self.start.len()));
        for (class, mut column) in logs.columns_mut().into_iter().enumerate() {
            let scores = weigh(x, &self.logs.row(class).to_vec(), self.start[class]);
            column.assign(&Array1::from(scores));
        }
        Ok(logs)
    }
}

impl FittedModel for FittedDiscrete {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::most_probable(&self.likelihoods(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        Ok(softmax(self.likelihoods(features)?))
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KIND, 1, self)
    }
}
