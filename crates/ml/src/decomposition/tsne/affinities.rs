//! How near rows are to each other before they are on a map: a distribution over pairs.

use ndarray::{Array2, ArrayView1, s};

use crate::model::parallel;

/// Rows that are compared with all others in one product of matrices.
const BLOCK: usize = 64;
/// How near the entropy of a row's neighbours comes to that of the perplexity.
const TOLERANCE: f64 = 1e-5;
const HALVINGS: usize = 100;

/// The share of each pair of neighbours; those of all pairs sum to 1. Pairs stand with
/// both of their rows.
pub(super) struct Affinities {
    /// Where the neighbours of each row begin, and where the last ones end.
    pub starts: Vec<usize>,
    pub others: Vec<u32>,
    pub shares: Vec<f64>,
}

impl Affinities {
    /// Each row has three times as many neighbours as the perplexity says.
    pub fn of(x: &Array2<f64>, perplexity: f64) -> Self {
        let rows = x.nrows();
        let count = ((3.0 * perplexity + 1.0) as usize).min(rows - 1);
        let squares: Vec<f64> = x.rows().into_iter().map(|row| row.dot(&row)).collect();
        let blocks: Vec<usize> = (0..rows).step_by(BLOCK).collect();
        let found = parallel::map(blocks.len(), |block| {
            let own = blocks[block]..(blocks[block] + BLOCK).min(rows);
            let products = x.slice(s![own.clone(), ..]).dot(&x.t());
            let around = |(row, products): (usize, ArrayView1<f64>)| {
                let nearest = nearest(x, &squares, row, products, count);
                shares(nearest, perplexity)
            };
            own.zip(products.rows()).map(around).collect::<Vec<_>>()
        });
        Self::joined(found.into_iter().flatten().collect())
    }

    /// Pairs that are neighbours on either side, with the mean of both shares.
    fn joined(rows: Vec<Vec<(u32, f64)>>) -> Self {
        let mut pairs: Vec<Vec<(u32, f64)>> = rows.clone();
        for (row, near) in rows.iter().enumerate() {
            for (other, share) in near {
                pairs[*other as usize].push((row as u32, *share));
            }
        }
        let mut all = Self {
            starts: vec![0],
            others: Vec::new(),
            shares: Vec::new(),
        };
        let whole = 2.0 * rows.len() as f64;
        for mut near in pairs {
            near.sort_by_key(|(other, _)| *other);
            let begin = all.others.len();
            for (other, share) in near {
                if all.others[begin..].last() == Some(&other) {
                    if let Some(last) = all.shares.last_mut() {
                        *last += share / whole;
                    }
                    continue;
                }
                all.others.push(other);
                all.shares.push(share / whole);
            }
            all.starts.push(all.others.len());
        }
        all
    }
}

/// The nearest other rows with their squared distances, the first of equally near ones.
fn nearest(
    x: &Array2<f64>,
    squares: &[f64],
    row: usize,
    products: ArrayView1<f64>,
    count: usize,
) -> Vec<(u32, f64)> {
    let far = |(other, product): (usize, &f64)| {
        (other as u32, squares[row] + squares[other] - 2.0 * product)
    };
    let mut others: Vec<(u32, f64)> = products.iter().enumerate().map(far).collect();
    others.swap_remove(row);
    if count < others.len() {
        others.select_nth_unstable_by(count, |a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        others.truncate(count);
    }
    others.sort_unstable_by_key(|(other, _)| *other);
    // The distances themselves, without what the difference rounds away.
    for (other, square) in &mut others {
        let pairs = x.row(row).into_iter().zip(x.row(*other as usize));
        *square = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
    }
    others
}

/// The share of each neighbour by a normal distribution around the row, as wide as gives
/// the perplexity: found by halving, as in the paper.
fn shares(mut near: Vec<(u32, f64)>, perplexity: f64) -> Vec<(u32, f64)> {
    let least = near
        .iter()
        .map(|(_, far)| *far)
        .fold(f64::INFINITY, f64::min);
    let wanted = perplexity.ln();
    let (mut narrow, mut low, mut high) = (1.0_f64, 0.0_f64, f64::INFINITY);
    let mut weights = vec![0.0; near.len()];
    for _ in 0..HALVINGS {
        let (mut sum, mut moment) = (0.0, 0.0);
        for (weight, (_, far)) in weights.iter_mut().zip(&near) {
            let beyond = far - least;
            *weight = (-narrow * beyond).exp();
            sum += *weight;
            moment += *weight * beyond;
        }
        for weight in &mut weights {
            *weight /= sum;
        }
        let entropy = sum.ln() + narrow * moment / sum;
        if (entropy - wanted).abs() <= TOLERANCE {
            break;
        }
        if entropy > wanted {
            low = narrow;
            narrow = match high.is_finite() {
                true => 0.5 * (low + high),
                false => 2.0 * narrow,
            };
        } else {
            high = narrow;
            narrow = 0.5 * (low + high);
        }
    }
    for ((_, far), weight) in near.iter_mut().zip(weights) {
        *far = weight;
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn neighbours_have_the_perplexity_that_was_asked_for() {
        let near: Vec<(u32, f64)> = (0..60).map(|i| (i, f64::from(i * i) / 40.0)).collect();
        let found = shares(near, 12.0);
        let entropy: f64 = found.iter().map(|(_, p)| -p * p.max(1e-300).ln()).sum();
        assert!((entropy.exp() - 12.0).abs() < 1e-3, "{}", entropy.exp());
    }

    #[test]
    fn shares_are_the_same_from_both_sides_and_sum_to_one() {
        let x = array![[0.0], [0.1], [0.3], [2.0], [2.1], [9.0], [9.3], [9.9]];
        let near = Affinities::of(&x, 1.5);
        assert!((near.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let share = |a: usize, b: usize| {
            let own = near.starts[a]..near.starts[a + 1];
            let at = near.others[own.clone()]
                .iter()
                .position(|o| *o as usize == b);
            at.map(|at| near.shares[own.start + at])
        };
        for a in 0..8 {
            assert_eq!(share(a, a), None);
            for b in 0..8 {
                assert_eq!(share(a, b), share(b, a));
            }
        }
        assert!(share(0, 1) > share(0, 2));
    }
}
