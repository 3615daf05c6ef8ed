//! Naive Bayes for counts and for yes or no.
//!
//! linfa-bayes 0.8.1 has both, but its `fit` writes what it learned to standard
//! error (a forgotten `dbg!`), which in a notebook stands below the cell.

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::features::Features;
use crate::model::linear::{weigh, weigh_rows};
use crate::model::recipe::{estimator, not_negative, recipe};
use crate::model::{FittedModel, Prediction, check, softmax};
use crate::persist::{Loader, Saved};
use crate::table::Table;
use crate::target::{Classes, Target};

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

/// The sums of what `of` makes of the features of each class, and the weight of its rows.
fn sums(
    table: &Table,
    classes: &Classes,
    weights: &[f64],
    of: impl Fn(f64) -> f64 + Sync,
) -> (Array2<f64>, Array1<f64>) {
    let (count, codes) = (classes.names().len(), classes.codes());
    let mut rows = Array1::zeros(count);
    for (code, weight) in codes.iter().zip(weights) {
        rows[*code] += weight;
    }
    let columns = table.each(|column| {
        let mut sums = vec![0.0; count];
        for ((value, code), weight) in column.iter().zip(codes).zip(weights) {
            sums[*code] += weight * of(*value);
        }
        sums
    });
    let sum = |(class, feature): (usize, usize)| columns[feature][class];
    (Array2::from_shape_fn((count, columns.len()), sum), rows)
}

fn priors(rows: &Array1<f64>, fit_prior: bool) -> Array1<f64> {
    if fit_prior {
        let sum = rows.sum();
        rows.mapv(|weight| (weight / sum).ln())
    } else {
        Array1::from_elem(rows.len(), -(rows.len() as f64).ln())
    }
}

estimator!(MultinomialNB, Classification, even);

impl MultinomialNB {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        not_negative(Self::NAME, "alpha", self.alpha)?;
        let classes = check::classes(features, target, Self::NAME)?;
        let table = features.columns();
        let negative = table.each(|column| column.iter().copied().find(|value| *value < 0.0));
        for (name, value) in features.names().iter().zip(negative) {
            if let Some(value) = value {
                return Err(check::unable(
                    Self::NAME,
                    format!(
                        "it learns from counts, but \"{name}\" has {value}; use GaussianNB, or a \
                         MinMaxScaler before it"
                    ),
                ));
            }
        }
        let (sums, rows) = sums(&table, classes, weights, |count| count);
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

estimator!(BernoulliNB, Classification, even);

impl BernoulliNB {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        not_negative(Self::NAME, "alpha", self.alpha)?;
        let classes = check::classes(features, target, Self::NAME)?;
        let there = |value| is_there(value, self.binarize);
        let (sums, rows) = sums(&features.columns(), classes, weights, there);
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
        if self.start.len() > FEW_CLASSES {
            let x = there.as_ref().unwrap_or(features.values());
            return Ok(x.dot(&self.logs.t()) + &self.start);
        }
        let mut logs = Array2::zeros((features.rows(), self.start.len()));
        for (class, mut column) in logs.columns_mut().into_iter().enumerate() {
            let (logs, start) = (self.logs.row(class).to_vec(), self.start[class]);
            let scores = match &there {
                Some(there) => weigh_rows(there, &logs, start),
                None => weigh(features, &logs, start),
            };
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
