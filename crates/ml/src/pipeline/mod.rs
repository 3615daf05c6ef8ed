//! Steps and a model as one thing, so that whatever is learned is learned from
//! the training rows only, and new rows get the same treatment.

mod fitted;
mod kept;
pub(crate) mod member;
pub(crate) mod nested;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use ferrite_display::{MimeBundle, Show};
use polars::prelude::DataFrame;

pub use fitted::FittedPipeline;
pub(crate) use kept::{KeptMore, KeptPipeline, KeptRecipe};

use crate::diagram::Diagram;
use crate::distribution::TrainingDistribution;
use crate::features::Features;
use crate::imbalance::{ClassWeight, Threshold, TunedThreshold};
use crate::model::Estimator;
use crate::params::{self, Field, ParamValue, Params};
use crate::persist::SavedRecipe;
use crate::schema::InputSchema;
use crate::target::{self, Target};
use crate::transform::{Chain, Prepared, Step};
use crate::{MlError, columns, progress};

/// The name under which a pipeline's model is addressed.
const MODEL: &str = "model";

/// A recipe: steps that prepare columns, and a model at the end.
///
/// ```
/// use ferrite_ml::{Pipeline, SimpleImputer, StandardScaler, knn};
///
/// let pipeline = Pipeline::new()
///     .step("impute", SimpleImputer::median())
///     .step("scale", StandardScaler::new())
///     .model(knn(5));
/// assert_eq!(
///     pipeline.diagram().to_string(),
///     "Pipeline\n\
///      ├─ impute: SimpleImputer(median)\n\
///      ├─ scale: StandardScaler\n\
///      └─ model: KNeighborsClassifier(k=5)\n"
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    steps: Vec<(String, Step)>,
    model: Option<Arc<dyn Estimator>>,
    class_weight: Option<ClassWeight>,
    threshold: Option<Threshold>,
}

impl Pipeline {
    /// A pipeline without steps and model.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step behind those that there are.
    pub fn step(mut self, name: impl Into<String>, transformer: impl Into<Step>) -> Self {
        self.steps.push((name.into(), transformer.into()));
        self
    }

    /// Sets the model at the end.
    pub fn model(mut self, model: impl Estimator + 'static) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    pub(crate) fn with_model(
        mut self,
        model: Option<Box<dyn Estimator>>,
        class_weight: Option<ClassWeight>,
    ) -> Self {
        self.model = model.map(Arc::from);
        self.class_weight = class_weight;
        self
    }

    /// Weights the rows of each class while fitting. The model must be one that
    /// can weight rows.
    ///
    /// ```
    /// use ferrite_ml::{ClassWeight, Pipeline, knn};
    ///
    /// let pipeline = Pipeline::new().model(knn(1)).class_weight(ClassWeight::Balanced);
    /// assert_eq!(pipeline.diagram().label(), "Pipeline(class_weight: balanced)");
    /// ```
    pub fn class_weight(mut self, weight: ClassWeight) -> Self {
        self.class_weight = Some(weight);
        self
    }

    /// Predicts the second of two classes from this probability on, instead of
    /// one half.
    ///
    /// ```
    /// use ferrite_ml::{GaussianNB, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 1.0, 8.0, 9.0], "y" => ["no", "no", "yes", "yes"]]?;
    /// let careful = Pipeline::new().model(GaussianNB::new()).threshold(1.5).fit(&frame, "y");
    /// assert!(careful.is_err()); // no probability
    /// let fitted = Pipeline::new().model(GaussianNB::new()).threshold(0.1).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&df!["x" => [9.0]]?)?.str()?.get(0), Some("yes"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = Some(Threshold::Fixed(threshold));
        self
    }

    /// Looks for the best threshold while fitting, on rows that were left out.
    pub fn tune_threshold(mut self, tuned: TunedThreshold) -> Self {
        self.threshold = Some(Threshold::Tuned(tuned));
        self
    }

    /// The pipeline as nested boxes.
    pub fn diagram(&self) -> Diagram {
        let steps = self
            .steps
            .iter()
            .map(|(name, step)| (name.as_str(), step.diagram()));
        let model = self.model.iter().map(|model| (MODEL, model.diagram()));
        let mut diagram = Diagram::new("Pipeline").stacked();
        if let Some(weight) = &self.class_weight {
            diagram = diagram.setting(format!("class_weight: {}", weight.describe()));
        }
        if let Some(threshold) = &self.threshold {
            diagram = diagram.setting(threshold.describe());
        }
        steps.chain(model).fold(diagram, |diagram, (name, inner)| {
            diagram.branch(name, [inner])
        })
    }

    /// Learns to predict a column from the others.
    ///
    /// Rows whose target is missing are left out. The model learns from the
    /// numeric and boolean columns that the steps leave; what is left out is
    /// told where the fitted pipeline is shown.
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, knn};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [Some(0), Some(1), None], "y" => ["a", "b", "b"]]?;
    /// let error = Pipeline::new().model(knn(1)).fit(&frame, "y").unwrap_err();
    /// assert!(error.to_string().starts_with("missing values in \"x\" (1)"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn fit(&self, train: &DataFrame, target: &str) -> Result<FittedPipeline, MlError> {
        progress::shown(|| self.learn(train, target, None, true))
    }

    /// As [`fit`](Self::fit), with a column that says how much each row counts
    /// (scikit-learn's `sample_weight`). The model learns nothing else from this column,
    /// and new rows need not have it.
    ///
    /// ```
    /// use ferrite_ml::{LinearRegression, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0, 0, 1, 1], "y" => [1.0, 3.0, 5.0, 5.0], "times" => [3, 1, 1, 1]]?;
    /// let line = Pipeline::new().model(LinearRegression::new());
    /// let fitted = line.fit_with_weights(&frame, "y", "times")?;
    /// let start = fitted.predict(&df!["x" => [0]]?)?;
    /// assert!((start.f64()?.get(0).unwrap_or(0.0) - 1.5).abs() < 1e-9); // not 2
    /// # Ok::<(), MlError>(())
    /// ```
    ///
    /// # Errors
    /// Those of `fit`; when a weight is missing, negative or infinite, when the model cannot
    /// weigh rows, and when a sampler changes the rows.
    pub fn fit_with_weights(
        &self,
        train: &DataFrame,
        target: &str,
        weights: &str,
    ) -> Result<FittedPipeline, MlError> {
        progress::shown(|| self.learn(train, target, Some(weights), true))
    }

    /// As [`fit`](Self::fit), without a bar and without a look at how the data are
    /// distributed: for the many fits whose pipelines are only measured.
    pub(crate) fn fit_briefly(
        &self,
        train: &DataFrame,
        target: &str,
    ) -> Result<FittedPipeline, MlError> {
        self.learn(train, target, None, false)
    }

    fn learn(
        &self,
        train: &DataFrame,
        target: &str,
        weights: Option<&str>,
        describe: bool,
    ) -> Result<FittedPipeline, MlError> {
        let model = self.model.as_ref().ok_or(MlError::NoModel)?;
        self.check_names()?;
        let (rows, dropped) = with_target(train, target, "fit")?;
        let series = columns::column(&rows, target)?.as_materialized_series();
        let y = target::read(series, model.task(), &model.diagram().label())?;
        let mut inputs = rows.drop(target)?;
        let of_rows = match weights {
            None => None,
            Some(column) => {
                let of_rows = self.row_weights(&inputs, column)?;
                inputs = inputs.drop(column)?;
                Some(of_rows)
            }
        };
        let threshold = match weights {
            None => self.find_threshold(&rows, target, &y)?,
            Some(column) => self.find_threshold(&rows.drop(column)?, target, &y)?,
        };
        let steps = self.steps.iter().map(|(_, step)| step);
        let Prepared {
            chain,
            frame,
            resampled,
        } = Chain::fit(steps, &inputs, Some(&y))?;
        let features = Features::from_frame(&frame)?;
        let parts = self.steps.len() + 1;
        progress::report(&model.diagram().label(), self.steps.len(), parts);
        let learned = resampled.as_ref().unwrap_or(&y);
        let of_classes = match &self.class_weight {
            None => None,
            Some(weight) => Some(weight.weights(learned.classes("class_weight")?)?),
        };
        let fitted = match (of_classes, of_rows) {
            (None, None) => model.fit(&features, learned)?,
            (Some(one), None) | (None, Some(one)) => {
                model.fit_weighted(&features, learned, &one)?
            }
            (Some(a), Some(b)) => {
                let both: Vec<f64> = a.iter().zip(b).map(|(a, b)| a * b).collect();
                model.fit_weighted(&features, learned, &both)?
            }
        };
        let needed = |name: &str| {
            let is_name = |known: &String| known == name;
            chain.inputs().iter().any(is_name) || features.names().iter().any(is_name)
        };
        let schema = InputSchema::of(&inputs, target, needed);
        let unused = columns::names(&inputs)
            .into_iter()
            .filter(|name| !needed(name))
            .collect();
        let distribution = if describe {
            Some(TrainingDistribution::of(&inputs, &schema, series)?)
        } else {
            None
        };
        Ok(FittedPipeline {
            recipe: self.clone(),
            chain,
            model: Arc::from(fitted),
            target: target.to_owned(),
            classes: match y {
                Target::Classes(classes) => Some(classes.without_rows()),
                Target::Numbers(_) => None,
            },
            schema,
            features: features.names().to_vec(),
            unused,
            rows: rows.height(),
            dropped,
            threshold,
            feature_means: Some(means(&features)),
            distribution,
        })
    }

    /// A copy with one parameter set, addressed as `step__param`.
    ///
    /// ```
    /// use ferrite_ml::{ColumnTransformer, MlError, Pipeline, SimpleImputer, knn};
    ///
    /// let numeric = ColumnTransformer::new().numeric([SimpleImputer::median().into()]);
    /// let pipeline = Pipeline::new().step("columns", numeric).model(knn(5));
    /// let other = pipeline
    ///     .with_param("columns__numeric__simple_imputer__strategy", "mean")?
    ///     .with_param("model__n_neighbors", 3)?;
    /// assert!(other.diagram().to_string().contains("SimpleImputer(mean)"));
    /// assert!(other.diagram().to_string().contains("k=3"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn with_param(&self, name: &str, value: impl Into<ParamValue>) -> Result<Self, MlError> {
        let mut copy = self.clone();
        copy.set_param(name, &value.into())?;
        Ok(copy)
    }

    /// Whether its model predicts classes or numbers.
    pub(crate) fn task(&self) -> Result<crate::Task, MlError> {
        self.model
            .as_ref()
            .map(|model| model.task())
            .ok_or(MlError::NoModel)
    }

    /// How much each row counts, by a column of numbers.
    fn row_weights(&self, rows: &DataFrame, column: &str) -> Result<Vec<f64>, MlError> {
        let sampler = |(_, step): &&(String, Step)| step.transformer().sampler().is_some();
        if let Some((_, step)) = self.steps.iter().find(sampler) {
            return Err(MlError::Sampler {
                sampler: step.diagram().title().to_owned(),
                reason: "it changes rows, so rows cannot have weights as well",
            });
        }
        columns::expect_kind(rows, column, columns::Kind::Number)?;
        let weights = columns::numbers(rows, column)?;
        let missing = weights.iter().filter(|weight| weight.is_none()).count();
        if missing > 0 {
            return Err(MlError::InvalidParameter {
                owner: "Pipeline",
                name: "fit_with_weights",
                value: format!("\"{column}\" with {missing} missing"),
                rule: "have a weight for each row",
            });
        }
        Ok(weights.into_iter().flatten().collect())
    }

    /// The threshold that was asked for.
    fn find_threshold(
        &self,
        rows: &DataFrame,
        target: &str,
        y: &Target,
    ) -> Result<Option<f64>, MlError> {
        let Some(threshold) = &self.threshold else {
            return Ok(None);
        };
        let classes = y.classes("threshold")?;
        if classes.names().len() != 2 {
            return Err(MlError::Unable {
                model: "threshold",
                reason: format!(
                    "it chooses between two classes, but \"{target}\" has {}",
                    classes.names().len()
                ),
            });
        }
        match threshold {
            Threshold::Fixed(threshold) if (0.0..=1.0).contains(threshold) => Ok(Some(*threshold)),
            Threshold::Fixed(threshold) => Err(MlError::InvalidParameter {
                owner: "Pipeline",
                name: "threshold",
                value: threshold.to_string(),
                rule: "be a probability",
            }),
            Threshold::Tuned(tuned) => {
                let plain = Self {
                    threshold: None,
                    ..self.clone()
                };
                tuned.tune(&plain, rows, target, classes).map(Some)
            }
        }
    }

    fn check_names(&self) -> Result<(), MlError> {
        let mut seen = HashSet::from([MODEL]);
        match self.steps.iter().find(|(name, _)| !seen.insert(name)) {
            Some((name, _)) => Err(MlError::DuplicateStep { name: name.clone() }),
            None => Ok(()),
        }
    }
}

impl Params for Pipeline {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let mut all = Vec::new();
        for (name, step) in &self.steps {
            all.extend(params::prefixed(name, step.params()));
        }
        if let Some(model) = &self.model {
            all.extend(params::prefixed(MODEL, model.params()));
            all.push(("class_weight".to_owned(), self.class_weight.to_value()));
            all.push(("threshold".to_owned(), self.threshold.to_value()));
        }
        all
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        let names: Vec<String> = self.steps.iter().map(|(name, _)| name.clone()).collect();
        if let Some((step, rest)) = params::inside(name, &names) {
            return self.steps[step].1.set_param(rest, value);
        }
        if let Some((_, rest)) = params::inside(name, &[MODEL.to_owned()])
            && let Some(model) = &self.model
        {
            let mut copy = model.clone_box();
            match copy.set_param(rest, value) {
                // Where scikit-learn's models have it.
                Err(_) if rest == "class_weight" => return self.set_param(rest, value),
                set => set?,
            }
            self.model = Some(Arc::from(copy));
            return Ok(());
        }
        match name {
            "class_weight" => {
                self.class_weight = params::read("Pipeline", "class_weight", value)?;
                return Ok(());
            }
            "threshold" => {
                self.threshold = params::read("Pipeline", "threshold", value)?;
                return Ok(());
            }
            _ => {}
        }
        let known = self.params();
        let known: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
        Err(params::unknown("this pipeline", name, &known))
    }

    /// As a step or a member of another one, where it has no threshold.
    fn recipe(&self) -> Option<SavedRecipe> {
        let steps = self.steps.iter();
        let steps = steps.map(|(name, step)| Some((name.clone(), step.recipe()?)));
        let steps = steps.collect::<Option<_>>()?;
        let model = match &self.model {
            Some(model) => Some(model.recipe()?),
            None => None,
        };
        Some(SavedRecipe::pipeline(
            steps,
            model,
            self.class_weight.clone(),
        ))
    }
}

/// The diagram as text.
impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.diagram().to_string().trim_end())
    }
}

impl Show for Pipeline {
    fn show(&self) -> MimeBundle {
        self.diagram().show()
    }
}

/// The mean of each feature; of numbers that have no sum as well.
fn means(features: &Features) -> Vec<f64> {
    let rows = features.rows().max(1) as f64;
    let columns = features.values().columns().into_iter();
    columns
        .map(|column| column.iter().map(|value| value / rows).sum())
        .collect()
}

/// The rows that have a target, and how many have none.
pub(crate) fn with_target(
    frame: &DataFrame,
    target: &str,
    purpose: &'static str,
) -> Result<(DataFrame, usize), MlError> {
    let keep = columns::known(frame, target)?;
    let dropped = keep.iter().filter(|known| !**known).count();
    if dropped == frame.height() {
        let reason = match dropped {
            0 => "the frame is empty".to_owned(),
            _ => format!("the target \"{target}\" is missing in all {dropped} rows"),
        };
        return Err(MlError::NoRows { purpose, reason });
    }
    let rows = if dropped == 0 {
        frame.clone()
    } else {
        columns::filter(frame, keep)?
    };
    Ok((rows, dropped))
}
