//! The same numbers as scikit-learn, which `../reference/make_reference.py` asked.

use std::collections::HashMap;

use ferrite_ml::*;
use polars::prelude::*;

use crate::{every_fourth, floats, front_page, penguins, shown};

const NUMERIC: [&str; 5] = [
    "bill_length_mm",
    "bill_depth_mm",
    "flipper_length_mm",
    "body_mass_g",
    "year",
];

/// `check` and `item` to numbers.
struct Expected(HashMap<(String, String), Vec<f64>>);

impl Expected {
    fn read() -> Self {
        let lines = include_str!("../reference/expected.csv").lines().skip(1);
        let read = |line: &str| {
            let [check, item, numbers] = line.split(',').collect::<Vec<_>>()[..] else {
                panic!("three fields in {line}");
            };
            let numbers = numbers
                .split(' ')
                .map(|n| n.parse().expect("a number"))
                .collect();
            ((check.to_owned(), item.to_owned()), numbers)
        };
        Self(lines.map(read).collect())
    }

    fn numbers(&self, check: &str, item: &str) -> &[f64] {
        self.0
            .get(&(check.to_owned(), item.to_owned()))
            .unwrap_or_else(|| panic!("{check} {item}"))
    }

    fn number(&self, check: &str, item: &str) -> f64 {
        self.numbers(check, item)[0]
    }

    /// Compares the rows of a frame that are in the list.
    #[track_caller]
    fn assert_rows(&self, check: &str, frame: &DataFrame, tolerance: f64) {
        let compared = (0..frame.height()).filter(|row| {
            let Some(expected) = self.0.get(&(check.to_owned(), row.to_string())) else {
                return false;
            };
            for (column, expected) in frame.columns().iter().zip(expected) {
                let found = column.f64().unwrap().get(*row).unwrap();
                assert_close(found, *expected, tolerance, &format!("{check} row {row}"));
            }
            true
        });
        assert!(compared.count() > 10, "{check} is in expected.csv");
    }
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let scale = expected.abs().max(1.0);
    assert!(
        (found - expected).abs() <= tolerance * scale,
        "{what}: {found}, but scikit-learn has {expected}"
    );
}

fn compare(name: &str, model: impl Estimator + 'static, tolerance: f64) {
    let expected = Expected::read();
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(model).fit(&train, "species").unwrap();
    let evaluation = fitted.evaluate(&test).unwrap();
    for metric in [
        "accuracy",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "f1_weighted",
        "balanced_accuracy",
    ] {
        let found = evaluation.metric(metric).unwrap();
        assert_close(
            found,
            expected.number(name, metric),
            1e-11,
            &format!("{name} {metric}"),
        );
    }
    let counts = evaluation.confusion_matrix().unwrap().counts().concat();
    let counts: Vec<f64> = counts.into_iter().map(|count| count as f64).collect();
    assert_eq!(counts, expected.numbers(name, "matrix"), "{name}");
    let probabilities = fitted.predict_proba(&test).unwrap();
    expected.assert_rows(&format!("{name}_proba"), &probabilities, tolerance);
}

#[test]
fn imputers_learn_the_same_statistics() {
    let expected = Expected::read();
    let (train, _) = every_fourth(&penguins());
    for (name, imputer) in [
        ("imputer_median", SimpleImputer::median()),
        ("imputer_mean", SimpleImputer::mean()),
    ] {
        let fitted = imputer.fit(&train).unwrap();
        assert_eq!(fitted.statistics().len(), NUMERIC.len());
        for (column, fill) in fitted.statistics() {
            let Fill::Number(found) = fill else {
                panic!("{column} is numeric")
            };
            assert_close(*found, expected.number(name, column), 1e-11, column);
        }
    }
}

#[test]
fn scalers_learn_the_same_scales() {
    let expected = Expected::read();
    let (train, test) = every_fourth(&penguins().select(NUMERIC).unwrap());
    let fitted = StandardScaler::new().fit(&train).unwrap();
    for (i, name) in NUMERIC.iter().enumerate() {
        assert_close(
            fitted.center()[i],
            expected.number("scaler_mean", name),
            1e-11,
            name,
        );
        assert_close(
            fitted.scale()[i],
            expected.number("scaler_scale", name),
            1e-11,
            name,
        );
    }
    let min_max = MinMaxScaler::new()
        .feature_range(-1.0, 3.0)
        .fit(&train)
        .unwrap();
    let scaled = min_max.transform(&test).unwrap();
    for name in NUMERIC {
        let found = scaled.column(name).unwrap().f64().unwrap().get(2).unwrap();
        assert_close(found, expected.number("min_max_row_2", name), 1e-11, name);
    }
}

#[test]
fn features_have_the_same_names_and_order() {
    let expected = Expected::read();
    let (train, _) = every_fourth(&penguins());
    let fitted = front_page(knn(5)).fit(&train, "species").unwrap();
    assert_eq!(fitted.feature_names().len(), 11);
    for (position, name) in fitted.feature_names().iter().enumerate() {
        assert_eq!(
            expected.number("feature_name", name),
            position as f64,
            "{name}"
        );
    }
}

#[test]
fn logistic_regression_finds_the_same_minimum() {
    for (name, c) in [
        ("logistic_0.01", 0.01),
        ("logistic_1", 1.0),
        ("logistic_100", 100.0),
    ] {
        compare(name, LogisticRegression::new().c(c), 1e-4);
        let exact = LogisticRegression::new().c(c).tol(1e-10).max_iter(10_000);
        compare(name, exact, 1e-7);
    }
}

#[test]
fn logistic_regression_works_nearly_without_a_penalty() {
    let exact = LogisticRegression::new().c(1e4).tol(1e-10).max_iter(10_000);
    compare("logistic_10000", exact, 1e-6);
}

#[test]
fn logistic_regression_of_two_classes_has_one_set_of_coefficients() {
    let expected = Expected::read();
    let known = |frame: &DataFrame| {
        let mask = frame.column("sex").unwrap().is_not_null();
        let columns = NUMERIC.into_iter().chain(["sex"]);
        frame.filter(&mask).unwrap().select(columns).unwrap()
    };
    let (train, test) = every_fourth(&penguins());
    let (train, test) = (known(&train), known(&test));
    let fitted = Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(LogisticRegression::new().c(0.5).tol(1e-10))
        .fit(&train, "sex")
        .unwrap();
    let probabilities = fitted.predict_proba(&test).unwrap();
    expected.assert_rows("logistic_sex_proba", &probabilities, 1e-7);
}

#[test]
fn logistic_regression_needs_no_scaling_to_converge() {
    let expected = Expected::read();
    let columns = NUMERIC.into_iter().chain(["species"]);
    let (train, test) = every_fourth(&penguins().select(columns).unwrap());
    let fitted = Pipeline::new()
        .step("impute", SimpleImputer::mean())
        .model(LogisticRegression::new())
        .fit(&train, "species")
        .unwrap();
    assert!(!shown(&fitted).contains("stopped"), "{}", shown(&fitted));
    expected.assert_rows(
        "logistic_unscaled_proba",
        &fitted.predict_proba(&test).unwrap(),
        1e-4,
    );
}

#[test]
fn neighbours_vote_the_same() {
    compare("knn_5", knn(5), 1e-11);
    compare("knn_1", knn(1), 1e-11);
}

#[test]
fn naive_bayes_has_the_same_probabilities() {
    compare("gaussian_nb", GaussianNB::new(), 1e-9);
}

#[test]
fn trees_ask_the_same_questions() {
    for depth in 1..=2 {
        let tree = DecisionTreeClassifier::new().max_depth(depth);
        compare(&format!("tree_{depth}"), tree, 1e-11);
    }
    let expected = Expected::read();
    let tree = DecisionTreeClassifier::new;
    let entropy = tree().criterion(Criterion::Entropy).max_depth(5);
    let mass = vec!["body_mass_g"];
    for (name, features, tree) in [
        ("tree_full", mass.clone(), tree()),
        ("tree_leaf", mass.clone(), tree().min_samples_leaf(8)),
        ("tree_split", mass, tree().min_samples_split(20)),
        (
            "tree_entropy",
            vec!["flipper_length_mm", "body_mass_g"],
            entropy,
        ),
    ] {
        let columns = features.into_iter().chain(["species"]);
        let (train, test) = every_fourth(&penguins().select(columns).unwrap());
        let pipeline = Pipeline::new()
            .step("impute", SimpleImputer::median())
            .model(tree);
        let fitted = pipeline.fit(&train, "species").unwrap();
        let probabilities = fitted.predict_proba(&test).unwrap();
        expected.assert_rows(&format!("{name}_proba"), &probabilities, 1e-11);
    }
}

#[test]
fn linear_regression_has_the_smallest_coefficients() {
    let expected = Expected::read();
    let (train, test) = every_fourth(&penguins().drop("species").unwrap());
    let fitted = front_page(LinearRegression::new())
        .fit(&train, "body_mass_g")
        .unwrap();
    let evaluation = fitted.evaluate(&test).unwrap();
    for metric in ["r2", "mae", "rmse"] {
        let found = evaluation.metric(metric).unwrap();
        assert_close(found, expected.number("linear", metric), 1e-9, metric);
    }
    let test = test
        .filter(&test.column("body_mass_g").unwrap().is_not_null())
        .unwrap();
    let mut unknown = test.clone();
    unknown
        .with_column(Column::new(
            "island".into(),
            vec!["Atlantis"; test.height()],
        ))
        .unwrap();
    let both = df![
        "known" => floats(&fitted.predict(&test).unwrap().into_frame(), "body_mass_g"),
        "unknown" => floats(&fitted.predict(&unknown).unwrap().into_frame(), "body_mass_g"),
    ];
    expected.assert_rows("linear_prediction", &both.unwrap(), 1e-9);
}
