//! Several frames at once, below each other.

use ferrite_display::MimeBundle;
use ferrite_display::html::{card, escape};

use super::grid::counted;

/// How many are shown at most.
pub const MOST_STACKED: usize = 8;

/// The looks of several values below each other, each under its label; there
/// are `total` of them, of which those given are shown.
///
/// ```
/// use ferrite_frame::render;
/// use polars::prelude::*;
///
/// let part = render::frame(&df!("x" => [1])?);
/// let shown = render::stacked(vec![(".0".to_owned(), part.clone()), (".1".to_owned(), part)], 2);
/// let text = ".0\n  x\ni32\n───\n  1\n1 row × 1 column\n\n\
///             .1\n  x\ni32\n───\n  1\n1 row × 1 column\n\n2 values";
/// assert_eq!(shown.get("text/plain"), Some(text));
/// # Ok::<(), PolarsError>(())
/// ```
pub fn stacked(parts: Vec<(String, MimeBundle)>, total: usize) -> MimeBundle {
    let mut note = counted(total, "value", "values");
    if parts.len() < total {
        note += &format!(", showing {}", parts.len());
    }
    let (mut text, mut html) = (String::new(), String::new());
    for (label, part) in &parts {
        let plain = part.get("text/plain").unwrap_or_default();
        text += &format!("{label}\n{plain}\n\n");
        html += &card(&format!("<div class=\"part\">{}</div>", escape(label)));
        html += &match part.get("text/html") {
            Some(rich) => rich.to_owned(),
            None => card(&format!("<pre>{}</pre>", escape(plain))),
        };
    }
    html += &card(&format!("<div class=\"shape\">{note}</div>"));
    MimeBundle::text(text + &note).html(html)
}
