//! Metrics of parts of the data: whether a model is as good for one group as for
//! another.

use std::collections::BTreeMap;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use polars::prelude::{Column, DataFrame};

use super::{Metric, significant};
use crate::pipeline::with_target;
use crate::split::rows;
use crate::validate::rig::judge_frame;
use crate::{FittedPipeline, MlError, columns};

impl FittedPipeline {
    /// Measures the pipeline for each group of rows by the value of a column, on rows
    /// whose target is known. Besides scientific metrics, `selection_rate`,
    /// `true_positive_rate` and `false_positive_rate` of two classes tell whether
    /// groups are treated alike (demographic parity, equalised odds).
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, knn};
    /// use polars::df;
    ///
    /// let frame = df![
    ///     "x" => [0, 1, 8, 9],
    ///     "city" => ["here", "there", "here", "there"],
    ///     "y" => ["no", "no", "yes", "yes"],
    /// ]?;
    /// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
    /// let groups = fitted.evaluate_by(&frame, "city", ["accuracy", "selection_rate"])?;
    /// assert_eq!(groups.value("here", "accuracy")?, 1.0);
    /// assert_eq!(groups.difference("selection_rate")?, 0.0);
    /// assert_eq!(groups.ratio("selection_rate")?, 1.0);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn evaluate_by(
        &self,
        frame: &DataFrame,
        column: &str,
        metrics: impl IntoIterator<Item = impl Into<Metric>>,
    ) -> Result<GroupScores, MlError> {
        let metrics: Vec<Metric> = metrics.into_iter().map(Into::into).collect();
        evaluate_by(self, frame, column, metrics)
    }
}

fn evaluate_by(
    fitted: &FittedPipeline,
    frame: &DataFrame,
    column: &str,
    metrics: Vec<Metric>,
) -> Result<GroupScores, MlError> {
    for metric in &metrics {
        metric.check(fitted.task())?;
    }
    let (frame, _) = with_target(frame, fitted.target(), "evaluate")?;
    let mut groups: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    columns::column(&frame, column)?;
    for (row, value) in columns::texts(&frame, column)?.into_iter().enumerate() {
        groups.entry(value).or_default().push(row);
    }
    let with_probabilities = metrics.iter().any(Metric::needs_probabilities);
    let scores = |frame: &DataFrame| -> Result<Vec<Result<f64, String>>, MlError> {
        let judged = judge_frame(fitted, frame, with_probabilities)?;
        let value = |metric: &Metric| metric.measure(&judged).map_err(|error| error.to_string());
        Ok(metrics.iter().map(value).collect())
    };
    let overall = Group {
        name: "all".to_owned(),
        rows: frame.height(),
        scores: scores(&frame)?,
    };
    let mut all = Vec::new();
    for (name, numbers) in groups {
        all.push(Group {
            name: name.unwrap_or_else(|| "(missing)".to_owned()),
            rows: numbers.len(),
            scores: scores(&rows::take(&frame, &numbers)?)?,
        });
    }
    Ok(GroupScores {
        column: column.to_owned(),
        metrics,
        overall,
        groups: all,
    })
}

/// Metrics for each group of rows, made by
/// [`FittedPipeline::evaluate_by`](crate::FittedPipeline::evaluate_by).
///
/// ```
/// use ferrite_ml::{GroupScores, MlError, Pipeline, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "side" => ["a", "b", "a", "b"], "y" => [1, 1, 2, 2]]?;
/// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
/// let groups: GroupScores = fitted.evaluate_by(&frame, "side", ["accuracy"])?;
/// assert_eq!(groups.frame()?.shape(), (3, 3)); // the groups and all rows
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GroupScores {
    column: String,
    metrics: Vec<Metric>,
    overall: Group,
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    name: String,
    rows: usize,
    /// A value for each metric, or why there is none: a group may have one class only.
    scores: Vec<Result<f64, String>>,
}

impl GroupScores {
    /// The metric of a group.
    ///
    /// # Errors
    /// When there is no such group or metric, or the metric is undefined there.
    pub fn value(&self, group: &str, metric: &str) -> Result<f64, MlError> {
        let place = crate::validate::place(&self.metrics, metric)?;
        let found = self.groups.iter().find(|known| known.name == group);
        match found.map(|group| &group.scores[place]) {
            Some(Ok(value)) => Ok(*value),
            Some(Err(reason)) => Err(MlError::UndefinedMetric {
                metric: format!("{metric} of \"{group}\""),
                reason: reason.clone(),
            }),
            None => Err(MlError::UndefinedMetric {
                metric: format!("{metric} of \"{group}\""),
                reason: format!(
                    "no row has this value in \"{}\"; groups: {}",
                    self.column,
                    self.groups
                        .iter()
                        .map(|g| g.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            }),
        }
    }

    /// The smallest and the largest value of a metric among the groups in which it is
    /// defined.
    fn ends(&self, metric: &str) -> Result<(f64, f64), MlError> {
        let place = crate::validate::place(&self.metrics, metric)?;
        let known = self
            .groups
            .iter()
            .filter_map(|group| group.scores[place].as_ref().ok());
        let ends = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        if ends.0 > ends.1 {
            return Err(MlError::UndefinedMetric {
                metric: metric.to_owned(),
                reason: "it is undefined in every group".to_owned(),
            });
        }
        Ok(ends)
    }

    /// The largest value of a metric among the groups minus the smallest.
    pub fn difference(&self, metric: &str) -> Result<f64, MlError> {
        let (low, high) = self.ends(metric)?;
        Ok(high - low)
    }

    /// The smallest value of a metric among the groups over the largest; 1 where both
    /// are 0.
    pub fn ratio(&self, metric: &str) -> Result<f64, MlError> {
        let (low, high) = self.ends(metric)?;
        Ok(if high == 0.0 { 1.0 } else { low / high })
    }

    /// A row for each group and one for all, with `rows` and a column for each metric;
    /// null where a metric is undefined.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let all: Vec<&Group> = self.groups.iter().chain([&self.overall]).collect();
        let names: Vec<&str> = all.iter().map(|group| group.name.as_str()).collect();
        let rows: Vec<u64> = all.iter().map(|group| group.rows as u64).collect();
        let mut columns = vec![
            Column::new(self.column.as_str().into(), names),
            Column::new("rows".into(), rows),
        ];
        for (place, metric) in self.metrics.iter().enumerate() {
            let values: Vec<Option<f64>> = all
                .iter()
                .map(|group| group.scores[place].as_ref().ok().copied())
                .collect();
            columns.push(Column::new(metric.name().into(), values));
        }
        columns::assemble(all.len(), columns)
    }
}

impl Show for GroupScores {
    fn show(&self) -> MimeBundle {
        let mut table = vec![vec!["rows".to_owned(), self.column.clone()]];
        table[0].extend(self.metrics.iter().map(|metric| metric.name().to_owned()));
        for group in self.groups.iter().chain([&self.overall]) {
            let mut row = vec![group.rows.to_string(), group.name.clone()];
            row.extend(group.scores.iter().map(|score| {
                score
                    .as_ref()
                    .map_or_else(|_| "undefined".to_owned(), |value| significant(*value))
            }));
            table.push(row);
        }
        let mut apart = vec![String::new(), "difference".to_owned()];
        apart.extend(self.metrics.iter().map(|metric| {
            self.difference(metric.name())
                .map_or_else(|_| String::new(), significant)
        }));
        table.push(apart);
        let last = table.len() - 2;
        let mut html = "<style>.ferrite tr.fe-gap>*{border-top:1px solid var(--fe-line)}</style>\
                        <table><thead><tr>"
            .to_owned();
        for (i, heading) in [1, 0].into_iter().chain(2..table[0].len()).enumerate() {
            let class = if i == 0 { "" } else { " class=\"num\"" };
            html.push_str(&format!("<th{class}>{}</th>", escape(&table[0][heading])));
        }
        html.push_str("</tr></thead><tbody>");
        for (number, row) in table.iter().enumerate().skip(1) {
            let gap = if number == last {
                " class=\"fe-gap\""
            } else {
                ""
            };
            html.push_str(&format!("<tr{gap}><th>{}</th>", escape(&row[1])));
            for cell in [0].into_iter().chain(2..row.len()) {
                html.push_str(&format!("<td class=\"num\">{}</td>", escape(&row[cell])));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        MimeBundle::text(crate::compare::aligned(&table).join("\n")).html(card(&html))
    }
}
