//! Any step that one can write oneself, as a closure from frame to frame.

use std::fmt;
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};

use super::{FittedTransformer, Transformer};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::Params;
use crate::persist::Saved;

/// A closure as a step. It learns nothing; it is called with each frame.
///
/// It must keep the rows in their number and order. What it reads is not known,
/// so a fitted pipeline asks for all columns that it was fitted with; restrict it
/// with [`on`](Transformer::on) where that is too many. A pipeline with such a
/// step cannot be saved: a file holds no code.
///
/// ```
/// use ferrite_ml::{FunctionTransformer, MlError, Transformer};
/// use polars::prelude::*;
///
/// let ratio = FunctionTransformer::new("ratio", |frame| {
///     frame.clone().lazy().with_column((col("a") / col("b")).alias("ratio")).collect()
/// });
/// let frame = ratio.fit_transform(&df!["a" => [6.0], "b" => [3.0]]?)?;
/// assert_eq!(frame.column("ratio")?.f64()?.get(0), Some(2.0));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone)]
pub struct FunctionTransformer {
    name: String,
    function: Arc<Function>,
}

type Function = dyn Fn(&DataFrame) -> PolarsResult<DataFrame> + Send + Sync;

impl FunctionTransformer {
    /// A step of this name.
    pub fn new(
        name: impl Into<String>,
        function: impl Fn(&DataFrame) -> PolarsResult<DataFrame> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            function: Arc::new(function),
        }
    }

    fn call(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let made = (self.function)(frame).map_err(|error| MlError::Function {
            name: self.name.clone(),
            reason: error.to_string(),
        })?;
        if made.height() == frame.height() {
            return Ok(made);
        }
        Err(MlError::Function {
            name: self.name.clone(),
            reason: format!(
                "it was given {} rows and gave back {}; a step must keep all rows in their order",
                frame.height(),
                made.height()
            ),
        })
    }
}

impl fmt::Debug for FunctionTransformer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionTransformer")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Params for FunctionTransformer {}

impl Transformer for FunctionTransformer {
    fn diagram(&self) -> Diagram {
        Diagram::new("FunctionTransformer").setting(self.name.as_str())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(FittedFunction {
            function: self.clone(),
            inputs: columns::names(frame),
            names: columns::names(&self.call(frame)?),
        }))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug)]
struct FittedFunction {
    function: FunctionTransformer,
    inputs: Vec<String>,
    names: Vec<String>,
}

impl FittedTransformer for FittedFunction {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        self.function.call(frame)
    }

    fn inputs(&self) -> Vec<String> {
        self.inputs.clone()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Err(MlError::CannotSave {
            what: format!("the step FunctionTransformer({})", self.function.name),
            reason: "it is a closure, and a file holds no code; do this before the pipeline"
                .to_owned(),
        })
    }
}
