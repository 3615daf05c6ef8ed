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
use crate::kinds::matrix::Matrix;
use crate::request::{Kind, Options};
use crate::scene::Scene;
use crate::{layout, png, svg};

/// A dot for each row. Columns of numbers, dates or, for x, names.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm");
/// assert_eq!(chart.svg()?.matches("<circle").count(), 342); // two rows have no bill
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn scatter(frame: &DataFrame, x: &str, y: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Scatter {
            x: x.into(),
            y: y.into(),
        },
    )
}

/// A line through the rows in the order of x, which may be numbers, dates or
/// names.
///
/// ```
/// # use polars::prelude::*;
/// let training = df!("epoch" => [1, 2, 3, 4], "loss" => [0.9, 0.5, 0.3, 0.25])?;
/// assert!(ferrite_plot::chart::line(&training, "epoch", "loss").svg()?.contains("epoch"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn line(frame: &DataFrame, x: &str, y: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Line {
            x: x.into(),
            y: y.into(),
        },
    )
}

/// A bar for each category, as high as its value; categories stand in the
/// order of the frame. The bar is the mean where a category has several rows.
///
/// ```
/// # use polars::prelude::*;
/// let scores = df!("model" => ["knn", "tree"], "f1" => [0.91, 0.87])?;
/// assert!(ferrite_plot::chart::bar(&scores, "model", "f1").svg()?.contains("0.91"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bar(frame: &DataFrame, category: &str, value: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Bar {
            category: category.into(),
            value: value.into(),
        },
    )
}

/// How many rows fall into each interval of a column of numbers or dates.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::histogram(&penguins, "body_mass_g").color("species");
/// assert!(chart.svg()?.contains("Chinstrap"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn histogram(frame: &DataFrame, column: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Histogram {
            column: column.into(),
        },
    )
}

/// How many rows have each value of a column: numbers in their order, names
/// with the most frequent first.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::count(&penguins, "species").color("sex");
/// assert!(chart.svg()?.contains("Adelie"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn count(frame: &DataFrame, column: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Count {
            column: column.into(),
        },
    )
}

/// A coloured cell for each pair of labels; `values` has a row for each row
/// label. NaN leaves a cell grey.
///
/// ```
/// let names = ["mass".to_owned(), "length".to_owned()];
/// let chart = ferrite_plot::chart::heatmap(&names, &names, &[vec![1.0, 0.87], vec![0.87, 1.0]]);
/// assert!(chart.svg()?.contains("0.87"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn heatmap(row_labels: &[String], col_labels: &[String], values: &[Vec<f64>]) -> Chart {
    Chart::new(Kind::Heatmap(Matrix {
        rows: row_labels.to_vec(),
        columns: col_labels.to_vec(),
        values: values.to_vec(),
    }))
}

/// How often each true class (a row of `counts`) was predicted as each class
/// (a column); shaded by the share of the true class.
///
/// ```
/// let labels = ["cat".to_owned(), "dog".to_owned()];
/// let chart = ferrite_plot::chart::confusion_matrix(&labels, &[vec![9, 1], vec![2, 8]]);
/// assert!(chart.svg()?.contains("90 %"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn confusion_matrix(labels: &[String], counts: &[Vec<usize>]) -> Chart {
    let number = |row: &Vec<usize>| row.iter().map(|count| *count as f64).collect();
    Chart::new(Kind::Confusion(Matrix {
        rows: labels.to_vec(),
        columns: labels.to_vec(),
        values: counts.iter().map(number).collect(),
    }))
}

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

    /// Gives each group of rows, by their value in a column, a colour and an
    /// entry in the legend. In a scatter chart, numbers become a scale of
    /// colours.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::count(&penguins, "island").color("species");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn color(mut self, column: &str) -> Chart {
        self.options.color = Some(column.to_owned());
        self
    }

    /// Sets the title, which has none by default.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::count(&penguins, "island").title("Where penguins live");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn title(mut self, title: &str) -> Chart {
        self.options.title = Some(title.to_owned());
        self
    }

    /// Names the x axis, in place of the column's name.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::histogram(&penguins, "body_mass_g").x_label("body mass (g)");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn x_label(mut self, label: &str) -> Chart {
        self.options.x_label = Some(label.to_owned());
        self
    }

    /// Names the y axis, in place of the column's name.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::histogram(&penguins, "body_mass_g").y_label("penguins");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn y_label(mut self, label: &str) -> Chart {
        self.options.y_label = Some(label.to_owned());
        self
    }

    /// Divides a histogram into a number of equal intervals, 1 to 1000.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::histogram(&penguins, "body_mass_g").bins(12);
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bins(mut self, bins: usize) -> Chart {
        self.options.bins = Some(bins);
        self
    }

    /// Adds the straight line of least squares, one for each colour group.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").color("species").trend();
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trend(mut self) -> Chart {
        self.options.trend = true;
        self
    }

    /// Sets the size in pixels; 640 × 400 by default. Between 200 × 150 and
    /// 4000 × 4000.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::count(&penguins, "island").size(400, 300);
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn size(mut self, width: u32, height: u32) -> Chart {
        self.options.size = (width, height);
        self
    }

    /// Sets how opaque the marks are, from 0 to 1.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::scatter(&penguins, "bill_length_mm", "bill_depth_mm").alpha(0.3);
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn alpha(mut self, alpha: f64) -> Chart {
        self.options.alpha = Some(alpha);
        self
    }

    /// Makes the x axis logarithmic. Rows of zero or less are left out, and
    /// the chart says so.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::histogram(&penguins, "body_mass_g").log_x();
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log_x(mut self) -> Chart {
        self.options.log_x = true;
        self
    }

    /// Makes the y axis logarithmic. Rows of zero or less are left out, and
    /// the chart says so.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::histogram(&penguins, "body_mass_g").log_y();
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log_y(mut self) -> Chart {
        self.options.log_y = true;
        self
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
        Ok(svg::write(&self.scene()?.0))
    }

    /// Draws the chart into a file, `.svg` or `.png`. A PNG has twice as many
    /// pixels as the chart, to be sharp in print and on dense screens.
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
        let extension = Path::new(path)
            .extension()
            .map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("svg") => std::fs::write(path, self.svg()?).map_err(|error| ChartError::Write {
                path: path.to_owned(),
                message: error.to_string(),
            }),
            Some("png") => png::save(&self.scene()?.0, path),
            _ => Err(ChartError::Format {
                path: path.to_owned(),
            }),
        }
    }

    /// The picture and, in one line, what is in it.
    pub(crate) fn scene(&self) -> Result<(Scene, String), ChartError> {
        let options = &self.options;
        options.check(&self.kind)?;
        let mut plot = self.kind.plot(&self.frame, options)?;
        let mut description = format!("{self}: {}", plot.drawn);
        for note in &plot.notes {
            description += &format!("; {note}");
        }
        if let Some(label) = &options.x_label {
            plot.x.title.clone_from(label);
        }
        if let Some(label) = &options.y_label {
            plot.y.title.clone_from(label);
        }
        let size = (f64::from(options.size.0), f64::from(options.size.1));
        let scene = layout::compose(&plot, options.title.as_deref(), size, description.clone());
        Ok((scene, description))
    }
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
