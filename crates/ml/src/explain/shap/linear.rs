//! Shapley values of a weighted sum, for features that are changed one by one.

use ndarray::{Array2, Array3, Axis};

use crate::model::Coefficients;

/// By row, feature and output; and what is predicted at the mean of the rows.
pub(super) fn explain(learned: &Coefficients, x: &Array2<f64>) -> (Array3<f64>, Vec<f64>) {
    let means = x.sum_axis(Axis(0)) / x.nrows().max(1) as f64;
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
