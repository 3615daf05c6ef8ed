//! Random forests: trees on draws of the rows, each question from a draw of the
//! features, and the mean of what they say.
//!
//! linfa-ensemble 0.8.1 has forests for classes, by the majority of trees that
//! lose splits (see `grow`), and smartcore 0.7 forests for classes, by majority
//! too, and for numbers; neither lets its trees be looked at, as explanations
//! need. Ours are grown on the tree of this crate: probabilities are the mean of
//! the trees' shares, as in scikit-learn, and trees are grown on all cores with
//! the same result on any number of them.

use super::decision_tree::{leaves, limits};
use super::ensemble::{Ensemble, Kind, Meaning, Weighted};
use super::grow::{Criterion, Goal, Limits, grow};
use super::ranks::Ranks;
use super::tree::Tree;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, estimator, recipe};
use crate::model::resume::Training;
use crate::model::{FittedModel, check, parallel, random};
use crate::params::{Field, ParamValue, Params};
use crate::target::Target;

/// How many features a question may choose from.
///
/// ```
/// use ferrite_ml::{MaxFeatures, RandomForestRegressor};
///
/// let forest = RandomForestRegressor::new().max_features(MaxFeatures::Share(0.3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxFeatures {
    /// All of them; trees then differ by their rows only.
    All,
    /// The square root of their number.
    Sqrt,
    /// The logarithm of their number to base 2.
    Log2,
    /// This part of them.
    Share(f64),
    /// This many.
    Count(usize),
}

impl MaxFeatures {
    pub(super) fn of(self, owner: &'static str, features: usize) -> Result<Option<usize>, MlError> {
        let number = features as f64;
        let count = match self {
            Self::All => return Ok(None),
            Self::Sqrt => number.sqrt() as usize,
            Self::Log2 => number.log2() as usize,
            Self::Share(share) if share > 0.0 && share <= 1.0 => (share * number) as usize,
            Self::Count(count) if count > 0 => count,
            Self::Share(_) | Self::Count(_) => {
                return Err(MlError::InvalidParameter {
                    owner,
                    name: "max_features",
                    value: self.to_value().to_string(),
                    rule: "be a part between 0 and 1, or at least 1 feature",
                });
            }
        };
        Ok(Some(count.clamp(1, features)))
    }
}

impl Field for MaxFeatures {
    fn to_value(&self) -> ParamValue {
        match self {
            Self::All => ParamValue::Nothing,
            Self::Sqrt => ParamValue::from("sqrt"),
            Self::Log2 => ParamValue::from("log2"),
            Self::Share(share) => ParamValue::Number(*share),
            Self::Count(count) => ParamValue::from(*count),
        }
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Nothing => Ok(Self::All),
            ParamValue::Text(text) if text == "sqrt" => Ok(Self::Sqrt),
            ParamValue::Text(text) if text == "log2" => Ok(Self::Log2),
            ParamValue::Number(share) => Ok(Self::Share(*share)),
            ParamValue::Integer(_) => Ok(Self::Count(usize::from_value(value)?)),
            _ => Err("be \"sqrt\", \"log2\", none, a part of the features or their number"),
        }
    }
}

recipe! {
    /// The mean over many trees for classes, each grown on a draw of the rows.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, MlError, Pipeline, RandomForestClassifier};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3, 8, 9, 10], "y" => ["a", "a", "a", "b", "b", "b"]]?;
    /// let forest = RandomForestClassifier::new().n_estimators(20).seed(7);
    /// assert_eq!(forest.diagram().label(), "RandomForestClassifier(n_estimators=20, seed=7)");
    /// let fitted = Pipeline::new().model(forest).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&df!["x" => [9]]?)?.str()?.get(0), Some("b"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct RandomForestClassifier, "RandomForestClassifier" {
        /// The number of trees; 100 unless set.
        n_estimators: usize = 100,
        /// How to measure the purity of a node; Gini unless set.
        criterion: Criterion = Criterion::Gini,
        /// Splits nodes of at least this many rows only; 2 unless set.
        min_samples_split: usize = 2,
        /// Leaves at least this many rows on either side of a split; 1 unless set.
        min_samples_leaf: usize = 1,
        /// How many features a question may choose from; the square root of
        /// their number unless set.
        max_features: MaxFeatures = MaxFeatures::Sqrt,
        /// Whether each tree learns from a draw of the rows; true unless set.
        bootstrap: bool = true,
        /// The seed of all draws; 0 unless set. A seed always gives the same forest.
        seed: u64 = 0,
    }
    optional {
        /// Asks at most this many questions about a row; no limit unless set.
        max_depth: usize,
        /// Trees have at most this many leaves, and split where it gains most first; no
        /// limit unless set.
        max_leaf_nodes: usize,
    }
    resumable "trees"
}

recipe! {
    /// The mean over many trees for numbers, each grown on a draw of the rows.
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, RandomForestRegressor};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3, 8, 9, 10], "y" => [1.0, 1.0, 1.0, 5.0, 5.0, 5.0]]?;
    /// let forest = RandomForestRegressor::new().n_estimators(50);
    /// let predicted = Pipeline::new().model(forest).fit(&frame, "y")?.predict(&frame)?;
    /// assert!(predicted.f64()?.get(5).unwrap_or(0.0) > 4.5);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct RandomForestRegressor, "RandomForestRegressor" {
        /// The number of trees; 100 unless set.
        n_estimators: usize = 100,
        /// Splits nodes of at least this many rows only; 2 unless set.
        min_samples_split: usize = 2,
        /// Leaves at least this many rows on either side of a split; 1 unless set.
        min_samples_leaf: usize = 1,
        /// How many features a question may choose from; all of them unless set.
        max_features: MaxFeatures = MaxFeatures::All,
        /// Whether each tree learns from a draw of the rows; true unless set.
        bootstrap: bool = true,
        /// The seed of all draws; 0 unless set. A seed always gives the same forest.
        seed: u64 = 0,
    }
    optional {
        /// Asks at most this many questions about a row; no limit unless set.
        max_depth: usize,
        /// Trees have at most this many leaves, and split where it gains most first; no
        /// limit unless set.
        max_leaf_nodes: usize,
    }
    resumable "trees"
}

/// What both forests are grown by.
struct Plan {
    owner: &'static str,
    kind: Kind,
    trees: usize,
    bootstrap: bool,
    seed: u64,
    limits: Limits,
}

impl Plan {
    fn grow(
        &self,
        training: Training,
        features: &Features,
        goal: Goal,
        weights: &[f64],
    ) -> Result<Ensemble, MlError> {
        let ranks = Ranks::of(&features.columns());
        let rows = features.rows();
        let grown = |number: usize| {
            let mut rng = random::generator(self.seed, number);
            if !self.bootstrap {
                return grow(&ranks, goal, weights, &self.limits, &mut rng);
            }
            let drawn = random::bootstrap(rows, rows, &mut rng);
            let drawn: Vec<f64> = drawn
                .iter()
                .zip(weights)
                .map(|(times, weight)| f64::from(*times) * weight)
                .collect();
            // All rows that were drawn may weigh nothing; then the tree has no say in them.
            let weights = if drawn.iter().any(|weight| *weight > 0.0) {
                &drawn
            } else {
                weights
            };
            grow(&ranks, goal, weights, &self.limits, &mut rng)
        };
        let what = format!("{}: trees", self.owner);
        let mut trees: Vec<Tree> = training.left()?.unwrap_or_default();
        let width = match goal {
            Goal::Classes { classes, .. } => classes,
            Goal::Numbers(_) => 1,
        };
        if !trees
            .iter()
            .all(|tree| tree.is_sound(features.names().len(), width))
        {
            return Err(training.unfit());
        }
        while trees.len() < self.trees {
            let first = trees.len();
            let most = training.every().unwrap_or(self.trees);
            let count = (self.trees - first).min(most - first % most);
            let more = |number| grown(first + number);
            trees.extend(parallel::map_told(&what, first, count, self.trees, more));
            training.round(trees.len(), || &trees)?;
        }
        training.over();
        let outputs = trees.first().map_or(1, |tree| tree.outputs);
        let scale = 1.0 / self.trees as f64;
        Ok(Ensemble {
            kind: self.kind,
            trees: trees
                .into_iter()
                .map(|tree| Weighted {
                    tree,
                    scale,
                    output: 0,
                })
                .collect(),
            start: vec![0.0; outputs],
            meaning: match goal {
                Goal::Classes { .. } => Meaning::Probabilities,
                Goal::Numbers(_) => Meaning::Number,
            },
            features: features.names().len(),
        })
    }
}

estimator!(RandomForestClassifier, Classification, even);

impl RandomForestClassifier {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let owner = Self::NAME;
        at_least_one(owner, "n_estimators", self.n_estimators)?;
        let (split, leaf) = (self.min_samples_split, self.min_samples_leaf);
        let mut limits = limits(owner, self.max_depth, split, leaf, 0.0)?;
        limits.max_leaf_nodes = leaves(owner, self.max_leaf_nodes)?;
        limits.max_features = self.max_features.of(owner, features.names().len().max(1))?;
        let classes = check::classes(features, target, owner)?;
        let goal = Goal::Classes {
            codes: classes.codes(),
            classes: classes.names().len(),
            criterion: self.criterion,
        };
        let training = Training::begin(
            &self.checkpoints,
            owner,
            &self.params(),
            features,
            Some(target),
            Some(weights),
        )?;
        let plan = Plan {
            owner,
            kind: Kind::RandomForestClassifier,
            trees: self.n_estimators,
            bootstrap: self.bootstrap,
            seed: self.seed,
            limits,
        };
        Ok(Box::new(plan.grow(training, features, goal, weights)?))
    }
}

estimator!(RandomForestRegressor, Regression, even);

impl RandomForestRegressor {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let owner = Self::NAME;
        at_least_one(owner, "n_estimators", self.n_estimators)?;
        let (split, leaf) = (self.min_samples_split, self.min_samples_leaf);
        let mut limits = limits(owner, self.max_depth, split, leaf, 0.0)?;
        limits.max_leaf_nodes = leaves(owner, self.max_leaf_nodes)?;
        limits.max_features = self.max_features.of(owner, features.names().len().max(1))?;
        let goal = Goal::Numbers(check::numbers(features, target, owner)?);
        let training = Training::begin(
            &self.checkpoints,
            owner,
            &self.params(),
            features,
            Some(target),
            Some(weights),
        )?;
        let plan = Plan {
            owner,
            kind: Kind::RandomForestRegressor,
            trees: self.n_estimators,
            bootstrap: self.bootstrap,
            seed: self.seed,
            limits,
        };
        Ok(Box::new(plan.grow(training, features, goal, weights)?))
    }
}
