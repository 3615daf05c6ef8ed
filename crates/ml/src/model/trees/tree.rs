//! A grown tree, as compact as predictions want it.

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

/// Questions and answers. Both children of a question stand side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    pub nodes: Vec<Node>,
    pub facts: Vec<Facts>,
    /// For each node `outputs` numbers: the mean of the target, or the share of
    /// each class, among its rows.
    pub values: Vec<f64>,
    pub outputs: usize,
}

/// What a prediction reads of a node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Node {
    /// Rows with at most this go left.
    pub threshold: f64,
    /// The feature that is asked about; [`Node::LEAF`] if none is.
    pub feature: u32,
    /// The left child; the right one follows it.
    pub left: u32,
}

/// What is remembered of the rows that a node was grown from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The sum of their weights.
    pub weight: f64,
    pub impurity: f64,
    pub rows: u32,
}

/// Rows that walk down a tree at the same time.
const ABREAST: usize = 8;

impl Node {
    pub const LEAF: u32 = u32::MAX;

    pub fn leaf() -> Self {
        Self {
            threshold: 0.0,
            feature: Self::LEAF,
            left: 0,
        }
    }

    pub fn is_leaf(self) -> bool {
        self.feature == Self::LEAF
    }
}

impl Tree {
    /// The node at which a row ends.
    #[inline]
    pub fn leaf(&self, row: &[f64]) -> usize {
        self.leaf_by(|feature| row[feature as usize])
    }

    /// As [`leaf`](Self::leaf), of a row whose numbers are asked for.
    #[inline]
    pub fn leaf_by(&self, value: impl Fn(u32) -> f64) -> usize {
        let mut at = 0;
        loop {
            let node = self.nodes[at];
            if node.is_leaf() {
                return at;
            }
            let right = value(node.feature) > node.threshold;
            at = node.left as usize + usize::from(right);
        }
    }

    /// The nodes at which some rows end. Walking from node to node is waiting for memory,
    /// so the walks are made side by side.
    fn leaves(&self, rows: [&[f64]; ABREAST]) -> [usize; ABREAST] {
        let mut at = [0; ABREAST];
        loop {
            let mut moved = false;
            for (at, row) in at.iter_mut().zip(rows) {
                let node = self.nodes[*at];
                if !node.is_leaf() {
                    let right = row[node.feature as usize] > node.threshold;
                    *at = node.left as usize + usize::from(right);
                    moved = true;
                }
            }
            if !moved {
                return at;
            }
        }
    }

    pub fn value(&self, node: usize) -> &[f64] {
        &self.values[node * self.outputs..(node + 1) * self.outputs]
    }

    /// Adds `scale` times the value of each row's leaf to `sums`.
    pub fn add_to(&self, rows: ArrayView2<f64>, scale: f64, mut sums: ArrayViewMut2<f64>) {
        let mut add = |row: usize, leaf: usize| {
            for (sum, value) in sums.row_mut(row).iter_mut().zip(self.value(leaf)) {
                *sum += scale * value;
            }
        };
        let width = rows.ncols();
        let mut done = 0;
        if let Some(values) = rows.as_slice().filter(|_| width > 0) {
            for block in values.chunks_exact(width * ABREAST) {
                let row = |number: usize| &block[number * width..(number + 1) * width];
                let leaves = self.leaves(std::array::from_fn(row));
                leaves
                    .into_iter()
                    .zip(done..)
                    .for_each(|(leaf, row)| add(row, leaf));
                done += ABREAST;
            }
        }
        for number in done..rows.nrows() {
            let leaf = with_slice(rows.row(number), |row| self.leaf(row));
            add(number, leaf);
        }
    }

    /// How much each feature lowered the impurity, as shares of all that was lowered.
    pub fn importances(&self, features: usize) -> Vec<f64> {
        let mut gains = vec![0.0; features];
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, n)| !n.is_leaf()) {
            let weighted = |at: usize| self.facts[at].weight * self.facts[at].impurity;
            let left = node.left as usize;
            gains[node.feature as usize] += weighted(at) - weighted(left) - weighted(left + 1);
        }
        normalise(gains)
    }

    /// Whether every position is one of this tree: what was read from a file
    /// must not send a prediction out of bounds or round in circles.
    pub fn is_sound(&self, features: usize, outputs: usize) -> bool {
        let child = |at: usize, node: &Node| {
            let left = node.left as usize;
            left > at && left + 1 < self.nodes.len() && (node.feature as usize) < features
        };
        self.outputs == outputs
            && !self.nodes.is_empty()
            && self.facts.len() == self.nodes.len()
            && self.values.len() == self.nodes.len() * outputs
            && self
                .nodes
                .iter()
                .enumerate()
                .all(|(at, node)| node.is_leaf() || child(at, node))
    }
}

/// Shares of their sum; zeros if nothing was gained.
pub(crate) fn normalise(mut gains: Vec<f64>) -> Vec<f64> {
    let sum: f64 = gains.iter().sum();
    if sum > 0.0 {
        gains.iter_mut().for_each(|gain| *gain /= sum);
    }
    gains
}

/// A row as a slice, copied only if it is not contiguous.
pub(crate) fn with_slice<T>(row: ArrayView1<f64>, read: impl FnOnce(&[f64]) -> T) -> T {
    match row.as_slice() {
        Some(row) => read(row),
        None => read(&row.to_vec()),
    }
}
