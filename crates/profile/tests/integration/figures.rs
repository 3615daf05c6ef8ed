//! Figures agree with pandas: `crates/frame/tests/reference/frames.py` made them.

use ferrite_frame::{FrameError, datasets};
use ferrite_profile::{FrameProfile, Profile};
use polars::prelude::*;
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("../../../frame/tests/reference/frames.json")).unwrap()
}

type Load = fn() -> Result<DataFrame, FrameError>;

fn profiles() -> Vec<(&'static str, Profile)> {
    let all: [(&str, Load); 8] = [
        ("penguins", datasets::penguins),
        ("wine", datasets::wine),
        ("breast_cancer", datasets::breast_cancer),
        ("cars", datasets::cars),
        ("gapminder", datasets::gapminder),
        ("seattle_weather", datasets::seattle_weather),
        ("co2", datasets::co2),
        ("flights", datasets::flights),
    ];
    all.map(|(name, load)| (name, load().unwrap().profile().unwrap()))
        .into()
}

fn assert_near(ours: Option<f64>, theirs: &Value, what: &str) {
    let theirs = theirs.as_f64().unwrap();
    let ours = ours.unwrap_or_else(|| panic!("{what}: nothing, {theirs}"));
    assert!(
        (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0),
        "{what}: {ours} and {theirs}"
    );
}

#[test]
fn figures_are_those_of_pandas() {
    let reference = reference();
    for (name, profile) in profiles() {
        assert_eq!(
            profile.duplicate_rows.map(|n| n as u64),
            reference["duplicates"][name].as_u64(),
            "duplicates in {name}"
        );
        for (column, figures) in reference["describe"][name].as_object().unwrap() {
            let ours = profile.column(column).unwrap();
            let numbers = ours.numbers.as_ref().unwrap();
            let what = |figure: &str| format!("{figure} of {name}.{column}");
            assert_near(numbers.mean, &figures["mean"], &what("mean"));
            assert_near(numbers.std, &figures["std"], &what("std"));
            assert_near(numbers.skewness, &figures["skewness"], &what("skewness"));
            for (figure, value) in [
                ("min", numbers.min),
                ("q25", numbers.q25),
                ("median", numbers.median),
                ("q75", numbers.q75),
                ("max", numbers.max),
                ("count", ours.present() as f64),
                ("distinct", ours.distinct.unwrap() as f64),
                ("outliers", numbers.outliers as f64),
            ] {
                assert_near(Some(value), &figures[figure], &what(figure));
            }
            let histogram = ours.histogram.as_ref().unwrap();
            assert_eq!(
                histogram.counts.iter().sum::<usize>(),
                ours.present(),
                "{}",
                what("histogram")
            );
        }
    }
}

#[test]
fn correlations_are_those_of_pandas() {
    let reference = reference();
    for (name, profile) in profiles() {
        let Some(table) = reference["pearson"][name].as_object() else {
            continue;
        };
        for (a, row) in table {
            for (b, r) in row.as_object().unwrap() {
                match profile.correlations.get(a, b) {
                    Some(ours) => assert_near(Some(ours), r, &format!("{a} and {b} in {name}")),
                    None => assert!(r.is_null(), "{a} and {b} in {name}"),
                }
            }
        }
    }
}

#[test]
fn the_figures_are_a_frame() {
    let profile = datasets::penguins().unwrap().profile().unwrap();
    let frame = profile.to_frame().unwrap();
    assert_eq!(frame.shape(), (8, 15));
    assert_eq!(
        frame.column("top").unwrap().str().unwrap().get(0),
        Some("Adelie")
    );
    assert_eq!(
        frame.column("distinct").unwrap().u64().unwrap().get(0),
        Some(3)
    );
    assert!((profile.missing_share() - 19.0 / (344.0 * 8.0)).abs() < 1e-12);
}

#[test]
fn numbers_that_no_float_holds_are_still_told_apart() {
    let big = i64::MAX - 5;
    let frame = df!("id" => [big, big + 1, big + 2], "wide" => [u64::MAX, 1, 1]).unwrap();
    let profile = frame.profile().unwrap();
    assert_eq!(profile.column("id").unwrap().distinct, Some(3));
    assert_eq!(profile.column("wide").unwrap().distinct, Some(2));
}
