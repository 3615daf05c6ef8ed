//! Nearest neighbours: a row is what the rows around it are.

use linfa_nn::distance::L2Dist;
use linfa_nn::{CommonNearestNeighbour, NearestNeighbour, NearestNeighbourIndex};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};

use super::{Estimator, FittedModel, Prediction, check};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::params::params;
use crate::persist::{Loader, Saved};
use crate::target::{Target, Task};
use serde::{Deserialize, Serialize};

/// The majority among the `k` nearest training rows by Euclidean distance; a
/// tie goes to the first class in order, as in scikit-learn.
///
/// Distances mix all features, so scale them first.
///
/// ```
/// use ferrite_ml::{KNeighborsClassifier, MlError, Pipeline, StandardScaler};
/// use polars::df;
///
/// let frame = df!["x" => [1.0, 2.0, 8.0, 9.0], "y" => ["a", "a", "b", "b"]]?;
/// let pipeline = Pipeline::new()
///     .step("scale", StandardScaler::new())
///     .model(KNeighborsClassifier::new(1));
/// let predicted = pipeline.fit(&frame, "y")?.predict(&df!["x" => [7.0]]?)?;
/// assert_eq!(predicted.str()?.get(0), Some("b"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KNeighborsClassifier {
    k: usize,
}

impl KNeighborsClassifier {
    /// A vote among `k` neighbours.
    pub fn new(k: usize) -> Self {
        Self { k }
    }
}

/// Short for [`KNeighborsClassifier::new`].
///
/// ```
/// use ferrite_ml::{KNeighborsClassifier, knn};
///
/// assert_eq!(knn(5), KNeighborsClassifier::new(5));
/// ```
pub fn knn(k: usize) -> KNeighborsClassifier {
    KNeighborsClassifier::new(k)
}

const NAME: &str = "KNeighborsClassifier";

/// With more features a tree looks at most points anyway, and is slower than a
/// plain search; scikit-learn draws the line here too.
const TREE_FEATURES: usize = 15;

/// Fewer rows are not worth a thread.
const ROWS_PER_THREAD: usize = 64;

params!(KNeighborsClassifier, NAME, { n_neighbors: k });

pub(super) const LOADER: Loader<dyn FittedModel> = Loader::model::<FittedNeighbors>(NAME, 1);

impl Estimator for KNeighborsClassifier {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        Diagram::new(NAME).setting(format!("k={}", self.k))
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        let classes = target.classes(NAME)?;
        check::rows(features, classes.codes().len())?;
        if self.k == 0 {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "k",
                value: "0".to_owned(),
                rule: "be at least 1",
            });
        }
        if features.rows() < self.k {
            return Err(MlError::TooFewRows {
                purpose: format!("{NAME}(k={})", self.k),
                needed: self.k,
                found: features.rows(),
                advice: "; choose a smaller k",
            });
        }
        Ok(Box::new(FittedNeighbors {
            k: self.k,
            // linfa's tree needs rows that are contiguous in memory.
            points: features.values().as_standard_layout().into_owned(),
            codes: classes.codes().to_vec(),
            classes: classes.names().len(),
        }))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedNeighbors {
    k: usize,
    points: Array2<f64>,
    codes: Vec<usize>,
    classes: usize,
}

impl FittedModel for FittedNeighbors {
    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }

    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.points.ncols())?;
        // The index borrows the points, so it is built for each call; that costs
        // less than one search for each training row.
        let search = match self.points.ncols() {
            0..=TREE_FEATURES => CommonNearestNeighbour::KdTree,
            _ => CommonNearestNeighbour::LinearSearch,
        };
        let index = search.from_batch(&self.points, L2Dist).map_err(unable)?;
        let index: &dyn NearestNeighbourIndex<f64> = &*index;
        let queries = features.values().as_standard_layout();
        let mut votes = Array2::zeros((features.rows(), self.classes));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let part = features.rows().div_ceil(threads).max(ROWS_PER_THREAD);
        std::thread::scope(|scope| {
            let parts = queries
                .axis_chunks_iter(Axis(0), part)
                .zip(votes.axis_chunks_iter_mut(Axis(0), part));
            let running: Vec<_> = parts
                .map(|(queries, votes)| scope.spawn(move || self.vote(index, queries, votes)))
                .collect();
            running.into_iter().try_for_each(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(unable("a search thread panicked")))
            })
        })?;
        Ok(votes / self.k as f64)
    }
}

impl FittedNeighbors {
    /// Counts the classes of the neighbours of each query.
    fn vote(
        &self,
        index: &dyn NearestNeighbourIndex<f64>,
        queries: ArrayView2<f64>,
        mut votes: ArrayViewMut2<f64>,
    ) -> Result<(), MlError> {
        for (query, mut vote) in queries.rows().into_iter().zip(votes.rows_mut()) {
            ferrite_interrupt::checkpoint();
            for (_, row) in index.k_nearest(query, self.k).map_err(unable)? {
                vote[self.codes[row]] += 1.0;
            }
        }
        Ok(())
    }
}

fn unable(reason: impl ToString) -> MlError {
    MlError::Unable {
        model: NAME,
        reason: reason.to_string(),
    }
}
