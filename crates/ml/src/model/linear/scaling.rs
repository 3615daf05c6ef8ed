//! Coordinates in which an optimiser works well: features with mean zero and
//! unit deviation.
//!
//! The intercept takes up the shift, and a penalty is divided by the square of
//! the scale, so the minimum is that of the features as they are.

use ndarray::{Array1, Array2, Axis};

pub(in crate::model) struct Scaling {
    pub center: Array1<f64>,
    pub scale: Array1<f64>,
}

impl Scaling {
    pub fn of(x: &Array2<f64>, centered: bool) -> Self {
        let center = if centered {
            x.sum_axis(Axis(0)) / x.nrows() as f64
        } else {
            Array1::zeros(x.ncols())
        };
        let mut squares = Array1::<f64>::zeros(x.ncols());
        for row in x.rows() {
            for ((square, value), center) in squares.iter_mut().zip(row).zip(&center) {
                *square += (value - center) * (value - center);
            }
        }
        let scale = (squares / x.nrows() as f64).mapv_into(f64::sqrt);
        let scale = scale.mapv_into(|s| if s > 1e-12 && s.is_finite() { s } else { 1.0 });
        Self { center, scale }
    }

    /// The features in these coordinates.
    pub fn apply(&self, x: &Array2<f64>) -> Array2<f64> {
        let mut scaled = x.as_standard_layout().into_owned();
        for mut row in scaled.rows_mut() {
            for ((value, center), scale) in row.iter_mut().zip(&self.center).zip(&self.scale) {
                *value = (*value - center) / scale;
            }
        }
        scaled
    }
}
