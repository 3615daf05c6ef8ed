//! Runs the trials of a search.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ferrite_display::Live;
use polars::prelude::DataFrame;

use super::journal::{Heading, Journal, Line, data_hash, folds_hash};
use super::search::Search;
use super::space::Dimension;
use super::strategy::{Proposal, Strategy};
use super::trial::{Fold, Outcome, Trial};
use crate::metrics::Metric;
use crate::params::{ParamValue, Params};
use crate::split::{Cv, Mersenne};
use crate::validate::parallel::{self, Event};
use crate::validate::rig::{FoldScore, Rig};
use crate::validate::stats;
use crate::{MlError, Pipeline};

/// What all searches have in common.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub pipeline: Pipeline,
    pub space: Vec<(String, Dimension)>,
    pub cv: Cv,
    pub metrics: Vec<Metric>,
    pub seed: u64,
    pub threads: usize,
    pub patience: Option<usize>,
    pub journal: Option<PathBuf>,
}

impl Plan {
    pub fn new(pipeline: &Pipeline) -> Self {
        Self {
            pipeline: pipeline.clone(),
            space: Vec::new(),
            cv: Cv::default(),
            metrics: Vec::new(),
            seed: 0,
            threads: 0,
            patience: None,
            journal: None,
        }
    }

    /// The pipeline with values for all parameters of the space.
    pub fn candidate(&self, values: &[ParamValue]) -> Result<Pipeline, MlError> {
        let mut pipeline = self.pipeline.clone();
        for ((name, _), value) in self.space.iter().zip(values) {
            pipeline.set_param(name, value)?;
        }
        Ok(pipeline)
    }

    /// Names that do not exist, and lists and ranges that cannot be drawn from, are
    /// errors before anything runs.
    fn check(&self, owner: &'static str) -> Result<(), MlError> {
        let unable = |reason: String| MlError::Unable {
            model: owner,
            reason,
        };
        if self.space.is_empty() {
            return Err(unable(
                "there is nothing to search over; give parameters with .param(\"model__…\", …)"
                    .to_owned(),
            ));
        }
        if self.patience == Some(0) {
            return Err(MlError::InvalidParameter {
                owner,
                name: "patience",
                value: "0".to_owned(),
                rule: "be at least 1",
            });
        }
        for (i, (name, dimension)) in self.space.iter().enumerate() {
            if self.space[..i].iter().any(|(other, _)| other == name) {
                return Err(unable(format!("the parameter \"{name}\" is given twice")));
            }
            dimension.check(name)?;
            let values = match dimension.choices() {
                Some(_) => dimension.all().unwrap_or_default(),
                None => vec![dimension.example()],
            };
            let set = |value: &ParamValue| self.pipeline.with_param(name, value).err();
            let errors: Vec<MlError> = values.iter().filter_map(set).collect();
            let all = errors.len() == values.len();
            // One wrong value is a trial that fails; a wrong name or nothing but wrong
            // values is a mistake.
            let wrong = errors
                .into_iter()
                .find(|error| all || matches!(error, MlError::UnknownParameter { .. }));
            if let Some(error) = wrong {
                return Err(error);
            }
        }
        Ok(())
    }
}

pub(super) fn run(
    plan: &Plan,
    strategy: &Strategy,
    frame: &DataFrame,
    target: &str,
) -> Result<Search, MlError> {
    let task = plan.pipeline.task()?;
    plan.check(strategy.name())?;
    let metrics = match plan.metrics.as_slice() {
        [] => Metric::usual(task).into_iter().take(1).collect(),
        given => given.to_vec(),
    };
    let rig = Rig::new(frame, target, task, &plan.cv, &metrics)?;
    let rows = rig
        .folds
        .iter()
        .map(|fold| fold.train.len())
        .min()
        .unwrap_or(0);
    let total = strategy.total(&plan.space, rows)?;
    let mut journal = match &plan.journal {
        Some(path) => Some(Journal::open(path, &heading(plan, strategy, &rig)?)?),
        None => None,
    };
    let mut run = Run {
        plan,
        rig: &rig,
        order: order(&rig, plan.seed),
        done: Vec::new(),
        live: Live::after(Duration::from_millis(50)),
        begun: Instant::now(),
        ran: 0,
        total,
        name: strategy.name(),
    };
    let mut early = false;
    loop {
        let proposals = strategy.propose(&plan.space, plan.seed, rows, &run.done);
        if proposals.is_empty() {
            break;
        }
        run.batch(&proposals, journal.as_mut())?;
        if let Some(patience) = plan.patience
            && run.idle() >= patience
            && run.done.len() < total
        {
            early = true;
            break;
        }
    }
    let (done, seconds) = (run.done, run.begun.elapsed().as_secs_f64());
    let resumed = total.min(done.len()) - run.ran.min(done.len());
    let search = Search::new(plan, strategy, &rig, done, frame, seconds, early, resumed)?;
    run.live.finish(|| search.last_word());
    Ok(search)
}

fn heading(plan: &Plan, strategy: &Strategy, rig: &Rig) -> Result<Heading, MlError> {
    let space: Vec<String> = plan
        .space
        .iter()
        .map(|(name, dimension)| format!("{name}: {dimension}"))
        .collect();
    let settings: Vec<String> = plan
        .pipeline
        .params()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Ok(Heading {
        ferrite_search: 1,
        strategy: strategy.signature(),
        space: space.join("; "),
        pipeline: format!("{}{}", plan.pipeline.diagram(), settings.join(" ")),
        target: rig.target.clone(),
        metrics: rig
            .metrics
            .iter()
            .map(|metric| metric.name().to_owned())
            .collect(),
        seed: plan.seed,
        folds: folds_hash(&rig.folds),
        data: data_hash(rig.frame())?,
    })
}

/// A search on its way.
struct Run<'a> {
    plan: &'a Plan,
    rig: &'a Rig,
    /// For each fold its training rows so that any number of the first ones is a fair
    /// sample.
    order: Vec<Vec<usize>>,
    done: Vec<Trial>,
    live: Live,
    begun: Instant,
    /// Trials that were not in the journal.
    ran: usize,
    total: usize,
    name: &'static str,
}

impl Run<'_> {
    fn batch(
        &mut self,
        proposals: &[Proposal],
        mut journal: Option<&mut Journal>,
    ) -> Result<(), MlError> {
        let first = self.done.len();
        let folds = self.rig.folds.len();
        let mut outcomes: Vec<Option<Outcome>> = proposals
            .iter()
            .enumerate()
            .map(|(i, proposal)| {
                let journal = journal.as_ref()?;
                let line = journal.known(first + i, proposal.round, &proposal.values)?;
                Some(line.outcome.clone())
            })
            .collect();
        let pending: Vec<usize> = (0..proposals.len())
            .filter(|i| outcomes[*i].is_none())
            .collect();
        self.ran += pending.len();
        let candidates: Vec<Result<Pipeline, MlError>> = pending
            .iter()
            .map(|i| self.plan.candidate(&proposals[*i].values))
            .collect();
        let (rig, order) = (self.rig, &self.order);
        let work = |job: usize| -> Result<FoldScore, MlError> {
            let (place, fold) = (job / folds, job % folds);
            match (&candidates[place], proposals[pending[place]].rows) {
                (Err(error), _) => Err(MlError::Unable {
                    model: "this trial",
                    reason: error.to_string(),
                }),
                (Ok(pipeline), None) => rig.run(pipeline, fold, false),
                (Ok(pipeline), Some(rows)) => {
                    let rows = rows.min(order[fold].len());
                    rig.run_some(pipeline, fold, &order[fold][..rows], false)
                }
            }
        };
        let mut open: Vec<Vec<Option<Result<Fold, String>>>> =
            vec![vec![None; folds]; pending.len()];
        let mut wrote = Ok(());
        let mut so_far: Vec<Trial> = self.done.clone();
        let (plan, live, begun, total) = (self.plan, &mut self.live, self.begun, self.total);
        let (name, metric) = (self.name, &self.rig.metrics[0]);
        parallel::run(pending.len() * folds, plan.threads, &work, &mut |event| {
            if let Event::Done(job, result) = event {
                let (place, fold) = (job / folds, job % folds);
                open[place][fold] = Some(match result {
                    Ok(score) => Ok(Fold::from(score.clone())),
                    Err(error) => Err(error.to_string()),
                });
                if let Some(outcome) = complete(&open[place]) {
                    let number = pending[place];
                    let proposal = &proposals[number];
                    if let Some(journal) = journal.as_deref_mut() {
                        let line = Line {
                            trial: first + number,
                            round: proposal.round,
                            values: proposal.values.clone(),
                            outcome: outcome.clone(),
                        };
                        let written = journal.note(&line);
                        if wrote.is_ok() {
                            wrote = written;
                        }
                    }
                    so_far.push(trial(proposal, outcome.clone(), metric));
                    outcomes[number] = Some(outcome);
                }
            }
            live.update(|| {
                super::render::live(name, &plan.space, metric, &so_far, total, begun.elapsed())
            });
        });
        wrote?;
        for (proposal, outcome) in proposals.iter().zip(outcomes) {
            // Every fold of every trial has been run when `parallel::run` returns.
            let outcome = outcome.unwrap_or_else(|| Outcome::Failed("it did not run".to_owned()));
            self.done.push(trial(proposal, outcome, metric));
        }
        Ok(())
    }

    /// Trials since the best one.
    fn idle(&self) -> usize {
        let best = best(&self.done).unwrap_or(0);
        self.done.len() - 1 - best
    }
}

/// The outcome of a trial, once all its folds are in; the first fold that failed tells
/// why.
fn complete(folds: &[Option<Result<Fold, String>>]) -> Option<Outcome> {
    let mut scores = Vec::with_capacity(folds.len());
    let mut failed = None;
    for fold in folds {
        match fold.as_ref()? {
            Ok(fold) => scores.push(fold.clone()),
            Err(error) => failed = failed.or(Some(error.clone())),
        }
    }
    Some(failed.map_or(Outcome::Folds(scores), Outcome::Failed))
}

fn trial(proposal: &Proposal, outcome: Outcome, metric: &Metric) -> Trial {
    let mut trial = Trial {
        values: proposal.values.clone(),
        round: proposal.round,
        rows: proposal.rows,
        outcome,
        goodness: f64::NEG_INFINITY,
    };
    if trial.error().is_none() {
        trial.goodness = metric.goodness(stats::mean(&trial.scores(0)));
    }
    trial
}

/// The best trial of the last round; of equal ones the first.
pub(super) fn best(done: &[Trial]) -> Option<usize> {
    let last = done.iter().map(|trial| trial.round).max()?;
    let mut best: Option<usize> = None;
    for (i, trial) in done.iter().enumerate() {
        if trial.round == last
            && trial.goodness > best.map_or(f64::NEG_INFINITY, |best| done[best].goodness)
        {
            best = Some(i);
        }
    }
    best
}

/// Training rows in an order in which every beginning has nearly the shares of classes
/// that all rows have.
fn order(rig: &Rig, seed: u64) -> Vec<Vec<usize>> {
    let mut lots = Mersenne::new(Some(seed));
    rig.folds
        .iter()
        .map(|fold| {
            let mut rows = fold.train.clone();
            lots.shuffle(&mut rows);
            let Some(codes) = rig.codes() else {
                return rows;
            };
            let mut sizes = vec![0.0; codes.iter().max().map_or(0, |last| last + 1)];
            rows.iter().for_each(|row| sizes[codes[*row]] += 1.0);
            let mut seen = vec![0.0; sizes.len()];
            // The place of a row within its class, as a part of the class.
            let mut keyed: Vec<(f64, usize)> = rows
                .into_iter()
                .map(|row| {
                    let class = codes[row];
                    seen[class] += 1.0;
                    ((seen[class] - 0.5) / sizes[class], row)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            keyed.into_iter().map(|(_, row)| row).collect()
        })
        .collect()
}
