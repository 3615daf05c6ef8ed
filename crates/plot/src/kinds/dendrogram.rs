//! Dendrograms: which clusters were joined, and how far apart they were.

use super::counted;
use crate::axis::{Axis, Scale};
use crate::error::ChartError;
use crate::palette::{AXIS, GROUPS, Paint};
use crate::plot::{Layer, Legend, Plot, Stroke};

/// More leaves than this cannot be told apart.
const MOST: usize = 2000;

/// The joins of a hierarchical clustering, as scipy's `linkage` numbers them:
/// leaves are 0 to n − 1, the first join makes n, the next n + 1.
#[derive(Clone)]
pub(crate) struct Tree {
    pub labels: Vec<String>,
    /// Two clusters and their distance.
    pub merges: Vec<(usize, usize, f64)>,
}

impl Tree {
    fn check(&self) -> Result<(), ChartError> {
        let leaves = self.labels.len();
        let shape = |message| Err(ChartError::Shape { message });
        if leaves < 2 {
            return Err(ChartError::Empty {
                reason: "a dendrogram needs at least two leaves".to_owned(),
            });
        }
        if leaves > MOST {
            return shape(format!(
                "{leaves} leaves are more than the {MOST} that can be drawn"
            ));
        }
        if self.merges.len() + 1 != leaves {
            let joins = counted(self.merges.len(), "join");
            return shape(format!(
                "{leaves} leaves need {}, not {joins}",
                counted(leaves - 1, "join")
            ));
        }
        let mut used = vec![false; leaves + self.merges.len()];
        for (index, (one, other, distance)) in self.merges.iter().enumerate() {
            for cluster in [*one, *other] {
                if cluster >= leaves + index {
                    return shape(format!(
                        "join {index} takes cluster {cluster}, which is not made yet"
                    ));
                }
                if std::mem::replace(&mut used[cluster], true) {
                    return shape(format!(
                        "join {index} takes cluster {cluster}, which is joined already"
                    ));
                }
            }
            if !(distance.is_finite() && *distance >= 0.0 && *distance < 1e150) {
                return shape(format!("join {index} has the distance {distance}"));
            }
        }
        Ok(())
    }

    /// The leaves from left to right.
    fn order(&self) -> Vec<usize> {
        let leaves = self.labels.len();
        let mut order = Vec::with_capacity(leaves);
        let mut open = vec![leaves + self.merges.len() - 1];
        while let Some(cluster) = open.pop() {
            match cluster.checked_sub(leaves) {
                None => order.push(cluster),
                Some(merge) => open.extend([self.merges[merge].1, self.merges[merge].0]),
            }
        }
        order
    }
}

/// A bracket for each join. What is joined below seven tenths of the greatest
/// distance has a colour of its own, as in scipy.
pub(crate) fn dendrogram(tree: &Tree) -> Result<Plot, ChartError> {
    tree.check()?;
    let leaves = tree.labels.len();
    let order = tree.order();
    // The place and the height of every cluster.
    let mut places = vec![(0.0, 0.0); leaves + tree.merges.len()];
    for (place, leaf) in order.iter().enumerate() {
        places[*leaf].0 = place as f64;
    }
    for (index, (one, other, distance)) in tree.merges.iter().enumerate() {
        let middle = f64::midpoint(places[*one].0, places[*other].0);
        places[leaves + index] = (middle, *distance);
    }
    let most = tree
        .merges
        .iter()
        .fold(0.0f64, |most, merge| most.max(merge.2));
    let colors = colors(tree, 0.7 * most, &places);
    let mut layers: Vec<Layer> = Vec::new();
    let mut clusters: Vec<Paint> = Vec::new();
    for (index, (one, other, distance)) in tree.merges.iter().enumerate() {
        let ((left, low), (right, other_low)) = (places[*one], places[*other]);
        let color = colors[index].unwrap_or(AXIS);
        if !clusters.contains(&color) {
            clusters.push(color);
        }
        layers.push(Layer::Path {
            points: vec![
                (left, low),
                (left, *distance),
                (right, *distance),
                (right, other_low),
            ],
            color,
            width: if leaves > 200 { 1.0 } else { 1.6 },
            opacity: 1.0,
            style: Stroke::Plain,
        });
    }
    let names = order
        .iter()
        .map(|leaf| tree.labels[*leaf].clone())
        .collect();
    let heights = tree.merges.iter().map(|merge| merge.2);
    Ok(Plot {
        x: Axis::of_categories("", names),
        y: Axis::from_zero("distance", heights, Scale::Linear),
        layers,
        legend: Legend::None,
        notes: Vec::new(),
        drawn: counted(leaves, "leaf").replace("leafs", "leaves"),
    })
}

/// The colour of each join: one for each subtree that lies below a height, in
/// the order from left to right.
fn colors(tree: &Tree, height: f64, places: &[(f64, f64)]) -> Vec<Option<Paint>> {
    let leaves = tree.labels.len();
    let mut colors = vec![None; tree.merges.len()];
    let mut roots: Vec<usize> = Vec::new();
    for (index, merge) in tree.merges.iter().enumerate() {
        for child in [merge.0, merge.1] {
            if let Some(child) = child.checked_sub(leaves)
                && tree.merges[child].2 < height
                && merge.2 >= height
            {
                roots.push(child);
            }
        }
        let is_top = index + 1 == tree.merges.len();
        if is_top && merge.2 < height {
            roots.push(index);
        }
    }
    roots.sort_by(|a, b| places[leaves + a].0.total_cmp(&places[leaves + b].0));
    for (number, root) in roots.into_iter().enumerate() {
        let mut open = vec![root];
        while let Some(merge) = open.pop() {
            colors[merge] = Some(GROUPS[number % 6]);
            let (one, other, _) = tree.merges[merge];
            open.extend(
                [one, other]
                    .into_iter()
                    .filter_map(|child| child.checked_sub(leaves)),
            );
        }
    }
    colors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree {
            labels: ["a", "b", "c", "d"].map(str::to_owned).into(),
            merges: vec![(0, 2, 1.0), (1, 3, 2.0), (4, 5, 9.0)],
        }
    }

    #[test]
    fn no_branches_cross() {
        assert_eq!(tree().order(), [0, 2, 1, 3]);
    }

    #[test]
    fn subtrees_have_colours() {
        let places = vec![
            (0.0, 0.0),
            (2.0, 0.0),
            (1.0, 0.0),
            (3.0, 0.0),
            (0.5, 1.0),
            (2.5, 2.0),
            (1.5, 9.0),
        ];
        assert_eq!(
            colors(&tree(), 6.3, &places),
            [Some(GROUPS[0]), Some(GROUPS[1]), None]
        );
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let mut twice = tree();
        twice.merges[1].0 = 0;
        assert!(
            twice
                .check()
                .unwrap_err()
                .to_string()
                .contains("joined already")
        );
        let mut early = tree();
        early.merges[0].0 = 6;
        assert!(
            early
                .check()
                .unwrap_err()
                .to_string()
                .contains("not made yet")
        );
        let mut short = tree();
        short.merges.pop();
        assert!(
            short
                .check()
                .unwrap_err()
                .to_string()
                .contains("4 leaves need 3 joins")
        );
    }
}
