//! A k-d tree: points in boxes, halved along their widest side.
//!
//! linfa-nn's tree borrows its points, so it would be built for each call of
//! predict, and lies on the heap node by node. This one is built once; points of
//! a leaf lie side by side.

use ndarray::{Array2, ArrayView2};

use super::search::Nearest;

/// Points that are compared one by one.
const LEAF: usize = 24;

#[derive(Debug)]
pub(crate) struct KdTree {
    nodes: Vec<Node>,
    /// The points in the order of the leaves, and their rows.
    points: Array2<f64>,
    rows: Vec<u32>,
}

#[derive(Debug)]
enum Node {
    /// Points with at most `value` in `feature` are under `left`.
    Split {
        feature: usize,
        value: f64,
        left: usize,
        right: usize,
    },
    Leaf {
        start: usize,
        end: usize,
    },
}

impl KdTree {
    pub fn of(points: ArrayView2<f64>) -> Self {
        let mut rows: Vec<u32> = (0..points.nrows() as u32).collect();
        let mut nodes = vec![Node::Leaf { start: 0, end: 0 }];
        let mut pending = vec![(0, 0, rows.len())];
        while let Some((at, start, end)) = pending.pop() {
            let inside = &mut rows[start..end];
            let widest = (0..points.ncols())
                .map(|feature| (feature, width(points, inside, feature)))
                .max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((feature, _)) =
                widest.filter(|(_, width)| inside.len() > LEAF && *width > 0.0)
            else {
                nodes[at] = Node::Leaf { start, end };
                continue;
            };
            let value = |row: &u32| points[[*row as usize, feature]];
            let middle = inside.len() / 2;
            inside.select_nth_unstable_by(middle, |a, b| value(a).total_cmp(&value(b)));
            let (left, right) = (nodes.len(), nodes.len() + 1);
            nodes[at] = Node::Split {
                feature,
                value: value(&inside[middle]),
                left,
                right,
            };
            nodes.extend([
                Node::Leaf { start: 0, end: 0 },
                Node::Leaf { start: 0, end: 0 },
            ]);
            pending.push((left, start, start + middle));
            pending.push((right, start + middle, end));
        }
        let order: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
        Self {
            nodes,
            points: points.select(ndarray::Axis(0), &order),
            rows,
        }
    }

    /// Offers the points near `query` to `nearest`.
    pub fn search(&self, query: &[f64], nearest: &mut Nearest) {
        let mut aside = vec![0.0; query.len()];
        self.visit(0, query, nearest, 0.0, &mut aside);
    }

    /// Gives the rows of all points whose box is within a distance, of which the square is
    /// `square`; they may be further.
    pub fn within(&self, query: &[f64], square: f64, found: &mut impl FnMut(u32)) {
        let mut pending = vec![0];
        // Boxes are cut by one feature at a time; the nearest side of each cut is enough.
        while let Some(at) = pending.pop() {
            match &self.nodes[at] {
                Node::Leaf { start, end } => {
                    self.rows[*start..*end].iter().for_each(|row| found(*row));
                }
                Node::Split {
                    feature,
                    value,
                    left,
                    right,
                } => {
                    let offset = query[*feature] - value;
                    let is_near = offset * offset <= square;
                    if is_near || offset < 0.0 {
                        pending.push(*left);
                    }
                    if is_near || offset >= 0.0 {
                        pending.push(*right);
                    }
                }
            }
        }
    }

    /// `beyond` is the squared distance to the box of the node, and `aside` its
    /// part along each feature.
    fn visit(
        &self,
        at: usize,
        query: &[f64],
        nearest: &mut Nearest,
        beyond: f64,
        aside: &mut [f64],
    ) {
        match &self.nodes[at] {
            Node::Leaf { start, end } => {
                for place in *start..*end {
                    let point = self.points.row(place);
                    let squares = query.iter().zip(point).map(|(a, b)| (a - b) * (a - b));
                    nearest.offer(squares.sum(), self.rows[place]);
                }
            }
            Node::Split {
                feature,
                value,
                left,
                right,
            } => {
                let offset = query[*feature] - value;
                let (near, far) = if offset < 0.0 {
                    (*left, *right)
                } else {
                    (*right, *left)
                };
                self.visit(near, query, nearest, beyond, aside);
                let before = aside[*feature];
                let further = beyond - before + offset * offset;
                // Equal distances count: among them the first row is taken.
                // Infinite ones as well, of which the difference is no number.
                if further <= nearest.limit() || further.is_nan() {
                    aside[*feature] = offset * offset;
                    self.visit(far, query, nearest, further, aside);
                    aside[*feature] = before;
                }
            }
        }
    }
}

fn width(points: ArrayView2<f64>, rows: &[u32], feature: usize) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for row in rows {
        let value = points[[*row as usize, feature]];
        low = low.min(value);
        high = high.max(value);
    }
    high - low
}
