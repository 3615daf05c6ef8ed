//! Which columns a fitted pipeline needs, and of which type.

use polars::prelude::{DataFrame, DataType};

use crate::MlError;
use crate::columns::{self, Kind};

/// The columns that a fitted pipeline reads, as they were in the training data.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn};
/// use polars::prelude::*;
///
/// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
/// assert_eq!(fitted.input_schema().names(), ["x"]);
/// assert_eq!(fitted.input_schema().columns()[0].1, DataType::Int32);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputSchema {
    columns: Vec<(String, DataType)>,
}

impl InputSchema {
    /// The needed columns of a frame.
    pub(crate) fn of(frame: &DataFrame, needed: impl Fn(&str) -> bool) -> Self {
        let columns = frame
            .columns()
            .iter()
            .filter(|column| needed(column.name()))
            .map(|column| (column.name().to_string(), column.dtype().clone()))
            .collect();
        Self { columns }
    }

    /// Each column with its type at fit.
    pub fn columns(&self) -> &[(String, DataType)] {
        &self.columns
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Picks the columns out of a frame, or says which one is missing or of
    /// another kind. A column that is null throughout fits any type.
    pub(crate) fn select(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut selected = Vec::with_capacity(self.columns.len());
        for (name, dtype) in &self.columns {
            let column = columns::column(frame, name)?;
            expect_alike(name, column.dtype(), dtype)?;
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

/// Fails if a column's type is not what was learned from. Numbers of another
/// width are numbers still, and a column of nulls only fits every type.
fn expect_alike(name: &str, found: &DataType, expected: &DataType) -> Result<(), MlError> {
    let alike = match (Kind::of(found), Kind::of(expected)) {
        _ if found.is_null() => true,
        (Kind::Other, Kind::Other) => found == expected,
        (found, expected) => found == expected,
    };
    if alike {
        return Ok(());
    }
    Err(MlError::ColumnType {
        column: name.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    })
}
