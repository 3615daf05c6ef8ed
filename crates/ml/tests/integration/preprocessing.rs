//! Columns are prepared as scikit-learn prepares them on the same data.
//!
//! `../reference/make_preprocessing.py` wrote what to expect. Where we differ:
//! - names of one-hot columns: the shared column of rare levels is `x_infrequent`;
//! - powers are found to `1e-10` by another search, so `PowerTransformer` agrees to `1e-6`;
//! - k-means in one dimension: where a value is equally near to two centres,
//!   scikit-learn follows its rounding errors and we take the lower centre.

use std::collections::HashMap;
use std::sync::OnceLock;

use ferrite_ml::*;
use polars::prelude::*;
use serde::Deserialize;

use crate::{every_fourth, penguins};

/// What scikit-learn said in one case.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Case {
    pub columns: Vec<String>,
    pub rows: Vec<usize>,
    pub values: Vec<Vec<Option<f64>>>,
    pub numbers: Vec<Option<f64>>,
    pub texts: Vec<String>,
    pub mean: Vec<f64>,
    pub deviation: Vec<f64>,
    pub score: f64,
}

pub fn case(name: &str) -> &'static Case {
    static CASES: OnceLock<HashMap<String, Case>> = OnceLock::new();
    let cases = CASES.get_or_init(|| {
        serde_json::from_str(include_str!("../reference/preprocessing.json")).unwrap()
    });
    cases.get(name).unwrap_or_else(|| panic!("no case {name}"))
}

/// Fails unless a frame has the columns of a case, and its numbers in their rows.
#[track_caller]
pub fn assert_case(name: &str, frame: &DataFrame, tolerance: f64) {
    let case = case(name);
    assert!(!case.rows.is_empty(), "{name} has rows");
    assert_eq!(crate::names(frame), case.columns, "{name}");
    for (position, column) in frame.columns().iter().enumerate() {
        let column = column.cast(&DataType::Float64).unwrap();
        let numbers = column.f64().unwrap();
        for (row, expected) in case.rows.iter().zip(&case.values) {
            let (found, expected) = (numbers.get(*row), expected[position]);
            let same = match (found, expected) {
                (Some(found), Some(expected)) => {
                    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
                }
                (found, expected) => found == expected,
            };
            assert!(
                same,
                "{name}, row {row}, {}: {found:?}, but scikit-learn has {expected:?}",
                column.name()
            );
        }
    }
}

/// As [`assert_case`] for numbers of bins, of which a few may be off by one.
#[track_caller]
fn assert_bins(name: &str, frame: &DataFrame, off: usize) {
    let case = case(name);
    assert_eq!(crate::names(frame), case.columns, "{name}");
    let mut differ = 0;
    for (position, column) in frame.columns().iter().enumerate() {
        let bins = column.cast(&DataType::Float64).unwrap();
        for (row, expected) in case.rows.iter().zip(&case.values) {
            let found = bins.f64().unwrap().get(*row).unwrap();
            let apart = (found - expected[position].unwrap()).abs();
            assert!(apart <= 1.0, "{name}, row {row}, {}", column.name());
            differ += usize::from(apart > 0.0);
        }
    }
    assert!(differ <= off, "{name}: {differ} bins are off");
}

fn read(text: &str) -> DataFrame {
    CsvReadOptions::default()
        .with_infer_schema_length(None)
        .into_reader_with_file_handle(std::io::Cursor::new(text.to_owned()))
        .finish()
        .unwrap()
}

/// The features and the target of a data set in `../reference/data`.
pub fn data(name: &str) -> (DataFrame, Column) {
    let frame = read(match name {
        "wine" => include_str!("../reference/data/wine.csv"),
        "cancer" => include_str!("../reference/data/breast_cancer.csv"),
        "diabetes" => include_str!("../reference/data/diabetes.csv"),
        "digits" => include_str!("../reference/data/digits.csv"),
        "iris" => include_str!("../reference/data/iris.csv"),
        _ => panic!("no data {name}"),
    });
    let target = frame.column("target").unwrap().clone();
    (frame.drop("target").unwrap(), target)
}

/// The wine with gaps.
fn gappy() -> DataFrame {
    let (wine, _) = data("wine");
    let columns = wine.columns().iter().enumerate().map(|(position, column)| {
        let column = column.cast(&DataType::Float64).unwrap();
        let numbers = column.f64().unwrap().iter().enumerate();
        let gaps: Vec<Option<f64>> = numbers
            .map(|(row, number)| number.filter(|_| (row * 7 + position * 5) % 11 != 0))
            .collect();
        Column::new(column.name().clone(), gaps)
    });
    DataFrame::new(wine.height(), columns.collect()).unwrap()
}

fn features(name: &str) -> DataFrame {
    match name {
        "gappy" => gappy(),
        "penguins" => {
            let measured = [
                "bill_length_mm",
                "bill_depth_mm",
                "flipper_length_mm",
                "body_mass_g",
            ];
            penguins().select(measured).unwrap()
        }
        name => data(name).0,
    }
}

/// Fits on the training rows of a data set and compares the test rows.
#[track_caller]
fn compare(case: &str, on: &str, transformer: &dyn Transformer, tolerance: f64) {
    let (train, test) = every_fourth(&features(on));
    let fitted = transformer.fit(&train).unwrap();
    let transformed = fitted.transform(&test).unwrap();
    assert_eq!(fitted.feature_names(), crate::names(&transformed));
    assert_case(case, &transformed, tolerance);
}

#[test]
fn scalers() {
    for on in ["wine", "cancer", "digits", "gappy"] {
        compare(&format!("standard {on}"), on, &StandardScaler::new(), 1e-9);
        let range = MinMaxScaler::new().feature_range(-1.0, 3.0).clip(true);
        compare(&format!("min_max {on}"), on, &range, 1e-9);
        compare(&format!("max_abs {on}"), on, &MaxAbsScaler::new(), 1e-9);
        compare(&format!("robust {on}"), on, &RobustScaler::new(), 1e-9);
    }
    let no_mean = StandardScaler::new().with_mean(false);
    compare(
        "standard penguins",
        "penguins",
        &StandardScaler::new(),
        1e-9,
    );
    compare("robust penguins", "penguins", &RobustScaler::new(), 1e-9);
    compare("standard no_mean", "wine", &no_mean, 1e-9);
    let wide = RobustScaler::new().quantile_range(10.0, 90.0);
    compare("robust 10_90", "wine", &wide, 1e-9);
    for (name, norm) in [("l1", Norm::L1), ("l2", Norm::L2), ("max", Norm::Max)] {
        let normalizer = Normalizer::new().norm(norm);
        compare(&format!("normalizer {name}"), "digits", &normalizer, 1e-9);
    }
}

#[test]
fn distributions() {
    for on in ["wine", "gappy", "digits"] {
        let ranks = QuantileTransformer::new().n_quantiles(50);
        compare(&format!("quantile uniform {on}"), on, &ranks, 1e-9);
        let normal = ranks.output_distribution(OutputDistribution::Normal);
        compare(&format!("quantile normal {on}"), on, &normal, 1e-9);
    }
    for on in ["wine", "diabetes", "gappy"] {
        compare(
            &format!("power yeo-johnson {on}"),
            on,
            &PowerTransformer::new(),
            1e-6,
        );
    }
    let ranks = QuantileTransformer::new().n_quantiles(40);
    compare("quantile penguins", "penguins", &ranks, 1e-9);
    compare("power penguins", "penguins", &PowerTransformer::new(), 1e-6);
    let box_cox = PowerTransformer::new().method(PowerMethod::BoxCox);
    compare("power box-cox", "wine", &box_cox, 1e-6);
    let raw = PowerTransformer::new().standardize(false);
    compare("power raw", "wine", &raw, 1e-6);
}

#[test]
fn bins_and_polynomials() {
    let strategies = [
        ("uniform", BinStrategy::Uniform),
        ("quantile", BinStrategy::Quantile),
        ("kmeans", BinStrategy::KMeans),
    ];
    for (name, strategy) in strategies {
        let bins = KBinsDiscretizer::new(4)
            .strategy(strategy)
            .encode(BinEncoding::Ordinal);
        if name == "kmeans" {
            compare("kbins kmeans wine", "wine", &bins, 0.0);
            // scikit-learn's own answer for one tumour differs between its builds.
            let (train, test) = every_fourth(&features("cancer"));
            let found = Transformer::fit(&bins, &train).unwrap();
            let found = found.transform(&test).unwrap();
            assert_bins("kbins kmeans cancer", &found, 1);
            continue;
        }
        for on in ["wine", "digits"] {
            compare(&format!("kbins {name} {on}"), on, &bins, 0.0);
        }
    }
    compare("kbins onehot", "iris", &KBinsDiscretizer::new(3), 0.0);
    compare("polynomial 2", "iris", &PolynomialFeatures::new(2), 1e-9);
    let interactions = PolynomialFeatures::new(3)
        .interaction_only(true)
        .include_bias(false);
    compare("polynomial interactions", "iris", &interactions, 1e-9);
}

#[test]
fn imputers() {
    let uniform = KNNImputer::new(3);
    compare("knn_imputer uniform", "gappy", &uniform, 1e-9);
    let near = KNNImputer::new(3).weights(NeighborWeights::Distance);
    compare("knn_imputer distance", "gappy", &near, 1e-9);
    compare("simple_imputer mean", "gappy", &SimpleImputer::mean(), 1e-9);
    let indicator = SimpleImputer::mean().add_indicator(true);
    compare("simple_imputer indicator", "gappy", &indicator, 1e-9);
    let frequent = SimpleImputer::most_frequent();
    compare("simple_imputer most_frequent", "gappy", &frequent, 1e-9);
    compare(
        "knn_imputer penguins",
        "penguins",
        &KNNImputer::new(5),
        1e-9,
    );
    let median = SimpleImputer::median();
    compare("simple_imputer median", "penguins", &median, 1e-9);
    let constant = SimpleImputer::constant(-1.0);
    compare("simple_imputer constant", "penguins", &constant, 0.0);
}

#[test]
fn encoders() {
    let (train, test) = every_fourth(&penguins().select(["island", "sex"]).unwrap());
    let plain = || OneHotEncoder::new().handle_unknown(HandleUnknown::InfrequentIfExist);
    let encoders = [
        ("plain", plain()),
        ("min_frequency", plain().min_frequency(60.0)),
        ("min_part", plain().min_frequency(0.2)),
        ("max_categories", plain().max_categories(2)),
        ("drop_first", plain().drop(DropLevel::First)),
        ("drop_if_binary", plain().drop(DropLevel::IfBinary)),
    ];
    for (name, encoder) in encoders {
        let encoded = encoder.fit(&train).unwrap().transform(&test).unwrap();
        assert_case(&format!("one_hot {name}"), &encoded, 0.0);
    }
    let filled = |frame: &DataFrame| {
        let fill = SimpleImputer::constant("missing");
        Transformer::fit_transform(&fill, frame).unwrap()
    };
    // There a missing value is its own level, here it would stay missing.
    let renamed = |frame: &DataFrame| {
        let named = filled(frame).lazy();
        let level = col("sex")
            .str()
            .replace(lit("missing"), lit("missing sex"), true);
        named.with_column(level).collect().unwrap()
    };
    let fitted = OrdinalEncoder::new().fit(&renamed(&train)).unwrap();
    assert_case("ordinal", &fitted.transform(&renamed(&test)).unwrap(), 0.0);
}

#[test]
fn target_encoding() {
    let penguins = penguins();
    let male = penguins
        .column("sex")
        .unwrap()
        .str()
        .unwrap()
        .iter()
        .map(|sex| if sex == Some("male") { "yes" } else { "no" });
    let male = Series::new("male".into(), male.collect::<Vec<_>>());
    let species = penguins
        .column("species")
        .unwrap()
        .as_materialized_series()
        .clone();
    let plain = || TargetEncoder::new().shuffle(false);
    let classes = [
        ("species", &species, plain()),
        ("sex_is_male", &male, plain()),
        ("species smooth", &species, plain().smooth(20.0)),
    ];
    let frame = penguins.select(["island", "sex"]).unwrap();
    let (train, test) = every_fourth(&frame);
    for (name, target, encoder) in classes {
        let (learned, _) = every_fourth(&target.clone().into_frame());
        let learned = learned.columns()[0].as_materialized_series().clone();
        let target = Target::Classes(Classes::of(&learned).unwrap());
        let (fitted, crossed) = encoder
            .fit_transform_with_target(&train, Some(&target))
            .unwrap();
        assert_case(&format!("target {name} crossed"), &crossed, 1e-9);
        assert_case(
            &format!("target {name}"),
            &fitted.transform(&test).unwrap(),
            1e-9,
        );
    }
    let known = penguins
        .lazy()
        .filter(col("body_mass_g").is_not_null())
        .collect()
        .unwrap();
    let (train, test) = every_fourth(&known);
    let mass = train
        .column("body_mass_g")
        .unwrap()
        .cast(&DataType::Float64)
        .unwrap();
    let target = Target::Numbers(mass.f64().unwrap().iter().flatten().collect());
    let inputs = |frame: &DataFrame| frame.select(["island", "sex"]).unwrap();
    let (fitted, crossed) = plain()
        .fit_transform_with_target(&inputs(&train), Some(&target))
        .unwrap();
    assert_case("target mass crossed", &crossed, 1e-9);
    assert_case(
        "target mass",
        &fitted.transform(&inputs(&test)).unwrap(),
        1e-9,
    );
}

#[test]
fn projections() {
    for on in ["wine", "digits", "cancer"] {
        compare(&format!("pca {on}"), on, &PCA::new(5), 1e-7);
        let (train, _) = every_fourth(&features(on));
        let fitted = PCA::new(5).fit(&train).unwrap();
        assert_numbers(
            &format!("pca {on} ratio"),
            fitted.explained_variance_ratio(),
            1e-9,
        );
    }
    compare("pca whiten", "wine", &PCA::new(3).whiten(true), 1e-7);
    compare("pca explaining", "digits", &PCA::explaining(0.95), 1e-7);
    let (train, test) = every_fourth(&features("digits").head(Some(40)));
    let wide = PCA::new(4).fit(&train).unwrap();
    assert_case("pca wide", &wide.transform(&test).unwrap(), 1e-7);
    for on in ["iris", "diabetes"] {
        compare(&format!("pca {on}"), on, &PCA::new(3), 1e-7);
        let svd = TruncatedSVD::new(3);
        compare(&format!("truncated_svd {on}"), on, &svd, 1e-7);
    }
    compare("truncated_svd", "digits", &TruncatedSVD::new(5), 1e-7);
    let (train, _) = every_fourth(&features("digits"));
    let fitted = TruncatedSVD::new(5).fit(&train).unwrap();
    assert_numbers(
        "truncated_svd ratio",
        fitted.explained_variance_ratio(),
        1e-9,
    );
}

#[track_caller]
pub fn assert_numbers(name: &str, found: &[f64], tolerance: f64) {
    let expected = &case(name).numbers;
    assert_eq!(found.len(), expected.len(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        let same = match expected {
            None => found.is_nan(),
            Some(expected) => (found - expected).abs() <= tolerance * expected.abs().max(1.0),
        };
        assert!(same, "{name}: {found}, but the reference has {expected:?}");
    }
}

#[test]
fn selections() {
    compare(
        "variance_threshold 0",
        "digits",
        &VarianceThreshold::new(),
        0.0,
    );
    let some = VarianceThreshold::new().threshold(1.0);
    compare("variance_threshold 1", "wine", &some, 1e-9);
    let cancer = VarianceThreshold::new().threshold(0.01);
    compare("variance_threshold cancer", "cancer", &cancer, 1e-9);
    let checks = [
        ("f_classif", "wine", ScoreFunc::FClassif, 5),
        ("f_regression", "diabetes", ScoreFunc::FRegression, 4),
        ("chi2", "digits", ScoreFunc::Chi2, 20),
    ];
    for (name, on, score, k) in checks {
        let (frame, target) = data(on);
        let (train, test) = every_fourth(&frame);
        let (learned, _) = every_fourth(&target.into_frame());
        let learned = learned.columns()[0].clone();
        let target = if score == ScoreFunc::FRegression {
            let numbers = learned.cast(&DataType::Float64).unwrap();
            Target::Numbers(numbers.f64().unwrap().iter().flatten().collect())
        } else {
            Target::Classes(Classes::of(learned.as_materialized_series()).unwrap())
        };
        let best = SelectKBest::new(k).score_func(score);
        let scores = best.scores(&train, &target).unwrap();
        let scores: Vec<f64> = scores.into_iter().map(|(_, score)| score).collect();
        assert_numbers(&format!("k_best {name} scores"), &scores, 1e-9);
        let fitted = best.fit_with_target(&train, Some(&target)).unwrap();
        assert_case(
            &format!("k_best {name}"),
            &fitted.transform(&test).unwrap(),
            0.0,
        );
    }
}

#[test]
fn words() {
    let texts = df!["text" => &case("texts").texts].unwrap();
    let compare = |name: &str, vectorizer: &dyn Transformer| {
        let counted = vectorizer.fit_transform(&texts).unwrap();
        assert_case(&format!("text {name}"), &counted, 1e-9);
    };
    compare("count", &CountVectorizer::new());
    compare(
        "count bigrams",
        &CountVectorizer::new().ngram_range(1, 2).min_df(2.0),
    );
    compare("count max_df 1", &CountVectorizer::new().max_df(1.0));
    compare(
        "count max_df",
        &CountVectorizer::new().max_df(0.3).binary(true),
    );
    compare(
        "count stop",
        &CountVectorizer::new().stop_words(["the", "and", "fox"]),
    );
    compare("tfidf", &TfidfVectorizer::new());
    let sublinear = TfidfVectorizer::new().sublinear_tf(true).norm(Norm::L1);
    compare("tfidf sublinear", &sublinear.smooth_idf(false));
    compare(
        "tfidf no_idf",
        &TfidfVectorizer::new().use_idf(false).norm(None),
    );
}

#[test]
fn dates() {
    use DatePart::*;
    let moments = df!["at" => &case("moments").texts].unwrap().lazy();
    let parsed = col("at").str().to_datetime(
        Some(TimeUnit::Microseconds),
        None,
        StrptimeOptions {
            format: Some("%Y-%m-%d %H:%M:%S".into()),
            ..Default::default()
        },
        lit("raise"),
    );
    let moments = moments.with_column(parsed).collect().unwrap();
    let all = [
        Year, Quarter, Month, Week, Day, Weekday, OrdinalDay, Hour, Minute, Second,
    ];
    let parts = DateParts::new().parts(all).fit_transform(&moments).unwrap();
    assert_case("dates", &parts, 0.0);
}
