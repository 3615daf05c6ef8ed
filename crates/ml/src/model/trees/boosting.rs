//! Gradient boosting, which linfa does not have.
//!
//! forust-ml 0.8 bins the features, as scikit-learn's `HistGradientBoosting…` do, and its
//! rules tell which question is asked; the trees are grown here (`levels`), in the form
//! that all trees of this crate have, so that they predict, are explained and are saved
//! like any other. perpetual, which tunes itself, needs an unstable compiler.

mod columns;
mod plan;

use forust_ml::objective::ObjectiveType;

use self::columns::Columns;
use self::plan::Plan;
use super::ensemble::{Kind, Meaning};
use super::rounds::Course;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{estimator, recipe};
use crate::model::resume::Training;
use crate::model::{FittedModel, check};
use crate::params::Params;
use crate::target::Target;

recipe! {
    /// Many small trees, each of which corrects those before it, for classes.
    ///
    /// Two classes have one such sequence of trees; more have one for each class
    /// against all others, where scikit-learn has one for all. A cell's interrupt
    /// is met between trees.
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

estimator!(GradientBoostingClassifier, Classification);

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
        let columns = Columns::of(&features.columns());
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

estimator!(GradientBoostingRegressor, Regression);

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
        // Sums of bins have 32 bits: deviations of unit size keep their digits.
        let middle = y.iter().sum::<f64>() / y.len() as f64;
        let spread = y.iter().map(|y| (y - middle).powi(2)).sum::<f64>() / y.len() as f64;
        let size = spread.sqrt();
        let size = if size > 0.0 && size.is_finite() {
            size
        } else {
            1.0
        };
        let scaled: Vec<f64> = y.iter().map(|y| (y - middle) / size).collect();
        let columns = Columns::of(&features.columns());
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
