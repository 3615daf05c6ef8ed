//! A mixture of normal distributions, by expectation and maximisation as scikit-learn
//! does it: a start by k-means, four shapes of covariance, and of several runs the
//! likeliest.
//!
//! linfa-clustering learns mixtures too, but with full covariances only.

use ndarray::{Array2, ArrayView1, Axis};
use polars::prelude::DataFrame;

use super::fitted::{Clusters, Rule};
use super::normals::{Normals, Responsibilities};
use super::{Clusterer, KMeans, distinct, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::check;
use crate::model::recipe::{at_least_one, not_negative, positive, recipe};
use crate::params::choices;
use crate::progress;

/// What the distributions of a [`GaussianMixture`] may look like.
///
/// ```
/// use ferrite_ml::{CovarianceType, GaussianMixture};
///
/// let model = GaussianMixture::new().covariance_type(CovarianceType::Diag);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CovarianceType {
    /// Each stretched in any direction.
    #[default]
    Full,
    /// Each stretched in any direction, all of them alike.
    Tied,
    /// Each stretched along the columns.
    Diag,
    /// Each as wide in every direction.
    Spherical,
}

choices!(CovarianceType {
    "full" => Full, "tied" => Tied, "diag" => Diag, "spherical" => Spherical,
});

recipe! {
    /// Groups as normal distributions, each with a share of the rows.
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
        /// What they may look like; stretched in any direction unless set.
        covariance_type: CovarianceType = CovarianceType::Full,
        /// How often it starts anew, from other groups of k-means; the likeliest run
        /// counts. 1 unless set.
        n_init: usize = 1,
        /// The most steps; 100 unless set.
        max_iter: usize = 100,
        /// When the likelihood stands still; 0.001 unless set.
        tol: f64 = 1e-3,
        /// Added to the variances, so that none is 0; `1e-6` unless set.
        reg_covar: f64 = 1e-6,
        /// The seed of the first groups; 0 unless set.
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
        progress::shown(|| self.find(frame))
    }
}

impl GaussianMixture {
    fn find(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        at_least_one(Self::NAME, "n_components", self.n_components)?;
        at_least_one(Self::NAME, "n_init", self.n_init)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        positive(Self::NAME, "tol", self.tol)?;
        not_negative(Self::NAME, "reg_covar", self.reg_covar)?;
        let features = features(frame, Self::NAME, self.n_components.max(2))?;
        distinct(&features, Self::NAME, self.n_components)?;
        // Around their mean, which keeps digits where squares are summed.
        let rows = features.rows() as f64;
        let middle = features
            .values()
            .mapv(|value| value / rows)
            .sum_axis(Axis(0));
        let x = features.values() - &middle;
        let mut best: Option<Run> = None;
        for run in 0..self.n_init {
            progress::report("GaussianMixture: runs", run, self.n_init);
            let found = self.run(frame, &x, run)?;
            if best
                .as_ref()
                .is_none_or(|best| found.likelihood > best.likelihood)
            {
                best = Some(found);
            }
        }
        let Some(Run {
            normals, groups, ..
        }) = best
        else {
            return Err(check::unable(Self::NAME, "no run came to an end"));
        };
        let rule = Rule::Normals {
            means: normals.means() + &middle,
            logs: normals.logs(),
            whiten: normals.whiten(),
        };
        Ok(Clusters::new(Self::NAME, &features, &groups, rule))
    }

    /// One start, until the likelihood stands still.
    fn run(&self, frame: &DataFrame, x: &Array2<f64>, run: usize) -> Result<Run, MlError> {
        let mut shares = self.first_shares(frame, x.nrows(), run)?;
        let mut before = f64::NEG_INFINITY;
        for step in 1.. {
            ferrite_interrupt::checkpoint();
            let normals = Normals::of(x, &shares, self.covariance_type, self.reg_covar)
                .ok_or_else(|| {
                    check::unable(
                        Self::NAME,
                        "the rows of a component lie in fewer directions than there are \
                         columns; choose fewer components or a simpler covariance_type, \
                         raise reg_covar or scale the columns",
                    )
                })?;
            let Responsibilities {
                shares: next,
                likelihood,
            } = normals.responsibilities(x);
            if (likelihood - before).abs() < self.tol || step >= self.max_iter {
                let groups = next.rows().into_iter().map(likeliest).collect();
                return Ok(Run {
                    normals,
                    groups,
                    likelihood,
                });
            }
            (shares, before) = (next, likelihood);
        }
        Err(check::unable(Self::NAME, "no run came to an end"))
    }

    /// All of each row for its group of k-means.
    fn first_shares(
        &self,
        frame: &DataFrame,
        rows: usize,
        run: usize,
    ) -> Result<Array2<f64>, MlError> {
        if self.n_components == 1 {
            return Ok(Array2::ones((rows, 1)));
        }
        let groups = KMeans::new()
            .n_clusters(self.n_components)
            .n_init(1)
            .seed(self.seed.wrapping_add(run as u64))
            .find(frame)?;
        let mut shares = Array2::zeros((rows, self.n_components));
        for (row, group) in groups.labels().i32()?.iter().enumerate() {
            if let Some(group) = group.and_then(|group| usize::try_from(group).ok()) {
                shares[[row, group]] = 1.0;
            }
        }
        Ok(shares)
    }
}

/// Where one start has ended.
struct Run {
    normals: Normals,
    groups: Vec<Option<usize>>,
    likelihood: f64,
}

/// The group of which a row has the most; of equal ones the first.
fn likeliest(shares: ArrayView1<f64>) -> Option<usize> {
    let best = (0..shares.len()).reduce(|best, group| match shares[group] > shares[best] {
        true => group,
        false => best,
    });
    best.or(Some(0))
}
