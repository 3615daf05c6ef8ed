//! Whatever the rows are, splits, metrics of classes, validation, searches, explanations
//! and files answer or say why not, in a sentence.

use ferrite_display::Show;
use ferrite_ml::*;
use polars::prelude::*;
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use crate::gapless;
use crate::properties::{column, frame};

/// An answer, or at least a sentence.
fn told<T>(found: Result<T, MlError>, what: &str) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(error) => {
            let error = error.to_string();
            assert!(error.split_whitespace().count() >= 3, "{what}: {error}");
            None
        }
    }
}

/// A frame with a target `t` of any kind.
fn with_target(rows: std::ops::Range<usize>) -> impl Strategy<Value = DataFrame> {
    let target = |rows: usize| {
        prop_oneof![
            4 => vec_of("[ab]", rows).prop_map(|v| Series::new("t".into(), v)),
            2 => vec_of(-5.0..5.0_f64, rows).prop_map(|v| Series::new("t".into(), v)),
            1 => Just(Series::new("t".into(), vec!["one"; rows])),
            1 => column(rows).prop_map(|column| column.with_name("t".into())),
        ]
    };
    rows.prop_flat_map(move |rows| (frame(rows), target(rows)))
        .prop_map(|(mut frame, target)| {
            frame.with_column(target.into()).unwrap();
            frame
        })
}

const NAMES: [&str; 8] = ["x", "y z", "^a.*$", "", "x_1", "missing", "t", "nowhere"];

fn models() -> Vec<Box<dyn Estimator>> {
    vec![
        Box::new(DecisionTreeClassifier::new().max_depth(2)),
        Box::new(LogisticRegression::new().max_iter(20)),
        Box::new(SVC::new().max_iter(200)),
        Box::new(BernoulliNB::new().class_weight(ClassWeight::Balanced)),
        Box::new(RandomForestRegressor::new().n_estimators(2)),
        Box::new(Ridge::new()),
    ]
}

fn pipelines() -> impl Iterator<Item = Pipeline> {
    let whole = |model| Pipeline::new().step("columns", gapless()).model(model);
    models().into_iter().map(whole)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn splits_are_parts_or_a_sentence(
        data in with_target(0..20),
        parts in 0_usize..6,
        size in prop_oneof![4 => 0.0..1.0_f64, 1 => any::<f64>(), 1 => Just(3.0)],
        name in 0..NAMES.len(),
        seed in any::<u64>(),
    ) {
        let name = NAMES[name];
        let folds = [
            ("KFold", KFold::new(parts).seed(seed).split(&data)),
            ("StratifiedKFold", StratifiedKFold::new(parts).seed(seed).split(&data, name)),
            ("GroupKFold", GroupKFold::new(parts, name).split(&data)),
            ("TimeSeriesSplit", TimeSeriesSplit::new(parts).by(name).gap(parts / 2).split(&data)),
            ("RepeatedKFold", RepeatedKFold::new(parts, 2).split(&data)),
            ("RepeatedStratifiedKFold", RepeatedStratifiedKFold::new(parts, 2).split(&data, name)),
        ];
        for (what, folds) in folds {
            for fold in told(folds, what).into_iter().flatten() {
                prop_assert!(!fold.test.is_empty() && !fold.train.is_empty(), "{}", what);
                let rows = fold.train.iter().chain(&fold.test);
                prop_assert!(rows.clone().all(|row| *row < data.height()), "{}", what);
                let mut seen: Vec<usize> = rows.copied().collect();
                seen.sort_unstable();
                seen.dedup();
                prop_assert_eq!(seen.len(), fold.train.len() + fold.test.len(), "{}", what);
            }
        }
        let once = || train_test_split(&data, size).seed(seed);
        for split in [once(), once().stratify(name), once().groups(name), once().time(name)] {
            if let Some((train, test)) = told(split.split(), "train_test_split") {
                prop_assert!(train.height() > 0 && test.height() > 0);
                prop_assert_eq!(train.height() + test.height(), data.height());
            }
        }
    }

    #[test]
    fn metrics_of_classes_answer_or_explain(
        (truth, guess) in (0..12_usize).prop_flat_map(|rows| (column(rows), column(rows))),
        other in column(3),
    ) {
        for (truth, guess) in [(&truth, &guess), (&truth, &truth), (&truth, &other)] {
            let metrics = [
                ("accuracy", accuracy_score(truth, guess)),
                ("balanced accuracy", balanced_accuracy_score(truth, guess)),
                ("precision", precision_score(truth, guess, "macro")),
                ("recall", recall_score(truth, guess, "weighted")),
                ("f1", f1_score(truth, guess, "binary")),
                ("f2", fbeta_score(truth, guess, 2.0, "micro")),
                ("no such beta", fbeta_score(truth, guess, f64::NAN, "macro")),
                ("no such average", f1_score(truth, guess, "most")),
                ("mcc", matthews_corrcoef(truth, guess)),
                ("kappa", cohen_kappa_score(truth, guess, KappaWeights::Linear)),
                ("rand", adjusted_rand_score(truth, guess)),
                ("information", normalized_mutual_info_score(truth, guess)),
                ("auc", roc_auc_score(truth, guess)),
                ("top k", top_k_accuracy_score(truth, guess, 2)),
            ];
            for (name, found) in metrics {
                if let Some(found) = told(found, name) {
                    prop_assert!(found.is_finite(), "{} of {} and {}", name, truth, guess);
                }
            }
            told(classification_report(truth, guess).map(|report| report.show()), "report");
            told(confusion_matrix(truth, guess).map(|matrix| matrix.show()), "matrix");
            told(calibration_curve(truth, guess, 3, true), "calibration");
            let points = df!["a" => vec![1.5; truth.len()]].unwrap();
            told(silhouette_score(&points, truth), "silhouette");
            told(davies_bouldin_score(&points, truth), "davies_bouldin");
            told(calinski_harabasz_score(&points, truth), "calinski_harabasz");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_fitted_is_evaluated_and_explained(data in with_target(2..14), name in 0..NAMES.len()) {
        for pipeline in pipelines() {
            let label = pipeline.diagram().to_string();
            let Some(fitted) = told(pipeline.fit(&data, "t"), &label) else { continue };
            if let Some(evaluation) = told(fitted.evaluate(&data), &label) {
                evaluation.show();
                for metric in ["roc_auc", "log_loss", "mape", "f1_macro", "nonsense"] {
                    told(evaluation.metric(metric), metric);
                }
            }
            told(fitted.decision_function(&data), "decision_function");
            told(fitted.evaluate_by(&data, NAMES[name], ["accuracy"]).map(|g| g.show()), "groups");
            told(fitted.permutation_importance(&data).repeats(2).run().map(|i| i.show()), "importance");
            told(fitted.partial_dependence(&data, NAMES[name]).individual(3).run().map(|d| d.show()), "dependence");
            told(fitted.coefficients().map(|c| c.show()), "coefficients");
            told(fitted.tree(0).map(|t| t.show()), "tree");
            if let Some(shap) = told(fitted.shap_values(&data), "shap") {
                shap.show();
                for output in shap.outputs().to_vec() {
                    told(shap.beeswarm(&output).map(|chart| chart.show()), "beeswarm");
                    told(shap.row(0, &output).map(|row| row.show()), "row");
                }
                told(shap.row(99, "t").map(drop), "no such row");
            }
        }
    }

    #[test]
    fn what_is_tried_answers_or_explains(
        data in with_target(0..14),
        parts in 1_usize..4,
        metric in prop_oneof![Just("accuracy"), Just("r2"), Just("roc_auc"), Just("log_loss"), Just("nonsense")],
    ) {
        let mut board = compare(&data, "t").cv(parts);
        for (number, pipeline) in pipelines().enumerate().take(5).step_by(2) {
            told(
                cross_validate(&pipeline, &data, "t").cv(parts).metrics([metric]).run().map(|v| v.show()),
                "cross_validate",
            );
            board = board.add(format!("p{number}"), pipeline);
        }
        told(board.run().map(|board| board.show()), "compare");
        let tree = pipelines().next().unwrap();
        let grid = GridSearch::new(&tree).param("model__max_depth", [0, 2]).cv(parts).metric(metric);
        told(grid.fit(&data, "t").map(|search| search.show()), "grid");
        let halving = HalvingSearch::new(&tree).param("model__min_samples_leaf", 1..=4).cv(parts).candidates(4);
        told(halving.fit(&data, "t").map(|search| search.show()), "halving");
        let tpe = TpeSearch::new(&tree).param("model__min_impurity_decrease", uniform(-1.0, 1.0)).cv(parts).trials(3);
        told(tpe.fit(&data, "t").map(|search| search.show()), "tpe");
        told(learning_curve(&tree, &data, "t").cv(parts).run().map(|curve| curve.show()), "learning_curve");
        let curve = validation_curve(&tree, &data, "t", "model__max_depth", [0, 1]).cv(parts);
        told(curve.run().map(|curve| curve.show()), "validation_curve");
    }

    /// A file that is cut, or has another byte anywhere, is refused.
    #[test]
    fn damaged_files_are_refused(at in any::<prop::sample::Index>(), bit in 0_u8..8, cut in any::<bool>()) {
        let frame = df!["x" => [0.0, 1.0, 8.0, 9.0], "t" => ["a", "a", "b", "b"]].unwrap();
        let fitted = Pipeline::new()
            .step("fill", SimpleImputer::mean().add_indicator(true))
            .model(BernoulliNB::new().class_weight(ClassWeight::Balanced))
            .fit(&frame, "t")
            .unwrap();
        let mut bytes = fitted.to_bytes().unwrap();
        prop_assert!(FittedPipeline::from_bytes(&bytes).is_ok());
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << bit;
        }
        let error = FittedPipeline::from_bytes(&bytes).map(drop);
        prop_assert!(error.is_err());
        told(error, "damaged");
    }
}
