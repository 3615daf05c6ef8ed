//! Groups of rows that lie densely.
//!
//! linfa-clustering has it too, but searches by a tree, which with twenty columns looks
//! at every row: it took thirty times as long as scikit-learn. Here all pairs of near
//! rows are found first (`pairs`), then joined.

use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule};
use super::pairs::Pairs;
use super::{Clusterer, features};
use crate::MlError;
use crate::diagram::Diagram;
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
        let pairs = Pairs::within(&x, self.eps);
        let is_inside = |row: usize| pairs.counts[row] >= self.min_samples;
        let mut groups = Groups((0..x.nrows()).collect());
        let mut border = Vec::new();
        pairs.each(|low, high| match (is_inside(low), is_inside(high)) {
            (true, true) => groups.join(low, high),
            (true, false) => border.push((high, low)),
            (false, true) => border.push((low, high)),
            (false, false) => {}
        });
        let mut labels: Vec<Option<usize>> = (0..x.nrows())
            .map(|row| is_inside(row).then(|| groups.first(row)))
            .collect();
        // A row at the border of several groups belongs to the one that begins first. It
        // has fewer pairs than a row inside, so that all of them have their place.
        for (row, other) in border {
            let first = groups.first(other);
            labels[row] = Some(labels[row].map_or(first, |known| known.min(first)));
        }
        Ok(Clusters::new(Self::NAME, &features, &labels, Rule::None))
    }
}

/// Rows that belong together, each with an earlier row of its group or itself.
struct Groups(Vec<usize>);

impl Groups {
    /// The first row of a row's group.
    fn first(&mut self, mut row: usize) -> usize {
        while self.0[row] != row {
            // The way is halved for the next one who goes it.
            self.0[row] = self.0[self.0[row]];
            row = self.0[row];
        }
        row
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}
