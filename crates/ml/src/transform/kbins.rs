//! Numbers as intervals, so that a linear model can follow a curve.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, numeric};
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};
use crate::{MlError, stats};

const NAME: &str = "KBinsDiscretizer";

pub(super) const LOADER: Loader<dyn FittedTransformer> = Loader::transformer::<FittedBins>(NAME, 1);

/// Narrower bins are joined with their neighbour (scikit-learn's threshold).
const NARROW: f64 = 1e-8;

/// Where a [`KBinsDiscretizer`] cuts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinStrategy {
    /// Bins of equal width.
    Uniform,
    /// Bins with equally many rows.
    #[default]
    Quantile,
    /// Between the centres of k-means in one dimension.
    KMeans,
}

choices!(BinStrategy { "uniform" => Uniform, "quantile" => Quantile, "kmeans" => KMeans });

/// How a [`KBinsDiscretizer`] writes bins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinEncoding {
    /// A column of 0 and 1 for each bin.
    #[default]
    OneHot,
    /// The number of the bin.
    Ordinal,
}

choices!(BinEncoding { "onehot" => OneHot, "ordinal" => Ordinal });

/// Cuts each numeric column into bins.
///
/// With [`BinEncoding::OneHot`] a column `x` becomes `x_0`, `x_1`, …. Missing
/// values are refused, as in scikit-learn.
///
/// ```
/// use ferrite_ml::{BinEncoding, KBinsDiscretizer, MlError, Transformer};
/// use polars::df;
///
/// let bins = KBinsDiscretizer::new(2).encode(BinEncoding::Ordinal);
/// let binned = bins.fit_transform(&df!["x" => [1.0, 2.0, 3.0, 9.0]]?)?;
/// assert!(binned.equals(&df!["x" => [0.0, 0.0, 1.0, 1.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KBinsDiscretizer {
    n_bins: usize,
    encode: BinEncoding,
    strategy: BinStrategy,
}

impl Default for KBinsDiscretizer {
    fn default() -> Self {
        Self::new(5)
    }
}

impl KBinsDiscretizer {
    /// That many bins with equally many rows.
    pub fn new(n_bins: usize) -> Self {
        Self {
            n_bins,
            encode: BinEncoding::OneHot,
            strategy: BinStrategy::Quantile,
        }
    }

    /// How bins are written; [`BinEncoding::OneHot`] unless set.
    pub fn encode(mut self, encode: BinEncoding) -> Self {
        self.encode = encode;
        self
    }

    /// Where to cut; [`BinStrategy::Quantile`] unless set.
    pub fn strategy(mut self, strategy: BinStrategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// The borders of the bins, one more than there are bins.
    fn edges(&self, mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        let (first, last) = (values[0], values[values.len() - 1]);
        if first == last {
            return vec![f64::NEG_INFINITY, f64::INFINITY];
        }
        match self.strategy {
            BinStrategy::Uniform => stats::linspace(first, last, self.n_bins + 1),
            BinStrategy::Quantile => {
                // In percent: 60 / 100 and 3 · 0.2 are different floats.
                let parts = stats::linspace(0.0, 100.0, self.n_bins + 1);
                let cuts = parts
                    .iter()
                    .map(|q| averaged_inverted_cdf(&values, q / 100.0));
                apart(cuts.collect())
            }
            BinStrategy::KMeans => {
                let cuts = stats::linspace(first, last, self.n_bins + 1);
                let start = cuts
                    .windows(2)
                    .map(|pair| 0.5 * (pair[0] + pair[1]))
                    .collect();
                let centers = k_means(&values, start);
                let between = centers.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
                let edges = std::iter::once(first).chain(between).chain([last]);
                apart(edges.collect())
            }
        }
    }
}

/// Borders without those that are too near to the one before.
fn apart(edges: Vec<f64>) -> Vec<f64> {
    let mut kept: Vec<f64> = Vec::with_capacity(edges.len());
    let mut before = f64::NEG_INFINITY;
    for edge in edges {
        if edge - before > NARROW {
            kept.push(edge);
        }
        before = edge;
    }
    if kept.len() < 2 {
        return vec![f64::NEG_INFINITY, f64::INFINITY];
    }
    kept
}

/// The quantile of sorted values as scikit-learn 1.9 cuts bins: an observed
/// value, or the mean of two where the part falls exactly between them.
fn averaged_inverted_cdf(sorted: &[f64], q: f64) -> f64 {
    let position = q * sorted.len() as f64;
    let last = sorted.len() - 1;
    let at = |rank: f64| sorted[(rank.max(0.0) as usize).min(last)];
    if position.fract() == 0.0 {
        0.5 * (at(position - 1.0) + at(position))
    } else {
        at(position.floor())
    }
}

/// Lloyd's algorithm for sorted numbers. A centre that has lost all its values
/// goes to the value that is farthest from its own centre, as in scikit-learn.
fn k_means(sorted: &[f64], mut centers: Vec<f64>) -> Vec<f64> {
    const STEPS: usize = 300;
    let tolerance = 1e-4 * stats::variance(sorted);
    for _ in 0..STEPS {
        ferrite_interrupt::checkpoint();
        let mut sums = vec![0.0; centers.len()];
        let mut counts = vec![0.0; centers.len()];
        let mut owners = Vec::with_capacity(sorted.len());
        let mut own = 0;
        for value in sorted {
            while own + 1 < centers.len()
                && (centers[own + 1] - value).abs() < (value - centers[own]).abs()
            {
                own += 1;
            }
            sums[own] += value;
            counts[own] += 1.0;
            owners.push(own);
        }
        let empty: Vec<usize> = (0..centers.len()).filter(|c| counts[*c] == 0.0).collect();
        if !empty.is_empty() {
            let distance = |at: &usize| (sorted[*at] - centers[owners[*at]]).abs();
            let mut far: Vec<usize> = (0..sorted.len()).collect();
            far.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
            for (center, at) in empty.into_iter().zip(far) {
                sums[owners[at]] -= sorted[at];
                counts[owners[at]] -= 1.0;
                (sums[center], counts[center]) = (sorted[at], 1.0);
            }
        }
        let mut moved = 0.0;
        for ((center, sum), count) in centers.iter_mut().zip(sums).zip(counts) {
            if count > 0.0 {
                let next: f64 = sum / count;
                moved += (next - *center).powi(2);
                *center = next;
            }
        }
        centers.sort_unstable_by(f64::total_cmp);
        if moved <= tolerance {
            break;
        }
    }
    centers
}

params!(KBinsDiscretizer, NAME, { n_bins: n_bins, encode: encode, strategy: strategy });

impl Transformer for KBinsDiscretizer {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
            .setting(format!("n_bins={}", self.n_bins))
            .setting_if(self.strategy != BinStrategy::Quantile, self.strategy.name())
            .setting_if(self.encode != BinEncoding::OneHot, self.encode.name())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        if self.n_bins < 2 {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "n_bins",
                value: self.n_bins.to_string(),
                rule: "be at least 2",
            });
        }
        let chosen = columns::names_where(frame, |kind| kind == Kind::Number);
        numeric::complete_matrix(frame, &chosen)?;
        let learned = numeric::learn(frame, "bin", |values| Ok(self.edges(values)))?;
        let mut fitted = FittedBins {
            columns: learned,
            encode: self.encode,
            names: Vec::new(),
        };
        fitted.names = columns::names(&fitted.transform(frame)?);
        Ok(Box::new(fitted))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedBins {
    /// Each column with the borders of its bins.
    columns: Vec<(String, Vec<f64>)>,
    encode: BinEncoding,
    names: Vec<String>,
}

impl FittedTransformer for FittedBins {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let chosen = self.inputs();
        for name in &chosen {
            columns::expect_kind(frame, name, Kind::Number)?;
        }
        let mut binned = Vec::with_capacity(self.names.len());
        for column in frame.columns() {
            let name = column.name().as_str();
            let Some((_, edges)) = self.columns.iter().find(|(own, _)| own == name) else {
                binned.push(column.clone());
                continue;
            };
            let values = numeric::complete_matrix(frame, &[name.to_owned()])?;
            let inner = &edges[1..edges.len() - 1];
            let bins: Vec<usize> = values
                .iter()
                .map(|value| inner.partition_point(|edge| edge <= value))
                .collect();
            match self.encode {
                BinEncoding::Ordinal => {
                    let bins: Vec<f64> = bins.iter().map(|bin| *bin as f64).collect();
                    binned.push(Column::new(name.into(), bins));
                }
                BinEncoding::OneHot => {
                    for bin in 0..=inner.len() {
                        let ones: Vec<f64> =
                            bins.iter().map(|own| f64::from(*own == bin)).collect();
                        binned.push(Column::new(format!("{name}_{bin}").into(), ones));
                    }
                }
            }
        }
        columns::assemble(frame.height(), binned)
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
