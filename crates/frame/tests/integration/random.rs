//! Whatever is in a frame, it can be shown.

use ferrite_frame::{FrameError, FrameExt, convert, read, render};
use polars::prelude::*;
use proptest::prelude::*;

use crate::{html, text};

/// What would switch a terminal's colours.
const ESCAPE: char = '\u{1b}';

/// A column of `rows` values of some type, nulls among them; dates and moments
/// as far away as their numbers go.
fn column(rows: usize) -> BoxedStrategy<Series> {
    fn values<T: std::fmt::Debug + 'static>(
        rows: usize,
        value: impl Strategy<Value = T> + 'static,
    ) -> impl Strategy<Value = Vec<Option<T>>> {
        proptest::collection::vec(proptest::option::of(value), rows)
    }
    fn series<T: std::fmt::Debug + 'static>(
        rows: usize,
        value: impl Strategy<Value = T> + 'static,
    ) -> BoxedStrategy<Series>
    where
        Series: NamedFrom<Vec<Option<T>>, [Option<T>]>,
    {
        values(rows, value)
            .prop_map(|v| Series::new("".into(), v))
            .boxed()
    }
    fn cast(raw: BoxedStrategy<Series>, dtype: DataType) -> BoxedStrategy<Series> {
        raw.prop_map(move |s| s.cast(&dtype).expect("a cast that always works"))
            .boxed()
    }
    let datetime = |zone: Option<&str>| {
        let zone = TimeZone::opt_try_new(zone).expect("a zone");
        let day = 86_400_000_i64;
        // Half of them in years that have a name.
        let ticks = prop_oneof![any::<i64>(), -500_000 * day..=500_000 * day];
        cast(
            series(rows, ticks),
            DataType::Datetime(TimeUnit::Milliseconds, zone),
        )
    };
    let floats = || proptest::num::f64::ANY;
    prop_oneof![
        series(rows, floats()),
        series(
            rows,
            prop_oneof![-1e3..1e3, Just(f64::NAN), Just(f64::INFINITY), Just(0.0)]
        ),
        series(rows, proptest::num::f32::ANY),
        series(rows, any::<i64>()),
        series(rows, any::<bool>()),
        series(rows, any::<String>()),
        series(rows, "[a-c]{1,80}"),
        cast(
            series(rows, "[a-c]"),
            DataType::from_categories(Categories::global())
        ),
        cast(
            series(rows, prop_oneof![any::<i32>(), -500_000..=500_000i32]),
            DataType::Date
        ),
        cast(series(rows, -500_000..=500_000i32), DataType::Date),
        cast(
            series(rows, any::<i64>()),
            DataType::Duration(TimeUnit::Microseconds)
        ),
        datetime(None),
        datetime(Some("Asia/Kathmandu")),
        values(rows, proptest::collection::vec(floats(), 0..30)).prop_map(|lists| {
            let lists = lists
                .into_iter()
                .map(|l| l.map(|l| Series::new("".into(), l)));
            ListChunked::from_iter(lists).into_series()
        }),
        Just(Series::new_null("".into(), rows)),
        values(rows, proptest::collection::vec(any::<u8>(), 0..9)).prop_map(|bytes| {
            let bytes: BinaryChunked = bytes.into_iter().collect();
            bytes.into_series()
        }),
        (
            series(rows, floats()),
            series(rows, any::<String>()),
            cast(series(rows, any::<i32>()), DataType::Date),
        )
            .prop_map(|(a, b, c)| {
                let names = ["a", "b", "c"].into_iter();
                let parts = names
                    .zip([a, b, c])
                    .map(|(name, part)| part.with_name(name.into()).into_column());
                let parts = DataFrame::new_infer_height(parts.collect());
                let parts = parts.expect("columns of one length");
                parts.into_struct("".into()).into_series()
            }),
    ]
    .boxed()
}

/// Any frame.
fn frame() -> impl Strategy<Value = DataFrame> {
    frame_of(22)
}

fn frame_of(widest: usize) -> impl Strategy<Value = DataFrame> {
    (0usize..30, 0..widest)
        .prop_flat_map(move |(rows, columns)| {
            (
                Just(rows),
                proptest::collection::vec((any::<String>(), column(rows)), columns),
            )
        })
        .prop_map(|(rows, columns)| {
            let named = columns.into_iter().enumerate().map(|(i, (name, series))| {
                // The position keeps the names apart.
                series.with_name(format!("{name}{i}").into()).into_column()
            });
            DataFrame::new(rows, named.collect()).expect("columns of one length")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_frame_can_be_shown(frame in frame()) {
        let (rows, columns) = frame.shape();
        let shown = render::frame(&frame);
        let shape = format!(
            "{rows} row{} × {columns} column{}",
            if rows == 1 { "" } else { "s" },
            if columns == 1 { "" } else { "s" },
        );
        let text = text(&shown);
        prop_assert!(text.lines().last().is_some_and(|last| last.starts_with(&shape)), "{text}");
        prop_assert!(html(&shown).contains(&shape));
        prop_assert!(!text.contains(ESCAPE), "{text}");
        // Name, type, rule, at most twelve rows, one for the hidden ones, shape.
        prop_assert!(text.lines().count() <= 16, "{text}");
        // Nothing from the data is taken for HTML.
        let tags = html(&shown).matches("<script").count();
        prop_assert_eq!(tags, 0);
        for column in frame.columns() {
            render::column(column);
        }
    }

    #[test]
    fn no_move_panics(frame in frame_of(5), seed in any::<u64>(), n in 0usize..40) {
        let names: Vec<String> = frame.get_column_names_owned().iter().map(ToString::to_string).collect();
        frame.describe().expect("figures");
        frame.missing().expect("counts of nulls");
        prop_assert!(frame.sample(n, seed).expect("a sample").height() == n.min(frame.height()));
        frame.drop_missing(&[]).expect("rows");
        for method in ["pearson", "spearman"] {
            for column in frame.corr(method).expect("correlations").columns().iter().skip(1) {
                let in_range = column.f64().expect("floats").iter().flatten().all(|r| (-1.0..=1.0).contains(&r));
                prop_assert!(in_range, "{column:?}");
            }
        }
        // Errors are fine here (types that cannot be sorted, written, cut …).
        let _ = (frame.to_csv(), frame.to_json(), frame.view().rows(n).columns(n).csv());
        for (i, name) in names.iter().enumerate() {
            let other = &names[n % names.len()];
            let one = name.as_str();
            prop_assert_eq!(frame.require(one).expect("the column").len(), frame.height());
            prop_assert_eq!(frame.pick(&[one]).expect("the column").shape(), (frame.height(), 1));
            prop_assert_eq!(frame.without(&[one]).expect("the others").width(), names.len() - 1);
            let renamed = frame.rename_columns(&[(one, "a name that no column has")]).expect("a new name");
            prop_assert_eq!(renamed.shape(), frame.shape());
            let known = frame.keep(col(one).is_not_null()).expect("rows");
            prop_assert_eq!(known.height(), frame.height() - frame.require(one).expect("the column").null_count());
            let known = frame.assign("known", col(one).is_not_null()).expect("a column");
            prop_assert!(known.require("known").expect("the column").dtype().is_bool());
            let _ = frame.order_by(&[&format!("-{name}"), other]);
            let _ = (frame.cut(one, &[0.5, 100.0]), frame.qcut(one, n % 6));
            let _ = (frame.moving(one, n, "mean"), frame.moving(one, n + 1, "median"));
            let _ = frame.resample(one, "100y", &[polars::prelude::len()]);
            let _ = frame.resample_by(&[other], one, "100y", &[polars::prelude::len()]);
            let _ = (frame.moving_by(one, "7d", other, "mean"), frame.moving_by(one, "1h", other, "max"));
            let _ = frame.aggregate(&[one], &[col(other.as_str()).count()]);
            let _ = frame.merge(&frame, &[one], ["inner", "left", "right", "full", "semi", "anti"][i % 6]);
            let _ = frame.pivot_table(&[one], other, one, "count");
            let _ = (frame.melt(&[one]), frame.cast_columns(&[(one, DataType::Int8)]));
            let _ = (frame.cast_columns(&[(one, DataType::String)]), frame.cast_columns(&[(one, DataType::Date)]));
            if let Ok(counts) = frame.value_counts(one) {
                let total: f64 = convert::slice(&counts, "n").expect("counts").iter().sum();
                prop_assert_eq!(total as usize, frame.height());
            }
            if let Ok(spread) = frame.one_hot(&[one]) {
                prop_assert_eq!(spread.height(), frame.height());
            }
        }
    }

    #[test]
    fn any_text_can_be_read_or_refused(text in ".{0,200}", rows in proptest::collection::vec("[a-c0-9,;\"\n.]{0,12}", 0..12)) {
        let folder = tempfile::TempDir::new().expect("a folder");
        for content in [text, rows.join("\n")] {
            let path = folder.path().join("any.csv");
            std::fs::write(&path, &content).expect("a file");
            let path = path.to_str().expect("a path");
            let _ = (read::read_csv(path), read::read_tsv(path), read::read_json(path), read::read_ndjson(path));
            let _ = (read::read_excel(path), read::read_parquet(path), read::read_ipc(path), read::read_sql(path, "select 1"));
        }
    }

    #[test]
    fn arrays_come_back_as_they_were(rows in 0usize..20, columns in 0usize..6, by_column in any::<bool>(), seed in any::<u32>()) {
        use ndarray::{Array2, ShapeBuilder};
        let value = |i: usize| f64::from(seed) + i as f64;
        let values: Vec<f64> = (0..rows * columns).map(value).collect();
        let shape = (rows, columns);
        let array = match by_column {
            true => Array2::from_shape_vec(shape.f(), values),
            false => Array2::from_shape_vec(shape, values),
        }.expect("as many values as places");
        let names: Vec<String> = (0..columns).map(|i| format!("c{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let frame = convert::from_array2(array.clone(), &names).expect("a frame");
        prop_assert_eq!(&convert::matrix(&frame, &names).expect("a matrix"), &array);
        prop_assert_eq!(&convert::matrix_by_column(&frame, &names).expect("a matrix"), &array);
        let there = convert::to_ndarray_017(array.clone());
        prop_assert_eq!(there.dim(), array.dim());
        prop_assert_eq!(&convert::from_ndarray_017(there), &array);
        // Views of a part, turned around.
        let part = array.slice(ndarray::s![..;2, ..]).reversed_axes().to_owned();
        prop_assert_eq!(&convert::from_ndarray_017(convert::to_ndarray_017(part.clone())), &part);
    }
}

/// Ten thousand rows, each with a name of its own, and frames of next to nothing.
fn extremes() -> Vec<(&'static str, DataFrame)> {
    let ends = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let many: Vec<String> = (0..10_000).map(|i| format!("category {i}")).collect();
    let numbers: Vec<f64> = (0..10_000).map(|i| f64::from(i % 97)).collect();
    let none = |rows: usize| {
        let columns = [("number", DataType::Float64), ("name", DataType::String)];
        let columns = columns.map(|(n, t)| Series::full_null(n.into(), rows, &t).into_column());
        DataFrame::new(rows, columns.to_vec()).expect("columns of one length")
    };
    vec![
        ("no columns", DataFrame::empty()),
        ("no rows", none(0)),
        ("nulls", none(5)),
        (
            "infinities",
            df!("number" => ends, "name" => ["a", "b", "a"]).expect("columns of one length"),
        ),
        (
            "10,000 categories",
            df!("number" => numbers, "name" => many).expect("columns of one length"),
        ),
    ]
}

#[test]
fn every_short_form_stands_the_frames_that_break_things() {
    for (what, frame) in extremes() {
        let mean = [col("number").mean()];
        let moves: Vec<(&str, Result<DataFrame, FrameError>)> = vec![
            ("describe", frame.describe()),
            ("missing", frame.missing()),
            ("drop_missing", frame.drop_missing(&[])),
            ("corr", frame.corr("spearman")),
            ("value_counts", frame.value_counts("name")),
            ("order_by", frame.order_by(&["-number", "name"])),
            ("aggregate", frame.aggregate(&["name"], &mean)),
            ("merge", frame.merge(&frame, &["name"], "left")),
            ("melt", frame.melt(&["name"])),
            ("cut", frame.cut("number", &[0.0, 50.0])),
            ("qcut", frame.qcut("number", 4)),
            ("moving", frame.moving("number", 3, "mean")),
            (
                "pivot_table",
                frame.pivot_table(&["number"], "name", "number", "mean"),
            ),
            ("one_hot", frame.one_hot(&["name"])),
            ("resample", frame.resample("name", "1d", &mean)),
            (
                "cast_columns",
                frame.cast_columns(&[("number", DataType::Int8)]),
            ),
        ];
        for (name, outcome) in moves {
            match outcome {
                Ok(moved) => drop(render::frame(&moved)),
                Err(error) => assert!(!error.to_string().is_empty(), "{name} of {what}"),
            }
        }
        let shown = render::frame(&frame);
        assert!(html(&shown).len() < 30_000, "{what}");
        assert!(text(&shown).lines().count() < 20, "{what}");
        let (rows, columns) = frame.shape();
        for name in frame.get_column_names() {
            let counts = frame.value_counts(name).expect("counts");
            let n = convert::slice(&counts, "n")
                .expect("counts")
                .iter()
                .sum::<f64>();
            assert_eq!(n as usize, rows, "{what}");
        }
        let matrix = convert::matrix(&frame, &["number"]);
        assert_eq!(matrix.is_ok(), columns > 0, "{what}");
    }
}
