//! Charts of frames, one function for each kind and one builder for all.
//!
//! A chart is made from a frame and the names of its columns, refined with
//! methods, and shown by being the last expression of a cell. Nothing here is
//! generic and nothing fails while a chart is being built: cells compile fast,
//! and what is wrong is told when the chart is drawn.
//!
//! ```
//! use ferrite_plot::chart;
//!
//! let penguins = ferrite_frame::datasets::penguins()?;
//! let chart = chart::scatter(&penguins, "flipper_length_mm", "body_mass_g")
//!     .color("species")
//!     .trend()
//!     .title("Heavier penguins have longer flippers");
//! assert!(chart.svg()?.contains("Gentoo"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::path::Path;

use polars::prelude::DataFrame;

use crate::error::ChartError;
use crate::palette::Theme;
use crate::plot::Figure;
use crate::request::{Kind, Options};
use crate::scene::Scene;
use crate::{html, layout, png, svg};

mod frames;
mod interactive;
mod matrices;
mod models;
mod options;
mod subplots;

pub use frames::{
    area, bar, boxplot, count, density, ecdf, histogram, line, scatter, step, violin,
};
pub use interactive::Interactive;
pub use matrices::{confusion_matrix, correlation, heatmap, heatmap_by, heatmap_pivot, pair_plot};
pub use models::{
    beeswarm, calibration_curve, decision_regions, dendrogram, elbow, feature_importance,
    learning_curve, precision_recall_curve, predictions, residuals, roc_curve, score_curve,
    silhouette, validation_curve,
};
pub use subplots::{Subplots, subplots};

/// A chart that is being made: refined by its methods, then shown or saved.
///
/// It shares the frame's columns instead of borrowing the frame, so a chart
/// may outlive the variable that it was made from.
#[derive(Clone)]
#[must_use = "a chart is shown by the last expression of a cell, or saved with `.save(…)`"]
pub struct Chart {
    frame: DataFrame,
    kind: Kind,
    options: Options,
}

impl Chart {
    fn new(kind: Kind) -> Chart {
        Chart::of_frame(&DataFrame::empty(), kind)
    }

    fn of_frame(frame: &DataFrame, kind: Kind) -> Chart {
        Chart {
            frame: frame.clone(),
            kind,
            options: Options::default(),
        }
    }

    /// Draws the chart as an SVG document.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// assert!(chart::count(&penguins, "island").svg()?.starts_with("<svg"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When a column is missing or of the wrong type, an option does not suit
    /// the chart, or there is nothing to draw.
    pub fn svg(&self) -> Result<String, ChartError> {
        Ok(svg::write(&self.scene()?.0, self.options.theme))
    }

    /// Draws the chart into a file: `.svg`, `.png`, or `.html`, a page of its
    /// own. A PNG has twice as many pixels as the chart, to be sharp in print
    /// and on dense screens.
    ///
    /// ```no_run
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// chart::count(&penguins, "island").save("islands.png")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Chart::svg`], and when the file cannot be written.
    pub fn save(&self, path: &str) -> Result<(), ChartError> {
        let format = Format::of(path)?;
        save(&self.scene()?.0, self.options.theme, format, path)
    }

    /// The same chart with tooltips and zoom, as a Vega-Lite document that
    /// JupyterLab shows by itself.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").color("species");
    /// assert!(chart.interactive().json()?.contains("\"type\":\"quantitative\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn interactive(&self) -> Interactive {
        Interactive::of(self)
    }

    /// The marks in the coordinates of their data, and, in one line, what they
    /// are.
    fn figure(&self) -> Result<(Figure, String), ChartError> {
        let options = &self.options;
        options.check(&self.kind)?;
        let mut figure = self.kind.figure(&self.frame, options)?;
        let mut description = format!("{self}: {}", figure.drawn);
        for note in &figure.notes {
            description += &format!("; {note}");
        }
        // A chart that lies on its side keeps the names of what is drawn.
        let (x, y) = (&options.x_label, &options.y_label);
        match figure.panels.as_mut_slice() {
            [Some(panel)] => {
                panel.x.title = x.clone().unwrap_or(std::mem::take(&mut panel.x.title));
                panel.y.title = y.clone().unwrap_or(std::mem::take(&mut panel.y.title));
            }
            _ => {
                figure.x_title = x.clone().unwrap_or(figure.x_title);
                figure.y_title = y.clone().unwrap_or(figure.y_title);
            }
        }
        Ok((figure, description))
    }

    fn pixels(&self, figure: &Figure) -> (u32, u32) {
        self.options
            .size
            .unwrap_or_else(|| self.kind.size(&self.frame, figure))
    }

    /// The picture and, in one line, what is in it.
    pub(crate) fn scene(&self) -> Result<(Scene, String), ChartError> {
        let (figure, description) = self.figure()?;
        let (width, height) = self.pixels(&figure);
        let size = (f64::from(width), f64::from(height));
        let (title, theme) = (self.options.title.as_deref(), self.options.theme);
        let scene = layout::compose(&figure, title, size, theme, description.clone());
        Ok((scene, description))
    }

    pub(crate) fn theme_of(&self) -> Theme {
        self.options.theme
    }
}

/// What a file is, by its name.
#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
    Html,
}

impl Format {
    fn of(path: &str) -> Result<Format, ChartError> {
        let extension = Path::new(path)
            .extension()
            .map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("svg") => Ok(Format::Svg),
            Some("png") => Ok(Format::Png),
            Some("html" | "htm") => Ok(Format::Html),
            _ => Err(ChartError::Format {
                path: path.to_owned(),
            }),
        }
    }
}

fn save(scene: &Scene, theme: Theme, format: Format, path: &str) -> Result<(), ChartError> {
    let text = match format {
        Format::Png => return png::save(scene, theme, path),
        Format::Svg => svg::write(scene, theme),
        Format::Html => html::page(&scene.description, &svg::write(scene, theme), theme),
    };
    write(path, &text)
}

fn write(path: &str, text: &str) -> Result<(), ChartError> {
    std::fs::write(path, text).map_err(|error| ChartError::Write {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

/// What the chart shows, as in "scatter chart of mass by length, coloured by
/// species".
impl fmt::Display for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match &self.options.color {
            Some(column) => write!(f, ", coloured by {column}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chart({self})")
    }
}
