//! The few statistics that charts show: quantiles as numpy has them, densities
//! as scipy has them, and Student's distribution for intervals.

/// The mean; NaN of nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if values.is_empty() {
        return f64::NAN;
    }
    values.iter().map(|value| value / count).sum()
}

/// The standard deviation of a sample (divided by n − 1); NaN of fewer than
/// two values.
pub(crate) fn sd(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let mean = mean(values);
    let squares: f64 = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// A quantile of sorted values, between neighbours in proportion (numpy's
/// `linear`, R's type 7); NaN of nothing.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// A box of a box plot: quartiles, and the outermost values that are within
/// 1.5 times their distance from them (Tukey's whiskers).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub low: f64,
    pub q1: f64,
    pub median: f64,
    pub q3: f64,
    pub high: f64,
}

impl Summary {
    /// Of sorted values, at least one.
    pub fn of(sorted: &[f64]) -> Summary {
        let [q1, median, q3] = [0.25, 0.5, 0.75].map(|share| quantile(sorted, share));
        let reach = 1.5 * (q3 - q1);
        let within = |value: &&f64| (q1 - reach..=q3 + reach).contains(*value);
        let low = sorted.iter().find(within).copied().unwrap_or(q1);
        let high = sorted.iter().rfind(within).copied().unwrap_or(q3);
        Summary {
            low: low.min(q1),
            q1,
            median,
            q3,
            high: high.max(q3),
        }
    }
}

/// Half the width of the 95 % interval of a mean, by Student's distribution.
pub(crate) fn confidence(sd: f64, count: usize) -> f64 {
    if count < 2 {
        return f64::NAN;
    }
    student(0.975, (count - 1) as f64) * sd / (count as f64).sqrt()
}

/// The quantile of Student's distribution, by bisection of its distribution
/// function.
pub(crate) fn student(share: f64, freedom: f64) -> f64 {
    let below = |t: f64| {
        let tail = 0.5 * incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t));
        if t < 0.0 { tail } else { 1.0 - tail }
    };
    let (mut lo, mut hi) = (-1.0, 1.0);
    while below(lo) > share && lo > -1e9 {
        lo *= 2.0;
    }
    while below(hi) < share && hi < 1e9 {
        hi *= 2.0;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(lo, hi);
        if below(middle) < share {
            lo = middle;
        } else {
            hi = middle;
        }
    }
    f64::midpoint(lo, hi)
}

/// The regularised incomplete beta function, by its continued fraction
/// (Lentz's method, as in Abramowitz and Stegun 26.5.8).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front =
        (a * x.ln() + b * (1.0 - x).ln() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b)).exp() / a;
    let floor = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / floor(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            d = 1.0 / floor(1.0 + term * d);
            c = floor(1.0 + term / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= 1e-15 * fraction.abs() {
            break;
        }
    }
    front * fraction
}

/// The logarithm of the gamma function (Lanczos, nine terms).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let base = x + 7.5;
    let sum: f64 = TERMS[0] + (1..9).map(|i| TERMS[i] / (x + i as f64)).sum::<f64>();
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * base.ln() - base + sum.ln()
}

/// How dense values lie: a Gaussian over each, as wide as Scott's rule says
/// (`scipy.stats.gaussian_kde`, which seaborn draws).
pub(crate) struct Density {
    bandwidth: f64,
    /// Where the weight is, and how much of all.
    weights: Vec<(f64, f64)>,
}

/// So many values are put into a fine grid first.
const MANY: usize = 2000;
/// The places of that grid per bandwidth; the error stays far below a pixel.
const FINE: f64 = 20.0;

impl Density {
    /// Of values of which at least two differ.
    pub fn of(values: &[f64]) -> Option<Density> {
        let bandwidth = sd(values) * (values.len() as f64).powf(-0.2);
        if !(bandwidth.is_finite() && bandwidth > 1e-290) {
            return None;
        }
        let weight = 1.0 / values.len() as f64;
        if values.len() <= MANY {
            let weights = values.iter().map(|value| (*value, weight)).collect();
            return Some(Density { bandwidth, weights });
        }
        let lo = values.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let places = ((hi - lo) / bandwidth * FINE).ceil().clamp(1.0, 100_000.0) as usize;
        let step = (hi - lo) / places as f64;
        let mut grid = vec![0.0; places + 2];
        for value in values {
            // Shared between the two neighbours in the grid.
            let place = (value - lo) / step;
            let below = (place as usize).min(places);
            let share = place - below as f64;
            grid[below] += weight * (1.0 - share);
            grid[below + 1] += weight * share;
        }
        let weights = grid
            .into_iter()
            .enumerate()
            .filter(|(_, weight)| *weight > 0.0)
            .map(|(place, weight)| (lo + place as f64 * step, weight))
            .collect();
        Some(Density { bandwidth, weights })
    }

    /// The width of the Gaussians.
    pub fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// The density at a place; all of it integrates to 1.
    pub fn at(&self, place: f64) -> f64 {
        let scale = 1.0 / (self.bandwidth * (2.0 * std::f64::consts::PI).sqrt());
        let gaussian = |(value, weight): &(f64, f64)| {
            let distance = (place - value) / self.bandwidth;
            weight * (-0.5 * distance * distance).exp()
        };
        scale * self.weights.iter().map(gaussian).sum::<f64>()
    }

    /// The density at equally distant places from `cut` bandwidths below the
    /// least value to as many above the greatest.
    pub fn curve(&self, cut: f64, places: usize) -> Vec<(f64, f64)> {
        let values = || self.weights.iter().map(|(value, _)| *value);
        let lo = values().fold(f64::INFINITY, f64::min) - cut * self.bandwidth;
        let hi = values().fold(f64::NEG_INFINITY, f64::max) + cut * self.bandwidth;
        let step = (hi - lo) / (places.max(2) - 1) as f64;
        (0..places.max(2))
            .map(|place| lo + place as f64 * step)
            .map(|at| (at, self.at(at)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.25), 1.75);
        assert_eq!(quantile(&[5.0], 0.9), 5.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn whiskers_end_at_values() {
        let summary = Summary::of(&[1.0, 2.0, 3.0, 4.0, 5.0, 100.0]);
        assert_eq!((summary.low, summary.high), (1.0, 5.0));
        assert_eq!(Summary::of(&[7.0]).median, 7.0);
    }

    /// Values from `scipy.stats.t.ppf`.
    #[test]
    fn student_agrees_with_tables() {
        for (freedom, expected) in [
            (1.0, 12.706_204_736_174_694),
            (2.0, 4.302_652_729_749_462),
            (10.0, 2.228_138_851_986_274),
            (340.0, 1.966_965_734_089_285_7),
        ] {
            let found = student(0.975, freedom);
            assert!(
                (found - expected).abs() < 1e-8 * expected,
                "{freedom}: {found}"
            );
        }
    }

    #[test]
    fn many_values_have_nearly_the_same_density_as_each_by_itself() {
        let values: Vec<f64> = (0..MANY + 1)
            .map(|i| ((i * 7919) % 2003) as f64 / 100.0)
            .collect();
        let fine = Density::of(&values).unwrap();
        let weight = 1.0 / values.len() as f64;
        let exact = Density {
            bandwidth: fine.bandwidth,
            weights: values.iter().map(|value| (*value, weight)).collect(),
        };
        for (at, density) in fine.curve(3.0, 50) {
            assert!(
                (density - exact.at(at)).abs() < 1e-4 * exact.at(10.0),
                "{at}"
            );
        }
    }

    proptest! {
        #[test]
        fn densities_integrate_to_one(values in prop::collection::vec(-1e3..1e3f64, 2..50)) {
            if let Some(density) = Density::of(&values) {
                let curve = density.curve(6.0, 2000);
                let step = curve[1].0 - curve[0].0;
                let all: f64 = curve.iter().map(|(_, density)| density * step).sum();
                prop_assert!((all - 1.0).abs() < 1e-2, "{all}");
            }
        }

        #[test]
        fn summaries_are_in_order(mut values in prop::collection::vec(-1e6..1e6f64, 1..60)) {
            values.sort_by(f64::total_cmp);
            let Summary { low, q1, median, q3, high } = Summary::of(&values);
            prop_assert!(low <= q1 && q1 <= median && median <= q3 && q3 <= high);
        }
    }
}
