//! Groups that are joined two by two.
//!
//! kodama, which linfa-hierarchical is built on, joins them. linfa-hierarchical
//! takes likenesses instead of distances, and takes all that are less than a
//! millionth for equal.

use kodama::{Method, linkage};
use ndarray::Array2;
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule, squared_distance};
use super::{Clusterer, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::recipe::{at_least_one, recipe};
use crate::model::{check, parallel};
use crate::params::choices;

/// What the distance of two groups is.
///
/// ```
/// use ferrite_ml::{AgglomerativeClustering, Linkage};
///
/// let chains = AgglomerativeClustering::new().linkage(Linkage::Single);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linkage {
    /// How much the sum of squares within groups grows when they are joined.
    Ward,
    /// The distance of the two rows that are furthest apart.
    Complete,
    /// The mean distance of all pairs of rows.
    Average,
    /// The distance of the two rows that are nearest.
    Single,
}

choices!(Linkage { "ward" => Ward, "complete" => Complete, "average" => Average, "single" => Single });

recipe! {
    /// Joins the two nearest groups until so many are left.
    ///
    /// All distances are kept, so 20,000 rows need 1.6 GB.
    ///
    /// ```
    /// use ferrite_ml::{AgglomerativeClustering, Clusterer, MlError};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1.0, 1.1, 5.0, 5.2, 9.0]]?;
    /// let clusters = AgglomerativeClustering::new().n_clusters(3).fit(&frame)?;
    /// assert_eq!(clusters.sizes(), [2, 2, 1]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct AgglomerativeClustering, "AgglomerativeClustering" {
        /// The number of groups; 2 unless set.
        n_clusters: usize = 2,
        /// What the distance of two groups is; `Ward` unless set.
        linkage: Linkage = Linkage::Ward,
    }
    optional {
        /// Joins no groups that are further apart, whatever their number; no
        /// limit unless set.
        distance_threshold: f64,
    }
}

/// More rows have more distances than memory is likely to hold.
const MOST_ROWS: usize = 40_000;

/// The distances of all pairs of rows, those of the first row to all later ones first.
fn distances(x: &Array2<f64>) -> Vec<f64> {
    let x = x.as_standard_layout();
    let (rows, width) = x.dim();
    let values = x.as_slice().unwrap_or_default();
    let mut distances = vec![0.0; rows * (rows - 1) / 2];
    let mut of_rows = Vec::with_capacity(rows);
    let mut rest = distances.as_mut_slice();
    for row in 0..rows {
        let (own, later) = rest.split_at_mut(rows - row - 1);
        of_rows.push(own);
        rest = later;
    }
    parallel::each(of_rows, |row, distances| {
        let own = &values[row * width..(row + 1) * width];
        let others = values[(row + 1) * width..].chunks_exact(width);
        for (distance, other) in distances.iter_mut().zip(others) {
            *distance = squared_distance(own, other).sqrt();
        }
    });
    distances
}

impl Clusterer for AgglomerativeClustering {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn clone_box(&self) -> Box<dyn Clusterer> {
        Box::new(self.clone())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        at_least_one(Self::NAME, "n_clusters", self.n_clusters)?;
        if let Some(threshold) = self.distance_threshold {
            crate::model::recipe::not_negative(Self::NAME, "distance_threshold", threshold)?;
        }
        let features = features(frame, Self::NAME, self.n_clusters)?;
        let rows = features.rows();
        if rows > MOST_ROWS {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "it keeps all distances, and {rows} rows have too many; use MiniBatchKMeans"
                ),
            ));
        }
        let mut distances = distances(features.values());
        let method = match self.linkage {
            Linkage::Ward => Method::Ward,
            Linkage::Complete => Method::Complete,
            Linkage::Average => Method::Average,
            Linkage::Single => Method::Single,
        };
        let joined = linkage(&mut distances, rows, method);
        // Each step makes a new group out of two; groups point to what they became.
        let mut became: Vec<usize> = (0..2 * rows).collect();
        for (number, step) in joined.steps().iter().enumerate() {
            let stop = match self.distance_threshold {
                Some(threshold) => step.dissimilarity >= threshold,
                None => rows - number <= self.n_clusters,
            };
            if stop {
                break;
            }
            became[step.cluster1] = rows + number;
            became[step.cluster2] = rows + number;
        }
        let last = |mut group: usize| {
            while became[group] != group {
                group = became[group];
            }
            group
        };
        let ends: Vec<usize> = (0..rows).map(last).collect();
        let mut known: Vec<usize> = ends.clone();
        known.sort_unstable();
        known.dedup();
        let label = |end: &usize| known.binary_search(end).ok();
        let labels: Vec<Option<usize>> = ends.iter().map(label).collect();
        Ok(Clusters::new(Self::NAME, &features, &labels, Rule::None))
    }
}
