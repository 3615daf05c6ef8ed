//! Predictions of a regression against the truth, and its residuals: what the truth is
//! above or below the prediction.

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
    let mut judged = Judged::read(frame, truth, prediction)?;
    let mut absolute: Vec<f64> = judged.residuals().map(f64::abs).collect();
    absolute.sort_unstable_by(f64::total_cmp);
    let middle = significant(quantile(&absolute, 0.5), 3);
    let rmse = judged.rmse();
    judged
        .notes
        .push(format!("RMSE {rmse}, median absolute residual {middle}"));
    for row in &mut judged.rows {
        row.y -= row.x;
    }
    let x = judged.predicted_axis(truth);
    // The line of no error lies in the middle.
    let most = absolute.last().copied().unwrap_or(0.0);
    let y = Axis::around(
        "residual (truth − prediction)",
        [-most, most].into_iter(),
        Scale::Linear,
    );
    let (lo, hi) = x.ends();
    judged.plot(frame, options, (x, y), [(lo, 0.0), (hi, 0.0)])
}

/// A dot for each row around the line on which truth and prediction are the same.
pub(crate) fn predictions(
    frame: &DataFrame,
    truth: &str,
    prediction: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let mut judged = Judged::read(frame, truth, prediction)?;
    let rmse = judged.rmse();
    judged.notes.push(format!("RMSE {rmse}"));
    let both = || judged.rows.iter().flat_map(|row| [row.x, row.y]);
    let axis = |title: &str| Axis::around(title, both(), Scale::Linear);
    let (x, y) = (axis(&format!("predicted {truth}")), axis(truth));
    let (lo, hi) = x.ends();
    judged.plot(frame, options, (x, y), [(lo, lo), (hi, hi)])
}

/// The rows that have both, the prediction as x and the truth as y.
struct Judged {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Judged {
    fn read(frame: &DataFrame, truth: &str, prediction: &str) -> Result<Judged, ChartError> {
        let truths = column::numbers(frame, truth, "the truth", "")?;
        let predictions = column::numbers(frame, prediction, "the prediction", "")?;
        let pairs = predictions.iter().zip(&truths).enumerate();
        let row = |(index, (x, y)): (usize, (&Option<f64>, &Option<f64>))| {
            let (x, y) = ((*x)?, (*y)?);
            Some(Row { x, y, index })
        };
        let rows: Vec<Row> = pairs.filter_map(row).collect();
        let notes: Vec<String> = missing_note(frame.height() - rows.len())
            .into_iter()
            .collect();
        if rows.is_empty() {
            return Err(empty(frame.height(), &notes));
        }
        Ok(Judged { rows, notes })
    }

    fn residuals(&self) -> impl Iterator<Item = f64> {
        self.rows.iter().map(|row| row.y - row.x)
    }

    fn rmse(&self) -> String {
        let squares: Vec<f64> = self
            .residuals()
            .map(|residual| residual * residual)
            .collect();
        significant(mean(&squares).sqrt(), 3)
    }

    fn predicted_axis(&self, truth: &str) -> Axis {
        let title = format!("predicted {truth}");
        Axis::around(&title, self.rows.iter().map(|row| row.x), Scale::Linear)
    }

    /// The dots under the line where there is no error.
    fn plot(
        self,
        frame: &DataFrame,
        options: &Options,
        (x, y): (Axis, Axis),
        right: [(f64, f64); 2],
    ) -> Result<Plot, ChartError> {
        let coloring = Coloring::read(frame, options, &self.rows)?;
        let point = |row: &Row| Point {
            x: row.x,
            y: row.y,
            color: coloring.of_row[row.index],
        };
        let (radius, opacity) = look(self.rows.len());
        let layers = vec![
            Layer::Points {
                points: self.rows.iter().map(point).collect(),
                radius,
                opacity: options.alpha.unwrap_or(opacity),
            },
            Layer::Segments {
                segments: vec![right],
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
            drawn: counted(self.rows.len(), "point"),
            notes: self.notes,
        })
    }
}
