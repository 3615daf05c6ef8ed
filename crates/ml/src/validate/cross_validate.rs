//! One pipeline on all folds.

use std::time::Duration;

use ferrite_display::html::{card, escape};
use ferrite_display::{Live, MimeBundle, Show};
use polars::prelude::{Column, DataFrame};

use super::parallel::{self, Event};
use super::rig::{FoldScore, Rig};
use super::stats;
use super::strip::Scale;
use crate::metrics::{Metric, significant};
use crate::pending::pending;
use crate::split::Cv;
use crate::{MlError, Pipeline, columns};

/// Scores a pipeline by cross-validation: on each fold everything is learned anew from
/// the training rows and measured on the test rows.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, StandardScaler, StratifiedKFold, cross_validate, knn};
/// use polars::prelude::*;
///
/// let frame = df![
///     "x" => (0..20).map(f64::from).collect::<Vec<_>>(),
///     "y" => (0..20).map(|i| if i < 10 { "low" } else { "high" }).collect::<Vec<_>>(),
/// ]?;
/// let pipeline = Pipeline::new().step("scale", StandardScaler::new()).model(knn(3));
/// let scores = cross_validate(&pipeline, &frame, "y")
///     .cv(StratifiedKFold::new(5).seed(7))
///     .metrics(["accuracy", "roc_auc"])
///     .run()?;
/// assert!(scores.mean("accuracy")? > 0.8);
/// assert_eq!(scores.scores("roc_auc")?.len(), 5);
/// # Ok::<(), MlError>(())
/// ```
pub fn cross_validate(pipeline: &Pipeline, frame: &DataFrame, target: &str) -> CrossValidate {
    CrossValidate {
        pipeline: pipeline.clone(),
        frame: frame.clone(),
        target: target.to_owned(),
        cv: Cv::default(),
        metrics: Vec::new(),
        with_train: false,
        threads: 0,
    }
}

/// A cross-validation that is being described; made by [`cross_validate`].
///
/// ```
/// use ferrite_ml::{CrossValidate, MlError, Pipeline, cross_validate, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let plan: CrossValidate = cross_validate(&Pipeline::new().model(knn(1)), &frame, "y").cv(2);
/// assert_eq!(plan.threads(1).run()?.mean("accuracy")?, 1.0);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing happens until `.run()`"]
pub struct CrossValidate {
    pipeline: Pipeline,
    frame: DataFrame,
    target: String,
    cv: Cv,
    metrics: Vec<Metric>,
    with_train: bool,
    threads: usize,
}

impl CrossValidate {
    /// The folds: a number, or a splitter such as `StratifiedKFold::new(5).seed(7)`.
    /// Five unless set.
    pub fn cv(mut self, cv: impl Into<Cv>) -> Self {
        self.cv = cv.into();
        self
    }

    /// The metrics, by their names in scikit-learn; accuracy and f1_macro, or r2 and
    /// rmse unless set.
    pub fn metrics(mut self, metrics: impl IntoIterator<Item = impl Into<Metric>>) -> Self {
        self.metrics = metrics.into_iter().map(Into::into).collect();
        self
    }

    /// Measures on the training rows as well (`return_train_score`): a score that is
    /// much better there means that the model learned them by heart.
    pub fn train_scores(mut self) -> Self {
        self.with_train = true;
        self
    }

    /// How many folds run at the same time (`n_jobs`); as many as the machine has
    /// processors unless set. The scores are the same for any number.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Runs all folds.
    ///
    /// # Errors
    /// That of the first fold that fails, and those of splits and metrics.
    pub fn run(self) -> Result<CrossValidation, MlError> {
        let task = self.pipeline.task()?;
        let rig = Rig::new(&self.frame, &self.target, task, &self.cv, &self.metrics)?;
        let folds = rig.folds.len();
        let mut live = Live::after(Duration::from_millis(400));
        let mut done = 0;
        let results = parallel::run(
            folds,
            self.threads,
            &|fold| rig.run(&self.pipeline, fold, self.with_train),
            &mut |event| {
                done += usize::from(matches!(event, Event::Done(..)));
                live.update(|| bar(&format!("fold {done} of {folds}"), done, folds));
            },
        );
        live.finish(|| bar(&format!("{folds} folds"), folds, folds));
        Ok(CrossValidation {
            metrics: rig.metrics.clone(),
            folds: results.into_iter().collect::<Result<_, _>>()?,
            target: rig.target.clone(),
            rows: rig.frame().height(),
            dropped: rig.dropped,
        })
    }
}

/// A bar of progress with a word beside it.
pub(crate) fn bar(text: &str, done: usize, of: usize) -> MimeBundle {
    MimeBundle::text(text).html(card(&bar_html(text, done, of)))
}

/// A line of small text: what stays of a live output.
pub(crate) fn one_line(text: &str) -> MimeBundle {
    MimeBundle::text(text).html(card(&format!(
        "<div class=\"shape\">{}</div>",
        escape(text)
    )))
}

/// The inside of [`bar`].
pub(crate) fn bar_html(text: &str, done: usize, of: usize) -> String {
    let part = 100.0 * done as f64 / of.max(1) as f64;
    format!(
        "<div style=\"display:flex;align-items:center;gap:10px;margin:4px 0\">\
         <div style=\"width:220px;height:6px;border-radius:3px;overflow:hidden;background:var(--fe-line)\">\
         <div style=\"width:{part:.1}%;height:100%;background:var(--fe-accent)\"></div></div>\
         <span class=\"shape\">{}</span></div>",
        escape(text)
    )
}

/// The scores of a pipeline on all folds.
///
/// ```
/// use ferrite_ml::{CrossValidation, MlError, Pipeline, cross_validate, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let scores: CrossValidation =
///     cross_validate(&Pipeline::new().model(knn(1)), &frame, "y").cv(2).train_scores().run()?;
/// assert_eq!(scores.train_scores("accuracy")?, [1.0, 1.0]);
/// assert_eq!(scores.std("accuracy")?, 0.0);
/// assert_eq!(scores.frame()?.shape(), (2, 7));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CrossValidation {
    metrics: Vec<Metric>,
    folds: Vec<FoldScore>,
    target: String,
    rows: usize,
    dropped: usize,
}

impl CrossValidation {
    /// The values of a metric on the test rows, one for each fold.
    pub fn scores(&self, metric: &str) -> Result<Vec<f64>, MlError> {
        let place = self.place(metric)?;
        Ok(self.folds.iter().map(|fold| fold.test[place]).collect())
    }

    /// The values of a metric on the training rows, one for each fold.
    ///
    /// # Errors
    /// When they were not asked for with `.train_scores()`.
    pub fn train_scores(&self, metric: &str) -> Result<Vec<f64>, MlError> {
        let place = self.place(metric)?;
        let scores = self.folds.iter().map(|fold| fold.train.get(place).copied());
        scores
            .collect::<Option<_>>()
            .ok_or_else(|| MlError::Unable {
                model: "cross_validate",
                reason: "training scores were not measured; ask for them with .train_scores()"
                    .to_owned(),
            })
    }

    /// The mean of a metric over the folds.
    pub fn mean(&self, metric: &str) -> Result<f64, MlError> {
        Ok(stats::mean(&self.scores(metric)?))
    }

    /// The standard deviation of a metric over the folds, as scikit-learn has it.
    pub fn std(&self, metric: &str) -> Result<f64, MlError> {
        Ok(stats::std(&self.scores(metric)?))
    }

    /// A row for each fold: `fold`, `fit_time` and `score_time` in seconds, and
    /// `test_…` (and `train_…`) for each metric.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let number =
            |of: &dyn Fn(&FoldScore) -> f64| -> Vec<f64> { self.folds.iter().map(of).collect() };
        let numbers: Vec<u32> = (0..self.folds.len() as u32).collect();
        let mut all = vec![
            Column::new("fold".into(), numbers),
            Column::new("fit_time".into(), number(&|fold| fold.fit_seconds)),
            Column::new("score_time".into(), number(&|fold| fold.predict_seconds)),
        ];
        for (place, metric) in self.metrics.iter().enumerate() {
            let name = format!("test_{}", metric.name());
            all.push(Column::new(name.into(), number(&|fold| fold.test[place])));
            if self.has_train() {
                let name = format!("train_{}", metric.name());
                all.push(Column::new(name.into(), number(&|fold| fold.train[place])));
            }
        }
        columns::assemble(self.folds.len(), all)
    }

    fn has_train(&self) -> bool {
        self.folds.iter().all(|fold| !fold.train.is_empty())
    }

    fn place(&self, metric: &str) -> Result<usize, MlError> {
        place(&self.metrics, metric)
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{} folds of {} rows to predict {}",
            self.folds.len(),
            self.rows,
            self.target
        );
        match self.dropped {
            0 => {}
            1 => text.push_str("; 1 row without a target left out"),
            many => text.push_str(&format!("; {many} rows without a target left out")),
        }
        let sum = |of: fn(&FoldScore) -> f64| self.folds.iter().map(of).sum::<f64>();
        let per = self.folds.len().max(1) as f64;
        text + &format!(
            "; fit {}, predict {} a fold",
            duration(sum(|fold| fold.fit_seconds) / per),
            duration(sum(|fold| fold.predict_seconds) / per)
        )
    }
}

/// The position of a metric among those that were measured.
pub(crate) fn place(metrics: &[Metric], wanted: &str) -> Result<usize, MlError> {
    metrics
        .iter()
        .position(|metric| metric.name() == wanted)
        .ok_or_else(|| {
            let known: Vec<&str> = metrics.iter().map(Metric::name).collect();
            MlError::UndefinedMetric {
                metric: format!("\"{wanted}\""),
                reason: format!("it was not measured; measured: {}", known.join(", ")),
            }
        })
}

/// `3.2 ms`, `1.24 s`, `2 min 5 s`.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.000_999_5 => format!("{:.0} µs", s * 1e6),
        s if s < 0.0995 => format!("{:.1} ms", s * 1e3),
        s if s < 0.9995 => format!("{:.0} ms", s * 1e3),
        s if s < 59.995 => format!("{s:.2} s"),
        s => format!("{} min {:.0} s", (s / 60.0).floor(), (s % 60.0).floor()),
    }
}

impl Show for CrossValidation {
    fn show(&self) -> MimeBundle {
        let width = self
            .metrics
            .iter()
            .map(|metric| metric.name().len())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        let mut html = "<table><thead><tr><th>metric</th><th class=\"num\">mean ± std</th>\
                        <th>folds</th><th></th>"
            .to_owned();
        if self.has_train() {
            html.push_str("<th class=\"num\">on training rows</th>");
        }
        html.push_str("</tr></thead><tbody>");
        for (place, metric) in self.metrics.iter().enumerate() {
            let scores: Vec<f64> = self.folds.iter().map(|fold| fold.test[place]).collect();
            let (mean, std) = stats::mean_and_spread(&scores);
            let scale = Scale::of(scores.iter().copied(), 180.0);
            let train = self.has_train().then(|| {
                let train: Vec<f64> = self.folds.iter().map(|fold| fold.train[place]).collect();
                significant(stats::mean(&train))
            });
            text.push_str(&format!("{:<width$}  {mean} ± {std}", metric.name()));
            html.push_str(&format!(
                "<tr><th>{}</th><td class=\"num\"><b>{mean}</b> <span class=\"dim\">± {std}</span></td>\
                 <td>{}</td><td>{}</td>",
                escape(metric.name()),
                scale.dots(&scores, true, &format!("{} by fold", metric.name())),
                format_args!(
                    "<span class=\"dim\">{} … {}</span>",
                    significant(scores.iter().copied().fold(f64::INFINITY, f64::min)),
                    significant(scores.iter().copied().fold(f64::NEG_INFINITY, f64::max))
                ),
            ));
            if let Some(train) = train {
                text.push_str(&format!("  (training rows {train})"));
                html.push_str(&format!("<td class=\"num\">{train}</td>"));
            }
            text.push('\n');
            html.push_str("</tr>");
        }
        let summary = self.summary();
        html.push_str(&format!(
            "</tbody></table><div class=\"shape\">{}</div>",
            escape(&summary)
        ));
        MimeBundle::text(format!("{text}\n{summary}")).html(card(&html))
    }
}

pending!(CrossValidate, "a cross-validation", ".run()?");
