//! Numbers of the nearest rows.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::classifier::check_k;
use super::search::{Lazy, check_power, weights};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::matrix::Matrix;
use crate::model::recipe::recipe;
use crate::model::{Estimator, FittedModel, Prediction, check};
use crate::persist::{self, Loader, Saved};
use crate::target::{Target, Task};
use crate::transform::NeighborWeights;

recipe! {
    /// The mean of the nearest training rows by Euclidean distance. Distances mix
    /// all features, so scale them first.
    ///
    /// ```
    /// use ferrite_ml::{KNeighborsRegressor, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1.0, 2.0, 8.0, 9.0], "y" => [10.0, 20.0, 80.0, 90.0]]?;
    /// let model = KNeighborsRegressor::new().n_neighbors(2);
    /// let predicted = Pipeline::new().model(model).fit(&frame, "y")?.predict(&df!["x" => [8.4]]?)?;
    /// assert_eq!(predicted.f64()?.get(0), Some(85.0));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct KNeighborsRegressor, "KNeighborsRegressor" {
        /// How many rows are looked at; 5 unless set.
        n_neighbors: usize = 5,
        /// How much each of them counts; all the same unless set.
        weights: NeighborWeights = NeighborWeights::Uniform,
        /// The power of Minkowski's distance: 1 adds up differences, 2 is the Euclidean
        /// distance, infinity the largest difference; 2 unless set. Others than 2 are
        /// searched without a tree.
        p: f64 = 2.0,
    }
}

/// Version 1 knew Euclidean distances only.
pub(in crate::model) const FIRST_LOADER: Loader<dyn FittedModel> = Loader {
    kind: KNeighborsRegressor::NAME,
    version: 1,
    load: |body| {
        let first: First = persist::read(body)?;
        checked(Kept {
            k: first.k,
            weights: first.weights,
            p: 2.0,
            points: first.points,
            numbers: first.numbers,
        })
    },
};

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: KNeighborsRegressor::NAME,
    version: 2,
    load: |body| checked(persist::read(body)?),
};

/// A model of which rows, and what they say, belong together.
fn checked(kept: Kept) -> Result<Box<dyn FittedModel>, MlError> {
    if kept.k > 0
        && kept.p >= 1.0
        && kept.k <= kept.points.rows()
        && kept.numbers.len() == kept.points.rows()
    {
        return Ok(Box::new(FittedNeighbors::new(kept)));
    }
    Err(MlError::Damaged {
        reason: "rows and their numbers do not belong together".to_owned(),
    })
}

#[derive(Debug, Deserialize)]
struct First {
    k: usize,
    weights: NeighborWeights,
    points: Matrix,
    numbers: Vec<f64>,
}

impl Estimator for KNeighborsRegressor {
    fn clone_box(&self) -> Box<dyn Estimator> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn fit(&self, features: &Features, target: &Target) -> Result<Box<dyn FittedModel>, MlError> {
        let numbers = check::numbers(features, target, Self::NAME)?;
        check_k(Self::NAME, self.n_neighbors, features)?;
        check_power(Self::NAME, self.p)?;
        Ok(Box::new(FittedNeighbors::new(Kept {
            k: self.n_neighbors,
            weights: self.weights,
            p: self.p,
            points: features.matrix().clone(),
            numbers: numbers.to_vec(),
        })))
    }
}

/// What is written to a file: the index is made from it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    k: usize,
    weights: NeighborWeights,
    p: f64,
    points: Matrix,
    numbers: Vec<f64>,
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
        let kept = &self.kept;
        features.expect_count(kept.points.width())?;
        let means = self.index.of_points(&kept.points, kept.p).nearest(
            features.values().view(),
            kept.k,
            |found| {
                let weights = weights(found, kept.weights);
                let rows = found.iter().zip(&weights);
                let sum: f64 = rows
                    .map(|((_, row), w)| w * kept.numbers[*row as usize])
                    .sum();
                sum / weights.iter().sum::<f64>()
            },
        );
        Ok(Prediction::Numbers(means))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(KNeighborsRegressor::NAME)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KNeighborsRegressor::NAME, 2, &self.kept)
    }
}
