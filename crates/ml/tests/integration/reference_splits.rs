//! The same rows as scikit-learn, seed by seed.

use ferrite_ml::*;
use polars::prelude::*;
use serde_json::Value;

use crate::frozen::{data, expected, rows};

#[track_caller]
fn same(found: &[Fold], name: &str) {
    let all = expected();
    let splits: &Vec<Value> = all["splits"][name].as_array().expect(name);
    assert_eq!(found.len(), splits.len(), "{name}");
    for (i, (fold, split)) in found.iter().zip(splits).enumerate() {
        assert_eq!(
            fold.train,
            rows(&split[0]),
            "{name}, training rows of fold {i}"
        );
        assert_eq!(fold.test, rows(&split[1]), "{name}, test rows of fold {i}");
    }
}

/// Wine with the groups that the script made up.
fn grouped() -> DataFrame {
    let mut wine = data("wine");
    let groups: Vec<u32> = rows(&expected()["groups"])
        .into_iter()
        .map(|g| g as u32)
        .collect();
    wine.with_column(Column::new("group".into(), groups))
        .unwrap();
    wine
}

#[test]
fn folds_have_the_same_rows() {
    let (iris, wine) = (data("iris"), data("wine"));
    same(&KFold::new(5).split(&iris).unwrap(), "kfold_5");
    same(
        &KFold::new(4).seed(7).split(&iris).unwrap(),
        "kfold_4_seed_7",
    );
    same(
        &StratifiedKFold::new(5).split(&wine, "target").unwrap(),
        "stratified_5",
    );
    let seeded = StratifiedKFold::new(3).seed(42);
    same(
        &seeded.split(&wine, "target").unwrap(),
        "stratified_3_seed_42",
    );
    same(&TimeSeriesSplit::new(5).split(&iris).unwrap(), "time_5");
    let gap = TimeSeriesSplit::new(3)
        .gap(4)
        .test_size(20)
        .max_train_size(50);
    same(&gap.split(&iris).unwrap(), "time_3_gap");
    let repeated = RepeatedKFold::new(3, 2).seed(5);
    same(&repeated.split(&iris).unwrap(), "repeated_3_2_seed_5");
    let repeated = RepeatedStratifiedKFold::new(3, 2).seed(5);
    same(
        &repeated.split(&wine, "target").unwrap(),
        "repeated_stratified_3_2_seed_5",
    );
}

#[test]
fn groups_have_the_same_rows() {
    let wine = grouped();
    same(
        &GroupKFold::new(4, "group").split(&wine).unwrap(),
        "group_4",
    );
    same(
        &GroupKFold::new(3, "group").seed(1).split(&wine).unwrap(),
        "group_3_seed_1",
    );
}

#[test]
fn one_split_has_the_same_rows() {
    let once = |frame: &DataFrame, split: &dyn Fn(&DataFrame) -> TrainTestSplit, name: &str| {
        let numbers: Vec<u32> = (0..frame.height() as u32).collect();
        let mut frame = frame.clone();
        frame
            .with_column(Column::new("row".into(), numbers))
            .unwrap();
        let (train, test) = split(&frame).split().unwrap();
        let rows = |part: &DataFrame| -> Vec<usize> {
            let rows = part.column("row").unwrap().u32().unwrap();
            rows.iter().flatten().map(|row| row as usize).collect()
        };
        let fold = Fold {
            train: rows(&train),
            test: rows(&test),
        };
        same(&[fold], name);
    };
    once(
        &data("iris"),
        &|f| train_test_split(f, 0.3).seed(7),
        "once_seed_7",
    );
    let stratified = |f: &DataFrame| train_test_split(f, 0.25).stratify("target").seed(7);
    once(&data("wine"), &stratified, "once_stratified_seed_7");
    // In the order of time: here the rows' own.
    let by_time = |f: &DataFrame| train_test_split(f, 0.3).time("row");
    once(&data("iris"), &by_time, "once_in_order");
    let by_group = |f: &DataFrame| train_test_split(f, 0.25).groups("group").seed(3);
    once(&grouped(), &by_group, "once_groups_seed_3");
}
