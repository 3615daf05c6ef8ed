//! Groups of rows that lie densely, for all densities at once.
//!
//! linfa-clustering's OPTICS gives the first row of each group a reachability
//! (its core distance) where it has none, so where one group ends and the next
//! begins cannot be read from it; the order is computed here.

use ndarray::Array2;
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule, squared_distance};
use super::xi::Plot;
use super::{Clusterer, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::check;
use crate::model::neighbors::Index;
use crate::model::recipe::{at_least_two, positive, recipe};

recipe! {
    /// Orders rows so that neighbours stand side by side, and cuts the order
    /// where the next row is further than `eps`, or at its steep slopes.
    ///
    /// The groups are those of [`DBSCAN`](crate::DBSCAN) with the same `eps`, up
    /// to rows at their borders; scikit-learn calls it `cluster_method="dbscan"`. With
    /// [`xi`](Self::xi) groups may differ in density, as scikit-learn finds them unless
    /// told otherwise.
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, MlError, OPTICS};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1.0, 1.1, 1.2, 5.0, 5.1, 5.2, 9.0]]?;
    /// let clusters = OPTICS::new().eps(0.3).min_samples(3).fit(&frame)?;
    /// assert_eq!((clusters.n_clusters(), clusters.noise()), (2, 1));
    ///
    /// let frame = df!["x" => [1, 2, 3, 8, 8, 7], "y" => [2, 5, 6, 7, 8, 3]]?;
    /// let clusters = OPTICS::new().min_samples(2).xi(0.05).fit(&frame)?;
    /// assert_eq!(clusters.sizes(), [3, 3]);
    /// assert_eq!(clusters.reachability()?.height(), 6);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct OPTICS, "OPTICS" {
        /// Where the order is cut; 0.5 unless set.
        eps: f64 = 0.5,
        /// A row with so many neighbours, itself among them, is inside of a
        /// group; 5 unless set.
        min_samples: usize = 5,
    }
    optional {
        /// Rows further apart are never neighbours; no limit unless set.
        max_eps: f64,
        /// How much steeper than its neighbours a border of a group is, between 0 and 1;
        /// scikit-learn has 0.05. `eps` does not matter then. Not used unless set.
        xi: f64,
        /// The least rows of a group that is found by `xi`; `min_samples` unless set.
        min_cluster_size: usize,
    }
}

impl Clusterer for OPTICS {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn clone_box(&self) -> Box<dyn Clusterer> {
        Box::new(self.clone())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        positive(Self::NAME, "eps", self.eps)?;
        at_least_two(Self::NAME, "min_samples", self.min_samples)?;
        let limit = self.max_eps.unwrap_or(f64::MAX);
        positive(Self::NAME, "max_eps", limit)?;
        let features = features(frame, Self::NAME, 1)?;
        let advice = "; choose smaller min_samples";
        check::at_least(&features, self.min_samples, Self::NAME.to_owned(), advice)?;
        let smallest = self.min_cluster_size.unwrap_or(self.min_samples);
        at_least_two(Self::NAME, "min_cluster_size", smallest)?;
        if let Some(xi) = self.xi.filter(|xi| !(*xi > 0.0 && *xi < 1.0)) {
            return Err(MlError::InvalidParameter {
                owner: Self::NAME,
                name: "xi",
                value: xi.to_string(),
                rule: "lie between 0 and 1",
            });
        }
        let order = Order::of(features.values(), self.min_samples, limit);
        let labels = match self.xi {
            None => self.cut(&order),
            Some(xi) => Plot {
                rows: &order.rows,
                reachability: &order.reachability,
                reached_from: &order.reached_from,
                xi,
                min_samples: self.min_samples,
                min_cluster_size: smallest,
            }
            .labels(),
        };
        let clusters = Clusters::new(Self::NAME, &features, &labels, Rule::None);
        Ok(clusters.ordered(order.rows, order.reachability))
    }
}

impl OPTICS {
    /// Groups whose rows lie within `eps` of each other in the order.
    fn cut(&self, order: &Order) -> Vec<Option<usize>> {
        let mut labels = vec![None; order.rows.len()];
        let mut group: Option<usize> = None;
        for row in order.rows.iter().copied() {
            let is_far = order.reachability[row] > self.eps;
            if is_far && order.core[row] <= self.eps {
                group = Some(group.map_or(0, |group| group + 1));
            }
            if !is_far || order.core[row] <= self.eps {
                labels[row] = group;
            }
        }
        labels
    }
}

/// The rows so that each is followed by the nearest that can be reached.
struct Order {
    rows: Vec<usize>,
    /// The distance at which each row was reached; infinite for first ones.
    reachability: Vec<f64>,
    /// The row from which it was reached.
    reached_from: Vec<Option<usize>>,
    /// The distance within which each row has its neighbours.
    core: Vec<f64>,
}

impl Order {
    fn of(x: &Array2<f64>, min_samples: usize, limit: f64) -> Self {
        let x = x.as_standard_layout();
        let count = x.nrows();
        let distance = |a: usize, b: usize| match (x.row(a).as_slice(), x.row(b).as_slice()) {
            (Some(a), Some(b)) => squared_distance(a, b).sqrt(),
            _ => f64::INFINITY,
        };
        let rows: Vec<usize> = (0..count).collect();
        let nearest = Index::of(&x.to_owned(), 2.0).nearest(x.view(), min_samples, |found| {
            found.iter().map(|(_, row)| *row).collect::<Vec<u32>>()
        });
        let core = rows.iter().zip(nearest).map(|(row, near)| {
            let distances = near.iter().map(|other| distance(*row, *other as usize));
            let core = distances.fold(0.0, f64::max);
            if core <= limit { core } else { f64::INFINITY }
        });
        let core: Vec<f64> = core.collect();
        let mut reachability = vec![f64::INFINITY; count];
        let mut reached_from = vec![None; count];
        let mut order = Vec::with_capacity(count);
        // Rows that are not in the order yet, the first ones first.
        let mut open = rows;
        let mut next = 0;
        while next < open.len() {
            ferrite_interrupt::checkpoint();
            let row = open.remove(next);
            order.push(row);
            let is_core = core[row].is_finite();
            let mut least = f64::INFINITY;
            next = 0;
            for (place, other) in open.iter().copied().enumerate() {
                if is_core {
                    let apart = distance(row, other);
                    let far = apart.max(core[row]);
                    if apart <= limit && far < reachability[other] {
                        reachability[other] = far;
                        reached_from[other] = Some(row);
                    }
                }
                if reachability[other] < least {
                    (least, next) = (reachability[other], place);
                }
            }
        }
        Self {
            rows: order,
            reachability,
            reached_from,
            core,
        }
    }
}
