//! What a linear model weighs, and what trees ask about, by the names of features.

use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};
use polars::prelude::{Column, DataFrame};

use super::bars::{self, Bar};
use super::permutation::ImportanceTable;
use crate::model::Coefficients;
use crate::pipeline::FittedPipeline;
use crate::{MlError, columns};

/// The coefficients of a linear model with the names of its features.
///
/// ```
/// use ferrite_ml::{LinearRegression, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["a" => [0.0, 1.0, 0.0, 1.0], "b" => [0.0, 0.0, 1.0, 1.0], "y" => [1.0, 3.0, 0.0, 2.0]]?;
/// let fitted = Pipeline::new().model(LinearRegression::new()).fit(&frame, "y")?;
/// let table = fitted.coefficients()?.frame()?; // feature, y
/// assert_eq!(table.column("feature")?.str()?.get(0), Some("a"));
/// assert!((table.column("y")?.f64()?.get(0).unwrap_or(0.0) - 2.0).abs() < 1e-9);
/// assert_eq!(table.height(), 3); // the intercept is the last row
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CoefficientTable {
    features: Vec<String>,
    outputs: Vec<String>,
    learned: Coefficients,
}

impl FittedPipeline {
    /// The coefficients of a linear model; an error for other models.
    pub fn coefficients(&self) -> Result<CoefficientTable, MlError> {
        let learned = self
            .learned()
            .coefficients()
            .ok_or_else(|| MlError::Unable {
                model: "coefficients",
                reason: format!(
                    "{} has none; .permutation_importance(&test) works for every model",
                    self.model_title()
                ),
            })?;
        Ok(CoefficientTable {
            features: self.feature_names().to_vec(),
            outputs: self.output_names(learned.values.nrows()),
            learned,
        })
    }

    /// How much each feature contributed to the questions of a model of trees;
    /// they sum to 1. An error for other models.
    ///
    /// They are measured on the training rows, so features with many values
    /// look more important than they are;
    /// [`permutation_importance`](Self::permutation_importance) does not have
    /// that flaw.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["a" => [1, 2, 3, 4], "b" => [0, 0, 0, 0], "y" => ["n", "n", "y", "y"]]?;
    /// let fitted = Pipeline::new().model(DecisionTreeClassifier::new()).fit(&frame, "y")?;
    /// let table = fitted.feature_importances()?.frame()?;
    /// assert_eq!(table.column("importance")?.f64()?.get(0), Some(1.0));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn feature_importances(&self) -> Result<ImportanceTable, MlError> {
        let shares = self
            .learned()
            .feature_importances()
            .ok_or_else(|| MlError::Unable {
                model: "feature_importances",
                reason: format!(
                    "{} is not made of trees; .permutation_importance(&test) works for every model",
                    self.model_title()
                ),
            })?;
        let bars = self
            .feature_names()
            .iter()
            .zip(shares)
            .map(|(name, value)| Bar {
                name: name.clone(),
                value,
                spread: None,
            });
        Ok(ImportanceTable::new(
            bars.collect(),
            "share of what the questions of all trees gained".to_owned(),
        ))
    }

    /// What the outputs of a model are called: its classes, the second of two,
    /// or the target.
    pub(super) fn output_names(&self, outputs: usize) -> Vec<String> {
        match self.classes() {
            Some(classes) if outputs == classes.len() => classes.to_vec(),
            Some([_, second]) if outputs == 1 => vec![second.clone()],
            _ => vec![self.target().to_owned(); outputs],
        }
    }
}

impl CoefficientTable {
    /// A row for each feature and one for the intercept; a column for each output.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let names = self
            .features
            .iter()
            .cloned()
            .chain(["(intercept)".to_owned()]);
        let names: Vec<String> = names.collect();
        let height = names.len();
        let mut table = vec![Column::new("feature".into(), names)];
        let outputs = self.outputs.iter().zip(self.learned.values.rows());
        for ((output, values), intercept) in outputs.zip(&self.learned.intercepts) {
            let column: Vec<f64> = values.iter().copied().chain([*intercept]).collect();
            table.push(Column::new(output.as_str().into(), column));
        }
        columns::assemble(height, table)
    }

    /// The outputs: classes, or the target.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    fn bars(&self, output: usize) -> Vec<Bar> {
        let values = self.learned.values.row(output);
        let named = self.features.iter().zip(values);
        let mut bars: Vec<Bar> = named
            .map(|(name, value)| Bar {
                name: name.clone(),
                value: *value,
                spread: None,
            })
            .collect();
        bars.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
        bars
    }

    fn title(&self, output: usize) -> String {
        let intercept = self.learned.intercepts.get(output).copied().unwrap_or(0.0);
        format!(
            "coefficients for {} (intercept {intercept:.4})",
            self.outputs[output]
        )
    }
}

impl Show for CoefficientTable {
    fn show(&self) -> MimeBundle {
        let (mut text, mut html) = (String::new(), String::new());
        for output in 0..self.outputs.len() {
            let (bars, title) = (self.bars(output), self.title(output));
            text.push_str(&format!("{title}\n{}", bars::text(&bars)));
            html.push_str(&bars::html(&bars, &title));
        }
        MimeBundle::text(text.trim_end()).html(card(&html))
    }
}
