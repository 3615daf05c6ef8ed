//! Random numbers that depend on a seed only, not on threads or machine.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The generator of part `number` of a thing with a seed. Neighbouring seeds
/// and numbers give unrelated generators (the finaliser of SplitMix64).
pub(crate) fn generator(seed: u64, number: usize) -> StdRng {
    let mut state = seed
        .wrapping_add(0x9e37_79b9_7f4a_7c15)
        .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ (number as u64).wrapping_add(0x94d0_49bb_1331_11eb);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    StdRng::seed_from_u64(state ^ (state >> 31))
}

/// How often each of `rows` is drawn in as many draws with replacement.
pub(crate) fn bootstrap(rows: usize, draws: usize, rng: &mut StdRng) -> Vec<u32> {
    let mut counts = vec![0; rows];
    for _ in 0..draws {
        counts[rng.gen_range(0..rows)] += 1;
    }
    counts
}

/// The numbers below `count` in random order.
pub(crate) fn permutation(count: usize, rng: &mut StdRng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, rng.gen_range(0..=last));
    }
    order
}

/// A position, drawn by weights that sum to 1.
pub(crate) fn draw(weights: impl IntoIterator<Item = f64>, rng: &mut StdRng) -> usize {
    let mut left: f64 = rng.r#gen();
    let mut last = 0;
    for (position, weight) in weights.into_iter().enumerate() {
        if weight > 0.0 {
            last = position;
        }
        left -= weight;
        if left < 0.0 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_sequence() {
        let draw = |seed, number| generator(seed, number).r#gen::<u64>();
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(2, 1));
        assert_ne!(draw(0, 0), draw(0, 1));
    }

    #[test]
    fn draws_and_orders_are_complete() {
        let mut rng = generator(0, 0);
        assert_eq!(bootstrap(10, 25, &mut rng).iter().sum::<u32>(), 25);
        let mut order = permutation(9, &mut rng);
        order.sort_unstable();
        assert_eq!(order, (0..9).collect::<Vec<_>>());
    }
}
