//! Types of columns as data. polars can write them itself only with a feature
//! that would make it compile again for everyone.

use polars::prelude::{Categories, DataType, TimeUnit, TimeZone};
use serde::{Deserialize, Serialize};

/// A type of column, as far as frames in memory have them here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ColumnType {
    Boolean,
    Int(u8),
    UInt(u8),
    Float(u8),
    String,
    Binary,
    Date,
    Time,
    Datetime(Unit, Option<String>),
    Duration(Unit),
    Categorical,
    Null,
    /// A type that only its name is known of. No step reads such a column as it
    /// is, so the name is all that a message needs.
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
}

impl From<TimeUnit> for Unit {
    fn from(unit: TimeUnit) -> Self {
        match unit {
            TimeUnit::Nanoseconds => Self::Nanoseconds,
            TimeUnit::Microseconds => Self::Microseconds,
            TimeUnit::Milliseconds => Self::Milliseconds,
        }
    }
}

impl From<Unit> for TimeUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Nanoseconds => Self::Nanoseconds,
            Unit::Microseconds => Self::Microseconds,
            Unit::Milliseconds => Self::Milliseconds,
        }
    }
}

impl From<&DataType> for ColumnType {
    fn from(dtype: &DataType) -> Self {
        match dtype {
            DataType::Boolean => Self::Boolean,
            DataType::Int8 => Self::Int(8),
            DataType::Int16 => Self::Int(16),
            DataType::Int32 => Self::Int(32),
            DataType::Int64 => Self::Int(64),
            DataType::UInt8 => Self::UInt(8),
            DataType::UInt16 => Self::UInt(16),
            DataType::UInt32 => Self::UInt(32),
            DataType::UInt64 => Self::UInt(64),
            DataType::Float32 => Self::Float(32),
            DataType::Float64 => Self::Float(64),
            DataType::String => Self::String,
            DataType::Binary => Self::Binary,
            DataType::Date => Self::Date,
            DataType::Time => Self::Time,
            DataType::Datetime(unit, zone) => {
                Self::Datetime((*unit).into(), zone.as_ref().map(ToString::to_string))
            }
            DataType::Duration(unit) => Self::Duration((*unit).into()),
            // The levels of an enum are those of the training data; to a model
            // they are text.
            DataType::Categorical(_, _) | DataType::Enum(_, _) => Self::Categorical,
            DataType::Null => Self::Null,
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<&ColumnType> for DataType {
    fn from(dtype: &ColumnType) -> Self {
        match dtype {
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Int(8) => Self::Int8,
            ColumnType::Int(16) => Self::Int16,
            ColumnType::Int(32) => Self::Int32,
            ColumnType::Int(_) => Self::Int64,
            ColumnType::UInt(8) => Self::UInt8,
            ColumnType::UInt(16) => Self::UInt16,
            ColumnType::UInt(32) => Self::UInt32,
            ColumnType::UInt(_) => Self::UInt64,
            ColumnType::Float(32) => Self::Float32,
            ColumnType::Float(_) => Self::Float64,
            ColumnType::String => Self::String,
            ColumnType::Binary | ColumnType::Other(_) => Self::Binary,
            ColumnType::Date => Self::Date,
            ColumnType::Time => Self::Time,
            ColumnType::Datetime(unit, zone) => Self::Datetime(
                (*unit).into(),
                zone.as_ref()
                    .and_then(|zone| TimeZone::opt_try_new(Some(zone.as_str())).ok().flatten()),
            ),
            ColumnType::Duration(unit) => Self::Duration((*unit).into()),
            ColumnType::Categorical => Self::from_categories(Categories::global()),
            ColumnType::Null => Self::Null,
        }
    }
}

/// Columns with their types, for `#[serde(with = "…")]`.
pub(crate) mod named {
    use polars::prelude::DataType;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ColumnType;

    pub fn serialize<S: Serializer>(
        columns: &[(String, DataType)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let columns: Vec<(&str, ColumnType)> = columns
            .iter()
            .map(|(name, dtype)| (name.as_str(), dtype.into()))
            .collect();
        columns.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, DataType)>, D::Error> {
        let columns: Vec<(String, ColumnType)> = Vec::deserialize(deserializer)?;
        Ok(columns
            .iter()
            .map(|(name, dtype)| (name.clone(), dtype.into()))
            .collect())
    }
}

/// Types alone, for `#[serde(with = "…")]`.
pub(crate) mod list {
    use polars::prelude::DataType;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ColumnType;

    pub fn serialize<S: Serializer>(types: &[DataType], serializer: S) -> Result<S::Ok, S::Error> {
        let types: Vec<ColumnType> = types.iter().map(ColumnType::from).collect();
        types.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<DataType>, D::Error> {
        let types: Vec<ColumnType> = Vec::deserialize(deserializer)?;
        Ok(types.iter().map(DataType::from).collect())
    }
}
