//! A table of finished texts: what both writers draw.
//!
//! Only the values that are shown are ever looked at, so a frame with a
//! hundred million rows is shown as quickly as a small one.

use polars::prelude::{AnyValue, Column, DataFrame};

use super::number;
use crate::value;

/// More rows than this are cut to the first and the last few.
const MOST_ROWS: usize = 12;
const EDGE_ROWS: usize = 5;
/// More columns than this are cut to the first and the last few.
const MOST_COLUMNS: usize = 16;
const EDGE_COLUMNS: usize = 7;
/// Longer texts are cut at the end.
const MOST_CHARS: usize = 60;

/// One cell.
#[derive(Debug, PartialEq)]
pub(super) enum Cell {
    /// No value.
    Null,
    /// A float that is not a number.
    NotANumber,
    /// Anything else, cut and without control characters.
    Text(String),
}

impl Cell {
    /// What is written, whatever it is.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::NotANumber => "NaN",
            Self::Text(text) => text,
        }
    }
}

/// A column of cells.
pub(super) struct GridColumn {
    /// What stands above it.
    pub(super) name: String,
    /// Its type, empty if that goes without saying.
    pub(super) dtype: String,
    /// Whether it is aligned to the right.
    pub(super) numeric: bool,
    /// One for each row that is shown.
    pub(super) cells: Vec<Cell>,
}

/// Which part of something long is shown.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// How many at the start.
    pub(super) head: usize,
    /// How many in the middle are not shown.
    pub(super) hidden: usize,
    /// How many at the end.
    pub(super) tail: usize,
}

impl Cut {
    pub(super) fn rows(total: usize) -> Self {
        Self::new(total, MOST_ROWS, EDGE_ROWS)
    }

    pub(super) fn columns(total: usize) -> Self {
        Self::new(total, MOST_COLUMNS, EDGE_COLUMNS)
    }

    fn new(total: usize, most: usize, edge: usize) -> Self {
        let (head, tail) = if total > most {
            (edge, edge)
        } else {
            (total, 0)
        };
        let hidden = total - head - tail;
        Self { head, hidden, tail }
    }

    pub(super) fn shown(&self) -> usize {
        self.head + self.tail
    }

    /// The positions that are shown.
    pub(super) fn positions(self) -> impl Iterator<Item = usize> {
        let last = self.head + self.hidden;
        (0..self.head).chain(last..last + self.tail)
    }
}

/// A table, cut to what is shown.
pub(super) struct Grid {
    /// The columns that are shown.
    pub(super) columns: Vec<GridColumn>,
    /// What stands left of each row that is shown, if anything.
    pub(super) labels: Vec<String>,
    /// Which rows of the whole they are.
    pub(super) row_cut: Cut,
    /// Which columns of the whole they are.
    pub(super) column_cut: Cut,
    /// The line below.
    pub(super) caption: String,
}

impl Grid {
    pub(super) fn of_frame(frame: &DataFrame) -> Self {
        let (rows, columns) = frame.shape();
        let row_cut = Cut::rows(rows);
        let column_cut = Cut::columns(columns);
        let size = format!(
            "{} × {}",
            counted(rows, "row", "rows"),
            counted(columns, "column", "columns")
        );
        Self {
            columns: column_cut
                .positions()
                .filter_map(|i| frame.select_at_idx(i))
                .map(|column| grid_column(column, row_cut))
                .collect(),
            labels: Vec::new(),
            row_cut,
            column_cut,
            caption: size + &showing(row_cut, column_cut, "rows"),
        }
    }

    pub(super) fn of_column(column: &Column) -> Self {
        let row_cut = Cut::rows(column.len());
        let column_cut = Cut::columns(1);
        let mut size = counted(column.len(), "value", "values");
        match column.null_count() {
            0 => {}
            nulls => size += &format!(", {nulls} null"),
        }
        Self {
            columns: vec![grid_column(column, row_cut)],
            labels: Vec::new(),
            row_cut,
            column_cut,
            caption: size + &showing(row_cut, column_cut, "values"),
        }
    }
}

pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The part of the caption that says that something is hidden.
pub(super) fn showing(rows: Cut, columns: Cut, what: &str) -> String {
    match (rows.hidden, columns.hidden) {
        (0, 0) => String::new(),
        (_, 0) => format!(", showing {} {what}", rows.shown()),
        (0, _) => format!(", showing {} columns", columns.shown()),
        _ => format!(
            ", showing {} {what} and {} columns",
            rows.shown(),
            columns.shown()
        ),
    }
}

fn grid_column(column: &Column, rows: Cut) -> GridColumn {
    let values: Vec<AnyValue> = rows
        .positions()
        .map(|row| column.get(row).unwrap_or(AnyValue::Null))
        .collect();
    let floats: Vec<f64> = values.iter().filter_map(value::float).collect();
    let format = number::Format::of(&floats);
    GridColumn {
        name: clip(column.name()),
        dtype: column.dtype().to_string(),
        numeric: column.dtype().is_numeric(),
        cells: values.iter().map(|value| cell(value, &format)).collect(),
    }
}

fn cell(any: &AnyValue, format: &number::Format) -> Cell {
    match (any, any.get_str()) {
        (AnyValue::Null, _) => Cell::Null,
        (_, Some(text)) => Cell::Text(clip(text)),
        _ => match value::float(any) {
            Some(number) => float_cell(number, format),
            None => Cell::Text(clip(&value::brief(any))),
        },
    }
}

pub(super) fn float_cell(number: f64, format: &number::Format) -> Cell {
    if number.is_nan() {
        Cell::NotANumber
    } else {
        Cell::Text(format.text(number))
    }
}

/// Text on one line, cut at the end. What would disturb the table (line
/// ends, control characters, changes of the writing direction) is written as
/// an escape.
fn clip(text: &str) -> String {
    let mut clipped = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == MOST_CHARS {
            clipped.push('…');
            break;
        }
        match c {
            '\n' | '\r' | '\t' => clipped.extend(c.escape_default()),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => {
                clipped.extend(c.escape_unicode());
            }
            c if c.is_control() => clipped.extend(c.escape_unicode()),
            c => clipped.push(c),
        }
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_keep_both_ends() {
        let all: Vec<usize> = Cut::rows(12).positions().collect();
        assert_eq!(all, (0..12).collect::<Vec<_>>());
        let cut = Cut::rows(13);
        assert_eq!(cut.hidden, 3);
        let shown: Vec<usize> = cut.positions().collect();
        assert_eq!(shown, [0, 1, 2, 3, 4, 8, 9, 10, 11, 12]);
    }

    #[test]
    fn texts_stay_on_one_line() {
        assert_eq!(
            clip("a\nb\t\u{1b}[31m\u{202e}"),
            "a\\nb\\t\\u{1b}[31m\\u{202e}"
        );
        assert_eq!(clip(&"x".repeat(60)), "x".repeat(60));
        assert_eq!(clip(&"é".repeat(61)), "é".repeat(60) + "…");
    }
}
