//! k-means on draws of the rows, for data that is too large to look at as a whole.
//!
//! The steps are those of Sculley (2010), and when it ends is scikit-learn's rule:
//! linfa-clustering's incremental k-means compares rows and centres one by one.

use ndarray::{Array2, Axis};
use polars::prelude::DataFrame;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::fitted::{Clusters, Rule, nearest};
use super::lloyd::{self, Rows};
use super::{Clusterer, distinct, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::model::random;
use crate::model::recipe::{at_least_one, recipe};
use crate::model::resume::Training;
use crate::params::Params;
use crate::progress;

recipe! {
    /// [`KMeans`](crate::KMeans) that looks at a few rows in each step.
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, MiniBatchKMeans, MlError};
    /// use polars::df;
    ///
    /// let x: Vec<f64> = (0..300).map(|i| f64::from(i % 3) * 10.0 + f64::from(i % 7) / 10.0).collect();
    /// let clusters = MiniBatchKMeans::new().n_clusters(3).fit(&df!["x" => x]?)?;
    /// assert_eq!(clusters.sizes(), [100, 100, 100]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct MiniBatchKMeans, "MiniBatchKMeans" {
        /// The number of groups; 8 unless set.
        n_clusters: usize = 8,
        /// Rows in each step; 1024 unless set.
        batch_size: usize = 1_024,
        /// How often all rows are looked at, at most; 100 unless set.
        max_iter: usize = 100,
        /// How many draws the first centres are chosen from; 3 unless set.
        n_init: usize = 3,
        /// The seed of all draws; 0 unless set.
        seed: u64 = 0,
    }
    resumable "steps"
}

/// What is known after some steps.
#[derive(Default, Serialize, Deserialize)]
struct State {
    steps: usize,
    /// The centres, and how many rows each is the mean of.
    centers: Array2<f64>,
    counts: Vec<f64>,
    /// The mean over the last steps, its least value, and the steps since then.
    mean: Option<f64>,
    least: Option<f64>,
    since: usize,
}

/// It ends when so many steps have brought nothing.
const PATIENCE: usize = 10;

impl Clusterer for MiniBatchKMeans {
    fn diagram(&self) -> Diagram {
        self.boxed()
    }

    fn clone_box(&self) -> Box<dyn Clusterer> {
        Box::new(self.clone())
    }

    fn fit(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        progress::shown(|| self.find(frame))
    }
}

impl MiniBatchKMeans {
    fn find(&self, frame: &DataFrame) -> Result<Clusters, MlError> {
        at_least_one(Self::NAME, "n_clusters", self.n_clusters)?;
        at_least_one(Self::NAME, "batch_size", self.batch_size)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        at_least_one(Self::NAME, "n_init", self.n_init)?;
        let features = features(frame, Self::NAME, self.n_clusters)?;
        distinct(&features, Self::NAME, self.n_clusters)?;
        let rows = Rows::of(features.values());
        let count = features.rows();
        // The first centres come from more rows than a step, all of them if they are few.
        let first = (3 * self.batch_size).max(3 * self.n_clusters);
        let mut rng = random::generator(self.seed, 0);
        let order = random::permutation(count, &mut rng);
        let sample = features.take(&order[..first.min(count)]);
        let start = match distinct(&sample, Self::NAME, self.n_clusters) {
            Ok(()) => self.start(&Rows::of(sample.values())),
            Err(_) => self.start(&rows),
        };
        let start = start - &rows.mean;
        let steps = (self.max_iter * count).div_ceil(self.batch_size).max(1);
        let training = Training::begin(
            &self.checkpoints,
            Self::NAME,
            &self.params(),
            &features,
            None,
            None,
        )?;
        let size = start.dim();
        let mut state: State = training.left()?.unwrap_or_else(|| State {
            centers: start,
            counts: vec![0.0; size.0],
            ..State::default()
        });
        if state.centers.dim() != size || state.counts.len() != size.0 {
            return Err(training.unfit());
        }
        for step in 0..steps {
            if state.since >= PATIENCE {
                break;
            }
            ferrite_interrupt::checkpoint();
            let size = self.batch_size.min(count);
            let batch: Vec<usize> = (0..size).map(|_| rng.gen_range(0..count)).collect();
            if step < state.steps {
                continue;
            }
            let inertia = state.learn(rows.x.select(Axis(0), &batch));
            // The mean over the last steps, as single draws scatter.
            let share = (2.0 * size as f64 / (count + 1) as f64).min(1.0);
            let smooth = state
                .mean
                .map_or(inertia, |mean| mean * (1.0 - share) + inertia * share);
            match state.least {
                Some(least) if smooth >= least => state.since += 1,
                _ => (state.since, state.least) = (0, Some(smooth)),
            }
            state.mean = Some(smooth);
            state.steps = step + 1;
            training.round(state.steps, || &state)?;
            progress::report("MiniBatchKMeans: steps", state.steps, steps);
        }
        training.over();
        let (x, centers) = (features.values(), rows.as_given(&state.centers));
        let found = nearest(x, &centers);
        let labels: Vec<_> = found.iter().map(|(group, _)| Some(*group)).collect();
        let inertia = found.iter().map(|(_, square)| square).sum();
        let clusters = Clusters::new(Self::NAME, &features, &labels, Rule::Centers(centers));
        Ok(clusters.inertia_of(inertia))
    }

    /// The best of some draws of centres, after a step.
    fn start(&self, sample: &Rows) -> Array2<f64> {
        let mut best: Option<(f64, Array2<f64>)> = None;
        for run in 0..self.n_init {
            let mut rng = random::generator(self.seed, run);
            let drawn = lloyd::far_centers(sample, self.n_clusters, &mut rng);
            let centers = lloyd::settle(sample, drawn, 1, 0.0);
            let inertia = nearest(&sample.x, &centers).iter().map(|near| near.1).sum();
            if best.as_ref().is_none_or(|(least, _)| inertia < *least) {
                best = Some((inertia, centers));
            }
        }
        let centers = best.map(|(_, centers)| centers).unwrap_or_default();
        sample.as_given(&centers)
    }
}

impl State {
    /// Moves each centre towards its rows of a batch, so that it stays the mean of all
    /// rows that it has seen; gives the mean squared distance before.
    fn learn(&mut self, batch: Array2<f64>) -> f64 {
        let found = nearest(&batch, &self.centers);
        let mut sums = Array2::<f64>::zeros(self.centers.raw_dim());
        let mut counts = vec![0.0; self.counts.len()];
        let mut inertia = 0.0;
        for (row, (group, square)) in batch.rows().into_iter().zip(found) {
            let mut sum = sums.row_mut(group);
            sum += &row;
            counts[group] += 1.0;
            inertia += square;
        }
        for (group, (sum, count)) in sums.rows().into_iter().zip(counts).enumerate() {
            if count > 0.0 {
                let before = self.counts[group];
                self.counts[group] += count;
                let mut center = self.centers.row_mut(group);
                center *= before / self.counts[group];
                center.scaled_add(1.0 / self.counts[group], &sum);
            }
        }
        inertia / batch.nrows() as f64
    }
}
