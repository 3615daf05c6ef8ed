//! Which columns a fitted pipeline needs, and of which type.

use std::fmt;

use ferrite_frame::FrameError;
use polars::prelude::{DataFrame, DataType};
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::columns::{self, Kind};
use crate::persist::dtype;

/// The columns that a fitted pipeline reads, as they were in the training data.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn};
/// use polars::prelude::*;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
/// let schema = fitted.input_schema();
/// assert_eq!(schema.names(), ["x"]);
/// assert_eq!(schema.columns()[0].1, DataType::Int32);
///
/// let changes = schema.compare(&df!["z" => [1], "y" => ["a"]]?);
/// assert_eq!((changes.missing, changes.new), (vec!["x".to_owned()], vec!["z".to_owned()]));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSchema {
    #[serde(with = "dtype::named")]
    columns: Vec<(String, DataType)>,
    /// Columns of the training data that nothing reads, with the target.
    others: Vec<String>,
}

/// How a frame differs from the training data; see [`InputSchema::compare`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaChanges {
    /// Columns that are needed and not there.
    pub missing: Vec<String>,
    /// Columns whose type does not suit: the name, the type at fit, the type now.
    pub retyped: Vec<(String, DataType, DataType)>,
    /// Columns that were not in the training data; they are not read.
    pub new: Vec<String>,
}

impl SchemaChanges {
    /// Whether a prediction is possible: nothing is missing or of another type.
    pub fn fits(&self) -> bool {
        self.missing.is_empty() && self.retyped.is_empty()
    }
}

impl fmt::Display for SchemaChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        if !self.missing.is_empty() {
            lines.push(format!("missing: {}", self.missing.join(", ")));
        }
        for (name, expected, found) in &self.retyped {
            lines.push(format!(
                "of another type: {name} is {found}, was {expected}"
            ));
        }
        if !self.new.is_empty() {
            lines.push(format!("new: {}", self.new.join(", ")));
        }
        if lines.is_empty() {
            lines.push("the same columns as in the training data".to_owned());
        }
        f.write_str(&lines.join("\n"))
    }
}

impl InputSchema {
    /// The needed columns of a frame.
    pub(crate) fn of(frame: &DataFrame, target: &str, needed: impl Fn(&str) -> bool) -> Self {
        let columns = frame
            .columns()
            .iter()
            .filter(|column| needed(column.name()))
            .map(|column| (column.name().to_string(), column.dtype().clone()))
            .collect();
        let mut others = columns::names(frame);
        others.retain(|name| !needed(name));
        others.push(target.to_owned());
        Self { columns, others }
    }

    /// Each column with its type at fit.
    pub fn columns(&self) -> &[(String, DataType)] {
        &self.columns
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// What is missing, new or of another type in a frame.
    pub fn compare(&self, frame: &DataFrame) -> SchemaChanges {
        let mut changes = SchemaChanges::default();
        for (name, expected) in &self.columns {
            match frame.column(name) {
                Err(_) => changes.missing.push(name.clone()),
                Ok(column) if !alike(column.dtype(), expected) => {
                    changes
                        .retyped
                        .push((name.clone(), expected.clone(), column.dtype().clone()))
                }
                Ok(_) => {}
            }
        }
        let known = |name: &String| {
            self.others.contains(name) || self.columns.iter().any(|(column, _)| column == name)
        };
        changes.new = columns::names(frame);
        changes.new.retain(|name| !known(name));
        changes
    }

    /// Picks the columns out of a frame, or says which are missing or of another
    /// kind. A column that is null throughout fits any type.
    pub(crate) fn select(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let changes = self.compare(frame);
        match (changes.missing.as_slice(), changes.retyped.as_slice()) {
            ([], []) => {}
            // With the name that was probably meant.
            ([name], []) => return Err(FrameError::missing_column(name, frame).into()),
            ([], [(name, expected, found)]) => {
                return Err(MlError::ColumnType {
                    column: name.clone(),
                    expected: expected.to_string(),
                    found: found.to_string(),
                });
            }
            _ => return Err(MlError::Schema { changes }),
        }
        let mut selected = Vec::with_capacity(self.columns.len());
        for (name, dtype) in &self.columns {
            let column = columns::column(frame, name)?;
            let untyped = column.dtype().is_null();
            selected.push(if untyped {
                column.cast(dtype)?
            } else {
                column.clone()
            });
        }
        columns::assemble(frame.height(), selected)
    }
}

/// Whether a column of one type can stand for another. Numbers of another width
/// are numbers still, and a column of nulls only fits every type.
fn alike(found: &DataType, expected: &DataType) -> bool {
    match (Kind::of(found), Kind::of(expected)) {
        _ if found.is_null() => true,
        (Kind::Other, Kind::Other) => match (found, expected) {
            // Seconds or nanoseconds: the same moments.
            (DataType::Datetime(_, a), DataType::Datetime(_, b)) => a == b,
            (DataType::Duration(_), DataType::Duration(_)) => true,
            (found, expected) => found == expected,
        },
        (found, expected) => found == expected,
    }
}
