//! Box plots and violin plots: how values are distributed in each category.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::points::aside;
use super::{counted, empty, log_note, missing_note};
use crate::axis::{Axis, Scale};
use crate::column::{self, Coded};
use crate::error::ChartError;
use crate::groups::{self, Groups};
use crate::palette::{BACK, EDGE, Paint};
use crate::plot::{Bar, Layer, Legend, Plot, Point, Stroke};
use crate::request::Options;
use crate::stats::{Density, Summary};
use crate::ticks::significant;

/// More categories than this cannot be told apart.
const MOST_CATEGORIES: usize = 60;
/// Of so many values beyond the whiskers, some are left out.
const MOST_OUTLIERS: usize = 300;

/// A box or a violin: its place, its width, and its sorted values.
struct Body {
    name: String,
    middle: f64,
    width: f64,
    color: Paint,
    values: Vec<f64>,
}

/// A row that has a category and a value.
struct Row {
    /// Which of the names that were read.
    name: usize,
    group: usize,
    value: f64,
    drawn: bool,
}

/// Boxes with whiskers and outliers, or violins with a small box in each.
pub(crate) fn boxes(
    frame: &DataFrame,
    category: &str,
    value: &str,
    violin: bool,
    options: &Options,
) -> Result<Plot, ChartError> {
    let Coded { names, of_row } = column::coded(frame, category)?;
    let hint = "; chart::count draws how often each value occurs";
    let values = column::numbers(frame, value, "the length of boxes", hint)?;
    let scale = column::scale(false, options.log_y, "log_y")?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let mut rows: Vec<Row> = Vec::new();
    let mut not_positive = 0;
    for (index, (name, value)) in of_row.into_iter().zip(values).enumerate() {
        let (Some(name), Some(value)) = (name, value) else {
            continue;
        };
        if column::has_place(value, scale) {
            rows.push(Row {
                name,
                group: groups.of_row[index],
                value,
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
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let (categories, places) = categories(&names, &rows, &mut notes);
    let own_colors = options.color.as_deref() == Some(category);
    // A violin fills its place only where it is widest.
    let fill = if violin { 0.98 } else { 0.86 };
    let (bodies, used) = bodies(rows, (&categories, &places), &groups, own_colors, fill);
    let mut y = Axis::around(
        &column::title(frame, value),
        bodies.iter().flat_map(|body| ends(body, violin)),
        scale,
    );
    y.whole = false;
    let layers = if violin {
        violins(&bodies, options)
    } else {
        box_layers(&bodies, options, scale, &mut notes)
    };
    let legend = if own_colors {
        // The axis already names them.
        Legend::None
    } else {
        groups.legend(|group| used[group])
    };
    Ok(Plot {
        x: Axis::of_categories(&column::title(frame, category), categories),
        y,
        layers,
        legend,
        drawn: counted(bodies.len(), if violin { "violin" } else { "box" })
            .replace("boxs", "boxes"),
        notes,
    })
}

/// The names in their order; of too many, those with the most rows. And where
/// each of the names that were read stands, if it does.
fn categories(
    names: &[String],
    rows: &[Row],
    notes: &mut Vec<String>,
) -> (Vec<String>, Vec<Option<usize>>) {
    let mut sizes = vec![0; names.len()];
    for row in rows {
        sizes[row.name] += 1;
    }
    let mut codes: Vec<usize> = (0..names.len()).filter(|code| sizes[*code] > 0).collect();
    let all = codes.len();
    if all > MOST_CATEGORIES {
        codes.sort_by(|a, b| {
            sizes[*b]
                .cmp(&sizes[*a])
                .then_with(|| names[*a].cmp(&names[*b]))
        });
        codes.truncate(MOST_CATEGORIES);
        notes.push(format!(
            "the {MOST_CATEGORIES} largest of {all} categories are drawn"
        ));
    }
    let mut kept: Vec<String> = codes.into_iter().map(|code| names[code].clone()).collect();
    groups::sort(&mut kept);
    let places: HashMap<&String, usize> = kept.iter().zip(0..).collect();
    let places = names.iter().map(|name| places.get(name).copied()).collect();
    (kept, places)
}

/// One body for each category and group that has values, and which groups do.
fn bodies(
    rows: Vec<Row>,
    (categories, places): (&[String], &[Option<usize>]),
    groups: &Groups,
    own_colors: bool,
    fill: f64,
) -> (Vec<Body>, Vec<bool>) {
    let mut used = vec![false; groups.len()];
    let mut values: Vec<Vec<Vec<f64>>> = vec![vec![Vec::new(); groups.len()]; categories.len()];
    for row in rows {
        if let Some(place) = places[row.name] {
            used[row.group] = true;
            if row.drawn {
                values[place][row.group].push(row.value);
            }
        }
    }
    let slots: Vec<usize> = (0..groups.len()).filter(|group| used[*group]).collect();
    let side_by_side = !own_colors && slots.len() > 1;
    let width = if side_by_side {
        0.8 / slots.len() as f64
    } else {
        0.8
    };
    let mut bodies = Vec::new();
    for (place, of_groups) in values.into_iter().enumerate() {
        // Those that are there stand around the middle of the category.
        let slots: Vec<usize> = slots
            .iter()
            .copied()
            .filter(|slot| !of_groups[*slot].is_empty())
            .collect();
        let start = place as f64 - width * slots.len() as f64 / 2.0;
        for (group, mut values) in of_groups.into_iter().enumerate() {
            if values.is_empty() {
                continue;
            }
            values.sort_unstable_by(f64::total_cmp);
            let slot = slots.iter().position(|slot| *slot == group).unwrap_or(0) as f64;
            let middle = if side_by_side {
                start + (slot + 0.5) * width
            } else {
                place as f64
            };
            let name = match groups.labels[group].as_str() {
                label if side_by_side => format!("{}, {label}", categories[place]),
                _ => categories[place].clone(),
            };
            bodies.push(Body {
                name,
                middle,
                width: fill * width,
                color: groups.colors[group],
                values,
            });
        }
    }
    (bodies, used)
}

/// The least and the greatest value that is drawn.
fn ends(body: &Body, violin: bool) -> Vec<f64> {
    let mut ends = vec![body.values[0], body.values[body.values.len() - 1]];
    if violin && let Some(density) = Density::of(&body.values) {
        ends[0] -= VIOLIN_CUT * density.bandwidth();
        ends[1] += VIOLIN_CUT * density.bandwidth();
    }
    ends
}

fn tip(body: &Body, summary: Summary) -> String {
    let [q1, median, q3] = [summary.q1, summary.median, summary.q3].map(|v| significant(v, 4));
    let rows = counted(body.values.len(), "row");
    format!(
        "{}: median {median}, quartiles {q1} and {q3}, {rows}",
        body.name
    )
}

fn box_layers(
    bodies: &[Body],
    options: &Options,
    scale: Scale,
    notes: &mut Vec<String>,
) -> Vec<Layer> {
    let (mut bars, mut segments, mut medians, mut outliers) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut left_out = 0;
    for body in bodies {
        let summary = Summary::of(&body.values);
        let (left, right) = (
            body.middle - body.width / 2.0,
            body.middle + body.width / 2.0,
        );
        let middle = body.middle;
        bars.push(Bar {
            x: (left, right),
            y: (summary.q1, summary.q3),
            color: body.color,
            tip: tip(body, summary),
        });
        let cap = 0.22 * body.width;
        segments.extend([
            [(middle, summary.q3), (middle, summary.high)],
            [(middle, summary.q1), (middle, summary.low)],
            [(middle - cap, summary.high), (middle + cap, summary.high)],
            [(middle - cap, summary.low), (middle + cap, summary.low)],
            [(left, summary.q1), (right, summary.q1)],
            [(left, summary.q3), (right, summary.q3)],
            [(left, summary.q1), (left, summary.q3)],
            [(right, summary.q1), (right, summary.q3)],
        ]);
        medians.push([(left, summary.median), (right, summary.median)]);
        let beyond = |value: &&f64| **value < summary.low || **value > summary.high;
        let beyond: Vec<f64> = body.values.iter().filter(beyond).copied().collect();
        let step = beyond.len().div_ceil(MOST_OUTLIERS).max(1);
        let kept = beyond.iter().enumerate().filter(|(i, _)| i % step == 0);
        left_out += beyond.len() - beyond.len().div_ceil(step);
        outliers.extend(kept.map(|(index, value)| Point {
            // A crowd of outliers stands beside each other.
            x: middle
                + if beyond.len() > 20 {
                    0.4 * body.width * aside(index)
                } else {
                    0.0
                },
            y: *value,
            color: body.color,
        }));
    }
    if left_out > 0 {
        notes.push(format!("{} not drawn", counted(left_out, "outlier")));
    }
    outliers.retain(|point| column::has_place(point.y, scale));
    let line = |segments, width| Layer::Segments {
        segments,
        color: EDGE,
        width,
        style: Stroke::Plain,
    };
    vec![
        Layer::Bars {
            bars,
            opacity: options.alpha.unwrap_or(0.75),
            gap: 0.0,
        },
        line(segments, 1.2),
        line(medians, 2.2),
        Layer::Points {
            points: outliers,
            radius: 3.0,
            opacity: 0.85,
        },
    ]
}

/// How many bandwidths a violin reaches beyond its values.
const VIOLIN_CUT: f64 = 2.0;

fn violins(bodies: &[Body], options: &Options) -> Vec<Layer> {
    const POINTS: usize = 100;
    let curves: Vec<Option<Vec<(f64, f64)>>> = bodies
        .iter()
        .map(|body| Some(Density::of(&body.values)?.curve(VIOLIN_CUT, POINTS)))
        .collect();
    // All violins have the same area; the widest fills its place.
    let most = curves
        .iter()
        .flatten()
        .flatten()
        .fold(0.0f64, |most, at| most.max(at.1));
    let (mut layers, mut outlines) = (Vec::new(), Vec::new());
    let (mut boxes, mut whiskers, mut medians) = (Vec::new(), Vec::new(), Vec::new());
    for (body, curve) in bodies.iter().zip(&curves) {
        let summary = Summary::of(&body.values);
        let middle = body.middle;
        if let Some(curve) = curve {
            let band = |(at, density): &(f64, f64)| {
                let half = 0.5 * body.width * density / most;
                (*at, middle - half, middle + half)
            };
            let sides: Vec<(f64, f64, f64)> = curve.iter().map(band).collect();
            let left = sides.iter().map(|(at, left, _)| (*left, *at));
            let right = sides.iter().rev().map(|(at, _, right)| (*right, *at));
            let mut outline: Vec<(f64, f64)> = left.chain(right).collect();
            outline.extend(outline.first().copied());
            outlines.push(Layer::Path {
                points: outline,
                color: body.color,
                width: 1.4,
                opacity: 1.0,
                style: Stroke::Plain,
            });
            layers.push(Layer::Band {
                points: sides,
                color: body.color,
                opacity: options.alpha.unwrap_or(0.6),
                along_x: false,
            });
        }
        let half = (0.05 * body.width).min(0.03);
        boxes.push(Bar {
            x: (middle - half, middle + half),
            y: (summary.q1, summary.q3),
            color: EDGE,
            tip: tip(body, summary),
        });
        whiskers.push([(middle, summary.low), (middle, summary.high)]);
        medians.push(Point {
            x: middle,
            y: summary.median,
            color: BACK,
        });
    }
    layers.append(&mut outlines);
    layers.push(Layer::Segments {
        segments: whiskers,
        color: EDGE,
        width: 1.2,
        style: Stroke::Plain,
    });
    layers.push(Layer::Bars {
        bars: boxes,
        opacity: 1.0,
        gap: 0.0,
    });
    layers.push(Layer::Points {
        points: medians,
        radius: 2.6,
        opacity: 1.0,
    });
    layers
}
