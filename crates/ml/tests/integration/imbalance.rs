//! Rare classes are treated as imbalanced-learn and scikit-learn treat them.
//!
//! Random draws cannot be the same as numpy's. What can be compared is: how many
//! rows each class has afterwards (exactly), and over many seeds the mean and spread
//! of the rows and the score of a model that learned from them.

use ferrite_ml::*;
use polars::prelude::*;

use crate::preprocessing::{assert_case, assert_numbers, case, data};
use crate::{every_fourth, floats};

/// The tumours, of which one in six malignant ones is kept.
fn rare() -> DataFrame {
    let (mut frame, label) = data("cancer");
    frame.with_column(label).unwrap();
    let rows = case("rare rows").numbers.iter().flatten();
    let rows: Vec<IdxSize> = rows.map(|row| *row as IdxSize).collect();
    frame.take(&IdxCa::from_vec("rows".into(), rows)).unwrap()
}

fn scaled(sampler: Option<Step>) -> Pipeline {
    let mut pipeline = Pipeline::new().step("scale", StandardScaler::new());
    if let Some(sampler) = sampler {
        pipeline = pipeline.step("sample", sampler);
    }
    pipeline.model(LogisticRegression::new().tol(1e-9).max_iter(1_000))
}

fn halves() -> (DataFrame, DataFrame, DataFrame, Classes) {
    let (train, test) = every_fourth(&rare());
    let target = train
        .column("target")
        .unwrap()
        .as_materialized_series()
        .clone();
    let classes = Classes::of(&target).unwrap();
    let inputs = train.drop("target").unwrap();
    (train, test, inputs, classes)
}

#[test]
fn balanced_weights_are_scikit_learns() {
    let target = rare()
        .column("target")
        .unwrap()
        .as_materialized_series()
        .clone();
    let classes = Classes::of(&target).unwrap();
    let weights = ClassWeight::Balanced.weights(&classes).unwrap();
    let first = |class: usize| {
        classes
            .codes()
            .iter()
            .position(|code| *code == class)
            .unwrap()
    };
    let by_class = [weights[first(0)], weights[first(1)]];
    assert_numbers("class_weight balanced", &by_class, 1e-12);
    let given = ClassWeight::given([("malignant", 5.0)]);
    assert_eq!(given.weights(&classes).unwrap()[first(1)], 5.0);
    assert_eq!(given.weights(&classes).unwrap()[first(0)], 1.0);
}

#[test]
fn thresholds_are_scikit_learns() {
    let (train, test, ..) = halves();
    for (name, metric) in [
        ("balanced_accuracy", ThresholdMetric::BalancedAccuracy),
        ("f1", ThresholdMetric::F1),
        ("accuracy", ThresholdMetric::Accuracy),
    ] {
        let pipeline = scaled(None).tune_threshold(TunedThreshold::new(metric));
        let fitted = pipeline.fit(&train, "target").unwrap();
        let threshold = fitted.threshold().unwrap();
        assert_numbers(&format!("threshold {name}"), &[threshold], 1e-4);
        let probabilities = fitted.predict_proba(&test).unwrap();
        let positive = floats(&probabilities, "malignant");
        let predicted = fitted.predict(&test).unwrap();
        for (p, predicted) in positive.iter().zip(predicted.str().unwrap().iter()) {
            assert_eq!(predicted == Some("malignant"), *p >= threshold);
        }
    }
}

#[test]
fn samplers_make_the_same_classes() {
    let (_, _, inputs, classes) = halves();
    let columns = &inputs.get_column_names_owned()[..4];
    type Make = fn(u64, Option<f64>) -> Box<dyn Transformer>;
    let samplers: [(&str, usize, Make); 3] = [
        ("over", 1, |seed, ratio| {
            let sampler = RandomOverSampler::new().seed(seed);
            Box::new(match ratio {
                Some(ratio) => sampler.ratio(ratio),
                None => sampler,
            })
        }),
        ("under", 0, |seed, ratio| {
            let sampler = RandomUnderSampler::new().seed(seed);
            Box::new(match ratio {
                Some(ratio) => sampler.ratio(ratio),
                None => sampler,
            })
        }),
        ("smote", 1, |seed, ratio| {
            let sampler = SMOTE::new().seed(seed);
            Box::new(match ratio {
                Some(ratio) => sampler.ratio(ratio),
                None => sampler,
            })
        }),
    ];
    for (name, changed, make) in samplers {
        let counts = |ratio| {
            let sampler = make(3, ratio);
            let (_, classes) = sampler
                .sampler()
                .unwrap()
                .resample(&inputs, &classes)
                .unwrap();
            classes
                .counts()
                .iter()
                .map(|n| *n as f64)
                .collect::<Vec<_>>()
        };
        assert_numbers(&format!("sampler {name}"), &counts(None), 0.0);
        assert_numbers(&format!("sampler {name} half"), &counts(Some(0.5)), 0.0);

        let seeds = 60;
        let (mut means, mut deviations) = (vec![0.0; 4], vec![0.0; 4]);
        for seed in 0..seeds {
            let sampler = make(seed, None);
            let (rows, classes) = sampler
                .sampler()
                .unwrap()
                .resample(&inputs, &classes)
                .unwrap();
            for (position, column) in columns.iter().enumerate() {
                let numbers = floats(&rows, column);
                let own: Vec<f64> = numbers
                    .iter()
                    .zip(classes.codes())
                    .filter(|(_, code)| **code == changed)
                    .map(|(number, _)| *number)
                    .collect();
                let mean = own.iter().sum::<f64>() / own.len() as f64;
                let squares = own.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
                means[position] += mean / seeds as f64;
                deviations[position] += (squares / own.len() as f64).sqrt() / seeds as f64;
            }
        }
        let expected = case(&format!("sampler {name}"));
        for position in 0..4 {
            let (mean, deviation) = (expected.mean[position], expected.deviation[position]);
            // 60 draws of 28 rows and more: a mean moves by a few percent of the deviation.
            assert!(
                (means[position] - mean).abs() < 0.1 * deviation,
                "{name} {position}"
            );
            let ratio = deviations[position] / deviation;
            assert!((0.93..1.07).contains(&ratio), "{name} {position}: {ratio}");
        }
    }
}

#[test]
fn models_behind_samplers_reach_the_same_score() {
    let (train, test, ..) = halves();
    for (name, make) in [
        (
            "over",
            (|seed| RandomOverSampler::new().seed(seed).into()) as fn(u64) -> Step,
        ),
        ("under", |seed| RandomUnderSampler::new().seed(seed).into()),
        ("smote", |seed| SMOTE::new().seed(seed).into()),
    ] {
        let seeds = 20;
        let score: f64 = (0..seeds)
            .map(|seed| {
                let fitted = scaled(Some(make(seed))).fit(&train, "target").unwrap();
                let evaluation = fitted.evaluate(&test).unwrap();
                evaluation.metric("balanced_accuracy").unwrap() / seeds as f64
            })
            .sum();
        let expected = case(&format!("sampler {name}")).score;
        assert!(
            (score - expected).abs() < 0.02,
            "{name}: {score}, imbalanced-learn {expected}"
        );
    }
}

#[test]
fn new_rows_of_smote_lie_between_rows_of_the_class() {
    let (_, _, inputs, classes) = halves();
    let (rows, resampled) = SMOTE::new().seed(1).resample(&inputs, &classes).unwrap();
    assert!(
        rows.head(Some(inputs.height())).equals(
            &inputs
                .clone()
                .lazy()
                .select([all().as_expr().cast(DataType::Float64)])
                .collect()
                .unwrap()
        )
    );
    for column in inputs.get_column_names() {
        let of_class = |frame: &DataFrame, classes: &Classes| -> (f64, f64) {
            let numbers = floats(frame, column);
            let own = numbers
                .iter()
                .zip(classes.codes())
                .filter(|(_, code)| **code == 1);
            own.fold((f64::MAX, f64::MIN), |(low, high), (x, _)| {
                (low.min(*x), high.max(*x))
            })
        };
        let (low, high) = of_class(&rows, &resampled);
        let (lowest, highest) = of_class(&inputs, &classes);
        assert!(lowest <= low && high <= highest, "{column}");
    }
}

#[test]
fn sampling_happens_while_fitting_only() {
    let (train, test, ..) = halves();
    let fitted = scaled(Some(SMOTE::new().into()))
        .fit(&train, "target")
        .unwrap();
    assert_eq!(fitted.predict(&test).unwrap().len(), test.height());
    assert_eq!(fitted.transform(&train).unwrap().height(), train.height());
    // The scaler in front of the sampler saw the real rows only.
    let plain = scaled(None).fit(&train, "target").unwrap();
    assert!(
        fitted
            .transform(&test)
            .unwrap()
            .equals(&plain.transform(&test).unwrap())
    );
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let (_, _, inputs, classes) = halves();
    let sample = |seed| {
        SMOTE::new()
            .seed(seed)
            .resample(&inputs, &classes)
            .unwrap()
            .0
    };
    assert!(sample(4).equals(&sample(4)));
    assert!(!sample(4).equals(&sample(5)));
}

#[test]
fn what_cannot_be_balanced_is_told() {
    let frame = df!["x" => [1.0, 2.0, 3.0, 4.0], "t" => ["a", "b", "c", "d"]].unwrap();
    let numbers = frame.select(["x"]).unwrap();
    let classes = |labels: [&str; 4]| Classes::of(&Series::new("y".into(), labels)).unwrap();
    let told = |sampler: &dyn Sampler, frame: &DataFrame, labels| {
        sampler
            .resample(frame, &classes(labels))
            .unwrap_err()
            .to_string()
    };
    let two = ["a", "a", "a", "b"];
    let messages = [
        told(&SMOTE::new(), &frame, two),
        told(&SMOTE::new(), &numbers, two),
        told(&SMOTE::new().k_neighbors(0), &numbers, two),
        told(&RandomOverSampler::new(), &numbers, ["a"; 4]),
        told(&RandomOverSampler::new().ratio(0.1), &numbers, two),
        told(&RandomUnderSampler::new().ratio(2.0), &numbers, two),
        told(
            &RandomUnderSampler::new().ratio(0.5),
            &numbers,
            ["a", "b", "c", "a"],
        ),
        StandardScaler::new()
            .on(["z"])
            .fit(&frame)
            .unwrap_err()
            .to_string(),
        SMOTE::new().fit(&frame).unwrap_err().to_string(),
        Pipeline::new()
            .step(
                "columns",
                ColumnTransformer::new().numeric([SMOTE::new().into()]),
            )
            .model(knn(1))
            .fit(&frame, "t")
            .unwrap_err()
            .to_string(),
        Pipeline::new()
            .class_weight(ClassWeight::given([("z", 2.0)]))
            .model(knn(1))
            .fit(&frame, "t")
            .unwrap_err()
            .to_string(),
        Pipeline::new()
            .threshold(0.5)
            .model(knn(1))
            .fit(&frame, "t")
            .unwrap_err()
            .to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn class_weights_reach_the_model() {
    let (train, test, ..) = halves();
    let fitted = scaled(None)
        .class_weight(ClassWeight::Balanced)
        .fit(&train, "target")
        .unwrap();
    assert_case(
        "class_weight proba",
        &fitted.predict_proba(&test).unwrap(),
        1e-5,
    );
    let neighbors = Pipeline::new()
        .class_weight(ClassWeight::Balanced)
        .model(knn(1));
    let error = neighbors.fit(&train, "target").unwrap_err().to_string();
    assert!(
        error.contains("KNeighborsClassifier cannot weight rows"),
        "{error}"
    );
}

#[test]
fn samplers_see_the_training_rows_of_each_fold_only() {
    // A row that was drawn again before the folds were dealt would be known to the
    // model that is judged on it: a nearest neighbour would be right about all of them.
    let noise = df![
        "x" => (0..60).map(|row| f64::from(row * 37 % 61)).collect::<Vec<_>>(),
        "y" => (0..60).map(|row| if row % 6 == 0 { "rare" } else { "often" }).collect::<Vec<_>>(),
    ]
    .unwrap();
    let pipeline = Pipeline::new()
        .step("over", RandomOverSampler::new())
        .model(knn(1));
    let folds = StratifiedKFold::new(5).seed(1);
    let scores = cross_validate(&pipeline, &noise, "y")
        .cv(folds)
        .metrics(["recall_macro"])
        .run()
        .unwrap();
    let mean = scores.mean("recall_macro").unwrap();
    assert!(mean < 0.75, "{mean}");
}
