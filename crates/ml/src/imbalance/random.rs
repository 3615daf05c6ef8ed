//! Drawing rows of small classes again, or rows of large classes away.

use polars::prelude::DataFrame;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::strategy::Strategy;
use crate::diagram::Diagram;
use crate::params::params;
use crate::target::Classes;
use crate::transform::{FittedTransformer, Sampler, Transformer};
use crate::{MlError, columns};

/// Adds copies of randomly drawn rows until all classes are as large as the largest.
///
/// A step of a pipeline that works only while it is fitted. New rows stand
/// behind those that were there.
///
/// ```
/// use ferrite_ml::{Classes, MlError, RandomOverSampler, Sampler};
/// use polars::prelude::*;
///
/// let frame = df!["x" => [1, 2, 3]]?;
/// let classes = Classes::of(&Series::new("y".into(), ["a", "a", "b"]))?;
/// let (rows, classes) = RandomOverSampler::new().resample(&frame, &classes)?;
/// assert!(rows.equals(&df!["x" => [1, 2, 3, 3]]?));
/// assert_eq!(classes.counts(), [2, 2]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RandomOverSampler {
    sampling_strategy: Strategy,
    random_state: u64,
}

impl Default for RandomOverSampler {
    fn default() -> Self {
        Self {
            sampling_strategy: Strategy::Auto,
            random_state: 0,
        }
    }
}

impl RandomOverSampler {
    /// Makes all classes equally large.
    pub fn new() -> Self {
        Self::default()
    }

    /// For two classes: the rows of the smaller divided by those of the larger.
    pub fn ratio(mut self, ratio: f64) -> Self {
        self.sampling_strategy = Strategy::Ratio(ratio);
        self
    }

    /// Decides which rows are drawn; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.random_state = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }
}

params!(RandomOverSampler, "RandomOverSampler", {
    sampling_strategy: sampling_strategy,
    random_state: random_state,
});

impl Sampler for RandomOverSampler {
    fn resample(
        &self,
        frame: &DataFrame,
        classes: &Classes,
    ) -> Result<(DataFrame, Classes), MlError> {
        let wanted = self
            .sampling_strategy
            .enlarged("RandomOverSampler", classes)?;
        let mut rng = StdRng::seed_from_u64(self.random_state);
        let mut rows: Vec<usize> = (0..frame.height()).collect();
        for (class, members) in classes.members().iter().enumerate() {
            for _ in members.len()..wanted[class] {
                rows.push(members[rng.gen_range(0..members.len())]);
            }
        }
        Ok((columns::take(frame, &rows)?, classes.take(&rows)))
    }
}

/// Removes randomly drawn rows until all classes are as small as the smallest.
///
/// A step of a pipeline that works only while it is fitted. The rows that stay
/// keep their order.
///
/// ```
/// use ferrite_ml::{Classes, MlError, RandomUnderSampler, Sampler};
/// use polars::prelude::*;
///
/// let frame = df!["x" => [1, 2, 3]]?;
/// let classes = Classes::of(&Series::new("y".into(), ["a", "a", "b"]))?;
/// let (rows, classes) = RandomUnderSampler::new().resample(&frame, &classes)?;
/// assert_eq!((rows.height(), classes.counts()), (2, vec![1, 1]));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RandomUnderSampler {
    sampling_strategy: Strategy,
    random_state: u64,
}

impl Default for RandomUnderSampler {
    fn default() -> Self {
        Self {
            sampling_strategy: Strategy::Auto,
            random_state: 0,
        }
    }
}

impl RandomUnderSampler {
    /// Makes all classes equally small.
    pub fn new() -> Self {
        Self::default()
    }

    /// For two classes: the rows of the smaller divided by those of the larger.
    pub fn ratio(mut self, ratio: f64) -> Self {
        self.sampling_strategy = Strategy::Ratio(ratio);
        self
    }

    /// Decides which rows go; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.random_state = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }
}

params!(RandomUnderSampler, "RandomUnderSampler", {
    sampling_strategy: sampling_strategy,
    random_state: random_state,
});

impl Sampler for RandomUnderSampler {
    fn resample(
        &self,
        frame: &DataFrame,
        classes: &Classes,
    ) -> Result<(DataFrame, Classes), MlError> {
        let wanted = self
            .sampling_strategy
            .reduced("RandomUnderSampler", classes)?;
        let mut rng = StdRng::seed_from_u64(self.random_state);
        let mut rows = Vec::new();
        for (class, mut members) in classes.members().into_iter().enumerate() {
            members.shuffle(&mut rng);
            rows.extend(members.into_iter().take(wanted[class]));
        }
        rows.sort_unstable();
        Ok((columns::take(frame, &rows)?, classes.take(&rows)))
    }
}

/// Samplers are steps: a transformer that has nothing to fit.
macro_rules! sampler_step {
    ($type:ident) => {
        impl Transformer for $type {
            fn diagram(&self) -> Diagram {
                let diagram = Diagram::new(stringify!($type));
                match self.sampling_strategy.setting() {
                    Some(setting) => diagram.setting(setting),
                    None => diagram,
                }
            }

            fn fit(&self, _: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
                Err(MlError::Sampler {
                    sampler: stringify!($type).to_owned(),
                    reason: crate::transform::SAMPLERS_NEED_A_PIPELINE,
                })
            }

            fn sampler(&self) -> Option<&dyn Sampler> {
                Some(self)
            }

            fn clone_box(&self) -> Box<dyn Transformer> {
                Box::new(self.clone())
            }
        }
    };
}
pub(super) use sampler_step;

sampler_step!(RandomOverSampler);
sampler_step!(RandomUnderSampler);
