//! The kinds of chart: each makes a plot of the columns that it was given.

pub(crate) mod bars;
pub(crate) mod beeswarm;
pub(crate) mod boxes;
pub(crate) mod curves;
pub(crate) mod dendrogram;
pub(crate) mod density;
pub(crate) mod ecdf;
pub(crate) mod heat;
pub(crate) mod histogram;
pub(crate) mod importance;
pub(crate) mod lines;
pub(crate) mod matrix;
pub(crate) mod pairs;
pub(crate) mod points;
pub(crate) mod regions;
pub(crate) mod residuals;
pub(crate) mod scores;
pub(crate) mod silhouette;
mod table;

use crate::axis::Scale;
use crate::column::{self, Values};
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::BACK;
use crate::plot::{Layer, Stroke};
use crate::request::Options;
use polars::prelude::DataFrame;

/// "3 rows without a value are not drawn", if there are any.
pub(crate) fn missing_note(rows: usize) -> Option<String> {
    note(rows, "without a value", "not drawn")
}

/// The same for rows that have no place on a logarithmic axis.
fn log_note(rows: usize) -> Option<String> {
    note(
        rows,
        "with a value of zero or less",
        "not on the logarithmic axis",
    )
}

fn note(rows: usize, which: &str, fate: &str) -> Option<String> {
    match rows {
        0 => None,
        1 => Some(format!("1 row {which} is {fate}")),
        rows => Some(format!("{rows} rows {which} are {fate}")),
    }
}

/// "1 point", "2 points".
pub(crate) fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

/// The error for when no row is left.
pub(crate) fn empty(rows: usize, notes: &[String]) -> ChartError {
    let reason = match rows {
        0 => "the frame has no rows".to_owned(),
        _ => notes.join("; "),
    };
    ChartError::Empty { reason }
}

/// Lines in the colour of the page where the parts of a stack meet.
fn seams(segments: Vec<[(f64, f64); 2]>) -> Option<Layer> {
    (!segments.is_empty()).then_some(Layer::Segments {
        segments,
        color: BACK,
        width: 1.0,
        style: Stroke::Plain,
    })
}

/// One column of numbers or times, by groups: what every picture of a
/// distribution begins with.
struct Sample {
    /// Value and group of each row that has a value, whether it is drawn or
    /// not. On a logarithmic scale, the logarithms.
    rows: Vec<(f64, usize)>,
    /// Whether a row is drawn.
    drawn: Vec<bool>,
    groups: Groups,
    scale: Scale,
    notes: Vec<String>,
}

impl Sample {
    fn read(
        frame: &DataFrame,
        name: &str,
        role: &str,
        options: &Options,
    ) -> Result<Sample, ChartError> {
        let (values, time) = match column::read(frame, name)? {
            Values::Numbers(values) => (values, false),
            Values::Times(values) => (values, true),
            Values::Names(_) => {
                let hint = "; chart::count draws how often each value occurs";
                (column::numbers(frame, name, role, hint)?, false)
            }
        };
        let scale = column::scale(time, options.log_x, "log_x")?;
        let groups = Groups::read(frame, options.color.as_deref())?;
        let (mut rows, mut drawn) = (Vec::new(), Vec::new());
        let (mut missing, mut not_positive) = (0, 0);
        for (index, (value, group)) in values.iter().zip(&groups.of_row).enumerate() {
            match *value {
                None => missing += 1,
                Some(value) if !column::has_place(value, scale) => not_positive += 1,
                Some(value) => {
                    let value = if scale == Scale::Log {
                        value.log10()
                    } else {
                        value
                    };
                    rows.push((value, *group));
                    drawn.push(options.draws(index));
                }
            }
        }
        let notes: Vec<String> = [missing_note(missing), log_note(not_positive)]
            .into_iter()
            .flatten()
            .collect();
        if rows.is_empty() {
            return Err(empty(frame.height(), &notes));
        }
        Ok(Sample {
            rows,
            drawn,
            groups,
            scale,
            notes,
        })
    }

    /// The values that are drawn, of each group.
    fn by_group(&self) -> Vec<Vec<f64>> {
        let mut values = vec![Vec::new(); self.groups.len()];
        for ((value, group), _) in self
            .rows
            .iter()
            .zip(&self.drawn)
            .filter(|(_, drawn)| **drawn)
        {
            values[*group].push(*value);
        }
        values
    }

    /// A value as it stands on the axis.
    fn back(&self, value: f64) -> f64 {
        if self.scale == Scale::Log {
            10f64.powf(value)
        } else {
            value
        }
    }
}
