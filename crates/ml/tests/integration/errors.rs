//! What a user reads after a mistake: what happened, where, and the way out.

use ferrite_ml::*;
use polars::prelude::*;

use crate::{every_fourth, front_page, penguins};

fn fit(pipeline: Pipeline, frame: &DataFrame, target: &str) -> String {
    pipeline
        .fit(frame, target)
        .map(|_| ())
        .unwrap_err()
        .to_string()
}

#[test]
fn mistakes_at_fit() {
    let penguins = penguins();
    let logistic = || Pipeline::new().model(LogisticRegression::new());
    insta::assert_snapshot!("no_model", fit(Pipeline::new(), &penguins, "species"));
    insta::assert_snapshot!("target_misspelt", fit(logistic(), &penguins, "specis"));
    insta::assert_snapshot!("gaps", fit(logistic(), &penguins, "species"));
    let text = penguins.select(["species", "island", "sex"]).unwrap();
    insta::assert_snapshot!("only_text", fit(logistic(), &text, "species"));
    let target = penguins.select(["species"]).unwrap();
    insta::assert_snapshot!("only_the_target", fit(logistic(), &target, "species"));
    insta::assert_snapshot!(
        "no_rows",
        fit(logistic(), &penguins.head(Some(0)), "species")
    );
    let linear = front_page(LinearRegression::new());
    insta::assert_snapshot!("text_for_a_regression", fit(linear, &penguins, "species"));
    let logistic_of_mass = fit(
        front_page(LogisticRegression::new()),
        &target_of_fractions(),
        "y",
    );
    insta::assert_snapshot!("fractions_for_a_classifier", logistic_of_mass);
    let ids =
        df!["x" => (0..1_500).collect::<Vec<i32>>(), "id" => (0..1_500).collect::<Vec<i32>>()];
    insta::assert_snapshot!(
        "a_name_for_each_row",
        fit(Pipeline::new().model(knn(1)), &ids.unwrap(), "id")
    );
    let adelies = penguins.head(Some(50));
    insta::assert_snapshot!(
        "one_class",
        fit(front_page(LogisticRegression::new()), &adelies, "species")
    );
    let few = penguins.head(Some(3));
    insta::assert_snapshot!("few_rows", fit(front_page(knn(5)), &few, "species"));
    let twice = Pipeline::new()
        .step("impute", SimpleImputer::mean())
        .step("impute", SimpleImputer::median())
        .model(knn(5));
    insta::assert_snapshot!("two_steps_of_one_name", fit(twice, &penguins, "species"));
}

fn target_of_fractions() -> DataFrame {
    df!["x" => [1, 2, 3], "y" => [0.5, 1.0, 1.5]].unwrap()
}

#[test]
fn parameters_out_of_range() {
    let frame = df!["x" => [1.0, 2.0], "y" => ["a", "b"]].unwrap();
    let models: [(&str, Pipeline); 5] = [
        (
            "c",
            Pipeline::new().model(LogisticRegression::new().c(-1.0)),
        ),
        (
            "max_iter",
            Pipeline::new().model(LogisticRegression::new().max_iter(0)),
        ),
        ("k", Pipeline::new().model(knn(0))),
        (
            "max_depth",
            Pipeline::new().model(DecisionTreeClassifier::new().max_depth(0)),
        ),
        (
            "feature_range",
            Pipeline::new()
                .step("s", MinMaxScaler::new().feature_range(1.0, 0.0))
                .model(knn(1)),
        ),
    ];
    let told: Vec<String> = models
        .into_iter()
        .map(|(_, pipeline)| fit(pipeline, &frame, "y"))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn columns_that_nothing_can_be_learned_from() {
    let frame = df![
        "empty" => [None::<f64>, None],
        "x" => [1.0, f64::INFINITY],
        "y" => ["a", "b"],
    ]
    .unwrap();
    let impute = Pipeline::new()
        .step("impute", SimpleImputer::median())
        .model(knn(1));
    insta::assert_snapshot!("an_empty_column", fit(impute, &frame, "y"));
    let infinite = frame.select(["x", "y"]).unwrap();
    insta::assert_snapshot!(
        "infinity",
        fit(Pipeline::new().model(knn(1)), &infinite, "y")
    );
    let twins = df!["a_b" => [1.0, 2.0], "a" => ["b", "c"], "y" => ["a", "b"]].unwrap();
    insta::assert_snapshot!(
        "two_features_of_one_name",
        fit(front_page(knn(1)), &twins, "y")
    );
}

#[test]
fn mistakes_at_predict() {
    let (train, test) = every_fourth(&penguins());
    let fitted = front_page(LogisticRegression::new())
        .fit(&train, "species")
        .unwrap();
    let told = |frame: &DataFrame| fitted.predict(frame).unwrap_err().to_string();

    let mut renamed = test.clone();
    renamed
        .rename("flipper_length_mm", "flipper_len_mm".into())
        .unwrap();
    insta::assert_snapshot!("a_column_is_missing", told(&renamed));

    let mut texts = test.clone();
    let mass = test
        .column("body_mass_g")
        .unwrap()
        .cast(&DataType::String)
        .unwrap();
    texts.with_column(mass).unwrap();
    insta::assert_snapshot!("a_column_has_another_type", told(&texts));

    let linear = front_page(LinearRegression::new())
        .fit(&train, "body_mass_g")
        .unwrap();
    let error = linear.predict_proba(&test).unwrap_err().to_string();
    insta::assert_snapshot!("no_probabilities", error);

    let error = fitted
        .evaluate(&test.drop("species").unwrap())
        .unwrap_err()
        .to_string();
    insta::assert_snapshot!("nothing_to_compare_with", error);
}

#[test]
fn transformers_say_what_was_wrong_with_what_they_were_given() {
    let told = |transformer: &dyn Transformer, frame: &DataFrame, target: Option<&Target>| {
        match transformer.fit_with_target(frame, target) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    };
    let frame = df!["x" => [1.0, 2.0, 3.0], "s" => ["a", "b", "a"]].unwrap();
    // A column is not to blame where there are no rows.
    let none = frame.head(Some(0));
    let of_none: [&dyn Transformer; 5] = [
        &SimpleImputer::mean(),
        &StandardScaler::new(),
        &OneHotEncoder::new(),
        &OrdinalEncoder::new(),
        &KBinsDiscretizer::new(3),
    ];
    for transformer in of_none {
        let told = told(transformer, &none, None);
        assert_eq!(
            told, "no rows to fit: the frame is empty",
            "{transformer:?}"
        );
    }
    let numbers = Target::Numbers(vec![1.0, 2.0, 4.0]);
    let wrong = told(&SelectKBest::new(1), &frame, Some(&numbers));
    assert!(wrong.contains("use ScoreFunc::FRegression"), "{wrong}");
    let classes = Classes::of(&Series::new("y".into(), ["p", "q", "q"])).unwrap();
    let by_numbers = SelectKBest::new(1).score_func(ScoreFunc::FRegression);
    let wrong = told(&by_numbers, &frame, Some(&Target::Classes(classes)));
    assert!(wrong.contains("use ScoreFunc::FClassif"), "{wrong}");
    let one = frame.head(Some(1));
    let wrong = told(&FastICA::new(), &one, None);
    assert!(
        wrong.starts_with("FastICA needs at least 2 rows"),
        "{wrong}"
    );
}
