//! Lists of one's own structs as tables.

use ferrite_display::MimeBundle;
use serde::Serialize;

use super::grid::{Cut, Grid, Limits, showing};
use super::table;
use crate::convert::{Captured, capture, captured_frame};

/// Rows of a type that serialises to named fields, as a table; `None` if they
/// do not (numbers, texts, tuples), or if there are none.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Point { x: f64, y: f64 }
///
/// let shown = ferrite_frame::render::rows(&[Point { x: 0.5, y: 2.0 }]);
/// assert_eq!(
///     shown.and_then(|s| s.get("text/plain").map(str::to_owned)).as_deref(),
///     Some("  x    y\nf64  f64\n────────\n0.5  2.0\n1 row × 2 columns")
/// );
/// assert!(ferrite_frame::render::rows(&[1, 2]).is_none());
/// ```
pub fn rows<T: Serialize>(rows: &[T]) -> Option<MimeBundle> {
    // One is enough to know that the others are no rows either.
    if !matches!(capture(rows.first()?), Captured::Fields(_)) {
        return None;
    }
    let cut = Cut::rows(rows.len());
    let shown = cut.positions().filter_map(|i| rows.get(i)).map(capture);
    captured(shown.collect(), cut, rows.len())
}

fn captured(shown: Vec<Captured>, cut: Cut, total: usize) -> Option<MimeBundle> {
    let frame = captured_frame(shown).ok()?;
    let limits = Limits {
        rows: usize::MAX,
        ..Limits::default()
    };
    let mut grid = Grid::of_frame(&frame, limits);
    grid.row_cut = cut;
    let whole = Grid::size(total, frame.width());
    grid.caption = whole + &showing(cut, grid.column_cut, "rows");
    Some(table(&grid))
}
