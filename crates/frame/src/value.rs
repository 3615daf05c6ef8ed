//! One value of a frame as text.
//!
//! polars' own `Display` quotes strings, shortens numbers, and panics on
//! dates beyond the calendar that it computes with; a cell of a table and a
//! class label need none of that.

use std::fmt::Write;

use polars::prelude::{AnyValue, TimeUnit};

use crate::render::number;

/// Days from 1970 that can safely be written as a date: a little less than
/// what the calendar behind polars reaches, some 260,000 years either way.
pub(crate) const CALENDAR_DAYS: i64 = 90_000_000;
const DAY_SECONDS: i64 = 86_400;
/// Lists and structs are written until they are this long, in bytes: more
/// than a cell shows.
const BRIEF: usize = 300;

/// The value with all its digits and items; null is `null`.
pub(crate) fn exact(value: &AnyValue) -> String {
    let mut text = String::new();
    Writer {
        exact: true,
        out: &mut text,
    }
    .write(value, false);
    text
}

/// The value with the digits and items that a person looks at.
pub(crate) fn brief(value: &AnyValue) -> String {
    let mut text = String::new();
    Writer {
        exact: false,
        out: &mut text,
    }
    .write(value, false);
    text
}

/// Floats of any width as `f64`.
pub(crate) fn float(value: &AnyValue) -> Option<f64> {
    match value {
        AnyValue::Float64(number) => Some(*number),
        AnyValue::Float32(number) => Some(f64::from(*number)),
        AnyValue::Float16(_) => value.extract::<f64>(),
        _ => None,
    }
}

struct Writer<'o> {
    exact: bool,
    out: &'o mut String,
}

impl Writer<'_> {
    fn write(&mut self, value: &AnyValue, nested: bool) {
        if let Some(number) = float(value) {
            return self.float(value, number);
        }
        match value {
            AnyValue::List(series) => {
                self.items('[', ']', series.iter().map(|item| (None, item)));
            }
            AnyValue::Struct(_, _, fields) => {
                let names = fields.iter().map(|field| Some(field.name().as_str()));
                self.items('{', '}', names.zip(value._iter_struct_av()));
            }
            AnyValue::StructOwned(both) => {
                let names = both.1.iter().map(|field| Some(field.name().as_str()));
                self.items('{', '}', names.zip(both.0.iter().cloned()));
            }
            _ => self.scalar(value, nested),
        }
    }

    fn scalar(&mut self, value: &AnyValue, nested: bool) {
        match (value.get_str(), beyond_calendar(value)) {
            (Some(text), _) if nested => self.push(format_args!("{text:?}")),
            (Some(text), _) => self.out.push_str(text),
            (None, Some(raw)) => self.push(format_args!("{raw}")),
            (None, None) => match value {
                AnyValue::Datetime(ticks, unit, Some(zone)) if zone.to_chrono().is_err() => {
                    let plain = AnyValue::Datetime(*ticks, *unit, None);
                    self.push(format_args!("{plain} UTC"));
                }
                other => self.push(format_args!("{other}")),
            },
        }
    }

    fn float(&mut self, value: &AnyValue, number: f64) {
        match value {
            // The shortest digits of an f32 are not those of the f64.
            AnyValue::Float32(single) if self.exact => self.push(format_args!("{single:?}")),
            _ if self.exact => self.push(format_args!("{number:?}")),
            _ => self.out.push_str(&number::short(number)),
        }
    }

    fn items<'v>(
        &mut self,
        open: char,
        close: char,
        items: impl Iterator<Item = (Option<&'v str>, AnyValue<'v>)>,
    ) {
        self.out.push(open);
        for (i, (name, item)) in items.enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            if !self.exact && self.out.len() > BRIEF {
                self.out.push('…');
                break;
            }
            if let Some(name) = name {
                self.push(format_args!("{name}: "));
            }
            self.write(&item, true);
        }
        self.out.push(close);
    }

    fn push(&mut self, text: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(text);
    }
}

/// The bare number behind a date, time or moment that no calendar has.
fn beyond_calendar(value: &AnyValue) -> Option<i64> {
    let (raw, days) = match value {
        AnyValue::Date(days) => (i64::from(*days), i64::from(*days)),
        AnyValue::Datetime(ticks, unit, _) => (*ticks, days_of(*ticks, *unit)),
        AnyValue::DatetimeOwned(ticks, unit, _) => (*ticks, days_of(*ticks, *unit)),
        AnyValue::Time(ns) => {
            let inside = (0..DAY_SECONDS * 1_000_000_000).contains(ns);
            return (!inside).then_some(*ns);
        }
        _ => return None,
    };
    (days.abs() > CALENDAR_DAYS).then_some(raw)
}

fn days_of(ticks: i64, unit: TimeUnit) -> i64 {
    let per_second = match unit {
        TimeUnit::Nanoseconds => 1_000_000_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
    };
    ticks / per_second / DAY_SECONDS
}
