//! What cells do with pipelines, metrics and charts.

use ferrite::prelude::*;
use ferrite_runtime::CellResult;

/// A pipeline from end to end.
pub fn pipelines(frame: &DataFrame) -> CellResult {
    let (train, test) = train_test_split(frame, 0.25)
        .stratify("a")
        .seed(7)
        .split()?;
    let pipeline = Pipeline::new()
        .step(
            "columns",
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
                .categorical([OneHotEncoder::new().into()]),
        )
        .step("impute", SimpleImputer::median())
        .step("scale", StandardScaler::new())
        .model(LogisticRegression::new().c(1.0));
    let other = Pipeline::new()
        .step(
            "columns",
            ColumnTransformer::new()
                .numeric([MinMaxScaler::new().into()])
                .categorical([
                    SimpleImputer::most_frequent().into(),
                    OneHotEncoder::new().into(),
                ]),
        )
        .model(knn(5));
    let third = Pipeline::new().model(LinearRegression::new());
    let fourth = Pipeline::new().model(DecisionTreeClassifier::new());
    let fifth = Pipeline::new().model(GaussianNB::new());
    let fitted = pipeline.fit(&train, "a")?;
    let evaluation = fitted.evaluate(&test)?;
    let predicted = fitted.predict(&test)?;
    let probabilities = fitted.predict_proba(&test)?;
    println!("{evaluation:?}");
    Ok(())
}

/// Charts.
pub fn charts(frame: &DataFrame) -> CellResult {
    let scatter = chart::scatter(frame, "a", "b")
        .color("c")
        .trend()
        .title("t");
    let histogram = chart::histogram(frame, "a").color("c");
    Ok(())
}
