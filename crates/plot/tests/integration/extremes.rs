//! The frames that break charts: each kind gives a sound picture of them, or an
//! error, and no picture is too large to be looked at.

use ferrite_plot::chart;
use polars::prelude::*;

use crate::random::charts;
use crate::support::assert_shown;

/// Pictures of a hundred categories are smaller than this, and so must be those
/// of ten thousand.
const MOST_BYTES: usize = 1_500_000;

fn frame(numbers: Vec<Option<f64>>, names: Vec<Option<String>>) -> DataFrame {
    df!("number" => numbers, "name" => names).expect("columns of one length")
}

/// Ten thousand rows, each with a name of its own.
fn many() -> DataFrame {
    let rows = 0..10_000;
    frame(
        rows.clone().map(|i| Some(f64::from(i % 97))).collect(),
        rows.map(|i| Some(format!("category {i}"))).collect(),
    )
}

fn frames() -> Vec<(&'static str, DataFrame)> {
    let named = |names: &[&str]| names.iter().map(|n| Some((*n).to_owned())).collect();
    let ends = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    vec![
        ("no rows", frame(vec![], vec![])),
        ("nulls", frame(vec![None; 5], vec![None; 5])),
        (
            "infinities",
            frame(ends.map(Some).to_vec(), named(&["a", "b", "a"])),
        ),
        (
            "infinities among numbers",
            frame(
                [ends.as_slice(), &[1.0, 2.0, 4.0]]
                    .concat()
                    .into_iter()
                    .map(Some)
                    .collect(),
                named(&["a", "b", "a", "b", "a", "b"]),
            ),
        ),
        ("one row", frame(vec![Some(1.0)], named(&["a"]))),
        ("a constant", frame(vec![Some(7.0); 9], named(&["a"; 9]))),
        ("10,000 categories", many()),
    ]
}

#[test]
fn every_kind_of_chart_stands_them() {
    for (what, frame) in frames() {
        for (a, b) in [
            ("number", "number"),
            ("name", "number"),
            ("number", "name"),
            ("name", "name"),
        ] {
            for chart in charts(&frame, a, b) {
                let colored = chart.clone().color("name");
                let faceted = chart.clone().facet("name");
                for chart in [chart, colored, faceted] {
                    if assert_shown(&chart).is_ok() {
                        let bytes = chart.svg().expect("drawn before").len();
                        assert!(bytes < MOST_BYTES, "{what}: {chart} has {bytes} bytes");
                    }
                }
            }
            for heat in [
                chart::heatmap_by(&frame, a, b, "number"),
                chart::heatmap_pivot(&frame, a),
            ] {
                let _ = assert_shown(&heat);
            }
        }
    }
}

/// What a person gets to see of them in place of nothing.
#[test]
fn of_too_many_categories_the_largest_are_drawn() {
    let frame = many();
    let notes = [
        (chart::bar(&frame, "name", "number"), "10000 categories"),
        (chart::count(&frame, "name"), "10000 categories"),
        (chart::boxplot(&frame, "name", "number"), "10000 categories"),
        (chart::violin(&frame, "name", "number"), "10000 categories"),
    ];
    for (chart, note) in notes {
        let svg = chart.svg().expect("a chart that can be drawn");
        assert!(
            svg.contains(note),
            "{chart} does not say that there are more"
        );
    }
    let colored = chart::scatter(&frame, "number", "number").color("name");
    let svg = colored.svg().expect("a chart that can be drawn");
    assert!(svg.contains("other (9989)"));
}

#[test]
fn empty_frames_say_so() {
    let (_, empty) = frames().swap_remove(0);
    for chart in charts(&empty, "name", "number") {
        let error = assert_shown(&chart)
            .expect_err("nothing to draw")
            .to_string();
        assert!(!error.is_empty());
    }
    let nothing = DataFrame::empty();
    let error = chart::histogram(&nothing, "x")
        .svg()
        .expect_err("no column");
    assert!(error.to_string().contains("no column \"x\""), "{error}");
}
