//! Several pipelines on the same folds: which one is best, and whether the difference
//! means anything.
//!
//! The rows of the leaderboard fill in while the folds run; a pipeline that fails is a
//! row with its error, and the others go on.

mod leaderboard;
mod render;

pub(crate) use render::aligned;

use std::time::Duration;

use ferrite_display::Live;
use polars::prelude::DataFrame;

pub use leaderboard::Leaderboard;

use crate::metrics::Metric;
use crate::pending::pending;
use crate::split::Cv;
use crate::validate::one_line;
use crate::validate::parallel::{self, Event};
use crate::validate::rig::Rig;
use crate::{MlError, Pipeline};

/// Compares pipelines by cross-validation on the same folds.
///
/// ```
/// use ferrite_ml::{MlError, MinMaxScaler, Pipeline, StandardScaler, StratifiedKFold, compare, knn};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..30).map(f64::from).collect::<Vec<_>>(),
///     "noise" => (0..30).map(|i| f64::from(i * 7919 % 1000)).collect::<Vec<_>>(),
///     "y" => (0..30).map(|i| if i < 15 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let board = compare(&frame, "y")
///     .add("raw", Pipeline::new().model(knn(3)))
///     .add("scaled", Pipeline::new().step("scale", StandardScaler::new()).model(knn(3)))
///     .add("unit", Pipeline::new().step("scale", MinMaxScaler::new()).model(knn(3)))
///     .cv(StratifiedKFold::new(5).seed(7))
///     .metrics(["accuracy", "f1_macro"])
///     .run()?;
/// assert_ne!(board.best_name()?, "raw"); // the noise is a thousand times as wide as x
/// # Ok::<(), MlError>(())
/// ```
pub fn compare(frame: &DataFrame, target: &str) -> Compare {
    Compare {
        frame: frame.clone(),
        target: target.to_owned(),
        candidates: Vec::new(),
        cv: Cv::default(),
        metrics: Vec::new(),
        threads: 0,
    }
}

/// A comparison that is being described; made by [`compare`].
///
/// ```
/// use ferrite_ml::{Compare, MlError, Pipeline, compare, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let plan: Compare = compare(&frame, "y").add("one", Pipeline::new().model(knn(1))).cv(2);
/// assert_eq!(plan.threads(1).run()?.mean("one", "accuracy")?, 1.0);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing happens until `.run()`"]
pub struct Compare {
    frame: DataFrame,
    target: String,
    candidates: Vec<(String, Pipeline)>,
    cv: Cv,
    metrics: Vec<Metric>,
    threads: usize,
}

impl Compare {
    /// Adds a candidate under a name of its own.
    pub fn add(mut self, name: impl Into<String>, pipeline: impl Into<Pipeline>) -> Self {
        self.candidates.push((name.into(), pipeline.into()));
        self
    }

    /// The folds, the same for all: a number, or a splitter such as
    /// `StratifiedKFold::new(5).seed(7)`. Five unless set.
    pub fn cv(mut self, cv: impl Into<Cv>) -> Self {
        self.cv = cv.into();
        self
    }

    /// The metrics, by their names in scikit-learn; the first one decides the order.
    /// Accuracy and f1_macro, or r2 and rmse unless set.
    pub fn metrics(mut self, metrics: impl IntoIterator<Item = impl Into<Metric>>) -> Self {
        self.metrics = metrics.into_iter().map(Into::into).collect();
        self
    }

    /// How many folds run at the same time; as many as the machine has processors
    /// unless set. The scores are the same for any number.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Runs all candidates on all folds. What a candidate gets wrong is told in its
    /// row.
    ///
    /// # Errors
    /// When there is no candidate or two of one name, and those of splits, metrics and
    /// the target.
    pub fn run(self) -> Result<Leaderboard, MlError> {
        let unable = |reason: String| MlError::Unable {
            model: "compare",
            reason,
        };
        if self.candidates.is_empty() {
            return Err(unable(
                "there is nothing to compare; add pipelines with .add(\"name\", …)".to_owned(),
            ));
        }
        for (i, (name, _)) in self.candidates.iter().enumerate() {
            if self.candidates[..i].iter().any(|(other, _)| other == name) {
                return Err(unable(format!(
                    "two pipelines are called \"{name}\"; give each its own name"
                )));
            }
        }
        // The first one that has a model says what is predicted.
        let tasks = self
            .candidates
            .iter()
            .filter_map(|(_, pipeline)| pipeline.task().ok());
        let task = tasks.into_iter().next().ok_or(MlError::NoModel)?;
        let rig = Rig::new(&self.frame, &self.target, task, &self.cv, &self.metrics)?;
        let folds = rig.folds.len();
        let mut board = Leaderboard::new(&rig, &self.candidates);
        let mut live = Live::after(Duration::from_millis(50));
        live.update(|| board.live());
        let jobs = self.candidates.len() * folds;
        parallel::run(
            jobs,
            self.threads,
            &|job| {
                let pipeline = &self.candidates[job / folds].1;
                match pipeline.task() {
                    Ok(own) if own != task => Err(MlError::Unable {
                        model: "this pipeline",
                        reason: format!("it is a {own}, but the others are a {task}"),
                    }),
                    Ok(_) => rig.run(pipeline, job % folds, false),
                    Err(error) => Err(error),
                }
            },
            &mut |event| {
                if let Event::Done(job, result) = event {
                    board.note(job / folds, job % folds, result);
                }
                live.update(|| board.live());
            },
        );
        board.settle();
        live.finish(|| one_line(&board.last_word()));
        Ok(board)
    }
}

pending!(Compare, "a comparison of pipelines", ".run()?");
