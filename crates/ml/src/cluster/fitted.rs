//! Groups that were found.

use std::fmt::Write;
use std::ops::Range;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use polars::prelude::{Column, DataFrame, Series};
use serde::{Deserialize, Serialize};

use crate::features::Features;
use crate::model::parallel;
use crate::table::Table;
use crate::{MlError, columns};

/// A number for each row: its group, or -1 if it has none.
///
/// ```
/// use ferrite_ml::{Clusterer, GaussianMixture, MlError};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 0.1, 0.2, 8.0, 8.1, 8.3]]?;
/// let clusters = GaussianMixture::new().n_components(2).fit(&frame)?;
/// assert_eq!(clusters.sizes(), [3, 3]);
/// assert_eq!(clusters.predict(&df!["x" => [7.9]]?)?.i32()?.get(0), Some(1));
/// assert_eq!(clusters.centers()?.height(), 2);
/// assert!(clusters.predict_proba(&frame)?.column("0")?.f64()?.get(0) > Some(0.99));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clusters {
    title: String,
    features: Vec<String>,
    labels: Vec<i32>,
    rule: Rule,
    inertia: Option<f64>,
    /// Rows as OPTICS ordered them, and how far each was to reach.
    order: Option<(Vec<usize>, Vec<f64>)>,
}

/// How new rows find their group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Rule {
    /// The nearest centre.
    Centers(Array2<f64>),
    /// The most probable normal distribution.
    Normals {
        means: Array2<f64>,
        /// For each the logarithm of its share and of its density's scale, and
        /// the triangle that whitens.
        logs: Array1<f64>,
        whiten: Vec<Array2<f64>>,
    },
    /// They do not.
    None,
}

impl Rule {
    fn centers(&self) -> Option<&Array2<f64>> {
        match self {
            Self::Centers(centers) | Self::Normals { means: centers, .. } => Some(centers),
            Self::None => None,
        }
    }
}

impl Clusters {
    /// Numbers groups anew, by their first rows.
    pub(super) fn new(
        title: &str,
        features: &Features,
        labels: &[Option<usize>],
        rule: Rule,
    ) -> Self {
        let groups = labels.iter().flatten().max().map_or(0, |most| most + 1);
        let count = rule
            .centers()
            .map_or(groups, |centers| centers.nrows().max(groups));
        let mut order: Vec<usize> = Vec::new();
        let mut number = vec![None; count];
        for group in labels.iter().flatten().copied().chain(0..count) {
            if number[group].is_none() {
                number[group] = Some(order.len() as i32);
                order.push(group);
            }
        }
        let label = |group: &Option<usize>| group.and_then(|group| number[group]).unwrap_or(-1);
        let rule = match rule {
            Rule::Centers(centers) => Rule::Centers(centers.select(Axis(0), &order)),
            Rule::Normals {
                means,
                logs,
                whiten,
            } => Rule::Normals {
                means: means.select(Axis(0), &order),
                logs: logs.select(Axis(0), &order),
                whiten: order.iter().map(|group| whiten[*group].clone()).collect(),
            },
            Rule::None => Rule::None,
        };
        Self {
            title: title.to_owned(),
            features: features.names().to_vec(),
            labels: labels.iter().map(label).collect(),
            rule,
            inertia: None,
            order: None,
        }
    }

    pub(super) fn inertia_of(mut self, inertia: f64) -> Self {
        self.inertia = Some(inertia);
        self
    }

    pub(super) fn ordered(mut self, rows: Vec<usize>, reachability: Vec<f64>) -> Self {
        self.order = Some((rows, reachability));
        self
    }

    /// The plot by which [`OPTICS`](super::OPTICS) finds groups: rows in its order, with
    /// columns `row`, `reachability` (null for rows that were not reached from another
    /// one) and `cluster`. Valleys are groups. An error for other clusters.
    pub fn reachability(&self) -> Result<DataFrame, MlError> {
        let (rows, far) = self.order.as_ref().ok_or_else(|| MlError::Unable {
            model: "clusters",
            reason: format!("{} does not order rows; OPTICS does", self.title),
        })?;
        let height = |row: &usize| far.get(*row).copied().filter(|far| far.is_finite());
        let group = |row: &usize| self.labels.get(*row).copied();
        columns::assemble(
            rows.len(),
            vec![
                Column::new(
                    "row".into(),
                    rows.iter().map(|row| *row as u64).collect::<Vec<_>>(),
                ),
                Column::new(
                    "reachability".into(),
                    rows.iter().map(height).collect::<Vec<_>>(),
                ),
                Column::new("cluster".into(), rows.iter().map(group).collect::<Vec<_>>()),
            ],
        )
    }

    /// The clusters of a file, if their parts fit each other.
    pub(crate) fn checked(self) -> Result<Self, MlError> {
        let width = self.features.len();
        let fits = match &self.rule {
            Rule::Centers(centers) => centers.ncols() == width,
            Rule::Normals {
                means,
                logs,
                whiten,
            } => {
                let count = means.nrows();
                means.ncols() == width
                    && logs.len() == count
                    && whiten.len() == count
                    && whiten.iter().all(|whiten| whiten.dim() == (width, width))
            }
            Rule::None => true,
        };
        let most = i32::try_from(self.labels.len()).unwrap_or(i32::MAX);
        let groups = self
            .rule
            .centers()
            .map_or(0, |centers| centers.nrows() as i32);
        if fits && self.labels.iter().all(|label| *label < most.max(groups)) {
            return Ok(self);
        }
        Err(MlError::Damaged {
            reason: "its parts do not fit each other".to_owned(),
        })
    }

    /// The group of each row, called `cluster`.
    pub fn labels(&self) -> Series {
        Series::from_iter(self.labels.iter().copied()).with_name("cluster".into())
    }

    /// The number of groups.
    pub fn n_clusters(&self) -> usize {
        self.sizes().len()
    }

    /// The number of rows in each group.
    pub fn sizes(&self) -> Vec<usize> {
        let most = self.labels.iter().copied().max().unwrap_or(-1);
        let mut sizes = vec![0; (most + 1) as usize];
        for label in self.labels.iter().filter(|label| **label >= 0) {
            sizes[*label as usize] += 1;
        }
        sizes
    }

    /// The rows that belong to no group.
    pub fn noise(&self) -> usize {
        self.labels.iter().filter(|label| **label < 0).count()
    }

    /// The columns that the groups were found by.
    pub fn feature_names(&self) -> &[String] {
        &self.features
    }

    /// The sum of the squared distances of all rows to their centres, where
    /// there are centres (k-means).
    pub fn inertia(&self) -> Option<f64> {
        self.inertia
    }

    /// The centre of each group; an error for groups without centres.
    pub fn centers(&self) -> Result<DataFrame, MlError> {
        let centers = self.rule.centers().ok_or_else(|| MlError::Unable {
            model: "clusters",
            reason: format!("{} finds groups without centres", self.title),
        })?;
        let column = |(name, column): (&String, ArrayView1<f64>)| {
            Column::new(name.as_str().into(), column.to_vec())
        };
        let named = self.features.iter().zip(centers.columns());
        columns::assemble(centers.nrows(), named.map(column).collect())
    }

    /// The group of each new row; an error where groups have no rule for new
    /// rows (DBSCAN, OPTICS and agglomerative clusters, as in scikit-learn).
    pub fn predict(&self, frame: &DataFrame) -> Result<Series, MlError> {
        let table = Table::complete(frame, &self.features)?;
        let labels: Vec<i32> = match &self.rule {
            Rule::Centers(centers) => nearest_of(&table, centers),
            Rule::Normals { .. } => self
                .shares(&Features::from_columns(frame, &self.features)?)
                .rows()
                .into_iter()
                .map(|row| {
                    let best =
                        (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]).then(b.cmp(a)));
                    best.unwrap_or(0) as i32
                })
                .collect(),
            Rule::None => {
                return Err(MlError::Unable {
                    model: "clusters",
                    reason: format!(
                        "{} has no rule for new rows; fit it on all of them, or use KMeans",
                        self.title
                    ),
                });
            }
        };
        Ok(Series::from_iter(labels).with_name("cluster".into()))
    }

    /// The probability of each group for each row, in columns `0`, `1`, …; for
    /// a [`GaussianMixture`](super::GaussianMixture) only.
    pub fn predict_proba(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let Rule::Normals { .. } = self.rule else {
            return Err(MlError::NoProbabilities {
                model: self.title.clone(),
            });
        };
        let shares = self.shares(&Features::from_columns(frame, &self.features)?);
        let column = |(group, column): (usize, ArrayView1<f64>)| {
            Column::new(group.to_string().into(), column.to_vec())
        };
        let columns = shares
            .columns()
            .into_iter()
            .enumerate()
            .map(column)
            .collect();
        columns::assemble(frame.height(), columns)
    }

    /// How well the groups suit the rows, as scikit-learn's `score` has it: the mean
    /// log-likelihood of a row for a [`GaussianMixture`](super::GaussianMixture), minus
    /// the sum of the squared distances to the centres for k-means. More is better.
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, GaussianMixture, KMeans, MlError};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0.0, 0.2, 8.0, 8.2]]?;
    /// let one = GaussianMixture::new().n_components(1).fit(&frame)?.score(&frame)?;
    /// let two = GaussianMixture::new().n_components(2).fit(&frame)?.score(&frame)?;
    /// assert!(two > one);
    /// let means = KMeans::new().n_clusters(2).fit(&frame)?;
    /// assert!((means.score(&frame)? + 0.04).abs() < 1e-12);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn score(&self, frame: &DataFrame) -> Result<f64, MlError> {
        let features = Features::from_columns(frame, &self.features)?;
        match &self.rule {
            Rule::Centers(centers) => {
                let squares = nearest(features.values(), centers);
                Ok(-squares.iter().map(|(_, square)| square).sum::<f64>())
            }
            Rule::Normals { .. } => {
                let circle = 0.5 * self.features.len() as f64 * std::f64::consts::TAU.ln();
                let likelihood = |row: ArrayView1<f64>| {
                    let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = row.iter().map(|log| (log - most).exp()).sum();
                    most + sum.ln() - circle
                };
                let logs = self.densities(&features);
                let sum: f64 = logs.rows().into_iter().map(likelihood).sum();
                Ok(sum / features.rows() as f64)
            }
            Rule::None => Err(MlError::Unable {
                model: "clusters",
                reason: format!("{} has nothing to score by", self.title),
            }),
        }
    }

    fn shares(&self, features: &Features) -> Array2<f64> {
        crate::model::softmax(self.densities(features))
    }

    /// The logarithm of the density of each group at each row, times its share, but for
    /// what all have in common.
    fn densities(&self, features: &Features) -> Array2<f64> {
        let Rule::Normals {
            means,
            logs,
            whiten,
        } = &self.rule
        else {
            return Array2::zeros((features.rows(), 0));
        };
        let mut all = Array2::zeros((features.rows(), means.nrows()));
        for (group, whiten) in whiten.iter().enumerate() {
            let apart = (features.values() - &means.row(group)).dot(whiten);
            for (slot, row) in all.column_mut(group).iter_mut().zip(apart.rows()) {
                *slot = logs[group] - 0.5 * row.dot(&row);
            }
        }
        all
    }
}

/// The nearest centre of each row, with the squared distance.
pub(super) fn nearest(x: &Array2<f64>, centers: &Array2<f64>) -> Vec<(usize, f64)> {
    let squares = squares_of(centers);
    let found = in_blocks(x.nrows(), |rows| {
        let block = x.slice(ndarray::s![rows, ..]);
        let choose = |(row, group): (ArrayView1<f64>, u32)| {
            let center = centers.row(group as usize);
            let square = match (row.as_slice(), center.as_slice()) {
                (Some(row), Some(center)) => squared_distance(row, center),
                _ => (&row - &center).mapv(|d| d * d).sum(),
            };
            (group as usize, square)
        };
        let groups = groups_of(block.t(), centers, &squares);
        let rows = block.rows().into_iter().zip(groups);
        rows.map(choose).collect::<Vec<_>>()
    });
    found.into_iter().flatten().collect()
}

/// The group of each row of a table.
fn nearest_of(table: &Table, centers: &Array2<f64>) -> Vec<i32> {
    let squares = squares_of(centers);
    let none = vec![0.0; centers.ncols()];
    let found = in_blocks(table.rows(), |rows| {
        let block = table.centered(rows, &none);
        groups_of(block.view(), centers, &squares)
    });
    found
        .into_iter()
        .flatten()
        .map(|group| group as i32)
        .collect()
}

fn squares_of(centers: &Array2<f64>) -> Vec<f64> {
    centers.rows().into_iter().map(|c| c.dot(&c)).collect()
}

/// Rows that are multiplied with the centres at a time.
const BLOCK: usize = 1_024;

fn in_blocks<T: Send>(rows: usize, block: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let range = |number: usize| number * BLOCK..((number + 1) * BLOCK).min(rows);
    parallel::map(rows.div_ceil(BLOCK), |number| block(range(number)))
}

/// The nearest centre of each column of a block; of equally near ones the first.
fn groups_of(block: ArrayView2<f64>, centers: &Array2<f64>, squares: &[f64]) -> Vec<u32> {
    let products = centers.dot(&block);
    let mut least = vec![f64::INFINITY; block.ncols()];
    let mut groups = vec![0; block.ncols()];
    for ((group, products), square) in (0..).zip(products.rows()).zip(squares) {
        let each = least.iter_mut().zip(&mut groups).zip(products);
        for ((least, chosen), product) in each {
            let far = square - 2.0 * product;
            let is_nearer = far < *least;
            *least = if is_nearer { far } else { *least };
            *chosen = if is_nearer { group } else { *chosen };
        }
    }
    groups
}

/// The square of the distance of two rows, in four sums at the same time.
#[inline]
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (heads, rests) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest = heads.remainder().iter().zip(rests.remainder());
    let rest: f64 = rest.map(|(a, b)| (a - b) * (a - b)).sum();
    for (a, b) in heads.zip(rests) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += (a - b) * (a - b);
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

impl Show for Clusters {
    fn show(&self) -> MimeBundle {
        let sizes = self.sizes();
        let mut facts = vec![format!(
            "{}: {} clusters of {} rows by {}",
            self.title,
            sizes.len(),
            self.labels.len(),
            self.features.join(", ")
        )];
        if self.noise() > 0 {
            facts.push(format!("{} rows belong to none", self.noise()));
        }
        facts.extend(self.inertia.map(|inertia| format!("inertia {inertia:.4}")));
        let mut text = facts.join("\n");
        let mut html = String::new();
        for fact in &facts {
            let _ = write!(html, "<div class=\"shape\">{}</div>", escape(fact));
        }
        html.push_str(
            "<table><thead><tr><th>cluster</th><th class=\"num\">rows</th></tr></thead><tbody>",
        );
        for (group, size) in sizes.iter().enumerate() {
            let _ = write!(text, "\ncluster {group}: {size} rows");
            let _ = write!(
                html,
                "<tr><td>{group}</td><td class=\"num\">{size}</td></tr>"
            );
        }
        html.push_str("</tbody></table>");
        MimeBundle::text(text).html(card(&html))
    }
}
