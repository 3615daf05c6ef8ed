//! Leaving out columns that tell nothing (`VarianceThreshold`) or tell little
//! about the target (`SelectKBest`).

use ndarray::{Array2, ArrayView1};
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, numeric};
use crate::columns;
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};
use crate::target::{Classes, Target};
use crate::{MlError, stats};

const KIND: &str = "Selection";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedSelection>(KIND, 1);

/// Leaves out numeric columns that hardly vary; constant ones unless a
/// threshold is set.
///
/// ```
/// use ferrite_ml::{MlError, Transformer, VarianceThreshold};
/// use polars::df;
///
/// let frame = df!["same" => [1.0, 1.0], "other" => [1.0, 2.0]]?;
/// let kept = VarianceThreshold::new().fit_transform(&frame)?;
/// assert!(kept.equals(&df!["other" => [1.0, 2.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VarianceThreshold {
    threshold: f64,
}

impl VarianceThreshold {
    /// Leaves out constant columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out columns whose variance (of the population) is not above this.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }
}

params!(VarianceThreshold, "VarianceThreshold", { threshold: threshold });

impl Transformer for VarianceThreshold {
    fn diagram(&self) -> Diagram {
        Diagram::new("VarianceThreshold").setting_if(
            self.threshold != 0.0,
            format!("threshold={}", self.threshold),
        )
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        if self.threshold.is_nan() || self.threshold < 0.0 {
            return Err(MlError::InvalidParameter {
                owner: "VarianceThreshold",
                name: "threshold",
                value: self.threshold.to_string(),
                rule: "be 0 or a positive number",
            });
        }
        let variances = numeric::learn(frame, "variance", |values| {
            let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
            let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // Rounding gives constant columns a variance; their range is 0.
            Ok(stats::variance(&values).min(largest - smallest))
        })?;
        let dropped: Vec<String> = variances
            .iter()
            .filter(|(_, variance)| *variance <= self.threshold)
            .map(|(name, _)| name.clone())
            .collect();
        if dropped.len() == frame.width() {
            return Err(MlError::Unable {
                model: "VarianceThreshold",
                reason: format!("no column has a variance above {}", self.threshold),
            });
        }
        Ok(Box::new(FittedSelection::without(frame, dropped)))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

/// How [`SelectKBest`] judges a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoreFunc {
    /// How far the classes lie apart: the F-value of an analysis of variance.
    #[default]
    FClassif,
    /// How well a line through the column predicts a number: an F-value.
    FRegression,
    /// How much counts differ between the classes: the χ² statistic.
    Chi2,
}

choices!(ScoreFunc {
    "f_classif" => FClassif,
    "f_regression" => FRegression,
    "chi2" => Chi2,
});

/// Keeps the `k` numeric columns that tell most about the target, each judged
/// alone; others pass through. Of equally good ones the last are kept, as in
/// scikit-learn.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, SelectKBest, knn};
/// use polars::df;
///
/// let frame = df!["noise" => [1, 2, 1, 2], "tells" => [1, 1, 9, 8], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().step("best", SelectKBest::new(1)).model(knn(1)).fit(&frame, "y")?;
/// assert_eq!(fitted.feature_names(), ["tells"]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectKBest {
    k: usize,
    score_func: ScoreFunc,
}

impl Default for SelectKBest {
    fn default() -> Self {
        Self::new(10)
    }
}

impl SelectKBest {
    /// Keeps that many columns.
    pub fn new(k: usize) -> Self {
        Self {
            k,
            score_func: ScoreFunc::FClassif,
        }
    }

    /// How columns are judged; [`ScoreFunc::FClassif`] unless set.
    pub fn score_func(mut self, score_func: ScoreFunc) -> Self {
        self.score_func = score_func;
        self
    }

    /// The score of each numeric column, in their order.
    ///
    /// ```
    /// use ferrite_ml::{Classes, MlError, SelectKBest, Target};
    /// use polars::prelude::*;
    ///
    /// let y = Classes::of(&Series::new("y".into(), ["a", "a", "b", "b"]))?;
    /// let frame = df!["x" => [1.0, 2.0, 3.0, 4.0]]?;
    /// let scores = SelectKBest::new(1).scores(&frame, &Target::Classes(y))?;
    /// assert_eq!(scores, [("x".to_owned(), 8.0)]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn scores(
        &self,
        frame: &DataFrame,
        target: &Target,
    ) -> Result<Vec<(String, f64)>, MlError> {
        const NAME: &str = "SelectKBest";
        let names = numeric::feature_names(frame)?;
        let values = numeric::complete_matrix(frame, &names)?;
        let unfit = |compared: &str, found: &str, other: &str| MlError::Unable {
            model: NAME,
            reason: format!(
                "{} compares {compared}, but the target is {found}; use ScoreFunc::{other}",
                self.score_func.name()
            ),
        };
        let scores = match (self.score_func, target) {
            (ScoreFunc::FRegression, Target::Classes(_)) => {
                return Err(unfit("numbers", "classes", "FClassif"));
            }
            (ScoreFunc::FClassif | ScoreFunc::Chi2, Target::Numbers(_)) => {
                return Err(unfit("classes", "numbers", "FRegression"));
            }
            (ScoreFunc::FRegression, target) => f_regression(&values, target.numbers(NAME)?),
            (ScoreFunc::FClassif, target) => f_classif(&values, target.classes(NAME)?),
            (ScoreFunc::Chi2, target) => {
                if let Some(value) = values.iter().find(|value| **value < 0.0) {
                    return Err(MlError::Unable {
                        model: NAME,
                        reason: format!(
                            "chi2 compares counts, but there is the number {value}; \
                             use ScoreFunc::FClassif"
                        ),
                    });
                }
                chi2(&values, target.classes(NAME)?)
            }
        };
        Ok(names.into_iter().zip(scores).collect())
    }
}

params!(SelectKBest, "SelectKBest", { k: k, score_func: score_func });

impl Transformer for SelectKBest {
    fn diagram(&self) -> Diagram {
        Diagram::new("SelectKBest")
            .setting(format!("k={}", self.k))
            .setting_if(
                self.score_func != ScoreFunc::FClassif,
                self.score_func.name(),
            )
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.fit_with_target(frame, None)
    }

    fn fit_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<Box<dyn FittedTransformer>, MlError> {
        let target = target.ok_or(MlError::NeedsTarget {
            step: "SelectKBest",
        })?;
        if self.k == 0 {
            return Err(MlError::InvalidParameter {
                owner: "SelectKBest",
                name: "k",
                value: "0".to_owned(),
                rule: "be at least 1",
            });
        }
        let mut scores = self.scores(frame, target)?;
        let left_out = scores.len().saturating_sub(self.k);
        // A constant column has no score; it is the worst.
        let score = |score: f64| if score.is_nan() { f64::MIN } else { score };
        scores.sort_by(|a, b| score(a.1).total_cmp(&score(b.1)));
        let dropped = scores.into_iter().take(left_out).map(|(name, _)| name);
        Ok(Box::new(FittedSelection::without(frame, dropped.collect())))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

/// The variance between the classes over the variance within them.
fn f_classif(values: &Array2<f64>, classes: &Classes) -> Vec<f64> {
    let counts = classes.counts();
    let present = counts.iter().filter(|count| **count > 0).count();
    let rows = values.nrows() as f64;
    let between_degrees = present as f64 - 1.0;
    let within_degrees = rows - present as f64;
    let score = |column: ArrayView1<f64>| {
        let mean = column.sum() / rows;
        let mut sums = vec![0.0; counts.len()];
        for (value, code) in column.iter().zip(classes.codes()) {
            sums[*code] += value - mean;
        }
        let means: Vec<f64> = sums
            .iter()
            .zip(&counts)
            .map(|(sum, count)| sum / (*count).max(1) as f64)
            .collect();
        let between: f64 = means
            .iter()
            .zip(&counts)
            .map(|(mean, count)| mean * mean * *count as f64)
            .sum();
        let within: f64 = column
            .iter()
            .zip(classes.codes())
            .map(|(value, code)| (value - mean - means[*code]).powi(2))
            .sum();
        (between / between_degrees) / (within / within_degrees)
    };
    values.columns().into_iter().map(score).collect()
}

/// `r² / (1 - r²) · (rows - 2)` for the correlation `r` with the target.
fn f_regression(values: &Array2<f64>, target: &[f64]) -> Vec<f64> {
    let rows = target.len() as f64;
    let target_mean = stats::mean(target);
    let score = |column: ArrayView1<f64>| {
        let mean = column.sum() / rows;
        let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in column.iter().zip(target) {
            let (x, y) = (x - mean, y - target_mean);
            xy += x * y;
            xx += x * x;
            yy += y * y;
        }
        let correlation = xy / (xx.sqrt() * yy.sqrt());
        let squared = correlation * correlation;
        squared / (1.0 - squared) * (rows - 2.0)
    };
    values.columns().into_iter().map(score).collect()
}

/// How far the sums of a column by class are from their share of the rows.
fn chi2(values: &Array2<f64>, classes: &Classes) -> Vec<f64> {
    let counts = classes.counts();
    let rows = values.nrows() as f64;
    let score = |column: ArrayView1<f64>| {
        let mut observed = vec![0.0; counts.len()];
        for (value, code) in column.iter().zip(classes.codes()) {
            observed[*code] += value;
        }
        let total = column.sum();
        observed
            .iter()
            .zip(&counts)
            .map(|(observed, count)| {
                let expected = total * *count as f64 / rows;
                (observed - expected).powi(2) / expected
            })
            .sum()
    };
    values.columns().into_iter().map(score).collect()
}

/// The columns that go. Those that stay are not named: a later frame may lack
/// the ones that nothing reads.
#[derive(Debug, Serialize, Deserialize)]
struct FittedSelection {
    dropped: Vec<String>,
    names: Vec<String>,
}

impl FittedSelection {
    fn without(frame: &DataFrame, dropped: Vec<String>) -> Self {
        let mut names = columns::names(frame);
        names.retain(|name| !dropped.contains(name));
        Self { dropped, names }
    }
}

impl FittedTransformer for FittedSelection {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        columns::assemble(frame.height(), columns::without(frame, &self.dropped))
    }

    fn inputs(&self) -> Vec<String> {
        Vec::new()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KIND, 1, self)
    }
}
