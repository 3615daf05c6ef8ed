//! Independent components: the sources of which columns are mixtures.
//!
//! linfa-ica finds them. It divides by singular values without a look at them,
//! so columns that depend on each other would give infinities; here it sees the
//! principal components, of which there are as many as directions.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_ica::fast_ica::FastIca;
use ndarray::{Array1, Array2, Axis};
use polars::prelude::DataFrame;

use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::check;
use crate::model::recipe::{at_least_one, positive, recipe};
use crate::transform::{FittedProjection, FittedTransformer, PCA, Transformer};

recipe! {
    /// Columns `fastica0`, `fastica1`, … that are as independent as possible, each
    /// with variance 1. They replace all numeric columns; their order and signs
    /// mean nothing.
    ///
    /// ```
    /// use ferrite_ml::{FastICA, MlError, Transformer};
    /// use polars::df;
    ///
    /// let wave: Vec<f64> = (0..200).map(|i| (f64::from(i) * 0.3).sin()).collect();
    /// let saw: Vec<f64> = (0..200).map(|i| f64::from(i % 17) / 8.0 - 1.0).collect();
    /// let left: Vec<f64> = wave.iter().zip(&saw).map(|(a, b)| a + 0.5 * b).collect();
    /// let right: Vec<f64> = wave.iter().zip(&saw).map(|(a, b)| 0.4 * a - b).collect();
    /// let sources = FastICA::new().fit_transform(&df!["left" => left, "right" => right]?)?;
    /// assert_eq!(sources.get_column_names(), ["fastica0", "fastica1"]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct FastICA, "FastICA" {
        /// The most steps; 200 unless set.
        max_iter: usize = 200,
        /// When the components stand still; `1e-4` unless set.
        tol: f64 = 1e-4,
        /// The seed of the first guess; 0 unless set.
        seed: u64 = 0,
    }
    optional {
        /// The number of sources; as many as columns unless set.
        n_components: usize,
    }
}

impl FastICA {
    /// Learns to take the numeric columns apart.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedProjection, MlError> {
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        positive(Self::NAME, "tol", self.tol)?;
        let features = Features::from_frame(frame)?;
        check::moderate_features(&features, Self::NAME)?;
        let count = self.n_components.unwrap_or(features.names().len());
        at_least_one(Self::NAME, "n_components", count)?;
        let white = PCA::new(count).whiten(true).fit(frame)?;
        let variances = white.explained_variance();
        let most = variances.first().copied().unwrap_or(0.0);
        let directions = variances
            .iter()
            .filter(|variance| **variance > 1e-12 * most)
            .count();
        if directions < count {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "{count} sources were asked for, but the columns vary in {directions} directions \
                     only; lower n_components"
                ),
            ));
        }
        ferrite_interrupt::checkpoint();
        let x = features.values();
        let mean = x.sum_axis(Axis(0)) / x.nrows() as f64;
        let whitened = (x - &mean).dot(&white.components().t());
        let fitted = FastIca::params()
            .ncomponents(count)
            .max_iter(self.max_iter)
            .tol(self.tol)
            .random_state(self.seed as usize)
            .fit(&DatasetBase::from(whitened.clone()))
            .map_err(|error| check::unable(Self::NAME, error))?;
        // What it does to each axis is what it does.
        let axes: Array2<f64> = Array2::eye(count);
        let origin: Array2<f64> = fitted.predict(&Array2::zeros((1, count)));
        let turned = fitted.predict(&axes) - &origin;
        let mut components = turned.t().dot(white.components());
        let sources = whitened.dot(&turned);
        for (mut component, source) in components.rows_mut().into_iter().zip(sources.columns()) {
            let deviation = source.std(0.0);
            if deviation > 0.0 {
                component.mapv_inplace(|weight| weight / deviation);
            }
        }
        if components.iter().any(|weight| !weight.is_finite()) {
            return Err(check::unable(
                Self::NAME,
                "no independent sources were found",
            ));
        }
        let ones = Array1::ones(count);
        let share = vec![1.0 / count as f64; count];
        let names = features.names().to_vec();
        FittedProjection::new(frame, "fastica", names, components, mean, ones, share)
    }
}

impl Transformer for FastICA {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}
