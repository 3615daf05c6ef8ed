//! Classes of very different size: rows are added, removed or weighted while a
//! pipeline is fitted, and never when it predicts.
//!
//! Samplers are steps ([`Transformer::sampler`](crate::Transformer::sampler)), so
//! that a cross-validation, which fits the pipeline in each fold, resamples the
//! training rows of that fold only. Class weights and thresholds belong to the
//! pipeline as a whole: [`Pipeline::class_weight`](crate::Pipeline::class_weight)
//! and [`Pipeline::tune_threshold`](crate::Pipeline::tune_threshold).

mod class_weight;
mod random;
mod smote;
mod strategy;
mod threshold;

pub use class_weight::ClassWeight;
pub use random::{RandomOverSampler, RandomUnderSampler};
pub use smote::SMOTE;
pub(crate) use threshold::Threshold;
pub use threshold::{ThresholdMetric, TunedThreshold};
