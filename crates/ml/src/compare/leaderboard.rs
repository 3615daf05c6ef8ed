//! The rows of a comparison.

use std::time::Instant;

use ferrite_plot::{Chart, chart};
use polars::prelude::{Column, DataFrame};

use crate::metrics::Metric;
use crate::validate::rig::{FoldScore, Rig};
use crate::validate::{place, stats};
use crate::{MlError, Pipeline, columns};

/// Pipelines in the order of their scores; made by [`compare`](crate::compare).
///
/// As the last line of a cell it shows, for each pipeline, every metric with its spread,
/// a dot for each fold, how long it takes, and by how much it is behind the best one: the
/// mean of the differences on the same folds with its 95 % interval, widened because the
/// training rows of folds overlap (Nadeau and Bengio 2003). An interval that reaches zero
/// means that these folds do not tell the two apart.
///
/// ```
/// use ferrite_ml::{Leaderboard, MlError, Pipeline, SimpleImputer, compare, knn};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => [Some(0), Some(1), None, Some(8), Some(9), Some(10)],
///     "y" => ["a", "a", "a", "b", "b", "b"],
/// ]?;
/// let board: Leaderboard = compare(&frame, "y")
///     .add("gaps", Pipeline::new().model(knn(1)))
///     .add("filled", Pipeline::new().step("fill", SimpleImputer::median()).model(knn(1)))
///     .cv(3)
///     .run()?;
/// assert_eq!(board.best_name()?, "filled");
/// assert_eq!(board.names(), ["filled", "gaps"]);
/// assert!(board.error("gaps").unwrap_or("").starts_with("missing values in \"x\""));
/// assert_eq!(board.scores("filled", "accuracy")?.len(), 3);
/// assert_eq!(board.frame()?.height(), 2);
/// assert!(board.best()?.fit(&frame, "y").is_ok());
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Leaderboard {
    pub(super) metrics: Vec<Metric>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) target: String,
    pub(super) rows: usize,
    pub(super) dropped: usize,
    pub(super) folds: usize,
    /// Test rows over training rows, for the intervals.
    share: f64,
    begun: Instant,
    pub(super) seconds: f64,
}

/// A pipeline with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub name: String,
    pub pipeline: Pipeline,
    pub folds: Vec<State>,
}

/// Where a fold of a candidate is.
#[derive(Clone, Debug)]
pub(super) enum State {
    Waiting,
    Scored(FoldScore),
    Failed(String),
}

/// A difference to the best, with half of its interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    pub mean: f64,
    pub half: Option<f64>,
}

impl Candidate {
    /// The folds that have a score.
    pub fn scored(&self) -> impl Iterator<Item = &FoldScore> {
        self.folds.iter().filter_map(|fold| match fold {
            State::Scored(score) => Some(score),
            _ => None,
        })
    }

    pub fn values(&self, metric: usize) -> Vec<f64> {
        self.scored().map(|score| score.test[metric]).collect()
    }

    /// The error of its first fold that failed.
    pub fn error(&self) -> Option<&str> {
        self.folds.iter().find_map(|fold| match fold {
            State::Failed(error) => Some(error.as_str()),
            _ => None,
        })
    }

    pub fn finished(&self) -> usize {
        self.folds
            .iter()
            .filter(|fold| !matches!(fold, State::Waiting))
            .count()
    }

    pub fn seconds(&self, of: fn(&FoldScore) -> f64) -> f64 {
        stats::mean(&self.scored().map(of).collect::<Vec<_>>())
    }
}

impl Leaderboard {
    pub(super) fn new(rig: &Rig, candidates: &[(String, Pipeline)]) -> Self {
        let share = |fold: &crate::Fold| fold.test.len() as f64 / fold.train.len() as f64;
        let candidates = candidates.iter().map(|(name, pipeline)| Candidate {
            name: name.clone(),
            pipeline: pipeline.clone(),
            folds: vec![State::Waiting; rig.folds.len()],
        });
        Self {
            metrics: rig.metrics.clone(),
            candidates: candidates.collect(),
            target: rig.target.clone(),
            rows: rig.frame().height(),
            dropped: rig.dropped,
            folds: rig.folds.len(),
            share: stats::mean(&rig.folds.iter().map(share).collect::<Vec<_>>()),
            begun: Instant::now(),
            seconds: 0.0,
        }
    }

    pub(super) fn note(
        &mut self,
        candidate: usize,
        fold: usize,
        result: &Result<FoldScore, MlError>,
    ) {
        self.candidates[candidate].folds[fold] = match result {
            Ok(score) => State::Scored(score.clone()),
            Err(error) => State::Failed(error.to_string()),
        };
        self.seconds = self.begun.elapsed().as_secs_f64();
    }

    /// Everything is in: the rows take their places. Equal ones keep their order.
    pub(super) fn settle(&mut self) {
        self.seconds = self.begun.elapsed().as_secs_f64();
        let metric = self.metrics[0].clone();
        let goodness = |candidate: &Candidate| match candidate.error() {
            Some(_) => f64::NEG_INFINITY,
            None => metric.goodness(stats::mean(&candidate.values(0))),
        };
        self.candidates
            .sort_by(|a, b| goodness(b).total_cmp(&goodness(a)));
    }

    /// How far a candidate is behind another one by the first metric.
    pub(super) fn behind(&self, candidate: &Candidate, best: &Candidate) -> Behind {
        let (ours, theirs) = (candidate.values(0), best.values(0));
        let differences: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a - b).collect();
        Behind {
            mean: stats::mean(&differences),
            half: stats::corrected_interval(&differences, self.share),
        }
    }

    /// The best candidate, among those that have a score on every fold.
    pub(super) fn leader(&self) -> Option<&Candidate> {
        let metric = &self.metrics[0];
        let mut leader: Option<(&Candidate, f64)> = None;
        for candidate in &self.candidates {
            if candidate.error().is_some() || candidate.finished() < self.folds {
                continue;
            }
            let goodness = metric.goodness(stats::mean(&candidate.values(0)));
            if leader.is_none_or(|(_, best)| goodness > best) {
                leader = Some((candidate, goodness));
            }
        }
        leader.map(|(candidate, _)| candidate)
    }

    fn expect_leader(&self) -> Result<&Candidate, MlError> {
        self.leader().ok_or_else(|| MlError::AllFailed {
            owner: "compare",
            count: self.candidates.len(),
            first: self
                .candidates
                .iter()
                .find_map(Candidate::error)
                .unwrap_or("")
                .to_owned(),
        })
    }

    fn candidate(&self, name: &str) -> Result<&Candidate, MlError> {
        let known = || {
            self.candidates
                .iter()
                .map(|candidate| candidate.name.as_str())
        };
        self.candidates
            .iter()
            .find(|candidate| candidate.name == name)
            .ok_or_else(|| {
                let near = ferrite_frame::closest(name, known());
                let near = near.map_or(String::new(), |near| format!("; did you mean \"{near}\"?"));
                MlError::Unable {
                    model: "compare",
                    reason: format!(
                        "no pipeline is called \"{name}\"{near} (there are: {})",
                        known().collect::<Vec<_>>().join(", ")
                    ),
                }
            })
    }

    /// The best pipeline, to be fitted on all rows.
    pub fn best(&self) -> Result<&Pipeline, MlError> {
        Ok(&self.expect_leader()?.pipeline)
    }

    /// The name of the best pipeline.
    pub fn best_name(&self) -> Result<&str, MlError> {
        Ok(&self.expect_leader()?.name)
    }

    /// All names, the best first, those that failed last.
    pub fn names(&self) -> Vec<&str> {
        self.candidates
            .iter()
            .map(|candidate| candidate.name.as_str())
            .collect()
    }

    /// A pipeline by its name.
    pub fn pipeline(&self, name: &str) -> Result<&Pipeline, MlError> {
        Ok(&self.candidate(name)?.pipeline)
    }

    /// The error of a pipeline that failed.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.candidate(name).ok()?.error()
    }

    /// The values of a metric on the test rows of each fold.
    pub fn scores(&self, name: &str, metric: &str) -> Result<Vec<f64>, MlError> {
        let candidate = self.candidate(name)?;
        let metric = place(&self.metrics, metric)?;
        match candidate.error() {
            Some(error) => Err(MlError::Unable {
                model: "compare",
                reason: format!("\"{name}\" has no scores: {error}"),
            }),
            None => Ok(candidate.values(metric)),
        }
    }

    /// The mean of a metric over the folds.
    pub fn mean(&self, name: &str, metric: &str) -> Result<f64, MlError> {
        Ok(stats::mean(&self.scores(name, metric)?))
    }

    /// The standard deviation of a metric over the folds, as scikit-learn has it.
    pub fn std(&self, name: &str, metric: &str) -> Result<f64, MlError> {
        Ok(stats::std(&self.scores(name, metric)?))
    }

    /// By how much a pipeline differs from the best one in the first metric, on the
    /// same folds: the mean and the ends of its 95 % interval (`None` for one fold).
    pub fn difference(&self, name: &str) -> Result<(f64, Option<(f64, f64)>), MlError> {
        self.scores(name, self.metrics[0].name())?;
        let behind = self.behind(self.candidate(name)?, self.expect_leader()?);
        let ends = behind
            .half
            .map(|half| (behind.mean - half, behind.mean + half));
        Ok((behind.mean, ends))
    }

    /// A row for each pipeline in their order: `rank`, `pipeline`, `mean_…` and `std_…`
    /// for each metric, `fit_time` and `predict_time` of a fold in seconds, the
    /// `difference` to the best with `difference_low` and `difference_high`, and the
    /// `error` of those that failed.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let good = |candidate: &&Candidate| candidate.error().is_none();
        let numbers = |of: &dyn Fn(&Candidate) -> Option<f64>| -> Vec<Option<f64>> {
            self.candidates
                .iter()
                .map(|c| Some(c).filter(good).and_then(of))
                .collect()
        };
        let ranks: Vec<Option<u32>> = (1..)
            .zip(&self.candidates)
            .map(|(rank, candidate)| candidate.error().is_none().then_some(rank))
            .collect();
        let mut all = vec![
            Column::new("rank".into(), ranks),
            Column::new("pipeline".into(), self.names()),
        ];
        for (i, metric) in self.metrics.iter().enumerate() {
            let mean = numbers(&|candidate| Some(stats::mean(&candidate.values(i))));
            let std = numbers(&|candidate| Some(stats::std(&candidate.values(i))));
            all.push(Column::new(format!("mean_{}", metric.name()).into(), mean));
            all.push(Column::new(format!("std_{}", metric.name()).into(), std));
        }
        let behind = |candidate: &Candidate| Some(self.behind(candidate, self.leader()?));
        let end = |behind: Behind, sign: f64| Some(behind.mean + sign * behind.half?);
        all.push(Column::new(
            "fit_time".into(),
            numbers(&|c| Some(c.seconds(|s| s.fit_seconds))),
        ));
        all.push(Column::new(
            "predict_time".into(),
            numbers(&|c| Some(c.seconds(|s| s.predict_seconds))),
        ));
        all.push(Column::new(
            "difference".into(),
            numbers(&|c| Some(behind(c)?.mean)),
        ));
        all.push(Column::new(
            "difference_low".into(),
            numbers(&|c| end(behind(c)?, -1.0)),
        ));
        all.push(Column::new(
            "difference_high".into(),
            numbers(&|c| end(behind(c)?, 1.0)),
        ));
        let errors: Vec<Option<&str>> = self.candidates.iter().map(Candidate::error).collect();
        all.push(Column::new("error".into(), errors));
        columns::assemble(self.candidates.len(), all)
    }

    /// The first metric of every fold, a dot each, for every pipeline.
    pub fn chart(&self) -> Chart {
        let metric = self.metrics[0].name();
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for candidate in self
            .candidates
            .iter()
            .filter(|candidate| candidate.error().is_none())
        {
            for value in candidate.values(0) {
                names.push(candidate.name.clone());
                values.push(value);
            }
        }
        let height = names.len();
        let columns = vec![
            Column::new("pipeline".into(), names),
            Column::new(metric.into(), values),
        ];
        let frame = DataFrame::new(height, columns).unwrap_or_default();
        chart::scatter(&frame, "pipeline", metric).color("pipeline")
    }
}
