//! Charts of many columns, or of a matrix.

use polars::prelude::DataFrame;

use super::Chart;
use crate::kinds::matrix::Matrix;
use crate::request::Kind;

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

/// A coloured cell for each pair of a value in `x` and one in `y`, as the mean
/// of `value` says. Numbers and dates stand in their order, names as they
/// appear; a pair without rows leaves a cell grey.
///
/// ```
/// # use ferrite_plot::chart;
/// let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = chart::heatmap_by(&penguins, "species", "sex", "body_mass_g");
/// assert!(chart.svg()?.contains("5485")); // male Gentoos
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn heatmap_by(frame: &DataFrame, x: &str, y: &str, value: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::HeatmapBy {
            x: x.into(),
            y: y.into(),
            value: value.into(),
        },
    )
}

/// A coloured cell for each number of a table that a pivot made: `index` names
/// the rows, every other column is one of numbers.
///
/// ```
/// # use ferrite_plot::chart;
/// # use polars::prelude::*;
/// let table = df!("shop" => ["north", "south"], "2023" => [4.5, 7.0], "2024" => [5.0, 8.5])?;
/// assert!(chart::heatmap_pivot(&table, "shop").svg()?.contains("8.5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn heatmap_pivot(table: &DataFrame, index: &str) -> Chart {
    Chart::of_frame(
        table,
        Kind::HeatmapPivot {
            index: index.into(),
        },
    )
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

/// How strongly columns go together: Pearson's correlation of each pair, over
/// the rows that have both. Of all columns of numbers if none are named.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::correlation(&penguins, &[]);
/// assert!(chart.svg()?.contains("0.87")); // flippers and mass
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn correlation(frame: &DataFrame, columns: &[&str]) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Correlation {
            columns: owned(columns),
        },
    )
}

/// A scatter chart for each pair of columns, and on the diagonal how each is
/// distributed. Of all columns of numbers if none are named, at most 8.
///
/// ```
/// # let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::pair_plot(&penguins, &["bill_length_mm", "body_mass_g"]).color("species");
/// assert!(chart.svg()?.contains("Adelie"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pair_plot(frame: &DataFrame, columns: &[&str]) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Pairs {
            columns: owned(columns),
        },
    )
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
