//! Scatter charts: rows as points. What they share with lines is here, too.

use std::collections::{BTreeMap, HashMap, HashSet};

use polars::prelude::DataFrame;

use super::table::Errors;
use super::{counted, empty, log_note, missing_note};
use crate::axis::{Axis, Scale};
use crate::column::{self, Values};
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::{EDGE, NULL, Paint, Ramp, TREND};
use crate::plot::{Key, Layer, Legend, Plot, Point, Stroke};
use crate::request::Options;
use crate::trend;

/// More distinct numbers than this are a measure, not names of groups.
const MOST_NUMBERED: usize = 12;

/// A row with a place.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub x: f64,
    pub y: f64,
    pub index: usize,
}

/// From where to where an error bar goes.
type Whisker = [(f64, f64); 2];

/// The rows that have a place, with what is known of their columns.
pub(crate) struct Rows {
    pub rows: Vec<Row>,
    /// Of an x axis of names.
    categories: Option<Vec<String>>,
    /// How far beside its name each row stands; nothing on an axis of numbers.
    beside: Vec<f64>,
    x_scale: Scale,
    pub y_scale: Scale,
    pub notes: Vec<String>,
}

/// One dot for each row.
pub(crate) fn scatter(
    frame: &DataFrame,
    x: &str,
    y: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let mut read = Rows::read(frame, x, y, options)?;
    let coloring = Coloring::read(frame, options, &read.rows)?;
    read.spread(&coloring.groups);
    let points: Vec<Point> = read
        .rows
        .iter()
        .filter(|row| options.draws(row.index))
        .map(|row| Point {
            x: read.place(row),
            y: row.y,
            color: coloring.of_row[row.index],
        })
        .collect();
    let whiskers = read.whiskers(frame, options, &coloring)?;
    let lines = if options.trend {
        read.trends(&coloring.groups, coloring.by_group, options)?
    } else {
        Vec::new()
    };
    let ends = whiskers.values().flatten().flatten().map(|end| end.1);
    let (x, y) = (read.x_axis(frame, x), read.y_axis(frame, y, &lines, ends));
    read.notes
        .extend(Errors::asked(options.error_bars.as_deref()).note("error bars"));
    // Of all rows, so that the panels of a figure agree.
    let (radius, opacity) = look(read.rows.len());
    let dots = Layer::Points {
        points,
        radius,
        opacity: options.alpha.unwrap_or(opacity),
    };
    let whisker = |(color, segments)| Layer::Segments {
        segments,
        color,
        width: 1.6,
        style: Stroke::Plain,
    };
    let mut layers: Vec<Layer> = whiskers.into_iter().map(whisker).collect();
    layers.push(dots);
    layers.extend(lines);
    Ok(Plot {
        x,
        y,
        layers,
        legend: coloring.legend,
        notes: read.notes,
        drawn: counted(read.rows.len(), "point"),
    })
}

/// Radius and opacity of so many dots.
pub(crate) fn look(points: usize) -> (f64, f64) {
    match points {
        0..=40 => (4.6, 0.9),
        41..=150 => (4.0, 0.8),
        151..=500 => (3.6, 0.75),
        501..=2000 => (3.0, 0.6),
        2001..=10_000 => (2.2, 0.4),
        _ => (1.6, 0.3),
    }
}

impl Rows {
    pub fn read(
        frame: &DataFrame,
        x: &str,
        y: &str,
        options: &Options,
    ) -> Result<Rows, ChartError> {
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
            beside: Vec::new(),
            categories,
            x_scale,
            y_scale,
            notes,
        })
    }

    /// A line of least squares with its band for each group.
    pub fn trends(
        &self,
        groups: &Groups,
        by_group: bool,
        options: &Options,
    ) -> Result<Vec<Layer>, ChartError> {
        if self.categories.is_some() {
            return Err(names_have_no("trend"));
        }
        let (mut bands, mut lines) = (Vec::new(), Vec::new());
        for (group, rows) in split(&self.rows, groups, options).into_iter().enumerate() {
            let points: Vec<(f64, f64)> = rows.iter().map(|row| (row.x, row.y)).collect();
            let (log_x, log_y) = (self.x_scale == Scale::Log, self.y_scale == Scale::Log);
            let Some(line) = trend::line(&points, log_x, log_y) else {
                continue;
            };
            let color = if by_group {
                groups.colors[group]
            } else {
                TREND
            };
            bands.push(Layer::Band {
                points: line.iter().map(|at| (at[0], at[1], at[3])).collect(),
                color,
                opacity: 0.18,
                along_x: true,
            });
            lines.push(Layer::Path {
                points: line.iter().map(|at| (at[0], at[2])).collect(),
                color,
                width: 2.0,
                opacity: 1.0,
                style: Stroke::Halo,
            });
        }
        bands.extend(lines);
        Ok(bands)
    }

    /// On an axis of names, the groups of a name stand side by side, and the
    /// rows of one group are spread, so that not all stand in one line.
    fn spread(&mut self, groups: &Groups) {
        if self.categories.is_none() {
            return;
        }
        let place = |row: &Row| (row.x as usize, groups.of_row[row.index]);
        let places: HashSet<(usize, usize)> = self.rows.iter().map(place).collect();
        let names: HashSet<usize> = places.iter().map(|place| place.0).collect();
        let mut slots: Vec<usize> = places.iter().map(|place| place.1).collect();
        slots.sort_unstable();
        slots.dedup();
        let mixed = places.len() > names.len();
        let width = if mixed { 0.8 / slots.len() as f64 } else { 0.6 };
        let crowded = self.rows.len() > places.len();
        self.beside = vec![0.0; groups.of_row.len()];
        for row in &self.rows {
            let slot = slots.binary_search(&place(row).1).unwrap_or(0) as f64;
            let group = if mixed {
                (slot + 0.5) * width - 0.4
            } else {
                0.0
            };
            let own = if crowded {
                aside(row.index) * width / 0.6
            } else {
                0.0
            };
            self.beside[row.index] = group + own;
        }
    }

    /// Where a row stands on the x axis.
    fn place(&self, row: &Row) -> f64 {
        row.x + self.beside.get(row.index).copied().unwrap_or(0.0)
    }

    /// The error bars of points, as a column says, by colour.
    fn whiskers(
        &self,
        frame: &DataFrame,
        options: &Options,
        coloring: &Coloring,
    ) -> Result<BTreeMap<Paint, Vec<Whisker>>, ChartError> {
        let mut whiskers: BTreeMap<Paint, Vec<Whisker>> = BTreeMap::new();
        let Some(column) = options.error_bars.as_deref() else {
            return Ok(whiskers);
        };
        if matches!(column, "sd" | "se" | "ci") && frame.column(column).is_err() {
            return Err(ChartError::Unsupported {
                option: "error_bars",
                chart: "scatter chart without a column of half-lengths",
                hint: "; name a column, or draw a line or bar chart of the means",
            });
        }
        let halves = column::numbers(frame, column, "error bars", "")?;
        for row in self.rows.iter().filter(|row| options.draws(row.index)) {
            if let Some(half) = halves[row.index].map(f64::abs) {
                let x = self.place(row);
                let low = row.y - half;
                if column::has_place(low, self.y_scale) {
                    // Along a measure, each point has a colour of its own.
                    let color = match coloring.legend {
                        Legend::Ramp { .. } => EDGE,
                        _ => coloring.of_row[row.index],
                    };
                    let whisker = [(x, low), (x, row.y + half)];
                    whiskers.entry(color).or_default().push(whisker);
                }
            }
        }
        Ok(whiskers)
    }

    /// The axis of all rows.
    pub fn x_axis(&self, frame: &DataFrame, x: &str) -> Axis {
        let title = column::title(frame, x);
        match &self.categories {
            Some(names) => Axis::of_categories(&title, names.clone()),
            None => Axis::around(&title, self.rows.iter().map(|row| row.x), self.x_scale),
        }
    }

    /// The axis of all rows, the given lines and other values.
    pub fn y_axis(
        &self,
        frame: &DataFrame,
        y: &str,
        lines: &[Layer],
        others: impl Iterator<Item = f64>,
    ) -> Axis {
        let ends = lines.iter().flat_map(|line| match line {
            Layer::Path { points, .. } => points.as_slice(),
            _ => &[],
        });
        let rows = self.rows.iter().map(|row| row.y);
        let others = others.filter(|y| y.is_finite() && column::has_place(*y, self.y_scale));
        let all = rows.chain(ends.map(|end| end.1)).chain(others);
        Axis::around(&column::title(frame, y), all, self.y_scale)
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
pub(crate) fn aside(index: usize) -> f64 {
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
pub(crate) struct Coloring {
    pub of_row: Vec<Paint>,
    pub legend: Legend,
    /// One of all rows if they are not grouped.
    pub groups: Groups,
    pub by_group: bool,
}

impl Coloring {
    pub fn read(
        frame: &DataFrame,
        options: &Options,
        rows: &[Row],
    ) -> Result<Coloring, ChartError> {
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
            return Ok(Coloring {
                of_row: values.iter().map(color).collect(),
                legend: Legend::Ramp {
                    title: name.to_owned(),
                    lo,
                    hi,
                    ramp,
                    words: None,
                },
                groups: Groups::read(frame, None)?,
                by_group: false,
            });
        }
        let groups = Groups::read(frame, options.color.as_deref())?;
        Ok(Coloring {
            of_row: groups
                .of_row
                .iter()
                .map(|group| groups.colors[*group])
                .collect(),
            legend: groups.legend(drawn_groups(rows, &groups)).keyed(Key::Dot),
            groups,
            by_group: options.color.is_some(),
        })
    }
}

fn is_measure(values: &[Option<f64>]) -> bool {
    // Few are needed to find more than a dozen.
    let mut distinct: Vec<f64> = Vec::new();
    for value in values.iter().flatten() {
        if !distinct.contains(value) {
            distinct.push(*value);
        }
        if distinct.len() > MOST_NUMBERED {
            return true;
        }
    }
    false
}

/// Whether a group has any of the rows.
pub(crate) fn drawn_groups(rows: &[Row], groups: &Groups) -> impl Fn(usize) -> bool + use<> {
    let mut drawn = vec![false; groups.len()];
    for row in rows {
        drawn[groups.of_row[row.index]] = true;
    }
    move |group| drawn[group]
}

/// The rows of each group that are drawn.
pub(crate) fn split(rows: &[Row], groups: &Groups, options: &Options) -> Vec<Vec<Row>> {
    let mut split = vec![Vec::new(); groups.len()];
    for row in rows.iter().filter(|row| options.draws(row.index)) {
        split[groups.of_row[row.index]].push(*row);
    }
    split
}
