//! What is said of odd frames, and that ordinary ones are left in peace.

use ferrite_frame::datasets;
use ferrite_profile::{FrameProfile, Oddity};
use polars::prelude::*;

fn oddities(frame: &DataFrame) -> Vec<(Oddity, Option<String>)> {
    let profile = frame.profile().unwrap();
    profile
        .warnings
        .into_iter()
        .map(|w| (w.oddity, w.column))
        .collect()
}

fn of(values: impl IntoColumn) -> Vec<Oddity> {
    let frame =
        DataFrame::new_infer_height(vec![values.into_column().with_name("x".into())]).unwrap();
    let mut found: Vec<Oddity> = oddities(&frame)
        .into_iter()
        .map(|(oddity, _)| oddity)
        .collect();
    // One column alone repeats itself.
    found.retain(|oddity| *oddity != Oddity::DuplicateRows);
    found
}

fn floats(f: impl Fn(i32) -> f64) -> Series {
    Series::new("x".into(), (0..200).map(f).collect::<Vec<f64>>())
}

fn texts(f: impl Fn(i32) -> String) -> Series {
    Series::new("x".into(), (0..200).map(f).collect::<Vec<String>>())
}

#[test]
fn each_oddity_is_found_alone() {
    let spread = |i: i32| f64::from(i * 7919 % 199) / 7.0;
    let some = |i: i32| (i % 10 != 0).then_some(spread(i));
    let sparse = Series::new("x".into(), (0..200).map(some).collect::<Vec<Option<f64>>>());
    let yes = Series::new(
        "x".into(),
        (0..200).map(|i| i % 100 == 0).collect::<Vec<bool>>(),
    );
    let cases: [(Series, &[Oddity]); 16] = [
        (floats(spread), &[]),
        (texts(|i| ["a", "b", "c"][i as usize % 3].to_owned()), &[]),
        (Series::new_null("x".into(), 5), &[Oddity::AllMissing]),
        (floats(|_| 2.5), &[Oddity::Constant]),
        (sparse, &[Oddity::Missing]),
        (
            floats(|i| if i == 3 { f64::NAN } else { spread(i) }),
            &[Oddity::NotANumber],
        ),
        (
            floats(|i| if i == 3 { f64::INFINITY } else { spread(i) }),
            &[Oddity::Infinite],
        ),
        (texts(|i| (i % 9).to_string()), &[Oddity::NumbersAsText]),
        (
            texts(|i| format!("2024-01-{:02}", i % 28 + 1)),
            &[Oddity::DatesAsText],
        ),
        (
            texts(|i| ["Rome", "ROME", "Oslo"][i as usize % 3].to_owned()),
            &[Oddity::Variants],
        ),
        (
            texts(|i| ["Rome ", "Oslo"][i as usize % 2].to_owned()),
            &[Oddity::Padded],
        ),
        (
            texts(|i| ["", "Oslo"][i as usize % 2].to_owned()),
            &[Oddity::EmptyText],
        ),
        (texts(|i| format!("person {i}")), &[Oddity::Identifier]),
        (
            texts(|i| format!("person {}", i % 150)),
            &[Oddity::ManyValues],
        ),
        (yes, &[Oddity::Imbalanced]),
        (
            floats(|i| if i % 3 == 0 { spread(i) } else { 0.0 }),
            &[Oddity::Zeros],
        ),
    ];
    for (i, (series, expected)) in cases.into_iter().enumerate() {
        let mut found = of(series);
        // Where many are 0, those that are not lie far out.
        found.retain(|oddity| *oddity != Oddity::Outliers || expected.contains(oddity));
        assert_eq!(found, expected, "case {i}");
    }
    let tail = of(floats(|i| (spread(i) / 2.0).exp()));
    assert!(tail.contains(&Oddity::Skewed), "{tail:?}");
}

#[test]
fn a_count_of_rows_is_an_identifier_and_measurements_are_not() {
    let ids = Series::new("x".into(), (100..300).collect::<Vec<i64>>());
    assert_eq!(of(ids), [Oddity::Identifier]);
    let measured = Series::new(
        "x".into(),
        (0..200).map(|i| i * i + 10_000).collect::<Vec<i64>>(),
    );
    assert!(!of(measured).contains(&Oddity::Identifier));
}

#[test]
fn columns_that_say_the_same_are_named_together() {
    let frame = df!(
        "celsius" => (0..50).map(f64::from).collect::<Vec<f64>>(),
        "fahrenheit" => (0..50).map(|i| f64::from(i) * 1.8 + 32.0).collect::<Vec<f64>>(),
        "other" => (0..50).map(|i| f64::from(i * 7919 % 50)).collect::<Vec<f64>>(),
    )
    .unwrap();
    let profile = frame.profile().unwrap();
    let said: Vec<&str> = profile.warnings.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(
        said,
        ["celsius and fahrenheit say the same in other units (correlation 1.00)"]
    );
}

#[test]
fn sentences_are_plain() {
    let penguins = datasets::penguins().unwrap();
    let doubled = penguins.vstack(&penguins.head(Some(3))).unwrap();
    let profile = doubled.profile().unwrap();
    let said: Vec<&str> = profile.warnings.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(said, ["3 rows are copies of others (0.9 %)"]);
    let empty = penguins.head(Some(0)).profile().unwrap();
    assert_eq!(empty.warnings.len(), 1);
    assert_eq!(empty.warnings[0].text, "there are no rows");
}

#[test]
fn a_column_of_ten_thousand_categories_is_said_to_be_that() {
    let frame = df!(
        "id" => (0..10_000).map(|i| format!("id {i}")).collect::<Vec<String>>(),
        "x" => (0..10_000).map(|i| i % 7).collect::<Vec<i32>>(),
    )
    .unwrap();
    let profile = frame.profile().unwrap();
    assert_eq!(profile.column("id").unwrap().distinct, Some(10_000));
    assert_eq!(
        oddities(&frame),
        [(Oddity::Identifier, Some("id".to_owned()))]
    );
}
