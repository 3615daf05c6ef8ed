//! Which values of a pipeline's parameters are best.
//!
//! [`GridSearch`] tries all points of a grid, [`RandomSearch`] draws them by lot,
//! [`TpeSearch`] looks where trials were good, and [`HalvingSearch`] gives many
//! candidates few rows and the best ones more. All of them set any `step__param`, score
//! by cross-validation on the same folds, run in parallel with the same result on any
//! number of threads, show how far they are, can go on after a crash from a journal, and
//! refit the best pipeline on all rows.

mod engine;
mod importance;
mod journal;
mod render;
mod search;
mod space;
mod strategy;
mod tpe;
mod trial;

use polars::prelude::DataFrame;

use crate::metrics::Metric;
use crate::pending::pending;
use crate::split::Cv;
use crate::{MlError, Pipeline};
use engine::Plan;
use strategy::Strategy;

pub use search::Search;
pub use space::{Dimension, log_integers, log_uniform, uniform};

/// What all searches have in common.
macro_rules! search_methods {
    () => {
        /// A parameter to search over, by its address in the pipeline (`model__c`,
        /// `columns__numeric__simple_imputer__strategy`), and the values to try: a
        /// list, a range of whole numbers, [`uniform`](crate::uniform) or
        /// [`log_uniform`](crate::log_uniform).
        pub fn param(mut self, name: impl Into<String>, values: impl Into<Dimension>) -> Self {
            self.plan.space.push((name.into(), values.into()));
            self
        }

        /// The folds: a number, or a splitter such as `StratifiedKFold::new(5).seed(7)`.
        /// Five unless set.
        pub fn cv(mut self, cv: impl Into<Cv>) -> Self {
            self.plan.cv = cv.into();
            self
        }

        /// The metric to be best in; accuracy, or r2 unless set.
        pub fn metric(mut self, metric: impl Into<Metric>) -> Self {
            self.plan.metrics = vec![metric.into()];
            self
        }

        /// Several metrics: the first one is to be best in, the others are noted.
        pub fn metrics(mut self, metrics: impl IntoIterator<Item = impl Into<Metric>>) -> Self {
            self.plan.metrics = metrics.into_iter().map(Into::into).collect();
            self
        }

        /// Draws other lots; 0 unless set. The same seed tries the same values and
        /// finds the same result on every run and number of threads.
        pub fn seed(mut self, seed: u64) -> Self {
            self.plan.seed = seed;
            self
        }

        /// scikit-learn's name for [`seed`](Self::seed).
        pub fn random_state(self, random_state: u64) -> Self {
            self.seed(random_state)
        }

        /// How many fits run at the same time (`n_jobs`); as many as the machine has
        /// processors unless set.
        pub fn threads(mut self, threads: usize) -> Self {
            self.plan.threads = threads;
            self
        }

        /// Keeps each trial in a file as soon as it is over. The same search with the
        /// same file goes on where it was, after an interrupt, a crash, or with more
        /// trials.
        pub fn journal(mut self, path: impl AsRef<std::path::Path>) -> Self {
            self.plan.journal = Some(path.as_ref().to_owned());
            self
        }
    };
}

/// The methods of searches that end after a number of trials, or early.
macro_rules! patience_method {
    () => {
        /// Stops early when so many trials in a row have not improved on the best
        /// score. It is looked at after each batch of trials, so a few more may run.
        pub fn patience(mut self, trials: usize) -> Self {
            self.plan.patience = Some(trials);
            self
        }
    };
}

macro_rules! fit_method {
    ($strategy:expr) => {
        /// Runs all trials and refits the best pipeline on all rows.
        ///
        /// # Errors
        /// When the parameters, folds or metrics do not suit the pipeline and the
        /// frame, the journal belongs to another search, or no trial came to a score.
        /// A single trial that fails is told in the results.
        pub fn fit(&self, train: &DataFrame, target: &str) -> Result<Search, MlError> {
            let strategy: fn(&Self) -> Strategy = $strategy;
            engine::run(&self.plan, &strategy(self), train, target)
        }
    };
}

/// Tries every point of a grid (scikit-learn's `GridSearchCV`).
///
/// ```
/// use ferrite_ml::{GridSearch, MlError, Pipeline, StandardScaler, StratifiedKFold, knn};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..30).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..30).map(|i| if i / 5 % 2 == 0 { "even" } else { "odd" }).collect::<Vec<_>>(),
/// ]?;
/// let pipeline = Pipeline::new().step("scale", StandardScaler::new()).model(knn(15));
/// let search = GridSearch::new(&pipeline)
///     .param("model__n_neighbors", [1, 3, 5, 15])
///     .cv(StratifiedKFold::new(3).seed(1))
///     .fit(&frame, "y")?;
/// assert_eq!(search.results().height(), 4);
/// assert_ne!(search.best_params()[0].1, 15.into());
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GridSearch {
    plan: Plan,
}

impl GridSearch {
    /// A search over a pipeline's parameters, given by [`param`](Self::param).
    pub fn new(pipeline: &Pipeline) -> Self {
        Self {
            plan: Plan::new(pipeline),
        }
    }

    search_methods!();
    patience_method!();
    fit_method!(|_| Strategy::Grid);
}

/// Draws values by lot (scikit-learn's `RandomizedSearchCV`): better than a grid when
/// only some parameters matter, and one does not know which.
///
/// ```
/// use ferrite_ml::{LogisticRegression, MlError, Pipeline, RandomSearch, StandardScaler, log_uniform};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..30).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..30).map(|i| if i < 15 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let pipeline = Pipeline::new()
///     .step("scale", StandardScaler::new())
///     .model(LogisticRegression::new());
/// let search = RandomSearch::new(&pipeline)
///     .param("model__c", log_uniform(1e-3, 1e2))
///     .trials(6)
///     .cv(3)
///     .metric("f1_macro")
///     .seed(7)
///     .fit(&frame, "y")?;
/// assert!(search.best_score() > 0.8);
/// assert_eq!(search.best().predict(&frame)?.len(), 30); // refitted on all rows
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RandomSearch {
    plan: Plan,
    trials: usize,
}

impl RandomSearch {
    /// A search over a pipeline's parameters, given by [`param`](Self::param).
    pub fn new(pipeline: &Pipeline) -> Self {
        Self {
            plan: Plan::new(pipeline),
            trials: 10,
        }
    }

    /// How many points are tried (`n_iter`); 10 unless set.
    pub fn trials(mut self, trials: usize) -> Self {
        self.trials = trials;
        self
    }

    search_methods!();
    patience_method!();
    fit_method!(|search| Strategy::Random {
        trials: search.trials
    });
}

/// Looks where earlier trials were good (a tree-structured Parzen estimator, as in
/// Optuna): for fits that take long.
///
/// ```
/// use ferrite_ml::{LogisticRegression, MlError, Pipeline, StandardScaler, TpeSearch, log_uniform};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..30).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..30).map(|i| if i < 15 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let pipeline = Pipeline::new()
///     .step("scale", StandardScaler::new())
///     .model(LogisticRegression::new());
/// let search = TpeSearch::new(&pipeline)
///     .param("model__c", log_uniform(1e-3, 1e2))
///     .trials(14)
///     .cv(2)
///     .metric("log_loss") // less is better
///     .fit(&frame, "y")?;
/// assert_eq!(search.results().height(), 14);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TpeSearch {
    plan: Plan,
    trials: usize,
}

impl TpeSearch {
    /// A search over a pipeline's parameters, given by [`param`](Self::param).
    pub fn new(pipeline: &Pipeline) -> Self {
        Self {
            plan: Plan::new(pipeline),
            trials: 50,
        }
    }

    /// How many points are tried; 50 unless set. The first ten are drawn by lot.
    pub fn trials(mut self, trials: usize) -> Self {
        self.trials = trials;
        self
    }

    search_methods!();
    patience_method!();
    fit_method!(|search| Strategy::Tpe {
        trials: search.trials
    });
}

/// Gives many candidates few training rows, the best third more, and so on until one is
/// left, which learns from all (scikit-learn's `HalvingRandomSearchCV`; Jamieson and
/// Talwalkar 2016). Few rows keep the shares of the classes.
///
/// ```
/// use ferrite_ml::{HalvingSearch, LogisticRegression, MlError, Pipeline, log_uniform};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..90).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..90).map(|i| if i < 45 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let search = HalvingSearch::new(&Pipeline::new().model(LogisticRegression::new()))
///     .param("model__c", log_uniform(1e-3, 1e2))
///     .candidates(9)
///     .cv(3)
///     .fit(&frame, "y")?;
/// assert_eq!(search.results().height(), 9 + 3 + 1);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HalvingSearch {
    plan: Plan,
    candidates: usize,
    factor: usize,
    min_rows: Option<usize>,
}

impl HalvingSearch {
    /// A search over a pipeline's parameters, given by [`param`](Self::param).
    pub fn new(pipeline: &Pipeline) -> Self {
        Self {
            plan: Plan::new(pipeline),
            candidates: 27,
            factor: 3,
            min_rows: None,
        }
    }

    /// How many candidates begin; 27 unless set.
    pub fn candidates(mut self, candidates: usize) -> Self {
        self.candidates = candidates;
        self
    }

    /// One candidate of so many goes on, with so many times the rows; 3 unless set.
    pub fn factor(mut self, factor: usize) -> Self {
        self.factor = factor;
        self
    }

    /// The training rows of the first round; unless set as many as let the last round
    /// have all.
    pub fn min_rows(mut self, rows: usize) -> Self {
        self.min_rows = Some(rows);
        self
    }

    search_methods!();
    fit_method!(|search| Strategy::Halving {
        candidates: search.candidates,
        factor: search.factor,
        min_rows: search.min_rows,
    });
}

pending!(GridSearch, "a search", ".fit(&train, \"target\")?");
pending!(RandomSearch, "a search", ".fit(&train, \"target\")?");
pending!(TpeSearch, "a search", ".fit(&train, \"target\")?");
pending!(HalvingSearch, "a search", ".fit(&train, \"target\")?");
