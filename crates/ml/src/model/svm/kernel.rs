//! How alike two rows are.

use ndarray::{Array2, ArrayView2, Axis, Zip};
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::params::{Field, ParamValue, choices};
use crate::vector;

/// The measure of likeness of a support vector machine.
///
/// ```
/// use ferrite_ml::{Kernel, SVC};
///
/// let linear = SVC::new().kernel(Kernel::Linear);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kernel {
    /// `exp(-gamma ‖a - b‖²)`.
    Rbf,
    /// `a·b`.
    Linear,
    /// `(gamma a·b + coef0)^degree`.
    Poly,
    /// `tanh(gamma a·b + coef0)`.
    Sigmoid,
}

choices!(Kernel { "rbf" => Rbf, "linear" => Linear, "poly" => Poly, "sigmoid" => Sigmoid });

/// The width of a kernel.
///
/// ```
/// use ferrite_ml::{Gamma, SVC};
///
/// let narrow = SVC::new().gamma(Gamma::Value(10.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gamma {
    /// One over the number of features times the variance of all values.
    Scale,
    /// One over the number of features.
    Auto,
    /// This number.
    Value(f64),
}

impl Field for Gamma {
    fn to_value(&self) -> ParamValue {
        match self {
            Self::Scale => ParamValue::from("scale"),
            Self::Auto => ParamValue::from("auto"),
            Self::Value(value) => ParamValue::Number(*value),
        }
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Text(text) if text == "scale" => Ok(Self::Scale),
            ParamValue::Text(text) if text == "auto" => Ok(Self::Auto),
            ParamValue::Text(_) => Err("be \"scale\", \"auto\" or a number"),
            value => f64::from_value(value).map(Self::Value),
        }
    }
}

impl Gamma {
    fn of(self, owner: &'static str, x: &Array2<f64>) -> Result<f64, MlError> {
        let features = x.ncols().max(1) as f64;
        match self {
            Self::Auto => Ok(1.0 / features),
            Self::Scale => {
                let mean = x.sum() / x.len().max(1) as f64;
                let variance =
                    x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len().max(1) as f64;
                // All values are equal: no width makes a difference.
                Ok(if variance > 0.0 {
                    1.0 / (features * variance)
                } else {
                    1.0
                })
            }
            Self::Value(value) if value > 0.0 && value.is_finite() => Ok(value),
            Self::Value(value) => Err(MlError::InvalidParameter {
                owner,
                name: "gamma",
                value: value.to_string(),
                rule: "be a positive number",
            }),
        }
    }
}

/// A kernel with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Likeness {
    kernel: Kernel,
    gamma: f64,
    coef0: f64,
    degree: i32,
}

impl Likeness {
    pub fn new(
        owner: &'static str,
        (kernel, gamma, coef0, degree): (Kernel, Gamma, f64, usize),
        x: &Array2<f64>,
    ) -> Result<Self, MlError> {
        crate::model::recipe::at_least_one(owner, "degree", degree)?;
        if !coef0.is_finite() {
            return Err(MlError::InvalidParameter {
                owner,
                name: "coef0",
                value: coef0.to_string(),
                rule: "be a number",
            });
        }
        Ok(Self {
            kernel,
            gamma: gamma.of(owner, x)?,
            coef0,
            degree: i32::try_from(degree).unwrap_or(i32::MAX),
        })
    }

    /// From the product of two rows and the sum of their squares.
    #[inline]
    pub fn of(&self, product: f64, squares: f64) -> f64 {
        match self.kernel {
            Kernel::Rbf => (-self.gamma * (squares - 2.0 * product).max(0.0)).exp(),
            Kernel::Linear => product,
            Kernel::Poly => (self.gamma * product + self.coef0).powi(self.degree),
            Kernel::Sigmoid => (self.gamma * product + self.coef0).tanh(),
        }
    }

    /// As [`Self::of`] for the products of one row with others.
    pub fn of_all(&self, products: &mut [f64], square: f64, squares: &[f64]) {
        if self.kernel != Kernel::Rbf {
            let each = products.iter_mut().zip(squares);
            each.for_each(|(product, other)| *product = self.of(*product, square + other));
            return;
        }
        for (product, other) in products.iter_mut().zip(squares) {
            let apart = square + other - 2.0 * *product;
            *product = -self.gamma * if apart > 0.0 { apart } else { 0.0 };
        }
        vector::exp(products);
    }

    /// The likeness of each row to each other one.
    pub fn between(&self, rows: ArrayView2<f64>, others: ArrayView2<f64>) -> Array2<f64> {
        let mut alike = rows.dot(&others.t());
        let squares = |x: ArrayView2<f64>| x.map_axis(Axis(1), |row| row.dot(&row));
        let (of_rows, of_others) = (squares(rows), squares(others));
        for (mut row, square) in alike.rows_mut().into_iter().zip(of_rows) {
            Zip::from(&mut row)
                .and(&of_others)
                .for_each(|value, other| {
                    *value = self.of(*value, square + other);
                });
        }
        alike
    }
}
