//! What a fitted pipeline is worth on rows that it has not seen.

use std::fmt::Write;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use ferrite_plot::chart;
use polars::prelude::{DataFrame, Series};

use super::{ClassScore, ConfusionMatrix, Metric, RegressionScores};
use crate::target::Task;
use crate::validate::rig::judge_frame;
use crate::{FittedPipeline, MlError, columns};

/// The metrics of a pipeline on a frame, with the number of rows behind them.
///
/// Made by [`FittedPipeline::evaluate`](crate::FittedPipeline::evaluate). As the
/// last line of a cell it shows a table of metrics with a picture beside it: the
/// confusion matrix, or predicted numbers against the truth and what is left of it.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let evaluation = Pipeline::new().model(knn(1)).fit(&frame, "y")?.evaluate(&frame)?;
/// assert_eq!(evaluation.accuracy()?, 1.0);
/// assert_eq!(evaluation.f1_macro()?, 1.0);
/// assert_eq!(evaluation.metric("recall_weighted")?, 1.0);
/// assert_eq!(evaluation.metrics()[0], ("accuracy", 1.0));
/// assert_eq!(evaluation.metric("roc_auc")?, 1.0); // also what is not in the table
/// assert_eq!(evaluation.confusion_matrix()?.counts(), [[2, 0], [0, 2]]);
/// assert_eq!(evaluation.classes()?[1].recall, 1.0);
/// assert_eq!((evaluation.support(), evaluation.dropped_rows()), (4, 0));
/// # Ok::<(), MlError>(())
/// ```
///
/// A regression has other metrics:
///
/// ```
/// use ferrite_ml::{LinearRegression, MlError, Pipeline, Task};
/// use polars::df;
///
/// let frame = df!["x" => [0, 0, 1, 1], "y" => [1.0, 3.0, 5.0, 7.0]]?;
/// let fitted = Pipeline::new().model(LinearRegression::new()).fit(&frame, "y")?;
/// let evaluation = fitted.evaluate(&frame)?;
/// assert_eq!(evaluation.task(), Task::Regression);
/// assert!((evaluation.r2()? - 0.8).abs() < 1e-9);
/// assert!((evaluation.mae()? - 1.0).abs() < 1e-9);
/// assert!((evaluation.rmse()? - 1.0).abs() < 1e-9);
/// assert!(evaluation.accuracy().is_err());
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluation {
    pub(crate) scores: Scores,
    /// Rows without a target, which nothing can be compared with.
    pub(crate) dropped: usize,
    pub(crate) notes: Vec<String>,
    /// What was predicted for each row.
    pub(crate) predicted: Series,
    /// The rows, and by what they are judged, for metrics that are asked for later.
    pub(crate) rows: DataFrame,
    pub(crate) fitted: FittedPipeline,
}

/// The same scores, of the same predictions for as many rows.
impl PartialEq for Evaluation {
    fn eq(&self, other: &Self) -> bool {
        self.scores == other.scores
            && self.dropped == other.dropped
            && self.notes == other.notes
            && self.predicted.equals_missing(&other.predicted)
    }
}

/// The metrics of either task.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scores {
    Classes(ConfusionMatrix),
    Numbers(RegressionScores),
}

impl Evaluation {
    /// Whether classes or numbers were predicted.
    pub fn task(&self) -> Task {
        match self.scores {
            Scores::Classes(_) => Task::Classification,
            Scores::Numbers(_) => Task::Regression,
        }
    }

    /// The part of the rows whose class is predicted rightly.
    pub fn accuracy(&self) -> Result<f64, MlError> {
        Ok(self.matrix("accuracy")?.accuracy())
    }

    /// How often each class was predicted as each class.
    pub fn confusion_matrix(&self) -> Result<&ConfusionMatrix, MlError> {
        self.matrix("confusion_matrix")
    }

    /// Precision, recall, f1 and support of each class.
    pub fn classes(&self) -> Result<Vec<ClassScore>, MlError> {
        Ok(self.matrix("precision, recall and f1")?.classes())
    }

    /// The mean f1 of all classes, each counting the same.
    pub fn f1_macro(&self) -> Result<f64, MlError> {
        Ok(self.matrix("f1_macro")?.macro_average().f1)
    }

    /// The part of the target's variance that the predictions explain.
    pub fn r2(&self) -> Result<f64, MlError> {
        Ok(self.numbers("r2")?.r2)
    }

    /// The mean absolute error, in the unit of the target.
    pub fn mae(&self) -> Result<f64, MlError> {
        Ok(self.numbers("mae")?.mae)
    }

    /// The root of the mean squared error, in the unit of the target.
    pub fn rmse(&self) -> Result<f64, MlError> {
        Ok(self.numbers("rmse")?.rmse)
    }

    /// A metric by its name in scikit-learn, such as `"f1_macro"` or `"roc_auc"`, or one
    /// of one's own.
    pub fn metric(&self, metric: impl Into<Metric>) -> Result<f64, MlError> {
        self.measure(metric.into())
    }

    fn measure(&self, metric: Metric) -> Result<f64, MlError> {
        let metrics = self.metrics();
        let known = metrics.iter().find(|(known, _)| *known == metric.name());
        if let Some((_, value)) = known {
            return Ok(*value);
        }
        metric.check(self.task())?;
        let judged = judge_frame(&self.fitted, &self.rows, metric.needs_probabilities())?;
        metric.measure(&judged)
    }

    /// The truth and what was predicted, in the columns of the target's name and
    /// `predicted`.
    ///
    /// ```
    /// use ferrite_ml::{LinearRegression, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0, 0, 1, 1], "y" => [1.0, 3.0, 5.0, 7.0]]?;
    /// let fitted = Pipeline::new().model(LinearRegression::new()).fit(&frame, "y")?;
    /// let pairs = fitted.evaluate(&frame)?.predictions()?;
    /// assert_eq!(pairs.get_column_names(), ["y", "predicted"]);
    /// assert_eq!(pairs.height(), 4);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn predictions(&self) -> Result<DataFrame, MlError> {
        let truth = columns::column(&self.rows, self.fitted.target())?.clone();
        let predicted = self
            .predicted
            .clone()
            .with_name(self.predicted_name().into());
        columns::assemble(self.rows.height(), vec![truth, predicted.into()])
    }

    /// The name of the column of predictions, which must not be the target's.
    fn predicted_name(&self) -> &'static str {
        match self.fitted.target() {
            "predicted" => "prediction",
            _ => "predicted",
        }
    }

    /// All metrics of the table with their names.
    pub fn metrics(&self) -> Vec<(&'static str, f64)> {
        match &self.scores {
            Scores::Classes(matrix) => {
                let (plain, weighted) = (matrix.macro_average(), matrix.weighted_average());
                vec![
                    ("accuracy", matrix.accuracy()),
                    ("balanced_accuracy", matrix.balanced_accuracy()),
                    ("precision_macro", plain.precision),
                    ("recall_macro", plain.recall),
                    ("f1_macro", plain.f1),
                    ("precision_weighted", weighted.precision),
                    ("recall_weighted", weighted.recall),
                    ("f1_weighted", weighted.f1),
                ]
            }
            Scores::Numbers(scores) => {
                vec![
                    ("r2", scores.r2),
                    ("mae", scores.mae),
                    ("rmse", scores.rmse),
                ]
            }
        }
    }

    /// The number of rows that were compared.
    pub fn support(&self) -> usize {
        match &self.scores {
            Scores::Classes(matrix) => matrix.total(),
            Scores::Numbers(scores) => scores.support,
        }
    }

    /// The number of rows that were left out, because their target is missing.
    pub fn dropped_rows(&self) -> usize {
        self.dropped
    }

    fn matrix(&self, metric: &str) -> Result<&ConfusionMatrix, MlError> {
        match &self.scores {
            Scores::Classes(matrix) => Ok(matrix),
            Scores::Numbers(_) => Err(self.unknown(metric)),
        }
    }

    fn numbers(&self, metric: &str) -> Result<&RegressionScores, MlError> {
        match &self.scores {
            Scores::Numbers(scores) => Ok(scores),
            Scores::Classes(_) => Err(self.unknown(metric)),
        }
    }

    fn unknown(&self, metric: &str) -> MlError {
        let known: Vec<&str> = self.metrics().into_iter().map(|(name, _)| name).collect();
        MlError::UnknownMetric {
            metric: metric.to_owned(),
            task: self.task().name(),
            known: known.join(", "),
        }
    }

    /// Which rows were compared.
    fn summary(&self) -> String {
        let rows = self.support();
        let mut summary = format!(
            "target {} on {rows} row{}",
            self.fitted.target(),
            if rows == 1 { "" } else { "s" }
        );
        match self.dropped {
            0 => {}
            1 => summary.push_str("; 1 row without a target left out"),
            many => {
                let _ = write!(summary, "; {many} rows without a target left out");
            }
        }
        summary
    }
}

impl Show for Evaluation {
    fn show(&self) -> MimeBundle {
        let report = Report::of(&self.scores);
        let notes = self.notes.iter().map(|note| format!("note: {note}"));
        let remarks: Vec<String> = std::iter::once(self.summary()).chain(notes).collect();
        let mut text = report.to_text();
        let mut html = report.to_html();
        for remark in &remarks {
            html.push_str(&format!("<div class=\"shape\">{}</div>", escape(remark)));
        }
        let picture = match &self.scores {
            Scores::Classes(matrix) => {
                text.push_str(&format!("\n\n{}", matrix.to_text()));
                Some(matrix.to_html())
            }
            Scores::Numbers(_) => self.picture(),
        };
        if let Some(picture) = picture {
            html = format!(
                "{STYLE}<div class=\"fe-side\"><div>{html}</div><div>{picture}</div></div>"
            );
        }
        text.push_str(&format!("\n\n{}", remarks.join("\n")));
        MimeBundle::text(text).html(card(&html))
    }
}

impl Evaluation {
    /// Predicted numbers against the truth, and the residuals below.
    fn picture(&self) -> Option<String> {
        let (pairs, truth) = (self.predictions().ok()?, self.fitted.target());
        let pictures = [
            chart::predictions(&pairs, truth, self.predicted_name()).title("Truth and prediction"),
            chart::residuals(&pairs, truth, self.predicted_name()).title("Residuals"),
        ];
        let both = chart::subplots(&pictures).columns(2).size(760, 340);
        both.svg().ok().map(inline)
    }
}

/// A picture as it stands inside HTML, where an XML declaration is not allowed.
pub(crate) fn inline(svg: String) -> String {
    match svg.find("<svg") {
        Some(start) => svg[start..].to_owned(),
        None => svg,
    }
}

const STYLE: &str = "<style>.ferrite .fe-side{display:flex;gap:24px;flex-wrap:wrap;align-items:flex-start}\
.ferrite tr.fe-gap>*{border-top:1px solid var(--fe-line)}</style>";

/// A table of metrics, like scikit-learn's `classification_report`.
pub(super) struct Report {
    headings: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    cells: Vec<String>,
    /// Whether a line sets this row apart from those above.
    apart: bool,
}

impl Report {
    fn of(scores: &Scores) -> Self {
        match scores {
            Scores::Classes(matrix) => Self::of_classes(matrix),
            Scores::Numbers(scores) => Self {
                headings: vec!["value", "support"],
                rows: [
                    ("r2", scores.r2),
                    ("mae", scores.mae),
                    ("rmse", scores.rmse),
                ]
                .map(|(name, value)| Row {
                    label: name.to_owned(),
                    cells: vec![significant(value), scores.support.to_string()],
                    apart: false,
                })
                .into(),
            },
        }
    }

    pub(super) fn of_classes(matrix: &ConfusionMatrix) -> Self {
        let row = |label: &str, values: [Option<f64>; 3], support: usize, apart| Row {
            label: label.to_owned(),
            cells: values
                .iter()
                .map(|value| value.map_or_else(String::new, |value| format!("{value:.3}")))
                .chain([support.to_string()])
                .collect(),
            apart,
        };
        let mut rows: Vec<Row> = matrix
            .classes()
            .iter()
            .map(|class| {
                let values = [class.precision, class.recall, class.f1].map(Some);
                row(&class.label, values, class.support, false)
            })
            .collect();
        let total = matrix.total();
        rows.push(row(
            "accuracy",
            [None, None, Some(matrix.accuracy())],
            total,
            true,
        ));
        for (label, mean) in [
            ("macro avg", matrix.macro_average()),
            ("weighted avg", matrix.weighted_average()),
        ] {
            rows.push(row(
                label,
                [mean.precision, mean.recall, mean.f1].map(Some),
                total,
                false,
            ));
        }
        Self {
            headings: vec!["precision", "recall", "f1-score", "support"],
            rows,
        }
    }

    pub(super) fn to_text(&self) -> String {
        let first = self
            .rows
            .iter()
            .map(|row| row.label.chars().count())
            .fold(0, usize::max);
        let mut text = " ".repeat(first);
        for heading in &self.headings {
            let _ = write!(text, "  {heading:>9}");
        }
        for row in &self.rows {
            let _ = write!(
                text,
                "{}\n{:>first$}",
                if row.apart { "\n" } else { "" },
                row.label
            );
            for cell in &row.cells {
                let _ = write!(text, "  {cell:>9}");
            }
        }
        text
    }

    pub(super) fn to_html(&self) -> String {
        let mut html = "<table><thead><tr><th></th>".to_owned();
        for heading in &self.headings {
            html.push_str(&format!("<th class=\"num\">{heading}</th>"));
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            let class = if row.apart { " class=\"fe-gap\"" } else { "" };
            html.push_str(&format!("<tr{class}><th>{}</th>", escape(&row.label)));
            for cell in &row.cells {
                html.push_str(&format!("<td class=\"num\">{cell}</td>"));
            }
            html.push_str("</tr>");
        }
        html + "</tbody></table>"
    }
}

/// Four digits that matter: errors come in any unit.
pub(crate) fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    if (-9..=9).contains(&digits) {
        format!("{value:.0$}", digits.max(0) as usize)
    } else {
        format!("{value:.3e}")
    }
}
