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

/// The colours of classes, as charts have them on light and on dark pages.
const COLORS: [&str; 8] = [
    "light-dark(#0072b2,#3d94d9)",
    "light-dark(#d55e00,#ea6d26)",
    "light-dark(#009e73,#12b886)",
    "light-dark(#cc79a7,#d98cb8)",
    "light-dark(#e69f00,#f0b429)",
    "light-dark(#56b4e9,#9bd5f7)",
    "light-dark(#999933,#bdbd55)",
    "light-dark(#882255,#b8487f)",
];
