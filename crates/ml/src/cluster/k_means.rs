//! k-means: centres, each in the middle of the rows that are nearest to it.
//!
//! The best of some runs counts; see `lloyd` for the steps of one.

use ndarray::Array2;
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule, nearest};
use super::lloyd::{self, Rows};
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
        let rows = Rows::of(x);
        let mut best: Option<(f64, Array2<f64>, Labels)> = None;
        for run in 0..self.n_init {
            ferrite_interrupt::checkpoint();
            progress::report("KMeans: runs", run, self.n_init);
            let mut rng = random::generator(self.seed, run);
            let start = lloyd::far_centers(&rows, self.n_clusters, &mut rng);
            let settled = lloyd::settle(&rows, start, self.max_iter, self.tol);
            let centers = rows.as_given(&settled);
            let found = nearest(x, &centers);
            let inertia = found.iter().map(|(_, square)| square).sum();
            if best.as_ref().is_none_or(|(least, ..)| inertia < *least) {
                let labels = found.into_iter().map(|(group, _)| Some(group));
                best = Some((inertia, centers, labels.collect()));
            }
        }
        let Some((inertia, centers, labels)) = best else {
            return Err(check::unable(Self::NAME, "no run came to an end"));
        };
        let clusters = Clusters::new(Self::NAME, &features, &labels, Rule::Centers(centers));
        Ok(clusters.inertia_of(inertia))
    }
}

/// The group of each row.
type Labels = Vec<Option<usize>>;
