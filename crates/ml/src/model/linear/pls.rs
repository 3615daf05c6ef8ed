//! Partial least squares: a regression on the few directions of the features
//! that go along with the target. linfa-pls finds them.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis};

use super::fitted::FittedLinear;
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, positive, recipe};
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
        /// The most steps for each direction; 500 unless set.
        max_iter: usize = 500,
        /// When a direction counts as found; `1e-6` unless set.
        tol: f64 = 1e-6,
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
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        positive(Self::NAME, "tol", self.tol)?;
        let y = check::numbers(features, target, Self::NAME)?;
        check::at_least(features, 2, Self::NAME.to_owned(), "")?;
        let x = features.values();
        let most = x.ncols().min(x.nrows() - 1);
        if self.n_components > most {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "{} directions were asked for, but {} features in {} rows have at most {most}; \
                     lower n_components",
                    self.n_components,
                    x.ncols(),
                    x.nrows()
                ),
            ));
        }
        let means = x.sum_axis(Axis(0)) / x.nrows() as f64;
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        // What is constant says nothing; linfa would divide by its zero length.
        let varying: Vec<usize> = (0..x.ncols())
            .filter(|column| {
                let rounding = x.nrows() as f64 * means[*column].abs() * f64::EPSILON;
                x.column(*column)
                    .iter()
                    .any(|v| (v - means[*column]).abs() > rounding)
            })
            .collect();
        let spread = y.iter().any(|y| (y - mean).abs() > 1e-12 * mean.abs());
        let mut coefficients = Array1::zeros(x.ncols());
        if spread && !varying.is_empty() {
            let centered = x.select(Axis(1), &varying) - &means.select(Axis(0), &varying);
            let target = Array1::from_iter(y.iter().map(|y| y - mean)).insert_axis(Axis(1));
            let learned = linfa_pls::PlsRegression::params(self.n_components.min(varying.len()))
                .scale(self.scale)
                .max_iterations(self.max_iter)
                .tolerance(self.tol)
                .fit(&DatasetBase::new(centered, target))
                .map_err(|error| check::unable(Self::NAME, error))?;
            // Of centred data the prediction is linear without an intercept, so
            // it is known from the predictions for the axes.
            let axes: Array2<f64> = Array2::eye(varying.len());
            let along = learned.predict(&axes);
            let origin = learned.predict(&Array2::zeros((1, varying.len())));
            for (column, value) in varying.iter().zip(along.column(0)) {
                coefficients[*column] = value - origin[[0, 0]];
            }
        }
        if coefficients.iter().any(|weight: &f64| !weight.is_finite()) {
            return Err(check::unable(
                Self::NAME,
                "the features leave fewer directions than were asked for; lower n_components",
            ));
        }
        Ok(Box::new(FittedLinear {
            model: Self::NAME.to_owned(),
            intercept: mean - means.dot(&coefficients),
            coefficients,
            notes: Vec::new(),
        }))
    }
}
