//! Named models that work together.

use std::collections::HashSet;
use std::fmt;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::{Estimator, FittedModel, Prediction, check, parallel};
use crate::params::{self, ParamValue};
use crate::persist::{Kept, SavedRecipe};
use crate::target::{Target, Task};

/// A model behind a pointer that can be cloned.
pub(super) struct Member(pub Box<dyn Estimator>);

impl Clone for Member {
    fn clone(&self) -> Self {
        Self(self.0.clone_box())
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Models with their names, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Members(pub Vec<(String, Member)>);

impl Members {
    pub fn of(models: Vec<(String, Box<dyn Estimator>)>) -> Self {
        let named = models.into_iter();
        Self(named.map(|(name, model)| (name, Member(model))).collect())
    }

    /// What a file keeps of them.
    pub fn recipes(&self) -> Option<Vec<(String, SavedRecipe)>> {
        let named = self.0.iter();
        named
            .map(|(name, member)| Some((name.clone(), member.0.recipe()?)))
            .collect()
    }

    pub fn add(&mut self, name: String, model: impl Estimator + 'static) {
        self.0.push((name, Member(Box::new(model))));
    }

    /// Fails unless there is a member, names differ and all suit the task.
    pub fn check(&self, owner: &'static str, task: Task) -> Result<(), MlError> {
        if self.0.is_empty() {
            return Err(check::unable(
                owner,
                "it has no members; give it some with .add(\"name\", model)",
            ));
        }
        let mut seen = HashSet::new();
        for (name, member) in &self.0 {
            if !seen.insert(name) {
                return Err(MlError::DuplicateStep { name: name.clone() });
            }
            if member.0.task() != task {
                return Err(check::unable(
                    owner,
                    format!(
                        "its member \"{name}\", {}, is for {}, not for {task}",
                        member.0.diagram().title(),
                        member.0.task()
                    ),
                ));
            }
        }
        Ok(())
    }

    pub fn diagram(&self, diagram: Diagram) -> Diagram {
        self.0.iter().fold(diagram, |diagram, (name, member)| {
            diagram.branch(name, [member.0.diagram()])
        })
    }

    pub fn fit(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Vec<Box<dyn FittedModel>>, MlError> {
        parallel::try_map(self.0.len(), |at| {
            let member = &self.0[at].1.0;
            match weights {
                None => member.fit(features, target),
                Some(weights) => member.fit_weighted(features, target, weights),
            }
        })
    }

    pub fn params(&self) -> impl Iterator<Item = (String, ParamValue)> {
        self.0
            .iter()
            .flat_map(|(name, member)| of_member(name, &*member.0))
    }

    /// Sets `name__parameter` of the member of that name; `known` are the
    /// owner's own parameters, for the error.
    pub fn set_param(
        &mut self,
        owner: &str,
        name: &str,
        value: &ParamValue,
        known: &[&str],
    ) -> Result<(), MlError> {
        let (first, rest) = split(name);
        let member = self.0.iter_mut().find(|(name, _)| name == first);
        match (member, rest) {
            (Some((_, member)), Some(rest)) => member.0.set_param(rest, value),
            _ => {
                let names = self.0.iter().map(|(name, _)| name.as_str());
                let known: Vec<&str> = known.iter().copied().chain(names).collect();
                Err(params::unknown(owner, name, &known))
            }
        }
    }
}

/// The parameters of a part under its name.
pub(super) fn of_member(name: &str, member: &dyn Estimator) -> Vec<(String, ParamValue)> {
    let under = |(inner, value)| (format!("{name}__{inner}"), value);
    member.params().into_iter().map(under).collect()
}

/// `part__parameter` in two; a plain name has no rest.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once("__") {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    }
}

/// The share of each class that a fitted model sees: its probabilities, or all
/// for the class that it predicts.
pub(super) fn shares(
    model: &dyn FittedModel,
    features: &Features,
    classes: usize,
) -> Result<Array2<f64>, MlError> {
    match model.predict_proba(features) {
        Err(MlError::NoProbabilities { .. }) => votes(model, features, classes),
        shares => shares,
    }
}

/// One for the class that a model predicts.
pub(super) fn votes(
    model: &dyn FittedModel,
    features: &Features,
    classes: usize,
) -> Result<Array2<f64>, MlError> {
    let mut votes = Array2::zeros((features.rows(), classes));
    if let Prediction::Classes(codes) = model.predict(features)? {
        for (row, code) in codes.into_iter().enumerate() {
            votes[[row, code]] = 1.0;
        }
    }
    Ok(votes)
}

/// The numbers that a model predicts.
pub(super) fn numbers(model: &dyn FittedModel, features: &Features) -> Result<Vec<f64>, MlError> {
    match model.predict(features)? {
        Prediction::Numbers(numbers) => Ok(numbers),
        Prediction::Classes(_) => Err(check::unable(
            "a member",
            "it predicts classes, not numbers",
        )),
    }
}

/// Fitted models as they are written to a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptModels(Vec<Kept>);

impl KeptModels {
    pub fn of(models: &[Box<dyn FittedModel>]) -> Result<Self, MlError> {
        let models = models.iter();
        let kept = models.map(|model| model.saved().map(Kept::from));
        Ok(Self(kept.collect::<Result<_, _>>()?))
    }

    pub fn restore(&self) -> Result<Vec<Box<dyn FittedModel>>, MlError> {
        self.0.iter().map(Kept::model).collect()
    }
}
