//! Whatever a model is given, it answers or says why not; it never panics, and
//! never answers with something that is no answer.

use ferrite_ml::*;
use ndarray::Array2;
use polars::prelude::*;
use proptest::prelude::*;

use crate::zoo::{classifiers, regressors, with_targets};

/// Numbers that trip programs.
pub const ODD: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    1.0,
    2.0,
    -1.0,
    0.1,
    1e-300,
    -1e-8,
    1e6,
    1e150,
    -1e150,
    1e300,
    f64::MAX,
];

fn features(rows: usize, columns: usize, picks: &[usize]) -> Features {
    let value = |(row, column): (usize, usize)| {
        ODD[picks[(row * columns + column) % picks.len()] % ODD.len()]
    };
    let names = (0..columns).map(|column| format!("c{column}"));
    Features::new(names, Array2::from_shape_fn((rows, columns), value)).unwrap()
}

fn classes(codes: &[usize], rows: usize) -> Target {
    let names: Vec<String> = (0..rows)
        .map(|row| format!("k{}", codes[row % codes.len()] % 3))
        .collect();
    Target::Classes(Classes::of(&Series::new("y".into(), names)).unwrap())
}

fn check_classes(name: &str, x: &Features, fitted: &dyn FittedModel, classes: usize) {
    let Prediction::Classes(codes) = fitted.predict(x).unwrap() else {
        panic!("{name} predicted numbers")
    };
    assert_eq!(codes.len(), x.rows(), "{name}");
    assert!(
        codes.iter().all(|code| *code < classes),
        "{name}: {codes:?}"
    );
    if let Ok(shares) = fitted.predict_proba(x) {
        assert_eq!(shares.dim(), (x.rows(), classes), "{name}");
        for row in shares.rows() {
            assert!(
                row.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share)),
                "{name}: {row}"
            );
            assert!((row.sum() - 1.0).abs() < 1e-6, "{name}: {row}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn classifiers_answer_or_explain(
        rows in 1_usize..12,
        columns in 1_usize..5,
        picks in proptest::collection::vec(0_usize..1_000, 60),
        codes in proptest::collection::vec(0_usize..3, 12),
    ) {
        let x = features(rows, columns, &picks);
        let y = classes(&codes, rows);
        let Target::Classes(known) = &y else { unreachable!() };
        for (name, model) in classifiers() {
            match model.fit(&x, &y) {
                Ok(fitted) => check_classes(name, &x, &*fitted, known.names().len()),
                Err(error) => prop_assert!(error.to_string().len() > 10, "{name}: {error}"),
            }
        }
    }

    #[test]
    fn regressors_answer_or_explain(
        rows in 1_usize..12,
        columns in 1_usize..5,
        picks in proptest::collection::vec(0_usize..1_000, 60),
        targets in proptest::collection::vec(0_usize..1_000, 12),
    ) {
        let x = features(rows, columns, &picks);
        let y: Vec<f64> = (0..rows).map(|row| ODD[targets[row] % 11]).collect();
        for (name, model) in regressors() {
            match model.fit(&x, &Target::Numbers(y.clone())) {
                Ok(fitted) => {
                    let Prediction::Numbers(numbers) = fitted.predict(&x).unwrap() else {
                        panic!("{name} predicted classes")
                    };
                    prop_assert_eq!(numbers.len(), rows);
                    prop_assert!(numbers.iter().all(|n| !n.is_nan()), "{}: {:?}", name, numbers);
                }
                Err(error) => prop_assert!(error.to_string().len() > 10, "{name}: {error}"),
            }
        }
    }

    #[test]
    fn a_row_of_weight_two_counts_like_two_rows(
        cells in proptest::collection::vec(-20_i8..20, 30),
        codes in proptest::collection::vec(0_usize..2, 15),
        twice in proptest::collection::vec(any::<bool>(), 15),
    ) {
        let rows = 15;
        let x = Array2::from_shape_fn((rows, 2), |(i, j)| f64::from(cells[2 * i + j]));
        let order: Vec<usize> = (0..rows).flat_map(|row| vec![row; 1 + usize::from(twice[row])]).collect();
        let weights: Vec<f64> = twice.iter().map(|twice| 1.0 + f64::from(u8::from(*twice))).collect();
        let once = Features::new(["a", "b"], x.clone()).unwrap();
        let repeated = Features::new(["a", "b"], x.select(ndarray::Axis(0), &order)).unwrap();
        let names = |order: &[usize]| -> Vec<String> { order.iter().map(|row| codes[*row].to_string()).collect() };
        let class = |order: &[usize]| Target::Classes(Classes::of(&Series::new("y".into(), names(order))).unwrap());
        let number = |row: &usize| 1.0 + x[[*row, 0]].abs() + codes[*row] as f64;
        let all: Vec<usize> = (0..rows).collect();
        let models: Vec<(Box<dyn Estimator>, bool, f64)> = vec![
            (Box::new(DecisionTreeClassifier::new()), true, 1e-12),
            (Box::new(LogisticRegression::new().tol(1e-9)), true, 1e-6),
            (Box::new(BernoulliNB::new()), true, 1e-12),
            (Box::new(DummyClassifier::new()), true, 1e-12),
            (Box::new(DecisionTreeRegressor::new()), false, 1e-9),
            (Box::new(LinearRegression::new()), false, 1e-6),
            (Box::new(Ridge::new()), false, 1e-9),
            (Box::new(Lasso::new().alpha(0.1).tol(1e-12)), false, 1e-4),
            (Box::new(PoissonRegressor::new()), false, 1e-4),
        ];
        for (model, is_classifier, tolerance) in models {
            let (y, y_repeated) = if is_classifier {
                (class(&all), class(&order))
            } else {
                (Target::Numbers(all.iter().map(number).collect()), Target::Numbers(order.iter().map(number).collect()))
            };
            let (Ok(weighted), Ok(repeated)) = (model.fit_weighted(&once, &y, &weights), model.fit(&repeated, &y_repeated)) else {
                continue;
            };
            let numbers = |fitted: &dyn FittedModel| -> Vec<f64> {
                match fitted.predict(&once).unwrap() {
                    Prediction::Numbers(numbers) => numbers,
                    Prediction::Classes(_) => fitted.predict_proba(&once).unwrap().iter().copied().collect(),
                }
            };
            for (a, b) in numbers(&*weighted).iter().zip(numbers(&*repeated)) {
                prop_assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{:?}: {} {}", model, a, b);
            }
        }
    }
}

#[test]
fn a_seed_gives_the_same_model_every_time() {
    let x = Array2::from_shape_fn((80, 4), |(i, j)| ((i * (3 + j) + j) % 13) as f64);
    let codes: Vec<usize> = (0..80).map(|i| (i * i) % 3).collect();
    let x = Features::new(["a", "b", "c", "d"], x).unwrap();
    let y = classes(&codes, 80);
    let numbers = Target::Numbers(codes.iter().map(|c| *c as f64 + 1.0).collect());
    for (name, model, y) in with_targets(&y, &numbers) {
        let bytes = || model.fit(&x, y).map(|fitted| fitted.saved().unwrap().body);
        match (bytes(), bytes()) {
            (Ok(first), Ok(second)) => assert!(first == second, "{name}"),
            (first, second) => assert_eq!(first.is_err(), second.is_err(), "{name}"),
        }
    }
}
