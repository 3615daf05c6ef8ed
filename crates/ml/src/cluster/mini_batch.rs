//! k-means on draws of the rows, for data that is too large to look at as a whole.

use linfa::traits::FitWith;
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::{IncrKMeansError, KMeansInit};
use linfa_nn::distance::L2Dist;
use ndarray::Axis;
use polars::prelude::DataFrame;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::fitted::{Clusters, Rule, nearest};
use super::{Clusterer, distinct, features};
use crate::MlError;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, recipe};
use crate::model::resume::Training;
use crate::model::{check, random};
use crate::params::Params;
use crate::progress;

recipe! {
    /// [`KMeans`](crate::KMeans) that looks at a few rows in each step; linfa's
    /// incremental k-means moves the centres.
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
    model: Option<linfa_clustering::KMeans<f64, L2Dist>>,
    /// The mean over the last steps, its least value, and the steps since then.
    mean: Option<f64>,
    least: Option<f64>,
    since: usize,
    /// Whether it need not go on.
    still: bool,
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
        let x = features.values();
        // The first centres come from more rows than a step, all of them if they are few.
        let first = (3 * self.batch_size).max(3 * self.n_clusters);
        let start = super::KMeans::new()
            .n_clusters(self.n_clusters)
            .n_init(self.n_init)
            .max_iter(1)
            .seed(self.seed);
        let mut rng = random::generator(self.seed, 0);
        let order = random::permutation(x.nrows(), &mut rng);
        let sample = features.take(&order[..first.min(x.nrows())]);
        let centers = match distinct(&sample, Self::NAME, self.n_clusters) {
            Ok(()) => start_centers(&start, &sample)?,
            Err(_) => start_centers(&start, &features)?,
        };
        let params = linfa_clustering::KMeans::params_with(self.n_clusters, rng.clone(), L2Dist)
            .init_method(KMeansInit::Precomputed(centers))
            .tolerance(super::k_means::stillness(x, 1e-6))
            .check()
            .map_err(|error| check::unable(Self::NAME, error))?;
        let steps = (self.max_iter * x.nrows()).div_ceil(self.batch_size).max(1);
        let training = Training::begin(
            &self.checkpoints,
            Self::NAME,
            &self.params(),
            &features,
            None,
            None,
        )?;
        let mut state: State = training.left()?.unwrap_or_default();
        let size = (self.n_clusters, x.ncols());
        if state
            .model
            .as_ref()
            .is_some_and(|model| model.centroids().dim() != size)
        {
            return Err(training.unfit());
        }
        for step in 0..steps {
            if state.still {
                break;
            }
            ferrite_interrupt::checkpoint();
            let size = self.batch_size.min(x.nrows());
            let rows: Vec<usize> = (0..size).map(|_| rng.gen_range(0..x.nrows())).collect();
            if step < state.steps {
                continue;
            }
            let batch = DatasetBase::from(x.select(Axis(0), &rows));
            let (next, still) = match params.fit_with(state.model.take(), &batch) {
                Ok(next) => (next, true),
                Err(IncrKMeansError::NotConverged(next)) => (next, false),
                Err(error) => return Err(check::unable(Self::NAME, error)),
            };
            // The mean over the last steps, as single draws scatter.
            let share = (2.0 * size as f64 / (x.nrows() + 1) as f64).min(1.0);
            let smooth = state.mean.map_or(next.inertia(), |mean| {
                mean * (1.0 - share) + next.inertia() * share
            });
            match state.least {
                Some(least) if smooth >= least => state.since += 1,
                _ => (state.since, state.least) = (0, Some(smooth)),
            }
            state.mean = Some(smooth);
            state.model = Some(next);
            state.still = still || state.since >= PATIENCE;
            state.steps = step + 1;
            training.round(state.steps, || &state)?;
            progress::report("MiniBatchKMeans: steps", state.steps, steps);
        }
        let Some(model) = state.model else {
            return Err(check::unable(Self::NAME, "no step was made"));
        };
        training.over();
        let centers = model.centroids().clone();
        let found = nearest(x, &centers);
        let labels: Vec<_> = found.iter().map(|(group, _)| Some(*group)).collect();
        let inertia = found.iter().map(|(_, square)| square).sum();
        let clusters = Clusters::new(Self::NAME, &features, &labels, Rule::Centers(centers));
        Ok(clusters.inertia_of(inertia))
    }
}

fn start_centers(
    start: &super::KMeans,
    features: &Features,
) -> Result<ndarray::Array2<f64>, MlError> {
    let frame = features.to_frame()?;
    let centers = crate::progress::apart(|_| start.find(&frame))?.centers()?;
    Ok(Features::from_columns(&centers, features.names())?
        .values()
        .clone())
}
