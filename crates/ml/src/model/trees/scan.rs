//! Walking the values of one feature from low to high, to find where a split
//! leaves the least mixed parts.

use super::grow::{Criterion, NodeRows};

/// The best question for a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub feature: usize,
    /// The highest rank that goes left, and the next one that occurs.
    pub ranks: (u32, u32),
    /// Higher is better; comparable within one node only.
    pub score: f64,
}

impl Criterion {
    pub(super) fn impurity(self, sums: &[f64], weight: f64) -> f64 {
        let shares = sums
            .iter()
            .filter(|sum| **sum > 0.0)
            .map(|sum| sum / weight);
        match self {
            Self::Gini => 1.0 - shares.map(|share| share * share).sum::<f64>(),
            Self::Entropy => -shares.map(|share| share * share.log2()).sum::<f64>(),
        }
    }
}

/// Walks the ranks of one feature from low to high and tries the gaps between them.
pub(super) struct ClassScan {
    criterion: Criterion,
    feature: usize,
    leaf: usize,
    total: usize,
    pub left: Vec<f64>,
    pub right: Vec<f64>,
    /// Weights and sums of squares on both sides; squares follow each row in
    /// constant time.
    weights: (f64, f64),
    squares: (f64, f64),
    pub rows: usize,
    rank: u32,
    pub varies: bool,
    pub best: Option<Split>,
}

impl ClassScan {
    pub fn new(
        criterion: Criterion,
        node: &NodeRows,
        (mut left, mut right): (Vec<f64>, Vec<f64>),
        feature: usize,
        leaf: usize,
        total: usize,
    ) -> Self {
        left.clear();
        left.resize(node.sums.len(), 0.0);
        right.clone_from(&node.sums);
        Self {
            criterion,
            feature,
            leaf,
            total,
            left,
            right,
            weights: (0.0, node.weight),
            squares: (0.0, node.sums.iter().map(|sum| sum * sum).sum()),
            rows: 0,
            rank: 0,
            varies: false,
            best: None,
        }
    }

    /// Comes to a value; if it is a new one, what lies before it could go left.
    #[inline]
    pub fn meet(&mut self, rank: u32) {
        if self.rows > 0 && rank != self.rank {
            self.varies = true;
            if self.rows >= self.leaf && self.total - self.rows >= self.leaf {
                let score = self.score();
                if self.best.is_none_or(|best| score > best.score) {
                    self.best = Some(Split {
                        feature: self.feature,
                        ranks: (self.rank, rank),
                        score,
                    });
                }
            }
        }
        self.rank = rank;
    }

    #[inline]
    pub fn take(&mut self, class: usize, weight: f64) {
        let (left, right) = (&mut self.left[class], &mut self.right[class]);
        self.squares.0 += weight * (2.0 * *left + weight);
        self.squares.1 -= weight * (2.0 * *right - weight);
        *left += weight;
        *right -= weight;
        self.weights.0 += weight;
        self.weights.1 -= weight;
    }

    fn score(&self) -> f64 {
        let (left, right) = self.weights;
        match self.criterion {
            Criterion::Gini => self.squares.0 / left + self.squares.1 / right,
            criterion @ Criterion::Entropy => {
                -(left * criterion.impurity(&self.left, left)
                    + right * criterion.impurity(&self.right, right))
            }
        }
    }
}

/// As [`ClassScan`], for the squared error.
pub(super) struct NumberScan {
    feature: usize,
    leaf: usize,
    total: usize,
    weights: (f64, f64),
    sums: (f64, f64),
    pub rows: usize,
    rank: u32,
    pub varies: bool,
    pub best: Option<Split>,
}

impl NumberScan {
    pub fn new(node: &NodeRows, feature: usize, leaf: usize, total: usize) -> Self {
        Self {
            feature,
            leaf,
            total,
            weights: (0.0, node.weight),
            sums: (0.0, node.sums[0]),
            rows: 0,
            rank: 0,
            varies: false,
            best: None,
        }
    }

    #[inline]
    pub fn meet(&mut self, rank: u32) {
        if self.rows > 0 && rank != self.rank {
            self.varies = true;
            if self.rows >= self.leaf && self.total - self.rows >= self.leaf {
                let score = self.sums.0 * self.sums.0 / self.weights.0
                    + self.sums.1 * self.sums.1 / self.weights.1;
                if self.best.is_none_or(|best| score > best.score) {
                    self.best = Some(Split {
                        feature: self.feature,
                        ranks: (self.rank, rank),
                        score,
                    });
                }
            }
        }
        self.rank = rank;
    }

    #[inline]
    pub fn take(&mut self, weight: f64, sum: f64) {
        self.weights.0 += weight;
        self.weights.1 -= weight;
        self.sums.0 += sum;
        self.sums.1 -= sum;
    }
}
