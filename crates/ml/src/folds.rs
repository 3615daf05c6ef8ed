//! Which rows learn and which are judged, as scikit-learn deals them out. Used
//! where a fit looks at its own rows through other rows: target encoding and
//! the tuning of thresholds.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::target::{Classes, Target};

/// The fold of each row: `KFold` for numbers, `StratifiedKFold` for classes.
/// With a seed rows are dealt at random, without one in their order.
pub(crate) fn assign(target: &Target, folds: usize, seed: Option<u64>) -> Vec<usize> {
    match target {
        Target::Numbers(numbers) => consecutive(numbers.len(), folds, seed),
        Target::Classes(classes) => stratified(classes, folds, seed),
    }
}

/// Folds of nearly equal size, one behind the other.
fn consecutive(rows: usize, folds: usize, seed: Option<u64>) -> Vec<usize> {
    let (size, larger) = (rows / folds, rows % folds);
    let mut fold_of: Vec<usize> = (0..folds)
        .flat_map(|fold| std::iter::repeat_n(fold, size + usize::from(fold < larger)))
        .collect();
    if let Some(seed) = seed {
        fold_of.shuffle(&mut StdRng::seed_from_u64(seed));
    }
    fold_of
}

/// Folds with the proportions of the classes. Classes come in the order of their
/// first row, and the folds of a class are dealt from where the last class ended.
fn stratified(classes: &Classes, folds: usize, seed: Option<u64>) -> Vec<usize> {
    let codes = classes.codes();
    let mut order: Vec<usize> = Vec::new();
    let mut rank = vec![usize::MAX; classes.names().len()];
    for code in codes {
        if rank[*code] == usize::MAX {
            rank[*code] = order.len();
            order.push(*code);
        }
    }
    let mut sorted: Vec<usize> = codes.iter().map(|code| rank[*code]).collect();
    sorted.sort_unstable();
    let mut allocation = vec![vec![0_usize; folds]; order.len()];
    for (position, class) in sorted.into_iter().enumerate() {
        allocation[class][position % folds] += 1;
    }
    let mut rng = seed.map(StdRng::seed_from_u64);
    let mut queues: Vec<std::vec::IntoIter<usize>> = allocation
        .into_iter()
        .map(|counts| {
            let mut queue: Vec<usize> = counts
                .into_iter()
                .enumerate()
                .flat_map(|(fold, count)| std::iter::repeat_n(fold, count))
                .collect();
            if let Some(rng) = &mut rng {
                queue.shuffle(rng);
            }
            queue.into_iter()
        })
        .collect();
    codes
        .iter()
        .filter_map(|code| queues[rank[*code]].next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{NamedFrom, Series};

    fn classes(labels: &[&str]) -> Target {
        let series = Series::new("y".into(), labels);
        Target::Classes(Classes::of(&series).expect("labels are classes"))
    }

    #[test]
    fn folds_without_a_seed_are_scikit_learns() {
        // StratifiedKFold(3) and KFold(3), both without shuffling.
        let target = classes(&["b", "b", "a", "b", "a", "a", "b", "c", "b", "c"]);
        assert_eq!(assign(&target, 3, None), [0, 0, 0, 1, 1, 2, 1, 0, 2, 2]);
        let numbers = Target::Numbers(vec![0.0; 7]);
        assert_eq!(assign(&numbers, 3, None), [0, 0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn a_seed_repeats_and_keeps_the_sizes() {
        let target = classes(&["a", "a", "a", "a", "b", "b", "b", "b"]);
        let folds = assign(&target, 2, Some(7));
        assert_eq!(folds, assign(&target, 2, Some(7)));
        assert_eq!(folds.iter().sum::<usize>(), 4);
        assert_eq!(folds[..4].iter().sum::<usize>(), 2);
    }
}
