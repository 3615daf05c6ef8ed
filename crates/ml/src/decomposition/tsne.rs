//! A map of rows on which neighbours stay neighbours. linfa-tsne draws it, by
//! the Barnes-Hut approximation.

use linfa::ParamGuard;
use linfa::traits::Transformer as Apply;
use linfa_tsne::TSneParams;
use polars::prelude::{Column, DataFrame};

use crate::diagram::Diagram;
use crate::features::Features;
use crate::model::recipe::{at_least_one, not_negative, positive, recipe};
use crate::model::{check, random};
use crate::{MlError, columns};

recipe! {
    /// A map of rows in columns `tsne0`, `tsne1`: near rows lie near each other;
    /// distances between groups mean little. New rows cannot be put on it, so it
    /// is no step of a pipeline. An interrupt is met when it is done.
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
        /// The number of columns of the map; 2 unless set.
        n_components: usize = 2,
        /// About how many neighbours each row has; 30 unless set.
        perplexity: f64 = 30.0,
        /// The steps; 1000 unless set.
        max_iter: usize = 1_000,
        /// How rough distant rows are taken, 0 for exact; 0.5 unless set.
        angle: f64 = 0.5,
        /// The seed of the first map; 0 unless set.
        seed: u64 = 0,
    }
}

impl TSNE {
    /// Its box in a diagram: the name and the parameters.
    pub fn diagram(&self) -> Diagram {
        self.boxed()
    }

    /// The map of the rows of a frame, by its numeric columns.
    pub fn fit_transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        at_least_one(Self::NAME, "n_components", self.n_components)?;
        positive(Self::NAME, "perplexity", self.perplexity)?;
        at_least_one(Self::NAME, "max_iter", self.max_iter)?;
        not_negative(Self::NAME, "angle", self.angle)?;
        let features = Features::from_frame(frame)?;
        check::moderate_features(&features, Self::NAME)?;
        let x = features.values();
        let needed = (3.0 * self.perplexity).ceil() as usize + 1;
        let advice = "; choose a smaller perplexity";
        check::at_least(
            &features,
            needed,
            format!("TSNE(perplexity={})", self.perplexity),
            advice,
        )?;
        if self.n_components > x.ncols() {
            return Err(check::unable(
                Self::NAME,
                format!(
                    "a map of {} columns needs as many to draw it from",
                    self.n_components
                ),
            ));
        }
        let first = x.row(0);
        if x.rows().into_iter().all(|row| row == first) {
            return Err(check::unable(
                Self::NAME,
                "all rows are equal, so none is near another",
            ));
        }
        ferrite_interrupt::checkpoint();
        let rng = random::generator(self.seed, 0);
        let params = TSneParams::embedding_size_with_rng(self.n_components, rng)
            .perplexity(self.perplexity)
            .approx_threshold(self.angle)
            .max_iter(self.max_iter)
            .check()
            .map_err(|error| check::unable(Self::NAME, error))?;
        let data = x.as_standard_layout().into_owned();
        let map = params
            .transform(data)
            .map_err(|error| check::unable(Self::NAME, error))?;
        let column = |(at, column): (usize, ndarray::ArrayView1<f64>)| {
            Column::new(format!("tsne{at}").into(), column.to_vec())
        };
        let all = map.columns().into_iter().enumerate().map(column).collect();
        columns::assemble(frame.height(), all)
    }
}
