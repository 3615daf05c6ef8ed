//! Groups of rows that lie densely. linfa-clustering finds them.

use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan;
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule};
use super::{Clusterer, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::check;
use crate::model::recipe::{at_least_two, positive, recipe};

recipe! {
    /// Groups of any shape, wherever rows lie densely; rows between them belong
    /// to none.
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, DBSCAN, MlError};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1.0, 1.1, 1.2, 5.0, 5.1, 5.2, 9.0]]?;
    /// let clusters = DBSCAN::new().eps(0.3).min_samples(3).fit(&frame)?;
    /// assert_eq!((clusters.n_clusters(), clusters.noise()), (2, 1));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct DBSCAN, "DBSCAN" {
        /// Rows at most this far apart are neighbours; 0.5 unless set.
        eps: f64 = 0.5,
        /// A row with so many neighbours, itself among them, is inside of a
        /// group; 5 unless set.
        min_samples: usize = 5,
    }
}

impl Clusterer for DBSCAN {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn clone_box(&self) -> Box<dyn Clusterer> {
        Box::new(self.clone())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        positive(Self::NAME, "eps", self.eps)?;
        at_least_two(Self::NAME, "min_samples", self.min_samples)?;
        let features = features(frame, Self::NAME, 1)?;
        ferrite_interrupt::checkpoint();
        let x = features.values().as_standard_layout().into_owned();
        let params = Dbscan::params(self.min_samples)
            .tolerance(self.eps)
            .check()
            .map_err(|error| check::unable(Self::NAME, error))?;
        let labels = params.transform(&x);
        Ok(Clusters::new(
            Self::NAME,
            &features,
            &labels.to_vec(),
            Rule::None,
        ))
    }
}
