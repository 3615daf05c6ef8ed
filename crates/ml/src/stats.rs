//! Statistics of one column, computed as numpy and scipy compute them, so that
//! transformers agree with scikit-learn to the last few digits.

/// The quantile `q` (0 to 1) of sorted values, between two values by a straight
/// line (numpy's method `linear`). `NaN` for no values.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = (q * last as f64).clamp(0.0, last as f64);
    let below = position.floor();
    let part = position - below;
    let low = sorted[below as usize];
    let high = sorted[(below as usize + 1).min(last)];
    let width = high - low;
    // numpy measures from the nearer end, which is more exact.
    if part >= 0.5 {
        high - width * (1.0 - part)
    } else {
        low + width * part
    }
}

/// `count` numbers from `first` to `last` at equal distances.
pub(crate) fn linspace(first: f64, last: f64, count: usize) -> Vec<f64> {
    let Some(steps) = count.checked_sub(1).filter(|steps| *steps > 0) else {
        return vec![first; count];
    };
    let step = (last - first) / steps as f64;
    let mut values: Vec<f64> = (0..count).map(|i| first + i as f64 * step).collect();
    values[steps] = last;
    values
}

/// The value at `x` of the line through points with rising `xs`; constant beyond
/// both ends (numpy's `interp`).
pub(crate) fn interpolate(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let (Some(first), Some(last)) = (xs.first(), xs.last()) else {
        return f64::NAN;
    };
    if x < *first {
        return ys[0];
    }
    if x >= *last {
        return ys[ys.len() - 1];
    }
    let right = xs.partition_point(|known| *known <= x);
    let left = right - 1;
    let slope = (ys[right] - ys[left]) / (xs[right] - xs[left]);
    slope * (x - xs[left]) + ys[left]
}

/// A sum in eight sums, which a processor makes at the same time and which round less.
pub(crate) fn sum(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; 8];
    let chunks = values.chunks_exact(8);
    let rest: f64 = chunks.remainder().iter().map(|value| term(*value)).sum();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += term(*value);
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    sum(values, |value| value) / values.len() as f64
}

/// The variance of the population (`ddof = 0`).
pub(crate) fn variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = mean(values);
    // The second sum would be 0 without rounding; it corrects the first.
    let error = sum(values, |value| value - mean);
    let squares = sum(values, |value| (value - mean) * (value - mean));
    ((squares - error * error / count) / count).max(0.0)
}

/// Where the standard normal distribution has the part `p` of its mass to the
/// left (Wichura's algorithm AS 241, exact to about 1e-16).
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let polynomial = |x: f64, c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(r, &CENTER.0) / polynomial(r, &CENTER.1);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-tail.ln()).sqrt();
    let value = if r <= 5.0 {
        polynomial(r - 1.6, &MIDDLE.0) / polynomial(r - 1.6, &MIDDLE.1)
    } else {
        polynomial(r - 5.0, &FAR.0) / polynomial(r - 5.0, &FAR.1)
    };
    value.copysign(q)
}

type Rational = ([f64; 8], [f64; 8]);

const CENTER: Rational = (
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_545,
    ],
);

const MIDDLE: Rational = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const FAR: Rational = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

/// The place between `low` and `high` where a function is smallest, by Brent's
/// method (golden section with parabolas) to a relative accuracy of `1e-10`.
pub(crate) fn minimise(low: f64, high: f64, function: impl Fn(f64) -> f64) -> f64 {
    const GOLDEN: f64 = 0.381_966_011_250_105_1;
    const STEPS: usize = 200;
    let (mut a, mut b) = (low, high);
    let mut best = a + GOLDEN * (b - a);
    let (mut second, mut third) = (best, best);
    let mut f_best = function(best);
    let (mut f_second, mut f_third) = (f_best, f_best);
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..STEPS {
        let middle = 0.5 * (a + b);
        let tolerance = 1e-10 * best.abs() + 1e-12;
        if (best - middle).abs() <= 2.0 * tolerance - 0.5 * (b - a) {
            break;
        }
        // The vertex of the parabola through the three best points.
        let r = (best - second) * (f_best - f_third);
        let q = (best - third) * (f_best - f_second);
        let p = (best - third) * q - (best - second) * r;
        let q = 2.0 * (q - r);
        let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
        let vertex = p / q;
        let usable = q != 0.0
            && (vertex.abs() < (0.5 * before).abs())
            && vertex > a - best
            && vertex < b - best;
        if usable {
            before = step;
            step = vertex;
        } else {
            before = if best < middle { b - best } else { a - best };
            step = GOLDEN * before;
        }
        let tried = best
            + if step.abs() >= tolerance {
                step
            } else {
                tolerance.copysign(step)
            };
        let f_tried = function(tried);
        if f_tried <= f_best {
            if tried < best {
                b = best;
            } else {
                a = best;
            }
            (third, f_third) = (second, f_second);
            (second, f_second) = (best, f_best);
            (best, f_best) = (tried, f_tried);
        } else {
            if tried < best {
                a = tried;
            } else {
                b = tried;
            }
            if f_tried <= f_second || second == best {
                (third, f_third) = (second, f_second);
                (second, f_second) = (tried, f_tried);
            } else if f_tried <= f_third || third == best || third == second {
                (third, f_third) = (tried, f_tried);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_values() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_normal_quantile_agrees_with_scipy() {
        // scipy.stats.norm.ppf
        for (p, expected) in [
            (0.5, 0.0),
            (0.975, 1.959963984540054),
            (0.2, -0.8416212335729142),
            (0.03, -1.880793608151251),
            (1e-7, -5.199337582192817),
            (1e-20, -9.262340089798408),
        ] {
            let found = normal_quantile(p);
            assert!(
                (found - expected).abs() < 1e-13 * (1.0 + expected.abs()),
                "{p}: {found}"
            );
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    #[test]
    fn a_minimum_is_found() {
        let found = minimise(-5.0, 8.0, |x| (x - 1.25).powi(2) + (x - 1.25).powi(4));
        assert!((found - 1.25).abs() < 1e-7, "{found}");
        let found = minimise(0.0, 1.0, |x| x);
        assert!(found < 1e-8, "{found}");
    }

    #[test]
    fn lines_are_followed_and_end() {
        let (xs, ys) = ([0.0, 1.0, 1.0, 3.0], [0.0, 10.0, 20.0, 40.0]);
        assert_eq!(interpolate(0.5, &xs, &ys), 5.0);
        assert_eq!(interpolate(1.0, &xs, &ys), 20.0);
        assert_eq!(interpolate(2.0, &xs, &ys), 30.0);
        assert_eq!(
            (interpolate(-1.0, &xs, &ys), interpolate(9.0, &xs, &ys)),
            (0.0, 40.0)
        );
        assert_eq!(linspace(0.0, 1.0, 3), [0.0, 0.5, 1.0]);
    }
}
