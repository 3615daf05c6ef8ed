//! A pipeline without a model as a step of another one.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::Pipeline;
use crate::diagram::Diagram;
use crate::persist::{self, Loader, Saved};
use crate::target::Target;
use crate::transform::{Chain, FittedTransformer, KeptChain, Transformer};
use crate::{MlError, columns};

const NAME: &str = "Pipeline";

pub(crate) const LOADER: Loader<dyn FittedTransformer> = Loader {
    kind: NAME,
    version: 1,
    load: |body| Ok(Box::new(persist::read::<KeptSteps>(body)?.restore()?)),
};

impl Transformer for Pipeline {
    fn diagram(&self) -> Diagram {
        self.diagram()
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.fit_with_target(frame, None)
    }

    fn fit_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(self.fit_transform_with_target(frame, target)?.0)
    }

    fn fit_transform_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<(Box<dyn FittedTransformer>, DataFrame), MlError> {
        if let Some(model) = &self.model {
            return Err(MlError::ModelInside {
                model: model.diagram().label(),
            });
        }
        self.check_names()?;
        let steps = self.steps.iter().map(|(_, step)| step);
        if let Some(step) = steps.clone().find(|s| s.transformer().sampler().is_some()) {
            return Err(MlError::Sampler {
                sampler: step.diagram().title().to_owned(),
                reason: "it changes rows, so it must be a step of the outermost pipeline",
            });
        }
        let prepared = Chain::fit(steps, frame, target)?;
        let fitted = FittedSteps {
            chain: prepared.chain,
            names: columns::names(&prepared.frame),
        };
        Ok((Box::new(fitted), prepared.frame))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug)]
struct FittedSteps {
    chain: Chain,
    names: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptSteps {
    chain: KeptChain,
    names: Vec<String>,
}

impl KeptSteps {
    fn restore(self) -> Result<FittedSteps, MlError> {
        Ok(FittedSteps {
            chain: self.chain.restore()?,
            names: self.names,
        })
    }
}

impl FittedTransformer for FittedSteps {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        self.chain.transform(frame)
    }

    fn inputs(&self) -> Vec<String> {
        self.chain.inputs().to_vec()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let kept = KeptSteps {
            chain: self.chain.keep()?,
            names: self.names.clone(),
        };
        Saved::of(NAME, 1, &kept)
    }
}
