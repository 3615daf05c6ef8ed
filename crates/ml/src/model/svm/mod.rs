//! Support vector machines: a boundary, or a curve, that depends on few rows.

mod classifier;
mod kernel;
mod regressor;
mod smo;

pub use classifier::SVC;
pub use kernel::{Gamma, Kernel};
pub use regressor::SVR;

pub(super) use classifier::LOADER as CLASSIFIER_LOADER;
pub(super) use regressor::LOADER as REGRESSOR_LOADER;
