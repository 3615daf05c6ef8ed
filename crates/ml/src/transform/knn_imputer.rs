//! Filling gaps with what similar rows have.

use ndarray::{Array2, ArrayView1};
use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, numeric, replace};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};

const NAME: &str = "KNNImputer";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedKnnImputer>(NAME, 1);

/// How much each neighbour counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NeighborWeights {
    /// All the same.
    #[default]
    Uniform,
    /// By one over the distance.
    Distance,
}

choices!(NeighborWeights { "uniform" => Uniform, "distance" => Distance });

/// Fills each gap in a numeric column with the mean of the nearest training rows
/// that have a value there. Distances use the columns that both rows have, and
/// are scaled up for those that are missing (scikit-learn's `nan_euclidean`).
///
/// Columns count by their units, so scale them first.
///
/// ```
/// use ferrite_ml::{KNNImputer, MlError, Transformer};
/// use polars::df;
///
/// let frame = df!["a" => [1.0, 1.1, 9.0], "b" => [Some(5.0), None, Some(7.0)]]?;
/// let filled = KNNImputer::new(1).fit_transform(&frame)?;
/// assert_eq!(filled.column("b")?.f64()?.get(1), Some(5.0));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KNNImputer {
    n_neighbors: usize,
    weights: NeighborWeights,
}

impl Default for KNNImputer {
    fn default() -> Self {
        Self::new(5)
    }
}

impl KNNImputer {
    /// Looks at that many neighbours.
    pub fn new(n_neighbors: usize) -> Self {
        Self {
            n_neighbors,
            weights: NeighborWeights::Uniform,
        }
    }

    /// How much each neighbour counts; all the same unless set.
    pub fn weights(mut self, weights: NeighborWeights) -> Self {
        self.weights = weights;
        self
    }
}

params!(KNNImputer, NAME, { n_neighbors: n_neighbors, weights: weights });

impl Transformer for KNNImputer {
    fn diagram(&self) -> Diagram {
        Diagram::new(NAME)
            .setting(format!("n_neighbors={}", self.n_neighbors))
            .setting_if(
                self.weights != NeighborWeights::Uniform,
                self.weights.name(),
            )
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        if self.n_neighbors == 0 {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "n_neighbors",
                value: "0".to_owned(),
                rule: "be at least 1",
            });
        }
        let means = numeric::learn(frame, "neighbour", |values| Ok(crate::stats::mean(&values)))?;
        let columns: Vec<String> = means.iter().map(|(name, _)| name.clone()).collect();
        Ok(Box::new(FittedKnnImputer {
            rows: numeric::matrix(frame, &columns)?,
            means: means.into_iter().map(|(_, mean)| mean).collect(),
            columns,
            names: columns::names(frame),
            params: (self.n_neighbors, self.weights),
        }))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedKnnImputer {
    columns: Vec<String>,
    rows: Array2<f64>,
    means: Vec<f64>,
    names: Vec<String>,
    params: (usize, NeighborWeights),
}

/// The Euclidean distance over the columns that both rows have, scaled up to all
/// columns; `None` if they share none.
fn distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> Option<f64> {
    let (mut sum, mut shared) = (0.0, 0_usize);
    for (a, b) in a.iter().zip(b) {
        let difference = a - b;
        if !difference.is_nan() {
            sum += difference * difference;
            shared += 1;
        }
    }
    (shared > 0).then(|| (sum * a.len() as f64 / shared as f64).sqrt())
}

impl FittedKnnImputer {
    /// The value for a gap: `near` are all training rows with their distances,
    /// nearest first.
    fn fill(&self, column: usize, near: &[(f64, usize)]) -> f64 {
        let (count, weights) = self.params;
        let donors: Vec<(f64, f64)> = near
            .iter()
            .map(|(distance, row)| (*distance, self.rows[[*row, column]]))
            .filter(|(_, value)| !value.is_nan())
            .take(count)
            .collect();
        if donors.is_empty() {
            return self.means[column];
        }
        // A row at distance 0 is the same row for all that is known.
        let same = donors.iter().any(|(distance, _)| *distance == 0.0);
        let (mut sum, mut total) = (0.0, 0.0);
        for (distance, value) in donors {
            let weight = match weights {
                NeighborWeights::Uniform => 1.0,
                NeighborWeights::Distance if same => f64::from(distance == 0.0),
                NeighborWeights::Distance => 1.0 / distance,
            };
            sum += weight * value;
            total += weight;
        }
        sum / total
    }
}

impl FittedTransformer for FittedKnnImputer {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for name in &self.columns {
            columns::expect_kind(frame, name, Kind::Number)?;
        }
        let known = numeric::matrix(frame, &self.columns)?;
        let mut filled = known.clone();
        for (query, mut target) in known.rows().into_iter().zip(filled.rows_mut()) {
            if !query.iter().any(|value| value.is_nan()) {
                continue;
            }
            ferrite_interrupt::checkpoint();
            let mut near: Vec<(f64, usize)> = self
                .rows
                .rows()
                .into_iter()
                .enumerate()
                .filter_map(|(row, own)| Some((distance(query, own)?, row)))
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (column, value) in target.iter_mut().enumerate() {
                if value.is_nan() {
                    *value = self.fill(column, &near);
                }
            }
        }
        let columns = self.columns.iter().zip(filled.columns());
        let columns =
            columns.map(|(name, values)| Column::new(name.as_str().into(), values.to_vec()));
        replace(frame, columns.collect())
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
