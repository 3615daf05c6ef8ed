//! Numbers by support vectors.

use ndarray::{Array1, Array2, Axis, s};
use serde::{Deserialize, Serialize};

use super::kernel::{Gamma, Kernel, Likeness};
use super::smo::Problem;
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, estimator, not_negative, positive, recipe};
use crate::model::{Coefficients, FittedModel, Prediction, check, parallel};
use crate::persist::{self, Loader, Saved};
use crate::target::Target;

recipe! {
    /// The smoothest curve that is nowhere further than `epsilon` from the
    /// target, or pays for it. Scale features, and a target of large numbers, first.
    ///
    /// ```
    /// use ferrite_ml::{Kernel, MlError, Pipeline, SVR};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 1.0, 2.0, 3.0], "y" => [0.0, 1.0, 2.0, 3.0]]?;
    /// let model = SVR::new().kernel(Kernel::Linear).c(100.0).epsilon(0.01);
    /// let predicted = Pipeline::new().model(model).fit(&frame, "y")?.predict(&frame)?;
    /// assert!((predicted.f64()?.get(3).unwrap_or(0.0) - 3.0).abs() < 0.02);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct SVR, "SVR" {
        /// What a distance beyond `epsilon` costs; 1 unless set.
        c: f64 = 1.0,
        /// Errors up to this cost nothing; 0.1 unless set.
        epsilon: f64 = 0.1,
        /// How likeness is measured; `Rbf` unless set.
        kernel: Kernel = Kernel::Rbf,
        /// The width of the kernel; by the variance of the features unless set.
        gamma: Gamma = Gamma::Scale,
        /// A part of the kernels `Poly` and `Sigmoid`; 0 unless set.
        coef0: f64 = 0.0,
        /// The power of the kernel `Poly`; 3 unless set.
        degree: usize = 3,
        /// How far from the minimum it may stop; 0.001 unless set.
        tol: f64 = 1e-3,
        /// The most steps; ten million unless set.
        max_iter: usize = 10_000_000,
    }
}

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: SVR::NAME,
    version: 1,
    load: |body| {
        let fitted: FittedSvr = persist::read(body)?;
        if fitted.weights.len() == fitted.vectors.nrows() {
            return Ok(Box::new(fitted));
        }
        Err(MlError::Damaged {
            reason: "support vectors and weights do not belong together".to_owned(),
        })
    },
};

estimator!(SVR, Regression, even);

impl SVR {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        positive(Self::NAME, "c", self.c)?;
        not_negative(Self::NAME, "epsilon", self.epsilon)?;
        positive(Self::NAME, "tol", self.tol)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        let y = check::numbers(features, target, Self::NAME)?;
        let shape = (self.kernel, self.gamma, self.coef0, self.degree);
        let x = features.values().as_standard_layout();
        let likeness = Likeness::new(Self::NAME, shape, features.values())?;
        let rows = y.len();
        // A variable for being too low and one for being too high.
        let both = |value: fn(f64, f64) -> f64| {
            let low = y.iter().map(move |y| value(-1.0, *y));
            low.chain(y.iter().map(move |y| value(1.0, *y)))
        };
        let bound = |row: usize| self.c * weights[row % rows];
        let solution = Problem {
            x: x.view(),
            likeness,
            signs: both(|side, _| -side).collect(),
            linear: both(|side, y| side * y)
                .map(|value| self.epsilon + value)
                .collect(),
            bounds: (0..2 * rows).map(bound).collect(),
            tol: self.tol,
            max_iter: self.max_iter,
        }
        .solve();
        let weight = |row: usize| solution.alpha[row] - solution.alpha[row + rows];
        let chosen: Vec<usize> = (0..rows).filter(|row| weight(*row) != 0.0).collect();
        Ok(Box::new(FittedSvr {
            likeness,
            linear: self.kernel == Kernel::Linear,
            vectors: x.select(Axis(0), &chosen),
            weights: chosen.iter().map(|row| weight(*row)).collect(),
            rho: solution.rho,
            stopped: !solution.converged,
        }))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedSvr {
    likeness: Likeness,
    linear: bool,
    /// The rows that the curve depends on.
    vectors: Array2<f64>,
    weights: Array1<f64>,
    rho: f64,
    stopped: bool,
}

/// Fewer rows are not worth a thread.
const ROWS_PER_PART: usize = 128;

impl FittedModel for FittedSvr {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        features.expect_count(self.vectors.ncols())?;
        let x = features.values();
        let parts: Vec<_> = (0..x.nrows()).step_by(ROWS_PER_PART).collect();
        let sums = parallel::map(parts.len(), |part| {
            let end = (parts[part] + ROWS_PER_PART).min(x.nrows());
            let rows = x.slice(s![parts[part]..end, ..]);
            let sums = self
                .likeness
                .between(rows, self.vectors.view())
                .dot(&self.weights);
            (sums - self.rho).to_vec()
        });
        Ok(Prediction::Numbers(sums.into_iter().flatten().collect()))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(SVR::NAME)
    }

    fn notes(&self) -> Vec<String> {
        let note = || {
            "SVR stopped before it converged; scale features and target, or raise max_iter"
                .to_owned()
        };
        self.stopped.then(note).into_iter().collect()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(SVR::NAME, 1, self)
    }

    fn coefficients(&self) -> Option<Coefficients> {
        self.linear.then(|| Coefficients {
            values: self.weights.clone().insert_axis(Axis(0)).dot(&self.vectors),
            intercepts: vec![-self.rho],
        })
    }
}
