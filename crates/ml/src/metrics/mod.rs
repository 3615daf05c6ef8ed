//! How good predictions are.
//!
//! Functions of two series with scikit-learn's names, for whoever has predictions
//! already; an [`Evaluation`] for a fitted pipeline, which shows itself; [`Metric`]s by
//! name for cross-validation; [`GroupScores`] for parts of the data; and `text` for the
//! answers of language models.

mod average;
mod classification;
mod clustering;
mod confusion;
pub(crate) mod evaluation;
mod ranking;
mod regression;
mod scorer;
mod slices;
pub mod text;

use polars::prelude::Series;

pub use average::{Average, KappaWeights};
pub use classification::{
    ClassificationReport, accuracy_score, balanced_accuracy_score, classification_report,
    cohen_kappa_score, f1_score, fbeta_score, matthews_corrcoef, precision_score, recall_score,
};
pub use clustering::{
    adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score,
    homogeneity_completeness_v_measure, normalized_mutual_info_score, silhouette_score,
};
pub use confusion::{ClassScore, ConfusionMatrix};
pub use evaluation::Evaluation;
pub(crate) use evaluation::{inline, significant};
pub use ranking::{
    ClassScores, MultiClass, average_precision_score, brier_score_loss, calibration_curve,
    log_loss, precision_recall_curve, roc_auc_score, roc_auc_score_with, roc_curve,
    top_k_accuracy_score,
};
pub(crate) use regression::RegressionScores;
pub use regression::{
    explained_variance_score, max_error, mean_absolute_error, mean_absolute_percentage_error,
    mean_pinball_loss, mean_poisson_deviance, mean_squared_error, mean_squared_log_error,
    median_absolute_error, r2_score, root_mean_squared_error,
};
pub use scorer::Metric;
pub(crate) use scorer::{Form, Judged};
pub use slices::GroupScores;

use crate::MlError;
use crate::columns::Kind;
use crate::labels::Labels;

/// How often each true class was predicted as each class.
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
