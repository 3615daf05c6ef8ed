//! The tree-structured Parzen estimator: values that are likely among good trials and
//! unlikely among the others (Bergstra, Bardenet, Bengio and Kégl, *Algorithms for
//! Hyper-Parameter Optimization*, 2011).
//!
//! Ranges are mapped to 0…1, by logarithm where they are logarithmic. The densities of
//! good and other trials are mixtures of normals around what was tried, cut at the ends,
//! with the whole range as one more component; for lists they are counts with one more
//! for each choice. Of 24 values drawn from the good ones the one with the highest ratio
//! is tried.

use rand::Rng;
use rand::rngs::StdRng;

use super::space::Dimension;
use super::trial::Trial;
use crate::params::ParamValue;

const CANDIDATES: usize = 24;

/// The next values to try; `done` must not be empty.
pub(super) fn suggest(
    space: &[(String, Dimension)],
    done: &[Trial],
    lots: &mut StdRng,
) -> Vec<ParamValue> {
    let mut order: Vec<&Trial> = done.iter().collect();
    order.sort_by(|a, b| b.goodness.total_cmp(&a.goodness));
    // A tenth of the trials is good, at most 25.
    let good = (order.len().div_ceil(10)).clamp(1, 25);
    let (good, others) = order.split_at(good.min(order.len()));
    space
        .iter()
        .enumerate()
        .map(|(i, (_, dimension))| {
            let places = |trials: &[&Trial]| -> Vec<f64> {
                trials
                    .iter()
                    .map(|trial| dimension.place(&trial.values[i]))
                    .collect()
            };
            let (good, others) = (places(good), places(others));
            match dimension.choices() {
                Some(count) => {
                    let place = choose(&good, &others, count, lots);
                    dimension.at((place as f64 + 0.5) / count as f64)
                }
                None => dimension.at(number(&good, &others, lots)),
            }
        })
        .collect()
}

fn number(good: &[f64], others: &[f64], lots: &mut StdRng) -> f64 {
    let (good, others) = (Parzen::of(good), Parzen::of(others));
    let mut best = (0.5, f64::NEG_INFINITY);
    for _ in 0..CANDIDATES {
        let place = good.draw(lots);
        let ratio = good.density(place).ln() - others.density(place).ln();
        if ratio > best.1 {
            best = (place, ratio);
        }
    }
    best.0
}

fn choose(good: &[f64], others: &[f64], count: usize, lots: &mut StdRng) -> usize {
    let share = |places: &[f64]| -> Vec<f64> {
        let mut counts = vec![1.0; count];
        for place in places {
            counts[((place * count as f64) as usize).min(count - 1)] += 1.0;
        }
        let sum: f64 = counts.iter().sum();
        counts.iter().map(|n| n / sum).collect()
    };
    let (good, others) = (share(good), share(others));
    let mut best = (0, f64::NEG_INFINITY);
    for _ in 0..CANDIDATES {
        let mut left = lots.r#gen::<f64>();
        let drawn = good.iter().position(|share| {
            left -= share;
            left <= 0.0
        });
        let drawn = drawn.unwrap_or(count - 1);
        let ratio = (good[drawn] / others[drawn]).ln();
        if ratio > best.1 {
            best = (drawn, ratio);
        }
    }
    best.0
}

/// A density on 0…1: normals around points, and the whole range.
struct Parzen {
    centers: Vec<f64>,
    widths: Vec<f64>,
    /// The part of each normal that lies between the ends.
    inside: Vec<f64>,
}

impl Parzen {
    fn of(points: &[f64]) -> Self {
        let mut centers = points.to_vec();
        // The whole range: a wide normal in its middle.
        centers.push(0.5);
        centers.sort_by(f64::total_cmp);
        let least = 1.0 / (100.0_f64).min(1.0 + centers.len() as f64);
        let mut whole_seen = false;
        let widths: Vec<f64> = (0..centers.len())
            .map(|i| {
                if centers[i] == 0.5 && !whole_seen {
                    whole_seen = true;
                    return 1.0;
                }
                // As wide as the farther neighbour is away.
                let below = if i == 0 {
                    centers[i]
                } else {
                    centers[i] - centers[i - 1]
                };
                let above = centers
                    .get(i + 1)
                    .map_or(1.0 - centers[i], |next| next - centers[i]);
                below.max(above).clamp(least, 1.0)
            })
            .collect();
        let inside = centers
            .iter()
            .zip(&widths)
            .map(|(center, width)| below((1.0 - center) / width) - below(-center / width))
            .collect();
        Self {
            centers,
            widths,
            inside,
        }
    }

    fn density(&self, place: f64) -> f64 {
        let each = self.centers.iter().zip(&self.widths).zip(&self.inside);
        let sum: f64 = each
            .map(|((center, width), inside)| {
                let z = (place - center) / width;
                (-0.5 * z * z).exp() / (width * inside)
            })
            .sum();
        let root = (2.0 * std::f64::consts::PI).sqrt();
        (sum / (root * self.centers.len() as f64)).max(f64::MIN_POSITIVE)
    }

    fn draw(&self, lots: &mut StdRng) -> f64 {
        let of = lots.gen_range(0..self.centers.len());
        // A normal cut at the ends, by rejection: at least 15 in 100 lie inside.
        for _ in 0..200 {
            let (u, v): (f64, f64) = (1.0 - lots.r#gen::<f64>(), lots.r#gen());
            let normal = (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos();
            let place = self.centers[of] + normal * self.widths[of];
            if (0.0..=1.0).contains(&place) {
                return place;
            }
        }
        self.centers[of]
    }
}

/// The part of a standard normal below a value (Abramowitz and Stegun 7.1.26, exact to
/// seven digits).
fn below(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let tail = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))))
        * (-x * x).exp();
    if z < 0.0 {
        tail / 2.0
    } else {
        1.0 - tail / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn densities_sum_to_one() {
        for points in [vec![], vec![0.5], vec![0.0, 1.0], vec![0.1, 0.11, 0.9]] {
            let density = Parzen::of(&points);
            let steps = 10_000;
            let sum: f64 = (0..steps)
                .map(|i| density.density((f64::from(i) + 0.5) / f64::from(steps)))
                .sum();
            assert!(
                (sum / f64::from(steps) - 1.0).abs() < 1e-4,
                "{points:?}: {sum}"
            );
        }
    }

    #[test]
    fn it_looks_where_trials_were_good() {
        let mut lots = StdRng::seed_from_u64(1);
        let drawn: Vec<f64> = (0..50)
            .map(|_| number(&[0.2, 0.22, 0.25], &[0.5, 0.7, 0.8, 0.9, 0.95], &mut lots))
            .collect();
        let near = drawn
            .iter()
            .filter(|place| (0.0..0.4).contains(*place))
            .count();
        assert!(near > 40, "{near} of 50 are near the good ones");
        let chosen = (0..50).filter(|_| choose(&[0.1, 0.1], &[0.9, 0.9, 0.5], 3, &mut lots) == 0);
        assert!(chosen.count() > 35);
    }
}
