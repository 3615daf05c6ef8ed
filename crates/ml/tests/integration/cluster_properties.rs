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

/// Two groups, one ten times denser than the other, and a row far away.
fn two_densities() -> DataFrame {
    let dense = (0..12).map(|i| f64::from(i) * 0.1);
    let loose = (0..12).map(|i| 20.0 + f64::from(i));
    let x: Vec<f64> = dense.chain(loose).chain([90.0]).collect();
    df!["x" => x].unwrap()
}

#[test]
fn slopes_find_groups_of_different_density() {
    let frame = two_densities();
    // No single distance finds both groups and leaves the last row out as well as xi does.
    let clusters = OPTICS::new().min_samples(3).xi(0.1).fit(&frame).unwrap();
    let labels = clusters.labels();
    let labels: Vec<i32> = labels.i32().unwrap().into_no_null_iter().collect();
    assert!(
        labels[..12].iter().all(|label| *label == labels[0]),
        "{labels:?}"
    );
    assert!(
        labels[12..23].iter().all(|label| *label == labels[12]),
        "{labels:?}"
    );
    assert!(
        labels[0] >= 0 && labels[12] >= 0 && labels[0] != labels[12],
        "{labels:?}"
    );
    let cut = OPTICS::new().min_samples(3).eps(0.3).fit(&frame).unwrap();
    assert_eq!((cut.n_clusters(), cut.noise()), (1, 13));
}

#[test]
fn the_plot_has_each_row_once_and_low_values_in_groups() {
    let frame = two_densities();
    let clusters = OPTICS::new().min_samples(3).xi(0.1).fit(&frame).unwrap();
    let plot = clusters.reachability().unwrap();
    assert_eq!(plot.height(), frame.height());
    let mut rows: Vec<u64> = plot
        .column("row")
        .unwrap()
        .u64()
        .unwrap()
        .into_no_null_iter()
        .collect();
    rows.sort_unstable();
    assert_eq!(rows, (0..25).collect::<Vec<u64>>());
    let far = plot.column("reachability").unwrap().f64().unwrap().clone();
    assert_eq!(
        far.null_count(),
        1,
        "the first row is not reached from another one"
    );
    let error = KMeans::new()
        .n_clusters(2)
        .fit(&frame)
        .unwrap()
        .reachability();
    assert!(error.unwrap_err().to_string().contains("OPTICS does"));
    let error = OPTICS::new().xi(1.5).fit(&frame).unwrap_err();
    assert!(error.to_string().contains("lie between 0 and 1"));
}

#[test]
fn a_distribution_bears_odd_columns() {
    let many: Vec<String> = (0..200).map(|i| format!("level {}", i % 120)).collect();
    let long = "x".repeat(300);
    let texts: Vec<&str> = (0..200)
        .map(|i| if i % 2 == 0 { "short" } else { long.as_str() })
        .collect();
    let numbers: Vec<Option<f64>> = (0..200)
        .map(|i| match i % 4 {
            0 => None,
            1 => Some(f64::NAN),
            2 => Some(1e300),
            _ => Some(-1e300),
        })
        .collect();
    let y: Vec<bool> = (0..200).map(|i| i % 3 == 0).collect();
    let frame = df!["many" => many, "text" => texts, "odd" => numbers, "y" => y].unwrap();
    let pipeline = Pipeline::new()
        .step("impute", SimpleImputer::constant(0.0))
        .step("encode", OneHotEncoder::new())
        .model(DecisionTreeClassifier::new());
    let fitted = pipeline.fit(&frame, "y").unwrap();
    let known = fitted.training_distribution().unwrap();
    let odd = known.column("odd").unwrap();
    assert_eq!(
        (odd.count(), odd.nulls(), odd.mean()),
        (100, 100, Some(0.0))
    );
    assert_eq!((odd.min(), odd.max()), (Some(-1e300), Some(1e300)));
    let many = known.column("many").unwrap();
    assert_eq!((many.distinct(), many.levels().len()), (Some(120), 50));
    assert_eq!(
        many.other_rows(),
        200 - many.levels().iter().map(|(_, rows)| rows).sum::<usize>()
    );
    let text = known.column("text").unwrap();
    assert_eq!(
        (text.levels(), text.other_rows()),
        (&[("short".to_owned(), 100)][..], 100)
    );
    assert_eq!(known.target().distinct(), Some(2));
    assert_eq!(known.frame().unwrap().height(), 4);
}
