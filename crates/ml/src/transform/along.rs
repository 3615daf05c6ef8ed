//! Rows along some directions: what every projection does with a frame.

use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, s};

use crate::model::parallel;
use crate::table::Table;
use crate::wide::{Wide, fused, widest};

/// Rows that are multiplied together.
const BLOCK: usize = 1_024;
/// Rows whose products one thread adds up. It does not depend on the number of threads,
/// and so the sums do not.
const PART: usize = 4 * BLOCK;
/// With fewer numbers than this, threads cost more than they bring.
const WORTH_THREADS: usize = 400_000;

/// The ranges of rows that one thread takes at a time.
pub(super) fn parts(table: &Table) -> Vec<Range<usize>> {
    let rows = table.rows();
    let size = match rows * table.columns().len() < WORTH_THREADS {
        true => rows.max(1),
        false => PART,
    };
    let starts = (0..rows).step_by(size);
    starts
        .map(|start| start..(start + size).min(rows))
        .collect()
}

/// A range in pieces that are multiplied together.
pub(super) fn blocks(part: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = part.end;
    part.clone()
        .step_by(BLOCK)
        .map(move |start| start..(start + BLOCK).min(end))
}

/// With so few directions, columns are added as they lie; a product of matrices would
/// take longer to bring them into its order.
const FEW: usize = 8;
/// Rows whose sums stay near while columns are added to them.
const NEAR: usize = 512;

/// The centred rows along each component: a column for each.
pub(crate) fn project(
    table: &Table,
    mean: &Array1<f64>,
    components: &Array2<f64>,
) -> Vec<Vec<f64>> {
    let (parts, mean) = (parts(table), mean.to_vec());
    let components = components.as_standard_layout();
    let pieces = parallel::map(parts.len(), |part| {
        let rows = parts[part].clone();
        let mut piece = Array2::zeros((components.nrows(), rows.len()));
        if let (true, Some(components), Some(sums)) = (
            components.nrows() <= FEW,
            components.as_slice(),
            piece.as_slice_mut(),
        ) {
            widest(Sums {
                table,
                rows,
                mean: &mean,
                components,
                sums,
            });
            return piece;
        }
        for block in blocks(&rows) {
            let values = table.centered(block.clone(), &mean);
            let at = block.start - rows.start..block.end - rows.start;
            let mut along = piece.slice_mut(s![.., at]);
            general_mat_mul(1.0, &components, &values, 0.0, &mut along);
        }
        piece
    });
    let mut columns = vec![Vec::with_capacity(table.rows()); components.nrows()];
    for piece in &pieces {
        for (column, values) in columns.iter_mut().zip(piece.rows()) {
            column.extend_from_slice(values.as_slice().unwrap_or_default());
        }
    }
    columns
}

/// What columns add to the sums of each direction.
struct Sums<'a> {
    table: &'a Table<'a>,
    rows: Range<usize>,
    mean: &'a [f64],
    /// A weight for each column, one direction after the other.
    components: &'a [f64],
    /// A sum for each row, one direction after the other.
    sums: &'a mut [f64],
}

impl Wide for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let (width, rows) = (self.mean.len(), self.rows.len());
        if rows == 0 || width == 0 {
            return;
        }
        let mut four = [[0.0; NEAR]; 4];
        for start in (0..rows).step_by(NEAR) {
            let here = start..(start + NEAR).min(rows);
            for first in (0..width).step_by(4) {
                let columns = &self.table.columns()[first..(first + 4).min(width)];
                for ((four, column), mean) in four.iter_mut().zip(columns).zip(&self.mean[first..])
                {
                    let column = &column[self.rows.start + here.start..self.rows.start + here.end];
                    for (four, value) in four.iter_mut().zip(column) {
                        *four = value - mean;
                    }
                }
                let sums = self.sums.chunks_exact_mut(rows);
                for (sums, weights) in sums.zip(self.components.chunks_exact(width)) {
                    let sums = &mut sums[here.clone()];
                    let mut of = [0.0; 4];
                    let weights = &weights[first..first + columns.len()];
                    of[..columns.len()].copy_from_slice(weights);
                    let [a, b, c, d] = &four;
                    let values = a.iter().zip(b).zip(c).zip(d);
                    for (sum, (((a, b), c), d)) in sums.iter_mut().zip(values) {
                        let two = fused::<FUSED>(of[0], *a, fused::<FUSED>(of[1], *b, *sum));
                        *sum = fused::<FUSED>(of[2], *c, fused::<FUSED>(of[3], *d, two));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{Column, DataFrame};

    #[test]
    fn few_and_many_directions_are_added_alike() {
        for (rows, width) in [(3, 1), (700, 6), (30_000, 21)] {
            let value = |row: usize, at: usize| ((row * 7 + at * 13) % 31) as f64 - 9.5;
            let column = |at: usize| {
                let values: Vec<f64> = (0..rows).map(|row| value(row, at)).collect();
                Column::new(at.to_string().into(), values)
            };
            let frame = DataFrame::new(rows, (0..width).map(column).collect()).unwrap();
            let names = crate::columns::names(&frame);
            let table = Table::complete(&frame, &names).unwrap();
            let mean = Array1::from_shape_fn(width, |at| at as f64 * 0.5);
            for directions in [1, FEW, FEW + 1] {
                let weight = |(to, at): (usize, usize)| (to as f64 - 2.0) * 0.25 + at as f64;
                let components = Array2::from_shape_fn((directions, width), weight);
                let found = project(&table, &mean, &components);
                let expected = (table.matrix() - &mean).dot(&components.t());
                for (found, expected) in found.iter().zip(expected.columns()) {
                    let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
                    assert!(found.len() == rows && apart.fold(0.0, f64::max) < 1e-9);
                }
            }
        }
    }
}
