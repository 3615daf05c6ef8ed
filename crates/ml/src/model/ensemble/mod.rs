//! Models made of other models.

mod bagging;
mod members;
mod stacking;
mod voting;

use members::Members;

pub use bagging::{BaggingClassifier, BaggingRegressor};
pub use stacking::{StackingClassifier, StackingRegressor};
pub use voting::{Voting, VotingClassifier, VotingRegressor};

use crate::model::Estimator;
use crate::model::weighted::{self, ClassWeighted};

/// The recipe of an ensemble from its parts; `None` if this kind is not known or does
/// not have these parts.
pub(crate) fn made(
    kind: &str,
    members: Vec<(String, Box<dyn Estimator>)>,
    inner: Option<Box<dyn Estimator>>,
) -> Option<Box<dyn Estimator>> {
    let members = Members::of(members);
    Some(match (kind, inner) {
        (weighted::NAME, Some(inner)) => Box::new(ClassWeighted::of(inner, None)),
        ("BaggingClassifier", Some(inner)) => Box::new(BaggingClassifier::of(inner)),
        ("BaggingRegressor", Some(inner)) => Box::new(BaggingRegressor::of(inner)),
        ("StackingClassifier", Some(inner)) => Box::new(StackingClassifier::of(members, inner)),
        ("StackingRegressor", Some(inner)) => Box::new(StackingRegressor::of(members, inner)),
        ("VotingClassifier", None) => Box::new(VotingClassifier::of(members)),
        ("VotingRegressor", None) => Box::new(VotingRegressor::of(members)),
        _ => return None,
    })
}

pub(super) use bagging::LOADER as BAGGING_LOADER;
pub(super) use stacking::LOADER as STACKING_LOADER;
pub(super) use voting::LOADER as VOTING_LOADER;
