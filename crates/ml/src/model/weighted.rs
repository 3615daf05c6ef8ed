//! A model whose rows count by their class, wherever it stands: at the end of a pipeline,
//! or as a member of an ensemble.

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::imbalance::ClassWeight;
use crate::model::{Estimator, FittedModel};
use crate::params::{self, Field, ParamValue, Params};
use crate::persist::SavedRecipe;
use crate::target::{Target, Task};

pub(crate) const NAME: &str = "ClassWeighted";
const PARAM: &str = "class_weight";

/// A classifier that weighs rows by their class while it learns, made by
/// [`Estimator::class_weight`].
///
/// ```
/// use ferrite_ml::{ClassWeight, ClassWeighted, Estimator, LogisticRegression, MlError, Pipeline};
/// use polars::df;
///
/// let model: ClassWeighted = LogisticRegression::new().class_weight(ClassWeight::Balanced);
/// assert_eq!(model.diagram().label(), "LogisticRegression(c=1, class_weight: balanced)");
/// let frame = df!["x" => [0.0, 1.0, 2.0, 3.0], "y" => ["a", "a", "a", "b"]]?;
/// let fitted = Pipeline::new().model(model).fit(&frame, "y")?;
/// assert_eq!(fitted.predict(&df!["x" => [2.6]]?)?.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Debug)]
pub struct ClassWeighted {
    model: Box<dyn Estimator>,
    class_weight: Option<ClassWeight>,
}

impl ClassWeighted {
    pub(crate) fn of(model: Box<dyn Estimator>, class_weight: Option<ClassWeight>) -> Self {
        Self {
            model,
            class_weight,
        }
    }
}

impl Clone for ClassWeighted {
    fn clone(&self) -> Self {
        Self::of(self.model.clone_box(), self.class_weight.clone())
    }
}

impl Params for ClassWeighted {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let mut all = self.model.params();
        all.push((PARAM.to_owned(), self.class_weight.to_value()));
        all
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        if name == PARAM {
            self.class_weight = params::read(NAME, PARAM, value)?;
            return Ok(());
        }
        self.model.set_param(name, value)
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        let own = vec![(PARAM.to_owned(), self.class_weight.to_value())];
        let inner = self.model.recipe()?;
        Some(SavedRecipe::ensemble(NAME, own, Vec::new(), Some(inner)))
    }
}

impl Estimator for ClassWeighted {
    fn diagram(&self) -> Diagram {
        match &self.class_weight {
            None => self.model.diagram(),
            Some(weight) => {
                let setting = format!("{PARAM}: {}", weight.describe());
                self.model.diagram().setting(setting)
            }
        }
    }

    fn task(&self) -> Task {
        self.model.task()
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        match &self.class_weight {
            None => self.model.fit(features, target),
            Some(weight) => {
                let weights = weight.weights(target.classes(PARAM)?)?;
                self.model.fit_weighted(features, target, &weights)
            }
        }
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let Some(weight) = &self.class_weight else {
            return self.model.fit_weighted(features, target, weights);
        };
        let of_class = weight.weights(target.classes(PARAM)?)?;
        let both: Vec<f64> = of_class.iter().zip(weights).map(|(a, b)| a * b).collect();
        self.model.fit_weighted(features, target, &both)
    }

    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }
}
