//! The same metrics as scikit-learn on frozen predictions of real data. Tolerance 1e-9,
//! relative above 1.

use ferrite_ml::*;
use polars::prelude::*;
use serde_json::Value;

use crate::frozen::{all_close, close, data, expected, numbers, texts};

const TOLERANCE: f64 = 1e-9;

fn series(name: &str, values: Vec<String>) -> Series {
    Series::new(name.into(), values)
}

/// Truth, prediction and probabilities of a data set.
fn predictions(all: &Value, name: &str) -> (Series, Series, DataFrame) {
    let frozen = &all["predictions"][name];
    let proba: Vec<Vec<f64>> = frozen["proba"]
        .as_array()
        .unwrap()
        .iter()
        .map(numbers)
        .collect();
    let columns = texts(&frozen["classes"])
        .iter()
        .enumerate()
        .map(|(class, label)| {
            let column: Vec<f64> = proba.iter().map(|row| row[class]).collect();
            Column::new(label.as_str().into(), column)
        })
        .collect();
    (
        series("truth", texts(&frozen["truth"])),
        series("guess", texts(&frozen["pred"])),
        DataFrame::new(proba.len(), columns).unwrap(),
    )
}

#[test]
fn metrics_of_classes() {
    let all = expected();
    for name in ["breast_cancer", "wine", "digits", "iris", "penguins"] {
        let (truth, guess, proba) = predictions(&all, name);
        let want = &all["metrics"][name];
        let check = |found: Result<f64, MlError>, key: &str| {
            close(
                found.unwrap(),
                &want[key],
                TOLERANCE,
                &format!("{name} {key}"),
            );
        };
        check(accuracy_score(&truth, &guess), "accuracy");
        check(balanced_accuracy_score(&truth, &guess), "balanced_accuracy");
        check(matthews_corrcoef(&truth, &guess), "matthews_corrcoef");
        check(
            cohen_kappa_score(&truth, &guess, KappaWeights::Equal),
            "cohen_kappa",
        );
        check(
            cohen_kappa_score(&truth, &guess, KappaWeights::Linear),
            "kappa_linear",
        );
        check(
            cohen_kappa_score(&truth, &guess, KappaWeights::Quadratic),
            "kappa_quadratic",
        );
        for average in ["micro", "macro", "weighted"] {
            check(
                precision_score(&truth, &guess, average),
                &format!("precision_{average}"),
            );
            check(
                recall_score(&truth, &guess, average),
                &format!("recall_{average}"),
            );
            check(f1_score(&truth, &guess, average), &format!("f1_{average}"));
            check(
                fbeta_score(&truth, &guess, 0.5, average),
                &format!("f0.5_{average}"),
            );
            check(
                fbeta_score(&truth, &guess, 2.0, average),
                &format!("f2_{average}"),
            );
        }
        check(log_loss(&truth, &proba), "log_loss");
        check(brier_score_loss(&truth, &proba), "brier");
        check(average_precision_score(&truth, &proba), "average_precision");
        check(top_k_accuracy_score(&truth, &proba, 2), "top_2");
        if proba.width() > 3 {
            check(top_k_accuracy_score(&truth, &proba, 3), "top_3");
        }
        let report = classification_report(&truth, &guess).unwrap();
        let parts: [fn(&ClassScore) -> f64; 4] = [
            |class| class.precision,
            |class| class.recall,
            |class| class.f1,
            |class| class.support as f64,
        ];
        for (part, want) in parts.iter().zip(want["report"].as_array().unwrap()) {
            let found: Vec<f64> = report.classes().iter().map(part).collect();
            all_close(&found, want, TOLERANCE, &format!("{name} report"));
        }
        let counts = confusion_matrix(&truth, &guess).unwrap().counts().concat();
        let counts: Vec<f64> = counts.into_iter().map(|count| count as f64).collect();
        all_close(&counts, &want["confusion"], 0.0, name);
    }
}

#[test]
fn metrics_of_two_classes() {
    let all = expected();
    let (truth, guess, proba) = predictions(&all, "breast_cancer");
    let want = &all["metrics"]["breast_cancer"];
    let check = |found: f64, key: &str| close(found, &want[key], TOLERANCE, key);
    check(
        precision_score(&truth, &guess, "binary").unwrap(),
        "precision_binary",
    );
    check(
        recall_score(&truth, &guess, "binary").unwrap(),
        "recall_binary",
    );
    check(
        f1_score(&truth, &guess, "benign").unwrap(),
        "f1_first_class",
    );
    check(roc_auc_score(&truth, &proba).unwrap(), "roc_auc");
}

#[test]
fn areas_of_many_classes() {
    let all = expected();
    for name in ["wine", "digits", "iris", "penguins"] {
        let (truth, _, proba) = predictions(&all, name);
        for (how, key) in [
            (MultiClass::Ovr, "roc_auc_ovr_macro"),
            (MultiClass::OvrWeighted, "roc_auc_ovr_weighted"),
            (MultiClass::Ovo, "roc_auc_ovo_macro"),
            (MultiClass::OvoWeighted, "roc_auc_ovo_weighted"),
        ] {
            let found = roc_auc_score_with(&truth, &proba, how).unwrap();
            close(
                found,
                &all["metrics"][name][key],
                TOLERANCE,
                &format!("{name} {key}"),
            );
        }
    }
}

#[test]
fn curves_have_the_same_points() {
    let all = expected();
    let (truth, _, proba) = predictions(&all, "breast_cancer");
    let want = &all["metrics"]["breast_cancer"];
    let column = |frame: &DataFrame, name: &str| -> Vec<f64> {
        frame
            .column(name)
            .unwrap()
            .f64()
            .unwrap()
            .iter()
            .flatten()
            .collect()
    };
    let roc = roc_curve(&truth, &proba).unwrap();
    for (i, name) in ["fpr", "tpr", "threshold"].into_iter().enumerate() {
        all_close(&column(&roc, name), &want["roc_curve"][i], TOLERANCE, name);
    }
    let curve = precision_recall_curve(&truth, &proba).unwrap();
    for (i, name) in ["precision", "recall", "threshold"].into_iter().enumerate() {
        all_close(
            &column(&curve, name),
            &want["precision_recall_curve"][i],
            TOLERANCE,
            name,
        );
    }
    for (quantile, key) in [
        (false, "calibration_uniform"),
        (true, "calibration_quantile"),
    ] {
        let curve = calibration_curve(&truth, &proba, 8, quantile).unwrap();
        all_close(&column(&curve, "prob_true"), &want[key][0], TOLERANCE, key);
        all_close(&column(&curve, "prob_pred"), &want[key][1], TOLERANCE, key);
    }
}

#[test]
fn metrics_of_numbers() {
    let all = expected();
    let frozen = &all["predictions"]["diabetes"];
    let truth = Series::new("truth".into(), numbers(&frozen["truth"]));
    let guess = Series::new("guess".into(), numbers(&frozen["pred"]));
    let positive: Vec<f64> = numbers(&frozen["pred"]).into_iter().map(f64::abs).collect();
    let positive = Series::new("guess".into(), positive);
    type Function = fn(&Series, &Series) -> Result<f64, MlError>;
    let functions: [(Function, &Series, &str); 12] = [
        (mean_absolute_error, &guess, "mean_absolute_error"),
        (mean_squared_error, &guess, "mean_squared_error"),
        (root_mean_squared_error, &guess, "root_mean_squared_error"),
        (
            mean_absolute_percentage_error,
            &guess,
            "mean_absolute_percentage_error",
        ),
        (median_absolute_error, &guess, "median_absolute_error"),
        (r2_score, &guess, "r2"),
        (explained_variance_score, &guess, "explained_variance"),
        (max_error, &guess, "max_error"),
        (mean_poisson_deviance, &positive, "mean_poisson_deviance"),
        (mean_squared_log_error, &positive, "mean_squared_log_error"),
        (|t, g| mean_pinball_loss(t, g, 0.1), &guess, "pinball_0.1"),
        (|t, g| mean_pinball_loss(t, g, 0.9), &guess, "pinball_0.9"),
    ];
    for (function, guess, key) in functions {
        let found = function(&truth, guess).unwrap();
        close(found, &all["metrics"]["diabetes"][key], TOLERANCE, key);
    }
}

#[test]
fn metrics_of_clusters() {
    let all = expected();
    for name in ["iris", "wine", "breast_cancer", "digits", "penguins"] {
        let want = &all["clustering"][name];
        let labels: Vec<i64> = numbers(&want["labels"])
            .into_iter()
            .map(|n| n as i64)
            .collect();
        let labels = Series::new("cluster".into(), labels);
        let frame = data(name).drop_nulls::<String>(None).unwrap();
        let points = frame.drop("target").unwrap();
        let truth = frame.column("target").unwrap().as_materialized_series();
        let check = |found: Result<f64, MlError>, key: &str| {
            close(found.unwrap(), &want[key], 1e-8, &format!("{name} {key}"));
        };
        check(silhouette_score(&points, &labels), "silhouette");
        check(davies_bouldin_score(&points, &labels), "davies_bouldin");
        check(
            calinski_harabasz_score(&points, &labels),
            "calinski_harabasz",
        );
        check(adjusted_rand_score(truth, &labels), "adjusted_rand");
        check(
            normalized_mutual_info_score(truth, &labels),
            "normalized_mutual_info",
        );
        let (h, c, v) = homogeneity_completeness_v_measure(truth, &labels).unwrap();
        check(Ok(h), "homogeneity");
        check(Ok(c), "completeness");
        check(Ok(v), "v_measure");
    }
}

#[test]
fn metrics_of_groups() {
    let all = expected();
    let complete = crate::penguins().drop_nulls::<String>(None).unwrap();
    let measured = ColumnTransformer::new().columns(
        "measured",
        Columns::matching("_mm$|_g$"),
        [StandardScaler::new().into()],
    );
    let fitted = Pipeline::new()
        .step("columns", measured)
        .model(GaussianNB::new())
        .fit(&complete, "sex")
        .unwrap();
    let metrics = [
        "accuracy",
        "precision",
        "recall",
        "f1",
        "selection_rate",
        "true_positive_rate",
        "false_positive_rate",
    ];
    let groups = fitted.evaluate_by(&complete, "species", metrics).unwrap();
    for species in ["Adelie", "Chinstrap", "Gentoo"] {
        for metric in metrics {
            let found = groups.value(species, metric).unwrap();
            let want = &all["by_group"][species][metric];
            close(found, want, TOLERANCE, &format!("{species} {metric}"));
        }
    }
}
