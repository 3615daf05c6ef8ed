//! Classes of the nearest rows.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::search::{Lazy, check_power, weights};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::matrix::Matrix;
use crate::model::{Estimator, FittedModel, Prediction, check};
use crate::params::params;
use crate::persist::{self, Loader, Saved};
use crate::target::{Target, Task};
use crate::transform::NeighborWeights;

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
#[derive(Clone, Debug, PartialEq)]
pub struct KNeighborsClassifier {
    k: usize,
    weights: NeighborWeights,
    p: f64,
}

impl Default for KNeighborsClassifier {
    fn default() -> Self {
        Self::new(5)
    }
}

impl KNeighborsClassifier {
    /// A vote among `k` neighbours.
    pub fn new(k: usize) -> Self {
        Self {
            k,
            weights: NeighborWeights::Uniform,
            p: 2.0,
        }
    }

    /// How much each neighbour counts; all the same unless set.
    pub fn weights(mut self, weights: NeighborWeights) -> Self {
        self.weights = weights;
        self
    }

    /// The power of Minkowski's distance: 1 adds up differences, 2 is the Euclidean
    /// distance, infinity the largest difference; 2 unless set. Others than 2 are
    /// searched without a tree.
    ///
    /// ```
    /// use ferrite_ml::{Estimator, knn};
    ///
    /// assert_eq!(knn(3).p(1.0).diagram().label(), "KNeighborsClassifier(k=3, p=1)");
    /// ```
    pub fn p(mut self, p: f64) -> Self {
        self.p = p;
        self
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

params!(KNeighborsClassifier, NAME, { n_neighbors: k, weights: weights, p: p });

/// Version 1 knew Euclidean distances only.
pub(in crate::model) const FIRST_LOADER: Loader<dyn FittedModel> = Loader {
    kind: NAME,
    version: 1,
    load: |body| {
        let first: First = persist::read(body)?;
        checked(Kept {
            k: first.k,
            weights: first.weights,
            p: 2.0,
            points: first.points,
            codes: first.codes,
            classes: first.classes,
        })
    },
};

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: NAME,
    version: 2,
    load: |body| checked(persist::read(body)?),
};

/// A model of which rows, and what they say, belong together.
fn checked(kept: Kept) -> Result<Box<dyn FittedModel>, MlError> {
    let sound = kept.k > 0
        && kept.p >= 1.0
        && kept.k <= kept.points.rows()
        && kept.codes.len() == kept.points.rows()
        && kept.codes.iter().all(|code| *code < kept.classes);
    if sound {
        return Ok(Box::new(FittedNeighbors::new(kept)));
    }
    Err(MlError::Damaged {
        reason: "rows and their classes do not belong together".to_owned(),
    })
}

#[derive(Debug, Deserialize)]
struct First {
    k: usize,
    weights: NeighborWeights,
    points: Matrix,
    codes: Vec<usize>,
    classes: usize,
}

impl Estimator for KNeighborsClassifier {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        let diagram = Diagram::new(NAME).setting(format!("k={}", self.k));
        let diagram = match self.weights {
            NeighborWeights::Uniform => diagram,
            NeighborWeights::Distance => diagram.setting("weights=distance"),
        };
        diagram.setting_if(self.p != 2.0, format!("p={}", self.p))
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        let classes = check::classes(features, target, NAME)?;
        check_k(NAME, self.k, features)?;
        check_power(NAME, self.p)?;
        Ok(Box::new(FittedNeighbors::new(Kept {
            k: self.k,
            weights: self.weights,
            p: self.p,
            points: features.matrix().clone(),
            codes: classes.codes().to_vec(),
            classes: classes.names().len(),
        })))
    }
}

/// Fails unless there are that many neighbours.
pub(super) fn check_k(owner: &'static str, k: usize, features: &Features) -> Result<(), MlError> {
    if k == 0 {
        return Err(MlError::InvalidParameter {
            owner,
            name: "k",
            value: "0".to_owned(),
            rule: "be at least 1",
        });
    }
    check::at_least(
        features,
        k,
        format!("{owner}(k={k})"),
        "; choose a smaller k",
    )
}

/// What is written to a file: the index is made from it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    k: usize,
    weights: NeighborWeights,
    p: f64,
    points: Matrix,
    codes: Vec<usize>,
    classes: usize,
}

#[derive(Debug)]
struct FittedNeighbors {
    kept: Kept,
    index: Lazy,
}

impl FittedNeighbors {
    fn new(kept: Kept) -> Self {
        Self {
            index: Lazy::of(&kept.points, kept.p),
            kept,
        }
    }
}

impl FittedModel for FittedNeighbors {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::most_probable(&self.predict_proba(features)?))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        let kept = &self.kept;
        features.expect_count(kept.points.width())?;
        let shares = self.index.of_points(&kept.points, kept.p).nearest(
            features.values().view(),
            kept.k,
            |found| {
                let mut votes = vec![0.0; kept.classes];
                let weights = weights(found, kept.weights);
                for ((_, row), weight) in found.iter().zip(&weights) {
                    votes[kept.codes[*row as usize]] += weight;
                }
                let sum: f64 = weights.iter().sum();
                votes.iter_mut().for_each(|votes| *votes /= sum);
                votes
            },
        );
        let mut probabilities = Array2::zeros((features.rows(), kept.classes));
        for (mut row, shares) in probabilities.rows_mut().into_iter().zip(shares) {
            row.iter_mut()
                .zip(shares)
                .for_each(|(slot, share)| *slot = share);
        }
        Ok(probabilities)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 2, &self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_first_version_is_still_read() {
        let points = array![[0.0], [4.0]];
        let weights = NeighborWeights::Uniform;
        // The layout of version 1, which had no power.
        let body =
            postcard::to_stdvec(&(1_usize, weights, points, vec![0_usize, 1], 2_usize)).unwrap();
        let first = (FIRST_LOADER.load)(&body).unwrap();
        let x = Features::new(["x"], array![[1.0], [3.0]]).unwrap();
        assert_eq!(first.predict(&x).unwrap(), Prediction::Classes(vec![0, 1]));
    }
}
