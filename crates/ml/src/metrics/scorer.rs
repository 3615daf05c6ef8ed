//! Metrics by name, as `cross_validate`, `compare` and the searches take them.
//!
//! One table knows every name, what it needs and which way is better. Names are
//! scikit-learn's scorers (`f1_macro`, `neg_log_loss`), and the plain names of
//! metrics where less is better (`log_loss`, `mae`), which are shown as they are.

use std::fmt;
use std::sync::Arc;

use ndarray::Array2;
use polars::prelude::Series;

use super::ranking::{MultiClass, Ranked};
use super::regression::{Pairs, finite};
use super::{Average, ConfusionMatrix, KappaWeights};
use crate::MlError;
use crate::target::Task;

/// A metric with its name and which way is better. Text is enough wherever one is
/// asked for; [`Metric::custom`] makes one of a function.
///
/// ```
/// use ferrite_ml::Metric;
///
/// assert!(Metric::from("f1_macro").greater_is_better());
/// assert!(!Metric::from("log_loss").greater_is_better());
/// let within_one = Metric::custom("within_one", true, |truth, guess| {
///     let close = (truth - guess)?.cast(&polars::prelude::DataType::Float64)?;
///     Ok(close.f64()?.iter().flatten().filter(|d| d.abs() <= 1.0).count() as f64 / close.len() as f64)
/// });
/// assert_eq!(within_one.name(), "within_one");
/// ```
#[derive(Clone)]
pub struct Metric {
    name: String,
    kind: Option<Kind>,
    greater: bool,
}

type Custom = Arc<dyn Fn(&Series, &Series) -> Result<f64, MlError> + Send + Sync>;

#[derive(Clone)]
enum Kind {
    Known(Measure),
    /// The measure times -1.
    Negated(Measure),
    Custom(Custom),
}

/// What is measured, and on what.
#[derive(Clone, Copy)]
enum Measure {
    /// Of predicted classes.
    Classes(fn(&Matrix) -> Result<f64, MlError>),
    /// Of probabilities.
    Ranks(fn(&Ranked) -> Result<f64, MlError>),
    /// Of predicted numbers.
    Numbers(fn(Pairs) -> Result<f64, MlError>),
}

/// Counts with the class that `binary` means.
struct Matrix {
    counts: ConfusionMatrix,
    positive: Option<String>,
}

impl Matrix {
    fn averaged(&self, average: Average, beta: f64) -> Result<super::confusion::Average, MlError> {
        self.counts
            .averaged(&average, beta, self.positive.as_deref())
    }

    /// Of the rows of the other class, the part that was predicted as the positive
    /// one; and of all rows.
    fn rates(&self) -> Result<(f64, f64), MlError> {
        if self.counts.labels().len() > 2 {
            return Err(MlError::UndefinedMetric {
                metric: "a rate of the positive class".to_owned(),
                reason: "there are more than two classes".to_owned(),
            });
        }
        let positive = self.positive.as_deref();
        let is = |label: &String| Some(label.as_str()) == positive;
        let (mut wrong, mut negatives, mut selected) = (0, 0, 0);
        for (truth, row) in self.counts.labels().iter().zip(self.counts.counts()) {
            for (guess, count) in self.counts.labels().iter().zip(row) {
                negatives += if is(truth) { 0 } else { *count };
                wrong += if is(guess) && !is(truth) { *count } else { 0 };
                selected += if is(guess) { *count } else { 0 };
            }
        }
        let part = |part: usize, of: usize| {
            if of == 0 {
                0.0
            } else {
                part as f64 / of as f64
            }
        };
        Ok((part(wrong, negatives), part(selected, self.counts.total())))
    }
}

/// The table: names, what they measure, whether more is better.
fn known() -> Vec<(&'static str, Measure, bool)> {
    use Average::{Binary, Macro, Micro, Weighted};
    use Measure::{Classes, Numbers, Ranks};
    vec![
        ("accuracy", Classes(|m| Ok(m.counts.accuracy())), true),
        (
            "balanced_accuracy",
            Classes(|m| Ok(m.counts.balanced_accuracy())),
            true,
        ),
        (
            "precision",
            Classes(|m| Ok(m.averaged(Binary, 1.0)?.precision)),
            true,
        ),
        (
            "precision_macro",
            Classes(|m| Ok(m.averaged(Macro, 1.0)?.precision)),
            true,
        ),
        (
            "precision_micro",
            Classes(|m| Ok(m.averaged(Micro, 1.0)?.precision)),
            true,
        ),
        (
            "precision_weighted",
            Classes(|m| Ok(m.averaged(Weighted, 1.0)?.precision)),
            true,
        ),
        (
            "recall",
            Classes(|m| Ok(m.averaged(Binary, 1.0)?.recall)),
            true,
        ),
        (
            "recall_macro",
            Classes(|m| Ok(m.averaged(Macro, 1.0)?.recall)),
            true,
        ),
        (
            "recall_micro",
            Classes(|m| Ok(m.averaged(Micro, 1.0)?.recall)),
            true,
        ),
        (
            "recall_weighted",
            Classes(|m| Ok(m.averaged(Weighted, 1.0)?.recall)),
            true,
        ),
        ("f1", Classes(|m| Ok(m.averaged(Binary, 1.0)?.f1)), true),
        (
            "f1_macro",
            Classes(|m| Ok(m.averaged(Macro, 1.0)?.f1)),
            true,
        ),
        (
            "f1_micro",
            Classes(|m| Ok(m.averaged(Micro, 1.0)?.f1)),
            true,
        ),
        (
            "f1_weighted",
            Classes(|m| Ok(m.averaged(Weighted, 1.0)?.f1)),
            true,
        ),
        ("f0.5", Classes(|m| Ok(m.averaged(Binary, 0.5)?.f1)), true),
        (
            "f0.5_macro",
            Classes(|m| Ok(m.averaged(Macro, 0.5)?.f1)),
            true,
        ),
        ("f2", Classes(|m| Ok(m.averaged(Binary, 2.0)?.f1)), true),
        (
            "f2_macro",
            Classes(|m| Ok(m.averaged(Macro, 2.0)?.f1)),
            true,
        ),
        (
            "matthews_corrcoef",
            Classes(|m| Ok(m.counts.matthews())),
            true,
        ),
        (
            "cohen_kappa",
            Classes(|m| m.counts.kappa(KappaWeights::Equal)),
            true,
        ),
        (
            "true_positive_rate",
            Classes(|m| Ok(m.averaged(Binary, 1.0)?.recall)),
            true,
        ),
        ("false_positive_rate", Classes(|m| Ok(m.rates()?.0)), false),
        ("selection_rate", Classes(|m| Ok(m.rates()?.1)), true),
        ("roc_auc", Ranks(|r| r.roc_auc(MultiClass::Ovr)), true),
        ("roc_auc_ovr", Ranks(|r| r.roc_auc(MultiClass::Ovr)), true),
        ("roc_auc_ovo", Ranks(|r| r.roc_auc(MultiClass::Ovo)), true),
        (
            "roc_auc_ovr_weighted",
            Ranks(|r| r.roc_auc(MultiClass::OvrWeighted)),
            true,
        ),
        (
            "roc_auc_ovo_weighted",
            Ranks(|r| r.roc_auc(MultiClass::OvoWeighted)),
            true,
        ),
        ("average_precision", Ranks(|r| r.average_precision()), true),
        ("top_2_accuracy", Ranks(|r| r.top_k(2)), true),
        ("top_3_accuracy", Ranks(|r| r.top_k(3)), true),
        ("top_5_accuracy", Ranks(|r| r.top_k(5)), true),
        ("log_loss", Ranks(|r| r.log_loss()), false),
        ("brier_score", Ranks(|r| r.brier()), false),
        ("r2", Numbers(|p| Ok(p.r2())), true),
        (
            "explained_variance",
            Numbers(|p| Ok(p.explained_variance())),
            true,
        ),
        ("mae", Numbers(|p| Ok(p.mae())), false),
        ("mse", Numbers(|p| Ok(p.mse())), false),
        ("rmse", Numbers(|p| Ok(p.rmse())), false),
        ("mape", Numbers(|p| Ok(p.mape())), false),
        ("max_error", Numbers(|p| Ok(p.max_error())), false),
        ("median_absolute_error", Numbers(|p| Ok(p.median())), false),
        ("mean_absolute_error", Numbers(|p| Ok(p.mae())), false),
        ("mean_squared_error", Numbers(|p| Ok(p.mse())), false),
        ("root_mean_squared_error", Numbers(|p| Ok(p.rmse())), false),
        (
            "mean_absolute_percentage_error",
            Numbers(|p| Ok(p.mape())),
            false,
        ),
        (
            "mean_squared_log_error",
            Numbers(|p| p.squared_log()),
            false,
        ),
        ("mean_poisson_deviance", Numbers(|p| p.poisson()), false),
        ("mean_pinball_loss", Numbers(|p| p.pinball(0.5)), false),
        ("pinball_0.1", Numbers(|p| p.pinball(0.1)), false),
        ("pinball_0.9", Numbers(|p| p.pinball(0.9)), false),
    ]
}

impl Metric {
    /// A metric of a function of true and predicted values, which have the name and
    /// type of the target.
    pub fn custom(
        name: impl Into<String>,
        greater_is_better: bool,
        function: impl Fn(&Series, &Series) -> Result<f64, MlError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            kind: Some(Kind::Custom(Arc::new(function))),
            greater: greater_is_better,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a higher value is a better one.
    pub fn greater_is_better(&self) -> bool {
        self.greater
    }

    /// The value so that more is better.
    pub(crate) fn goodness(&self, value: f64) -> f64 {
        if self.greater { value } else { -value }
    }

    pub(crate) fn needs_probabilities(&self) -> bool {
        matches!(
            self.kind,
            Some(Kind::Known(Measure::Ranks(_)) | Kind::Negated(Measure::Ranks(_)))
        )
    }

    /// Fails unless the metric exists and is one of this task.
    pub(crate) fn check(&self, task: Task) -> Result<(), MlError> {
        let fits =
            |measure: Measure| matches!(measure, Measure::Numbers(_)) == (task == Task::Regression);
        match &self.kind {
            Some(Kind::Custom(_)) => Ok(()),
            Some(Kind::Known(measure) | Kind::Negated(measure)) if fits(*measure) => Ok(()),
            _ => {
                let names = known().into_iter().filter(|(_, measure, _)| fits(*measure));
                let names: Vec<&str> = names.map(|(name, _, _)| name).collect();
                let near = ferrite_frame::closest(&self.name, names.iter().copied());
                let near =
                    near.map_or(String::new(), |near| format!(" (did you mean \"{near}\"?)"));
                Err(MlError::UnknownMetric {
                    metric: format!("\"{}\"{near}", self.name),
                    task: task.name(),
                    known: names.join(", "),
                })
            }
        }
    }

    /// Measures predictions.
    pub(crate) fn measure(&self, judged: &Judged) -> Result<f64, MlError> {
        let value = match &self.kind {
            Some(Kind::Known(measure)) => judged.measured(*measure, &self.name)?,
            Some(Kind::Negated(measure)) => -judged.measured(*measure, &self.name)?,
            Some(Kind::Custom(function)) => function(&judged.series.0, &judged.series.1)?,
            None => {
                return Err(MlError::UndefinedMetric {
                    metric: self.name.clone(),
                    reason: "there is no metric of this name".to_owned(),
                });
            }
        };
        if !value.is_finite() {
            return Err(MlError::UndefinedMetric {
                metric: self.name.clone(),
                reason: "it is not a finite number for these predictions".to_owned(),
            });
        }
        Ok(value)
    }

    /// What is measured when nothing is asked for.
    pub(crate) fn usual(task: Task) -> Vec<Self> {
        match task {
            Task::Classification => vec!["accuracy".into(), "f1_macro".into()],
            Task::Regression => vec!["r2".into(), "rmse".into()],
        }
    }
}

impl From<&str> for Metric {
    fn from(name: &str) -> Self {
        let find = |wanted: &str| known().into_iter().find(|(name, _, _)| *name == wanted);
        let plain = match name {
            "neg_brier_score" => Some("brier_score"),
            name => name.strip_prefix("neg_"),
        };
        let (kind, greater) = match (find(name), plain.and_then(find)) {
            (Some((_, measure, greater)), _) => (Some(Kind::Known(measure)), greater),
            // Only what is less when better has a negated twin.
            (None, Some((_, measure, false))) => (Some(Kind::Negated(measure)), true),
            _ => (None, true),
        };
        Self {
            name: name.to_owned(),
            kind,
            greater,
        }
    }
}

impl From<String> for Metric {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

impl From<&Metric> for Metric {
    fn from(metric: &Metric) -> Self {
        metric.clone()
    }
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metric({})", self.name)
    }
}

/// Predictions with the truth, in the forms that metrics take.
pub(crate) struct Judged {
    /// True and predicted values as they are.
    pub series: (Series, Series),
    pub form: Form,
}

pub(crate) enum Form {
    Classes {
        /// All classes of the target, also those that are not in these rows.
        names: Arc<[String]>,
        truth: Vec<usize>,
        guess: Vec<usize>,
        probabilities: Option<Array2<f64>>,
    },
    Numbers {
        truth: Vec<f64>,
        guess: Vec<f64>,
    },
}

impl Judged {
    fn measured(&self, measure: Measure, name: &str) -> Result<f64, MlError> {
        let other_task = || {
            Err(MlError::UndefinedMetric {
                metric: name.to_owned(),
                reason: "it does not suit what this pipeline predicts".to_owned(),
            })
        };
        match (&self.form, measure) {
            (
                Form::Classes {
                    names,
                    truth,
                    guess,
                    ..
                },
                Measure::Classes(function),
            ) => function(&Matrix {
                counts: ConfusionMatrix::of_codes(names, truth, guess),
                positive: if names.len() == 2 {
                    names.last().cloned()
                } else {
                    None
                },
            }),
            (
                Form::Classes {
                    names,
                    truth,
                    probabilities: Some(probabilities),
                    ..
                },
                Measure::Ranks(function),
            ) => function(&Ranked {
                classes: names.to_vec(),
                truth: truth.clone(),
                scores: probabilities.clone(),
            }),
            (Form::Numbers { truth, guess }, Measure::Numbers(function)) => {
                finite(name, function(Pairs::of(truth, guess))?)
            }
            _ => other_task(),
        }
    }
}
