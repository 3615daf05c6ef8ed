//! How a profile looks: as a page of HTML, and as text.

mod html;
mod picture;
mod style;
mod text;

use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};
use ferrite_frame::render::{counted as count, grouped, number};

use crate::Profile;
use crate::column::{ColumnProfile, Kind};
use crate::warnings::share;

/// More columns are not shown; all of them are in [`Profile::to_frame`].
const MOST_COLUMNS: usize = 100;

impl Show for Profile {
    fn show(&self) -> MimeBundle {
        MimeBundle::text(text::write(self)).html(card(&html::write(self)))
    }
}

/// The line that says how large the frame is.
fn headline(profile: &Profile) -> Vec<String> {
    let mut parts = vec![format!(
        "{} × {}",
        count(profile.rows, "row", "rows"),
        count(profile.columns.len(), "column", "columns")
    )];
    let missing: usize = profile.columns.iter().map(ColumnProfile::missing).sum();
    parts.push(match missing {
        0 => "nothing missing".to_owned(),
        n => format!(
            "{} missing ({})",
            count(n, "value", "values"),
            share(n, profile.rows * profile.columns.len())
        ),
    });
    match profile.duplicate_rows {
        Some(0) => parts.push("no duplicate rows".to_owned()),
        Some(n) => parts.push(count(n, "duplicate row", "duplicate rows")),
        None => {}
    }
    parts.push(memory(profile.bytes));
    parts
}

fn memory(bytes: usize) -> String {
    let size = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} kB", size / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", size / 1e6),
        _ => format!("{:.1} GB", size / 1e9),
    }
}

/// What a column holds, in a few words.
fn summary(column: &ColumnProfile) -> String {
    if column.present() == 0 {
        return String::new();
    }
    match (&column.numbers, &column.range, column.kind) {
        (_, Some((first, last)), _) if first == last => first.clone(),
        (_, Some((first, last)), _) => format!("{first} … {last}"),
        (Some(n), None, Kind::Number) => {
            // They stand in one line, not below each other.
            let [min, median, max] = alike([n.min, n.median, n.max], column.whole).map(trimmed);
            let spread = match (n.mean, n.std) {
                (Some(mean), Some(std)) => {
                    format!(", mean {} ± {}", rounded(mean), rounded(std))
                }
                _ => String::new(),
            };
            format!("{min} … {median} … {max}{spread}")
        }
        _ => {
            const SHOWN: usize = 3;
            let mut parts: Vec<String> = column
                .top
                .iter()
                .take(SHOWN)
                .map(|(value, n)| format!("{} {}", clipped(value, 24), share(*n, column.present())))
                .collect();
            if let Some(distinct) = column.distinct
                && distinct > SHOWN
            {
                parts.push(format!("{} more", grouped(distinct - SHOWN)));
            }
            parts.join(", ")
        }
    }
}

/// Four digits are enough for a mean in a line.
fn rounded(value: f64) -> String {
    let short = number::short(format!("{value:.3e}").parse().unwrap_or(value));
    match short.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => short,
    }
}

/// A number without the zeros at its end.
fn trimmed(number: String) -> String {
    match number.contains('.') && !number.contains('e') {
        true => number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
        false => number,
    }
}

/// Numbers with the same decimals; whole ones without.
fn alike<const N: usize>(values: [f64; N], whole: bool) -> [String; N] {
    let format = number::Format::of(&values);
    values.map(
        |value| match whole && value.fract() == 0.0 && value.abs() < 1e15 {
            true => format!("{value:.0}"),
            false => format.text(value),
        },
    )
}

/// A text on one line, cut after some letters.
fn clipped(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut clipped: String = text.chars().take(most).map(clean).collect();
    if text.chars().nth(most).is_some() {
        clipped.push('…');
    }
    clipped
}
