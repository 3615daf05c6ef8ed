//! One set of values with what came of it.

use serde::{Deserialize, Serialize};

use crate::params::ParamValue;
use crate::validate::rig::FoldScore;
use crate::validate::stats;

/// A trial that is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trial {
    pub values: Vec<ParamValue>,
    /// The round of successive halving; 0 otherwise.
    pub round: usize,
    /// The training rows of a fold, if not all.
    pub rows: Option<usize>,
    pub outcome: Outcome,
    /// The mean of the first metric over the folds so that more is better; minus
    /// infinity for a trial that failed.
    pub goodness: f64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Outcome {
    Folds(Vec<Fold>),
    Failed(String),
}

/// A fold's scores, as they are kept in the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Fold {
    pub scores: Vec<f64>,
    pub fit: f64,
    pub predict: f64,
}

impl From<FoldScore> for Fold {
    fn from(score: FoldScore) -> Self {
        Self {
            scores: score.test,
            fit: score.fit_seconds,
            predict: score.predict_seconds,
        }
    }
}

impl Trial {
    /// The values of a metric, one for each fold; empty for a trial that failed.
    pub fn scores(&self, metric: usize) -> Vec<f64> {
        match &self.outcome {
            Outcome::Folds(folds) => folds.iter().map(|fold| fold.scores[metric]).collect(),
            Outcome::Failed(_) => Vec::new(),
        }
    }

    pub fn error(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Folds(_) => None,
            Outcome::Failed(error) => Some(error),
        }
    }

    /// The mean over folds of what `of` gives; `None` for a trial that failed.
    pub fn mean(&self, of: impl Fn(&Fold) -> f64) -> Option<f64> {
        match &self.outcome {
            Outcome::Folds(folds) => Some(stats::mean(&folds.iter().map(of).collect::<Vec<_>>())),
            Outcome::Failed(_) => None,
        }
    }
}
