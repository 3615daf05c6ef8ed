//! Every fitted model is a file and back.

use ferrite_ml::*;
use polars::prelude::*;

use crate::penguins;

fn same_after_reading(name: &str, pipeline: &Pipeline, frame: &DataFrame, target: &str) {
    let fitted = pipeline.fit(frame, target).unwrap();
    let bytes = fitted
        .to_bytes()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let read = FittedPipeline::from_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (before, after) = (fitted.predict(frame).unwrap(), read.predict(frame).unwrap());
    assert!(before.equals(&after), "{name}");
    if let Ok(shares) = fitted.predict_proba(frame) {
        assert!(shares.equals(&read.predict_proba(frame).unwrap()), "{name}");
    }
}

macro_rules! each {
    ($frame:expr, $target:expr, $($model:expr),* $(,)?) => {
        $(same_after_reading(
            stringify!($model),
            &Pipeline::new().step("scale", MinMaxScaler::new()).model($model),
            $frame,
            $target,
        );)*
    };
}

#[test]
fn every_model_predicts_the_same_after_it_was_read() {
    let columns = [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
        "species",
    ];
    let penguins = penguins().drop_nulls::<String>(None).unwrap();
    let frame = penguins.select(columns).unwrap();
    each!(
        &frame,
        "species",
        AdaBoostClassifier::new(),
        BaggingClassifier::new(knn(3)).max_features(0.5),
        BernoulliNB::new(),
        DecisionTreeClassifier::new(),
        DummyClassifier::new(),
        FtrlClassifier::new(),
        GaussianNB::new(),
        GradientBoostingClassifier::new().n_estimators(5),
        LogisticRegression::new(),
        MultinomialNB::new(),
        RandomForestClassifier::new().n_estimators(5),
        SVC::new(),
        StackingClassifier::new()
            .add("near", knn(3))
            .add("bayes", GaussianNB::new()),
        VotingClassifier::new()
            .add("near", knn(3))
            .add("tree", DecisionTreeClassifier::new()),
        knn(5),
    );
    let frame = frame.drop("species").unwrap();
    each!(
        &frame,
        "body_mass_g",
        BaggingRegressor::new(Ridge::new()),
        DecisionTreeRegressor::new(),
        DummyRegressor::new(),
        ElasticNet::new(),
        GammaRegressor::new(),
        GradientBoostingRegressor::new().n_estimators(5),
        KNeighborsRegressor::new(),
        Lasso::new(),
        LinearRegression::new(),
        PLSRegression::new(),
        PoissonRegressor::new(),
        RandomForestRegressor::new().n_estimators(5),
        Ridge::new(),
        SVR::new(),
        StackingRegressor::new()
            .add("line", Ridge::new())
            .add("near", KNeighborsRegressor::new()),
        TweedieRegressor::new(),
        VotingRegressor::new()
            .add("line", Ridge::new())
            .add("mean", DummyRegressor::new()),
    );
    let curve = frame.select(["flipper_length_mm", "body_mass_g"]).unwrap();
    each!(&curve, "body_mass_g", IsotonicRegression::new());
}
