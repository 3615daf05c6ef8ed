//! Finding the nearest rows, by a tree or by comparing with all of them.

use std::sync::OnceLock;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

use super::kd_tree::KdTree;
use super::sieve::Sieve;
use crate::MlError;
use crate::matrix::Matrix;
use crate::model::parallel;
use crate::transform::NeighborWeights;

/// With more features a tree looks at most points anyway, and is slower than a
/// plain search; scikit-learn draws the line here too.
pub(crate) const TREE_FEATURES: usize = 15;
/// With fewer points a tree does not pay.
const TREE_POINTS: usize = 50;
/// Queries and points that are compared in one product of matrices.
const QUERIES: usize = 64;
const POINTS: usize = 512;
/// Points that are left out together.
const ABREAST: usize = 16;

/// Points to be searched.
#[derive(Debug)]
pub(crate) struct Index {
    /// Around their mean, which keeps digits where distances are differences.
    points: Array2<f64>,
    mean: Array1<f64>,
    squares: Vec<f64>,
    tree: Option<KdTree>,
    /// Where there is no tree.
    sieve: Option<Sieve>,
    /// Whether squares are beyond floating-point numbers, so that only the
    /// distances themselves can be compared.
    huge: bool,
    /// The power of a distance that is not Euclidean; every point is looked at then.
    power: Option<f64>,
}

/// Fails unless distances of this power are distances.
pub(super) fn check_power(owner: &'static str, p: f64) -> Result<(), MlError> {
    if p >= 1.0 {
        return Ok(());
    }
    Err(MlError::InvalidParameter {
        owner,
        name: "p",
        value: p.to_string(),
        rule: "be at least 1; infinity is the largest difference",
    })
}

/// Minkowski's distance, also of numbers whose powers have no place in a float.
fn minkowski(p: f64, a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    if p == 1.0 {
        return apart.sum();
    }
    let most = apart.clone().fold(0.0, f64::max);
    if p.is_infinite() || most == 0.0 || most.is_infinite() {
        return most;
    }
    most * apart.map(|d| (d / most).powf(p)).sum::<f64>().powf(1.0 / p)
}

/// The nearest rows that were seen, the nearest first; of equally near ones the
/// first row.
#[derive(Debug)]
pub(crate) struct Nearest {
    k: usize,
    found: Vec<(f64, u32)>,
}

impl Nearest {
    pub fn new(k: usize) -> Self {
        Self {
            k,
            found: Vec::with_capacity(k + 1),
        }
    }

    /// What was found, with its squared distance.
    #[cfg(test)]
    pub fn found(&self) -> &[(f64, u32)] {
        &self.found
    }

    /// Squared distances beyond this are of no interest.
    #[inline]
    pub fn limit(&self) -> f64 {
        if self.found.len() < self.k {
            return f64::INFINITY;
        }
        self.found.last().map_or(f64::INFINITY, |last| last.0)
    }

    #[inline]
    pub fn offer(&mut self, square: f64, row: u32) {
        if square > self.limit() {
            return;
        }
        let place = self
            .found
            .partition_point(|(other, at)| *other < square || (*other == square && *at < row));
        if place < self.k {
            self.found.truncate(self.k - 1);
            self.found.insert(place, (square, row));
        }
    }
}

/// An index that is made when it is first asked, where making it is no search for order
/// but a look at each point.
#[derive(Debug)]
pub(super) struct Lazy(OnceLock<Index>);

impl Lazy {
    pub fn of(points: &Matrix, p: f64) -> Self {
        let cell = OnceLock::new();
        if points.width() <= TREE_FEATURES {
            cell.get_or_init(|| Index::of(points.values(), p));
        }
        Self(cell)
    }

    pub fn of_points(&self, points: &Matrix, p: f64) -> &Index {
        self.0.get_or_init(|| Index::of(points.values(), p))
    }
}

impl Index {
    /// Points by Minkowski's distance; 2 is Euclid's.
    pub fn of(points: &Array2<f64>, p: f64) -> Self {
        if p == 2.0 {
            return Self::euclidean(points);
        }
        Self {
            points: points.clone(),
            mean: Array1::zeros(points.ncols()),
            squares: Vec::new(),
            tree: None,
            sieve: None,
            huge: false,
            power: Some(p),
        }
    }

    fn euclidean(points: &Array2<f64>) -> Self {
        let mean = points.sum_axis(Axis(0)) / points.nrows().max(1) as f64;
        let centered = points - &mean;
        let squares: Vec<f64> = centered
            .rows()
            .into_iter()
            .map(|row| row.dot(&row))
            .collect();
        if squares.iter().sum::<f64>().is_finite() {
            let tree = points.ncols() <= TREE_FEATURES && points.nrows() > TREE_POINTS;
            return Self {
                tree: tree.then(|| KdTree::of(points.view())),
                sieve: (!tree).then(|| Sieve::of(&centered, &squares)),
                points: centered,
                mean,
                squares,
                huge: false,
                power: None,
            };
        }
        Self {
            points: points.clone(),
            mean: Array1::zeros(points.ncols()),
            squares: Vec::new(),
            tree: None,
            sieve: None,
            huge: true,
            power: None,
        }
    }

    /// For each query what `read` makes of its `k` nearest rows, given with
    /// their distances.
    pub fn nearest<T: Send>(
        &self,
        queries: ArrayView2<f64>,
        k: usize,
        read: impl Fn(&[(f64, u32)]) -> T + Sync,
    ) -> Vec<T> {
        let starts: Vec<usize> = (0..queries.nrows()).step_by(QUERIES).collect();
        let parts = parallel::map(starts.len(), |part| {
            let end = (starts[part] + QUERIES).min(queries.nrows());
            let queries = queries.slice(s![starts[part]..end, ..]);
            if let Some(p) = self.power {
                let found = self.by_power(p, queries, k);
                return found.iter().map(|near| read(&near.found)).collect();
            }
            let found = match &self.tree {
                Some(tree) => by_tree(tree, queries, k),
                None if self.huge => self.one_by_one(queries, k),
                None => self.by_products(queries, k),
            };
            found
                .into_iter()
                .map(|mut nearest| {
                    nearest
                        .found
                        .iter_mut()
                        .for_each(|(square, _)| *square = square.sqrt());
                    read(&nearest.found)
                })
                .collect::<Vec<T>>()
        });
        parts.into_iter().flatten().collect()
    }

    /// Compares each query with each point by their distance itself.
    fn by_power(&self, p: f64, queries: ArrayView2<f64>, k: usize) -> Vec<Nearest> {
        let search = |query: ArrayView1<f64>| {
            let mut nearest = Nearest::new(k);
            for (point, row) in self.points.rows().into_iter().zip(0..) {
                nearest.offer(minkowski(p, query, point), row);
            }
            nearest
        };
        queries.rows().into_iter().map(search).collect()
    }

    /// Compares each query with each point; distances may be infinite.
    fn one_by_one(&self, queries: ArrayView2<f64>, k: usize) -> Vec<Nearest> {
        let search = |query: ArrayView1<f64>| {
            let mut nearest = Nearest::new(k);
            for (point, row) in self.points.rows().into_iter().zip(0..) {
                let square = query
                    .iter()
                    .zip(point)
                    .map(|(a, b)| (a - b) * (a - b))
                    .sum();
                nearest.offer(square, row);
            }
            nearest
        };
        queries.rows().into_iter().map(search).collect()
    }

    /// Compares with all points: `‖a − b‖² = ‖a‖² − 2ab + ‖b‖²`, where the
    /// products are one product of matrices.
    fn by_products(&self, queries: ArrayView2<f64>, k: usize) -> Vec<Nearest> {
        let queries = &queries - &self.mean;
        let own: Vec<f64> = queries
            .rows()
            .into_iter()
            .map(|row| row.dot(&row))
            .collect();
        if let Some(sieve) = &self.sieve
            && let Some(found) = sieve.nearest(&self.points, &queries, &own, k)
        {
            return found;
        }
        let mut all: Vec<Nearest> = own.iter().map(|_| Nearest::new(k)).collect();
        for start in (0..self.points.nrows()).step_by(POINTS) {
            let end = (start + POINTS).min(self.points.nrows());
            let products = queries.dot(&self.points.slice(s![start..end, ..]).t());
            for ((products, own), nearest) in products.rows().into_iter().zip(&own).zip(&mut all) {
                let mut limit = nearest.limit();
                let products = products.as_slice().unwrap_or_default();
                let squares = self.squares[start..end].chunks(ABREAST);
                let chunks = products.chunks(ABREAST).zip(squares);
                for ((products, squares), first) in chunks.zip((start..).step_by(ABREAST)) {
                    let far = |(product, square): (&f64, &f64)| own - 2.0 * product + square;
                    // Most points are too far; many of them are seen to be so at a time.
                    // A query beyond all numbers is as far from one as from another.
                    let is_near = |near, pair| near | (far(pair) <= limit) | far(pair).is_nan();
                    if !products.iter().zip(squares).fold(false, is_near) {
                        continue;
                    }
                    for (row, pair) in (first..).zip(products.iter().zip(squares)) {
                        let square = far(pair);
                        if square <= limit || square.is_nan() {
                            let square = match square.is_nan() {
                                true => f64::INFINITY,
                                false => square.max(0.0),
                            };
                            nearest.offer(square, row as u32);
                            limit = nearest.limit();
                        }
                    }
                }
            }
        }
        // The distances themselves, without what the difference rounds away.
        for (query, nearest) in queries.rows().into_iter().zip(&mut all) {
            for (square, row) in &mut nearest.found {
                let point = self.points.row(*row as usize);
                *square = query
                    .iter()
                    .zip(point)
                    .map(|(a, b)| (a - b) * (a - b))
                    .sum();
            }
        }
        all
    }
}

fn by_tree(tree: &KdTree, queries: ArrayView2<f64>, k: usize) -> Vec<Nearest> {
    let search = |query: ArrayView1<f64>| {
        let mut nearest = Nearest::new(k);
        crate::model::trees::with_slice(query, |query| tree.search(query, &mut nearest));
        nearest
    };
    queries.rows().into_iter().map(search).collect()
}

/// The weight of each neighbour, by its distance; they need not sum to 1.
pub(super) fn weights(found: &[(f64, u32)], how: NeighborWeights) -> Vec<f64> {
    match how {
        NeighborWeights::Uniform => vec![1.0; found.len()],
        NeighborWeights::Distance if found.iter().any(|(distance, _)| *distance == 0.0) => found
            .iter()
            .map(|(distance, _)| f64::from(u8::from(*distance == 0.0)))
            .collect(),
        NeighborWeights::Distance if found.iter().all(|(distance, _)| !distance.is_finite()) => {
            vec![1.0; found.len()]
        }
        NeighborWeights::Distance => found.iter().map(|(distance, _)| 1.0 / distance).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn distances_of_all_powers() {
        let (a, b) = (array![0.0, 0.0], array![3.0, -4.0]);
        let distance = |p| minkowski(p, a.view(), b.view());
        assert_eq!((distance(1.0), distance(f64::INFINITY)), (7.0, 4.0));
        assert!((distance(2.0) - 5.0).abs() < 1e-12);
        assert!((distance(3.0) - 91.0_f64.cbrt()).abs() < 1e-12);
        let far = minkowski(3.0, array![1e300].view(), array![-1e300].view());
        assert!((far / 2e300 - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn both_searches_find_what_sorting_finds(
            values in proptest::collection::vec(-4_i8..4, 60 * 3),
            query in proptest::collection::vec(-5_i8..5, 3),
            k in 1_usize..7,
        ) {
            // Small whole numbers give many equal distances.
            let points = Array2::from_shape_fn((60, 3), |(i, j)| f64::from(values[3 * i + j]));
            let query = Array2::from_shape_fn((1, 3), |(_, j)| f64::from(query[j]));
            let index = Index::of(&points, 2.0);
            prop_assert!(index.tree.is_some());
            let mut sorted: Vec<(f64, u32)> = points
                .rows()
                .into_iter()
                .zip(0..)
                .map(|(point, row)| ((&point - &query.row(0)).mapv(|d| d * d).sum(), row))
                .collect();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let rows = |found: &[(f64, u32)]| found.iter().map(|(_, row)| *row).collect::<Vec<_>>();
            let by_tree = index.nearest(query.view(), k, |found| rows(found));
            prop_assert_eq!(&by_tree[0], &rows(&sorted[..k]));
            let distances = |found: &[(f64, u32)]| found.iter().map(|f| f.0).collect::<Vec<_>>();
            let by_products = index.by_products(query.view(), k);
            for (found, sorted) in distances(&by_products[0].found).iter().zip(distances(&sorted)) {
                prop_assert!((found - sorted).abs() < 1e-9);
            }
        }
    }
}
