//! Growing a tree (CART) for classes or numbers, with weights.
//!
//! linfa-trees 0.8.1 is not used. It loses splits: it walks the sorted values of
//! all rows, skips a value if the next one is equal, and skips rows that are not
//! in the node, so that a split behind equal values on both sides of an earlier
//! split is never tried. Of 20,000 small tables without contradictions a third
//! was not learned. It also sends a value that equals a threshold left when it
//! learns and right when it predicts, picks among equal splits in the order of a
//! hash map, so that two runs differ, and keeps no counts to make probabilities
//! of. linfa-ensemble is built on it. smartcore 0.7's trees for classes know neither
//! weights nor probabilities, and none of its trees can be looked at from outside.

mod best_first;

use rand::Rng;
use rand::rngs::StdRng;

use super::ranks::{RankColumn, Ranks};
use super::scan::{ClassScan, NumberScan, Split};
use super::tree::{Facts, Node, Tree};

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

/// What a tree learns to predict.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'a> {
    Classes {
        codes: &'a [usize],
        classes: usize,
        criterion: Criterion,
    },
    Numbers(&'a [f64]),
}

impl Goal<'_> {
    fn outputs(&self) -> usize {
        match self {
            Self::Classes { classes, .. } => *classes,
            Self::Numbers(_) => 1,
        }
    }
}

/// When to stop, and how many features each question may choose from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    pub max_depth: Option<usize>,
    pub min_samples_split: usize,
    pub min_samples_leaf: usize,
    /// A split must lower the impurity, times the node's share of all weight, by this.
    pub min_impurity_decrease: f64,
    /// Features that are drawn for each node; all of them in order if `None`.
    pub max_features: Option<usize>,
    /// With a limit on leaves, the splits that gain most are made first.
    pub max_leaf_nodes: Option<usize>,
}

/// Grows a tree from the rows with positive weight. The generator is used only
/// where features are drawn.
pub(crate) fn grow(
    ranks: &Ranks,
    goal: Goal,
    weights: &[f64],
    limits: &Limits,
    rng: &mut StdRng,
) -> Tree {
    let samples: Vec<u32> = (0..ranks.rows as u32)
        .filter(|row| weights[*row as usize] > 0.0)
        .collect();
    let outputs = goal.outputs();
    let total: f64 = samples.iter().map(|row| weights[*row as usize]).sum();
    let weighted = |y: &[f64]| -> f64 {
        let product = |row: &u32| weights[*row as usize] * y[*row as usize];
        samples.iter().map(product).sum()
    };
    let mut grower = Grower {
        ranks,
        goal,
        weights,
        limits,
        total,
        // Deviations from the mean keep their digits.
        origin: match goal {
            Goal::Numbers(y) => weighted(y) / total,
            Goal::Classes { .. } => 0.0,
        },
        pure: f64::EPSILON,
        features: (0..ranks.columns.len()).collect(),
        node: NodeRows::default(),
        scratch: Scratch::default(),
        tree: Tree {
            outputs,
            ..Tree::default()
        },
    };
    match limits.max_leaf_nodes {
        None => grower.grow(samples, rng),
        Some(most) => grower.grow_best_first(samples, most, rng),
    }
    grower.tree
}

/// The rows of the node that is looked at, side by side.
#[derive(Default)]
pub(super) struct NodeRows {
    classes: Vec<u32>,
    /// Deviations from the origin.
    numbers: Vec<f64>,
    weights: Vec<f64>,
    /// The sum of weights, by class, or of weights times deviations.
    pub sums: Vec<f64>,
    pub weight: f64,
}

/// Memory that is used again for each node.
#[derive(Default)]
struct Scratch {
    keys: Vec<u64>,
    bins: Vec<f64>,
    counts: Vec<u32>,
    left: Vec<f64>,
    right: Vec<f64>,
    moved: Vec<u32>,
}

/// Rows that still need a node, at the position that was reserved for it.
struct Pending {
    at: usize,
    depth: usize,
    start: usize,
    end: usize,
}

struct Grower<'a> {
    ranks: &'a Ranks,
    goal: Goal<'a>,
    weights: &'a [f64],
    limits: &'a Limits,
    total: f64,
    origin: f64,
    /// A node of no more impurity is a leaf.
    pure: f64,
    /// All features; the drawn ones come to the front.
    features: Vec<usize>,
    node: NodeRows,
    scratch: Scratch,
    tree: Tree,
}

impl Grower<'_> {
    /// Grows without recursion: a tree on degenerate data is as deep as it has rows.
    fn grow(&mut self, mut samples: Vec<u32>, rng: &mut StdRng) {
        self.reserve();
        let mut pending = vec![Pending {
            at: 0,
            depth: 0,
            start: 0,
            end: samples.len(),
        }];
        while let Some(Pending {
            at,
            depth,
            start,
            end,
        }) = pending.pop()
        {
            ferrite_interrupt::checkpoint();
            let rows = &mut samples[start..end];
            let impurity = self.read_node(at, rows);
            let Some(split) = self.best_split(rows, depth, impurity, rng) else {
                continue;
            };
            let column = &self.ranks.columns[split.feature];
            let middle = start + partition(rows, column, split.ranks.0, &mut self.scratch.moved);
            let left = self.reserve();
            self.reserve();
            self.tree.nodes[at] = Node {
                threshold: column.between(split.ranks.0, split.ranks.1),
                feature: split.feature as u32,
                left: left as u32,
            };
            let (depth, right) = (depth + 1, left + 1);
            pending.push(Pending {
                at: right,
                depth,
                start: middle,
                end,
            });
            pending.push(Pending {
                at: left,
                depth,
                start,
                end: middle,
            });
        }
    }

    /// Reads and describes the rows of a node; gives their impurity.
    fn read_node(&mut self, at: usize, rows: &[u32]) -> f64 {
        let impurity = self.read(rows);
        if at == 0 && matches!(self.goal, Goal::Numbers(_)) {
            self.pure = f64::EPSILON * impurity;
        }
        self.describe(at, rows.len(), impurity);
        impurity
    }

    fn reserve(&mut self) -> usize {
        self.tree.nodes.push(Node::leaf());
        self.tree.facts.push(Facts {
            weight: 0.0,
            impurity: 0.0,
            rows: 0,
        });
        let values = self.tree.values.len() + self.tree.outputs;
        self.tree.values.resize(values, 0.0);
        self.tree.nodes.len() - 1
    }

    /// Brings the rows of a node together; gives their impurity.
    fn read(&mut self, rows: &[u32]) -> f64 {
        let node = &mut self.node;
        node.weights.clear();
        node.weights
            .extend(rows.iter().map(|row| self.weights[*row as usize]));
        node.weight = node.weights.iter().sum();
        node.sums.clear();
        match self.goal {
            Goal::Classes {
                codes,
                classes,
                criterion,
            } => {
                node.classes.clear();
                node.classes
                    .extend(rows.iter().map(|row| codes[*row as usize] as u32));
                node.sums.resize(classes, 0.0);
                for (class, weight) in node.classes.iter().zip(&node.weights) {
                    node.sums[*class as usize] += weight;
                }
                criterion.impurity(&node.sums, node.weight)
            }
            Goal::Numbers(y) => {
                node.numbers.clear();
                node.numbers
                    .extend(rows.iter().map(|row| y[*row as usize] - self.origin));
                let weighted = |(number, weight): (&f64, &f64)| number * weight;
                let sum: f64 = node.numbers.iter().zip(&node.weights).map(weighted).sum();
                node.sums.push(sum);
                let mean = sum / node.weight;
                let squares = |(number, weight): (&f64, &f64)| weight * (number - mean).powi(2);
                let squares: f64 = node.numbers.iter().zip(&node.weights).map(squares).sum();
                squares / node.weight
            }
        }
    }

    fn describe(&mut self, at: usize, rows: usize, impurity: f64) {
        let node = &self.node;
        self.tree.facts[at] = Facts {
            weight: node.weight,
            impurity,
            rows: rows as u32,
        };
        let outputs = self.tree.outputs;
        for (value, sum) in self.tree.values[at * outputs..].iter_mut().zip(&node.sums) {
            *value = self.origin + sum / node.weight;
        }
    }

    /// The best question, or `None` if the node is a leaf.
    fn best_split(
        &mut self,
        rows: &[u32],
        depth: usize,
        impurity: f64,
        rng: &mut StdRng,
    ) -> Option<Split> {
        let limits = self.limits;
        let too_few = rows.len() < limits.min_samples_split.max(2 * limits.min_samples_leaf);
        if impurity <= self.pure || too_few || limits.max_depth.is_some_and(|max| depth >= max) {
            return None;
        }
        let all = self.features.len();
        let wanted = limits.max_features.unwrap_or(all);
        let (mut best, mut inspected): (Option<Split>, usize) = (None, 0);
        for next in 0..all {
            // Constant features do not count: there is nothing to choose.
            if inspected >= wanted && (limits.max_features.is_none() || best.is_some()) {
                break;
            }
            if limits.max_features.is_some() {
                self.features.swap(next, rng.gen_range(next..all));
            }
            let feature = self.features[next];
            let (varies, split) = self.best_threshold(rows, feature);
            inspected += usize::from(varies);
            if let Some(split) = split
                && best.is_none_or(|best| split.score > best.score)
            {
                best = Some(split);
            }
        }
        let least = limits.min_impurity_decrease;
        best.filter(|split| least <= 0.0 || self.gain(split, impurity) >= least)
    }

    /// How much a split lowers the impurity, times the node's share of all weight.
    fn gain(&self, split: &Split, impurity: f64) -> f64 {
        // What the score leaves of the node's impurity depends on the measure.
        let left_over = match self.goal {
            Goal::Classes {
                criterion: Criterion::Gini,
                ..
            } => 1.0 - split.score / self.node.weight,
            Goal::Classes {
                criterion: Criterion::Entropy,
                ..
            } => -split.score / self.node.weight,
            Goal::Numbers(_) => {
                let mean = self.node.sums[0] / self.node.weight;
                impurity + mean * mean - split.score / self.node.weight
            }
        };
        self.node.weight / self.total * (impurity - left_over)
    }

    /// Whether a feature varies in the node, and its best threshold.
    fn best_threshold(&mut self, rows: &[u32], feature: usize) -> (bool, Option<Split>) {
        let column = &self.ranks.columns[feature];
        let leaf = self.limits.min_samples_leaf;
        let (node, scratch) = (&self.node, &mut self.scratch);
        let binned = column.values.len() <= 2 * rows.len();
        if !binned {
            scratch.sort(rows, column);
            let rank = |key: u64| (key >> 32) as u32;
            let varies = match (scratch.keys.first(), scratch.keys.last()) {
                (Some(first), Some(last)) => rank(*first) != rank(*last),
                _ => false,
            };
            if !varies {
                return (false, None);
            }
        }
        match self.goal {
            Goal::Classes {
                classes, criterion, ..
            } => {
                let spare = (
                    std::mem::take(&mut scratch.left),
                    std::mem::take(&mut scratch.right),
                );
                let mut scan = ClassScan::new(criterion, node, spare, feature, leaf, rows.len());
                if binned {
                    scratch.bin_classes(rows, column, node, classes);
                    for (rank, count) in scratch.counts.iter().enumerate().filter(|(_, c)| **c > 0)
                    {
                        scan.meet(rank as u32);
                        let sums = &scratch.bins[rank * classes..(rank + 1) * classes];
                        for (class, weight) in sums.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                            scan.take(class, *weight);
                        }
                        scan.rows += *count as usize;
                    }
                } else {
                    for key in &scratch.keys {
                        scan.meet((key >> 32) as u32);
                        let at = (key & 0xffff_ffff) as usize;
                        scan.take(node.classes[at] as usize, node.weights[at]);
                        scan.rows += 1;
                    }
                }
                let (varies, best) = (scan.varies, scan.best);
                scratch.left = scan.left;
                scratch.right = scan.right;
                (varies, best)
            }
            Goal::Numbers(_) => {
                let mut scan = NumberScan::new(node, feature, leaf, rows.len());
                if binned {
                    scratch.bin_numbers(rows, column, node);
                    for (rank, count) in scratch.counts.iter().enumerate().filter(|(_, c)| **c > 0)
                    {
                        scan.meet(rank as u32);
                        scan.take(scratch.bins[2 * rank], scratch.bins[2 * rank + 1]);
                        scan.rows += *count as usize;
                    }
                } else {
                    for key in &scratch.keys {
                        scan.meet((key >> 32) as u32);
                        let at = (key & 0xffff_ffff) as usize;
                        scan.take(node.weights[at], node.weights[at] * node.numbers[at]);
                        scan.rows += 1;
                    }
                }
                (scan.varies, scan.best)
            }
        }
    }
}

impl Scratch {
    /// The node's rows by rank, with their position in the node.
    fn sort(&mut self, rows: &[u32], column: &RankColumn) {
        self.keys.clear();
        self.keys.extend(
            rows.iter()
                .enumerate()
                .map(|(at, row)| (u64::from(column.ranks[*row as usize]) << 32) | at as u64),
        );
        self.keys.sort_unstable();
    }

    fn empty_bins(&mut self, ranks: usize, each: usize) {
        self.counts.clear();
        self.counts.resize(ranks, 0);
        self.bins.clear();
        self.bins.resize(ranks * each, 0.0);
    }

    fn bin_classes(&mut self, rows: &[u32], column: &RankColumn, node: &NodeRows, classes: usize) {
        self.empty_bins(column.values.len(), classes);
        for (at, row) in rows.iter().enumerate() {
            let rank = column.ranks[*row as usize] as usize;
            self.counts[rank] += 1;
            self.bins[rank * classes + node.classes[at] as usize] += node.weights[at];
        }
    }

    fn bin_numbers(&mut self, rows: &[u32], column: &RankColumn, node: &NodeRows) {
        self.empty_bins(column.values.len(), 2);
        for (at, row) in rows.iter().enumerate() {
            let rank = column.ranks[*row as usize] as usize;
            self.counts[rank] += 1;
            self.bins[2 * rank] += node.weights[at];
            self.bins[2 * rank + 1] += node.weights[at] * node.numbers[at];
        }
    }
}

/// Moves rows up to a rank to the front; both parts keep their order. Gives the
/// length of the front.
fn partition(rows: &mut [u32], column: &RankColumn, last: u32, moved: &mut Vec<u32>) -> usize {
    moved.clear();
    let mut front = 0;
    for at in 0..rows.len() {
        let row = rows[at];
        if column.ranks[row as usize] <= last {
            rows[front] = row;
            front += 1;
        } else {
            moved.push(row);
        }
    }
    rows[front..].copy_from_slice(moved);
    front
}
