//! Decision trees (CART) for classes.
//!
//! linfa-trees 0.8.1 is not used. It loses splits: it walks the sorted values of
//! all rows, skips a value if the next one is equal, and skips rows that are not
//! in the node, so that a split behind equal values on both sides of an earlier
//! split is never tried. Of 20,000 small tables without contradictions a third
//! was not learned. It also sends a value that equals a threshold left when it
//! learns and right when it predicts, picks among equal splits in the order of a
//! hash map, so that two runs differ, and keeps no counts to make probabilities
//! of.

use ndarray::{Array2, ArrayView1};

use super::{Estimator, FittedModel, Prediction, check_rows};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};
use crate::target::{Target, Task};
use serde::{Deserialize, Serialize};

/// How mixed the classes of a node are.
///
/// ```
/// use ferrite_ml::{Criterion, DecisionTreeClassifier};
///
/// let tree = DecisionTreeClassifier::new().criterion(Criterion::Entropy);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Criterion {
    /// The chance that two random rows of the node differ.
    #[default]
    Gini,
    /// The bits that the class of a row tells.
    Entropy,
}

choices!(Criterion { "gini" => Gini, "entropy" => Entropy });

impl Criterion {
    fn impurity(self, counts: &[usize], total: usize) -> f64 {
        let shares = counts
            .iter()
            .filter(|c| **c > 0)
            .map(|c| *c as f64 / total as f64);
        match self {
            Self::Gini => 1.0 - shares.map(|share| share * share).sum::<f64>(),
            Self::Entropy => -shares.map(|share| share * share.log2()).sum::<f64>(),
        }
    }
}

/// A tree of questions "is this feature at most that?", grown as scikit-learn
/// grows it. Of splits that are equally good it takes the first feature in
/// order, so the same data always gives the same tree.
///
/// ```
/// use ferrite_ml::{DecisionTreeClassifier, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["x" => [1, 2, 3, 4], "y" => [false, true, true, false]]?;
/// let tree = DecisionTreeClassifier::new().max_depth(2);
/// let fitted = Pipeline::new().model(tree).fit(&frame, "y")?;
/// let predicted = fitted.predict(&frame)?;
/// assert_eq!(predicted.bool()?.get(1), Some(true));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTreeClassifier {
    criterion: Criterion,
    max_depth: Option<usize>,
    min_samples_split: usize,
    min_samples_leaf: usize,
}

impl Default for DecisionTreeClassifier {
    fn default() -> Self {
        Self {
            criterion: Criterion::Gini,
            max_depth: None,
            min_samples_split: 2,
            min_samples_leaf: 1,
        }
    }
}

const NAME: &str = "DecisionTreeClassifier";

impl DecisionTreeClassifier {
    /// A tree that grows until every leaf has one class.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks at most this many questions about a row.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeClassifier, Estimator};
    ///
    /// let tree = DecisionTreeClassifier::new().max_depth(3);
    /// assert_eq!(tree.diagram().label(), "DecisionTreeClassifier(max_depth=3)");
    /// ```
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.max_depth = Some(depth);
        self
    }

    /// Splits nodes of at least this many rows only; 2 unless set.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeClassifier, Estimator};
    ///
    /// let tree = DecisionTreeClassifier::new().min_samples_split(10);
    /// assert_eq!(tree.diagram().label(), "DecisionTreeClassifier(min_samples_split=10)");
    /// ```
    pub fn min_samples_split(mut self, rows: usize) -> Self {
        self.min_samples_split = rows;
        self
    }

    /// Leaves at least this many rows on either side of a split; 1 unless set.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeClassifier, Estimator};
    ///
    /// let tree = DecisionTreeClassifier::new().min_samples_leaf(5);
    /// assert_eq!(tree.diagram().label(), "DecisionTreeClassifier(min_samples_leaf=5)");
    /// ```
    pub fn min_samples_leaf(mut self, rows: usize) -> Self {
        self.min_samples_leaf = rows;
        self
    }

    /// How to measure the purity of a node; Gini unless set.
    ///
    /// ```
    /// use ferrite_ml::{Criterion, DecisionTreeClassifier, Estimator};
    ///
    /// let tree = DecisionTreeClassifier::new().criterion(Criterion::Entropy);
    /// assert_eq!(tree.diagram().label(), "DecisionTreeClassifier(criterion=entropy)");
    /// ```
    pub fn criterion(mut self, criterion: Criterion) -> Self {
        self.criterion = criterion;
        self
    }

    fn check(&self) -> Result<(), MlError> {
        let at_least = |name, value: usize, least: usize, rule| {
            if value >= least {
                return Ok(());
            }
            Err(MlError::InvalidParameter {
                owner: NAME,
                name,
                value: value.to_string(),
                rule,
            })
        };
        at_least("max_depth", self.max_depth.unwrap_or(1), 1, "be at least 1")?;
        at_least(
            "min_samples_split",
            self.min_samples_split,
            2,
            "be at least 2",
        )?;
        at_least(
            "min_samples_leaf",
            self.min_samples_leaf,
            1,
            "be at least 1",
        )
    }
}

params!(DecisionTreeClassifier, NAME, { criterion: criterion, max_depth: max_depth, min_samples_split: min_samples_split, min_samples_leaf: min_samples_leaf });

pub(super) const LOADER: Loader<dyn FittedModel> = Loader::model::<FittedTree>(NAME, 1);

impl Estimator for DecisionTreeClassifier {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        let mut diagram = Diagram::new(NAME);
        if self.criterion == Criterion::Entropy {
            diagram = diagram.setting("criterion=entropy");
        }
        if let Some(depth) = self.max_depth {
            diagram = diagram.setting(format!("max_depth={depth}"));
        }
        if self.min_samples_split != 2 {
            diagram = diagram.setting(format!("min_samples_split={}", self.min_samples_split));
        }
        if self.min_samples_leaf != 1 {
            diagram = diagram.setting(format!("min_samples_leaf={}", self.min_samples_leaf));
        }
        diagram
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.check()?;
        let classes = target.classes(NAME)?;
        check_rows(features, classes.codes().len())?;
        let grower = Grower {
            params: self,
            values: features.values(),
            codes: classes.codes(),
            classes: classes.names().len(),
        };
        Ok(Box::new(FittedTree {
            nodes: grower.grow(),
            features: features.names().len(),
            classes: classes.names().len(),
        }))
    }
}

/// A node by its position in the list of nodes; the root is the first.
#[derive(Debug, Serialize, Deserialize)]
enum Node {
    Split {
        feature: usize,
        threshold: f64,
        left: usize,
        right: usize,
    },
    /// The share of each class among the training rows.
    Leaf(Vec<f64>),
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedTree {
    nodes: Vec<Node>,
    features: usize,
    classes: usize,
}

impl FittedTree {
    fn leaf(&self, row: ArrayView1<f64>) -> &[f64] {
        let mut at = 0;
        loop {
            match &self.nodes[at] {
                Node::Leaf(shares) => return shares,
                Node::Split {
                    feature,
                    threshold,
                    left,
                    right,
                } => {
                    at = if row[*feature] <= *threshold {
                        *left
                    } else {
                        *right
                    };
                }
            }
        }
    }
}

impl FittedModel for FittedTree {
    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }

    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.features)?;
        let mut shares = Array2::zeros((features.rows(), self.classes));
        for (row, mut target) in features.values().rows().into_iter().zip(shares.rows_mut()) {
            target.assign(&ArrayView1::from(self.leaf(row)));
        }
        Ok(shares)
    }
}

/// The best question for a node.
#[derive(Clone, Copy, Debug)]
struct Split {
    feature: usize,
    threshold: f64,
    /// The mean impurity of both sides, weighted by their rows.
    impurity: f64,
}

/// What a split of one feature looks at in a row.
#[derive(Clone, Copy)]
struct Sample {
    value: f64,
    class: usize,
}

struct Grower<'a> {
    params: &'a DecisionTreeClassifier,
    values: &'a Array2<f64>,
    codes: &'a [usize],
    classes: usize,
}

/// Rows that still need a node, at the position that was reserved for it.
struct Pending {
    at: usize,
    depth: usize,
    rows: Vec<usize>,
}

impl Grower<'_> {
    /// Grows without recursion: a tree on degenerate data is as deep as it has rows.
    fn grow(&self) -> Vec<Node> {
        let mut nodes = vec![Node::Leaf(Vec::new())];
        let mut pending = vec![Pending {
            at: 0,
            depth: 0,
            rows: (0..self.codes.len()).collect(),
        }];
        while let Some(Pending { at, depth, rows }) = pending.pop() {
            ferrite_interrupt::checkpoint();
            let counts = self.count(&rows);
            let Some(split) = self.best_split(&rows, &counts, depth) else {
                let total = rows.len() as f64;
                nodes[at] = Node::Leaf(counts.iter().map(|c| *c as f64 / total).collect());
                continue;
            };
            let (feature, threshold) = (split.feature, split.threshold);
            let (low, high) = rows
                .into_iter()
                .partition(|row| self.values[[*row, feature]] <= threshold);
            let (left, right) = (nodes.len(), nodes.len() + 1);
            nodes.extend([Node::Leaf(Vec::new()), Node::Leaf(Vec::new())]);
            nodes[at] = Node::Split {
                feature,
                threshold,
                left,
                right,
            };
            pending.push(Pending {
                at: right,
                depth: depth + 1,
                rows: high,
            });
            pending.push(Pending {
                at: left,
                depth: depth + 1,
                rows: low,
            });
        }
        nodes
    }

    fn count(&self, rows: &[usize]) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        for row in rows {
            counts[self.codes[*row]] += 1;
        }
        counts
    }

    /// The best question, or `None` if the node is a leaf.
    fn best_split(&self, rows: &[usize], counts: &[usize], depth: usize) -> Option<Split> {
        let params = self.params;
        let pure = counts.iter().filter(|count| **count > 0).count() < 2;
        let too_few = rows.len() < params.min_samples_split.max(2 * params.min_samples_leaf);
        if pure || too_few || params.max_depth.is_some_and(|max| depth >= max) {
            return None;
        }
        let mut best: Option<Split> = None;
        let mut sorted = Vec::with_capacity(rows.len());
        for feature in 0..self.values.ncols() {
            sorted.clear();
            sorted.extend(rows.iter().map(|&row| Sample {
                value: self.values[[row, feature]],
                class: self.codes[row],
            }));
            sorted.sort_unstable_by(|a, b| a.value.total_cmp(&b.value));
            if let Some(split) = self.best_threshold(&sorted, counts, feature)
                && best.is_none_or(|best| split.impurity < best.impurity)
            {
                best = Some(split);
            }
        }
        best
    }

    /// The best threshold for one feature, by which the samples are sorted.
    fn best_threshold(&self, sorted: &[Sample], counts: &[usize], feature: usize) -> Option<Split> {
        let criterion = self.params.criterion;
        let mut low = vec![0; self.classes];
        let mut high = counts.to_vec();
        let mut best: Option<Split> = None;
        for (i, pair) in sorted.windows(2).enumerate() {
            low[pair[0].class] += 1;
            high[pair[0].class] -= 1;
            let (left, right) = (i + 1, sorted.len() - i - 1);
            if pair[0].value == pair[1].value || left.min(right) < self.params.min_samples_leaf {
                continue;
            }
            let impurity = (left as f64 * criterion.impurity(&low, left)
                + right as f64 * criterion.impurity(&high, right))
                / sorted.len() as f64;
            if best.is_none_or(|best| impurity < best.impurity) {
                let threshold = between(pair[0].value, pair[1].value);
                best = Some(Split {
                    feature,
                    threshold,
                    impurity,
                });
            }
        }
        best
    }
}

/// The middle of two different numbers; the lower one if they are neighbours
/// and the middle rounds to the upper.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if middle >= high { low } else { middle }
}
