//! Scatter and line charts: rows as points, alone or joined.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::{counted, empty, log_note, missing_note};
use crate::axis::{Axis, Scale};
use crate::column::{self, Values};
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::{NULL, Ramp, Rgb, TREND};
use crate::plot::{Layer, Legend, Plot, Point};
use crate::request::Options;
use crate::trend;

/// More points than this make a file that no browser likes to show.
const MOST_POINTS: usize = 10_000;
/// Lines of fewer points than this have dots.
const FEW: usize = 25;
/// More distinct numbers than this are a measure, not names of groups.
const MOST_NUMBERED: usize = 12;

/// A row with a place.
#[derive(Clone, Copy)]
struct Row {
    x: f64,
    y: f64,
    index: usize,
}

/// The rows that can be drawn, with what is known of their columns.
struct Rows {
    rows: Vec<Row>,
    /// Of an x axis of names.
    categories: Option<Vec<String>>,
    x_scale: Scale,
    y_scale: Scale,
    notes: Vec<String>,
}

/// One dot for each row.
pub(crate) fn scatter(
    frame: &DataFrame,
    x: &str,
    y: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let mut read = Rows::read(frame, x, y, options)?;
    let paint = Paint::read(frame, options, &read.rows)?;
    let count = read.rows.len();
    let step = |i: usize| read.rows[i * count / MOST_POINTS];
    let drawn: Vec<Row> = if count > MOST_POINTS {
        (0..MOST_POINTS).map(step).collect()
    } else {
        read.rows.clone()
    };
    if drawn.len() < count {
        read.notes
            .push(format!("{} of {count} points are drawn", drawn.len()));
    }
    let points = drawn
        .iter()
        .map(|row| {
            let x = if read.categories.is_some() {
                row.x + aside(row.index)
            } else {
                row.x
            };
            Point {
                x,
                y: row.y,
                color: paint.of_row[row.index],
            }
        })
        .collect();
    let (radius, opacity) = match drawn.len() {
        0..=500 => (3.6, 0.75),
        501..=2000 => (3.0, 0.6),
        _ => (2.2, 0.4),
    };
    let opacity = options.alpha.unwrap_or(opacity);
    let dots = Layer::Points {
        points,
        radius,
        opacity,
    };
    let lines = if options.trend {
        read.trends(&paint.groups, paint.by_group)?
    } else {
        Vec::new()
    };
    let (x, y) = read.axes(frame, x, y, &lines);
    let mut layers = vec![dots];
    layers.extend(lines);
    Ok(Plot {
        x,
        y,
        layers,
        legend: paint.legend,
        notes: read.notes,
        drawn: counted(count, "point"),
    })
}

/// One line for each group, along x.
pub(crate) fn line(
    frame: &DataFrame,
    x: &str,
    y: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let read = Rows::read(frame, x, y, options)?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let trends = if options.trend {
        read.trends(&groups, options.color.is_some())?
    } else {
        Vec::new()
    };
    let (x, y) = read.axes(frame, x, y, &trends);
    let opacity = options.alpha.unwrap_or(1.0);
    let mut layers = Vec::new();
    let mut dots = Vec::new();
    for (mut series, color) in split(&read.rows, &groups).into_iter().zip(&groups.colors) {
        // Rows of one x keep their order: the steps of a ROC curve need it.
        series.sort_by(|a, b| a.x.total_cmp(&b.x));
        if series.len() <= FEW {
            dots.extend(series.iter().map(|row| Point {
                x: row.x,
                y: row.y,
                color: *color,
            }));
        }
        if series.len() > 1 {
            let points = thinned(&series, &x, options.size.0 as usize);
            let width = if series.len() > 200 { 1.5 } else { 2.0 };
            layers.push(Layer::Path {
                points,
                color: *color,
                width,
                opacity,
                halo: false,
            });
        }
    }
    if !dots.is_empty() {
        layers.push(Layer::Points {
            points: dots,
            radius: 3.0,
            opacity,
        });
    }
    layers.extend(trends);
    let legend = groups.legend(drawn_groups(&read.rows, &groups));
    let drawn = counted(read.rows.len(), "point");
    Ok(Plot {
        x,
        y,
        layers,
        legend,
        notes: read.notes,
        drawn,
    })
}

impl Rows {
    fn read(frame: &DataFrame, x: &str, y: &str, options: &Options) -> Result<Rows, ChartError> {
        let x_values = column::read(frame, x)?;
        let hint = "; chart::count draws how often each value occurs";
        let ys = column::numbers(frame, y, "the y axis", hint)?;
        let y_scale = column::scale(false, options.log_y, "log_y")?;
        let x_scale = column::scale(matches!(x_values, Values::Times(_)), options.log_x, "log_x")?;
        let (xs, categories) = match x_values {
            Values::Numbers(xs) | Values::Times(xs) => (xs, None),
            Values::Names(names) if !options.log_x => {
                let (xs, categories) = places(names);
                (xs, Some(categories))
            }
            Values::Names(_) => return Err(names_have_no("log_x")),
        };
        let mut rows = Vec::new();
        let mut not_positive = 0;
        for (index, (x, y)) in xs.iter().zip(&ys).enumerate() {
            let (Some(x), Some(y)) = (*x, *y) else {
                continue;
            };
            if column::has_place(x, x_scale) && column::has_place(y, y_scale) {
                rows.push(Row { x, y, index });
            } else {
                not_positive += 1;
            }
        }
        let missing = frame.height() - rows.len() - not_positive;
        let notes: Vec<String> = [missing_note(missing), log_note(not_positive)]
            .into_iter()
            .flatten()
            .collect();
        if rows.is_empty() {
            return Err(empty(frame.height(), &notes));
        }
        Ok(Rows {
            rows,
            categories,
            x_scale,
            y_scale,
            notes,
        })
    }

    /// A line of least squares for each group.
    fn trends(&self, groups: &Groups, by_group: bool) -> Result<Vec<Layer>, ChartError> {
        if self.categories.is_some() {
            return Err(names_have_no("trend"));
        }
        let lines = split(&self.rows, groups)
            .into_iter()
            .enumerate()
            .filter_map(|(group, rows)| {
                let points: Vec<(f64, f64)> = rows.iter().map(|row| (row.x, row.y)).collect();
                let ends = trend::line(
                    &points,
                    self.x_scale == Scale::Log,
                    self.y_scale == Scale::Log,
                )?;
                let color = if by_group {
                    groups.colors[group]
                } else {
                    TREND
                };
                Some(Layer::Path {
                    points: ends.to_vec(),
                    color,
                    width: 2.0,
                    opacity: 1.0,
                    halo: true,
                })
            });
        Ok(lines.collect())
    }

    /// Axes around all rows and the given lines.
    fn axes(&self, frame: &DataFrame, x: &str, y: &str, lines: &[Layer]) -> (Axis, Axis) {
        let x_title = column::title(frame, x);
        let x = match &self.categories {
            Some(names) => Axis::of_categories(&x_title, names.clone()),
            None => Axis::around(&x_title, self.rows.iter().map(|row| row.x), self.x_scale),
        };
        let ends = lines.iter().flat_map(|line| match line {
            Layer::Path { points, .. } => points.as_slice(),
            _ => &[],
        });
        let rows = self.rows.iter().map(|row| row.y);
        let y_title = column::title(frame, y);
        (
            x,
            Axis::around(&y_title, rows.chain(ends.map(|end| end.1)), self.y_scale),
        )
    }
}

fn names_have_no(option: &'static str) -> ChartError {
    ChartError::Unsupported {
        option,
        chart: "chart with names on its x axis",
        hint: "",
    }
}

/// How far a point stands beside its name, so that not all stand in one line:
/// different for each row and always the same for one.
fn aside(index: usize) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    0.44 * ((index as f64 * GOLDEN).fract() - 0.5)
}

/// Names as places 0, 1, 2, … in the order in which they appear.
fn places(names: Vec<Option<String>>) -> (Vec<Option<f64>>, Vec<String>) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut order = Vec::new();
    let mut place = |name: String| {
        let next = order.len();
        *known.entry(name).or_insert_with_key(|name| {
            order.push(name.clone());
            next
        })
    };
    let places = names
        .into_iter()
        .map(|name| name.map(|name| place(name) as f64))
        .collect();
    (places, order)
}

/// The colours of points: of their groups, or along a measure.
struct Paint {
    of_row: Vec<Rgb>,
    legend: Legend,
    /// One of all rows if they are not grouped.
    groups: Groups,
    by_group: bool,
}

impl Paint {
    fn read(frame: &DataFrame, options: &Options, rows: &[Row]) -> Result<Paint, ChartError> {
        if let Some(name) = options.color.as_deref()
            && let Values::Numbers(values) = column::read(frame, name)?
            && is_measure(&values)
        {
            let drawn = || rows.iter().filter_map(|row| values[row.index]);
            let (lo, hi) = (
                drawn().fold(f64::MAX, f64::min),
                drawn().fold(f64::MIN, f64::max),
            );
            let (lo, hi) = if lo < hi { (lo, hi) } else { (0.0, 1.0) };
            let ramp = Ramp::Viridis;
            let color =
                |value: &Option<f64>| value.map_or(NULL, |value| ramp.at((value - lo) / (hi - lo)));
            return Ok(Paint {
                of_row: values.iter().map(color).collect(),
                legend: Legend::Ramp {
                    title: name.to_owned(),
                    lo,
                    hi,
                    ramp,
                },
                groups: Groups::read(frame, None)?,
                by_group: false,
            });
        }
        let groups = Groups::read(frame, options.color.as_deref())?;
        Ok(Paint {
            of_row: groups
                .of_row
                .iter()
                .map(|group| groups.colors[*group])
                .collect(),
            legend: groups.legend(drawn_groups(rows, &groups)),
            groups,
            by_group: options.color.is_some(),
        })
    }
}

fn is_measure(values: &[Option<f64>]) -> bool {
    let mut distinct: Vec<f64> = values.iter().flatten().copied().collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    distinct.len() > MOST_NUMBERED
}

fn drawn_groups(rows: &[Row], groups: &Groups) -> impl Fn(usize) -> bool + use<> {
    let mut drawn = vec![false; groups.len()];
    for row in rows {
        drawn[groups.of_row[row.index]] = true;
    }
    move |group| drawn[group]
}

fn split(rows: &[Row], groups: &Groups) -> Vec<Vec<Row>> {
    let mut split = vec![Vec::new(); groups.len()];
    for row in rows {
        split[groups.of_row[row.index]].push(*row);
    }
    split
}

/// The points of a line without those that make no difference: of each column
/// of pixels, the first, the lowest, the highest and the last one remain.
fn thinned(series: &[Row], x: &Axis, columns: usize) -> Vec<(f64, f64)> {
    let all = || series.iter().map(|row| (row.x, row.y));
    if series.len() <= 4 * columns {
        return all().collect();
    }
    let column = |row: &Row| (x.share(row.x) * columns as f64) as usize;
    let mut kept = Vec::new();
    for chunk in series.chunk_by(|a, b| column(a) == column(b)) {
        let by_y = |a: &usize, b: &usize| chunk[*a].y.total_cmp(&chunk[*b].y);
        let lowest = (0..chunk.len()).min_by(by_y).unwrap_or(0);
        let highest = (0..chunk.len()).max_by(by_y).unwrap_or(0);
        let mut places = [0, lowest, highest, chunk.len() - 1];
        places.sort_unstable();
        let mut last = usize::MAX;
        for place in places {
            if place != last {
                kept.push((chunk[place].x, chunk[place].y));
            }
            last = place;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes() {
        let row = |i: usize| Row {
            x: i as f64,
            y: (i % 997) as f64,
            index: i,
        };
        let series: Vec<Row> = (0..100_000).map(row).collect();
        let axis = Axis::around("", series.iter().map(|row| row.x), Scale::Linear);
        let kept = thinned(&series, &axis, 640);
        assert!(kept.len() <= 4 * 641);
        assert!(kept.iter().any(|(_, y)| *y == 996.0) && kept.contains(&(0.0, 0.0)));
        assert!(kept.is_sorted_by(|a, b| a.0 < b.0));
    }
}
