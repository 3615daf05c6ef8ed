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
fn groups_over_time_are_those_of_pandas() {
    let reference = reference();
    let weather = datasets::seattle_weather().unwrap();
    let values = [
        col("temp_max").mean().alias("mean"),
        col("temp_max").count().alias("count"),
    ];
    let shuffled = weather.sample(weather.height(), 5).unwrap();
    let ours = shuffled.resample_by(&["weather"], "date", "1mo", &values);
    let ours = ours.unwrap();
    // pandas counts 0 in a month without a row, here it is null as all the rest.
    let ours = ours
        .assign("count", col("count").fill_null(lit(0)))
        .unwrap();
    assert_rows(&ours, &reference["resample_by"], "months of each weather");
}

#[test]
fn windows_of_time_are_those_of_pandas() {
    let reference = reference();
    let weather = datasets::seattle_weather().unwrap();
    let sparse = weather.keep(col("date").dt().month().neq(lit(7))).unwrap();
    // The order of the rows does not matter, and is kept.
    let numbered = sparse
        .with_row_index("row".into(), None)
        .unwrap()
        .sample(sparse.height(), 11)
        .unwrap();
    for (how, expected) in reference["moving_by"].as_object().unwrap() {
        let moved = numbered.moving_by("date", "7d", "temp_max", how).unwrap();
        assert!(
            moved
                .column("row")
                .unwrap()
                .equals(numbered.column("row").unwrap())
        );
        let moved = moved.order_by(&["row"]).unwrap();
        let ours = convert::column_f64(&moved, &format!("temp_max_{how}_7d")).unwrap();
        let expected = expected.as_array().unwrap();
        assert_eq!(ours.len(), expected.len());
        for (i, (ours, theirs)) in ours.into_iter().zip(expected).enumerate() {
            match (ours, theirs.as_f64()) {
                (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-6, "{how} {i}: {a}, {b}"),
                (a, b) => assert_eq!(a, b, "{how} {i}"),
            }
        }
    }
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

/// Which bin each row is in, from the lowest one; the ends that their labels
/// name. A bin's place is that of its least value.
fn bins_of(frame: &DataFrame, column: &str) -> (Vec<i64>, Vec<f64>) {
    let values = convert::column_f64(frame, column).unwrap();
    let labels = convert::column_strings(frame, &format!("{column}_bin")).unwrap();
    let mut least: Vec<(f64, &str)> = Vec::new();
    for (value, label) in values.iter().zip(&labels) {
        if let (Some(value), Some(label)) = (value, label) {
            match least.iter_mut().find(|(_, known)| known == label) {
                Some(known) => known.0 = known.0.min(*value),
                None => least.push((*value, label)),
            }
        }
    }
    least.sort_by(|a, b| a.0.total_cmp(&b.0));
    let place = |label: &Option<String>| match label {
        Some(label) => least.iter().position(|(_, known)| known == label).unwrap() as i64,
        None => -1,
    };
    let upper = |label: &str| {
        let end = label.rsplit(", ").next().unwrap().trim_end_matches(']');
        end.parse::<f64>().unwrap()
    };
    (
        labels.iter().map(place).collect(),
        least.iter().map(|(_, label)| upper(label)).collect(),
    )
}

#[test]
fn bins_and_indicators_are_those_of_pandas() {
    let reference = reference();
    let codes = |name: &str| -> Vec<i64> {
        let codes = reference[name].as_array().unwrap();
        codes.iter().map(|code| code.as_i64().unwrap()).collect()
    };
    let penguins = datasets::penguins().unwrap();
    let cut = penguins.cut("body_mass_g", &[3500.0, 4500.0]).unwrap();
    let (places, ends) = bins_of(&cut, "body_mass_g");
    assert_eq!(places, codes("cut"));
    assert_eq!(ends, [3500.0, 4500.0, f64::INFINITY]);
    let quarters = datasets::cars().unwrap().qcut("mpg", 4).unwrap();
    let (places, ends) = bins_of(&quarters, "mpg");
    assert_eq!(places, codes("qcut"));
    let edges = reference["qcut_edges"].as_array().unwrap();
    for (ours, theirs) in ends.iter().zip(&edges[1..4]) {
        assert_near(Some(*ours), theirs, "the end of a quarter");
    }
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

#[test]
fn joined_values_are_those_of_pandas() {
    let reference = reference();
    let left = df!(
        "k" => ["b", "a", "c", "a"],
        "n" => [1i64, 1, 2, 2],
        "x" => [Some(0.5), Some(1.5), None, Some(3.5)],
    )
    .unwrap();
    let right = df!(
        "k" => ["a", "d", "b", "a"],
        "n" => [1i64, 3, 1, 2],
        "y" => [Some(10.0), Some(20.0), Some(30.0), None],
    )
    .unwrap();
    for (on, part) in [(&["k", "n"][..], "join_values"), (&["k"], "join_one")] {
        for (how, rows) in reference[part].as_object().unwrap() {
            let ours = if how == "outer" { "full" } else { how };
            let joined = left.merge(&right, on, ours).unwrap();
            let names = joined.get_column_names_owned();
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            let sorted = joined.order_by(&names).unwrap();
            assert_rows(&sorted, rows, &format!("{part} {how}"));
        }
    }
}
