//! Metrics of predicted numbers.

/// How far predictions are from the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RegressionScores {
    /// The part of the variance that is explained.
    pub r2: f64,
    /// The mean absolute error.
    pub mae: f64,
    /// The root of the mean squared error.
    pub rmse: f64,
    /// The number of rows that were compared.
    pub support: usize,
}

impl RegressionScores {
    /// Compares as many predictions as there are true values, at least one.
    pub fn measure(truth: &[f64], guess: &[f64]) -> Self {
        let count = truth.len().max(1) as f64;
        let mean = truth.iter().sum::<f64>() / count;
        let errors = || truth.iter().zip(guess).map(|(truth, guess)| truth - guess);
        let squared: f64 = errors().map(|error| error * error).sum();
        let variation: f64 = truth.iter().map(|value| (value - mean).powi(2)).sum();
        let r2 = match (variation > 0.0, squared > 0.0) {
            (true, _) => 1.0 - squared / variation,
            // A constant target has nothing to explain; scikit-learn's convention.
            (false, true) => 0.0,
            (false, false) => 1.0,
        };
        Self {
            r2,
            mae: errors().map(f64::abs).sum::<f64>() / count,
            rmse: (squared / count).sqrt(),
            support: truth.len(),
        }
    }
}
