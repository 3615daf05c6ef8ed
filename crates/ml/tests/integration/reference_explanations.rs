//! The same explanations as scikit-learn's and SHAP's, and the same reports
//! (`../reference/make_explanations.py`).
//!
//! Tolerances: dependence and SHAP values follow from the model alone and agree to 1e-6
//! (models that iterate stop at other digits). Importance by permutation draws lots: the
//! means over 400 of theirs and 60 of ours agree within four standard errors.

use ferrite_ml::*;
use polars::prelude::*;
use serde_json::Value;

use crate::frozen::{all_close, close, data, expected, numbers, texts};

pub fn explanations() -> Value {
    serde_json::from_str(include_str!("../reference/explanations.json")).unwrap()
}

fn diabetes() -> DataFrame {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/reference/data/diabetes_raw.csv"
    );
    ferrite_frame::read::read_csv(path).unwrap()
}

fn every(frame: &DataFrame, step: usize) -> DataFrame {
    crate::rows(frame, |row| row % step == 0)
}

fn fitted(model: impl Estimator + 'static, frame: &DataFrame) -> FittedPipeline {
    Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(model)
        .fit(frame, "target")
        .unwrap()
}

fn logistic() -> LogisticRegression {
    LogisticRegression::new().tol(1e-12).max_iter(10_000)
}

fn lists(value: &Value) -> Vec<Vec<f64>> {
    value
        .as_array()
        .expect("lists")
        .iter()
        .map(numbers)
        .collect()
}

#[test]
fn importance_by_permutation_agrees() {
    const REPEATS: f64 = 60.0;
    let all = explanations();
    let plain = Pipeline::new().model(LinearRegression::new());
    for (name, frame, model) in [
        (
            "diabetes",
            diabetes(),
            plain.fit(&diabetes(), "target").unwrap(),
        ),
        ("wine", data("wine"), fitted(logistic(), &data("wine"))),
    ] {
        let want = &all[format!("permutation_{name}")];
        let found = model
            .permutation_importance(&frame)
            .repeats(REPEATS as usize)
            .seed(1)
            .run()
            .unwrap();
        let (mean, spread) = (numbers(&want["mean"]), numbers(&want["std"]));
        for (at, column) in texts(&want["names"]).iter().enumerate() {
            let ours = found.names().iter().position(|name| name == column);
            let ours = found.values()[ours.expect("every column is there")];
            let error = spread[at] * (1.0 / REPEATS + 1.0 / 400.0).sqrt();
            assert!(
                (ours - mean[at]).abs() <= 4.0 * error + 1e-9,
                "{name} {column}: {ours}, but scikit-learn has {} ± {error}",
                mean[at]
            );
        }
    }
}

#[test]
fn dependence_and_the_curves_of_rows_agree() {
    let all = explanations();
    let near = KNeighborsRegressor::new().n_neighbors(9);
    for (name, frame, model) in [
        ("diabetes", diabetes(), fitted(near, &diabetes())),
        ("wine", data("wine"), fitted(logistic(), &data("wine"))),
    ] {
        let want = &all[format!("dependence_{name}")];
        let column = want["column"].as_str().unwrap();
        let found = model
            .partial_dependence(&frame, column)
            .resolution(100)
            .run()
            .unwrap();
        let means = found.frame().unwrap();
        let grid = means.column(column).unwrap().cast(&DataType::Float64);
        let grid: Vec<f64> = grid.unwrap().f64().unwrap().iter().flatten().collect();
        all_close(&grid, &want["grid"], 1e-12, name);
        let each = found.individual_frame().unwrap();
        for (output, average) in want["average"].as_array().unwrap().iter().enumerate() {
            let label = &found.outputs()[output];
            let what = format!("{name} {label}");
            all_close(&crate::floats(&means, label), average, 1e-6, &what);
            let curves = crate::floats(&each, label);
            let curves: Vec<&[f64]> = curves.chunks(grid.len()).step_by(40).collect();
            let wanted = lists(&want["individual"][output]);
            assert_eq!(curves.len(), wanted.len(), "{what}");
            for (ours, theirs) in curves.iter().zip(&wanted) {
                for (ours, theirs) in ours.iter().zip(theirs) {
                    let near = (ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0);
                    assert!(near, "{what}: {ours}, but scikit-learn has {theirs}");
                }
            }
        }
    }
}

/// Compares what features add, by row and feature, for one output.
fn same_shares(found: &ShapValues, output: usize, wanted: &[Vec<f64>], what: &str) {
    assert_eq!(found.values().dim().0, wanted.len(), "{what}");
    for (row, wanted) in wanted.iter().enumerate() {
        for (feature, theirs) in wanted.iter().enumerate() {
            let ours = found.values()[[row, feature, output]];
            let near = (ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0);
            assert!(
                near,
                "{what}, row {row}, feature {feature}: {ours}, not {theirs}"
            );
        }
    }
}

#[test]
fn shap_values_agree() {
    let all = explanations();
    let frame = diabetes();
    let some = every(&frame, 40);

    let tree = Pipeline::new().model(DecisionTreeRegressor::new().max_depth(3));
    let tree = tree.fit(&frame, "target").unwrap();
    let want = &all["shap_tree"];
    let predicted = tree.predict(&some).unwrap();
    let predicted: Vec<f64> = predicted.f64().unwrap().iter().flatten().collect();
    // The same tree, or there is nothing to compare.
    all_close(&predicted, &want["prediction"], 1e-9, "the tree");
    let found = tree.shap_values(&some).unwrap();
    all_close(found.base_values(), &want["base"], 1e-6, "base of the tree");
    same_shares(&found, 0, &lists(&want["values"]), "the tree");

    let linear = Pipeline::new().model(LinearRegression::new());
    let linear = linear.fit(&frame, "target").unwrap();
    let want = &all["shap_linear"];
    let found = linear.shap_values(&frame).unwrap();
    all_close(found.base_values(), &want["base"], 1e-6, "base of the line");
    let found = found.values().clone();
    for (at, wanted) in lists(&want["values"]).iter().enumerate() {
        for (feature, theirs) in wanted.iter().enumerate() {
            let ours = found[[40 * at, feature, 0]];
            let near = (ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0);
            assert!(near, "the line, row {}: {ours}, not {theirs}", 40 * at);
        }
    }

    let want = &all["shap_classes"];
    let mut columns = texts(&want["columns"]);
    columns.push("target".to_owned());
    let frame = data("wine").select(columns).unwrap();
    let some = every(&frame, 20);
    let tree = Pipeline::new().model(DecisionTreeClassifier::new().max_depth(3));
    let tree = tree.fit(&frame, "target").unwrap();
    let found = tree.shap_values(&some).unwrap();
    let shares = tree.predict_proba(&some).unwrap();
    for (output, class) in found.outputs().iter().enumerate() {
        let wanted: Vec<f64> = lists(&want["prediction"])
            .iter()
            .map(|row| row[output])
            .collect();
        let ours = crate::floats(&shares, class);
        assert_eq!(ours.len(), wanted.len());
        assert!(
            ours.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-9),
            "the same tree"
        );
        let theirs: Vec<Vec<f64>> = want["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| lists(row).iter().map(|feature| feature[output]).collect())
            .collect();
        same_shares(&found, output, &theirs, class);
    }
    all_close(found.base_values(), &want["base"], 1e-6, "base of classes");
}

#[test]
fn reports_of_classes_agree() {
    let (frozen, all) = (expected(), explanations());
    for name in ["breast_cancer", "wine", "digits"] {
        let case = &frozen["predictions"][name];
        let truth = Series::new("truth".into(), texts(&case["truth"]));
        let guess = Series::new("guess".into(), texts(&case["pred"]));
        let report = classification_report(&truth, &guess).unwrap();
        let want = all["report"][name].as_object().unwrap();
        // Besides the classes there are accuracy and two means.
        assert_eq!(report.classes().len() + 3, want.len(), "{name}");
        for class in report.classes() {
            let ours = [
                class.precision,
                class.recall,
                class.f1,
                class.support as f64,
            ];
            all_close(&ours, &want[&class.label], 1e-9, name);
        }
        // What a person reads are these numbers.
        let text = crate::shown(&report);
        let line = |label: &str| {
            let line = text.lines().find(|line| line.trim().starts_with(label));
            let line = line.unwrap_or_else(|| panic!("no {label} in\n{text}"));
            let numbers = line.trim().trim_start_matches(label).split_whitespace();
            numbers.map(|n| n.parse().unwrap()).collect::<Vec<f64>>()
        };
        for (label, key) in [("macro avg", "macro avg"), ("weighted avg", "weighted avg")] {
            for (ours, theirs) in line(label).iter().zip(numbers(&want[key])) {
                assert!((ours - theirs).abs() <= 5.001e-4, "{name} {label}: {text}");
            }
        }
        close(
            line("accuracy")[0],
            &want["accuracy"][0],
            5.001e-4,
            "accuracy",
        );
    }
}

#[test]
fn perplexity_and_likeness_of_vectors_agree() {
    let want = &explanations()["language"];
    let logs = numbers(&want["log_probabilities"]);
    let found = text::perplexity(&logs).unwrap();
    close(found, &want["perplexity"], 1e-12, "perplexity");
    let matrix = |key: &str| {
        let rows = lists(&want[key]);
        let flat: Vec<f64> = rows.iter().flatten().copied().collect();
        ndarray::Array2::from_shape_vec((rows.len(), rows[0].len()), flat).unwrap()
    };
    let (one, other) = (matrix("one"), matrix("other"));
    let each = text::cosine_similarities(&one, &other).unwrap();
    all_close(&each, &want["cosine"], 1e-12, "cosine");
    let mean = text::embedding_similarity(&one, &other).unwrap();
    let wanted = numbers(&want["cosine"]);
    assert!((mean - wanted.iter().sum::<f64>() / wanted.len() as f64).abs() < 1e-12);
    // What has no answer is told.
    assert!(text::perplexity(&[]).is_err());
    assert!(text::perplexity(&[0.5]).is_err(), "a probability above one");
    assert!(
        text::cosine_similarities(&one, &other.slice(ndarray::s![..3, ..]).to_owned()).is_err()
    );
}

#[test]
fn a_judge_hears_both_orders() {
    use text::Verdict;
    let (questions, good, bad) = (
        ["q1", "q2", "q3"],
        ["long answer", "yes", "same"],
        ["no", "yes", "same"],
    );
    let mut heard = Vec::new();
    let judged = text::pairwise_judge(questions, good, bad, |question, first, second| {
        heard.push(format!("{question}: {first}, {second}"));
        Ok(match first.len().cmp(&second.len()) {
            std::cmp::Ordering::Greater => Verdict::First,
            std::cmp::Ordering::Less => Verdict::Second,
            // Somebody who always prefers what comes first is not believed.
            std::cmp::Ordering::Equal => Verdict::First,
        })
    })
    .unwrap();
    assert_eq!((judged.wins, judged.losses, judged.ties), (1, 0, 2));
    assert!((judged.win_rate() - 2.0 / 3.0).abs() < 1e-12);
    // Wilson's interval for 2 of 3.
    let (low, high) = judged.interval();
    assert!(
        (low - 0.2077).abs() < 1e-3 && (high - 0.9385).abs() < 1e-3,
        "{low} {high}"
    );
    assert_eq!(heard.len(), 6);
    assert!(
        heard.contains(&"q1: no, long answer".to_owned()),
        "{heard:?}"
    );
    let failed = text::pairwise_judge(["q"], ["a"], ["b"], |_, _, _| {
        Err(MlError::Unable {
            model: "the judge",
            reason: "nobody answers".to_owned(),
        })
    });
    assert!(failed.unwrap_err().to_string().contains("nobody answers"));
}
