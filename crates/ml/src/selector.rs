//! Which columns of a frame a step works on: by name, by type or by pattern.

use std::fmt;

use polars::prelude::{DataFrame, DataType, StringChunked, StringNameSpaceImpl};

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::columns::{self, Kind};

/// Columns that are chosen when a step is fitted.
///
/// ```
/// use ferrite_ml::{Columns, MlError};
/// use polars::df;
///
/// let frame = df!["bill_mm" => [39.1], "mass_g" => [3_750], "sex" => ["f"]]?;
/// let chosen = |columns: Columns| columns.names(&frame);
/// assert_eq!(chosen(Columns::numeric())?, ["bill_mm", "mass_g"]);
/// assert_eq!(chosen(Columns::matching("_mm$"))?, ["bill_mm"]);
/// assert_eq!(chosen("sex".into())?, ["sex"]);
/// assert_eq!(chosen(Columns::all_but(["sex"]))?, ["bill_mm", "mass_g"]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Columns(Choice);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    All,
    Numeric,
    Categorical,
    Dates,
    #[serde(with = "crate::persist::dtype::list")]
    Typed(Vec<DataType>),
    Named(Vec<String>),
    AllBut(Vec<String>),
    Matching(String),
}

impl Columns {
    /// Every column.
    pub fn all() -> Self {
        Self(Choice::All)
    }

    /// Integers and floats.
    pub fn numeric() -> Self {
        Self(Choice::Numeric)
    }

    /// Text, categories and booleans.
    pub fn categorical() -> Self {
        Self(Choice::Categorical)
    }

    /// Dates and times.
    pub fn dates() -> Self {
        Self(Choice::Dates)
    }

    /// Columns of exactly these types.
    pub fn of_type(types: impl IntoIterator<Item = DataType>) -> Self {
        Self(Choice::Typed(types.into_iter().collect()))
    }

    /// Columns of these names, which must exist.
    pub fn named(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Choice::Named(names.into_iter().map(Into::into).collect()))
    }

    /// Every column but those of these names.
    pub fn all_but(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Choice::AllBut(names.into_iter().map(Into::into).collect()))
    }

    /// Columns in whose name this regular expression is found.
    pub fn matching(pattern: impl Into<String>) -> Self {
        Self(Choice::Matching(pattern.into()))
    }

    /// The names of the chosen columns of a frame, in its order; those that were
    /// named, in the order in which they were.
    pub fn names(&self, frame: &DataFrame) -> Result<Vec<String>, MlError> {
        let of_type = |wanted: &dyn Fn(&DataType) -> bool| {
            let chosen = frame.columns().iter().filter(|c| wanted(c.dtype()));
            chosen.map(|column| column.name().to_string()).collect()
        };
        Ok(match &self.0 {
            Choice::All => columns::names(frame),
            Choice::Numeric => columns::names_where(frame, |kind| kind == Kind::Number),
            Choice::Categorical => columns::names_where(frame, Kind::is_categorical),
            Choice::Dates => of_type(&|dtype| {
                matches!(
                    dtype,
                    DataType::Date | DataType::Datetime(_, _) | DataType::Time
                )
            }),
            Choice::Typed(types) => of_type(&|dtype| types.contains(dtype)),
            Choice::Named(names) => {
                for name in names {
                    columns::column(frame, name)?;
                }
                names.clone()
            }
            Choice::AllBut(out) => {
                let mut names = columns::names(frame);
                names.retain(|name| !out.contains(name));
                names
            }
            Choice::Matching(pattern) => matching(frame, pattern)?,
        })
    }
}

fn matching(frame: &DataFrame, pattern: &str) -> Result<Vec<String>, MlError> {
    let names = columns::names(frame);
    let texts = StringChunked::from_iter(names.iter().map(|name| Some(name.as_str())));
    let found = texts
        .contains(pattern, true)
        .map_err(|error| MlError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        })?;
    Ok(names
        .into_iter()
        .zip(found.iter())
        .filter(|(_, found)| *found == Some(true))
        .map(|(name, _)| name)
        .collect())
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Choice::All => f.write_str("all columns"),
            Choice::Numeric => f.write_str("numeric columns"),
            Choice::Categorical => f.write_str("categorical columns"),
            Choice::Dates => f.write_str("dates"),
            Choice::Typed(types) => {
                let types: Vec<String> = types.iter().map(ToString::to_string).collect();
                write!(f, "{} columns", types.join(", "))
            }
            Choice::Named(names) => f.write_str(&names.join(", ")),
            Choice::AllBut(names) => write!(f, "all but {}", names.join(", ")),
            Choice::Matching(pattern) => write!(f, "columns like {pattern}"),
        }
    }
}

impl From<&str> for Columns {
    fn from(name: &str) -> Self {
        Self::named([name])
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Columns {
    fn from(names: [T; N]) -> Self {
        Self::named(names)
    }
}

impl<T: Into<String>> From<Vec<T>> for Columns {
    fn from(names: Vec<T>) -> Self {
        Self::named(names)
    }
}

impl From<&[&str]> for Columns {
    fn from(names: &[&str]) -> Self {
        Self::named(names.iter().copied())
    }
}
