//! A single tree, for classes and for numbers.

use super::ensemble::{Ensemble, Kind, Meaning, Weighted};
use super::forest::MaxFeatures;
use super::grow::{Criterion, Goal, Limits, grow};
use super::ranks::Ranks;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, at_least_two, estimator, not_negative, recipe};
use crate::model::{FittedModel, check, random};
use crate::params::choices;
use crate::target::Target;

choices!(Criterion { "gini" => Gini, "entropy" => Entropy });

recipe! {
    /// A tree of questions "is this feature at most that?", grown as scikit-learn
    /// grows it. Of splits that are equally good it takes the first feature in
    /// order, so the same data always gives the same tree.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeClassifier, Estimator, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3, 4], "y" => [false, true, true, false]]?;
    /// let tree = DecisionTreeClassifier::new().max_depth(2);
    /// assert_eq!(tree.diagram().label(), "DecisionTreeClassifier(max_depth=2)");
    /// let fitted = Pipeline::new().model(tree).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&frame)?.bool()?.get(1), Some(true));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct DecisionTreeClassifier, "DecisionTreeClassifier" {
        /// How to measure the purity of a node; Gini unless set.
        criterion: Criterion = Criterion::Gini,
        /// Splits nodes of at least this many rows only; 2 unless set.
        min_samples_split: usize = 2,
        /// Leaves at least this many rows on either side of a split; 1 unless set.
        min_samples_leaf: usize = 1,
        /// Splits only where the impurity, times the node's share of all rows,
        /// falls by this; 0 unless set.
        min_impurity_decrease: f64 = 0.0,
        /// How many features a question may choose from; all of them unless set.
        max_features: MaxFeatures = MaxFeatures::All,
        /// The seed of the draws of features; 0 unless set.
        seed: u64 = 0,
    }
    optional {
        /// Asks at most this many questions about a row; no limit unless set.
        max_depth: usize,
        /// Has at most this many leaves, and splits where it gains most first; no
        /// limit unless set.
        max_leaf_nodes: usize,
    }
}

recipe! {
    /// A tree whose leaves predict the mean of their rows, split by the squared error.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeRegressor, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3, 4], "y" => [1.0, 1.0, 5.0, 7.0]]?;
    /// let tree = DecisionTreeRegressor::new().max_depth(1);
    /// let predicted = Pipeline::new().model(tree).fit(&frame, "y")?.predict(&frame)?;
    /// assert_eq!(predicted.f64()?.get(3), Some(6.0));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct DecisionTreeRegressor, "DecisionTreeRegressor" {
        /// Splits nodes of at least this many rows only; 2 unless set.
        min_samples_split: usize = 2,
        /// Leaves at least this many rows on either side of a split; 1 unless set.
        min_samples_leaf: usize = 1,
        /// Splits only where the impurity, times the node's share of all rows,
        /// falls by this; 0 unless set.
        min_impurity_decrease: f64 = 0.0,
        /// How many features a question may choose from; all of them unless set.
        max_features: MaxFeatures = MaxFeatures::All,
        /// The seed of the draws of features; 0 unless set.
        seed: u64 = 0,
    }
    optional {
        /// Asks at most this many questions about a row; no limit unless set.
        max_depth: usize,
        /// Has at most this many leaves, and splits where it gains most first; no
        /// limit unless set.
        max_leaf_nodes: usize,
    }
}

/// Limits that make sense, without a draw of features.
pub(super) fn limits(
    owner: &'static str,
    max_depth: Option<usize>,
    min_samples_split: usize,
    min_samples_leaf: usize,
    min_impurity_decrease: f64,
) -> Result<Limits, MlError> {
    at_least_one(owner, "max_depth", max_depth.unwrap_or(1))?;
    at_least_two(owner, "min_samples_split", min_samples_split)?;
    at_least_one(owner, "min_samples_leaf", min_samples_leaf)?;
    not_negative(owner, "min_impurity_decrease", min_impurity_decrease)?;
    Ok(Limits {
        max_depth,
        min_samples_split,
        min_samples_leaf,
        min_impurity_decrease,
        max_features: None,
        max_leaf_nodes: None,
    })
}

estimator!(DecisionTreeClassifier, Classification, even);

impl DecisionTreeClassifier {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let mut limits = limits(
            Self::NAME,
            self.max_depth,
            self.min_samples_split,
            self.min_samples_leaf,
            self.min_impurity_decrease,
        )?;
        let width = features.names().len().max(1);
        limits.max_features = self.max_features.of(Self::NAME, width)?;
        limits.max_leaf_nodes = leaves(Self::NAME, self.max_leaf_nodes)?;
        let classes = check::classes(features, target, Self::NAME)?;
        let goal = Goal::Classes {
            codes: classes.codes(),
            classes: classes.names().len(),
            criterion: self.criterion,
        };
        Ok(Box::new(one(
            Kind::DecisionTreeClassifier,
            features,
            goal,
            weights,
            &limits,
            self.seed,
        )))
    }
}

estimator!(DecisionTreeRegressor, Regression, even);

impl DecisionTreeRegressor {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let mut limits = limits(
            Self::NAME,
            self.max_depth,
            self.min_samples_split,
            self.min_samples_leaf,
            self.min_impurity_decrease,
        )?;
        let width = features.names().len().max(1);
        limits.max_features = self.max_features.of(Self::NAME, width)?;
        limits.max_leaf_nodes = leaves(Self::NAME, self.max_leaf_nodes)?;
        let goal = Goal::Numbers(check::numbers(features, target, Self::NAME)?);
        Ok(Box::new(one(
            Kind::DecisionTreeRegressor,
            features,
            goal,
            weights,
            &limits,
            self.seed,
        )))
    }
}

/// A limit on leaves that leaves something to ask.
pub(super) fn leaves(owner: &'static str, most: Option<usize>) -> Result<Option<usize>, MlError> {
    at_least_two(owner, "max_leaf_nodes", most.unwrap_or(2))?;
    Ok(most)
}

fn one(
    kind: Kind,
    features: &Features,
    goal: Goal,
    weights: &[f64],
    limits: &Limits,
    seed: u64,
) -> Ensemble {
    let ranks = Ranks::of(&features.columns());
    let tree = grow(
        &ranks,
        goal,
        weights,
        limits,
        &mut random::generator(seed, 0),
    );
    Ensemble {
        kind,
        start: vec![0.0; tree.outputs],
        meaning: match goal {
            Goal::Classes { .. } => Meaning::Probabilities,
            Goal::Numbers(_) => Meaning::Number,
        },
        trees: vec![Weighted {
            tree,
            scale: 1.0,
            output: 0,
        }],
        features: features.names().len(),
    }
}
