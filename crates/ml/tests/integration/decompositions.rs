//! Few columns instead of many: sources, random directions, maps.

use ferrite_ml::*;
use polars::prelude::*;

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
    let error = FastICA::new()
        .fit(&twins)
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(error.contains("vary in 1 directions only"), "{error}");
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
        error.starts_with("TSNE(perplexity=30) needs at least 91 rows"),
        "{error}"
    );
}
