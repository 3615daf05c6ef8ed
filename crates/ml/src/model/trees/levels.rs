//! A tree of gradient boosting, grown a level at a time.
//!
//! The sums of both children of a node, and their best questions, are one piece of work
//! for each group of features: the smaller child's rows are added up, and what they leave
//! of the node's sums is the other's. Pieces do not depend on each other, and a tree not
//! on how many threads make them.

use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use forust_ml::data::JaggedMatrix;

use super::histogram::{ABREAST, Group, Rules, Slope, Slot, Split, Totals, subtract};
use super::tree::{Facts, Node, Tree};
use crate::model::crew::crew;

/// With fewer steps than this, others are not called for help.
const WORTH_HELP: usize = 40_000;
/// With fewer rows to move neither.
const MOVED: usize = 20_000;

/// What trees are grown from, and until when.
pub(super) struct Levels<'a> {
    pub groups: &'a [Group],
    pub cuts: &'a JaggedMatrix<f64>,
    pub rules: Rules,
    /// What leaves say is multiplied with it.
    pub rate: f32,
    pub max_depth: usize,
}

/// What all pieces of work read, and what changes between rounds of them.
#[derive(Default)]
struct Ground {
    rows: Vec<u32>,
    slopes: Vec<Slope>,
}

/// A piece of work, for one group of features.
enum Piece {
    /// The sums and the best question of all rows.
    Root { group: usize, all: Totals },
    /// The order of some rows behind a question about a feature of the group.
    Divide {
        group: usize,
        rows: Range<usize>,
        split: Split,
    },
    /// The sums and best questions of two children, from the sums of both.
    Children {
        group: usize,
        left: Range<usize>,
        right: Range<usize>,
        split: Split,
        both: Vec<Slot>,
    },
}

enum Made {
    Side(Side),
    Sides(Side, Side),
    /// The rows, those that go left first, and how many do.
    Rows(Vec<u32>, usize),
}

/// A node that may become two.
struct Open {
    at: usize,
    rows: Range<usize>,
    /// For each group of features; nothing if no child will be asked.
    sums: Vec<Vec<Slot>>,
    best: Option<Split>,
}

/// Two children, before they know their sums.
struct Pair {
    /// The position of the left one.
    at: usize,
    left: Range<usize>,
    right: Range<usize>,
    split: Split,
    /// Of both together.
    sums: Vec<Vec<Slot>>,
}

/// The sums of a group of features, and the best question about one of them.
type Side = (Vec<Slot>, Option<Split>);

impl Levels<'_> {
    /// Lets others help with growing trees, one after the other.
    pub fn with_help<R>(&self, work: impl FnOnce(&mut Growing) -> R) -> R {
        let ground = RwLock::default();
        crew(
            |piece| self.make(&read(&ground), piece),
            |round| {
                work(&mut Growing {
                    levels: self,
                    ground: &ground,
                    round,
                })
            },
        )
    }

    fn make(&self, ground: &Ground, piece: Piece) -> Made {
        let Ground { rows, slopes } = ground;
        match piece {
            Piece::Root { group, all } => {
                let group = &self.groups[group];
                let sums = group.sums(rows, slopes);
                let best = group.best(&sums, &all, &self.rules);
                Made::Side((sums, best))
            }
            Piece::Divide {
                group,
                rows: own,
                split,
            } => {
                let group = &self.groups[group];
                let is_left = |row| group.is_below(row, split.feature, split.bin);
                let (rows, left) = partition(&rows[own], is_left);
                Made::Rows(rows, left)
            }
            Piece::Children {
                group,
                left,
                right,
                split,
                mut both,
            } => {
                let group = &self.groups[group];
                let left_is_less = left.len() < right.len();
                let few = if left_is_less { left } else { right };
                let few = group.sums(&rows[few], slopes);
                subtract(&mut both, &few);
                let (left, right) = if left_is_less {
                    (few, both)
                } else {
                    (both, few)
                };
                let side = |sums: Vec<Slot>, node| {
                    let best = group.best(&sums, node, &self.rules);
                    (sums, best)
                };
                Made::Sides(side(left, &split.left), side(right, &split.right))
            }
        }
    }
    /// Adds a leaf; gives its position.
    fn push(&self, tree: &mut Tree, totals: &Totals) -> usize {
        tree.nodes.push(Node::leaf());
        let weight = totals.weight(&self.rules) * self.rate;
        tree.values.push(f64::from(weight));
        tree.facts.push(Facts {
            weight: f64::from(totals.curve),
            impurity: 0.0,
            rows: 0,
        });
        tree.nodes.len() - 1
    }

    /// About how many additions it is to sum up rows and to search nodes.
    fn steps(&self, rows: usize, nodes: usize) -> usize {
        let bins: usize = self.groups.iter().map(Group::width).sum();
        rows * self.groups.len() * ABREAST + nodes * bins * 2 * ABREAST
    }
}

/// Trees that are grown one after the other.
pub(super) struct Growing<'a> {
    levels: &'a Levels<'a>,
    ground: &'a RwLock<Ground>,
    round: &'a dyn Fn(Vec<Piece>) -> Vec<Made>,
}

impl Growing<'_> {
    /// Sets the slopes of all rows.
    pub fn set_slopes(&mut self, set: impl FnOnce(&mut Vec<Slope>)) {
        set(&mut write(self.ground).slopes);
    }

    /// Grows a tree from some rows; `leaf` hears the position of each leaf and its rows.
    pub fn grow(&mut self, rows: Vec<u32>, mut leaf: impl FnMut(&Tree, usize, &[u32])) -> Tree {
        let levels = self.levels;
        let mut tree = Tree {
            outputs: 1,
            ..Tree::default()
        };
        let count = rows.len();
        let all = {
            let mut ground = write(self.ground);
            ground.rows = rows;
            Totals::of_all(&ground.rows, &ground.slopes, &levels.rules)
        };
        levels.push(&mut tree, &all);
        let mut level = vec![self.root(all, count)];
        let mut leaves = Vec::new();
        for depth in 1..=levels.max_depth {
            let middles = self.divide(&level);
            let mut pairs = Vec::new();
            for (open, middle) in level.into_iter().zip(middles) {
                let Some(split) = open.best else {
                    leaves.push((open.at, open.rows));
                    continue;
                };
                let left = levels.push(&mut tree, &split.left);
                levels.push(&mut tree, &split.right);
                let cut = levels.cuts.get_col(split.feature)[usize::from(split.bin) - 1];
                tree.nodes[open.at] = Node {
                    // Values below the cut go left: those up to the largest number below it.
                    threshold: cut.next_down(),
                    feature: split.feature as u32,
                    left: left as u32,
                };
                tree.facts[open.at].impurity = f64::from(split.gain);
                let middle = open.rows.start + middle;
                pairs.push(Pair {
                    at: left,
                    left: open.rows.start..middle,
                    right: middle..open.rows.end,
                    split,
                    sums: open.sums,
                });
            }
            level = match depth < levels.max_depth {
                true => self.children(pairs),
                false => pairs.into_iter().flat_map(Pair::unasked).collect(),
            };
            if level.is_empty() {
                break;
            }
        }
        leaves.extend(level.into_iter().map(|open| (open.at, open.rows)));
        gains_to_impurities(&mut tree);
        let ground = read(self.ground);
        for (at, own) in leaves {
            leaf(&tree, at, &ground.rows[own]);
        }
        drop(ground);
        tree
    }

    /// Does some pieces of work, with help if they have enough steps.
    fn over(&self, steps: usize, pieces: Vec<Piece>) -> Vec<Made> {
        if steps >= WORTH_HELP {
            return (self.round)(pieces);
        }
        let ground = read(self.ground);
        let make = |piece| self.levels.make(&ground, piece);
        pieces.into_iter().map(make).collect()
    }

    fn root(&self, all: Totals, rows: usize) -> Open {
        let groups = 0..self.levels.groups.len();
        let pieces = groups.map(|group| Piece::Root { group, all }).collect();
        let sides = self.over(self.levels.steps(rows, 1), pieces);
        let side = |made| match made {
            Made::Side(side) => Some(side),
            _ => None,
        };
        open(0, 0..rows, sides.into_iter().filter_map(side).collect())
    }

    /// Brings the rows of each node that has a question into the order of its children;
    /// gives how many go left.
    fn divide(&self, level: &[Open]) -> Vec<usize> {
        let (mut pieces, mut places, mut moved) = (Vec::new(), Vec::new(), 0);
        for (at, open) in level.iter().enumerate() {
            if let Some(split) = open.best {
                let (group, rows) = (split.feature / ABREAST, open.rows.clone());
                moved += rows.len();
                places.push((at, rows.start));
                pieces.push(Piece::Divide { group, rows, split });
            }
        }
        let steps = if moved < MOVED { 0 } else { WORTH_HELP };
        let divided = self.over(steps, pieces);
        let mut middles = vec![0; level.len()];
        let mut ground = write(self.ground);
        for ((at, start), made) in places.into_iter().zip(divided) {
            if let Made::Rows(rows, left) = made {
                ground.rows[start..start + rows.len()].copy_from_slice(&rows);
                middles[at] = left;
            }
        }
        middles
    }

    /// The children with their best questions.
    fn children(&self, pairs: Vec<Pair>) -> Vec<Open> {
        let added = pairs
            .iter()
            .map(|pair| pair.left.len().min(pair.right.len()));
        let steps = self.levels.steps(added.sum(), 2 * pairs.len());
        let (mut pieces, mut known) = (Vec::new(), Vec::new());
        for pair in pairs {
            let (left, right, split) = (pair.left, pair.right, pair.split);
            for (group, both) in pair.sums.into_iter().enumerate() {
                let (left, right) = (left.clone(), right.clone());
                pieces.push(Piece::Children {
                    group,
                    left,
                    right,
                    split,
                    both,
                });
            }
            known.push((pair.at, left, right));
        }
        let made = self.over(steps, pieces);
        let sides = |made| match made {
            Made::Sides(left, right) => Some((left, right)),
            _ => None,
        };
        let mut made = made.into_iter().filter_map(sides);
        let mut level = Vec::with_capacity(2 * known.len());
        for (at, left, right) in known {
            let sides = made.by_ref().take(self.levels.groups.len());
            let (in_left, in_right): (Vec<Side>, Vec<Side>) = sides.unzip();
            level.push(open(at, left, in_left));
            level.push(open(at + 1, right, in_right));
        }
        level
    }
}

fn read(ground: &RwLock<Ground>) -> RwLockReadGuard<'_, Ground> {
    ground.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(ground: &RwLock<Ground>) -> RwLockWriteGuard<'_, Ground> {
    ground.write().unwrap_or_else(PoisonError::into_inner)
}

impl Pair {
    /// The children as leaves.
    fn unasked(self) -> [Open; 2] {
        let open = |at, rows| Open {
            at,
            rows,
            sums: Vec::new(),
            best: None,
        };
        [open(self.at, self.left), open(self.at + 1, self.right)]
    }
}

fn open(at: usize, rows: Range<usize>, sides: Vec<Side>) -> Open {
    let best = sides.iter().filter_map(|(_, best)| *best);
    let better = |best: Split, other: Split| if other.gain > best.gain { other } else { best };
    Open {
        at,
        rows,
        best: best.reduce(better),
        sums: sides.into_iter().map(|(sums, _)| sums).collect(),
    }
}

/// Rows that go left before those that go right, both in the order that they had; and how
/// many go left. Without a branch, which would be guessed wrong half of the time.
fn partition(rows: &[u32], is_left: impl Fn(u32) -> bool) -> (Vec<u32>, usize) {
    let (mut left, mut right) = (vec![0; rows.len()], vec![0; rows.len()]);
    let (mut front, mut behind) = (0, 0);
    for row in rows {
        let is_left = is_left(*row);
        left[front] = *row;
        right[behind] = *row;
        front += usize::from(is_left);
        behind += usize::from(!is_left);
    }
    left[front..].copy_from_slice(&right[..behind]);
    (left, front)
}

/// A node's impurity, by weight, becomes what all splits from it on gain, so that
/// the difference to its children is its own gain, as in every other tree here.
fn gains_to_impurities(tree: &mut Tree) {
    let mut below = vec![0.0; tree.nodes.len()];
    for at in (0..tree.nodes.len()).rev() {
        let node = tree.nodes[at];
        if !node.is_leaf() {
            let left = node.left as usize;
            below[at] = tree.facts[at].impurity + below[left] + below[left + 1];
        }
        let weight = tree.facts[at].weight;
        tree.facts[at].impurity = if weight > 0.0 {
            below[at] / weight
        } else {
            0.0
        };
    }
}
