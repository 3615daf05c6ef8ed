//! Metrics of predicted numbers.

use std::borrow::Cow;

use polars::prelude::Series;

use crate::{MlError, columns};

/// How far predictions are from the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RegressionScores {
    /// The part of the variance that is explained.
    pub r2: f64,
    /// The mean absolute error.
    pub mae: f64,
    /// The root of the mean squared error.
    pub rmse: f64,
    /// The number of rows that were compared.
    pub support: usize,
}

impl RegressionScores {
    /// Compares as many predictions as there are true values, at least one.
    pub fn measure(truth: &[f64], guess: &[f64]) -> Self {
        let pairs = Pairs::of(truth, guess);
        Self {
            r2: pairs.r2(),
            mae: pairs.mae(),
            rmse: pairs.rmse(),
            support: truth.len(),
        }
    }
}

/// True and predicted numbers, at least one of each, which the public functions and
/// the scorers of cross-validation measure.
///
/// Numbers whose squares have no place in a float, or round to 0, are measured in a unit
/// of their own, a power of two: what does not depend on it has a value for them as well.
pub(crate) struct Pairs<'a> {
    truth: Cow<'a, [f64]>,
    guess: Cow<'a, [f64]>,
    unit: f64,
}

impl<'a> Pairs<'a> {
    pub fn of(truth: &'a [f64], guess: &'a [f64]) -> Self {
        /// Squares of numbers between, and sums of them, are numbers.
        const USUAL: std::ops::RangeInclusive<f64> = 1e-140..=1e140;
        let all = truth.iter().chain(guess);
        let largest = all.fold(0.0_f64, |most, value| most.max(value.abs()));
        if largest == 0.0 || !largest.is_finite() || USUAL.contains(&largest) {
            return Self {
                truth: truth.into(),
                guess: guess.into(),
                unit: 1.0,
            };
        }
        let unit = largest.log2().floor().clamp(-1_000.0, 1_000.0).exp2();
        let scaled = |values: &[f64]| values.iter().map(|value| value / unit).collect();
        Self {
            truth: Cow::Owned(scaled(truth)),
            guess: Cow::Owned(scaled(guess)),
            unit,
        }
    }

    fn each(&self) -> impl Iterator<Item = (f64, f64)> {
        self.truth.iter().copied().zip(self.guess.iter().copied())
    }

    fn mean(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        self.each()
            .map(|(truth, guess)| of(truth, guess))
            .sum::<f64>()
            / self.truth.len().max(1) as f64
    }

    pub fn mae(&self) -> f64 {
        self.unit * self.mean(|truth, guess| (truth - guess).abs())
    }

    pub fn mse(&self) -> f64 {
        self.unit * (self.unit * self.square())
    }

    pub fn rmse(&self) -> f64 {
        self.unit * self.square().sqrt()
    }

    fn square(&self) -> f64 {
        self.mean(|truth, guess| (truth - guess) * (truth - guess))
    }

    pub fn mape(&self) -> f64 {
        let least = f64::EPSILON / self.unit;
        self.mean(|truth, guess| (truth - guess).abs() / truth.abs().max(least))
    }

    pub fn median(&self) -> f64 {
        let mut errors: Vec<f64> = self.each().map(|(t, g)| (t - g).abs()).collect();
        errors.sort_by(f64::total_cmp);
        let middle = errors.len() / 2;
        let median = match errors.len() {
            0 => 0.0,
            odd if odd % 2 == 1 => errors[middle],
            _ => (errors[middle - 1] + errors[middle]) / 2.0,
        };
        self.unit * median
    }

    pub fn max_error(&self) -> f64 {
        self.unit * self.each().map(|(t, g)| (t - g).abs()).fold(0.0, f64::max)
    }

    pub fn r2(&self) -> f64 {
        let mean = self.mean(|truth, _| truth);
        let squared: f64 = self.each().map(|(t, g)| (t - g) * (t - g)).sum();
        let variation: f64 = self.truth.iter().map(|value| (value - mean).powi(2)).sum();
        explained(squared, variation)
    }

    pub fn explained_variance(&self) -> f64 {
        let (truth, error) = (self.mean(|t, _| t), self.mean(|t, g| t - g));
        let left: f64 = self.each().map(|(t, g)| (t - g - error).powi(2)).sum();
        let whole: f64 = self.truth.iter().map(|value| (value - truth).powi(2)).sum();
        explained(left, whole)
    }

    pub fn poisson(&self) -> Result<f64, MlError> {
        if self.truth.iter().any(|t| *t < 0.0) || self.guess.iter().any(|g| *g <= 0.0) {
            return Err(MlError::UndefinedMetric {
                metric: "mean_poisson_deviance".to_owned(),
                reason: "true values must be 0 or more, and predicted ones above 0".to_owned(),
            });
        }
        let deviance = self.mean(|t, g| {
            let ratio = t / g;
            let log = match t {
                0.0 => 0.0,
                _ if ratio.is_normal() => t * ratio.ln(),
                _ => t * (t.ln() - g.ln()),
            };
            2.0 * (log - t + g)
        });
        Ok(self.unit * deviance)
    }

    pub fn squared_log(&self) -> Result<f64, MlError> {
        let least = -1.0 / self.unit;
        if self.each().any(|(t, g)| t <= least || g <= least) {
            return Err(MlError::UndefinedMetric {
                metric: "mean_squared_log_error".to_owned(),
                reason: "true and predicted values must be above -1".to_owned(),
            });
        }
        let log = |value: f64| (value * self.unit).ln_1p();
        Ok(self.mean(|t, g| (log(t) - log(g)).powi(2)))
    }

    pub fn pinball(&self, alpha: f64) -> Result<f64, MlError> {
        if !(0.0..=1.0).contains(&alpha) {
            return Err(MlError::InvalidParameter {
                owner: "mean_pinball_loss",
                name: "alpha",
                value: alpha.to_string(),
                rule: "lie between 0 and 1",
            });
        }
        let loss = self.mean(|t, g| {
            let error = t - g;
            if error >= 0.0 {
                alpha * error
            } else {
                (alpha - 1.0) * error
            }
        });
        Ok(self.unit * loss)
    }
}

/// Fails if a metric has no place in a float.
pub(crate) fn finite(metric: &str, value: f64) -> Result<f64, MlError> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(MlError::UndefinedMetric {
        metric: metric.to_owned(),
        reason: "it is too large for floating-point numbers; scale the target first".to_owned(),
    })
}

/// One minus the part that is left. A constant target has nothing to explain:
/// scikit-learn's convention.
fn explained(left: f64, whole: f64) -> f64 {
    match (whole > 0.0, left > 0.0) {
        (true, _) => 1.0 - left / whole,
        (false, true) => 0.0,
        (false, false) => 1.0,
    }
}

/// Reads two series of numbers of the same rows.
fn read(y_true: &Series, y_pred: &Series) -> Result<(Vec<f64>, Vec<f64>), MlError> {
    if y_true.len() != y_pred.len() {
        return Err(MlError::LengthMismatch {
            left: y_true.name().to_string(),
            left_len: y_true.len(),
            right: y_pred.name().to_string(),
            right_len: y_pred.len(),
        });
    }
    if y_true.is_empty() {
        return Err(MlError::NoRows {
            purpose: "compare",
            reason: "both series are empty".to_owned(),
        });
    }
    let numbers = |series: &Series| {
        let name = series.name().to_string();
        let numbers = columns::numbers(&series.clone().into_frame(), &name)?;
        let count = numbers.iter().filter(|number| number.is_none()).count();
        if count > 0 {
            return Err(MlError::MissingLabels { name, count });
        }
        let numbers: Vec<f64> = numbers.into_iter().flatten().collect();
        if numbers.iter().any(|number| number.is_infinite()) {
            return Err(MlError::InfiniteValues {
                columns: vec![name],
            });
        }
        Ok(numbers)
    };
    Ok((numbers(y_true)?, numbers(y_pred)?))
}

fn measured(
    name: &str,
    y_true: &Series,
    y_pred: &Series,
    metric: impl Fn(Pairs) -> Result<f64, MlError>,
) -> Result<f64, MlError> {
    let (truth, guess) = read(y_true, y_pred)?;
    finite(name, metric(Pairs::of(&truth, &guess))?)
}

/// The mean absolute error, in the unit of the target.
///
/// ```
/// use ferrite_ml::{MlError, mean_absolute_error, mean_squared_error, r2_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [3.0, -0.5, 2.0, 7.0]);
/// let guess = Series::new("guess".into(), [2.5, 0.0, 2.0, 8.0]);
/// assert_eq!(mean_absolute_error(&truth, &guess)?, 0.5);
/// assert_eq!(mean_squared_error(&truth, &guess)?, 0.375);
/// assert!((r2_score(&truth, &guess)? - 0.9486).abs() < 1e-4);
/// # Ok::<(), MlError>(())
/// ```
pub fn mean_absolute_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("mean_absolute_error", y_true, y_pred, |pairs| {
        Ok(pairs.mae())
    })
}

/// The mean squared error. See [`mean_absolute_error`] for an example.
pub fn mean_squared_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured(
        "mean_squared_error",
        y_true,
        y_pred,
        |pairs| Ok(pairs.mse()),
    )
}

/// The root of the mean squared error, in the unit of the target.
///
/// ```
/// use ferrite_ml::{MlError, max_error, median_absolute_error, root_mean_squared_error};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [1.0, 2.0, 3.0]);
/// let guess = Series::new("guess".into(), [1.0, 2.0, 6.0]);
/// assert_eq!(root_mean_squared_error(&truth, &guess)?, 3.0_f64.sqrt());
/// assert_eq!(median_absolute_error(&truth, &guess)?, 0.0);
/// assert_eq!(max_error(&truth, &guess)?, 3.0);
/// # Ok::<(), MlError>(())
/// ```
pub fn root_mean_squared_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("root_mean_squared_error", y_true, y_pred, |pairs| {
        Ok(pairs.rmse())
    })
}

/// The mean absolute error as a share of the true value (0.1 is ten percent). True
/// values near zero make it very large.
///
/// ```
/// use ferrite_ml::{MlError, mean_absolute_percentage_error};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [10.0, 20.0]);
/// let guess = Series::new("guess".into(), [11.0, 18.0]);
/// assert!((mean_absolute_percentage_error(&truth, &guess)? - 0.1).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn mean_absolute_percentage_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("mean_absolute_percentage_error", y_true, y_pred, |pairs| {
        Ok(pairs.mape())
    })
}

/// The median absolute error, which outliers do not move. See
/// [`root_mean_squared_error`] for an example.
pub fn median_absolute_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("median_absolute_error", y_true, y_pred, |pairs| {
        Ok(pairs.median())
    })
}

/// The largest absolute error. See [`root_mean_squared_error`] for an example.
pub fn max_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("max_error", y_true, y_pred, |pairs| Ok(pairs.max_error()))
}

/// The part of the variance that the prediction explains; 1 is perfect, 0 is as good
/// as the mean. See [`mean_absolute_error`] for an example.
pub fn r2_score(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("r2_score", y_true, y_pred, |pairs| Ok(pairs.r2()))
}

/// Like [`r2_score`], but a constant error does not count.
///
/// ```
/// use ferrite_ml::{MlError, explained_variance_score, r2_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [1.0, 2.0, 3.0]);
/// let guess = Series::new("guess".into(), [2.0, 3.0, 4.0]);
/// assert_eq!(explained_variance_score(&truth, &guess)?, 1.0);
/// assert!(r2_score(&truth, &guess)? < 0.0);
/// # Ok::<(), MlError>(())
/// ```
pub fn explained_variance_score(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("explained_variance_score", y_true, y_pred, |pairs| {
        Ok(pairs.explained_variance())
    })
}

/// The mean deviance of counts from their expected values under Poisson's law.
///
/// ```
/// use ferrite_ml::{MlError, mean_poisson_deviance};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [2.0, 0.0, 1.0, 4.0]);
/// let guess = Series::new("guess".into(), [0.5, 0.5, 2.0, 2.0]);
/// assert!((mean_poisson_deviance(&truth, &guess)? - 1.4260151319598084).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
///
/// # Errors
/// When a true value is negative or a predicted one not positive.
pub fn mean_poisson_deviance(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("mean_poisson_deviance", y_true, y_pred, |pairs| {
        pairs.poisson()
    })
}

/// The mean squared difference of `ln(1 + value)`, for targets that grow by factors.
///
/// ```
/// use ferrite_ml::{MlError, mean_squared_log_error};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0.0, 3.0]);
/// assert_eq!(mean_squared_log_error(&truth, &truth)?, 0.0);
/// # Ok::<(), MlError>(())
/// ```
///
/// # Errors
/// When a value is -1 or less.
pub fn mean_squared_log_error(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    measured("mean_squared_log_error", y_true, y_pred, |pairs| {
        pairs.squared_log()
    })
}

/// The loss of a predicted quantile `alpha`: errors above count `alpha`, those below
/// `1 - alpha`.
///
/// ```
/// use ferrite_ml::{MlError, mean_pinball_loss};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [1.0, 2.0, 3.0]);
/// let guess = Series::new("guess".into(), [0.0, 2.0, 3.0]);
/// assert!((mean_pinball_loss(&truth, &guess, 0.1)? - 0.1 / 3.0).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn mean_pinball_loss(y_true: &Series, y_pred: &Series, alpha: f64) -> Result<f64, MlError> {
    measured("mean_pinball_loss", y_true, y_pred, |pairs| {
        pairs.pinball(alpha)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom;

    #[test]
    fn numbers_of_any_size_are_measured() {
        let (truth, guess) = ([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]);
        let plain = Pairs::of(&truth, &guess);
        for size in [1e300, 1e200, 1e-200, 1e-300] {
            let sized = |values: &[f64]| values.iter().map(|v| v * size).collect::<Vec<f64>>();
            let (truth, guess) = (sized(&truth), sized(&guess));
            let pairs = Pairs::of(&truth, &guess);
            let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-12, "{a} {b}");
            near(pairs.r2(), plain.r2());
            near(pairs.explained_variance(), plain.explained_variance());
            near(pairs.mae(), plain.mae() * size);
            near(pairs.rmse(), plain.rmse() * size);
            near(pairs.median(), plain.median() * size);
            near(pairs.max_error(), plain.max_error() * size);
        }
    }

    #[test]
    fn what_has_no_place_in_a_float_is_told() {
        let truth = Series::new("truth".into(), [1e200, 2e200]);
        let guess = Series::new("guess".into(), [2e200, 2e200]);
        let error = root_mean_squared_error(&truth, &guess).unwrap();
        assert!(
            (error / 1e200 * 2.0_f64.sqrt() - 1.0).abs() < 1e-14,
            "{error}"
        );
        let error = mean_squared_error(&truth, &guess).unwrap_err().to_string();
        assert_eq!(
            error,
            "mean_squared_error is undefined: it is too large for floating-point numbers; \
             scale the target first"
        );
    }
}
