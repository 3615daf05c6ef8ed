//! Writes a page with everything that models, their explanations, validation, comparison
//! and searches show, in light and dark, to look at after a change:
//!
//! ```text
//! cargo run --release -p ferrite-ml --example looks -- /tmp/looks.html
//! # a second argument shows only the thing of that number
//! chromium --headless --no-sandbox --screenshot=/tmp/looks.png --window-size=1250,4200 /tmp/looks.html
//! ```

use std::error::Error;

use ferrite_display::Show;
use ferrite_ml::*;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "looks.html".to_owned());
    let penguins = ferrite_frame::datasets::penguins()?;
    let impute = || Pipeline::new().step("impute", SimpleImputer::median());
    let scaled = || impute().step("scale", StandardScaler::new());
    let columns = || {
        Pipeline::new().step(
            "columns",
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
                .categorical([OneHotEncoder::new().into()]),
        )
    };
    let folds = || StratifiedKFold::new(5).seed(7);
    let board = compare(&penguins, "species")
        .add("raw neighbours", impute().model(knn(5)))
        .add("scaled neighbours", scaled().model(knn(5)))
        .add("all columns", columns().model(LogisticRegression::new()))
        .add(
            "a tree",
            impute().model(DecisionTreeClassifier::new().max_depth(3)),
        )
        .add("naive Bayes", impute().model(GaussianNB::new()))
        .add("gaps", Pipeline::new().model(knn(5)))
        .cv(folds())
        .metrics(["accuracy", "f1_macro", "log_loss"])
        .run()?;
    let search = TpeSearch::new(&columns().model(LogisticRegression::new()))
        .param("model__c", log_uniform(1e-3, 1e2))
        .param(
            "columns__numeric__simple_imputer__strategy",
            ["mean", "median"],
        )
        .trials(40)
        .cv(folds())
        .metrics(["log_loss", "f1_macro"])
        .seed(7)
        .fit(&penguins, "species")?;
    let scores = cross_validate(&scaled().model(knn(5)), &penguins, "species")
        .cv(folds())
        .metrics(["accuracy", "f1_macro", "log_loss"])
        .train_scores()
        .run()?;
    let curve = validation_curve(
        &scaled().model(knn(5)),
        &penguins,
        "species",
        "model__n_neighbors",
        [1, 3, 9, 27, 81, 121],
    )
    .cv(folds())
    .run()?;
    let groups = columns()
        .model(LogisticRegression::new())
        .fit(&penguins, "sex")?
        .evaluate_by(
            &penguins,
            "species",
            ["accuracy", "selection_rate", "roc_auc"],
        )?;
    let answers = polars::df![
        "answer" => ["The cat sat on the mat.", "Paris", "about 3.14"],
        "expected" => ["The cat is on the mat.", "Paris", "3.14159"],
    ]?;
    let texts = text::text_report(&answers, "answer", "expected")?;
    let (train, test) = train_test_split(&penguins, 0.25)
        .stratify("species")
        .seed(7)
        .split()?;
    let logistic = columns().model(LogisticRegression::new());
    let fitted = logistic.fit(&train, "species")?;
    let forest = impute()
        .model(RandomForestClassifier::new().n_estimators(30))
        .fit(&train, "species")?;
    let tree = impute()
        .model(DecisionTreeClassifier::new().max_depth(3))
        .fit(&train, "species")?;
    let shap = forest.shap_values(&test)?;
    let regression = columns()
        .model(Ridge::new())
        .fit(&with_mass(&train)?, "body_mass_g")?;
    let shown: [&dyn Show; 20] = [
        &logistic,
        &fitted,
        &fitted.evaluate(&test)?,
        &fitted.evaluate(&test)?.confusion_matrix()?.clone(),
        &fitted.coefficients()?,
        &fitted.permutation_importance(&test).run()?,
        &forest.feature_importances()?,
        &shap,
        &shap.beeswarm("Gentoo")?,
        &shap.row(0, "Gentoo")?,
        &forest
            .partial_dependence(&test, "flipper_length_mm")
            .individual(20)
            .run()?,
        &tree.tree(0)?,
        &regression.evaluate(&with_mass(&test)?)?,
        &board,
        &search,
        &search.importance(),
        &scores,
        &curve,
        &groups,
        &texts,
    ];
    let only = std::env::args()
        .nth(2)
        .and_then(|number| number.parse().ok());
    let mut body = String::new();
    for (scheme, paper) in [("light", "#ffffff"), ("dark", "#111418")] {
        body.push_str(&format!(
            "<section style=\"color-scheme:{scheme};background:{paper};padding:16px 24px\">"
        ));
        for (number, value) in shown.iter().enumerate() {
            if only.is_some_and(|only: usize| only != number) {
                continue;
            }
            let bundle = value.show();
            let html = bundle
                .get("text/html")
                .or(bundle.get("image/svg+xml"))
                .unwrap_or("");
            body.push_str(&format!("<div style=\"margin:20px 0\">{html}</div>"));
        }
        body.push_str("</section>");
    }
    std::fs::write(
        &path,
        format!("<!doctype html><meta charset=\"utf-8\"><body style=\"margin:0\">{body}"),
    )?;
    for value in shown {
        println!("{}\n", value.show().get("text/plain").unwrap_or(""));
    }
    Ok(())
}

/// Rows whose mass is known.
fn with_mass(frame: &polars::prelude::DataFrame) -> Result<polars::prelude::DataFrame, MlError> {
    let known = frame.column("body_mass_g")?.is_not_null();
    Ok(frame.filter(&known)?)
}
