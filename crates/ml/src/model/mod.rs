//! Models: from numbers to a prediction.
//!
//! An [`Estimator`] is a recipe with its parameters; `fit` gives a
//! [`FittedModel`]. Both are object-safe and work on `f64` only: generic code is
//! compiled here, once, and never in a notebook cell. linfa does the work where
//! its results agree with scikit-learn's or reach its score; where it does not,
//! the module of the model says why and what does instead.
//!
//! `recipe` is the table that an estimator is written as, `check` what all of
//! them ask of their input, `parallel` and `random` what makes results the same
//! on any number of threads.

mod bayes;
pub(crate) mod check;
pub(crate) mod crew;
mod dummy;
mod ensemble;
mod linear;
pub(crate) mod neighbors;
pub(crate) mod parallel;
pub(crate) mod random;
pub(crate) mod recipe;
pub(crate) mod resume;
mod svm;
mod trees;
mod weighted;

use std::fmt;

use ndarray::{Array2, ArrayView1};

pub use bayes::{BernoulliNB, GaussianNB, MultinomialNB};
pub use dummy::{DummyClassifier, DummyNumber, DummyRegressor, DummyStrategy};
pub(crate) use ensemble::made as ensemble_of;
pub use ensemble::{
    BaggingClassifier, BaggingRegressor, StackingClassifier, StackingRegressor, Voting,
    VotingClassifier, VotingRegressor,
};
pub use linear::{
    Direction, ElasticNet, FtrlClassifier, GammaRegressor, IsotonicRegression, Lasso,
    LinearRegression, Link, LogisticRegression, PLSRegression, PoissonRegressor, Ridge,
    TweedieRegressor,
};
pub use neighbors::{KNeighborsClassifier, KNeighborsRegressor, knn};
pub use svm::{Gamma, Kernel, SVC, SVR};
pub use trees::{
    AdaBoostClassifier, Criterion, DecisionTreeClassifier, DecisionTreeRegressor,
    GradientBoostingClassifier, GradientBoostingRegressor, MaxFeatures, RandomForestClassifier,
    RandomForestRegressor, TreeNode, TreeView,
};

pub use weighted::ClassWeighted;

use crate::MlError;
use crate::diagram::{Diagram, shown};
use crate::features::Features;
use crate::imbalance::ClassWeight;
use crate::params::Params;
use crate::persist::{Kind, Loader, Saved, kinds};
use crate::pipeline::Pipeline;
use crate::target::{Target, Task};

/// A model that has not learned yet.
///
/// ```
/// use ferrite_ml::{Estimator, Features, LinearRegression, Prediction, Target};
/// use ndarray::array;
///
/// let x = Features::new(["x"], array![[0.0], [1.0], [2.0]])?;
/// let model = LinearRegression::new().fit(&x, &Target::Numbers(vec![1.0, 3.0, 5.0]))?;
/// let Prediction::Numbers(y) = model.predict(&x)? else { unreachable!() };
/// assert!((y[2] - 5.0).abs() < 1e-9);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub trait Estimator: Params + fmt::Debug + Send + Sync {
    /// Its box in a pipeline's diagram: the name and the parameters.
    fn diagram(&self) -> Diagram;

    /// Whether it predicts classes or numbers.
    fn task(&self) -> Task;

    /// Whether it looks at the target only, as baselines do: then features may have gaps,
    /// or be none at all.
    fn ignores_features(&self) -> bool {
        false
    }

    /// Learns from features and a target of as many rows.
    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError>;

    /// Learns from rows of different weight: a row of weight 2 counts like two
    /// rows. Models that cannot do that say so.
    fn fit_weighted(
        &self,
        _features: &Features,
        _target: &Target,
        _weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        Err(MlError::NoWeights {
            model: self.diagram().title().to_owned(),
        })
    }

    /// The same with a weight for the rows of each class, as scikit-learn's `class_weight`.
    /// (For the model at the end, [`Pipeline::class_weight`](crate::Pipeline::class_weight)
    /// does the same.)
    fn class_weight(self, weight: ClassWeight) -> ClassWeighted
    where
        Self: Sized + 'static,
    {
        ClassWeighted::of(Box::new(self), Some(weight))
    }

    /// A copy, to set other parameters in.
    fn clone_box(&self) -> Box<dyn Estimator>;
}

/// A boxed model is a model, so that a list can hold models of several kinds.
///
/// ```
/// use ferrite_ml::{Estimator, GaussianNB, Pipeline, knn};
///
/// let models: Vec<Box<dyn Estimator>> = vec![Box::new(knn(3)), Box::new(GaussianNB::new())];
/// let pipelines = models.into_iter().map(|model| Pipeline::new().model(model));
/// assert_eq!(pipelines.count(), 2);
/// ```
impl Estimator for Box<dyn Estimator> {
    fn diagram(&self) -> Diagram {
        (**self).diagram()
    }

    fn task(&self) -> Task {
        (**self).task()
    }

    fn ignores_features(&self) -> bool {
        (**self).ignores_features()
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        (**self).fit(features, target)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        (**self).fit_weighted(features, target, weights)
    }

    fn clone_box(&self) -> Box<dyn Estimator> {
        (**self).clone_box()
    }
}

/// A model that has learned.
///
/// ```
/// use ferrite_ml::{Classes, Estimator, Features, Target, knn};
/// use ndarray::array;
/// use polars::prelude::*;
///
/// let x = Features::new(["x"], array![[0.0], [1.0], [9.0]])?;
/// let y = Classes::of(&Series::new("y".into(), ["low", "low", "high"]))?;
/// let model = knn(2).fit(&x, &Target::Classes(y))?;
/// assert_eq!(model.predict_proba(&x)?.row(0).to_vec(), [0.0, 1.0]); // high, low
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub trait FittedModel: fmt::Debug + Send + Sync {
    /// A class or a number for each row.
    fn predict(&self, features: &Features) -> Result<Prediction, MlError>;

    /// The probability of each class, a row for each row and a column for each
    /// class in their order.
    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError>;

    /// As [`Estimator::ignores_features`].
    fn ignores_features(&self) -> bool {
        false
    }

    /// How far each row is on the side of the second of two classes, in one column, or
    /// of each of more classes; `None` for models that decide in another way.
    fn decision_function(&self, _features: &Features) -> Option<Result<Array2<f64>, MlError>> {
        None
    }

    /// What a reader of the results should know about the fit, for example that
    /// the optimiser stopped early.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// What was learned, to be written to a file.
    fn saved(&self) -> Result<Saved, MlError> {
        Err(MlError::CannotSave {
            what: "this model".to_owned(),
            reason: "it is not one of Ferrite's own models".to_owned(),
        })
    }

    /// The weight of each feature, if the model is linear.
    fn coefficients(&self) -> Option<Coefficients> {
        None
    }

    /// How much each feature contributed, if the model is made of trees; they
    /// sum to 1.
    fn feature_importances(&self) -> Option<Vec<f64>> {
        None
    }

    /// The trees that the model is made of: what they say of a row, added up, is
    /// what the model predicts by (a number, probabilities or log-odds).
    fn trees(&self) -> Option<Vec<TreeView>> {
        None
    }
}

/// The weights of a linear model.
///
/// ```
/// use ferrite_ml::{Estimator, Features, LinearRegression, Target};
/// use ndarray::array;
///
/// let x = Features::new(["x"], array![[0.0], [1.0], [2.0]])?;
/// let model = LinearRegression::new().fit(&x, &Target::Numbers(vec![1.0, 3.0, 5.0]))?;
/// let learned = model.coefficients().expect("the model is linear");
/// assert_eq!(learned.values.dim(), (1, 1));
/// assert!((learned.intercepts[0] - 1.0).abs() < 1e-9);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficients {
    /// A row for each output (one for a regression or two classes, else one for
    /// each class), a column for each feature.
    pub values: Array2<f64>,
    /// One for each output.
    pub intercepts: Vec<f64>,
}

/// The readers of saved models; of one kind the older version first.
#[allow(dead_code)]
pub(crate) const LOADERS: &[Loader<dyn FittedModel>] = &[
    crate::pipeline::member::LOADER,
    bayes::DISCRETE_LOADER,
    bayes::GAUSSIAN_FIRST_LOADER,
    bayes::GAUSSIAN_LOADER,
    dummy::CLASSES_LOADER,
    dummy::NUMBER_LOADER,
    ensemble::BAGGING_LOADER,
    ensemble::STACKING_LOADER,
    ensemble::VOTING_LOADER,
    linear::fitted::LOADER,
    linear::ftrl::LOADER,
    linear::glm::LOADER,
    linear::isotonic::LOADER,
    linear::logistic::LOADER,
    neighbors::CLASSIFIER_FIRST_LOADER,
    neighbors::CLASSIFIER_LOADER,
    neighbors::REGRESSOR_FIRST_LOADER,
    neighbors::REGRESSOR_LOADER,
    svm::CLASSIFIER_LOADER,
    svm::REGRESSOR_LOADER,
    trees::ensemble::LOADER,
];

/// The recipes that files can name, but for those of [`ensemble_of`].
pub(crate) const KINDS: &[Kind<dyn Estimator>] = kinds![Estimator:
    AdaBoostClassifier, BernoulliNB, DecisionTreeClassifier, DecisionTreeRegressor,
    DummyClassifier, DummyRegressor, ElasticNet, FtrlClassifier, GammaRegressor, GaussianNB,
    GradientBoostingClassifier, GradientBoostingRegressor, IsotonicRegression,
    KNeighborsClassifier, KNeighborsRegressor, Lasso, LinearRegression, LogisticRegression,
    MultinomialNB, PLSRegression, PoissonRegressor, RandomForestClassifier,
    RandomForestRegressor, Ridge, SVC, SVR, TweedieRegressor,
];

/// Models show their box, and are a pipeline without steps where one is asked for.
macro_rules! models {
    ($($type:ident),* $(,)?) => {
        shown![Estimator: $($type),*];

        // Who passes something else need not read the names of all of them.
        $(#[diagnostic::do_not_recommend]
        impl From<$type> for Pipeline {
            fn from(model: $type) -> Self {
                Self::new().model(model)
            }
        })*
    };
}

models![
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    BernoulliNB,
    ClassWeighted,
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    DummyClassifier,
    DummyRegressor,
    ElasticNet,
    FtrlClassifier,
    GammaRegressor,
    GaussianNB,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    IsotonicRegression,
    KNeighborsClassifier,
    KNeighborsRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    MultinomialNB,
    PLSRegression,
    PoissonRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    Ridge,
    SVC,
    SVR,
    StackingClassifier,
    StackingRegressor,
    TweedieRegressor,
    VotingClassifier,
    VotingRegressor,
];

/// What a model says about each row.
///
/// ```
/// use ferrite_ml::{Estimator, Features, Prediction, Target, knn};
/// use ndarray::array;
/// use polars::prelude::*;
///
/// let x = Features::new(["x"], array![[0.0], [9.0]])?;
/// let y = ferrite_ml::Classes::of(&Series::new("y".into(), ["low", "high"]))?;
/// let model = knn(1).fit(&x, &Target::Classes(y))?;
/// assert_eq!(model.predict(&x)?, Prediction::Classes(vec![1, 0])); // of high, low
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// The position of the class in [`Classes::names`](crate::Classes::names).
    Classes(Vec<usize>),
    /// The predicted number.
    Numbers(Vec<f64>),
}

impl Prediction {
    /// The most probable class of each row; of equally probable ones the first.
    pub(crate) fn most_probable(probabilities: &Array2<f64>) -> Self {
        Self::Classes(
            probabilities
                .rows()
                .into_iter()
                .map(position_of_max)
                .collect(),
        )
    }
}

fn position_of_max(row: ArrayView1<f64>) -> usize {
    let mut best = 0;
    for (position, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = position;
        }
    }
    best
}

/// Turns each row of logarithms into probabilities that sum to 1. The largest
/// is subtracted first: far from the data all of them would round to 0. Where
/// all of them are minus infinity, nothing is known.
pub(crate) fn softmax(mut logs: Array2<f64>) -> Array2<f64> {
    for mut row in logs.rows_mut() {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !largest.is_finite() {
            let even = 1.0 / row.len() as f64;
            row.fill(even);
            continue;
        }
        row.mapv_inplace(|value| (value - largest).exp().max(0.0));
        let sum = row.sum();
        row.mapv_inplace(|value| value / sum);
    }
    logs
}
