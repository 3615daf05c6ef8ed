//! Least squares with a penalty on the squares of the coefficients.
//!
//! linfa-elasticnet can do it by coordinate descent, which for this penalty
//! needs hundreds of rounds; here it is solved at once.

use ndarray::{Array1, Array2};

use super::compress::{Compressed, Triangle};
use super::fitted::FittedLinear;
use super::least_squares::LinearRegression;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{estimator, not_negative, recipe};
use crate::model::{Estimator, FittedModel, check};
use crate::target::Target;

recipe! {
    /// Least squares with a penalty on the squares of the coefficients; the
    /// intercept is free of it.
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, Ridge};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [-1.0, 0.0, 1.0], "y" => [-2.0, 0.0, 2.0]]?;
    /// let fitted = Pipeline::new().model(Ridge::new().alpha(2.0)).fit(&frame, "y")?;
    /// // 4 / (2 + 2), where least squares have 4 / 2
    /// assert!((fitted.predict(&frame)?.f64()?.get(2).unwrap_or(0.0) - 1.0).abs() < 1e-12);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct Ridge, "Ridge" {
        /// The strength of the penalty; 1 unless set. 0 is [`LinearRegression`].
        alpha: f64 = 1.0,
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
    }
}

estimator!(Ridge, Regression);

impl Ridge {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        not_negative(Self::NAME, "alpha", self.alpha)?;
        if self.alpha == 0.0 {
            let plain = LinearRegression::new().fit_intercept(self.fit_intercept);
            return match weights {
                None => plain.fit(features, target),
                Some(weights) => plain.fit_weighted(features, target, weights),
            };
        }
        let y = check::numbers(features, target, Self::NAME)?;
        let data = Compressed::roughly(&features.columns(), y, weights, self.fit_intercept);
        let coefficients = if data.x.nrows() < data.x.ncols() {
            by_rows(&data.x, &data.y, self.alpha)
        } else {
            by_columns(&data.x, &data.y, self.alpha)
        };
        if coefficients.iter().any(|weight| !weight.is_finite()) {
            return Err(check::unable(
                Self::NAME,
                "the features are too large for floating-point numbers; scale them first",
            ));
        }
        Ok(Box::new(FittedLinear {
            model: Self::NAME.to_owned(),
            intercept: data.intercept(&coefficients),
            coefficients,
            notes: Vec::new(),
        }))
    }
}

/// The minimum of `‖y − Xw‖² + α‖w‖²` as the least squares of `[X; √α]`, whose
/// columns are always independent.
fn by_columns(x: &Array2<f64>, y: &Array1<f64>, alpha: f64) -> Array1<f64> {
    let features = x.ncols();
    let rows = x.nrows() + features;
    let mut block = vec![0.0; rows * (features + 1)];
    for (column, values) in block.chunks_mut(rows).enumerate() {
        for (row, value) in values.iter_mut().enumerate() {
            *value = match (row < x.nrows(), column < features) {
                (true, true) => x[[row, column]],
                (true, false) => y[row],
                (false, _) if row - x.nrows() == column => alpha.sqrt(),
                (false, _) => 0.0,
            };
        }
    }
    let size = features + 1;
    let mut triangle = Triangle::new(size);
    triangle.absorb(&mut block, rows);
    let at = |row: usize, column: usize| triangle.columns[column * size + row];
    let mut w = Array1::zeros(features);
    for row in (0..features).rev() {
        let known: f64 = (row + 1..features)
            .map(|column| at(row, column) * w[column])
            .sum();
        w[row] = (at(row, features) - known) / at(row, row);
    }
    w
}

/// The same for more columns than rows: `w = Xᵀ(XXᵀ + α)⁻¹y`.
fn by_rows(x: &Array2<f64>, y: &Array1<f64>, alpha: f64) -> Array1<f64> {
    let mut gram = x.dot(&x.t());
    gram.diag_mut().mapv_inplace(|value| value + alpha);
    x.t().dot(&cholesky_solve(gram, y.clone()))
}

/// Solves for a symmetric positive matrix.
fn cholesky_solve(mut a: Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    let n = b.len();
    for i in 0..n {
        ferrite_interrupt::checkpoint();
        for j in 0..=i {
            let before: f64 = (0..j).map(|k| a[[i, k]] * a[[j, k]]).sum();
            let rest = a[[i, j]] - before;
            a[[i, j]] = if i == j {
                rest.max(f64::MIN_POSITIVE).sqrt()
            } else {
                rest / a[[j, j]]
            };
        }
    }
    for i in 0..n {
        let before: f64 = (0..i).map(|k| a[[i, k]] * b[k]).sum();
        b[i] = (b[i] - before) / a[[i, i]];
    }
    for i in (0..n).rev() {
        let behind: f64 = (i + 1..n).map(|k| a[[k, i]] * b[k]).sum();
        b[i] = (b[i] - behind) / a[[i, i]];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_same_minimum() {
        let x = Array2::from_shape_fn((5, 7), |(i, j)| ((i * 7 + j * j) as f64 * 0.7).sin());
        let y = Array1::from_shape_fn(5, |i| (i as f64).cos());
        let (wide, tall) = (by_rows(&x, &y, 0.3), by_columns(&x, &y, 0.3));
        assert!(
            (wide - tall)
                .iter()
                .all(|difference| difference.abs() < 1e-12)
        );
    }
}
