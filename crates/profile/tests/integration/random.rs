//! Whatever is in a frame, it has a profile.

use ferrite_display::Show;
use ferrite_profile::FrameProfile;
use polars::prelude::*;
use proptest::prelude::*;

/// What would switch a terminal's colours.
const ESCAPE: char = '\u{1b}';

fn values<T: std::fmt::Debug + 'static>(
    rows: usize,
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Series>
where
    Series: NamedFrom<Vec<Option<T>>, [Option<T>]>,
{
    proptest::collection::vec(proptest::option::weighted(0.8, value), rows)
        .prop_map(|v| Series::new("".into(), v))
        .boxed()
}

fn column(rows: usize) -> BoxedStrategy<Series> {
    let cast = |raw: BoxedStrategy<Series>, dtype: DataType| {
        raw.prop_map(move |s| s.cast(&dtype).expect("a cast that always works"))
    };
    let list = Series::new("".into(), vec![Series::new("".into(), [1]); rows]);
    prop_oneof![
        values(rows, proptest::num::f64::ANY),
        values(
            rows,
            prop_oneof![-5.0..5.0, Just(f64::NAN), Just(f64::INFINITY), Just(0.0)]
        ),
        values(rows, proptest::num::f32::ANY),
        values(rows, any::<i64>()),
        values(rows, any::<u64>()),
        values(rows, -3i8..3),
        values(rows, any::<bool>()),
        values(rows, any::<String>()),
        values(rows, "[ab ]{0,2}"),
        cast(
            values(rows, "[a-c]"),
            DataType::from_categories(Categories::global())
        ),
        cast(values(rows, any::<i32>()), DataType::Date),
        cast(
            values(rows, any::<i64>()),
            DataType::Datetime(TimeUnit::Nanoseconds, None)
        ),
        cast(
            values(rows, any::<i64>()),
            DataType::Duration(TimeUnit::Milliseconds)
        ),
        cast(values(rows, 0i64..86_400_000_000_000), DataType::Time),
        Just(Series::new_null("".into(), rows)),
        Just(list),
    ]
    .boxed()
}

fn frame() -> impl Strategy<Value = DataFrame> {
    (0usize..60, 0usize..8).prop_flat_map(|(rows, columns)| {
        proptest::collection::vec((any::<String>(), column(rows)), columns).prop_map(
            move |columns| {
                let named = columns.into_iter().enumerate().map(|(i, (name, series))| {
                    // The position keeps the names apart.
                    series.with_name(format!("{name}{i}").into()).into_column()
                });
                DataFrame::new(rows, named.collect()).expect("columns of one length")
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_frame_has_a_profile(frame in frame()) {
        let profile = frame.profile().expect("a profile");
        prop_assert_eq!((profile.rows, profile.columns.len()), frame.shape());
        for column in &profile.columns {
            let present = column.present();
            prop_assert!(present + column.missing() == frame.height());
            prop_assert!(column.top.iter().map(|(_, n)| n).sum::<usize>() <= present);
            prop_assert!(column.top.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            if let Some(distinct) = column.distinct {
                prop_assert!(distinct <= present && (distinct > 0) == (present > 0));
            }
            if let Some(n) = &column.numbers {
                let quantiles = [n.min, n.q05, n.q25, n.median, n.q75, n.q95, n.max];
                let ordered = quantiles.windows(2).all(|q| q[0] <= q[1] || q[1].is_nan());
                prop_assert!(ordered, "{quantiles:?}");
                if let Some(histogram) = &column.histogram {
                    prop_assert_eq!(histogram.counts.iter().sum::<usize>(), present - n.infinite);
                }
            }
        }
        for r in profile.correlations.table.iter().flatten().flatten() {
            prop_assert!((-1.0..=1.0).contains(r));
        }
        let shown = profile.show();
        let html = shown.get("text/html").unwrap_or_default();
        prop_assert!(!html.contains("<script") && !html.contains("NaN%"));
        let text = shown.get("text/plain").unwrap_or_default();
        prop_assert!(!text.contains(ESCAPE));
        prop_assert_eq!(profile.to_frame().expect("a frame").height(), frame.width());
    }
}

#[test]
fn the_frames_that_break_things_have_a_profile() {
    let ends = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let names: Vec<String> = (0..10_000).map(|i| format!("category {i}")).collect();
    let empty = DataFrame::empty();
    let infinite = df!("number" => ends, "name" => ["a", "b", "a"]).expect("columns");
    let null = |of: &Column| Column::full_null(of.name().clone(), 3, of.dtype());
    let nulls = infinite.columns().iter().map(null).collect();
    let nulls = DataFrame::new(3, nulls).expect("columns of one length");
    let many = df!("name" => &names, "again" => names.iter().rev().cloned().collect::<Vec<_>>());
    let many = many.expect("columns of one length");
    for frame in [empty, infinite.head(Some(0)), nulls, infinite, many] {
        let profile = frame.profile().expect("a profile");
        assert_eq!((profile.rows, profile.columns.len()), frame.shape());
        let shown = profile.show();
        let html = shown.get("text/html").unwrap_or_default();
        assert!(html.len() < 60_000, "{} bytes of {frame:?}", html.len());
        for column in &profile.columns {
            assert_eq!(column.present() + column.missing(), frame.height());
            assert!(column.top.len() <= 20, "{}", column.top.len());
        }
    }
    let names = DataFrame::new(10_000, vec![Column::new("name".into(), names)]);
    let profile = names.expect("a column").profile().expect("a profile");
    assert_eq!(profile.columns[0].distinct, Some(10_000));
}
