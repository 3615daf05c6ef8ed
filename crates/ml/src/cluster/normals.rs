//! Normal distributions side by side: how they follow from the rows that belong to them,
//! and how much of each row belongs to which.

use ndarray::{Array1, Array2, ArrayView1, Axis, Zip, s};

use super::CovarianceType;
use crate::model::parallel;

/// Rows that are looked at together; the same on any number of threads.
const BLOCK: usize = 1_024;

/// What a row is multiplied by, so that its distribution becomes as wide as 1 in every
/// direction.
enum Whiten {
    /// A triangle for each distribution.
    Full(Vec<Array2<f64>>),
    /// One for all of them.
    Tied(Array2<f64>),
    /// A number for each distribution and column.
    Diag(Array2<f64>),
}

pub(super) struct Normals {
    weights: Array1<f64>,
    means: Array2<f64>,
    whiten: Whiten,
}

/// How much of each row belongs to each distribution, and the mean logarithm of the
/// rows' densities.
pub(super) struct Responsibilities {
    pub shares: Array2<f64>,
    pub likelihood: f64,
}

impl Normals {
    /// The likeliest distributions of rows that belong to them by shares; `None` if one
    /// is not as wide as 0 in some direction.
    pub fn of(
        x: &Array2<f64>,
        shares: &Array2<f64>,
        kind: CovarianceType,
        added: f64,
    ) -> Option<Self> {
        // None is divided by 0.
        let counts = shares.sum_axis(Axis(0)) + 10.0 * f64::EPSILON;
        let means = shares.t().dot(x) / counts.view().insert_axis(Axis(1));
        let weights = &counts / counts.sum();
        let groups = 0..counts.len();
        let whiten = match kind {
            CovarianceType::Full => {
                let whiten = groups.map(|group| {
                    let scatter = scatter(x, means.row(group), shares.column(group));
                    triangle(scatter / counts[group], added)
                });
                Whiten::Full(whiten.collect::<Option<_>>()?)
            }
            CovarianceType::Tied => {
                let mut sum = Array2::zeros((x.ncols(), x.ncols()));
                for group in groups {
                    sum += &scatter(x, means.row(group), shares.column(group));
                }
                Whiten::Tied(triangle(sum / counts.sum(), added)?)
            }
            CovarianceType::Diag | CovarianceType::Spherical => {
                let mut all = Array2::zeros(means.raw_dim());
                for group in groups {
                    let apart = (x - &means.row(group)).mapv_into(|d| d * d);
                    let mut variances = shares.column(group).dot(&apart) / counts[group] + added;
                    if kind == CovarianceType::Spherical {
                        let mean = variances.mean()?;
                        variances.fill(mean);
                    }
                    if !variances.iter().all(|v| *v > 0.0 && v.is_finite()) {
                        return None;
                    }
                    all.row_mut(group)
                        .assign(&variances.mapv(|v| v.sqrt().recip()));
                }
                Whiten::Diag(all)
            }
        };
        Some(Self {
            weights,
            means,
            whiten,
        })
    }

    pub fn means(&self) -> &Array2<f64> {
        &self.means
    }

    /// The logarithm of the share of each distribution, and of its density's scale.
    pub fn logs(&self) -> Array1<f64> {
        let scale = |values: ArrayView1<f64>| values.iter().map(|value| value.ln()).sum::<f64>();
        let scales: Array1<f64> = match &self.whiten {
            Whiten::Full(all) => all.iter().map(|whiten| scale(whiten.diag())).collect(),
            Whiten::Tied(one) => Array1::from_elem(self.weights.len(), scale(one.diag())),
            Whiten::Diag(all) => all.rows().into_iter().map(scale).collect(),
        };
        self.weights.mapv(f64::ln) + scales
    }

    /// What whitens, as a matrix for each.
    pub fn whiten(&self) -> Vec<Array2<f64>> {
        match &self.whiten {
            Whiten::Full(all) => all.clone(),
            Whiten::Tied(one) => vec![one.clone(); self.weights.len()],
            Whiten::Diag(all) => {
                let rows = all.rows().into_iter();
                rows.map(|row| Array2::from_diag(&row)).collect()
            }
        }
    }

    pub fn responsibilities(&self, x: &Array2<f64>) -> Responsibilities {
        let logs = self.logs();
        let circle = 0.5 * x.ncols() as f64 * std::f64::consts::TAU.ln();
        let starts: Vec<usize> = (0..x.nrows()).step_by(BLOCK).collect();
        let parts = parallel::map(starts.len(), |part| {
            let rows = s![starts[part]..(starts[part] + BLOCK).min(x.nrows()), ..];
            let x = x.slice(rows);
            let mut shares = Array2::zeros((x.nrows(), logs.len()));
            for group in 0..logs.len() {
                let apart = &x - &self.means.row(group);
                let white = match &self.whiten {
                    Whiten::Full(all) => apart.dot(&all[group]),
                    Whiten::Tied(one) => apart.dot(one),
                    Whiten::Diag(all) => apart * all.row(group),
                };
                Zip::from(shares.column_mut(group))
                    .and(white.rows())
                    .for_each(|share, row| *share = logs[group] - 0.5 * row.dot(&row));
            }
            let mut likelihoods = Vec::with_capacity(x.nrows());
            for mut row in shares.rows_mut() {
                let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                row.mapv_inplace(|log| (log - most).exp());
                let sum = row.sum();
                row.mapv_inplace(|share| share / sum);
                likelihoods.push(most + sum.ln() - circle);
            }
            (shares, likelihoods)
        });
        let mut shares = Array2::zeros((x.nrows(), logs.len()));
        let mut sum = 0.0;
        for (start, (part, likelihoods)) in starts.into_iter().zip(parts) {
            shares
                .slice_mut(s![start..start + part.nrows(), ..])
                .assign(&part);
            for likelihood in likelihoods {
                sum += likelihood;
            }
        }
        Responsibilities {
            shares,
            likelihood: sum / x.nrows() as f64,
        }
    }
}

/// The sum of the products of columns, around a mean and with a share of each row.
fn scatter(x: &Array2<f64>, mean: ArrayView1<f64>, shares: ArrayView1<f64>) -> Array2<f64> {
    let parts = x.nrows().div_ceil(BLOCK);
    let sums = parallel::map(parts, |part| {
        let rows = part * BLOCK..((part + 1) * BLOCK).min(x.nrows());
        let mut apart = &x.slice(s![rows.clone(), ..]) - &mean;
        let shares = shares.slice(s![rows]);
        for (mut row, share) in apart.rows_mut().into_iter().zip(shares) {
            let root = share.sqrt();
            row.mapv_inplace(|value| value * root);
        }
        apart.t().dot(&apart)
    });
    let none = Array2::zeros((x.ncols(), x.ncols()));
    sums.into_iter().fold(none, |sum, part| sum + part)
}

/// The triangle that whitens rows of this covariance: the transposed inverse of its
/// Cholesky factor. `None` if there is none.
fn triangle(mut covariance: Array2<f64>, added: f64) -> Option<Array2<f64>> {
    covariance.diag_mut().mapv_inplace(|value| value + added);
    let size = covariance.nrows();
    let mut lower = Array2::<f64>::zeros((size, size));
    for row in 0..size {
        for column in 0..=row {
            let known = s![..column];
            let sum = lower
                .row(row)
                .slice(known)
                .dot(&lower.row(column).slice(known));
            let left = covariance[[row, column]] - sum;
            lower[[row, column]] = match row == column {
                true if left > 0.0 && left.is_finite() => left.sqrt(),
                true => return None,
                false => left / lower[[column, column]],
            };
        }
    }
    // Column by column forward: lower · inverse = 1.
    let mut inverse = Array2::<f64>::zeros((size, size));
    for column in 0..size {
        inverse[[column, column]] = lower[[column, column]].recip();
        for row in column + 1..size {
            let between = s![column..row];
            let sum = lower
                .row(row)
                .slice(between)
                .dot(&inverse.column(column).slice(between));
            inverse[[row, column]] = -sum / lower[[row, row]];
        }
    }
    Some(inverse.reversed_axes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_triangle_whitens() {
        let covariance = array![[4.0, 1.0, 0.5], [1.0, 3.0, -0.7], [0.5, -0.7, 2.0]];
        let whiten = triangle(covariance.clone(), 0.0).unwrap();
        let white = whiten.t().dot(&covariance).dot(&whiten);
        let apart = (white - Array2::<f64>::eye(3)).mapv(f64::abs);
        assert!(apart.iter().all(|d| *d < 1e-12));
        assert!(triangle(array![[1.0, 1.0], [1.0, 1.0]], 0.0).is_none());
    }

    #[test]
    fn simpler_shapes_are_special_cases() {
        // Columns that do not vary together, equally wide.
        let x = array![[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
        let all = Array2::ones((4, 1));
        let likelihood = |kind| {
            let normals = Normals::of(&x, &all, kind, 0.0).unwrap();
            normals.responsibilities(&x).likelihood
        };
        // Mean 0, variance 1 in two directions: the density at a distance of √2.
        let expected = -std::f64::consts::TAU.ln() - 1.0;
        for kind in [
            CovarianceType::Full,
            CovarianceType::Tied,
            CovarianceType::Diag,
            CovarianceType::Spherical,
        ] {
            assert!((likelihood(kind) - expected).abs() < 1e-12);
        }
    }
}
