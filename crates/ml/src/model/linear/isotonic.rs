//! A curve that only rises, or only falls, as near to the target as possible.
//!
//! linfa-linear's isotonic regression takes the largest value of rows that it
//! has not sorted for the end of a step, so that its curve is right only for
//! sorted rows; this is the same algorithm (pooling of neighbours that fall).

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{estimator, recipe};
use crate::model::{FittedModel, Prediction, check};
use crate::params::choices;
use crate::persist::{Loader, Saved};
use crate::target::Target;

/// Where the curve of an [`IsotonicRegression`] goes.
///
/// ```
/// use ferrite_ml::{Direction, IsotonicRegression};
///
/// let model = IsotonicRegression::new().increasing(Direction::Falling);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Upwards.
    Rising,
    /// Downwards.
    Falling,
    /// Where the ranks of feature and target are correlated to.
    Auto,
}

choices!(Direction { "true" => Rising, "false" => Falling, "auto" => Auto });

recipe! {
    /// A curve of one feature that never falls (or never rises): the nearest to
    /// the target by squares. Between the training rows it is straight, beyond
    /// them it goes on level.
    ///
    /// ```
    /// use ferrite_ml::{IsotonicRegression, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1.0, 2.0, 3.0, 4.0], "y" => [1.0, 3.0, 2.0, 5.0]]?;
    /// let fitted = Pipeline::new().model(IsotonicRegression::new()).fit(&frame, "y")?;
    /// let predicted = fitted.predict(&df!["x" => [2.4, 9.0]]?)?;
    /// assert_eq!(predicted.f64()?.into_no_null_iter().collect::<Vec<_>>(), [2.5, 5.0]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct IsotonicRegression, "IsotonicRegression" {
        /// Where the curve goes; upwards unless set.
        increasing: Direction = Direction::Rising,
    }
}

/// Neighbouring values that share a level.
#[derive(Clone, Copy)]
struct Level {
    from: f64,
    to: f64,
    mean: f64,
    weight: f64,
}

impl IsotonicRegression {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: Option<&[f64]>,
    ) -> Result<Box<dyn FittedModel>, MlError> {
        let y = check::numbers(features, target, Self::NAME)?;
        if features.names().len() != 1 {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "it is a curve of one feature, but there are {} ({}); select one of them",
                    features.names().len(),
                    features.names().join(", ")
                ),
            ));
        }
        let x = features.values().column(0);
        let mut points: Vec<(f64, f64, f64)> = x
            .iter()
            .zip(y)
            .enumerate()
            .map(|(row, (x, y))| (*x, *y, weights.map_or(1.0, |weights| weights[row])))
            .filter(|(_, _, weight)| *weight > 0.0)
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let falling = match self.increasing {
            Direction::Rising => false,
            Direction::Falling => true,
            Direction::Auto => agreement(&points) < 0.0,
        };
        let sign = if falling { -1.0 } else { 1.0 };
        let mut levels: Vec<Level> = Vec::new();
        for (x, y, weight) in equal_joined(&points) {
            let mut level = Level {
                from: x,
                to: x,
                mean: sign * y,
                weight,
            };
            while let Some(before) = levels.pop_if(|before| before.mean >= level.mean) {
                let weight = before.weight + level.weight;
                level = Level {
                    from: before.from,
                    to: level.to,
                    mean: (before.mean * before.weight + level.mean * level.weight) / weight,
                    weight,
                };
            }
            levels.push(level);
        }
        let mut curve = FittedIsotonic {
            x: Vec::new(),
            y: Vec::new(),
        };
        for level in levels {
            curve.x.push(level.from);
            curve.y.push(sign * level.mean);
            if level.to > level.from {
                curve.x.push(level.to);
                curve.y.push(sign * level.mean);
            }
        }
        Ok(Box::new(curve))
    }
}

/// Rows of one value as one, with the mean of their targets.
fn equal_joined(points: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    points
        .chunk_by(|a, b| a.0 == b.0)
        .map(|equal| {
            let weight: f64 = equal.iter().map(|(_, _, weight)| weight).sum();
            let sum: f64 = equal.iter().map(|(_, y, weight)| y * weight).sum();
            (equal[0].0, sum / weight, weight)
        })
        .collect()
}

/// The sign of the correlation of ranks (Spearman), for points sorted by x.
fn agreement(points: &[(f64, f64, f64)]) -> f64 {
    let rank = |values: Vec<f64>| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let mut ranks = vec![0.0; values.len()];
        let mut start = 0;
        for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
            let middle = start as f64 + (equal.len() as f64 - 1.0) / 2.0;
            equal.iter().for_each(|at| ranks[*at] = middle);
            start += equal.len();
        }
        ranks
    };
    let (x, y) = (
        rank(points.iter().map(|point| point.0).collect()),
        rank(points.iter().map(|point| point.1).collect()),
    );
    let middle = (points.len() as f64 - 1.0) / 2.0;
    x.iter()
        .zip(&y)
        .map(|(x, y)| (x - middle) * (y - middle))
        .sum()
}

/// Corners of the curve, in order.
#[derive(Debug, Serialize, Deserialize)]
struct FittedIsotonic {
    x: Vec<f64>,
    y: Vec<f64>,
}

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: IsotonicRegression::NAME,
    version: 1,
    load: |body| {
        let curve: FittedIsotonic = crate::persist::read(body)?;
        if curve.x.is_empty() || curve.x.len() != curve.y.len() {
            return Err(MlError::Damaged {
                reason: "a curve has no corners".to_owned(),
            });
        }
        Ok(Box::new(curve))
    },
};

impl FittedIsotonic {
    fn at(&self, x: f64) -> f64 {
        let next = self.x.partition_point(|corner| *corner < x);
        if next == 0 {
            return self.y[0];
        }
        if next == self.x.len() {
            return self.y[next - 1];
        }
        let (low, high) = (self.x[next - 1], self.x[next]);
        let part = (x - low) / (high - low);
        self.y[next - 1] + part * (self.y[next] - self.y[next - 1])
    }
}

impl FittedModel for FittedIsotonic {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        features.expect_count(1)?;
        let x = features.values().column(0);
        Ok(Prediction::Numbers(x.iter().map(|x| self.at(*x)).collect()))
    }

    fn predict_proba(&self, _: &Features) -> Result<Array2<f64>, MlError> {
        check::no_probabilities(IsotonicRegression::NAME)
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(IsotonicRegression::NAME, 1, self)
    }
}

estimator!(IsotonicRegression, Regression);
