//! Explanations add up to what they explain, and can be looked at.

use ferrite_ml::*;
use ndarray::s;
use polars::prelude::*;

use crate::{every_fourth, front_page, html, penguins, shown};

fn complete() -> DataFrame {
    penguins().drop_nulls::<String>(None).unwrap()
}

fn numeric(target: &str) -> DataFrame {
    let columns = [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ];
    let columns: Vec<&str> = columns
        .into_iter()
        .filter(|name| *name != target)
        .chain([target])
        .collect();
    complete().select(columns).unwrap()
}

#[test]
fn contributions_add_up_to_the_prediction() {
    let frame = numeric("species");
    let forest = RandomForestClassifier::new().n_estimators(7).max_depth(4);
    let fitted = Pipeline::new()
        .model(forest)
        .fit(&frame, "species")
        .unwrap();
    let shap = fitted.shap_values(&frame).unwrap();
    let shares = fitted.predict_proba(&frame).unwrap();
    for (output, class) in shap.outputs().iter().enumerate() {
        let shares = shares.column(class).unwrap().f64().unwrap();
        for row in (0..frame.height()).step_by(29) {
            let sum = shap.base_values()[output] + shap.values().slice(s![row, .., output]).sum();
            assert!((sum - shares.get(row).unwrap()).abs() < 1e-9);
        }
    }
    assert_eq!(shap.frame("Gentoo").unwrap().width(), 4);
    assert!(
        shap.beeswarm("Gentoo")
            .unwrap()
            .svg()
            .unwrap()
            .contains("flipper")
    );
    let error = shap.frame("Emperor").unwrap_err().to_string();
    assert!(error.contains("Adelie, Chinstrap, Gentoo"), "{error}");
}

#[test]
fn contributions_to_boosted_classes_are_log_odds() {
    let frame = complete()
        .select(["bill_length_mm", "bill_depth_mm", "sex"])
        .unwrap();
    let boosting = GradientBoostingClassifier::new().n_estimators(15);
    let fitted = Pipeline::new().model(boosting).fit(&frame, "sex").unwrap();
    let shap = fitted.shap_values(&frame).unwrap();
    assert_eq!(shap.outputs(), ["male"]);
    let shares = fitted.predict_proba(&frame).unwrap();
    let male = shares.column("male").unwrap().f64().unwrap();
    for row in (0..frame.height()).step_by(17) {
        let odds = shap.base_values()[0] + shap.values().slice(s![row, .., 0]).sum();
        let share = 1.0 / (1.0 + (-odds).exp());
        assert!((share - male.get(row).unwrap()).abs() < 1e-9);
    }
}

#[test]
fn a_model_without_explanation_says_so() {
    let frame = numeric("species");
    let fitted = Pipeline::new()
        .model(knn(5))
        .fit(&frame, "species")
        .unwrap();
    let told = [
        fitted.shap_values(&frame).map(|_| ()).unwrap_err(),
        fitted.coefficients().map(|_| ()).unwrap_err(),
        fitted.feature_importances().map(|_| ()).unwrap_err(),
        fitted.tree(0).map(|_| ()).unwrap_err(),
    ];
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("without_explanation", told.join("\n"));
}

#[test]
fn shuffling_what_matters_hurts_most() {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new())
        .fit(&train, "species")
        .unwrap();
    let known = test
        .drop_nulls::<String>(Some(&["species".to_owned()]))
        .unwrap();
    let importance = fitted
        .permutation_importance(&known)
        .repeats(3)
        .run()
        .unwrap();
    assert!(["bill_length_mm", "island", "bill_depth_mm"].contains(&importance.names()[0]));
    assert_eq!(importance.names().len(), 7);
    let again = fitted
        .permutation_importance(&known)
        .repeats(3)
        .run()
        .unwrap();
    assert_eq!(importance, again);
    assert!(html(&importance).contains("<svg"));
    assert!(shown(&importance).starts_with("how much accuracy (0.9"));
}

#[test]
fn dependence_follows_the_column() {
    let (train, _) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new())
        .fit(&train, "species")
        .unwrap();
    let curve = fitted
        .partial_dependence(&train, "flipper_length_mm")
        .individual(5)
        .run()
        .unwrap();
    let gentoo = curve.frame().unwrap();
    let gentoo = gentoo.column("Gentoo").unwrap().f64().unwrap();
    assert!(gentoo.get(gentoo.len() - 1) > gentoo.get(0));
    let rows = curve.individual_frame().unwrap();
    assert_eq!(rows.height(), gentoo.len() * train.height());
    assert!(html(&curve).matches("<path").count() == 3 * 6);
    let islands = fitted.partial_dependence(&train, "island").run().unwrap();
    assert_eq!(islands.frame().unwrap().height(), 3);
    let error = fitted
        .partial_dependence(&train, "flipper")
        .run()
        .unwrap_err()
        .to_string();
    assert!(error.contains("flipper_length_mm"), "{error}");
}

#[test]
fn a_tree_is_written_and_drawn() {
    let frame = numeric("species");
    let tree = DecisionTreeClassifier::new().max_depth(2);
    let fitted = Pipeline::new().model(tree).fit(&frame, "species").unwrap();
    let drawing = fitted.tree(0).unwrap();
    insta::assert_snapshot!("tree_text", drawing.text());
    insta::assert_snapshot!("tree_drawing", html(&drawing));
    let error = fitted.tree(1).map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        error,
        "tree: there is no tree 1; the model has 1, from 0 on"
    );
}

#[test]
fn coefficients_carry_names() {
    let frame = numeric("species");
    let pipeline = Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(LogisticRegression::new());
    let table = pipeline
        .fit(&frame, "species")
        .unwrap()
        .coefficients()
        .unwrap();
    assert_eq!(table.outputs(), ["Adelie", "Chinstrap", "Gentoo"]);
    insta::assert_snapshot!("coefficients", shown(&table));
}

#[test]
fn a_linear_explanation_does_not_depend_on_the_rows_beside_it() {
    let columns = ["bill_length_mm", "flipper_length_mm", "body_mass_g"];
    let frame = penguins()
        .select(columns)
        .unwrap()
        .drop_nulls::<String>(None)
        .unwrap();
    let (train, test) = crate::every_fourth(&frame);
    let fitted = Pipeline::new()
        .model(Ridge::new())
        .fit(&train, "body_mass_g")
        .unwrap();
    let all = fitted.shap_values(&test).unwrap();
    let one = fitted.shap_values(&test.slice(3, 1)).unwrap();
    assert_eq!(one.base_values(), all.base_values());
    let row =
        |shap: &ShapValues, row: usize| shap.values().index_axis(ndarray::Axis(0), row).to_owned();
    assert_eq!(row(&one, 0), row(&all, 3));
    assert!(
        row(&one, 0).iter().any(|value| value.abs() > 1.0),
        "{one:?}"
    );
    // The base is what is predicted at the mean of the training rows, also from a file.
    let mean = train
        .column("body_mass_g")
        .unwrap()
        .cast(&DataType::Float64)
        .unwrap();
    let mean = mean.f64().unwrap().mean().unwrap();
    assert!((all.base_values()[0] - mean).abs() < 1e-6 * mean);
    let read = FittedPipeline::from_bytes(&fitted.to_bytes().unwrap()).unwrap();
    assert_eq!(
        read.shap_values(&test.slice(3, 1)).unwrap().values(),
        one.values()
    );
}
