//! Generic code that is to be fast, compiled and optimised here once for all cells.
//!
//! linfa's models are generic over the numbers and the arrays that they are
//! trained on, so a cell that fits one would compile it, without optimisation.
//! This crate is compiled with `-Zshare-generics=y`: what is instantiated here is
//! exported, and cells link to it. What needs no speed is in `ferrite_glue`, which
//! also says more on how this works.

use linfa::DatasetBase;
use linfa::prelude::*;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Ix1};

type Labels = Dataset<f64, usize, Ix1>;
type Truths = Dataset<f64, bool, Ix1>;
type Numbers = Dataset<f64, f64, Ix1>;
type Plain = DatasetBase<Array2<f64>, ()>;

/// Classifiers of classes that are counted. Never called.
pub fn classifiers(data: &Labels, x: &Array2<f64>) -> Option<()> {
    use linfa_bayes::{GaussianNb, MultinomialNb};
    use linfa_logistic::MultiLogisticRegression;
    use linfa_trees::DecisionTree;

    let (train, test) = data.clone().split_with_ratio(0.8);
    let shuffled = data.clone().shuffle(&mut rand::thread_rng());
    let bayes = GaussianNb::params().fit(&train).ok()?;
    scores(bayes.predict(&test), &test)?;
    scores(bayes.predict(x), &test)?;
    let counts = MultinomialNb::params().fit(&train).ok()?;
    scores(counts.predict(&test), &test)?;
    let logistic = MultiLogisticRegression::default()
        .max_iterations(50)
        .fit(&train)
        .ok()?;
    scores(logistic.predict(&test), &test)?;
    scores(logistic.predict(x), &test)?;
    let tree = DecisionTree::params().max_depth(Some(3)).fit(&train).ok()?;
    scores(tree.predict(&test), &test)?;
    scores(tree.predict(x), &shuffled)
}

fn scores(predicted: Array1<usize>, truth: &Labels) -> Option<()> {
    let matrix = predicted.confusion_matrix(truth).ok()?;
    let _ = (
        matrix.accuracy(),
        matrix.f1_score(),
        matrix.precision(),
        matrix.recall(),
        matrix.mcc(),
    );
    Some(())
}

/// Classifiers of two classes. Never called.
pub fn of_two(data: &Truths, x: &Array2<f64>) -> Option<()> {
    let (train, test) = data.clone().split_with_ratio(0.8);
    let logistic = linfa_logistic::LogisticRegression::default()
        .max_iterations(50)
        .fit(&train)
        .ok()?;
    let _ = (logistic.predict(&test), logistic.predict(x));
    let svm = linfa_svm::Svm::<f64, bool>::params()
        .gaussian_kernel(1.0)
        .fit(&train)
        .ok()?;
    let predicted: Array1<bool> = svm.predict(&test);
    let _ = predicted.confusion_matrix(&test).ok()?.accuracy();
    let svm = linfa_svm::Svm::<f64, bool>::params()
        .linear_kernel()
        .fit(&train)
        .ok()?;
    let _: Array1<bool> = svm.predict(x);
    Some(())
}

/// Models that predict numbers. Never called.
pub fn regressors(data: &Numbers, x: &Array2<f64>) -> Option<()> {
    let (train, test) = data.clone().split_with_ratio(0.8);
    let linear = linfa_linear::LinearRegression::default().fit(&train).ok()?;
    let predicted: Array1<f64> = linear.predict(&test);
    let _ = (
        predicted.r2(&test),
        predicted.mean_absolute_error(&test),
        predicted.mean_squared_error(&test),
    );
    let _: Array1<f64> = linear.predict(x);
    let elastic = linfa_elasticnet::ElasticNet::params()
        .penalty(0.1)
        .fit(&train)
        .ok()?;
    let _: Array1<f64> = elastic.predict(&test);
    Some(())
}

/// Models without a target. Never called.
pub fn without_target(data: &Plain, x: &Array2<f64>) -> Option<()> {
    let means = linfa_clustering::KMeans::params(3)
        .max_n_iterations(100)
        .fit(data)
        .ok()?;
    let _: Array1<usize> = means.predict(x);
    let _: DatasetBase<Array2<f64>, Array1<usize>> = means.predict(data.clone());
    let mixture = linfa_clustering::GaussianMixtureModel::params(3)
        .fit(data)
        .ok()?;
    let _: Array1<usize> = mixture.predict(x);
    let _ = linfa_clustering::Dbscan::params(4)
        .tolerance(0.5)
        .transform(x);
    let pca = linfa_reduction::Pca::params(2).fit(data).ok()?;
    let _: Array2<f64> = pca.predict(x);
    Some(())
}

/// Keeps the functions above from being dropped as dead code.
#[unsafe(no_mangle)]
pub fn ferrite_instantiate() -> [*const (); 4] {
    [
        classifiers as *const (),
        of_two as *const (),
        regressors as *const (),
        without_target as *const (),
    ]
}
