//! Dates as numbers that a model can use: the year, the month, the hour.

use polars::prelude::{Column, DataFrame, DataType, IntoLazy, col};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::{ParamValue, choices, params};
use crate::persist::{Loader, Saved};

const NAME: &str = "DateParts";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedDateParts>(NAME, 1);

/// A number that a date has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatePart {
    /// The year of the calendar.
    Year,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// The ISO week, 1 to 53.
    Week,
    /// The day of the month, 1 to 31.
    Day,
    /// Monday is 1, Sunday is 7.
    Weekday,
    /// 1 to 366.
    OrdinalDay,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59.
    Second,
}

choices!(DatePart {
    "year" => Year,
    "quarter" => Quarter,
    "month" => Month,
    "week" => Week,
    "day" => Day,
    "weekday" => Weekday,
    "ordinal_day" => OrdinalDay,
    "hour" => Hour,
    "minute" => Minute,
    "second" => Second,
});

impl DatePart {
    /// Where a part begins and how many values it has until it begins again;
    /// `None` for the year, which never does.
    fn cycle(self) -> Option<(f64, f64)> {
        match self {
            Self::Year => None,
            Self::Quarter => Some((1.0, 4.0)),
            Self::Month => Some((1.0, 12.0)),
            Self::Week => Some((1.0, 53.0)),
            Self::Day => Some((1.0, 31.0)),
            Self::Weekday => Some((1.0, 7.0)),
            Self::OrdinalDay => Some((1.0, 366.0)),
            Self::Hour => Some((0.0, 24.0)),
            Self::Minute | Self::Second => Some((0.0, 60.0)),
        }
    }

    fn of_time(self) -> bool {
        matches!(self, Self::Hour | Self::Minute | Self::Second)
    }
}

/// Replaces each column of dates or times by columns of its parts, named
/// `column_part`. Missing dates give missing parts.
///
/// Unless parts are given, dates give year, month, day and weekday, and columns
/// with a time also the hour. With [`cyclic`](Self::cyclic) each part that
/// begins again becomes a point on a circle (`column_month_sin`,
/// `column_month_cos`), so that December is next to January.
///
/// ```
/// use ferrite_ml::{DateParts, MlError, Transformer};
/// use polars::prelude::*;
///
/// let dates = df!["day" => ["2024-02-29"]]?
///     .lazy()
///     .select([col("day").str().to_date(StrptimeOptions::default())])
///     .collect()?;
/// let parts = DateParts::new().fit_transform(&dates)?;
/// let expected = df!["day_year" => [2024.0], "day_month" => [2.0], "day_day" => [29.0], "day_weekday" => [4.0]]?;
/// assert!(parts.equals(&expected));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateParts {
    parts: Vec<DatePart>,
    cyclic: bool,
}

impl DateParts {
    /// The usual parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// These parts.
    pub fn parts(mut self, parts: impl IntoIterator<Item = DatePart>) -> Self {
        self.parts = parts.into_iter().collect();
        self
    }

    /// Whether parts that begin again become sine and cosine; false unless set.
    pub fn cyclic(mut self, cyclic: bool) -> Self {
        self.cyclic = cyclic;
        self
    }

    fn parts_of(&self, dtype: &DataType) -> Vec<DatePart> {
        use DatePart::{Day, Hour, Month, Weekday, Year};
        let chosen = match (self.parts.as_slice(), dtype) {
            ([], DataType::Time) => vec![Hour],
            ([], DataType::Date) => vec![Year, Month, Day, Weekday],
            ([], _) => vec![Year, Month, Day, Weekday, Hour],
            (parts, _) => parts.to_vec(),
        };
        let possible = |part: &DatePart| match dtype {
            DataType::Date => !part.of_time(),
            DataType::Time => part.of_time(),
            _ => true,
        };
        chosen.into_iter().filter(possible).collect()
    }
}

params!(DateParts, NAME, { parts: parts, cyclic: cyclic });

fn is_date(dtype: &DataType) -> bool {
    matches!(
        dtype,
        DataType::Date | DataType::Datetime(_, _) | DataType::Time
    )
}

impl Transformer for DateParts {
    fn diagram(&self) -> Diagram {
        let parts = ParamValue::from(self.parts.iter().map(DatePart::name).collect::<Vec<_>>());
        Diagram::new(NAME)
            .setting_if(!self.parts.is_empty(), parts.to_string())
            .setting_if(self.cyclic, "cyclic")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        let dates = frame.columns().iter().filter(|c| is_date(c.dtype()));
        let mut fitted = FittedDateParts {
            columns: dates
                .map(|c| (c.name().to_string(), self.parts_of(c.dtype())))
                .collect(),
            cyclic: self.cyclic,
            names: Vec::new(),
        };
        fitted.names = columns::names(&fitted.transform(&frame.head(Some(1)))?);
        Ok(Box::new(fitted))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedDateParts {
    columns: Vec<(String, Vec<DatePart>)>,
    cyclic: bool,
    names: Vec<String>,
}

/// One part of each date.
fn extract(column: &Column, part: DatePart) -> Result<Vec<Option<f64>>, MlError> {
    // Another name: polars reads names like `^a$` as patterns.
    let dates = column.clone().with_name("date".into());
    let dt = || col("date").dt();
    let number = match part {
        DatePart::Year => dt().year(),
        DatePart::Quarter => dt().quarter(),
        DatePart::Month => dt().month(),
        DatePart::Week => dt().week(),
        DatePart::Day => dt().day(),
        DatePart::Weekday => dt().weekday(),
        DatePart::OrdinalDay => dt().ordinal_day(),
        DatePart::Hour => dt().hour(),
        DatePart::Minute => dt().minute(),
        DatePart::Second => dt().second(),
    };
    let frame = DataFrame::new(column.len(), vec![dates])?;
    let numbers = frame
        .lazy()
        .select([number.cast(DataType::Float64).alias("part")])
        .collect()?;
    columns::numbers(&numbers, "part")
}

impl FittedTransformer for FittedDateParts {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for (name, _) in &self.columns {
            let found = columns::column(frame, name)?.dtype();
            if !is_date(found) {
                return Err(MlError::ColumnType {
                    column: name.clone(),
                    expected: "a date".to_owned(),
                    found: found.to_string(),
                });
            }
        }
        let mut all = Vec::with_capacity(self.names.len());
        for column in frame.columns() {
            let name = column.name().as_str();
            let Some((_, parts)) = self.columns.iter().find(|(own, _)| own == name) else {
                all.push(column.clone());
                continue;
            };
            for part in parts {
                let values = extract(column, *part)?;
                let output = format!("{name}_{}", part.name());
                match part.cycle().filter(|_| self.cyclic) {
                    None => all.push(Column::new(output.into(), values)),
                    Some((begin, length)) => {
                        let angle = |v: f64| (v - begin) / length * std::f64::consts::TAU;
                        let point = |of: fn(f64) -> f64| -> Vec<Option<f64>> {
                            values.iter().map(|v| v.map(|v| of(angle(v)))).collect()
                        };
                        let sine = point(f64::sin);
                        let cosine = point(f64::cos);
                        all.push(Column::new(format!("{output}_sin").into(), sine));
                        all.push(Column::new(format!("{output}_cos").into(), cosine));
                    }
                }
            }
        }
        columns::assemble(frame.height(), all)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
