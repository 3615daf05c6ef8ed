//! Why a fitted pipeline predicts what it predicts.
//!
//! All of it are methods of [`FittedPipeline`](crate::FittedPipeline) that give
//! something which shows itself, with a frame of the numbers behind it:
//!
//! * `permutation_importance`: how much worse it gets without a column,
//! * `partial_dependence`: how its prediction changes with a column,
//! * `coefficients` and `feature_importances`: what its model weighs,
//! * `tree`: the questions that it asks, written and drawn,
//! * `shap_values`: what each feature added to each prediction.

mod bars;
mod coefficients;
mod dependence;
mod permutation;
mod shap;
mod tree;

pub use coefficients::CoefficientTable;
pub use dependence::{Dependence, PartialDependence};
pub use permutation::{ImportanceTable, PermutationImportance};
pub use shap::ShapValues;
pub use tree::TreeDrawing;
