//! A table of finished texts: what both writers draw.
//!
//! Only the values that are shown are ever looked at, so a frame with a
//! hundred million rows is shown as quickly as a small one.

use polars::prelude::{AnyValue, Column, DataFrame};

use super::number;
use crate::value;

/// How much of something large is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// More rows than this are cut to the first and the last few.
    pub(super) rows: usize,
    /// More columns than this are cut to the first and the last few.
    pub(super) columns: usize,
    /// Longer texts are cut at the end.
    pub(super) chars: usize,
}

/// Names and types are never cut to less.
const NAME_CHARS: usize = 30;

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 12,
            columns: 16,
            chars: 60,
        }
    }
}

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
        Self::of(total, Limits::default().rows)
    }

    pub(super) fn columns(total: usize) -> Self {
        Self::of(total, Limits::default().columns)
    }

    /// All if there are at most `most`, else as many from both ends as leave
    /// room for the gap.
    pub(super) fn of(total: usize, most: usize) -> Self {
        let edge = (most.saturating_sub(2) / 2).max(1);
        let (head, tail) = if total > most.max(2) {
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
    pub(super) fn of_frame(frame: &DataFrame, limits: Limits) -> Self {
        let (rows, columns) = frame.shape();
        let row_cut = Cut::of(rows, limits.rows);
        let column_cut = Cut::of(columns, limits.columns);
        Self {
            columns: column_cut
                .positions()
                .filter_map(|i| frame.select_at_idx(i))
                .map(|column| grid_column(column, row_cut, limits.chars))
                .collect(),
            labels: Vec::new(),
            row_cut,
            column_cut,
            caption: Self::size(rows, columns) + &showing(row_cut, column_cut, "rows"),
        }
    }

    /// `3 rows × 1 column`.
    pub(super) fn size(rows: usize, columns: usize) -> String {
        format!(
            "{} × {}",
            counted(rows, "row", "rows"),
            counted(columns, "column", "columns")
        )
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
            columns: vec![grid_column(column, row_cut, Limits::default().chars)],
            labels: Vec::new(),
            row_cut,
            column_cut,
            caption: size + &showing(row_cut, column_cut, "values"),
        }
    }
}

/// `1 row`, `12,345 rows`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// A count with its thousands apart: `336,776`.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

fn grid_column(column: &Column, rows: Cut, chars: usize) -> GridColumn {
    let values: Vec<AnyValue> = rows
        .positions()
        .map(|row| column.get(row).unwrap_or(AnyValue::Null))
        .collect();
    let floats: Vec<f64> = values.iter().filter_map(value::float).collect();
    let format = number::Format::of(&floats);
    // A name is what a column is known by, however short its texts are cut.
    let title = chars.max(NAME_CHARS);
    GridColumn {
        name: clip(column.name(), title),
        dtype: clip(&column.dtype().to_string(), title),
        numeric: column.dtype().is_numeric(),
        cells: values
            .iter()
            .map(|value| cell(value, &format, chars))
            .collect(),
    }
}

fn cell(any: &AnyValue, format: &number::Format, chars: usize) -> Cell {
    match (any, any.get_str()) {
        (AnyValue::Null, _) => Cell::Null,
        (_, Some(text)) => Cell::Text(clip(text, chars)),
        _ => match value::float(any) {
            Some(number) => float_cell(number, format),
            None => Cell::Text(clip(&value::brief(any), chars)),
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
pub(super) fn clip(text: &str, chars: usize) -> String {
    let mut clipped = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == chars {
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
            clip("a\nb\t\u{1b}[31m\u{202e}", 60),
            "a\\nb\\t\\u{1b}[31m\\u{202e}"
        );
        assert_eq!(clip(&"x".repeat(60), 60), "x".repeat(60));
        assert_eq!(clip(&"é".repeat(61), 60), "é".repeat(60) + "…");
    }
}
