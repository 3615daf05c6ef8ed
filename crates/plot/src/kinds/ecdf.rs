//! Empirical cumulative distributions: what share of the rows lies at or below
//! each value. Nothing is smoothed and nothing is binned.

use polars::prelude::DataFrame;

use super::lines::{stairs, thinned};
use super::{Sample, counted};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::plot::{Key, Layer, Plot, Stroke};
use crate::request::Options;

/// Stairs from zero to one for each group.
pub(crate) fn ecdf(frame: &DataFrame, name: &str, options: &Options) -> Result<Plot, ChartError> {
    let sample = Sample::read(frame, name, "a cumulative distribution", options)?;
    let on_axis = sample.rows.iter().map(|row| sample.back(row.0));
    let x = Axis::around(&column::title(frame, name), on_axis, sample.scale);
    let mut layers = Vec::new();
    for (group, mut values) in sample.by_group().into_iter().enumerate() {
        if values.is_empty() {
            continue;
        }
        values.sort_unstable_by(f64::total_cmp);
        let points: Vec<(f64, f64)> = shares(&values)
            .into_iter()
            .map(|(value, share)| (sample.back(value), share))
            .collect();
        let pixels = options.size.map_or(640, |size| size.0) as usize;
        let mut path = vec![(points[0].0, 0.0)];
        path.extend(stairs(&thinned(&points, &x, pixels)));
        layers.push(Layer::Path {
            points: path,
            color: sample.groups.colors[group],
            width: 2.0,
            opacity: options.alpha.unwrap_or(1.0),
            style: Stroke::Plain,
        });
    }
    let rows = &sample.rows;
    Ok(Plot {
        x,
        y: Axis::between("share of rows", -0.02, 1.02, Scale::Linear),
        layers,
        legend: sample
            .groups
            .legend(|group| rows.iter().any(|row| row.1 == group))
            .keyed(Key::Line),
        drawn: counted(rows.len(), "row"),
        notes: sample.notes,
    })
}

/// Each different value with the share of values up to it.
pub(crate) fn shares(sorted: &[f64]) -> Vec<(f64, f64)> {
    let all = sorted.len() as f64;
    let mut below = 0;
    sorted
        .chunk_by(|a, b| a == b)
        .map(|equal| {
            below += equal.len();
            (equal[0], below as f64 / all)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_step() {
        assert_eq!(
            shares(&[1.0, 1.0, 2.0, 4.0]),
            [(1.0, 0.5), (2.0, 0.75), (4.0, 1.0)]
        );
    }
}
