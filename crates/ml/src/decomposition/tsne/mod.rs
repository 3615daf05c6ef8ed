//! A map of rows on which neighbours stay neighbours, by t-SNE with the Barnes-Hut
//! approximation (van der Maaten, "Accelerating t-SNE using Tree-Based Algorithms",
//! JMLR 15, 2014), with scikit-learn's first map and schedule.
//!
//! linfa-tsne draws such maps too, but it chooses the pivots of its search tree by lots
//! that no seed reaches: no two of its maps are equal, and it hears no interrupt. Here
//! the map depends on data, parameters and seed, not on threads.

mod affinities;
mod descent;
mod repulsion;

use ndarray::{Array1, Array2, ArrayView1, Axis};
use polars::prelude::{Column, DataFrame};
use rand::Rng;

use self::affinities::Affinities;
use self::descent::Descent;
use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, positive, recipe, share};
use crate::model::{check, random};
use crate::params::choices;
use crate::table::Table;
use crate::transform::decompose;
use crate::{MlError, columns, progress, stats};

/// How spread the first map is.
const SPREAD: f64 = 1e-4;

/// Where the rows of a [`TSNE`] lie at first.
///
/// ```
/// use ferrite_ml::{TSNE, TsneInit};
///
/// let map = TSNE::new().init(TsneInit::Random).seed(7);
/// assert_eq!(map.diagram().label(), "TSNE(init=random, seed=7)");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TsneInit {
    /// Along the directions in which they vary most: groups keep their places.
    #[default]
    Pca,
    /// Anywhere, by the seed.
    Random,
}

choices!(TsneInit { "pca" => Pca, "random" => Random });

recipe! {
    /// A map of rows in columns `tsne0`, `tsne1`: near rows lie near each other;
    /// distances between groups mean little. New rows cannot be put on it, so it
    /// is no step of a pipeline.
    ///
    /// ```
    /// use ferrite_ml::{MlError, TSNE};
    /// use polars::df;
    ///
    /// let a: Vec<f64> = (0..40).map(|i| f64::from(i % 2) * 9.0 + f64::from(i) / 100.0).collect();
    /// let b: Vec<f64> = (0..40).map(|i| f64::from(i % 5) / 10.0).collect();
    /// let map = TSNE::new().perplexity(5.0).max_iter(250).fit_transform(&df!["a" => a, "b" => b]?)?;
    /// assert_eq!(map.shape(), (40, 2));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct TSNE, "TSNE" {
        /// The number of columns of the map; 2 unless set. With more than 3 all rows
        /// are compared with all others, which takes long.
        n_components: usize = 2,
        /// About how many neighbours each row has; 30 unless set.
        perplexity: f64 = 30.0,
        /// How much more neighbours attract each other in the first 250 steps; 12 unless set.
        early_exaggeration: f64 = 12.0,
        /// The steps; 1000 unless set. It ends before when the map stands still.
        max_iter: usize = 1_000,
        /// How rough distant rows are taken, 0 for exact; 0.5 unless set.
        angle: f64 = 0.5,
        /// Where rows lie at first; along the directions in which they vary most unless set.
        init: TsneInit = TsneInit::Pca,
        /// The seed of a random first map; 0 unless set.
        seed: u64 = 0,
    }
    optional {
        /// The length of a step; by the number of rows unless set.
        learning_rate: f64,
    }
}

impl TSNE {
    /// Its box in a diagram: the name and the parameters.
    pub fn diagram(&self) -> Diagram {
        self.boxed()
    }

    /// The map of the rows of a frame, by its numeric columns.
    pub fn fit_transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        progress::shown(|| self.draw(frame))
    }

    fn draw(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        at_least_one(Self::NAME, "n_components", self.n_components)?;
        positive(Self::NAME, "perplexity", self.perplexity)?;
        positive(Self::NAME, "early_exaggeration", self.early_exaggeration)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        share(Self::NAME, "angle", self.angle)?;
        if let Some(rate) = self.learning_rate {
            positive(Self::NAME, "learning_rate", rate)?;
        }
        let features = Features::from_frame(frame)?;
        check::moderate_features(&features, Self::NAME)?;
        check::at_least(
            &features,
            self.perplexity.floor() as usize + 1,
            format!("TSNE(perplexity={})", self.perplexity),
            "; choose a smaller perplexity",
        )?;
        let x = unit(features.values()).ok_or_else(|| {
            check::unable(Self::NAME, "all rows are equal, so none is near another")
        })?;
        let first = self.first_map(&x)?;
        let near = Affinities::of(&x, self.perplexity);
        let rows = x.nrows() as f64;
        let rate = (rows / self.early_exaggeration / 4.0).max(50.0);
        let map = Descent {
            near: &near,
            angle: self.angle,
            rate: self.learning_rate.unwrap_or(rate),
            exaggeration: self.early_exaggeration,
            steps: self.max_iter,
        }
        .from(first);
        let column = |(at, column): (usize, ArrayView1<f64>)| {
            Column::new(format!("tsne{at}").into(), column.to_vec())
        };
        let all = map.columns().into_iter().enumerate().map(column).collect();
        columns::assemble(frame.height(), all)
    }

    fn first_map(&self, x: &Array2<f64>) -> Result<Array2<f64>, MlError> {
        let mut rng = random::generator(self.seed, 0);
        let mut anywhere = || loop {
            let part: f64 = rng.r#gen();
            if part > 0.0 {
                return SPREAD * stats::normal_quantile(part);
            }
        };
        if self.init == TsneInit::Random {
            return Ok(Array2::from_shape_simple_fn(
                (x.nrows(), self.n_components),
                anywhere,
            ));
        }
        if self.n_components > x.ncols() {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "a map of {} columns needs as many to draw it from",
                    self.n_components
                ),
            ));
        }
        let (_, directions) =
            decompose(Self::NAME, &Table::of_matrix(x), &Array1::zeros(x.ncols()))?;
        let mut map = Array2::zeros((x.nrows(), self.n_components));
        // Few rows have few directions; the others begin without any order.
        for (at, mut column) in map.columns_mut().into_iter().enumerate() {
            if at < directions.nrows() {
                column.assign(&x.dot(&directions.row(at)));
            }
        }
        let widest = map.column(0).std(0.0);
        for mut column in map.columns_mut() {
            if column.std(0.0) > 1e-9 * widest {
                column.mapv_inplace(|value| value / widest * SPREAD);
            } else {
                column.mapv_inplace(|_| anywhere());
            }
        }
        Ok(map)
    }
}

/// The rows around their mean with the mean square 1, for which a perplexity gives the
/// same neighbours; `None` if all are equal.
fn unit(x: &Array2<f64>) -> Option<Array2<f64>> {
    let rows = x.nrows() as f64;
    let mean = x.mapv(|value| value / rows).sum_axis(Axis(0));
    let centered = x - &mean;
    let largest = centered.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let first = x.row(0);
    if largest == 0.0 || x.rows().into_iter().all(|row| row == first) {
        return None;
    }
    let scaled = centered / largest;
    let square = scaled.mapv(|value| value * value).sum() / scaled.len() as f64;
    Some(scaled / square.sqrt())
}
