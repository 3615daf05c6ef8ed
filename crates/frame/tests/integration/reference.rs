//! Figures agree with those of pandas, numpy and scipy: `reference/frames.py`
//! made them.

use ferrite_frame::{FrameExt, convert, datasets, stats};
use polars::prelude::*;
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/frames.json")).unwrap()
}

fn dataset(name: &str) -> DataFrame {
    match name {
        "penguins" => datasets::penguins(),
        "wine" => datasets::wine(),
        "breast_cancer" => datasets::breast_cancer(),
        "cars" => datasets::cars(),
        "gapminder" => datasets::gapminder(),
        "seattle_weather" => datasets::seattle_weather(),
        "co2" => datasets::co2(),
        "flights" => datasets::flights(),
        other => panic!("{other}"),
    }
    .unwrap()
}

/// Equal but for the order in which floats were added.
fn near(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
}

fn assert_near(ours: Option<f64>, theirs: &Value, what: &str) {
    match (ours, theirs.as_f64()) {
        (None, None) => {}
        (Some(a), Some(b)) => assert!(near(a, b), "{what}: {a} and {b}"),
        (a, b) => panic!("{what}: {a:?} and {b:?}"),
    }
}

/// A frame's rows against lists of values.
fn assert_rows(frame: &DataFrame, expected: &Value, what: &str) {
    let expected = expected.as_array().unwrap();
    assert_eq!(frame.height(), expected.len(), "{what}\n{frame}");
    for (i, row) in expected.iter().enumerate() {
        for (column, value) in frame.columns().iter().zip(row.as_array().unwrap()) {
            let what = format!("{what}, row {i}, {}", column.name());
            if column.dtype().is_numeric() {
                let ours = column
                    .get(i)
                    .unwrap()
                    .extract::<f64>()
                    .filter(|v| !v.is_nan());
                assert_near(ours, value, &what);
            } else {
                let ours = &convert::column_strings(frame, column.name()).unwrap()[i];
                assert_eq!(ours.as_deref(), value.as_str(), "{what}");
            }
        }
    }
}

#[test]
fn columns_have_the_figures_of_pandas() {
    for (name, columns) in reference()["describe"].as_object().unwrap() {
        let described = dataset(name).describe().unwrap();
        let names = convert::column_strings(&described, "column").unwrap();
        for (column, figures) in columns.as_object().unwrap() {
            let row = names
                .iter()
                .position(|n| n.as_deref() == Some(column))
                .unwrap();
            for figure in ["count", "mean", "std", "min", "q25", "median", "q75", "max"] {
                let ours = convert::column_f64(&described, figure).unwrap()[row];
                assert_near(
                    ours,
                    &figures[figure],
                    &format!("{figure} of {name}.{column}"),
                );
            }
        }
    }
}

#[test]
fn correlations_are_those_of_pandas_and_scipy() {
    let reference = reference();
    for method in ["pearson", "spearman"] {
        for (name, table) in reference[method].as_object().unwrap() {
            let ours = dataset(name).corr(method).unwrap();
            let names = convert::column_strings(&ours, "column").unwrap();
            for (a, row) in table.as_object().unwrap() {
                let column = convert::column_f64(&ours, a).unwrap();
                for (b, r) in row.as_object().unwrap() {
                    let at = names.iter().position(|n| n.as_deref() == Some(b)).unwrap();
                    assert_near(column[at], r, &format!("{method} of {a} and {b} in {name}"));
                }
            }
        }
    }
    let penguins = datasets::penguins().unwrap();
    let [bill, mass] = ["bill_length_mm", "body_mass_g"]
        .map(|name| convert::slice(&penguins, name).unwrap().into_owned());
    assert_near(
        stats::pearson(&bill, &mass),
        &reference["pair"]["pearson"],
        "scipy's r",
    );
    assert_near(
        stats::spearman(&bill, &mass),
        &reference["pair"]["spearman"],
        "scipy's rho",
    );
}

#[test]
fn groups_are_those_of_pandas() {
    let reference = reference();
    let penguins = datasets::penguins().unwrap();
    let mass = || col("body_mass_g");
    let values = [
        mass().mean().alias("mean"),
        mass().std(1).alias("std"),
        mass().median().alias("median"),
        mass().min().alias("min"),
        mass().max().alias("max"),
        mass().count().alias("count"),
        mass().drop_nulls().n_unique().alias("n_unique"),
    ];
    let ours = penguins.aggregate(&["species", "sex"], &values).unwrap();
    assert_rows(&ours, &reference["aggregate"], "groups");

    let counts = penguins
        .value_counts("sex")
        .unwrap()
        .pick(&["sex", "n"])
        .unwrap();
    assert_rows(&counts, &reference["value_counts"], "counts");

    let pivot = penguins
        .pivot_table(&["species"], "island", "body_mass_g", "mean")
        .unwrap();
    assert_rows(&pivot, &reference["pivot"], "pivot");
}

#[test]
fn spans_of_time_are_those_of_pandas() {
    let reference = reference();
    let weather = datasets::seattle_weather().unwrap();
    let by = |frame: &DataFrame, every: &str, value: Expr| {
        frame.resample("date", every, &[value]).unwrap()
    };
    let months = by(&weather, "1mo", col("temp_max").mean());
    assert_rows(&months, &reference["resample_month"], "months");
    let weeks = by(&weather, "1w", col("precipitation").sum());
    assert_rows(&weeks, &reference["resample_week"], "weeks");
    let without_july = weather.keep(col("date").dt().month().neq(lit(7))).unwrap();
    let shuffled = without_july.sample(without_july.height(), 3).unwrap();
    let gaps = by(&shuffled, "1mo", col("temp_max").mean());
    assert_rows(&gaps, &reference["resample_gaps"], "months with gaps");
}

#[test]
fn windows_are_those_of_pandas() {
    let reference = reference();
    let co2 = datasets::co2().unwrap();
    for (how, expected) in reference["moving"].as_object().unwrap() {
        let moved = co2.moving("co2", 26, how).unwrap();
        let ours = convert::column_f64(&moved, &format!("co2_{how}_26")).unwrap();
        let expected = expected.as_array().unwrap();
        assert_eq!(ours.len(), expected.len());
        for (i, (ours, theirs)) in ours.into_iter().zip(expected).enumerate() {
            // A running variance loses some digits.
            match (ours, theirs.as_f64()) {
                (Some(a), Some(b)) => {
                    assert!((a - b).abs() <= 1e-7 * b.abs(), "{how} {i}: {a}, {b}")
                }
                (a, b) => assert_eq!(a, b, "{how} {i}"),
            }
        }
    }
}

#[test]
fn bins_and_indicators_are_those_of_pandas() {
    let reference = reference();
    let counts = |frame: &DataFrame, bin: &str| -> Vec<f64> {
        let table = frame
            .drop_missing(&[bin])
            .unwrap()
            .value_counts(bin)
            .unwrap();
        let mut counts: Vec<f64> = convert::slice(&table, "n").unwrap().into_owned();
        counts.sort_by(f64::total_cmp);
        counts
    };
    let theirs = |name: &str| -> Vec<f64> {
        let mut counts: Vec<f64> = reference[name]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        counts.sort_by(f64::total_cmp);
        counts
    };
    let penguins = datasets::penguins().unwrap();
    let cut = penguins.cut("body_mass_g", &[3500.0, 4500.0]).unwrap();
    assert_eq!(counts(&cut, "body_mass_g_bin"), theirs("cut"));
    let quarters = datasets::cars().unwrap().qcut("mpg", 4).unwrap();
    assert_eq!(counts(&quarters, "mpg_bin"), theirs("qcut"));
    let sexes = penguins.one_hot(&["sex"]).unwrap();
    for (name, count) in reference["one_hot"].as_object().unwrap() {
        let ours: f64 = convert::slice(&sexes, name).unwrap().iter().sum();
        assert_eq!(Some(ours), count.as_f64(), "{name}");
    }
}

#[test]
fn joins_have_as_many_rows_as_those_of_pandas() {
    let reference = reference();
    let flights = datasets::flights()
        .unwrap()
        .pick(&["carrier", "flight"])
        .unwrap();
    let carriers = df!(
        "carrier" => ["AA", "UA", "XX"],
        "name" => ["American", "United", "None"],
    )
    .unwrap();
    for (how, rows) in reference["joins"].as_object().unwrap() {
        let how = if how == "outer" { "full" } else { how };
        let joined = flights.merge(&carriers, &["carrier"], how).unwrap();
        assert_eq!(Some(joined.height() as u64), rows.as_u64(), "{how}");
        assert_eq!(
            joined.get_column_names(),
            ["carrier", "flight", "name"],
            "{how}"
        );
    }
}
