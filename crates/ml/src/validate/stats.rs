//! Means, spreads and intervals of scores over folds.

use crate::metrics::significant;

/// The mean; NaN of nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation over folds, as numpy and scikit-learn's `std_test_score`
/// have it (divided by the number of folds).
pub(crate) fn std(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / values.len() as f64)
        .sqrt()
}

/// The mean with four digits that matter, and the standard deviation with as many
/// decimals, so that both can be compared at a glance.
pub(crate) fn mean_and_spread(values: &[f64]) -> (String, String) {
    let (mean, spread) = (significant(mean(values)), std(values));
    let spread = match mean.split_once('.') {
        Some((_, decimals)) if !mean.contains('e') => format!("{spread:.0$}", decimals.len()),
        _ => significant(spread),
    };
    (mean, spread)
}

/// The 95 % interval of a mean difference between two candidates on the same folds,
/// as half its width.
///
/// Training sets of folds overlap, so the plain t interval is too narrow; the variance
/// is multiplied by `1/n + test/train` instead of `1/n` (Nadeau and Bengio, *Inference
/// for the generalization error*, 2003). `None` for fewer than two folds.
pub(crate) fn corrected_interval(differences: &[f64], test_share: f64) -> Option<f64> {
    let n = differences.len();
    if n < 2 {
        return None;
    }
    let mean = mean(differences);
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let scale = (1.0 / n as f64 + test_share) * variance;
    Some(student_quantile_975((n - 1) as f64) * scale.sqrt())
}

/// The 97.5 % quantile of Student's t, by bisection of its distribution.
fn student_quantile_975(freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if student_above(middle, freedom) > 0.025 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The probability that t is above a positive value.
fn student_above(t: f64, freedom: f64) -> f64 {
    let x = freedom / (freedom + t * t);
    0.5 * incomplete_beta(x, freedom / 2.0, 0.5)
}

/// The regularised incomplete beta function by Lentz's continued fraction (Numerical
/// Recipes, 6.4; written from the formula).
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front =
        (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let off_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / off_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for step in 1..300 {
        let m = f64::from(step);
        for factor in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / off_zero(1.0 + factor * d);
            c = off_zero(1.0 + factor / c);
            product *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    product
}

/// Stirling's series for the logarithm of the gamma function, for positive numbers.
fn ln_gamma(x: f64) -> f64 {
    if x < 12.0 {
        return ln_gamma(x + 1.0) - x.ln();
    }
    let inverse = 1.0 / (x * x);
    let series =
        (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of Student's t.
    #[test]
    fn a_spread_has_the_decimals_of_its_mean() {
        let shown = |values: &[f64]| mean_and_spread(values);
        assert_eq!(shown(&[0.78, 0.86]), ("0.8200".into(), "0.0400".into()));
        assert_eq!(shown(&[2_900.0, 3_100.0]), ("3000".into(), "100.0".into()));
        assert_eq!(shown(&[0.0, 0.0]), ("0".into(), "0".into()));
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (freedom, quantile) in [
            (1.0, 12.706_205),
            (2.0, 4.302_653),
            (4.0, 2.776_445),
            (9.0, 2.262_157),
            (100.0, 1.983_972),
        ] {
            assert!(
                (student_quantile_975(freedom) - quantile).abs() < 1e-5,
                "{freedom}"
            );
        }
    }

    #[test]
    fn spreads_are_numpys() {
        assert_eq!(mean(&[1.0, 2.0, 3.0]), 2.0);
        assert!((std(&[1.0, 2.0, 3.0]) - 0.816_496_58).abs() < 1e-8);
        assert_eq!(corrected_interval(&[0.1], 0.25), None);
        // t(4) = 2.776, sd = 0.1 * sqrt(2.5), factor 1/5 + 1/4.
        let half = corrected_interval(&[0.1, 0.2, 0.3, 0.4, 0.5], 0.25).unwrap();
        assert!((half - 2.776_445 * (0.45_f64 * 0.025).sqrt()).abs() < 1e-6);
    }
}
