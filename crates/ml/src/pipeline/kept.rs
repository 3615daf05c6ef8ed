//! A fitted pipeline as it is written to a file.
//!
//! The file holds what was learned and, since format 3, the recipe, so that a loaded
//! pipeline can be fitted anew. Of steps and models of one's own, and in older files of
//! all, it has the looks only: to fit them again takes the code that made them.

use std::sync::Arc;

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::{FittedPipeline, Pipeline};
use crate::MlError;
use crate::diagram::Diagram;
use crate::distribution::TrainingDistribution;
use crate::features::Features;
use crate::imbalance::{ClassWeight, Threshold};
use crate::model::{Estimator, FittedModel};
use crate::params::Params;
use crate::persist::dtype::ColumnType;
use crate::persist::{Kept, SavedRecipe};
use crate::schema::InputSchema;
use crate::target::{Classes, Target, Task};
use crate::transform::{FittedTransformer, KeptChain, Transformer};

/// All that a [`FittedPipeline`] is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptPipeline {
    steps: Vec<(String, Diagram)>,
    estimator: Diagram,
    task: Task,
    class_weight: Option<ClassWeight>,
    asked_threshold: Option<Threshold>,
    chain: KeptChain,
    model: Kept,
    target: String,
    /// The names of the classes and their type.
    classes: Option<(Vec<String>, ColumnType)>,
    schema: InputSchema,
    features: Vec<String>,
    unused: Vec<String>,
    rows: usize,
    dropped: usize,
    threshold: Option<f64>,
}

/// What files have since format 2.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct KeptMore {
    feature_means: Option<Vec<f64>>,
    distribution: Option<TrainingDistribution>,
}

/// What files have since format 3: the recipe of each step and of the model.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct KeptRecipe {
    steps: Vec<Option<SavedRecipe>>,
    model: Option<SavedRecipe>,
}

impl FittedPipeline {
    pub(crate) fn keep_recipe(&self) -> KeptRecipe {
        let steps = self.recipe.steps.iter();
        let model = self.recipe.model.as_deref();
        KeptRecipe {
            steps: steps.map(|(_, step)| SavedRecipe::of_step(step)).collect(),
            model: model.and_then(SavedRecipe::of_model),
        }
    }

    pub(crate) fn keep_more(&self) -> KeptMore {
        KeptMore {
            feature_means: self.feature_means.clone(),
            distribution: self.distribution.clone(),
        }
    }

    pub(crate) fn keep(&self) -> Result<KeptPipeline, MlError> {
        let recipe = &self.recipe;
        let estimator = recipe.model.as_ref().ok_or(MlError::NoModel)?;
        let steps = recipe.steps.iter();
        Ok(KeptPipeline {
            steps: steps
                .map(|(name, step)| (name.clone(), step.diagram()))
                .collect(),
            estimator: estimator.diagram(),
            task: estimator.task(),
            class_weight: recipe.class_weight.clone(),
            asked_threshold: recipe.threshold.clone(),
            chain: self.chain.keep()?,
            model: self
                .model
                .saved()
                .map_err(|error| named(error, &estimator.diagram()))?
                .into(),
            target: self.target.clone(),
            classes: self
                .classes
                .as_ref()
                .map(|classes| (classes.names().to_vec(), classes.dtype().into())),
            schema: self.schema.clone(),
            features: self.features.clone(),
            unused: self.unused.clone(),
            rows: self.rows,
            dropped: self.dropped,
            threshold: self.threshold,
        })
    }
}

/// Says which model cannot be saved.
fn named(error: MlError, diagram: &Diagram) -> MlError {
    match error {
        MlError::CannotSave { reason, .. } => MlError::CannotSave {
            what: diagram.label(),
            reason,
        },
        other => other,
    }
}

impl KeptPipeline {
    pub fn restore(self, more: KeptMore, kept: KeptRecipe) -> Result<FittedPipeline, MlError> {
        let mut recipe = Pipeline::new();
        let mut steps = kept.steps.into_iter();
        for (name, diagram) in self.steps {
            // A kind that only a later version knows is shown, and cannot learn.
            let step = steps.next().flatten().and_then(|step| step.step().ok());
            recipe = match step {
                Some(step) => recipe.step(name, step),
                None => recipe.step(name, Remembered::step(diagram)),
            };
        }
        let model = kept.model.and_then(|model| model.model().ok());
        let model = model.unwrap_or_else(|| {
            Box::new(Remembered {
                diagram: self.estimator,
                task: self.task,
            })
        });
        recipe = recipe.with_model(Some(model), self.class_weight);
        recipe.threshold = self.asked_threshold;
        let classes = match self.classes {
            Some((names, dtype)) => Some(Classes::restored(names, &(&dtype).into())?),
            None => None,
        };
        Ok(FittedPipeline {
            recipe,
            chain: self.chain.restore()?,
            model: Arc::from(self.model.model()?),
            target: self.target,
            classes,
            schema: self.schema,
            features: self.features,
            unused: self.unused,
            rows: self.rows,
            dropped: self.dropped,
            threshold: self.threshold,
            feature_means: more.feature_means,
            distribution: more.distribution,
        })
    }
}

/// A step or model of which only the looks are known.
#[derive(Clone, Debug)]
struct Remembered {
    diagram: Diagram,
    task: Task,
}

impl Remembered {
    fn step(diagram: Diagram) -> Self {
        Self {
            diagram,
            task: Task::Classification,
        }
    }

    fn refuse<T>(&self) -> Result<T, MlError> {
        Err(MlError::OnlyLearned {
            what: self.diagram.label(),
        })
    }
}

impl Params for Remembered {}

impl Transformer for Remembered {
    fn diagram(&self) -> Diagram {
        self.diagram.clone()
    }

    fn fit(&self, _: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.refuse()
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

impl Estimator for Remembered {
    fn diagram(&self) -> Diagram {
        self.diagram.clone()
    }

    fn task(&self) -> Task {
        self.task
    }

    fn fit(&self, _: &Features, _: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.refuse()
    }

    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }
}
