//! Recipes as files have them, so that a loaded pipeline can be fitted anew.
//!
//! A recipe is written by the names of its kind and of its parameters, not by the layout
//! of its type: a parameter that a later version adds has its default in an older file.
//! Kinds lead through a table to what makes one, as with what was learned: a file cannot
//! name anything else.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::not_too_deep;
use crate::MlError;
use crate::imbalance::ClassWeight;
use crate::model::Estimator;
use crate::params::{ParamValue, Params};
use crate::pipeline::Pipeline;
use crate::selector::Columns;
use crate::transform::{ColumnTransformer, OnColumns, Step};

/// Parameters by name.
pub(crate) type Named = Vec<(String, ParamValue)>;

/// What a file holds of the recipe of a step or model; see
/// [`Params::recipe`](crate::Params::recipe).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedRecipe(Node);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Node {
    /// A kind with nothing but parameters.
    Plain { kind: String, params: Named },
    /// A step for some of the columns; there is one inside.
    On {
        columns: Columns,
        #[serde(deserialize_with = "not_too_deep")]
        inner: Vec<SavedRecipe>,
    },
    /// Steps side by side.
    Columns {
        parts: Vec<SavedPart>,
        passthrough: bool,
    },
    /// Steps one after the other, and a model or none.
    Pipeline {
        #[serde(deserialize_with = "not_too_deep")]
        steps: Vec<(String, SavedRecipe)>,
        #[serde(deserialize_with = "not_too_deep")]
        model: Vec<SavedRecipe>,
        class_weight: Option<ClassWeight>,
    },
    /// Models that work together: those with names, and one without.
    Ensemble {
        kind: String,
        params: Named,
        #[serde(deserialize_with = "not_too_deep")]
        members: Vec<(String, SavedRecipe)>,
        #[serde(deserialize_with = "not_too_deep")]
        inner: Vec<SavedRecipe>,
    },
}

/// One part of a [`ColumnTransformer`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedPart {
    pub name: String,
    pub columns: Columns,
    #[serde(deserialize_with = "not_too_deep")]
    pub steps: Vec<SavedRecipe>,
}

/// One row of the table of kinds.
pub(crate) type Kind<T> = (&'static str, fn() -> Box<T>);

impl SavedRecipe {
    pub(crate) fn plain(kind: &str, params: Named) -> Self {
        Self(Node::Plain {
            kind: kind.to_owned(),
            params,
        })
    }

    pub(crate) fn on(columns: &Columns, inner: Self) -> Self {
        Self(Node::On {
            columns: columns.clone(),
            inner: vec![inner],
        })
    }

    pub(crate) fn columns(parts: Vec<SavedPart>, passthrough: bool) -> Self {
        Self(Node::Columns { parts, passthrough })
    }

    pub(crate) fn pipeline(
        steps: Vec<(String, Self)>,
        model: Option<Self>,
        class_weight: Option<ClassWeight>,
    ) -> Self {
        Self(Node::Pipeline {
            steps,
            model: model.into_iter().collect(),
            class_weight,
        })
    }

    pub(crate) fn ensemble(
        kind: &str,
        params: Named,
        members: Vec<(String, Self)>,
        inner: Option<Self>,
    ) -> Self {
        Self(Node::Ensemble {
            kind: kind.to_owned(),
            params,
            members,
            inner: inner.into_iter().collect(),
        })
    }

    /// What a step's recipe says, if the same step can be made of it.
    pub(crate) fn of_step(step: &Step) -> Option<Self> {
        let recipe = step.recipe()?;
        let again = recipe.step().ok()?;
        let same = again.diagram() == step.diagram() && equal(&again.params(), &step.params());
        same.then_some(recipe)
    }

    /// What a model's recipe says, if the same model can be made of it.
    pub(crate) fn of_model(model: &dyn Estimator) -> Option<Self> {
        let recipe = model.recipe()?;
        let again = recipe.model().ok()?;
        let same = again.diagram() == model.diagram() && equal(&again.params(), &model.params());
        same.then_some(recipe)
    }

    /// The step that it describes.
    pub(crate) fn step(&self) -> Result<Step, MlError> {
        match &self.0 {
            Node::Plain { kind, params } => {
                let mut step = Step::from_box(made(crate::transform::KINDS, kind)?);
                set(&mut step, params)?;
                Ok(step)
            }
            Node::On { columns, inner } => {
                let inner = inner.first().ok_or_else(incomplete)?.step()?;
                Ok(OnColumns::new(columns.clone(), inner.transformer().clone_box()).into())
            }
            Node::Columns { parts, passthrough } => {
                let mut all = ColumnTransformer::new();
                for part in parts {
                    let steps = part.steps.iter().map(Self::step);
                    let steps = steps.collect::<Result<Vec<_>, _>>()?;
                    all = all.columns(part.name.clone(), part.columns.clone(), steps);
                }
                Ok(if *passthrough { all.passthrough() } else { all }.into())
            }
            Node::Pipeline { .. } => Ok(self.whole()?.into()),
            Node::Ensemble { kind, .. } => Err(unknown(kind)),
        }
    }

    /// The model that it describes.
    pub(crate) fn model(&self) -> Result<Box<dyn Estimator>, MlError> {
        match &self.0 {
            Node::Plain { kind, params } => {
                let mut model = made(crate::model::KINDS, kind)?;
                set(&mut *model, params)?;
                Ok(model)
            }
            Node::Pipeline { .. } => Ok(Box::new(self.whole()?)),
            Node::Ensemble {
                kind,
                params,
                members,
                inner,
            } => {
                let members = members.iter().map(|(name, member)| {
                    let model = member.model()?;
                    Ok((name.clone(), model))
                });
                let inner = inner.first().map(Self::model).transpose()?;
                let members = members.collect::<Result<Vec<_>, MlError>>()?;
                let mut model =
                    crate::model::ensemble_of(kind, members, inner).ok_or_else(|| unknown(kind))?;
                set(&mut *model, params)?;
                Ok(model)
            }
            Node::On { .. } | Node::Columns { .. } => Err(incomplete()),
        }
    }

    fn whole(&self) -> Result<Pipeline, MlError> {
        let Node::Pipeline {
            steps,
            model,
            class_weight,
        } = &self.0
        else {
            return Err(incomplete());
        };
        let mut pipeline = Pipeline::new();
        for (name, step) in steps {
            pipeline = pipeline.step(name.clone(), step.step()?);
        }
        let model = model.first().map(Self::model).transpose()?;
        Ok(pipeline.with_model(model, class_weight.clone()))
    }
}

fn made<T: ?Sized>(kinds: &[Kind<T>], kind: &str) -> Result<Box<T>, MlError> {
    let found = kinds.iter().find(|(known, _)| *known == kind);
    found.map(|(_, make)| make()).ok_or_else(|| unknown(kind))
}

/// Sets what is not as it is by default.
fn set(recipe: &mut (impl Params + ?Sized), params: &Named) -> Result<(), MlError> {
    let defaults = recipe.params();
    for (name, value) in params {
        let is_default = |(other, default): &(String, ParamValue)| {
            other == name && format!("{default:?}") == format!("{value:?}")
        };
        if !defaults.iter().any(is_default) {
            recipe.set_param(name, value)?;
        }
    }
    Ok(())
}

/// Compared as text, in which NaN is NaN.
fn equal(a: &impl Debug, b: &impl Debug) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

fn unknown(kind: &str) -> MlError {
    MlError::NewerFile {
        what: format!("the recipe of a {kind}"),
    }
}

fn incomplete() -> MlError {
    MlError::Damaged {
        reason: "its parts do not fit each other".to_owned(),
    }
}

/// A table of kinds whose recipes are made by `default`.
macro_rules! kinds {
    ($trait:ident: $($type:ident),* $(,)?) => {
        &[$((stringify!($type), || Box::<$type>::default())),*]
    };
}
pub(crate) use kinds;
