//! The opinion of several models.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::members::{KeptModels, Members, numbers, shares, votes};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::{Estimator, FittedModel, Prediction, check};
use crate::params::{self, ParamValue, Params, choices};
use crate::persist::{self, Loader, Saved, SavedRecipe};
use crate::target::{Target, Task};

/// How a [`VotingClassifier`] decides.
///
/// ```
/// use ferrite_ml::{Voting, VotingClassifier, knn};
///
/// let model = VotingClassifier::new().add("one", knn(1)).add("nine", knn(9)).voting(Voting::Soft);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voting {
    /// The class that most members predict; of equal ones the first.
    Hard,
    /// The class with the largest mean probability.
    Soft,
}

choices!(Voting { "hard" => Hard, "soft" => Soft });

/// The class that several classifiers agree on.
///
/// ```
/// use ferrite_ml::{DecisionTreeClassifier, GaussianNB, MlError, Pipeline, VotingClassifier, knn};
/// use polars::df;
///
/// let frame = df!["x" => [1.0, 2.0, 8.0, 9.0], "y" => ["a", "a", "b", "b"]]?;
/// let model = VotingClassifier::new()
///     .add("tree", DecisionTreeClassifier::new())
///     .add("bayes", GaussianNB::new())
///     .add("near", knn(1));
/// let fitted = Pipeline::new().model(model).fit(&frame, "y")?;
/// assert_eq!(fitted.predict(&df!["x" => [7.0]]?)?.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct VotingClassifier {
    members: Members,
    voting: Voting,
    weights: Option<Vec<f64>>,
}

/// The mean of what several regressions predict.
///
/// ```
/// use ferrite_ml::{DummyRegressor, LinearRegression, MlError, Pipeline, VotingRegressor};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 1.0, 2.0], "y" => [0.0, 2.0, 4.0]]?;
/// let model = VotingRegressor::new()
///     .add("line", LinearRegression::new())
///     .add("mean", DummyRegressor::new());
/// let predicted = Pipeline::new().model(model).fit(&frame, "y")?.predict(&frame)?;
/// assert!((predicted.f64()?.get(2).unwrap_or(0.0) - 3.0).abs() < 1e-9);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct VotingRegressor {
    members: Members,
    weights: Option<Vec<f64>>,
}

const CLASSIFIER: &str = "VotingClassifier";
const REGRESSOR: &str = "VotingRegressor";

impl Default for VotingClassifier {
    fn default() -> Self {
        Self {
            members: Members::default(),
            voting: Voting::Hard,
            weights: None,
        }
    }
}

impl VotingClassifier {
    pub(super) fn of(members: Members) -> Self {
        Self {
            members,
            ..Self::default()
        }
    }

    fn own_params(&self) -> [(String, ParamValue); 2] {
        [
            ("voting".to_owned(), ParamValue::from(self.voting.name())),
            ("weights".to_owned(), ParamValue::from(self.weights.clone())),
        ]
    }

    /// A vote without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    pub fn add(mut self, name: impl Into<String>, model: impl Estimator + 'static) -> Self {
        self.members.add(name.into(), model);
        self
    }

    /// How it decides; by the number of votes unless set.
    pub fn voting(mut self, voting: Voting) -> Self {
        self.voting = voting;
        self
    }

    /// How much each member counts, in their order; all the same unless set.
    pub fn weights(mut self, weights: impl Into<Vec<f64>>) -> Self {
        self.weights = Some(weights.into());
        self
    }

    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.members.check(CLASSIFIER, Task::Classification)?;
        let classes = check::classes(features, target, CLASSIFIER)?;
        Ok(Box::new(FittedVoting {
            weights: member_weights(CLASSIFIER, &self.members, self.weights.as_deref())?,
            models: self.members.fit(features, target, weights)?,
            classes: Some(classes.names().len()),
            soft: self.voting == Voting::Soft,
        }))
    }
}

impl VotingRegressor {
    pub(super) fn of(members: Members) -> Self {
        Self {
            members,
            ..Self::default()
        }
    }

    fn own_params(&self) -> [(String, ParamValue); 1] {
        [("weights".to_owned(), ParamValue::from(self.weights.clone()))]
    }

    /// A mean without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    pub fn add(mut self, name: impl Into<String>, model: impl Estimator + 'static) -> Self {
        self.members.add(name.into(), model);
        self
    }

    /// How much each member counts, in their order; all the same unless set.
    pub fn weights(mut self, weights: impl Into<Vec<f64>>) -> Self {
        self.weights = Some(weights.into());
        self
    }

    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        self.members.check(REGRESSOR, Task::Regression)?;
        check::numbers(features, target, REGRESSOR)?;
        Ok(Box::new(FittedVoting {
            weights: member_weights(REGRESSOR, &self.members, self.weights.as_deref())?,
            models: self.members.fit(features, target, weights)?,
            classes: None,
            soft: true,
        }))
    }
}

/// The weight of each member, as parts of their sum.
fn member_weights(
    owner: &'static str,
    members: &Members,
    weights: Option<&[f64]>,
) -> Result<Vec<f64>, MlError> {
    let count = members.0.len();
    let weights = weights.map_or_else(|| vec![1.0; count], <[f64]>::to_vec);
    let sum: f64 = weights.iter().sum();
    let sound = weights
        .iter()
        .all(|weight| weight.is_finite() && *weight >= 0.0)
        && sum > 0.0;
    if weights.len() != count || !sound {
        return Err(MlError::InvalidParameter {
            owner,
            name: "weights",
            value: format!("{weights:?}"),
            rule: "have one number from 0 on for each member, and one above 0",
        });
    }
    Ok(weights.into_iter().map(|weight| weight / sum).collect())
}

impl Params for VotingClassifier {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let own = self.own_params().into_iter();
        own.chain(self.members.params()).collect()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        match name {
            "voting" => self.voting = params::read(CLASSIFIER, "voting", value)?,
            "weights" => self.weights = params::read(CLASSIFIER, "weights", value)?,
            _ => {
                let known = ["voting", "weights"];
                return self.members.set_param(CLASSIFIER, name, value, &known);
            }
        }
        Ok(())
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        let own = self.own_params().into();
        Some(SavedRecipe::ensemble(
            CLASSIFIER,
            own,
            self.members.recipes()?,
            None,
        ))
    }
}

impl Params for VotingRegressor {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let own = self.own_params().into_iter();
        own.chain(self.members.params()).collect()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        if name == "weights" {
            self.weights = params::read(REGRESSOR, "weights", value)?;
            return Ok(());
        }
        self.members.set_param(REGRESSOR, name, value, &["weights"])
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        let own = self.own_params().into();
        Some(SavedRecipe::ensemble(
            REGRESSOR,
            own,
            self.members.recipes()?,
            None,
        ))
    }
}

impl Estimator for VotingClassifier {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.members
            .diagram(Diagram::new(CLASSIFIER).setting(self.voting.name()))
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn(features, target, None)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        check::weights(features, weights, CLASSIFIER)?;
        self.learn(features, target, Some(weights))
    }
}

impl Estimator for VotingRegressor {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.members.diagram(Diagram::new(REGRESSOR))
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        self.learn(features, target, None)
    }

    fn fit_weighted(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        check::weights(features, weights, REGRESSOR)?;
        self.learn(features, target, Some(weights))
    }
}

#[derive(Debug)]
struct FittedVoting {
    models: Vec<Box<dyn FittedModel>>,
    weights: Vec<f64>,
    /// The number of classes; `None` for numbers.
    classes: Option<usize>,
    soft: bool,
}

/// What is written to a file.
#[derive(Debug, Serialize, Deserialize)]
struct KeptVoting {
    models: KeptModels,
    weights: Vec<f64>,
    classes: Option<usize>,
    soft: bool,
}

const KIND: &str = "Voting";

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: KIND,
    version: 1,
    load: |body| {
        let kept: KeptVoting = persist::read(body)?;
        Ok(Box::new(FittedVoting {
            models: kept.models.restore()?,
            weights: kept.weights,
            classes: kept.classes,
            soft: kept.soft,
        }))
    },
};

impl FittedVoting {
    fn opinion(&self, features: &Features, classes: usize) -> Result<Array2<f64>, MlError> {
        let mut sum = Array2::zeros((features.rows(), classes));
        for (model, weight) in self.models.iter().zip(&self.weights) {
            let of_model = match self.soft {
                true => shares(&**model, features, classes)?,
                false => votes(&**model, features, classes)?,
            };
            sum.scaled_add(*weight, &of_model);
        }
        Ok(sum)
    }
}

impl FittedModel for FittedVoting {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        if let Some(classes) = self.classes {
            return Ok(Prediction::most_probable(&self.opinion(features, classes)?));
        }
        let mut sums = vec![0.0; features.rows()];
        for (model, weight) in self.models.iter().zip(&self.weights) {
            for (sum, number) in sums.iter_mut().zip(numbers(&**model, features)?) {
                *sum += weight * number;
            }
        }
        Ok(Prediction::Numbers(sums))
    }

    /// The mean of the members' probabilities; for hard voting the shares of votes.
    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        match self.classes {
            Some(classes) => self.opinion(features, classes),
            None => check::no_probabilities(REGRESSOR),
        }
    }

    fn notes(&self) -> Vec<String> {
        self.models.iter().flat_map(|model| model.notes()).collect()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        let kept = KeptVoting {
            models: KeptModels::of(&self.models)?,
            weights: self.weights.clone(),
            classes: self.classes,
            soft: self.soft,
        };
        Saved::of(KIND, 1, &kept)
    }
}
