//! Generalised linear models: counts, amounts and waiting times.
//!
//! The objective is scikit-learn's: the mean of half the deviance plus half of
//! `alpha` times the squares of the coefficients. It is minimised in scaled
//! coordinates on this crate's L-BFGS. linfa-linear's optimiser starts from the
//! features as they are, has no weights, and penalises by the sum over rows
//! instead of the mean.

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use super::lbfgs;
use super::objective::{MeanLoss, RowLoss};
use super::scaling::Scaling;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, estimator, not_negative, positive, recipe};
use crate::model::{Coefficients, FittedModel, Prediction, check};
use crate::params::choices;
use crate::persist::{Loader, Saved};
use crate::target::Target;

/// How the weighted sum of features becomes the predicted mean.
///
/// ```
/// use ferrite_ml::{Link, TweedieRegressor};
///
/// let model = TweedieRegressor::new().power(1.5).link(Link::Log);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// The identity for the normal distribution (power 0), else the exponential.
    Auto,
    /// The sum itself.
    Identity,
    /// The exponential of the sum, which is always positive.
    Log,
}

choices!(Link { "auto" => Auto, "identity" => Identity, "log" => Log });

recipe! {
    /// A weighted sum for the mean of a Tweedie distribution: normal (power 0),
    /// Poisson (1), compound of Poisson and gamma (between 1 and 2), gamma (2) or
    /// inverse Gaussian (3).
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, TweedieRegressor};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 1.0, 2.0, 3.0], "y" => [0.0, 2.5, 9.0, 19.0]]?;
    /// let model = TweedieRegressor::new().power(1.5).alpha(0.0);
    /// let predicted = Pipeline::new().model(model).fit(&frame, "y")?.predict(&frame)?;
    /// assert!(predicted.f64()?.get(0).unwrap_or(0.0) > 0.0);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct TweedieRegressor, "TweedieRegressor" {
        /// How the variance grows with the mean: `variance ∝ mean^power`. 0 unless set.
        power: f64 = 0.0,
        /// The strength of the penalty on squares; 1 unless set.
        alpha: f64 = 1.0,
        /// How the sum becomes the mean; by the power unless set.
        link: Link = Link::Auto,
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
        /// The most steps of the optimiser; 200 unless set.
        max_iter: usize = 200,
        /// The optimiser stops when no part of the gradient is larger, by scaled
        /// features and as a part of the target's scale; `1e-6` unless set.
        tol: f64 = 1e-6,
    }
}

recipe! {
    /// A weighted sum for the logarithm of counts.
    ///
    /// ```
    /// use ferrite_ml::{MlError, PoissonRegressor, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 1.0, 2.0], "y" => [1.0, 2.0, 4.0]]?;
    /// let fitted = Pipeline::new().model(PoissonRegressor::new().alpha(0.0)).fit(&frame, "y")?;
    /// let eight = fitted.predict(&df!["x" => [3.0]]?)?.f64()?.get(0).unwrap_or(0.0);
    /// assert!((eight - 8.0).abs() < 1e-3);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct PoissonRegressor, "PoissonRegressor" {
        /// The strength of the penalty on squares; 1 unless set.
        alpha: f64 = 1.0,
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
        /// The most steps of the optimiser; 200 unless set.
        max_iter: usize = 200,
    }
}

recipe! {
    /// A weighted sum for the logarithm of amounts whose spread grows with them.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, GammaRegressor};
    ///
    /// assert_eq!(GammaRegressor::new().alpha(0.1).diagram().label(), "GammaRegressor(alpha=0.1)");
    /// ```
    pub struct GammaRegressor, "GammaRegressor" {
        /// The strength of the penalty on squares; 1 unless set.
        alpha: f64 = 1.0,
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
        /// The most steps of the optimiser; 200 unless set.
        max_iter: usize = 200,
    }
}

impl PoissonRegressor {
    fn as_tweedie(&self) -> TweedieRegressor {
        TweedieRegressor::new()
            .power(1.0)
            .alpha(self.alpha)
            .fit_intercept(self.fit_intercept)
            .max_iter(self.max_iter)
    }
}

impl GammaRegressor {
    fn as_tweedie(&self) -> TweedieRegressor {
        TweedieRegressor::new()
            .power(2.0)
            .alpha(self.alpha)
            .fit_intercept(self.fit_intercept)
            .max_iter(self.max_iter)
    }
}

impl TweedieRegressor {
    fn check(&self, owner: &'static str) -> Result<(), MlError> {
        not_negative(owner, "alpha", self.alpha)?;
        at_least_one(owner, "max_iter", self.max_iter)?;
        positive(owner, "tol", self.tol)?;
        if self.power == 0.0 || (self.power >= 1.0 && self.power.is_finite()) {
            return Ok(());
        }
        Err(MlError::InvalidParameter {
            owner,
            name: "power",
            value: self.power.to_string(),
            rule: "be 0, or 1 and more",
        })
    }

    fn learn_as(
        &self,
        owner: &'static str,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.check(owner)?;
        let y = check::numbers(features, target, owner)?;
        self.check_range(owner, y)?;
        let log = match self.link {
            Link::Auto => self.power != 0.0,
            link => link == Link::Log,
        };
        let weight = weights.map_or(y.len() as f64, |weights| weights.iter().sum());
        let scaling = Scaling::of(&features.columns(), self.fit_intercept);
        // In units of its size the target gives a gradient near 1, so that the
        // tolerance means the same for cents and for millions.
        let size = y.iter().map(|y| y.abs()).sum::<f64>() / y.len() as f64;
        let size = if size > 0.0 { size } else { 1.0 };
        let scaled: Vec<f64> = y.iter().map(|y| y / size).collect();
        let deviance = Deviance {
            y: &scaled,
            power: self.power,
            log,
        };
        // Half the deviance grows with the size to the power 2 - power. With the
        // identity the coefficients do as well.
        let growth = size.powf(2.0 - self.power);
        let shrink = if log { 1.0 } else { size * size };
        let loss = MeanLoss {
            x: scaling.apply(&features.columns()),
            weights,
            weight,
            outputs: 1,
            penalties: scaling
                .scale
                .mapv(|scale| self.alpha * shrink / (growth * scale * scale)),
            intercept: self.fit_intercept,
            loss: &deviance,
        };
        let mut start = Array1::zeros(loss.size());
        if self.fit_intercept {
            let mean = match weights {
                None => scaled.iter().sum::<f64>() / weight,
                Some(weights) => super::dot(&scaled, weights) / weight,
            };
            start[loss.size() - 1] = if log { mean.max(1e-9).ln() } else { mean };
        } else if !log && self.power != 0.0 {
            return Err(check::unable(
                owner,
                "the identity link needs an intercept to start from a positive mean",
            ));
        }
        let minimum = lbfgs::minimise(&loss, start, self.tol, self.max_iter)?;
        let (coefficients, intercepts) = loss.split(&minimum.at);
        let mut coefficients = coefficients.column(0).to_owned() / &scaling.scale;
        let mut intercept = intercepts[0] - scaling.center.dot(&coefficients);
        if log {
            intercept += size.ln();
        } else {
            coefficients *= size;
            intercept *= size;
        }
        if !intercept.is_finite() {
            return Err(check::unable(
                owner,
                "the optimiser left the range of numbers; scale the features",
            ));
        }
        let steps = minimum.iterations;
        Ok(Box::new(FittedGlm {
            model: owner.to_owned(),
            coefficients,
            intercept,
            log,
            notes: (!minimum.converged)
                .then(|| {
                    format!(
                        "{owner} stopped after {steps} steps before it converged; raise it with \
                         .max_iter({}) or raise alpha",
                        steps.max(1) * 10
                    )
                })
                .into_iter()
                .collect(),
        }))
    }

    fn check_range(&self, owner: &'static str, y: &[f64]) -> Result<(), MlError> {
        let smallest = y.iter().copied().fold(f64::INFINITY, f64::min);
        let reason = if self.power >= 2.0 && smallest <= 0.0 {
            "amounts above 0"
        } else if self.power >= 1.0 && smallest < 0.0 {
            "counts or amounts from 0 on"
        } else if self.power >= 1.0 && y.iter().all(|y| *y == 0.0) {
            "at least one amount above 0"
        } else {
            return Ok(());
        };
        Err(check::unable(
            owner,
            format!(
                "with power {} the target has {reason}, but its smallest value is {smallest}",
                self.power
            ),
        ))
    }
}

/// Half the unit deviance, without what does not depend on the prediction.
struct Deviance<'a> {
    y: &'a [f64],
    power: f64,
    log: bool,
}

impl RowLoss for Deviance<'_> {
    #[inline]
    fn differentiate(&self, row: usize, scores: &mut [f64]) -> f64 {
        let (y, score, p) = (self.y[row], scores[0], self.power);
        let mean = if self.log { score.exp() } else { score };
        if p == 0.0 {
            let slope = if self.log { mean } else { 1.0 };
            scores[0] = (mean - y) * slope;
            return 0.5 * (y - mean) * (y - mean);
        }
        if mean <= 0.0 {
            // Outside of what the distribution allows; the search steps back.
            scores[0] = 0.0;
            return f64::INFINITY;
        }
        let log_mean = if self.log { score } else { mean.ln() };
        let slope = (mean - y) * (-p * log_mean).exp();
        scores[0] = if self.log { slope * mean } else { slope };
        if p == 1.0 {
            mean - y * log_mean
        } else if p == 2.0 {
            y / mean + log_mean
        } else {
            let power = |exponent: f64| (exponent * log_mean).exp() / exponent;
            power(2.0 - p) - y * power(1.0 - p)
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedGlm {
    model: String,
    coefficients: Array1<f64>,
    intercept: f64,
    log: bool,
    notes: Vec<String>,
}

const KIND: &str = "GeneralisedLinearModel";

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader::model::<FittedGlm>(KIND, 1);

impl FittedModel for FittedGlm {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        features.expect_count(self.coefficients.len())?;
        let sums = super::weigh(features, &self.coefficients.to_vec(), self.intercept);
        // The exponent of a row far from all others is no infinity.
        let mean = |sum: f64| {
            if self.log {
                sum.exp().min(f64::MAX)
            } else {
                sum
            }
        };
        Ok(Prediction::Numbers(
            sums.iter().map(|sum| mean(*sum)).collect(),
        ))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(&self.model)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KIND, 1, self)
    }

    fn coefficients(&self) -> Option<Coefficients> {
        Some(Coefficients {
            values: self.coefficients.clone().insert_axis(Axis(0)),
            intercepts: vec![self.intercept],
        })
    }
}

estimator!(TweedieRegressor, Regression);

impl TweedieRegressor {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn_as(Self::NAME, features, target, weights)
    }
}

estimator!(PoissonRegressor, Regression);

impl PoissonRegressor {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.as_tweedie()
            .learn_as(Self::NAME, features, target, weights)
    }
}

estimator!(GammaRegressor, Regression);

impl GammaRegressor {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.as_tweedie()
            .learn_as(Self::NAME, features, target, weights)
    }
}
