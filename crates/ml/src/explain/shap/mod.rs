//! SHAP: what each feature added to each prediction, so that the sum over the
//! features is what the prediction is above or below the mean.

mod linear;
mod tree;

use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};
use ferrite_plot::{Chart, chart};
use ndarray::{Array2, Array3};
use polars::prelude::{Column, DataFrame};

use super::bars::{self, Bar};
use super::permutation::ImportanceTable;
use crate::metrics::significant;
use crate::pipeline::FittedPipeline;
use crate::{MlError, columns};

/// What each feature added to the prediction for each row (Shapley values).
///
/// ```
/// use ferrite_ml::{LinearRegression, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["a" => [0.0, 1.0, 2.0, 3.0], "b" => [1.0, 0.0, 1.0, 0.0], "y" => [1.0, 2.0, 5.0, 6.0]]?;
/// let fitted = Pipeline::new().model(LinearRegression::new()).fit(&frame, "y")?;
/// let shap = fitted.shap_values(&frame)?;
/// let row = 2;
/// let sum = shap.base_values()[0] + shap.values().slice(ndarray::s![row, .., 0]).sum();
/// let predicted = fitted.predict(&frame)?.f64()?.get(row).unwrap_or(0.0);
/// assert!((sum - predicted).abs() < 1e-9);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShapValues {
    /// By row, feature and output.
    values: Array3<f64>,
    base: Vec<f64>,
    features: Vec<String>,
    outputs: Vec<String>,
    /// The features of the rows.
    data: Array2<f64>,
    unit: &'static str,
}

impl FittedPipeline {
    /// What each feature added to the prediction for each row of a frame.
    ///
    /// For models of trees the values are exact (TreeSHAP by Lundberg and others,
    /// 2020; what is not known of a row is averaged by the training rows of each
    /// node). For linear models a feature adds its coefficient times its distance
    /// from its mean among the training rows (among the rows of the frame, if the
    /// pipeline is from a file of format 1, which does not have that mean). Classes of boosting and of logistic regression
    /// are explained in log-odds, those of trees and forests in probabilities.
    /// Other models have no exact values in reasonable time and are refused.
    pub fn shap_values(&self, frame: &DataFrame) -> Result<ShapValues, MlError> {
        let features = self.prepare(frame)?;
        let model = self.learned();
        let (values, base, unit) = if let Some(trees) = model.trees() {
            let unit = trees.last().map_or("prediction", |tree| tree.unit());
            let (values, base) = tree::explain(&trees, features.values())?;
            (values, base, unit)
        } else if let Some(learned) = model.coefficients() {
            let (values, base) = linear::explain(&learned, features.values(), self.feature_means());
            let unit = match self.classes() {
                Some(_) => "log-odds",
                None => "prediction",
            };
            (values, base, unit)
        } else {
            return Err(MlError::Unable {
                model: "shap_values",
                reason: format!(
                    "{} is neither linear nor made of trees; .permutation_importance(&test) works \
                     for every model",
                    self.model_title()
                ),
            });
        };
        Ok(ShapValues {
            outputs: self.output_names(base.len()),
            values,
            base,
            features: features.names().to_vec(),
            data: features.values().clone(),
            unit,
        })
    }
}

impl ShapValues {
    /// By row, feature and output.
    pub fn values(&self) -> &Array3<f64> {
        &self.values
    }

    /// What is predicted for each output if nothing is known of a row.
    pub fn base_values(&self) -> &[f64] {
        &self.base
    }

    /// The classes, or the target.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// The features.
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The values for one output, a column for each feature.
    pub fn frame(&self, output: &str) -> Result<DataFrame, MlError> {
        let output = self.position(output)?;
        let column = |(at, name): (usize, &String)| {
            let values = self.values.slice(ndarray::s![.., at, output]).to_vec();
            Column::new(name.as_str().into(), values)
        };
        let columns = self.features.iter().enumerate().map(column).collect();
        columns::assemble(self.values.dim().0, columns)
    }

    /// The mean size of what each feature added, over all rows and outputs.
    pub fn importance(&self) -> ImportanceTable {
        let (rows, _, outputs) = self.values.dim();
        let count = (rows * outputs).max(1) as f64;
        let bar = |(at, name): (usize, &String)| Bar {
            name: name.clone(),
            value: self
                .values
                .slice(ndarray::s![.., at, ..])
                .iter()
                .map(|v| v.abs())
                .sum::<f64>()
                / count,
            spread: None,
        };
        ImportanceTable::new(
            self.features.iter().enumerate().map(bar).collect(),
            format!("mean |SHAP value| over {rows} rows, in {}", self.unit),
        )
    }

    /// What each feature added to one prediction, the largest first.
    ///
    /// ```
    /// use ferrite_ml::{DecisionTreeClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["a" => [1, 2, 3, 4], "b" => [0, 1, 0, 1], "y" => ["n", "n", "y", "y"]]?;
    /// let fitted = Pipeline::new().model(DecisionTreeClassifier::new()).fit(&frame, "y")?;
    /// let why = fitted.shap_values(&frame)?.row(3, "y")?;
    /// assert_eq!(why.names()[0], "a = 4");
    /// assert_eq!(why.values()[0], 0.5); // from 0.5 to certain
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn row(&self, row: usize, output: &str) -> Result<ImportanceTable, MlError> {
        let at = self.position(output)?;
        if row >= self.values.dim().0 {
            return Err(MlError::Unable {
                model: "shap_values",
                reason: format!(
                    "there is no row {row}; the frame has {}",
                    self.values.dim().0
                ),
            });
        }
        let bar = |(feature, name): (usize, &String)| Bar {
            name: format!("{name} = {}", rounded(self.data[[row, feature]])),
            value: self.values[[row, feature, at]],
            spread: None,
        };
        let mut bars: Vec<Bar> = self.features.iter().enumerate().map(bar).collect();
        let sum = self.base[at] + bars.iter().map(|bar| bar.value).sum::<f64>();
        bars.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
        Ok(ImportanceTable::in_order(
            bars,
            format!(
                "row {row}: from {} on average to {}, the {} of {}",
                four(self.base[at]),
                four(sum),
                self.unit,
                self.outputs[at]
            ),
        ))
    }

    /// A line of dots for each feature, the strongest at the top: how much it added for
    /// each row, from left to right, coloured by how large the feature is there. For what
    /// a pipeline has scaled or encoded, that is the size behind its steps.
    pub fn beeswarm(&self, output: &str) -> Result<Chart, MlError> {
        let at = self.position(output)?;
        let height = self.features.len() * self.values.dim().0;
        let (mut names, mut added) = (Vec::with_capacity(height), Vec::with_capacity(height));
        let mut sizes = Vec::with_capacity(height);
        for (feature, name) in self.features.iter().enumerate() {
            for (row, size) in self.data.column(feature).iter().enumerate() {
                names.push(name.as_str());
                added.push(self.values[[row, feature, at]]);
                sizes.push(*size);
            }
        }
        let added_name = format!("SHAP value (in {})", self.unit);
        let table = columns::assemble(
            height,
            vec![
                Column::new("feature".into(), names),
                Column::new(added_name.as_str().into(), added),
                Column::new("feature value".into(), sizes),
            ],
        )?;
        let title = format!("What adds to the {} of {output}", self.unit);
        let chart = chart::beeswarm(&table, "feature", &added_name, "feature value");
        Ok(chart.title(&title))
    }

    fn position(&self, output: &str) -> Result<usize, MlError> {
        let found = self.outputs.iter().position(|other| other == output);
        found.ok_or_else(|| MlError::Unable {
            model: "shap_values",
            reason: format!(
                "there is no output \"{output}\"; there are {}",
                self.outputs.join(", ")
            ),
        })
    }
}

/// A feature as people write it: whole numbers in full, others in four digits.
fn rounded(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value}");
    }
    significant(value)
}

/// Four digits behind the point, and no minus before a zero.
fn four(value: f64) -> String {
    let text = format!("{value:.4}");
    match text.strip_prefix('-') {
        Some(zero) if zero.bytes().all(|b| matches!(b, b'0' | b'.')) => zero.to_owned(),
        _ => text,
    }
}

impl Show for ShapValues {
    fn show(&self) -> MimeBundle {
        let importance = self.importance();
        let (bars, title) = importance.parts();
        let text = format!("{title}\n{}", bars::text(bars));
        MimeBundle::text(text.trim_end()).html(card(&bars::html(bars, title)))
    }
}
