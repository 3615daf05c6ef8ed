//! What forust takes and gives, as columns and trees of this crate.

use crate::model::trees::tree::{Facts, Node, Tree};
use crate::table::Table;

/// The features that vary, column by column: forust refuses constant ones.
pub(super) struct Columns {
    pub values: Vec<f64>,
    pub varying: Vec<usize>,
}

impl Columns {
    pub fn of(table: &Table) -> Self {
        let columns = table.columns();
        let varies = |column: &usize| {
            let column = &columns[*column];
            column.iter().any(|value| *value != column[0])
        };
        let varying: Vec<usize> = (0..columns.len()).filter(varies).collect();
        let mut values = Vec::with_capacity(table.rows() * varying.len());
        for column in &varying {
            values.extend_from_slice(&columns[*column]);
        }
        Self { values, varying }
    }
}

/// One of forust's trees with children side by side.
pub(super) fn flat(tree: &forust_ml::tree::Tree, varying: &[usize], size: f64) -> Tree {
    let mut flat = Tree {
        outputs: 1,
        ..Tree::default()
    };
    let push = |flat: &mut Tree, number: usize| {
        let node = &tree.nodes[number];
        flat.nodes.push(Node::leaf());
        flat.values.push(size * f64::from(node.weight_value));
        flat.facts.push(Facts {
            weight: f64::from(node.hessian_sum),
            impurity: 0.0,
            rows: 0,
        });
        (flat.nodes.len() - 1, number)
    };
    let mut pending = vec![push(&mut flat, 0)];
    while let Some((at, number)) = pending.pop() {
        let node = &tree.nodes[number];
        if node.is_leaf {
            continue;
        }
        let left = push(&mut flat, node.left_child);
        let right = push(&mut flat, node.right_child);
        flat.nodes[at] = Node {
            // Values below the split go left there; here, values up to the
            // largest number below it.
            threshold: node.split_value.next_down(),
            feature: varying[node.split_feature] as u32,
            left: left.0 as u32,
        };
        flat.facts[at].impurity = f64::from(node.split_gain).max(0.0);
        pending.extend([right, left]);
    }
    gains_to_impurities(&mut flat);
    flat
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

#[cfg(test)]
mod tests {
    use super::*;
    use forust_ml::{GradientBooster, Matrix};
    use ndarray::Array2;

    #[test]
    fn copied_trees_predict_what_forust_predicts() {
        let x = Array2::from_shape_fn((300, 3), |(i, j)| ((i * (j + 3)) % 17) as f64);
        let y: Vec<f64> = x
            .rows()
            .into_iter()
            .map(|row| f64::from(u8::from(row[0] + row[1] * row[2] > 60.0)))
            .collect();
        let columns: Vec<f64> = x.t().iter().copied().collect();
        let data = Matrix::new(&columns, 300, 3);
        let mut booster = GradientBooster::default();
        booster.fit(&data, &y, &[1.0; 300], None).unwrap();
        let trees: Vec<Tree> = booster
            .trees
            .iter()
            .map(|tree| flat(tree, &[0, 1, 2], 1.0))
            .collect();
        for (row, expected) in x.rows().into_iter().zip(booster.predict(&data, false)) {
            let row = row.to_vec();
            let said = |tree: &Tree| tree.value(tree.leaf(&row))[0];
            let sum = booster.base_score + trees.iter().map(said).sum::<f64>();
            assert!((sum - expected).abs() < 1e-9, "{sum} {expected}");
        }
        assert!(trees.iter().all(|tree| tree.is_sound(3, 1)));
    }
}
