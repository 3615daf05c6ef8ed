//! Fit and predict of each model beside scikit-learn: the same machine, the same
//! data, the same number of threads.
//!
//! ```sh
//! FERRITE_PYTHON=/tmp/reference/bin/python cargo bench --bench models -- [name…] [rows…]
//! ```
//!
//! Both begin from a frame of floats, of polars here and of pandas there, as what a user
//! has is a frame. Names are parts of names, rows one of 2000, 10000, 30000, 100000.
//! `models.py` times scikit-learn with all cores where it can use them. A ratio of 2 means
//! that Ferrite takes half the time; at the end stand the rows where it takes longer. Each
//! time is the best of three runs, of up to 20 where they are fast, of fewer where they are
//! slow. What compares all rows with each other is measured at 30000 rows instead of
//! 100000, where one side would take many minutes.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use ferrite_ml::*;
use ndarray::Array2;
use polars::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const FEATURES: usize = 20;
const SIZES: [usize; 4] = [2_000, 10_000, 30_000, 100_000];
/// Rows that are predicted, at most.
const PREDICTED: usize = 20_000;

struct Case {
    name: &'static str,
    work: Work,
    /// How many rows it is measured at.
    sizes: &'static [usize],
}

type Fit = fn(&DataFrame) -> Result<Option<FittedProjection>, MlError>;

enum Work {
    Model(Box<dyn Estimator>),
    Groups(Box<dyn Clusterer>),
    Projection(Fit),
}

fn case(name: &'static str, model: impl Estimator + 'static) -> Case {
    Case {
        name,
        work: Work::Model(Box::new(model)),
        sizes: &[10_000, 100_000],
    }
}

fn groups(name: &'static str, model: impl Clusterer + 'static) -> Case {
    Case {
        name,
        work: Work::Groups(Box::new(model)),
        sizes: &[10_000, 100_000],
    }
}

fn projection(name: &'static str, fit: Fit) -> Case {
    Case {
        name,
        work: Work::Projection(fit),
        sizes: &[10_000, 100_000],
    }
}

/// Its time grows with the square of the rows, or its memory: at 100,000 rows one side
/// takes longer than some minutes.
fn quadratic(case: Case) -> Case {
    Case {
        sizes: &[10_000, 30_000],
        ..case
    }
}

/// It takes as long for each row.
fn slow(case: Case) -> Case {
    Case {
        sizes: &[2_000, 10_000],
        ..case
    }
}

fn cases() -> Vec<Case> {
    vec![
        case("logistic", LogisticRegression::new()),
        case("gaussian_nb", GaussianNB::new()),
        case("bernoulli_nb", BernoulliNB::new()),
        case("knn", knn(5)),
        quadratic(case("svc", SVC::new())),
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
        quadratic(case("svr", SVR::new())),
        case("tree_regressor", DecisionTreeRegressor::new()),
        case("forest_regressor", RandomForestRegressor::new()),
        case(
            "boosting_regressor",
            GradientBoostingRegressor::new().max_depth(5),
        ),
        case("multinomial_nb", MultinomialNB::new()),
        case("ftrl", FtrlClassifier::new().max_iter(5)),
        case("dummy", DummyClassifier::new()),
        case(
            "voting",
            VotingClassifier::new()
                .voting(Voting::Soft)
                .add("bayes", GaussianNB::new())
                .add("tree", DecisionTreeClassifier::new().max_depth(5)),
        ),
        case(
            "stacking",
            StackingClassifier::new()
                .add("bayes", GaussianNB::new())
                .add("tree", DecisionTreeClassifier::new().max_depth(5)),
        ),
        case("gamma", GammaRegressor::new()),
        case("tweedie", TweedieRegressor::new().power(1.5)),
        case("isotonic", IsotonicRegression::new()),
        case("dummy_regressor", DummyRegressor::new()),
        case(
            "voting_regressor",
            VotingRegressor::new()
                .add("ridge", Ridge::new())
                .add("tree", DecisionTreeRegressor::new().max_depth(5)),
        ),
        case(
            "stacking_regressor",
            StackingRegressor::new()
                .add("ridge", Ridge::new())
                .add("tree", DecisionTreeRegressor::new().max_depth(5)),
        ),
        groups("k_means", KMeans::new().n_clusters(8).n_init(1)),
        groups(
            "mini_batch_k_means",
            MiniBatchKMeans::new().n_clusters(8).n_init(1),
        ),
        groups(
            "gaussian_mixture",
            GaussianMixture::new()
                .n_components(4)
                .max_iter(20)
                .tol(1e-12),
        ),
        groups("dbscan", DBSCAN::new().eps(4.0).min_samples(5)),
        quadratic(groups("optics", OPTICS::new().eps(4.0).min_samples(5))),
        quadratic(groups(
            "agglomerative",
            AgglomerativeClustering::new().n_clusters(8),
        )),
        projection("pca", |x| PCA::new(5).fit(x).map(Some)),
        projection("truncated_svd", |x| TruncatedSVD::new(5).fit(x).map(Some)),
        projection("fast_ica", |x| {
            FastICA::new().n_components(5).fit(x).map(Some)
        }),
        projection("gaussian_projection", |x| {
            GaussianRandomProjection::new()
                .n_components(5)
                .fit(x)
                .map(Some)
        }),
        projection("sparse_projection", |x| {
            SparseRandomProjection::new()
                .n_components(5)
                .fit(x)
                .map(Some)
        }),
        slow(projection("t_sne", |x| {
            TSNE::new().fit_transform(x)?;
            Ok(None)
        })),
    ]
}

/// Features of normal size, classes and positive numbers that depend on some of
/// them, bent and with noise.
struct Data {
    x: Array2<f64>,
    classes: Vec<u32>,
    numbers: Vec<f64>,
}

impl Data {
    fn of(rows: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(7);
        let mut normal = || (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0;
        let x = Array2::from_shape_fn((rows, FEATURES), |_| normal());
        let signal = |row: usize| {
            let x = x.row(row);
            x[0] + 0.5 * x[1] - 0.7 * x[2] + 0.8 * x[3] * x[4] + (x[5] * 2.0).sin()
        };
        let scores: Vec<f64> = (0..rows).map(|row| signal(row) + 0.7 * normal()).collect();
        Self {
            classes: scores.iter().map(|score| u32::from(*score > 0.0)).collect(),
            numbers: scores.iter().map(|score| (score * 0.3).exp()).collect(),
            x,
        }
    }

    fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let mut file = std::io::BufWriter::new(fs::File::create(path)?);
        let classes = self.classes.iter().map(|class| f64::from(*class));
        let numbers = self.numbers.iter().copied();
        for float in self.x.iter().copied().chain(classes).chain(numbers) {
            file.write_all(&float.to_le_bytes())?;
        }
        Ok(file.flush()?)
    }

    /// What a case learns from, as scikit-learn's does: counts must not be negative,
    /// isotonic regression has one feature.
    fn frame(&self, name: &str, rows: usize) -> Result<DataFrame, PolarsError> {
        let width = if name == "isotonic" { 1 } else { FEATURES };
        let rows = rows.min(self.x.nrows());
        let column = |i: usize| {
            let values = self.x.slice(ndarray::s![..rows, i]);
            let values = match name {
                "multinomial_nb" => values.mapv(f64::abs).to_vec(),
                _ => values.to_vec(),
            };
            Column::new(format!("x{i}").into(), values)
        };
        DataFrame::new(rows, (0..width).map(column).collect())
    }
}

/// The best of three runs, of more if they are fast, of fewer if they are slow.
fn best(mut run: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let (mut least, begun) = (f64::INFINITY, Instant::now());
    for number in 1..=20 {
        let start = Instant::now();
        run()?;
        least = least.min(start.elapsed().as_secs_f64());
        let seconds = begun.elapsed().as_secs_f64();
        if seconds > 2.0 || (number >= 3 && seconds > 0.2) {
            break;
        }
    }
    Ok(least)
}

/// Seconds of fit and of predict, where there is such a thing.
fn measure(case: &Case, data: &Data) -> Result<(f64, Option<f64>), Box<dyn Error>> {
    let x = data.frame(case.name, data.x.nrows())?;
    let few = data.frame(case.name, PREDICTED)?;
    match &case.work {
        Work::Model(model) => {
            let y = match model.task() {
                Task::Classification => {
                    let labels = Series::new("y".into(), data.classes.clone());
                    Target::Classes(Classes::of(&labels)?)
                }
                Task::Regression => Target::Numbers(data.numbers.clone()),
            };
            let ignores = model.ignores_features();
            let learn = || model.fit(&Features::for_model(&x, ignores)?, &y);
            let fit = best(|| Ok(learn().map(drop)?))?;
            let fitted = learn()?;
            let predict = best(|| {
                let few = Features::for_model(&few, fitted.ignores_features())?;
                Ok(fitted.predict(&few).map(drop)?)
            })?;
            Ok((fit, Some(predict)))
        }
        Work::Groups(clusterer) => {
            let fit = best(|| Ok(clusterer.fit(&x).map(drop)?))?;
            let clusters = clusterer.fit(&x)?;
            // Not all have a rule for new rows.
            if clusters.predict(&few).is_err() {
                return Ok((fit, None));
            }
            let predict = best(|| Ok(clusters.predict(&few).map(drop)?))?;
            Ok((fit, Some(predict)))
        }
        Work::Projection(make) => {
            let fit = best(|| {
                // As scikit-learn's `fit_transform`.
                if let Some(fitted) = make(&x)? {
                    fitted.transform(&x)?;
                }
                Ok(())
            })?;
            let predict = match make(&x)? {
                Some(fitted) => Some(best(|| Ok(fitted.transform(&few).map(drop)?))?),
                None => None,
            };
            Ok((fit, predict))
        }
    }
}

/// What scikit-learn takes for the same, by rows and name.
fn scikit_learn(
    folder: &Path,
    asked: &[String],
) -> Result<HashMap<String, (f64, f64)>, Box<dyn Error>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/models.py");
    let python = std::env::var("FERRITE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python)
        .arg(script)
        .arg(folder)
        .args(asked)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let mut theirs = HashMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let [rows, name, fit, predict] = line.split(',').collect::<Vec<_>>()[..] {
            theirs.insert(format!("{rows}:{name}"), (fit.parse()?, predict.parse()?));
        }
    }
    Ok(theirs)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let (sizes, names): (Vec<String>, Vec<String>) = arguments
        .into_iter()
        .partition(|argument| argument.parse::<usize>().is_ok());
    let folder = std::env::temp_dir().join(format!("ferrite-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = run(&folder, &sizes, &names);
    fs::remove_dir_all(&folder)?;
    result
}

fn run(folder: &Path, sizes: &[String], names: &[String]) -> Result<(), Box<dyn Error>> {
    let mut ours = Vec::new();
    for rows in SIZES {
        if !sizes.is_empty() && !sizes.contains(&rows.to_string()) {
            continue;
        }
        let data = Data::of(rows);
        data.write(&folder.join(format!("{rows}.f64")))?;
        for case in cases() {
            if !names.is_empty() && !names.iter().any(|name| case.name.contains(name.as_str())) {
                continue;
            }
            if !case.sizes.contains(&rows) {
                if case.sizes.iter().all(|size| *size < rows) {
                    println!(
                        "{rows:>7} {:<20} left out: one side would take many minutes",
                        case.name
                    );
                }
                continue;
            }
            let (fit, predict) = match measure(&case, &data) {
                Ok(seconds) => seconds,
                Err(error) => {
                    println!("{rows:>7} {:<20} failed: {error}", case.name);
                    continue;
                }
            };
            eprintln!("{rows:>7} {:<20} {fit:>9.4}", case.name);
            ours.push((rows, case.name, fit, predict));
        }
    }
    let asked: Vec<String> = ours
        .iter()
        .map(|(rows, name, ..)| format!("{rows}:{name}"))
        .collect();
    let theirs = scikit_learn(folder, &asked)?;
    println!(
        "\n{:>7} {:<20} {:>9} {:>9} {:>7}   {:>9} {:>9} {:>7}",
        "rows", "model", "fit ms", "sklearn", "ratio", "predict", "sklearn", "ratio"
    );
    let mut slower = Vec::new();
    for (rows, name, fit, predict) in ours {
        let Some((their_fit, their_predict)) = theirs.get(&format!("{rows}:{name}")) else {
            continue;
        };
        let mut line = format!(
            "{rows:>7} {name:<20} {:>9.2} {:>9.2} {:>7.2}",
            fit * 1e3,
            their_fit * 1e3,
            their_fit / fit
        );
        if *their_fit < fit {
            slower.push(format!("{rows} {name} fit {:.2}", their_fit / fit));
        }
        if let Some(predict) = predict {
            let ratio = their_predict / predict;
            line.push_str(&format!(
                "   {:>9.2} {:>9.2} {ratio:>7.2}",
                predict * 1e3,
                their_predict * 1e3
            ));
            if ratio < 1.0 {
                slower.push(format!("{rows} {name} predict {ratio:.2}"));
            }
        }
        println!("{line}");
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
