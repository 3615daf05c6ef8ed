//! Preparing columns: from a frame to a frame.
//!
//! A [`Transformer`] is a recipe; `fit` learns from a frame and gives a
//! [`FittedTransformer`], which holds what was learned (medians, levels) and
//! applies it to any frame with the same columns. Both are object-safe and know
//! no generics, so that a notebook cell that builds a pipeline compiles nothing
//! but calls. Columns that a transformer is not made for pass through it.

mod column_transformer;
mod imputer;
mod min_max;
mod one_hot;
mod standard;

use std::fmt;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame};

pub use column_transformer::ColumnTransformer;
pub use imputer::{Fill, FittedImputer, SimpleImputer};
pub use min_max::MinMaxScaler;
pub use one_hot::{FittedOneHotEncoder, OneHotEncoder};
pub use standard::{FittedScaler, StandardScaler};

use crate::diagram::Diagram;
use crate::{MlError, columns};

/// A way to prepare columns that first learns from data.
///
/// ```
/// use ferrite_ml::{MlError, StandardScaler, Transformer};
/// use polars::df;
///
/// let scaled = StandardScaler::new().fit_transform(&df!["x" => [1.0, 3.0]]?)?;
/// assert!(scaled.equals(&df!["x" => [-1.0, 1.0]]?));
/// # Ok::<(), MlError>(())
/// ```
pub trait Transformer: fmt::Debug + Send + Sync {
    /// Its box in a pipeline's diagram.
    fn diagram(&self) -> Diagram;

    /// Learns from a frame, which must not hold the target.
    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError>;

    /// Learns from a frame and applies what was learned to it.
    fn fit_transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        self.fit(frame)?.transform(frame)
    }
}

/// What a [`Transformer`] learned.
///
/// ```
/// use ferrite_ml::{FittedTransformer, MlError, OneHotEncoder};
/// use polars::df;
///
/// let fitted = OneHotEncoder::new().fit(&df!["sex" => ["f", "m"], "age" => [3, 4]]?)?;
/// assert_eq!(fitted.feature_names(), ["sex_f", "sex_m", "age"]);
/// assert_eq!(fitted.inputs(), ["sex"]);
/// # Ok::<(), MlError>(())
/// ```
pub trait FittedTransformer: fmt::Debug + Send + Sync {
    /// Applies what was learned. Rows keep their order and number.
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError>;

    /// The columns that it reads.
    fn inputs(&self) -> Vec<String>;

    /// The columns that the frame of `fit` had after it, in their order.
    fn feature_names(&self) -> Vec<String>;
}

/// A transformer of any type, as pipelines hold it; `.into()` makes one.
///
/// ```
/// use ferrite_ml::{SimpleImputer, StandardScaler, Step};
///
/// let steps: [Step; 2] = [SimpleImputer::median().into(), StandardScaler::new().into()];
/// assert_eq!(steps[0].diagram().label(), "SimpleImputer(median)");
/// ```
#[derive(Clone, Debug)]
pub struct Step(Arc<dyn Transformer>);

impl Step {
    /// Its box in a pipeline's diagram.
    pub fn diagram(&self) -> Diagram {
        self.0.diagram()
    }
}

impl<T: Transformer + 'static> From<T> for Step {
    fn from(transformer: T) -> Self {
        Self(Arc::new(transformer))
    }
}

/// Fitted steps that data passes one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    steps: Vec<Arc<dyn FittedTransformer>>,
    inputs: Vec<String>,
}

impl Chain {
    /// Fits each step on what the ones before it made; gives the last frame too.
    pub fn fit<'a>(
        steps: impl IntoIterator<Item = &'a Step>,
        frame: &DataFrame,
    ) -> Result<(Self, DataFrame), MlError> {
        let original = columns::names(frame);
        let mut chain = Self {
            steps: Vec::new(),
            inputs: Vec::new(),
        };
        let mut frame = frame.clone();
        for step in steps {
            let fitted = step.0.fit(&frame)?;
            for input in fitted.inputs() {
                if original.contains(&input) && !chain.inputs.contains(&input) {
                    chain.inputs.push(input);
                }
            }
            frame = fitted.transform(&frame)?;
            chain.steps.push(Arc::from(fitted));
        }
        Ok((chain, frame))
    }

    pub fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        self.steps
            .iter()
            .try_fold(frame.clone(), |frame, step| step.transform(&frame))
    }

    /// The columns of the first frame that any step reads.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }
}

/// A copy of the frame in which some columns are replaced by others of the
/// same name.
fn replace(frame: &DataFrame, replacements: Vec<Column>) -> Result<DataFrame, MlError> {
    let mut frame = frame.clone();
    for column in replacements {
        frame.with_column(column)?;
    }
    Ok(frame)
}
