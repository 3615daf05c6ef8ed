//! Independent components: the sources of which columns are mixtures.
//!
//! The steps are those of FastICA for all components at once, with the logarithm of the
//! hyperbolic cosine, as scikit-learn and linfa-ica make them. linfa-ica asks the C
//! library for each hyperbolic tangent and took three times as long as scikit-learn; it
//! also divides by singular values without a look at them, so columns that depend on
//! each other would give infinities.

use std::sync::{PoisonError, RwLock};

use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2, Axis, s};
use polars::prelude::DataFrame;
use rand::Rng;

use crate::MlError;
use crate::diagram::Diagram;
use crate::model::crew::crew;
use crate::model::recipe::{at_least_one, positive, recipe};
use crate::model::{check, random};
use crate::progress;
use crate::stats;
use crate::transform::{FittedProjection, FittedTransformer, PCA, Transformer, numeric, project};
use crate::vector;

recipe! {
    /// Columns `fastica0`, `fastica1`, … that are as independent as possible, each
    /// with variance 1. They replace all numeric columns; their order and signs
    /// mean nothing.
    ///
    /// ```
    /// use ferrite_ml::{FastICA, MlError, Transformer};
    /// use polars::df;
    ///
    /// let wave: Vec<f64> = (0..200).map(|i| (f64::from(i) * 0.3).sin()).collect();
    /// let saw: Vec<f64> = (0..200).map(|i| f64::from(i % 17) / 8.0 - 1.0).collect();
    /// let left: Vec<f64> = wave.iter().zip(&saw).map(|(a, b)| a + 0.5 * b).collect();
    /// let right: Vec<f64> = wave.iter().zip(&saw).map(|(a, b)| 0.4 * a - b).collect();
    /// let sources = FastICA::new().fit_transform(&df!["left" => left, "right" => right]?)?;
    /// assert_eq!(sources.get_column_names(), ["fastica0", "fastica1"]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct FastICA, "FastICA" {
        /// The most steps; 200 unless set.
        max_iter: usize = 200,
        /// When the components stand still; `1e-4` unless set.
        tol: f64 = 1e-4,
        /// The seed of the first guess; 0 unless set.
        seed: u64 = 0,
    }
    optional {
        /// The number of sources; unless set, as many as the columns vary in directions.
        n_components: usize,
    }
}

impl FastICA {
    /// Learns to take the numeric columns apart.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedProjection, MlError> {
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        positive(Self::NAME, "tol", self.tol)?;
        let names = numeric::feature_names(frame)?;
        let table = check::moderate_table(frame, &names, Self::NAME)?;
        if table.rows() < 2 {
            return Err(MlError::TooFewRows {
                purpose: Self::NAME.to_owned(),
                needed: 2,
                found: table.rows(),
                advice: "",
            });
        }
        let white = PCA::default().whiten(true).fit(frame)?;
        let variances = white.explained_variance();
        let most = variances.first().copied().unwrap_or(0.0);
        let directions = variances
            .iter()
            .filter(|variance| **variance > 1e-12 * most)
            .count();
        let count = self.n_components.unwrap_or(directions.max(1));
        at_least_one(Self::NAME, "n_components", count)?;
        if directions < count {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "{count} sources are to be found, but the columns vary in {directions} directions; \
                     drop constant columns, or lower n_components"
                ),
            ));
        }
        ferrite_interrupt::checkpoint();
        let mean: Array1<f64> = table
            .columns()
            .iter()
            .map(|column| stats::mean(column))
            .collect();
        let rows = table.rows();
        // Variance 1 as of a population, where principal components have that of a sample.
        let scale = (rows as f64 / (rows as f64 - 1.0)).sqrt();
        let whitening = &white.components().slice(s![..count, ..]) * scale;
        let whitened = project(&table, &mean, &whitening).concat();
        let whitened = Array2::from_shape_vec((count, rows), whitened)
            .map_err(|error| check::unable(Self::NAME, error))?;
        let turn = self.turn(&whitened)?;
        let mut components = turn.dot(&whitening);
        let sources = turn.dot(&whitened);
        for (mut component, source) in components.rows_mut().into_iter().zip(sources.rows()) {
            let deviation = stats::variance(source.as_slice().unwrap_or_default()).sqrt();
            if deviation > 0.0 {
                component.mapv_inplace(|weight| weight / deviation);
            }
        }
        if components.iter().any(|weight| !weight.is_finite()) {
            return Err(check::unable(
                Self::NAME,
                "no independent sources were found",
            ));
        }
        let ones = Array1::ones(count);
        let share = vec![1.0 / count as f64; count];
        FittedProjection::new(frame, "fastica", names, components, mean, ones, share)
    }
}

/// Rows that are looked at together. It does not depend on the number of threads, and so
/// sums over all rows do not.
const PART: usize = 4_096;
/// With fewer values than this, threads cost more than they bring.
const WORTH_THREADS: usize = 20_000;

impl FastICA {
    /// The directions in which whitened rows (a column each) are least normal.
    fn turn(&self, white: &Array2<f64>) -> Result<Array2<f64>, MlError> {
        let (count, rows) = white.dim();
        let mut rng = random::generator(self.seed, 0);
        // The sum of twelve even draws is near enough to a normal one.
        let mut normal = || (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0;
        let turn = RwLock::new(apart(Array2::from_shape_fn((count, count), |_| normal()))?);
        let read = || turn.read().unwrap_or_else(PoisonError::into_inner);
        let part = |part: usize| {
            let white = white.slice(s![.., part * PART..((part + 1) * PART).min(rows)]);
            let mut bent = read().dot(&white);
            if let Some(values) = bent.as_slice_mut() {
                vector::tanh(values);
            }
            let slopes = bent.map_axis(Axis(1), |row| row.len() as f64 - row.dot(&row));
            (bent.dot(&white.t()), slopes)
        };
        let lead = |all: &dyn Fn(Vec<usize>) -> Vec<_>| -> Result<(), MlError> {
            for step in 0..self.max_iter {
                ferrite_interrupt::checkpoint();
                let none = (Array2::zeros((count, count)), Array1::zeros(count));
                let (products, slopes) = all((0..rows.div_ceil(PART)).collect())
                    .into_iter()
                    .fold(none, |all, part: (_, _)| (all.0 + part.0, all.1 + part.1));
                let slopes: Array1<f64> = slopes / rows as f64;
                let mut turn = turn.write().unwrap_or_else(PoisonError::into_inner);
                let next = products / rows as f64 - &*turn * &slopes.insert_axis(Axis(1));
                let next = apart(next)?;
                let pairs = next.rows().into_iter().zip(turn.rows());
                let moved = pairs
                    .map(|(new, old)| (new.dot(&old).abs() - 1.0).abs())
                    .fold(0.0, f64::max);
                *turn = next;
                progress::report("FastICA: steps", step + 1, self.max_iter);
                if moved < self.tol {
                    break;
                }
            }
            Ok(())
        };
        if white.len() < WORTH_THREADS {
            lead(&|parts| parts.into_iter().map(part).collect())?;
        } else {
            crew(part, lead)?;
        }
        Ok(turn.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The nearest directions at right angles: `(WWᵀ)^(-1/2) W`.
fn apart(turn: Array2<f64>) -> Result<Array2<f64>, MlError> {
    let square = turn.dot(&turn.t());
    let (values, vectors) = square
        .eigh_into()
        .map_err(|error| check::unable(FastICA::NAME, error))?;
    let roots = values.mapv(|value| 1.0 / value.max(f64::MIN_POSITIVE).sqrt());
    Ok((&vectors * &roots).dot(&vectors.t()).dot(&turn))
}

impl Transformer for FastICA {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}
