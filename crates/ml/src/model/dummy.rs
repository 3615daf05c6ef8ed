//! Baselines that look at no feature: what a model must beat.

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::recipe::{estimator, recipe, share};
use super::{Estimator, FittedModel, Prediction, check, random};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::params::choices;
use crate::persist::{Loader, Saved};
use crate::stats::mean;
use crate::target::{Target, Task};

/// What a [`DummyClassifier`] answers.
///
/// ```
/// use ferrite_ml::{DummyClassifier, DummyStrategy};
///
/// let baseline = DummyClassifier::new().strategy(DummyStrategy::Uniform);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DummyStrategy {
    /// The most frequent class, with the shares of all as probabilities.
    Prior,
    /// The most frequent class, with probability 1.
    MostFrequent,
    /// A draw by the shares of the classes.
    Stratified,
    /// A draw from all classes alike.
    Uniform,
}

choices!(DummyStrategy {
    "prior" => Prior,
    "most_frequent" => MostFrequent,
    "stratified" => Stratified,
    "uniform" => Uniform,
});

/// What a [`DummyRegressor`] answers.
///
/// ```
/// use ferrite_ml::{DummyNumber, DummyRegressor};
///
/// let baseline = DummyRegressor::new().strategy(DummyNumber::Median);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DummyNumber {
    /// The mean of the target.
    Mean,
    /// The median of the target.
    Median,
    /// The [`quantile`](DummyRegressor::quantile) of the target.
    Quantile,
}

choices!(DummyNumber { "mean" => Mean, "median" => Median, "quantile" => Quantile });

recipe! {
    /// Classes without a look at the features.
    ///
    /// ```
    /// use ferrite_ml::{DummyClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3], "y" => ["a", "b", "b"]]?;
    /// let fitted = Pipeline::new().model(DummyClassifier::new()).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&frame)?.str()?.get(0), Some("b"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct DummyClassifier, "DummyClassifier" {
        /// What to answer; the most frequent class unless set.
        strategy: DummyStrategy = DummyStrategy::Prior,
        /// The seed of draws; 0 unless set.
        seed: u64 = 0,
    }
}

recipe! {
    /// A number without a look at the features.
    ///
    /// ```
    /// use ferrite_ml::{DummyRegressor, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3], "y" => [1.0, 2.0, 6.0]]?;
    /// let fitted = Pipeline::new().model(DummyRegressor::new()).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&frame)?.f64()?.get(0), Some(3.0));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct DummyRegressor, "DummyRegressor" {
        /// What to answer; the mean unless set.
        strategy: DummyNumber = DummyNumber::Mean,
        /// For the strategy `Quantile`: the part of the target below; 0.5 unless set.
        quantile: f64 = 0.5,
    }
}

pub(super) const CLASSES_LOADER: Loader<dyn FittedModel> =
    Loader::model::<FittedDummyClasses>(DummyClassifier::NAME, 1);
pub(super) const NUMBER_LOADER: Loader<dyn FittedModel> =
    Loader::model::<FittedDummyNumber>(DummyRegressor::NAME, 1);

estimator!(DummyClassifier, Classification, even);

impl DummyClassifier {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let classes = check::classes_alone(features, target, Self::NAME)?;
        let mut shares = Array1::zeros(classes.names().len());
        for (code, weight) in classes.codes().iter().zip(weights) {
            shares[*code] += weight;
        }
        shares /= weights.iter().sum::<f64>();
        Ok(Box::new(FittedDummyClasses {
            strategy: self.strategy,
            seed: self.seed,
            shares,
        }))
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedDummyClasses {
    strategy: DummyStrategy,
    seed: u64,
    shares: Array1<f64>,
}

impl FittedDummyClasses {
    /// A class for each row, drawn by the shares or evenly.
    fn draws(&self, rows: usize) -> Vec<usize> {
        let mut rng = random::generator(self.seed, 0);
        let classes = self.shares.len();
        let weight = |class: usize| match self.strategy {
            DummyStrategy::Uniform => 1.0 / classes as f64,
            _ => self.shares[class],
        };
        (0..rows)
            .map(|_| random::draw((0..classes).map(weight), &mut rng))
            .collect()
    }
}

impl FittedModel for FittedDummyClasses {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        let rows = features.rows();
        Ok(Prediction::Classes(match self.strategy {
            DummyStrategy::Prior | DummyStrategy::MostFrequent => {
                vec![super::position_of_max(self.shares.view()); rows]
            }
            DummyStrategy::Stratified | DummyStrategy::Uniform => self.draws(rows),
        }))
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        let mut answer = Array2::zeros((features.rows(), self.shares.len()));
        match self.strategy {
            DummyStrategy::Prior => answer.assign(&self.shares),
            DummyStrategy::Uniform => answer.fill(1.0 / self.shares.len() as f64),
            DummyStrategy::MostFrequent => {
                let most = super::position_of_max(self.shares.view());
                answer.column_mut(most).fill(1.0);
            }
            DummyStrategy::Stratified => {
                for (row, class) in self.draws(features.rows()).into_iter().enumerate() {
                    answer[[row, class]] = 1.0;
                }
            }
        }
        Ok(answer)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(DummyClassifier::NAME, 1, self)
    }
}

impl Estimator for DummyRegressor {
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
        share(Self::NAME, "quantile", self.quantile)?;
        let y = check::numbers_alone(features, target, Self::NAME)?;
        let number = match self.strategy {
            DummyNumber::Mean => mean(y),
            DummyNumber::Median => quantile(y, 0.5),
            DummyNumber::Quantile => quantile(y, self.quantile),
        };
        Ok(Box::new(FittedDummyNumber { number }))
    }
}

/// The number below which a part of the values lies, between two of them in proportion.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = part * (sorted.len() - 1) as f64;
    let (low, high) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    low + (high - low) * place.fract()
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedDummyNumber {
    number: f64,
}

impl FittedModel for FittedDummyNumber {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        Ok(Prediction::Numbers(vec![self.number; features.rows()]))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(DummyRegressor::NAME)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(DummyRegressor::NAME, 1, self)
    }
}
