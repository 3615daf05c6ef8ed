//! A mixture of normal distributions. linfa-clustering learns it.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::GaussianMixtureModel;
use linfa_linalg::cholesky::Cholesky;
use ndarray::Array1;
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule};
use super::{Clusterer, distinct, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::recipe::{at_least_one, not_negative, positive, recipe};
use crate::model::{check, random};

recipe! {
    /// Groups as normal distributions of any shape, each with its own covariance: what
    /// scikit-learn calls `covariance_type="full"`, the only type that linfa has.
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, GaussianMixture, MlError};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 0.2, 0.4, 5.0, 5.1, 5.3]]?;
    /// let clusters = GaussianMixture::new().n_components(2).fit(&frame)?;
    /// assert_eq!(clusters.n_clusters(), 2);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct GaussianMixture, "GaussianMixture" {
        /// The number of distributions; 1 unless set.
        n_components: usize = 1,
        /// How often it starts anew; the likeliest counts. 1 unless set.
        n_init: usize = 1,
        /// The most steps; 100 unless set.
        max_iter: usize = 100,
        /// When the likelihood stands still; 0.001 unless set.
        tol: f64 = 1e-3,
        /// Added to the variances, so that none is 0; `1e-6` unless set.
        reg_covar: f64 = 1e-6,
        /// The seed of the first distributions; 0 unless set.
        seed: u64 = 0,
    }
}

impl Clusterer for GaussianMixture {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn clone_box(&self) -> Box<dyn Clusterer> {
        Box::new(self.clone())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        at_least_one(Self::NAME, "n_components", self.n_components)?;
        at_least_one(Self::NAME, "n_init", self.n_init)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        positive(Self::NAME, "tol", self.tol)?;
        not_negative(Self::NAME, "reg_covar", self.reg_covar)?;
        let features = features(frame, Self::NAME, self.n_components.max(2))?;
        distinct(&features, Self::NAME, self.n_components)?;
        ferrite_interrupt::checkpoint();
        let x = features.values();
        let rng = random::generator(self.seed, 0);
        let model = GaussianMixtureModel::params_with_rng(self.n_components, rng)
            .n_runs(self.n_init as u64)
            .max_n_iterations(self.max_iter as u64)
            .tolerance(self.tol)
            .reg_covariance(self.reg_covar)
            .check()
            .map_err(|error| check::unable(Self::NAME, error))?
            .fit(&DatasetBase::from(x.view()))
            .map_err(|error| {
                check::unable(
                    Self::NAME,
                    format!(
                        "{error}; choose fewer components, raise reg_covar or scale the columns"
                    ),
                )
            })?;
        let mut whiten = Vec::new();
        let mut logs = Array1::zeros(self.n_components);
        for group in 0..self.n_components {
            let precision = model
                .precisions()
                .index_axis(ndarray::Axis(0), group)
                .to_owned();
            let lower = precision
                .cholesky()
                .map_err(|error| check::unable(Self::NAME, error))?;
            let scale: f64 = lower.diag().iter().map(|value| value.ln()).sum();
            logs[group] = model.weights()[group].ln() + scale;
            whiten.push(lower);
        }
        let rule = Rule::Normals {
            means: model.means().clone(),
            logs,
            whiten,
        };
        // Every group gets its rows by the same rule as new ones.
        let all: Vec<Option<usize>> = (0..x.nrows()).map(|_| Some(0)).collect();
        let unnumbered = Clusters::new(Self::NAME, &features, &all, rule.clone());
        let labels = unnumbered.predict(frame)?;
        let labels: Vec<Option<usize>> = labels
            .i32()?
            .iter()
            .map(|label| label.and_then(|label| usize::try_from(label).ok()))
            .collect();
        Ok(Clusters::new(Self::NAME, &features, &labels, rule))
    }
}
