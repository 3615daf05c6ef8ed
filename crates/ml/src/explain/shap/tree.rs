//! TreeSHAP: exact Shapley values of a tree in polynomial time.
//!
//! For a set of known features a tree predicts by going down, and where the
//! feature of a question is not known both ways, by the weights of the training
//! rows. The algorithm (Lundberg, Erion and Lee 2018, algorithm 2) goes down all
//! ways at once and keeps, for the distinct features on the way, how many of the
//! sets of each size come by.

use ndarray::{Array2, Array3, ArrayView1, s};

use crate::MlError;
use crate::model::{TreeView, parallel};

/// Deeper trees would need more stack than a thread has.
const DEEPEST: usize = 512;

/// By row, feature and output, summed over the trees; and the mean prediction.
pub(super) fn explain(
    trees: &[TreeView],
    x: &Array2<f64>,
) -> Result<(Array3<f64>, Vec<f64>), MlError> {
    let outputs = trees.first().map_or(1, TreeView::outputs);
    if let Some(deep) = trees
        .iter()
        .map(TreeView::depth)
        .find(|depth| *depth > DEEPEST)
    {
        return Err(MlError::Unable {
            model: "shap_values",
            reason: format!("a tree is {deep} questions deep; set max_depth to at most {DEEPEST}"),
        });
    }
    let mut base = vec![0.0; outputs];
    for tree in trees {
        for (sum, mean) in base.iter_mut().zip(mean(tree, 0)) {
            *sum += mean;
        }
    }
    let of_rows = parallel::map(x.nrows(), |row| {
        let mut values = Array2::zeros((x.ncols(), outputs));
        for tree in trees {
            ferrite_interrupt::checkpoint();
            let mut walk = Walk {
                tree,
                row: x.row(row),
                values: &mut values,
            };
            walk.down(0, Vec::new(), Step::start());
        }
        values
    });
    let mut values = Array3::zeros((x.nrows(), x.ncols(), outputs));
    for (row, of_row) in of_rows.iter().enumerate() {
        values.slice_mut(s![row, .., ..]).assign(of_row);
    }
    Ok((values, base))
}

/// What the tree predicts from a node on when nothing is known.
fn mean(tree: &TreeView, at: usize) -> Vec<f64> {
    let node = &tree.nodes()[at];
    if node.feature.is_none() {
        return node.value.clone();
    }
    let (left, right) = shares(tree, at);
    let (low, high) = (mean(tree, node.left), mean(tree, node.right));
    low.iter()
        .zip(high)
        .map(|(low, high)| left * low + right * high)
        .collect()
}

/// The parts of a node's rows that go left and right.
fn shares(tree: &TreeView, at: usize) -> (f64, f64) {
    let node = &tree.nodes()[at];
    let (left, right) = (
        tree.nodes()[node.left].weight,
        tree.nodes()[node.right].weight,
    );
    let sum = left + right;
    if sum > 0.0 {
        (left / sum, right / sum)
    } else {
        (0.5, 0.5)
    }
}

/// A distinct feature on the way.
#[derive(Clone, Copy)]
struct Step {
    /// `None` for the start, which is no feature.
    feature: Option<usize>,
    /// The part of the rows that come by if the feature is not known,
    unknown: f64,
    /// and if it is: 1 or 0.
    known: f64,
    /// The sets of each size that come by, by their Shapley weight.
    weight: f64,
}

impl Step {
    fn start() -> Self {
        Self {
            feature: None,
            unknown: 1.0,
            known: 1.0,
            weight: 1.0,
        }
    }
}

struct Walk<'a> {
    tree: &'a TreeView,
    row: ArrayView1<'a, f64>,
    values: &'a mut Array2<f64>,
}

impl Walk<'_> {
    fn down(&mut self, at: usize, mut path: Vec<Step>, step: Step) {
        extend(&mut path, step);
        let tree = self.tree;
        let node = &tree.nodes()[at];
        let Some(feature) = node.feature else {
            for place in 1..path.len() {
                let Step {
                    feature: Some(feature),
                    known,
                    unknown,
                    ..
                } = path[place]
                else {
                    continue;
                };
                let sets = sum_without(&path, place) * (known - unknown);
                for (slot, value) in self.values.row_mut(feature).iter_mut().zip(&node.value) {
                    *slot += sets * value;
                }
            }
            return;
        };
        let (left, right) = shares(tree, at);
        let is_left = self.row[feature] <= node.threshold;
        let (hot, cold) = if is_left {
            (node.left, node.right)
        } else {
            (node.right, node.left)
        };
        let (hot_share, cold_share) = if is_left {
            (left, right)
        } else {
            (right, left)
        };
        // A feature that was asked about before counts once, with both shares.
        let (mut unknown, mut known) = (1.0, 1.0);
        if let Some(place) = path.iter().position(|step| step.feature == Some(feature)) {
            (unknown, known) = (path[place].unknown, path[place].known);
            remove(&mut path, place);
        }
        let step = |share: f64, known: f64| Step {
            feature: Some(feature),
            unknown: share * unknown,
            known,
            weight: 0.0,
        };
        self.down(hot, path.clone(), step(hot_share, known));
        self.down(cold, path, step(cold_share, 0.0));
    }
}

/// Adds a feature to the way: sets with it and sets without it.
fn extend(path: &mut Vec<Step>, step: Step) {
    let depth = path.len();
    path.push(Step {
        weight: if depth == 0 { 1.0 } else { 0.0 },
        ..step
    });
    let count = (depth + 1) as f64;
    for at in (0..depth).rev() {
        let weight = path[at].weight;
        path[at + 1].weight += step.known * weight * (at + 1) as f64 / count;
        path[at].weight = step.unknown * weight * (depth - at) as f64 / count;
    }
}

/// Takes a feature out of the way again.
fn remove(path: &mut Vec<Step>, place: usize) {
    let last = path.len() - 1;
    let Step { known, unknown, .. } = path[place];
    let count = (last + 1) as f64;
    let mut next = path[last].weight;
    for at in (0..last).rev() {
        if known != 0.0 {
            let weight = path[at].weight;
            path[at].weight = next * count / ((at + 1) as f64 * known);
            next = weight - path[at].weight * unknown * (last - at) as f64 / count;
        } else {
            path[at].weight = path[at].weight * count / (unknown * (last - at) as f64);
        }
    }
    for at in place..last {
        let Step {
            feature,
            known,
            unknown,
            ..
        } = path[at + 1];
        path[at] = Step {
            feature,
            known,
            unknown,
            weight: path[at].weight,
        };
    }
    path.pop();
}

/// The sum of the weights if a feature were taken out.
fn sum_without(path: &[Step], place: usize) -> f64 {
    let last = path.len() - 1;
    let Step { known, unknown, .. } = path[place];
    let count = (last + 1) as f64;
    let mut next = path[last].weight;
    let mut sum = 0.0;
    for at in (0..last).rev() {
        if known != 0.0 {
            let weight = next * count / ((at + 1) as f64 * known);
            sum += weight;
            next = path[at].weight - weight * unknown * (last - at) as f64 / count;
        } else if unknown != 0.0 {
            sum += path[at].weight * count / (unknown * (last - at) as f64);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Features;
    use crate::model::{DecisionTreeRegressor, Estimator, RandomForestRegressor};
    use crate::target::Target;
    use proptest::prelude::*;

    /// What the tree predicts if only some features are known, by definition.
    fn with_known(tree: &TreeView, at: usize, row: &[f64], known: usize) -> f64 {
        let node = &tree.nodes()[at];
        let Some(feature) = node.feature else {
            return node.value[0];
        };
        let (left, right) = shares(tree, at);
        let low = |tree| with_known(tree, node.left, row, known);
        let high = |tree| with_known(tree, node.right, row, known);
        if known & (1 << feature) == 0 {
            return left * low(tree) + right * high(tree);
        }
        if row[feature] <= node.threshold {
            low(tree)
        } else {
            high(tree)
        }
    }

    /// Shapley's formula over all sets.
    fn by_definition(trees: &[TreeView], row: &[f64], feature: usize) -> f64 {
        let features = row.len();
        let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
        let predict = |known| {
            trees
                .iter()
                .map(|tree| with_known(tree, 0, row, known))
                .sum::<f64>()
        };
        (0..1_usize << features)
            .filter(|set| set & (1 << feature) == 0)
            .map(|set| {
                let size = set.count_ones() as usize;
                let weight = factorial(size) * factorial(features - size - 1) / factorial(features);
                weight * (predict(set | (1 << feature)) - predict(set))
            })
            .sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn values_are_those_of_the_definition(
            cells in proptest::collection::vec(-3_i8..4, 40 * 5),
            noise in proptest::collection::vec(-9_i8..9, 40),
            depth in 1_usize..6,
        ) {
            let x = Array2::from_shape_fn((40, 5), |(i, j)| f64::from(cells[5 * i + j]));
            let y: Vec<f64> = (0..40)
                .map(|i| x[[i, 0]] * x[[i, 1]] + x[[i, 2]] + 0.1 * f64::from(noise[i]))
                .collect();
            let features = Features::new(["a", "b", "c", "d", "e"], x.clone()).unwrap();
            let tree = DecisionTreeRegressor::new().max_depth(depth);
            let forest = RandomForestRegressor::new().n_estimators(3).max_depth(depth);
            let target = Target::Numbers(y);
            for model in [tree.fit(&features, &target), forest.fit(&features, &target)] {
                let model = model.unwrap();
                let trees = model.trees().unwrap();
                let (values, base) = explain(&trees, &x).unwrap();
                let crate::Prediction::Numbers(predicted) = model.predict(&features).unwrap() else {
                    unreachable!()
                };
                for row in 0..10 {
                    let sum = base[0] + values.slice(s![row, .., 0]).sum();
                    prop_assert!((sum - predicted[row]).abs() < 1e-9);
                    for feature in 0..5 {
                        let expected = by_definition(&trees, &x.row(row).to_vec(), feature);
                        prop_assert!((values[[row, feature, 0]] - expected).abs() < 1e-9);
                    }
                }
            }
        }
    }
}
