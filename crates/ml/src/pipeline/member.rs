//! A pipeline as a member of an ensemble: voting, stacking and bagging take it as they
//! take a model, and each member prepares the features in its own way.

use ndarray::Array2;
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::Pipeline;
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::{Estimator, FittedModel, Prediction};
use crate::persist::{self, Kept, Loader, Saved};
use crate::target::{Target, Task};
use crate::transform::{Chain, KeptChain, Prepared};

const NAME: &str = "Pipeline";

pub(crate) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: NAME,
    version: 1,
    load: |body| {
        let kept: KeptMember = persist::read(body)?;
        Ok(Box::new(FittedMember {
            chain: kept.chain.restore()?,
            model: kept.model.model()?,
            inputs: kept.inputs,
            features: kept.features,
        }))
    },
};

/// Steps of a member see the features that the ensemble sees: numbers and booleans.
/// What must be made of text is made before the ensemble.
///
/// ```
/// use ferrite_ml::{LogisticRegression, MlError, Pipeline, StandardScaler, VotingClassifier, knn};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 1.0, 8.0, 9.0], "y" => ["a", "a", "b", "b"]]?;
/// let scaled = Pipeline::new().step("scale", StandardScaler::new()).model(knn(1));
/// let vote = VotingClassifier::new().add("near", scaled).add("line", LogisticRegression::new());
/// let fitted = Pipeline::new().model(vote).fit(&frame, "y")?;
/// assert_eq!(fitted.predict(&df!["x" => [7.0]]?)?.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
impl Estimator for Pipeline {
    fn diagram(&self) -> Diagram {
        self.diagram()
    }

    fn task(&self) -> Task {
        self.task().unwrap_or(Task::Classification)
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.fit_member(features, target, None)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.fit_member(features, target, Some(weights))
    }

    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }
}

impl Pipeline {
    fn fit_member(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let refuse = |reason: &str| {
            Err(MlError::Unable {
                model: NAME,
                reason: reason.to_owned(),
            })
        };
        let model = self.model.as_ref().ok_or(MlError::NoModel)?;
        self.check_names()?;
        if self.threshold.is_some() {
            return refuse("only the outermost pipeline can have a threshold");
        }
        let steps = self.steps.iter().map(|(_, step)| step);
        let Prepared {
            chain,
            frame,
            resampled,
        } = Chain::fit(steps, &features.to_frame()?, Some(target))?;
        let seen = Features::from_frame(&frame)?;
        let learned = resampled.as_ref().unwrap_or(target);
        let model = match (weights, &self.class_weight) {
            (None, None) => model.fit(&seen, learned)?,
            (None, Some(weight)) => {
                let weights = weight.weights(learned.classes("class_weight")?)?;
                model.fit_weighted(&seen, learned, &weights)?
            }
            (Some(_), Some(_)) => {
                return refuse("rows have weights already; set class_weight in one place only");
            }
            (Some(_), None) if resampled.is_some() => {
                return refuse("rows have weights, and a sampler would lose them");
            }
            (Some(weights), None) => model.fit_weighted(&seen, learned, weights)?,
        };
        Ok(Box::new(FittedMember {
            chain,
            model,
            inputs: features.names().to_vec(),
            features: seen.names().to_vec(),
        }))
    }
}

#[derive(Debug)]
struct FittedMember {
    chain: Chain,
    model: Box<dyn FittedModel>,
    /// What the steps see, and what they leave for the model.
    inputs: Vec<String>,
    features: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptMember {
    chain: KeptChain,
    model: Kept,
    inputs: Vec<String>,
    features: Vec<String>,
}

impl FittedMember {
    fn prepare(&self, features: &Features) -> Result<Features, MlError> {
        features.expect_count(self.inputs.len())?;
        let frame: DataFrame = features.called(&self.inputs)?.to_frame()?;
        Features::from_columns(&self.chain.transform(&frame)?, &self.features)
    }
}

impl FittedModel for FittedMember {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        self.model.predict(&self.prepare(features)?)
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        self.model.predict_proba(&self.prepare(features)?)
    }

    fn decision_function(&self, features: &Features) -> Option<Result<Array2<f64>, MlError>> {
        match self.prepare(features) {
            Ok(features) => self.model.decision_function(&features),
            Err(error) => Some(Err(error)),
        }
    }

    fn notes(&self) -> Vec<String> {
        self.model.notes()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let kept = KeptMember {
            chain: self.chain.keep()?,
            model: self.model.saved()?.into(),
            inputs: self.inputs.clone(),
            features: self.features.clone(),
        };
        Saved::of(NAME, 1, &kept)
    }
}
