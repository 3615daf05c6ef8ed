//! Bar charts: a value, or a number of rows, for each category.

use polars::prelude::DataFrame;

use super::table::{Errors, Row, Table, half_lengths};
use super::{counted, empty, log_note, missing_note};
use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::EDGE;
use crate::plot::{Bar, Label, Layer, Legend, Plot, Side, Stroke};
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
    let errors = Errors::asked(options.error_bars.as_deref());
    let halves = match &errors {
        Errors::Column(column) => half_lengths(frame, column)?,
        _ => vec![None; frame.height()],
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut not_positive = 0;
    for (index, (category, value)) in categories.into_iter().zip(values).enumerate() {
        let (Some(category), Some(value)) = (category, value) else {
            continue;
        };
        if column::has_place(value, scale) {
            rows.push(Row {
                category,
                group: groups.of_row[index],
                value,
                error: halves[index].unwrap_or(f64::NAN).abs(),
                drawn: options.draws(index),
            });
        } else {
            not_positive += 1;
        }
    }
    let missing = frame.height() - rows.len() - not_positive;
    let mut notes: Vec<String> = [missing_note(missing), log_note(not_positive)]
        .into_iter()
        .flatten()
        .collect();
    let (mut all, several) = Table::means(&rows, groups.len(), &errors);
    match errors.note("error bars") {
        Some(note) => notes.push(note),
        None if several => notes.push("bars are means of several rows".to_owned()),
        None => {}
    }
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    notes.extend(all.cap());
    rows.retain(|row| row.drawn);
    let table = Table::means(&rows, groups.len(), &errors)
        .0
        .aligned(&all, groups.len());
    let titles = (column::title(frame, category), column::title(frame, value));
    plot(&table, titles, &groups, notes, category, options)
}

/// How many rows have each value of a column.
pub(crate) fn count(frame: &DataFrame, name: &str, options: &Options) -> Result<Plot, ChartError> {
    let names = column::names(frame, name)?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let row = |(index, name): (usize, Option<String>)| {
        Some(Row {
            category: name?,
            group: groups.of_row[index],
            value: 1.0,
            error: f64::NAN,
            drawn: options.draws(index),
        })
    };
    let mut rows: Vec<Row> = names.into_iter().enumerate().filter_map(row).collect();
    let mut notes: Vec<String> = missing_note(frame.height() - rows.len())
        .into_iter()
        .collect();
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let mut all = Table::counts(&rows, groups.len());
    notes.extend(all.cap());
    rows.retain(|row| row.drawn);
    let table = Table::counts(&rows, groups.len()).aligned(&all, groups.len());
    let titles = (name.to_owned(), "count".to_owned());
    plot(&table, titles, &groups, notes, name, options)
}

/// One bar: where it stands, and from where to where it goes.
struct Placed {
    category: usize,
    group: usize,
    across: (f64, f64),
    along: (f64, f64),
    half: f64,
}

fn plot(
    table: &Table,
    (x_title, y_title): (String, String),
    groups: &Groups,
    notes: Vec<String>,
    category: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let scale = column::scale(false, options.log_y, "log_y")?;
    let used: Vec<usize> = (0..groups.len())
        .filter(|group| table.values.iter().any(|values| values[*group].is_some()))
        .collect();
    let (placed, width) = if options.stacked {
        (stacked(table), FILL)
    } else {
        // On a logarithmic axis there is no zero; the axis clips to its start.
        let base = if options.log_y {
            f64::MIN_POSITIVE
        } else {
            0.0
        };
        side_by_side(table, used.len(), base)
    };
    let ends = placed.iter().flat_map(|bar| {
        let reach = if bar.half.is_finite() { bar.half } else { 0.0 };
        let end = bar.along.1;
        [end, end - reach, end + reach].map(|end| {
            if options.log_y {
                end.max(bar.along.1 / 1e3)
            } else {
                end
            }
        })
    });
    let y = Axis::from_zero(&y_title, ends, scale);
    let number = alike(&placed.iter().map(|bar| bar.along.1).collect::<Vec<_>>());
    let text = |value| {
        if options.log_y {
            significant(value, 3)
        } else {
            number(value)
        }
    };
    let (mut bars, mut labels, mut whiskers) = (Vec::new(), Vec::new(), Vec::new());
    let mut seams = Vec::new();
    for bar in placed {
        let Placed {
            across,
            along,
            half,
            ..
        } = bar;
        let name = &table.categories[bar.category];
        let length = if options.stacked {
            along.1 - along.0
        } else {
            along.1
        };
        let mut text = text(length);
        let tip = match groups.labels[bar.group].as_str() {
            "" => format!("{name}: {text}"),
            label => format!("{name}, {label}: {text}"),
        };
        if options.stacked && along.0 != 0.0 {
            seams.push([(across.0, along.0), (across.1, along.0)]);
        }
        let middle = f64::midpoint(across.0, across.1);
        let reach = if half.is_finite() { half } else { 0.0 };
        let (low, high) = (along.1 - reach, along.1 + reach);
        if reach > 0.0 {
            let cap = 0.12 * (across.1 - across.0);
            whiskers.extend([
                [(middle, low), (middle, high)],
                [(middle - cap, low), (middle + cap, low)],
                [(middle - cap, high), (middle + cap, high)],
            ]);
            text = String::new();
        }
        bars.push(Bar {
            x: across,
            y: along,
            color: groups.colors[bar.group],
            tip,
        });
        let (y, side) = if along.1 < 0.0 {
            (low, Side::Below)
        } else {
            (high, Side::Above)
        };
        labels.push(Label {
            x: middle,
            y,
            text,
            side,
        });
    }
    let legend = if options.color.as_deref() == Some(category) {
        // The axis already names them.
        Legend::None
    } else {
        groups.legend(|group| used.contains(&group))
    };
    let drawn = counted(bars.len(), "bar");
    let opacity = options.alpha.unwrap_or(1.0);
    let mut layers = vec![Layer::Bars {
        bars,
        opacity,
        gap: 1.0,
    }];
    layers.extend(super::seams(seams));
    if !whiskers.is_empty() {
        layers.push(Layer::Segments {
            segments: whiskers,
            color: EDGE,
            width: 1.6,
            style: Stroke::Plain,
        });
    } else if !options.stacked {
        layers.push(Layer::Labels {
            labels,
            room: Some(width),
        });
    }
    let x = Axis::of_categories(&x_title, table.categories.clone());
    Ok(Plot {
        x,
        y,
        layers,
        legend,
        notes,
        drawn,
    })
}

/// Bars beside each other, unless no category has more than one, and the width
/// of each.
fn side_by_side(table: &Table, used: usize, base: f64) -> (Vec<Placed>, f64) {
    let several = table
        .values
        .iter()
        .any(|values| values.iter().flatten().count() > 1);
    let width = if several {
        FILL / used.max(1) as f64
    } else {
        FILL
    };
    let mut placed = Vec::new();
    for (category, values) in table.values.iter().enumerate() {
        let present = || {
            let values = values.iter().enumerate();
            values.filter_map(|(group, value)| Some((group, (*value)?)))
        };
        let start = category as f64 - width * present().count() as f64 / 2.0;
        placed.extend(present().enumerate().map(|(slot, (group, (value, half)))| {
            let left = start + slot as f64 * width;
            Placed {
                category,
                group,
                across: (left, left + width),
                along: (base, value),
                half,
            }
        }));
    }
    (placed, width)
}

/// Bars on top of each other: what is negative, downwards.
fn stacked(table: &Table) -> Vec<Placed> {
    let mut placed = Vec::new();
    for (category, values) in table.values.iter().enumerate() {
        let across = (category as f64 - FILL / 2.0, category as f64 + FILL / 2.0);
        let (mut above, mut below) = (0.0, 0.0);
        for (group, value) in values.iter().enumerate() {
            let Some((value, _)) = *value else { continue };
            let end = if value < 0.0 { &mut below } else { &mut above };
            let along = (*end, *end + value);
            *end = along.1;
            placed.push(Placed {
                category,
                group,
                across,
                along,
                half: f64::NAN,
            });
        }
    }
    placed
}
