//! Vectors and matrices of numbers, as linfa takes and gives them.
//!
//! They have no names and no types to show, so positions stand in their
//! place.

use ferrite_display::MimeBundle;
use ndarray::{ArrayView1, ArrayView2};

use super::grid::{Cell, Cut, Grid, GridColumn, Limits, clip, counted, float_cell, showing};
use super::{number, table};

/// An element of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A float; a column of them shares its number of decimals.
    Float(f64),
    /// Anything else, as its text.
    Text(String),
}

/// A vector as a table: position and value.
///
/// ```
/// let shown = ferrite_frame::render::array1(ndarray::array![0.5, 2.0].view());
/// assert_eq!(
///     shown.get("text/plain"),
///     Some("   value\n────────\n0    0.5\n1    2.0\n2 values of f64")
/// );
/// ```
pub fn array1(values: ArrayView1<f64>) -> MimeBundle {
    let at = |place: &[usize]| Scalar::Float(values[place[0]]);
    array("f64", values.shape(), &at)
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
pub fn array2(values: ArrayView2<f64>) -> MimeBundle {
    let at = |place: &[usize]| Scalar::Float(values[[place[0], place[1]]]);
    array("f64", values.shape(), &at)
}

/// An array of any elements, of which `element` gives those that are shown. One
/// of more than two dimensions is shown as its last two, at the first place of
/// the others.
pub fn array(name: &str, shape: &[usize], element: &dyn Fn(&[usize]) -> Scalar) -> MimeBundle {
    let leading = shape.len().saturating_sub(2);
    let mut place = vec![0; shape.len()];
    let empty = shape.contains(&0);
    match *shape {
        [] => MimeBundle::text(format!(
            "{}\n0-dimensional array of {name}",
            single(element(&[]))
        )),
        [length] => {
            let rows = Cut::rows(length);
            let cells = rows.positions().map(|row| element(&[row])).collect();
            let column_cut = Cut::columns(1);
            table(&Grid {
                columns: vec![column("value".to_owned(), cells)],
                labels: labels(rows),
                row_cut: rows,
                column_cut,
                caption: counted(length, "value", "values")
                    + &format!(" of {name}")
                    + &showing(rows, column_cut, "values"),
            })
        }
        [.., height, width] => {
            let (row_cut, column_cut) = match empty {
                true => (Cut::rows(0), Cut::columns(0)),
                false => (Cut::rows(height), Cut::columns(width)),
            };
            let mut cells = |at: usize| {
                place[leading + 1] = at;
                row_cut
                    .positions()
                    .map(|row| {
                        place[leading] = row;
                        element(&place)
                    })
                    .collect()
            };
            let columns = column_cut
                .positions()
                .map(|at| column(at.to_string(), cells(at)))
                .collect();
            let size: Vec<String> = shape.iter().map(ToString::to_string).collect();
            let mut caption = format!("{} array of {name}", size.join(" × "));
            if leading > 0 && !empty {
                let first = vec!["0"; leading].join(", ");
                caption += &format!(", of which [{first}, .., ..]");
            }
            caption += &showing(row_cut, column_cut, "rows");
            table(&Grid {
                columns,
                labels: labels(row_cut),
                row_cut,
                column_cut,
                caption,
            })
        }
    }
}

fn single(scalar: Scalar) -> String {
    match scalar {
        Scalar::Float(value) => number::short(value),
        Scalar::Text(text) => text,
    }
}

fn column(name: String, values: Vec<Scalar>) -> GridColumn {
    let floats: Vec<f64> = values
        .iter()
        .filter_map(|value| match value {
            Scalar::Float(value) => Some(*value),
            Scalar::Text(_) => None,
        })
        .collect();
    let format = number::Format::of(&floats);
    let cells: Vec<Cell> = values
        .into_iter()
        .map(|value| match value {
            Scalar::Float(value) => float_cell(value, &format),
            Scalar::Text(text) => Cell::Text(clip(&text, Limits::default().chars)),
        })
        .collect();
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
