//! Many rows as few, for every model of squared errors.
//!
//! An orthogonal transformation changes no sum of squares, so `‖y − Xw‖²` is the
//! same for the triangle of a QR decomposition of `[X y]`, which has a row for
//! each feature. The triangle is built by Householder reflections from one block
//! of rows after the other, each small enough for the cache; it is as exact as a
//! decomposition of the whole and looks at the data once. Least squares, ridge
//! and the lasso then work on the triangle.

use std::ops::Range;

use ndarray::{Array1, Array2, s};

use super::{add, dot};
use crate::model::parallel;
use crate::stats;
use crate::table::Table;

/// Rows that are reflected together.
const BLOCK: usize = 256;
/// Rows that one thread reflects before triangles are joined. It does not depend
/// on the number of threads, and so the result does not.
const PART: usize = 16 * 1024;

/// Data with the same sum of squared errors for every choice of coefficients.
pub(in crate::model) struct Compressed {
    pub x: Array2<f64>,
    pub y: Array1<f64>,
    /// What was subtracted from each feature and from the target: their means,
    /// or 0 if the model has no intercept.
    pub means: Array1<f64>,
    pub mean: f64,
    /// The sum of the weights; the number of rows if there are none.
    pub weight: f64,
    /// The most columns that can be independent.
    pub rank: usize,
}

impl Compressed {
    /// By reflections, which lose no digits.
    pub fn of(x: &Table, y: &[f64], weights: Option<&[f64]>, centered: bool) -> Self {
        Self::by(x, y, weights, centered, false)
    }

    /// By products of the columns with each other where they are independent enough:
    /// three times as fast, and exact enough where a penalty keeps solutions small.
    pub fn roughly(x: &Table, y: &[f64], weights: Option<&[f64]>, centered: bool) -> Self {
        Self::by(x, y, weights, centered, true)
    }

    fn by(x: &Table, y: &[f64], weights: Option<&[f64]>, centered: bool, rough: bool) -> Self {
        let (rows, features) = (x.rows(), x.columns().len());
        let weight = weights.map_or(rows as f64, |weights| weights.iter().sum());
        let (means, mean) = match (centered, weights) {
            (false, _) => (Array1::zeros(features), 0.0),
            (true, None) => (Array1::from(x.each(stats::mean)), stats::mean(y)),
            (true, Some(weights)) => {
                let mean = |column: &[f64]| dot(column, weights) / weight;
                (Array1::from(x.each(mean)), mean(y))
            }
        };
        let source = Source {
            x,
            y,
            roots: weights.map(|weights| weights.iter().map(|weight| weight.sqrt()).collect()),
            means: &means,
            mean,
        };
        let products = (rough && rows > 4 * features).then(|| source.by_products());
        let (mut table, deviations) = match products.flatten() {
            Some(found) => found,
            None if rows <= 2 * features + 2 => source.copied(),
            None => source.triangle(),
        };
        for (column, (mean, deviation)) in means.iter().zip(deviations).enumerate() {
            // A constant column's deviations from its mean are its rounding
            // errors; they must not pass for a feature.
            if deviation <= rows as f64 * mean.abs() * f64::EPSILON {
                table.column_mut(column).fill(0.0);
            }
        }
        let y = table.column(features).to_owned();
        Self {
            x: table.slice_move(s![.., ..features]),
            y,
            means,
            mean,
            weight,
            rank: (rows - usize::from(centered)).min(features),
        }
    }

    /// The intercept that belongs to coefficients of the centred data.
    pub fn intercept(&self, coefficients: &Array1<f64>) -> f64 {
        self.mean - self.means.dot(coefficients)
    }
}

/// Rows as they are reflected: centred, and times the root of their weight.
struct Source<'a> {
    x: &'a Table<'a>,
    y: &'a [f64],
    roots: Option<Vec<f64>>,
    means: &'a Array1<f64>,
    mean: f64,
}

impl Source<'_> {
    /// The value in a row of a feature, or of the target behind the features.
    fn value(&self, row: usize, column: usize) -> f64 {
        let value = match self.means.get(column) {
            Some(mean) => self.x.columns()[column][row] - mean,
            None => self.y[row] - self.mean,
        };
        self.roots
            .as_ref()
            .map_or(value, |roots| value * roots[row])
    }

    /// The values of some rows of a feature, or of the target behind the features.
    fn fill(&self, column: usize, rows: Range<usize>, to: &mut [f64]) {
        let (from, mean) = match self.means.get(column) {
            Some(mean) => (&self.x.columns()[column][rows.clone()], *mean),
            None => (&self.y[rows.clone()], self.mean),
        };
        for (to, from) in to.iter_mut().zip(from) {
            *to = from - mean;
        }
        if let Some(roots) = &self.roots {
            let roots = &roots[rows];
            to.iter_mut().zip(roots).for_each(|(to, root)| *to *= root);
        }
    }

    /// The rows as they are, and the largest deviation of each column.
    fn copied(&self) -> (Array2<f64>, Vec<f64>) {
        let shape = (self.x.rows(), self.x.columns().len() + 1);
        let table = Array2::from_shape_fn(shape, |(row, column)| self.value(row, column));
        let deviations = table.columns().into_iter().map(largest).collect();
        (table, deviations)
    }

    /// The triangle of which the square is that of the columns, unless the columns are too
    /// alike for it: their squares have half of the digits.
    fn by_products(&self) -> Option<(Array2<f64>, Vec<f64>)> {
        /// Rows that are multiplied together.
        const BLOCK: usize = 1_024;
        /// What must be left of a column's square that others do not explain.
        const LEFT: f64 = 1e-6;
        let (rows, features) = (self.x.rows(), self.x.columns().len());
        let columns = features + 1;
        let blocks = rows.div_ceil(BLOCK);
        let products = parallel::map(blocks, |block| {
            ferrite_interrupt::checkpoint();
            let range = block * BLOCK..((block + 1) * BLOCK).min(rows);
            let mut values = vec![0.0; columns * range.len()];
            for (column, to) in values.chunks_mut(range.len()).enumerate() {
                self.fill(column, range.clone(), to);
            }
            // A row for each column here.
            let values = Array2::from_shape_vec((columns, range.len()), values);
            let values = values.unwrap_or_else(|_| Array2::zeros((columns, 0)));
            values.dot(&values.t())
        });
        let none = Array2::<f64>::zeros((columns, columns));
        let mut table = products.into_iter().fold(none, |sum, part| sum + part);
        let squares = table.diag().to_vec();
        for (square, mean) in squares.iter().zip(self.means) {
            let rounding = rows as f64 * mean.abs() * f64::EPSILON;
            if *square <= rows as f64 * rounding * rounding {
                return None;
            }
        }
        for column in 0..columns {
            let left: f64 = table[[column, column]];
            if column < features && (left.is_nan() || left <= LEFT * squares[column]) {
                return None;
            }
            let root = left.max(0.0).sqrt();
            table[[column, column]] = root;
            for next in column + 1..columns {
                table[[column, next]] /= root;
                table[[next, column]] = 0.0;
            }
            for row in column + 1..columns {
                let share = table[[column, row]];
                for next in row..columns {
                    let product = share * table[[column, next]];
                    table[[row, next]] -= product;
                }
            }
        }
        // The largest deviation is at most the root of the sum of their squares.
        Some((table, squares.into_iter().map(f64::sqrt).collect()))
    }

    fn triangle(&self) -> (Array2<f64>, Vec<f64>) {
        let (rows, columns) = (self.x.rows(), self.x.columns().len() + 1);
        let parts = rows.div_ceil(PART);
        let of_parts = parallel::map(parts, |part| {
            let mut triangle = Triangle::new(columns);
            let mut deviations = vec![0.0_f64; columns];
            let end = ((part + 1) * PART).min(rows);
            for start in (part * PART..end).step_by(BLOCK) {
                ferrite_interrupt::checkpoint();
                let length = BLOCK.min(end - start);
                let mut block = vec![0.0; length * columns];
                for (column, values) in block.chunks_mut(length).enumerate() {
                    self.fill(column, start..start + length, values);
                    let most = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
                    deviations[column] = deviations[column].max(most);
                }
                triangle.absorb(&mut block, length);
            }
            (triangle, deviations)
        });
        let mut whole = Triangle::new(columns);
        let mut deviations = vec![0.0_f64; columns];
        for (triangle, of_part) in of_parts {
            let mut block = triangle.columns;
            whole.absorb(&mut block, columns);
            for (most, of_part) in deviations.iter_mut().zip(of_part) {
                *most = most.max(of_part);
            }
        }
        let table = Array2::from_shape_fn((columns, columns), |(row, column)| {
            whole.columns[column * columns + row]
        });
        (table, deviations)
    }
}

fn largest(column: ndarray::ArrayView1<f64>) -> f64 {
    column.iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// The upper triangle so far, column after column.
pub(super) struct Triangle {
    size: usize,
    pub columns: Vec<f64>,
}

impl Triangle {
    pub fn new(size: usize) -> Self {
        Self {
            size,
            columns: vec![0.0; size * size],
        }
    }

    /// Takes in a block of rows, given column after column; the block is used up.
    pub fn absorb(&mut self, block: &mut [f64], length: usize) {
        for column in 0..self.size {
            let diagonal = self.columns[column * self.size + column];
            let (done, rest) = block.split_at_mut((column + 1) * length);
            let own = &done[column * length..];
            let square = diagonal * diagonal + dot(own, own);
            if square == 0.0 {
                continue;
            }
            let reflected = -square.sqrt().copysign(diagonal);
            let head = diagonal - reflected;
            let scale = 2.0 / (square - diagonal * diagonal + head * head);
            self.columns[column * self.size + column] = reflected;
            for (next, values) in rest.chunks_mut(length).enumerate() {
                let top = &mut self.columns[(column + 1 + next) * self.size + column];
                let share = scale * (head * *top + dot(own, values));
                *top -= share * head;
                add(values, -share, own);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// `‖y − Xw‖²` for centred columns.
    fn errors(x: &Array2<f64>, y: &Array1<f64>, w: &Array1<f64>) -> f64 {
        (y - &x.dot(w)).mapv(|e| e * e).sum()
    }

    #[test]
    fn squared_errors_are_those_of_all_rows() {
        let rows = 40_000;
        let wave = |i: usize, k: f64| ((i as f64) * k).sin() * (1.0 + k) + k;
        let x = Array2::from_shape_fn((rows, 3), |(i, j)| wave(i, 0.37 + j as f64));
        let y: Vec<f64> = (0..rows).map(|i| wave(i, 0.11) + 0.5 * x[[i, 1]]).collect();
        let weights: Vec<f64> = (0..rows).map(|i| (i % 3) as f64).collect();
        for weights in [None, Some(weights.as_slice())] {
            let small = Compressed::of(&Table::of_matrix(&x), &y, weights, true);
            assert_eq!(small.x.dim(), (4, 3));
            let root = |i: usize| weights.map_or(1.0, |w| w[i].sqrt());
            let all_x =
                Array2::from_shape_fn((rows, 3), |(i, j)| (x[[i, j]] - small.means[j]) * root(i));
            let all_y = Array1::from_shape_fn(rows, |i| (y[i] - small.mean) * root(i));
            for w in [array![0.0, 0.0, 0.0], array![1.0, -2.0, 0.3]] {
                let (few, many) = (errors(&small.x, &small.y, &w), errors(&all_x, &all_y, &w));
                assert!((few - many).abs() < 1e-9 * many, "{few} {many}");
            }
        }
    }

    #[test]
    fn products_give_the_same_errors_or_none() {
        let rows = 3_000;
        let wave = |i: usize, k: f64| ((i as f64) * k).sin() + k;
        let x = Array2::from_shape_fn((rows, 3), |(i, j)| wave(i, 0.37 + j as f64));
        let y: Vec<f64> = (0..rows).map(|i| wave(i, 0.11) + 0.5 * x[[i, 1]]).collect();
        let weights: Vec<f64> = (0..rows).map(|i| (i % 3) as f64).collect();
        for weights in [None, Some(weights.as_slice())] {
            let (rough, exact) = (
                Compressed::roughly(&Table::of_matrix(&x), &y, weights, true),
                Compressed::of(&Table::of_matrix(&x), &y, weights, true),
            );
            for w in [array![0.0, 0.0, 0.0], array![1.0, -2.0, 0.3]] {
                let all = errors(&exact.x, &exact.y, &w);
                let apart = (errors(&rough.x, &rough.y, &w) - all).abs();
                assert!(apart < 1e-10 * all, "{apart}");
            }
        }
        // Two columns that are nearly the same are reflected.
        let twins = Array2::from_shape_fn((rows, 2), |(i, j)| {
            wave(i, 0.37) + 1e-9 * wave(i, 0.2) * j as f64
        });
        let rough = Compressed::roughly(&Table::of_matrix(&twins), &y, None, true);
        assert_eq!(
            rough.x,
            Compressed::of(&Table::of_matrix(&twins), &y, None, true).x
        );
    }

    #[test]
    fn constant_columns_become_zero() {
        let x = Array2::from_shape_fn((100, 2), |(i, j)| if j == 0 { 0.1 } else { i as f64 });
        let y: Vec<f64> = (0..100).map(f64::from).collect();
        let small = Compressed::of(&Table::of_matrix(&x), &y, None, true);
        assert!(small.x.column(0).iter().all(|value| *value == 0.0));
        assert!(small.x.column(1).iter().any(|value| *value != 0.0));
    }
}
