//! How good a clustering is: by itself, or against known classes.

use std::collections::HashMap;

use ndarray::{Array1, Array2, ArrayView1};
use polars::prelude::{DataFrame, Series};

use crate::MlError;
use crate::features::Features;
use crate::labels::Labels;

/// Points with the number of their cluster.
struct Clustered {
    points: Array2<f64>,
    of: Vec<usize>,
    clusters: usize,
}

impl Clustered {
    fn read(frame: &DataFrame, labels: &Series, metric: &str) -> Result<Self, MlError> {
        let points = Features::from_frame(frame)?.values().clone();
        let of = codes(labels)?;
        if of.len() != points.nrows() {
            return Err(MlError::LengthMismatch {
                left: "the frame".to_owned(),
                left_len: points.nrows(),
                right: labels.name().to_string(),
                right_len: of.len(),
            });
        }
        let clusters = of.iter().max().map_or(0, |last| last + 1);
        if clusters < 2 || clusters >= of.len() {
            return Err(MlError::UndefinedMetric {
                metric: metric.to_owned(),
                reason: format!(
                    "there are {clusters} clusters of {} rows, but it needs at least two clusters, \
                     and fewer than rows",
                    of.len()
                ),
            });
        }
        Ok(Self {
            points,
            of,
            clusters,
        })
    }

    fn sizes(&self) -> Vec<f64> {
        let mut sizes = vec![0.0; self.clusters];
        self.of.iter().for_each(|cluster| sizes[*cluster] += 1.0);
        sizes
    }

    fn centers(&self) -> Vec<Array1<f64>> {
        let mut centers = vec![Array1::zeros(self.points.ncols()); self.clusters];
        for (point, cluster) in self.points.rows().into_iter().zip(&self.of) {
            centers[*cluster] += &point;
        }
        for (center, size) in centers.iter_mut().zip(self.sizes()) {
            *center /= size;
        }
        centers
    }
}

/// The number of each row's label, by first occurrence.
fn codes(labels: &Series) -> Result<Vec<usize>, MlError> {
    let labels = Labels::of(labels)?.complete(labels.name())?;
    let mut known = HashMap::new();
    Ok(labels
        .into_iter()
        .map(|label| {
            let next = known.len();
            *known.entry(label).or_insert(next)
        })
        .collect())
}

fn distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f64>()
        .sqrt()
}

/// How much nearer a point is to its own cluster than to the next one, from -1 to 1,
/// on average (Rousseeuw 1987). It looks at each pair of rows. The frame's numeric
/// columns are the points.
///
/// ```
/// use ferrite_ml::{MlError, silhouette_score};
/// use polars::prelude::*;
///
/// let points = df!["x" => [0.0, 1.0, 10.0, 11.0]]?;
/// let clusters = Series::new("cluster".into(), [0, 0, 1, 1]);
/// assert!((silhouette_score(&points, &clusters)? - 0.8997).abs() < 1e-4);
/// # Ok::<(), MlError>(())
/// ```
pub fn silhouette_score(x: &DataFrame, labels: &Series) -> Result<f64, MlError> {
    let data = Clustered::read(x, labels, "silhouette_score")?;
    let sizes = data.sizes();
    let mut sum = 0.0;
    for (row, point) in data.points.rows().into_iter().enumerate() {
        ferrite_interrupt::checkpoint();
        let own = data.of[row];
        if sizes[own] < 2.0 {
            continue;
        }
        let mut to = vec![0.0; data.clusters];
        for (other, cluster) in data.points.rows().into_iter().zip(&data.of) {
            to[*cluster] += distance(point, other);
        }
        let inside = to[own] / (sizes[own] - 1.0);
        let outside = (0..data.clusters)
            .filter(|cluster| *cluster != own)
            .map(|cluster| to[cluster] / sizes[cluster])
            .fold(f64::INFINITY, f64::min);
        let larger = inside.max(outside);
        if larger > 0.0 {
            sum += (outside - inside) / larger;
        }
    }
    Ok(sum / data.of.len() as f64)
}

/// How alike each cluster is to the one most like it; 0 is best (Davies and Bouldin
/// 1979).
///
/// ```
/// use ferrite_ml::{MlError, davies_bouldin_score};
/// use polars::prelude::*;
///
/// let points = df!["x" => [0.0, 1.0, 10.0, 11.0]]?;
/// let clusters = Series::new("cluster".into(), [0, 0, 1, 1]);
/// assert!((davies_bouldin_score(&points, &clusters)? - 0.1).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn davies_bouldin_score(x: &DataFrame, labels: &Series) -> Result<f64, MlError> {
    let data = Clustered::read(x, labels, "davies_bouldin_score")?;
    let (centers, sizes) = (data.centers(), data.sizes());
    let mut spread = vec![0.0; data.clusters];
    for (point, cluster) in data.points.rows().into_iter().zip(&data.of) {
        spread[*cluster] += distance(point, centers[*cluster].view()) / sizes[*cluster];
    }
    let worst = |one: usize| {
        (0..data.clusters)
            .filter(|other| *other != one)
            .map(|other| {
                let apart = distance(centers[one].view(), centers[other].view());
                let both = spread[one] + spread[other];
                // Clusters with one centre and no spread are points of one place.
                if both == 0.0 { 0.0 } else { both / apart }
            })
            .filter(|likeness| likeness.is_finite())
            .fold(0.0, f64::max)
    };
    Ok((0..data.clusters).map(worst).sum::<f64>() / data.clusters as f64)
}

/// The spread between clusters over that within them; higher is better (Caliński and
/// Harabasz 1974).
///
/// ```
/// use ferrite_ml::{MlError, calinski_harabasz_score};
/// use polars::prelude::*;
///
/// let points = df!["x" => [0.0, 1.0, 10.0, 11.0]]?;
/// let clusters = Series::new("cluster".into(), [0, 0, 1, 1]);
/// assert_eq!(calinski_harabasz_score(&points, &clusters)?, 200.0);
/// # Ok::<(), MlError>(())
/// ```
pub fn calinski_harabasz_score(x: &DataFrame, labels: &Series) -> Result<f64, MlError> {
    let data = Clustered::read(x, labels, "calinski_harabasz_score")?;
    let (centers, sizes) = (data.centers(), data.sizes());
    let rows = data.of.len() as f64;
    let middle = data.points.sum_axis(ndarray::Axis(0)) / rows;
    let between: f64 = centers
        .iter()
        .zip(&sizes)
        .map(|(center, size)| size * distance(center.view(), middle.view()).powi(2))
        .sum();
    let within: f64 = data
        .points
        .rows()
        .into_iter()
        .zip(&data.of)
        .map(|(point, cluster)| distance(point, centers[*cluster].view()).powi(2))
        .sum();
    if within == 0.0 {
        return Ok(1.0); // scikit-learn's convention
    }
    let clusters = data.clusters as f64;
    Ok(between * (rows - clusters) / (within * (clusters - 1.0)))
}

/// How often each pair of labels occurs, with the totals of both.
struct Contingency {
    cells: Vec<f64>,
    ones: Vec<f64>,
    others: Vec<f64>,
    pairs: HashMap<(usize, usize), f64>,
    rows: f64,
}

impl Contingency {
    fn read(labels_true: &Series, labels_pred: &Series) -> Result<Self, MlError> {
        let (ones, others) = (codes(labels_true)?, codes(labels_pred)?);
        if ones.len() != others.len() {
            return Err(MlError::LengthMismatch {
                left: labels_true.name().to_string(),
                left_len: ones.len(),
                right: labels_pred.name().to_string(),
                right_len: others.len(),
            });
        }
        if ones.is_empty() {
            return Err(MlError::NoRows {
                purpose: "compare",
                reason: "both series are empty".to_owned(),
            });
        }
        let count = |codes: &[usize]| {
            let mut sizes = vec![0.0; codes.iter().max().map_or(0, |last| last + 1)];
            codes.iter().for_each(|code| sizes[*code] += 1.0);
            sizes
        };
        let mut pairs = HashMap::new();
        for pair in ones.iter().copied().zip(others.iter().copied()) {
            *pairs.entry(pair).or_insert(0.0) += 1.0;
        }
        // In a fixed order: sums of floats depend on theirs.
        let mut keys: Vec<_> = pairs.keys().copied().collect();
        keys.sort_unstable();
        Ok(Self {
            cells: keys.iter().map(|key| pairs[key]).collect(),
            ones: count(&ones),
            others: count(&others),
            pairs,
            rows: ones.len() as f64,
        })
    }

    fn entropy(&self, sizes: &[f64]) -> f64 {
        if sizes.len() < 2 {
            return 0.0;
        }
        -sizes
            .iter()
            .map(|size| size / self.rows * (size / self.rows).ln())
            .sum::<f64>()
    }

    fn mutual_information(&self) -> f64 {
        let mut keys: Vec<_> = self.pairs.keys().copied().collect();
        keys.sort_unstable();
        let shared = keys.into_iter().map(|(one, other)| {
            let both = self.pairs[&(one, other)];
            both / self.rows * (self.rows * both / (self.ones[one] * self.others[other])).ln()
        });
        shared.sum::<f64>().max(0.0)
    }
}

/// How often two clusterings agree on whether two rows belong together, corrected for
/// chance: 1 is the same, 0 is chance (Hubert and Arabie 1985).
///
/// ```
/// use ferrite_ml::{MlError, adjusted_rand_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 2]);
/// let found = Series::new("found".into(), [0, 0, 1, 1]);
/// assert!((adjusted_rand_score(&truth, &found)? - 0.5714285714).abs() < 1e-9);
/// # Ok::<(), MlError>(())
/// ```
pub fn adjusted_rand_score(labels_true: &Series, labels_pred: &Series) -> Result<f64, MlError> {
    let table = Contingency::read(labels_true, labels_pred)?;
    let squares = |sizes: &[f64]| sizes.iter().map(|size| size * size).sum::<f64>();
    let (cells, ones, others) = (
        squares(&table.cells),
        squares(&table.ones),
        squares(&table.others),
    );
    let rows = table.rows;
    // Pairs: together in both, in one only, in neither.
    let together = cells - rows;
    let (only_other, only_one) = (others - cells, ones - cells);
    let apart = rows * rows - only_one - only_other - cells;
    if only_one == 0.0 && only_other == 0.0 {
        return Ok(1.0);
    }
    let top = 2.0 * (together * apart - only_one * only_other);
    let bottom =
        (together + only_one) * (only_one + apart) + (together + only_other) * (only_other + apart);
    Ok(top / bottom)
}

/// The information that two clusterings share, over the mean of theirs: from 0 to 1.
///
/// ```
/// use ferrite_ml::{MlError, normalized_mutual_info_score};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 1]);
/// let found = Series::new("found".into(), [1, 1, 0, 0]);
/// assert!((normalized_mutual_info_score(&truth, &found)? - 1.0).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn normalized_mutual_info_score(
    labels_true: &Series,
    labels_pred: &Series,
) -> Result<f64, MlError> {
    let table = Contingency::read(labels_true, labels_pred)?;
    if table.ones.len() == 1 && table.others.len() == 1 {
        return Ok(1.0);
    }
    let shared = table.mutual_information();
    if shared <= f64::EPSILON {
        return Ok(0.0);
    }
    let mean = (table.entropy(&table.ones) + table.entropy(&table.others)) / 2.0;
    Ok(shared / mean)
}

/// Whether clusters hold one class only (homogeneity), classes lie in one cluster only
/// (completeness), and the harmonic mean of both (V), each from 0 to 1 (Rosenberg and
/// Hirschberg 2007).
///
/// ```
/// use ferrite_ml::{MlError, homogeneity_completeness_v_measure};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [0, 0, 1, 1]);
/// let found = Series::new("found".into(), [0, 1, 2, 3]);
/// let (homogeneity, completeness, _) = homogeneity_completeness_v_measure(&truth, &found)?;
/// assert!((homogeneity - 1.0).abs() < 1e-12 && (completeness - 0.5).abs() < 1e-12);
/// # Ok::<(), MlError>(())
/// ```
pub fn homogeneity_completeness_v_measure(
    labels_true: &Series,
    labels_pred: &Series,
) -> Result<(f64, f64, f64), MlError> {
    let table = Contingency::read(labels_true, labels_pred)?;
    let shared = table.mutual_information();
    let part = |entropy: f64| if entropy > 0.0 { shared / entropy } else { 1.0 };
    let (homogeneity, completeness) = (
        part(table.entropy(&table.ones)),
        part(table.entropy(&table.others)),
    );
    let sum = homogeneity + completeness;
    let v = if sum > 0.0 {
        2.0 * homogeneity * completeness / sum
    } else {
        0.0
    };
    Ok((homogeneity, completeness, v))
}
