//! Data, folds and metrics of one validation, against which any pipeline is tried.
//!
//! Everything that a pipeline learns, steps included, it learns from the training rows
//! of a fold: it never sees the others, so nothing leaks. Training and test frames are
//! made once and shared by all candidates, which is why comparisons on a rig are
//! comparisons on the same rows.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use ndarray::Array2;
use polars::prelude::{Column, DataFrame, Series};

use super::parallel::guarded;
use crate::labels::Labels;
use crate::metrics::{Form, Judged, Metric};
use crate::pipeline::with_target;
use crate::split::{Cv, Fold, rows};
use crate::target::{self, Classes, Task};
use crate::{FittedPipeline, MlError, Pipeline, columns};

/// Frames of all folds are kept if they have fewer cells than this in all.
const KEPT: usize = 50_000_000;

/// Where candidates are tried.
pub(crate) struct Rig {
    pub target: String,
    pub metrics: Vec<Metric>,
    pub folds: Vec<Fold>,
    /// Rows without a target, which were left out.
    pub dropped: usize,
    frame: DataFrame,
    truth: Truth,
    cut: Vec<OnceLock<Cut>>,
}

/// The target of all rows.
enum Truth {
    Classes {
        names: Arc<[String]>,
        place: HashMap<String, usize>,
        codes: Vec<usize>,
    },
    Numbers(Vec<f64>),
}

/// The frames of a fold.
#[derive(Clone)]
struct Cut {
    train: DataFrame,
    test: DataFrame,
}

/// What one fold says about a candidate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoldScore {
    /// A value for each metric, on the test rows.
    pub test: Vec<f64>,
    /// The same on the training rows, if they were asked for.
    pub train: Vec<f64>,
    pub fit_seconds: f64,
    pub predict_seconds: f64,
}

impl Rig {
    /// Reads the target and cuts the folds.
    pub fn new(
        frame: &DataFrame,
        target: &str,
        task: Task,
        cv: &Cv,
        metrics: &[Metric],
    ) -> Result<Self, MlError> {
        let metrics = if metrics.is_empty() {
            Metric::usual(task)
        } else {
            metrics.to_vec()
        };
        for (i, metric) in metrics.iter().enumerate() {
            metric.check(task)?;
            if metrics[..i]
                .iter()
                .any(|other| other.name() == metric.name())
            {
                return Err(MlError::Unable {
                    model: "metrics",
                    reason: format!("\"{}\" is asked for twice", metric.name()),
                });
            }
        }
        let (frame, dropped) = with_target(frame, target, "validate")?;
        let series = columns::column(&frame, target)?.as_materialized_series();
        let truth = match target::read(series, task, "these pipelines")? {
            target::Target::Classes(classes) => Truth::classes(&classes),
            target::Target::Numbers(numbers) => Truth::Numbers(numbers),
        };
        let folds = cv.folds(&frame, target, task)?;
        Ok(Self {
            target: target.to_owned(),
            metrics,
            cut: folds.iter().map(|_| OnceLock::new()).collect(),
            folds,
            dropped,
            frame,
            truth,
        })
    }

    /// All rows that have a target.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The class of each row; `None` for numbers.
    pub fn codes(&self) -> Option<&[usize]> {
        match &self.truth {
            Truth::Classes { codes, .. } => Some(codes),
            Truth::Numbers(_) => None,
        }
    }

    fn cut(&self, fold: usize) -> Result<Cut, MlError> {
        if let Some(cut) = self.cut[fold].get() {
            return Ok(cut.clone());
        }
        let rows = &self.folds[fold];
        let cut = Cut {
            train: rows::take(&self.frame, &rows.train)?,
            test: rows::take(&self.frame, &rows.test)?,
        };
        if self.frame.height() * self.frame.width() * self.folds.len() < KEPT {
            let _ = self.cut[fold].set(cut.clone());
        }
        Ok(cut)
    }

    /// Fits a candidate on the training rows of a fold and measures it on the test
    /// rows. Panics are errors.
    pub fn run(
        &self,
        pipeline: &Pipeline,
        fold: usize,
        with_train: bool,
    ) -> Result<FoldScore, MlError> {
        let cut = self.cut(fold)?;
        self.run_on(
            pipeline,
            &cut.train,
            &self.folds[fold].train,
            fold,
            with_train,
        )
    }

    /// The same with some of the training rows only, by their numbers.
    pub fn run_some(
        &self,
        pipeline: &Pipeline,
        fold: usize,
        train_rows: &[usize],
        with_train: bool,
    ) -> Result<FoldScore, MlError> {
        let train = rows::take(&self.frame, train_rows)?;
        self.run_on(pipeline, &train, train_rows, fold, with_train)
    }

    fn run_on(
        &self,
        pipeline: &Pipeline,
        train: &DataFrame,
        train_rows: &[usize],
        fold: usize,
        with_train: bool,
    ) -> Result<FoldScore, MlError> {
        ferrite_interrupt::checkpoint();
        guarded("this pipeline", || {
            let begun = Instant::now();
            let fitted = pipeline.fit_briefly(train, &self.target)?;
            let fit_seconds = begun.elapsed().as_secs_f64();
            let begun = Instant::now();
            let judged = self.judge(&fitted, &self.cut(fold)?.test, &self.folds[fold].test)?;
            let predict_seconds = begun.elapsed().as_secs_f64();
            Ok(FoldScore {
                test: self.measure(&judged)?,
                train: if with_train {
                    self.measure(&self.judge(&fitted, train, train_rows)?)?
                } else {
                    Vec::new()
                },
                fit_seconds,
                predict_seconds,
            })
        })
    }

    fn measure(&self, judged: &Judged) -> Result<Vec<f64>, MlError> {
        self.metrics
            .iter()
            .map(|metric| metric.measure(judged))
            .collect()
    }

    fn judge(
        &self,
        fitted: &FittedPipeline,
        frame: &DataFrame,
        rows: &[usize],
    ) -> Result<Judged, MlError> {
        let with_probabilities = self.metrics.iter().any(Metric::needs_probabilities);
        let form = match &self.truth {
            Truth::Numbers(numbers) => {
                Truthful::Numbers(rows.iter().map(|row| numbers[*row]).collect())
            }
            Truth::Classes {
                names,
                place,
                codes,
            } => Truthful::Classes {
                names: names.clone(),
                place,
                codes: rows.iter().map(|row| codes[*row]).collect(),
            },
        };
        judge(fitted, frame, form, with_probabilities)
    }
}

impl Truth {
    fn classes(classes: &Classes) -> Self {
        let names: Arc<[String]> = classes.names().into();
        Self::Classes {
            place: places(&names),
            codes: classes.codes().to_vec(),
            names,
        }
    }
}

fn places(names: &[String]) -> HashMap<String, usize> {
    names
        .iter()
        .enumerate()
        .map(|(place, name)| (name.clone(), place))
        .collect()
}

/// The true target of some rows.
enum Truthful<'a> {
    Classes {
        names: Arc<[String]>,
        place: &'a HashMap<String, usize>,
        codes: Vec<usize>,
    },
    Numbers(Vec<f64>),
}

/// Predicts for a frame whose truth is known.
fn judge(
    fitted: &FittedPipeline,
    frame: &DataFrame,
    truth: Truthful,
    with_probabilities: bool,
) -> Result<Judged, MlError> {
    let guess = fitted.predict(frame)?;
    let series = columns::column(frame, fitted.target())?
        .as_materialized_series()
        .clone();
    let form = match truth {
        Truthful::Numbers(truth) => {
            let guess: Vec<f64> = guess.f64()?.iter().flatten().collect();
            if guess.len() != truth.len() || guess.iter().any(|value| !value.is_finite()) {
                return Err(MlError::UndefinedMetric {
                    metric: "the score".to_owned(),
                    reason: "some predictions are missing or infinite".to_owned(),
                });
            }
            Form::Numbers { truth, guess }
        }
        Truthful::Classes {
            names,
            place,
            codes: truth,
        } => {
            let probabilities = match with_probabilities {
                true => Some(ranking(fitted, frame, place)?),
                false => None,
            };
            Form::Classes {
                guess: codes(&guess, place)?,
                truth,
                names,
                probabilities,
            }
        }
    };
    Ok(Judged {
        series: (series, guess),
        form,
    })
}

/// Predicts for rows whose truth stands in the frame: for metrics by slices.
pub(crate) fn judge_frame(
    fitted: &FittedPipeline,
    frame: &DataFrame,
    with_probabilities: bool,
) -> Result<Judged, MlError> {
    let series = columns::column(frame, fitted.target())?.as_materialized_series();
    match target::read(series, fitted.task(), "this evaluation")? {
        target::Target::Numbers(numbers) => judge(
            fitted,
            frame,
            Truthful::Numbers(numbers),
            with_probabilities,
        ),
        target::Target::Classes(classes) => {
            // The classes of the fit first, in their order, then what is new here.
            let mut names: Vec<String> = fitted.classes().unwrap_or_default().to_vec();
            let new = classes.names().iter().filter(|name| !names.contains(name));
            let new: Vec<String> = new.cloned().collect();
            names.extend(new);
            let place = places(&names);
            let codes = classes
                .codes()
                .iter()
                .map(|code| place[&classes.names()[*code]]);
            let truth = Truthful::Classes {
                codes: codes.collect(),
                names: names.into(),
                place: &place,
            };
            judge(fitted, frame, truth, with_probabilities)
        }
    }
}

/// Predicted classes as positions among all classes.
fn codes(guess: &Series, place: &HashMap<String, usize>) -> Result<Vec<usize>, MlError> {
    let labels = Labels::of(guess)?.complete(guess.name())?;
    let code = |label: &String| {
        place
            .get(label)
            .copied()
            .ok_or_else(|| MlError::UndefinedMetric {
                metric: "the score".to_owned(),
                reason: format!("\"{label}\" was predicted, which is no class of the target"),
            })
    };
    labels.iter().map(code).collect()
}

/// Probabilities; of a model of two classes that has none, by how much it is on the side of
/// each, which ranks as well.
fn ranking(
    fitted: &FittedPipeline,
    frame: &DataFrame,
    place: &HashMap<String, usize>,
) -> Result<Array2<f64>, MlError> {
    let none = match fitted.predict_proba(frame) {
        Ok(probabilities) => return spread(&probabilities, place),
        Err(error @ MlError::NoProbabilities { .. }) => error,
        Err(error) => return Err(error),
    };
    match (fitted.classes(), fitted.decision_function(frame)) {
        (Some([first, second]), Ok(decided)) => {
            let side = decided.column(second)?.f64()?;
            let other: Vec<Option<f64>> = side.iter().map(|side| Some(-side?)).collect();
            let both = vec![
                Column::new(first.as_str().into(), other),
                decided.column(second)?.clone(),
            ];
            spread(&columns::assemble(frame.height(), both)?, place)
        }
        _ => Err(none),
    }
}

/// Probabilities with a column for each class of the target; 0 for classes that were
/// not among the training rows.
fn spread(
    probabilities: &DataFrame,
    place: &HashMap<String, usize>,
) -> Result<Array2<f64>, MlError> {
    let mut all = Array2::zeros((probabilities.height(), place.len()));
    for column in probabilities.columns() {
        if let Some(class) = place.get(column.name().as_str()) {
            for (slot, p) in all.column_mut(*class).iter_mut().zip(column.f64()?.iter()) {
                *slot = p.unwrap_or(f64::NAN);
            }
        }
    }
    Ok(all)
}
