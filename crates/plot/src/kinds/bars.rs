//! Bar charts: a value, or a number of rows, for each category.

use polars::prelude::DataFrame;

use super::table::{Row, Table};
use super::{counted, empty, log_note, missing_note};
use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::groups::Groups;
use crate::plot::{Bar, Label, Layer, Legend, Plot};
use crate::request::Options;
use crate::ticks::{alike, significant};

/// The share of its place that a category's bars fill.
const FILL: f64 = 0.78;

/// The value of each category; the mean where it has several rows.
pub(crate) fn bar(
    frame: &DataFrame,
    category: &str,
    value: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let categories = column::names(frame, category)?;
    let hint = "; chart::count draws how often each value occurs";
    let values = column::numbers(frame, value, "the height of bars", hint)?;
    let scale = column::scale(false, options.log_y, "log_y")?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let mut rows: Vec<Row> = Vec::new();
    let mut not_positive = 0;
    for ((category, value), group) in categories.into_iter().zip(values).zip(&groups.of_row) {
        let (Some(category), Some(value)) = (category, value) else {
            continue;
        };
        if column::has_place(value, scale) {
            rows.push((category, *group, value));
        } else {
            not_positive += 1;
        }
    }
    let missing = frame.height() - rows.len() - not_positive;
    let mut notes: Vec<String> = [missing_note(missing), log_note(not_positive)]
        .into_iter()
        .flatten()
        .collect();
    let (table, several) = Table::means(&rows, groups.len());
    if several {
        notes.push("bars are means of several rows".to_owned());
    }
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let titles = (column::title(frame, category), column::title(frame, value));
    plot(table, titles, &groups, notes, category, options)
}

/// How many rows have each value of a column.
pub(crate) fn count(frame: &DataFrame, name: &str, options: &Options) -> Result<Plot, ChartError> {
    let names = column::names(frame, name)?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let rows: Vec<Row> = names
        .into_iter()
        .zip(&groups.of_row)
        .filter_map(|(name, group)| Some((name?, *group, 1.0)))
        .collect();
    let notes: Vec<String> = missing_note(frame.height() - rows.len())
        .into_iter()
        .collect();
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    plot(
        Table::counts(&rows, groups.len()),
        (name.to_owned(), "count".to_owned()),
        &groups,
        notes,
        name,
        options,
    )
}

fn plot(
    mut table: Table,
    (x_title, y_title): (String, String),
    groups: &Groups,
    mut notes: Vec<String>,
    category: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    notes.extend(table.cap());
    let values = || table.values.iter().flatten().flatten().copied();
    let scale = column::scale(false, options.log_y, "log_y")?;
    let y = Axis::from_zero(&y_title, values(), scale);
    // On a logarithmic axis there is no zero; the axis clips to its start.
    let base = if options.log_y {
        f64::MIN_POSITIVE
    } else {
        0.0
    };
    // Side by side, unless no category has more than one bar.
    let side_by_side = table
        .values
        .iter()
        .any(|values| values.iter().flatten().count() > 1);
    let used: Vec<usize> = (0..groups.len())
        .filter(|group| table.values.iter().any(|values| values[*group].is_some()))
        .collect();
    let width = if side_by_side {
        FILL / used.len().max(1) as f64
    } else {
        FILL
    };
    let (mut bars, mut labels) = (Vec::new(), Vec::new());
    let number = alike(&values().collect::<Vec<_>>());
    let text = |value| {
        if options.log_y {
            significant(value, 3)
        } else {
            number(value)
        }
    };
    for (place, (name, values)) in table.categories.iter().zip(&table.values).enumerate() {
        let present: Vec<(usize, f64)> = values
            .iter()
            .enumerate()
            .filter_map(|(group, value)| Some((group, (*value)?)))
            .collect();
        let start = place as f64 - width * present.len() as f64 / 2.0;
        for (slot, (group, value)) in present.into_iter().enumerate() {
            let left = start + slot as f64 * width;
            let text = text(value);
            let tip = match groups.labels[group].as_str() {
                "" => format!("{name}: {text}"),
                label => format!("{name}, {label}: {text}"),
            };
            let color = groups.colors[group];
            bars.push(Bar {
                x: (left, left + width),
                y: (base, value),
                color,
                tip,
            });
            labels.push(Label {
                x: left + width / 2.0,
                y: value,
                text,
                below: value < 0.0,
            });
        }
    }
    let legend = if options.color.as_deref() == Some(category) {
        // The axis already names them.
        Legend::None
    } else {
        groups.legend(|group| used.contains(&group))
    };
    let drawn = counted(bars.len(), "bar");
    let opacity = options.alpha.unwrap_or(1.0);
    let layers = vec![
        Layer::Bars {
            bars,
            opacity,
            gap: 1.0,
        },
        Layer::Labels {
            labels,
            room: width,
        },
    ];
    let x = Axis::of_categories(&x_title, table.categories);
    Ok(Plot {
        x,
        y,
        layers,
        legend,
        notes,
        drawn,
    })
}
