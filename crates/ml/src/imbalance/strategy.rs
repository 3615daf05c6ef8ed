//! How many rows each class should have after sampling.

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::params::{Field, ParamValue};
use crate::target::Classes;

/// imbalanced-learn's `sampling_strategy`: which classes change, or for two
/// classes the wanted ratio of the smaller to the larger.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Strategy {
    /// All classes as large as the largest (or as small as the smallest).
    Auto,
    /// Two classes: rows of the smaller divided by rows of the larger.
    Ratio(f64),
}

impl Field for Strategy {
    fn to_value(&self) -> ParamValue {
        match self {
            Self::Auto => "auto".into(),
            Self::Ratio(ratio) => ParamValue::Number(*ratio),
        }
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Text(text) if text == "auto" => Ok(Self::Auto),
            ParamValue::Number(_) | ParamValue::Integer(_) => {
                f64::from_value(value).map(Self::Ratio)
            }
            _ => Err("be auto or a ratio"),
        }
    }
}

impl Strategy {
    pub fn setting(self) -> Option<String> {
        match self {
            Self::Auto => None,
            Self::Ratio(ratio) => Some(format!("ratio {ratio}")),
        }
    }

    /// The rows of each class after rows were added.
    pub fn enlarged(self, owner: &'static str, classes: &Classes) -> Result<Vec<usize>, MlError> {
        let counts = present(owner, classes)?;
        let largest = counts.iter().copied().max().unwrap_or(0);
        let Self::Ratio(ratio) = self else {
            return Ok(counts
                .iter()
                .map(|n| if *n == 0 { 0 } else { largest })
                .collect());
        };
        let wanted = (check_ratio(owner, ratio, &counts)? * largest as f64) as usize;
        let smallest = counts.iter().copied().min().unwrap_or(0);
        if wanted < smallest {
            return Err(ratio_error(
                owner,
                ratio,
                "not be below the ratio that there is",
            ));
        }
        Ok(counts
            .iter()
            .map(|n| if *n == largest { largest } else { wanted })
            .collect())
    }

    /// The rows of each class after rows were removed.
    pub fn reduced(self, owner: &'static str, classes: &Classes) -> Result<Vec<usize>, MlError> {
        let counts = present(owner, classes)?;
        let smallest = counts.iter().copied().filter(|n| *n > 0).min().unwrap_or(0);
        let Self::Ratio(ratio) = self else {
            return Ok(counts.iter().map(|n| (*n).min(smallest)).collect());
        };
        let wanted = (smallest as f64 / check_ratio(owner, ratio, &counts)?) as usize;
        let largest = counts.iter().copied().max().unwrap_or(0);
        if wanted > largest {
            return Err(ratio_error(
                owner,
                ratio,
                "not be below the ratio that there is",
            ));
        }
        Ok(counts
            .iter()
            .map(|n| if *n == smallest { *n } else { wanted })
            .collect())
    }
}

/// The rows of each class, of which at least two must have some.
fn present(owner: &'static str, classes: &Classes) -> Result<Vec<usize>, MlError> {
    let counts = classes.counts();
    match counts.iter().filter(|count| **count > 0).count() {
        0 => Err(MlError::NoRows {
            purpose: "resample",
            reason: "the frame is empty".to_owned(),
        }),
        1 => Err(MlError::OneClass {
            class: classes.names().join(", "),
            model: owner,
        }),
        _ => Ok(counts),
    }
}

fn check_ratio(owner: &'static str, ratio: f64, counts: &[usize]) -> Result<f64, MlError> {
    if counts.iter().filter(|count| **count > 0).count() != 2 {
        return Err(MlError::Unable {
            model: owner,
            reason: "a ratio is for two classes; leave it out to make all classes equally large"
                .to_owned(),
        });
    }
    if ratio > 0.0 && ratio <= 1.0 {
        return Ok(ratio);
    }
    Err(ratio_error(owner, ratio, "be above 0 and at most 1"))
}

fn ratio_error(owner: &'static str, ratio: f64, rule: &'static str) -> MlError {
    MlError::InvalidParameter {
        owner,
        name: "sampling_strategy",
        value: ratio.to_string(),
        rule,
    }
}
