//! Partial least squares: a regression on the few directions of the features
//! that go along with the target.
//!
//! linfa-pls panics where the features leave fewer directions than were asked
//! for (it sorts singular values that are no numbers), and that is known only
//! when they have run out. For one target the algorithm (NIPALS) needs no
//! iteration, so it stands here.

use ndarray::{Array1, Array2, ArrayView1};

use super::compress::Compressed;
use super::fitted::FittedLinear;
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, recipe};
use crate::model::{Estimator, FittedModel, check};
use crate::target::{Target, Task};

recipe! {
    /// A regression on a few directions of the features, for features that are
    /// many and correlated.
    ///
    /// ```
    /// use ferrite_ml::{MlError, PLSRegression, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df![
    ///     "a" => [1.0, 2.0, 3.0, 4.0],
    ///     "b" => [2.0, 4.1, 5.9, 8.0],
    ///     "y" => [1.0, 2.0, 3.0, 4.0],
    /// ]?;
    /// let model = PLSRegression::new().n_components(1);
    /// let predicted = Pipeline::new().model(model).fit(&frame, "y")?.predict(&frame)?;
    /// assert!((predicted.f64()?.get(3).unwrap_or(0.0) - 4.0).abs() < 0.1);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct PLSRegression, "PLSRegression" {
        /// The number of directions; 2 unless set.
        n_components: usize = 2,
        /// Whether features are brought to one scale first; true unless set.
        scale: bool = true,
    }
}

impl Estimator for PLSRegression {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        at_least_one(Self::NAME, "n_components", self.n_components)?;
        let y = check::numbers(features, target, Self::NAME)?;
        check::at_least(features, 2, Self::NAME.to_owned(), "")?;
        let (rows, width) = (y.len(), features.names().len());
        let most = width.min(rows - 1);
        if self.n_components > most {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "{} directions were asked for, but {width} features in {rows} rows have at \
                     most {most}; lower n_components",
                    self.n_components
                ),
            ));
        }
        // All that is asked of rows are sums of products, which the few rows have as well.
        let data = Compressed::roughly(&features.columns(), y, None, true);
        let mut scaled = data.x.clone();
        let scale_of = |column: ArrayView1<f64>| match column.dot(&column) {
            square if square <= 0.0 => 0.0,
            square if self.scale => (square / (rows - 1) as f64).sqrt(),
            _ => 1.0,
        };
        let scale: Vec<f64> = scaled.columns().into_iter().map(scale_of).collect();
        for (mut column, scale) in scaled.columns_mut().into_iter().zip(&scale) {
            if *scale > 0.0 {
                column /= *scale;
            }
        }
        let target = data.y.clone();
        let (weights, directions) = along(scaled, target, self.n_components);
        let coefficients: Array1<f64> = weights
            .iter()
            .zip(&scale)
            .map(|(weight, scale)| if *scale > 0.0 { weight / scale } else { 0.0 })
            .collect();
        if coefficients.iter().any(|weight: &f64| !weight.is_finite()) {
            return Err(check::unable(
                Self::NAME,
                "the features are too large for floating-point numbers; scale them first",
            ));
        }
        Ok(Box::new(FittedLinear {
            model: Self::NAME.to_owned(),
            intercept: data.intercept(&coefficients),
            coefficients,
            notes: (directions < self.n_components)
                .then(|| format!("{} found {directions} directions only", Self::NAME))
                .into_iter()
                .collect(),
        }))
    }
}

/// The coefficients from the directions along which centred features go with the
/// target, and how many of those there are.
fn along(mut x: Array2<f64>, mut y: Array1<f64>, wanted: usize) -> (Array1<f64>, usize) {
    let features = x.ncols();
    let whole = y.dot(&y);
    // Directions of the features as they are, not as earlier directions left them.
    let mut rotations: Vec<Array1<f64>> = Vec::new();
    let mut loadings: Vec<Array1<f64>> = Vec::new();
    let mut coefficients = Array1::zeros(features);
    for _ in 0..wanted {
        ferrite_interrupt::checkpoint();
        let mut weights = x.t().dot(&y);
        let length = weights.dot(&weights).sqrt();
        if length <= 0.0 || length.is_nan() || y.dot(&y) <= 1e-24 * whole {
            break;
        }
        weights /= length;
        let scores = x.dot(&weights);
        let square = scores.dot(&scores);
        if square <= 0.0 || square.is_nan() {
            break;
        }
        let loading = x.t().dot(&scores) / square;
        let share = scores.dot(&y) / square;
        for (mut row, score) in x.rows_mut().into_iter().zip(&scores) {
            row.scaled_add(-score, &loading);
        }
        y.scaled_add(-share, &scores);
        let mut rotation = weights.clone();
        for (before, loading) in rotations.iter().zip(&loadings) {
            rotation.scaled_add(-loading.dot(&weights), before);
        }
        coefficients.scaled_add(share, &rotation);
        rotations.push(rotation);
        loadings.push(loading);
    }
    (coefficients, rotations.len())
}
