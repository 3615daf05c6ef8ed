//! Features as ranks: what a tree needs to know of a column is the order of its
//! values.
//!
//! The values of a column are sorted once for a tree or a whole forest. After
//! that a node sorts small integers, or, if it holds many of the rows, counts
//! into one bin for each distinct value; both give exactly the splits that
//! sorting the values would give, and are several times faster.

use crate::model::parallel;
use crate::table::Table;

/// All columns of a matrix.
pub(crate) struct Ranks {
    pub columns: Vec<RankColumn>,
    pub rows: usize,
}

/// One column: for each row the position of its value among the distinct ones.
pub(crate) struct RankColumn {
    pub ranks: Vec<u32>,
    /// The distinct values in ascending order.
    pub values: Vec<f64>,
}

impl Ranks {
    pub fn of(table: &Table) -> Self {
        Self {
            columns: parallel::map(table.columns().len(), |column| {
                // Adding zero makes -0.0, which equals 0.0, the same bits.
                RankColumn::of(table.columns()[column].iter().map(|value| value + 0.0))
            }),
            rows: table.rows(),
        }
    }
}

impl RankColumn {
    fn of(column: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<(f64, u32)> = column.zip(0..).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut ranks = vec![0; sorted.len()];
        let mut values: Vec<f64> = Vec::new();
        for (value, row) in sorted {
            if values.last() != Some(&value) {
                values.push(value);
            }
            ranks[row as usize] = (values.len() - 1) as u32;
        }
        Self { ranks, values }
    }

    /// The threshold between two of the distinct values: their middle, or the
    /// lower one if they are neighbours and the middle rounds to the upper.
    pub fn between(&self, low: u32, high: u32) -> f64 {
        let (low, high) = (self.values[low as usize], self.values[high as usize]);
        let middle = low / 2.0 + high / 2.0;
        if middle >= high || middle < low {
            low
        } else {
            middle
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_rank() {
        let column = RankColumn::of([3.0, -0.0 + 0.0, 0.0, 3.0, -1.0].into_iter());
        assert_eq!(column.values, [-1.0, 0.0, 3.0]);
        assert_eq!(column.ranks, [2, 1, 1, 2, 0]);
        assert_eq!(column.between(1, 2), 1.5);
    }

    #[test]
    fn a_threshold_is_below_the_upper_value() {
        for (low, high) in [
            (1.0, 1.0 + f64::EPSILON),
            (-f64::MAX, f64::MAX),
            (0.0, f64::from_bits(1)),
        ] {
            let column = RankColumn::of([low, high].into_iter());
            let threshold = column.between(0, 1);
            assert!(
                low <= threshold && threshold < high,
                "{low} {threshold} {high}"
            );
        }
    }
}
