//! `train_test_split`: every row on one side, proportions kept, repeatable.

use std::collections::BTreeMap;

use ferrite_ml::{MlError, train_test_split};
use polars::prelude::*;
use proptest::prelude::*;

use crate::{penguins, texts};

/// A frame with a column of row numbers and a column of classes.
fn numbered(classes: &[usize]) -> DataFrame {
    let rows: Vec<u32> = (0..classes.len() as u32).collect();
    let classes: Vec<String> = classes.iter().map(|class| format!("c{class}")).collect();
    df!["row" => rows, "class" => classes].unwrap()
}

fn row_numbers(frame: &DataFrame) -> Vec<u32> {
    frame
        .column("row")
        .unwrap()
        .u32()
        .unwrap()
        .iter()
        .flatten()
        .collect()
}

fn class_counts(frame: &DataFrame) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for class in texts(frame.column("class").unwrap().as_materialized_series()) {
        *counts.entry(class).or_default() += 1;
    }
    counts
}

proptest! {
    #[test]
    fn every_row_is_on_exactly_one_side(rows in 2_usize..200, size in 0.01_f64..0.99, seed: u64) {
        let frame = numbered(&vec![0; rows]);
        let expected = (size * rows as f64).ceil() as usize;
        prop_assume!(expected < rows);
        let (train, test) = train_test_split(&frame, size).seed(seed).split().unwrap();
        prop_assert_eq!(test.height(), expected);
        let mut all = [row_numbers(&train), row_numbers(&test)].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..rows as u32).collect::<Vec<_>>());
    }

    #[test]
    fn classes_keep_their_proportions(
        classes in prop::collection::vec(0_usize..4, 20..200),
        size in 0.2_f64..0.8,
        seed: u64,
    ) {
        let frame = numbered(&classes);
        let counts = class_counts(&frame);
        prop_assume!(counts.values().all(|count| *count > 1));
        let (train, test) = train_test_split(&frame, size).stratify("class").seed(seed).split().unwrap();
        let in_test = class_counts(&test);
        prop_assert_eq!(train.height() + test.height(), classes.len());
        for (class, count) in counts {
            let share = (count * test.height()) as f64 / classes.len() as f64;
            let found = in_test.get(&class).copied().unwrap_or(0) as f64;
            // The largest remainder never misses the share by a whole row.
            prop_assert!((found - share).abs() < 1.0, "{class}: {found} of {share}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_rows(seed: u64) {
        let split = train_test_split(&penguins(), 0.25).stratify("species").seed(seed);
        let (first, second) = (split.split().unwrap(), split.split().unwrap());
        prop_assert!(first.0.equals_missing(&second.0) && first.1.equals_missing(&second.1));
    }
}

#[test]
fn the_northstar_split_of_the_penguins() {
    let (train, test) = train_test_split(&penguins(), 0.25)
        .stratify("species")
        .seed(7)
        .split()
        .unwrap();
    assert_eq!((train.height(), test.height()), (258, 86));
    let species = texts(test.column("species").unwrap().as_materialized_series());
    let count = |name: &str| species.iter().filter(|s| *s == name).count();
    assert_eq!(
        [count("Adelie"), count("Chinstrap"), count("Gentoo")],
        [38, 17, 31]
    );
}

#[test]
fn without_a_seed_splits_differ() {
    let split = train_test_split(&numbered(&[0; 200]), 0.5);
    assert_ne!(
        row_numbers(&split.split().unwrap().0),
        row_numbers(&split.split().unwrap().0)
    );
}

#[test]
fn rounding_errors_do_not_add_a_test_row() {
    // 0.07 * 100 is 7.000000000000001 in floating point.
    let (_, test) = train_test_split(&numbered(&[0; 100]), 0.07)
        .split()
        .unwrap();
    assert_eq!(test.height(), 7);
}

#[test]
fn missing_classes_are_a_group_of_their_own() {
    let sex = [Some("f"), Some("f"), Some("m"), Some("m"), None, None];
    let frame = df!["sex" => sex].unwrap();
    let (train, test) = train_test_split(&frame, 0.5)
        .stratify("sex")
        .split()
        .unwrap();
    assert_eq!(train.column("sex").unwrap().null_count(), 1);
    assert_eq!(test.column("sex").unwrap().null_count(), 1);
}

#[test]
fn what_cannot_be_split_is_told() {
    let split = |classes: &[usize], size: f64| {
        let error = train_test_split(&numbered(classes), size)
            .stratify("class")
            .split();
        error.unwrap_err().to_string()
    };
    let told = [
        split(&[0, 0, 0, 1], 0.5),
        split(&[0, 0, 1, 1, 2, 2], 0.2),
        split(&[0], 0.2),
        split(&[0, 0, 1, 1], f64::NAN),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
    let error = train_test_split(&penguins(), 0.25)
        .stratify("body_mass_g")
        .split();
    assert!(matches!(error, Err(MlError::RareClass { .. })), "{error:?}");
    let error = train_test_split(&penguins(), 0.25)
        .stratify("specie")
        .split()
        .unwrap_err();
    assert!(
        error.to_string().contains("did you mean \"species\"?"),
        "{error}"
    );
}
