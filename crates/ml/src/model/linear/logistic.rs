//! Logistic regression for two and for many classes.
//!
//! The objective is scikit-learn's, divided by `C` times the number of rows:
//!
//! ```text
//! C · Σ loss + ½‖w‖²   →   mean loss + ‖w‖² / (2·C·rows)
//! ```
//!
//! with the intercepts free of penalty. For two classes there is one vector of
//! coefficients, for more one for each class, and all of them are penalised.
//!
//! It is minimised here and not by linfa-logistic 0.8.1: that shifts all rows by
//! one common maximum before it takes exponents, so that with a weak penalty the
//! sums of most rows round to zero. On the scaled penguins with C = 100 it
//! reports success at four times the minimum.

use ndarray::{Array1, Array2, Axis};

use super::lbfgs;
use super::objective::{MeanLoss, RowLoss};
use super::scaling::Scaling;
use super::{sparse, weigh};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::resume::{Checkpoints, Training};
use crate::model::{Coefficients, Estimator, FittedModel, Prediction, check, softmax};
use crate::params::{Params, params};
use crate::persist::{Loader, Saved};
use crate::target::{Target, Task};
use serde::{Deserialize, Serialize};

/// A linear model of the odds of each class, with a penalty on squares, sizes or both.
///
/// Its parameters mean what they mean in scikit-learn; only `tol` is tighter
/// (see [`tol`](Self::tol)). Features need no particular scale for it to
/// converge, but the penalty treats all coefficients alike, so scaled features
/// are penalised more fairly.
///
/// ```
/// use ferrite_ml::{LogisticRegression, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 1.0, 3.0, 4.0], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().model(LogisticRegression::new().c(10.0)).fit(&frame, "y")?;
/// let probabilities = fitted.predict_proba(&df!["x" => [2.0]]?)?;
/// assert!((probabilities.column("a")?.f64()?.get(0).unwrap_or(0.0) - 0.5).abs() < 1e-4);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticRegression {
    c: f64,
    max_iter: usize,
    tol: f64,
    fit_intercept: bool,
    l1_ratio: f64,
    checkpoints: Checkpoints,
}

impl Default for LogisticRegression {
    fn default() -> Self {
        Self {
            c: 1.0,
            max_iter: 200,
            tol: 1e-6,
            fit_intercept: true,
            l1_ratio: 0.0,
            checkpoints: Checkpoints::default(),
        }
    }
}

const NAME: &str = "LogisticRegression";

impl LogisticRegression {
    /// The model with `C = 1`.
    pub fn new() -> Self {
        Self::default()
    }

    /// The inverse strength of the penalty: smaller values give smaller
    /// coefficients and a smoother model.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, LogisticRegression};
    ///
    /// assert_eq!(LogisticRegression::new().c(0.1).diagram().label(), "LogisticRegression(c=0.1)");
    /// ```
    pub fn c(mut self, c: f64) -> Self {
        self.c = c;
        self
    }

    /// The most steps that the optimiser makes; 200 unless set. If it needs
    /// more, the fitted pipeline says so where it is shown.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, LogisticRegression};
    ///
    /// let label = LogisticRegression::new().max_iter(1_000).diagram().label();
    /// assert_eq!(label, "LogisticRegression(c=1, max_iter=1000)");
    /// ```
    pub fn max_iter(mut self, steps: usize) -> Self {
        self.max_iter = steps;
        self
    }

    /// The optimiser stops when no part of the gradient of the mean loss, by
    /// coefficients of scaled features, is larger than this; `1e-6` unless set,
    /// where scikit-learn has `1e-4`.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, LogisticRegression};
    ///
    /// let label = LogisticRegression::new().tol(1e-10).diagram().label();
    /// assert_eq!(label, "LogisticRegression(c=1, tol=1e-10)");
    /// ```
    pub fn tol(mut self, tol: f64) -> Self {
        self.tol = tol;
        self
    }

    /// Whether the model has an intercept; true unless set.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, LogisticRegression};
    ///
    /// let label = LogisticRegression::new().fit_intercept(false).diagram().label();
    /// assert_eq!(label, "LogisticRegression(c=1, no intercept)");
    /// ```
    pub fn fit_intercept(mut self, fit_intercept: bool) -> Self {
        self.fit_intercept = fit_intercept;
        self
    }

    /// The part of the penalty that is on the sizes of coefficients, from 0 to 1; the rest
    /// is on their squares. With 1 (scikit-learn's `penalty="l1"`) many coefficients are 0
    /// exactly. 0 unless set.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, LogisticRegression};
    ///
    /// let label = LogisticRegression::new().l1_ratio(1.0).diagram().label();
    /// assert_eq!(label, "LogisticRegression(c=1, l1_ratio=1)");
    /// ```
    pub fn l1_ratio(mut self, l1_ratio: f64) -> Self {
        self.l1_ratio = l1_ratio;
        self
    }

    /// Writes the state of the optimiser into this folder every ten steps, and goes on
    /// from it when the same recipe is fitted to the same data again: after an interrupt,
    /// a crash or a power cut. What is learned is the same to the last bit; the file is
    /// removed when the training is over.
    ///
    /// ```
    /// use ferrite_ml::{LogisticRegression, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let folder = std::env::temp_dir().join(format!("doc-logistic-{}", std::process::id()));
    /// let frame = df!["x" => [0.0, 1.0, 3.0, 4.0], "y" => ["a", "b", "a", "b"]]?;
    /// let model = LogisticRegression::new().checkpoint(&folder);
    /// Pipeline::new().model(model).fit(&frame, "y")?;
    /// assert_eq!(std::fs::read_dir(&folder).map(Iterator::count).unwrap_or(0), 0); // it is over
    /// # std::fs::remove_dir(folder).ok();
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn checkpoint(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.checkpoints.folder = Some(folder.into());
        self
    }

    /// How many steps lie between two writes; 10 unless set.
    pub fn checkpoint_every(mut self, steps: usize) -> Self {
        self.checkpoints.every = Some(steps);
        self
    }

    fn check(&self) -> Result<(), MlError> {
        let wrong = |name, value: String, rule| {
            Err(MlError::InvalidParameter {
                owner: NAME,
                name,
                value,
                rule,
            })
        };
        if !(0.0..=1.0).contains(&self.l1_ratio) {
            return wrong("l1_ratio", self.l1_ratio.to_string(), "lie between 0 and 1");
        }
        if self.c.is_nan() || self.c <= 0.0 {
            return wrong(
                "c",
                self.c.to_string(),
                "be a positive number, or infinite for no penalty",
            );
        }
        if !(self.tol > 0.0 && self.tol.is_finite()) {
            return wrong("tol", self.tol.to_string(), "be a positive number");
        }
        if self.max_iter == 0 {
            return wrong("max_iter", self.max_iter.to_string(), "be at least 1");
        }
        Ok(())
    }
}

params!(LogisticRegression, NAME, { c: c, max_iter: max_iter, tol: tol, fit_intercept: fit_intercept, l1_ratio: l1_ratio });

pub(in crate::model) const LOADER: Loader<dyn FittedModel> =
    Loader::model::<FittedLogistic>(NAME, 1);

impl Estimator for LogisticRegression {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        let usual = Self::default();
        let mut diagram = Diagram::new(NAME).setting(format!("c={}", self.c));
        if self.max_iter != usual.max_iter {
            diagram = diagram.setting(format!("max_iter={}", self.max_iter));
        }
        if self.tol != usual.tol {
            diagram = diagram.setting(format!("tol={:e}", self.tol));
        }
        if self.l1_ratio != usual.l1_ratio {
            diagram = diagram.setting(format!("l1_ratio={}", self.l1_ratio));
        }
        if !self.fit_intercept {
            diagram = diagram.setting("no intercept");
        }
        diagram
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn(features, target, None)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        check::weights(features, weights, NAME)?;
        self.learn(features, target, Some(weights))
    }
}

impl LogisticRegression {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.check()?;
        let classes = check::two_classes(features, target, NAME)?;
        check::moderate(features, target, NAME)?;
        let scaling = Scaling::of(&features.columns(), self.fit_intercept);
        let weight = weights.map_or(features.rows() as f64, |weights| weights.iter().sum());
        let row_loss: Box<dyn RowLoss> = match classes.names().len() {
            2 => Box::new(TwoClasses(classes.codes())),
            _ => Box::new(ManyClasses(classes.codes())),
        };
        let loss = MeanLoss {
            x: scaling.apply(&features.columns()),
            weights,
            weight,
            outputs: match classes.names().len() {
                2 => 1,
                many => many,
            },
            penalties: scaling
                .scale
                .mapv(|scale| (1.0 - self.l1_ratio) / (self.c * weight * scale * scale)),
            intercept: self.fit_intercept,
            loss: &*row_loss,
        };
        let start = Array1::zeros(loss.size());
        let training = Training::begin(
            &self.checkpoints,
            NAME,
            &self.params(),
            features,
            Some(target),
            weights,
        )?;
        let (what, tol, most) = ("LogisticRegression: steps", self.tol, self.max_iter);
        let minimum = if self.l1_ratio == 0.0 {
            lbfgs::minimise_as(training, what, &loss, start, tol, most)?
        } else {
            let price = |scale: &f64| self.l1_ratio / (self.c * weight * scale);
            let of_features = scaling.scale.iter().map(price);
            let sizes = of_features.flat_map(|price| std::iter::repeat_n(price, loss.outputs));
            let mut sizes: Vec<f64> = sizes.collect();
            // Intercepts cost nothing.
            sizes.resize(loss.size(), 0.0);
            sparse::minimise(training, what, &loss, &sizes.into(), start, tol, most)?
        };
        let (coefficients, intercept) = loss.split(&minimum.at);
        let coefficients = coefficients / &scaling.scale.insert_axis(Axis(1));
        let intercept = intercept - scaling.center.dot(&coefficients);
        let stopped = (!minimum.converged).then_some(minimum.iterations);
        Ok(Box::new(FittedLogistic {
            coefficients,
            intercept,
            stopped,
        }))
    }
}

/// The loss of one score, the logarithm of the odds of the second class.
struct TwoClasses<'a>(&'a [usize]);

impl RowLoss for TwoClasses<'_> {
    #[inline]
    fn differentiate(&self, row: usize, scores: &mut [f64]) -> f64 {
        let (score, code) = (scores[0], self.0[row] as f64);
        // One exponent serves the loss, ln(1 + e^score) without overflow, and
        // the probability.
        let small = (-score.abs()).exp();
        let probability = if score >= 0.0 {
            1.0 / (1.0 + small)
        } else {
            small / (1.0 + small)
        };
        scores[0] = probability - code;
        score.max(0.0) + small.ln_1p() - score * code
    }
}

/// The loss of a score for each class.
struct ManyClasses<'a>(&'a [usize]);

impl RowLoss for ManyClasses<'_> {
    fn differentiate(&self, row: usize, scores: &mut [f64]) -> f64 {
        let code = self.0[row];
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let own = scores[code];
        let mut sum = 0.0;
        for score in scores.iter_mut() {
            *score = (*score - largest).exp();
            sum += *score;
        }
        scores.iter_mut().for_each(|score| *score /= sum);
        scores[code] -= 1.0;
        sum.ln() + largest - own
    }
}

fn sigmoid(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedLogistic {
    /// A row for each feature, a column for each output.
    coefficients: Array2<f64>,
    intercept: Array1<f64>,
    /// The steps after which the optimiser was stopped, if it was.
    stopped: Option<usize>,
}

impl FittedModel for FittedLogistic {
    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }

    fn coefficients(&self) -> Option<Coefficients> {
        Some(Coefficients {
            values: self.coefficients.t().to_owned(),
            intercepts: self.intercept.to_vec(),
        })
    }

    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        features.expect_count(self.coefficients.nrows())?;
        // The score decides; no exponent is needed.
        if self.intercept.len() == 1 {
            let weights = self.coefficients.column(0).to_vec();
            let scores = weigh(features, &weights, self.intercept[0]);
            let second = |score: &f64| usize::from(*score > 0.0);
            return Ok(Prediction::Classes(scores.iter().map(second).collect()));
        }
        let scores = features.values().dot(&self.coefficients) + &self.intercept;
        Ok(Prediction::most_probable(&scores))
    }

    fn decision_function(&self, features: &Features) -> Option<Result<Array2<f64>, MlError>> {
        let known = features.expect_count(self.coefficients.nrows());
        Some(known.map(|()| features.values().dot(&self.coefficients) + &self.intercept))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.coefficients.nrows())?;
        let scores = features.values().dot(&self.coefficients) + &self.intercept;
        if scores.ncols() > 1 {
            return Ok(softmax(scores));
        }
        Ok(Array2::from_shape_fn(
            (scores.nrows(), 2),
            |(row, class)| {
                let score = scores[[row, 0]];
                sigmoid(if class == 1 { score } else { -score })
            },
        ))
    }

    fn notes(&self) -> Vec<String> {
        let stopped = self.stopped.map(|steps| {
            format!(
                "LogisticRegression stopped after {steps} steps before it converged; \
                 raise it with .max_iter({}) or lower C",
                steps.max(1) * 10
            )
        });
        stopped.into_iter().collect()
    }
}
