//! Least squares, also where columns depend on each other.
//!
//! One-hot columns of one category always sum to 1, so together with the
//! intercept they are linearly dependent, and linfa's solver refuses them.
//! scikit-learn gives the solution with the smallest coefficients. Here linfa
//! solves for a set of independent columns, and the result is then moved along
//! the dependencies, which changes no fitted value, to the smallest one. The
//! rows are compressed before (`compress`).

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::compress::Compressed;
use super::fitted::FittedLinear;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{estimator, recipe};
use crate::model::{FittedModel, check};
use crate::target::Target;

recipe! {
    /// Ordinary least squares, for numeric targets.
    ///
    /// ```
    /// use ferrite_ml::{LinearRegression, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 1.0, 2.0], "y" => [1.0, 3.0, 5.0]]?;
    /// let fitted = Pipeline::new().model(LinearRegression::new()).fit(&frame, "y")?;
    /// let predicted = fitted.predict(&df!["x" => [10.0]]?)?;
    /// assert!((predicted.f64()?.get(0).unwrap_or(0.0) - 21.0).abs() < 1e-9);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct LinearRegression, "LinearRegression" {
        /// Whether the model has an intercept; true unless set.
        fit_intercept: bool = true,
    }
}

/// A column is dependent if less than this part of its length is left over
/// after subtracting what other columns explain.
const INDEPENDENT: f64 = 1e-10;

estimator!(LinearRegression, Regression);

impl LinearRegression {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let y = check::numbers(features, target, Self::NAME)?;
        let data = Compressed::of(&features.columns(), y, weights, self.fit_intercept);
        let coefficients = smallest_solution(&data.x, &data.y, data.rank)?;
        Ok(Box::new(FittedLinear {
            model: Self::NAME.to_owned(),
            intercept: data.intercept(&coefficients),
            coefficients,
            notes: Vec::new(),
        }))
    }
}

/// The least-squares solution of smallest norm for centred data.
fn smallest_solution(
    x: &Array2<f64>,
    y: &Array1<f64>,
    rank: usize,
) -> Result<Array1<f64>, MlError> {
    let mut solution = Array1::zeros(x.ncols());
    let basis = independent_columns(x, rank);
    if basis.is_empty() {
        return Ok(solution);
    }
    let reduced = x.select(Axis(1), &basis);
    for (column, value) in basis.iter().zip(solve(reduced.view(), y)?) {
        solution[*column] = value;
    }
    // Each dependent column gives a direction in which nothing changes.
    let mut directions: Vec<Array1<f64>> = Vec::new();
    for dependent in (0..x.ncols()).filter(|column| !basis.contains(column)) {
        let mut direction = Array1::zeros(x.ncols());
        direction[dependent] = 1.0;
        let explained = solve(reduced.view(), &x.column(dependent).to_owned())?;
        for (column, value) in basis.iter().zip(explained) {
            direction[*column] = -value;
        }
        subtract_projections(&mut direction, &directions);
        let length = direction.dot(&direction).sqrt();
        directions.push(direction / length);
    }
    subtract_projections(&mut solution, &directions);
    Ok(solution)
}

/// linfa's least squares for columns of full rank.
fn solve(x: ArrayView2<f64>, y: &Array1<f64>) -> Result<Array1<f64>, MlError> {
    let records = DatasetBase::new(x, y.clone());
    let fitted = linfa_linear::LinearRegression::new()
        .with_intercept(false)
        .fit(&records)
        .map_err(|error| MlError::Unable {
            model: LinearRegression::NAME,
            reason: error.to_string(),
        })?;
    Ok(fitted.params().clone())
}

/// Columns that span what all columns span, the most independent ones first
/// (modified Gram-Schmidt with pivoting).
fn independent_columns(x: &Array2<f64>, rank: usize) -> Vec<usize> {
    let mut left = x.clone();
    let lengths: Vec<f64> = x.columns().into_iter().map(|c| c.dot(&c).sqrt()).collect();
    let mut basis = Vec::new();
    let mut units: Vec<Array1<f64>> = Vec::new();
    while basis.len() < rank {
        let part = |column: usize| {
            let rest = left.column(column);
            rest.dot(&rest).sqrt() / lengths[column]
        };
        let best = (0..x.ncols())
            .filter(|column| !basis.contains(column) && lengths[*column] > 0.0)
            .map(|column| (column, part(column)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((column, _)) = best.filter(|(_, part)| *part > INDEPENDENT) else {
            break;
        };
        let mut unit = left.column(column).to_owned();
        // A second pass: what one subtraction leaves is not quite orthogonal.
        subtract_projections(&mut unit, &units);
        unit /= unit.dot(&unit).sqrt();
        for mut rest in left.columns_mut() {
            let shadow = rest.dot(&unit);
            rest.scaled_add(-shadow, &unit);
        }
        units.push(unit);
        basis.push(column);
    }
    basis
}

/// Removes from `vector` its parts along unit vectors that are orthogonal to
/// each other.
fn subtract_projections(vector: &mut Array1<f64>, units: &[Array1<f64>]) {
    for unit in units {
        let shadow = vector.dot(unit);
        vector.scaled_add(-shadow, unit);
    }
}
