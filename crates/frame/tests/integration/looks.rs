//! Looks of what is not a frame, as snapshots of their text and HTML.

use ferrite_display::Show;
use ferrite_frame::{FrameExt, datasets, render};
use insta::assert_snapshot;
use polars::prelude::*;
use serde_json::json;

use crate::{html, text};

/// The HTML without the style sheets, an element on each line.
fn body(bundle: &ferrite_display::MimeBundle) -> String {
    let html = html(bundle);
    let body = html.rsplit("</style>").next().unwrap_or(html);
    body.replace("><", ">\n<")
}

#[derive(serde::Serialize)]
enum Kind {
    Plain,
    Sized { width: u8 },
}

#[derive(serde::Serialize)]
struct Thing {
    name: &'static str,
    size: Option<f64>,
    tags: Vec<&'static str>,
    kind: Kind,
}

fn things() -> Vec<Thing> {
    vec![
        Thing {
            name: "lamp",
            size: Some(0.5),
            tags: vec!["light", "table"],
            kind: Kind::Plain,
        },
        Thing {
            name: "<b>",
            size: Some(f64::NAN),
            tags: vec![],
            kind: Kind::Plain,
        },
        Thing {
            name: "desk",
            size: None,
            tags: vec!["wood"],
            kind: Kind::Plain,
        },
    ]
}

#[test]
fn structs_are_rows() {
    let shown = render::rows(&things()).unwrap();
    assert_snapshot!("structs_text", text(&shown));
    assert_snapshot!("structs_html", body(&shown));
    let mixed = [Kind::Sized { width: 3 }];
    assert!(text(&render::rows(&mixed).unwrap()).contains("{width: 3}"));
    let many: Vec<_> = (0..1000).map(|n| json!({"n": n})).collect();
    let shown = render::rows(&many).unwrap();
    assert!(
        text(&shown).ends_with("1,000 rows × 1 column, showing 10 rows"),
        "{}",
        text(&shown)
    );
    assert!(render::rows::<Thing>(&[]).is_none());
    assert!(render::rows(&[(1, 2)]).is_none());
}

#[test]
fn json_is_a_tree() {
    let value = json!({
        "name": "penguins <1>", "rows": 344, "open": true, "licence": null,
        "columns": [{"name": "species"}, {"name": "year", "range": [2007, 2009]}],
        "nothing": [], "deep": {"a": {"b": {"c": 1}}},
    });
    let shown = render::json(&value);
    assert_snapshot!("json_text", text(&shown));
    assert_snapshot!("json_html", body(&shown));
}

#[test]
fn large_json_is_cut() {
    let value = json!({"long": (0..5000).collect::<Vec<_>>(), "text": "é".repeat(1000)});
    let shown = render::json(&value);
    assert!(html(&shown).contains("… 4900 more"));
    assert!(text(&shown).ends_with("more lines"));
    assert!(html(&shown).len() < 30_000);
    let mut deep = json!(1);
    for _ in 0..300 {
        deep = json!([deep]);
    }
    assert!(html(&render::json(&deep)).matches("<details").count() == 300);
}

#[test]
fn groups_and_schemas_are_tables() {
    let penguins = datasets::penguins().unwrap();
    let groups = penguins.group_by_stable(["species", "sex"]).unwrap();
    assert_snapshot!("groups", text(&render::group_by(&groups)));
    assert_snapshot!("schema", text(&render::schema(penguins.schema())));
    let plan = penguins.clone().lazy().group_by([col("species")]);
    assert!(text(&render::lazy_group_by(&plan)).contains("AGGREGATE"));
}

#[test]
fn a_view_shows_more_or_less() {
    let flights = datasets::flights().unwrap();
    let view = flights.view().rows(6).columns(6).chars(4);
    assert_snapshot!("view", text(&view.show()));
    assert_snapshot!("view_csv", view.csv().unwrap());
    assert_eq!(view.frame().unwrap().shape(), (4, 4));
    let all = datasets::penguins().unwrap().view().rows(1000);
    assert_eq!(text(&all.show()).lines().count(), 344 + 4);
    assert_eq!(all.csv().unwrap().lines().count(), 345);
}

#[test]
fn arrays_of_any_element_and_shape() {
    let at = |place: &[usize]| render::Scalar::Text(place.iter().sum::<usize>().to_string());
    let shown = render::array("u8", &[2, 30, 20], &at);
    assert_snapshot!("cube", text(&shown));
    assert_eq!(
        text(&render::array("u8", &[0, 3], &at)),
        "0 × 3 array of u8"
    );
    assert_eq!(
        text(&render::array("u8", &[], &at)),
        "0\n0-dimensional array of u8"
    );
    assert!(text(&render::array("u8", &[2, 0, 3], &at)).starts_with("2 × 0 × 3 array of u8"));
}
