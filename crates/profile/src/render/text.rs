//! A profile for terminals and logs.

use ferrite_frame::render::{grouped, text_width};

use super::{MOST_COLUMNS, clipped, headline, summary};
use crate::Profile;
use crate::column::ColumnProfile;
use crate::warnings::share;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// How many blocks a small histogram has.
const WIDTH: usize = 12;
const MOST_WARNINGS: usize = 30;

pub(super) fn write(profile: &Profile) -> String {
    let mut lines = vec![headline(profile).join(", "), String::new()];
    let titles = ["column", "type", "missing", "distinct", "spread", "values"];
    let mut rows: Vec<[String; 6]> = vec![titles.map(str::to_owned)];
    rows.extend(profile.columns.iter().take(MOST_COLUMNS).map(row));
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = text_width(cell).max(*width);
        }
    }
    for (i, row) in rows.iter().enumerate() {
        let cells = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(place, (cell, width))| {
                let padding = " ".repeat(width.saturating_sub(text_width(cell)));
                // Counts stand at the right.
                match place {
                    2 | 3 => padding + cell,
                    _ => cell.clone() + &padding,
                }
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        lines.push(line.trim_end().to_owned());
        if i == 0 {
            lines.push("─".repeat(widths.iter().sum::<usize>().min(100) + 10));
        }
    }
    if profile.columns.len() > MOST_COLUMNS {
        lines.push(format!(
            "… {} more columns",
            profile.columns.len() - MOST_COLUMNS
        ));
    }
    if !profile.warnings.is_empty() {
        lines.push(String::new());
        let shown = profile.warnings.iter().take(MOST_WARNINGS);
        lines.extend(shown.map(|warning| format!("! {}", clipped(&warning.text, 200))));
        if profile.warnings.len() > MOST_WARNINGS {
            lines.push(format!(
                "! … {} more",
                profile.warnings.len() - MOST_WARNINGS
            ));
        }
    }
    lines.join("\n")
}

fn row(column: &ColumnProfile) -> [String; 6] {
    [
        clipped(&column.name, 32),
        clipped(&column.dtype, 20),
        match column.missing() {
            0 => String::new(),
            n => share(n, column.len),
        },
        column.distinct.map(grouped).unwrap_or_default(),
        sparkline(column),
        summary(column),
    ]
}

/// The histogram as a row of blocks.
fn sparkline(column: &ColumnProfile) -> String {
    let Some(histogram) = &column.histogram else {
        return String::new();
    };
    let bins = histogram.counts.len();
    let blocks = bins.min(WIDTH);
    let heights: Vec<usize> = (0..blocks)
        .map(|i| {
            histogram.counts[i * bins / blocks..(i + 1) * bins / blocks]
                .iter()
                .sum()
        })
        .collect();
    let most = heights.iter().copied().max().unwrap_or(0).max(1);
    let block = |count: usize| match count {
        0 => ' ',
        n => {
            BLOCKS[(n * (BLOCKS.len() - 1))
                .div_ceil(most)
                .min(BLOCKS.len() - 1)]
        }
    };
    heights.into_iter().map(block).collect()
}
