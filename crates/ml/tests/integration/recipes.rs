//! Pipelines as a person builds, changes and reads them.

use ferrite_ml::*;
use polars::prelude::*;

use crate::{all_kinds, every_fourth, html, names, penguins, shown};

fn nested() -> Pipeline {
    let numbers = Pipeline::new()
        .step("impute", SimpleImputer::median())
        .step("scale", RobustScaler::new());
    let columns = ColumnTransformer::new()
        .columns(
            "bill",
            Columns::matching("^bill_"),
            [numbers.into(), PCA::new(1).into()],
        )
        .columns(
            "mass",
            "body_mass_g",
            [
                SimpleImputer::mean().into(),
                KBinsDiscretizer::new(3).into(),
            ],
        )
        .categorical([OneHotEncoder::new().min_frequency(0.05).into()]);
    Pipeline::new()
        .step("columns", columns)
        .step("balance", SMOTE::new().k_neighbors(3))
        .model(LogisticRegression::new())
}

#[test]
fn nested_pipelines_fit_and_show_themselves() {
    let (train, test) = every_fourth(&penguins());
    let train = train.drop("sex").unwrap();
    // The bins are of all kinds of numbers: SMOTE works on what the columns became.
    let fitted = nested().fit(&train, "species").unwrap();
    assert_eq!(
        fitted.feature_names(),
        [
            "pca0",
            "body_mass_g_0",
            "body_mass_g_1",
            "body_mass_g_2",
            "island_Biscoe",
            "island_Dream",
            "island_Torgersen"
        ]
    );
    assert_eq!(
        fitted.input_schema().names(),
        ["island", "bill_length_mm", "bill_depth_mm", "body_mass_g"]
    );
    assert_eq!(fitted.predict(&test).unwrap().len(), test.height());
    assert_eq!(
        names(&fitted.transform(&test).unwrap()),
        fitted.feature_names()
    );
    insta::assert_snapshot!("nested_text", shown(&nested()));
    insta::assert_snapshot!("nested_html", html(&nested()));
    insta::assert_snapshot!("fitted_text", shown(&fitted));
}

#[test]
fn parameters_are_addressed_through_every_level() {
    let pipeline = nested();
    let addresses: Vec<String> = Params::params(&pipeline)
        .into_iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    insta::assert_snapshot!(addresses.join("\n"));
    let changed = pipeline
        .with_param("columns__bill__pipeline__impute__strategy", "mean")
        .and_then(|p| p.with_param("columns__bill__pipeline__scale__quantile_range", (10, 90)))
        .and_then(|p| p.with_param("columns__bill__pca__n_components", 2))
        .and_then(|p| p.with_param("balance__k_neighbors", 4))
        .and_then(|p| p.with_param("model__c", 0.5))
        .and_then(|p| p.with_param("class_weight", "balanced"))
        .unwrap();
    insta::assert_snapshot!("changed", shown(&changed));
    // The recipe that it came from is as it was.
    assert_eq!(shown(&pipeline), shown(&nested()));
}

#[test]
fn parameters_that_do_not_exist_or_fit_are_told() {
    let pipeline = Pipeline::new()
        .step(
            "columns",
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()]),
        )
        .model(LogisticRegression::new());
    let told =
        |name: &str, value: ParamValue| pipeline.with_param(name, value).unwrap_err().to_string();
    let messages = [
        told("model__C", 1.0.into()),
        told("model__c", "much".into()),
        told("model__max_iter", 0.5.into()),
        told("columns__numeric__simple_imputer__strategy", "mode".into()),
        told("columns__numeric__simple_imputer__strat", "mean".into()),
        told("columns__numerics__simple_imputer__strategy", "mean".into()),
        told("colums__numeric__simple_imputer__strategy", "mean".into()),
        told("threshold", "roc".into()),
        Pipeline::new()
            .with_param("model__c", 1.0)
            .unwrap_err()
            .to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn what_differs_in_a_frame_is_told_column_by_column() {
    let (train, test) = every_fourth(&penguins());
    let fitted = nested()
        .fit(&train.drop("sex").unwrap(), "species")
        .unwrap();
    let schema = fitted.input_schema();
    assert!(schema.compare(&test).fits());
    assert_eq!(
        schema.compare(&train.drop("sex").unwrap()),
        SchemaChanges::default()
    );

    let mut other = test.clone();
    other
        .rename("bill_length_mm", "bill_len_mm".into())
        .unwrap();
    other
        .rename("bill_depth_mm", "bill_deep_mm".into())
        .unwrap();
    let mass = other
        .column("body_mass_g")
        .unwrap()
        .cast(&DataType::String)
        .unwrap();
    other.with_column(mass).unwrap();
    let changes = schema.compare(&other);
    assert!(!changes.fits());
    assert_eq!(changes.missing, ["bill_length_mm", "bill_depth_mm"]);
    assert_eq!(changes.new, ["bill_len_mm", "bill_deep_mm", "sex"]);
    insta::assert_snapshot!("schema", fitted.predict(&other).unwrap_err().to_string());

    // Other widths of numbers, and columns without any value, are no change.
    let mut narrow = test.clone();
    let mass = narrow
        .column("body_mass_g")
        .unwrap()
        .cast(&DataType::Float32)
        .unwrap();
    narrow.with_column(mass).unwrap();
    narrow
        .with_column(Column::full_null(
            "island".into(),
            narrow.height(),
            &DataType::Null,
        ))
        .unwrap();
    assert!(schema.compare(&narrow).fits());
    assert_eq!(fitted.predict(&narrow).unwrap().len(), narrow.height());
}

#[test]
fn no_rows_are_no_error_when_predicting() {
    let (train, test) = every_fourth(&penguins());
    let fitted = nested()
        .fit(&train.drop("sex").unwrap(), "species")
        .unwrap();
    let none = test.head(Some(0));
    assert_eq!(fitted.predict(&none).unwrap().len(), 0);
    assert_eq!(fitted.predict_proba(&none).unwrap().height(), 0);
}

#[test]
fn a_step_sees_the_columns_that_it_is_put_on() {
    let frame = all_kinds();
    let scaled = StandardScaler::new()
        .on(["whole"])
        .fit_transform(&frame)
        .unwrap();
    assert_eq!(
        scaled.column("other").unwrap(),
        frame.column("other").unwrap()
    );
    assert_ne!(
        scaled.column("whole").unwrap().dtype(),
        frame.column("whole").unwrap().dtype()
    );
    let names_of = |columns: Columns| columns.names(&frame).unwrap();
    assert_eq!(names_of(Columns::dates()), ["day"]);
    assert_eq!(names_of(Columns::categorical()), ["text", "flag", "y"]);
    assert_eq!(names_of(Columns::of_type([DataType::Int32])), ["whole"]);
    assert_eq!(names_of(Columns::all()).len(), frame.width());
    assert_eq!(
        names_of(Columns::matching("^(whole|other)$")),
        ["whole", "other"]
    );
    let error = Columns::matching("(")
        .names(&frame)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("\"(\" is not a regular expression"),
        "{error}"
    );
    let error = Columns::named(["wole"])
        .names(&frame)
        .unwrap_err()
        .to_string();
    assert!(error.contains("did you mean \"whole\"?"), "{error}");
}

#[test]
fn steps_in_the_wrong_place_are_told() {
    let frame = all_kinds();
    let told = |step: Step| {
        let pipeline = Pipeline::new().step("it", step).model(knn(1));
        pipeline.fit(&frame, "y").unwrap_err().to_string()
    };
    let three_rows = FunctionTransformer::new("some", |frame| Ok(frame.head(Some(3))));
    let unknown = FunctionTransformer::new("ratio", |frame| {
        frame.clone().lazy().select([col("nope")]).collect()
    });
    let messages = [
        told(Pipeline::new().model(knn(1)).into()),
        told(
            Pipeline::new()
                .step("over", RandomOverSampler::new())
                .into(),
        ),
        told(SMOTE::new().on(["whole"]).into()),
        told(three_rows.into()),
        told(unknown.into())
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        TargetEncoder::new()
            .fit_transform(&frame)
            .unwrap_err()
            .to_string(),
        told(
            OrdinalEncoder::new()
                .categories("text", ["red fish"])
                .into(),
        ),
        told(PCA::new(9).on(["whole", "other"]).into()),
        told(
            PowerTransformer::new()
                .method(PowerMethod::BoxCox)
                .on(["other"])
                .into(),
        ),
        told(VarianceThreshold::new().threshold(-1.0).into()),
        told(CountVectorizer::new().on(["whole"]).into()),
        told(CountVectorizer::new().min_df(90.0).on(["text"]).into()),
        told(PolynomialFeatures::new(2).into()),
        told(
            PolynomialFeatures::new(100)
                .on(["whole", "other", "flag"])
                .into(),
        ),
        told(SelectKBest::new(0).into()),
        told(QuantileTransformer::new().n_quantiles(0).into()),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn the_same_recipe_learns_the_same() {
    let (train, _) = every_fourth(&penguins());
    let train = train.drop("sex").unwrap();
    let bytes = || nested().fit(&train, "species").unwrap().to_bytes().unwrap();
    let first = bytes();
    assert_eq!(first, bytes());
    // On another thread, and on four at once.
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(bytes)).collect();
        for thread in threads {
            assert!(thread.join().unwrap() == first);
        }
    });
    let drawn = |seed| {
        let quantiles = QuantileTransformer::new()
            .n_quantiles(20)
            .subsample(60)
            .seed(seed);
        let fitted = quantiles
            .fit(&train.select(["body_mass_g"]).unwrap())
            .unwrap();
        fitted.saved().unwrap().body
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}
