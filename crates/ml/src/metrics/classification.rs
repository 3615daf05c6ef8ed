//! Metrics of predicted classes, as functions of two series.
//!
//! All of them follow from the [`ConfusionMatrix`]; what it calculates is used by
//! cross-validation as well.

use polars::prelude::Series;

use super::evaluation::Report;
use super::{Average, ConfusionMatrix, KappaWeights, confusion_matrix};
use crate::MlError;
use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};

/// The part of the rows for which the prediction is right.
///
/// ```
/// use ferrite_ml::{MlError, accuracy_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b", "a"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a", "a"]);
/// assert_eq!(accuracy_score(&truth, &guess)?, 0.75);
/// # Ok::<(), MlError>(())
/// ```
pub fn accuracy_score(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    Ok(confusion_matrix(y_true, y_pred)?.accuracy())
}

/// The mean recall of the classes that occur: accuracy as if all were of equal size.
///
/// ```
/// use ferrite_ml::{MlError, balanced_accuracy_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "a", "a", "b"]);
/// let guess = Series::new("guess".into(), ["a", "a", "a", "a"]);
/// assert_eq!(balanced_accuracy_score(&truth, &guess)?, 0.5);
/// # Ok::<(), MlError>(())
/// ```
pub fn balanced_accuracy_score(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    Ok(confusion_matrix(y_true, y_pred)?.balanced_accuracy())
}

/// Of the rows predicted as a class, the part that is of it; 0 if none was.
///
/// ```
/// use ferrite_ml::{MlError, precision_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b", "a"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a", "a"]);
/// assert_eq!(precision_score(&truth, &guess, "binary")?, 1.0); // of "b"
/// assert_eq!(precision_score(&truth, &guess, "micro")?, 0.75);
/// # Ok::<(), MlError>(())
/// ```
pub fn precision_score(
    y_true: &Series,
    y_pred: &Series,
    average: impl Into<Average>,
) -> Result<f64, MlError> {
    let scores = confusion_matrix(y_true, y_pred)?.averaged(&average.into(), 1.0, None)?;
    Ok(scores.precision)
}

/// Of the rows of a class, the part that was predicted as it; 0 if there is none.
///
/// ```
/// use ferrite_ml::{MlError, recall_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b", "a"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a", "a"]);
/// assert_eq!(recall_score(&truth, &guess, "b")?, 0.5);
/// assert_eq!(recall_score(&truth, &guess, "macro")?, 0.75);
/// # Ok::<(), MlError>(())
/// ```
pub fn recall_score(
    y_true: &Series,
    y_pred: &Series,
    average: impl Into<Average>,
) -> Result<f64, MlError> {
    let scores = confusion_matrix(y_true, y_pred)?.averaged(&average.into(), 1.0, None)?;
    Ok(scores.recall)
}

/// The harmonic mean of precision and recall.
///
/// ```
/// use ferrite_ml::{MlError, f1_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b", "a"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a", "a"]);
/// assert!((f1_score(&truth, &guess, "a")? - 0.8).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn f1_score(
    y_true: &Series,
    y_pred: &Series,
    average: impl Into<Average>,
) -> Result<f64, MlError> {
    fbeta_score(y_true, y_pred, 1.0, average)
}

/// The weighted harmonic mean of precision and recall, in which recall counts
/// `beta` times as much.
///
/// ```
/// use ferrite_ml::{MlError, fbeta_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b", "b"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a", "a"]);
/// let (toward_precision, toward_recall) =
///     (fbeta_score(&truth, &guess, 0.5, "b")?, fbeta_score(&truth, &guess, 2.0, "b")?);
/// assert!(toward_precision > toward_recall); // precision 1, recall 1/3
/// # Ok::<(), MlError>(())
/// ```
pub fn fbeta_score(
    y_true: &Series,
    y_pred: &Series,
    beta: f64,
    average: impl Into<Average>,
) -> Result<f64, MlError> {
    if !(beta > 0.0 && beta.is_finite()) {
        return Err(MlError::InvalidParameter {
            owner: "fbeta_score",
            name: "beta",
            value: beta.to_string(),
            rule: "be a positive number",
        });
    }
    let scores = confusion_matrix(y_true, y_pred)?.averaged(&average.into(), beta, None)?;
    Ok(scores.f1)
}

/// The correlation of truth and prediction between -1 and 1, also for many
/// classes; 0 if one of them never varies (Matthews 1975, Gorodkin 2004).
///
/// ```
/// use ferrite_ml::{MlError, matthews_corrcoef};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [1, 1, 1, -1]);
/// let guess = Series::new("guess".into(), [1, -1, 1, 1]);
/// assert!((matthews_corrcoef(&truth, &guess)? + 1.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn matthews_corrcoef(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    Ok(confusion_matrix(y_true, y_pred)?.matthews())
}

/// Agreement beyond what chance would give: 1 is perfect, 0 is chance (Cohen 1960).
///
/// ```
/// use ferrite_ml::{KappaWeights, MlError, cohen_kappa_score};
/// use polars::prelude::*;
///
/// let one = Series::new("one".into(), ["yes", "yes", "no", "no"]);
/// let other = Series::new("other".into(), ["yes", "no", "no", "no"]);
/// assert_eq!(cohen_kappa_score(&one, &other, KappaWeights::Equal)?, 0.5);
/// # Ok::<(), MlError>(())
/// ```
///
/// # Errors
/// When both know one and the same class only: there is no chance to beat.
pub fn cohen_kappa_score(y1: &Series, y2: &Series, weights: KappaWeights) -> Result<f64, MlError> {
    confusion_matrix(y1, y2)?.kappa(weights)
}

/// Precision, recall and f1 of each class with their averages, as a table.
///
/// ```
/// use ferrite_ml::{MlError, classification_report};
/// use ferrite_display::Show;
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a"]);
/// let report = classification_report(&truth, &guess)?;
/// assert!(report.show().get("text/plain").unwrap_or("").contains("weighted avg"));
/// assert_eq!(report.confusion_matrix().total(), 3);
/// # Ok::<(), MlError>(())
/// ```
pub fn classification_report(
    y_true: &Series,
    y_pred: &Series,
) -> Result<ClassificationReport, MlError> {
    let matrix = confusion_matrix(y_true, y_pred)?;
    Ok(ClassificationReport { matrix })
}

/// A table of metrics by class, made by [`classification_report`].
///
/// ```
/// use ferrite_ml::{ClassificationReport, MlError, classification_report};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 1, 1]);
/// let report: ClassificationReport = classification_report(&truth, &truth)?;
/// assert_eq!(report.classes()[1].f1, 1.0);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassificationReport {
    matrix: ConfusionMatrix,
}

impl ClassificationReport {
    /// Precision, recall, f1 and support of each class.
    pub fn classes(&self) -> Vec<super::ClassScore> {
        self.matrix.classes()
    }

    /// What the table was calculated from.
    pub fn confusion_matrix(&self) -> &ConfusionMatrix {
        &self.matrix
    }
}

impl Show for ClassificationReport {
    fn show(&self) -> MimeBundle {
        let report = Report::of_classes(&self.matrix);
        MimeBundle::text(report.to_text()).html(card(&report.to_html()))
    }
}

/// What follows from counts; the public functions and the scorers of
/// cross-validation share it.
impl ConfusionMatrix {
    /// Counts pairs of positions in a list of classes; classes that occur in
    /// neither are left out, as scikit-learn does.
    pub(crate) fn of_codes(names: &[String], truth: &[usize], guess: &[usize]) -> Self {
        let mut occurs = vec![false; names.len()];
        for code in truth.iter().chain(guess) {
            occurs[*code] = true;
        }
        let mut place = vec![0; names.len()];
        let mut labels = Vec::new();
        for (code, name) in names.iter().enumerate().filter(|(code, _)| occurs[*code]) {
            place[code] = labels.len();
            labels.push(name.clone());
        }
        let mut counts = vec![vec![0; labels.len()]; labels.len()];
        for (truth, guess) in truth.iter().zip(guess) {
            counts[place[*truth]][place[*guess]] += 1;
        }
        Self { labels, counts }
    }

    /// Precision, recall and F of `beta` by an average. `positive` is the class
    /// that [`Average::Binary`] means, if it is not the second one.
    pub(crate) fn averaged(
        &self,
        average: &Average,
        beta: f64,
        positive: Option<&str>,
    ) -> Result<super::confusion::Average, MlError> {
        let square = beta * beta;
        let f = |right: f64, predicted: f64, support: f64| {
            let whole = predicted + square * support;
            if whole > 0.0 {
                (1.0 + square) * right / whole
            } else {
                0.0
            }
        };
        let part = |right: f64, whole: f64| if whole > 0.0 { right / whole } else { 0.0 };
        let of = |right: f64, predicted: f64, support: f64| super::confusion::Average {
            precision: part(right, predicted),
            recall: part(right, support),
            f1: f(right, predicted, support),
        };
        let size = self.labels.len();
        let right = |class: usize| self.counts[class][class] as f64;
        let support = |class: usize| self.counts[class].iter().sum::<usize>() as f64;
        let predicted =
            |class: usize| self.counts.iter().map(|row| row[class]).sum::<usize>() as f64;
        let single = |class: usize| of(right(class), predicted(class), support(class));
        let mean = |weight: &dyn Fn(usize) -> f64| {
            let whole: f64 = (0..size).map(weight).sum();
            let mut sum = of(0.0, 0.0, 0.0);
            for class in 0..size {
                let (share, class) = (part(weight(class), whole), single(class));
                sum.precision += share * class.precision;
                sum.recall += share * class.recall;
                sum.f1 += share * class.f1;
            }
            sum
        };
        match average {
            Average::Micro => {
                let total = self.total() as f64;
                Ok(of((0..size).map(right).sum(), total, total))
            }
            Average::Macro => Ok(mean(&|_| 1.0)),
            Average::Weighted => Ok(mean(&support)),
            Average::Class(name) => match self.labels.iter().position(|label| label == name) {
                Some(class) => Ok(single(class)),
                None => Err(MlError::UndefinedMetric {
                    metric: "an average of classes".to_owned(),
                    reason: format!(
                        "\"{name}\" is neither a class ({}) nor an average \
                         (binary, micro, macro, weighted)",
                        self.labels.join(", ")
                    ),
                }),
            },
            Average::Binary if size > 2 => Err(MlError::UndefinedMetric {
                metric: "the binary average".to_owned(),
                reason: format!(
                    "there are {size} classes; use \"macro\", \"weighted\", \"micro\" or the name \
                     of a class"
                ),
            }),
            Average::Binary => {
                let class = match positive {
                    Some(name) => self.labels.iter().position(|label| label == name),
                    None => size.checked_sub(1),
                };
                // A positive class that neither occurs nor is predicted.
                Ok(class.map_or(of(0.0, 0.0, 0.0), single))
            }
        }
    }

    /// Matthews' correlation of many classes.
    pub(crate) fn matthews(&self) -> f64 {
        let size = self.labels.len();
        let truth: Vec<f64> = self
            .counts
            .iter()
            .map(|row| row.iter().sum::<usize>() as f64)
            .collect();
        let guess: Vec<f64> = (0..size)
            .map(|class| self.counts.iter().map(|row| row[class]).sum::<usize>() as f64)
            .collect();
        let right: f64 = (0..size)
            .map(|class| self.counts[class][class] as f64)
            .sum();
        let total = self.total() as f64;
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let both = right * total - dot(&truth, &guess);
        let of_truth = total * total - dot(&truth, &truth);
        let of_guess = total * total - dot(&guess, &guess);
        if of_truth * of_guess == 0.0 {
            0.0
        } else {
            both / (of_truth * of_guess).sqrt()
        }
    }

    /// Cohen's kappa.
    pub(crate) fn kappa(&self, weights: KappaWeights) -> Result<f64, MlError> {
        let size = self.labels.len();
        let total = self.total() as f64;
        let (mut found, mut by_chance) = (0.0, 0.0);
        for one in 0..size {
            for other in 0..size {
                let apart = one.abs_diff(other) as f64;
                let weight = match weights {
                    KappaWeights::Equal => f64::from(u8::from(one != other)),
                    KappaWeights::Linear => apart,
                    KappaWeights::Quadratic => apart * apart,
                };
                let row: usize = self.counts[one].iter().sum();
                let column: usize = self.counts.iter().map(|row| row[other]).sum();
                found += weight * self.counts[one][other] as f64;
                by_chance += weight * (row as f64) * (column as f64) / total;
            }
        }
        if by_chance == 0.0 {
            return Err(MlError::UndefinedMetric {
                metric: "Cohen's kappa".to_owned(),
                reason: "both know one and the same class only, so there is no chance to beat"
                    .to_owned(),
            });
        }
        Ok(1.0 - found / by_chance)
    }
}
