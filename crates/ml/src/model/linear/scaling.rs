//! Coordinates in which an optimiser works well: features with mean zero and
//! unit deviation.
//!
//! The intercept takes up the shift, and a penalty is divided by the square of
//! the scale, so the minimum is that of the features as they are.

use std::borrow::Cow;

use ndarray::{Array1, Array2};

use crate::stats;
use crate::table::Table;

pub(in crate::model) struct Scaling {
    pub center: Array1<f64>,
    pub scale: Array1<f64>,
}

impl Scaling {
    pub fn of(table: &Table, centered: bool) -> Self {
        let mut centers = vec![0.0; table.columns().len()];
        if centered {
            centers = table.each(stats::mean);
        }
        let about = |(column, center): (&Cow<[f64]>, &f64)| {
            let square = stats::sum(column, |value| (value - center) * (value - center));
            let scale = (square / table.rows() as f64).sqrt();
            if scale > 1e-12 && scale.is_finite() {
                scale
            } else {
                1.0
            }
        };
        let scale = table.columns().iter().zip(&centers).map(about).collect();
        Self {
            center: centers.into(),
            scale,
        }
    }

    /// The features in these coordinates, row by row.
    pub fn apply(&self, table: &Table) -> Array2<f64> {
        table.turned(|column| {
            let (center, scale) = (self.center[column], self.scale[column]);
            move |value| (value - center) / scale
        })
    }
}
