//! The levels of a category column, and the level of each row.
//!
//! All encoders see categories in the same way: text sorts by letter and numbers
//! by value, a missing value is a level of its own called `missing` and sorts last
//! among numbers, and whole floats are the integers that they look like.

use std::collections::HashMap;

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::columns::{self, Kind};
use crate::{MlError, labels};

/// The level that a missing value belongs to.
pub(super) const MISSING: &str = "missing";

/// With more levels an encoder would make more columns than memory holds, and a
/// column of names or ids is most likely meant for something else.
const MOST_LEVELS: usize = 100_000;

/// The levels that a column had at fit, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Levels {
    pub column: String,
    pub kind: Kind,
    pub names: Vec<String>,
}

impl Levels {
    /// The levels of a column, and the position of each row's level among them.
    pub fn learn(frame: &DataFrame, name: &str) -> Result<(Self, Vec<usize>), MlError> {
        let kind = Kind::of(columns::column(frame, name)?.dtype());
        let rows = read(frame, name)?;
        if rows.is_empty() {
            return Err(columns::without_values(frame, name, "level"));
        }
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for row in &rows {
            let next = seen.len();
            seen.entry(row.as_deref().unwrap_or(MISSING))
                .or_insert(next);
        }
        if seen.len() > MOST_LEVELS {
            return Err(MlError::TooManyLevels {
                column: name.to_owned(),
                count: seen.len(),
            });
        }
        let names: Vec<String> = seen.keys().map(|level| (*level).to_owned()).collect();
        let levels = Self {
            column: name.to_owned(),
            kind,
            names: labels::distinct(&names, kind == Kind::Number),
        };
        let codes = levels.positions(&rows).into_iter().flatten().collect();
        Ok((levels, codes))
    }

    /// The levels in an order that was given.
    pub fn given(frame: &DataFrame, name: &str, names: Vec<String>) -> Result<Self, MlError> {
        Ok(Self {
            column: name.to_owned(),
            kind: Kind::of(columns::column(frame, name)?.dtype()),
            names,
        })
    }

    /// The position of each row's level; `None` where it was not there at fit.
    pub fn codes(&self, frame: &DataFrame) -> Result<Vec<Option<usize>>, MlError> {
        columns::expect_kind(frame, &self.column, self.kind)?;
        Ok(self.positions(&read(frame, &self.column)?))
    }

    fn positions(&self, rows: &[Option<String>]) -> Vec<Option<usize>> {
        let position: HashMap<&str, usize> = self
            .names
            .iter()
            .enumerate()
            .map(|(position, level)| (level.as_str(), position))
            .collect();
        rows.iter()
            .map(|row| position.get(row.as_deref().unwrap_or(MISSING)).copied())
            .collect()
    }

    /// The error for a row whose level is unknown.
    pub fn unknown(&self, frame: &DataFrame, row: usize) -> MlError {
        let level = read(frame, &self.column)
            .ok()
            .and_then(|mut rows| rows.swap_remove(row))
            .unwrap_or_else(|| MISSING.to_owned());
        MlError::UnknownLevel {
            column: self.column.clone(),
            level,
            known: self.names.clone(),
        }
    }
}

/// The columns that hold categories; with `numbers` also the numeric ones.
pub(super) fn category_columns(frame: &DataFrame, numbers: bool) -> Vec<String> {
    columns::names_where(frame, |kind| {
        kind.is_categorical() || (numbers && kind == Kind::Number)
    })
}

/// The level of each row as text.
fn read(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>, MlError> {
    let dtype = columns::column(frame, name)?.dtype();
    if Kind::of(dtype) != Kind::Number || dtype.is_integer() {
        return columns::texts(frame, name);
    }
    let numbers = columns::numbers(frame, name)?;
    Ok(numbers
        .into_iter()
        .map(|number| number.map(|n| n.to_string()))
        .collect())
}
