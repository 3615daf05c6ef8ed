//! Fit and predict of each model beside scikit-learn: the same machine, the same
//! data, the same number of threads.
//!
//! ```sh
//! FERRITE_PYTHON=/tmp/reference/bin/python cargo bench -p ferrite-ml --bench models [name…]
//! ```
//!
//! `models.py` times scikit-learn with all cores where it can use them. A ratio
//! of 2 means that Ferrite takes half the time. Each time is the best of a few
//! runs. Support vectors are left out at 100,000 rows: both would take minutes.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::process::Command;
use std::time::Instant;

use ferrite_ml::*;
use ndarray::Array2;
use polars::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const FEATURES: usize = 20;
const SIZES: [usize; 2] = [10_000, 100_000];
/// Rows that are predicted, at most.
const PREDICTED: usize = 20_000;

struct Case {
    name: &'static str,
    model: Box<dyn Estimator>,
    most: usize,
}

fn case(name: &'static str, model: impl Estimator + 'static) -> Case {
    Case {
        name,
        model: Box::new(model),
        most: usize::MAX,
    }
}

fn small(name: &'static str, model: impl Estimator + 'static) -> Case {
    Case {
        most: 10_000,
        ..case(name, model)
    }
}

fn cases() -> Vec<Case> {
    vec![
        case("logistic", LogisticRegression::new()),
        case("gaussian_nb", GaussianNB::new()),
        case("bernoulli_nb", BernoulliNB::new()),
        case("knn", knn(5)),
        small("svc", SVC::new()),
        case("tree_classifier", DecisionTreeClassifier::new()),
        case("forest_classifier", RandomForestClassifier::new()),
        case("adaboost", AdaBoostClassifier::new()),
        case(
            "boosting_classifier",
            GradientBoostingClassifier::new().max_depth(5),
        ),
        case(
            "bagging",
            BaggingClassifier::new(DecisionTreeClassifier::new()),
        ),
        case("linear", LinearRegression::new()),
        case("ridge", Ridge::new()),
        case("lasso", Lasso::new().alpha(0.01)),
        case("elastic_net", ElasticNet::new().alpha(0.01)),
        case("poisson", PoissonRegressor::new()),
        case("pls", PLSRegression::new()),
        case("knn_regressor", KNeighborsRegressor::new()),
        small("svr", SVR::new()),
        case("tree_regressor", DecisionTreeRegressor::new()),
        case("forest_regressor", RandomForestRegressor::new()),
        case(
            "boosting_regressor",
            GradientBoostingRegressor::new().max_depth(5),
        ),
    ]
}

/// Features of normal size, classes and positive numbers that depend on some of
/// them, bent and with noise.
fn data(rows: usize) -> (Array2<f64>, Vec<usize>, Vec<f64>) {
    let mut rng = StdRng::seed_from_u64(7);
    let mut normal = || (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0;
    let x = Array2::from_shape_fn((rows, FEATURES), |_| normal());
    let signal = |row: usize| {
        let x = x.row(row);
        x[0] + 0.5 * x[1] - 0.7 * x[2] + 0.8 * x[3] * x[4] + (x[5] * 2.0).sin()
    };
    let scores: Vec<f64> = (0..rows).map(|row| signal(row) + 0.7 * normal()).collect();
    let classes = scores
        .iter()
        .map(|score| usize::from(*score > 0.0))
        .collect();
    let numbers = scores.iter().map(|score| (score * 0.3).exp()).collect();
    (x, classes, numbers)
}

/// The best of up to three runs, fewer if they are slow.
fn best(mut run: impl FnMut()) -> f64 {
    let (mut least, begun) = (f64::INFINITY, Instant::now());
    for _ in 0..3 {
        let start = Instant::now();
        run();
        least = least.min(start.elapsed().as_secs_f64());
        if begun.elapsed().as_secs_f64() > 4.0 {
            break;
        }
    }
    least
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let folder = std::env::temp_dir().join(format!("ferrite-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut ours = Vec::new();
    for rows in SIZES {
        let (x, classes, numbers) = data(rows);
        let floats = x
            .iter()
            .copied()
            .chain(classes.iter().map(|c| *c as f64))
            .chain(numbers.iter().copied());
        let mut file =
            std::io::BufWriter::new(fs::File::create(folder.join(format!("{rows}.f64")))?);
        for float in floats {
            file.write_all(&float.to_le_bytes())?;
        }
        file.flush()?;
        let names = || (0..FEATURES).map(|i| format!("x{i}"));
        let few = Features::new(
            names(),
            x.slice(ndarray::s![..PREDICTED.min(rows), ..]).to_owned(),
        )?;
        let x = Features::new(names(), x)?;
        let labels: Vec<u32> = classes.iter().map(|c| *c as u32).collect();
        let classes = Target::Classes(Classes::of(&Series::new("y".into(), labels))?);
        let numbers = Target::Numbers(numbers);
        for case in cases() {
            let asked = wanted.is_empty() || wanted.iter().any(|name| case.name.contains(name));
            if rows > case.most || !asked {
                continue;
            }
            let y = match case.model.task() {
                Task::Classification => &classes,
                Task::Regression => &numbers,
            };
            let mut fitted = None;
            let fit = best(|| fitted = case.model.fit(&x, y).ok());
            let Some(fitted) = fitted else {
                return Err(format!("{} was not fitted", case.name).into());
            };
            let predict = best(|| drop(fitted.predict(&few)));
            eprintln!("{rows:>7} {:<20} {fit:>9.4} {predict:>9.4}", case.name);
            ours.push((rows, case.name, fit, predict));
        }
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/models.py");
    let python = std::env::var("FERRITE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let asked: Vec<String> = ours
        .iter()
        .map(|(rows, name, ..)| format!("{rows}:{name}"))
        .collect();
    let output = Command::new(python)
        .arg(script)
        .arg(&folder)
        .args(&asked)
        .output()?;
    fs::remove_dir_all(&folder)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let mut theirs = HashMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let [rows, name, fit, predict] = line.split(',').collect::<Vec<_>>()[..] {
            theirs.insert(
                format!("{rows}:{name}"),
                (fit.parse::<f64>()?, predict.parse::<f64>()?),
            );
        }
    }
    println!(
        "{:>7} {:<20} {:>9} {:>9} {:>7}   {:>9} {:>9} {:>7}",
        "rows", "model", "fit s", "sklearn", "ratio", "predict s", "sklearn", "ratio"
    );
    for (rows, name, fit, predict) in ours {
        if let Some((their_fit, their_predict)) = theirs.get(&format!("{rows}:{name}")) {
            println!(
                "{rows:>7} {name:<20} {fit:>9.4} {their_fit:>9.4} {:>7.2}   {predict:>9.4} {their_predict:>9.4} {:>7.2}",
                their_fit / fit,
                their_predict / predict,
            );
        }
    }
    Ok(())
}
