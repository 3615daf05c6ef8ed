//! One step for some of the columns; the others pass by.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::{ParamValue, Params};
use crate::persist::{self, Kept, Loader, Saved, SavedRecipe};
use crate::selector::Columns;
use crate::target::Target;

const NAME: &str = "OnColumns";

pub(super) const LOADER: Loader<dyn FittedTransformer> = Loader {
    kind: NAME,
    version: 1,
    load: |body| Ok(Box::new(persist::read::<KeptOnColumns>(body)?.restore()?)),
};

/// A transformer that sees certain columns only; made by [`Transformer::on`].
///
/// What it makes of them stands behind the columns that pass by.
///
/// ```
/// use ferrite_ml::{Columns, MlError, StandardScaler, Transformer};
/// use polars::df;
///
/// let frame = df!["x_mm" => [1.0, 3.0], "year" => [2007, 2008]]?;
/// let scaled = StandardScaler::new().on(Columns::matching("_mm$")).fit_transform(&frame)?;
/// assert!(scaled.equals(&df!["year" => [2007, 2008], "x_mm" => [-1.0, 1.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Debug)]
pub struct OnColumns {
    columns: Columns,
    inner: Box<dyn Transformer>,
}

impl OnColumns {
    pub(crate) fn new(columns: Columns, inner: Box<dyn Transformer>) -> Self {
        Self { columns, inner }
    }
}

impl Params for OnColumns {
    fn params(&self) -> Vec<(String, ParamValue)> {
        self.inner.params()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        self.inner.set_param(name, value)
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        Some(SavedRecipe::on(&self.columns, self.inner.recipe()?))
    }
}

impl Transformer for OnColumns {
    fn diagram(&self) -> Diagram {
        self.inner.diagram().setting(format!("on {}", self.columns))
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
        let chosen = self.columns.names(frame)?;
        let seen = columns::select(frame, &chosen)?;
        let (inner, made) = self.inner.fit_transform_with_target(&seen, target)?;
        let all = beside(frame, &chosen, &made)?;
        let fitted = FittedOnColumns {
            names: columns::names(&all),
            chosen,
            inner,
        };
        Ok((Box::new(fitted), all))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(Self::new(self.columns.clone(), self.inner.clone_box()))
    }
}

/// The columns that pass by, then those that were made.
fn beside(frame: &DataFrame, chosen: &[String], made: &DataFrame) -> Result<DataFrame, MlError> {
    let mut all = columns::without(frame, chosen);
    all.extend_from_slice(made.columns());
    columns::assemble(frame.height(), all)
}

#[derive(Debug)]
struct FittedOnColumns {
    chosen: Vec<String>,
    names: Vec<String>,
    inner: Box<dyn FittedTransformer>,
}

#[derive(Serialize, Deserialize)]
struct KeptOnColumns {
    chosen: Vec<String>,
    names: Vec<String>,
    inner: Kept,
}

impl KeptOnColumns {
    fn restore(self) -> Result<FittedOnColumns, MlError> {
        Ok(FittedOnColumns {
            inner: self.inner.transformer()?,
            chosen: self.chosen,
            names: self.names,
        })
    }
}

impl FittedTransformer for FittedOnColumns {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let seen = columns::select(frame, &self.chosen)?;
        beside(frame, &self.chosen, &self.inner.transform(&seen)?)
    }

    fn inputs(&self) -> Vec<String> {
        self.chosen.clone()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let kept = KeptOnColumns {
            chosen: self.chosen.clone(),
            names: self.names.clone(),
            inner: self.inner.saved()?.into(),
        };
        Saved::of(NAME, 1, &kept)
    }
}
