//! A column that grows value by value and finds its own type.
//!
//! Spreadsheets and SQLite have types for values, not for columns, and the
//! fields of a struct that serialises are only known one after the other. A
//! column starts as nothing but nulls, takes the type of its first value, and
//! is rewritten once when a value does not fit: whole numbers become floats,
//! dates moments, and whatever does not go together becomes text.

use polars::prelude::{
    AnyValue, Column, DataType, IntoColumn, NamedFrom, NewChunkedArray, PolarsResult, Series,
    TimeUnit,
};

use crate::value;

/// A value of any source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since 1970.
    Moment(i64),
    /// Microseconds since 1970, in UTC.
    Instant(i64),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Microseconds.
    Span(i64),
    /// A list or a struct.
    Nested(AnyValue<'static>),
}

impl Value {
    fn text(&self) -> Option<String> {
        let any = match self {
            Value::Null => return None,
            Value::Text(text) => return Some(text.clone()),
            Value::Bool(flag) => AnyValue::Boolean(*flag),
            Value::Int(number) => AnyValue::Int64(*number),
            Value::Float(number) => AnyValue::Float64(*number),
            Value::Bytes(bytes) => return Some(String::from_utf8_lossy(bytes).into_owned()),
            Value::Date(days) => AnyValue::Date(*days),
            Value::Moment(ticks) | Value::Instant(ticks) => {
                AnyValue::Datetime(*ticks, TimeUnit::Microseconds, None)
            }
            Value::Time(ns) => AnyValue::Time(*ns),
            Value::Span(us) => AnyValue::Duration(*us, TimeUnit::Microseconds),
            Value::Nested(any) => any.clone(),
        };
        Some(value::exact(&any))
    }
}

const DAY: i64 = 86_400_000_000;

/// A column that grows.
#[derive(Debug)]
pub(crate) enum Builder {
    Nulls(usize),
    Bool(Vec<Option<bool>>),
    Int(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Date(Vec<Option<i32>>),
    Moment(Vec<Option<i64>>),
    Instant(Vec<Option<i64>>),
    Time(Vec<Option<i64>>),
    Span(Vec<Option<i64>>),
    Nested(Vec<AnyValue<'static>>),
}

impl Builder {
    /// A column without values.
    pub(crate) fn new() -> Self {
        Builder::Nulls(0)
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Builder::Nulls(n) => *n,
            Builder::Bool(all) => all.len(),
            Builder::Int(all)
            | Builder::Moment(all)
            | Builder::Instant(all)
            | Builder::Time(all)
            | Builder::Span(all) => all.len(),
            Builder::Float(all) => all.len(),
            Builder::Text(all) => all.len(),
            Builder::Bytes(all) => all.len(),
            Builder::Date(all) => all.len(),
            Builder::Nested(all) => all.len(),
        }
    }

    /// Adds a value at the end.
    pub(crate) fn push(&mut self, value: Value) {
        match (&mut *self, value) {
            (Builder::Nulls(n), Value::Null) => *n += 1,
            (Builder::Bool(all), Value::Bool(v)) => all.push(Some(v)),
            (Builder::Int(all), Value::Int(v)) => all.push(Some(v)),
            (Builder::Float(all), Value::Float(v)) => all.push(Some(v)),
            (Builder::Float(all), Value::Int(v)) => all.push(Some(v as f64)),
            (Builder::Text(all), v) => all.push(v.text()),
            (Builder::Bytes(all), Value::Bytes(v)) => all.push(Some(v)),
            (Builder::Date(all), Value::Date(v)) => all.push(Some(v)),
            (Builder::Moment(all), Value::Moment(v)) => all.push(Some(v)),
            (Builder::Moment(all), Value::Date(v)) => all.push(Some(i64::from(v) * DAY)),
            (Builder::Instant(all), Value::Instant(v)) => all.push(Some(v)),
            (Builder::Time(all), Value::Time(v)) => all.push(Some(v)),
            (Builder::Span(all), Value::Span(v)) => all.push(Some(v)),
            (Builder::Nested(all), Value::Nested(v)) => all.push(v),
            (_, Value::Null) => self.push_null(),
            (_, value) => {
                self.widen(&value);
                self.push(value);
            }
        }
    }

    fn push_null(&mut self) {
        match self {
            Builder::Nulls(n) => *n += 1,
            Builder::Bool(all) => all.push(None),
            Builder::Int(all)
            | Builder::Moment(all)
            | Builder::Instant(all)
            | Builder::Time(all)
            | Builder::Span(all) => all.push(None),
            Builder::Float(all) => all.push(None),
            Builder::Text(all) => all.push(None),
            Builder::Bytes(all) => all.push(None),
            Builder::Date(all) => all.push(None),
            Builder::Nested(all) => all.push(AnyValue::Null),
        }
    }

    /// Becomes a type that takes this value as well.
    fn widen(&mut self, value: &Value) {
        let old = std::mem::replace(self, Builder::Nulls(0));
        *self = match (old, value) {
            (Builder::Nulls(n), value) => Self::of(value, n),
            (Builder::Int(all), Value::Float(_)) => {
                Builder::Float(all.into_iter().map(|v| v.map(|v| v as f64)).collect())
            }
            (Builder::Date(all), Value::Moment(_)) => Builder::Moment(
                all.into_iter()
                    .map(|v| v.map(|v| i64::from(v) * DAY))
                    .collect(),
            ),
            (old, _) => Builder::Text(old.texts()),
        };
    }

    /// A column of `nulls` nulls of the type of `value`.
    fn of(value: &Value, nulls: usize) -> Self {
        match value {
            Value::Null => Builder::Nulls(nulls),
            Value::Bool(_) => Builder::Bool(vec![None; nulls]),
            Value::Int(_) => Builder::Int(vec![None; nulls]),
            Value::Float(_) => Builder::Float(vec![None; nulls]),
            Value::Text(_) => Builder::Text(vec![None; nulls]),
            Value::Bytes(_) => Builder::Bytes(vec![None; nulls]),
            Value::Date(_) => Builder::Date(vec![None; nulls]),
            Value::Moment(_) => Builder::Moment(vec![None; nulls]),
            Value::Instant(_) => Builder::Instant(vec![None; nulls]),
            Value::Time(_) => Builder::Time(vec![None; nulls]),
            Value::Span(_) => Builder::Span(vec![None; nulls]),
            Value::Nested(_) => Builder::Nested(vec![AnyValue::Null; nulls]),
        }
    }

    fn texts(self) -> Vec<Option<String>> {
        fn each<T>(all: Vec<Option<T>>, value: impl Fn(T) -> Value) -> Vec<Option<String>> {
            all.into_iter()
                .map(|v| v.and_then(|v| value(v).text()))
                .collect()
        }
        match self {
            Builder::Nulls(n) => vec![None; n],
            Builder::Bool(all) => each(all, Value::Bool),
            Builder::Int(all) => each(all, Value::Int),
            Builder::Float(all) => each(all, Value::Float),
            Builder::Text(all) => all,
            Builder::Bytes(all) => each(all, Value::Bytes),
            Builder::Date(all) => each(all, Value::Date),
            Builder::Moment(all) => each(all, Value::Moment),
            Builder::Instant(all) => each(all, Value::Instant),
            Builder::Time(all) => each(all, Value::Time),
            Builder::Span(all) => each(all, Value::Span),
            Builder::Nested(all) => all
                .into_iter()
                .map(|any| Value::Nested(any).text().filter(|t| t != "null"))
                .collect(),
        }
    }

    /// The finished column.
    pub(crate) fn finish(self, name: &str) -> PolarsResult<Column> {
        let name = name.into();
        let moment = |zone| {
            let zone = polars::prelude::TimeZone::opt_try_new(zone)?;
            Ok::<_, polars::prelude::PolarsError>(DataType::Datetime(TimeUnit::Microseconds, zone))
        };
        let series = match self {
            Builder::Nulls(n) => Series::new_null(name, n),
            Builder::Bool(all) => Series::new(name, all),
            Builder::Int(all) => Series::new(name, all),
            Builder::Float(all) => Series::new(name, all),
            Builder::Text(all) => Series::new(name, all),
            Builder::Bytes(all) => {
                polars::prelude::BinaryChunked::from_iter_options(name, all.into_iter()).into()
            }
            Builder::Date(all) => Series::new(name, all).cast(&DataType::Date)?,
            Builder::Moment(all) => Series::new(name, all).cast(&moment(None::<&str>)?)?,
            Builder::Instant(all) => Series::new(name, all).cast(&moment(Some("UTC"))?)?,
            Builder::Time(all) => Series::new(name, all).cast(&DataType::Time)?,
            Builder::Span(all) => {
                Series::new(name, all).cast(&DataType::Duration(TimeUnit::Microseconds))?
            }
            Builder::Nested(all) => Series::from_any_values(name, &all, false)?,
        };
        Ok(series.into_column())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dtype(values: &[Value]) -> String {
        let mut builder = Builder::new();
        for value in values {
            builder.push(value.clone());
        }
        let column = builder.finish("x").unwrap();
        assert_eq!(column.len(), values.len());
        column.dtype().to_string()
    }

    #[test]
    fn types_widen_as_far_as_they_must() {
        use Value::{Bool, Date, Float, Int, Moment, Null, Text};
        let text = || Text("x".to_owned());
        assert_eq!(dtype(&[Null, Null]), "null");
        assert_eq!(dtype(&[Null, Int(1), Null]), "i64");
        assert_eq!(dtype(&[Int(1), Float(0.5), Int(2)]), "f64");
        assert_eq!(dtype(&[Date(1), Moment(5)]), "datetime[μs]");
        assert_eq!(dtype(&[Int(1), text()]), "str");
        assert_eq!(dtype(&[Bool(true), Int(1)]), "str");
        assert_eq!(dtype(&[Value::Instant(1), Null]), "datetime[μs, UTC]");
    }

    #[test]
    fn what_becomes_text_keeps_its_words() {
        let mut builder = Builder::new();
        for value in [
            Value::Date(0),
            Value::Null,
            Value::Float(0.5),
            Value::Bool(true),
        ] {
            builder.push(value);
        }
        let column = builder.finish("x").unwrap();
        let texts: Vec<Option<&str>> = column.str().unwrap().iter().collect();
        assert_eq!(texts, [Some("1970-01-01"), None, Some("0.5"), Some("true")]);
    }
}
