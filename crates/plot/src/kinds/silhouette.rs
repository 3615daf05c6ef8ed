//! Silhouettes of a clustering: for each cluster, how well each of its rows
//! belongs to it, from the best to the worst.

use polars::prelude::DataFrame;

use super::{counted, empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::EDGE;
use crate::plot::{Label, Layer, Legend, Plot, Side, Stroke};
use crate::stats::mean;
use crate::ticks::{Tick, significant};

/// Of so many rows in a cluster, some are left out; the shape stays.
const MOST: usize = 500;

/// A filled shape for each cluster, as high as the cluster is large.
pub(crate) fn silhouette(
    frame: &DataFrame,
    cluster: &str,
    value: &str,
) -> Result<Plot, ChartError> {
    let groups = Groups::read(frame, Some(cluster))?;
    let values = column::numbers(frame, value, "a silhouette", "")?;
    let mut clusters: Vec<Vec<f64>> = vec![Vec::new(); groups.len()];
    for (value, group) in values.iter().zip(&groups.of_row) {
        clusters[*group].extend(*value);
    }
    let rows: usize = clusters.iter().map(Vec::len).sum();
    let notes: Vec<String> = missing_note(frame.height() - rows).into_iter().collect();
    if rows == 0 {
        return Err(empty(frame.height(), &notes));
    }
    let all: Vec<f64> = clusters.iter().flatten().copied().collect();
    let average = mean(&all);
    let gap = 0.02 * rows as f64;
    let mut below = 0.0;
    let (mut layers, mut ticks) = (Vec::new(), Vec::new());
    for (group, mut values) in clusters.into_iter().enumerate() {
        if values.is_empty() {
            continue;
        }
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        let (size, own) = (values.len() as f64, mean(&values));
        let step = values.len().div_ceil(MOST);
        let band = |(index, value): (usize, &f64)| {
            let place = below + (index * step) as f64;
            let end = (place + step as f64).min(below + size);
            [(place, 0.0, *value), (end, 0.0, *value)]
        };
        layers.push(Layer::Band {
            points: values
                .iter()
                .step_by(step)
                .enumerate()
                .flat_map(band)
                .collect(),
            color: groups.colors[group],
            opacity: 0.85,
            along_x: false,
        });
        let label = format!(
            "{} ({}, {})",
            groups.labels[group],
            values.len(),
            significant(own, 2)
        );
        ticks.push(Tick {
            at: below + size / 2.0,
            label,
        });
        below += size + gap;
    }
    let least = all.iter().copied().fold(0.0, f64::min);
    let most = all.iter().copied().fold(0.0, f64::max);
    let ends = [least - 0.02, most + 0.02].into_iter();
    let x = Axis::from_zero("silhouette coefficient", ends, Scale::Linear);
    let end = below - gap;
    layers.push(Layer::Segments {
        segments: vec![[(average, -gap), (average, end + gap)]],
        color: EDGE,
        width: 1.4,
        style: Stroke::Dashed,
    });
    let text = format!("mean {}", significant(average, 3));
    layers.push(Layer::Labels {
        labels: vec![Label {
            x: average,
            // Beside the worst rows of the last cluster, which are short.
            y: end - 0.02 * rows as f64,
            text: text.clone(),
            side: Side::Right,
        }],
        room: None,
    });
    let y = Axis::between(cluster, -gap, end + gap, Scale::Linear);
    Ok(Plot {
        x,
        y: y.flipped().marked(ticks),
        layers,
        legend: Legend::None,
        drawn: format!("{}, {text}", counted(rows, "row")),
        notes,
    })
}
