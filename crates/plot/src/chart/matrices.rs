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
