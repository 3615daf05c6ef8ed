//! The same scores as scikit-learn's `cross_validate`, curves and grid, fold by fold.
//!
//! Tolerances: what follows from predicted classes and ranks agrees to 1e-9; log losses of
//! models that stop at other digits than scikit-learn's to 1e-5. For two classes
//! scikit-learn takes the probability of the first class as one minus that of the second;
//! where naive Bayes gives the true class some 1e-16, that is other noise than the
//! probability itself, and the log loss agrees to 1e-2.

use ferrite_ml::*;

use crate::frozen::{all_close, data, expected, numbers};

fn pipeline(name: &str) -> Pipeline {
    let impute = Pipeline::new().step("impute", SimpleImputer::median());
    match name {
        "knn" => impute.step("scale", StandardScaler::new()).model(knn(5)),
        "naive_bayes" => impute.model(GaussianNB::new()),
        _ => impute
            .step("scale", StandardScaler::new())
            .model(LogisticRegression::new().c(1.0).tol(1e-10).max_iter(10_000)),
    }
}

#[test]
fn scores_of_every_fold_agree() {
    let all = expected();
    let metrics = [
        "accuracy",
        "balanced_accuracy",
        "f1_macro",
        "precision_weighted",
        "recall_macro",
        "matthews_corrcoef",
        "neg_log_loss",
        "roc_auc",
        "roc_auc_ovr",
        "roc_auc_ovo_weighted",
    ];
    for set in ["iris", "wine", "breast_cancer", "digits", "penguins"] {
        let frame = data(set);
        for model in ["knn", "naive_bayes", "logistic"] {
            let name = format!("{set}_{model}");
            let want = &all["cross_validate"][&name];
            let asked: Vec<&str> = metrics
                .into_iter()
                .filter(|metric| want.get(format!("test_{metric}")).is_some())
                .collect();
            assert!(asked.len() > 7, "{name} has its metrics");
            let found = cross_validate(&pipeline(model), &frame, "target")
                .cv(StratifiedKFold::new(5).seed(7))
                .metrics(asked.clone())
                .train_scores()
                .run()
                .unwrap();
            for metric in asked {
                let tolerance = match (metric, model, set) {
                    ("neg_log_loss", "naive_bayes", "breast_cancer") => 1e-2,
                    ("neg_log_loss", "naive_bayes" | "logistic", _) => 1e-5,
                    // Probabilities that round to 0 or 1 are ties, and which do
                    // depends on the last digit.
                    ("roc_auc" | "roc_auc_ovr" | "roc_auc_ovo_weighted", "naive_bayes", _) => 2e-3,
                    _ => 1e-9,
                };
                let what = format!("{name} {metric}");
                all_close(
                    &found.scores(metric).unwrap(),
                    &want[format!("test_{metric}")],
                    tolerance,
                    &what,
                );
                all_close(
                    &found.train_scores(metric).unwrap(),
                    &want[format!("train_{metric}")],
                    tolerance,
                    &what,
                );
            }
        }
    }
}

#[test]
fn scores_of_a_regression_agree() {
    let all = expected();
    let metrics = [
        "r2",
        "neg_mean_absolute_error",
        "neg_root_mean_squared_error",
        "explained_variance",
        "neg_median_absolute_error",
        "neg_max_error",
    ];
    let pipeline = Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(LinearRegression::new());
    let found = cross_validate(&pipeline, &data("diabetes"), "target")
        .cv(KFold::new(6).seed(3))
        .metrics(metrics)
        .run()
        .unwrap();
    for metric in metrics {
        let want = &all["cross_validate"]["diabetes_linear"][format!("test_{metric}")];
        all_close(&found.scores(metric).unwrap(), want, 1e-9, metric);
    }
}

fn neighbours() -> Pipeline {
    Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(knn(5))
}

#[test]
fn curves_agree() {
    let all = expected();
    let frame = data("breast_cancer");
    let curve = learning_curve(&neighbours(), &frame, "target")
        .sizes([0.1, 0.4, 1.0])
        .cv(StratifiedKFold::new(4))
        .metric("accuracy")
        .run()
        .unwrap();
    let want = &all["learning_curve"];
    let sizes = crate::floats(&curve.frame().unwrap(), "rows");
    all_close(&sizes, &want["sizes"], 0.0, "sizes");
    all_close(&curve.train_mean(), &want["train"], 1e-9, "train");
    all_close(&curve.test_mean(), &want["test"], 1e-9, "test");
    let curve = validation_curve(
        &neighbours(),
        &frame,
        "target",
        "model__n_neighbors",
        [1, 3, 9, 27, 81],
    )
    .cv(StratifiedKFold::new(4))
    .metric("accuracy")
    .run()
    .unwrap();
    all_close(
        &curve.train_mean(),
        &all["validation_curve"]["train"],
        1e-9,
        "train",
    );
    all_close(
        &curve.test_mean(),
        &all["validation_curve"]["test"],
        1e-9,
        "test",
    );
}

#[test]
fn a_grid_agrees() {
    let all = expected();
    let want = &all["grid"];
    let search = GridSearch::new(&neighbours())
        .param("model__n_neighbors", [1, 3, 5, 7, 9])
        .param("scale__with_mean", [true, false])
        .cv(StratifiedKFold::new(5).seed(1))
        .metric("f1_macro")
        .fit(&data("breast_cancer"), "target")
        .unwrap();
    let results = search.results();
    let k: Vec<f64> = results
        .column("model__n_neighbors")
        .unwrap()
        .i64()
        .unwrap()
        .iter()
        .flatten()
        .map(|k| k as f64)
        .collect();
    all_close(&k, &want["n_neighbors"], 0.0, "order");
    all_close(
        &crate::floats(results, "mean_f1_macro"),
        &want["mean"],
        1e-9,
        "mean",
    );
    all_close(
        &crate::floats(results, "std_f1_macro"),
        &want["std"],
        1e-9,
        "std",
    );
    let rank: Vec<f64> = results
        .column("rank")
        .unwrap()
        .u32()
        .unwrap()
        .iter()
        .flatten()
        .map(f64::from)
        .collect();
    // Scores that differ by rounding only share a rank in one of the two.
    let (means, wanted) = (numbers(&want["mean"]), numbers(&want["rank"]));
    for i in 0..rank.len() {
        let tied = (0..means.len()).any(|j| j != i && (means[i] - means[j]).abs() < 1e-9);
        assert!(
            tied || rank[i] == wanted[i],
            "rank {} of trial {i}",
            rank[i]
        );
    }
    crate::frozen::close(search.best_score(), &want["best"], 1e-9, "best");
}
