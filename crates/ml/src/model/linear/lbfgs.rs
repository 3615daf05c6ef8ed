//! Minimising a smooth function of many numbers (L-BFGS).
//!
//! Each step goes along the gradient, bent by what the last steps told about
//! the curvature; the step's length is found by bisection under the weak Wolfe
//! conditions (Lewis and Overton), which for a convex function always ends.

use std::collections::VecDeque;

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::model::resume::Training;
use crate::progress;

/// A function with its gradient.
pub(in crate::model) trait Objective {
    fn evaluate(&self, at: &Array1<f64>) -> (f64, Array1<f64>);
}

/// Where the search ended.
#[derive(Debug)]
pub(in crate::model) struct Minimum {
    pub at: Array1<f64>,
    pub iterations: usize,
    /// Whether no part of the gradient is larger than the tolerance.
    pub converged: bool,
}

/// How many steps are remembered.
const MEMORY: usize = 10;
/// A step must gain this part of what the slope promises,
const ARMIJO: f64 = 1e-4;
/// and leave at most this part of the slope.
const CURVATURE: f64 = 0.9;
/// Bisections before a step is taken to be lost in rounding.
const BISECTIONS: usize = 60;

/// A step and the change of the gradient along it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pair {
    step: Array1<f64>,
    change: Array1<f64>,
    /// `1 / (step · change)`.
    weight: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Point {
    at: Array1<f64>,
    value: f64,
    gradient: Array1<f64>,
}

impl Point {
    fn new(objective: &dyn Objective, at: Array1<f64>) -> Self {
        let (value, gradient) = objective.evaluate(&at);
        Self {
            at,
            value,
            gradient,
        }
    }

    fn steepness(&self) -> f64 {
        self.gradient
            .iter()
            .fold(0.0, |largest, part| part.abs().max(largest))
    }
}

/// All that the next step depends on.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    point: Point,
    memory: VecDeque<Pair>,
    iterations: usize,
}

impl State {
    fn fits(&self, size: usize) -> bool {
        self.memory.iter().all(|pair| pair.fits(size))
            && self.point.at.len() == size
            && self.point.gradient.len() == size
    }
}

/// Goes downhill from `start` until the gradient is flat or `max_iter` steps are made.
pub(in crate::model) fn minimise(
    objective: &dyn Objective,
    start: Array1<f64>,
    tolerance: f64,
    max_iter: usize,
) -> Result<Minimum, MlError> {
    let training = Training::fleeting();
    minimise_as(training, "steps", objective, start, tolerance, max_iter)
}

/// As [`minimise`], as a training that may go on from an earlier one.
pub(in crate::model) fn minimise_as(
    training: Training,
    what: &str,
    objective: &dyn Objective,
    start: Array1<f64>,
    tolerance: f64,
    max_iter: usize,
) -> Result<Minimum, MlError> {
    let size = start.len();
    let left: Option<State> = training.left()?;
    let State {
        mut point,
        mut memory,
        mut iterations,
    } = match left {
        Some(state) if state.fits(size) => state,
        Some(_) => return Err(training.unfit()),
        None => State {
            point: Point::new(objective, start),
            memory: VecDeque::with_capacity(MEMORY),
            iterations: 0,
        },
    };
    while point.steepness() > tolerance && iterations < max_iter {
        ferrite_interrupt::checkpoint();
        let direction = downhill(&point.gradient, &memory);
        // Without memory the gradient's own length says nothing about the step.
        let first = if memory.is_empty() {
            1.0 / point.steepness().max(1.0)
        } else {
            1.0
        };
        let Some(next) = search(objective, &point, &direction, first) else {
            if memory.is_empty() {
                break;
            }
            memory.clear();
            continue;
        };
        iterations += 1;
        let change = &next.gradient - &point.gradient;
        remember(&mut memory, &next.at - &point.at, change);
        point = next;
        training.round(iterations, || (&point, &memory, iterations))?;
        progress::report(what, iterations, max_iter);
    }
    training.over();
    Ok(Minimum {
        converged: point.steepness() <= tolerance,
        at: point.at,
        iterations,
    })
}

impl Pair {
    pub(super) fn fits(&self, size: usize) -> bool {
        self.step.len() == size && self.change.len() == size
    }
}

/// Keeps what a step told about the curvature, if it told anything.
pub(super) fn remember(memory: &mut VecDeque<Pair>, step: Array1<f64>, change: Array1<f64>) {
    let curvature = step.dot(&change);
    if curvature > 0.0 {
        if memory.len() == MEMORY {
            memory.pop_front();
        }
        memory.push_back(Pair {
            step,
            change,
            weight: 1.0 / curvature,
        });
    }
}

/// The gradient times the remembered inverse curvature, pointing down.
pub(super) fn downhill(gradient: &Array1<f64>, memory: &VecDeque<Pair>) -> Array1<f64> {
    let mut direction = -gradient;
    let mut shares = Vec::with_capacity(memory.len());
    for pair in memory.iter().rev() {
        let share = pair.weight * pair.step.dot(&direction);
        direction.scaled_add(-share, &pair.change);
        shares.push(share);
    }
    if let Some(last) = memory.back() {
        direction *= 1.0 / (last.weight * last.change.dot(&last.change));
    }
    for (pair, share) in memory.iter().zip(shares.into_iter().rev()) {
        let correction = pair.weight * pair.change.dot(&direction);
        direction.scaled_add(share - correction, &pair.step);
    }
    direction
}

/// A point along `direction` that is low and flat enough.
fn search(
    objective: &dyn Objective,
    from: &Point,
    direction: &Array1<f64>,
    first: f64,
) -> Option<Point> {
    let slope = from.gradient.dot(direction);
    if slope >= 0.0 || slope.is_nan() {
        return None;
    }
    // Near the minimum the gain is smaller than the rounding of the value.
    let rounding = 1e-14 * from.value.abs();
    let (mut low, mut high, mut length) = (0.0, f64::INFINITY, first);
    for _ in 0..BISECTIONS {
        let next = Point::new(objective, &from.at + &(direction * length));
        let gains = next.value <= from.value + ARMIJO * length * slope + rounding;
        if !gains {
            high = length;
        } else if next.gradient.dot(direction) < CURVATURE * slope {
            low = length;
        } else {
            return Some(next);
        }
        length = if high.is_finite() {
            (low + high) / 2.0
        } else {
            2.0 * low
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// A long curved valley (Rosenbrock), where plain gradient steps get stuck.
    struct Valley;

    impl Objective for Valley {
        fn evaluate(&self, at: &Array1<f64>) -> (f64, Array1<f64>) {
            let (x, y) = (at[0], at[1]);
            let value = (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
            let slope = -2.0 * (1.0 - x) - 400.0 * x * (y - x * x);
            (value, array![slope, 200.0 * (y - x * x)])
        }
    }

    #[test]
    fn finds_the_end_of_a_curved_valley() {
        let minimum = minimise(&Valley, array![-1.2, 1.0], 1e-9, 200).unwrap();
        assert!(minimum.converged, "{minimum:?}");
        assert!((minimum.at[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn says_when_it_was_stopped() {
        let minimum = minimise(&Valley, array![-1.2, 1.0], 1e-9, 3).unwrap();
        assert!(!minimum.converged);
        assert_eq!(minimum.iterations, 3);
    }

    #[test]
    fn starts_at_the_minimum() {
        let minimum = minimise(&Valley, array![1.0, 1.0], 1e-9, 10).unwrap();
        assert!(minimum.converged);
        assert_eq!(minimum.iterations, 0);
    }
}
