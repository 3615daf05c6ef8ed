//! A tree as others may look at it: to write it, to draw it, to explain it.

use super::tree::Tree;

/// One tree of a fitted model.
///
/// What a model predicts is the sum of what its trees say: trees of a forest
/// are scaled by their number, and the number that boosting starts from is a
/// tree of one leaf.
///
/// ```
/// use ferrite_ml::{DecisionTreeRegressor, Estimator, Features, Target};
/// use ndarray::array;
///
/// let x = Features::new(["x"], array![[0.0], [1.0], [2.0]])?;
/// let model = DecisionTreeRegressor::new().fit(&x, &Target::Numbers(vec![1.0, 1.0, 4.0]))?;
/// let tree = &model.trees().unwrap_or_default()[0];
/// assert_eq!(tree.nodes()[0].threshold, 1.5);
/// assert_eq!(tree.predict(&[2.0]), [4.0]);
/// assert_eq!((tree.depth(), tree.leaves()), (1, 2));
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TreeView {
    nodes: Vec<TreeNode>,
    outputs: usize,
    scale: f64,
    unit: &'static str,
    start: bool,
}

/// A question of a [`TreeView`], or a leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeNode {
    /// The position of the feature that is asked about; `None` for a leaf.
    pub feature: Option<usize>,
    /// Rows with at most this go left.
    pub threshold: f64,
    /// The positions of both children; 0 for a leaf.
    pub left: usize,
    /// See [`left`](Self::left).
    pub right: usize,
    /// The sum of the weights of the training rows that came here.
    pub weight: f64,
    /// The number of those rows.
    pub rows: usize,
    /// How mixed they are: Gini, entropy or the mean squared error.
    pub impurity: f64,
    /// What the tree says here, one number for each output.
    pub value: Vec<f64>,
}

impl TreeView {
    /// A tree whose values are multiplied and put at `output` of `outputs`.
    pub(crate) fn new(
        tree: &Tree,
        scale: f64,
        (output, outputs): (usize, usize),
        unit: &'static str,
    ) -> Self {
        let node = |(at, node): (usize, &super::tree::Node)| {
            let facts = tree.facts[at];
            let mut value = vec![0.0; outputs];
            for (slot, number) in value[output..].iter_mut().zip(tree.value(at)) {
                *slot = scale * number;
            }
            let (left, right) = match node.is_leaf() {
                true => (0, 0),
                false => (node.left as usize, node.left as usize + 1),
            };
            TreeNode {
                feature: (!node.is_leaf()).then_some(node.feature as usize),
                threshold: node.threshold,
                left,
                right,
                weight: facts.weight,
                rows: facts.rows as usize,
                impurity: facts.impurity,
                value,
            }
        };
        Self {
            nodes: tree.nodes.iter().enumerate().map(node).collect(),
            outputs,
            scale,
            unit,
            start: false,
        }
    }

    /// A tree that says the same of every row.
    pub(crate) fn constant(value: Vec<f64>, unit: &'static str) -> Self {
        Self {
            scale: 1.0,
            unit,
            start: true,
            outputs: value.len(),
            nodes: vec![TreeNode {
                feature: None,
                threshold: 0.0,
                left: 0,
                right: 0,
                weight: 1.0,
                rows: 0,
                impurity: 0.0,
                value,
            }],
        }
    }

    /// The nodes; the first is the root.
    pub fn nodes(&self) -> &[TreeNode] {
        &self.nodes
    }

    /// How many numbers each node says: one, or one for each class.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// What the numbers are: `"prediction"`, `"probability"`, `"log-odds"` or
    /// `"share of votes"`.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// What the tree's own numbers were multiplied by.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Whether it is the number that boosting starts from.
    pub fn is_start(&self) -> bool {
        self.start
    }

    /// What the tree says of a row.
    pub fn predict(&self, row: &[f64]) -> &[f64] {
        let mut at = 0;
        loop {
            let node = &self.nodes[at];
            match node.feature.and_then(|feature| row.get(feature)) {
                Some(value) => {
                    at = if *value <= node.threshold {
                        node.left
                    } else {
                        node.right
                    }
                }
                None => return &node.value,
            }
        }
    }

    /// The most questions that are asked about a row.
    pub fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut pending = vec![(0, 0)];
        while let Some((at, depth)) = pending.pop() {
            deepest = deepest.max(depth);
            let node: &TreeNode = &self.nodes[at];
            if node.feature.is_some() {
                pending.push((node.left, depth + 1));
                pending.push((node.right, depth + 1));
            }
        }
        deepest
    }

    /// The number of leaves.
    pub fn leaves(&self) -> usize {
        self.nodes
            .iter()
            .filter(|node| node.feature.is_none())
            .count()
    }
}
