//! Groups of rows that nobody has named.
//!
//! A [`Clusterer`] looks at the numeric columns of a frame and gives
//! [`Clusters`]: a number for each row, from 0 on in the order in which groups
//! first appear, or -1 for rows that belong to none. Scale the columns first;
//! groups are made by distances.

mod agglomerative;
mod dbscan;
mod fitted;
mod k_means;
mod lloyd;
mod mini_batch;
mod mixture;
mod normals;
mod optics;
mod pairs;
mod xi;

use std::collections::HashSet;
use std::fmt;

use polars::prelude::DataFrame;

pub use agglomerative::{AgglomerativeClustering, Linkage};
pub use dbscan::DBSCAN;
pub use fitted::Clusters;
pub use k_means::KMeans;
pub use mini_batch::MiniBatchKMeans;
pub use mixture::{CovarianceType, GaussianMixture};
pub use optics::OPTICS;

use crate::MlError;
use crate::diagram::{Diagram, shown};
use crate::features::Features;
use crate::model::check;
use crate::params::Params;

/// A way to find groups.
///
/// ```
/// use ferrite_ml::{Clusterer, KMeans, MlError};
/// use polars::df;
///
/// let frame = df!["x" => [1.0, 1.1, 9.0, 9.2], "y" => [0.0, 0.1, 5.0, 5.1]]?;
/// let clusters = KMeans::new().n_clusters(2).fit(&frame)?;
/// assert_eq!(clusters.labels().i32()?.into_no_null_iter().collect::<Vec<_>>(), [0, 0, 1, 1]);
/// # Ok::<(), MlError>(())
/// ```
pub trait Clusterer: Params + fmt::Debug + Send + Sync {
    /// Its box in a diagram: the name and the parameters.
    fn diagram(&self) -> Diagram;

    /// Finds groups in the rows of a frame, by its numeric columns.
    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError>;

    /// A copy, to set other parameters in.
    fn clone_box(&self) -> Box<dyn Clusterer>;
}

shown![Clusterer:
    AgglomerativeClustering, DBSCAN, GaussianMixture, KMeans, MiniBatchKMeans, OPTICS,
];

/// The features of a frame, with at least one row for each of `clusters`.
fn features(frame: &DataFrame, owner: &'static str, clusters: usize) -> Result<Features, MlError> {
    let features = Features::from_frame(frame)?;
    if features.rows() == 0 {
        return Err(MlError::NoRows {
            purpose: "cluster",
            reason: "the frame is empty".to_owned(),
        });
    }
    // Distances are squared; where squares have no place, linfa's first draw panics.
    check::moderate_features(&features, owner)?;
    let advice = "; choose fewer clusters";
    check::at_least(
        &features,
        clusters,
        format!("{owner}({clusters} clusters)"),
        advice,
    )?;
    Ok(features)
}

/// Fails unless that many rows differ: where several centres must start at
/// different rows, equal ones make linfa panic.
fn distinct(features: &Features, owner: &'static str, clusters: usize) -> Result<(), MlError> {
    let mut seen: HashSet<Vec<u64>> = HashSet::new();
    for row in features.values().rows() {
        seen.insert(row.iter().map(|value| (value + 0.0).to_bits()).collect());
        if seen.len() >= clusters {
            return Ok(());
        }
    }
    Err(check::unable(
        owner,
        format!(
            "{clusters} clusters were asked for, but only {} rows differ",
            seen.len()
        ),
    ))
}
