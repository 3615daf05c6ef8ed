//! The same result with one core, with two, and in every process.
//!
//! The process is this test binary again, with rayon's threads and its cores set from
//! outside; it prints a line for each model, which is to be the same everywhere.

use std::process::Command;

use ferrite_ml::*;
use ndarray::Array2;
use polars::prelude::*;

use crate::zoo::{classifiers, regressors, with_targets};

/// Numbers as bits: not one may differ.
fn bits(numbers: impl IntoIterator<Item = f64>) -> String {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for number in numbers {
        for byte in number.to_bits().to_le_bytes() {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{sum:016x}")
}

fn all_numbers(frame: &DataFrame) -> Vec<f64> {
    let columns = frame.columns().iter();
    let numbers = columns.flat_map(|column| {
        let column = column.cast(&DataType::Float64).unwrap();
        let column = column.f64().unwrap();
        column
            .iter()
            .map(|n| n.unwrap_or(f64::NAN))
            .collect::<Vec<f64>>()
    });
    numbers.collect()
}

/// Enough rows that work is shared among threads.
fn rows() -> (Array2<f64>, Vec<usize>) {
    let x = Array2::from_shape_fn((1_200, 5), |(i, j)| {
        ((i * (7 + 3 * j) + j * j) % 101) as f64 / 7.0 + ((i / 400) * (j + 1)) as f64
    });
    (x, (0..1_200).map(|i| i / 400).collect())
}

#[test]
#[ignore = "run by the test below, in processes of its own"]
fn says_what_everything_gives() {
    if std::env::var_os("FERRITE_TEST_SAYS").is_none() {
        return;
    }
    let (x, codes) = rows();
    let columns: Vec<Column> = (0..5)
        .map(|j| Column::new(format!("x{j}").into(), x.column(j).to_vec()))
        .collect();
    let frame = DataFrame::new(1_200, columns).unwrap();
    let names = ["x0", "x1", "x2", "x3", "x4"];
    let features = Features::new(names, x).unwrap();
    let labels = Series::new(
        "y".into(),
        codes.iter().map(|c| *c as u32).collect::<Vec<_>>(),
    );
    let y = Target::Classes(Classes::of(&labels).unwrap());
    let numbers = Target::Numbers(
        codes
            .iter()
            .enumerate()
            .map(|(i, c)| *c as f64 + (i % 7) as f64 / 3.0 + 1.0)
            .collect(),
    );
    let one = Features::new(
        ["x0"],
        features.values().slice(ndarray::s![.., ..1]).to_owned(),
    )
    .unwrap();
    for (name, model, y) in with_targets(&y, &numbers) {
        let x = if name == "isotonic" { &one } else { &features };
        let fitted = match model.fit(x, y) {
            Ok(fitted) => fitted,
            Err(error) => {
                println!("said {name} fails: {error}");
                continue;
            }
        };
        let kind = model.task();
        match fitted.predict(x).unwrap() {
            Prediction::Classes(codes) => {
                let shares = fitted.predict_proba(x);
                let shares = shares.map_or(Vec::new(), |shares| shares.iter().copied().collect());
                let codes = codes.iter().map(|code| *code as f64);
                println!("said {kind} {name} {} {}", bits(codes), bits(shares));
            }
            Prediction::Numbers(numbers) => println!("said {kind} {name} {}", bits(numbers)),
        }
        // Files are the same as well; those of linfa's classes lie in another order.
        if name != "gaussian" {
            let body = fitted.saved().unwrap().body;
            println!(
                "said {kind} {name} file {}",
                bits(body.iter().map(|byte| f64::from(*byte)))
            );
        }
    }
    let few = frame.head(Some(300));
    let clusterers: [(&str, Box<dyn Clusterer>); 6] = [
        ("k-means", Box::new(KMeans::new().n_clusters(3).n_init(3))),
        ("mini-batch", Box::new(MiniBatchKMeans::new().n_clusters(3))),
        ("mixture", Box::new(GaussianMixture::new().n_components(2))),
        ("dbscan", Box::new(DBSCAN::new().eps(1.5))),
        ("optics", Box::new(OPTICS::new().eps(1.5))),
        (
            "agglomerative",
            Box::new(AgglomerativeClustering::new().n_clusters(3)),
        ),
    ];
    for (name, clusterer) in clusterers {
        match clusterer.fit(&few) {
            Ok(clusters) => {
                let labels = clusters.labels().into_frame();
                let centers = clusters
                    .centers()
                    .map_or(Vec::new(), |centers| all_numbers(&centers));
                println!(
                    "said {name} {} {}",
                    bits(all_numbers(&labels)),
                    bits(centers)
                );
            }
            Err(error) => println!("said {name} fails: {error}"),
        }
    }
    let projections: [(&str, Box<dyn Transformer>); 5] = [
        ("ica", Box::new(FastICA::new())),
        (
            "gaussian projection",
            Box::new(GaussianRandomProjection::new().n_components(2)),
        ),
        (
            "sparse projection",
            Box::new(SparseRandomProjection::new().n_components(2)),
        ),
        ("pca", Box::new(PCA::new(2))),
        ("svd", Box::new(TruncatedSVD::new(2))),
    ];
    for (name, transformer) in projections {
        match transformer.fit_transform_with_target(&few, None) {
            Ok((_, found)) => println!("said {name} {}", bits(all_numbers(&found))),
            Err(error) => println!("said {name} fails: {error}"),
        }
    }
    for (name, map) in [
        ("t-sne", TSNE::new()),
        (
            "t-sne anywhere",
            TSNE::new().init(TsneInit::Random).n_components(3),
        ),
        ("t-sne exact", TSNE::new().angle(0.0)),
    ] {
        match map.max_iter(300).fit_transform(&few) {
            Ok(map) => println!("said {name} {}", bits(all_numbers(&map))),
            Err(error) => println!("said {name} fails: {error}"),
        }
    }
}

fn said(rayon: &str, core: Option<&str>) -> Vec<String> {
    let program = std::env::current_exe().unwrap();
    let mut child = match core {
        Some(core) => {
            let mut child = Command::new("taskset");
            child.args(["-c", core]).arg(program);
            child
        }
        None => Command::new(program),
    };
    let output = child
        .args([
            "--exact",
            "determinism::says_what_everything_gives",
            "--ignored",
            "--nocapture",
        ])
        .env("FERRITE_TEST_SAYS", "1")
        .env("RAYON_NUM_THREADS", rayon)
        .env("POLARS_MAX_THREADS", rayon)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = text
        .lines()
        .filter_map(|line| Some(line[line.find("said ")?..].to_owned()));
    lines.collect()
}

#[test]
fn the_same_on_one_core_and_on_several_in_every_process() {
    let first = said("2", None);
    let models = classifiers().len() + regressors().len();
    assert!(first.len() >= models + 14, "{} lines", first.len());
    let failing = first.iter().filter(|line| line.contains(" fails: "));
    assert_eq!(failing.collect::<Vec<_>>(), Vec::<&String>::new());
    let mut others = vec![
        ("another process", said("2", None)),
        ("one thread of rayon", said("1", None)),
    ];
    // Ours ask how many cores they may use; without taskset there is no other way to say.
    if Command::new("taskset").arg("--version").output().is_ok() {
        others.push(("one core", said("1", Some("0"))));
    }
    for (what, other) in others {
        for (a, b) in first.iter().zip(&other) {
            assert_eq!(a, b, "{what}");
        }
        assert_eq!(first.len(), other.len(), "{what}");
    }
}
