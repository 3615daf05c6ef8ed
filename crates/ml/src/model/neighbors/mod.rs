//! Nearest neighbours: a row is what the rows around it are.

mod classifier;
mod kd_tree;
mod regressor;
mod search;
mod sieve;

pub use classifier::{KNeighborsClassifier, knn};
pub(crate) use kd_tree::KdTree;
pub use regressor::KNeighborsRegressor;
pub(crate) use search::{Index, TREE_FEATURES};
pub(crate) use sieve::Sieve;

pub(super) use classifier::{FIRST_LOADER as CLASSIFIER_FIRST_LOADER, LOADER as CLASSIFIER_LOADER};
pub(super) use regressor::{FIRST_LOADER as REGRESSOR_FIRST_LOADER, LOADER as REGRESSOR_LOADER};
