//! Sequential minimal optimisation with the working set of second order (Fan,
//! Chen and Lin 2005), the algorithm of libsvm.
//!
//! linfa-svm keeps the whole matrix of likenesses, 80 GB for 100,000 rows; here
//! rows of it are computed when they are needed and the last ones are kept.

use ndarray::ArrayView2;

use super::kernel::Likeness;
use crate::model::linear::dot;

/// Memory for rows of the matrix.
const CACHE_BYTES: usize = 256 << 20;
/// A curvature of less than this counts as this.
const FLAT: f64 = 1e-12;

/// Minimise `½αᵀQα + pᵀα` with `yᵀα = 0` and `0 ≤ α ≤ c`, where `Q` is the
/// likeness of two variables' rows times their signs `y`.
pub(super) struct Problem<'a> {
    pub x: ArrayView2<'a, f64>,
    pub likeness: Likeness,
    /// The row of each variable; a regression has two variables for each row.
    pub rows: Vec<usize>,
    pub signs: Vec<f64>,
    pub linear: Vec<f64>,
    pub bounds: Vec<f64>,
    pub tol: f64,
    pub max_iter: usize,
}

pub(super) struct Solution {
    pub alpha: Vec<f64>,
    /// Subtracted from the weighted likenesses.
    pub rho: f64,
    pub converged: bool,
}

impl Problem<'_> {
    pub fn solve(&self) -> Solution {
        let count = self.rows.len();
        let mut matrix = Matrix::new(self.x, self.likeness);
        let mut alpha = vec![0.0; count];
        let mut gradient = self.linear.clone();
        let mut converged = false;
        for _ in 0..self.max_iter {
            ferrite_interrupt::checkpoint();
            let Some((i, j)) = self.working_set(&alpha, &gradient, &mut matrix) else {
                converged = true;
                break;
            };
            let (step_i, step_j) = self.step(i, j, &mut alpha, &gradient, &mut matrix);
            let (row_i, row_j) = matrix.pair(self.rows[i], self.rows[j]);
            let (scale_i, scale_j) = (step_i * self.signs[i], step_j * self.signs[j]);
            for ((slope, sign), row) in gradient.iter_mut().zip(&self.signs).zip(&self.rows) {
                let (like_i, like_j) = (f64::from(row_i[*row]), f64::from(row_j[*row]));
                *slope += sign * (scale_i * like_i + scale_j * like_j);
            }
        }
        let rho = self.rho(&alpha, &gradient);
        Solution {
            alpha,
            rho,
            converged,
        }
    }

    /// The two variables that promise most, or `None` at the minimum.
    fn working_set(
        &self,
        alpha: &[f64],
        gradient: &[f64],
        matrix: &mut Matrix,
    ) -> Option<(usize, usize)> {
        let (mut first, mut most) = (None, f64::NEG_INFINITY);
        for t in 0..alpha.len() {
            let can_rise = if self.signs[t] > 0.0 {
                alpha[t] < self.bounds[t]
            } else {
                alpha[t] > 0.0
            };
            let value = -self.signs[t] * gradient[t];
            if can_rise && value > most {
                (first, most) = (Some(t), value);
            }
        }
        let i = first?;
        let row_i = matrix.row(self.rows[i]);
        let own = matrix.diagonal[self.rows[i]];
        let (mut second, mut best, mut least) = (None, f64::INFINITY, f64::NEG_INFINITY);
        for t in 0..alpha.len() {
            let can_fall = if self.signs[t] > 0.0 {
                alpha[t] > 0.0
            } else {
                alpha[t] < self.bounds[t]
            };
            if !can_fall {
                continue;
            }
            let value = self.signs[t] * gradient[t];
            least = least.max(value);
            let promise = most + value;
            if promise > 0.0 {
                let like = f64::from(row_i[self.rows[t]]);
                let curve = (own + matrix.diagonal[self.rows[t]] - 2.0 * like).max(FLAT);
                let gain = -promise * promise / curve;
                if gain <= best {
                    (second, best) = (Some(t), gain);
                }
            }
        }
        if most + least < self.tol {
            return None;
        }
        second.map(|j| (i, j))
    }

    /// Moves both variables along their line as far as it goes down; gives by
    /// how much.
    fn step(
        &self,
        i: usize,
        j: usize,
        alpha: &mut [f64],
        gradient: &[f64],
        matrix: &mut Matrix,
    ) -> (f64, f64) {
        let like = f64::from(matrix.row(self.rows[i])[self.rows[j]]);
        let (own_i, own_j) = (matrix.diagonal[self.rows[i]], matrix.diagonal[self.rows[j]]);
        let curve = (own_i + own_j - 2.0 * like).max(FLAT);
        let (old_i, old_j) = (alpha[i], alpha[j]);
        let (c_i, c_j) = (self.bounds[i], self.bounds[j]);
        // What leaves its bounds is put onto them exactly: whether a variable lies
        // between its bounds decides the threshold.
        if self.signs[i] != self.signs[j] {
            let delta = (-gradient[i] - gradient[j]) / curve;
            let difference = old_i - old_j;
            (alpha[i], alpha[j]) = (old_i + delta, old_j + delta);
            if difference > 0.0 && alpha[j] < 0.0 {
                (alpha[i], alpha[j]) = (difference, 0.0);
            } else if difference <= 0.0 && alpha[i] < 0.0 {
                (alpha[i], alpha[j]) = (0.0, -difference);
            }
            if difference > c_i - c_j && alpha[i] > c_i {
                (alpha[i], alpha[j]) = (c_i, c_i - difference);
            } else if difference <= c_i - c_j && alpha[j] > c_j {
                (alpha[i], alpha[j]) = (c_j + difference, c_j);
            }
        } else {
            let delta = (gradient[i] - gradient[j]) / curve;
            let sum = old_i + old_j;
            (alpha[i], alpha[j]) = (old_i - delta, old_j + delta);
            if sum > c_i && alpha[i] > c_i {
                (alpha[i], alpha[j]) = (c_i, sum - c_i);
            } else if sum <= c_i && alpha[j] < 0.0 {
                (alpha[i], alpha[j]) = (sum, 0.0);
            }
            if sum > c_j && alpha[j] > c_j {
                (alpha[i], alpha[j]) = (sum - c_j, c_j);
            } else if sum <= c_j && alpha[i] < 0.0 {
                (alpha[i], alpha[j]) = (0.0, sum);
            }
        }
        (alpha[i] - old_i, alpha[j] - old_j)
    }

    /// From the variables between their bounds; if there are none, the middle
    /// of what the others allow.
    fn rho(&self, alpha: &[f64], gradient: &[f64]) -> f64 {
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        let (mut sum, mut free) = (0.0, 0);
        for t in 0..alpha.len() {
            let value = self.signs[t] * gradient[t];
            if alpha[t] >= self.bounds[t] {
                if self.signs[t] < 0.0 {
                    high = high.min(value)
                } else {
                    low = low.max(value)
                }
            } else if alpha[t] <= 0.0 {
                if self.signs[t] > 0.0 {
                    high = high.min(value)
                } else {
                    low = low.max(value)
                }
            } else {
                sum += value;
                free += 1;
            }
        }
        if free > 0 {
            return sum / f64::from(free);
        }
        let middle = (low + high) / 2.0;
        if middle.is_finite() { middle } else { 0.0 }
    }
}

/// Rows of the matrix of likenesses, of which the last used ones are kept.
struct Matrix<'a> {
    x: ArrayView2<'a, f64>,
    likeness: Likeness,
    squares: Vec<f64>,
    diagonal: Vec<f64>,
    kept: Vec<Option<std::rc::Rc<[f32]>>>,
    used: Vec<u64>,
    clock: u64,
    count: usize,
    most: usize,
}

impl<'a> Matrix<'a> {
    fn new(x: ArrayView2<'a, f64>, likeness: Likeness) -> Self {
        let rows = x.nrows();
        let squares: Vec<f64> = x.rows().into_iter().map(|row| row.dot(&row)).collect();
        Self {
            x,
            likeness,
            diagonal: squares.iter().map(|s| likeness.of(*s, 2.0 * s)).collect(),
            squares,
            kept: vec![None; rows],
            used: vec![0; rows],
            clock: 0,
            count: 0,
            most: (CACHE_BYTES / (4 * rows.max(1))).max(2),
        }
    }

    fn row(&mut self, at: usize) -> std::rc::Rc<[f32]> {
        self.clock += 1;
        self.used[at] = self.clock;
        if let Some(row) = &self.kept[at] {
            return row.clone();
        }
        if self.count == self.most {
            let kept = (0..self.kept.len()).filter(|row| self.kept[*row].is_some());
            if let Some(oldest) = kept.min_by_key(|row| self.used[*row]) {
                self.kept[oldest] = None;
                self.count -= 1;
            }
        }
        let own = self.x.row(at);
        let (own, square) = (own.as_slice().unwrap_or_default(), self.squares[at]);
        let like = |(row, other): (ndarray::ArrayView1<f64>, &f64)| {
            let product = dot(own, row.as_slice().unwrap_or_default());
            self.likeness.of(product, square + other) as f32
        };
        let rows = self.x.rows().into_iter().zip(&self.squares);
        let row: std::rc::Rc<[f32]> = rows.map(like).collect();
        self.kept[at] = Some(row.clone());
        self.count += 1;
        row
    }

    fn pair(&mut self, i: usize, j: usize) -> (std::rc::Rc<[f32]>, std::rc::Rc<[f32]>) {
        (self.row(i), self.row(j))
    }
}
