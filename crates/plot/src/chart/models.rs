//! Charts about models. They take what any model gives (scores, predictions,
//! distances) as frames and slices; this crate knows no model.

use std::fmt::Display;
use std::sync::Arc;

use polars::prelude::{DataFrame, Series};

use super::Chart;
use crate::kinds::curves::Curve;
use crate::kinds::dendrogram::Tree;
use crate::kinds::regions::Regions;
use crate::kinds::scores::{Scores, Sort};
use crate::request::Kind;

/// True against false positive rates of scores, with the area under the curve,
/// one curve for each column of scores.
///
/// `truth` holds two classes, of which the scores are for the later one
/// (`true`, 1, "yes"), or the one that [`Chart::positive`] names. With more
/// classes, each column of scores is for the class of its name, as in a
/// pipeline's `predict_proba`.
///
/// ```
/// # use polars::prelude::*;
/// let scored = df!("ill" => [false, true, false, true], "score" => [0.2, 0.9, 0.6, 0.5])?;
/// let chart = ferrite_plot::chart::roc_curve(&scored, "ill", &["score"]);
/// assert!(chart.svg()?.contains("AUC 0.75"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn roc_curve(frame: &DataFrame, truth: &str, scores: &[&str]) -> Chart {
    curve(frame, truth, scores, Curve::Roc)
}

/// Precision against recall of scores, with the average precision, one curve
/// for each column of scores. Classes are as for [`roc_curve`].
///
/// ```
/// # use polars::prelude::*;
/// let scored = df!("ill" => [false, true, false, true], "score" => [0.2, 0.9, 0.6, 0.5])?;
/// let chart = ferrite_plot::chart::precision_recall_curve(&scored, "ill", &["score"]);
/// assert!(chart.svg()?.contains("AP 0.833"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn precision_recall_curve(frame: &DataFrame, truth: &str, scores: &[&str]) -> Chart {
    curve(frame, truth, scores, Curve::PrecisionRecall)
}

/// How often what was predicted with a probability came true, in ten equal
/// intervals (see [`Chart::bins`]). Classes are as for [`roc_curve`].
///
/// ```
/// # use polars::prelude::*;
/// let scored = df!("ill" => [false, true, false, true], "p" => [0.2, 0.9, 0.6, 0.6])?;
/// let chart = ferrite_plot::chart::calibration_curve(&scored, "ill", &["p"]).bins(5);
/// assert!(chart.svg()?.contains("share of positives"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn calibration_curve(frame: &DataFrame, truth: &str, scores: &[&str]) -> Chart {
    curve(frame, truth, scores, Curve::Calibration)
}

fn curve(frame: &DataFrame, truth: &str, scores: &[&str], curve: Curve) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Curve {
            truth: truth.into(),
            scores: scores.iter().map(|score| (*score).to_owned()).collect(),
            curve,
        },
    )
}

/// How far each truth is above or below its prediction, against the
/// prediction.
///
/// ```
/// # use polars::prelude::*;
/// let priced = df!("price" => [10.0, 12.0, 9.0], "predicted" => [11.0, 11.5, 9.5])?;
/// assert!(ferrite_plot::chart::residuals(&priced, "price", "predicted").svg()?.contains("RMSE"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn residuals(frame: &DataFrame, truth: &str, prediction: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Residuals {
            truth: truth.into(),
            prediction: prediction.into(),
        },
    )
}

/// Each prediction against the truth, and the line on which both are the same.
///
/// ```
/// # use polars::prelude::*;
/// let priced = df!("price" => [10.0, 12.0, 9.0], "predicted" => [11.0, 11.5, 9.5])?;
/// let chart = ferrite_plot::chart::predictions(&priced, "price", "predicted");
/// assert!(chart.svg()?.contains("predicted price"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn predictions(frame: &DataFrame, truth: &str, prediction: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Predictions {
            truth: truth.into(),
            prediction: prediction.into(),
        },
    )
}

/// Scores of a model that was trained on more and more rows: for each size,
/// the scores of all folds on training and on validation rows. Lines are means
/// with one standard deviation on both sides.
///
/// ```
/// let train = [vec![0.99, 0.98], vec![0.97, 0.96]];
/// let validation = [vec![0.80, 0.84], vec![0.90, 0.92]];
/// let chart = ferrite_plot::chart::learning_curve(&[50, 200], &train, &validation);
/// assert!(chart.svg()?.contains("training rows"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn learning_curve(sizes: &[usize], train: &[Vec<f64>], validation: &[Vec<f64>]) -> Chart {
    Chart::new(Kind::Scores(Scores {
        sort: Sort::Learning,
        x: sizes.iter().map(|size| *size as f64).collect(),
        sets: two_sets(train, validation),
    }))
}

/// Scores of a model with different values of a parameter, in all folds. The
/// axis is logarithmic where the values span a factor of 100; the best mean on
/// validation rows is pointed at.
///
/// ```
/// let train = [vec![0.7], vec![0.9], vec![1.0]];
/// let validation = [vec![0.68], vec![0.85], vec![0.75]];
/// let chart = ferrite_plot::chart::validation_curve("C", &[0.01, 1.0, 100.0], &train, &validation);
/// assert!(chart.svg()?.contains("best 0.85 at 1"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn validation_curve(
    parameter: &str,
    values: &[f64],
    train: &[Vec<f64>],
    validation: &[Vec<f64>],
) -> Chart {
    Chart::new(Kind::Scores(Scores {
        sort: Sort::Validation(parameter.to_owned()),
        x: values.to_vec(),
        sets: two_sets(train, validation),
    }))
}

/// Scores along any scale, in all folds: a line of means with a band of one standard
/// deviation for each set, such as training and test. The axis is logarithmic where the
/// values span a factor of 100.
///
/// ```
/// let sets = [("test", vec![vec![0.4, 0.5], vec![0.2, 0.3]])];
/// let chart = ferrite_plot::chart::score_curve("C", &[0.1, 1.0], &sets).y_label("log_loss");
/// assert!(chart.svg()?.contains("log_loss"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn score_curve(along: &str, values: &[f64], sets: &[(&str, Vec<Vec<f64>>)]) -> Chart {
    let set = |(name, scores): &(&str, Vec<Vec<f64>>)| ((*name).to_owned(), scores.clone());
    Chart::new(Kind::Scores(Scores {
        sort: Sort::Along(along.to_owned()),
        x: values.to_vec(),
        sets: sets.iter().map(set).collect(),
    }))
}

fn two_sets(train: &[Vec<f64>], validation: &[Vec<f64>]) -> Vec<(String, Vec<Vec<f64>>)> {
    vec![
        ("training".to_owned(), train.to_vec()),
        ("validation".to_owned(), validation.to_vec()),
    ]
}

/// The inertia of clusterings into more and more clusters, and where the curve
/// bends most.
///
/// ```
/// let chart = ferrite_plot::chart::elbow(&[1, 2, 3, 4], &[100.0, 55.0, 12.0, 10.0]);
/// assert!(chart.svg()?.contains("elbow at 3"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn elbow(clusters: &[usize], inertia: &[f64]) -> Chart {
    Chart::new(Kind::Scores(Scores {
        sort: Sort::Elbow,
        x: clusters.iter().map(|count| *count as f64).collect(),
        sets: vec![(
            String::new(),
            inertia.iter().map(|one| vec![*one]).collect(),
        )],
    }))
}

/// The importances of features as lying bars, the greatest at the top.
///
/// ```
/// # use polars::prelude::*;
/// let found = df!("feature" => ["age", "fare"], "importance" => [0.2, 0.5], "sd" => [0.02, 0.1])?;
/// let chart = ferrite_plot::chart::feature_importance(&found, "feature", "importance").error_bars("sd");
/// assert!(chart.svg()?.contains("fare: 0.5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn feature_importance(frame: &DataFrame, feature: &str, importance: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Importance {
            feature: feature.into(),
            value: importance.into(),
        },
    )
}

/// What each feature adds to the prediction for each row (SHAP values), a line of dots
/// for each feature, the strongest at the top. The third column is how large the feature
/// is in the row, which colours the dot.
///
/// ```
/// # use polars::prelude::*;
/// let added = df!(
///     "feature" => ["age", "age", "fare", "fare"],
///     "SHAP value" => [0.5, -0.4, 0.1, -0.1],
///     "feature value" => [60.0, 20.0, 8.0, 9.0],
/// )?;
/// let chart = ferrite_plot::chart::beeswarm(&added, "feature", "SHAP value", "feature value");
/// assert!(chart.svg()?.contains("high"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn beeswarm(frame: &DataFrame, feature: &str, value: &str, feature_value: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Beeswarm {
            feature: feature.into(),
            value: value.into(),
            size: feature_value.into(),
        },
    )
}

/// What a model says at every place of two features, under the rows of a frame
/// in the colours of what it should say. The model gets frames with the
/// columns `x` and `y` and answers with a class or a number for each row; it
/// is asked at once, not when the chart is drawn.
///
/// ```
/// # use polars::prelude::*;
/// let penguins = ferrite_frame::datasets::penguins()?;
/// let chart = ferrite_plot::chart::decision_regions(
///     &penguins, "bill_length_mm", "bill_depth_mm", "species",
///     |grid| {
///         let short = grid.column("bill_length_mm")?.f64()?.lt(43.0);
///         let name = |short| Some(if short? { "Adelie" } else { "Gentoo" });
///         Ok::<Series, PolarsError>(Series::from_iter(short.iter().map(name)))
///     },
/// );
/// assert!(chart.svg()?.contains("Adelie"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decision_regions<E: Display>(
    frame: &DataFrame,
    x: &str,
    y: &str,
    class: &str,
    mut model: impl FnMut(&DataFrame) -> Result<Series, E>,
) -> Chart {
    let mut ask = |grid: &DataFrame| model(grid).map_err(|error| error.to_string());
    Chart::of_frame(
        frame,
        Kind::Regions(Arc::new(Regions::ask(frame, [x, y, class], &mut ask))),
    )
}

/// How well each row belongs to its cluster, cluster by cluster, from a column
/// of silhouette coefficients (−1 to 1).
///
/// ```
/// # use polars::prelude::*;
/// let rows = df!("cluster" => ["a", "a", "b"], "silhouette" => [0.7, 0.5, 0.2])?;
/// let chart = ferrite_plot::chart::silhouette(&rows, "cluster", "silhouette");
/// assert!(chart.svg()?.contains("a (2, 0.6)"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn silhouette(frame: &DataFrame, cluster: &str, silhouette: &str) -> Chart {
    Chart::of_frame(
        frame,
        Kind::Silhouette {
            cluster: cluster.into(),
            value: silhouette.into(),
        },
    )
}

/// Which clusters a hierarchical clustering joined, and at what distance. Joins
/// are numbered as scipy's `linkage` does: the leaves are 0 to n − 1, the
/// first join makes cluster n, the next n + 1.
///
/// ```
/// let labels = ["ash", "oak", "cat"].map(str::to_owned);
/// let chart = ferrite_plot::chart::dendrogram(&labels, &[(0, 1, 1.0), (2, 3, 5.0)]);
/// assert!(chart.svg()?.contains("oak"));
/// # Ok::<(), ferrite_plot::ChartError>(())
/// ```
pub fn dendrogram(labels: &[String], merges: &[(usize, usize, f64)]) -> Chart {
    Chart::new(Kind::Dendrogram(Tree {
        labels: labels.to_vec(),
        merges: merges.to_vec(),
    }))
}
