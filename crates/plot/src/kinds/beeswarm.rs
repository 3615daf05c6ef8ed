//! Beeswarms: what each feature adds for each row, as in SHAP's summary plot. A feature
//! is a line of dots, as high as there are many dots at a place, and a dot has the colour
//! of how large the feature is in its row.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::points::look;
use super::{counted, empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::palette::{AXIS, NULL, Paint, Ramp};
use crate::plot::{Layer, Legend, Plot, Point, Stroke};
use crate::request::Options;
use crate::stats::quantile;

/// More features than this are a list, not a picture.
pub(crate) const MOST: usize = 20;
/// The dots of a feature lie at one of so many places along the axis.
const PLACES: f64 = 120.0;
/// How far a swarm reaches to either side of its line, and how far its dots lie apart
/// where there is room.
const REACH: f64 = 0.4;
const APART: f64 = 0.075;

/// One feature with its rows: what it adds, and how large it is.
struct Swarm {
    name: String,
    rows: Vec<(f64, Option<f64>)>,
}

impl Swarm {
    fn strength(&self) -> f64 {
        self.rows.iter().map(|row| row.0.abs()).sum::<f64>() / self.rows.len().max(1) as f64
    }

    /// Between which sizes the colours lie: without the extreme twentieths, which would
    /// leave one colour to all others, unless nothing is left then.
    fn range(&self) -> (f64, f64) {
        let mut sizes: Vec<f64> = self.rows.iter().filter_map(|row| row.1).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let between = |cut: f64| (quantile(&sizes, cut), quantile(&sizes, 1.0 - cut));
        match between(0.05) {
            _ if sizes.is_empty() => (0.0, 0.0),
            (low, high) if low < high => (low, high),
            _ => between(0.0),
        }
    }
}

/// A line of dots for each feature, the strongest at the top.
pub(crate) fn beeswarm(
    frame: &DataFrame,
    [feature, value, size]: [&str; 3],
    options: &Options,
) -> Result<Plot, ChartError> {
    let (mut swarms, drawn) = read(frame, [feature, value, size])?;
    let mut notes: Vec<String> = missing_note(frame.height() - drawn).into_iter().collect();
    if swarms.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    swarms.sort_by(|a, b| b.strength().total_cmp(&a.strength()));
    if swarms.len() > MOST {
        notes.push(format!(
            "the {MOST} strongest of {} features are drawn",
            swarms.len()
        ));
        swarms.truncate(MOST);
    }
    let values = swarms.iter().flat_map(|swarm| &swarm.rows);
    let values = values.map(|row| row.0).chain([0.0]);
    let axis = Axis::around(&column::title(frame, value), values, Scale::Linear);
    let ramp = Ramp::Viridis;
    let mut points = Vec::new();
    for (line, swarm) in swarms.iter().enumerate() {
        points.extend(dots(swarm, line as f64, &axis, ramp));
    }
    let (radius, opacity) = look(points.len() / swarms.len());
    let drawn = counted(points.len(), "point");
    let last = swarms.len() as f64 - 0.5;
    let names = swarms.into_iter().map(|swarm| swarm.name).collect();
    let plot = Plot {
        x: Axis::of_categories("", names),
        y: axis,
        layers: vec![
            Layer::Segments {
                segments: vec![[(-0.5, 0.0), (last, 0.0)]],
                color: AXIS,
                width: 1.0,
                style: Stroke::Plain,
            },
            Layer::Points {
                points,
                radius: radius.min(3.2),
                opacity: options.alpha.unwrap_or(opacity.max(0.75)),
            },
        ],
        legend: Legend::Ramp {
            title: column::title(frame, size),
            lo: 0.0,
            hi: 1.0,
            ramp,
            words: Some(["low", "high"]),
        },
        notes,
        drawn,
    };
    Ok(plot.turned())
}

/// The features in the order in which they appear, and how many rows have a place.
fn read(
    frame: &DataFrame,
    [feature, value, size]: [&str; 3],
) -> Result<(Vec<Swarm>, usize), ChartError> {
    let names = column::names(frame, feature)?;
    let values = column::numbers(frame, value, "the x axis", "")?;
    let sizes = column::numbers(frame, size, "the colour", "")?;
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut swarms: Vec<Swarm> = Vec::new();
    let mut drawn = 0;
    for ((name, value), size) in names.into_iter().zip(values).zip(sizes) {
        let (Some(name), Some(value)) = (name, value) else {
            continue;
        };
        let place = *places.entry(name).or_insert_with_key(|name| {
            swarms.push(Swarm {
                name: name.clone(),
                rows: Vec::new(),
            });
            swarms.len() - 1
        });
        swarms[place].rows.push((value, size));
        drawn += 1;
    }
    Ok((swarms, drawn))
}

/// The dots of a feature: those of one place lie on both sides of the line in turn.
fn dots(swarm: &Swarm, line: f64, axis: &Axis, ramp: Ramp) -> Vec<Point> {
    let place = |value: f64| (axis.share(value) * PLACES).round() as i64;
    let mut crowds: HashMap<i64, usize> = HashMap::new();
    for (value, _) in &swarm.rows {
        *crowds.entry(place(*value)).or_default() += 1;
    }
    let largest = crowds.values().copied().max().unwrap_or(1);
    let apart = (2.0 * REACH / largest as f64).min(APART);
    let (low, high) = swarm.range();
    let color = |size: Option<f64>| -> Paint {
        size.map_or(NULL, |size| {
            ramp.at(if low < high {
                (size - low) / (high - low)
            } else {
                0.5
            })
        })
    };
    let mut before: HashMap<i64, usize> = HashMap::new();
    let dot = |(value, size): &(f64, Option<f64>)| {
        let number = before.entry(place(*value)).or_default();
        let away = number.div_ceil(2) as f64;
        let side = if number.is_multiple_of(2) { 1.0 } else { -1.0 };
        *number += 1;
        Point {
            x: line + side * away * apart,
            y: *value,
            color: color(*size),
        }
    };
    swarm.rows.iter().map(dot).collect()
}
