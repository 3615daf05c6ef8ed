//! Parameters and metrics by the names that scikit-learn has for them.

use ferrite_ml::*;
use ndarray::{Array2, Axis};
use polars::prelude::*;

use crate::zoo::{classifiers, regressors};
use crate::{every_fourth, penguins};

fn frame() -> DataFrame {
    let columns = ["bill_length_mm", "bill_depth_mm", "body_mass_g", "species"];
    penguins()
        .select(columns)
        .unwrap()
        .drop_nulls::<String>(None)
        .unwrap()
}

fn fitted(model: impl Estimator + 'static) -> FittedPipeline {
    let scaled = Pipeline::new().step("scale", StandardScaler::new());
    scaled.model(model).fit(&frame(), "species").unwrap()
}

#[test]
fn a_seed_is_a_random_state_everywhere() {
    assert_eq!(
        RandomForestClassifier::new().random_state(7),
        RandomForestClassifier::new().seed(7)
    );
    assert_eq!(KMeans::new().random_state(7), KMeans::new().seed(7));
    let mut seen = 0;
    for (name, mut model) in classifiers().into_iter().chain(regressors()) {
        let has = |model: &dyn Estimator| model.params().iter().any(|(name, _)| name == "seed");
        if has(&*model) {
            model.set_param("random_state", &7.into()).unwrap();
            assert!(
                model.params().contains(&("seed".to_owned(), 7.into())),
                "{name}"
            );
            seen += 1;
        } else {
            assert!(
                model.set_param("random_state", &7.into()).is_err(),
                "{name}"
            );
        }
    }
    assert!(seen > 5);
    let mut sampler = SMOTE::new();
    sampler.set_param("seed", &3.into()).unwrap();
    assert!(
        sampler
            .params()
            .contains(&("random_state".to_owned(), 3.into()))
    );
    let pipeline = Pipeline::new().model(RandomForestClassifier::new());
    assert!(pipeline.with_param("model__random_state", 3).is_ok());
}

#[test]
fn a_tree_has_as_many_leaves_as_it_may() {
    let leaves = |model: DecisionTreeClassifier| fitted(model).tree(0).unwrap().view().leaves();
    for most in [2, 3, 5] {
        assert_eq!(
            leaves(DecisionTreeClassifier::new().max_leaf_nodes(most)),
            most
        );
    }
    // Without a limit that binds, the tree is the same, in another order of nodes.
    let whole = fitted(DecisionTreeClassifier::new());
    let limited = fitted(DecisionTreeClassifier::new().max_leaf_nodes(1_000));
    let (a, b) = (
        whole.predict_proba(&frame()).unwrap(),
        limited.predict_proba(&frame()).unwrap(),
    );
    assert!(a.equals(&b));
    let first = fitted(DecisionTreeClassifier::new().max_leaf_nodes(2));
    let shallow = fitted(DecisionTreeClassifier::new().max_depth(1));
    let (a, b) = (
        first.predict(&frame()).unwrap(),
        shallow.predict(&frame()).unwrap(),
    );
    assert!(a.equals(&b));
    let error = Pipeline::new()
        .model(DecisionTreeClassifier::new().max_leaf_nodes(1))
        .fit(&frame(), "species")
        .unwrap_err();
    assert!(error.to_string().contains("max_leaf_nodes"));
    let forest = RandomForestClassifier::new()
        .n_estimators(20)
        .max_leaf_nodes(4);
    assert!(
        fitted(forest)
            .evaluate(&frame())
            .unwrap()
            .accuracy()
            .unwrap()
            > 0.9
    );
}

#[test]
fn a_tree_may_draw_its_features() {
    let one = |seed| {
        let tree = DecisionTreeClassifier::new().max_features(MaxFeatures::Count(1));
        fitted(tree.random_state(seed)).to_bytes().unwrap()
    };
    assert_eq!(one(0), one(0));
    assert!((1..6).any(|seed| one(seed) != one(0)));
}

#[test]
fn neighbours_are_near_in_the_sense_of_p() {
    // By differences (3, 0) is nearer to 0 than (2, 2); by squares it is not.
    let frame =
        df!["a" => [3.0, 2.0], "b" => [0.0, 2.0], "y" => ["axis", "corner"], "n" => [1.0, 2.0]]
            .unwrap();
    let origin = df!["a" => [0.0], "b" => [0.0]].unwrap();
    let class = |p: f64| {
        let pipeline = Pipeline::new().model(knn(1).p(p));
        let fitted = pipeline.fit(&frame.drop("n").unwrap(), "y").unwrap();
        let read = FittedPipeline::from_bytes(&fitted.to_bytes().unwrap()).unwrap();
        read.predict(&origin)
            .unwrap()
            .str()
            .unwrap()
            .get(0)
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        [class(1.0), class(2.0), class(f64::INFINITY)],
        ["axis", "corner", "corner"]
    );
    let number = |p: f64| {
        let model = KNeighborsRegressor::new().n_neighbors(1).p(p);
        let fitted = Pipeline::new()
            .model(model)
            .fit(&frame.drop("y").unwrap(), "n")
            .unwrap();
        fitted.predict(&origin).unwrap().f64().unwrap().get(0)
    };
    assert_eq!((number(1.0), number(2.0)), (Some(1.0), Some(2.0)));
    let error = Pipeline::new()
        .model(knn(1).p(0.5))
        .fit(&frame.drop("n").unwrap(), "y");
    assert!(error.unwrap_err().to_string().contains("be at least 1"));
}

#[test]
fn smoothing_widens_normal_distributions() {
    let sure = |smoothing: f64| {
        let fitted = fitted(GaussianNB::new().var_smoothing(smoothing));
        let shares = fitted.predict_proba(&frame()).unwrap();
        let row = |row: usize| {
            let cells = shares
                .columns()
                .iter()
                .map(|c| c.f64().unwrap().get(row).unwrap());
            cells.fold(0.0, f64::max)
        };
        (0..shares.height()).map(row).sum::<f64>() / shares.height() as f64
    };
    assert!(sure(1e-9) > 0.95);
    assert!(sure(10.0) < 0.6);
}

#[test]
fn a_penalty_on_sizes_leaves_features_out() {
    // Two features tell the class, six are noise.
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
    };
    let x = Array2::from_shape_simple_fn((300, 8), &mut noise);
    let y: Vec<String> = x
        .rows()
        .into_iter()
        .map(|row| {
            if row[0] - row[1] + 0.2 * row[7] > 0.0 {
                "yes"
            } else {
                "no"
            }
            .to_owned()
        })
        .collect();
    let x = Features::new((0..8).map(|i| format!("x{i}")), x).unwrap();
    let y = Target::Classes(Classes::of(&Series::new("y".into(), y)).unwrap());
    let zeros = |l1_ratio: f64, c: f64| {
        let model = LogisticRegression::new()
            .l1_ratio(l1_ratio)
            .c(c)
            .tol(1e-8)
            .max_iter(2_000);
        let fitted = model.fit(&x, &y).unwrap();
        assert!(fitted.notes().is_empty(), "{:?}", fitted.notes());
        let weights = fitted.coefficients().unwrap().values;
        weights
            .index_axis(Axis(0), 0)
            .iter()
            .filter(|weight| **weight == 0.0)
            .count()
    };
    assert_eq!(zeros(0.0, 0.1), 0);
    assert!(zeros(1.0, 0.1) >= 5);
    assert_eq!(zeros(1.0, 1e-4), 8);
    assert!(zeros(0.5, 0.1) <= zeros(1.0, 0.1));
    // A share of 1e-12 on sizes is as none.
    let at = |l1_ratio: f64| {
        let model = LogisticRegression::new()
            .l1_ratio(l1_ratio)
            .tol(1e-9)
            .max_iter(2_000);
        model.fit(&x, &y).unwrap().coefficients().unwrap().values
    };
    for (a, b) in at(0.0).iter().zip(at(1e-12).iter()) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

#[test]
fn importance_is_measured_by_any_metric() {
    let (train, test) = every_fourth(&frame());
    let pipeline = Pipeline::new().step("scale", StandardScaler::new());
    let fitted = pipeline
        .model(LogisticRegression::new())
        .fit(&train, "species")
        .unwrap();
    for metric in [
        "accuracy",
        "roc_auc",
        "log_loss",
        "neg_log_loss",
        "matthews_corrcoef",
    ] {
        let importance = fitted
            .permutation_importance(&test)
            .metric(metric)
            .random_state(1);
        let table = importance.run().unwrap();
        assert_eq!(table.names()[0], "bill_length_mm", "{metric}");
        assert!(table.values()[0] > 0.0, "{metric}");
    }
    let error = fitted
        .permutation_importance(&test)
        .metric("rmse")
        .run()
        .unwrap_err();
    assert!(error.to_string().contains("\"rmse\""), "{error}");
    let numbers = frame().drop("species").unwrap();
    let pipeline = Pipeline::new().model(Ridge::new());
    let fitted = pipeline.fit(&numbers, "body_mass_g").unwrap();
    let importance = fitted
        .permutation_importance(&numbers)
        .metric("mean_pinball_loss");
    assert!(importance.run().unwrap().values()[0] > 0.0);
}
