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

use ndarray::{Array1, Array2, Axis, s};

use super::lbfgs::{self, Objective};
use super::{Coefficients, Estimator, FittedModel, Prediction, check_rows, softmax};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::params::params;
use crate::persist::{Loader, Saved};
use crate::target::{Target, Task};
use serde::{Deserialize, Serialize};

/// A linear model of the odds of each class, with an L2 penalty.
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
}

impl Default for LogisticRegression {
    fn default() -> Self {
        Self {
            c: 1.0,
            max_iter: 200,
            tol: 1e-6,
            fit_intercept: true,
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

    fn check(&self) -> Result<(), MlError> {
        let wrong = |name, value: String, rule| {
            Err(MlError::InvalidParameter {
                owner: NAME,
                name,
                value,
                rule,
            })
        };
        if !(self.c > 0.0 && self.c.is_finite()) {
            return wrong("c", self.c.to_string(), "be a positive number");
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

params!(LogisticRegression, NAME, { c: c, max_iter: max_iter, tol: tol, fit_intercept: fit_intercept });

pub(super) const LOADER: Loader<dyn FittedModel> = Loader::model::<FittedLogistic>(NAME, 1);

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
        if !self.fit_intercept {
            diagram = diagram.setting("no intercept");
        }
        diagram
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.check()?;
        let classes = target.classes(NAME)?;
        check_rows(features, classes.codes().len())?;
        if let [class] = classes.names() {
            return Err(MlError::OneClass {
                class: class.clone(),
                model: NAME,
            });
        }
        let scaling = Scaling::of(features.values(), self.fit_intercept);
        let rows = features.rows() as f64;
        let loss = Loss {
            x: (features.values() - &scaling.center) / &scaling.scale,
            codes: classes.codes(),
            outputs: if classes.names().len() == 2 {
                1
            } else {
                classes.names().len()
            },
            penalties: scaling
                .scale
                .mapv(|scale| 1.0 / (self.c * rows * scale * scale)),
            intercept: self.fit_intercept,
        };
        let start =
            Array1::zeros((loss.x.ncols() + usize::from(self.fit_intercept)) * loss.outputs);
        let minimum = lbfgs::minimise(&loss, start, self.tol, self.max_iter);
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

/// Coordinates in which the optimiser works: features with mean zero and unit
/// deviation. The intercept takes up the shift, and the penalty is divided by the square
/// of the scale, so the minimum is that of the features as they are.
struct Scaling {
    center: Array1<f64>,
    scale: Array1<f64>,
}

impl Scaling {
    fn of(x: &Array2<f64>, centered: bool) -> Self {
        let center = x.sum_axis(Axis(0)) / x.nrows() as f64;
        let center = if centered {
            center
        } else {
            Array1::zeros(x.ncols())
        };
        let squares = (x - &center)
            .mapv_into(|value| value * value)
            .sum_axis(Axis(0));
        let scale = (squares / x.nrows() as f64).mapv_into(f64::sqrt);
        let scale = scale.mapv_into(|s| if s > 1e-12 && s.is_finite() { s } else { 1.0 });
        Self { center, scale }
    }
}

/// The objective over one flat list of numbers: for each feature the
/// coefficients of all outputs, then the intercepts.
struct Loss<'a> {
    x: Array2<f64>,
    codes: &'a [usize],
    outputs: usize,
    /// The weight of the squared coefficients of each feature.
    penalties: Array1<f64>,
    intercept: bool,
}

impl Loss<'_> {
    fn split(&self, at: &Array1<f64>) -> (Array2<f64>, Array1<f64>) {
        let features = self.x.ncols();
        let at_feature = |(feature, output)| at[feature * self.outputs + output];
        let coefficients = Array2::from_shape_fn((features, self.outputs), at_feature);
        let intercept = if self.intercept {
            at.slice(s![features * self.outputs..]).to_owned()
        } else {
            Array1::zeros(self.outputs)
        };
        (coefficients, intercept)
    }

    /// Replaces each row's scores by the derivative of its loss; gives the loss.
    fn differentiate(&self, scores: &mut Array2<f64>) -> f64 {
        let mut loss = 0.0;
        for (mut row, &code) in scores.rows_mut().into_iter().zip(self.codes) {
            if self.outputs == 1 {
                let score = row[0];
                // ln(1 + e^score) without overflow.
                loss += score.max(0.0) + (-score.abs()).exp().ln_1p() - score * code as f64;
                row[0] = sigmoid(score) - code as f64;
                continue;
            }
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let own = row[code];
            row.mapv_inplace(|score| (score - largest).exp());
            let sum = row.sum();
            loss += sum.ln() + largest - own;
            row /= sum;
            row[code] -= 1.0;
        }
        loss
    }
}

impl Objective for Loss<'_> {
    fn evaluate(&self, at: &Array1<f64>) -> (f64, Array1<f64>) {
        let rows = self.x.nrows() as f64;
        let (coefficients, intercept) = self.split(at);
        let mut scores = self.x.dot(&coefficients) + &intercept;
        let loss = self.differentiate(&mut scores) / rows;
        let penalised = &coefficients * &self.penalties.view().insert_axis(Axis(1));
        let penalty = 0.5 * (&penalised * &coefficients).sum();
        let slopes = self.x.t().dot(&scores) / rows + penalised;
        let mut gradient: Vec<f64> = slopes.iter().copied().collect();
        if self.intercept {
            gradient.extend(scores.sum_axis(Axis(0)) / rows);
        }
        (loss + penalty, Array1::from(gradient))
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
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
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
