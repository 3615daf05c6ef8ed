//! Feature importances: the most important ones as lying bars.

use polars::prelude::DataFrame;

use super::table::Errors;
use super::{counted, empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::palette::{EDGE, FIRST, OTHER};
use crate::plot::{Bar, Label, Layer, Legend, Plot, Side, Stroke};
use crate::request::Options;
use crate::ticks::alike;

/// More features than this are a list, not a picture.
pub(crate) const MOST: usize = 30;

/// A bar for each feature, the most important one at the top.
pub(crate) fn importance(
    frame: &DataFrame,
    feature: &str,
    value: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let names = column::names(frame, feature)?;
    let values = column::numbers(frame, value, "an importance", "")?;
    let errors = match options.error_bars.as_deref() {
        Some(column) => column::numbers(frame, column, "error bars", "")?,
        None => vec![None; frame.height()],
    };
    let mut rows: Vec<(String, f64, f64)> = names
        .into_iter()
        .zip(values)
        .zip(errors)
        .filter_map(|((name, value), error)| Some((name?, value?, error.unwrap_or(0.0).abs())))
        .collect();
    let mut notes: Vec<String> = missing_note(frame.height() - rows.len())
        .into_iter()
        .collect();
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    if rows.len() > MOST {
        notes.push(format!(
            "the {MOST} largest of {} features are drawn",
            rows.len()
        ));
        rows.truncate(MOST);
    }
    notes.extend(Errors::asked(options.error_bars.as_deref()).note("error bars"));
    let number = alike(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
    let ends = rows
        .iter()
        .flat_map(|(_, value, error)| [value - error, value + error]);
    let x = Axis::from_zero(value, ends, Scale::Linear);
    let (mut bars, mut labels, mut whiskers) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (name, value, error)) in rows.iter().enumerate() {
        let place = place as f64;
        bars.push(Bar {
            x: (place - 0.38, place + 0.38),
            y: (0.0, *value),
            color: if *value < 0.0 { OTHER } else { FIRST },
            tip: format!("{name}: {}", number(*value)),
        });
        if *error > 0.0 {
            whiskers.push([(place, value - error), (place, value + error)]);
        }
        labels.push(Label {
            x: place,
            y: if *value < 0.0 {
                value - error
            } else {
                value + error
            },
            text: number(*value),
            side: if *value < 0.0 {
                Side::Below
            } else {
                Side::Above
            },
        });
    }
    let drawn = counted(bars.len(), "feature");
    let names = rows.into_iter().map(|row| row.0).collect();
    let plot = Plot {
        x: Axis::of_categories("", names),
        y: x,
        layers: vec![
            Layer::Bars {
                bars,
                opacity: 1.0,
                gap: 1.0,
            },
            Layer::Segments {
                segments: whiskers,
                color: EDGE,
                width: 1.4,
                style: Stroke::Plain,
            },
            Layer::Labels {
                labels,
                room: Some(0.9),
            },
        ],
        legend: Legend::None,
        notes,
        drawn,
    };
    Ok(plot.turned())
}
