//! Residuals of a regression: what the truth is above or below the prediction.

use polars::prelude::DataFrame;

use super::points::{Coloring, Row, look};
use super::{counted, empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::palette::AXIS;
use crate::plot::{Layer, Plot, Point, Stroke};
use crate::request::Options;
use crate::stats::{mean, quantile};
use crate::ticks::significant;

/// A dot for each row around the line of no error.
pub(crate) fn residuals(
    frame: &DataFrame,
    truth: &str,
    prediction: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let truths = column::numbers(frame, truth, "the truth", "")?;
    let predictions = column::numbers(frame, prediction, "the prediction", "")?;
    let rows: Vec<Row> = truths
        .iter()
        .zip(&predictions)
        .enumerate()
        .filter_map(|(index, (truth, prediction))| {
            let (x, truth) = ((*prediction)?, (*truth)?);
            Some(Row {
                x,
                y: truth - x,
                index,
            })
        })
        .collect();
    let mut notes: Vec<String> = missing_note(frame.height() - rows.len())
        .into_iter()
        .collect();
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let squares: Vec<f64> = rows.iter().map(|row| row.y * row.y).collect();
    let rmse = significant(mean(&squares).sqrt(), 3);
    let mut absolute: Vec<f64> = rows.iter().map(|row| row.y.abs()).collect();
    absolute.sort_unstable_by(f64::total_cmp);
    let middle = significant(quantile(&absolute, 0.5), 3);
    notes.push(format!("RMSE {rmse}, median absolute residual {middle}"));
    let coloring = Coloring::read(frame, options, &rows)?;
    let point = |row: &Row| Point {
        x: row.x,
        y: row.y,
        color: coloring.of_row[row.index],
    };
    let x = Axis::around(
        &format!("predicted {truth}"),
        rows.iter().map(|row| row.x),
        Scale::Linear,
    );
    // The line of no error lies in the middle.
    let most = absolute.last().copied().unwrap_or(0.0);
    let y = Axis::around(
        "residual (truth − prediction)",
        [-most, most].into_iter(),
        Scale::Linear,
    );
    let (lo, hi) = x.ends();
    let (radius, opacity) = look(rows.len());
    let layers = vec![
        Layer::Points {
            points: rows.iter().map(point).collect(),
            radius,
            opacity: options.alpha.unwrap_or(opacity),
        },
        Layer::Segments {
            segments: vec![[(lo, 0.0), (hi, 0.0)]],
            color: AXIS,
            width: 1.5,
            style: Stroke::Dashed,
        },
    ];
    Ok(Plot {
        x,
        y,
        layers,
        legend: coloring.legend,
        drawn: counted(rows.len(), "point"),
        notes,
    })
}
