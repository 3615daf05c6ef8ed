//! Densities: a smooth curve over a column, for each group.

use polars::prelude::DataFrame;

use super::{Sample, counted};
use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::plot::{Layer, Plot, Stroke};
use crate::request::Options;
use crate::stats::Density;

/// How many bandwidths a curve reaches beyond its values, and its points.
const CUT: f64 = 3.0;
const POINTS: usize = 200;

/// A filled curve for each group. The area under a curve is the group's share
/// of the rows, so that groups can be compared.
pub(crate) fn density(
    frame: &DataFrame,
    name: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let mut sample = Sample::read(frame, name, "a density", options)?;
    let values = sample.by_group();
    let all = values.iter().map(Vec::len).sum::<usize>().max(1) as f64;
    let mut curves: Vec<(usize, Vec<(f64, f64)>)> = Vec::new();
    let mut constant = 0;
    for (group, values) in values
        .iter()
        .enumerate()
        .filter(|(_, values)| !values.is_empty())
    {
        match Density::of(values) {
            Some(density) => {
                let share = values.len() as f64 / all;
                let curve = density.curve(CUT, POINTS);
                curves.push((
                    group,
                    curve.into_iter().map(|(x, y)| (x, y * share)).collect(),
                ));
            }
            None => constant += 1,
        }
    }
    if constant > 0 {
        let groups = counted(constant, "group");
        let groups = if sample.groups.len() > 1 {
            groups
        } else {
            "the column".to_owned()
        };
        let fewer = "fewer than two different values and no density";
        sample.notes.push(format!("{groups} with {fewer}"));
    }
    if curves.is_empty() && options.only.is_none() {
        return Err(ChartError::Empty {
            reason: "a density needs at least two different values".to_owned(),
        });
    }
    let x = Axis::around(
        &column::title(frame, name),
        if curves.is_empty() {
            sample
                .rows
                .iter()
                .map(|row| sample.back(row.0))
                .collect::<Vec<_>>()
        } else {
            curves
                .iter()
                .flat_map(|(_, curve)| curve.iter().map(|at| at.0))
                .collect()
        }
        .into_iter(),
        sample.scale,
    );
    let heights = curves
        .iter()
        .flat_map(|(_, curve)| curve.iter().map(|at| at.1));
    let y = Axis::from_zero("density", heights, column::scale(false, false, "log_y")?);
    let several = sample.groups.len() > 1;
    let opacity = options.alpha.unwrap_or(if several { 0.25 } else { 0.3 });
    let (mut fills, mut lines) = (Vec::new(), Vec::new());
    for (group, curve) in curves {
        let color = sample.groups.colors[group];
        fills.push(Layer::Band {
            points: curve.iter().map(|(x, y)| (*x, 0.0, *y)).collect(),
            color,
            opacity,
            along_x: true,
        });
        lines.push(Layer::Path {
            points: curve,
            color,
            width: 2.0,
            opacity: 1.0,
            style: Stroke::Plain,
        });
    }
    fills.extend(lines);
    let rows = &sample.rows;
    Ok(Plot {
        x,
        y,
        layers: fills,
        legend: sample
            .groups
            .legend(|group| rows.iter().any(|row| row.1 == group)),
        drawn: counted(rows.len(), "row"),
        notes: sample.notes,
    })
}
