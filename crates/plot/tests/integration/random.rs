//! Whatever the frame: a sound picture or an error, never a panic.

use ferrite_plot::{Chart, chart};
use polars::prelude::*;
use proptest::prelude::*;

use crate::support::assert_shown;

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        4 => (-1000.0..1000.0).prop_map(Some),
        2 => (0i32..5).prop_map(|n| Some(f64::from(n))),
        1 => any::<f64>().prop_map(Some),
        1 => Just(Some(f64::NAN)),
        1 => Just(Some(f64::INFINITY)),
        1 => Just(Some(5e-324)),
        1 => Just(Some(1e150)),
        1 => Just(Some(-f64::MAX)),
        1 => Just(None),
    ]
}

fn name() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => "[a-e]".prop_map(Some),
        1 => any::<String>().prop_map(Some),
        1 => ".{0,200}".prop_map(Some),
        1 => Just(None),
    ]
}

const COLUMNS: [&str; 7] = ["x", "y", "name", "whole", "flag", "day", "moment"];

fn frame() -> impl Strategy<Value = DataFrame> {
    let row = (
        number(),
        number(),
        name(),
        any::<Option<i64>>(),
        any::<Option<bool>>(),
        any::<Option<i32>>(),
    );
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let mut frame = df!(
            "x" => rows.iter().map(|row| row.0).collect::<Vec<_>>(),
            "y" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
            "name" => rows.iter().map(|row| row.2.clone()).collect::<Vec<_>>(),
            "whole" => rows.iter().map(|row| row.3).collect::<Vec<_>>(),
            "flag" => rows.iter().map(|row| row.4).collect::<Vec<_>>(),
            "day" => rows.iter().map(|row| row.5).collect::<Vec<_>>(),
            "moment" => rows.iter().map(|row| row.3).collect::<Vec<_>>(),
        )
        .expect("columns of one length");
        frame
            .try_apply("day", |day| day.cast(&DataType::Date))
            .expect("days are dates");
        let moments = DataType::Datetime(TimeUnit::Microseconds, None);
        frame
            .try_apply("moment", |moment| moment.cast(&moments))
            .expect("numbers are moments");
        frame
    })
}

fn charts(frame: &DataFrame, a: &str, b: &str) -> Vec<Chart> {
    vec![
        chart::scatter(frame, a, b),
        chart::line(frame, a, b),
        chart::bar(frame, a, b),
        chart::histogram(frame, a),
        chart::count(frame, a),
    ]
}

fn column() -> impl Strategy<Value = &'static str> {
    prop::sample::select(COLUMNS.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn frames(
        frame in frame(),
        a in column(),
        b in column(),
        color in prop::option::of(column()),
        title in prop::option::of(any::<String>()),
        (trend, log_x, log_y) in any::<(bool, bool, bool)>(),
        bins in prop::option::of(0usize..50),
        size in prop::option::of((200u32..900, 150u32..900)),
    ) {
        for mut chart in charts(&frame, a, b) {
            if let Some(color) = color { chart = chart.color(color); }
            if let Some(title) = &title { chart = chart.title(title).x_label(title).y_label(title); }
            if let Some(bins) = bins { chart = chart.bins(bins); }
            if let Some((width, height)) = size { chart = chart.size(width, height); }
            if trend { chart = chart.trend(); }
            if log_x { chart = chart.log_x(); }
            if log_y { chart = chart.log_y(); }
            let _ = assert_shown(&chart);
        }
    }

    #[test]
    fn plain_charts_of_numbers_are_drawn(values in prop::collection::vec(-1e6..1e6, 1..60)) {
        let values: Vec<f64> = values;
        let frame = df!("v" => values).expect("one column");
        for chart in charts(&frame, "v", "v") {
            prop_assert!(assert_shown(&chart).is_ok());
        }
    }

    #[test]
    fn matrices(values in prop::collection::vec(prop::collection::vec(number(), 0..12), 0..12)) {
        let rows: Vec<String> = (0..values.len()).map(|i| format!("row {i}")).collect();
        let columns: Vec<String> = (0..values.first().map_or(0, Vec::len)).map(|i| "c".repeat(i)).collect();
        let counts: Vec<Vec<usize>> =
            values.iter().map(|row| row.iter().map(|v| v.map_or(0, |v| v as usize)).collect()).collect();
        let values: Vec<Vec<f64>> =
            values.into_iter().map(|row| row.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect()).collect();
        let _ = assert_shown(&chart::heatmap(&rows, &columns, &values));
        let _ = assert_shown(&chart::confusion_matrix(&rows, &counts));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn png_files(frame in frame(), a in column(), b in column(), color in column()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("chart.png").to_string_lossy().into_owned();
        for chart in charts(&frame, a, b) {
            let chart = chart.color(color).size(300, 200);
            prop_assert_eq!(chart.save(&path).is_ok(), chart.svg().is_ok());
        }
    }
}
