//! Reading columns the way that models see them.
//!
//! A model knows four kinds of column, whatever their exact type. `NaN` is
//! read as missing, because that is what it means in scikit-learn's data.

use ferrite_frame::{FrameError, convert};
use polars::prelude::{BooleanChunked, Column, DataFrame, DataType, IdxCa, IdxSize, PolarsError};

use serde::{Deserialize, Serialize};

use crate::MlError;

/// What a column is to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Integers, floats, decimals.
    Number,
    /// Strings, categories, enums.
    Text,
    /// `true` and `false`.
    Boolean,
    /// Dates, lists and everything else that needs work before a model sees it.
    Other,
}

impl Kind {
    pub(crate) fn of(dtype: &DataType) -> Self {
        match dtype {
            DataType::Boolean => Self::Boolean,
            dtype if convert::is_numeric(dtype) => Self::Number,
            dtype if dtype.is_string() || dtype.is_categorical() || dtype.is_enum() => Self::Text,
            _ => Self::Other,
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Boolean => "a boolean",
            Self::Other => "of another type",
        }
    }

    /// Whether a model can take such a column as it is.
    pub(crate) fn is_feature(self) -> bool {
        matches!(self, Self::Number | Self::Boolean)
    }

    /// Whether such a column holds categories.
    pub(crate) fn is_categorical(self) -> bool {
        matches!(self, Self::Text | Self::Boolean)
    }
}

/// The column of that name, or an error that suggests a similar one.
pub(crate) fn column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column, MlError> {
    frame
        .column(name)
        .map_err(|_| FrameError::missing_column(name, frame).into())
}

/// The names of all columns.
pub(crate) fn names(frame: &DataFrame) -> Vec<String> {
    frame
        .columns()
        .iter()
        .map(|column| column.name().to_string())
        .collect()
}

/// The names of the columns of certain kinds.
pub(crate) fn names_where(frame: &DataFrame, wanted: impl Fn(Kind) -> bool) -> Vec<String> {
    frame
        .columns()
        .iter()
        .filter(|column| wanted(Kind::of(column.dtype())))
        .map(|column| column.name().to_string())
        .collect()
}

/// A numeric or boolean column as numbers; missing values and `NaN` are `None`.
pub(crate) fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>, MlError> {
    let mut values = convert::column_f64(frame, name)?;
    for value in &mut values {
        *value = value.filter(|v| !v.is_nan());
    }
    Ok(values)
}

/// A column of categories as text.
pub(crate) fn texts(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>, MlError> {
    // The common case, without a detour through values of any type.
    if let Ok(texts) = column(frame, name)?.str() {
        return Ok(texts.iter().map(|text| text.map(str::to_owned)).collect());
    }
    Ok(convert::column_strings(frame, name)?)
}

/// Fails if a column is not of the kind that was learned from. A column without
/// a single value has no type of its own and fits everywhere.
pub(crate) fn expect_kind(frame: &DataFrame, name: &str, expected: Kind) -> Result<(), MlError> {
    let found = column(frame, name)?.dtype();
    if found.is_null() || Kind::of(found) == expected {
        return Ok(());
    }
    Err(MlError::ColumnType {
        column: name.to_owned(),
        expected: expected.describe().to_owned(),
        found: found.to_string(),
    })
}

/// The error of a column from which nothing can be learned, as it has no values: because
/// there are no rows, or not one with a value.
pub(crate) fn without_values(frame: &DataFrame, column: &str, statistic: &'static str) -> MlError {
    if frame.height() == 0 {
        return MlError::NoRows {
            purpose: "fit",
            reason: "the frame is empty".to_owned(),
        };
    }
    MlError::EmptyColumn {
        column: column.to_owned(),
        statistic,
    }
}

/// The rows for which `keep` is true.
pub(crate) fn filter(frame: &DataFrame, keep: Vec<bool>) -> Result<DataFrame, PolarsError> {
    frame.filter(&BooleanChunked::from_iter(keep.into_iter().map(Some)))
}

/// Whether each row has a value; `NaN` is none.
pub(crate) fn known(frame: &DataFrame, name: &str) -> Result<Vec<bool>, MlError> {
    let column = column(frame, name)?;
    if column.dtype().is_float() {
        return Ok(numbers(frame, name)?.iter().map(Option::is_some).collect());
    }
    Ok(column
        .is_not_null()
        .iter()
        .map(|known| known == Some(true))
        .collect())
}

/// The columns of these names, or an error that suggests a similar name.
pub(crate) fn select(frame: &DataFrame, names: &[String]) -> Result<DataFrame, MlError> {
    let mut chosen = Vec::with_capacity(names.len());
    for name in names {
        chosen.push(column(frame, name)?.clone());
    }
    assemble(frame.height(), chosen)
}

/// The columns except for these.
pub(crate) fn without(frame: &DataFrame, names: &[String]) -> Vec<Column> {
    frame
        .columns()
        .iter()
        .filter(|column| !names.iter().any(|name| name == column.name().as_str()))
        .cloned()
        .collect()
}

/// The rows at these positions, which must exist, in this order.
pub(crate) fn take(frame: &DataFrame, rows: &[usize]) -> Result<DataFrame, MlError> {
    let rows: Vec<IdxSize> = rows.iter().map(|row| *row as IdxSize).collect();
    Ok(frame.take(&IdxCa::from_vec("rows".into(), rows))?)
}

/// A frame from columns of equal height, with a clear word about equal names.
pub(crate) fn assemble(height: usize, columns: Vec<Column>) -> Result<DataFrame, MlError> {
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = columns
        .iter()
        .find(|column| !seen.insert(column.name().clone()))
    {
        return Err(MlError::DuplicateFeature {
            name: twice.name().to_string(),
        });
    }
    Ok(DataFrame::new(height, columns)?)
}
