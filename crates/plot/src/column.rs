//! Columns of a frame as what a chart draws: numbers, times or names, row by
//! row, with `None` wherever there is nothing that has a place on an axis.

use std::collections::HashMap;

use ferrite_frame::{FrameExt, convert};
use polars::prelude::{DataFrame, DataType, TimeUnit};

use crate::axis::Scale;
use crate::error::ChartError;

/// Beyond this, sums of squares leave the range of floating-point numbers.
const LARGEST: f64 = 1e150;
/// Below this, a number has no place on a logarithmic axis: with the air around
/// it, it would be zero.
const SMALLEST: f64 = 1e-150;

/// A column that has been read.
pub(crate) enum Values {
    Numbers(Vec<Option<f64>>),
    /// Seconds since 1970.
    Times(Vec<Option<f64>>),
    Names(Vec<Option<String>>),
}

/// A column as what its type suggests.
pub(crate) fn read(frame: &DataFrame, name: &str) -> Result<Values, ChartError> {
    let dtype = frame.require(name)?.dtype();
    if convert::is_numeric(dtype) || dtype.is_null() {
        return Ok(Values::Numbers(drawable(convert::column_f64(frame, name)?)));
    }
    match per_second(dtype) {
        Some((per_second, true)) => Ok(Values::Times(physical(frame, name, per_second)?)),
        Some((per_second, false)) => Ok(Values::Numbers(physical(frame, name, per_second)?)),
        None => Ok(Values::Names(names(frame, name)?)),
    }
}

/// A column of numbers, for a `role` such as "the y axis".
pub(crate) fn numbers(
    frame: &DataFrame,
    name: &str,
    role: &str,
    hint: &str,
) -> Result<Vec<Option<f64>>, ChartError> {
    let dtype = frame.require(name)?.dtype();
    if dtype.is_bool() {
        return Ok(drawable(convert::column_f64(frame, name)?));
    }
    match read(frame, name)? {
        Values::Numbers(numbers) => Ok(numbers),
        Values::Times(_) | Values::Names(_) => Err(ChartError::NotNumeric {
            role: role.to_owned(),
            column: name.to_owned(),
            dtype: dtype.to_string(),
            hint: hint.to_owned(),
        }),
    }
}

/// Whether a column has names rather than numbers or times.
pub(crate) fn is_named(frame: &DataFrame, name: &str) -> Result<bool, ChartError> {
    let dtype = frame.require(name)?.dtype();
    Ok(!convert::is_numeric(dtype) && !dtype.is_null() && per_second(dtype).is_none())
}

/// Whether a column has names that say what they are, or dates.
pub(crate) fn is_text(frame: &DataFrame, name: &str) -> Result<bool, ChartError> {
    let dtype = frame.require(name)?.dtype();
    Ok(!convert::is_numeric(dtype) && !dtype.is_bool())
}

/// A column as names of categories.
pub(crate) fn names(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>, ChartError> {
    let names = texts(frame, name)?;
    Ok(names
        .into_iter()
        .map(|name| name.map(|name| shown(&name)))
        .collect())
}

/// A column as texts; floats that are whole numbers, all of them, as such.
fn texts(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>, ChartError> {
    const EXACT: f64 = 9e15;
    let texts = convert::column_strings(frame, name)?;
    if !frame.require(name)?.dtype().is_float() {
        return Ok(texts);
    }
    let numbers = convert::column_f64(frame, name)?;
    let whole = |number: &f64| number.fract() == 0.0 && number.abs() < EXACT;
    Ok(match numbers.iter().flatten().all(whole) {
        true => numbers
            .iter()
            .map(|number| number.map(|number| format!("{:.0}", number + 0.0)))
            .collect(),
        false => texts,
    })
}

/// The distinct names of a column, and which one each row has.
pub(crate) struct Coded {
    /// In order of appearance.
    pub names: Vec<String>,
    pub of_row: Vec<Option<usize>>,
}

/// A column as names of categories, without a copy of every row's name: frames
/// may have millions.
pub(crate) fn coded(frame: &DataFrame, name: &str) -> Result<Coded, ChartError> {
    let mut codes = Codes::default();
    let of_row = match frame.require(name)?.str() {
        Ok(texts) => texts.iter().map(|text| Some(codes.of(text?))).collect(),
        Err(_) => {
            let texts = texts(frame, name)?;
            let code = |text: &Option<String>| Some(codes.of(text.as_deref()?));
            texts.iter().map(code).collect()
        }
    };
    let names = codes.names;
    Ok(Coded { names, of_row })
}

/// Names as they are met.
#[derive(Default)]
struct Codes {
    of_text: HashMap<String, usize>,
    /// Different texts may look the same.
    of_name: HashMap<String, usize>,
    names: Vec<String>,
}

impl Codes {
    fn of(&mut self, text: &str) -> usize {
        if let Some(code) = self.of_text.get(text) {
            return *code;
        }
        let name = shown(text);
        let code = *self.of_name.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            self.names.len() - 1
        });
        self.of_text.insert(text.to_owned(), code);
        code
    }
}

/// The title of an axis: the column's name, with the unit that it was given.
pub(crate) fn title(frame: &DataFrame, name: &str) -> String {
    match frame.column(name).map(|column| column.dtype()) {
        Ok(DataType::Duration(_)) => format!("{name} (seconds)"),
        _ => name.to_owned(),
    }
}

/// The scale of numbers or times, logarithmic if asked for.
pub(crate) fn scale(time: bool, log: bool, option: &'static str) -> Result<Scale, ChartError> {
    match (time, log) {
        (true, true) => Err(ChartError::Unsupported {
            option,
            chart: "chart over time",
            hint: "",
        }),
        (true, false) => Ok(Scale::Time),
        (false, true) => Ok(Scale::Log),
        (false, false) => Ok(Scale::Linear),
    }
}

/// Whether a number has a place on an axis of this scale.
pub(crate) fn has_place(value: f64, scale: Scale) -> bool {
    scale != Scale::Log || value >= SMALLEST
}

/// How many units of a temporal type are a second, and whether it counts
/// from 1970.
fn per_second(dtype: &DataType) -> Option<(f64, bool)> {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Nanoseconds => 1e9,
        TimeUnit::Microseconds => 1e6,
        TimeUnit::Milliseconds => 1e3,
    };
    match dtype {
        DataType::Date => Some((1.0 / 86_400.0, true)),
        DataType::Datetime(of, _) => Some((unit(of), true)),
        DataType::Duration(of) => Some((unit(of), false)),
        _ => None,
    }
}

fn physical(
    frame: &DataFrame,
    name: &str,
    per_second: f64,
) -> Result<Vec<Option<f64>>, ChartError> {
    let numbers = frame
        .require(name)?
        .to_physical_repr()
        .cast(&DataType::Float64)?;
    Ok(numbers
        .f64()?
        .iter()
        .map(|value| value.map(|value| value / per_second))
        .collect())
}

fn drawable(values: Vec<Option<f64>>) -> Vec<Option<f64>> {
    let sound = |value: &f64| value.is_finite() && value.abs() <= LARGEST;
    values
        .into_iter()
        .map(|value| value.filter(sound))
        .collect()
}

/// A name that can be seen.
pub(crate) fn shown(name: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        "(empty)".to_owned()
    } else {
        name.replace(['\n', '\r', '\t'], " ")
    }
}
