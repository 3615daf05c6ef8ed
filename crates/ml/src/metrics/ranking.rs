//! Metrics of scores and probabilities: how well they rank, and whether they can
//! be taken at their word.

use ndarray::{Array2, ArrayView1, Axis};
use polars::prelude::{Column, DataFrame, Series};

use crate::labels::{self, Labels};
use crate::{MlError, columns};

/// Scores or probabilities of classes: a frame with a column for each class, as
/// [`predict_proba`](crate::FittedPipeline::predict_proba) gives it, or one number
/// for each row, the higher the more probable the second of two classes.
///
/// ```
/// use ferrite_ml::{ClassScores, MlError, roc_auc_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["no", "no", "yes", "yes"]);
/// let scores = [0.1, 0.4, 0.35, 0.8];
/// let frame = df!["no" => scores.map(|p| 1.0 - p), "yes" => scores]?;
/// let one: ClassScores = (&frame).into();
/// assert_eq!(roc_auc_score(&truth, one)?, roc_auc_score(&truth, scores.to_vec())?);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClassScores(Given);

#[derive(Clone, Debug)]
enum Given {
    Frame(DataFrame),
    Numbers(Vec<f64>),
    Series(Series),
}

impl From<&DataFrame> for ClassScores {
    fn from(frame: &DataFrame) -> Self {
        Self(Given::Frame(frame.clone()))
    }
}

impl From<&Series> for ClassScores {
    fn from(series: &Series) -> Self {
        Self(Given::Series(series.clone()))
    }
}

impl From<Vec<f64>> for ClassScores {
    fn from(numbers: Vec<f64>) -> Self {
        Self(Given::Numbers(numbers))
    }
}

impl From<&[f64]> for ClassScores {
    fn from(numbers: &[f64]) -> Self {
        Self(Given::Numbers(numbers.to_vec()))
    }
}

/// True classes as positions, with a score for each class.
pub(crate) struct Ranked {
    pub classes: Vec<String>,
    pub truth: Vec<usize>,
    /// A row for each row; a column for each class.
    pub scores: Array2<f64>,
}

impl Ranked {
    fn read(y_true: &Series, scores: ClassScores) -> Result<Self, MlError> {
        let labels = Labels::of(y_true)?;
        let numeric = labels.numeric;
        let labels = labels.complete(y_true.name())?;
        let single = |numbers: Vec<f64>| {
            let classes = labels::distinct(&labels, numeric);
            if classes.len() != 2 {
                return Err(MlError::UndefinedMetric {
                    metric: "a metric of one score for each row".to_owned(),
                    reason: format!(
                        "\"{}\" has {} class{}, but one score can only rank two; give the frame \
                         of predict_proba for more",
                        y_true.name(),
                        classes.len(),
                        if classes.len() == 1 { "" } else { "es" }
                    ),
                });
            }
            let rows = numbers.len();
            let table = Array2::from_shape_fn((rows, 2), |(row, class)| {
                if class == 1 {
                    numbers[row]
                } else {
                    1.0 - numbers[row]
                }
            });
            Ok((classes, table))
        };
        let (classes, scores) = match scores.0 {
            Given::Numbers(numbers) => single(numbers)?,
            Given::Series(series) => {
                let frame = series.clone().into_frame();
                single(complete_numbers(&frame, series.name())?)?
            }
            Given::Frame(frame) => {
                let names = columns::names(&frame);
                let mut table = Array2::zeros((frame.height(), names.len()));
                for (name, mut column) in names.iter().zip(table.columns_mut()) {
                    let numbers = complete_numbers(&frame, name)?;
                    column.assign(&ArrayView1::from(&numbers));
                }
                (names, table)
            }
        };
        if labels.len() != scores.nrows() {
            return Err(MlError::LengthMismatch {
                left: y_true.name().to_string(),
                left_len: labels.len(),
                right: "the scores".to_owned(),
                right_len: scores.nrows(),
            });
        }
        if labels.is_empty() {
            return Err(MlError::NoRows {
                purpose: "compare",
                reason: "both series are empty".to_owned(),
            });
        }
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(MlError::UndefinedMetric {
                metric: "a metric of scores".to_owned(),
                reason: "some scores are missing or infinite".to_owned(),
            });
        }
        let code = |label: &String| {
            classes
                .iter()
                .position(|class| class == label)
                .ok_or_else(|| MlError::UndefinedMetric {
                    metric: "a metric of scores".to_owned(),
                    reason: format!(
                        "\"{label}\" is a true class, but there is no column of scores for it \
                         (columns: {})",
                        classes.join(", ")
                    ),
                })
        };
        let truth = labels.iter().map(code).collect::<Result<_, _>>()?;
        Ok(Self {
            classes,
            truth,
            scores,
        })
    }

    fn is(&self, class: usize) -> Vec<bool> {
        self.truth.iter().map(|truth| *truth == class).collect()
    }

    fn column(&self, class: usize) -> Vec<f64> {
        self.scores.column(class).to_vec()
    }

    /// Fails unless every class has a row, and there are two at least.
    fn expect_all(&self, metric: &str) -> Result<(), MlError> {
        let missing = (0..self.classes.len()).find(|class| !self.truth.contains(class));
        let reason = match missing {
            Some(class) => format!(
                "no row is of the class \"{}\", so nothing can be ranked against it",
                self.classes[class]
            ),
            None if self.classes.len() < 2 => "there is one class only".to_owned(),
            None => return Ok(()),
        };
        Err(MlError::UndefinedMetric {
            metric: metric.to_owned(),
            reason,
        })
    }

    fn expect_probabilities(&self, metric: &str) -> Result<(), MlError> {
        let wrong = self.scores.axis_iter(Axis(0)).position(|row| {
            let sum: f64 = row.sum();
            (sum - 1.0).abs() > 1e-5 || row.iter().any(|p| !(-1e-9..=1.0 + 1e-9).contains(p))
        });
        match wrong {
            None => Ok(()),
            Some(row) => Err(MlError::UndefinedMetric {
                metric: metric.to_owned(),
                reason: format!(
                    "the scores of row {row} are no probabilities (from 0 to 1, with the sum 1); \
                     scores can only be ranked, as roc_auc does"
                ),
            }),
        }
    }

    /// The area under the ROC curve.
    pub fn roc_auc(&self, how: MultiClass) -> Result<f64, MlError> {
        const NAME: &str = "roc_auc";
        self.expect_all(NAME)?;
        if self.classes.len() == 2 {
            return Ok(area(&self.is(1), &self.column(1)));
        }
        self.expect_probabilities(NAME)?;
        let rows = self.truth.len() as f64;
        let mut weighted = Vec::new();
        match how {
            MultiClass::Ovr | MultiClass::OvrWeighted => {
                for class in 0..self.classes.len() {
                    let is = self.is(class);
                    let share = is.iter().filter(|is| **is).count() as f64 / rows;
                    weighted.push((area(&is, &self.column(class)), share));
                }
            }
            MultiClass::Ovo | MultiClass::OvoWeighted => {
                for one in 0..self.classes.len() {
                    for other in one + 1..self.classes.len() {
                        let pair: Vec<usize> = (0..self.truth.len())
                            .filter(|row| [one, other].contains(&self.truth[*row]))
                            .collect();
                        let against = |class: usize| {
                            let is: Vec<bool> =
                                pair.iter().map(|row| self.truth[*row] == class).collect();
                            let scores: Vec<f64> =
                                pair.iter().map(|row| self.scores[[*row, class]]).collect();
                            area(&is, &scores)
                        };
                        weighted.push((
                            (against(one) + against(other)) / 2.0,
                            pair.len() as f64 / rows,
                        ));
                    }
                }
            }
        }
        let by_rows = matches!(how, MultiClass::OvrWeighted | MultiClass::OvoWeighted);
        let weight = |share: f64| if by_rows { share } else { 1.0 };
        let whole: f64 = weighted.iter().map(|(_, share)| weight(*share)).sum();
        Ok(weighted
            .iter()
            .map(|(area, share)| area * weight(*share))
            .sum::<f64>()
            / whole)
    }

    /// The area under the precision-recall curve as a sum of steps; the mean over
    /// classes where there are more than two.
    pub fn average_precision(&self) -> Result<f64, MlError> {
        self.expect_all("average_precision")?;
        let of = |class: usize| {
            let steps = Steps::of(&self.is(class), &self.column(class));
            let (mut sum, mut before) = (0.0, 0.0);
            for (right, wrong) in steps.right.iter().zip(&steps.wrong) {
                let recall = right / steps.positives();
                sum += (recall - before) * right / (right + wrong);
                before = recall;
            }
            sum
        };
        if self.classes.len() == 2 {
            return Ok(of(1));
        }
        Ok((0..self.classes.len()).map(of).sum::<f64>() / self.classes.len() as f64)
    }

    /// The mean negative logarithm of the probability of the true class.
    pub fn log_loss(&self) -> Result<f64, MlError> {
        self.expect_probabilities("log_loss")?;
        let own = self
            .truth
            .iter()
            .enumerate()
            .map(|(row, class)| self.scores[[row, *class]]);
        let clipped = own.map(|p| p.clamp(f64::EPSILON, 1.0 - f64::EPSILON));
        Ok(-clipped.map(f64::ln).sum::<f64>() / self.truth.len() as f64)
    }

    /// The mean squared error of the probabilities: of the second class if there
    /// are two, else the sum over all.
    pub fn brier(&self) -> Result<f64, MlError> {
        self.expect_probabilities("brier_score_loss")?;
        let mut sum = 0.0;
        for (row, truth) in self.scores.axis_iter(Axis(0)).zip(&self.truth) {
            for (class, p) in row.iter().enumerate() {
                sum += (p - f64::from(u8::from(class == *truth))).powi(2);
            }
        }
        let scale = if self.classes.len() == 2 { 0.5 } else { 1.0 };
        Ok(scale * sum / self.truth.len() as f64)
    }

    /// How often the true class is among the `k` with the highest scores; of equal
    /// ones the later class comes first, as in scikit-learn.
    pub fn top_k(&self, k: usize) -> Result<f64, MlError> {
        if k == 0 || k > self.classes.len() {
            return Err(MlError::InvalidParameter {
                owner: "top_k_accuracy_score",
                name: "k",
                value: k.to_string(),
                rule: "lie between 1 and the number of classes",
            });
        }
        let hit = |(row, truth): (ArrayView1<f64>, &usize)| {
            let own = row[*truth];
            let ahead = row
                .iter()
                .enumerate()
                .filter(|(class, score)| **score > own || (**score == own && class > truth))
                .count();
            ahead < k
        };
        let hits = self
            .scores
            .axis_iter(Axis(0))
            .zip(&self.truth)
            .filter(|pair| hit(*pair));
        Ok(hits.count() as f64 / self.truth.len() as f64)
    }
}

/// How the ROC areas of more than two classes become one number.
///
/// ```
/// use ferrite_ml::MultiClass;
///
/// assert_eq!(MultiClass::default(), MultiClass::Ovr);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MultiClass {
    /// Each class against the rest, each counting the same.
    #[default]
    Ovr,
    /// Each class against the rest, each counting by its rows.
    OvrWeighted,
    /// Each pair of classes, each counting the same (Hand and Till 2001).
    Ovo,
    /// Each pair of classes, each counting by its rows.
    OvoWeighted,
}

/// The area under the ROC curve: how probable it is that a row of the class has a
/// higher score than one that is not. With more than two classes the mean of each
/// class against the rest; [`roc_auc_score_with`] has the other ways.
///
/// ```
/// use ferrite_ml::{MlError, roc_auc_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 1]);
/// assert_eq!(roc_auc_score(&truth, vec![0.1, 0.4, 0.35, 0.8])?, 0.75);
/// # Ok::<(), MlError>(())
/// ```
pub fn roc_auc_score(y_true: &Series, y_score: impl Into<ClassScores>) -> Result<f64, MlError> {
    Ranked::read(y_true, y_score.into())?.roc_auc(MultiClass::Ovr)
}

/// [`roc_auc_score`] with a way to bring several classes together.
///
/// ```
/// use ferrite_ml::{MlError, MultiClass, roc_auc_score_with};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "c"]);
/// let proba = df!["a" => [0.8, 0.1, 0.2], "b" => [0.1, 0.7, 0.2], "c" => [0.1, 0.2, 0.6]]?;
/// assert_eq!(roc_auc_score_with(&truth, &proba, MultiClass::Ovo)?, 1.0);
/// # Ok::<(), MlError>(())
/// ```
pub fn roc_auc_score_with(
    y_true: &Series,
    y_score: impl Into<ClassScores>,
    multi_class: MultiClass,
) -> Result<f64, MlError> {
    Ranked::read(y_true, y_score.into())?.roc_auc(multi_class)
}

/// The area under the precision-recall curve as a sum of steps (PR AUC); the mean
/// over classes where there are more than two.
///
/// ```
/// use ferrite_ml::{MlError, average_precision_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 1]);
/// let area = average_precision_score(&truth, vec![0.1, 0.4, 0.35, 0.8])?;
/// assert!((area - 0.8333333333).abs() < 1e-9);
/// # Ok::<(), MlError>(())
/// ```
pub fn average_precision_score(
    y_true: &Series,
    y_score: impl Into<ClassScores>,
) -> Result<f64, MlError> {
    Ranked::read(y_true, y_score.into())?.average_precision()
}

/// The mean negative logarithm of the probability of the true class; probabilities
/// of 0 count as the smallest step above it.
///
/// ```
/// use ferrite_ml::{MlError, log_loss};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 1]);
/// assert!((log_loss(&truth, vec![0.5, 0.5])? - 2.0_f64.ln()).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn log_loss(y_true: &Series, y_proba: impl Into<ClassScores>) -> Result<f64, MlError> {
    Ranked::read(y_true, y_proba.into())?.log_loss()
}

/// The mean squared error of probabilities: for two classes from 0 to 1, for more
/// the sum over classes, from 0 to 2, as in scikit-learn.
///
/// ```
/// use ferrite_ml::{MlError, brier_score_loss};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 1]);
/// assert!((brier_score_loss(&truth, vec![0.1, 0.8])? - 0.025).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn brier_score_loss(y_true: &Series, y_proba: impl Into<ClassScores>) -> Result<f64, MlError> {
    Ranked::read(y_true, y_proba.into())?.brier()
}

/// How often the true class is among the `k` with the highest scores.
///
/// ```
/// use ferrite_ml::{MlError, top_k_accuracy_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b"]);
/// let proba = df!["a" => [0.5, 0.6], "b" => [0.2, 0.1], "c" => [0.3, 0.3]]?;
/// assert_eq!(top_k_accuracy_score(&truth, &proba, 2)?, 0.5);
/// # Ok::<(), MlError>(())
/// ```
pub fn top_k_accuracy_score(
    y_true: &Series,
    y_score: impl Into<ClassScores>,
    k: usize,
) -> Result<f64, MlError> {
    Ranked::read(y_true, y_score.into())?.top_k(k)
}

/// The points of the ROC curve of two classes: a frame with `fpr`, `tpr` and
/// `threshold`, without those that lie on a line between others. The first
/// threshold is infinite: nothing is taken for positive.
///
/// ```
/// use ferrite_ml::{MlError, roc_curve};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 1]);
/// let curve = roc_curve(&truth, vec![0.1, 0.4, 0.35, 0.8])?;
/// assert_eq!(curve.column("tpr")?.f64()?.to_vec_null_aware().left(), Some(vec![0.0, 0.5, 0.5, 1.0, 1.0]));
/// # Ok::<(), MlError>(())
/// ```
pub fn roc_curve(y_true: &Series, y_score: impl Into<ClassScores>) -> Result<DataFrame, MlError> {
    let ranked = Ranked::read(y_true, y_score.into())?;
    let steps = ranked.steps_of_two("roc_curve")?;
    let last = steps.right.len() - 1;
    // Where neither count bends, the point lies on a line between its neighbours.
    let bends = |counts: &[f64], i: usize| counts[i + 1] - 2.0 * counts[i] + counts[i - 1] != 0.0;
    let kept: Vec<usize> = (0..=last)
        .filter(|i| *i == 0 || *i == last || bends(&steps.right, *i) || bends(&steps.wrong, *i))
        .collect();
    let (negatives, positives) = (steps.wrong[last], steps.positives());
    let with_origin = |origin: f64, values: &dyn Fn(usize) -> f64| -> Vec<f64> {
        std::iter::once(origin)
            .chain(kept.iter().map(|i| values(*i)))
            .collect()
    };
    frame([
        ("fpr", with_origin(0.0, &|i| steps.wrong[i] / negatives)),
        ("tpr", with_origin(0.0, &|i| steps.right[i] / positives)),
        (
            "threshold",
            with_origin(f64::INFINITY, &|i| steps.thresholds[i]),
        ),
    ])
}

/// The points of the precision-recall curve of two classes, by rising threshold: a
/// frame with `precision`, `recall` and `threshold`; the last point, where nothing is
/// taken for positive, has no threshold.
///
/// ```
/// use ferrite_ml::{MlError, precision_recall_curve};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 1]);
/// let curve = precision_recall_curve(&truth, vec![0.1, 0.4, 0.35, 0.8])?;
/// assert_eq!(curve.height(), 5);
/// # Ok::<(), MlError>(())
/// ```
pub fn precision_recall_curve(
    y_true: &Series,
    y_score: impl Into<ClassScores>,
) -> Result<DataFrame, MlError> {
    let ranked = Ranked::read(y_true, y_score.into())?;
    let steps = ranked.steps_of_two("precision_recall_curve")?;
    let points = (0..steps.right.len()).rev();
    let precision = points
        .clone()
        .map(|i| steps.right[i] / (steps.right[i] + steps.wrong[i]))
        .chain([1.0])
        .collect();
    let recall = points
        .clone()
        .map(|i| steps.right[i] / steps.positives())
        .chain([0.0])
        .collect();
    let mut curve = frame([("precision", precision), ("recall", recall)])?;
    let thresholds: Vec<Option<f64>> = points
        .map(|i| Some(steps.thresholds[i]))
        .chain([None])
        .collect();
    curve.with_column(Column::new("threshold".into(), thresholds))?;
    Ok(curve)
}

/// Whether probabilities can be taken at their word: rows are put into `n_bins`
/// intervals by the probability of the second class, and each bin with rows gives
/// the mean probability (`prob_pred`), the true share (`prob_true`) and the number of
/// rows (`rows`). The intervals are of equal width, or with `quantile` of equal size.
///
/// ```
/// use ferrite_ml::{MlError, calibration_curve};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 0, 1, 1, 1]);
/// let curve = calibration_curve(&truth, vec![0.1, 0.2, 0.3, 0.7, 0.8, 0.9], 2, false)?;
/// assert_eq!(curve.column("prob_true")?.f64()?.get(1), Some(1.0));
/// # Ok::<(), MlError>(())
/// ```
pub fn calibration_curve(
    y_true: &Series,
    y_proba: impl Into<ClassScores>,
    n_bins: usize,
    quantile: bool,
) -> Result<DataFrame, MlError> {
    const NAME: &str = "calibration_curve";
    if n_bins == 0 {
        return Err(MlError::InvalidParameter {
            owner: NAME,
            name: "n_bins",
            value: "0".to_owned(),
            rule: "be at least 1",
        });
    }
    let ranked = Ranked::read(y_true, y_proba.into())?;
    ranked.steps_of_two(NAME)?;
    ranked.expect_probabilities(NAME)?;
    let probabilities = ranked.column(1);
    let mut sorted = probabilities.clone();
    sorted.sort_by(f64::total_cmp);
    let edges: Vec<f64> = (1..n_bins)
        .map(|edge| {
            let share = edge as f64 / n_bins as f64;
            if !quantile {
                return share;
            }
            let place = share * (sorted.len() - 1) as f64;
            let (below, part) = (place.floor() as usize, place.fract());
            let above = (below + 1).min(sorted.len() - 1);
            sorted[below] + (sorted[above] - sorted[below]) * part
        })
        .collect();
    let mut bins = vec![(0.0, 0.0, 0.0); n_bins];
    for (p, is) in probabilities.iter().zip(ranked.is(1)) {
        let bin = &mut bins[edges.partition_point(|edge| edge < p)];
        bin.0 += p;
        bin.1 += f64::from(u8::from(is));
        bin.2 += 1.0;
    }
    bins.retain(|(_, _, rows)| *rows > 0.0);
    frame([
        (
            "prob_true",
            bins.iter().map(|(_, is, rows)| is / rows).collect(),
        ),
        (
            "prob_pred",
            bins.iter().map(|(p, _, rows)| p / rows).collect(),
        ),
        ("rows", bins.iter().map(|(_, _, rows)| *rows).collect()),
    ])
}

impl Ranked {
    fn steps_of_two(&self, metric: &str) -> Result<Steps, MlError> {
        if self.classes.len() != 2 {
            return Err(MlError::UndefinedMetric {
                metric: metric.to_owned(),
                reason: format!(
                    "it is a curve of two classes, but there are {}; look at each class against \
                     the rest",
                    self.classes.len()
                ),
            });
        }
        self.expect_all(metric)?;
        Ok(Steps::of(&self.is(1), &self.column(1)))
    }
}

/// How many positives and negatives have at least a score, by falling score.
struct Steps {
    right: Vec<f64>,
    wrong: Vec<f64>,
    thresholds: Vec<f64>,
}

impl Steps {
    fn of(is: &[bool], scores: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let mut steps = Self {
            right: Vec::new(),
            wrong: Vec::new(),
            thresholds: Vec::new(),
        };
        let (mut right, mut wrong) = (0.0, 0.0);
        for (place, row) in order.iter().enumerate() {
            if is[*row] {
                right += 1.0
            } else {
                wrong += 1.0
            }
            let ends = order
                .get(place + 1)
                .is_none_or(|next| scores[*next] != scores[*row]);
            if ends {
                steps.right.push(right);
                steps.wrong.push(wrong);
                steps.thresholds.push(scores[*row]);
            }
        }
        steps
    }

    fn positives(&self) -> f64 {
        self.right.last().copied().unwrap_or(0.0)
    }
}

/// The area under the ROC curve by trapezoids.
fn area(is: &[bool], scores: &[f64]) -> f64 {
    let steps = Steps::of(is, scores);
    let negatives = steps.wrong.last().copied().unwrap_or(0.0);
    let (mut sum, mut before) = (0.0, (0.0, 0.0));
    for (right, wrong) in steps.right.iter().zip(&steps.wrong) {
        sum += (wrong - before.1) * (right + before.0) / 2.0;
        before = (*right, *wrong);
    }
    sum / (steps.positives() * negatives)
}

fn frame<const N: usize>(named: [(&str, Vec<f64>); N]) -> Result<DataFrame, MlError> {
    let height = named[0].1.len();
    let columns = named
        .into_iter()
        .map(|(name, values)| Column::new(name.into(), values));
    columns::assemble(height, columns.collect())
}

/// A column of numbers without gaps.
fn complete_numbers(frame: &DataFrame, name: &str) -> Result<Vec<f64>, MlError> {
    let numbers = columns::numbers(frame, name)?;
    let count = numbers.iter().filter(|number| number.is_none()).count();
    if count > 0 {
        return Err(MlError::MissingLabels {
            name: name.to_owned(),
            count,
        });
    }
    Ok(numbers.into_iter().flatten().collect())
}
