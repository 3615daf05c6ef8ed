//! Pipelines from the cells of the front page to the corners of real data.

use ferrite_ml::*;
use polars::prelude::*;

use crate::{every_fourth, floats, front_page, html, names, penguins, rows, shown, texts};

#[test]
fn the_cells_of_the_front_page() -> Result<(), MlError> {
    let penguins = penguins();
    let (train, test) = train_test_split(&penguins, 0.25)
        .stratify("species")
        .seed(7)
        .split()?;
    let pipeline = Pipeline::new()
        .step(
            "columns",
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
                .categorical([OneHotEncoder::new().into()]),
        )
        .model(LogisticRegression::new().c(1.0));
    let fitted = pipeline.fit(&train, "species")?;
    let evaluation = fitted.evaluate(&test)?;
    assert!(evaluation.accuracy()? > 0.95, "{}", shown(&evaluation));
    assert_eq!(evaluation.support(), 86);
    Ok(())
}

#[test]
fn transformers_are_steps_without_a_column_transformer() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let raw = Pipeline::new()
        .step("impute", SimpleImputer::median())
        .model(knn(5));
    let scaled = Pipeline::new()
        .step("impute", SimpleImputer::median())
        .step("scale", StandardScaler::new())
        .model(knn(5));
    let accuracy =
        |pipeline: &Pipeline| pipeline.fit(&train, "species")?.evaluate(&test)?.accuracy();
    assert!(accuracy(&raw)? < accuracy(&scaled)?);
    assert_eq!(
        raw.fit(&train, "species")?.unused_columns(),
        ["island", "sex"]
    );
    Ok(())
}

#[test]
fn a_pipeline_shows_its_boxes() {
    let pipeline = front_page(LogisticRegression::new());
    insta::assert_snapshot!(shown(&pipeline));
    let html = html(&pipeline);
    let body = &html[html.rfind("</style>").unwrap()..];
    insta::assert_snapshot!(body.replace("<div class=\"fe-", "\n<div class=\"fe-"));
}

#[test]
fn a_fitted_pipeline_shows_what_it_learned_from() {
    let (train, _) = every_fourth(&penguins());
    let pipeline = Pipeline::new()
        .step("impute", SimpleImputer::median())
        .model(knn(5));
    insta::assert_snapshot!(shown(&pipeline.fit(&train, "sex").unwrap()));
}

#[test]
fn predictions_have_the_name_and_type_of_the_target() -> Result<(), MlError> {
    let frame = df![
        "x" => [1.0, 2.0, 8.0, 9.0],
        "flag" => [false, false, true, true],
        "level" => [10_i64, 10, 9, 9],
        "mass" => [1_i32, 2, 8, 9],
    ]?;
    let new = df!["x" => [8.5]]?;
    let predict = |target: &str| -> Result<Series, MlError> {
        let train = frame.select(["x", target])?;
        Pipeline::new()
            .model(knn(2))
            .fit(&train, target)?
            .predict(&new)
    };
    assert_eq!(predict("flag")?, Series::new("flag".into(), [true]));
    assert_eq!(predict("level")?, Series::new("level".into(), [9_i64]));
    let fitted = Pipeline::new().model(LinearRegression::new());
    let fitted = fitted.fit(&frame.select(["x", "mass"])?, "mass")?;
    assert!((fitted.predict(&new)?.f64()?.get(0).unwrap() - 8.5).abs() < 1e-9);
    Ok(())
}

#[test]
fn probabilities_are_named_after_the_classes() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(GaussianNB::new()).fit(&train, "species")?;
    let probabilities = fitted.predict_proba(&test)?;
    assert_eq!(names(&probabilities), ["Adelie", "Chinstrap", "Gentoo"]);
    assert_eq!(probabilities.height(), test.height());
    Ok(())
}

#[test]
fn rows_without_a_target_are_left_out_and_counted() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(knn(5)).fit(&train, "sex")?;
    assert_eq!(fitted.rows() + fitted.dropped_rows(), train.height());
    assert_eq!(fitted.dropped_rows(), train.column("sex")?.null_count());
    let evaluation = fitted.evaluate(&test)?;
    assert_eq!(evaluation.dropped_rows(), test.column("sex")?.null_count());
    assert_eq!(
        evaluation.support() + evaluation.dropped_rows(),
        test.height()
    );
    Ok(())
}

#[test]
fn columns_may_come_in_another_order_with_others_and_in_other_numbers() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new()).fit(&train, "species")?;
    let expected = fitted.predict(&test)?;
    let mut names = test.get_column_names_owned();
    names.reverse();
    let mut shuffled = test.select(names)?;
    shuffled.with_column(test.column("body_mass_g")?.cast(&DataType::Float32)?)?;
    shuffled.with_column(Column::new("more".into(), vec![1; test.height()]))?;
    assert_eq!(fitted.predict(&shuffled.drop("species")?)?, expected);
    Ok(())
}

#[test]
fn a_column_that_is_null_throughout_is_a_column_of_gaps() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new()).fit(&train, "species")?;
    let mut gaps = test.clone();
    gaps.with_column(Column::full_null(
        "sex".into(),
        test.height(),
        &DataType::Null,
    ))?;
    gaps.with_column(Column::full_null(
        "body_mass_g".into(),
        test.height(),
        &DataType::Null,
    ))?;
    assert_eq!(fitted.predict(&gaps)?.null_count(), 0);
    Ok(())
}

#[test]
fn an_empty_frame_gives_an_empty_prediction() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let models: [Pipeline; 4] = [
        front_page(LogisticRegression::new()),
        front_page(knn(5)),
        front_page(GaussianNB::new()),
        front_page(DecisionTreeClassifier::new()),
    ];
    for pipeline in models {
        let fitted = pipeline.fit(&train, "species")?;
        assert_eq!(fitted.predict(&rows(&test, |_| false))?.len(), 0);
    }
    Ok(())
}

#[test]
fn a_class_that_the_model_never_saw_is_counted_as_missed() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let species = texts(train.column("species")?.as_materialized_series());
    let without = rows(&train, |row| species[row] != "Gentoo");
    let evaluation = front_page(knn(5))
        .fit(&without, "species")?
        .evaluate(&test)?;
    let gentoo = &evaluation.classes()?[2];
    assert_eq!(
        (gentoo.label.as_str(), gentoo.recall, gentoo.support),
        ("Gentoo", 0.0, 31)
    );
    Ok(())
}

#[test]
fn nothing_is_learned_from_the_test_rows() -> Result<(), MlError> {
    let frame = df!["x" => [0.0, 1.0, 10.0, 11.0], "y" => ["a", "a", "b", "b"]]?;
    let pipeline = Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(knn(1));
    let fitted = pipeline.fit(&frame, "y")?;
    let alone = fitted.predict(&df!["x" => [2.0]]?)?;
    let together = fitted.predict(&df!["x" => [2.0, 1e9]]?)?;
    assert_eq!(alone, together.head(Some(1)));
    Ok(())
}

#[test]
fn fitted_pipelines_go_to_other_threads() -> Result<(), MlError> {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new()).fit(&train, "species")?;
    let there = std::thread::spawn({
        let (fitted, test) = (fitted.clone(), test.clone());
        move || fitted.predict_proba(&test)
    });
    let there = there.join().expect("no panic")?;
    assert_eq!(
        floats(&there, "Adelie"),
        floats(&fitted.predict_proba(&test)?, "Adelie")
    );
    Ok(())
}
