//! A profile as a page: what stands out, a row for each column, then each
//! column in detail and all correlations, behind lines that open by a click.

use std::fmt::Write;

use ferrite_display::html::escape;
use ferrite_frame::render::{grouped, number};

use super::style::STYLE;
use super::{MOST_COLUMNS, alike, clipped, headline, picture, summary};
use crate::Profile;
use crate::column::{ColumnProfile, Kind};
use crate::numbers::Numbers;
use crate::warnings::{Warning, share};

/// The most frequent values that are listed.
const MOST_TOP: usize = 8;
/// Warnings that are seen without a click.
const SEEN: usize = 8;

pub(super) fn write(profile: &Profile) -> String {
    let mut html = format!("{STYLE}<div class=\"profile\"><div class=\"head\">");
    for (i, part) in headline(profile).iter().enumerate() {
        let part = escape(part);
        html += &match i {
            0 => format!("<span><b>{part}</b></span>"),
            _ => format!("<span>{part}</span>"),
        };
    }
    html += "</div>";
    warnings(&mut html, profile);
    overview(&mut html, profile);
    details(&mut html, profile);
    correlations(&mut html, profile);
    html + "</div>"
}

fn warnings(html: &mut String, profile: &Profile) {
    let (first, others) = profile.warnings.split_at(profile.warnings.len().min(SEEN));
    list(html, first);
    if !others.is_empty() {
        let _ = write!(html, "<details><summary>{} more</summary>", others.len());
        list(html, others);
        *html += "</details>";
    }
}

fn list(html: &mut String, warnings: &[Warning]) {
    if warnings.is_empty() {
        return;
    }
    *html += "<ul>";
    for warning in warnings {
        // Writing to a string cannot fail.
        let _ = write!(html, "<li>{}</li>", escape(&clipped(&warning.text, 300)));
    }
    *html += "</ul>";
}

fn overview(html: &mut String, profile: &Profile) {
    if profile.columns.is_empty() {
        return;
    }
    *html += "<table><thead><tr><th>column</th><th></th><th class=\"num\">missing</th>\
              <th class=\"num\">distinct</th><th>values</th></tr></thead><tbody>";
    for column in profile.columns.iter().take(MOST_COLUMNS) {
        let _ = write!(
            html,
            "<tr><td>{}<span class=\"dtype\">{}</span></td><td>{}</td><td class=\"num\">{}</td>\
             <td class=\"num\">{}</td><td class=\"say\">{}</td></tr>",
            escape(&clipped(&column.name, 40)),
            escape(&clipped(&column.dtype, 40)),
            small_picture(column),
            missing(column),
            column.distinct.map(grouped).unwrap_or_default(),
            escape(&summary(column)),
        );
    }
    *html += "</tbody></table>";
    if profile.columns.len() > MOST_COLUMNS {
        let _ = write!(
            html,
            "<div class=\"shape\">{} more columns; .to_frame() has them all</div>",
            profile.columns.len() - MOST_COLUMNS
        );
    }
}

fn small_picture(column: &ColumnProfile) -> String {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 30.0;
    match &column.histogram {
        Some(histogram) => picture::histogram(column, histogram, WIDTH, HEIGHT),
        None if column.top.first().is_some_and(|(_, n)| *n > 1) => {
            picture::shares(column, WIDTH, HEIGHT)
        }
        None => String::new(),
    }
}

fn missing(column: &ColumnProfile) -> String {
    match column.missing() {
        0 => "<span class=\"dim\">0</span>".to_owned(),
        n => format!(
            "{} <span class=\"dim\">{}</span><span class=\"bar\" style=\"width:{:.0}px\"></span>",
            grouped(n),
            share(n, column.len),
            (column.missing_share() * 40.0).max(2.0),
        ),
    }
}

fn details(html: &mut String, profile: &Profile) {
    let told: Vec<&ColumnProfile> = profile
        .columns
        .iter()
        .take(MOST_COLUMNS)
        .filter(|column| !column.top.is_empty())
        .collect();
    if told.is_empty() {
        return;
    }
    *html += "<details><summary>Every column in detail</summary>";
    for column in told {
        let _ = write!(
            html,
            "<h4>{} <span class=\"dim\">{}</span></h4><div class=\"more\">",
            escape(&clipped(&column.name, 80)),
            escape(&clipped(&column.dtype, 60))
        );
        if let Some(histogram) = &column.histogram {
            *html += "<div>";
            *html += &picture::histogram(column, histogram, 300.0, 90.0);
            let (low, high) = ends(column);
            let _ = write!(
                html,
                "<div class=\"ends\"><span>{}</span><span>{}</span></div></div>",
                escape(&low),
                escape(&high)
            );
        }
        if let Some(numbers) = column
            .numbers
            .as_ref()
            .filter(|_| column.kind == Kind::Number)
        {
            figures(html, column, numbers);
        }
        if let Some(texts) = &column.texts {
            pairs(
                html,
                &[
                    ("shortest", format!("{} letters", grouped(texts.shortest))),
                    ("on average", format!("{:.1} letters", texts.mean_length)),
                    ("longest", format!("{} letters", grouped(texts.longest))),
                ],
            );
        }
        top(html, column);
        *html += "</div>";
    }
    *html += "</details>";
}

fn ends(column: &ColumnProfile) -> (String, String) {
    match (&column.range, &column.histogram) {
        (Some(range), _) => range.clone(),
        (None, Some(histogram)) => {
            let edges = &histogram.edges;
            let shift = if column.whole { 0.5 } else { 0.0 };
            let low = edges.first().copied().unwrap_or_default() + shift;
            let high = column.numbers.as_ref().map_or(0.0, |n| n.max);
            let high = if high.is_finite() {
                high
            } else {
                edges.last().copied().unwrap_or_default()
            };
            let [low, high] = alike([low, high], column.whole);
            (low, high)
        }
        _ => Default::default(),
    }
}

fn figures(html: &mut String, column: &ColumnProfile, numbers: &Numbers) {
    let quantiles = [
        numbers.min,
        numbers.q05,
        numbers.q25,
        numbers.median,
        numbers.q75,
        numbers.q95,
        numbers.max,
    ];
    let names = [
        "minimum", "5 %", "25 %", "median", "75 %", "95 %", "maximum",
    ];
    let values = alike(quantiles, column.whole);
    let rows: Vec<(&str, String)> = names.into_iter().zip(values).collect();
    pairs(html, &rows);
    let optional = |value: Option<f64>| value.map_or("–".to_owned(), number::short);
    let of_present = |n: usize| match n {
        0 => "0".to_owned(),
        n => format!("{} ({})", grouped(n), share(n, column.present())),
    };
    let mut rows = vec![
        ("mean", optional(numbers.mean)),
        ("standard deviation", optional(numbers.std)),
        ("skewness", optional(numbers.skewness)),
        ("outliers", of_present(numbers.outliers)),
    ];
    let rare = [
        ("zeros", numbers.zeros),
        ("negative", numbers.negative),
        ("infinite", numbers.infinite),
    ];
    for (name, n) in rare.into_iter().filter(|(_, n)| *n > 0) {
        rows.push((name, of_present(n)));
    }
    pairs(html, &rows);
}

fn pairs(html: &mut String, rows: &[(&str, String)]) {
    *html += "<table><tbody>";
    for (name, value) in rows {
        let _ = write!(
            html,
            "<tr><td class=\"dim\">{name}</td><td class=\"num\">{}</td></tr>",
            escape(value)
        );
    }
    *html += "</tbody></table>";
}

/// The most frequent values, if they tell something: of numbers that are spread
/// out each occurs a few times by chance.
fn top(html: &mut String, column: &ColumnProfile) {
    let most = column.top.first().map_or(0, |(_, n)| *n);
    let few = column.distinct.is_some_and(|distinct| distinct <= MOST_TOP);
    let frequent = most as f64 >= 0.05 * column.present() as f64;
    if most < 2 || !(few || frequent || column.kind == Kind::Text) {
        return;
    }
    *html += "<table><tbody>";
    for (value, n) in column.top.iter().take(MOST_TOP) {
        let shown = match value.as_str() {
            "" => "<span class=\"null\">empty</span>".to_owned(),
            value => escape(&clipped(value, 40)),
        };
        let _ = write!(
            html,
            "<tr><td>{shown}</td><td class=\"num\">{}</td><td class=\"num dim\">{}</td>\
             <td><svg width=\"80\" height=\"8\"><rect width=\"{:.1}\" height=\"8\" rx=\"1\"/></svg></td></tr>",
            grouped(*n),
            share(*n, column.present()),
            (*n as f64 / most as f64 * 80.0).max(1.0),
        );
    }
    *html += "</tbody></table>";
}

fn correlations(html: &mut String, profile: &Profile) {
    let found = &profile.correlations;
    if found.columns.len() < 2 {
        return;
    }
    let open = if found.columns.len() <= 12 {
        " open"
    } else {
        ""
    };
    let _ = write!(
        html,
        "<details{open}><summary>Correlations (Pearson)</summary>"
    );
    *html += &picture::correlations(found);
    let mut notes = Vec::new();
    if found.step > 1 {
        notes.push(format!("from every {}. row", found.step));
    }
    if found.left_out > 0 {
        notes.push(format!(
            "{} more columns of numbers left out",
            found.left_out
        ));
    }
    if !notes.is_empty() {
        let _ = write!(html, "<div class=\"shape\">{}</div>", notes.join(", "));
    }
    *html += "</details>";
}
