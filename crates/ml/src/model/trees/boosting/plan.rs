//! One sequence of trees after the other, and what all of them are together.

use forust_ml::Matrix;
use forust_ml::objective::ObjectiveType;

use super::columns::Columns;
use crate::MlError;
use crate::model::recipe::{at_least_one, not_negative, positive};
use crate::model::trees::ensemble::{Ensemble, Kind, Meaning, Weighted};
use crate::model::trees::rounds::{Course, Sequence};
use crate::model::trees::tree::Tree;
use crate::model::{FittedModel, check};
use crate::progress;

/// What both boostings are grown by.
pub(super) struct Plan<'a> {
    pub owner: &'static str,
    pub n_estimators: usize,
    pub learning_rate: f64,
    pub max_depth: usize,
    pub subsample: f64,
    pub l2_regularization: f64,
    pub max_bins: usize,
    pub seed: u64,
    pub weights: Option<&'a [f64]>,
}

impl Plan<'_> {
    pub fn check(&self) -> Result<(), MlError> {
        at_least_one(self.owner, "n_estimators", self.n_estimators)?;
        positive(self.owner, "learning_rate", self.learning_rate)?;
        at_least_one(self.owner, "max_depth", self.max_depth)?;
        not_negative(self.owner, "l2_regularization", self.l2_regularization)?;
        let wrong = |name, value: String, rule| {
            Err(MlError::InvalidParameter {
                owner: self.owner,
                name,
                value,
                rule,
            })
        };
        if !(self.subsample > 0.0 && self.subsample <= 1.0) {
            return wrong(
                "subsample",
                self.subsample.to_string(),
                "lie between 0 and 1",
            );
        }
        if !(2..=65_000).contains(&self.max_bins) {
            return wrong(
                "max_bins",
                self.max_bins.to_string(),
                "be between 2 and 65000",
            );
        }
        Ok(())
    }

    /// The start and the trees of one sequence. The values of trees are
    /// multiplied by `size`.
    pub fn fit(
        &self,
        course: &mut Course,
        columns: &Columns,
        objective: ObjectiveType,
        y: &[f64],
        size: f64,
    ) -> Result<(f64, Vec<Tree>), MlError> {
        ferrite_interrupt::checkpoint();
        let number = course.next;
        if let Some(known) = course.state.over.get(number) {
            course.next += 1;
            return Ok(known.clone());
        }
        progress::report(&format!("{}: sequences", self.owner), number, course.of);
        let even;
        let weights = match self.weights {
            Some(weights) => weights,
            None => {
                even = vec![1.0; y.len()];
                &even
            }
        };
        let made = if columns.varying.is_empty() {
            (mean(y, weights, &objective), Vec::new())
        } else {
            let (start, trees) = course.grow(&Sequence {
                data: &Matrix::new(&columns.values, y.len(), columns.varying.len()),
                y,
                weights,
                loss: objective,
                iterations: self.n_estimators,
                learning_rate: self.learning_rate as f32,
                max_depth: self.max_depth,
                subsample: self.subsample as f32,
                l2: self.l2_regularization as f32,
                bins: self.max_bins as u16,
                seed: self.seed,
            })?;
            let finish = |tree| finished(tree, &columns.varying, size);
            (start, trees.into_iter().map(finish).collect())
        };
        course.next += 1;
        if course.training.is_kept() {
            course.state.over.push(made.clone());
        }
        Ok(made)
    }

    pub fn ensemble(
        &self,
        kind: Kind,
        meaning: Meaning,
        features: usize,
        sequences: Vec<(f64, Vec<Tree>)>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let start: Vec<f64> = sequences.iter().map(|(start, _)| *start).collect();
        let mut values = sequences
            .iter()
            .flat_map(|(_, trees)| trees)
            .flat_map(|tree| &tree.values);
        if start.iter().any(|start| !start.is_finite()) || values.any(|value| !value.is_finite()) {
            return Err(check::unable(
                self.owner,
                "rows of positive weight have one class only, or numbers beyond what it can add up",
            ));
        }
        let weighted = |(output, (_, trees)): (usize, (f64, Vec<Tree>))| {
            trees.into_iter().map(move |tree| Weighted {
                tree,
                scale: 1.0,
                output,
            })
        };
        Ok(Box::new(Ensemble {
            kind,
            trees: sequences
                .into_iter()
                .enumerate()
                .flat_map(weighted)
                .collect(),
            start,
            meaning,
            features,
        }))
    }
}

/// What is predicted where no feature varies.
fn mean(y: &[f64], weights: &[f64], objective: &ObjectiveType) -> f64 {
    let weight: f64 = weights.iter().sum();
    let mean = y.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>() / weight;
    match objective {
        ObjectiveType::LogLoss => (mean / (1.0 - mean)).ln(),
        ObjectiveType::SquaredLoss => mean,
    }
}

/// A tree that asks about the features that vary, by their positions among all, with
/// values of the target's size.
fn finished(mut tree: Tree, varying: &[usize], size: f64) -> Tree {
    for node in tree.nodes.iter_mut().filter(|node| !node.is_leaf()) {
        node.feature = varying[node.feature as usize] as u32;
    }
    tree.values.iter_mut().for_each(|value| *value *= size);
    tree
}
