//! Steps and a model as one thing, so that whatever is learned is learned from
//! the training rows only, and new rows get the same treatment.

mod fitted;

use std::collections::HashSet;
use std::sync::Arc;

use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};
use polars::prelude::DataFrame;

pub use fitted::FittedPipeline;

use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::Estimator;
use crate::schema::InputSchema;
use crate::target::{self, Target};
use crate::transform::{Chain, Step};
use crate::{MlError, columns};

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

    /// The pipeline as nested boxes.
    pub fn diagram(&self) -> Diagram {
        let steps = self
            .steps
            .iter()
            .map(|(name, step)| (name.as_str(), step.diagram()));
        let model = self.model.iter().map(|model| (MODEL, model.diagram()));
        steps.chain(model).fold(
            Diagram::new("Pipeline").stacked(),
            |diagram, (name, inner)| diagram.branch(name, [inner]),
        )
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
        let model = self.model.as_ref().ok_or(MlError::NoModel)?;
        self.check_names()?;
        let (rows, dropped) = with_target(train, target, "fit")?;
        let series = columns::column(&rows, target)?.as_materialized_series();
        let y = target::read(series, model.task(), &model.diagram().label())?;
        let inputs = rows.drop(target)?;
        let (chain, prepared) = Chain::fit(self.steps.iter().map(|(_, step)| step), &inputs)?;
        let features = Features::from_frame(&prepared)?;
        let fitted = model.fit(&features, &y)?;
        let needed = |name: &str| {
            let is_name = |known: &String| known == name;
            chain.inputs().iter().any(is_name) || features.names().iter().any(is_name)
        };
        let schema = InputSchema::of(&inputs, needed);
        let unused = columns::names(&inputs)
            .into_iter()
            .filter(|name| !needed(name))
            .collect();
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
        })
    }

    fn check_names(&self) -> Result<(), MlError> {
        let mut seen = HashSet::from([MODEL]);
        match self.steps.iter().find(|(name, _)| !seen.insert(name)) {
            Some((name, _)) => Err(MlError::DuplicateStep { name: name.clone() }),
            None => Ok(()),
        }
    }
}

impl Show for Pipeline {
    fn show(&self) -> MimeBundle {
        let diagram = self.diagram();
        MimeBundle::text(diagram.to_string().trim_end()).html(card(&diagram.to_html()))
    }
}

/// The rows that have a target, and how many have none.
fn with_target(
    frame: &DataFrame,
    target: &str,
    purpose: &'static str,
) -> Result<(DataFrame, usize), MlError> {
    let column = columns::column(frame, target)?;
    let keep: Vec<bool> = if column.dtype().is_float() {
        columns::numbers(frame, target)?
            .iter()
            .map(Option::is_some)
            .collect()
    } else {
        column
            .is_not_null()
            .iter()
            .map(|known| known == Some(true))
            .collect()
    };
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
