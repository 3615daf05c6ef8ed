//! Charts of the columns of a frame.

use polars::prelude::DataFrame;

use super::Chart;
use crate::kinds::lines::Form;
use crate::request::Kind;

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
            form: Form::Straight,
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

/// A line that keeps each value until the next one: for what changes at
/// moments, like prices or states.
///
/// ```
/// # use polars::prelude::*;
/// let stock = df!("day" => [1, 4, 5], "boxes" => [10, 7, 12])?;
/// assert!(ferrite_plot::chart::step(&stock, "day", "boxes").svg()?.contains("boxes"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn step(frame: &DataFrame, x: &str, y: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Line {
            x: x.into(),
            y: y.into(),
            form: Form::Step,
        },
    )
}

/// A line that is filled down to zero; [`Chart::stacked`] puts the groups of a
/// colour on top of each other. Rows with the same x count as their mean.
///
/// ```
/// # use polars::prelude::*;
/// let sales = df!("month" => [1, 2, 1, 2], "sold" => [3, 5, 4, 2], "shop" => ["a", "a", "b", "b"])?;
/// let chart = ferrite_plot::chart::area(&sales, "month", "sold").color("shop").stacked();
/// assert!(chart.svg()?.contains("sold"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn area(frame: &DataFrame, x: &str, y: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Line {
            x: x.into(),
            y: y.into(),
            form: Form::Area,
        },
    )
}

/// A smooth curve over a column: Gaussians as wide as Scott's rule says, as
/// scipy's `gaussian_kde` and seaborn's `kdeplot` have them. The areas of
/// colour groups are their shares of all rows.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::density(&penguins, "flipper_length_mm").color("species");
/// assert!(chart.svg()?.contains("density"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn density(frame: &DataFrame, column: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Density {
            column: column.into(),
        },
    )
}

/// What share of the rows lies at or below each value of a column.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::ecdf(&penguins, "body_mass_g").color("species");
/// assert!(chart.svg()?.contains("share of rows"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ecdf(frame: &DataFrame, column: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Ecdf {
            column: column.into(),
        },
    )
}

/// The quartiles of a column in each category as a box, with whiskers to the
/// outermost values within 1.5 box lengths, and a dot for each value beyond.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::boxplot(&penguins, "species", "body_mass_g").color("sex");
/// assert!(chart.svg()?.contains("Gentoo, male: median"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn boxplot(frame: &DataFrame, category: &str, value: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Boxes {
            category: category.into(),
            value: value.into(),
            violin: false,
        },
    )
}

/// The density of a column in each category, on both sides of a small box with
/// quartiles, median and whiskers. All violins have the same area.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::violin(&penguins, "species", "body_mass_g");
/// assert!(chart.svg()?.contains("Chinstrap"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn violin(frame: &DataFrame, category: &str, value: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Boxes {
            category: category.into(),
            value: value.into(),
            violin: true,
        },
    )
}
