//! Moving the rows of a map until near ones lie near each other: gradient descent with
//! momentum and a gain for each coordinate, by scikit-learn's schedule.

use ndarray::Array2;

use super::affinities::Affinities;
use super::repulsion::repulsion;
use crate::{model::parallel, progress};

/// How many steps neighbours attract each other more.
const EARLY: usize = 250;
/// How often it is looked whether the map still gets better.
const LOOK: usize = 50;
/// How many steps may pass without that.
const PATIENCE: usize = 300;
/// With a smaller gradient the map stands still.
const STILL: f64 = 1e-7;
const LEAST_GAIN: f64 = 0.01;

pub(super) struct Descent<'a> {
    pub near: &'a Affinities,
    pub angle: f64,
    pub rate: f64,
    pub exaggeration: f64,
    pub steps: usize,
}

impl Descent<'_> {
    /// The map that comes of a first one.
    pub fn from(&self, first: Array2<f64>) -> Array2<f64> {
        let (rows, width) = first.dim();
        let mut map: Vec<f64> = first.iter().copied().collect();
        let early = EARLY.min(self.steps);
        self.walk(&mut map, width, 0..early, self.exaggeration, 0.5);
        self.walk(&mut map, width, early..self.steps, 1.0, 0.8);
        Array2::from_shape_fn((rows, width), |(row, axis)| map[row * width + axis])
    }

    fn walk(
        &self,
        map: &mut [f64],
        width: usize,
        steps: std::ops::Range<usize>,
        exaggeration: f64,
        momentum: f64,
    ) {
        let mut gains = vec![1.0_f64; map.len()];
        let mut moves = vec![0.0_f64; map.len()];
        let (mut best, mut best_step) = (f64::INFINITY, steps.start);
        for step in steps {
            ferrite_interrupt::checkpoint();
            let look = (step + 1) % LOOK == 0;
            let (gradient, error) = self.gradient(map, width, exaggeration);
            for ((place, slope), (gain, last)) in map
                .iter_mut()
                .zip(&gradient)
                .zip(gains.iter_mut().zip(&mut moves))
            {
                let onward = *last * slope < 0.0;
                *gain = match onward {
                    true => *gain + 0.2,
                    false => (*gain * 0.8).max(LEAST_GAIN),
                };
                *last = momentum * *last - self.rate * *gain * slope;
                *place += *last;
            }
            if !look {
                continue;
            }
            progress::report("TSNE: steps", step + 1, self.steps);
            if error < best {
                (best, best_step) = (error, step);
            } else if step - best_step > PATIENCE {
                break;
            }
            let length = gradient
                .iter()
                .map(|slope| slope * slope)
                .sum::<f64>()
                .sqrt();
            if length <= STILL {
                break;
            }
        }
    }

    /// The slope for each coordinate, and how much the map differs from the rows: the
    /// divergence of Kullback and Leibler.
    fn gradient(&self, map: &[f64], width: usize, exaggeration: f64) -> (Vec<f64>, f64) {
        let (push, whole) = repulsion(map, width, self.angle);
        let whole = whole.max(f64::MIN_POSITIVE);
        let rows = map.len() / width;
        let parts = parallel::ranges(rows, 64);
        let pulled = parallel::map(parts.len(), |part| {
            let own = parts[part].clone();
            let mut slopes = vec![0.0; own.len() * width];
            let mut errors = Vec::with_capacity(own.len());
            for (row, slopes) in own.zip(slopes.chunks_exact_mut(width)) {
                let here = &map[row * width..(row + 1) * width];
                let near = self.near.starts[row]..self.near.starts[row + 1];
                let others = &self.near.others[near.clone()];
                let mut error = 0.0;
                for (other, share) in others.iter().zip(&self.near.shares[near]) {
                    let start = *other as usize * width;
                    let there = &map[start..start + width];
                    let square: f64 = here.iter().zip(there).map(|(a, b)| (a - b) * (a - b)).sum();
                    let share = exaggeration * share;
                    let pull = share / (1.0 + square);
                    if share > 0.0 {
                        error += share * (share * whole * (1.0 + square)).ln();
                    }
                    for ((slope, a), b) in slopes.iter_mut().zip(here).zip(there) {
                        *slope += pull * (a - b);
                    }
                }
                errors.push(error);
            }
            (slopes, errors)
        });
        let mut slopes = Vec::with_capacity(map.len());
        let mut error = 0.0;
        for (part, errors) in pulled {
            slopes.extend(part);
            for one in errors {
                error += one;
            }
        }
        for (slope, push) in slopes.iter_mut().zip(&push) {
            *slope = 4.0 * (*slope - push / whole);
        }
        (slopes, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_the_slope_of_the_divergence() {
        let x = Array2::from_shape_fn((30, 3), |(i, j)| ((i * 17 + j * 5) % 11) as f64);
        let near = Affinities::of(&x, 4.0);
        let descent = Descent {
            near: &near,
            angle: 0.0,
            rate: 50.0,
            exaggeration: 1.0,
            steps: 1,
        };
        let map: Vec<f64> = (0..60).map(|i| f64::from(i * 13 % 29) / 9.0).collect();
        let (slopes, _) = descent.gradient(&map, 2, 1.0);
        for at in [0, 7, 31, 59] {
            let moved = |by: f64| {
                let mut map = map.clone();
                map[at] += by;
                descent.gradient(&map, 2, 1.0).1
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope - slopes[at]).abs() < 1e-7, "{slope} {}", slopes[at]);
        }
    }
}
