//! Whatever is in a frame, it can be shown.

use ferrite_frame::render;
use polars::prelude::*;
use proptest::prelude::*;

use crate::{html, text};

/// What would switch a terminal's colours.
const ESCAPE: char = '\u{1b}';

/// A column of `rows` values of some type, nulls among them.
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
        cast(
            series(rows, any::<i64>()),
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
        cast(series(rows, any::<i32>()), DataType::Date),
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
    ]
    .boxed()
}

fn frame() -> impl Strategy<Value = DataFrame> {
    (0usize..30, 0usize..22)
        .prop_flat_map(|(rows, columns)| {
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
}
