//! Whether more rows, or another value of a parameter, would help.

use std::time::Duration;

use ferrite_display::html::{card, escape};
use ferrite_display::{Live, MimeBundle, Show};
use ferrite_plot::{Chart, chart};
use polars::prelude::{Column, DataFrame};

use super::cross_validate::bar;
use super::parallel::{self, Event};
use super::rig::{FoldScore, Rig};
use super::stats;
use crate::metrics::{Metric, inline, significant};
use crate::params::ParamValue;
use crate::pending::pending;
use crate::split::{Cv, Mersenne};
use crate::{MlError, Pipeline, columns};

/// Scores a pipeline with growing numbers of training rows: where the curve still
/// rises at its end, more rows would help; where training and test stay apart, the
/// model learns rows by heart.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn, learning_curve};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..40).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..40).map(|i| if i < 20 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let curve = learning_curve(&Pipeline::new().model(knn(1)), &frame, "y")
///     .sizes([0.25, 0.5, 1.0])
///     .metric("accuracy")
///     .run()?;
/// assert_eq!(curve.frame()?.column("rows")?.f64()?.get(2), Some(32.0));
/// # Ok::<(), MlError>(())
/// ```
pub fn learning_curve(pipeline: &Pipeline, frame: &DataFrame, target: &str) -> LearningCurve {
    LearningCurve {
        plan: Plan::new(pipeline, frame, target),
        sizes: vec![0.1, 0.325, 0.55, 0.775, 1.0],
        seed: 0,
    }
}

/// Scores a pipeline with several values of one parameter, on training and test rows:
/// between too simple (both bad) and too flexible (training far better) lies the value
/// to take.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn, validation_curve};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..40).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..40).map(|i| if i < 20 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let pipeline = Pipeline::new().model(knn(1));
/// let curve = validation_curve(&pipeline, &frame, "y", "model__n_neighbors", [1, 5, 15])
///     .metric("accuracy")
///     .run()?;
/// assert_eq!(curve.test_mean().len(), 3);
/// # Ok::<(), MlError>(())
/// ```
pub fn validation_curve(
    pipeline: &Pipeline,
    frame: &DataFrame,
    target: &str,
    param: &str,
    values: impl IntoIterator<Item = impl Into<ParamValue>>,
) -> ValidationCurve {
    ValidationCurve {
        plan: Plan::new(pipeline, frame, target),
        param: param.to_owned(),
        values: values.into_iter().map(Into::into).collect(),
    }
}

/// What both curves have.
#[derive(Clone, Debug)]
struct Plan {
    pipeline: Pipeline,
    frame: DataFrame,
    target: String,
    cv: Cv,
    metric: Option<Metric>,
    threads: usize,
}

impl Plan {
    fn new(pipeline: &Pipeline, frame: &DataFrame, target: &str) -> Self {
        Self {
            pipeline: pipeline.clone(),
            frame: frame.clone(),
            target: target.to_owned(),
            cv: Cv::default(),
            metric: None,
            threads: 0,
        }
    }

    fn rig(&self) -> Result<Rig, MlError> {
        let task = self.pipeline.task()?;
        let usual = || Metric::usual(task).into_iter().next();
        let metrics: Vec<Metric> = self.metric.clone().or_else(usual).into_iter().collect();
        Rig::new(&self.frame, &self.target, task, &self.cv, &metrics)
    }

    /// Runs a job for each point and fold, with progress.
    fn run(
        &self,
        rig: &Rig,
        points: usize,
        work: &(dyn Fn(usize, usize) -> Result<FoldScore, MlError> + Sync),
    ) -> Result<Vec<Vec<FoldScore>>, MlError> {
        let folds = rig.folds.len();
        let jobs = points * folds;
        let mut live = Live::after(Duration::from_millis(400));
        let mut done = 0;
        let results = parallel::run(
            jobs,
            self.threads,
            &|job| work(job / folds, job % folds),
            &mut |event| {
                done += usize::from(matches!(event, Event::Done(..)));
                live.update(|| bar(&format!("fit {done} of {jobs}"), done, jobs));
            },
        );
        live.finish(|| bar(&format!("{jobs} fits"), jobs, jobs));
        let scores = results.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(scores.chunks(folds).map(<[FoldScore]>::to_vec).collect())
    }
}

macro_rules! plan_methods {
    () => {
        /// The folds: a number, or a splitter. Five unless set.
        pub fn cv(mut self, cv: impl Into<Cv>) -> Self {
            self.plan.cv = cv.into();
            self
        }

        /// The metric; accuracy, or r2 unless set.
        pub fn metric(mut self, metric: impl Into<Metric>) -> Self {
            self.plan.metric = Some(metric.into());
            self
        }

        /// How many fits run at the same time; the curve is the same for any number.
        pub fn threads(mut self, threads: usize) -> Self {
            self.plan.threads = threads;
            self
        }
    };
}

/// A learning curve that is being described; made by [`learning_curve`].
///
/// ```
/// use ferrite_ml::{LearningCurve, MlError, Pipeline, knn, learning_curve};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let plan: LearningCurve = learning_curve(&Pipeline::new().model(knn(1)), &frame, "y");
/// let curve = plan.sizes([1.0]).cv(2).threads(1).seed(3).run()?;
/// assert_eq!(curve.test_mean(), [1.0]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing happens until `.run()`"]
pub struct LearningCurve {
    plan: Plan,
    sizes: Vec<f64>,
    seed: u64,
}

impl LearningCurve {
    plan_methods!();

    /// The parts of the training rows to learn from, each above 0 and at most 1; five
    /// from 0.1 to 1 unless set.
    pub fn sizes(mut self, sizes: impl IntoIterator<Item = f64>) -> Self {
        self.sizes = sizes.into_iter().collect();
        self
    }

    /// Draws other rows: each size takes the first of the shuffled training rows
    /// (`shuffle=True, random_state=seed` in scikit-learn). 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// Fits and measures at all sizes.
    pub fn run(self) -> Result<Curve, MlError> {
        if self.sizes.is_empty() || self.sizes.iter().any(|size| !(*size > 0.0 && *size <= 1.0)) {
            return Err(MlError::InvalidParameter {
                owner: "learning_curve",
                name: "sizes",
                value: format!("{:?}", self.sizes),
                rule: "be parts above 0 and at most 1",
            });
        }
        let rig = self.plan.rig()?;
        let mut lots = Mersenne::new(Some(self.seed));
        let shuffled: Vec<Vec<usize>> = rig
            .folds
            .iter()
            .map(|fold| {
                let mut rows = fold.train.clone();
                lots.shuffle(&mut rows);
                rows
            })
            .collect();
        let most = rig
            .folds
            .iter()
            .map(|fold| fold.train.len())
            .min()
            .unwrap_or(0);
        let counts: Vec<usize> = self
            .sizes
            .iter()
            .map(|size| ((size * most as f64) as usize).max(1))
            .collect();
        let points = self.plan.run(&rig, counts.len(), &|point, fold| {
            let rows = &shuffled[fold][..counts[point]];
            rig.run_some(&self.plan.pipeline, fold, rows, true)
        })?;
        let values = counts
            .into_iter()
            .map(|count| ParamValue::Number(count as f64))
            .collect();
        Ok(Curve::of("rows", values, &rig, points))
    }
}

/// A validation curve that is being described; made by [`validation_curve`].
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, ValidationCurve, knn, validation_curve};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let pipeline = Pipeline::new().model(knn(1));
/// let plan: ValidationCurve =
///     validation_curve(&pipeline, &frame, "y", "model__n_neighbours", [1]).cv(2);
/// assert!(plan.run().unwrap_err().to_string().contains("did you mean"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing happens until `.run()`"]
pub struct ValidationCurve {
    plan: Plan,
    param: String,
    values: Vec<ParamValue>,
}

impl ValidationCurve {
    plan_methods!();

    /// Fits and measures with all values.
    pub fn run(self) -> Result<Curve, MlError> {
        if self.values.is_empty() {
            return Err(MlError::InvalidParameter {
                owner: "validation_curve",
                name: "values",
                value: "[]".to_owned(),
                rule: "hold at least one value",
            });
        }
        let set = |value: &ParamValue| self.plan.pipeline.with_param(&self.param, value);
        let candidates: Vec<Pipeline> = self.values.iter().map(set).collect::<Result<_, _>>()?;
        let rig = self.plan.rig()?;
        let points = self.plan.run(&rig, candidates.len(), &|point, fold| {
            rig.run(&candidates[point], fold, true)
        })?;
        Ok(Curve::of(&self.param, self.values.clone(), &rig, points))
    }
}

/// Scores on training and test rows along sizes or values of a parameter.
///
/// ```
/// use ferrite_ml::{Curve, MlError, Pipeline, knn, learning_curve};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let curve: Curve =
///     learning_curve(&Pipeline::new().model(knn(1)), &frame, "y").cv(2).sizes([1.0]).run()?;
/// assert_eq!(curve.train_mean(), [1.0]);
/// assert_eq!(curve.frame()?.shape(), (1, 5));
/// assert!(curve.chart().svg().is_ok());
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Curve {
    along: String,
    values: Vec<ParamValue>,
    metric: Metric,
    train: Vec<Vec<f64>>,
    test: Vec<Vec<f64>>,
}

impl Curve {
    fn of(along: &str, values: Vec<ParamValue>, rig: &Rig, points: Vec<Vec<FoldScore>>) -> Self {
        let first = |of: fn(&FoldScore) -> f64| -> Vec<Vec<f64>> {
            points
                .iter()
                .map(|folds| folds.iter().map(of).collect())
                .collect()
        };
        Self {
            along: along.to_owned(),
            values,
            metric: rig.metrics[0].clone(),
            train: first(|fold| fold.train[0]),
            test: first(|fold| fold.test[0]),
        }
    }

    /// The mean over folds on the test rows, for each size or value.
    pub fn test_mean(&self) -> Vec<f64> {
        self.test.iter().map(|folds| stats::mean(folds)).collect()
    }

    /// The mean over folds on the training rows, for each size or value.
    pub fn train_mean(&self) -> Vec<f64> {
        self.train.iter().map(|folds| stats::mean(folds)).collect()
    }

    /// A row for each size or value, with means and standard deviations.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let spread = |of: &[Vec<f64>]| -> Vec<f64> { of.iter().map(|f| stats::std(f)).collect() };
        let columns = vec![
            self.along_column(),
            Column::new("train_mean".into(), self.train_mean()),
            Column::new("train_std".into(), spread(&self.train)),
            Column::new("test_mean".into(), self.test_mean()),
            Column::new("test_std".into(), spread(&self.test)),
        ];
        columns::assemble(self.values.len(), columns)
    }

    fn numbers(&self) -> Option<Vec<f64>> {
        let number = |value: &ParamValue| match value {
            ParamValue::Number(value) => Some(*value),
            ParamValue::Integer(value) => Some(*value as f64),
            _ => None,
        };
        self.values.iter().map(number).collect()
    }

    fn along_column(&self) -> Column {
        let name = self.along.as_str().into();
        match self.numbers() {
            Some(numbers) => Column::new(name, numbers),
            None => {
                let texts: Vec<String> = self.values.iter().map(ToString::to_string).collect();
                Column::new(name, texts)
            }
        }
    }

    /// Both curves, with bands of one standard deviation over the folds. A parameter whose
    /// values span two powers of ten has a logarithmic axis; names stand side by side.
    pub fn chart(&self) -> Chart {
        let Some(numbers) = self.numbers() else {
            return self.dots();
        };
        let sets = [
            ("training", self.train.clone()),
            ("test", self.test.clone()),
        ];
        chart::score_curve(&self.along, &numbers, &sets).y_label(self.metric.name())
    }

    /// A dot for each value that is no number and each side, with its deviation.
    fn dots(&self) -> Chart {
        let twice = self.values.len() * 2;
        let mut along = self.along_column();
        // Columns of one type and length: this cannot fail, and an empty chart says so.
        let _ = along.append(&self.along_column());
        let side: Vec<&str> = (0..twice)
            .map(|i| if i < twice / 2 { "training" } else { "test" })
            .collect();
        let scores = [self.train_mean(), self.test_mean()].concat();
        let spread = self.train.iter().chain(&self.test).map(|f| stats::std(f));
        let columns = vec![
            along,
            Column::new(self.metric.name().into(), scores),
            Column::new("rows of".into(), side),
            Column::new("standard deviation".into(), spread.collect::<Vec<f64>>()),
        ];
        let frame = DataFrame::new(twice, columns).unwrap_or_default();
        chart::scatter(&frame, &self.along, self.metric.name())
            .color("rows of")
            .error_bars("standard deviation")
    }

    /// Where the test score is best, for a word below the chart.
    fn best(&self) -> Option<(String, f64)> {
        let means = self.test_mean();
        let goodness = |i: &usize| self.metric.goodness(means[*i]);
        let best =
            (0..means.len()).max_by(|a, b| goodness(a).total_cmp(&goodness(b)).then(b.cmp(a)))?;
        Some((self.values[best].to_string(), means[best]))
    }
}

impl Show for Curve {
    fn show(&self) -> MimeBundle {
        let mut text = format!("{:>12}  {:>10}  {:>10}", self.along, "training", "test");
        for ((value, train), test) in self
            .values
            .iter()
            .zip(self.train_mean())
            .zip(self.test_mean())
        {
            text.push_str(&format!(
                "\n{:>12}  {:>10}  {:>10}",
                value.to_string(),
                significant(train),
                significant(test)
            ));
        }
        let fact = self.best().map_or_else(String::new, |(value, score)| {
            let score = significant(score);
            format!(
                "best {} {score} at {} {value}",
                self.metric.name(),
                self.along
            )
        });
        text.push_str(&format!("\n\n{fact}"));
        let bundle = MimeBundle::text(text.clone());
        let html = match self.chart().svg() {
            Ok(svg) => inline(svg),
            Err(_) => format!("<pre>{}</pre>", escape(&text)),
        };
        bundle.html(card(&format!(
            "{html}<div class=\"shape\">{}</div>",
            escape(&fact)
        )))
    }
}

pending!(LearningCurve, "a learning curve", ".run()?");
pending!(ValidationCurve, "a validation curve", ".run()?");
