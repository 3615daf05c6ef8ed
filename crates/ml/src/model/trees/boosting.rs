//! Gradient boosting, which linfa does not have: forust-ml 0.8 learns.
//!
//! It works on binned features, as scikit-learn's `HistGradientBoosting…` do.
//! Its trees are copied into the form that all trees of this crate have, so that
//! they predict, are explained and are saved like any other. perpetual, which
//! tunes itself, needs an unstable compiler.

use forust_ml::objective::ObjectiveType;
use forust_ml::sampler::SampleMethod;
use forust_ml::{GradientBooster, Matrix};
use ndarray::ArrayView2;

use super::ensemble::{Ensemble, Kind, Meaning, Weighted};
use super::rounds::Course;
use super::tree::{Facts, Node, Tree};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, not_negative, positive, recipe};
use crate::model::resume::Training;
use crate::model::{Estimator, FittedModel, check};
use crate::params::Params;
use crate::progress;
use crate::target::{Target, Task};

recipe! {
    /// Many small trees, each of which corrects those before it, for classes.
    ///
    /// Two classes have one such sequence of trees; more have one for each class
    /// against all others, where scikit-learn has one for all. A cell's interrupt
    /// is met between sequences; between trees, if there are
    /// [checkpoints](Self::checkpoint).
    ///
    /// ```
    /// use ferrite_ml::{GradientBoostingClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let x: Vec<i32> = (0..40).collect();
    /// let y: Vec<&str> = x.iter().map(|x| if *x < 20 { "low" } else { "high" }).collect();
    /// let boosting = GradientBoostingClassifier::new().n_estimators(20);
    /// let fitted = Pipeline::new().model(boosting).fit(&df!["x" => x, "y" => y]?, "y")?;
    /// assert_eq!(fitted.predict(&df!["x" => [3]]?)?.str()?.get(0), Some("low"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct GradientBoostingClassifier, "GradientBoostingClassifier" {
        /// The number of trees in a sequence; 100 unless set.
        n_estimators: usize = 100,
        /// The part of its correction that each tree makes; 0.1 unless set.
        learning_rate: f64 = 0.1,
        /// The most questions that a tree asks about a row; 3 unless set.
        max_depth: usize = 3,
        /// The part of the rows that each tree is grown from; 1 unless set.
        subsample: f64 = 1.0,
        /// The penalty on what a leaf says; 1 unless set.
        l2_regularization: f64 = 1.0,
        /// The most distinct values that a feature is rounded to; 255 unless set.
        max_bins: usize = 255,
        /// The seed of the draws of rows; 0 unless set.
        seed: u64 = 0,
    }
    resumable "trees"
}

recipe! {
    /// Many small trees, each of which corrects those before it, for numbers.
    ///
    /// ```
    /// use ferrite_ml::{GradientBoostingRegressor, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let x: Vec<f64> = (0..60).map(f64::from).collect();
    /// let y: Vec<f64> = x.iter().map(|x| x * x).collect();
    /// let boosting = GradientBoostingRegressor::new();
    /// let fitted = Pipeline::new().model(boosting).fit(&df!["x" => x, "y" => y]?, "y")?;
    /// let predicted = fitted.predict(&df!["x" => [30.0]]?)?;
    /// assert!((predicted.f64()?.get(0).unwrap_or(0.0) - 900.0).abs() < 150.0);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct GradientBoostingRegressor, "GradientBoostingRegressor" {
        /// The number of trees; 100 unless set.
        n_estimators: usize = 100,
        /// The part of its correction that each tree makes; 0.1 unless set.
        learning_rate: f64 = 0.1,
        /// The most questions that a tree asks about a row; 3 unless set.
        max_depth: usize = 3,
        /// The part of the rows that each tree is grown from; 1 unless set.
        subsample: f64 = 1.0,
        /// The penalty on what a leaf says; 0 unless set.
        l2_regularization: f64 = 0.0,
        /// The most distinct values that a feature is rounded to; 255 unless set.
        max_bins: usize = 255,
        /// The seed of the draws of rows; 0 unless set.
        seed: u64 = 0,
    }
    resumable "trees"
}

/// What both boostings are grown by.
struct Plan<'a> {
    owner: &'static str,
    n_estimators: usize,
    learning_rate: f64,
    max_depth: usize,
    subsample: f64,
    l2_regularization: f64,
    max_bins: usize,
    seed: u64,
    weights: Option<&'a [f64]>,
}

macro_rules! plan {
    ($recipe:expr, $weights:expr) => {
        Plan {
            owner: Self::NAME,
            n_estimators: $recipe.n_estimators,
            learning_rate: $recipe.learning_rate,
            max_depth: $recipe.max_depth,
            subsample: $recipe.subsample,
            l2_regularization: $recipe.l2_regularization,
            max_bins: $recipe.max_bins,
            seed: $recipe.seed,
            weights: $weights,
        }
    };
}

impl Plan<'_> {
    fn check(&self) -> Result<(), MlError> {
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
    fn fit(
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
        let trees = if columns.varying.is_empty() {
            0
        } else {
            self.n_estimators
        };
        let mut booster = GradientBooster::default()
            .set_objective_type(objective)
            .set_initialize_base_score(true)
            .set_iterations(trees)
            .set_learning_rate(self.learning_rate as f32)
            .set_max_depth(self.max_depth)
            .set_subsample(self.subsample as f32)
            .set_sample_method(match self.subsample < 1.0 {
                true => SampleMethod::Random,
                false => SampleMethod::None,
            })
            .set_l2(self.l2_regularization as f32)
            .set_nbins(self.max_bins as u16)
            .set_seed(self.seed);
        if trees > 0 {
            let data = Matrix::new(&columns.values, y.len(), columns.varying.len());
            if course.training.is_kept() {
                course.grow(&mut booster, &data, y, weights)?;
            } else {
                booster
                    .fit(&data, y, weights, None)
                    .map_err(|error| check::unable(self.owner, error))?;
            }
        } else {
            booster.base_score = mean(y, weights, &booster.objective_type);
        }
        let flat = |tree| flat(tree, &columns.varying, size);
        let made: (f64, Vec<Tree>) = (booster.base_score, booster.trees.iter().map(flat).collect());
        course.next += 1;
        if course.training.is_kept() {
            course.state.over.push(made.clone());
        }
        Ok(made)
    }

    fn ensemble(
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

macro_rules! course {
    ($type:ident) => {
        impl $type {
            fn course(
                &self,
                features: &Features,
                target: &Target,
                weights: Option<&[f64]>,
                of: usize,
            ) -> Result<Course, MlError> {
                let training = Training::begin(
                    &self.checkpoints,
                    Self::NAME,
                    &self.params(),
                    features,
                    Some(target),
                    weights,
                )?;
                Course::begin(training, Self::NAME, features.names().len(), of)
            }
        }
    };
}

course!(GradientBoostingClassifier);
course!(GradientBoostingRegressor);

/// What is predicted where no feature varies.
fn mean(y: &[f64], weights: &[f64], objective: &ObjectiveType) -> f64 {
    let weight: f64 = weights.iter().sum();
    let mean = y.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>() / weight;
    match objective {
        ObjectiveType::LogLoss => (mean / (1.0 - mean)).ln(),
        ObjectiveType::SquaredLoss => mean,
    }
}

/// The features that vary, column by column: forust refuses constant ones.
struct Columns {
    values: Vec<f64>,
    varying: Vec<usize>,
}

impl Columns {
    fn of(x: ArrayView2<f64>) -> Self {
        let varies = |column: &usize| {
            let column = x.column(*column);
            column.iter().any(|value| *value != column[0])
        };
        let varying: Vec<usize> = (0..x.ncols()).filter(varies).collect();
        let columns = varying.iter().map(|column| x.column(*column).to_vec());
        Self {
            values: columns.flatten().collect(),
            varying,
        }
    }
}

/// One of forust's trees with children side by side.
fn flat(tree: &forust_ml::tree::Tree, varying: &[usize], size: f64) -> Tree {
    let mut flat = Tree {
        outputs: 1,
        ..Tree::default()
    };
    let push = |flat: &mut Tree, number: usize| {
        let node = &tree.nodes[number];
        flat.nodes.push(Node::leaf());
        flat.values.push(size * f64::from(node.weight_value));
        flat.facts.push(Facts {
            weight: f64::from(node.hessian_sum),
            impurity: 0.0,
            rows: 0,
        });
        (flat.nodes.len() - 1, number)
    };
    let mut pending = vec![push(&mut flat, 0)];
    while let Some((at, number)) = pending.pop() {
        let node = &tree.nodes[number];
        if node.is_leaf {
            continue;
        }
        let left = push(&mut flat, node.left_child);
        let right = push(&mut flat, node.right_child);
        flat.nodes[at] = Node {
            // Values below the split go left there; here, values up to the
            // largest number below it.
            threshold: node.split_value.next_down(),
            feature: varying[node.split_feature] as u32,
            left: left.0 as u32,
        };
        flat.facts[at].impurity = f64::from(node.split_gain).max(0.0);
        pending.extend([right, left]);
    }
    gains_to_impurities(&mut flat);
    flat
}

/// A node's impurity, by weight, becomes what all splits from it on gain, so that
/// the difference to its children is its own gain, as in every other tree here.
fn gains_to_impurities(tree: &mut Tree) {
    let mut below = vec![0.0; tree.nodes.len()];
    for at in (0..tree.nodes.len()).rev() {
        let node = tree.nodes[at];
        if !node.is_leaf() {
            let left = node.left as usize;
            below[at] = tree.facts[at].impurity + below[left] + below[left + 1];
        }
        let weight = tree.facts[at].weight;
        tree.facts[at].impurity = if weight > 0.0 {
            below[at] / weight
        } else {
            0.0
        };
    }
}

impl Estimator for GradientBoostingClassifier {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn(features, target, None)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        check::weights(features, weights, Self::NAME)?;
        self.learn(features, target, Some(weights))
    }
}

impl GradientBoostingClassifier {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let plan = plan!(self, weights);
        plan.check()?;
        let classes = check::two_classes(features, target, Self::NAME)?;
        let columns = Columns::of(features.values().view());
        let sequences = match classes.names().len() {
            2 => 1,
            many => many,
        };
        let mut course = self.course(features, target, weights, sequences)?;
        let mut sequence = |class: usize| {
            let is_class = |code: &usize| f64::from(u8::from(*code == class));
            let y: Vec<f64> = classes.codes().iter().map(is_class).collect();
            plan.fit(&mut course, &columns, ObjectiveType::LogLoss, &y, 1.0)
        };
        let (kind, width) = (Kind::GradientBoostingClassifier, features.names().len());
        if classes.names().len() == 2 {
            let only = vec![sequence(1)?];
            course.training.over();
            return plan.ensemble(kind, Meaning::LogOdds, width, only);
        }
        let sequences: Result<Vec<_>, MlError> = classes
            .counts()
            .iter()
            .enumerate()
            .map(|(class, count)| match count {
                // Of a class that only other rows have there is nothing to learn.
                0 => Ok((-30.0, Vec::new())),
                _ => sequence(class),
            })
            .collect();
        let sequences = sequences?;
        course.training.over();
        plan.ensemble(kind, Meaning::LogOddsEach, width, sequences)
    }
}

impl Estimator for GradientBoostingRegressor {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn(features, target, None)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        check::weights(features, weights, Self::NAME)?;
        self.learn(features, target, Some(weights))
    }
}

impl GradientBoostingRegressor {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let plan = plan!(self, weights);
        plan.check()?;
        let y = check::numbers(features, target, Self::NAME)?;
        // forust adds up in 32 bits: deviations of unit size keep their digits.
        let middle = y.iter().sum::<f64>() / y.len() as f64;
        let spread = y.iter().map(|y| (y - middle).powi(2)).sum::<f64>() / y.len() as f64;
        let size = spread.sqrt();
        let size = if size > 0.0 && size.is_finite() {
            size
        } else {
            1.0
        };
        let scaled: Vec<f64> = y.iter().map(|y| (y - middle) / size).collect();
        let columns = Columns::of(features.values().view());
        let mut course = self.course(features, target, weights, 1)?;
        let loss = ObjectiveType::SquaredLoss;
        let (start, trees) = plan.fit(&mut course, &columns, loss, &scaled, size)?;
        course.training.over();
        plan.ensemble(
            Kind::GradientBoostingRegressor,
            Meaning::Number,
            features.names().len(),
            vec![(middle + size * start, trees)],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn copied_trees_predict_what_forust_predicts() {
        let x = Array2::from_shape_fn((300, 3), |(i, j)| ((i * (j + 3)) % 17) as f64);
        let y: Vec<f64> = x
            .rows()
            .into_iter()
            .map(|row| f64::from(u8::from(row[0] + row[1] * row[2] > 60.0)))
            .collect();
        let columns: Vec<f64> = x.t().iter().copied().collect();
        let data = Matrix::new(&columns, 300, 3);
        let mut booster = GradientBooster::default();
        booster.fit(&data, &y, &[1.0; 300], None).unwrap();
        let trees: Vec<Tree> = booster
            .trees
            .iter()
            .map(|tree| flat(tree, &[0, 1, 2], 1.0))
            .collect();
        for (row, expected) in x.rows().into_iter().zip(booster.predict(&data, false)) {
            let row = row.to_vec();
            let said = |tree: &Tree| tree.value(tree.leaf(&row))[0];
            let sum = booster.base_score + trees.iter().map(said).sum::<f64>();
            assert!((sum - expected).abs() < 1e-9, "{sum} {expected}");
        }
        assert!(trees.iter().all(|tree| tree.is_sound(3, 1)));
    }
}
