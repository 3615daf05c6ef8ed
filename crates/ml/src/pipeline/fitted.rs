//! A pipeline that has learned.

use std::sync::Arc;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use ndarray::ArrayView1;
use polars::prelude::{Column, DataFrame, Series};

use super::{Pipeline, with_target};
use crate::diagram::Diagram;
use crate::distribution::TrainingDistribution;
use crate::features::Features;
use crate::metrics::evaluation::Scores;
use crate::metrics::{self, Evaluation, RegressionScores};
use crate::model::{FittedModel, Prediction};
use crate::schema::InputSchema;
use crate::target::{self, Classes, Task};
use crate::transform::Chain;
use crate::{MlError, columns};

/// A fitted [`Pipeline`]: everything that is needed to predict for new rows.
/// It can be cloned cheaply and sent to other threads.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, Task, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().model(knn(2)).fit(&frame, "y")?;
/// let new = df!["x" => [7]]?;
/// assert_eq!(fitted.predict(&new)?.str()?.get(0), Some("b"));
/// assert_eq!(fitted.predict_proba(&new)?.column("b")?.f64()?.get(0), Some(1.0));
///
/// assert_eq!(fitted.evaluate(&frame)?.accuracy()?, 1.0);
///
/// assert_eq!(fitted.target(), "y");
/// assert_eq!(fitted.task(), Task::Classification);
/// assert_eq!(fitted.classes().unwrap_or_default(), ["a", "b"]);
/// assert_eq!(fitted.input_schema().names(), ["x"]);
/// assert_eq!(fitted.feature_names(), ["x"]);
/// assert!(fitted.unused_columns().is_empty());
/// assert_eq!((fitted.rows(), fitted.dropped_rows()), (4, 0));
/// assert_eq!(fitted.pipeline().diagram(), fitted.diagram());
///
/// let error = fitted.predict(&df!["z" => [7]]?).unwrap_err();
/// assert!(error.to_string().starts_with("no column \"x\" in this frame"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FittedPipeline {
    pub(super) recipe: Pipeline,
    pub(super) chain: Chain,
    pub(super) model: Arc<dyn FittedModel>,
    pub(super) target: String,
    /// The classes of the target; `None` for numbers.
    pub(super) classes: Option<Classes>,
    pub(super) schema: InputSchema,
    /// What the model learned from.
    pub(super) features: Vec<String>,
    /// Columns of the training data that nothing reads.
    pub(super) unused: Vec<String>,
    pub(super) rows: usize,
    pub(super) dropped: usize,
    /// From which probability on the second of two classes is predicted.
    pub(super) threshold: Option<f64>,
    /// The mean of each feature among the rows that the model learned from; not in
    /// files of format 1.
    pub(super) feature_means: Option<Vec<f64>>,
    /// What the training data were like; not in files of format 1.
    pub(super) distribution: Option<TrainingDistribution>,
}

impl FittedPipeline {
    /// Predicts the target for each row: a series with the target's name and,
    /// for classes, its type.
    pub fn predict(&self, frame: &DataFrame) -> Result<Series, MlError> {
        let features = self.prepare(frame)?;
        let prediction = match self.threshold {
            None => self.model.predict(&features)?,
            Some(threshold) => {
                let probabilities = self.model.predict_proba(&features)?;
                let rows = probabilities.rows();
                let positive = |row: ArrayView1<f64>| row.get(1).is_some_and(|p| *p >= threshold);
                Prediction::Classes(rows.into_iter().map(|r| usize::from(positive(r))).collect())
            }
        };
        let series = match (prediction, &self.classes) {
            (Prediction::Classes(codes), Some(classes)) => classes.decode(&codes)?,
            (Prediction::Numbers(numbers), _) => Series::from_iter(numbers),
            (Prediction::Classes(_), None) => {
                return Err(MlError::Unable {
                    model: "the model",
                    reason: "it predicted classes for a target of numbers".to_owned(),
                });
            }
        };
        Ok(series.with_name(self.target.as_str().into()))
    }

    /// Predicts the probability of each class: a column for each class.
    pub fn predict_proba(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let probabilities = self.model.predict_proba(&self.prepare(frame)?)?;
        let names = self.classes().unwrap_or_default();
        let columns = names
            .iter()
            .zip(probabilities.columns())
            .map(|(name, column)| Column::new(name.as_str().into(), column.to_vec()))
            .collect();
        columns::assemble(frame.height(), columns)
    }

    /// How far each row is on the side of the second of two classes, in a column of its
    /// name, or of each of more classes, for models that decide so: support vectors,
    /// logistic regression and boosting. Not a probability, but it ranks rows as well.
    ///
    /// ```
    /// use ferrite_ml::{Kernel, MlError, Pipeline, SVC};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 1.0, 8.0, 9.0], "y" => ["a", "a", "b", "b"]]?;
    /// let fitted = Pipeline::new().model(SVC::new().kernel(Kernel::Linear)).fit(&frame, "y")?;
    /// let side = fitted.decision_function(&df!["x" => [1.0, 8.0]]?)?;
    /// let side = side.column("b")?.f64()?.clone();
    /// assert!(side.get(0) < Some(0.0) && side.get(1) > Some(0.0));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn decision_function(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let decided = self.model.decision_function(&self.prepare(frame)?);
        let decided = decided.unwrap_or_else(|| {
            Err(MlError::Unable {
                model: "decision_function",
                reason: format!(
                    "{} has none; .predict_proba(&frame) has its probabilities, if it has any",
                    self.model_title()
                ),
            })
        })?;
        let names = self.classes().unwrap_or_default();
        let names = if decided.ncols() == 1 {
            names.get(1..)
        } else {
            Some(names)
        };
        let columns = names
            .unwrap_or_default()
            .iter()
            .zip(decided.columns())
            .map(|(name, column)| Column::new(name.as_str().into(), column.to_vec()))
            .collect();
        columns::assemble(frame.height(), columns)
    }

    /// Predicts for rows whose target is known and measures how well.
    pub fn evaluate(&self, test: &DataFrame) -> Result<Evaluation, MlError> {
        let (rows, dropped) = with_target(test, &self.target, "evaluate")?;
        let truth = columns::column(&rows, &self.target)?.as_materialized_series();
        let predicted = self.predict(&rows)?;
        let scores = match self.task() {
            Task::Classification => Scores::Classes(metrics::confusion_matrix(truth, &predicted)?),
            Task::Regression => {
                let truth = target::read(truth, Task::Regression, "this evaluation")?;
                let truth = truth.numbers("this evaluation")?;
                let guess: Vec<f64> = predicted.f64()?.iter().flatten().collect();
                Scores::Numbers(RegressionScores::measure(truth, &guess))
            }
        };
        Ok(Evaluation {
            scores,
            dropped,
            notes: self.notes(),
            predicted,
            rows,
            fitted: self.clone(),
        })
    }

    /// The column that it predicts.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether it predicts classes or numbers.
    pub fn task(&self) -> Task {
        if self.classes.is_some() {
            Task::Classification
        } else {
            Task::Regression
        }
    }

    /// The classes in order; `None` if the target is numbers.
    pub fn classes(&self) -> Option<&[String]> {
        self.classes.as_ref().map(Classes::names)
    }

    /// The columns that a frame must have for a prediction.
    pub fn input_schema(&self) -> &InputSchema {
        &self.schema
    }

    /// What the columns that it reads, and the target, were like in the training data:
    /// gaps, means, quantiles and levels, to hold new data against. `None` for a
    /// pipeline from a file of format 1, which does not have them.
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, knn};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
    /// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
    /// let known = fitted.training_distribution().expect("it was just fitted");
    /// let x = known.column("x").expect("it is read");
    /// assert_eq!((x.mean(), x.quantile(0.5)), (Some(4.5), Some(4.5)));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn training_distribution(&self) -> Option<&TrainingDistribution> {
        self.distribution.as_ref()
    }

    /// The mean of each feature among the rows that the model learned from.
    pub(crate) fn feature_means(&self) -> Option<&[f64]> {
        self.feature_means.as_deref()
    }

    /// The frame that the model sees: rows as they are behind all steps, with
    /// the columns that are its features.
    pub fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let prepared = self.chain.transform(&self.schema.select(frame)?)?;
        columns::select(&prepared, &self.features)
    }

    /// From which probability on the second of two classes is predicted, if
    /// that was set or tuned.
    pub fn threshold(&self) -> Option<f64> {
        self.threshold
    }

    /// The features that the model learned from, after all steps.
    pub fn feature_names(&self) -> &[String] {
        &self.features
    }

    /// Columns of the training data that neither a step nor the model uses.
    pub fn unused_columns(&self) -> &[String] {
        &self.unused
    }

    /// The number of rows that it learned from.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of training rows that were left out, because their target is missing.
    pub fn dropped_rows(&self) -> usize {
        self.dropped
    }

    /// The recipe that it was fitted from, to be fitted to other rows. A loaded pipeline
    /// has it as well; only steps and models of one's own are not in files, nor is any
    /// recipe in those of formats 1 and 2: they show themselves and refuse to learn.
    ///
    /// ```
    /// use ferrite_ml::{FittedPipeline, MlError, Pipeline, knn};
    /// use polars::df;
    ///
    /// let old = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
    /// let bytes = Pipeline::new().model(knn(1)).fit(&old, "y")?.to_bytes()?;
    /// let loaded = FittedPipeline::from_bytes(&bytes)?;
    /// let new = df!["x" => [0, 1, 8, 9], "y" => ["c", "c", "d", "d"]]?;
    /// let fitted = loaded.pipeline().fit(&new, "y")?;
    /// assert_eq!(fitted.classes().unwrap_or_default(), ["c", "d"]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn pipeline(&self) -> &Pipeline {
        &self.recipe
    }

    /// The model at the end.
    pub(crate) fn learned(&self) -> &dyn FittedModel {
        &*self.model
    }

    /// What the model at the end is called.
    pub(crate) fn model_title(&self) -> String {
        self.recipe
            .model
            .as_ref()
            .map_or_else(String::new, |model| model.diagram().title().to_owned())
    }

    /// The features that the model sees of a frame.
    pub(crate) fn prepare(&self, frame: &DataFrame) -> Result<Features, MlError> {
        let prepared = self.chain.transform(&self.schema.select(frame)?)?;
        let ignores = self.model.ignores_features();
        Features::columns_for_model(&prepared, &self.features, ignores)
    }

    /// What a reader of the results should know.
    fn notes(&self) -> Vec<String> {
        let unused = (!self.unused.is_empty())
            .then(|| format!("columns not used: {}", self.unused.join(", ")));
        unused.into_iter().chain(self.model.notes()).collect()
    }

    /// Lines below the diagram: what was learned from, and what was not.
    fn facts(&self) -> Vec<String> {
        let mut facts = vec![format!(
            "fitted on {} to predict {}",
            rows(self.rows),
            self.goal()
        )];
        if self.dropped > 0 {
            facts.push(format!("{} without a target left out", rows(self.dropped)));
        }
        let inputs: Vec<String> = self
            .schema
            .columns()
            .iter()
            .map(|(name, dtype)| format!("{name} ({dtype})"))
            .collect();
        facts.push(format!(
            "reads {} → {} features",
            inputs.join(", "),
            self.features.len()
        ));
        if let (Some(threshold), Some([_, positive])) = (self.threshold, self.classes()) {
            facts.push(format!(
                "predicts {positive} from probability {threshold:.3} on"
            ));
        }
        facts.extend(self.notes().iter().map(|note| format!("note: {note}")));
        facts
    }

    /// The target, with its classes as far as they fit a line.
    fn goal(&self) -> String {
        const SHOWN: usize = 6;
        match self.classes() {
            None => self.target.clone(),
            Some(classes) if classes.len() > SHOWN => {
                format!("{} ({} classes)", self.target, classes.len())
            }
            Some(classes) => format!("{} ({})", self.target, classes.join(", ")),
        }
    }

    /// The recipe as nested boxes.
    pub fn diagram(&self) -> Diagram {
        self.recipe.diagram()
    }
}

impl Show for FittedPipeline {
    fn show(&self) -> MimeBundle {
        let (diagram, facts) = (self.diagram(), self.facts());
        let mut html = diagram.to_html();
        for fact in &facts {
            html.push_str(&format!("<div class=\"shape\">{}</div>", escape(fact)));
        }
        MimeBundle::text(format!("{diagram}\n{}", facts.join("\n"))).html(card(&html))
    }
}

fn rows(count: usize) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}
