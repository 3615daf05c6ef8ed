//! What was asked for: a kind of chart with its columns, and what the methods
//! of [`Chart`](crate::Chart) have set.

use std::fmt;
use std::sync::Arc;

use polars::prelude::DataFrame;

use crate::error::ChartError;
use crate::kinds::curves::Curve;
use crate::kinds::dendrogram::Tree;
use crate::kinds::lines::Form;
use crate::kinds::matrix::Matrix;
use crate::kinds::regions::Regions;
use crate::kinds::scores::Scores;
use crate::kinds::{
    bars, beeswarm, boxes, curves, dendrogram, density, ecdf, heat, histogram, importance, lines,
    matrix, pairs, points, regions, residuals, scores, silhouette,
};
use crate::palette::Theme;
use crate::plot::{Figure, Plot};
use crate::{facets, kinds};

/// A kind of chart, with the names of its columns or with its values.
#[derive(Clone)]
pub(crate) enum Kind {
    Scatter {
        x: String,
        y: String,
    },
    Line {
        x: String,
        y: String,
        form: Form,
    },
    Bar {
        category: String,
        value: String,
    },
    Count {
        column: String,
    },
    Histogram {
        column: String,
    },
    Density {
        column: String,
    },
    Ecdf {
        column: String,
    },
    Boxes {
        category: String,
        value: String,
        violin: bool,
    },
    Heatmap(Matrix),
    HeatmapBy {
        x: String,
        y: String,
        value: String,
    },
    HeatmapPivot {
        index: String,
    },
    Confusion(Matrix),
    Correlation {
        columns: Vec<String>,
    },
    Pairs {
        columns: Vec<String>,
    },
    Curve {
        truth: String,
        scores: Vec<String>,
        curve: Curve,
    },
    Residuals {
        truth: String,
        prediction: String,
    },
    Predictions {
        truth: String,
        prediction: String,
    },
    Scores(Scores),
    Importance {
        feature: String,
        value: String,
    },
    Beeswarm {
        feature: String,
        value: String,
        size: String,
    },
    Regions(Arc<Regions>),
    Silhouette {
        cluster: String,
        value: String,
    },
    Dendrogram(Tree),
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
    pub size: Option<(u32, u32)>,
    pub alpha: Option<f64>,
    pub log_x: bool,
    pub log_y: bool,
    pub stacked: bool,
    pub horizontal: bool,
    /// "sd", "se", "ci" or the name of a column.
    pub error_bars: Option<String>,
    pub facet: Option<String>,
    pub facet_columns: Option<usize>,
    pub positive: Option<String>,
    pub theme: Theme,
    pub unknown_theme: Option<String>,
    /// The rows that are drawn, of those by which scales are chosen; all if
    /// nothing is said.
    pub only: Option<Arc<[bool]>>,
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
            size: None,
            alpha: None,
            log_x: false,
            log_y: false,
            stacked: false,
            horizontal: false,
            error_bars: None,
            facet: None,
            facet_columns: None,
            positive: None,
            theme: Theme::Auto,
            unknown_theme: None,
            only: None,
        }
    }
}

impl Options {
    /// Refuses options that the chart would ignore, and values out of range.
    pub fn check(&self, kind: &Kind) -> Result<(), ChartError> {
        for (set, option) in [
            (self.color.is_some(), "color"),
            (self.alpha.is_some(), "alpha"),
            (self.trend, "trend"),
            (self.bins.is_some(), "bins"),
            (self.log_x, "log_x"),
            (self.log_y, "log_y"),
            (self.stacked, "stacked"),
            (self.horizontal, "horizontal"),
            (self.error_bars.is_some(), "error_bars"),
            (self.facet.is_some(), "facet"),
            (self.facet_columns.is_some(), "facet_columns"),
            (self.positive.is_some(), "positive"),
        ] {
            if set && !kind.takes(option) {
                return Err(ChartError::Unsupported {
                    option,
                    chart: kind.name(),
                    hint: hint(option),
                });
            }
        }
        if self.stacked && self.log_y {
            return Err(ChartError::Unsupported {
                option: "log_y",
                chart: "stacked chart",
                hint: ": what is added up has no length on a logarithmic axis",
            });
        }
        self.check_values()
    }

    fn check_values(&self) -> Result<(), ChartError> {
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
        if let Some(columns) = self.facet_columns.filter(|n| !(1..=20).contains(n)) {
            return invalid(
                "facet_columns",
                "a number from 1 to 20",
                columns.to_string(),
            );
        }
        if let Some(theme) = &self.unknown_theme {
            let expected = "\"light\", \"dark\" or \"auto\"";
            return invalid("theme", expected, format!("\"{theme}\""));
        }
        if let Some((width, height)) = self.size
            && (!(200..=4000).contains(&width) || !(150..=4000).contains(&height))
        {
            let expected = "pixels from 200 × 150 to 4000 × 4000";
            return invalid("size", expected, format!("{width} × {height}"));
        }
        Ok(())
    }

    /// Whether a row is drawn.
    pub fn draws(&self, row: usize) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.get(row).copied().unwrap_or(false))
    }
}

/// What to do instead of an option that does not apply.
fn hint(option: &str) -> &'static str {
    match option {
        "trend" => "; it is for scatter and line charts",
        "bins" => "; it is for histograms and calibration curves",
        "stacked" => "; it is for bars, counts, histograms and areas",
        "horizontal" => "; it is for bars, counts, boxes and violins",
        "error_bars" => "; it is for scatter, line and bar charts and feature importances",
        "positive" => "; it is for curves of scores against a truth",
        _ => "",
    }
}

impl Kind {
    /// The kind in words, as in "bar chart".
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Scatter { .. } => "scatter chart",
            Kind::Line { form, .. } => form.name(),
            Kind::Bar { .. } => "bar chart",
            Kind::Count { .. } => "count chart",
            Kind::Histogram { .. } => "histogram",
            Kind::Density { .. } => "density chart",
            Kind::Ecdf { .. } => "cumulative distribution",
            Kind::Boxes { violin: false, .. } => "box plot",
            Kind::Boxes { violin: true, .. } => "violin plot",
            Kind::Heatmap(_) | Kind::HeatmapBy { .. } | Kind::HeatmapPivot { .. } => "heatmap",
            Kind::Confusion(_) => "confusion matrix",
            Kind::Correlation { .. } => "correlation matrix",
            Kind::Pairs { .. } => "pair plot",
            Kind::Curve { curve, .. } => curve.name(),
            Kind::Residuals { .. } => "residual chart",
            Kind::Predictions { .. } => "chart of predictions",
            Kind::Scores(scores) => scores.name(),
            Kind::Importance { .. } => "feature importance chart",
            Kind::Beeswarm { .. } => "beeswarm",
            Kind::Regions(_) => "chart of decision regions",
            Kind::Silhouette { .. } => "silhouette chart",
            Kind::Dendrogram(_) => "dendrogram",
        }
    }

    fn takes(&self, option: &str) -> bool {
        use Kind::{
            Bar, Beeswarm, Boxes, Count, Curve, Density, Ecdf, Histogram, Importance, Line, Pairs,
        };
        use Kind::{Predictions, Regions, Residuals, Scatter, Scores};
        let straight = matches!(
            self,
            Line {
                form: Form::Straight,
                ..
            }
        );
        let area = matches!(
            self,
            Line {
                form: Form::Area,
                ..
            }
        );
        let violin = matches!(self, Boxes { violin: true, .. });
        let framed = matches!(
            self,
            Scatter { .. }
                | Line { .. }
                | Bar { .. }
                | Count { .. }
                | Histogram { .. }
                | Density { .. }
                | Ecdf { .. }
                | Boxes { .. }
        );
        match option {
            "color" => {
                framed || matches!(self, Pairs { .. } | Residuals { .. } | Predictions { .. })
            }
            "alpha" => {
                framed
                    || matches!(
                        self,
                        Pairs { .. }
                            | Residuals { .. }
                            | Predictions { .. }
                            | Regions(_)
                            | Beeswarm { .. }
                    )
            }
            "trend" => straight || matches!(self, Scatter { .. }),
            "bins" => matches!(
                self,
                Histogram { .. }
                    | Curve {
                        curve: curves::Curve::Calibration,
                        ..
                    }
            ),
            "log_x" => {
                (matches!(
                    self,
                    Scatter { .. } | Line { .. } | Histogram { .. } | Ecdf { .. }
                ) && !area)
                    || matches!(self, Scores(_))
            }
            "log_y" => {
                framed && !violin && !area && !matches!(self, Density { .. } | Ecdf { .. })
                    || matches!(self, Scores(_))
            }
            "stacked" => area || matches!(self, Bar { .. } | Count { .. } | Histogram { .. }),
            "horizontal" => matches!(self, Bar { .. } | Count { .. } | Boxes { .. }),
            "error_bars" => {
                straight || matches!(self, Scatter { .. } | Bar { .. } | Importance { .. })
            }
            "facet" | "facet_columns" => framed,
            "positive" => matches!(self, Curve { .. }),
            _ => false,
        }
    }

    /// The size in pixels that suits what is drawn.
    pub fn size(&self, frame: &DataFrame, figure: &Figure) -> (u32, u32) {
        let rows = |rows: usize, each: u32| (60 + each * rows.min(100) as u32).clamp(240, 2000);
        match self {
            Kind::Pairs { .. } => {
                let side = (160 * figure.columns as u32 + 100).clamp(480, 1200);
                (side + 80, side)
            }
            _ if figure.panels.len() > 1 => {
                let columns = figure.columns.clamp(1, figure.panels.len()) as u32;
                let rows = (figure.panels.len() as u32).div_ceil(columns);
                let height = match (columns, rows) {
                    (1, _) => 150,
                    (_, 1) => 260,
                    _ => 210,
                };
                (
                    (230 * columns + 110).clamp(640, 1100),
                    (height * rows + 90).clamp(310, 1600),
                )
            }
            Kind::Correlation { columns } => {
                let columns = matrix::measures(frame, columns).map_or(2, |names| names.len());
                let side = rows(columns, 62).clamp(360, 900);
                (side + 210, side)
            }
            Kind::Confusion(matrix) => (560, rows(matrix.rows.len(), 70).clamp(360, 900)),
            Kind::Importance { .. } => (640, rows(frame.height().min(importance::MOST), 24)),
            Kind::Beeswarm { .. } => {
                let lines = figure
                    .panels
                    .iter()
                    .flatten()
                    .filter_map(|p| p.y.categories.as_ref());
                (
                    680,
                    rows(lines.map(Vec::len).max().unwrap_or(1), 32).max(260),
                )
            }
            Kind::Curve { .. } => (600, 420),
            Kind::Regions(_) => (640, 460),
            _ => (640, 400),
        }
    }

    /// Reads the columns and turns them into marks.
    pub fn figure(&self, frame: &DataFrame, options: &Options) -> Result<Figure, ChartError> {
        match (self, &options.facet) {
            (Kind::Pairs { columns }, _) => pairs::pairs(frame, columns, options),
            (_, Some(facet)) => facets::facets(self, frame, facet, options),
            _ => Ok(self.plot(frame, options)?.into()),
        }
    }

    /// One pair of axes with marks.
    pub fn plot(&self, frame: &DataFrame, options: &Options) -> Result<Plot, ChartError> {
        let plot = match self {
            Kind::Scatter { x, y } => points::scatter(frame, x, y, options),
            Kind::Line { x, y, form } => lines::line(frame, x, y, *form, options),
            Kind::Bar { category, value } => bars::bar(frame, category, value, options),
            Kind::Count { column } => bars::count(frame, column, options),
            Kind::Histogram { column } => histogram::histogram(frame, column, options),
            Kind::Density { column } => density::density(frame, column, options),
            Kind::Ecdf { column } => ecdf::ecdf(frame, column, options),
            Kind::Boxes {
                category,
                value,
                violin,
            } => boxes::boxes(frame, category, value, *violin, options),
            Kind::Heatmap(matrix) => matrix::heatmap(matrix),
            Kind::HeatmapBy { x, y, value } => heat::by(frame, x, y, value),
            Kind::HeatmapPivot { index } => heat::pivot(frame, index),
            Kind::Confusion(matrix) => matrix::confusion(matrix),
            Kind::Correlation { columns } => matrix::correlation(frame, columns),
            Kind::Pairs { .. } => Err(kinds::empty(0, &[])),
            Kind::Curve {
                truth,
                scores,
                curve,
            } => curves::curves(frame, truth, scores, *curve, options),
            Kind::Residuals { truth, prediction } => {
                residuals::residuals(frame, truth, prediction, options)
            }
            Kind::Predictions { truth, prediction } => {
                residuals::predictions(frame, truth, prediction, options)
            }
            Kind::Scores(scores) => scores::scores(scores, options),
            Kind::Importance { feature, value } => {
                importance::importance(frame, feature, value, options)
            }
            Kind::Beeswarm {
                feature,
                value,
                size,
            } => beeswarm::beeswarm(frame, [feature, value, size], options),
            Kind::Regions(regions) => regions::regions(regions, frame, options),
            Kind::Silhouette { cluster, value } => silhouette::silhouette(frame, cluster, value),
            Kind::Dendrogram(tree) => dendrogram::dendrogram(tree),
        }?;
        Ok(if options.horizontal {
            plot.turned()
        } else {
            plot
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Kind::Scatter { x, y } | Kind::Line { x, y, .. } => write!(f, " of {y} by {x}"),
            Kind::Bar { category, value }
            | Kind::Boxes {
                category, value, ..
            } => {
                write!(f, " of {value} by {category}")
            }
            Kind::Count { column }
            | Kind::Histogram { column }
            | Kind::Density { column }
            | Kind::Ecdf { column } => write!(f, " of {column}"),
            Kind::HeatmapBy { x, y, value } => write!(f, " of {value} by {x} and {y}"),
            Kind::Residuals { prediction, .. } | Kind::Predictions { prediction, .. } => {
                write!(f, " of {prediction}")
            }
            Kind::Curve { scores, .. } => write!(f, " of {}", scores.join(", ")),
            _ => Ok(()),
        }
    }
}
