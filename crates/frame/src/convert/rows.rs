//! Values of one's own types become frames, by what they serialise to.
//!
//! The serializer only takes values apart; what is compiled in a cell for a
//! type is its own `Serialize` and a few calls.

use polars::prelude::{AnyValue, DataFrame, NamedFrom, Series};
use serde::ser::{self, Serialize};

use crate::FrameError;
use crate::read::{Builder, Value};

/// Rows of a type of one's own as a frame: a column for each field. Fields that
/// are lists or structs become nested columns, maps become structs, enums their
/// names.
///
/// ```
/// use ferrite_frame::convert::from_rows;
///
/// #[derive(serde::Serialize)]
/// struct Person { name: &'static str, age: Option<u8> }
///
/// let frame = from_rows(&[Person { name: "Ada", age: Some(36) }, Person { name: "Bo", age: None }])?;
/// assert_eq!(frame.get_column_names(), ["name", "age"]);
/// assert_eq!(frame.column("age")?.null_count(), 1);
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When a value does not serialise to named fields.
pub fn from_rows<T: Serialize>(rows: &[T]) -> Result<DataFrame, FrameError> {
    let captured: Vec<Captured> = rows.iter().map(capture).collect();
    frame(captured)
}

/// A value taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Captured {
    Scalar(Value),
    List(Vec<Captured>),
    Fields(Vec<(String, Captured)>),
    /// What its `Serialize` said instead.
    Failed(String),
}

/// Takes a value apart.
pub(crate) fn capture<T: Serialize + ?Sized>(value: &T) -> Captured {
    value
        .serialize(Capture)
        .unwrap_or_else(|error| Captured::Failed(error.0))
}

/// A frame of rows that were taken apart.
pub(crate) fn frame(rows: Vec<Captured>) -> Result<DataFrame, FrameError> {
    let height = rows.len();
    let mut names: Vec<String> = Vec::new();
    let mut builders: Vec<Builder> = Vec::new();
    for (i, row) in rows.into_iter().enumerate() {
        let fields = match row {
            Captured::Fields(fields) => fields,
            Captured::Failed(why) => {
                return Err(FrameError::invalid(
                    format!("row {i} does not serialise: {why}"),
                    "what its Serialize returns is this error",
                ));
            }
            _ => {
                return Err(FrameError::invalid(
                    format!("row {i} has no named fields"),
                    "rows are structs or maps that implement serde's Serialize",
                ));
            }
        };
        for (name, value) in fields {
            let place = names.iter().position(|known| *known == name);
            let place = place.unwrap_or_else(|| {
                let mut late = Builder::new();
                (0..i).for_each(|_| late.push(Value::Null));
                names.push(name);
                builders.push(late);
                builders.len() - 1
            });
            builders[place].push(flat(value));
        }
        // Fields that this row does not have.
        for builder in builders.iter_mut().filter(|builder| builder.len() == i) {
            builder.push(Value::Null);
        }
    }
    let columns = builders
        .into_iter()
        .zip(&names)
        .map(|(builder, name)| builder.finish(name))
        .collect::<Result<_, _>>()?;
    Ok(DataFrame::new(height, columns)?)
}

/// The value as one of a column.
fn flat(value: Captured) -> Value {
    match value {
        Captured::Scalar(value) => value,
        Captured::Failed(why) => Value::Text(why),
        nested => Value::Nested(any(nested)),
    }
}

fn any(value: Captured) -> AnyValue<'static> {
    match value {
        Captured::Scalar(Value::Null) => AnyValue::Null,
        Captured::Scalar(Value::Bool(flag)) => AnyValue::Boolean(flag),
        Captured::Scalar(Value::Int(number)) => AnyValue::Int64(number),
        Captured::Scalar(Value::Float(number)) => AnyValue::Float64(number),
        Captured::Scalar(Value::Text(text)) => AnyValue::StringOwned(text.into()),
        Captured::Scalar(other) => AnyValue::StringOwned(format!("{other:?}").into()),
        Captured::Failed(why) => AnyValue::StringOwned(why.into()),
        Captured::List(items) => {
            let items: Vec<AnyValue> = items.into_iter().map(any).collect();
            let series = Series::from_any_values("".into(), &items, false);
            AnyValue::List(series.unwrap_or_else(|_| Series::new("".into(), texts(&items))))
        }
        Captured::Fields(fields) => {
            let (values, fields) = fields
                .into_iter()
                .map(|(name, value)| {
                    let value = any(value);
                    let dtype = value.dtype();
                    (value, polars::prelude::Field::new(name.into(), dtype))
                })
                .unzip();
            AnyValue::StructOwned(Box::new((values, fields)))
        }
    }
}

fn texts(items: &[AnyValue]) -> Vec<String> {
    items.iter().map(crate::value::exact).collect()
}

/// Why a value could not be taken apart.
#[derive(Debug)]
pub(crate) struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Refused(message.to_string())
    }
}

struct Capture;

type Done = Result<Captured, Refused>;

fn text(text: impl Into<String>) -> Done {
    Ok(Captured::Scalar(Value::Text(text.into())))
}

/// Whole numbers that do not fit become the nearest float.
fn whole(number: i128) -> Done {
    Ok(Captured::Scalar(match i64::try_from(number) {
        Ok(number) => Value::Int(number),
        Err(_) => Value::Float(number as f64),
    }))
}

macro_rules! whole_numbers {
    ($($method:ident: $number:ty),+) => {
        $(fn $method(self, number: $number) -> Done {
            whole(number.into())
        })+
    };
}

impl ser::Serializer for Capture {
    type Ok = Captured;
    type Error = Refused;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    whole_numbers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64
    );

    fn serialize_u128(self, number: u128) -> Done {
        i128::try_from(number).map_or(Ok(Captured::Scalar(Value::Float(number as f64))), whole)
    }

    fn serialize_bool(self, flag: bool) -> Done {
        Ok(Captured::Scalar(Value::Bool(flag)))
    }

    fn serialize_f32(self, number: f32) -> Done {
        Ok(Captured::Scalar(Value::Float(number.into())))
    }

    fn serialize_f64(self, number: f64) -> Done {
        Ok(Captured::Scalar(Value::Float(number)))
    }

    fn serialize_char(self, letter: char) -> Done {
        text(letter)
    }

    fn serialize_str(self, words: &str) -> Done {
        text(words)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        Ok(Captured::Scalar(Value::Bytes(bytes.to_vec())))
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(Captured::Scalar(Value::Null))
    }

    fn serialize_unit_struct(self, name: &'static str) -> Done {
        text(name)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        Ok(Captured::Fields(vec![(
            variant.to_owned(),
            value.serialize(self)?,
        )]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Refused> {
        Ok(Items::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, Refused> {
        Ok(Items::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Refused> {
        Ok(Items::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Refused> {
        Ok(Items {
            variant: Some(variant),
            items: Vec::new(),
        })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Refused> {
        Ok(Fields::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Refused> {
        Ok(Fields::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, Refused> {
        Ok(Fields {
            variant: Some(variant),
            ..Fields::default()
        })
    }
}

/// The items of a list, one after the other.
#[derive(Default)]
struct Items {
    variant: Option<&'static str>,
    items: Vec<Captured>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.items.push(value.serialize(Capture)?);
        Ok(())
    }

    fn done(self) -> Done {
        let list = Captured::List(self.items);
        Ok(match self.variant {
            Some(name) => Captured::Fields(vec![(name.to_owned(), list)]),
            None => list,
        })
    }
}

/// The fields of a struct or the entries of a map.
#[derive(Default)]
struct Fields {
    variant: Option<&'static str>,
    key: Option<String>,
    fields: Vec<(String, Captured)>,
}

impl Fields {
    fn done(self) -> Done {
        let fields = Captured::Fields(self.fields);
        Ok(match self.variant {
            Some(name) => Captured::Fields(vec![(name.to_owned(), fields)]),
            None => fields,
        })
    }
}

macro_rules! sequences {
    ($($kind:ident: $method:ident),+) => {
        $(impl ser::$kind for Items {
            type Ok = Captured;
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
                self.push(value)
            }

            fn end(self) -> Done {
                self.done()
            }
        })+
    };
}

sequences!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! structs {
    ($($kind:ident),+) => {
        $(impl ser::$kind for Fields {
            type Ok = Captured;
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Refused> {
                self.fields.push((name.to_owned(), value.serialize(Capture)?));
                Ok(())
            }

            fn end(self) -> Done {
                self.done()
            }
        })+
    };
}

structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Fields {
    type Ok = Captured;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.key = Some(match key.serialize(Capture)? {
            Captured::Scalar(Value::Text(text)) => text,
            other => crate::value::exact(&any(other)),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let key = self.key.take().unwrap_or_default();
        self.fields.push((key, value.serialize(Capture)?));
        Ok(())
    }

    fn end(self) -> Done {
        self.done()
    }
}
