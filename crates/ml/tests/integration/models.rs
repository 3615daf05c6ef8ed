//! Models on data where the right answer is known without a reference.

use std::collections::HashMap;

use ferrite_ml::*;
use ndarray::Array2;
use polars::prelude::*;
use proptest::prelude::*;

use crate::{every_fourth, floats, front_page, penguins, shown};

fn features(rows: &[[u8; 2]]) -> Features {
    let values = Array2::from_shape_fn((rows.len(), 2), |(row, column)| {
        f64::from(rows[row][column])
    });
    Features::new(["a", "b"], values).unwrap()
}

fn classes(codes: &[u8]) -> Target {
    let codes: Vec<i32> = codes.iter().map(|code| i32::from(*code)).collect();
    Target::Classes(Classes::of(&Series::new("y".into(), codes)).unwrap())
}

fn codes(target: &Target) -> Prediction {
    Prediction::Classes(target.classes("test").unwrap().codes().to_vec())
}

fn classifiers() -> Vec<Box<dyn Estimator>> {
    vec![
        Box::new(LogisticRegression::new()),
        Box::new(DecisionTreeClassifier::new()),
        Box::new(knn(3)),
        Box::new(GaussianNB::new()),
    ]
}

proptest! {
    /// linfa-trees fails here for a third of all tables; see `model/tree.rs`.
    #[test]
    fn a_tree_learns_every_table_without_contradictions_by_heart(
        rows in prop::collection::vec(([0_u8..4, 0_u8..4], 0_u8..3), 1..12),
    ) {
        let mut first = HashMap::new();
        let (x, y): (Vec<_>, Vec<_>) =
            rows.into_iter().map(|(x, y)| (x, *first.entry(x).or_insert(y))).unzip();
        let (x, y) = (features(&x), classes(&y));
        let tree = DecisionTreeClassifier::new().fit(&x, &y).unwrap();
        prop_assert_eq!(tree.predict(&x).unwrap(), codes(&y));
    }

    #[test]
    fn probabilities_are_probabilities(
        rows in prop::collection::vec(([0_u8..9, 0_u8..9], 0_u8..3), 6..30),
        new in prop::collection::vec([0_u8..255, 0_u8..255], 1..9),
    ) {
        let (x, y): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        prop_assume!(y.iter().any(|class| *class != y[0]) && x.iter().any(|row| *row != x[0]));
        let (x, y, new) = (features(&x), classes(&y), features(&new));
        for model in classifiers() {
            let shares = model.fit(&x, &y).unwrap().predict_proba(&new).unwrap();
            for row in shares.rows() {
                prop_assert!((row.sum() - 1.0).abs() < 1e-9, "{model:?}: {row}");
                prop_assert!(row.iter().all(|share| (0.0..=1.0).contains(share)), "{model:?}: {row}");
            }
        }
    }

    #[test]
    fn the_nearest_neighbour_of_a_training_row_is_the_row(
        rows in prop::collection::hash_map([0_u8..99, 0_u8..99], 0_u8..3, 1..60),
    ) {
        let (x, y): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let (x, y) = (features(&x), classes(&y));
        prop_assert_eq!(knn(1).fit(&x, &y).unwrap().predict(&x).unwrap(), codes(&y));
        // Many features take another search.
        let wide = Array2::from_shape_fn((x.rows(), 30), |(row, column)| x.values()[[row, column % 2]]);
        let wide = Features::new((0..30).map(|i| i.to_string()), wide).unwrap();
        prop_assert_eq!(knn(1).fit(&wide, &y).unwrap().predict(&wide).unwrap(), codes(&y));
    }

    #[test]
    fn least_squares_finds_the_plane_that_made_the_data(
        rows in prop::collection::vec([0_u8..99, 0_u8..99], 4..40),
        a in -5.0_f64..5.0, b in -5.0_f64..5.0, c in -99.0_f64..99.0,
    ) {
        let x = features(&rows);
        let y: Vec<f64> = x.values().rows().into_iter().map(|r| a * r[0] + b * r[1] + c).collect();
        let model = LinearRegression::new().fit(&x, &Target::Numbers(y.clone())).unwrap();
        let Prediction::Numbers(found) = model.predict(&x).unwrap() else { panic!("numbers") };
        for (found, expected) in found.iter().zip(&y) {
            prop_assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}

#[test]
fn equal_trees_from_equal_data() {
    let (train, test) = every_fourth(&penguins());
    let tree = || {
        front_page(DecisionTreeClassifier::new())
            .fit(&train, "species")
            .unwrap()
    };
    let first = tree().predict(&test).unwrap();
    for _ in 0..5 {
        assert_eq!(tree().predict(&test).unwrap(), first);
    }
}

#[test]
fn a_degenerate_tree_does_not_overflow_the_stack() {
    let rows = 5_000;
    let x: Vec<f64> = (0..rows).map(f64::from).collect();
    let y: Vec<i32> = (0..rows).map(|row| row % 2).collect();
    let frame = df!["x" => x, "y" => y].unwrap();
    let fitted = Pipeline::new()
        .model(DecisionTreeClassifier::new())
        .fit(&frame, "y")
        .unwrap();
    assert_eq!(fitted.evaluate(&frame).unwrap().accuracy().unwrap(), 1.0);
}

#[test]
fn naive_bayes_has_probabilities_far_from_the_data() {
    let frame = df!["x" => [0.0, 0.1, 1.0, 1.1], "y" => ["a", "a", "b", "b"]].unwrap();
    let fitted = Pipeline::new()
        .model(GaussianNB::new())
        .fit(&frame, "y")
        .unwrap();
    let probabilities = fitted.predict_proba(&df!["x" => [1e6]].unwrap()).unwrap();
    assert_eq!(floats(&probabilities, "b"), [1.0]);
}

#[test]
fn dependent_and_constant_columns_do_not_stop_least_squares() {
    let frame = df![
        "x" => [1.0, 2.0, 3.0, 4.0],
        "twice" => [2.0, 4.0, 6.0, 8.0],
        "one" => [0.1, 0.1, 0.1, 0.1],
        "y" => [5.0, 10.0, 15.0, 20.0],
    ]
    .unwrap();
    let fitted = Pipeline::new()
        .model(LinearRegression::new())
        .fit(&frame, "y")
        .unwrap();
    // The smallest coefficients that give 5x are 1 for x and 2 for twice.
    let new = df!["x" => [1.0, 0.0], "twice" => [0.0, 1.0], "one" => [0.1, 0.1]].unwrap();
    let predicted = floats(&fitted.predict(&new).unwrap().into_frame(), "y");
    assert!(
        (predicted[0] - 1.0).abs() < 1e-9 && (predicted[1] - 2.0).abs() < 1e-9,
        "{predicted:?}"
    );
    let constant = frame.select(["one", "y"]).unwrap();
    let fitted = Pipeline::new()
        .model(LinearRegression::new())
        .fit(&constant, "y")
        .unwrap();
    assert_eq!(fitted.evaluate(&constant).unwrap().r2().unwrap(), 0.0);
}

#[test]
fn a_model_that_was_stopped_says_so() {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new().max_iter(2))
        .fit(&train, "species")
        .unwrap();
    let note = "LogisticRegression stopped after 2 steps before it converged";
    assert!(shown(&fitted).contains(note));
    assert!(shown(&fitted.evaluate(&test).unwrap()).contains(note));
}

#[test]
fn models_need_as_many_features_as_they_know() {
    let x = features(&[[0, 0], [1, 1], [2, 2], [9, 9], [8, 8], [7, 7]]);
    let wide = Features::new(["a", "b", "c"], Array2::zeros((1, 3))).unwrap();
    for model in classifiers() {
        let fitted = model.fit(&x, &classes(&[0, 0, 0, 1, 1, 1])).unwrap();
        assert!(
            matches!(fitted.predict(&wide), Err(MlError::FeatureCount { .. })),
            "{model:?}"
        );
    }
}

#[test]
fn many_equal_rows_do_not_stop_the_search_for_neighbours() {
    let x: Vec<f64> = (0..3_000).map(|row| f64::from(row / 1_000)).collect();
    let y: Vec<&str> = x.iter().map(|x| if *x < 2.0 { "a" } else { "b" }).collect();
    let frame = df!["x" => x, "y" => y].unwrap();
    let fitted = Pipeline::new().model(knn(5)).fit(&frame, "y").unwrap();
    assert_eq!(fitted.evaluate(&frame).unwrap().accuracy().unwrap(), 1.0);
}

#[test]
fn baselines_mind_no_gaps_in_what_they_do_not_read() {
    let frame = df![
        "x" => [Some(1.0), None, Some(f64::NAN), Some(f64::INFINITY)],
        "class" => ["a", "b", "b", "b"],
        "number" => [1.0, 2.0, 3.0, 6.0],
    ]
    .unwrap();
    let classes = frame.drop("number").unwrap();
    let fitted = Pipeline::new()
        .model(DummyClassifier::new())
        .fit(&classes, "class")
        .unwrap();
    assert_eq!(
        fitted.predict(&classes).unwrap().str().unwrap().get(1),
        Some("b")
    );
    let numbers = frame.drop("class").unwrap();
    let fitted = Pipeline::new()
        .model(DummyRegressor::new())
        .fit(&numbers, "number")
        .unwrap();
    assert_eq!(
        fitted.predict(&numbers).unwrap().f64().unwrap().get(2),
        Some(3.0)
    );
    // What reads them does.
    let refused = Pipeline::new().model(Ridge::new()).fit(&numbers, "number");
    assert!(refused.unwrap_err().to_string().starts_with("missing"));
}
