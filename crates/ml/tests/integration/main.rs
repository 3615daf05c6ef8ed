//! What this crate promises, as a user would try it.

mod cluster_properties;
mod clusters;
mod compare;
mod crash;
mod decompositions;
mod determinism;
mod errors;
mod explanations;
mod frozen;
mod imbalance;
mod live;
mod looks;
mod members;
mod metrics;
mod model_properties;
mod models;
mod persist;
mod pipeline;
mod preprocessing;
mod properties;
mod recipes;
mod reference;
mod reference_coverage;
mod reference_decisions;
mod reference_explanations;
mod reference_metrics;
mod reference_speeches;
mod reference_splits;
mod reference_text;
mod reference_validation;
mod resume;
mod saved_models;
mod scikit_names;
mod scores;
mod split;
mod transform;
mod tune;
mod validate;
mod validation_properties;
mod zoo;

use ferrite_display::Show;
use ferrite_ml::*;
use polars::prelude::*;

/// 344 rows with gaps; the target is `species`.
fn penguins() -> DataFrame {
    ferrite_frame::datasets::penguins().expect("the data set is part of the crate")
}

/// The rows whose position times `keep` is true, in their order.
fn rows(frame: &DataFrame, keep: impl Fn(usize) -> bool) -> DataFrame {
    let mask: BooleanChunked = (0..frame.height()).map(|row| Some(keep(row))).collect();
    frame
        .filter(&mask)
        .expect("the mask has as many rows as the frame")
}

/// Every fourth row for the test, the others for training.
fn every_fourth(frame: &DataFrame) -> (DataFrame, DataFrame) {
    (
        rows(frame, |row| row % 4 != 0),
        rows(frame, |row| row % 4 == 0),
    )
}

/// The pipeline of the front page.
fn front_page(model: impl Estimator + 'static) -> Pipeline {
    Pipeline::new()
        .step(
            "columns",
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
                .categorical([OneHotEncoder::new().into()]),
        )
        .model(model)
}

fn floats(frame: &DataFrame, column: &str) -> Vec<f64> {
    frame
        .column(column)
        .unwrap()
        .f64()
        .unwrap()
        .iter()
        .flatten()
        .collect()
}

fn names(frame: &DataFrame) -> Vec<String> {
    frame
        .columns()
        .iter()
        .map(|column| column.name().to_string())
        .collect()
}

fn shown(value: &impl Show) -> String {
    value
        .show()
        .get("text/plain")
        .expect("a text form is always there")
        .to_owned()
}

fn html(value: &impl Show) -> String {
    value
        .show()
        .get("text/html")
        .expect("a rich result has HTML")
        .to_owned()
}

fn texts(series: &Series) -> Vec<String> {
    series
        .str()
        .unwrap()
        .iter()
        .flatten()
        .map(str::to_owned)
        .collect()
}

/// One of every transformer that learns without a sampler's hook, with the settings
/// that reach most of its code.
fn every_transformer() -> Vec<Box<dyn Transformer>> {
    vec![
        Box::new(SimpleImputer::mean()),
        Box::new(SimpleImputer::median().add_indicator(true)),
        Box::new(SimpleImputer::most_frequent()),
        Box::new(SimpleImputer::constant("gap")),
        Box::new(KNNImputer::new(2).weights(NeighborWeights::Distance)),
        Box::new(StandardScaler::new()),
        Box::new(MinMaxScaler::new().clip(true)),
        Box::new(MaxAbsScaler::new()),
        Box::new(RobustScaler::new()),
        Box::new(
            Normalizer::new()
                .norm(Norm::L1)
                .on(Columns::matching("^whole$")),
        ),
        Box::new(QuantileTransformer::new().n_quantiles(5)),
        Box::new(
            QuantileTransformer::new()
                .n_quantiles(4)
                .subsample(10)
                .output_distribution(OutputDistribution::Normal),
        ),
        Box::new(PowerTransformer::new()),
        Box::new(
            PowerTransformer::new()
                .method(PowerMethod::BoxCox)
                .on(["whole"]),
        ),
        Box::new(OneHotEncoder::new()),
        Box::new(
            OneHotEncoder::new()
                .min_frequency(0.2)
                .max_categories(3)
                .handle_unknown(HandleUnknown::InfrequentIfExist)
                .drop(DropLevel::IfBinary),
        ),
        Box::new(OrdinalEncoder::new().unknown_value(-1.0)),
        Box::new(TargetEncoder::new().cv(2)),
        Box::new(KBinsDiscretizer::new(3).on(["whole"])),
        Box::new(
            KBinsDiscretizer::new(3)
                .strategy(BinStrategy::KMeans)
                .encode(BinEncoding::Ordinal)
                .on(["whole"]),
        ),
        Box::new(PolynomialFeatures::new(2).on(["whole"])),
        Box::new(DateParts::new().cyclic(true)),
        Box::new(CountVectorizer::new().on(["text"])),
        Box::new(TfidfVectorizer::new().ngram_range(1, 2).on(["text"])),
        Box::new(PCA::new(1).on(["whole", "other"])),
        Box::new(TruncatedSVD::new(1).on(["whole", "other"])),
        Box::new(VarianceThreshold::new()),
        Box::new(SelectKBest::new(1).on(["whole", "other"])),
        Box::new(
            ColumnTransformer::new()
                .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
                .columns("text", "text", [OneHotEncoder::new().into()])
                .passthrough(),
        ),
        Box::new(
            Pipeline::new()
                .step("impute", SimpleImputer::median())
                .step("inner", Pipeline::new().step("scale", MaxAbsScaler::new())),
        ),
    ]
}

/// A frame with a column of each kind, gaps, and the classes `y`.
fn all_kinds() -> DataFrame {
    let rows = 40_i32;
    let some = |row: i32| (row % 7 != 3).then_some(f64::from(row * row % 13) + 0.5);
    let words = ["red fish", "blue fish", "one fish", "two birds"];
    df![
        "gaps" => (0..rows).map(some).collect::<Vec<_>>(),
        "whole" => (0..rows).map(|row| row % 9 + 1).collect::<Vec<_>>(),
        "other" => (0..rows).map(|row| f64::from(row * 5 % 11)).collect::<Vec<_>>(),
        "text" => (0..rows).map(|row| words[row as usize % 4]).collect::<Vec<_>>(),
        "flag" => (0..rows).map(|row| row % 3 == 0).collect::<Vec<_>>(),
        "day" => Series::new("day".into(), (0..rows).map(|row| row * 100).collect::<Vec<_>>())
            .cast(&DataType::Date)
            .unwrap(),
        "y" => (0..rows).map(|row| if row % 9 > 4 { "high" } else { "low" }).collect::<Vec<_>>(),
    ]
    .unwrap()
}

/// Makes any columns fit for a model.
fn gapless() -> ColumnTransformer {
    ColumnTransformer::new()
        .numeric([SimpleImputer::mean().into()])
        .categorical([OneHotEncoder::new().into()])
}
