//! Pair plots: every measure against every other one, and how each is
//! distributed.

use polars::prelude::DataFrame;

use super::histogram::Bins;
use super::matrix::measures;
use super::{counted, empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::groups::Groups;
use crate::plot::{Bar, Figure, Key, Layer, Panel, Point, Stroke};
use crate::request::Options;
use crate::sample;
use crate::stats::Density;

/// More measures than this make panels too small to see anything.
const MOST: usize = 8;
/// Of so many rows, every panel still shows the shape of all.
const MOST_ROWS: usize = 20_000;

/// How many bandwidths of a density beyond its values the axis has room for.
const CUT: f64 = 1.5;

/// A column with its axis.
struct Measure {
    name: String,
    values: Vec<Option<f64>>,
    axis: Axis,
}

/// Dots beside the diagonal, and on it a histogram or, of groups, densities.
pub(crate) fn pairs(
    frame: &DataFrame,
    names: &[String],
    options: &Options,
) -> Result<Figure, ChartError> {
    let names = measures(frame, names)?;
    if names.is_empty() {
        return Err(ChartError::Empty {
            reason: "the frame has no column of numbers".to_owned(),
        });
    }
    if names.len() > MOST {
        return Err(ChartError::Shape {
            message: format!(
                "{} columns are more than the {MOST} of a pair plot; name some",
                names.len()
            ),
        });
    }
    let groups = Groups::read(frame, options.color.as_deref())?;
    let measures = names
        .iter()
        .map(|name| Measure::read(frame, name, &groups))
        .collect::<Result<Vec<_>, _>>()?;
    let complete = |row: &usize| {
        measures
            .iter()
            .all(|measure| measure.values[*row].is_some())
    };
    let rows: Vec<usize> = (0..frame.height()).filter(complete).collect();
    let mut notes: Vec<String> = missing_note(frame.height() - rows.len())
        .into_iter()
        .collect();
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let chosen = sample::places(rows.len(), MOST_ROWS);
    let shown: Vec<usize> = chosen.into_iter().map(|place| rows[place]).collect();
    if shown.len() < rows.len() {
        notes.push(format!(
            "{} of {} rows are drawn as points",
            shown.len(),
            rows.len()
        ));
    }
    let mut panels = Vec::new();
    for down in &measures {
        for across in &measures {
            let layers = if std::ptr::eq(down, across) {
                across.distribution(&groups, &rows)
            } else {
                vec![dots(across, down, &groups, &shown, options)]
            };
            panels.push(Some(Panel {
                title: String::new(),
                x: across.axis.clone(),
                y: down.axis.clone(),
                layers,
            }));
        }
    }
    Ok(Figure {
        panels,
        columns: measures.len(),
        x_title: String::new(),
        y_title: String::new(),
        legend: groups
            .legend(|group| rows.iter().any(|row| groups.of_row[*row] == group))
            .keyed(Key::Dot),
        notes,
        drawn: format!(
            "{} of {}",
            counted(measures.len(), "measure"),
            counted(rows.len(), "row")
        ),
    })
}

fn dots(x: &Measure, y: &Measure, groups: &Groups, rows: &[usize], options: &Options) -> Layer {
    let point = |row: &usize| {
        Some(Point {
            x: x.values[*row]?,
            y: y.values[*row]?,
            color: groups.colors[groups.of_row[*row]],
        })
    };
    let (radius, opacity) = match rows.len() {
        0..=500 => (2.4, 0.7),
        501..=4000 => (1.8, 0.5),
        _ => (1.2, 0.4),
    };
    Layer::Points {
        points: rows.iter().filter_map(point).collect(),
        radius,
        opacity: options.alpha.unwrap_or(opacity),
    }
}

impl Measure {
    fn read(frame: &DataFrame, name: &str, groups: &Groups) -> Result<Measure, ChartError> {
        let values = column::numbers(frame, name, "a pair plot", "")?;
        let mut ends = Vec::new();
        let mut of_group: Vec<Vec<f64>> = vec![Vec::new(); groups.len()];
        for (value, group) in values.iter().zip(&groups.of_row) {
            of_group[*group].extend(*value);
        }
        // The axis also has room for what stands on the diagonal.
        for values in of_group.iter_mut().filter(|values| !values.is_empty()) {
            let lo = values.iter().copied().fold(f64::INFINITY, f64::min);
            let hi = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            ends.extend([lo, hi]);
            if groups.len() == 1 {
                let bins = Bins::fitting(values, Scale::Linear);
                ends.extend([bins.start, bins.start + bins.count as f64 * bins.width]);
            } else if let Some(density) = Density::of(values) {
                let reach = CUT * density.bandwidth();
                ends.extend([lo - reach, hi + reach]);
            }
        }
        let axis = Axis::around(name, ends.into_iter(), Scale::Linear);
        Ok(Measure {
            name: name.to_owned(),
            values,
            axis,
        })
    }

    /// How the values lie, drawn as high as the panel whatever its y axis.
    fn distribution(&self, groups: &Groups, rows: &[usize]) -> Vec<Layer> {
        let (lo, hi) = self.axis.ends();
        let height = |share: f64| lo + 0.92 * share * (hi - lo);
        if groups.len() == 1 {
            let mut values: Vec<f64> = rows.iter().filter_map(|row| self.values[*row]).collect();
            let bins = Bins::fitting(&mut values, Scale::Linear);
            let counts = bins.count(&values);
            let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
            let edge = |bin: usize| bins.start + bin as f64 * bins.width;
            let bar = |(bin, count): (usize, &usize)| Bar {
                x: (edge(bin).max(lo), edge(bin + 1).min(hi)),
                y: (lo, height(*count as f64 / most)),
                color: groups.colors[0],
                tip: format!("{}: {count}", self.name),
            };
            let bars = counts
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
                .map(bar);
            return vec![Layer::Bars {
                bars: bars.collect(),
                opacity: 1.0,
                gap: 1.0,
            }];
        }
        let curves: Vec<(usize, Vec<(f64, f64)>)> = (0..groups.len())
            .filter_map(|group| {
                let own = rows.iter().filter(|row| groups.of_row[**row] == group);
                let values: Vec<f64> = own.filter_map(|row| self.values[*row]).collect();
                let density = Density::of(&values)?;
                let share = values.len() as f64 / rows.len() as f64;
                let curve = density.curve(3.0, 100).into_iter();
                let within = curve.filter(|(x, _)| (lo..=hi).contains(x));
                Some((group, within.map(|(x, y)| (x, y * share)).collect()))
            })
            .collect();
        let most = curves
            .iter()
            .flat_map(|curve| &curve.1)
            .fold(1e-290f64, |most, at| most.max(at.1));
        let mut layers = Vec::new();
        for (group, curve) in curves {
            let color = groups.colors[group];
            let curve: Vec<(f64, f64)> = curve
                .into_iter()
                .map(|(x, y)| (x, height(y / most)))
                .collect();
            layers.push(Layer::Band {
                points: curve.iter().map(|(x, y)| (*x, lo, *y)).collect(),
                color,
                opacity: 0.25,
                along_x: true,
            });
            layers.push(Layer::Path {
                points: curve,
                color,
                width: 1.5,
                opacity: 1.0,
                style: Stroke::Plain,
            });
        }
        layers
    }
}
