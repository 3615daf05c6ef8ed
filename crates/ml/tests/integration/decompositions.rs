//! Few columns instead of many: sources, random directions, maps.

use ferrite_ml::*;
use polars::prelude::*;

use crate::clusters::{Reference, scaled};
use crate::{floats, names, penguins};

fn measurements() -> DataFrame {
    let complete = penguins().drop_nulls::<String>(None).unwrap();
    let columns = [
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ];
    StandardScaler::new()
        .fit_transform(&complete.select(columns).unwrap())
        .unwrap()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (of_a, of_b) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(a, b)| (a - of_a) * (b - of_b)).sum();
    let square = |v: &[f64], mean: f64| v.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    product / (square(a, of_a) * square(b, of_b)).sqrt()
}

#[test]
fn mixed_sources_are_found_again() {
    let wave: Vec<f64> = (0..500).map(|i| (f64::from(i) * 0.11).sin()).collect();
    let saw: Vec<f64> = (0..500).map(|i| f64::from(i % 23) / 11.0 - 1.0).collect();
    let mix = |a: f64, b: f64| -> Vec<f64> {
        wave.iter()
            .zip(&saw)
            .map(|(w, s)| a * w + b * s + 3.0)
            .collect()
    };
    let frame = df!["left" => mix(1.0, 0.6), "right" => mix(0.3, -1.0)].unwrap();
    let found = FastICA::new().fit_transform(&frame).unwrap();
    let (first, second) = (floats(&found, "fastica0"), floats(&found, "fastica1"));
    for source in [&wave, &saw] {
        let likeness = correlation(source, &first)
            .abs()
            .max(correlation(source, &second).abs());
        assert!(likeness > 0.98, "{likeness}");
    }
    let twins = df!["a" => [1.0, 2.0, 4.0], "b" => [2.0, 4.0, 8.0]].unwrap();
    let error = FastICA::new().n_components(2).fit(&twins).unwrap_err();
    assert!(
        error.to_string().contains("vary in 1 directions"),
        "{error}"
    );
    assert_eq!(FastICA::new().fit_transform(&twins).unwrap().width(), 1);
}

#[test]
fn random_directions_are_the_same_for_a_seed() {
    let frame = measurements();
    let reduce = |seed| {
        GaussianRandomProjection::new()
            .n_components(3)
            .seed(seed)
            .fit_transform(&frame)
            .unwrap()
    };
    assert!(reduce(1).equals(&reduce(1)));
    assert!(!reduce(1).equals(&reduce(2)));
    assert_eq!(names(&reduce(1))[2], "gaussianrandomprojection2");
    let sparse = SparseRandomProjection::new()
        .n_components(2)
        .fit_transform(&frame)
        .unwrap();
    assert_eq!(sparse.shape(), (frame.height(), 2));
    let error = SparseRandomProjection::new()
        .n_components(9)
        .fit(&frame)
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("there are 4 columns"), "{error}");
}

#[test]
fn a_map_keeps_neighbours_together() {
    let complete = penguins().drop_nulls::<String>(None).unwrap();
    let map = TSNE::new()
        .max_iter(400)
        .fit_transform(&measurements())
        .unwrap();
    let mut labelled = map.clone();
    labelled
        .with_column(complete.column("species").unwrap().clone())
        .unwrap();
    let fitted = Pipeline::new()
        .model(knn(6))
        .fit(&labelled, "species")
        .unwrap();
    let accuracy = fitted.evaluate(&labelled).unwrap().accuracy().unwrap();
    assert!(accuracy > 0.95, "{accuracy}");
    let few = measurements().head(Some(20));
    let error = TSNE::new()
        .fit_transform(&few)
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("TSNE(perplexity=30) needs at least 31 rows"),
        "{error}"
    );
}

/// The rows of a frame.
fn points(frame: &DataFrame) -> Vec<Vec<f64>> {
    let columns: Vec<Vec<f64>> = names(frame)
        .iter()
        .map(|name| floats(frame, name))
        .collect();
    (0..frame.height())
        .map(|row| columns.iter().map(|column| column[row]).collect())
        .collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    sum.sqrt()
}

#[test]
fn sources_are_those_of_scikit_learn() {
    let reference = Reference::read();
    for data in ["iris", "wine"] {
        let ica = FastICA::new().n_components(3).tol(1e-8).max_iter(2_000);
        let found = ica.fit_transform(&scaled(data)).unwrap();
        let ours: Vec<Vec<f64>> = names(&found)
            .iter()
            .map(|name| floats(&found, name))
            .collect();
        assert_eq!(ours.len(), 3);
        // In another order, and with another sign.
        for source in 0..3 {
            let theirs = reference.numbers(&format!("{data},ica,source_{source}"));
            let best = ours
                .iter()
                .map(|own| correlation(own, theirs).abs())
                .fold(0.0, f64::max);
            assert!(best > 0.99, "{data}, source {source}: {best}");
        }
    }
}

#[test]
fn random_directions_keep_distances_as_well_as_scikit_learns() {
    const SEEDS: u64 = 50;
    let reference = Reference::read();
    for data in ["iris", "wine"] {
        let frame = scaled(data);
        let before = points(&frame);
        // How much the ratios of distances after and before differ.
        let distortion = |few: &DataFrame| {
            let after = points(few);
            let mut ratios = Vec::new();
            for i in 0..before.len() {
                for j in i + 1..before.len() {
                    let was = distance(&before[i], &before[j]);
                    if was > 0.0 {
                        ratios.push(distance(&after[i], &after[j]) / was);
                    }
                }
            }
            let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
            let square = ratios.iter().map(|r| (r - mean).powi(2)).sum::<f64>();
            (square / ratios.len() as f64).sqrt() / mean
        };
        let mean = |reduce: &dyn Fn(u64) -> DataFrame| {
            (0..SEEDS)
                .map(|seed| distortion(&reduce(seed)))
                .sum::<f64>()
                / SEEDS as f64
        };
        let gaussian = mean(&|seed| {
            let model = GaussianRandomProjection::new().n_components(3).seed(seed);
            model.fit_transform(&frame).unwrap()
        });
        let sparse = mean(&|seed| {
            let model = SparseRandomProjection::new().n_components(3).seed(seed);
            model.fit_transform(&frame).unwrap()
        });
        for (name, ours) in [
            ("gaussian_projection", gaussian),
            ("sparse_projection", sparse),
        ] {
            let want = reference.numbers(&format!("{data},{name},distortion"));
            // Four standard errors of the difference of two means of fifty.
            let near = 4.0 * want[1] * (2.0 / SEEDS as f64).sqrt();
            assert!(
                (ours - want[0]).abs() <= near,
                "{data} {name}: {ours}, not {} ± {near}",
                want[0]
            );
        }
    }
}

/// How far neighbours on the map are neighbours in truth (Venna and Kaski 2001).
fn trustworthiness(before: &[Vec<f64>], after: &[Vec<f64>], neighbours: usize) -> f64 {
    let rows = before.len();
    let order = |points: &[Vec<f64>], row: usize| {
        let mut others: Vec<usize> = (0..rows).filter(|other| *other != row).collect();
        others.sort_by(|a, b| {
            let far = |other: &usize| distance(&points[row], &points[*other]);
            far(a).total_cmp(&far(b))
        });
        others
    };
    let mut penalty = 0.0;
    for row in 0..rows {
        let truth = order(before, row);
        for near in &order(after, row)[..neighbours] {
            let rank = truth.iter().position(|other| other == near).unwrap() + 1;
            penalty += rank.saturating_sub(neighbours) as f64;
        }
    }
    let (n, k) = (rows as f64, neighbours as f64);
    1.0 - 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)) * penalty
}

#[test]
fn a_map_can_be_trusted_as_scikit_learns() {
    let reference = Reference::read();
    for data in ["iris", "wine"] {
        let frame = scaled(data);
        let map = TSNE::new().fit_transform(&frame).unwrap();
        let ours = trustworthiness(&points(&frame), &points(&map), 10);
        let theirs = reference.numbers(&format!("{data},tsne,trustworthiness"));
        let theirs = theirs.iter().sum::<f64>() / theirs.len() as f64;
        assert!(ours >= theirs - 0.005, "{data}: {ours} instead of {theirs}");
        // From any other first map too, where scikit-learn's own maps differ by as much.
        let anywhere = TSNE::new().init(TsneInit::Random).seed(3);
        let map = anywhere.fit_transform(&frame).unwrap();
        let ours = trustworthiness(&points(&frame), &points(&map), 10);
        assert!(ours >= theirs - 0.01, "{data}: {ours} instead of {theirs}");
    }
}

#[test]
fn a_seed_is_a_map() {
    let frame = scaled("iris");
    let draw = |model: TSNE| model.max_iter(300).fit_transform(&frame).unwrap();
    assert!(draw(TSNE::new()).equals(&draw(TSNE::new())));
    let random = |seed| draw(TSNE::new().init(TsneInit::Random).seed(seed));
    assert!(random(1).equals(&random(1)));
    assert!(!random(1).equals(&random(2)));
    // Exact forces and those of the tree lead to like maps; in more than three columns
    // there is no tree.
    let exact = draw(TSNE::new().angle(0.0));
    let trusted = trustworthiness(&points(&frame), &points(&exact), 10);
    assert!(trusted > 0.98, "{trusted}");
    for columns in [1, 3, 4] {
        assert_eq!(draw(TSNE::new().n_components(columns)).width(), columns);
    }
    let wide = TSNE::new().n_components(9);
    let error = wide.fit_transform(&frame).unwrap_err().to_string();
    assert!(
        error.contains("a map of 9 columns needs as many"),
        "{error}"
    );
    assert_eq!(draw(wide.init(TsneInit::Random)).width(), 9);
}

#[test]
fn sources_are_as_many_as_columns_vary_in() {
    // Two columns say the same, one says nothing.
    let wave = |step: f64| -> Vec<f64> { (0..60).map(|i| (f64::from(i) * step).sin()).collect() };
    let frame = df![
        "a" => wave(0.7), "again" => wave(0.7), "b" => wave(0.2), "same" => vec![3.0; 60],
    ]
    .unwrap();
    let found = FastICA::new().fit_transform(&frame).unwrap();
    assert_eq!(found.width(), 2);
    let asked = FastICA::new().n_components(3).fit(&frame).unwrap_err();
    assert!(
        asked.to_string().contains("vary in 2 directions"),
        "{asked}"
    );
    // More columns than rows.
    let wide = (0..9).map(|at| Column::new(format!("c{at}").into(), wave(0.1 + f64::from(at))));
    let wide = DataFrame::new(60, wide.collect()).unwrap().head(Some(5));
    let found = FastICA::new().fit_transform(&wide).unwrap();
    assert_eq!((found.height(), found.width()), (5, 4));
}
