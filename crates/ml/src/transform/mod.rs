//! Preparing columns: from a frame to a frame.
//!
//! A [`Transformer`] is a recipe; `fit` learns from a frame and gives a
//! [`FittedTransformer`], which holds what was learned (medians, levels) and
//! applies it to any frame with the same columns. Both are object-safe and know
//! no generics, so that a notebook cell that builds a pipeline compiles nothing
//! but calls. Columns that a transformer is not made for pass through it.

mod along;
mod column_transformer;
mod date_parts;
mod function;
mod imputer;
mod kbins;
mod knn_imputer;
mod levels;
mod max_abs;
mod min_max;
mod normalizer;
pub(crate) mod numeric;
mod on_columns;
mod one_hot;
mod ordinal;
mod polynomial;
mod power;
mod projection;
mod quantile;
mod robust;
mod scaling;
mod selection;
mod standard;
mod target_encoder;
mod text;

use std::fmt;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

pub(crate) use along::project;
pub use column_transformer::ColumnTransformer;
pub use date_parts::{DatePart, DateParts};
pub use function::FunctionTransformer;
pub use imputer::{Fill, FittedImputer, SimpleImputer};
pub use kbins::{BinEncoding, BinStrategy, KBinsDiscretizer};
pub use knn_imputer::{KNNImputer, NeighborWeights};
pub use max_abs::MaxAbsScaler;
pub use min_max::MinMaxScaler;
pub use normalizer::{Norm, Normalizer};
pub use on_columns::OnColumns;
pub use one_hot::{DropLevel, FittedOneHotEncoder, HandleUnknown, OneHotEncoder};
pub use ordinal::OrdinalEncoder;
pub use polynomial::PolynomialFeatures;
pub use power::{FittedPower, PowerMethod, PowerTransformer};
pub(crate) use projection::decompose;
pub use projection::{FittedProjection, PCA, TruncatedSVD};
pub use quantile::{OutputDistribution, QuantileTransformer};
pub use robust::RobustScaler;
pub use scaling::FittedScaler;
pub use selection::{ScoreFunc, SelectKBest, VarianceThreshold};
pub use standard::StandardScaler;
pub use target_encoder::TargetEncoder;
pub use text::{CountVectorizer, TfidfVectorizer};

use crate::decomposition::{FastICA, GaussianRandomProjection, SparseRandomProjection};
use crate::diagram::{Diagram, shown};
use crate::imbalance::{RandomOverSampler, RandomUnderSampler, SMOTE};
use crate::params::{ParamValue, Params};
use crate::persist::{Kept, Kind, Loader, Saved, SavedRecipe, kinds};
use crate::selector::Columns;
use crate::target::{Classes, Target};
use crate::{MlError, columns, progress};

/// The readers of saved transformers.
pub(crate) const LOADERS: &[Loader<dyn FittedTransformer>] = &[
    crate::pipeline::nested::LOADER,
    column_transformer::LOADER,
    date_parts::LOADER,
    imputer::FIRST_LOADER,
    imputer::LOADER,
    kbins::LOADER,
    knn_imputer::LOADER,
    normalizer::LOADER,
    on_columns::LOADER,
    one_hot::LOADER,
    ordinal::LOADER,
    polynomial::LOADER,
    power::LOADER,
    projection::LOADER,
    quantile::LOADER,
    scaling::LOADER,
    selection::LOADER,
    target_encoder::LOADER,
    text::COUNT_LOADER,
    text::TFIDF_LOADER,
];

/// The recipes that files can name.
pub(crate) const KINDS: &[Kind<dyn Transformer>] = kinds![Transformer:
    CountVectorizer, DateParts, FastICA, GaussianRandomProjection, KBinsDiscretizer, KNNImputer,
    MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder, PCA,
    PolynomialFeatures, PowerTransformer, QuantileTransformer, RandomOverSampler,
    RandomUnderSampler, RobustScaler, SMOTE, SelectKBest, SimpleImputer, SparseRandomProjection,
    StandardScaler, TargetEncoder, TfidfVectorizer, TruncatedSVD, VarianceThreshold,
];

shown![Transformer:
    ColumnTransformer, CountVectorizer, DateParts, FastICA, FunctionTransformer,
    GaussianRandomProjection, KBinsDiscretizer, KNNImputer, MaxAbsScaler, MinMaxScaler,
    Normalizer, OnColumns, OneHotEncoder, OrdinalEncoder, PCA, PolynomialFeatures,
    PowerTransformer, QuantileTransformer, RandomOverSampler, RandomUnderSampler, RobustScaler,
    SMOTE, SelectKBest, SimpleImputer, SparseRandomProjection, StandardScaler, TargetEncoder,
    TfidfVectorizer, TruncatedSVD, VarianceThreshold,
];

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
pub trait Transformer: Params + fmt::Debug + Send + Sync {
    /// Its box in a pipeline's diagram.
    fn diagram(&self) -> Diagram;

    /// Learns from a frame, which must not hold the target.
    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError>;

    /// Learns from a frame and from what is to be predicted, if that is known.
    fn fit_with_target(
        &self,
        frame: &DataFrame,
        _target: Option<&Target>,
    ) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.fit(frame)
    }

    /// Learns from a frame and applies what was learned to it. Encoders that
    /// look at the target give each row what was learned from other rows, so
    /// the frame can differ from what `transform` would give.
    fn fit_transform_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<(Box<dyn FittedTransformer>, DataFrame), MlError> {
        let fitted = self.fit_with_target(frame, target)?;
        let transformed = fitted.transform(frame)?;
        Ok((fitted, transformed))
    }

    /// Learns from a frame and applies what was learned to it.
    fn fit_transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        Ok(self.fit_transform_with_target(frame, None)?.1)
    }

    /// What it does to the training rows, if it is a sampler: a step that adds
    /// or removes rows while a pipeline is fitted and is not there afterwards.
    fn sampler(&self) -> Option<&dyn Sampler> {
        None
    }

    /// The same for certain columns only; the others pass by. Without it each
    /// transformer takes the columns of the types that it is made for.
    fn on(self, columns: impl Into<Columns>) -> OnColumns
    where
        Self: Sized + 'static,
    {
        OnColumns::new(columns.into(), Box::new(self))
    }

    /// A copy, to set other parameters in.
    fn clone_box(&self) -> Box<dyn Transformer>;
}

/// A boxed transformer is a transformer, so that a list can hold several kinds.
///
/// ```
/// use ferrite_ml::{Pipeline, RobustScaler, StandardScaler, Transformer};
///
/// let scalers: [Box<dyn Transformer>; 2] =
///     [Box::new(StandardScaler::new()), Box::new(RobustScaler::new())];
/// let pipelines = scalers.map(|scaler| Pipeline::new().step("scale", scaler));
/// assert_eq!(pipelines[1].diagram().to_string(), "Pipeline\n└─ scale: RobustScaler\n");
/// ```
impl Transformer for Box<dyn Transformer> {
    fn diagram(&self) -> Diagram {
        (**self).diagram()
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        (**self).fit(frame)
    }

    fn fit_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<Box<dyn FittedTransformer>, MlError> {
        (**self).fit_with_target(frame, target)
    }

    fn fit_transform_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<(Box<dyn FittedTransformer>, DataFrame), MlError> {
        (**self).fit_transform_with_target(frame, target)
    }

    fn sampler(&self) -> Option<&dyn Sampler> {
        (**self).sampler()
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        (**self).clone_box()
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

    /// What was learned, to be written to a file.
    fn saved(&self) -> Result<Saved, MlError> {
        Err(MlError::CannotSave {
            what: "this step".to_owned(),
            reason: "it is not one of Ferrite's own transformers".to_owned(),
        })
    }
}

/// A change of the training rows, so that each class has its say; see
/// [`Transformer::sampler`].
pub trait Sampler {
    /// The rows to learn from instead.
    fn resample(
        &self,
        frame: &DataFrame,
        classes: &Classes,
    ) -> Result<(DataFrame, Classes), MlError>;
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

    pub(crate) fn from_box(transformer: Box<dyn Transformer>) -> Self {
        Self(Arc::from(transformer))
    }

    /// The transformer.
    pub(crate) fn transformer(&self) -> &dyn Transformer {
        &*self.0
    }
}

impl Params for Step {
    fn params(&self) -> Vec<(String, ParamValue)> {
        self.0.params()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        let mut copy = self.0.clone_box();
        copy.set_param(name, value)?;
        self.0 = Arc::from(copy);
        Ok(())
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        self.0.recipe()
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

/// What is left of the training data behind a chain of steps.
pub(crate) struct Prepared {
    pub chain: Chain,
    pub frame: DataFrame,
    /// The target of each row, if a sampler changed the rows.
    pub resampled: Option<Target>,
}

impl Chain {
    /// Fits each step on what the ones before it made.
    pub fn fit<'a>(
        steps: impl IntoIterator<Item = &'a Step>,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<Prepared, MlError> {
        let original = columns::names(frame);
        let mut chain = Self {
            steps: Vec::new(),
            inputs: Vec::new(),
        };
        let mut frame = frame.clone();
        let mut resampled: Option<Target> = None;
        let steps: Vec<&Step> = steps.into_iter().collect();
        for (number, step) in steps.iter().enumerate() {
            ferrite_interrupt::checkpoint();
            // The model behind the steps is a part, too.
            progress::report(&step.diagram().label(), number, steps.len() + 1);
            let target = resampled.as_ref().or(target);
            if let Some(sampler) = step.0.sampler() {
                let (rows, classes) = resample(sampler, step, &frame, target)?;
                frame = rows;
                resampled = Some(Target::Classes(classes));
                continue;
            }
            let (fitted, transformed) = step.0.fit_transform_with_target(&frame, target)?;
            for input in fitted.inputs() {
                if original.contains(&input) && !chain.inputs.contains(&input) {
                    chain.inputs.push(input);
                }
            }
            frame = transformed;
            chain.steps.push(Arc::from(fitted));
        }
        Ok(Prepared {
            chain,
            frame,
            resampled,
        })
    }

    pub fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        self.steps
            .iter()
            .try_fold(frame.clone(), |frame, step| step.transform(&frame))
    }

    /// The steps as bytes.
    pub fn keep(&self) -> Result<KeptChain, MlError> {
        let steps = self.steps.iter().map(|step| step.saved().map(Kept::from));
        Ok(KeptChain {
            steps: steps.collect::<Result<_, _>>()?,
            inputs: self.inputs.clone(),
        })
    }

    /// The columns of the first frame that any step reads.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }
}

/// A [`Chain`] as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptChain {
    steps: Vec<Kept>,
    inputs: Vec<String>,
}

impl KeptChain {
    pub fn restore(self) -> Result<Chain, MlError> {
        let steps = self
            .steps
            .iter()
            .map(|kept| kept.transformer().map(Arc::from));
        Ok(Chain {
            steps: steps.collect::<Result<_, _>>()?,
            inputs: self.inputs,
        })
    }
}

pub(crate) const SAMPLERS_NEED_A_PIPELINE: &str = "it needs to know the class of each row, so it \
    can only be a step of a pipeline that ends with a model";

fn resample(
    sampler: &dyn Sampler,
    step: &Step,
    frame: &DataFrame,
    target: Option<&Target>,
) -> Result<(DataFrame, Classes), MlError> {
    match target {
        Some(Target::Classes(classes)) => sampler.resample(frame, classes),
        Some(Target::Numbers(_)) => Err(MlError::Sampler {
            sampler: step.diagram().title().to_owned(),
            reason: "it balances classes, but the target is numbers",
        }),
        None => Err(MlError::Sampler {
            sampler: step.diagram().title().to_owned(),
            reason: SAMPLERS_NEED_A_PIPELINE,
        }),
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
