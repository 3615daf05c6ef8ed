//! Models that weigh features and add them up.

pub(super) mod compress;
pub(super) mod elastic_net;
pub(super) mod fitted;
pub(super) mod ftrl;
pub(super) mod glm;
pub(super) mod isotonic;
pub(super) mod lbfgs;
pub(super) mod least_squares;
pub(super) mod logistic;
pub(super) mod objective;
pub(super) mod pls;
pub(super) mod ridge;
pub(super) mod scaling;
mod sparse;

use ndarray::{Array2, ArrayView1};

use crate::features::Features;
use crate::table::Table;

pub use elastic_net::{ElasticNet, Lasso};
pub use ftrl::FtrlClassifier;
pub use glm::{GammaRegressor, Link, PoissonRegressor, TweedieRegressor};
pub use isotonic::{Direction, IsotonicRegression};
pub use least_squares::LinearRegression;
pub use logistic::LogisticRegression;
pub use pls::PLSRegression;
pub use ridge::Ridge;

/// The sum of products, in four sums that a processor can keep apart.
#[inline]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (heads, rests) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = heads
        .remainder()
        .iter()
        .zip(rests.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in heads.zip(rests) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// Rows that are weighed together, so that their sums stay near.
const WEIGHED: usize = 1_024;

/// What the features of each row weigh.
pub(super) fn weigh(features: &Features, weights: &[f64], intercept: f64) -> Vec<f64> {
    match features.matrix().as_columns() {
        Some(table) => weigh_columns(&table, weights, intercept),
        None => weigh_rows(features.values(), weights, intercept),
    }
}

/// Columns are added as they lie; rows would have to be made of them first.
fn weigh_columns(table: &Table, weights: &[f64], intercept: f64) -> Vec<f64> {
    let mut sums = vec![intercept; table.rows()];
    let fours = table.columns().chunks(4).zip(weights.chunks(4));
    for (part, sums) in sums.chunks_mut(WEIGHED).enumerate() {
        let start = part * WEIGHED;
        for (columns, weights) in fours.clone() {
            let piece = |at: usize| &columns[at][start..start + sums.len()];
            if let &[a, b, c, d] = weights {
                let pieces = piece(0).iter().zip(piece(1)).zip(piece(2)).zip(piece(3));
                for (sum, (((x, y), z), v)) in sums.iter_mut().zip(pieces) {
                    *sum += (a * x + b * y) + (c * z + d * v);
                }
                continue;
            }
            for (at, weight) in weights.iter().enumerate() {
                let from = &columns[at][start..start + sums.len()];
                add(sums, *weight, from);
            }
        }
    }
    sums
}

/// As [`weigh`], of rows.
pub(super) fn weigh_rows(x: &Array2<f64>, weights: &[f64], intercept: f64) -> Vec<f64> {
    match x.as_slice().filter(|_| !weights.is_empty()) {
        Some(values) => {
            let rows = values.chunks_exact(weights.len());
            rows.map(|row| dot(row, weights) + intercept).collect()
        }
        None => (x.dot(&ArrayView1::from(weights)) + intercept).to_vec(),
    }
}

/// Adds `scale` times `from` to `to`.
#[inline]
pub(super) fn add(to: &mut [f64], scale: f64, from: &[f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}
