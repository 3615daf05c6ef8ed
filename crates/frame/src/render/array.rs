//! Vectors and matrices of numbers, as linfa takes and gives them.
//!
//! They have no names and no types to show, so positions stand in their
//! place.

use ferrite_display::MimeBundle;
use ndarray::{ArrayView1, ArrayView2, Axis};

use super::grid::{Cell, Cut, Grid, GridColumn, counted, float_cell, showing};
use super::{number, table};

/// A vector as a table: position and value.
///
/// ```
/// let shown = ferrite_frame::render::array1(ndarray::array![0.5, 2.0].view());
/// assert_eq!(
///     shown.get("text/plain"),
///     Some("   value\n────────\n0    0.5\n1    2.0\n2 values of f64")
/// );
/// ```
pub fn array1(array: ArrayView1<f64>) -> MimeBundle {
    let row_cut = Cut::rows(array.len());
    let column_cut = Cut::columns(1);
    let size = counted(array.len(), "value", "values") + " of f64";
    table(&Grid {
        columns: vec![column("value".to_owned(), array, row_cut)],
        labels: labels(row_cut),
        row_cut,
        column_cut,
        caption: size + &showing(row_cut, column_cut, "values"),
    })
}

/// A matrix as a table: positions of rows at the left, of columns above.
///
/// ```
/// let shown = ferrite_frame::render::array2(ndarray::array![[1.0, 0.25], [2.0, 4.0]].view());
/// assert_eq!(
///     shown.get("text/plain"),
///     Some("     0     1\n────────────\n0  1.0  0.25\n1  2.0  4.00\n2 × 2 array of f64")
/// );
/// ```
pub fn array2(array: ArrayView2<f64>) -> MimeBundle {
    let (rows, columns) = array.dim();
    let row_cut = Cut::rows(rows);
    let column_cut = Cut::columns(columns);
    let size = format!("{rows} × {columns} array of f64");
    table(&Grid {
        columns: column_cut
            .positions()
            .map(|i| column(i.to_string(), array.index_axis(Axis(1), i), row_cut))
            .collect(),
        labels: labels(row_cut),
        row_cut,
        column_cut,
        caption: size + &showing(row_cut, column_cut, "rows"),
    })
}

fn column(name: String, values: ArrayView1<f64>, rows: Cut) -> GridColumn {
    let shown: Vec<f64> = rows
        .positions()
        .filter_map(|row| values.get(row).copied())
        .collect();
    let format = number::Format::of(&shown);
    let cells: Vec<Cell> = shown.iter().map(|v| float_cell(*v, &format)).collect();
    GridColumn {
        name,
        dtype: String::new(),
        numeric: true,
        cells,
    }
}

fn labels(rows: Cut) -> Vec<String> {
    rows.positions().map(|row| row.to_string()).collect()
}
