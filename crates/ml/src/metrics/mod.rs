//! How good predictions are.
//!
//! Functions of two series, as in scikit-learn, for whoever has predictions
//! already; an [`Evaluation`] for a fitted pipeline, which shows itself.

mod confusion;
pub(crate) mod evaluation;
mod regression;

use polars::prelude::Series;

pub use confusion::{ClassScore, ConfusionMatrix};
pub use evaluation::Evaluation;
pub(crate) use regression::RegressionScores;

use crate::MlError;
use crate::columns::Kind;
use crate::labels::Labels;

/// The part of the rows for which the prediction is right.
///
/// ```
/// use ferrite_ml::{MlError, accuracy_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b", "a"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a", "a"]);
/// assert_eq!(accuracy_score(&truth, &guess)?, 0.75);
/// # Ok::<(), MlError>(())
/// ```
pub fn accuracy_score(y_true: &Series, y_pred: &Series) -> Result<f64, MlError> {
    Ok(confusion_matrix(y_true, y_pred)?.accuracy())
}

/// How often each class was predicted as each class.
///
/// ```
/// use ferrite_ml::{MlError, confusion_matrix};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a"]);
/// let matrix = confusion_matrix(&truth, &guess)?;
/// assert_eq!(matrix.labels(), ["a", "b"]);
/// assert_eq!(matrix.counts(), [vec![1, 0], vec![1, 1]]); // rows are the truth
/// # Ok::<(), MlError>(())
/// ```
pub fn confusion_matrix(y_true: &Series, y_pred: &Series) -> Result<ConfusionMatrix, MlError> {
    if y_true.len() != y_pred.len() {
        return Err(MlError::LengthMismatch {
            left: y_true.name().to_string(),
            left_len: y_true.len(),
            right: y_pred.name().to_string(),
            right_len: y_pred.len(),
        });
    }
    if y_true.is_empty() {
        return Err(MlError::NoRows {
            purpose: "compare",
            reason: "both series are empty".to_owned(),
        });
    }
    if Kind::of(y_true.dtype()) != Kind::of(y_pred.dtype()) {
        return Err(MlError::LabelTypes {
            left: y_true.name().to_string(),
            left_dtype: y_true.dtype().to_string(),
            right: y_pred.name().to_string(),
            right_dtype: y_pred.dtype().to_string(),
        });
    }
    let truth = Labels::of(y_true)?;
    let numeric = truth.numeric;
    let truth = truth.complete(y_true.name())?;
    let guess = Labels::of(y_pred)?.complete(y_pred.name())?;
    ConfusionMatrix::count(&truth, &guess, numeric)
}
