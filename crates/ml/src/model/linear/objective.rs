//! The loss of a weighted sum of features over all rows, with its gradient.
//!
//! Rows are taken in parts of a fixed size, on all cores, and the sums of the
//! parts are added in order: the result does not depend on the number of cores.

use ndarray::{Array1, Array2, ArrayView2, s};

use super::lbfgs::Objective;
use super::{add, dot};
use crate::model::parallel;

/// Rows whose sums are made together.
const PART: usize = 2_048;
/// With less to multiply, threads cost more than they bring.
const WORTH_THREADS: usize = 200_000;

/// The loss of one row.
pub(in crate::model) trait RowLoss: Sync {
    /// Replaces the scores of a row, one for each output, by the derivatives of
    /// its loss; gives the loss.
    fn differentiate(&self, row: usize, scores: &mut [f64]) -> f64;
}

/// The mean loss plus the penalty, over one flat list of numbers: for each
/// feature the coefficients of all outputs, then the intercepts.
pub(in crate::model) struct MeanLoss<'a> {
    pub x: Array2<f64>,
    pub weights: Option<&'a [f64]>,
    /// The sum of the weights, or the number of rows.
    pub weight: f64,
    pub outputs: usize,
    /// The weight of the squared coefficients of each feature.
    pub penalties: Array1<f64>,
    pub intercept: bool,
    pub loss: &'a dyn RowLoss,
}

impl MeanLoss<'_> {
    /// The number of coefficients and intercepts.
    pub fn size(&self) -> usize {
        (self.x.ncols() + usize::from(self.intercept)) * self.outputs
    }

    /// Coefficients, a row for each feature, and intercepts.
    pub fn split(&self, at: &Array1<f64>) -> (Array2<f64>, Array1<f64>) {
        let coefficients = self.x.ncols() * self.outputs;
        let shape = (self.x.ncols(), self.outputs);
        let value = |(feature, output)| at[feature * self.outputs + output];
        let intercepts = if self.intercept {
            at.slice(s![coefficients..]).to_owned()
        } else {
            Array1::zeros(self.outputs)
        };
        (Array2::from_shape_fn(shape, value), intercepts)
    }

    /// The sums of loss and gradient over the rows of a part.
    fn part(&self, part: usize, coefficients: &Array2<f64>, intercepts: &Array1<f64>) -> Sums {
        let start = part * PART;
        let end = (start + PART).min(self.x.nrows());
        let x = self.x.slice(s![start..end, ..]);
        let mut sums = Sums {
            loss: 0.0,
            gradient: vec![0.0; self.size()],
        };
        if self.outputs == 1 {
            self.one_output(start, x, coefficients, intercepts[0], &mut sums);
            return sums;
        }
        let mut scores = x.dot(coefficients) + intercepts;
        for (row, mut scores) in (start..).zip(scores.rows_mut()) {
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            if let Some(slice) = scores.as_slice_mut() {
                sums.loss += weight * self.loss.differentiate(row, slice);
            }
            if weight != 1.0 {
                scores *= weight;
            }
        }
        let slopes = x.t().dot(&scores);
        let split = slopes.len();
        for (sum, slope) in sums.gradient.iter_mut().zip(slopes.iter()) {
            *sum = *slope;
        }
        if self.intercept {
            for scores in scores.rows() {
                for (sum, score) in sums.gradient[split..].iter_mut().zip(scores) {
                    *sum += score;
                }
            }
        }
        sums
    }

    fn one_output(
        &self,
        start: usize,
        x: ArrayView2<f64>,
        coefficients: &Array2<f64>,
        intercept: f64,
        sums: &mut Sums,
    ) {
        let (Some(x), Some(coefficients)) = (x.as_slice(), coefficients.as_slice()) else {
            return;
        };
        let features = coefficients.len();
        for (row, x) in (start..).zip(x.chunks_exact(features)) {
            let mut score = [dot(x, coefficients) + intercept];
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            sums.loss += weight * self.loss.differentiate(row, &mut score);
            let slope = weight * score[0];
            add(&mut sums.gradient[..features], slope, x);
            if self.intercept {
                sums.gradient[features] += slope;
            }
        }
    }
}

struct Sums {
    loss: f64,
    gradient: Vec<f64>,
}

impl Objective for MeanLoss<'_> {
    fn evaluate(&self, at: &Array1<f64>) -> (f64, Array1<f64>) {
        let (coefficients, intercepts) = self.split(at);
        let parts = self.x.nrows().div_ceil(PART);
        let part = |part| self.part(part, &coefficients, &intercepts);
        let parts: Vec<Sums> = if self.x.len() * self.outputs < WORTH_THREADS {
            (0..parts).map(part).collect()
        } else {
            parallel::map(parts, part)
        };
        let (mut loss, mut gradient) = (0.0, vec![0.0; self.size()]);
        for sums in parts {
            loss += sums.loss;
            add(&mut gradient, 1.0, &sums.gradient);
        }
        loss /= self.weight;
        gradient.iter_mut().for_each(|slope| *slope /= self.weight);
        for (at, coefficient) in coefficients.iter().enumerate() {
            let penalty = self.penalties[at / self.outputs];
            loss += 0.5 * penalty * coefficient * coefficient;
            gradient[at] += penalty * coefficient;
        }
        (loss, Array1::from(gradient))
    }
}
