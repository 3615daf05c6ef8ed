//! A grid as HTML, for the frontend's own theme: classes, no colours.

use ferrite_display::html::escape;

use super::grid::{Cell, Grid, GridColumn, counted};

/// The table and the line below it.
pub(super) fn write(grid: &Grid) -> String {
    let mut html = String::new();
    if !grid.columns.is_empty() {
        html += "<table><thead><tr>";
        head(&mut html, grid);
        html += "</tr></thead><tbody>";
        body(&mut html, grid);
        html += "</tbody></table>";
    }
    html += &format!("<div class=\"shape\">{}</div>", escape(&grid.caption));
    html
}

fn head(html: &mut String, grid: &Grid) {
    if !grid.labels.is_empty() {
        *html += "<th></th>";
    }
    for (i, column) in grid.columns.iter().enumerate() {
        if at_gap(grid, i) {
            let hidden = counted(grid.column_cut.hidden, "column", "columns");
            *html += &format!("<th class=\"dim\" title=\"{hidden} hidden\">…</th>");
        }
        *html += &format!("<th{}>{}", class(column), escape(&column.name));
        if !column.dtype.is_empty() {
            *html += &format!("<span class=\"dtype\">{}</span>", escape(&column.dtype));
        }
        *html += "</th>";
    }
}

fn body(html: &mut String, grid: &Grid) {
    for row in 0..grid.row_cut.shown() {
        if row == grid.row_cut.head {
            hidden_rows(html, grid);
        }
        *html += "<tr>";
        if let Some(label) = grid.labels.get(row) {
            *html += &format!("<th class=\"num dim\">{}</th>", escape(label));
        }
        for (i, column) in grid.columns.iter().enumerate() {
            if at_gap(grid, i) {
                *html += "<td class=\"dim\">…</td>";
            }
            let content = match column.cells.get(row) {
                Some(Cell::Text(text)) => escape(text),
                Some(missing) => format!("<span class=\"null\">{}</span>", missing.text()),
                None => String::new(),
            };
            *html += &format!("<td{}>{content}</td>", class(column));
        }
        *html += "</tr>";
    }
}

fn hidden_rows(html: &mut String, grid: &Grid) {
    let width = grid.columns.len()
        + usize::from(!grid.labels.is_empty())
        + usize::from(grid.column_cut.hidden > 0);
    let hidden = counted(grid.row_cut.hidden, "row", "rows");
    *html += &format!("<tr><td class=\"dim\" colspan=\"{width}\">… {hidden} hidden …</td></tr>");
}

/// Whether the hidden columns belong before this one.
fn at_gap(grid: &Grid, column: usize) -> bool {
    grid.column_cut.hidden > 0 && column == grid.column_cut.head
}

fn class(column: &GridColumn) -> &'static str {
    if column.numeric { " class=\"num\"" } else { "" }
}
