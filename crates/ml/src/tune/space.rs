//! What a search may try: for each parameter a list, or a range.

use std::ops::{Range, RangeInclusive};

use rand::Rng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::params::ParamValue;

/// The values that a search may give a parameter: made from a list, a range of whole
/// numbers, [`uniform`] or [`log_uniform`].
///
/// ```
/// use ferrite_ml::{Dimension, log_uniform};
///
/// let strategies: Dimension = ["mean", "median"].into();
/// let neighbours: Dimension = (1..=30).into();
/// assert_eq!(strategies.to_string(), "mean, median");
/// assert_eq!(neighbours.to_string(), "1 to 30");
/// assert_eq!(log_uniform(1e-3, 1e2).to_string(), "0.001 to 100 (log)");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dimension(pub(super) Kind);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Kind {
    Choices(Vec<ParamValue>),
    Numbers { low: f64, high: f64, log: bool },
    Integers { low: i64, high: i64, log: bool },
}

/// Numbers between two ends, each as likely as another.
///
/// ```
/// assert_eq!(ferrite_ml::uniform(0.0, 1.0).to_string(), "0 to 1");
/// ```
pub fn uniform(low: f64, high: f64) -> Dimension {
    Dimension(Kind::Numbers {
        low,
        high,
        log: false,
    })
}

/// Numbers between two positive ends whose logarithms are equally likely: for what is
/// felt by factors, such as penalties and learning rates.
///
/// ```
/// assert_eq!(ferrite_ml::log_uniform(0.01, 10.0).to_string(), "0.01 to 10 (log)");
/// ```
pub fn log_uniform(low: f64, high: f64) -> Dimension {
    Dimension(Kind::Numbers {
        low,
        high,
        log: true,
    })
}

/// Whole numbers between two positive ends, both included, by their logarithms.
///
/// ```
/// assert_eq!(ferrite_ml::log_integers(1, 1_000).to_string(), "1 to 1000 (log)");
/// ```
pub fn log_integers(low: i64, high: i64) -> Dimension {
    Dimension(Kind::Integers {
        low,
        high,
        log: true,
    })
}

impl From<Range<i64>> for Dimension {
    fn from(range: Range<i64>) -> Self {
        Self::from(range.start..=range.end.saturating_sub(1))
    }
}

impl From<RangeInclusive<i64>> for Dimension {
    fn from(range: RangeInclusive<i64>) -> Self {
        Self(Kind::Integers {
            low: *range.start(),
            high: *range.end(),
            log: false,
        })
    }
}

impl From<Vec<ParamValue>> for Dimension {
    fn from(values: Vec<ParamValue>) -> Self {
        Self(Kind::Choices(values))
    }
}

macro_rules! lists {
    ($($item:ty)+) => {
        $(
            impl<const N: usize> From<[$item; N]> for Dimension {
                fn from(values: [$item; N]) -> Self {
                    Self::from(values.map(ParamValue::from).to_vec())
                }
            }

            impl From<Vec<$item>> for Dimension {
                fn from(values: Vec<$item>) -> Self {
                    Self::from(values.into_iter().map(ParamValue::from).collect::<Vec<_>>())
                }
            }
        )+
    };
}

lists! { f64 i64 bool &str String }

impl<const N: usize> From<[ParamValue; N]> for Dimension {
    fn from(values: [ParamValue; N]) -> Self {
        Self::from(values.to_vec())
    }
}

impl std::fmt::Display for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let by = |log: bool| if log { " (log)" } else { "" };
        match &self.0 {
            Kind::Choices(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                f.write_str(&values.join(", "))
            }
            Kind::Numbers { low, high, log } => write!(
                f,
                "{} to {}{}",
                ParamValue::Number(*low),
                ParamValue::Number(*high),
                by(*log)
            ),
            Kind::Integers { low, high, log } => write!(f, "{low} to {high}{}", by(*log)),
        }
    }
}

impl Dimension {
    /// Fails for what cannot be drawn from.
    pub(super) fn check(&self, name: &str) -> Result<(), MlError> {
        let wrong = |reason: String| {
            Err(MlError::Unable {
                model: "search",
                reason: format!("parameter \"{name}\": {reason}"),
            })
        };
        match self.0 {
            Kind::Choices(ref values) if values.is_empty() => wrong("the list is empty".to_owned()),
            Kind::Numbers { low, high, .. }
                if !(low.is_finite() && high.is_finite() && low < high) =>
            {
                wrong(format!(
                    "{low} to {high} is no range of numbers; the first must be smaller"
                ))
            }
            Kind::Integers { low, high, .. } if low > high => {
                wrong(format!("{low} to {high} is an empty range"))
            }
            Kind::Integers { low, high, .. } if high.checked_sub(low).is_none() => {
                wrong("the range is too wide".to_owned())
            }
            Kind::Numbers { low, log: true, .. } if low <= 0.0 => wrong(format!(
                "a logarithmic range must begin above 0, not at {low}"
            )),
            Kind::Integers { low, log: true, .. } if low <= 0 => wrong(format!(
                "a logarithmic range must begin above 0, not at {low}"
            )),
            _ => Ok(()),
        }
    }

    /// All values, if there are finitely many.
    pub(super) fn all(&self) -> Option<Vec<ParamValue>> {
        /// A grid of more is a mistake.
        const MOST: i64 = 100_000;
        match &self.0 {
            Kind::Choices(values) => Some(values.clone()),
            Kind::Integers {
                low,
                high,
                log: false,
            } if high - low < MOST => Some((*low..=*high).map(ParamValue::Integer).collect()),
            _ => None,
        }
    }

    /// One of the values, any.
    pub(super) fn example(&self) -> ParamValue {
        self.at(0.5)
    }

    pub(super) fn draw(&self, lots: &mut StdRng) -> ParamValue {
        self.at(lots.r#gen::<f64>())
    }

    /// The value at a place from 0 to 1.
    pub(super) fn at(&self, place: f64) -> ParamValue {
        let place = place.clamp(0.0, 1.0);
        match &self.0 {
            Kind::Choices(values) => {
                let index = (place * values.len() as f64) as usize;
                values[index.min(values.len() - 1)].clone()
            }
            Kind::Numbers { low, high, log } => ParamValue::Number(
                if *log {
                    (low.ln() + place * (high.ln() - low.ln())).exp()
                } else {
                    low + place * (high - low)
                }
                .clamp(*low, *high),
            ),
            Kind::Integers { low, high, log } => {
                let (from, to) = (*low as f64 - 0.5, *high as f64 + 0.5);
                let value = if *log {
                    (from.ln() + place * (to.ln() - from.ln())).exp()
                } else {
                    from + place * (to - from)
                };
                ParamValue::Integer((value.round() as i64).clamp(*low, *high))
            }
        }
    }

    /// The place of a value from 0 to 1: what the samplers and the importance see.
    pub(super) fn place(&self, value: &ParamValue) -> f64 {
        let number = match value {
            ParamValue::Number(value) => *value,
            ParamValue::Integer(value) => *value as f64,
            _ => f64::NAN,
        };
        let place = match &self.0 {
            Kind::Choices(values) => {
                let index = values.iter().position(|known| known == value).unwrap_or(0);
                return (index as f64 + 0.5) / values.len() as f64;
            }
            Kind::Numbers { low, high, log } => {
                if *log {
                    (number.ln() - low.ln()) / (high.ln() - low.ln())
                } else {
                    (number - low) / (high - low)
                }
            }
            Kind::Integers { low, high, log } => {
                let (from, to) = (*low as f64 - 0.5, *high as f64 + 0.5);
                if *log {
                    (number.ln() - from.ln()) / (to.ln() - from.ln())
                } else {
                    (number - from) / (to - from)
                }
            }
        };
        if place.is_finite() {
            place.clamp(0.0, 1.0)
        } else {
            0.5
        }
    }

    /// The number of values where they have no order.
    pub(super) fn choices(&self) -> Option<usize> {
        match &self.0 {
            Kind::Choices(values) => Some(values.len()),
            _ => None,
        }
    }
}
