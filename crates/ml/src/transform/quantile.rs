//! Giving every column the same distribution by the ranks of its values.

use polars::prelude::{Column, DataFrame};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, numeric, replace};
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};
use crate::{MlError, stats};

const NAME: &str = "QuantileTransformer";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedQuantiles>(NAME, 1);

/// The distribution that a [`QuantileTransformer`] gives to columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutputDistribution {
    /// Evenly between 0 and 1.
    #[default]
    Uniform,
    /// The standard normal distribution.
    Normal,
}

choices!(OutputDistribution { "uniform" => Uniform, "normal" => Normal });

/// Replaces each number by its rank among the training values, between 0 and 1,
/// or by the value that has this rank in a normal distribution. Extreme values
/// lose their weight, and so do distances.
///
/// ```
/// use ferrite_ml::{MlError, QuantileTransformer, Transformer};
/// use polars::df;
///
/// let frame = df!["x" => [1.0, 10.0, 1_000.0]]?;
/// let even = QuantileTransformer::new().fit_transform(&frame)?;
/// assert!(even.equals(&df!["x" => [0.0, 0.5, 1.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantileTransformer {
    n_quantiles: usize,
    output_distribution: OutputDistribution,
    subsample: Option<usize>,
    random_state: u64,
}

impl Default for QuantileTransformer {
    fn default() -> Self {
        Self {
            n_quantiles: 1_000,
            output_distribution: OutputDistribution::Uniform,
            subsample: Some(10_000),
            random_state: 0,
        }
    }
}

impl QuantileTransformer {
    /// To ranks between 0 and 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many quantiles are kept; at most as many as there are rows, 1000 unless set.
    pub fn n_quantiles(mut self, count: usize) -> Self {
        self.n_quantiles = count;
        self
    }

    /// The distribution to give to columns; uniform unless set.
    pub fn output_distribution(mut self, distribution: OutputDistribution) -> Self {
        self.output_distribution = distribution;
        self
    }

    /// Learns from at most this many rows, drawn at random; 10,000 unless set.
    pub fn subsample(mut self, rows: impl Into<Option<usize>>) -> Self {
        self.subsample = rows.into();
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

    /// The rows to learn from.
    fn sample(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let Some(most) = self.subsample.filter(|most| *most < frame.height()) else {
            return Ok(frame.clone());
        };
        let mut rows: Vec<usize> = (0..frame.height()).collect();
        let mut rng = StdRng::seed_from_u64(self.random_state);
        let (drawn, _) = rows.partial_shuffle(&mut rng, most);
        columns::take(frame, drawn)
    }
}

params!(QuantileTransformer, NAME, {
    n_quantiles: n_quantiles,
    output_distribution: output_distribution,
    subsample: subsample,
    random_state: random_state,
});

impl Transformer for QuantileTransformer {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
            .setting_if(
                self.output_distribution != OutputDistribution::Uniform,
                self.output_distribution.name(),
            )
            .setting_if(
                self.n_quantiles != 1_000,
                format!("n_quantiles={}", self.n_quantiles),
            )
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        let wrong = |name, value: usize, rule| MlError::InvalidParameter {
            owner: NAME,
            name,
            value: value.to_string(),
            rule,
        };
        if self.n_quantiles == 0 {
            return Err(wrong("n_quantiles", 0, "be at least 1"));
        }
        if let Some(rows) = self.subsample.filter(|rows| *rows < self.n_quantiles) {
            return Err(wrong("subsample", rows, "be at least n_quantiles"));
        }
        let count = self.n_quantiles.min(frame.height());
        let references = stats::linspace(0.0, 1.0, count);
        let learned = numeric::learn(&self.sample(frame)?, "quantile", |mut values| {
            values.sort_unstable_by(f64::total_cmp);
            let mut highest = f64::NEG_INFINITY;
            let quantiles = references.iter().map(|q| {
                // Rounding must not let them fall.
                highest = stats::quantile(&values, *q).max(highest);
                highest
            });
            Ok(quantiles.collect::<Vec<f64>>())
        })?;
        Ok(Box::new(FittedQuantiles {
            columns: learned,
            references,
            output: self.output_distribution,
            names: columns::names(frame),
        }))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedQuantiles {
    columns: Vec<(String, Vec<f64>)>,
    references: Vec<f64>,
    output: OutputDistribution,
    names: Vec<String>,
}

/// Nearer to the ends than this is "at the end" in the normal distribution.
const BORDER: f64 = 1e-7;

impl FittedQuantiles {
    /// The rank of a value, as scikit-learn has it: from below and from above,
    /// and the mean of both, so that equal quantiles share their rank.
    fn rank(&self, value: f64, quantiles: &[f64], mirrored: &[f64], falling: &[f64]) -> f64 {
        let (first, last) = (quantiles[0], quantiles[quantiles.len() - 1]);
        let margin = match self.output {
            OutputDistribution::Uniform => 0.0,
            OutputDistribution::Normal => BORDER,
        };
        let below = match self.output {
            OutputDistribution::Uniform => value == first,
            OutputDistribution::Normal => value - margin < first,
        };
        let above = match self.output {
            OutputDistribution::Uniform => value == last,
            OutputDistribution::Normal => value + margin > last,
        };
        if below {
            return 0.0;
        }
        if above {
            return 1.0;
        }
        let up = stats::interpolate(value, quantiles, &self.references);
        let down = stats::interpolate(-value, mirrored, falling);
        0.5 * (up - down)
    }
}

impl FittedTransformer for FittedQuantiles {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let highest = stats::normal_quantile(1.0 - (BORDER - f64::EPSILON));
        let lowest = stats::normal_quantile(BORDER - f64::EPSILON);
        let falling: Vec<f64> = self.references.iter().rev().map(|r| -r).collect();
        let mut transformed = Vec::with_capacity(self.columns.len());
        for (name, quantiles) in &self.columns {
            columns::expect_kind(frame, name, Kind::Number)?;
            let mirrored: Vec<f64> = quantiles.iter().rev().map(|q| -q).collect();
            let place = |value: f64| {
                let rank = self.rank(value, quantiles, &mirrored, &falling);
                match self.output {
                    OutputDistribution::Uniform => rank,
                    OutputDistribution::Normal => {
                        stats::normal_quantile(rank).clamp(lowest, highest)
                    }
                }
            };
            let values: Vec<Option<f64>> = columns::numbers(frame, name)?
                .into_iter()
                .map(|value| value.map(place))
                .collect();
            transformed.push(Column::new(name.as_str().into(), values));
        }
        replace(frame, transformed)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
