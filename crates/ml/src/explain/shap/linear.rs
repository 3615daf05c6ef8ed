//! Shapley values of a weighted sum, for features that are changed one by one.

use ndarray::{Array1, Array2, Array3, Axis};

use crate::model::Coefficients;

/// By row, feature and output; and what is predicted at the mean of the training
/// rows. Where that is not known, the rows that are explained stand for them.
pub(super) fn explain(
    learned: &Coefficients,
    x: &Array2<f64>,
    means: Option<&[f64]>,
) -> (Array3<f64>, Vec<f64>) {
    let means = match means {
        Some(means) if means.len() == x.ncols() => Array1::from(means.to_vec()),
        _ => x.sum_axis(Axis(0)) / x.nrows().max(1) as f64,
    };
    let outputs = learned.values.nrows();
    let shape = (x.nrows(), x.ncols(), outputs);
    let values = Array3::from_shape_fn(shape, |(row, feature, output)| {
        learned.values[[output, feature]] * (x[[row, feature]] - means[feature])
    });
    let base = learned.values.dot(&means);
    let base = base
        .iter()
        .zip(&learned.intercepts)
        .map(|(sum, intercept)| sum + intercept);
    (values, base.collect())
}
