//! Which points can be among the nearest, by numbers of half the digits.
//!
//! A distance is `‖q‖² − 2qp + ‖p‖²`, and nearly all points are much further than the
//! nearest. So sums are made of small floats, twice as many at a time, four queries with
//! sixteen points; the error of such a sum is known, and what may be near for all that is
//! measured exactly. So rounding changes no result, here or on another processor.

use std::ops::Range;

use ndarray::{Array2, ArrayView1};

use super::search::Nearest;
use crate::wide::{Wide, fused_small, widest};

/// Points side by side in a panel.
const LANES: usize = 16;
/// Queries at the same time.
const ABREAST: usize = 4;
/// Panels that all queries look at while they are near in memory.
const BLOCK: usize = 64;
/// Lengths beyond this have no place in a small float, neither have their products.
const LARGEST: f64 = 1e30;

#[derive(Debug)]
pub(crate) struct Sieve {
    features: usize,
    /// What points are multiplied with, so that none is longer than 1.
    scale: f64,
    /// For each sixteen points their first feature, then their second, and so on.
    panels: Vec<f32>,
    /// The squared length of each point; infinity where a panel has no point.
    squares: Vec<f32>,
}

impl Sieve {
    /// Points around their mean, and their squared lengths.
    pub fn of(points: &Array2<f64>, squares: &[f64]) -> Self {
        let (rows, features) = points.dim();
        let longest = squares.iter().copied().fold(0.0, f64::max).sqrt();
        let scale = match 1.0 / longest {
            scale if (scale * scale).is_finite() => scale,
            _ => 1.0,
        };
        let count = rows.div_ceil(LANES);
        let mut panels = vec![0.0; count * LANES * features];
        let mut scaled = vec![f32::INFINITY; count * LANES];
        for (row, (point, square)) in points.rows().into_iter().zip(squares).enumerate() {
            let (panel, lane) = (row / LANES, row % LANES);
            let panel = &mut panels[panel * LANES * features..];
            for (place, value) in panel[lane..].iter_mut().step_by(LANES).zip(point) {
                *place = (value * scale) as f32;
            }
            scaled[row] = (square * scale * scale) as f32;
        }
        Self {
            features,
            scale,
            panels,
            squares: scaled,
        }
    }

    /// Whether small floats tell which points of this sieve, whose longest has the squared
    /// length `most`, lie within a distance of each other.
    pub fn tells(&self, most: f64, distance: f64) -> bool {
        let most = most * self.scale * self.scale;
        let limit = distance * distance * self.scale * self.scale;
        most <= LARGEST && limit <= LARGEST && self.error(2.0 * most) <= limit / 16.0
    }

    /// What a sum of squares of such a size is off by, at most: each step of it and each
    /// number in it by half of the last digit.
    fn error(&self, squares: f64) -> f64 {
        (self.features + 8) as f64 * f64::from(f32::EPSILON) * squares + 1e-30
    }

    /// The points from `rows.start` on that lie within a distance of each of some points of
    /// this sieve, which have these lengths: `found` hears of the two, and whether it is
    /// certain or has to be measured.
    pub fn within(
        &self,
        points: &Array2<f64>,
        squares: &[f64],
        rows: Range<usize>,
        distance: f64,
        found: &mut dyn FnMut(usize, usize, bool),
    ) {
        let own = squares[rows.clone()].chunks(ABREAST);
        let firsts = rows.clone().step_by(ABREAST);
        let group = |(own, first)| Group::of(self, points, own, first, 0);
        let groups: Vec<Group> = own.zip(firsts).filter_map(group).collect();
        widest(Within {
            sieve: self,
            groups: &groups,
            from: rows.start / LANES,
            limit: distance * distance * self.scale * self.scale,
            found,
        });
    }

    /// The nearest of the points for each query, with the squares of their distances.
    /// Nothing if the sieve would let too many pass: the points are then near to each
    /// other and far from their mean.
    pub fn nearest(
        &self,
        points: &Array2<f64>,
        queries: &Array2<f64>,
        squares: &[f64],
        k: usize,
    ) -> Option<Vec<Nearest>> {
        let groups = squares.chunks(ABREAST).zip((0..).step_by(ABREAST));
        let group = |(squares, first)| Group::of(self, queries, squares, first, k);
        let mut groups: Vec<Group> = groups.map(group).collect::<Option<_>>()?;
        let search = Search {
            sieve: self,
            points,
            queries,
            groups: &mut groups,
        };
        widest(search).then(|| groups.into_iter().flat_map(|group| group.found).collect())
    }
}

/// Some queries, and what is found for them.
struct Group {
    first: usize,
    /// Minus two times the first feature of each query, then the second, and so on.
    twice: Vec<f32>,
    squares: [f64; ABREAST],
    found: Vec<Nearest>,
    /// How many points may still be measured.
    left: usize,
}

impl Group {
    fn of(
        sieve: &Sieve,
        queries: &Array2<f64>,
        own: &[f64],
        first: usize,
        k: usize,
    ) -> Option<Self> {
        let mut twice = vec![0.0; sieve.features * ABREAST];
        let mut squares = [0.0; ABREAST];
        for (at, square) in own.iter().enumerate() {
            squares[at] = square * sieve.scale * sieve.scale;
            if squares[at].is_nan() || squares[at] > LARGEST {
                return None;
            }
            let places = twice[at..].iter_mut().step_by(ABREAST);
            for (place, value) in places.zip(queries.row(first + at)) {
                *place = (-2.0 * value * sieve.scale) as f32;
            }
        }
        Some(Self {
            first,
            twice,
            squares,
            found: own.iter().map(|_| Nearest::new(k)).collect(),
            left: own.len() * (64 + 16 * k + sieve.squares.len() / 16),
        })
    }

    /// What a sum must not exceed for a point to be of interest, if the squares of points
    /// are at most `most`.
    fn bounds(&self, sieve: &Sieve, most: f32) -> [f32; ABREAST] {
        let mut bounds = [f32::NEG_INFINITY; ABREAST];
        for ((bound, own), found) in bounds.iter_mut().zip(&self.squares).zip(&self.found) {
            let limit = found.limit() * sieve.scale * sieve.scale;
            let error = sieve.error(own + f64::from(most));
            *bound = ((limit - own + error) as f32).next_up();
        }
        bounds
    }
}

impl Group {
    /// Measures those points of a panel, of which the first is `first`, that passed;
    /// whether as many may be measured.
    fn measure(
        &mut self,
        query: usize,
        row: ArrayView1<f64>,
        points: &Array2<f64>,
        first: usize,
        (sums, bound): (&[f32; LANES], f32),
    ) -> bool {
        let passed = (first..points.nrows()).zip(sums);
        for (at, _) in passed.filter(|(_, sum)| **sum <= bound) {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            let apart = row
                .iter()
                .zip(points.row(at))
                .map(|(a, b)| (a - b) * (a - b));
            self.found[query].offer(apart.sum(), at as u32);
        }
        true
    }
}

/// The points of all panels from one on that are near to some of them.
struct Within<'a> {
    sieve: &'a Sieve,
    groups: &'a [Group],
    from: usize,
    limit: f64,
    found: &'a mut dyn FnMut(usize, usize, bool),
}

impl Wide for Within<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let sieve = self.sieve;
        let panel = LANES * sieve.features;
        let blocks = sieve.panels[self.from * panel..].chunks(BLOCK * panel);
        let squares = sieve.squares[self.from * LANES..].chunks(BLOCK * LANES);
        for (number, (panels, squares)) in blocks.zip(squares).enumerate() {
            let known = squares.iter().copied().filter(|square| square.is_finite());
            let most = f64::from(known.fold(0.0, f32::max));
            for group in self.groups {
                // What a sum must not exceed to be possible, or to be certain.
                let bound = |query: usize, sign: f64| {
                    let own = group.squares[query];
                    (self.limit - own + sign * sieve.error(own + most)) as f32
                };
                let mut bounds = [(f32::NEG_INFINITY, f32::NEG_INFINITY); ABREAST];
                for (query, bounds) in bounds.iter_mut().take(group.found.len()).enumerate() {
                    *bounds = (bound(query, 1.0).next_up(), bound(query, -1.0).next_down());
                }
                let both = panels.chunks_exact(panel).zip(squares.chunks_exact(LANES));
                for (at, (panel, squares)) in both.enumerate() {
                    let sums = sums::<FUSED>(panel, &group.twice, squares);
                    for (query, sums) in sums.iter().enumerate() {
                        let (possible, certain) = bounds[query];
                        if !sums
                            .iter()
                            .fold(false, |near, sum| near | (*sum <= possible))
                        {
                            continue;
                        }
                        let first = (self.from + number * BLOCK + at) * LANES;
                        for (other, sum) in (first..).zip(sums) {
                            if *sum <= possible {
                                (self.found)(group.first + query, other, *sum <= certain);
                            }
                        }
                    }
                }
            }
        }
    }
}

struct Search<'a> {
    sieve: &'a Sieve,
    points: &'a Array2<f64>,
    queries: &'a Array2<f64>,
    groups: &'a mut [Group],
}

impl Wide for Search<'_> {
    /// Whether few enough points passed.
    type Output = bool;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> bool {
        let sieve = self.sieve;
        let panel = LANES * sieve.features;
        let blocks = sieve.panels.chunks(BLOCK * panel);
        let squares = sieve.squares.chunks(BLOCK * LANES);
        for (number, (panels, squares)) in blocks.zip(squares).enumerate() {
            let known = squares.iter().copied().filter(|square| square.is_finite());
            let most = known.fold(0.0, f32::max);
            for group in self.groups.iter_mut() {
                let mut bounds = group.bounds(sieve, most);
                let both = panels.chunks_exact(panel).zip(squares.chunks_exact(LANES));
                for (at, (panel, squares)) in both.enumerate() {
                    let sums = sums::<FUSED>(panel, &group.twice, squares);
                    for (query, sums) in sums.iter().enumerate() {
                        let bound = bounds[query];
                        if !sums.iter().fold(false, |near, sum| near | (*sum <= bound)) {
                            continue;
                        }
                        let first = (number * BLOCK + at) * LANES;
                        let query_row = self.queries.row(group.first + query);
                        if !group.measure(query, query_row, self.points, first, (sums, bound)) {
                            return false;
                        }
                        bounds = group.bounds(sieve, most);
                    }
                }
            }
        }
        true
    }
}

/// The squared distances of queries to the points of a panel, without the squares of the
/// queries.
#[inline(always)]
fn sums<const FUSED: bool>(
    panel: &[f32],
    twice: &[f32],
    squares: &[f32],
) -> [[f32; LANES]; ABREAST] {
    let mut sums = [[0.0; LANES]; ABREAST];
    for (points, queries) in panel.chunks_exact(LANES).zip(twice.chunks_exact(ABREAST)) {
        for (sums, query) in sums.iter_mut().zip(queries) {
            for (sum, point) in sums.iter_mut().zip(points) {
                *sum = fused_small::<FUSED>(*query, *point, *sum);
            }
        }
    }
    for sums in &mut sums {
        for (sum, square) in sums.iter_mut().zip(squares) {
            *sum += square;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Axis;
    use rand::Rng;

    use crate::model::random;

    fn squares(x: &Array2<f64>) -> Vec<f64> {
        x.rows().into_iter().map(|row| row.dot(&row)).collect()
    }

    fn sorted(points: &Array2<f64>, query: ArrayView1<f64>, k: usize) -> Vec<(f64, u32)> {
        let far = |point: ArrayView1<f64>| {
            let apart = query.iter().zip(point).map(|(a, b)| (a - b) * (a - b));
            apart.sum::<f64>()
        };
        let all = points.rows().into_iter().map(far).zip(0..);
        let mut all: Vec<(f64, u32)> = all.collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.truncate(k);
        all
    }

    #[test]
    fn what_passes_is_what_sorting_finds() {
        let mut rng = random::generator(5, 0);
        for (rows, features, size) in [(5_000, 20, 1.0), (1_003, 17, 1e100), (7, 3, 1e-80)] {
            // Whole numbers, so that many distances are equal.
            let mut draw = |_| size * rng.gen_range(-3..=3) as f64;
            let points = Array2::from_shape_simple_fn((rows, features), || draw(()));
            let queries = Array2::from_shape_simple_fn((6, features), || 0.5 * draw(()));
            let sieve = Sieve::of(&points, &squares(&points));
            let found = sieve.nearest(&points, &queries, &squares(&queries), 5);
            let found = found.expect("points around their mean");
            for (found, query) in found.iter().zip(queries.rows()) {
                assert_eq!(found.found(), sorted(&points, query, 5));
            }
        }
    }

    #[test]
    fn it_says_when_it_is_of_no_use() {
        let mut rng = random::generator(6, 0);
        // Two heaps far from each other: small floats do not tell points of one apart.
        let points = Array2::from_shape_fn((20_000, 4), |(row, _)| {
            rng.r#gen::<f64>() + if row % 2 == 0 { 1e6 } else { -1e6 }
        });
        let sieve = Sieve::of(&points, &squares(&points));
        let queries = points.select(Axis(0), &[0, 1, 2]);
        assert!(
            sieve
                .nearest(&points, &queries, &squares(&queries), 5)
                .is_none()
        );
        let far = &queries * 1e30;
        assert!(sieve.nearest(&points, &far, &squares(&far), 5).is_none());
    }
}
