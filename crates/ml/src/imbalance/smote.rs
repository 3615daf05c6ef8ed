//! New rows between those that there are.

use linfa_nn::distance::L2Dist;
use linfa_nn::{CommonNearestNeighbour, NearestNeighbour};
use ndarray::{Array2, Axis};
use polars::prelude::{Column, DataFrame, DataType};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::random::sampler_step;
use super::strategy::Strategy;
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::features::Features;
use crate::params::params;
use crate::target::Classes;
use crate::transform::{FittedTransformer, Sampler, Transformer};

const NAME: &str = "SMOTE";

/// Adds rows that lie on the line between a row of a small class and one of its
/// nearest neighbours of the same class, until all classes are as large as the
/// largest (Chawla et al., JAIR 2002).
///
/// A step of a pipeline that works only while it is fitted; it stands behind the
/// steps that fill gaps and encode, for it needs numbers only. New rows stand
/// behind those that were there.
///
/// ```
/// use ferrite_ml::{Classes, MlError, SMOTE, Sampler};
/// use polars::prelude::*;
///
/// let frame = df!["x" => [1.0, 2.0, 3.0, 8.0, 9.0]]?;
/// let classes = Classes::of(&Series::new("y".into(), ["a", "a", "a", "b", "b"]))?;
/// let (rows, classes) = SMOTE::new().k_neighbors(1).resample(&frame, &classes)?;
/// let new = rows.column("x")?.f64()?.get(5).unwrap_or(0.0);
/// assert!((8.0..=9.0).contains(&new));
/// assert_eq!(classes.counts(), [3, 3]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SMOTE {
    sampling_strategy: Strategy,
    k_neighbors: usize,
    random_state: u64,
}

impl Default for SMOTE {
    fn default() -> Self {
        Self {
            sampling_strategy: Strategy::Auto,
            k_neighbors: 5,
            random_state: 0,
        }
    }
}

impl SMOTE {
    /// Makes all classes equally large, by five neighbours.
    pub fn new() -> Self {
        Self::default()
    }

    /// For two classes: the rows of the smaller divided by those of the larger.
    pub fn ratio(mut self, ratio: f64) -> Self {
        self.sampling_strategy = Strategy::Ratio(ratio);
        self
    }

    /// Among how many neighbours to draw; 5 unless set.
    pub fn k_neighbors(mut self, count: usize) -> Self {
        self.k_neighbors = count;
        self
    }

    /// Decides what is drawn; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.random_state = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The neighbours of each row of one class, without the row itself.
    fn neighbors(&self, points: &Array2<f64>) -> Result<Vec<Vec<usize>>, MlError> {
        let unable = |reason: String| MlError::Unable {
            model: NAME,
            reason,
        };
        let index = CommonNearestNeighbour::KdTree
            .from_batch(points, L2Dist)
            .map_err(|error| unable(error.to_string()))?;
        let mut all = Vec::with_capacity(points.nrows());
        for (row, point) in points.rows().into_iter().enumerate() {
            ferrite_interrupt::checkpoint();
            let near = index
                .k_nearest(point, self.k_neighbors + 1)
                .map_err(|error| unable(error.to_string()))?;
            // Among equal rows the row itself need not come first.
            let others = near
                .into_iter()
                .map(|(_, other)| other)
                .filter(|other| *other != row);
            all.push(others.take(self.k_neighbors).collect());
        }
        Ok(all)
    }
}

params!(SMOTE, NAME, {
    sampling_strategy: sampling_strategy,
    k_neighbors: k_neighbors,
    random_state: random_state,
});

impl Sampler for SMOTE {
    fn resample(
        &self,
        frame: &DataFrame,
        classes: &Classes,
    ) -> Result<(DataFrame, Classes), MlError> {
        if self.k_neighbors == 0 {
            return Err(MlError::InvalidParameter {
                owner: NAME,
                name: "k_neighbors",
                value: "0".to_owned(),
                rule: "be at least 1",
            });
        }
        let others = columns::names_where(frame, |kind| kind != Kind::Number);
        if !others.is_empty() {
            return Err(MlError::OnlyNumbers {
                step: NAME,
                columns: others,
            });
        }
        let wanted = self.sampling_strategy.enlarged(NAME, classes)?;
        let features = Features::from_frame(frame)?;
        let mut rng = StdRng::seed_from_u64(self.random_state);
        let mut made: Vec<f64> = Vec::new();
        let mut codes = classes.codes().to_vec();
        for (class, members) in classes.members().iter().enumerate() {
            let missing = wanted[class].saturating_sub(members.len());
            if missing == 0 {
                continue;
            }
            if members.len() <= self.k_neighbors {
                return Err(MlError::TooFewRows {
                    purpose: format!(
                        "{NAME}(k_neighbors={}) of class \"{}\"",
                        self.k_neighbors,
                        classes.names()[class]
                    ),
                    needed: self.k_neighbors + 1,
                    found: members.len(),
                    advice: "; choose fewer neighbours, or RandomOverSampler",
                });
            }
            let points = features.values().select(Axis(0), members);
            let neighbors = self.neighbors(&points)?;
            for _ in 0..missing {
                let row = rng.gen_range(0..members.len());
                let neighbor = neighbors[row][rng.gen_range(0..neighbors[row].len())];
                let part: f64 = rng.r#gen();
                let pairs = points.row(row).into_iter().zip(points.row(neighbor));
                made.extend(pairs.map(|(from, to)| from + part * (to - from)));
                codes.push(class);
            }
        }
        let width = frame.width();
        let mut columns = Vec::with_capacity(width);
        for (position, column) in frame.columns().iter().enumerate() {
            let values: Vec<f64> = made.iter().skip(position).step_by(width).copied().collect();
            let mut all = column.cast(&DataType::Float64)?;
            all.extend(&Column::new(column.name().clone(), values))?;
            columns.push(all);
        }
        let rows = columns::assemble(codes.len(), columns)?;
        Ok((rows, classes.with_codes(codes)))
    }
}

sampler_step!(SMOTE);
