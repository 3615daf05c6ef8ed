//! A grid as text for terminals and logs: aligned columns, no frame around
//! them, always the same whatever the terminal's width.

use super::grid::{Grid, counted};

const BETWEEN: &str = "  ";

/// A column of finished texts: name and type above, then one for each row.
struct Strip {
    right: bool,
    width: usize,
    name: String,
    dtype: String,
    cells: Vec<String>,
}

impl Strip {
    fn new(right: bool, name: &str, dtype: &str, cells: Vec<String>) -> Self {
        let all = cells.iter().map(String::as_str).chain([name, dtype]);
        Self {
            right,
            width: all.map(width).max().unwrap_or(0),
            name: name.to_owned(),
            dtype: dtype.to_owned(),
            cells,
        }
    }

    fn padded(&self, text: &str) -> String {
        let padding = " ".repeat(self.width.saturating_sub(width(text)));
        if self.right {
            padding + text
        } else {
            text.to_owned() + &padding
        }
    }
}

/// The table and the line below it.
pub(super) fn write(grid: &Grid) -> String {
    let strips = strips(grid);
    let mut lines = Vec::new();
    if !grid.columns.is_empty() {
        lines.push(line(&strips, |strip| &strip.name));
        if grid.columns.iter().any(|column| !column.dtype.is_empty()) {
            lines.push(line(&strips, |strip| &strip.dtype));
        }
        let width: usize = strips.iter().map(|strip| strip.width).sum();
        lines.push("─".repeat(width + BETWEEN.len() * (strips.len() - 1)));
        for row in 0..grid.row_cut.shown() {
            if row == grid.row_cut.head {
                let hidden = counted(grid.row_cut.hidden, "row", "rows");
                lines.push(format!("… {hidden} hidden …"));
            }
            lines.push(line(&strips, |strip| {
                strip.cells.get(row).map_or("", String::as_str)
            }));
        }
    }
    lines.push(grid.caption.clone());
    lines.join("\n")
}

fn strips(grid: &Grid) -> Vec<Strip> {
    let mut strips = Vec::new();
    if !grid.labels.is_empty() {
        strips.push(Strip::new(true, "", "", grid.labels.clone()));
    }
    for (i, column) in grid.columns.iter().enumerate() {
        if grid.column_cut.hidden > 0 && i == grid.column_cut.head {
            let dots = vec!["…".to_owned(); grid.row_cut.shown()];
            strips.push(Strip::new(false, "…", "", dots));
        }
        let cells = column
            .cells
            .iter()
            .map(|cell| cell.text().to_owned())
            .collect();
        strips.push(Strip::new(
            column.numeric,
            &column.name,
            &column.dtype,
            cells,
        ));
    }
    strips
}

fn line<'s>(strips: &'s [Strip], text: impl Fn(&'s Strip) -> &'s str) -> String {
    let padded: Vec<String> = strips
        .iter()
        .map(|strip| strip.padded(text(strip)))
        .collect();
    padded.join(BETWEEN).trim_end().to_owned()
}

/// How many places of a terminal a text takes: none for accents that
/// combine, two for the wide letters of East Asia and for most emoji.
pub fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x0300..=0x036f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_of_letters() {
        assert_eq!(width("Gentoo"), 6);
        assert_eq!(width("企鹅"), 4);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(width("🐧"), 2);
    }
}
