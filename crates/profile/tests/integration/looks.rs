//! What a profile looks like, as snapshots.

use ferrite_display::Show;
use ferrite_frame::datasets;
use ferrite_profile::FrameProfile;
use insta::assert_snapshot;
use polars::prelude::*;

fn forms(frame: &DataFrame) -> (String, String) {
    let shown = frame.profile().unwrap().show();
    let html = shown.get("text/html").unwrap();
    let body = html
        .rsplit("</style>")
        .next()
        .unwrap_or(html)
        .replace("><", ">\n<");
    (shown.get("text/plain").unwrap().to_owned(), body)
}

#[test]
fn penguins_at_a_glance() {
    let penguins = datasets::penguins().unwrap();
    let (text, _) = forms(&penguins);
    assert_snapshot!("penguins_text", text);
}

#[test]
fn a_small_frame_in_full() {
    let frame = df!(
        "name" => [Some("<Ada>"), Some("Bo"), Some("Bo"), None],
        "age" => [Some(36), Some(30), Some(30), Some(41)],
        "mass" => [Some(55.5), Some(f64::NAN), Some(f64::INFINITY), None],
        "born" => [0, 10_000, 10_000, -1],
        "yes" => [true, false, false, true],
    )
    .unwrap()
    .lazy()
    .with_column(col("born").cast(DataType::Date))
    .collect()
    .unwrap();
    let (text, html) = forms(&frame);
    assert_snapshot!("small_text", text);
    assert_snapshot!("small_html", html);
}

#[test]
fn nothing_has_a_profile_too() {
    for frame in [DataFrame::empty(), datasets::cars().unwrap().head(Some(0))] {
        let (text, html) = forms(&frame);
        assert!(text.starts_with("0 rows × "), "{text}");
        assert!(html.contains("there are no rows"), "{html}");
    }
}

#[test]
fn many_columns_are_cut() {
    let columns = (0..300)
        .map(|i| Column::new(format!("c{i}").into(), [i, 1]))
        .collect();
    let wide = DataFrame::new(2, columns).unwrap();
    let (text, html) = forms(&wide);
    assert!(text.contains("… 200 more columns"));
    assert!(html.contains("200 more columns"));
    assert!(html.len() < 600_000, "{}", html.len());
}

#[test]
fn a_profile_has_both_themes() {
    let shown = datasets::cars().unwrap().profile().unwrap().show();
    let html = shown.get("text/html").unwrap();
    let mut outside = String::new();
    for (i, part) in html.split("light-dark(").enumerate() {
        outside += match i {
            0 => part,
            _ => part.split_once(')').unwrap().1,
        };
    }
    // Colours are pairs, or taken from the style sheet by name.
    for colour in [
        "fill=\"#",
        "stroke=\"#",
        "fill:#",
        "stroke:#",
        "color:#",
        "background:#",
        "rgb(",
    ] {
        assert!(!outside.contains(colour), "{colour}");
    }
    for name in html.split("var(--fe-").skip(1) {
        let name = name.split([')', ',']).next().unwrap();
        assert!(html.contains(&format!("--fe-{name}:")), "{name}");
    }
}
