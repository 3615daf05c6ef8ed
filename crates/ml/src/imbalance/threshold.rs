//! From which probability on a row is called positive.
//!
//! One half is right only if both kinds of error cost the same and classes are
//! as frequent as later. A better threshold is looked for on rows that the model
//! did not learn from, as scikit-learn's `TunedThresholdClassifierCV` does it.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::params::{Field, ParamValue, choices};
use crate::pipeline::Pipeline;
use crate::stats::{interpolate, linspace};
use crate::target::{Classes, Target};
use crate::{MlError, columns, folds};

const NAME: &str = "TunedThreshold";

/// What a threshold is tuned for; each is about the positive class, which is the
/// second in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThresholdMetric {
    /// The mean of the recalls of both classes.
    #[default]
    BalancedAccuracy,
    /// The part of rows that are right.
    Accuracy,
    /// The harmonic mean of precision and recall.
    F1,
    /// The part of rows called positive that are.
    Precision,
    /// The part of positive rows that are called so.
    Recall,
    /// Matthews' correlation coefficient.
    MatthewsCorrcoef,
}

choices!(ThresholdMetric {
    "balanced_accuracy" => BalancedAccuracy,
    "accuracy" => Accuracy,
    "f1" => F1,
    "precision" => Precision,
    "recall" => Recall,
    "matthews_corrcoef" => MatthewsCorrcoef,
});

impl ThresholdMetric {
    /// From the numbers of true and false positives and negatives. What would
    /// divide by 0 is 0, as in scikit-learn.
    fn score(self, counts: [f64; 4]) -> f64 {
        let [tp, fp, tn, fn_] = counts;
        let part = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / b };
        match self {
            Self::BalancedAccuracy => match (tp + fn_, tn + fp) {
                (0.0, _) => part(tn, tn + fp),
                (_, 0.0) => part(tp, tp + fn_),
                (positive, negative) => 0.5 * (tp / positive + tn / negative),
            },
            Self::Accuracy => part(tp + tn, tp + fp + tn + fn_),
            Self::F1 => part(2.0 * tp, 2.0 * tp + fp + fn_),
            Self::Precision => part(tp, tp + fp),
            Self::Recall => part(tp, tp + fn_),
            Self::MatthewsCorrcoef => part(
                tp * tn - fp * fn_,
                ((tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_)).sqrt(),
            ),
        }
    }
}

/// How [`Pipeline::tune_threshold`] looks for the threshold.
///
/// ```
/// use ferrite_ml::{LogisticRegression, MlError, Pipeline, ThresholdMetric, TunedThreshold};
/// use polars::df;
///
/// let x: Vec<f64> = (0..40).map(f64::from).collect();
/// let y: Vec<&str> = (0..40).map(|i| if i % 10 == 9 || i > 35 { "yes" } else { "no" }).collect();
/// let pipeline = Pipeline::new()
///     .model(LogisticRegression::new())
///     .tune_threshold(TunedThreshold::new(ThresholdMetric::F1).cv(3));
/// let fitted = pipeline.fit(&df!["x" => x, "y" => y]?, "y")?;
/// assert!(fitted.threshold().is_some_and(|t| 0.0 < t && t < 1.0));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TunedThreshold {
    metric: ThresholdMetric,
    cv: usize,
    thresholds: usize,
    shuffle: Option<u64>,
}

impl Default for TunedThreshold {
    fn default() -> Self {
        Self::new(ThresholdMetric::default())
    }
}

impl TunedThreshold {
    /// The best for this metric, in five folds, among a hundred thresholds.
    pub fn new(metric: ThresholdMetric) -> Self {
        Self {
            metric,
            cv: 5,
            thresholds: 100,
            shuffle: None,
        }
    }

    /// The number of folds; 5 unless set.
    pub fn cv(mut self, folds: usize) -> Self {
        self.cv = folds;
        self
    }

    /// How many thresholds are tried; 100 unless set.
    pub fn thresholds(mut self, count: usize) -> Self {
        self.thresholds = count;
        self
    }

    /// Deals rows to folds at random; otherwise they are dealt in their order.
    pub fn seed(mut self, seed: u64) -> Self {
        self.shuffle = Some(seed);
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// As it stands in a diagram.
    pub(crate) fn describe(&self) -> String {
        format!("threshold by {}", self.metric.name())
    }

    /// The best threshold for a pipeline, which has none itself.
    pub(crate) fn tune(
        &self,
        pipeline: &Pipeline,
        rows: &DataFrame,
        target: &str,
        classes: &Classes,
    ) -> Result<f64, MlError> {
        self.check(classes)?;
        let positive = &classes.names()[1];
        let fold_of = folds::assign(&Target::Classes(classes.clone()), self.cv, self.shuffle);
        let mut curves = Vec::with_capacity(self.cv);
        for fold in 0..self.cv {
            ferrite_interrupt::checkpoint();
            let learns: Vec<bool> = fold_of.iter().map(|own| *own != fold).collect();
            let judged: Vec<bool> = learns.iter().map(|learns| !learns).collect();
            let truth: Vec<bool> = (0..fold_of.len())
                .filter(|row| judged[*row])
                .map(|row| classes.codes()[row] == 1)
                .collect();
            let fitted = pipeline.fit_briefly(&columns::filter(rows, learns)?, target)?;
            let probabilities = fitted.predict_proba(&columns::filter(rows, judged)?)?;
            let scores = columns::numbers(&probabilities, positive)?;
            let scores: Vec<f64> = scores.into_iter().flatten().collect();
            curves.push(self.curve(&scores, &truth)?);
        }
        let first = |curve: &Curve| curve.0.first().copied().unwrap_or(0.0);
        let last = |curve: &Curve| curve.0.last().copied().unwrap_or(1.0);
        let low = curves.iter().map(first).fold(f64::INFINITY, f64::min);
        let high = curves.iter().map(last).fold(f64::NEG_INFINITY, f64::max);
        let mut best = (f64::NEG_INFINITY, 0.5);
        for threshold in linspace(low, high, self.thresholds) {
            let scores = curves
                .iter()
                .map(|(at, scores)| interpolate(threshold, at, scores));
            let mean = scores.sum::<f64>() / curves.len() as f64;
            if mean > best.0 {
                best = (mean, threshold);
            }
        }
        Ok(best.1)
    }

    fn check(&self, classes: &Classes) -> Result<(), MlError> {
        let least = |name, value: usize| {
            if value >= 2 {
                return Ok(());
            }
            Err(MlError::InvalidParameter {
                owner: NAME,
                name,
                value: value.to_string(),
                rule: "be at least 2",
            })
        };
        least("cv", self.cv)?;
        least("thresholds", self.thresholds)?;
        let smallest = classes.counts().into_iter().min().unwrap_or(0);
        if smallest < self.cv {
            return Err(MlError::TooFewRows {
                purpose: format!("{NAME}(cv={}) in each class", self.cv),
                needed: self.cv,
                found: smallest,
                advice: "; choose a smaller cv",
            });
        }
        Ok(())
    }

    /// The score at each threshold between the lowest and the highest probability.
    fn curve(&self, scores: &[f64], truth: &[bool]) -> Result<Curve, MlError> {
        let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if high - low <= 1e-8 * high.abs() {
            return Err(MlError::Unable {
                model: NAME,
                reason: format!(
                    "the model gives every row the same probability {high}; \
                     there is nothing to choose between"
                ),
            });
        }
        let thresholds = linspace(low, high, self.thresholds);
        let scored = thresholds.iter().map(|threshold| {
            let mut counts = [0.0; 4];
            for (score, truth) in scores.iter().zip(truth) {
                let slot = match (score >= threshold, truth) {
                    (true, true) => 0,
                    (true, false) => 1,
                    (false, false) => 2,
                    (false, true) => 3,
                };
                counts[slot] += 1.0;
            }
            self.metric.score(counts)
        });
        let scored = scored.collect();
        Ok((thresholds, scored))
    }
}

/// Thresholds in rising order, and the score at each.
type Curve = (Vec<f64>, Vec<f64>);

/// The threshold that a pipeline asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Threshold {
    Fixed(f64),
    Tuned(TunedThreshold),
}

impl Threshold {
    pub fn describe(&self) -> String {
        match self {
            Self::Fixed(threshold) => format!("threshold {threshold}"),
            Self::Tuned(tuned) => tuned.describe(),
        }
    }
}

impl Field for Threshold {
    fn to_value(&self) -> ParamValue {
        match self {
            Self::Fixed(threshold) => ParamValue::Number(*threshold),
            Self::Tuned(tuned) => tuned.metric.to_value(),
        }
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Text(_) => {
                ThresholdMetric::from_value(value).map(|m| Self::Tuned(TunedThreshold::new(m)))
            }
            value => f64::from_value(value).map(Self::Fixed),
        }
    }
}
