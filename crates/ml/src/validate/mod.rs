//! How well a pipeline does on rows that it has not seen, without leakage: all that is
//! learned, steps included, is learned from the training rows of each fold.
//!
//! [`cross_validate`] scores one pipeline; [`learning_curve`] and
//! [`validation_curve`] say whether more rows or another parameter would help.
//! `compare` and `tune` stand on the same `rig`.

mod cross_validate;
mod curves;
pub(crate) mod parallel;
pub(crate) mod rig;
pub(crate) mod stats;
pub(crate) mod strip;

pub use cross_validate::{CrossValidate, CrossValidation, cross_validate};
pub(crate) use cross_validate::{bar, bar_html, duration, one_line, place};
pub use curves::{Curve, LearningCurve, ValidationCurve, learning_curve, validation_curve};
