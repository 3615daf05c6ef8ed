//! What a model learns to predict: classes or numbers.

use std::collections::HashMap;
use std::fmt;

use polars::prelude::{DataType, IdxSize, NamedFrom, Series};

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::columns::{self, Kind};
use crate::labels::{self, Labels};

/// Whether a model predicts classes or numbers.
///
/// ```
/// use ferrite_ml::{Estimator, LinearRegression, Task};
///
/// assert_eq!(LinearRegression::new().task(), Task::Regression);
/// assert_eq!(Task::Regression.to_string(), "regression");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// The target is one of a few classes.
    Classification,
    /// The target is a number.
    Regression,
}

impl Task {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Classification => "classification",
            Self::Regression => "regression",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A target column in the form that a model takes.
///
/// ```
/// use ferrite_ml::{Classes, MlError, Target};
/// use polars::prelude::*;
///
/// let species = Series::new("species".into(), ["b", "a", "b"]);
/// let target = Target::Classes(Classes::of(&species)?);
/// # let Target::Classes(classes) = target else { unreachable!() };
/// assert_eq!(classes.names(), ["a", "b"]);
/// assert_eq!(classes.codes(), [1, 0, 1]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Target {
    /// One class for each row.
    Classes(Classes),
    /// One number for each row.
    Numbers(Vec<f64>),
}

impl Target {
    /// The classes; an error if the target is numbers, which `model` cannot use.
    ///
    /// ```
    /// use ferrite_ml::Target;
    ///
    /// let error = Target::Numbers(vec![1.5]).classes("knn").unwrap_err();
    /// assert!(error.to_string().contains("knn"));
    /// ```
    pub fn classes(&self, model: &'static str) -> Result<&Classes, MlError> {
        match self {
            Self::Classes(classes) => Ok(classes),
            Self::Numbers(_) => Err(MlError::Unable {
                model,
                reason: "it predicts classes, but the target is numbers; \
                         use a regression model such as LinearRegression"
                    .to_owned(),
            }),
        }
    }

    /// The numbers; an error if the target is classes, which `model` cannot use.
    ///
    /// ```
    /// use ferrite_ml::Target;
    ///
    /// assert_eq!(Target::Numbers(vec![1.5]).numbers("LinearRegression")?, [1.5]);
    /// # Ok::<(), ferrite_ml::MlError>(())
    /// ```
    pub fn numbers(&self, model: &'static str) -> Result<&[f64], MlError> {
        match self {
            Self::Numbers(numbers) => Ok(numbers),
            Self::Classes(_) => Err(MlError::Unable {
                model,
                reason: "it predicts numbers, but the target is classes; \
                         use a classifier such as LogisticRegression"
                    .to_owned(),
            }),
        }
    }
}

impl Target {
    /// The target of some rows, which may repeat; classes that none of them
    /// has stay classes.
    pub(crate) fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Classes(classes) => Self::Classes(classes.take(rows)),
            Self::Numbers(numbers) => Self::Numbers(rows.iter().map(|row| numbers[*row]).collect()),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::Classes(classes) => classes.codes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }
}

/// A class for each row, as a position in the sorted list of classes.
///
/// ```
/// use ferrite_ml::{Classes, MlError};
/// use polars::prelude::*;
///
/// let classes = Classes::of(&Series::new("grade".into(), [10, 9, 10]))?;
/// assert_eq!(classes.names(), ["9", "10"]);
/// assert_eq!(classes.codes(), [1, 0, 1]);
/// assert_eq!(classes.counts(), [1, 2]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Classes {
    codes: Vec<usize>,
    names: Vec<String>,
    /// One value for each class, in the type of the target column.
    values: Series,
}

impl Classes {
    /// Reads a series of labels: text, booleans, integers or whole floats.
    /// Text sorts by letter and numbers by value.
    pub fn of(series: &Series) -> Result<Self, MlError> {
        let labels = Labels::of(series)?;
        let numeric = labels.numeric;
        let rows = labels.complete(series.name())?;
        let names = labels::distinct(&rows, numeric);
        let position: HashMap<&str, usize> = names
            .iter()
            .enumerate()
            .map(|(code, name)| (name.as_str(), code))
            .collect();
        let codes: Vec<usize> = rows
            .iter()
            .filter_map(|label| position.get(label.as_str()).copied())
            .collect();
        let mut first = vec![0 as IdxSize; names.len()];
        for (row, code) in codes.iter().enumerate().rev() {
            first[*code] = row as IdxSize;
        }
        let values = series.take_slice(&first)?;
        Ok(Self {
            codes,
            names,
            values,
        })
    }

    /// The position of each row's class in [`names`](Self::names).
    pub fn codes(&self) -> &[usize] {
        &self.codes
    }

    /// The classes in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows each class has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.names.len()];
        for code in &self.codes {
            counts[*code] += 1;
        }
        counts
    }

    /// The rows of each class.
    pub(crate) fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.names.len()];
        for (row, code) in self.codes.iter().enumerate() {
            members[*code].push(row);
        }
        members
    }

    /// The same classes for the rows at these positions.
    pub(crate) fn take(&self, rows: &[usize]) -> Self {
        self.with_codes(rows.iter().map(|row| self.codes[*row]).collect())
    }

    /// The same classes for other rows.
    pub(crate) fn with_codes(&self, codes: Vec<usize>) -> Self {
        Self {
            codes,
            names: self.names.clone(),
            values: self.values.clone(),
        }
    }

    /// Classes as a series of the target's own type.
    pub(crate) fn decode(&self, codes: &[usize]) -> Result<Series, MlError> {
        let codes: Vec<IdxSize> = codes.iter().map(|code| *code as IdxSize).collect();
        Ok(self.values.take_slice(&codes)?)
    }

    /// Classes by their names and the type of the target column.
    pub(crate) fn restored(names: Vec<String>, dtype: &DataType) -> Result<Self, MlError> {
        let values = if dtype.is_bool() {
            let values: Vec<bool> = names.iter().map(|name| name == "true").collect();
            Series::new("".into(), values)
        } else {
            Series::new("".into(), names.as_slice()).cast(dtype)?
        };
        if values.null_count() > 0 {
            return Err(MlError::Damaged {
                reason: "its classes do not have the type of the target".to_owned(),
            });
        }
        Ok(Self {
            codes: Vec::new(),
            names,
            values,
        })
    }

    /// The type of the target column.
    pub(crate) fn dtype(&self) -> &DataType {
        self.values.dtype()
    }

    /// The same classes without the rows: what a fitted pipeline keeps.
    pub(crate) fn without_rows(self) -> Self {
        Self {
            codes: Vec::new(),
            ..self
        }
    }
}

/// Reads a complete target column for a model of the given task.
pub(crate) fn read(series: &Series, task: Task, model: &str) -> Result<Target, MlError> {
    let unsuited = |advice| MlError::TargetType {
        target: series.name().to_string(),
        dtype: series.dtype().to_string(),
        model: model.to_owned(),
        advice,
    };
    match (task, Kind::of(series.dtype())) {
        (Task::Classification, Kind::Other) => Err(unsuited(
            "classes are text, booleans or whole numbers; cast the column",
        )),
        (Task::Classification, _) => match Classes::of(series) {
            Err(MlError::NotClasses { .. }) => Err(unsuited(
                "it holds fractions; use a regression model such as LinearRegression, \
                 or cut the column into classes",
            )),
            Ok(classes) if classes.names().len() > labels::MOST_CLASSES => Err(unsuited(
                "it has more than 1000 different values; use a regression model such as \
                 LinearRegression, or merge values into classes",
            )),
            classes => Ok(Target::Classes(classes?)),
        },
        (Task::Regression, Kind::Number) => {
            let frame = series.clone().into_frame();
            let values = columns::numbers(&frame, series.name())?;
            let values: Vec<f64> = values.into_iter().flatten().collect();
            if values.iter().any(|value| value.is_infinite()) {
                return Err(MlError::InfiniteValues {
                    columns: vec![series.name().to_string()],
                });
            }
            Ok(Target::Numbers(values))
        }
        (Task::Regression, _) => Err(unsuited(
            "it predicts numbers; use a classifier such as LogisticRegression",
        )),
    }
}
