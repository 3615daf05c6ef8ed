//! Making skewed columns look normal by a power of their values.
//!
//! The power is the one under which the values are most likely drawn from a
//! normal distribution (Yeo and Johnson, Biometrika 2000; Box and Cox, JRSS B
//! 1964). linfa has no such transformer.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::scaling::Scaling;
use super::{FittedTransformer, Transformer, numeric, replace};
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};
use crate::{MlError, stats};

const NAME: &str = "PowerTransformer";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedPower>(NAME, 1);

/// Where powers are looked for: a distribution that needs more is not one that
/// a power makes normal, and larger ones only overflow.
const LOWEST: f64 = -30.0;
const HIGHEST: f64 = 30.0;

/// The formula of a [`PowerTransformer`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PowerMethod {
    /// For all numbers.
    #[default]
    YeoJohnson,
    /// For positive numbers.
    BoxCox,
}

choices!(PowerMethod { "yeo-johnson" => YeoJohnson, "box-cox" => BoxCox });

impl PowerMethod {
    fn apply(self, x: f64, lambda: f64) -> f64 {
        match self {
            Self::YeoJohnson if x >= 0.0 => power_minus_one(x.ln_1p(), lambda),
            Self::YeoJohnson => -power_minus_one((-x).ln_1p(), 2.0 - lambda),
            Self::BoxCox => power_minus_one(x.ln(), lambda),
        }
    }

    /// The logarithm of the derivative, without the factor (λ - 1).
    fn log_slope(self, x: f64) -> f64 {
        match self {
            Self::YeoJohnson => x.abs().ln_1p().copysign(x),
            Self::BoxCox => x.ln(),
        }
    }

    /// For values that all have one sign: their logarithms, and whether the power
    /// of these is `2 - λ` instead of λ.
    fn one_sided(self, values: &[f64]) -> Option<(Vec<f64>, bool)> {
        match self {
            Self::BoxCox => Some((values.iter().map(|x| x.ln()).collect(), false)),
            Self::YeoJohnson if values.iter().all(|x| *x >= 0.0) => {
                Some((values.iter().map(|x| x.ln_1p()).collect(), false))
            }
            Self::YeoJohnson if values.iter().all(|x| *x <= 0.0) => {
                Some((values.iter().map(|x| (-x).ln_1p()).collect(), true))
            }
            Self::YeoJohnson => None,
        }
    }

    /// The logarithm of the variance of the transformed values. A strong power
    /// brings values of one sign so near to `-1/λ` that their differences are lost
    /// to rounding; the variance does not depend on this shift, so it is taken of
    /// the powers alone, divided by the largest.
    fn log_variance(self, values: &[f64], logs: Option<&(Vec<f64>, bool)>, lambda: f64) -> f64 {
        const WEAK: f64 = 1e-4;
        if let Some((logs, mirrored)) = logs {
            let power = if *mirrored { 2.0 - lambda } else { lambda };
            if power.abs() > WEAK {
                let largest = logs.iter().fold(f64::NEG_INFINITY, |m, l| m.max(power * l));
                let scaled: Vec<f64> = logs.iter().map(|l| (power * l - largest).exp()).collect();
                return stats::variance(&scaled).ln() + 2.0 * (largest - power.abs().ln());
            }
        }
        let moved: Vec<f64> = values.iter().map(|x| self.apply(*x, lambda)).collect();
        stats::variance(&moved).ln()
    }

    /// The power that makes the values most likely.
    fn best(self, values: &[f64]) -> f64 {
        if values.iter().all(|value| *value == values[0]) {
            return 1.0;
        }
        let slopes: f64 = values.iter().map(|x| self.log_slope(*x)).sum();
        let count = values.len() as f64;
        let one_sided = self.one_sided(values);
        let unlikely = |lambda: f64| {
            let loss = 0.5 * count * self.log_variance(values, one_sided.as_ref(), lambda)
                - (lambda - 1.0) * slopes;
            if loss.is_nan() { f64::INFINITY } else { loss }
        };
        // The loss has one valley; a coarse walk keeps the search out of the
        // region in which it is infinite.
        let steps = stats::linspace(LOWEST, HIGHEST, 121);
        let losses: Vec<f64> = steps.iter().map(|lambda| unlikely(*lambda)).collect();
        let mut lowest = 0;
        for (i, loss) in losses.iter().enumerate() {
            if *loss < losses[lowest] {
                lowest = i;
            }
        }
        let low = steps[lowest.saturating_sub(1)];
        let high = steps[(lowest + 1).min(steps.len() - 1)];
        stats::minimise(low, high, unlikely)
    }
}

/// `(e^(log · λ) - 1) / λ`, and its limit `log` for λ = 0.
fn power_minus_one(log: f64, lambda: f64) -> f64 {
    if lambda.abs() < f64::EPSILON {
        log
    } else {
        (lambda * log).exp_m1() / lambda
    }
}

/// Raises each numeric column to the power that makes it most like a normal
/// distribution, then scales it to mean 0 and deviation 1.
///
/// ```
/// use ferrite_ml::{MlError, PowerTransformer};
/// use polars::df;
///
/// let fitted = PowerTransformer::new().fit(&df!["x" => [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]]?)?;
/// let lambda = fitted.lambdas()[0].1;
/// assert!(-0.3 < lambda && lambda < 0.1); // near to the logarithm
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowerTransformer {
    method: PowerMethod,
    standardize: bool,
}

impl Default for PowerTransformer {
    fn default() -> Self {
        Self {
            method: PowerMethod::YeoJohnson,
            standardize: true,
        }
    }
}

impl PowerTransformer {
    /// By the formula of Yeo and Johnson, which takes all numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The formula; [`PowerMethod::YeoJohnson`] unless set.
    pub fn method(mut self, method: PowerMethod) -> Self {
        self.method = method;
        self
    }

    /// Whether to scale the result to mean 0 and deviation 1; true unless set.
    pub fn standardize(mut self, standardize: bool) -> Self {
        self.standardize = standardize;
        self
    }

    /// Learns the power of each numeric column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedPower, MlError> {
        let learned = numeric::learn(frame, "power", |values| {
            if self.method == PowerMethod::BoxCox {
                positive(&values)?;
            }
            let lambda = self.method.best(&values);
            let moved: Vec<f64> = values
                .iter()
                .map(|x| self.method.apply(*x, lambda))
                .collect();
            let variance = stats::variance(&moved);
            let scaling = Scaling {
                center: stats::mean(&moved),
                scale: Scaling::or_one(variance.sqrt()),
                offset: 0.0,
            };
            Ok((lambda, self.standardize.then_some(scaling)))
        })?;
        Ok(FittedPower {
            method: self.method,
            columns: learned,
            names: columns::names(frame),
        })
    }
}

fn positive(values: &[f64]) -> Result<(), MlError> {
    match values.iter().find(|value| **value <= 0.0) {
        None => Ok(()),
        Some(value) => Err(MlError::Unable {
            model: NAME,
            reason: format!(
                "the method box-cox needs positive numbers, but there is {value}; \
                 use PowerMethod::YeoJohnson"
            ),
        }),
    }
}

params!(PowerTransformer, NAME, { method: method, standardize: standardize });

impl Transformer for PowerTransformer {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
            .setting_if(self.method != PowerMethod::YeoJohnson, self.method.name())
            .setting_if(!self.standardize, "not standardized")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

/// What a [`PowerTransformer`] learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedPower {
    method: PowerMethod,
    columns: Vec<(String, (f64, Option<Scaling>))>,
    names: Vec<String>,
}

impl FittedPower {
    /// Each transformed column with its power.
    pub fn lambdas(&self) -> Vec<(String, f64)> {
        self.columns
            .iter()
            .map(|(name, (lambda, _))| (name.clone(), *lambda))
            .collect()
    }
}

impl FittedTransformer for FittedPower {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut transformed = Vec::with_capacity(self.columns.len());
        for (name, (lambda, scaling)) in &self.columns {
            columns::expect_kind(frame, name, Kind::Number)?;
            let numbers = columns::numbers(frame, name)?;
            if self.method == PowerMethod::BoxCox {
                let known: Vec<f64> = numbers.iter().flatten().copied().collect();
                positive(&known)?;
            }
            let transform = |value: f64| {
                let moved = self.method.apply(value, *lambda);
                scaling.map_or(moved, |s| (moved - s.center) / s.scale)
            };
            let values: Vec<Option<f64>> = numbers.into_iter().map(|v| v.map(transform)).collect();
            transformed.push(Column::new(name.as_str().into(), values));
        }
        replace(frame, transformed)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
