//! Growing where it gains most, for trees with a limit on their leaves.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rand::rngs::StdRng;

use super::{Grower, partition};
use crate::model::trees::scan::Split;
use crate::model::trees::tree::Node;

/// A leaf that can be split.
struct Open {
    gain: f64,
    at: usize,
    depth: usize,
    start: usize,
    end: usize,
    split: Split,
}

impl Ord for Open {
    /// The larger gain; of equal ones the leaf that is there for longer.
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain
            .total_cmp(&other.gain)
            .then_with(|| other.at.cmp(&self.at))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Open {}

impl Grower<'_> {
    /// Splits the leaf whose split lowers the impurity most, until there are so many.
    pub(super) fn grow_best_first(&mut self, mut samples: Vec<u32>, most: usize, rng: &mut StdRng) {
        let mut open = BinaryHeap::new();
        let whole = (0, samples.len());
        let root = self.reserve();
        open.extend(self.look(&samples, root, 0, whole, rng));
        for _ in 1..most {
            ferrite_interrupt::checkpoint();
            let Some(Open {
                at,
                depth,
                start,
                end,
                split,
                ..
            }) = open.pop()
            else {
                break;
            };
            let column = &self.ranks.columns[split.feature];
            let rows = &mut samples[start..end];
            let middle = start + partition(rows, column, split.ranks.0, &mut self.scratch.moved);
            let left = self.reserve();
            let right = self.reserve();
            self.tree.nodes[at] = Node {
                threshold: column.between(split.ranks.0, split.ranks.1),
                feature: split.feature as u32,
                left: left as u32,
            };
            open.extend(self.look(&samples, left, depth + 1, (start, middle), rng));
            open.extend(self.look(&samples, right, depth + 1, (middle, end), rng));
        }
    }

    /// Describes a leaf and finds its best split, if it has one.
    fn look(
        &mut self,
        samples: &[u32],
        at: usize,
        depth: usize,
        (start, end): (usize, usize),
        rng: &mut StdRng,
    ) -> Option<Open> {
        let rows = &samples[start..end];
        let impurity = self.read_node(at, rows);
        let split = self.best_split(rows, depth, impurity, rng)?;
        Some(Open {
            gain: self.gain(&split, impurity),
            at,
            depth,
            start,
            end,
            split,
        })
    }
}
