//! The small pictures: inline SVG in the colours of the page.

use std::fmt::Write;

use ferrite_display::html::escape;
use ferrite_frame::render::{grouped, number};

use crate::column::{ColumnProfile, Kind, time_text_of};
use crate::correlation::Correlations;
use crate::histogram::Histogram;
use crate::warnings::share;

/// A histogram of this size in pixels, without axes.
pub(super) fn histogram(
    column: &ColumnProfile,
    histogram: &Histogram,
    width: f64,
    height: f64,
) -> String {
    let bins = histogram.counts.len() as f64;
    let most = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = width / bins;
    let gap = if step > 4.0 { 1.0 } else { 0.0 };
    let mut svg = open(width, height, "histogram");
    for (i, count) in histogram.counts.iter().enumerate() {
        if *count == 0 {
            continue;
        }
        // A single value must still be seen.
        let tall = (*count as f64 / most * (height - 1.0)).max(1.5);
        let edges = [histogram.edges[i], histogram.edges[i + 1]];
        let tip = format!("{}: {}", range(column, edges), grouped(*count));
        let _ = write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"><title>{}</title></rect>",
            i as f64 * step,
            height - tall,
            (step - gap).max(0.5).min(width),
            escape(&tip),
        );
    }
    svg + "</svg>"
}

/// The ends of a bin in words.
fn range(column: &ColumnProfile, [low, high]: [f64; 2]) -> String {
    if column.kind == Kind::Time {
        return format!(
            "{} … {}",
            time_text_of(column, low),
            time_text_of(column, high)
        );
    }
    // A bin of one whole number reaches half a number to both sides.
    if column.whole && high - low <= 1.0 {
        return format!("{:.0}", (low + high) / 2.0);
    }
    if column.whole {
        return format!("{:.0} … {:.0}", low.ceil(), high.floor());
    }
    format!("{} … {}", number::short(low), number::short(high))
}

/// The shares of the most frequent values side by side.
pub(super) fn shares(column: &ColumnProfile, width: f64, height: f64) -> String {
    const SHOWN: usize = 6;
    let total = column.present().max(1) as f64;
    let mut svg = open(width, height, "shares of the most frequent values");
    let mut x = 0.0;
    for (i, (value, count)) in column.top.iter().take(SHOWN).enumerate() {
        let wide = *count as f64 / total * width;
        if wide < 0.75 {
            break;
        }
        let faint = 1.0 - 0.14 * i as f64;
        let tip = format!(
            "{}: {} ({})",
            super::clipped(value, 60),
            grouped(*count),
            share(*count, column.present())
        );
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill-opacity=\"{faint:.2}\"><title>{}</title></rect>",
            height * 0.3,
            (wide - 1.0).max(0.5),
            height * 0.4,
            escape(&tip),
        );
        x += wide;
    }
    if x < width - 1.0 {
        let _ = write!(
            svg,
            "<rect class=\"rest\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>others</title></rect>",
            height * 0.3,
            width - x,
            height * 0.4,
        );
    }
    svg + "</svg>"
}

/// All correlations as a table of colours.
pub(super) fn correlations(correlations: &Correlations) -> String {
    let n = correlations.columns.len();
    let (cell, written) = match n {
        0..=12 => (38.0, true),
        13..=24 => (24.0, false),
        _ => (14.0, false),
    };
    let letters = correlations
        .columns
        .iter()
        .map(|c| c.chars().count().min(24))
        .max()
        .unwrap_or(0);
    let label = letters as f64 * 6.4 + 14.0;
    let size = cell * n as f64;
    // Labels above lean to the right and need room there.
    let lean = label * 0.72;
    let mut svg = open(label + size + lean, lean + size + 6.0, "correlations");
    for (i, name) in correlations.columns.iter().enumerate() {
        let name = escape(&super::clipped(name, 24));
        let middle = (i as f64 + 0.5) * cell;
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" dominant-baseline=\"central\">{name}</text>\
             <text transform=\"translate({:.1},{:.1}) rotate(-45)\" dominant-baseline=\"central\">{name}</text>",
            label - 8.0,
            lean + middle,
            label + middle,
            lean - 6.0,
        );
    }
    for (i, row) in correlations.table.iter().enumerate() {
        for (j, r) in row.iter().enumerate() {
            let (x, y) = (label + j as f64 * cell, lean + i as f64 * cell);
            let tip = format!(
                "{} and {}",
                correlations.columns[i], correlations.columns[j]
            );
            square(&mut svg, [x, y, cell], *r, &tip, written);
        }
    }
    svg + "</svg>"
}

fn square(svg: &mut String, [x, y, cell]: [f64; 3], r: Option<f64>, tip: &str, written: bool) {
    let class = match r {
        None => "none",
        Some(r) if r < 0.0 => "minus",
        Some(_) => "plus",
    };
    let strength = r.map_or(0.25, f64::abs);
    let said = r.map_or("no correlation".to_owned(), |r| format!("{r:.3}"));
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill-opacity=\"{strength:.2}\">\
         <title>{}: {said}</title></rect>",
        cell - 1.0,
        cell - 1.0,
        escape(tip),
    );
    if let (true, Some(r)) = (written, r) {
        let strong = if strength > 0.6 {
            " class=\"strong\""
        } else {
            ""
        };
        let text = format!("{r:.2}").replace("0.", ".").replace("1.00", "1");
        let _ = write!(
            svg,
            "<text{strong} x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" dominant-baseline=\"central\">{text}</text>",
            x + cell / 2.0 - 0.5,
            y + cell / 2.0 - 0.5,
        );
    }
}

fn open(width: f64, height: f64, what: &str) -> String {
    format!(
        "<svg width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.1} {height:.1}\" role=\"img\" aria-label=\"{what}\">"
    )
}
