//! What a person sees: pictures beside numbers, few digits, and a sentence where
//! something was only asked for.

use ferrite_display::Show;
use ferrite_ml::*;
use polars::prelude::*;

use crate::{front_page, html, penguins, shown};

fn with_mass() -> DataFrame {
    let penguins = penguins();
    let known = penguins.column("body_mass_g").unwrap().is_not_null();
    penguins.filter(&known).unwrap()
}

fn svg(chart: &impl Show) -> String {
    let bundle = chart.show();
    bundle
        .get("image/svg+xml")
        .expect("a chart is SVG")
        .to_owned()
}

#[test]
fn a_regression_shows_its_predictions_and_residuals() {
    let frame = with_mass();
    let fitted = front_page(Ridge::new()).fit(&frame, "body_mass_g").unwrap();
    let evaluation = fitted.evaluate(&frame).unwrap();
    let seen = html(&evaluation);
    for part in [
        "Truth and prediction",
        "Residuals",
        "predicted body_mass_g",
        "residual (truth − prediction)",
    ] {
        assert!(seen.contains(part), "{part}");
    }
    assert!(!seen.contains("<?xml"));
    assert!(shown(&evaluation).contains("rmse"));
    let pairs = evaluation.predictions().unwrap();
    assert_eq!(crate::names(&pairs), ["body_mass_g", "predicted"]);
    assert_eq!(pairs.height(), frame.height());
    // A target of the other column's name has a picture as well.
    let mut odd = frame.clone();
    odd.rename("body_mass_g", "predicted".into()).unwrap();
    let fitted = front_page(Ridge::new()).fit(&odd, "predicted").unwrap();
    assert!(html(&fitted.evaluate(&odd).unwrap()).contains("Residuals"));
}

#[test]
fn an_evaluation_is_asked_for_any_metric() {
    let frame = with_mass();
    let fitted = front_page(Ridge::new()).fit(&frame, "body_mass_g").unwrap();
    let evaluation = fitted.evaluate(&frame).unwrap();
    let (truth, guess) = (
        frame
            .column("body_mass_g")
            .unwrap()
            .as_materialized_series()
            .clone(),
        fitted.predict(&frame).unwrap(),
    );
    let error = max_error(&truth, &guess).unwrap();
    assert!((evaluation.metric("max_error").unwrap() - error).abs() < 1e-9);
    assert_eq!(
        evaluation.metric("neg_mae").unwrap(),
        -evaluation.mae().unwrap()
    );
    let error = evaluation.metric("r22").unwrap_err().to_string();
    assert!(error.contains("did you mean \"r2\"?"), "{error}");
    let fitted = front_page(LogisticRegression::new())
        .fit(&penguins(), "sex")
        .unwrap();
    let evaluation = fitted.evaluate(&penguins()).unwrap();
    let known = penguins().column("sex").unwrap().is_not_null();
    let rows = penguins().filter(&known).unwrap();
    let truth = rows.column("sex").unwrap().as_materialized_series();
    let proba = fitted.predict_proba(&rows).unwrap();
    let area = roc_auc_score(truth, &proba).unwrap();
    assert!((evaluation.metric("roc_auc").unwrap() - area).abs() < 1e-12);
    let own = Metric::custom("rows", true, |truth, _| Ok(truth.len() as f64));
    assert_eq!(evaluation.metric(own).unwrap(), 333.0);
}

#[test]
fn a_beeswarm_lies_with_the_strongest_feature_on_top() {
    let penguins = penguins();
    let forest = RandomForestClassifier::new().n_estimators(10);
    let fitted = front_page(forest).fit(&penguins, "species").unwrap();
    let shap = fitted.shap_values(&penguins).unwrap();
    let chart = svg(&shap.beeswarm("Gentoo").unwrap());
    for part in [
        "SHAP value (in probability)",
        "feature value",
        ">low<",
        ">high<",
    ] {
        assert!(chart.contains(part), "{part}");
    }
    // The place of a name in the picture tells its line.
    let line = |name: &str| -> f64 {
        let end = chart
            .find(&format!(">{name}<"))
            .unwrap_or_else(|| panic!("{name} is drawn"));
        let start = chart[..end].rfind(" y=\"").unwrap() + 4;
        chart[start..].split('"').next().unwrap().parse().unwrap()
    };
    let strength = |feature: usize| {
        let values = shap.values();
        let gentoo = values.dim().2 - 1;
        values
            .slice(ndarray::s![.., feature, gentoo])
            .iter()
            .map(|v| v.abs())
            .sum::<f64>()
    };
    let mut features: Vec<usize> = (0..shap.features().len()).collect();
    features.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)));
    let lines: Vec<f64> = features
        .iter()
        .map(|at| line(&shap.features()[*at]))
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn a_row_is_explained_in_few_digits() {
    let frame = with_mass();
    let fitted = front_page(Ridge::new()).fit(&frame, "body_mass_g").unwrap();
    let row = fitted
        .shap_values(&frame)
        .unwrap()
        .row(0, "body_mass_g")
        .unwrap();
    for name in row.names() {
        let (_, number) = name.split_once(" = ").unwrap();
        assert!(number.len() <= 9, "{name}");
    }
    let tree = DecisionTreeClassifier::new();
    let fitted = front_page(tree).fit(&penguins(), "species").unwrap();
    let values = fitted.shap_values(&penguins()).unwrap();
    let all = (0..5).map(|row| shown(&values.row(row, "Gentoo").unwrap()));
    assert!(
        all.clone().all(|text| !text.contains("-0.0000")),
        "{:?}",
        all.collect::<Vec<_>>()
    );
}

#[test]
fn levels_are_dots_and_numbers_are_lines() {
    let fitted = front_page(LogisticRegression::new())
        .fit(&penguins(), "species")
        .unwrap();
    let drawn = |column: &str| {
        html(
            &fitted
                .partial_dependence(&penguins(), column)
                .run()
                .unwrap(),
        )
    };
    let (island, depth) = (drawn("island"), drawn("bill_depth_mm"));
    // Three islands for each of three species.
    assert_eq!(island.matches("<circle").count(), 9);
    assert!(!island.contains("<path"));
    assert_eq!(depth.matches("<path").count(), 3);
    assert!(!depth.contains("<circle"));
}

#[test]
fn curves_have_bands() {
    let pipeline = front_page(DecisionTreeClassifier::new());
    let curve = learning_curve(&pipeline, &penguins(), "species")
        .run()
        .unwrap();
    let seen = html(&curve);
    assert!(seen.contains("bands: one standard deviation") && !seen.contains("<?xml"));
    let names = validation_curve(
        &pipeline,
        &penguins(),
        "species",
        "model__criterion",
        ["gini", "entropy"],
    );
    assert!(svg(&names.run().unwrap().chart()).contains("entropy"));
}

#[test]
fn what_was_only_asked_for_says_so() {
    let frame = penguins();
    let pipeline = front_page(knn(3));
    let fitted = pipeline.fit(&frame, "species").unwrap();
    let texts = [
        shown(&compare(&frame, "species").add("near", pipeline.clone())),
        shown(&cross_validate(&pipeline, &frame, "species")),
        shown(&learning_curve(&pipeline, &frame, "species")),
        shown(&validation_curve(
            &pipeline,
            &frame,
            "species",
            "model__n_neighbors",
            [1],
        )),
        shown(&GridSearch::new(&pipeline)),
        shown(&RandomSearch::new(&pipeline)),
        shown(&TpeSearch::new(&pipeline)),
        shown(&HalvingSearch::new(&pipeline)),
        shown(&fitted.permutation_importance(&frame)),
        shown(&fitted.partial_dependence(&frame, "island")),
        shown(&train_test_split(&frame, 0.25)),
    ];
    for text in texts {
        assert!(
            text.contains("that has not been run; end it with ."),
            "{text}"
        );
    }
}

#[test]
fn recipes_show_their_box() {
    assert_eq!(
        shown(&StandardScaler::new().with_mean(false)),
        "StandardScaler(keeps the mean)"
    );
    assert_eq!(shown(&Ridge::new().alpha(2.0)), "Ridge(alpha=2)");
    assert_eq!(shown(&KMeans::new().n_clusters(3)), "KMeans(n_clusters=3)");
    assert!(html(&SVC::new()).contains("SVC"));
    let pipeline = front_page(knn(3));
    assert_eq!(pipeline.to_string(), shown(&pipeline));
    let kept = ColumnTransformer::new().numeric([]).passthrough();
    assert!(shown(&kept).contains("remainder: passthrough"));
}

#[test]
fn a_model_alone_is_a_candidate() {
    let frame = with_mass()
        .select(["body_mass_g", "flipper_length_mm"])
        .unwrap();
    let board = compare(&frame, "body_mass_g")
        .add("mean", DummyRegressor::new())
        .add("line", LinearRegression::new())
        .run()
        .unwrap();
    assert_eq!(board.best_name().unwrap(), "line");
}

#[test]
fn several_references_are_a_list_of_lists() {
    let nested = text::bleu(
        ["the cat sat down"],
        [["a cat sat down", "the cat sat down"]],
    )
    .unwrap();
    assert!((nested.score - 100.0).abs() < 1e-9);
}

#[test]
fn single_rows_are_drawn_from_the_whole_frame() {
    // The first half of the rows lies low, the second high.
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let y: Vec<f64> = (0..40)
        .map(|row| if row < 20 { 0.0 } else { 100.0 })
        .collect();
    let z: Vec<f64> = (0..40).map(|row| f64::from(row % 5)).collect();
    let frame = df!["x" => x, "z" => z, "y" => y].unwrap();
    let fitted = Pipeline::new()
        .model(DecisionTreeRegressor::new())
        .fit(&frame, "y")
        .unwrap();
    let seen = html(
        &fitted
            .partial_dependence(&frame, "z")
            .individual(4)
            .run()
            .unwrap(),
    );
    let curves: std::collections::HashSet<&str> = seen
        .split("<path d=\"")
        .skip(1)
        .filter_map(|path| path.split('"').next())
        .collect();
    // Low, high, and the mean of all between them.
    assert_eq!(curves.len(), 3, "{curves:?}");
}
