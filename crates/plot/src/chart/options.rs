//! What refines a chart: one method for each option. An option that a kind of
//! chart does not have is refused when the chart is drawn.

use super::Chart;
use crate::palette::Theme;

impl Chart {
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

    /// Divides a histogram (or the scores of a calibration curve) into a number
    /// of equal intervals, 1 to 1000.
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

    /// Adds the straight line of least squares with the 95 % band of its mean,
    /// one for each colour group.
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

    /// Sets the size in pixels, between 200 × 150 and 4000 × 4000. By default
    /// it suits the kind of chart; 640 × 400 for most.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::count(&penguins, "island").size(400, 300);
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn size(mut self, width: u32, height: u32) -> Chart {
        self.options.size = Some((width, height));
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

    /// Puts the colour groups of bars, counts, histograms or areas on top of
    /// each other instead of beside or behind each other.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::count(&penguins, "island").color("species").stacked();
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stacked(mut self) -> Chart {
        self.options.stacked = true;
        self
    }

    /// Lays bars, boxes or violins on their sides, the first one at the top:
    /// for categories with long names.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::boxplot(&penguins, "species", "body_mass_g").horizontal();
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn horizontal(mut self) -> Chart {
        self.options.horizontal = true;
        self
    }

    /// Shows how far values may be off. For means of several rows, `"sd"` is
    /// one standard deviation, `"se"` one standard error and `"ci"` the 95 %
    /// interval of the mean; anything else is the name of a column with half
    /// the length of each bar. Lines get a band, and become the means of the
    /// rows with the same x.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::bar(&penguins, "species", "body_mass_g").error_bars("ci");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn error_bars(mut self, what: &str) -> Chart {
        self.options.error_bars = Some(what.to_owned());
        self
    }

    /// Draws a panel for each value of a column, all on the same axes.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::scatter(&penguins, "flipper_length_mm", "body_mass_g")
    ///     .color("species")
    ///     .facet("island");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn facet(mut self, column: &str) -> Chart {
        self.options.facet = Some(column.to_owned());
        self
    }

    /// How many panels of [`Chart::facet`] stand beside each other, 1 to 20.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::histogram(&penguins, "body_mass_g").facet("species").facet_columns(1);
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn facet_columns(mut self, columns: usize) -> Chart {
        self.options.facet_columns = Some(columns);
        self
    }

    /// Chooses the class that scores are for, where it is not the later one of
    /// two: `true`, 1 or "yes" are, of `false`, 0 and "no".
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # use polars::prelude::*;
    /// let scored = df!("sort" => ["ham", "spam", "ham"], "ham" => [0.9, 0.2, 0.6])?;
    /// let chart = chart::roc_curve(&scored, "sort", &["ham"]).positive("ham");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn positive(mut self, class: &str) -> Chart {
        self.options.positive = Some(class.to_owned());
        self
    }

    /// Draws for a `"light"` or a `"dark"` page. With `"auto"`, the default,
    /// an SVG follows the reader's theme and a PNG is light.
    ///
    /// ```
    /// # use ferrite_plot::chart;
    /// # let penguins = ferrite_frame::datasets::penguins()?;
    /// let chart = chart::count(&penguins, "island").theme("dark");
    /// # chart.svg()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn theme(mut self, theme: &str) -> Chart {
        self.options.theme = match theme {
            "dark" => Theme::Dark,
            "light" => Theme::Light,
            _ => Theme::Auto,
        };
        let known = matches!(theme, "auto" | "dark" | "light");
        self.options.unknown_theme = (!known).then(|| theme.to_owned());
        self
    }
}
