//! Heatmaps of the columns of a frame: of a long one, with a row for each
//! observation, or of a wide one, as a pivot makes it.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::matrix::{self, Matrix};
use super::{empty, missing_note};
use crate::column::{self, Coded};
use crate::error::ChartError;
use crate::groups;
use crate::plot::{Legend, Plot};

/// The mean of `value` for each pair of a name in `x` and one in `y`.
pub(crate) fn by(frame: &DataFrame, x: &str, y: &str, value: &str) -> Result<Plot, ChartError> {
    let (across, down) = (Names::read(frame, x)?, Names::read(frame, y)?);
    let hint = "; chart::count draws how often each value occurs";
    let numbers = column::numbers(frame, value, "the colour of cells", hint)?;
    matrix::check_size(down.names.len(), across.names.len())?;
    let columns = across.names.len();
    // Of each cell, how many rows it has and their mean so far.
    let mut cells = vec![(0.0, f64::NAN); columns * down.names.len()];
    let (mut read, mut several) = (0, false);
    for ((column, row), number) in across.of_row.iter().zip(&down.of_row).zip(&numbers) {
        let (Some(column), Some(row), Some(number)) = (column, row, number) else {
            continue;
        };
        let (rows, mean) = &mut cells[row * columns + column];
        *rows += 1.0;
        *mean = if *rows > 1.0 {
            *mean + (number - *mean) / *rows
        } else {
            *number
        };
        several |= *rows > 1.0;
        read += 1;
    }
    let mut notes: Vec<String> = missing_note(frame.height() - read).into_iter().collect();
    if read == 0 {
        return Err(empty(frame.height(), &notes));
    }
    if several {
        notes.push("cells are means of several rows".to_owned());
    }
    let values = cells.chunks(columns);
    let matrix = Matrix {
        values: values
            .map(|row| row.iter().map(|cell| cell.1).collect())
            .collect(),
        rows: down.names,
        columns: across.names,
    };
    let titles = [x, y, &column::title(frame, value)];
    titled(matrix::heatmap(&matrix)?, titles, notes)
}

/// The numbers of a frame as they stand, the rows named by `index`.
pub(crate) fn pivot(frame: &DataFrame, index: &str) -> Result<Plot, ChartError> {
    let rows = column::names(frame, index)?;
    let names: Vec<String> = frame
        .columns()
        .iter()
        .map(|column| column.name().to_string())
        .filter(|name| name != index)
        .collect();
    if rows.is_empty() {
        return Err(empty(0, &[]));
    }
    matrix::check_size(rows.len(), names.len())?;
    let hint = "; pick the columns of numbers with `.select(…)`";
    let columns = names
        .iter()
        .map(|name| column::numbers(frame, name, "a heatmap", hint))
        .collect::<Result<Vec<_>, _>>()?;
    let cell = |row: usize| columns.iter().map(move |column| column[row]);
    let values = (0..rows.len()).map(|row| cell(row).map(|v| v.unwrap_or(f64::NAN)).collect());
    let matrix = Matrix {
        values: values.collect(),
        rows: rows
            .into_iter()
            .map(|name| name.unwrap_or_else(|| "null".to_owned()))
            .collect(),
        columns: names.iter().map(|name| column::shown(name)).collect(),
    };
    titled(matrix::heatmap(&matrix)?, ["", index, ""], Vec::new())
}

fn titled(
    mut plot: Plot,
    [x, y, value]: [&str; 3],
    mut notes: Vec<String>,
) -> Result<Plot, ChartError> {
    (plot.x.title, plot.y.title) = (x.to_owned(), y.to_owned());
    if let Legend::Ramp { title, .. } = &mut plot.legend {
        *title = value.to_owned();
    }
    notes.append(&mut plot.notes);
    plot.notes = notes;
    Ok(plot)
}

/// The distinct names of a column, and which one each row has.
struct Names {
    names: Vec<String>,
    of_row: Vec<Option<usize>>,
}

impl Names {
    /// Numbers and times in their order, names as they appear.
    fn read(frame: &DataFrame, column: &str) -> Result<Names, ChartError> {
        let Coded { names, of_row } = column::coded(frame, column)?;
        if column::is_named(frame, column)? {
            return Ok(Names { names, of_row });
        }
        let mut sorted = names.clone();
        groups::sort(&mut sorted);
        let places: HashMap<&String, usize> = sorted.iter().zip(0..).collect();
        let places: Vec<Option<usize>> = names.iter().map(|n| places.get(n).copied()).collect();
        let of_row = of_row.iter().map(|code| places[(*code)?]).collect();
        Ok(Names {
            names: sorted,
            of_row,
        })
    }
}
