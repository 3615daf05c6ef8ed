//! Random directions, which keep distances about as they are. linfa-reduction
//! draws them.

use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer as Apply};
use linfa_reduction::random_projection as linfa_projection;
use ndarray::{Array1, Array2};
use polars::prelude::DataFrame;

use crate::MlError;
use crate::diagram::Diagram;
use crate::model::recipe::{at_least_one, recipe};
use crate::model::{check, random};
use crate::transform::{FittedProjection, FittedTransformer, Transformer, numeric};

recipe! {
    /// Columns `gaussianrandomprojection0`, … along random directions; they
    /// replace all numeric columns.
    ///
    /// ```
    /// use ferrite_ml::{GaussianRandomProjection, MlError, Transformer};
    /// use polars::df;
    ///
    /// let frame = df!["a" => [1.0, 2.0], "b" => [0.0, 1.0], "c" => [3.0, 1.0]]?;
    /// let reduced = GaussianRandomProjection::new().n_components(2).fit_transform(&frame)?;
    /// assert_eq!(reduced.width(), 2);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct GaussianRandomProjection, "GaussianRandomProjection" {
        /// The number of directions; 2 unless set.
        n_components: usize = 2,
        /// The seed of the draw; 0 unless set.
        seed: u64 = 0,
    }
}

recipe! {
    /// As [`GaussianRandomProjection`], with directions of which most parts are 0.
    ///
    /// ```
    /// use ferrite_ml::{MlError, SparseRandomProjection, Transformer};
    /// use polars::df;
    ///
    /// let frame = df!["a" => [1.0, 2.0], "b" => [0.0, 1.0], "c" => [3.0, 1.0]]?;
    /// let reduced = SparseRandomProjection::new().n_components(2).fit_transform(&frame)?;
    /// assert_eq!(reduced.width(), 2);
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct SparseRandomProjection, "SparseRandomProjection" {
        /// The number of directions; 2 unless set.
        n_components: usize = 2,
        /// The seed of the draw; 0 unless set.
        seed: u64 = 0,
    }
}

macro_rules! projection {
    ($type:ident, $linfa:ident, $prefix:literal) => {
        impl $type {
            /// Draws the directions for the numeric columns.
            pub fn fit(&self, frame: &DataFrame) -> Result<FittedProjection, MlError> {
                at_least_one(Self::NAME, "n_components", self.n_components)?;
                let names = numeric::feature_names(frame)?;
                check::moderate_table(frame, &names, Self::NAME)?;
                let count = names.len();
                if self.n_components > count {
                    return Err(check::unable(
                        Self::NAME,
                        format!(
                            "{} directions were asked for, but there are {count} columns; lower \
                             n_components",
                            self.n_components
                        ),
                    ));
                }
                let rng = random::generator(self.seed, 0);
                let drawn = linfa_projection::$linfa::<f64>::params_with_rng(rng)
                    .target_dim(self.n_components)
                    // It asks for the number of columns only.
                    .fit(&DatasetBase::from(Array2::zeros((1, count))))
                    .map_err(|error| check::unable(Self::NAME, error))?;
                let axes: Array2<f64> = Array2::eye(count);
                let along: Array2<f64> = drawn.transform(&axes);
                FittedProjection::new(
                    frame,
                    $prefix,
                    names,
                    along.t().to_owned(),
                    Array1::zeros(count),
                    Array1::zeros(self.n_components),
                    vec![0.0; self.n_components],
                )
            }
        }

        impl Transformer for $type {
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
    };
}

projection!(
    GaussianRandomProjection,
    GaussianRandomProjection,
    "gaussianrandomprojection"
);
projection!(
    SparseRandomProjection,
    SparseRandomProjection,
    "sparserandomprojection"
);
