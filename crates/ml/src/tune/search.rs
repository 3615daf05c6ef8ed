//! The result of a search.

use ferrite_display::MimeBundle;
use ferrite_plot::{Chart, chart};
use polars::prelude::{Column, DataFrame};

use super::engine::{Plan, best};
use super::importance;
use super::space::Dimension;
use super::strategy::Strategy;
use super::trial::Trial;
use crate::metrics::{Metric, significant};
use crate::params::ParamValue;
use crate::validate::rig::Rig;
use crate::validate::{duration, one_line, place, stats};
use crate::{FittedPipeline, MlError, Pipeline, columns};

/// What a search has found: the best pipeline, fitted on all rows, and every trial.
///
/// As the last line of a cell it shows the scores of the trials in their order, the best
/// ones with their values, and how much each parameter mattered.
///
/// ```
/// use ferrite_ml::{GridSearch, MlError, Pipeline, Search, knn};
/// use polars::prelude::*;
///
/// let frame = df!["x" => [0, 1, 2, 7, 8, 9], "y" => ["a", "a", "a", "b", "b", "b"]]?;
/// let search: Search = GridSearch::new(&Pipeline::new().model(knn(1)))
///     .param("model__n_neighbors", [1, 3, 99]) // there are not as many rows
///     .cv(3)
///     .fit(&frame, "y")?;
/// assert_eq!(search.best().pipeline().diagram(), search.best_pipeline().diagram());
/// assert_eq!(search.best_score(), 1.0);
/// assert_eq!(search.results().column("error")?.null_count(), 2); // of 3
/// assert_eq!(search.importances().len(), 1);
/// assert!(!search.stopped_early());
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Search {
    pub(super) name: &'static str,
    pub(super) space: Vec<(String, Dimension)>,
    pub(super) metrics: Vec<Metric>,
    pub(super) done: Vec<Trial>,
    pub(super) winner: usize,
    pub(super) importances: Vec<(String, f64)>,
    pub(super) folds: usize,
    pub(super) rows: usize,
    pub(super) target: String,
    pub(super) seconds: f64,
    pub(super) early: bool,
    pub(super) resumed: usize,
    pipeline: Pipeline,
    fitted: FittedPipeline,
    params: Vec<(String, ParamValue)>,
    results: DataFrame,
}

impl Search {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn new(
        plan: &Plan,
        strategy: &Strategy,
        rig: &Rig,
        done: Vec<Trial>,
        frame: &DataFrame,
        seconds: f64,
        early: bool,
        resumed: usize,
    ) -> Result<Self, MlError> {
        let winner = best(&done).ok_or_else(|| MlError::AllFailed {
            owner: strategy.name(),
            count: done.len(),
            first: done.iter().find_map(Trial::error).unwrap_or("").to_owned(),
        })?;
        let pipeline = plan.candidate(&done[winner].values)?;
        let fitted = pipeline.fit(frame, &rig.target)?;
        let names = plan.space.iter().map(|(name, _)| name.clone());
        let params = names.zip(done[winner].values.iter().cloned()).collect();
        Ok(Self {
            name: strategy.name(),
            results: results(&plan.space, &rig.metrics, &done)?,
            importances: importance::of(&plan.space, &done),
            space: plan.space.clone(),
            metrics: rig.metrics.clone(),
            folds: rig.folds.len(),
            rows: rig.frame().height(),
            target: rig.target.clone(),
            done,
            winner,
            seconds,
            early,
            resumed,
            pipeline,
            fitted,
            params,
        })
    }

    /// The best pipeline, fitted on all rows.
    pub fn best(&self) -> &FittedPipeline {
        &self.fitted
    }

    /// The recipe of the best pipeline.
    pub fn best_pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The best values, by the addresses of their parameters.
    pub fn best_params(&self) -> &[(String, ParamValue)] {
        &self.params
    }

    /// The mean of the first metric over the folds, of the best pipeline.
    pub fn best_score(&self) -> f64 {
        stats::mean(&self.done[self.winner].scores(0))
    }

    /// The values of a metric on the test rows of each fold, of the best pipeline.
    pub fn best_scores(&self, metric: &str) -> Result<Vec<f64>, MlError> {
        Ok(self.done[self.winner].scores(place(&self.metrics, metric)?))
    }

    /// A row for each trial in their order: `trial`, the parameters, `mean_…` and
    /// `std_…` for each metric, the `rank` by the first one, `fit_time` and
    /// `predict_time` of a fold in seconds, and the `error` of those that failed; for
    /// successive halving also the `round` and its training `rows` (null for all).
    pub fn results(&self) -> &DataFrame {
        &self.results
    }

    /// How much of the differences between scores each parameter explains by itself,
    /// from 0 to 1, in the order in which they were given.
    pub fn importances(&self) -> &[(String, f64)] {
        &self.importances
    }

    /// How much of the differences between scores each parameter explains, as bars.
    pub fn importance(&self) -> Chart {
        let mut sorted = self.importances.clone();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (names, parts): (Vec<String>, Vec<f64>) = sorted.into_iter().unzip();
        let height = names.len();
        let columns = vec![
            Column::new("parameter".into(), names),
            Column::new("importance".into(), parts),
        ];
        let frame = DataFrame::new(height, columns).unwrap_or_default();
        // Names of nested parameters are long.
        chart::bar(&frame, "parameter", "importance")
            .horizontal()
            .title("What made a difference")
    }

    /// Whether the search ended before all trials, for lack of progress.
    pub fn stopped_early(&self) -> bool {
        self.early
    }

    /// How many trials came from the journal of an earlier run.
    pub fn resumed_trials(&self) -> usize {
        self.resumed
    }

    /// What stays of the live output.
    pub(super) fn last_word(&self) -> MimeBundle {
        one_line(&format!(
            "{}; best {} {}",
            self.summary(),
            self.metrics[0].name(),
            significant(self.best_score())
        ))
    }

    pub(super) fn summary(&self) -> String {
        let mut text = format!(
            "{}: {} trials on {} folds of {} rows to predict {} in {}",
            self.name,
            self.done.len(),
            self.folds,
            self.rows,
            self.target,
            duration(self.seconds)
        );
        let failed = self
            .done
            .iter()
            .filter(|trial| trial.error().is_some())
            .count();
        if failed > 0 {
            text.push_str(&format!("; {failed} failed"));
        }
        if self.early {
            text.push_str("; stopped early, the last trials were no better");
        }
        if self.resumed > 0 {
            text.push_str(&format!("; {} came from the journal", self.resumed));
        }
        text
    }
}

/// The table of all trials.
fn results(
    space: &[(String, Dimension)],
    metrics: &[Metric],
    done: &[Trial],
) -> Result<DataFrame, MlError> {
    let numbers: Vec<u32> = (0..done.len() as u32).collect();
    let mut all = vec![Column::new("trial".into(), numbers)];
    if done
        .iter()
        .any(|trial| trial.round > 0 || trial.rows.is_some())
    {
        let rounds: Vec<u32> = done.iter().map(|trial| trial.round as u32).collect();
        let rows: Vec<Option<u64>> = done
            .iter()
            .map(|t| t.rows.map(|rows| rows as u64))
            .collect();
        all.push(Column::new("round".into(), rounds));
        all.push(Column::new("rows".into(), rows));
    }
    for (i, (name, _)) in space.iter().enumerate() {
        let values: Vec<&ParamValue> = done.iter().map(|trial| &trial.values[i]).collect();
        all.push(column(name, &values));
    }
    let optional =
        |of: &dyn Fn(&Trial) -> Option<f64>| -> Vec<Option<f64>> { done.iter().map(of).collect() };
    for (i, metric) in metrics.iter().enumerate() {
        let mean = optional(&|trial| trial.mean(|fold| fold.scores[i]));
        let std = optional(&|t| t.error().is_none().then(|| stats::std(&t.scores(i))));
        all.push(Column::new(format!("mean_{}", metric.name()).into(), mean));
        all.push(Column::new(format!("std_{}", metric.name()).into(), std));
    }
    let rank = |trial: &Trial| -> Option<u32> {
        let better = done
            .iter()
            .filter(|other| (other.round, other.goodness) > (trial.round, trial.goodness));
        trial.error().is_none().then(|| better.count() as u32 + 1)
    };
    all.push(Column::new(
        "rank".into(),
        done.iter().map(rank).collect::<Vec<_>>(),
    ));
    all.push(Column::new(
        "fit_time".into(),
        optional(&|trial| trial.mean(|fold| fold.fit)),
    ));
    all.push(Column::new(
        "predict_time".into(),
        optional(&|trial| trial.mean(|fold| fold.predict)),
    ));
    let errors: Vec<Option<&str>> = done.iter().map(Trial::error).collect();
    all.push(Column::new("error".into(), errors));
    columns::assemble(done.len(), all)
}

/// The values of a parameter as a column of their type; as text if they have several.
fn column(name: &str, values: &[&ParamValue]) -> Column {
    let whole = |value: &&&ParamValue| matches!(value, ParamValue::Integer(_));
    let number = |value: &&ParamValue| match value {
        ParamValue::Number(value) => Some(*value),
        ParamValue::Integer(value) => Some(*value as f64),
        _ => None,
    };
    let flag = |value: &&ParamValue| match value {
        ParamValue::Flag(value) => Some(*value),
        _ => None,
    };
    let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
    let flags: Option<Vec<bool>> = values.iter().map(flag).collect();
    match (numbers, flags) {
        (Some(numbers), _) if values.iter().all(|value| whole(&value)) => {
            let whole: Vec<i64> = numbers.iter().map(|number| *number as i64).collect();
            Column::new(name.into(), whole)
        }
        (Some(numbers), _) => Column::new(name.into(), numbers),
        (None, Some(flags)) => Column::new(name.into(), flags),
        (None, None) => {
            let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
            Column::new(name.into(), texts)
        }
    }
}
