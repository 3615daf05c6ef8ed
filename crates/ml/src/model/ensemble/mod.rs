//! Models made of other models.

mod bagging;
mod members;
mod stacking;
mod voting;

pub use bagging::{BaggingClassifier, BaggingRegressor};
pub use stacking::{StackingClassifier, StackingRegressor};
pub use voting::{Voting, VotingClassifier, VotingRegressor};

pub(super) use bagging::LOADER as BAGGING_LOADER;
pub(super) use stacking::LOADER as STACKING_LOADER;
pub(super) use voting::LOADER as VOTING_LOADER;
