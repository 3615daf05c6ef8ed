//! Rows lie on the side of a boundary, and as far from it, as scikit-learn has them.
//!
//! `../reference/make_decisions.py` wrote what to expect. Boundaries are found to 1e-8
//! there and to a tolerance of ours here, so decisions agree to 1e-3 of 1 and more.

use ferrite_ml::*;
use polars::prelude::*;
use serde_json::Value;

use crate::every_fourth;
use crate::frozen::{close, data, numbers, texts};

fn expected() -> Value {
    serde_json::from_str(include_str!("../reference/decisions.json")).unwrap()
}

fn scaled(model: impl Estimator + 'static) -> Pipeline {
    Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(model)
}

fn pipeline(model: &str) -> Pipeline {
    let logistic = LogisticRegression::new().tol(1e-9).max_iter(10_000);
    let svc = SVC::new().tol(1e-6);
    match model {
        "svc_rbf" => scaled(svc),
        "svc_linear" => scaled(svc.kernel(Kernel::Linear).c(0.5)),
        "svc_balanced" => {
            let weighted: ClassWeighted = svc.class_weight(ClassWeight::Balanced);
            scaled(weighted)
        }
        "logistic" => scaled(logistic),
        "logistic_balanced" => scaled(logistic.class_weight(ClassWeight::Balanced)),
        "logistic_free" => scaled(logistic.c(f64::INFINITY)),
        "logistic_rows" => scaled(logistic),
        _ => panic!("no model {model}"),
    }
}

const MODELS: [&str; 7] = [
    "svc_rbf",
    "svc_linear",
    "svc_balanced",
    "logistic",
    "logistic_balanced",
    "logistic_free",
    "logistic_rows",
];

/// A data set with the column `target`, and with `times`: rows count 1, 2, 3, 1, 2, 3, …
fn counted(name: &str) -> DataFrame {
    let mut frame = if name == "penguin_sex" {
        let columns = ["bill_length_mm", "bill_depth_mm", "body_mass_g", "sex"];
        let known = crate::penguins().drop_nulls::<String>(None).unwrap();
        let mut known = known.select(columns).unwrap();
        known.rename("sex", "target".into()).unwrap();
        known
    } else {
        data(name)
    };
    let times: Vec<i32> = (0..frame.height() as i32).map(|row| row % 3 + 1).collect();
    frame
        .with_column(Column::new("times".into(), times))
        .unwrap();
    frame
}

/// Fails unless every fifth row of a frame is as expected, in the columns of classes.
#[track_caller]
fn same(found: &DataFrame, case: &Value, what: &str) {
    let rows = case["decided"].as_array().expect(what);
    let classes = texts(&case["classes"]);
    let columns = if found.width() == 1 {
        &classes[1..]
    } else {
        &classes
    };
    assert_eq!(crate::names(found), columns, "{what}");
    assert_eq!(rows.len(), found.height().div_ceil(5), "{what}");
    for (position, row) in rows.iter().enumerate() {
        for (column, expected) in found.columns().iter().zip(numbers(row)) {
            let found = column.f64().unwrap().get(5 * position).unwrap();
            assert!(
                (found - expected).abs() <= 1e-3 * expected.abs().max(1.0),
                "{what}, row {position}, {}: {found}, but scikit-learn has {expected}",
                column.name()
            );
        }
    }
}

#[test]
fn rows_lie_as_far_on_the_same_side() {
    let all = expected();
    let mut compared = 0;
    for name in ["breast_cancer", "wine", "iris", "digits", "penguin_sex"] {
        let (train, test) = every_fourth(&counted(name));
        let plain = train.drop("times").unwrap();
        for model in MODELS {
            let what = format!("{name} {model}");
            let Some(case) = all.get(&what) else { continue };
            let fitted = match model {
                "logistic_rows" => pipeline(model).fit_with_weights(&train, "target", "times"),
                _ => pipeline(model).fit(&plain, "target"),
            };
            let fitted = fitted.unwrap();
            // The weights are no feature, and new rows need not have them.
            let decided = fitted.decision_function(&test.drop("times").unwrap());
            same(&decided.unwrap(), case, &what);
            compared += 1;
        }
    }
    assert_eq!(compared, 28);
}

#[test]
fn what_is_decided_is_what_is_predicted() {
    let wine = data("wine");
    // All but the one without a penalty, which has no end where classes can be told apart.
    for model in MODELS.into_iter().filter(|model| *model != "logistic_free") {
        let fitted = pipeline(model).fit(&wine, "target").unwrap();
        let decided = fitted.decision_function(&wine).unwrap();
        let columns: Vec<Vec<f64>> = fitted
            .classes()
            .unwrap()
            .iter()
            .map(|class| crate::floats(&decided, class))
            .collect();
        let best = |row: usize| {
            let largest = |a: &usize, b: &usize| columns[*a][row].total_cmp(&columns[*b][row]);
            (0..columns.len()).max_by(largest).unwrap()
        };
        let names = fitted.classes().unwrap();
        let by_side: Vec<&str> = (0..wine.height())
            .map(|row| names[best(row)].as_str())
            .collect();
        assert_eq!(
            crate::texts(&fitted.predict(&wine).unwrap()),
            by_side,
            "{model}"
        );
    }
}

#[test]
fn models_without_probabilities_are_ranked_by_their_decisions() {
    let cancer = data("breast_cancer");
    for model in ["svc_rbf", "svc_linear", "svc_balanced"] {
        let scores = cross_validate(&pipeline(model), &cancer, "target")
            .cv(StratifiedKFold::new(5))
            .metrics(["roc_auc", "average_precision"])
            .run()
            .unwrap();
        let all = expected();
        let case = &all[format!("breast_cancer {model}")];
        for metric in ["roc_auc", "average_precision"] {
            close(scores.mean(metric).unwrap(), &case[metric], 1e-4, metric);
        }
    }
    // A loss needs probabilities, and more than two classes have no one ranking.
    let loss = |frame: &DataFrame, metric| {
        let run = cross_validate(&pipeline("svc_rbf"), frame, "target").metrics([metric]);
        run.run().unwrap_err().to_string()
    };
    assert!(loss(&cancer, "log_loss").contains("are no probabilities"));
    assert!(loss(&data("wine"), "roc_auc").contains("probabilities"));
}

#[test]
fn models_that_decide_in_another_way_say_so() {
    let fitted = scaled(knn(3)).fit(&data("wine"), "target").unwrap();
    let error = fitted
        .decision_function(&data("wine"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("KNeighborsClassifier has none"), "{error}");
    assert!(error.contains(".predict_proba(&frame)"), "{error}");
}

#[test]
fn members_weigh_their_classes() {
    let (train, test) = every_fourth(&data("breast_cancer"));
    let weighted = LogisticRegression::new().tol(1e-9).max_iter(10_000);
    let vote = VotingClassifier::new()
        .voting(Voting::Soft)
        .add("weighted", weighted.class_weight(ClassWeight::Balanced))
        .add("bayes", GaussianNB::new());
    let pipeline = scaled(vote);
    let fitted = pipeline.fit(&train, "target").unwrap();
    same(
        &fitted.predict_proba(&test).unwrap(),
        &expected()["weighted vote"],
        "vote",
    );
    // The weights are in the file, and can be searched over.
    let read = FittedPipeline::from_bytes(&fitted.to_bytes().unwrap()).unwrap();
    assert_eq!(read.pipeline().diagram(), pipeline.diagram());
    let again = read.pipeline().fit(&train, "target").unwrap();
    assert!(
        again
            .predict_proba(&test)
            .unwrap()
            .equals(&fitted.predict_proba(&test).unwrap())
    );
    assert!(
        pipeline
            .with_param("model__weighted__class_weight", "none")
            .is_ok()
    );
}

#[test]
fn weights_of_a_model_are_those_of_its_pipeline() {
    let frame = data("breast_cancer");
    let given = || ClassWeight::given([("malignant", 3.0)]);
    let proba = |pipeline: Pipeline| {
        let fitted = pipeline.fit(&frame, "target").unwrap();
        let read = FittedPipeline::from_bytes(&fitted.to_bytes().unwrap()).unwrap();
        assert_eq!(read.pipeline().diagram(), pipeline.diagram());
        fitted.predict_proba(&frame).unwrap()
    };
    let plain = scaled(LogisticRegression::new());
    let on_model = proba(scaled(LogisticRegression::new().class_weight(given())));
    assert!(on_model.equals(&proba(plain.clone().class_weight(given()))));
    assert!(!on_model.equals(&proba(plain.clone())));
    // scikit-learn's address reaches the weights of a pipeline, too.
    let by_name = plain.with_param("model__class_weight", "balanced").unwrap();
    assert!(proba(by_name).equals(&proba(plain.clone().class_weight(ClassWeight::Balanced))));
    let list = ParamValue::from(vec![ParamValue::from(vec![
        ParamValue::from("malignant"),
        ParamValue::from(3.0),
    ])]);
    assert!(on_model.equals(&proba(plain.with_param("class_weight", list).unwrap())));
    let error = plain
        .with_param("model__class_weight", "balance")
        .unwrap_err();
    assert!(error.to_string().contains("balanced"), "{error}");
    let error = scaled(knn(3).class_weight(ClassWeight::Balanced)).fit(&frame, "target");
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("KNeighborsClassifier")
    );
    let error = Pipeline::new()
        .model(Ridge::new().class_weight(ClassWeight::Balanced))
        .fit(&frame.drop("target").unwrap(), "mean_area");
    assert!(error.unwrap_err().to_string().contains("class_weight"));
}

#[test]
fn weights_of_rows_that_are_none_are_told() {
    let frame = counted("breast_cancer");
    let told = |pipeline: &Pipeline, weight: Option<f64>, column: &str| {
        let mut frame = frame.clone();
        let mut weights = vec![Some(1.0); frame.height()];
        weights[3] = weight;
        frame
            .with_column(Column::new("times".into(), weights))
            .unwrap();
        let fitted = pipeline.fit_with_weights(&frame, "target", column);
        fitted.map(drop).unwrap_err().to_string()
    };
    let logistic = pipeline("logistic");
    assert!(told(&logistic, None, "times").contains("a weight for each row"));
    assert!(told(&logistic, Some(-1.0), "times").contains("weight"));
    assert!(told(&logistic, Some(f64::INFINITY), "times").contains("weight"));
    assert!(told(&logistic, Some(1.0), "tims").contains("did you mean \"times\"?"));
    assert!(told(&scaled(knn(3)), Some(1.0), "times").contains("KNeighborsClassifier"));
    let smote = Pipeline::new()
        .step("more", SMOTE::new())
        .model(LogisticRegression::new());
    assert!(told(&smote, Some(1.0), "times").contains("SMOTE"));
    // Weights of rows and of classes are multiplied, and tuned thresholds know them not.
    let both = logistic.class_weight(ClassWeight::Balanced).threshold(0.4);
    let fitted = both.fit_with_weights(&frame, "target", "times").unwrap();
    assert_eq!(fitted.threshold(), Some(0.4));
    assert!(!fitted.input_schema().names().contains(&"times"));
    assert!(!fitted.unused_columns().contains(&"times".to_owned()));
}
