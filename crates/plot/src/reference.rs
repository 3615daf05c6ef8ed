//! The numbers in pictures against numpy, scipy, pandas, statsmodels,
//! matplotlib and scikit-learn, on the penguins. `tests/reference/make.py` made
//! the file.

use serde_json::Value;

use crate::kinds::curves;
use crate::kinds::ecdf;
use crate::kinds::histogram::Bins;
use crate::kinds::matrix;
use crate::stats::{Density, Summary, confidence, quantile, sd, student};
use crate::trend;

fn reference() -> Value {
    let text = include_str!("../tests/reference/reference.json");
    serde_json::from_str(text).expect("a sound file")
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter()
        .map(|one| one.as_f64().expect("a number"))
        .collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(numbers)
        .collect()
}

fn each<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().expect("a list")
}

#[track_caller]
fn assert_near(found: f64, expected: f64, relative: f64) {
    let allowed = relative * expected.abs().max(1e-12);
    assert!(
        (found - expected).abs() <= allowed,
        "{found}, not {expected}"
    );
}

#[test]
fn quantiles_and_boxes() {
    for case in each(&reference(), "boxes") {
        let mut values = numbers(&case["values"]);
        values.sort_by(f64::total_cmp);
        for (share, expected) in [0.0, 0.1, 0.33, 0.5, 0.9, 1.0]
            .into_iter()
            .zip(numbers(&case["quantiles"]))
        {
            assert_near(quantile(&values, share), expected, 1e-12);
        }
        let Summary {
            low,
            q1,
            median,
            q3,
            high,
        } = Summary::of(&values);
        for (found, expected) in [low, q1, median, q3, high]
            .into_iter()
            .zip(numbers(&case["summary"]))
        {
            assert_near(found, expected, 1e-12);
        }
        let spread = sd(&values);
        assert_near(spread, case["sd"].as_f64().unwrap(), 1e-12);
        assert_near(
            confidence(spread, values.len()),
            case["interval"].as_f64().unwrap(),
            1e-10,
        );
    }
}

#[test]
fn students_distribution() {
    for pair in rows(&reference()["student"]) {
        assert_near(student(0.975, pair[0]), pair[1], 1e-9);
    }
}

#[test]
fn densities() {
    for case in each(&reference(), "densities") {
        let density = Density::of(&numbers(&case["values"])).expect("different values");
        for (at, expected) in numbers(&case["at"])
            .into_iter()
            .zip(numbers(&case["density"]))
        {
            assert_near(density.at(at), expected, 1e-9);
        }
    }
}

#[test]
fn cumulative_distributions() {
    for case in each(&reference(), "ecdf") {
        let mut values = numbers(&case["values"]);
        values.sort_by(f64::total_cmp);
        let steps = ecdf::shares(&values);
        for (at, expected) in numbers(&case["at"])
            .into_iter()
            .zip(numbers(&case["share"]))
        {
            let reached = steps.iter().rfind(|step| step.0 <= at);
            assert_near(reached.map_or(0.0, |step| step.1), expected, 1e-12);
        }
    }
}

#[test]
fn bands_of_trends() {
    for case in each(&reference(), "bands") {
        let points: Vec<_> = numbers(&case["x"])
            .into_iter()
            .zip(numbers(&case["y"]))
            .collect();
        let line = trend::line(&points, false, false).expect("a line");
        let expected = rows(&case["line"]);
        assert_eq!(line.len(), expected.len());
        for (found, expected) in line.iter().flatten().zip(expected.iter().flatten()) {
            assert_near(*found, *expected, 1e-9);
        }
    }
}

#[test]
fn curves_of_scores() {
    let case = &reference()["curves"];
    let truth: Vec<bool> = each(case, "truth").iter().map(|yes| yes == true).collect();
    let scored: Vec<_> = numbers(&case["scores"]).into_iter().zip(truth).collect();
    let roc = curves::roc(scored.clone());
    let expected = rows(&case["roc"]);
    assert_eq!(roc.len(), expected.len());
    for (found, expected) in roc.iter().zip(&expected) {
        assert_near(found.0, expected[0], 1e-12);
        assert_near(found.1, expected[1], 1e-12);
    }
    assert_near(curves::auc(&roc), case["auc"].as_f64().unwrap(), 1e-12);
    let (_, average) = curves::precision_recall(scored.clone());
    assert_near(average, case["average_precision"].as_f64().unwrap(), 1e-12);
    let calibration = curves::calibration(&scored, 10);
    let expected = rows(&case["calibration"]);
    assert_eq!(calibration.len(), expected.len());
    for (found, expected) in calibration.iter().zip(&expected) {
        assert_near(found.0, expected[0], 1e-12);
        assert_near(found.1, expected[1], 1e-12);
    }
}

#[test]
fn correlations() {
    let penguins = ferrite_frame::datasets::penguins().expect("a built-in data set");
    let names = [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ];
    let columns =
        names.map(|name| ferrite_frame::convert::column_f64(&penguins, name).expect("numbers"));
    for (one, expected) in columns.iter().zip(rows(&reference()["correlation"])) {
        for (other, expected) in columns.iter().zip(expected) {
            assert_near(matrix::pearson(one, other), expected, 1e-12);
        }
    }
}

#[test]
fn histograms() {
    let case = &reference()["histogram"];
    let mut values = numbers(&case["values"]);
    values.sort_by(f64::total_cmp);
    let bins = Bins::equal(&values, 12);
    let counts: Vec<f64> = bins
        .count(&values)
        .into_iter()
        .map(|count| count as f64)
        .collect();
    assert_eq!(counts, numbers(&case["counts"]));
    for (bin, edge) in numbers(&case["edges"]).into_iter().enumerate() {
        assert_near(bins.start + bin as f64 * bins.width, edge, 1e-12);
    }
}
