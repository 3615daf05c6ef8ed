//! Class labels as text, so that `1`, `1.0`, `"a"` and `true` share one code
//! path from the target column to the confusion matrix.

use polars::prelude::Series;

use crate::MlError;
use crate::columns::{self, Kind};

/// With more labels than this a column is not a class, and a matrix of their
/// pairs would not fit into memory.
pub(crate) const MOST_CLASSES: usize = 1_000;

/// One label per row; `None` where the series is null or `NaN`.
#[derive(Debug)]
pub(crate) struct Labels {
    pub rows: Vec<Option<String>>,
    /// Whether the labels are numbers, which sort by value and not by letter.
    pub numeric: bool,
}

impl Labels {
    /// Reads a series as labels; fractions are refused.
    pub fn of(series: &Series) -> Result<Self, MlError> {
        let frame = series.clone().into_frame();
        let name = series.name().as_str();
        if Kind::of(series.dtype()) != Kind::Number {
            return Ok(Self {
                rows: columns::texts(&frame, name)?,
                numeric: false,
            });
        }
        if series.dtype().is_integer() {
            return Ok(Self {
                rows: columns::texts(&frame, name)?,
                numeric: true,
            });
        }
        let values = columns::numbers(&frame, name)?;
        if let Some(example) = values.iter().flatten().find(|value| value.fract() != 0.0) {
            return Err(MlError::NotClasses {
                name: name.to_owned(),
                example: *example,
            });
        }
        let rows = values
            .into_iter()
            .map(|value| value.map(|v| v.to_string()))
            .collect();
        Ok(Self {
            rows,
            numeric: true,
        })
    }

    /// All labels, or an error that counts the missing ones.
    pub fn complete(self, name: &str) -> Result<Vec<String>, MlError> {
        let count = self.rows.iter().filter(|label| label.is_none()).count();
        if count > 0 {
            return Err(MlError::MissingLabels {
                name: name.to_owned(),
                count,
            });
        }
        Ok(self.rows.into_iter().flatten().collect())
    }
}

/// The distinct labels in order.
pub(crate) fn distinct<'a>(
    labels: impl IntoIterator<Item = &'a String>,
    numeric: bool,
) -> Vec<String> {
    let mut distinct: Vec<String> = labels.into_iter().cloned().collect();
    let value = |label: &String| label.parse::<f64>().unwrap_or(f64::NAN);
    if numeric {
        distinct.sort_by(|a, b| value(a).total_cmp(&value(b)).then_with(|| a.cmp(b)));
    } else {
        distinct.sort();
    }
    distinct.dedup();
    distinct
}
