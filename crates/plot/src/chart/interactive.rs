//! A chart with tooltips and zoom.

use std::fmt;

use ferrite_display::{MimeBundle, Show};

use super::{Chart, write};
use crate::error::ChartError;
use crate::{html, show, svg, vega};

/// A chart as a Vega-Lite document, made by [`Chart::interactive`]. JupyterLab
/// and VS Code show it with tooltips; the wheel zooms, dragging pans, and a
/// double click returns.
///
/// Where Vega-Lite is unknown, the picture is shown.
#[derive(Clone)]
#[must_use = "a chart is shown by the last expression of a cell, or saved with `.save(…)`"]
pub struct Interactive {
    chart: Chart,
}

impl Interactive {
    pub(super) fn of(chart: &Chart) -> Interactive {
        Interactive {
            chart: chart.clone(),
        }
    }

    /// The Vega-Lite document (version 5).
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let json = chart::count(&penguins, "species").interactive().json()?;
    /// assert!(json.contains("vega-lite/v5.json"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Chart::svg`].
    pub fn json(&self) -> Result<String, ChartError> {
        let (figure, description) = self.chart.figure()?;
        let options = &self.chart.options;
        let title = options.title.as_deref();
        let spec = vega::spec(
            &figure,
            title,
            self.chart.pixels(&figure),
            options.theme,
            &description,
        );
        Ok(spec.to_string())
    }

    /// Writes a file: `.json` is the document, `.html` a page that shows it.
    /// The page loads Vega from its public CDN; without a network it shows the
    /// picture.
    ///
    /// ```no_run
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// chart::count(&penguins, "species").interactive().save("species.html")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Chart::svg`], and when the file cannot be written.
    pub fn save(&self, path: &str) -> Result<(), ChartError> {
        let lower = path.to_lowercase();
        if lower.ends_with(".json") {
            return write(path, &self.json()?);
        }
        if !lower.ends_with(".html") && !lower.ends_with(".htm") {
            return Err(ChartError::InteractiveFormat {
                path: path.to_owned(),
            });
        }
        let (scene, description) = self.chart.scene()?;
        let theme = self.chart.options.theme;
        // A "</script>" in a text must not end the script.
        let spec = self.json()?.replace("</", "<\\/");
        let picture = svg::write(&scene, theme);
        let body = format!(
            "<main id=\"chart\">{picture}</main>\n\
             <script src=\"https://cdn.jsdelivr.net/npm/vega@5\"></script>\n\
             <script src=\"https://cdn.jsdelivr.net/npm/vega-lite@5\"></script>\n\
             <script src=\"https://cdn.jsdelivr.net/npm/vega-embed@6\"></script>\n\
             <script>if (window.vegaEmbed) vegaEmbed(\"#chart\", {spec});</script>"
        );
        write(path, &html::document(&description, &body, theme))
    }
}

impl fmt::Debug for Interactive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interactive({})", self.chart)
    }
}

impl Show for Interactive {
    /// The Vega-Lite document, with the picture and a line of text for those
    /// who do not know it; when it cannot be drawn, the reason.
    fn show(&self) -> MimeBundle {
        match self.json() {
            Ok(json) => self
                .chart
                .show()
                .with("application/vnd.vegalite.v5+json", json),
            Err(error) => show::refusal(&error),
        }
    }
}
