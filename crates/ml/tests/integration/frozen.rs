//! Reading `../reference/validation.json` and the data sets beside it.

use polars::prelude::*;
use serde_json::Value;

pub fn expected() -> Value {
    serde_json::from_str(include_str!("../reference/validation.json")).unwrap()
}

/// A data set with the column `target`: text for classes (also digits), numbers for
/// diabetes.
pub fn data(name: &str) -> DataFrame {
    if name == "penguins" {
        let mut frame = crate::penguins().drop_many(["island", "sex"]);
        frame.rename("species", "target".into()).unwrap();
        return frame;
    }
    let path = format!(
        "{}/tests/reference/data/{name}.csv",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut frame = ferrite_frame::read::read_csv(&path).unwrap();
    if name == "digits" {
        let classes = frame
            .column("target")
            .unwrap()
            .cast(&DataType::String)
            .unwrap();
        frame.with_column(classes).unwrap();
    }
    frame
}

/// A number without the version that it comes from cannot be checked by anybody.
#[test]
fn every_reference_says_what_made_it() {
    let all = [
        include_str!("../reference/clusters.csv"),
        include_str!("../reference/decisions.json"),
        include_str!("../reference/expected.csv"),
        include_str!("../reference/explanations.json"),
        include_str!("../reference/models.csv"),
        include_str!("../reference/preprocessing.json"),
        include_str!("../reference/validation.json"),
    ];
    for text in all {
        let head = text.get(..300).unwrap();
        assert!(head.contains("versions"), "{head}");
        assert!(head.contains("1.9."), "scikit-learn's version in {head}");
    }
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|n| n.as_f64().unwrap_or(f64::INFINITY))
        .collect()
}

pub fn rows(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|n| n as usize).collect()
}

pub fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|t| t.as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
pub fn close(found: f64, expected: &Value, tolerance: f64, what: &str) {
    let expected = expected
        .as_f64()
        .unwrap_or_else(|| panic!("{what} is in validation.json"));
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1.0),
        "{what}: {found}, but the reference has {expected}"
    );
}

#[track_caller]
pub fn all_close(found: &[f64], expected: &Value, tolerance: f64, what: &str) {
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let near = (found - expected).abs() <= tolerance * expected.abs().max(1.0);
        assert!(
            near || *found == expected,
            "{what}[{i}]: {found}, but the reference has {expected}"
        );
    }
}
