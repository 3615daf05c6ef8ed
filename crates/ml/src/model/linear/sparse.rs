//! Minimising a smooth function plus the sizes of its numbers (OWL-QN by Andrew and Gao,
//! 2007), so that many of them end at 0 exactly.
//!
//! It is the search of `lbfgs` in one orthant at a time: within it sizes are smooth. A
//! number that would change its sign stops at 0.

use std::collections::VecDeque;

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::lbfgs::{Minimum, Objective, Pair, downhill, remember};
use crate::model::resume::Training;
use crate::{MlError, progress};

/// A step must gain this part of what the slope promises.
const ARMIJO: f64 = 1e-4;
/// Halvings before a step is taken to be lost in rounding.
const HALVINGS: usize = 60;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    at: Array1<f64>,
    memory: VecDeque<Pair>,
    iterations: usize,
}

/// Goes downhill from `start`; `sizes` says how much the size of each number costs.
pub(in crate::model) fn minimise(
    training: Training,
    what: &str,
    objective: &dyn Objective,
    sizes: &Array1<f64>,
    start: Array1<f64>,
    tolerance: f64,
    max_iter: usize,
) -> Result<Minimum, MlError> {
    let size = start.len();
    let left: Option<State> = training.left()?;
    let mut state = match left {
        Some(state) if state.at.len() == size && state.memory.iter().all(|p| p.fits(size)) => state,
        Some(_) => return Err(training.unfit()),
        None => State {
            at: start,
            memory: VecDeque::new(),
            iterations: 0,
        },
    };
    let cost =
        |at: &Array1<f64>| -> f64 { at.iter().zip(sizes).map(|(a, size)| size * a.abs()).sum() };
    let (value, mut gradient) = objective.evaluate(&state.at);
    let mut value = value + cost(&state.at);
    let mut slope = steepest(&state.at, &gradient, sizes);
    while largest(&slope) > tolerance && state.iterations < max_iter {
        ferrite_interrupt::checkpoint();
        let mut direction = downhill(&slope, &state.memory);
        direction.zip_mut_with(&slope, |step, slope| {
            if *step * *slope >= 0.0 {
                *step = 0.0;
            }
        });
        let orthant = Array1::from_shape_fn(size, |i| match state.at[i] {
            0.0 => -slope[i].signum() * f64::from(u8::from(slope[i] != 0.0)),
            number => number.signum(),
        });
        let mut length = if state.memory.is_empty() {
            1.0 / largest(&slope).max(1.0)
        } else {
            1.0
        };
        let mut next = None;
        for _ in 0..HALVINGS {
            let mut at = &state.at + &(&direction * length);
            at.zip_mut_with(&orthant, |number, side| {
                // A number without a price may change its side.
                if *number * side <= 0.0 {
                    *number = 0.0;
                }
            });
            for (i, number) in at.iter_mut().enumerate().filter(|(i, _)| sizes[*i] == 0.0) {
                *number = state.at[i] + direction[i] * length;
            }
            let (smooth, gradient) = objective.evaluate(&at);
            let total = smooth + cost(&at);
            let promised = slope.dot(&(&at - &state.at));
            if total <= value + ARMIJO * promised + 1e-14 * value.abs() {
                next = Some((at, total, gradient));
                break;
            }
            length /= 2.0;
        }
        let Some((at, total, new_gradient)) = next else {
            if state.memory.is_empty() {
                break;
            }
            state.memory.clear();
            continue;
        };
        remember(
            &mut state.memory,
            &at - &state.at,
            &new_gradient - &gradient,
        );
        (value, gradient) = (total, new_gradient);
        state.at = at;
        state.iterations += 1;
        slope = steepest(&state.at, &gradient, sizes);
        training.round(state.iterations, || &state)?;
        progress::report(what, state.iterations, max_iter);
    }
    training.over();
    Ok(Minimum {
        converged: largest(&slope) <= tolerance,
        at: state.at,
        iterations: state.iterations,
    })
}

/// The slope of the whole; where a number is 0, that of the side that goes down, and 0
/// if none does.
fn steepest(at: &Array1<f64>, gradient: &Array1<f64>, sizes: &Array1<f64>) -> Array1<f64> {
    Array1::from_shape_fn(at.len(), |i| {
        let (slope, size) = (gradient[i], sizes[i]);
        if at[i] != 0.0 {
            slope + size * at[i].signum()
        } else if slope.abs() > size {
            slope - size * slope.signum()
        } else {
            0.0
        }
    })
}

fn largest(slope: &Array1<f64>) -> f64 {
    slope.iter().fold(0.0, |most, part| part.abs().max(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Half the squared distance from a point.
    struct Bowl(Array1<f64>);

    impl Objective for Bowl {
        fn evaluate(&self, at: &Array1<f64>) -> (f64, Array1<f64>) {
            let apart = at - &self.0;
            (0.5 * apart.dot(&apart), apart)
        }
    }

    #[test]
    fn numbers_shrink_by_their_price_and_stop_at_zero() {
        let bowl = Bowl(array![3.0, -2.0, 0.5, -0.2, 4.0]);
        let sizes = array![1.0, 1.0, 1.0, 1.0, 0.0];
        for start in [Array1::zeros(5), array![-1.0, 2.0, -3.0, 4.0, -5.0]] {
            let found =
                minimise(Training::fleeting(), "", &bowl, &sizes, start, 1e-10, 200).unwrap();
            assert!(found.converged);
            for (found, expected) in found.at.iter().zip([2.0, -1.0, 0.0, 0.0, 4.0]) {
                assert!((found - expected).abs() < 1e-9, "{found} {expected}");
                assert_eq!(*found == 0.0, expected == 0.0);
            }
        }
    }
}
