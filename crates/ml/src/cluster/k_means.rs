//! k-means: centres, each in the middle of the rows that are nearest to it.
//!
//! linfa-clustering draws the first centres and moves them, one run at a time, so
//! that an interrupt is met between runs. The best of its runs is chosen here:
//! its own choice measures each run by the centres before the last step.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::KMeansInit;
use linfa_nn::distance::L2Dist;
use ndarray::{Array2, Axis};
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule, nearest};
use super::{Clusterer, distinct, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::recipe::{at_least_one, positive, recipe};
use crate::model::{check, random};
use crate::progress;

recipe! {
    /// Groups around centres, so that rows are near to their own (k-means++).
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, KMeans, MlError};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1.0, 1.2, 9.0]]?;
    /// let clusters = KMeans::new().n_clusters(2).seed(3).fit(&frame)?;
    /// assert_eq!(clusters.sizes(), [2, 1]);
    /// assert!((clusters.inertia().unwrap_or(1.0) - 0.02).abs() < 1e-12);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct KMeans, "KMeans" {
        /// The number of groups; 8 unless set.
        n_clusters: usize = 8,
        /// How often it starts anew; the best run counts. 10 unless set.
        n_init: usize = 10,
        /// The most steps of a run; 300 unless set.
        max_iter: usize = 300,
        /// When centres stand still, as a part of the features' variance; `1e-4` unless set.
        tol: f64 = 1e-4,
        /// The seed of the first centres; 0 unless set.
        seed: u64 = 0,
    }
}

impl Clusterer for KMeans {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn clone_box(&self) -> Box<dyn Clusterer> {
        Box::new(self.clone())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        progress::shown(|| self.find(frame))
    }
}

impl KMeans {
    pub(super) fn find(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        at_least_one(Self::NAME, "n_clusters", self.n_clusters)?;
        at_least_one(Self::NAME, "n_init", self.n_init)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        positive(Self::NAME, "tol", self.tol)?;
        let features = features(frame, Self::NAME, self.n_clusters)?;
        distinct(&features, Self::NAME, self.n_clusters)?;
        let x = features.values();
        let records = DatasetBase::from(x.view());
        let mut best: Option<(f64, Array2<f64>)> = None;
        for run in 0..self.n_init {
            ferrite_interrupt::checkpoint();
            progress::report("KMeans: runs", run, self.n_init);
            let rng = random::generator(self.seed, run);
            let fitted = linfa_clustering::KMeans::params_with(self.n_clusters, rng, L2Dist)
                .n_runs(1)
                .init_method(KMeansInit::KMeansPlusPlus)
                .max_n_iterations(self.max_iter as u64)
                .tolerance(stillness(x, self.tol))
                .check()
                .map_err(|error| check::unable(Self::NAME, error))?
                .fit(&records)
                .map_err(|error| check::unable(Self::NAME, error))?;
            let centers = at_means(x, fitted.centroids().clone(), self.max_iter);
            let inertia = nearest(x, &centers).iter().map(|(_, square)| square).sum();
            if best.as_ref().is_none_or(|(least, _)| inertia < *least) {
                best = Some((inertia, centers));
            }
        }
        let Some((inertia, centers)) = best else {
            return Err(check::unable(Self::NAME, "no run came to an end"));
        };
        let labels: Vec<_> = nearest(x, &centers)
            .iter()
            .map(|(group, _)| Some(*group))
            .collect();
        let clusters = Clusters::new(Self::NAME, &features, &labels, Rule::Centers(centers));
        Ok(clusters.inertia_of(inertia))
    }
}

/// Moves centres to the means of their groups until no row changes its group. linfa
/// counts an old centre as one more row of its group, so its centres come near to the
/// means and never arrive.
fn at_means(x: &Array2<f64>, mut centers: Array2<f64>, most: usize) -> Array2<f64> {
    let mut groups: Vec<usize> = Vec::new();
    for _ in 0..most {
        ferrite_interrupt::checkpoint();
        let now = nearest(x, &centers);
        let now: Vec<usize> = now.into_iter().map(|(group, _)| group).collect();
        if now == groups {
            break;
        }
        groups = now;
        let mut sums = Array2::<f64>::zeros(centers.raw_dim());
        let mut counts = vec![0_usize; centers.nrows()];
        for (row, &group) in x.rows().into_iter().zip(&groups) {
            let mut sum = sums.row_mut(group);
            sum += &row;
            counts[group] += 1;
        }
        for (group, count) in counts.into_iter().enumerate() {
            if count > 0 {
                let mean = &sums.row(group) / count as f64;
                centers.row_mut(group).assign(&mean);
            }
        }
    }
    centers
}

/// How little centres move when they stand still: scikit-learn's tolerance is of
/// squares, by the mean variance; linfa's of the distance itself.
pub(super) fn stillness(x: &Array2<f64>, tol: f64) -> f64 {
    let variance = x.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0);
    (tol * variance).sqrt().max(1e-12)
}
