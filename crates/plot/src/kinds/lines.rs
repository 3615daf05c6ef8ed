//! Line, step and area charts: rows joined along x.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::counted;
use super::points::{self, Row, Rows};
use super::table::{Errors, Pool, half_lengths};
use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::{OTHER, Paint};
use crate::plot::{Key, Layer, Plot, Point, Stroke};
use crate::request::Options;

/// Lines of fewer points than this have dots.
const FEW: usize = 25;

/// How neighbours are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Straight,
    /// Each value holds until the next.
    Step,
    /// Straight, and filled down to zero.
    Area,
}

/// What is drawn of one group: (x, low, y, high), without a band where low
/// and high are NaN.
type Series = Vec<[f64; 4]>;

impl Form {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Form::Straight => "line chart",
            Form::Step => "step chart",
            Form::Area => "area chart",
        }
    }
}

/// One line for each group, along x.
pub(crate) fn line(
    frame: &DataFrame,
    x: &str,
    y: &str,
    form: Form,
    options: &Options,
) -> Result<Plot, ChartError> {
    let mut read = Rows::read(frame, x, y, options)?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let errors = Errors::asked(options.error_bars.as_deref());
    let halves = match &errors {
        Errors::Column(column) => Some(half_lengths(frame, column)?),
        _ => None,
    };
    let mut trends = if options.trend {
        read.trends(&groups, options.color.is_some(), options)?
    } else {
        Vec::new()
    };
    let mut colors = groups.colors.clone();
    let mut series: Vec<Series> = Vec::new();
    let mut apart: Vec<Series> = Vec::new();
    for rows in points::split(&read.rows, &groups, options) {
        let pool = |rows| pooled(rows, &errors, halves.as_deref(), form);
        let members = members(&rows, &groups);
        let area = form == Form::Area;
        if members.is_empty() || area && members.len() > MOST_APART {
            series.push(pool(rows));
        } else if area && options.stacked {
            series.push(summed(members.into_iter().map(pool).collect()));
        } else {
            // Lines that have nothing to do with each other are not joined, and
            // of more than can be told apart each row is a dot.
            series.push(Series::new());
            match members.len() > MOST_APART {
                true => apart.extend(rows.into_iter().map(|row| pool(vec![row]))),
                false => apart.extend(members.into_iter().map(pool)),
            }
        }
    }
    if form == Form::Area && options.stacked {
        series = stacked(&series);
    }
    // Behind those that have a colour of their own.
    colors.splice(0..0, vec![OTHER; apart.len()]);
    series.splice(0..0, apart);
    let x_axis = read.x_axis(frame, x);
    let reach = series.iter().flatten().flat_map(|at| [at[1], at[2], at[3]]);
    let y_axis = if form == Form::Area {
        Axis::from_zero(
            &column::title(frame, y),
            reach.filter(|y| y.is_finite()),
            read.y_scale,
        )
    } else {
        read.y_axis(frame, y, &trends, reach)
    };
    if !matches!(errors, Errors::Column(_) | Errors::None) {
        read.notes
            .push("lines are means of the rows with the same x".to_owned());
    }
    read.notes.extend(errors.note("band"));
    let style = Style {
        form,
        opacity: options.alpha,
        stacked: options.stacked,
        pixels: options.size.map_or(640, |size| size.0) as usize,
    };
    let mut layers = style.draw(series, &colors, &x_axis);
    layers.append(&mut trends);
    Ok(Plot {
        x: x_axis,
        y: y_axis,
        layers,
        legend: groups
            .legend(points::drawn_groups(&read.rows, &groups))
            .keyed(if form == Form::Area {
                Key::Area
            } else {
                Key::Line
            }),
        notes: read.notes,
        drawn: counted(read.rows.len(), "point"),
    })
}

struct Style {
    form: Form,
    opacity: Option<f64>,
    stacked: bool,
    pixels: usize,
}

impl Style {
    fn draw(&self, series: Vec<Series>, colors: &[Paint], x: &Axis) -> Vec<Layer> {
        let mut bands = Vec::new();
        let mut lines = Vec::new();
        let mut dots = Vec::new();
        let opacity = self.opacity.unwrap_or(1.0);
        let several = series.iter().filter(|series| !series.is_empty()).count() > 1;
        for (series, color) in series.into_iter().zip(colors) {
            let color = *color;
            let path: Vec<(f64, f64)> = series.iter().map(|at| (at[0], at[2])).collect();
            let area = self.form == Form::Area;
            let banded = |at: &&[f64; 4]| at[1].is_finite() && at[3].is_finite();
            let band = series.iter().filter(banded).map(|at| {
                // Under an area, everything down to zero or the group below.
                if area {
                    (at[0], at[1], at[2])
                } else {
                    (at[0], at[1], at[3])
                }
            });
            let band: Vec<(f64, f64, f64)> = sparse(band.collect(), 4 * self.pixels);
            if band.len() > 1 {
                let filled = if self.stacked || !several { 0.75 } else { 0.3 };
                bands.push(Layer::Band {
                    points: band,
                    color,
                    opacity: if area {
                        self.opacity.unwrap_or(filled)
                    } else {
                        0.2 * opacity
                    },
                    along_x: true,
                });
            }
            if path.len() <= FEW && self.form == Form::Straight || path.len() == 1 {
                dots.extend(path.iter().map(|(x, y)| Point {
                    x: *x,
                    y: *y,
                    color,
                }));
            }
            if path.len() > 1 {
                let width = if path.len() > 200 { 1.5 } else { 2.0 };
                let points = thinned(&path, x, self.pixels);
                lines.push(Layer::Path {
                    points: if self.form == Form::Step {
                        stairs(&points)
                    } else {
                        points
                    },
                    color,
                    width,
                    opacity,
                    style: Stroke::Plain,
                });
            }
        }
        bands.extend(lines);
        if !dots.is_empty() {
            bands.push(Layer::Points {
                points: dots,
                radius: 3.0,
                opacity,
            });
        }
        bands
    }
}

/// More groups without a colour than this are not told apart.
const MOST_APART: usize = 300;

/// The rows of a colour by their groups, if several share it.
fn members(rows: &[Row], groups: &Groups) -> Vec<Vec<Row>> {
    let mut members: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    for row in rows {
        if let Some(member) = groups.member(row.index) {
            members.entry(member).or_default().push(*row);
        }
    }
    members.into_values().collect()
}

/// Groups that share a colour as one: at each x of any, what they add up to.
fn summed(members: Vec<Series>) -> Series {
    match stacked(&members).pop() {
        Some(top) => top
            .into_iter()
            .map(|at| [at[0], 0.0, at[2], at[2]])
            .collect(),
        None => Series::new(),
    }
}

/// The rows of one group in the order of x; those of one x as their mean if
/// there are error bars, or if an area needs one height.
fn pooled(
    mut rows: Vec<Row>,
    errors: &Errors,
    halves: Option<&[Option<f64>]>,
    form: Form,
) -> Series {
    // Rows of one x keep their order: the steps of a ROC curve need it.
    rows.sort_by(|a, b| a.x.total_cmp(&b.x));
    if let Errors::None = errors
        && form != Form::Area
    {
        return rows
            .iter()
            .map(|row| [row.x, f64::NAN, row.y, f64::NAN])
            .collect();
    }
    let half_of = |row: &Row| {
        halves
            .and_then(|halves| halves[row.index])
            .unwrap_or(f64::NAN)
    };
    rows.chunk_by(|a, b| a.x == b.x)
        .map(|rows| {
            let mut pool = Pool::default();
            for row in rows {
                pool.add(row.y, half_of(row).abs());
            }
            let (y, half) = (pool.mean, pool.half(errors));
            if form == Form::Area {
                [rows[0].x, 0.0, y, y]
            } else {
                let half = if half.is_finite() { half } else { 0.0 };
                [rows[0].x, y - half, y, y + half]
            }
        })
        .collect()
}

/// Each group on top of those before it, at every x of any group; between its
/// own, a group is taken to change evenly.
fn stacked(series: &[Series]) -> Vec<Series> {
    let mut places: Vec<f64> = series.iter().flatten().map(|at| at[0]).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let mut ground = vec![0.0; places.len()];
    let mut stack = |series: &Series| {
        let on_top = places.iter().zip(&mut ground).map(|(x, ground)| {
            let low = *ground;
            *ground += value_at(series, *x);
            [*x, low, *ground, *ground]
        });
        if series.is_empty() {
            Vec::new()
        } else {
            on_top.collect()
        }
    };
    series.iter().map(&mut stack).collect()
}

/// The height of a series at a place, zero before and after it.
fn value_at(series: &Series, x: f64) -> f64 {
    let after = series.partition_point(|at| at[0] < x);
    match (
        after.checked_sub(1).and_then(|before| series.get(before)),
        series.get(after),
    ) {
        (_, Some(at)) if at[0] == x => at[2],
        (Some(before), Some(at)) => {
            let share = (x - before[0]) / (at[0] - before[0]);
            before[2] + share * (at[2] - before[2])
        }
        _ => 0.0,
    }
}

/// Level until the next point, then straight up or down to it.
pub(crate) fn stairs(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut stairs: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for (before, after) in points.iter().zip(points.iter().skip(1)) {
        stairs.extend([(after.0, before.1), *after]);
    }
    stairs
}

/// At most about so many, evenly taken.
fn sparse(points: Vec<(f64, f64, f64)>, most: usize) -> Vec<(f64, f64, f64)> {
    let step = points.len().div_ceil(most.max(2)).max(1);
    let last = points.len().saturating_sub(1);
    let mut kept = points;
    let mut index = 0;
    kept.retain(|_| {
        index += 1;
        (index - 1) % step == 0 || index - 1 == last
    });
    kept
}

/// The points of a line without those that make no difference: of each column
/// of pixels, the first, the lowest, the highest and the last one remain.
pub(crate) fn thinned(series: &[(f64, f64)], x: &Axis, columns: usize) -> Vec<(f64, f64)> {
    if series.len() <= 4 * columns {
        return series.to_vec();
    }
    let column = |at: &(f64, f64)| (x.share(at.0) * columns as f64) as usize;
    let mut kept = Vec::new();
    for chunk in series.chunk_by(|a, b| column(a) == column(b)) {
        let by_y = |a: &usize, b: &usize| chunk[*a].1.total_cmp(&chunk[*b].1);
        let lowest = (0..chunk.len()).min_by(by_y).unwrap_or(0);
        let highest = (0..chunk.len()).max_by(by_y).unwrap_or(0);
        let mut places = [0, lowest, highest, chunk.len() - 1];
        places.sort_unstable();
        let mut last = usize::MAX;
        for place in places {
            if place != last {
                kept.push(chunk[place]);
            }
            last = place;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Scale;

    #[test]
    fn thinning_keeps_the_extremes() {
        let series: Vec<(f64, f64)> = (0..100_000u32)
            .map(|i| (f64::from(i), f64::from(i % 997)))
            .collect();
        let axis = Axis::around("", series.iter().map(|at| at.0), Scale::Linear);
        let kept = thinned(&series, &axis, 640);
        assert!(kept.len() <= 4 * 641);
        assert!(kept.iter().any(|(_, y)| *y == 996.0) && kept.contains(&(0.0, 0.0)));
        assert!(kept.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn areas_stand_on_each_other_at_every_place_of_any() {
        let one = vec![[0.0, 0.0, 1.0, 1.0], [2.0, 0.0, 3.0, 3.0]];
        let two = vec![[1.0, 0.0, 5.0, 5.0]];
        let stacked = stacked(&[one, two]);
        assert_eq!(stacked[0][1], [1.0, 0.0, 2.0, 2.0], "half way");
        assert_eq!(
            stacked[1],
            [
                [0.0, 1.0, 1.0, 1.0],
                [1.0, 2.0, 7.0, 7.0],
                [2.0, 3.0, 3.0, 3.0]
            ]
        );
    }

    #[test]
    fn stairs_are_level_and_steep() {
        assert_eq!(
            stairs(&[(0.0, 1.0), (2.0, 3.0)]),
            [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0)]
        );
        assert!(stairs(&[]).is_empty());
    }
}
