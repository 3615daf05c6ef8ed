//! `cross_validate` and a grid search of 100 fits beside scikit-learn: the same data,
//! folds, metrics, machine and number of processes or threads. Prints seconds (the best of
//! up to three after a first run, fewer where they are slow), their ratio, and at the end
//! what is slower than scikit-learn.
//!
//! ```text
//! FERRITE_PYTHON=/tmp/reference/bin/python cargo bench --bench validation -- [name…] [rows…]
//! ```
//!
//! Names are parts of names, rows one of 1000, 10000, 100000. At 100,000 rows neighbours
//! are left out, and said to be: they compare all rows with each other in five folds.
//! Without `FERRITE_PYTHON` (an interpreter with scikit-learn and pandas) only ours run.

use std::collections::HashMap;
use std::error::Error;
use std::process::Command;
use std::time::Instant;

use ferrite_ml::*;
use polars::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const FEATURES: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let threads = std::thread::available_parallelism()?.get();
    println!("{threads} threads; seconds, and how many times as long scikit-learn takes\n");
    println!(
        "{:>7}  {:<28}{:>9}{:>14}{:>8}",
        "rows", "", "ferrite", "scikit-learn", "ratio"
    );
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let (sizes, names): (Vec<String>, Vec<String>) = arguments
        .into_iter()
        .partition(|argument| argument.parse::<usize>().is_ok());
    let mut slower = Vec::new();
    for rows in [1_000, 10_000, 100_000] {
        if !sizes.is_empty() && !sizes.contains(&rows.to_string()) {
            continue;
        }
        let frame = data(rows)?;
        let mut works = ours(&frame, threads);
        works.retain(|(name, _)| {
            let quadratic = rows > 10_000 && name.contains("knn");
            if quadratic {
                println!("{rows:>7}  {name:<28} left out: it compares all rows with each other");
            }
            let asked = names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
            asked && !quadratic
        });
        let asked: Vec<&str> = works.iter().map(|(name, _)| name.as_str()).collect();
        let theirs = scikit_learn(&frame, threads, &asked)?;
        for (name, work) in &works {
            work()?;
            let (mut best, all) = (f64::INFINITY, Instant::now());
            for _ in 0..3 {
                let begun = Instant::now();
                work()?;
                best = best.min(begun.elapsed().as_secs_f64());
                if all.elapsed().as_secs_f64() > 4.0 {
                    break;
                }
            }
            match theirs.get(name) {
                Some(their) => {
                    let ratio = their / best;
                    println!("{rows:>7}  {name:<28}{best:>9.3}{their:>14.3}{ratio:>8.1}");
                    if ratio < 1.0 {
                        slower.push(format!("{rows} {name} {ratio:.2}"));
                    }
                }
                None => println!("{rows:>7}  {name:<28}{best:>9.3}"),
            }
        }
    }
    match slower.len() {
        0 => println!("\nnothing is slower than scikit-learn"),
        count => println!(
            "\n{count} slower than scikit-learn:\n  {}",
            slower.join("\n  ")
        ),
    }
    Ok(())
}

type Work<'a> = Box<dyn Fn() -> Result<(), MlError> + 'a>;

fn ours(frame: &DataFrame, threads: usize) -> Vec<(String, Work<'_>)> {
    let scaled = || Pipeline::new().step("scale", StandardScaler::new());
    let folds = || StratifiedKFold::new(5).seed(7);
    let mut all: Vec<(String, Work)> = Vec::new();
    for (name, pipeline) in [
        ("logistic", scaled().model(LogisticRegression::new())),
        ("knn", scaled().model(knn(5))),
        ("naive_bayes", scaled().model(GaussianNB::new())),
        (
            "tree",
            scaled().model(DecisionTreeClassifier::new().max_depth(8)),
        ),
    ] {
        let work = move || {
            cross_validate(&pipeline, frame, "target")
                .cv(folds())
                .metrics(["accuracy", "f1_macro", "roc_auc_ovr"])
                .threads(threads)
                .run()
                .map(drop)
        };
        all.push((format!("cross_validate_{name}"), Box::new(work)));
    }
    let values: Vec<f64> = (-9..11)
        .map(|power| 10.0_f64.powf(f64::from(power) / 3.0))
        .collect();
    let pipeline = scaled().model(LogisticRegression::new());
    let work = move || {
        GridSearch::new(&pipeline)
            .param("model__c", values.clone())
            .cv(folds())
            .metric("f1_macro")
            .threads(threads)
            .fit(frame, "target")
            .map(drop)
    };
    all.push(("grid_100_fits".to_owned(), Box::new(work)));
    all
}

/// Three classes whose centres lie apart in a few of the features.
fn data(rows: usize) -> Result<DataFrame, PolarsError> {
    let mut lots = StdRng::seed_from_u64(1);
    let classes: Vec<usize> = (0..rows).map(|_| lots.gen_range(0..3)).collect();
    let mut columns: Vec<Column> = (0..FEATURES)
        .map(|feature| {
            let apart = if feature < 6 { 0.8 } else { 0.0 };
            let value = |class: &usize| {
                let normal: f64 = (0..12).map(|_| lots.r#gen::<f64>()).sum::<f64>() - 6.0;
                normal + apart * ((class * (feature + 1)) % 3) as f64
            };
            Column::new(
                format!("x{feature}").into(),
                classes.iter().map(value).collect::<Vec<_>>(),
            )
        })
        .collect();
    let names: Vec<&str> = classes
        .iter()
        .map(|class| ["a", "b", "c"][*class])
        .collect();
    columns.push(Column::new("target".into(), names));
    DataFrame::new(rows, columns)
}

/// What scikit-learn takes, by name; nothing if there is none.
fn scikit_learn(
    frame: &DataFrame,
    threads: usize,
    names: &[&str],
) -> Result<HashMap<String, f64>, Box<dyn Error>> {
    let Ok(python) = std::env::var("FERRITE_PYTHON") else {
        return Ok(HashMap::new());
    };
    let path = std::env::temp_dir().join(format!("ferrite-bench-{}.csv", std::process::id()));
    CsvWriter::new(std::fs::File::create(&path)?).finish(&mut frame.clone())?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/validation.py");
    let output = Command::new(python)
        .arg(script)
        .arg(&path)
        .arg(threads.to_string())
        .args(names)
        .output()?;
    std::fs::remove_file(&path)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let text = String::from_utf8(output.stdout)?;
    let line = |line: &str| {
        let (name, seconds) = line.split_once(' ')?;
        Some((name.to_owned(), seconds.parse().ok()?))
    };
    Ok(text.lines().filter_map(line).collect())
}
