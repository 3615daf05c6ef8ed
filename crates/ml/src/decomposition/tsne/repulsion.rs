//! How the rows of a map push each other apart. Far rows push as one: they are summed
//! up in the cells of a tree, as in section 4.2 of the paper.

use std::ops::Range;

use crate::model::parallel;

/// Cells are not halved more often; rows so near to each other count as one place.
const DEEPEST: usize = 48;

/// The force on each coordinate, not yet divided, and what it is to be divided by.
pub(super) fn repulsion(map: &[f64], width: usize, angle: f64) -> (Vec<f64>, f64) {
    match width {
        _ if angle == 0.0 => exact(map, width),
        1 => by_tree::<1>(map, angle),
        2 => by_tree::<2>(map, angle),
        3 => by_tree::<3>(map, angle),
        _ => exact(map, width),
    }
}

/// Every row is compared with every other one.
fn exact(map: &[f64], width: usize) -> (Vec<f64>, f64) {
    let rows = map.len() / width;
    let parts = parallel::ranges(rows, 32);
    let pushed = parallel::map(parts.len(), |part| {
        let own = parts[part].clone();
        let mut force = vec![0.0; own.len() * width];
        let mut sums = Vec::with_capacity(own.len());
        for (row, force) in own.zip(force.chunks_exact_mut(width)) {
            let here = &map[row * width..(row + 1) * width];
            let mut sum = 0.0;
            for (other, there) in map.chunks_exact(width).enumerate() {
                if other == row {
                    continue;
                }
                let square: f64 = here.iter().zip(there).map(|(a, b)| (a - b) * (a - b)).sum();
                let near = 1.0 / (1.0 + square);
                sum += near;
                for ((force, a), b) in force.iter_mut().zip(here).zip(there) {
                    *force += near * near * (a - b);
                }
            }
            sums.push(sum);
        }
        (force, sums)
    });
    let mut force = Vec::with_capacity(map.len());
    let mut whole = 0.0;
    for (part, sums) in pushed {
        force.extend(part);
        // One after the other, however many there are in a part.
        for sum in sums {
            whole += sum;
        }
    }
    (force, whole)
}

/// A cell of the tree. Cells stand before those inside of them, so that one passes over
/// a cell by going to `next`, and into it by going on.
struct Cell<const D: usize> {
    middle: [f64; D],
    rows: Range<u32>,
    /// The square of its width; 0 if there is nothing inside of it.
    square: f64,
    next: u32,
}

struct Tree<const D: usize> {
    cells: Vec<Cell<D>>,
    /// The rows in the order of the cells.
    order: Vec<u32>,
}

impl<const D: usize> Tree<D> {
    fn of(points: &[[f64; D]]) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; D], [f64::NEG_INFINITY; D]);
        for point in points {
            for axis in 0..D {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let width = (0..D)
            .map(|axis| high[axis] - low[axis])
            .fold(0.0, f64::max);
        let center = std::array::from_fn(|axis| 0.5 * (low[axis] + high[axis]));
        let mut tree = Self {
            cells: Vec::with_capacity(2 * points.len()),
            order: (0..points.len() as u32).collect(),
        };
        let mut spare = vec![0; points.len()];
        tree.grow(points, 0..points.len(), center, width, 0, &mut spare);
        tree
    }

    fn grow(
        &mut self,
        points: &[[f64; D]],
        rows: Range<usize>,
        center: [f64; D],
        width: f64,
        depth: usize,
        spare: &mut [u32],
    ) {
        let at = self.cells.len();
        let mut middle = [0.0; D];
        for row in &self.order[rows.clone()] {
            for axis in 0..D {
                middle[axis] += points[*row as usize][axis];
            }
        }
        let count = rows.len() as f64;
        let leaf = rows.len() == 1 || depth == DEEPEST;
        self.cells.push(Cell {
            middle: middle.map(|sum| sum / count),
            rows: rows.start as u32..rows.end as u32,
            square: if leaf { 0.0 } else { width * width },
            next: 0,
        });
        if !leaf {
            let corner = |row: u32| {
                let point = &points[row as usize];
                (0..D).fold(0, |corner, axis| {
                    corner | usize::from(point[axis] > center[axis]) << axis
                })
            };
            // Rows by their corner, in the order in which they were.
            let mut ends = [0_usize; 8];
            let own = &mut self.order[rows.clone()];
            for row in own.iter() {
                ends[corner(*row)] += 1;
            }
            let mut begin = 0;
            for end in &mut ends {
                (*end, begin) = (begin, begin + *end);
            }
            let spare_rows = &mut spare[..own.len()];
            spare_rows.copy_from_slice(own);
            for row in spare_rows.iter() {
                let slot = &mut ends[corner(*row)];
                own[*slot] = *row;
                *slot += 1;
            }
            let mut begin = 0;
            for (corner, end) in ends.into_iter().enumerate().take(1 << D) {
                if end > begin {
                    let quarter = 0.25 * width;
                    let inner = std::array::from_fn(|axis| match corner >> axis & 1 {
                        1 => center[axis] + quarter,
                        _ => center[axis] - quarter,
                    });
                    let inside = rows.start + begin..rows.start + end;
                    self.grow(points, inside, inner, 0.5 * width, depth + 1, spare);
                }
                begin = end;
            }
        }
        self.cells[at].next = self.cells.len() as u32;
    }

    /// The force on the row at a place of the order, and its part of the divisor.
    fn push(&self, points: &[[f64; D]], place: u32, angle: f64) -> ([f64; D], f64) {
        let here = &points[self.order[place as usize] as usize];
        let (mut force, mut sum) = ([0.0; D], 0.0);
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let apart: [f64; D] = std::array::from_fn(|axis| here[axis] - cell.middle[axis]);
            let square: f64 = apart.iter().map(|d| d * d).sum();
            let inside = cell.rows.contains(&place);
            if cell.square > 0.0 && (inside || cell.square >= angle * angle * square) {
                at += 1;
                continue;
            }
            at = cell.next as usize;
            // A row does not push itself.
            let count = (cell.rows.len() - usize::from(inside)) as f64;
            let near = 1.0 / (1.0 + square);
            sum += count * near;
            for axis in 0..D {
                force[axis] += count * near * near * apart[axis];
            }
        }
        (force, sum)
    }
}

fn by_tree<const D: usize>(map: &[f64], angle: f64) -> (Vec<f64>, f64) {
    let points: Vec<[f64; D]> = map
        .chunks_exact(D)
        .map(|row| std::array::from_fn(|axis| row[axis]))
        .collect();
    let tree = Tree::of(&points);
    // Neighbours in the tree look at the same cells.
    let parts = parallel::ranges(points.len(), 64);
    let pushed = parallel::map(parts.len(), |part| {
        let own = parts[part].clone();
        own.map(|place| tree.push(&points, place as u32, angle))
            .collect::<Vec<_>>()
    });
    let mut force = vec![0.0; map.len()];
    let mut whole = 0.0;
    for (row, (own, sum)) in tree.order.iter().zip(pushed.into_iter().flatten()) {
        let start = *row as usize * D;
        force[start..start + D].copy_from_slice(&own);
        whole += sum;
    }
    (force, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scattered(rows: usize, width: usize) -> Vec<f64> {
        let at = |i: usize| ((i * 7919 + i * i * 31) % 1009) as f64 / 50.0;
        (0..rows * width).map(at).collect()
    }

    fn nearly(map: &[f64], width: usize, angle: f64, margin: f64) {
        let ((rough, about), (force, whole)) = (repulsion(map, width, angle), exact(map, width));
        assert!((about / whole - 1.0).abs() < margin, "{about} {whole}");
        let largest = force.iter().fold(0.0_f64, |most, f| most.max(f.abs()));
        for (a, b) in rough.iter().zip(&force) {
            assert!((a - b).abs() <= margin * largest, "{a} {b}");
        }
    }

    #[test]
    fn a_tree_pushes_about_as_all_rows_do() {
        for width in 1..=3 {
            let map = scattered(300, width);
            nearly(&map, width, 1e-9, 1e-12);
            nearly(&map, width, 0.5, 0.05);
        }
    }

    #[test]
    fn rows_at_one_place_do_not_push_each_other() {
        let mut map = vec![1.5; 40];
        nearly(&map, 2, 0.5, 1e-12);
        map.extend([7.0, 7.0]);
        nearly(&map, 2, 0.5, 1e-9);
        let (force, whole) = repulsion(&[3.0, 4.0], 2, 0.5);
        assert_eq!((force, whole), (vec![0.0, 0.0], 0.0));
    }
}
