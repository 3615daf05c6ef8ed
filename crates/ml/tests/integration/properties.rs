//! Whatever a frame holds, a transformer gives columns or a sentence, never a panic.

use ferrite_ml::*;
use polars::prelude::*;
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use crate::every_transformer;

/// A column as data has them at their worst.
pub fn column(rows: usize) -> impl Strategy<Value = Series> {
    let number = prop_oneof![
        8 => (-100.0..100.0_f64).prop_map(Some),
        1 => Just(None),
        1 => Just(Some(f64::NAN)),
        1 => Just(Some(0.0)),
    ];
    let wild = prop_oneof![
        4 => any::<f64>().prop_map(Some),
        1 => Just(Some(f64::INFINITY)),
        1 => Just(Some(1e308)),
        1 => Just(Some(-1e-320)),
    ];
    let text = prop_oneof![
        6 => "[a-c]{0,2}".prop_map(Some),
        1 => "\\PC{0,12}".prop_map(Some),
        1 => Just(None),
    ];
    prop_oneof![
        6 => vec_of(number, rows).prop_map(|v| Series::new("".into(), v)),
        1 => vec_of(wild, rows).prop_map(|v| Series::new("".into(), v)),
        1 => Just(Series::new("".into(), vec![2.5; rows])),
        1 => Just(Series::new("".into(), vec![None::<f64>; rows])),
        2 => vec_of(any::<i64>(), rows).prop_map(|v| Series::new("".into(), v)),
        4 => vec_of(text, rows).prop_map(|v| Series::new("".into(), v)),
        2 => vec_of(any::<Option<bool>>(), rows).prop_map(|v| Series::new("".into(), v)),
        1 => vec_of(-90_000..90_000_i32, rows)
            .prop_map(|v| Series::new("".into(), v).cast(&DataType::Date).unwrap()),
        1 => Just(Series::new_null("".into(), rows)),
    ]
}

pub fn frame(rows: usize) -> impl Strategy<Value = DataFrame> {
    let names = ["x", "y z", "^a.*$", "", "x_1", "missing"];
    vec_of(column(rows), 0..6).prop_map(move |columns| {
        let named = columns.into_iter().zip(names);
        let columns = named.map(|(column, name)| column.with_name(name.into()).into());
        DataFrame::new(rows, columns.collect()).unwrap()
    })
}

/// Truth, guesses and classes of up to eleven rows, ordinary or at the ends of what a
/// number can be.
fn wild_numbers() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<usize>)> {
    let number = || {
        prop_oneof![
            6 => -10.0..10.0_f64,
            2 => any::<f64>(),
            1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(1e308), Just(-1e-320), Just(0.0)],
        ]
    };
    (0..12_usize).prop_flat_map(move |rows| {
        (
            vec_of(number(), rows),
            vec_of(number(), rows),
            vec_of(0..2_usize, rows),
        )
    })
}

fn target(rows: usize) -> impl Strategy<Value = Target> {
    let classes = vec_of("[a-c]", rows)
        .prop_map(|labels| Target::Classes(Classes::of(&Series::new("t".into(), labels)).unwrap()));
    let numbers = vec_of(-10.0..10.0_f64, rows).prop_map(Target::Numbers);
    prop_oneof![classes, numbers]
}

fn data() -> impl Strategy<Value = (DataFrame, DataFrame, Target)> {
    (0..25_usize, 0..6_usize).prop_flat_map(|(rows, more)| (frame(rows), frame(more), target(rows)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn transformers_never_panic((train, other, target) in data()) {
        for transformer in every_transformer() {
            let label = transformer.diagram().label();
            let learned = transformer.fit_transform_with_target(&train, Some(&target));
            let Ok((fitted, transformed)) = learned else { continue };
            prop_assert_eq!(transformed.height(), train.height(), "{}", &label);
            prop_assert_eq!(
                crate::names(&transformed), fitted.feature_names(), "{}", &label
            );
            for input in fitted.inputs() {
                prop_assert!(train.column(&input).is_ok(), "{} reads {}", &label, input);
            }
            if let Ok(again) = fitted.transform(&train) {
                prop_assert_eq!(again.height(), train.height(), "{}", &label);
            }
            // A frame with other columns or types is an error or is transformed.
            if let Ok(transformed) = fitted.transform(&other) {
                prop_assert_eq!(transformed.height(), other.height(), "{}", &label);
            }
        }
    }

    #[test]
    fn samplers_never_panic((train, _, target) in data()) {
        let samplers: [Box<dyn Transformer>; 4] = [
            Box::new(RandomOverSampler::new()),
            Box::new(RandomUnderSampler::new().ratio(0.7)),
            Box::new(SMOTE::new().k_neighbors(2)),
            Box::new(SMOTE::new().k_neighbors(1).ratio(0.9)),
        ];
        let Target::Classes(classes) = target else { return Ok(()) };
        for sampler in samplers {
            let sampled = sampler.sampler().unwrap().resample(&train, &classes);
            if let Ok((rows, classes)) = sampled {
                prop_assert_eq!(rows.height(), classes.codes().len());
            }
        }
    }

    #[test]
    fn whole_pipelines_never_panic((mut train, other, target) in data()) {
        let labels: Series = match &target {
            Target::Classes(classes) => {
                let names = classes.codes().iter().map(|code| classes.names()[*code].as_str());
                Series::new("t".into(), names.collect::<Vec<_>>())
            }
            Target::Numbers(numbers) => Series::new("t".into(), numbers),
        };
        train.with_column(labels.into()).unwrap();
        let prepared = ColumnTransformer::new()
            .numeric([SimpleImputer::median().into(), RobustScaler::new().into()])
            .categorical([OneHotEncoder::new().min_frequency(2.0).into()])
            .columns("dates", Columns::dates(), [DateParts::new().cyclic(true).into()]);
        let pipeline = Pipeline::new().step("columns", prepared).model(knn(1));
        if let Ok(fitted) = pipeline.fit(&train, "t") {
            prop_assert_eq!(fitted.predict(&train).map(|p| p.len()).ok(), Some(train.height()));
            let loaded = FittedPipeline::from_bytes(&fitted.to_bytes().unwrap()).unwrap();
            match (fitted.predict(&other), loaded.predict(&other)) {
                (Ok(a), Ok(b)) => prop_assert!(a.equals_missing(&b)),
                (Err(a), Err(b)) => prop_assert_eq!(a.to_string(), b.to_string()),
                (a, b) => prop_assert!(false, "{:?} {:?}", a, b),
            }
        }
    }

    /// Metrics of numbers and of ranks are a number or a sentence, whatever the numbers are.
    #[test]
    fn metrics_of_wild_numbers_never_panic((truth, guess, codes) in wild_numbers()) {
        let series = |values: &[f64]| Series::new("y".into(), values);
        let (t, g) = (series(&truth), series(&guess));
        let metrics: [(&str, Result<f64, MlError>); 13] = [
            ("mean_absolute_error", mean_absolute_error(&t, &g)),
            ("mean_squared_error", mean_squared_error(&t, &g)),
            ("root_mean_squared_error", root_mean_squared_error(&t, &g)),
            ("mean_absolute_percentage_error", mean_absolute_percentage_error(&t, &g)),
            ("median_absolute_error", median_absolute_error(&t, &g)),
            ("r2", r2_score(&t, &g)),
            ("explained_variance", explained_variance_score(&t, &g)),
            ("max_error", max_error(&t, &g)),
            ("mean_poisson_deviance", mean_poisson_deviance(&t, &g)),
            ("mean_squared_log_error", mean_squared_log_error(&t, &g)),
            ("pinball", mean_pinball_loss(&t, &g, 0.3)),
            ("no such quantile", mean_pinball_loss(&t, &g, 7.0)),
            ("lengths", r2_score(&t, &series(&guess[..guess.len() / 2]))),
        ];
        let all = || truth.iter().chain(&guess);
        let wild = all().any(|number| !number.is_finite());
        for (name, found) in metrics {
            match found {
                Ok(found) => {
                    prop_assert!(found.is_finite(), "{} of {:?} and {:?}", name, truth, guess);
                    prop_assert!(!wild, "{} takes {:?} and {:?}", name, truth, guess);
                }
                Err(error) => prop_assert!(error.to_string().len() > 10, "{}", name),
            }
        }
        let labels: Vec<&str> = codes.iter().map(|code| ["no", "yes"][*code]).collect();
        let labels = Series::new("y".into(), labels);
        let ranked: [(&str, Result<f64, MlError>); 4] = [
            ("roc_auc", roc_auc_score(&labels, &g)),
            ("average_precision", average_precision_score(&labels, &g)),
            ("log_loss", log_loss(&labels, &g)),
            ("brier", brier_score_loss(&labels, &g)),
        ];
        for (name, found) in ranked {
            if let Ok(found) = found {
                prop_assert!(!found.is_nan(), "{} of {:?} by {:?}", name, codes, guess);
            }
        }
        let _ = roc_curve(&labels, &g).map(drop);
        let _ = precision_recall_curve(&labels, &g).map(drop);
    }

    /// Parameters that are set are read back, and nonsense is refused in words.
    #[test]
    fn parameters_are_read_back(number in -3.0..3.0_f64, whole in -2..9_i64, text in "[a-z]{0,6}") {
        let values = [
            ParamValue::from(number), whole.into(), text.as_str().into(), true.into(),
            ParamValue::Nothing, (whole, whole).into(),
        ];
        for transformer in every_transformer() {
            for (name, _) in transformer.params() {
                for value in &values {
                    let mut copy = transformer.clone_box();
                    if copy.set_param(&name, value).is_err() {
                        continue;
                    }
                    let now = copy.params();
                    let now = now.iter().find(|(own, _)| *own == name).unwrap().1.clone();
                    let mut again = transformer.clone_box();
                    again.set_param(&name, &now).unwrap();
                    prop_assert_eq!(again.params(), copy.params());
                }
            }
        }
    }
}
