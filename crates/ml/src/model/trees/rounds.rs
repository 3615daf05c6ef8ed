//! Gradient boosting tree by tree, so that it can be stopped between two trees and go
//! on later. forust's own loop makes all trees in one call; its parts, which bin, find
//! gradients and grow a tree, are called here in the same order, with the same results.

use forust_ml::binning::bin_matrix;
use forust_ml::objective::{calc_init_callables, gradient_hessian_callables};
use forust_ml::sampler::{RandomSampler, SampleMethod, Sampler};
use forust_ml::splitter::MissingImputerSplitter;
use forust_ml::tree::Tree as Grown;
use forust_ml::{GradientBooster, Matrix};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use super::tree::Tree;
use crate::model::check;
use crate::model::resume::Training;
use crate::{MlError, progress};

/// All sequences of one model, with what an earlier fit left of them.
pub(super) struct Course {
    pub training: Training,
    pub state: State,
    pub owner: &'static str,
    /// The number of the next sequence, and of how many.
    pub next: usize,
    pub of: usize,
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct State {
    /// The start and the trees of the sequences that are over.
    pub over: Vec<(f64, Vec<Tree>)>,
    grown: Vec<Grown>,
    /// What the trees of this sequence say of each row, with its start.
    sums: Vec<f64>,
}

impl Course {
    /// The sequences of a model, from where an earlier fit was stopped.
    pub fn begin(
        training: Training,
        owner: &'static str,
        features: usize,
        of: usize,
    ) -> Result<Self, MlError> {
        let state: State = training.left()?.unwrap_or_default();
        let mut trees = state.over.iter().flat_map(|(_, trees)| trees);
        if state.over.len() > of || !trees.all(|tree| tree.is_sound(features, 1)) {
            return Err(training.unfit());
        }
        Ok(Self {
            training,
            state,
            owner,
            next: 0,
            of,
        })
    }

    /// Grows the trees of one sequence, writing the state now and then.
    pub fn grow(
        &mut self,
        booster: &mut GradientBooster,
        data: &Matrix<f64>,
        y: &[f64],
        weights: &[f64],
    ) -> Result<(), MlError> {
        let unable = |error| check::unable(self.owner, error);
        booster.base_score = calc_init_callables(&booster.objective_type)(y, weights);
        let binned = bin_matrix(
            data,
            weights,
            booster.nbins,
            booster.missing,
            booster.parallel,
        )
        .map_err(unable)?;
        let bins = Matrix::new(&binned.binned_data, data.rows, data.cols);
        let splitter = MissingImputerSplitter::new(
            booster.l1,
            booster.l2,
            booster.max_delta_step,
            booster.gamma,
            booster.min_leaf_weight,
            booster.learning_rate,
            booster.allow_missing_splits,
            Default::default(),
        );
        let is_new = self.state.sums.is_empty();
        if is_new {
            self.state.sums = vec![booster.base_score; y.len()];
        }
        let trees = &self.state.grown;
        if self.state.sums.len() != y.len()
            || trees.len() > booster.iterations
            || !trees.iter().all(|tree| is_sound(tree, data.cols))
        {
            return Err(self.training.unfit());
        }
        let slopes = gradient_hessian_callables(&booster.objective_type);
        let columns: Vec<usize> = (0..data.cols).collect();
        let samples = booster.subsample < 1.0;
        let (method, mut rng) = match samples {
            true => (SampleMethod::Random, StdRng::seed_from_u64(booster.seed)),
            false => (SampleMethod::None, StdRng::seed_from_u64(0)),
        };
        for number in 0..booster.iterations {
            ferrite_interrupt::checkpoint();
            let (chosen, left_out) = match samples {
                true => RandomSampler::new(booster.subsample).sample(
                    &mut rng,
                    &data.index,
                    &mut [],
                    &mut [],
                ),
                false => (data.index.clone(), Vec::new()),
            };
            if number < self.state.grown.len() {
                continue;
            }
            let (gradients, curvatures) = slopes(y, &self.state.sums, weights);
            let mut tree = Grown::new();
            let rows = tree.fit(
                &bins,
                chosen,
                &columns,
                &binned.cuts,
                &gradients,
                &curvatures,
                &splitter,
                booster.max_leaves,
                booster.max_depth,
                booster.parallel,
                &method,
                &booster.grow_policy,
            );
            let sums = &mut self.state.sums;
            match &rows {
                Some(rows) => {
                    for (rows, value) in rows.leaves(&tree) {
                        rows.iter().for_each(|row| sums[*row] += value);
                    }
                    if !left_out.is_empty() {
                        let said = tree.predict(data, booster.parallel, &booster.missing);
                        left_out.iter().for_each(|row| sums[*row] += said[*row]);
                    }
                }
                None => {
                    let said = tree.predict(data, booster.parallel, &booster.missing);
                    sums.iter_mut()
                        .zip(said)
                        .for_each(|(sum, said)| *sum += said);
                }
            }
            self.state.grown.push(tree);
            self.training
                .round(self.state.grown.len(), || &self.state)?;
            let done = self.next * booster.iterations + self.state.grown.len();
            let all = self.of * booster.iterations;
            progress::report(&format!("{}: trees", self.owner), done, all);
        }
        self.state.sums = Vec::new();
        booster.trees = std::mem::take(&mut self.state.grown);
        Ok(())
    }
}

/// Whether every position is one of this tree and no way leads in circles.
fn is_sound(tree: &Grown, features: usize) -> bool {
    let later = |at: usize, child: usize| child > at && child < tree.nodes.len();
    !tree.nodes.is_empty()
        && tree.nodes.iter().enumerate().all(|(at, node)| {
            node.is_leaf
                || (node.split_feature < features
                    && later(at, node.left_child)
                    && later(at, node.right_child))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use forust_ml::objective::ObjectiveType;

    #[test]
    fn tree_by_tree_gives_the_trees_of_one_call() {
        let x: Vec<f64> = (0..1_200)
            .map(|i| f64::from((i * i + 7 * i) % 113))
            .collect();
        let y: Vec<f64> = (0..400)
            .map(|i| f64::from(u8::from(x[i] + x[i + 400] > x[i + 800])))
            .collect();
        let weights: Vec<f64> = (0..400).map(|i| f64::from(1 + i % 2)).collect();
        let data = Matrix::new(&x, 400, 3);
        for (subsample, objective) in [
            (
                1.0_f32,
                (|| ObjectiveType::LogLoss) as fn() -> ObjectiveType,
            ),
            (0.5, || ObjectiveType::LogLoss),
            (0.7, || ObjectiveType::SquaredLoss),
        ] {
            let booster = || {
                GradientBooster::default()
                    .set_objective_type(objective())
                    .set_initialize_base_score(true)
                    .set_iterations(20)
                    .set_subsample(subsample)
                    .set_sample_method(match subsample < 1.0 {
                        true => SampleMethod::Random,
                        false => SampleMethod::None,
                    })
                    .set_seed(3)
            };
            let mut whole = booster();
            whole.fit(&data, &y, &weights, None).unwrap();
            let mut parts = booster();
            Course::begin(Training::fleeting(), "Boosting", 3, 1)
                .unwrap()
                .grow(&mut parts, &data, &y, &weights)
                .unwrap();
            assert_eq!(whole.base_score, parts.base_score);
            assert_eq!(whole.predict(&data, false), parts.predict(&data, false));
        }
    }
}
