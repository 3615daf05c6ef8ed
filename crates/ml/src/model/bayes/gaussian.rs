//! Naive Bayes: each feature has a normal distribution in each class.
//!
//! linfa-bayes copies the rows of each class before it looks at them, and keeps what it
//! learned to itself, so that it had to be written and read again; that took longer than
//! scikit-learn does. The sums are made here, in two looks at the rows.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::not_negative;
use crate::model::{Estimator, FittedModel, Prediction, check, parallel, softmax};
use crate::params::params;
use crate::persist::{self, Loader, Saved};
use crate::table::Table;
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
        let x = features.values().as_standard_layout();
        let first = x.row(0);
        if x.rows().into_iter().all(|row| row == first) {
            return Err(solver(
                "every feature is constant, so no row differs from another",
            ));
        }
        let (codes, count) = (classes.codes(), classes.names().len());
        let (sums, rows) = by_class(x.view(), codes, count, |value, _| value);
        let means = sums / &rows.mapv(|rows| rows.max(1.0)).insert_axis(Axis(1));
        let (squares, _) = by_class(x.view(), codes, count, |value, (class, feature)| {
            let apart = value - means[[class, feature]];
            apart * apart
        });
        // The variance of a feature: within the classes, and of their means.
        let all = x.nrows() as f64;
        let mean = rows.dot(&means) / all;
        let mut between = &means - &mean;
        between.mapv_inplace(|apart| apart * apart);
        let variances = (squares.sum_axis(Axis(0)) + rows.dot(&between)) / all;
        let largest = variances.iter().copied().fold(0.0, f64::max);
        if !variances.sum().is_finite() || !largest.is_finite() {
            return Err(solver(
                "the features are too large for floating-point numbers; scale them first",
            ));
        }
        let smoothing = self.var_smoothing * largest;
        let known = (0..count).filter(|class| rows[*class] > 0.0);
        FittedGaussian {
            known: known
                .map(|class| Class {
                    class,
                    share: rows[class] / all,
                    mean: means.row(class).to_owned(),
                    variance: &squares.row(class) / rows[class] + smoothing,
                })
                .collect(),
            features: x.ncols(),
            classes: count,
        }
        .checked()
    }
}

/// Rows whose sums are made together. It does not depend on the number of threads, and
/// so the sums do not.
const PART: usize = 8_192;

/// Rows whose likelihoods are found together.
const PREDICTED: usize = 4_096;

/// The sums of something of each value, a row for each class, and the rows of each.
fn by_class(
    x: ArrayView2<f64>,
    codes: &[usize],
    classes: usize,
    of: impl Fn(f64, (usize, usize)) -> f64 + Sync,
) -> (Array2<f64>, Array1<f64>) {
    let parts = x.nrows().div_ceil(PART);
    let sums = parallel::map(parts, |part| {
        ferrite_interrupt::checkpoint();
        let (start, end) = (part * PART, ((part + 1) * PART).min(x.nrows()));
        let mut sums = Array2::<f64>::zeros((classes, x.ncols()));
        let mut rows = Array1::<f64>::zeros(classes);
        let inside = x.slice(s![start..end, ..]);
        for (row, class) in inside.rows().into_iter().zip(&codes[start..end]) {
            rows[*class] += 1.0;
            let sum = sums.row_mut(*class).into_iter().zip(row);
            for (feature, (sum, value)) in sum.enumerate() {
                *sum += of(*value, (*class, feature));
            }
        }
        (sums, rows)
    });
    let none = (Array2::zeros((classes, x.ncols())), Array1::zeros(classes));
    sums.into_iter()
        .fold(none, |all, part| (all.0 + part.0, all.1 + part.1))
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
        Ok(Prediction::most_probable(&self.likelihoods(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        Ok(softmax(self.likelihoods(features)?))
    }
}

impl FittedGaussian {
    /// The logarithm of the likelihood of each class.
    fn likelihoods(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.features)?;
        // A class that no training row had is impossible.
        let mut logs = Array2::from_elem((features.rows(), self.classes), f64::NEG_INFINITY);
        let columns = features.matrix().as_columns();
        let Some(all) = logs.as_slice_mut().filter(|all| !all.is_empty()) else {
            return Ok(logs);
        };
        parallel::fill(all, PREDICTED * self.classes, |part, logs| {
            let start = part * PREDICTED;
            let rows = start..start + logs.len() / self.classes;
            for known in &self.known {
                let apart = match &columns {
                    Some(table) => known.apart_by_columns(table, rows.clone()),
                    None => known.apart(features.values().slice(s![rows.clone(), ..])),
                };
                let logs = logs.chunks_exact_mut(self.classes).zip(apart);
                let start = known.start();
                logs.for_each(|(logs, apart)| logs[known.class] = start - 0.5 * apart);
            }
        });
        Ok(logs)
    }
}

impl Class {
    /// The logarithm of the likelihood of the mean.
    fn start(&self) -> f64 {
        let scales = self.variance.iter();
        let scale: f64 = scales.map(|v| (2.0 * std::f64::consts::PI * v).ln()).sum();
        self.share.ln() - 0.5 * scale
    }

    /// How far some rows are from the mean, in variances.
    fn apart(&self, rows: ArrayView2<f64>) -> Vec<f64> {
        let far = |row: ArrayView1<f64>| {
            let apart = row.iter().zip(&self.mean).zip(&self.variance);
            apart
                .map(|((x, mean), v)| (x - mean).powi(2) * (1.0 / v))
                .sum()
        };
        rows.rows().into_iter().map(far).collect()
    }

    /// As [`apart`](Self::apart), of columns as they lie.
    fn apart_by_columns(&self, table: &Table, rows: Range<usize>) -> Vec<f64> {
        let mut sums = vec![0.0; rows.len()];
        let each = table.columns().iter().zip(&self.mean).zip(&self.variance);
        for ((column, mean), v) in each {
            let scale = 1.0 / v;
            for (sum, x) in sums.iter_mut().zip(&column[rows.clone()]) {
                *sum += (x - mean) * (x - mean) * scale;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Classes;
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use linfa_bayes::GaussianNb;
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
        let apart = shares(&*first) - shares(&*now);
        assert!(apart.iter().all(|apart| apart.abs() < 1e-12), "{apart}");
        assert!((FIRST_LOADER.load)(&body[..body.len() - 2]).is_err());
    }
}
