//! Naive Bayes: features are independent of each other within a class.

mod discrete;
mod gaussian;

pub use discrete::{BernoulliNB, MultinomialNB};
pub use gaussian::GaussianNB;

pub(super) use discrete::LOADER as DISCRETE_LOADER;
pub(super) use gaussian::{FIRST_LOADER as GAUSSIAN_FIRST_LOADER, LOADER as GAUSSIAN_LOADER};
