//! Whatever the frame: a sound picture or an error, never a panic.

use ferrite_display::Show;
use ferrite_plot::{Chart, chart};
use polars::prelude::*;
use proptest::prelude::*;

use crate::support::{assert_shown, assert_sound};

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

/// Every kind that takes columns.
pub fn charts(frame: &DataFrame, a: &str, b: &str) -> Vec<Chart> {
    let constant =
        |grid: &DataFrame| Ok::<Series, String>(Series::new("c".into(), vec![1; grid.height()]));
    vec![
        chart::scatter(frame, a, b),
        chart::line(frame, a, b),
        chart::step(frame, a, b),
        chart::area(frame, a, b),
        chart::bar(frame, a, b),
        chart::count(frame, a),
        chart::histogram(frame, a),
        chart::density(frame, a),
        chart::ecdf(frame, a),
        chart::boxplot(frame, a, b),
        chart::violin(frame, a, b),
        chart::correlation(frame, &[a, b]),
        chart::pair_plot(frame, &[a, b]),
        chart::roc_curve(frame, a, &[b]),
        chart::precision_recall_curve(frame, a, &[b]),
        chart::calibration_curve(frame, a, &[b]),
        chart::residuals(frame, a, b),
        chart::predictions(frame, a, b),
        chart::beeswarm(frame, a, b, a),
        chart::feature_importance(frame, a, b),
        chart::silhouette(frame, a, b),
        chart::decision_regions(frame, a, b, a, constant),
    ]
}

/// Something that a method of a chart sets.
#[derive(Clone, Debug)]
enum Set {
    Column(&'static str, &'static str),
    Text(&'static str, String),
    Errors(&'static str),
    Number(&'static str, usize),
    Size(u32, u32),
    Alpha(f64),
    Switch(&'static str),
    Theme(&'static str),
}

fn set() -> impl Strategy<Value = Set> {
    let named = prop::sample::select(vec!["color", "facet"]);
    let text = prop::sample::select(vec!["title", "x_label", "y_label", "positive"]);
    let number = prop::sample::select(vec!["bins", "facet_columns"]);
    let switch = prop::sample::select(vec!["trend", "log_x", "log_y", "stacked", "horizontal"]);
    prop_oneof![
        3 => (named, column()).prop_map(|(method, name)| Set::Column(method, name)),
        2 => (text, any::<String>()).prop_map(|(method, words)| Set::Text(method, words)),
        // Classes that there are.
        1 => prop::sample::select(vec!["a", "true", "1", "1970-01-01"])
            .prop_map(|class| Set::Text("positive", class.to_owned())),
        1 => prop::sample::select(vec!["sd", "se", "ci", "x", "name"]).prop_map(Set::Errors),
        2 => (number, 0usize..50).prop_map(|(method, n)| Set::Number(method, n)),
        1 => (200u32..900, 150u32..900).prop_map(|(width, height)| Set::Size(width, height)),
        1 => prop_oneof![0.0..=1.0, any::<f64>()].prop_map(Set::Alpha),
        4 => switch.prop_map(Set::Switch),
        1 => prop::sample::select(vec!["dark", "light", "auto", "drak"]).prop_map(Set::Theme),
    ]
}

fn apply(chart: Chart, set: &Set) -> Chart {
    match set {
        Set::Column("color", column) => chart.color(column),
        Set::Column(_, column) => chart.facet(column),
        Set::Text("title", words) => chart.title(words),
        Set::Text("x_label", words) => chart.x_label(words),
        Set::Text("y_label", words) => chart.y_label(words),
        Set::Text(_, words) => chart.positive(words),
        Set::Errors(what) => chart.error_bars(what),
        Set::Number("bins", bins) => chart.bins(*bins),
        Set::Number(_, columns) => chart.facet_columns(*columns),
        Set::Size(width, height) => chart.size(*width, *height),
        Set::Alpha(alpha) => chart.alpha(*alpha),
        Set::Switch("trend") => chart.trend(),
        Set::Switch("log_x") => chart.log_x(),
        Set::Switch("log_y") => chart.log_y(),
        Set::Switch("stacked") => chart.stacked(),
        Set::Switch(_) => chart.horizontal(),
        Set::Theme(theme) => chart.theme(theme),
    }
}

/// What can be called is called here: a chart or a method that is added later
/// has to be drawn as well.
#[test]
fn nothing_is_left_out() {
    let here = include_str!("random.rs");
    let sources = [
        include_str!("../../src/chart/frames.rs"),
        include_str!("../../src/chart/matrices.rs"),
        include_str!("../../src/chart/models.rs"),
        include_str!("../../src/chart/options.rs"),
        include_str!("../../src/chart/subplots.rs"),
    ];
    let mut found = 0;
    for line in sources.iter().flat_map(|source| source.lines()) {
        let Some(rest) = line.trim_start().strip_prefix("pub fn ") else {
            continue;
        };
        let name = rest.split(['(', '<']).next().unwrap_or_default();
        let called = ["chart::", "."]
            .iter()
            .any(|before| here.contains(&format!("{before}{name}(")));
        assert!(called, "{name} is not drawn from random frames");
        found += 1;
    }
    assert!(found > 40, "the sources are where they were: {found}");
}

fn column() -> impl Strategy<Value = &'static str> {
    prop::sample::select(COLUMNS.to_vec())
}

fn folds() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let score = number().prop_map(|value| value.unwrap_or(f64::NAN));
    prop::collection::vec(prop::collection::vec(score, 0..4), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn frames(frame in frame(), a in column(), b in column(), sets in prop::collection::vec(set(), 0..3)) {
        for chart in charts(&frame, a, b) {
            let chart = sets.iter().fold(chart, apply);
            let drawn = assert_shown(&chart).is_ok();
            let json = chart.interactive().json();
            prop_assert_eq!(json.is_ok(), drawn);
            if let Ok(json) = json {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
            }
        }
    }

    #[test]
    fn pictures_of_several(
        frame in frame(),
        (a, b) in (column(), column()),
        picked in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(set(), 0..2)), 0..6),
        columns in 0usize..8,
        title in any::<String>(),
        (width, height) in (150u32..1300, 100u32..1300),
    ) {
        let all = charts(&frame, a, b);
        let parts: Vec<Chart> = picked
            .iter()
            .map(|(index, sets)| sets.iter().fold(all[index.index(all.len())].clone(), apply))
            .collect();
        let sound = !parts.is_empty() && parts.iter().all(|part| part.clone().size(600, 400).svg().is_ok());
        for whole in [
            chart::subplots(&parts),
            chart::subplots(&parts).columns(columns).title(&title),
            chart::subplots(&parts).size(width, height),
        ] {
            let drawn = whole.svg();
            if let Ok(svg) = &drawn {
                assert_sound(svg);
                prop_assert!(sound, "a part that cannot be drawn");
            }
            let shown = whole.show();
            prop_assert_eq!(shown.get("image/svg+xml").is_some(), drawn.is_ok());
        }
    }

    #[test]
    fn scores(train in folds(), validation in folds(), x in prop::collection::vec(number(), 0..6)) {
        let values: Vec<f64> = x.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
        let sizes: Vec<usize> = (0..values.len()).collect();
        for chart in [
            chart::learning_curve(&sizes, &train, &validation),
            chart::validation_curve("C", &values, &train, &validation),
            chart::validation_curve("C", &values, &train, &train).log_x().log_y(),
            chart::elbow(&sizes, &values),
            chart::score_curve("C", &values, &[("training", train.clone()), ("test", validation.clone())]),
        ] {
            let _ = assert_shown(&chart);
        }
    }

    #[test]
    fn trees(
        labels in prop::collection::vec(".{0,40}", 0..12),
        merges in prop::collection::vec((0usize..20, 0usize..20, number()), 0..12),
        sound in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0.0..9.0f64), 12),
    ) {
        let any: Vec<_> = merges.iter().map(|(a, b, at)| (*a, *b, at.unwrap_or(f64::NAN))).collect();
        let _ = assert_shown(&chart::dendrogram(&labels, &any));
        // Joins of what there is are always drawn.
        let mut open: Vec<usize> = (0..labels.len()).collect();
        let mut merges = Vec::new();
        for (number, (a, b, at)) in sound.iter().enumerate().take(labels.len().saturating_sub(1)) {
            let a = open.swap_remove(a.index(open.len()));
            let b = open.swap_remove(b.index(open.len()));
            merges.push((a, b, *at));
            open.push(labels.len() + number);
        }
        let drawn = assert_shown(&chart::dendrogram(&labels, &merges));
        prop_assert_eq!(drawn.is_ok(), labels.len() > 1);
    }

    #[test]
    fn plain_charts_of_numbers_are_drawn(values in prop::collection::vec(-1e6..1e6, 1..60)) {
        let values: Vec<f64> = values;
        let frame = df!("v" => values).expect("one column");
        // All but curves, which need two classes, and what needs different values.
        for chart in charts(&frame, "v", "v").into_iter().take(7) {
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
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn png_files(frame in frame(), a in column(), b in column(), color in column()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("chart.png").to_string_lossy().into_owned();
        for chart in charts(&frame, a, b) {
            let chart = chart.color(color).size(300, 200);
            prop_assert_eq!(chart.save(&path).is_ok(), chart.svg().is_ok());
        }
        let whole = chart::subplots(&charts(&frame, a, b)[..4]).size(400, 300);
        prop_assert_eq!(whole.save(&path).is_ok(), whole.svg().is_ok());
    }
}

const EXOTIC: [&str; 9] = [
    "struct",
    "binary",
    "list",
    "duration",
    "time",
    "nothing",
    "no number",
    "no name",
    "number",
];

/// Columns of types that no chart has a place for, and one that some have.
fn exotic(rows: &[(Option<i64>, Option<f64>)]) -> DataFrame {
    let whole: Vec<Option<i64>> = rows.iter().map(|row| row.0).collect();
    let real: Vec<Option<f64>> = rows.iter().map(|row| row.1).collect();
    let bytes: Vec<Option<Vec<u8>>> = whole
        .iter()
        .map(|n| n.map(|n| n.to_le_bytes().to_vec()))
        .collect();
    let lists: Vec<Option<Series>> = whole
        .iter()
        .map(|n| n.map(|n| Series::new("".into(), [n, 0])))
        .collect();
    let inner = [
        Series::new("a".into(), whole.clone()),
        Series::new("b".into(), real.clone()),
    ];
    let fields = StructChunked::from_series("struct".into(), rows.len(), inner.iter())
        .expect("fields of one length");
    let elapsed = Series::new("duration".into(), whole.clone())
        .cast(&DataType::Duration(TimeUnit::Nanoseconds))
        .expect("numbers are durations");
    let clock: Vec<Option<i64>> = whole
        .iter()
        .map(|n| n.map(|n| n.rem_euclid(86_400_000_000_000)))
        .collect();
    let clock = Series::new("time".into(), clock)
        .cast(&DataType::Time)
        .expect("numbers are times of day");
    let columns: Vec<Column> = [
        fields.into_series(),
        Series::new("binary".into(), bytes),
        Series::new("list".into(), lists),
        elapsed,
        clock,
        Series::full_null("nothing".into(), rows.len(), &DataType::Null),
        Series::full_null("no number".into(), rows.len(), &DataType::Float64),
        Series::full_null("no name".into(), rows.len(), &DataType::String),
        Series::new("number".into(), real),
    ]
    .into_iter()
    .map(Column::from)
    .collect();
    DataFrame::new(rows.len(), columns).expect("columns of one length")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn columns_of_any_type(
        rows in prop::collection::vec((any::<Option<i64>>(), number()), 0..12),
        a in prop::sample::select(EXOTIC.to_vec()),
        b in prop::sample::select(EXOTIC.to_vec()),
        c in prop::sample::select(EXOTIC.to_vec()),
    ) {
        let frame = exotic(&rows);
        let heat = [
            chart::heatmap_by(&frame, a, b, c),
            chart::heatmap_pivot(&frame, a),
            chart::heatmap_pivot(&frame.select([a, "number"]).unwrap_or_default(), a),
        ];
        for chart in charts(&frame, a, b) {
            let _ = assert_shown(&chart);
            let _ = assert_shown(&chart.color(c));
        }
        for chart in charts(&frame, a, "number") {
            let _ = assert_shown(&chart.facet(c));
        }
        for chart in heat {
            let _ = assert_shown(&chart);
        }
    }

    #[test]
    fn heat_of_frames(frame in frame(), a in column(), b in column(), c in column()) {
        for chart in [chart::heatmap_by(&frame, a, b, c), chart::heatmap_pivot(&frame, a)] {
            let drawn = assert_shown(&chart).is_ok();
            prop_assert_eq!(chart.interactive().json().is_ok(), drawn);
        }
    }

    #[test]
    fn slices_of_unequal_lengths(
        labels in prop::collection::vec("[a-z]{0,5}", 0..6),
        names in prop::collection::vec("[a-z]{0,5}", 0..6),
        scores in folds(),
        others in folds(),
        numbers in prop::collection::vec(number(), 0..6),
        counts in prop::collection::vec(prop::collection::vec(0usize..9, 0..6), 0..6),
    ) {
        let numbers: Vec<f64> = numbers.iter().map(|n| n.unwrap_or(f64::NAN)).collect();
        let sizes: Vec<usize> = (0..labels.len()).collect();
        let even = scores.len() == names.len() && scores.iter().all(|row| row.len() == labels.len());
        let heat = assert_shown(&chart::heatmap(&names, &labels, &scores));
        prop_assert!(even || heat.is_err(), "cells without a label, or labels without cells");
        let square = counts.len() == labels.len() && counts.iter().all(|row| row.len() == labels.len());
        let confusion = assert_shown(&chart::confusion_matrix(&labels, &counts));
        prop_assert!(square || confusion.is_err());
        let lengths = [sizes.len(), scores.len(), others.len()];
        let learning = assert_shown(&chart::learning_curve(&sizes, &scores, &others));
        prop_assert!(lengths == [sizes.len(); 3] || learning.is_err());
        let _ = assert_shown(&chart::validation_curve("C", &numbers, &scores, &others));
        let elbow = assert_shown(&chart::elbow(&sizes, &numbers));
        prop_assert!(sizes.len() == numbers.len() || elbow.is_err());
        let merges: Vec<(usize, usize, f64)> = numbers.iter().map(|n| (0, 1, *n)).collect();
        let _ = assert_shown(&chart::dendrogram(&labels, &merges));
    }
}
