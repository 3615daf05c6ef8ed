//! Whatever a clusterer or a decomposition is given, it answers or says why not.

use ferrite_ml::*;
use polars::prelude::*;
use proptest::prelude::*;

use crate::model_properties::ODD;

/// Columns of odd numbers; `most` is the largest size that is left as it is.
fn frame(rows: usize, columns: usize, picks: &[usize], most: f64) -> DataFrame {
    let value = |row: usize, column: usize| {
        let value = ODD[picks[(row * columns + column) % picks.len()] % ODD.len()];
        if value.abs() > most {
            value.signum() * most
        } else {
            value
        }
    };
    let column = |column: usize| {
        let values: Vec<f64> = (0..rows).map(|row| value(row, column)).collect();
        Column::new(format!("c{column}").into(), values)
    };
    DataFrame::new(rows, (0..columns).map(column).collect()).unwrap()
}

fn clusterers() -> Vec<(&'static str, Box<dyn Clusterer>)> {
    vec![
        ("k-means", Box::new(KMeans::new().n_clusters(2).n_init(2))),
        (
            "mini-batch",
            Box::new(MiniBatchKMeans::new().n_clusters(2).batch_size(4)),
        ),
        ("mixture", Box::new(GaussianMixture::new().n_components(2))),
        ("dbscan", Box::new(DBSCAN::new().min_samples(2))),
        ("optics", Box::new(OPTICS::new().min_samples(2))),
        ("ward", Box::new(AgglomerativeClustering::new())),
        (
            "single",
            Box::new(AgglomerativeClustering::new().linkage(Linkage::Single)),
        ),
        (
            "average",
            Box::new(AgglomerativeClustering::new().linkage(Linkage::Average)),
        ),
    ]
}

fn decompositions() -> Vec<(&'static str, Box<dyn Transformer>)> {
    vec![
        ("pca", Box::new(PCA::explaining(0.9))),
        ("svd", Box::new(TruncatedSVD::new(1))),
        ("ica", Box::new(FastICA::new().n_components(1).max_iter(20))),
        (
            "gaussian projection",
            Box::new(GaussianRandomProjection::new().n_components(1)),
        ),
        (
            "sparse projection",
            Box::new(SparseRandomProjection::new().n_components(1)),
        ),
    ]
}

/// Small numbers, numbers near the edge, and numbers beyond it.
const SIZES: [f64; 4] = [1e6, 1e100, 1e139, f64::MAX];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn clusterers_answer_or_explain(
        rows in 1_usize..12,
        columns in 1_usize..4,
        picks in proptest::collection::vec(0_usize..1_000, 60),
        size in 0..SIZES.len(),
    ) {
        let frame = frame(rows, columns, &picks, SIZES[size]);
        for (name, clusterer) in clusterers() {
            match clusterer.fit(&frame) {
                Ok(clusters) => {
                    prop_assert_eq!(clusters.labels().len(), rows, "{}", name);
                    let counted: usize = clusters.sizes().iter().sum();
                    prop_assert_eq!(counted + clusters.noise(), rows, "{}", name);
                    if let Ok(again) = clusters.predict(&frame) {
                        prop_assert_eq!(again.len(), rows, "{}", name);
                    }
                    if let Ok(centers) = clusters.centers() {
                        for column in centers.columns() {
                            let finite = column.f64().unwrap().iter().flatten().all(f64::is_finite);
                            prop_assert!(finite, "{}: {:?}", name, centers);
                        }
                    }
                }
                Err(error) => prop_assert!(error.to_string().len() > 10, "{name}: {error}"),
            }
        }
    }

    #[test]
    fn decompositions_answer_or_explain(
        rows in 1_usize..12,
        columns in 1_usize..4,
        picks in proptest::collection::vec(0_usize..1_000, 60),
        size in 0..SIZES.len(),
    ) {
        let frame = frame(rows, columns, &picks, SIZES[size]);
        for (name, decomposition) in decompositions() {
            match decomposition.fit_transform(&frame) {
                Ok(reduced) => {
                    prop_assert_eq!(reduced.height(), rows, "{}", name);
                    for column in reduced.columns() {
                        let finite = column.f64().unwrap().iter().flatten().all(f64::is_finite);
                        prop_assert!(finite, "{}: {:?}", name, reduced);
                    }
                }
                Err(error) => prop_assert!(error.to_string().len() > 10, "{name}: {error}"),
            }
        }
    }
}

#[test]
fn a_map_is_drawn_or_it_says_why_not() {
    for size in SIZES {
        for start in 0..3 {
            let picks: Vec<usize> = (0..40).map(|i| (i * (start + 3) + i * i) % 14).collect();
            let frame = frame(14, 2, &picks, size);
            match TSNE::new()
                .perplexity(3.0)
                .max_iter(60)
                .fit_transform(&frame)
            {
                Ok(map) => assert_eq!(map.shape(), (14, 2)),
                Err(error) => assert!(error.to_string().len() > 10, "{error}"),
            }
        }
    }
}
