//! Several charts as one picture.

use std::fmt;

use ferrite_display::{MimeBundle, Show};

use super::{Chart, Format, save};
use crate::error::ChartError;
use crate::palette::Theme;
use crate::scene::Scene;
use crate::{layout, svg};

/// Charts beside and below each other, in one picture. Each keeps its own axes
/// and legend; [`Chart::facet`] is for the same chart of several groups.
///
/// ```
/// use ferrite_plot::chart;
///
/// let penguins = ferrite_frame::datasets::penguins()?;
/// let both = chart::subplots(&[
///     chart::count(&penguins, "species"),
///     chart::histogram(&penguins, "body_mass_g"),
/// ]);
/// assert!(both.title("Penguins").svg()?.contains("body_mass_g"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn subplots(charts: &[Chart]) -> Subplots {
    Subplots {
        charts: charts.to_vec(),
        columns: None,
        title: None,
        size: None,
    }
}

/// Several charts that are being put together, made by [`subplots`].
#[derive(Clone)]
#[must_use = "charts are shown by the last expression of a cell, or saved with `.save(…)`"]
pub struct Subplots {
    charts: Vec<Chart>,
    columns: Option<usize>,
    title: Option<String>,
    size: Option<(u32, u32)>,
}

impl Subplots {
    /// How many charts stand beside each other; by default about as many as
    /// below each other.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let counts = ["species", "island", "sex"].map(|column| chart::count(&penguins, column));
    /// let column = chart::subplots(&counts).columns(1);
    /// # column.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn columns(mut self, columns: usize) -> Subplots {
        self.columns = Some(columns);
        self
    }

    /// Sets the title of the whole.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let whole = chart::subplots(&[chart::count(&penguins, "species")]).title("Penguins");
    /// assert!(whole.svg()?.contains("Penguins"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn title(mut self, title: &str) -> Subplots {
        self.title = Some(title.to_owned());
        self
    }

    /// Sets the size of the whole in pixels, between 200 × 150 and
    /// 4000 × 4000.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let whole = chart::subplots(&[chart::count(&penguins, "species")]).size(500, 300);
    /// assert!(whole.svg()?.contains("width=\"500\""));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn size(mut self, width: u32, height: u32) -> Subplots {
        self.size = Some((width, height));
        self
    }

    /// Draws all charts as one SVG document.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let two = [chart::count(&penguins, "species"), chart::count(&penguins, "island")];
    /// assert_eq!(chart::subplots(&two).svg()?.matches("<svg").count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When one of the charts cannot be drawn; the error says which.
    pub fn svg(&self) -> Result<String, ChartError> {
        Ok(svg::write(&self.scene()?, self.theme()))
    }

    /// Draws all charts into one file, as [`Chart::save`] does.
    ///
    /// ```no_run
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// chart::subplots(&[chart::count(&penguins, "species")]).save("penguins.png")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Subplots::svg`], and when the file cannot be written.
    pub fn save(&self, path: &str) -> Result<(), ChartError> {
        let format = Format::of(path)?;
        save(&self.scene()?, self.theme(), format, path)
    }

    fn theme(&self) -> Theme {
        self.charts.first().map_or(Theme::Auto, Chart::theme_of)
    }

    fn scene(&self) -> Result<Scene, ChartError> {
        let count = self.charts.len();
        if count == 0 {
            return Err(ChartError::Empty {
                reason: "there are no charts".to_owned(),
            });
        }
        let by_default = match count {
            1..=3 => count,
            4 => 2,
            _ => 3,
        };
        let columns = self.columns.unwrap_or(by_default).clamp(1, count);
        let rows = count.div_ceil(columns);
        let (width, height) = self.size.unwrap_or((
            (420 * columns as u32).clamp(640, 1260),
            (320 * rows as u32).clamp(320, 4000),
        ));
        if !(200..=4000).contains(&width) || !(150..=4000).contains(&height) {
            return Err(ChartError::Invalid {
                option: "size",
                expected: "pixels from 200 × 150 to 4000 × 4000",
                got: format!("{width} × {height}"),
            });
        }
        let size = (f64::from(width), f64::from(height));
        let (mut whole, top) = layout::card(size, self.title.as_deref(), &[], self.to_string());
        // Charts have margins of their own.
        let top = if self.title.is_some() { top - 8.0 } else { 0.0 };
        let each = (size.0 / columns as f64, (size.1 - top) / rows as f64);
        for (index, chart) in self.charts.iter().enumerate() {
            let part = chart.part(each).map_err(|error| ChartError::Part {
                number: index + 1,
                error: Box::new(error),
            })?;
            let (column, row) = (index % columns, index / columns);
            let place = (column as f64 * each.0, top + row as f64 * each.1);
            whole.place(part, (place.0.round(), place.1.round()));
        }
        Ok(whole)
    }
}

impl Chart {
    /// The chart in another size, as a part of a larger picture.
    fn part(&self, size: (f64, f64)) -> Result<Scene, ChartError> {
        let (figure, description) = self.figure()?;
        let (title, theme) = (self.options.title.as_deref(), self.options.theme);
        let mut scene = layout::compose(&figure, title, size, theme, description);
        // The card is that of the whole.
        scene.marks.remove(0);
        Ok(scene)
    }
}

impl fmt::Display for Subplots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let charts: Vec<String> = self.charts.iter().map(Chart::to_string).collect();
        f.write_str(&charts.join(" | "))
    }
}

impl fmt::Debug for Subplots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subplots({self})")
    }
}

impl Show for Subplots {
    /// The picture with a line of text for terminals; when it cannot be
    /// drawn, the reason.
    fn show(&self) -> MimeBundle {
        match self.svg() {
            Ok(svg) => MimeBundle::text(self.to_string()).svg(svg),
            Err(error) => crate::show::refusal(&error),
        }
    }
}
