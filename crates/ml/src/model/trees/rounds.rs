//! Gradient boosting tree by tree, so that it can be stopped between two trees and go on
//! later.
//!
//! forust bins the features and draws the rows. Its own trees took as long as
//! scikit-learn's: they are grown by `levels` here, to the same questions and values.

use forust_ml::Matrix;
use forust_ml::binning::bin_matrix;
use forust_ml::objective::{ObjectiveType, calc_init_callables};
use forust_ml::sampler::{RandomSampler, Sampler};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use super::histogram::{Group, Rules, Slope};
use super::levels::{Growing, Levels};
use super::tree::Tree;
use crate::model::resume::Training;
use crate::model::{check, parallel};
use crate::{MlError, progress, vector};

/// No leaf has less of the second derivatives of the loss.
const LEAST: f32 = 1.0;
/// Rows whose slopes are found together.
const TOGETHER: usize = 256;
/// Rows whose slopes are worth a thread.
const PART: usize = 65_536;

/// What the trees of one sequence are grown by.
pub(super) struct Sequence<'a> {
    pub data: &'a Matrix<'a, f64>,
    pub y: &'a [f64],
    pub weights: &'a [f64],
    pub loss: ObjectiveType,
    pub iterations: usize,
    pub learning_rate: f32,
    pub max_depth: usize,
    pub subsample: f32,
    pub l2: f32,
    pub bins: u16,
    pub seed: u64,
}

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
    grown: Vec<Tree>,
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

    /// The start and the trees of one sequence, writing the state now and then.
    pub fn grow(&mut self, sequence: &Sequence) -> Result<(f64, Vec<Tree>), MlError> {
        let Sequence {
            data, y, weights, ..
        } = *sequence;
        let start = calc_init_callables(&sequence.loss)(y, weights);
        let binned = bin_matrix(data, weights, sequence.bins, f64::NAN, true)
            .map_err(|error| check::unable(self.owner, error))?;
        let levels = Levels {
            groups: &Group::all(&binned, data.rows),
            cuts: &binned.cuts,
            rules: Rules {
                l2: sequence.l2,
                least: LEAST,
            },
            rate: sequence.learning_rate,
            max_depth: sequence.max_depth,
        };
        if self.state.sums.is_empty() {
            self.state.sums = vec![start; y.len()];
        }
        let trees = &self.state.grown;
        if self.state.sums.len() != y.len()
            || trees.len() > sequence.iterations
            || !trees.iter().all(|tree| tree.is_sound(data.cols, 1))
        {
            return Err(self.training.unfit());
        }
        levels.with_help(|growing| self.rounds(sequence, growing))?;
        self.state.sums = Vec::new();
        Ok((start, std::mem::take(&mut self.state.grown)))
    }

    fn rounds(&mut self, sequence: &Sequence, growing: &mut Growing) -> Result<(), MlError> {
        let mut rng = StdRng::seed_from_u64(sequence.seed);
        for number in 0..sequence.iterations {
            ferrite_interrupt::checkpoint();
            let (chosen, left_out) = sequence.draw(&mut rng);
            if number < self.state.grown.len() {
                continue;
            }
            let sums = &mut self.state.sums;
            growing.set_slopes(|slopes| sequence.slopes(sums, slopes));
            let tree = growing.grow(chosen, |tree, leaf, rows| {
                let value = tree.value(leaf)[0];
                rows.iter().for_each(|row| sums[*row as usize] += value);
            });
            for row in left_out {
                let value = |feature: u32| sequence.data.get_col(feature as usize)[row];
                sums[row] += tree.value(tree.leaf_by(value))[0];
            }
            self.state.grown.push(tree);
            self.training
                .round(self.state.grown.len(), || &self.state)?;
            let done = self.next * sequence.iterations + self.state.grown.len();
            let all = self.of * sequence.iterations;
            progress::report(&format!("{}: trees", self.owner), done, all);
        }
        Ok(())
    }
}

impl Sequence<'_> {
    /// The rows of the next tree, and those that are left out.
    fn draw(&self, rng: &mut StdRng) -> (Vec<u32>, Vec<usize>) {
        if self.subsample >= 1.0 {
            return ((0..self.y.len() as u32).collect(), Vec::new());
        }
        let sampler = &mut RandomSampler::new(self.subsample);
        let (chosen, left_out) = sampler.sample(rng, &self.data.index, &mut [], &mut []);
        (chosen.into_iter().map(|row| row as u32).collect(), left_out)
    }

    /// The first and second derivatives of the loss where the trees are by now.
    fn slopes(&self, sums: &[f64], slopes: &mut Vec<Slope>) {
        slopes.resize(sums.len(), [0.0; 2]);
        let part = |number: usize, slopes: &mut [Slope]| {
            let rows = number * PART..number * PART + slopes.len();
            let y = self.y[rows.clone()].chunks(TOGETHER);
            let weights = self.weights[rows.clone()].chunks(TOGETHER);
            let known = sums[rows].chunks(TOGETHER).zip(y).zip(weights);
            let mut said = [0.0; TOGETHER];
            for (slopes, ((sums, y), weights)) in slopes.chunks_mut(TOGETHER).zip(known) {
                let said = &mut said[..sums.len()];
                let of_rows = slopes.iter_mut().zip(y.iter().zip(weights));
                match self.loss {
                    ObjectiveType::SquaredLoss => {
                        for ((slope, (y, weight)), sum) in of_rows.zip(sums) {
                            *slope = [((sum - y) * weight) as f32, *weight as f32];
                        }
                    }
                    ObjectiveType::LogLoss => {
                        said.iter_mut()
                            .zip(sums)
                            .for_each(|(said, sum)| *said = -sum);
                        vector::exp(said);
                        for ((slope, (y, weight)), power) in of_rows.zip(said) {
                            let share = 1.0 / (1.0 + *power);
                            *slope = [
                                ((share - y) * weight) as f32,
                                (share * (1.0 - share) * weight) as f32,
                            ];
                        }
                    }
                }
            }
        };
        parallel::each(slopes.chunks_mut(PART).collect(), part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_ends_where_nothing_is_to_ask() {
        let (x, y) = ([0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 1.0]);
        let sequence = Sequence {
            data: &Matrix::new(&x, 4, 1),
            y: &y,
            weights: &[1.0; 4],
            loss: ObjectiveType::SquaredLoss,
            iterations: 3,
            learning_rate: 0.5,
            max_depth: usize::MAX,
            subsample: 1.0,
            l2: 0.0,
            bins: 4,
            seed: 0,
        };
        let mut course = Course::begin(Training::fleeting(), "Boosting", 1, 1).unwrap();
        let (start, trees) = course.grow(&sequence).unwrap();
        assert_eq!((start, trees.len()), (0.5, 3));
        assert!(trees.iter().all(|tree| tree.is_sound(1, 1)));
        // The first half of the way, then half of the rest, and so on.
        let sum: f64 = trees
            .iter()
            .map(|tree| tree.value(tree.leaf(&[3.0]))[0])
            .sum();
        assert!((sum - 0.5 * (1.0 - 0.125)).abs() < 1e-6, "{sum}");
    }
    use forust_ml::GradientBooster;
    use forust_ml::sampler::SampleMethod;

    #[test]
    fn trees_say_what_those_of_forust_say() {
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
            let sequence = Sequence {
                data: &data,
                y: &y,
                weights: &weights,
                loss: objective(),
                iterations: 20,
                learning_rate: whole.learning_rate,
                max_depth: whole.max_depth,
                subsample,
                l2: whole.l2,
                bins: whole.nbins,
                seed: 3,
            };
            let mut course = Course::begin(Training::fleeting(), "Boosting", 3, 1).unwrap();
            let (start, trees) = course.grow(&sequence).unwrap();
            assert_eq!(whole.base_score, start);
            assert_eq!(trees.len(), whole.trees.len());
            for (tree, of_forust) in trees.iter().zip(&whole.trees) {
                assert_eq!(tree.nodes.len(), of_forust.nodes.len());
            }
            for (row, expected) in whole.predict(&data, false).into_iter().enumerate() {
                let values = |feature: u32| x[feature as usize * 400 + row];
                let said = |tree: &Tree| tree.value(tree.leaf_by(values))[0];
                let sum = start + trees.iter().map(said).sum::<f64>();
                assert!((sum - expected).abs() < 1e-6, "{sum} {expected}");
            }
        }
    }
}
