//! One recipe, fitted on many draws of the rows.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::members::{KeptModels, Member, numbers, of_member, shares, split};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::at_least_one;
use crate::model::{
    DecisionTreeClassifier, DecisionTreeRegressor, Estimator, FittedModel, Prediction, check,
    parallel, random,
};
use crate::params::{self, ParamValue, Params};
use crate::persist::{self, Loader, Saved, SavedRecipe};
use crate::target::{Target, Task};

/// The mean of classifiers that were each fitted on a draw of the rows.
///
/// ```
/// use ferrite_ml::{BaggingClassifier, MlError, Pipeline, knn};
/// use polars::df;
///
/// let frame = df!["x" => [1, 2, 3, 7, 8, 9], "y" => ["a", "a", "a", "b", "b", "b"]]?;
/// let model = BaggingClassifier::new(knn(1)).n_estimators(20).seed(1);
/// let fitted = Pipeline::new().model(model).fit(&frame, "y")?;
/// assert_eq!(fitted.predict(&df!["x" => [8]]?)?.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BaggingClassifier {
    bag: Bag,
}

/// The mean of regressions that were each fitted on a draw of the rows.
///
/// ```
/// use ferrite_ml::{BaggingRegressor, LinearRegression, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 1.0, 2.0, 3.0], "y" => [1.0, 3.0, 5.0, 7.0]]?;
/// let model = BaggingRegressor::new(LinearRegression::new());
/// let predicted = Pipeline::new().model(model).fit(&frame, "y")?.predict(&frame)?;
/// assert_eq!(predicted.len(), 4);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BaggingRegressor {
    bag: Bag,
}

/// What both have in common.
#[derive(Clone, Debug)]
struct Bag {
    owner: &'static str,
    estimator: Member,
    n_estimators: usize,
    max_samples: f64,
    max_features: f64,
    bootstrap: bool,
    seed: u64,
}

const INNER: &str = "estimator";
const KNOWN: [&str; 6] = [
    "n_estimators",
    "max_samples",
    "max_features",
    "bootstrap",
    "seed",
    INNER,
];

macro_rules! bagging {
    ($type:ident, $name:literal, $default:expr, $task:expr) => {
        impl Default for $type {
            fn default() -> Self {
                Self::new($default)
            }
        }

        impl $type {
            /// Ten copies of a recipe.
            pub fn new(estimator: impl Estimator + 'static) -> Self {
                Self::of(Box::new(estimator))
            }

            pub(super) fn of(estimator: Box<dyn Estimator>) -> Self {
                Self {
                    bag: Bag {
                        owner: $name,
                        estimator: Member(estimator),
                        n_estimators: 10,
                        max_samples: 1.0,
                        max_features: 1.0,
                        bootstrap: true,
                        seed: 0,
                    },
                }
            }

            /// The number of copies; 10 unless set.
            pub fn n_estimators(mut self, copies: usize) -> Self {
                self.bag.n_estimators = copies;
                self
            }

            /// The part of the rows that each copy draws; 1 unless set.
            pub fn max_samples(mut self, part: f64) -> Self {
                self.bag.max_samples = part;
                self
            }

            /// The part of the features that each copy draws; 1 unless set.
            pub fn max_features(mut self, part: f64) -> Self {
                self.bag.max_features = part;
                self
            }

            /// Whether a row can be drawn twice; true unless set.
            pub fn bootstrap(mut self, bootstrap: bool) -> Self {
                self.bag.bootstrap = bootstrap;
                self
            }

            /// The seed of the draws; 0 unless set.
            pub fn seed(mut self, seed: u64) -> Self {
                self.bag.seed = seed;
                self
            }

            /// scikit-learn's name for [`seed`](Self::seed).
            pub fn random_state(self, random_state: u64) -> Self {
                self.seed(random_state)
            }
        }

        impl Params for $type {
            fn params(&self) -> Vec<(String, ParamValue)> {
                self.bag.params()
            }

            fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
                self.bag.set_param(name, value)
            }

            fn recipe(&self) -> Option<SavedRecipe> {
                let own = self.bag.own_params().into();
                let inner = self.bag.estimator.0.recipe()?;
                Some(SavedRecipe::ensemble($name, own, Vec::new(), Some(inner)))
            }
        }

        impl Estimator for $type {
            fn clone_box(&self) -> Box<dyn Estimator> {
                Box::new(self.clone())
            }

            fn diagram(&self) -> Diagram {
                self.bag.diagram()
            }

            fn task(&self) -> Task {
                $task
            }

            fn fit(
                &self,
                features: &Features,
                target: &Target,
            ) -> Result<Box<dyn FittedModel>, MlError> {
                self.bag.fit(features, target, $task)
            }
        }
    };
}

bagging!(
    BaggingClassifier,
    "BaggingClassifier",
    DecisionTreeClassifier::new(),
    Task::Classification
);
bagging!(
    BaggingRegressor,
    "BaggingRegressor",
    DecisionTreeRegressor::new(),
    Task::Regression
);

impl Bag {
    fn own_params(&self) -> [(String, ParamValue); 5] {
        [
            ("n_estimators".to_owned(), self.n_estimators.into()),
            ("max_samples".to_owned(), self.max_samples.into()),
            ("max_features".to_owned(), self.max_features.into()),
            ("bootstrap".to_owned(), self.bootstrap.into()),
            ("seed".to_owned(), self.seed.into()),
        ]
    }

    fn params(&self) -> Vec<(String, ParamValue)> {
        self.own_params()
            .into_iter()
            .chain(of_member(INNER, &*self.estimator.0))
            .collect()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        let owner = self.owner;
        match split(name) {
            ("n_estimators", None) => {
                self.n_estimators = params::read(owner, "n_estimators", value)?
            }
            ("max_samples", None) => self.max_samples = params::read(owner, "max_samples", value)?,
            ("max_features", None) => {
                self.max_features = params::read(owner, "max_features", value)?
            }
            ("bootstrap", None) => self.bootstrap = params::read(owner, "bootstrap", value)?,
            ("seed" | "random_state", None) => self.seed = params::read(owner, "seed", value)?,
            (INNER, Some(rest)) => self.estimator.0.set_param(rest, value)?,
            _ => return Err(params::unknown(owner, name, &KNOWN)),
        }
        Ok(())
    }

    fn diagram(&self) -> Diagram {
        let mut diagram =
            Diagram::new(self.owner).setting(format!("n_estimators={}", self.n_estimators));
        for (name, part) in [
            ("max_samples", self.max_samples),
            ("max_features", self.max_features),
        ] {
            if part != 1.0 {
                diagram = diagram.setting(format!("{name}={part}"));
            }
        }
        if !self.bootstrap {
            diagram = diagram.setting("bootstrap=false");
        }
        diagram.branch(INNER, [self.estimator.0.diagram()])
    }

    fn check(&self, task: Task) -> Result<(), MlError> {
        at_least_one(self.owner, "n_estimators", self.n_estimators)?;
        for (name, part) in [
            ("max_samples", self.max_samples),
            ("max_features", self.max_features),
        ] {
            if !(part > 0.0 && part <= 1.0) {
                return Err(MlError::InvalidParameter {
                    owner: self.owner,
                    name,
                    value: part.to_string(),
                    rule: "be a part above 0, up to 1",
                });
            }
        }
        if self.estimator.0.task() == task {
            return Ok(());
        }
        Err(check::unable(
            self.owner,
            format!(
                "{} is for {}, not for {task}",
                self.estimator.0.diagram().title(),
                self.estimator.0.task()
            ),
        ))
    }

    fn fit(
        &self,
        features: &Features,
        target: &Target,
        task: Task,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.check(task)?;
        let classes = match task {
            Task::Classification => {
                Some(check::classes(features, target, self.owner)?.names().len())
            }
            Task::Regression => {
                check::numbers(features, target, self.owner)?;
                // A member that did not draw a huge number may meet it when it predicts.
                check::moderate(features, target, self.owner)?;
                None
            }
        };
        let (rows, width) = (features.rows(), features.names().len());
        let drawn = ((self.max_samples * rows as f64) as usize).max(1);
        let chosen = ((self.max_features * width as f64) as usize).max(1);
        let what = format!("{}: members", self.owner);
        let count = self.n_estimators;
        let fitted = parallel::map_told(&what, 0, count, count, |number| {
            let mut rng = random::generator(self.seed, number);
            let mut draw = || -> Vec<usize> {
                if !self.bootstrap {
                    let mut order = random::permutation(rows, &mut rng);
                    order.truncate(drawn);
                    return order;
                }
                let counts = random::bootstrap(rows, drawn, &mut rng);
                let times = counts.iter().enumerate();
                times
                    .flat_map(|(row, times)| std::iter::repeat_n(row, *times as usize))
                    .collect()
            };
            let mut sample = draw();
            // A draw of one class only teaches nothing; of several classes there
            // is soon one that has more.
            for _ in 0..20 {
                if !of_one_class(target, &sample) {
                    break;
                }
                sample = draw();
            }
            let mut columns = random::permutation(width, &mut rng);
            columns.truncate(chosen);
            columns.sort_unstable();
            let part = columns_of(&features.take(&sample), &columns)?;
            let model = self.estimator.0.fit(&part, &target.take(&sample))?;
            Ok::<_, MlError>((model, columns))
        });
        let fitted: Vec<_> = fitted.into_iter().collect::<Result<_, _>>()?;
        let (models, columns) = fitted.into_iter().unzip();
        Ok(Box::new(FittedBag {
            models,
            columns,
            classes,
            features: width,
        }))
    }
}

fn of_one_class(target: &Target, rows: &[usize]) -> bool {
    match target {
        Target::Numbers(_) => false,
        Target::Classes(classes) => {
            let codes = classes.codes();
            classes.names().len() > 1 && rows.iter().all(|row| codes[*row] == codes[rows[0]])
        }
    }
}

fn columns_of(features: &Features, columns: &[usize]) -> Result<Features, MlError> {
    if columns.len() == features.names().len() {
        return Ok(features.clone());
    }
    let names = columns
        .iter()
        .map(|column| features.names()[*column].clone());
    let values = features.values().select(Axis(1), columns);
    Features::new(names, values.as_standard_layout().into_owned())
}

#[derive(Debug)]
struct FittedBag {
    models: Vec<Box<dyn FittedModel>>,
    /// The features of each model.
    columns: Vec<Vec<usize>>,
    classes: Option<usize>,
    features: usize,
}

/// What is written to a file.
#[derive(Debug, Serialize, Deserialize)]
struct KeptBag {
    models: KeptModels,
    columns: Vec<Vec<usize>>,
    classes: Option<usize>,
    features: usize,
}

const KIND: &str = "Bagging";

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: KIND,
    version: 1,
    load: |body| {
        let kept: KeptBag = persist::read(body)?;
        let models = kept.models.restore()?;
        let sound = !models.is_empty()
            && models.len() == kept.columns.len()
            && kept
                .columns
                .iter()
                .flatten()
                .all(|column| *column < kept.features);
        if !sound {
            return Err(MlError::Damaged {
                reason: "models and their features do not belong together".to_owned(),
            });
        }
        Ok(Box::new(FittedBag {
            models,
            columns: kept.columns,
            classes: kept.classes,
            features: kept.features,
        }))
    },
};

impl FittedBag {
    /// What each model says, by its own features.
    fn each<T: Send>(
        &self,
        features: &Features,
        say: impl Fn(&dyn FittedModel, &Features) -> Result<T, MlError> + Sync,
    ) -> Result<Vec<T>, MlError> {
        features.expect_count(self.features)?;
        parallel::try_map(self.models.len(), |at| {
            say(&*self.models[at], &columns_of(features, &self.columns[at])?)
        })
    }
}

impl FittedModel for FittedBag {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        if self.classes.is_some() {
            return Ok(Prediction::most_probable(&self.predict_proba(features)?));
        }
        let mut sums = vec![0.0; features.rows()];
        for said in self.each(features, numbers)? {
            for (sum, number) in sums.iter_mut().zip(said) {
                *sum += number / self.models.len() as f64;
            }
        }
        Ok(Prediction::Numbers(sums))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        let Some(classes) = self.classes else {
            return check::no_probabilities("BaggingRegressor");
        };
        let mut sum = Array2::zeros((features.rows(), classes));
        for said in self.each(features, |model, part| shares(model, part, classes))? {
            sum += &said;
        }
        Ok(sum / self.models.len() as f64)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let kept = KeptBag {
            models: KeptModels::of(&self.models)?,
            columns: self.columns.clone(),
            classes: self.classes,
            features: self.features,
        };
        Saved::of(KIND, 1, &kept)
    }
}
