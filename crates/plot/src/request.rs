//! What was asked for: a kind of chart with its columns, and what the methods
//! of [`Chart`](crate::Chart) have set.

use std::fmt;

use polars::prelude::DataFrame;

use crate::error::ChartError;
use crate::kinds::matrix::Matrix;
use crate::kinds::{bars, histogram, matrix, points};
use crate::plot::Plot;

/// A kind of chart, with the names of its columns or with its values.
#[derive(Clone)]
pub(crate) enum Kind {
    Scatter { x: String, y: String },
    Line { x: String, y: String },
    Bar { category: String, value: String },
    Histogram { column: String },
    Count { column: String },
    Heatmap(Matrix),
    Confusion(Matrix),
}

/// What the methods of a chart have set.
#[derive(Clone)]
pub(crate) struct Options {
    pub color: Option<String>,
    pub title: Option<String>,
    pub x_label: Option<String>,
    pub y_label: Option<String>,
    pub bins: Option<usize>,
    pub trend: bool,
    pub size: (u32, u32),
    pub alpha: Option<f64>,
    pub log_x: bool,
    pub log_y: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            color: None,
            title: None,
            x_label: None,
            y_label: None,
            bins: None,
            trend: false,
            size: (640, 400),
            alpha: None,
            log_x: false,
            log_y: false,
        }
    }
}

impl Options {
    /// Refuses options that the chart would ignore.
    pub fn check(&self, kind: &Kind) -> Result<(), ChartError> {
        let of_points = matches!(kind, Kind::Scatter { .. } | Kind::Line { .. });
        let of_bars = matches!(kind, Kind::Bar { .. } | Kind::Count { .. });
        let histogram = matches!(kind, Kind::Histogram { .. });
        let framed = of_points || of_bars || histogram;
        let only_points = "; it is for scatter and line charts";
        let only_histograms = "; it is for histograms";
        for (set, allowed, option, hint) in [
            (self.color.is_some(), framed, "color", ""),
            (self.alpha.is_some(), framed, "alpha", ""),
            (self.trend, of_points, "trend", only_points),
            (self.bins.is_some(), histogram, "bins", only_histograms),
            (self.log_x, of_points || histogram, "log_x", ""),
            (self.log_y, framed, "log_y", ""),
        ] {
            if set && !allowed {
                return Err(ChartError::Unsupported {
                    option,
                    chart: kind.name(),
                    hint,
                });
            }
        }
        let invalid = |option, expected, got| {
            Err(ChartError::Invalid {
                option,
                expected,
                got,
            })
        };
        if let Some(bins) = self.bins.filter(|bins| !(1..=1000).contains(bins)) {
            return invalid("bins", "a number from 1 to 1000", bins.to_string());
        }
        if let Some(alpha) = self.alpha.filter(|alpha| !(0.0..=1.0).contains(alpha)) {
            return invalid("alpha", "a number from 0 to 1", alpha.to_string());
        }
        let (width, height) = self.size;
        if !(200..=4000).contains(&width) || !(150..=4000).contains(&height) {
            let expected = "pixels from 200 × 150 to 4000 × 4000";
            return invalid("size", expected, format!("{width} × {height}"));
        }
        Ok(())
    }
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Kind::Scatter { .. } => "scatter chart",
            Kind::Line { .. } => "line chart",
            Kind::Bar { .. } => "bar chart",
            Kind::Histogram { .. } => "histogram",
            Kind::Count { .. } => "count chart",
            Kind::Heatmap(_) => "heatmap",
            Kind::Confusion(_) => "confusion matrix",
        }
    }

    /// Reads the columns and turns them into marks.
    pub fn plot(&self, frame: &DataFrame, options: &Options) -> Result<Plot, ChartError> {
        match self {
            Kind::Scatter { x, y } => points::scatter(frame, x, y, options),
            Kind::Line { x, y } => points::line(frame, x, y, options),
            Kind::Bar { category, value } => bars::bar(frame, category, value, options),
            Kind::Histogram { column } => histogram::histogram(frame, column, options),
            Kind::Count { column } => bars::count(frame, column, options),
            Kind::Heatmap(matrix) => matrix::heatmap(matrix),
            Kind::Confusion(matrix) => matrix::confusion(matrix),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Kind::Scatter { x, y } | Kind::Line { x, y } => write!(f, " of {y} by {x}"),
            Kind::Bar { category, value } => write!(f, " of {value} by {category}"),
            Kind::Histogram { column } | Kind::Count { column } => write!(f, " of {column}"),
            Kind::Heatmap(_) | Kind::Confusion(_) => Ok(()),
        }
    }
}
