//! Cross-validation: no leakage, the same on any number of threads, errors that help.

use std::sync::atomic::{AtomicUsize, Ordering};

use ferrite_ml::*;
use polars::prelude::*;
use proptest::prelude::*;

use crate::{front_page, html, penguins, shown};

/// A step that remembers how many rows it was fitted on, and refuses rows that it should
/// not see.
#[derive(Clone, Debug)]
struct Spy;

static FITTED: AtomicUsize = AtomicUsize::new(0);

impl Params for Spy {}

impl Transformer for Spy {
    fn diagram(&self) -> Diagram {
        Diagram::new("Spy")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        FITTED.fetch_max(frame.height(), Ordering::Relaxed);
        StandardScaler::new()
            .fit(frame)
            .map(|fitted| Box::new(fitted) as Box<dyn FittedTransformer>)
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

fn numeric() -> DataFrame {
    penguins()
        .select(["species", "bill_length_mm", "body_mass_g"])
        .unwrap()
        .drop_nulls::<String>(None)
        .unwrap()
}

fn scaled() -> Pipeline {
    Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(knn(5))
}

#[test]
fn steps_learn_from_training_rows_only() {
    let frame = numeric();
    let pipeline = Pipeline::new().step("spy", Spy).model(knn(5));
    cross_validate(&pipeline, &frame, "species")
        .cv(5)
        .run()
        .unwrap();
    let most = FITTED.load(Ordering::Relaxed);
    assert!(
        most > 0 && most <= frame.height() - frame.height() / 5,
        "{most}"
    );
}

#[test]
fn chance_cannot_be_predicted() {
    // A target that is drawn by lot, and many columns of noise to learn it by heart from:
    // a step that saw the test rows' targets would find some that predict them.
    use rand::{Rng, SeedableRng, rngs::StdRng};
    let mut lots = StdRng::seed_from_u64(5);
    let (rows, noise) = (120, 300);
    let mut columns: Vec<Column> = (0..noise)
        .map(|i| {
            let values: Vec<f64> = (0..rows).map(|_| lots.r#gen()).collect();
            Column::new(format!("noise_{i}").into(), values)
        })
        .collect();
    let chance: Vec<&str> = (0..rows)
        .map(|_| if lots.r#gen() { "a" } else { "b" })
        .collect();
    columns.push(Column::new("y".into(), chance));
    let frame = DataFrame::new(rows, columns).unwrap();
    let selected = Pipeline::new()
        .step("select", SelectKBest::new(5))
        .model(knn(5));
    let accuracy = |scores: CrossValidation| scores.mean("accuracy").unwrap();
    let folds = StratifiedKFold::new(10).seed(1);
    let honest = accuracy(
        cross_validate(&selected, &frame, "y")
            .cv(folds.clone())
            .run()
            .unwrap(),
    );
    assert!((0.35..0.65).contains(&honest), "{honest}");
    // The same selection on all rows first is the mistake that pipelines are there for.
    let all = selected.fit(&frame, "y").unwrap();
    let kept: Vec<String> = all
        .feature_names()
        .iter()
        .cloned()
        .chain(["y".to_owned()])
        .collect();
    let leaked = frame.select(kept).unwrap();
    let plain = Pipeline::new().model(knn(5));
    let dishonest = accuracy(
        cross_validate(&plain, &leaked, "y")
            .cv(folds)
            .run()
            .unwrap(),
    );
    assert!(
        dishonest > honest + 0.1,
        "{dishonest} with leakage, {honest} without"
    );
}

#[test]
fn scores_are_the_same_on_any_number_of_threads() {
    let run = |threads| {
        let scores = cross_validate(
            &front_page(LogisticRegression::new()),
            &penguins(),
            "species",
        )
        .cv(StratifiedKFold::new(6).seed(3))
        .metrics(["accuracy", "f1_macro", "log_loss", "roc_auc_ovo"])
        .threads(threads)
        .run()
        .unwrap();
        ["accuracy", "f1_macro", "log_loss", "roc_auc_ovo"].map(|m| scores.scores(m).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(7));
    assert_eq!(one, run(0));
}

#[test]
fn a_metric_of_ones_own() {
    let chinstraps = Metric::custom("chinstraps_found", true, |truth, guess| {
        recall_score(truth, guess, "Chinstrap")
    });
    let scores = cross_validate(&scaled(), &numeric(), "species")
        .cv(StratifiedKFold::new(4).seed(1))
        .metrics([Metric::from("recall_macro"), chinstraps])
        .run()
        .unwrap();
    assert!(scores.mean("chinstraps_found").unwrap() > 0.8);
    let panicking = Metric::custom("panicking", true, |_, _| panic!("this metric is broken"));
    let error = cross_validate(&scaled(), &numeric(), "species")
        .metrics([panicking])
        .run();
    assert_eq!(
        error.unwrap_err().to_string(),
        "this pipeline panicked: this metric is broken"
    );
}

#[test]
fn what_cannot_be_validated_is_told() {
    let frame = numeric();
    let told = |plan: CrossValidate| plan.run().unwrap_err().to_string();
    let plan = || cross_validate(&scaled(), &frame, "species");
    let few = df!["x" => [1, 2, 3], "y" => ["a", "b", "c"]].unwrap();
    let one = df!["x" => [1, 2, 3, 4], "y" => ["a", "a", "a", "a"]].unwrap();
    let errors = [
        told(plan().metrics(["f1_marco"])),
        told(plan().metrics(["r2"])),
        told(plan().metrics(["accuracy", "accuracy"])),
        told(plan().cv(1)),
        told(plan().cv(1_000)),
        told(plan().cv(GroupKFold::new(3, "islnd"))),
        told(plan().metrics(["f1"])),
        told(cross_validate(&scaled(), &few, "y")),
        told(
            cross_validate(&Pipeline::new().model(knn(1)), &one, "y")
                .cv(2)
                .metrics(["roc_auc"]),
        ),
        told(cross_validate(&scaled(), &frame.head(Some(0)), "species")),
        told(cross_validate(&scaled(), &frame, "spcies")),
        told(cross_validate(&Pipeline::new(), &frame, "species")),
    ];
    insta::assert_snapshot!(errors.join("\n\n"));
}

#[test]
fn a_split_of_ones_own_is_checked() {
    #[derive(Debug)]
    struct Outside;
    impl Splitter for Outside {
        fn folds(&self, frame: &DataFrame, _target: &str) -> Result<Vec<Fold>, MlError> {
            Ok(vec![Fold {
                train: vec![0, 1],
                test: vec![frame.height()],
            }])
        }
    }
    let error = cross_validate(&scaled(), &numeric(), "species")
        .cv(Cv::new(Outside))
        .run();
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("row numbers that the frame does not have")
    );
}

#[test]
fn rows_without_a_target_are_left_out_and_told() {
    let scores = cross_validate(&front_page(knn(5)), &penguins(), "sex")
        .cv(5)
        .run()
        .unwrap();
    assert!(
        shown(&scores).contains("11 rows without a target left out"),
        "{}",
        shown(&scores)
    );
    assert!(html(&scores).contains("<svg"));
}

#[test]
fn groups_are_measured_one_by_one() {
    let frame = penguins();
    let fitted = front_page(knn(5)).fit(&frame, "sex").unwrap();
    let groups = fitted
        .evaluate_by(
            &frame,
            "species",
            ["accuracy", "selection_rate", "false_positive_rate"],
        )
        .unwrap();
    insta::assert_snapshot!(shown(&groups));
    let gap = groups.difference("accuracy").unwrap();
    assert!(gap > 0.0 && groups.ratio("accuracy").unwrap() < 1.0);
    let error = groups.value("Emperor", "accuracy").unwrap_err().to_string();
    assert!(error.contains("Adelie, Chinstrap, Gentoo"), "{error}");
    // One class only in a group: that cell is undefined, the others stand.
    let islands = front_page(knn(5)).fit(&frame, "species").unwrap();
    let by_species = islands
        .evaluate_by(&frame, "species", ["accuracy", "roc_auc_ovr"])
        .unwrap();
    assert!(by_species.value("Adelie", "accuracy").unwrap() > 0.9);
    assert!(by_species.value("Adelie", "roc_auc_ovr").is_err());
}

#[test]
fn curves_show_themselves() {
    let curve = validation_curve(
        &scaled(),
        &numeric(),
        "species",
        "model__n_neighbors",
        [1, 5, 25],
    )
    .cv(StratifiedKFold::new(4).seed(1))
    .run()
    .unwrap();
    insta::assert_snapshot!(shown(&curve));
    assert!(html(&curve).contains("<svg"));
    let error = learning_curve(&scaled(), &numeric(), "species")
        .sizes([1.5])
        .run()
        .unwrap_err();
    assert!(error.to_string().contains("at most 1"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_row_is_tested_once(
        classes in prop::collection::vec(0_usize..4, 12..120),
        folds in 2_usize..6,
        seed in proptest::option::of(any::<u64>()),
    ) {
        let labels: Vec<String> = classes.iter().map(|class| format!("c{class}")).collect();
        let frame = df!["y" => labels].unwrap();
        let (mut plain, mut stratified) = (KFold::new(folds), StratifiedKFold::new(folds));
        if let Some(seed) = seed {
            plain = plain.seed(seed);
            stratified = stratified.seed(seed);
        }
        let largest = (0..4).map(|c| classes.iter().filter(|x| **x == c).count()).max().unwrap();
        let mut splits = vec![plain.split(&frame).unwrap()];
        if largest >= folds {
            splits.push(stratified.split(&frame, "y").unwrap());
        }
        for split in splits {
            let mut tested: Vec<usize> = split.iter().flat_map(|fold| fold.test.clone()).collect();
            tested.sort_unstable();
            prop_assert_eq!(&tested, &(0..classes.len()).collect::<Vec<_>>());
            for fold in &split {
                prop_assert_eq!(fold.train.len() + fold.test.len(), classes.len());
                prop_assert!(fold.train.iter().all(|row| !fold.test.contains(row)));
                let size = classes.len() / folds;
                prop_assert!((size..=size + 1).contains(&fold.test.len()));
            }
        }
    }

    #[test]
    fn classes_are_dealt_out_evenly(
        classes in prop::collection::vec(0_usize..3, 30..150),
        folds in 2_usize..5,
        seed: u64,
    ) {
        let frame = df!["y" => classes.iter().map(|c| *c as u32).collect::<Vec<_>>()].unwrap();
        let split = StratifiedKFold::new(folds).seed(seed).split(&frame, "y").unwrap();
        for class in 0..3 {
            let all = classes.iter().filter(|c| **c == class).count();
            for fold in &split {
                let here = fold.test.iter().filter(|row| classes[**row] == class).count();
                prop_assert!((all / folds).abs_diff(here) <= 1, "{here} of {all} in {folds}");
            }
        }
    }

    #[test]
    fn no_group_is_on_both_sides(
        groups in prop::collection::vec(0_usize..12, 20..120),
        folds in 2_usize..5,
        seed in proptest::option::of(any::<u64>()),
    ) {
        let mut distinct = groups.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assume!(distinct.len() >= folds);
        let names: Vec<String> = groups.iter().map(|group| format!("g{group}")).collect();
        let frame = df!["g" => names].unwrap();
        let mut splitter = GroupKFold::new(folds, "g");
        if let Some(seed) = seed {
            splitter = splitter.seed(seed);
        }
        for fold in splitter.split(&frame).unwrap() {
            prop_assert!(!fold.test.is_empty());
            let tested: Vec<usize> = fold.test.iter().map(|row| groups[*row]).collect();
            prop_assert!(fold.train.iter().all(|row| !tested.contains(&groups[*row])));
        }
        let (train, test) = train_test_split(&frame, 0.4).groups("g").seed(1).split().unwrap();
        let of = |part: &DataFrame| crate::texts(part.column("g").unwrap().as_materialized_series());
        let tested = of(&test);
        prop_assert!(of(&train).iter().all(|group| !tested.contains(group)));
        prop_assert_eq!(train.height() + test.height(), groups.len());
    }

    #[test]
    fn the_future_is_never_learned_from(
        days in prop::collection::vec(0_i64..1_000, 12..80),
        folds in 2_usize..5,
        gap in 0_usize..3,
    ) {
        let frame = df!["day" => days.clone()].unwrap();
        for fold in TimeSeriesSplit::new(folds).by("day").gap(gap).split(&frame).unwrap() {
            let last = fold.train.iter().map(|row| days[*row]).max().unwrap();
            prop_assert!(fold.test.iter().all(|row| days[*row] >= last));
        }
        let (train, test) = train_test_split(&frame, 0.3).time("day").split().unwrap();
        let day = |part: &DataFrame| part.column("day").unwrap().i64().unwrap().iter().flatten().collect::<Vec<_>>();
        prop_assert!(day(&train).iter().max() <= day(&test).iter().min());
    }

    #[test]
    fn metrics_never_panic_and_stay_in_their_range(
        pairs in prop::collection::vec((0_usize..4, 0_usize..4), 1..60),
    ) {
        let series = |side: fn(&(usize, usize)) -> usize| {
            let labels: Vec<String> = pairs.iter().map(|pair| format!("c{}", side(pair))).collect();
            Series::new("y".into(), labels)
        };
        let (truth, guess) = (series(|pair| pair.0), series(|pair| pair.1));
        for average in ["micro", "macro", "weighted"] {
            let p = precision_score(&truth, &guess, average).unwrap();
            let r = recall_score(&truth, &guess, average).unwrap();
            let f = f1_score(&truth, &guess, average).unwrap();
            for value in [p, r, f] {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value));
            }
        }
        let micro = f1_score(&truth, &guess, "micro").unwrap();
        prop_assert!((micro - accuracy_score(&truth, &guess).unwrap()).abs() < 1e-12);
        prop_assert!((-1.0 - 1e-12..=1.0 + 1e-12).contains(&matthews_corrcoef(&truth, &guess).unwrap()));
        if let Ok(kappa) = cohen_kappa_score(&truth, &guess, KappaWeights::Quadratic) {
            prop_assert!(kappa <= 1.0);
        }
        // Of no use, but no panic either.
        let _ = (f1_score(&truth, &guess, "binary"), f1_score(&truth, &guess, "c9"));
        let ari = adjusted_rand_score(&truth, &guess).unwrap();
        prop_assert!((ari - adjusted_rand_score(&guess, &truth).unwrap()).abs() < 1e-12);
        let nmi = normalized_mutual_info_score(&truth, &guess).unwrap();
        prop_assert!((0.0..=1.0 + 1e-9).contains(&nmi));
    }

    #[test]
    fn areas_turn_with_the_scores(
        rows in prop::collection::vec((any::<bool>(), 0_u8..20), 2..80),
    ) {
        prop_assume!(rows.iter().any(|row| row.0) && rows.iter().any(|row| !row.0));
        let truth: Vec<u32> = rows.iter().map(|row| u32::from(row.0)).collect();
        let truth = Series::new("truth".into(), truth);
        let scores = |sign: f64| -> Vec<f64> {
            rows.iter().map(|row| sign * f64::from(row.1)).collect()
        };
        let (up, down) = (
            roc_auc_score(&truth, scores(1.0)).unwrap(),
            roc_auc_score(&truth, scores(-1.0)).unwrap(),
        );
        prop_assert!((up + down - 1.0).abs() < 1e-9);
        let precision = average_precision_score(&truth, scores(1.0)).unwrap();
        prop_assert!(precision > 0.0 && precision <= 1.0 + 1e-12);
        let curve = roc_curve(&truth, scores(1.0)).unwrap();
        prop_assert!(curve.column("tpr").unwrap().f64().unwrap().iter().flatten().is_sorted());
    }

    #[test]
    fn texts_of_any_sort_have_scores(
        texts in prop::collection::vec((".{0,40}", ".{0,40}"), 1..8),
    ) {
        let (ours, theirs): (Vec<String>, Vec<String>) = texts.into_iter().unzip();
        let bleu = text::bleu(ours.clone(), theirs.clone()).unwrap().score;
        prop_assert!((0.0..=100.0 + 1e-9).contains(&bleu));
        let chrf = text::chrf_plus_plus(ours.clone(), theirs.clone()).unwrap();
        prop_assert!((0.0..=100.0 + 1e-9).contains(&chrf));
        let rouge = text::rouge(ours.clone(), theirs.clone()).unwrap();
        prop_assert!((0.0..=1.0 + 1e-9).contains(&rouge.rouge_l.f1));
        prop_assert!(rouge.rouge_l.f1 <= rouge.rouge1.f1 + 1e-9);
        let same = text::token_f1(theirs.clone(), theirs.clone()).unwrap();
        prop_assert!((same - 1.0).abs() < 1e-12);
        let _ = text::word_error_rate(ours, theirs);
    }
}
