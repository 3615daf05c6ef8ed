//! Gradient boosting, which linfa does not have: perpetual 2.3 learns.
//!
//! It finds its step size and the number and size of trees by itself, so there
//! is one parameter, `budget`, where scikit-learn has `learning_rate`,
//! `n_estimators`, `max_depth` and others. Its trees are copied into the form
//! that all trees of this crate have: they predict several times faster than in
//! hash maps, are explained like any other and are saved without its formats.

use std::collections::HashMap;

use perpetual::objective::Objective;
use perpetual::{Matrix, PerpetualBooster};

use super::ensemble::{Ensemble, Kind, Meaning, Weighted};
use super::tree::{Facts, Node, Tree};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{positive, recipe};
use crate::model::{Estimator, FittedModel, check};
use crate::target::{Target, Task};

recipe! {
    /// Many small trees, each of which corrects those before it, for classes.
    ///
    /// Two classes have one such sequence of trees; more have one for each class
    /// against all others. It is learned by perpetual, whose only knob is the
    /// [`budget`](Self::budget). A cell's interrupt is met between classes.
    ///
    /// ```
    /// use ferrite_ml::{GradientBoostingClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let x: Vec<i32> = (0..40).collect();
    /// let y: Vec<&str> = x.iter().map(|x| if *x < 20 { "low" } else { "high" }).collect();
    /// let boosting = GradientBoostingClassifier::new().budget(0.5);
    /// let fitted = Pipeline::new().model(boosting).fit(&df!["x" => x, "y" => y]?, "y")?;
    /// assert_eq!(fitted.predict(&df!["x" => [3]]?)?.str()?.get(0), Some("low"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct GradientBoostingClassifier, "GradientBoostingClassifier" {
        /// How long to learn; 0.5 unless set. Each 0.3 more makes steps half as
        /// large and takes about twice the time.
        budget: f64 = 0.5,
        /// The most distinct values that a feature is rounded to; 255 unless set.
        max_bins: usize = 255,
        /// The seed of draws of features; 0 unless set.
        seed: u64 = 0,
    }
}

recipe! {
    /// Many small trees, each of which corrects those before it, for numbers.
    ///
    /// It is learned by perpetual, whose only knob is the [`budget`](Self::budget).
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
        /// How long to learn; 0.5 unless set. Each 0.3 more makes steps half as
        /// large and takes about twice the time.
        budget: f64 = 0.5,
        /// The most distinct values that a feature is rounded to; 255 unless set.
        max_bins: usize = 255,
        /// The seed of draws of features; 0 unless set.
        seed: u64 = 0,
    }
}

/// What is given to perpetual, after it was checked.
struct Plan<'a> {
    owner: &'static str,
    budget: f64,
    max_bins: usize,
    seed: u64,
    /// The features by column.
    columns: &'a [f64],
    rows: usize,
    features: usize,
    weights: Option<&'a [f64]>,
}

impl Plan<'_> {
    fn check(&self) -> Result<(), MlError> {
        positive(self.owner, "budget", self.budget)?;
        let wrong = |name, value: String, rule| {
            Err(MlError::InvalidParameter {
                owner: self.owner,
                name,
                value,
                rule,
            })
        };
        if self.budget > 5.0 {
            return wrong("budget", self.budget.to_string(), "be at most 5");
        }
        if !(2..=65_000).contains(&self.max_bins) {
            return wrong("max_bins", self.max_bins.to_string(), "be between 2 and 65000");
        }
        Ok(())
    }

    /// The start and the trees of one sequence.
    fn fit(&self, objective: Objective, y: &[f64]) -> Result<(f64, Vec<Tree>), MlError> {
        ferrite_interrupt::checkpoint();
        let data = Matrix::new(self.columns, self.rows, self.features);
        let mut booster = PerpetualBooster::default()
            .set_objective(objective)
            .set_budget(self.budget as f32)
            .set_max_bin(self.max_bins as u16)
            .set_seed(self.seed);
        booster
            .fit(&data, y, self.weights, None)
            .map_err(|error| check::unable(self.owner, error))?;
        let trees = booster.get_prediction_trees().iter().map(flat).collect();
        Ok((booster.base_score, trees))
    }

    fn ensemble(
        &self,
        kind: Kind,
        meaning: Meaning,
        sequences: Vec<(f64, Vec<Tree>)>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let start: Vec<f64> = sequences.iter().map(|(start, _)| *start).collect();
        if start.iter().any(|start| !start.is_finite()) {
            return Err(check::unable(self.owner, "the target has no finite start to boost from"));
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
            trees: sequences.into_iter().enumerate().flat_map(weighted).collect(),
            start,
            meaning,
            features: self.features,
        }))
    }
}

/// A tree out of perpetual's map, with children side by side.
fn flat(tree: &perpetual::tree::core::Tree) -> Tree {
    let mut flat = Tree {
        outputs: 1,
        ..Tree::default()
    };
    let mut push = |flat: &mut Tree, number: usize| {
        let node = &tree.nodes[&number];
        flat.nodes.push(Node::leaf());
        flat.values.push(f64::from(node.weight_value));
        flat.facts.push(Facts {
            weight: f64::from(node.hessian_sum),
            // What a split gains stands with its node; leaves gain nothing, so
            // importances are the gains.
            impurity: 0.0,
            rows: 0,
        });
        (flat.nodes.len() - 1, number)
    };
    let mut pending = vec![push(&mut flat, 0)];
    while let Some((at, number)) = pending.pop() {
        let node = &tree.nodes[&number];
        if node.is_leaf {
            continue;
        }
        let left = push(&mut flat, node.left_child);
        let right = push(&mut flat, node.right_child);
        flat.nodes[at] = Node {
            // Values below the split go left there; here, values up to the
            // largest number below it.
            threshold: node.split_value.next_down(),
            feature: node.split_feature as u32,
            left: left.0 as u32,
        };
        let weight = flat.facts[at].weight;
        flat.facts[at].impurity = if weight > 0.0 {
            f64::from(node.split_gain) / weight
        } else {
            0.0
        };
        pending.extend([right, left]);
    }
    subtract_gains(&mut flat);
    flat
}

/// Makes impurities of gains: a node's impurity, by weight, is what all splits
/// below it gain, so that the difference to its children is its own gain.
fn subtract_gains(tree: &mut Tree) {
    let mut below: HashMap<usize, f64> = HashMap::new();
    for at in (0..tree.nodes.len()).rev() {
        let node = tree.nodes[at];
        if node.is_leaf() {
            continue;
        }
        let left = node.left as usize;
        let sum = |at: usize| below.get(&at).copied().unwrap_or(0.0);
        let own = tree.facts[at].impurity * tree.facts[at].weight;
        let total = own + sum(left) + sum(left + 1);
        below.insert(at, total);
        if tree.facts[at].weight > 0.0 {
            tree.facts[at].impurity = total / tree.facts[at].weight;
        }
    }
}

/// The features column by column.
fn by_column(features: &Features) -> Vec<f64> {
    features.values().t().iter().copied().collect()
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
        let classes = check::two_classes(features, target, Self::NAME)?;
        let columns = by_column(features);
        let plan = Plan {
            owner: Self::NAME,
            budget: self.budget,
            max_bins: self.max_bins,
            seed: self.seed,
            columns: &columns,
            rows: features.rows(),
            features: features.names().len(),
            weights,
        };
        plan.check()?;
        let against_others = |class: usize| -> Vec<f64> {
            let is_class = |code: &usize| f64::from(u8::from(*code == class));
            classes.codes().iter().map(is_class).collect()
        };
        let kind = Kind::GradientBoostingClassifier;
        if classes.names().len() == 2 {
            let sequence = plan.fit(Objective::LogLoss, &against_others(1))?;
            return plan.ensemble(kind, Meaning::LogOdds, vec![sequence]);
        }
        let sequences: Result<Vec<_>, MlError> = classes
            .counts()
            .iter()
            .enumerate()
            .map(|(class, count)| match count {
                // Nothing to learn of a class that only other rows have.
                0 => Ok((-30.0, Vec::new())),
                _ => plan.fit(Objective::LogLoss, &against_others(class)),
            })
            .collect();
        plan.ensemble(kind, Meaning::LogOddsEach, sequences?)
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
        let y = check::numbers(features, target, Self::NAME)?;
        let columns = by_column(features);
        let plan = Plan {
            owner: Self::NAME,
            budget: self.budget,
            max_bins: self.max_bins,
            seed: self.seed,
            columns: &columns,
            rows: features.rows(),
            features: features.names().len(),
            weights,
        };
        plan.check()?;
        let sequence = plan.fit(Objective::SquaredLoss, y)?;
        plan.ensemble(
            Kind::GradientBoostingRegressor,
            Meaning::Number,
            vec![sequence],
        )
    }
}
