//! What is measured of one column.

use ferrite_frame::{FrameError, convert};
use polars::prelude::{AnyValue, Column, DataType};

use crate::histogram::Histogram;
use crate::numbers::{Numbers, runs};
use crate::texts::Texts;

/// How many of the most frequent values are kept.
const TOP: usize = 10;

/// What a column is to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Integers, floats, decimals.
    Number,
    /// True and false.
    Boolean,
    /// Text and categories.
    Text,
    /// Dates, times, moments and durations.
    Time,
    /// Lists, structs, bytes: only what is missing is counted.
    Nested,
    /// Nothing but nulls.
    Empty,
}

/// What was measured of a column.
#[derive(Clone, Debug)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type, as polars abbreviates it.
    pub dtype: String,
    /// What it is to a person.
    pub kind: Kind,
    /// How many values there are, missing ones included.
    pub len: usize,
    /// How many are null.
    pub nulls: usize,
    /// How many are NaN.
    pub nans: usize,
    /// How many different values there are, missing ones left out; `None` for
    /// types that cannot be compared.
    pub distinct: Option<usize>,
    /// The most frequent values, at most ten, with how often each occurs.
    pub top: Vec<(String, usize)>,
    /// The figures of numbers and times.
    pub numbers: Option<Numbers>,
    /// The figures of text.
    pub texts: Option<Texts>,
    /// How numbers and times are spread.
    pub histogram: Option<Histogram>,
    /// For times: the first and the last, as text.
    pub range: Option<(String, String)>,
    /// Whether numbers are whole.
    pub whole: bool,
    /// The type itself.
    pub(crate) polars_type: DataType,
}

impl ColumnProfile {
    /// How many values are there.
    ///
    /// ```
    /// use ferrite_frame::datasets;
    /// use ferrite_profile::FrameProfile;
    ///
    /// let profile = datasets::cars()?.profile()?;
    /// let power = profile.column("horsepower").ok_or("no such column")?;
    /// assert_eq!((power.present(), power.missing()), (392, 6));
    /// assert!(power.missing_share() < 0.02);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn present(&self) -> usize {
        self.len - self.missing()
    }

    /// How many values are null or NaN.
    pub fn missing(&self) -> usize {
        self.nulls + self.nans
    }

    /// The share of values that is missing.
    pub fn missing_share(&self) -> f64 {
        self.missing() as f64 / self.len.max(1) as f64
    }

    pub(crate) fn of(column: &Column) -> Result<Self, FrameError> {
        let dtype = column.dtype();
        let nulls = column.null_count();
        let kind = kind_of(column);
        let mut profile = Self {
            name: column.name().to_string(),
            dtype: dtype.to_string(),
            kind,
            len: column.len(),
            nulls,
            nans: 0,
            distinct: None,
            top: Vec::new(),
            numbers: None,
            texts: None,
            histogram: None,
            range: None,
            whole: false,
            polars_type: dtype.clone(),
        };
        match kind {
            Kind::Empty => profile.distinct = Some(0),
            Kind::Nested => {}
            Kind::Boolean => profile.booleans(column)?,
            Kind::Text => profile.text(column)?,
            Kind::Number if dtype.is_integer() && fits_i64(dtype) => profile.integers(column)?,
            Kind::Number => profile.floats(column)?,
            Kind::Time => profile.times(column)?,
        }
        Ok(profile)
    }

    fn booleans(&mut self, column: &Column) -> Result<(), FrameError> {
        let yes = column.bool()?.sum().unwrap_or_default() as usize;
        let mut top = vec![
            ("true".to_owned(), yes),
            ("false".to_owned(), self.present() - yes),
        ];
        top.retain(|(_, count)| *count > 0);
        top.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        self.distinct = Some(top.len());
        self.top = top;
        Ok(())
    }

    fn text(&mut self, column: &Column) -> Result<(), FrameError> {
        let text = column.cast(&DataType::String)?;
        let (texts, top, distinct) = Texts::of(text.str()?, TOP);
        self.texts = column.dtype().is_string().then_some(texts);
        self.top = top;
        self.distinct = Some(distinct);
        Ok(())
    }

    fn integers(&mut self, column: &Column) -> Result<(), FrameError> {
        let sorted = sorted_integers(column)?;
        let (top, distinct) = runs(&sorted, TOP);
        self.top = top.into_iter().map(|(v, n)| (v.to_string(), n)).collect();
        self.distinct = Some(distinct);
        self.whole = true;
        self.spread(&floats_of(&sorted));
        Ok(())
    }

    fn floats(&mut self, column: &Column) -> Result<(), FrameError> {
        let mut values = convert::to_f64(column)?;
        values.retain(|value| !value.is_nan());
        self.nans = self.len - self.nulls - values.len();
        values.sort_unstable_by(f64::total_cmp);
        let (top, distinct) = runs(&values, TOP);
        self.top = top.into_iter().map(|(v, n)| (written(v), n)).collect();
        self.distinct = Some(distinct);
        self.whole = !values.is_empty() && values.iter().all(|v| v.fract() == 0.0);
        self.spread(&values);
        Ok(())
    }

    fn times(&mut self, column: &Column) -> Result<(), FrameError> {
        let physical = column.to_physical_repr();
        let sorted = sorted_integers(&physical)?;
        let (top, distinct) = runs(&sorted, TOP);
        let text = |ticks: i64| time_text(column.dtype(), ticks);
        self.top = top.into_iter().map(|(v, n)| (text(v), n)).collect();
        self.distinct = Some(distinct);
        self.range = match (sorted.first(), sorted.last()) {
            (Some(first), Some(last)) => Some((text(*first), text(*last))),
            _ => None,
        };
        self.spread(&floats_of(&sorted));
        Ok(())
    }

    /// The figures and the histogram of sorted values.
    fn spread(&mut self, sorted: &[f64]) {
        self.numbers = Numbers::of(sorted);
        let start = sorted.partition_point(|value| *value == f64::NEG_INFINITY);
        let end = sorted.partition_point(|value| *value < f64::INFINITY);
        if start < end {
            let whole = self.kind == Kind::Number && self.whole;
            self.histogram = Histogram::of(&sorted[start..end], whole);
        }
    }
}

fn kind_of(column: &Column) -> Kind {
    match column.dtype() {
        DataType::Null => Kind::Empty,
        _ if column.null_count() == column.len() => Kind::Empty,
        DataType::Boolean => Kind::Boolean,
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => Kind::Text,
        dtype if dtype.is_numeric() => Kind::Number,
        dtype if dtype.is_temporal() => Kind::Time,
        _ => Kind::Nested,
    }
}

fn fits_i64(dtype: &DataType) -> bool {
    !matches!(
        dtype,
        DataType::UInt64 | DataType::Int128 | DataType::UInt128
    )
}

fn sorted_integers(column: &Column) -> Result<Vec<i64>, FrameError> {
    let wide = column.cast(&DataType::Int64)?;
    let wide = wide.i64()?;
    let mut values: Vec<i64> = match wide.cont_slice() {
        Ok(values) => values.to_vec(),
        Err(_) => wide.iter().flatten().collect(),
    };
    values.sort_unstable();
    Ok(values)
}

fn floats_of(sorted: &[i64]) -> Vec<f64> {
    sorted.iter().map(|value| *value as f64).collect()
}

fn written(value: f64) -> String {
    ferrite_frame::render::number::short(value)
}

/// A place between the first and the last time of a column as text.
pub(crate) fn time_text_of(column: &ColumnProfile, ticks: f64) -> String {
    time_text(&column.polars_type, ticks.round() as i64)
}

/// A tick of a type of dates or times as text.
fn time_text(dtype: &DataType, ticks: i64) -> String {
    let any = match dtype {
        DataType::Date => AnyValue::Date(ticks as i32),
        DataType::Datetime(unit, _) => AnyValue::Datetime(ticks, *unit, None),
        DataType::Duration(unit) => AnyValue::Duration(ticks, *unit),
        DataType::Time => AnyValue::Time(ticks),
        _ => AnyValue::Int64(ticks),
    };
    convert::text_of(&any)
}
