//! Sequential minimal optimisation with the working set of second order (Fan,
//! Chen and Lin 2005), the algorithm of libsvm.
//!
//! linfa-svm keeps the whole matrix of likenesses, 80 GB for 100,000 rows; here
//! rows of it are computed when they are needed and the last ones are kept.

use std::rc::Rc;

use ndarray::ArrayView2;

use super::kernel::Likeness;

/// Memory for rows of the matrix.
const CACHE_BYTES: usize = 256 << 20;
/// A curvature of less than this counts as this.
const FLAT: f64 = 1e-12;
/// Variables that are looked at together before one of them is chosen.
const CHUNK: usize = 64;

/// Minimise `½αᵀQα + pᵀα` with `yᵀα = 0` and `0 ≤ α ≤ c`, where `Q` is the
/// likeness of two variables' rows times their signs `y`.
///
/// There is a variable for each row of `x`, or one set of them after the other.
pub(super) struct Problem<'a> {
    pub x: ArrayView2<'a, f64>,
    pub likeness: Likeness,
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

/// The slopes of all variables: each is its sign times the sum of what its row got and
/// of its own offset, so the variables of one row share what changes.
struct Slopes {
    of_rows: Vec<f64>,
    offsets: Vec<f64>,
    /// The offsets of the variables that can rise, and infinity for others: so the one
    /// that rises best is found without asking for each whether it can.
    rising: Vec<f64>,
    /// The same for those that can fall, and minus infinity.
    falling: Vec<f64>,
}

impl Slopes {
    fn new(problem: &Problem) -> Self {
        let pairs = problem.signs.iter().zip(&problem.linear);
        let offsets: Vec<f64> = pairs.map(|(sign, linear)| sign * linear).collect();
        let mut slopes = Self {
            of_rows: vec![0.0; problem.x.nrows()],
            rising: vec![f64::INFINITY; offsets.len()],
            falling: vec![f64::NEG_INFINITY; offsets.len()],
            offsets,
        };
        for variable in 0..slopes.offsets.len() {
            slopes.set(problem, variable, 0.0);
        }
        slopes
    }

    /// Where a variable can go from `alpha`.
    fn set(&mut self, problem: &Problem, variable: usize, alpha: f64) {
        let (grows, shrinks) = (alpha < problem.bounds[variable], alpha > 0.0);
        let (rises, falls) = match problem.signs[variable] > 0.0 {
            true => (grows, shrinks),
            false => (shrinks, grows),
        };
        let offset = self.offsets[variable];
        self.rising[variable] = if rises { offset } else { f64::INFINITY };
        self.falling[variable] = if falls { offset } else { f64::NEG_INFINITY };
    }

    /// The sign times the gradient.
    fn of(&self, variable: usize) -> f64 {
        self.offsets[variable] + self.of_rows[variable % self.of_rows.len()]
    }

    /// The variable that can rise and gains most by it, the first of several.
    fn steepest(&self) -> Option<(usize, f64)> {
        let (mut first, mut least) = (None, f64::INFINITY);
        for (set, rising) in self.rising.chunks(self.of_rows.len()).enumerate() {
            let chunks = rising.chunks(CHUNK).zip(self.of_rows.chunks(CHUNK));
            for (at, (offsets, rows)) in chunks.enumerate() {
                let values = || offsets.iter().zip(rows).map(|(offset, row)| offset + row);
                let lower = smallest(offsets, rows);
                if lower < least
                    && let Some(place) = values().position(|value| value == lower)
                {
                    first = Some(set * self.of_rows.len() + at * CHUNK + place);
                    least = lower;
                }
            }
        }
        first.map(|variable| (variable, least))
    }
}

/// The smallest sum, in eight at a time.
fn smallest(offsets: &[f64], rows: &[f64]) -> f64 {
    let mut least = [f64::INFINITY; 8];
    let (heads, others) = (offsets.chunks_exact(8), rows.chunks_exact(8));
    let rest = heads.remainder().iter().zip(others.remainder());
    let rest = rest.fold(f64::INFINITY, |least, (offset, row)| {
        least.min(offset + row)
    });
    for (offsets, rows) in heads.zip(others) {
        for ((least, offset), row) in least.iter_mut().zip(offsets).zip(rows) {
            let value = offset + row;
            *least = if value < *least { value } else { *least };
        }
    }
    least.into_iter().fold(rest, f64::min)
}

impl Problem<'_> {
    pub fn solve(&self) -> Solution {
        let count = self.signs.len();
        let mut matrix = Matrix::new(self.x, self.likeness);
        let mut alpha = vec![0.0; count];
        let mut slopes = Slopes::new(self);
        let mut converged = false;
        let rows = self.x.nrows();
        for _ in 0..self.max_iter {
            ferrite_interrupt::checkpoint();
            let Some((i, j)) = self.working_set(&slopes, &mut matrix) else {
                converged = true;
                break;
            };
            let (row_i, row_j) = (matrix.row(i % rows), matrix.row(j % rows));
            let gradient = [i, j].map(|variable| self.signs[variable] * slopes.of(variable));
            let own = [i, j].map(|variable| matrix.diagonal[variable % rows]);
            let curve = own[0] + own[1] - 2.0 * f64::from(row_i[j % rows]);
            let (step_i, step_j) = self.step(i, j, &mut alpha, gradient, curve.max(FLAT));
            slopes.set(self, i, alpha[i]);
            slopes.set(self, j, alpha[j]);
            let (scale_i, scale_j) = (step_i * self.signs[i], step_j * self.signs[j]);
            let likenesses = row_i.iter().zip(row_j.iter());
            for (slope, (like_i, like_j)) in slopes.of_rows.iter_mut().zip(likenesses) {
                *slope += scale_i * f64::from(*like_i) + scale_j * f64::from(*like_j);
            }
        }
        let rho = self.rho(&alpha, &slopes);
        Solution {
            alpha,
            rho,
            converged,
        }
    }

    /// The two variables that promise most, or `None` at the minimum.
    fn working_set(&self, slopes: &Slopes, matrix: &mut Matrix) -> Option<(usize, usize)> {
        let (i, least) = slopes.steepest()?;
        let rows = self.x.nrows();
        let row_i = matrix.row(i % rows);
        let own = matrix.diagonal[i % rows];
        let (mut second, mut best, mut most) = (None, 0.0, f64::NEG_INFINITY);
        for (set, falling) in slopes.falling.chunks(rows).enumerate() {
            for start in (0..rows).step_by(CHUNK) {
                let end = (start + CHUNK).min(rows);
                let mut gains = [0.0; CHUNK];
                let mut highest = f64::NEG_INFINITY;
                let rows_of = slopes.of_rows[start..end].iter().zip(&falling[start..end]);
                let likes = row_i[start..end].iter().zip(&matrix.diagonal[start..end]);
                let each = gains.iter_mut().zip(rows_of.zip(likes));
                for (gain, ((row, offset), (like, diagonal))) in each {
                    let value = offset + row;
                    highest = if value > highest { value } else { highest };
                    let promise = if value > least { value - least } else { 0.0 };
                    let curve = own + diagonal - 2.0 * f64::from(*like);
                    let curve = if curve > FLAT { curve } else { FLAT };
                    *gain = promise * promise / curve;
                }
                most = most.max(highest);
                let gain = gains.iter().fold(0.0, |most: f64, gain| most.max(*gain));
                if gain > 0.0 && gain >= best {
                    let last = gains.iter().rposition(|other| *other == gain);
                    second = last.map(|place| set * rows + start + place);
                    best = gain;
                }
            }
        }
        if most - least < self.tol {
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
        gradient: [f64; 2],
        curve: f64,
    ) -> (f64, f64) {
        let (old_i, old_j) = (alpha[i], alpha[j]);
        let (c_i, c_j) = (self.bounds[i], self.bounds[j]);
        // What leaves its bounds is put onto them exactly: whether a variable lies
        // between its bounds decides the threshold.
        if self.signs[i] != self.signs[j] {
            let delta = (-gradient[0] - gradient[1]) / curve;
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
            let delta = (gradient[0] - gradient[1]) / curve;
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
    fn rho(&self, alpha: &[f64], slopes: &Slopes) -> f64 {
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        let (mut sum, mut free) = (0.0, 0);
        for (t, &alpha) in alpha.iter().enumerate() {
            let value = slopes.of(t);
            if alpha >= self.bounds[t] {
                if self.signs[t] < 0.0 {
                    high = high.min(value)
                } else {
                    low = low.max(value)
                }
            } else if alpha <= 0.0 {
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
    /// The same feature by feature.
    features: Vec<f64>,
    likeness: Likeness,
    squares: Vec<f64>,
    diagonal: Vec<f64>,
    kept: Vec<Option<Rc<[f32]>>>,
    used: Vec<u64>,
    clock: u64,
    count: usize,
    most: usize,
}

impl<'a> Matrix<'a> {
    fn new(x: ArrayView2<'a, f64>, likeness: Likeness) -> Self {
        let rows = x.nrows();
        let squares: Vec<f64> = x.rows().into_iter().map(|row| row.dot(&row)).collect();
        let transposed = x.t().as_standard_layout().into_owned();
        Self {
            x,
            features: transposed.into_raw_vec_and_offset().0,
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

    fn row(&mut self, at: usize) -> Rc<[f32]> {
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
        let row: Rc<[f32]> = self.likenesses(at).into();
        self.kept[at] = Some(row.clone());
        self.count += 1;
        row
    }

    fn likenesses(&self, at: usize) -> Vec<f32> {
        /// Rows whose products stay in the nearest cache.
        const BLOCK: usize = 512;
        let (rows, own) = (self.x.nrows(), self.x.row(at));
        let mut row = Vec::with_capacity(rows);
        for start in (0..rows).step_by(BLOCK) {
            let end = (start + BLOCK).min(rows);
            let mut block = [0.0; BLOCK];
            let products = &mut block[..end - start];
            for (values, own) in self.features.chunks_exact(rows).zip(own) {
                for (product, value) in products.iter_mut().zip(&values[start..end]) {
                    *product += own * value;
                }
            }
            let squares = &self.squares[start..end];
            self.likeness.of_all(products, self.squares[at], squares);
            row.extend(products.iter().map(|like| *like as f32));
        }
        row
    }
}
