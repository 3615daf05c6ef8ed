//! All pairs of rows that lie within a distance.
//!
//! Rows of few columns are found by a tree. With more columns a tree looks at most rows
//! anyway, and a block of rows is compared with all that follow: small floats tell most
//! pairs apart (the sieve of nearest neighbours), the others are measured. Where small
//! floats tell nothing, as rows are far from their mean and near to each other, distances
//! come from products of matrices.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, Axis, s};

use super::fitted::squared_distance;
use crate::model::neighbors::{KdTree, Sieve, TREE_FEATURES};
use crate::model::parallel;

/// Rows that are compared with others together.
const BLOCK: usize = 128;
/// Others that they are compared with at a time.
const OTHERS: usize = 512;
/// Pairs that are left out together.
const ABREAST: usize = 16;
/// So many pairs are kept, about 400 MB; more are looked for again when they are needed.
const KEPT: usize = 50_000_000;
/// Blocks of which the pairs are looked for again together.
const AGAIN: usize = 8;

pub(super) struct Pairs<'a> {
    x: &'a Array2<f64>,
    distance: f64,
    search: Search,
    /// The pairs of each block of rows, unless there are too many of them.
    found: Vec<Option<Vec<(u32, u32)>>>,
    /// How many rows each row is near to, itself among them.
    pub counts: Vec<usize>,
}

enum Search {
    Tree(KdTree),
    All {
        /// If it tells pairs apart.
        sieve: Option<Sieve>,
        /// Around the mean, which keeps digits where distances are differences.
        centered: Array2<f64>,
        squares: Vec<f64>,
        largest: f64,
    },
}

impl Search {
    fn of(x: &Array2<f64>, distance: f64) -> Self {
        if x.ncols() <= TREE_FEATURES {
            return Self::Tree(KdTree::of(x.view()));
        }
        let mean = x.sum_axis(Axis(0)) / x.nrows().max(1) as f64;
        let centered = x - &mean;
        let rows = centered.rows().into_iter();
        let squares: Vec<f64> = rows.map(|row| row.dot(&row)).collect();
        let largest = squares.iter().copied().fold(0.0, f64::max);
        let sieve = Sieve::of(&centered, &squares);
        Self::All {
            sieve: sieve.tells(largest, distance).then_some(sieve),
            centered,
            squares,
            largest,
        }
    }
}

impl<'a> Pairs<'a> {
    /// The pairs of rows of a matrix in standard layout.
    pub fn within(x: &'a Array2<f64>, distance: f64) -> Self {
        let mut pairs = Self {
            x,
            distance,
            search: Search::of(x, distance),
            found: Vec::new(),
            counts: vec![1; x.nrows()],
        };
        let kept = AtomicUsize::new(0);
        let counted = parallel::map(x.nrows().div_ceil(BLOCK), |block| {
            let start = (block * BLOCK) as u32;
            let mut counts = vec![0_u32; x.nrows() - block * BLOCK];
            let near = pairs.in_block(block);
            for (low, high) in &near {
                counts[(low - start) as usize] += 1;
                counts[(high - start) as usize] += 1;
            }
            // Most rows have no pair in most blocks.
            let counts: Vec<(u32, u32)> = (start..)
                .zip(counts)
                .filter(|(_, count)| *count > 0)
                .collect();
            // Which are kept is a question of memory and time, and not of the result.
            let all = kept.fetch_add(near.len(), Ordering::Relaxed) + near.len();
            (counts, (all <= KEPT).then_some(near))
        });
        for (counts, kept) in counted {
            for (row, count) in counts {
                pairs.counts[row as usize] += count as usize;
            }
            pairs.found.push(kept);
        }
        pairs
    }

    /// Looks at all pairs once more.
    pub fn each(&self, mut visit: impl FnMut(usize, usize)) {
        let mut visit = |pairs: &[(u32, u32)]| {
            ferrite_interrupt::checkpoint();
            let pairs = pairs.iter();
            pairs.for_each(|(low, high)| visit(*low as usize, *high as usize));
        };
        self.found.iter().flatten().for_each(|pairs| visit(pairs));
        let lost = |block: &usize| self.found[*block].is_none();
        let lost: Vec<usize> = (0..self.found.len()).filter(lost).collect();
        for blocks in lost.chunks(AGAIN) {
            let again = parallel::map(blocks.len(), |at| self.in_block(blocks[at]));
            again.iter().for_each(|pairs| visit(pairs));
        }
    }

    /// The pairs of which the first row lies in a block.
    fn in_block(&self, block: usize) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        self.of_block(block, &mut |low, high| pairs.push((low, high)));
        pairs
    }

    fn is_near(&self, a: usize, b: usize) -> bool {
        match (self.x.row(a).as_slice(), self.x.row(b).as_slice()) {
            (Some(a), Some(b)) => squared_distance(a, b).sqrt() <= self.distance,
            _ => false,
        }
    }

    /// Visits the pairs of which the first row lies in a block.
    fn of_block(&self, block: usize, visit: &mut dyn FnMut(u32, u32)) {
        ferrite_interrupt::checkpoint();
        let rows = block * BLOCK..((block + 1) * BLOCK).min(self.x.nrows());
        match &self.search {
            Search::Tree(tree) => {
                let mut near: Vec<u32> = Vec::new();
                for row in rows {
                    near.clear();
                    let own = self.x.row(row);
                    let own = own.as_slice().unwrap_or_default();
                    // A little more, for what rounds down to the distance.
                    let square = self.distance * self.distance * (1.0 + 1e-12) + f64::MIN_POSITIVE;
                    tree.within(own, square, &mut |other| {
                        if other as usize > row && self.is_near(row, other as usize) {
                            near.push(other);
                        }
                    });
                    near.iter().for_each(|other| visit(row as u32, *other));
                }
            }
            Search::All {
                sieve: Some(sieve),
                centered,
                squares,
                ..
            } => {
                let mut found = |row: usize, other: usize, is_certain: bool| {
                    if other > row && (is_certain || self.is_near(row, other)) {
                        visit(row as u32, other as u32);
                    }
                };
                sieve.within(centered, squares, rows, self.distance, &mut found);
            }
            Search::All {
                sieve: None,
                centered,
                squares,
                largest,
            } => {
                let own = centered.slice(s![rows.clone(), ..]);
                for start in (rows.start..self.x.nrows()).step_by(OTHERS) {
                    let others = start..(start + OTHERS).min(self.x.nrows());
                    let products = own.dot(&centered.slice(s![others.clone(), ..]).t());
                    for (row, products) in rows.clone().zip(products.rows()) {
                        let products = products.as_slice().unwrap_or_default();
                        // What rounding can make of a difference of such numbers.
                        let doubt = 1e-13 * (squares[row] + largest);
                        let limit = self.distance * self.distance;
                        let of_row = OfRow {
                            row,
                            square: squares[row],
                            sure: limit - doubt,
                            possible: limit + doubt,
                        };
                        self.of_row(&of_row, &others, products, &squares[others.clone()], visit);
                    }
                }
            }
        }
    }

    fn of_row(
        &self,
        of: &OfRow,
        others: &Range<usize>,
        products: &[f64],
        squares: &[f64],
        visit: &mut dyn FnMut(u32, u32),
    ) {
        let far = |(product, square): (&f64, &f64)| of.square - 2.0 * product + square;
        let chunks = products.chunks(ABREAST).zip(squares.chunks(ABREAST));
        for ((products, squares), first) in chunks.zip((others.start..).step_by(ABREAST)) {
            let is_near = |near, pair| near | (far(pair) <= of.possible);
            if !products.iter().zip(squares).fold(false, is_near) {
                continue;
            }
            for (other, pair) in (first..).zip(products.iter().zip(squares)) {
                let far = far(pair);
                if other > of.row
                    && far <= of.possible
                    && (far <= of.sure || self.is_near(of.row, other))
                {
                    visit(of.row as u32, other as u32);
                }
            }
        }
    }
}

/// A row, and how near others are for sure, or possibly.
struct OfRow {
    row: usize,
    square: f64,
    sure: f64,
    possible: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::random;
    use rand::Rng;

    #[test]
    fn all_searches_find_the_same_pairs() {
        // Rows far from their mean, in two heaps, are nothing for small floats.
        for (width, apart) in [(2, 0.0), (17, 0.0), (17, 1e6)] {
            let mut rng = random::generator(5, width);
            // Small whole numbers: many distances are the limit exactly.
            let x = Array2::from_shape_fn((700, width), |(row, _)| {
                f64::from(rng.gen_range(0_u8..6)) + apart * (row % 2) as f64
            });
            let limit = (width as f64 * 4.0).sqrt();
            let pairs = Pairs::within(&x, limit);
            match &pairs.search {
                Search::Tree(_) => assert_eq!(width, 2),
                Search::All { sieve, .. } => assert_eq!(sieve.is_some(), apart == 0.0),
            }
            let mut found = Vec::new();
            pairs.each(|low, high| found.push((low, high)));
            found.sort_unstable();
            let far = |a: usize, b: usize| (&x.row(a) - &x.row(b)).mapv(|d| d * d).sum().sqrt();
            let expected: Vec<(usize, usize)> = (0..700)
                .flat_map(|a| (a + 1..700).map(move |b| (a, b)))
                .filter(|(a, b)| far(*a, *b) <= limit)
                .collect();
            assert_eq!(found, expected, "{width} columns");
            let near = expected.iter().filter(|(a, b)| *a == 9 || *b == 9);
            assert_eq!(pairs.counts[9], 1 + near.count());
            // As if there were no place for them.
            let mut lost = Pairs::within(&x, limit);
            lost.found
                .iter_mut()
                .step_by(2)
                .for_each(|kept| *kept = None);
            let mut again = Vec::new();
            lost.each(|low, high| again.push((low, high)));
            again.sort_unstable();
            assert_eq!(again, expected);
        }
    }
}
