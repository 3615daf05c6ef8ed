//! AdaBoost (SAMME): small trees, each on rows weighted by what those before it
//! got wrong. linfa-ensemble has it on linfa's trees, which lose splits (`grow`).

use super::decision_tree::limits;
use super::ensemble::{Ensemble, Kind, Meaning, Weighted};
use super::grow::{Criterion, Goal, grow};
use super::ranks::Ranks;
use super::tree::{Tree, with_slice};
use crate::MlError;
use crate::features::Features;
use crate::model::recipe::{at_least_one, estimator, positive, recipe};
use crate::model::{FittedModel, check, random};
use crate::progress;
use crate::target::Target;

recipe! {
    /// The weighted vote of small trees, each of which looks harder at what the
    /// others got wrong (the algorithm SAMME).
    ///
    /// ```
    /// use ferrite_ml::{AdaBoostClassifier, MlError, Pipeline};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3, 4, 5, 6], "y" => ["a", "b", "b", "a", "a", "a"]]?;
    /// let fitted = Pipeline::new().model(AdaBoostClassifier::new()).fit(&frame, "y")?;
    /// assert_eq!(fitted.predict(&frame)?.str()?.get(1), Some("b"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub struct AdaBoostClassifier, "AdaBoostClassifier" {
        /// The most trees; 50 unless set. A perfect tree ends it early.
        n_estimators: usize = 50,
        /// How much each tree counts; 1 unless set.
        learning_rate: f64 = 1.0,
        /// The questions that each tree asks about a row; 1 unless set.
        max_depth: usize = 1,
    }
}

estimator!(AdaBoostClassifier, Classification, even);

impl AdaBoostClassifier {
    fn learn(
        &self,
        features: &Features,
        target: &Target,
        weights: &[f64],
    ) -> Result<Box<dyn FittedModel>, MlError> {
        at_least_one(Self::NAME, "n_estimators", self.n_estimators)?;
        positive(Self::NAME, "learning_rate", self.learning_rate)?;
        let limits = limits(Self::NAME, Some(self.max_depth), 2, 1, 0.0)?;
        let classes = check::two_classes(features, target, Self::NAME)?;
        let (codes, k) = (classes.codes(), classes.names().len());
        let goal = Goal::Classes {
            codes,
            classes: k,
            criterion: Criterion::Gini,
        };
        let ranks = Ranks::of(&features.columns());
        let mut weights = shares(weights.to_vec());
        let mut trees: Vec<Weighted> = Vec::new();
        for number in 0..self.n_estimators {
            progress::report("AdaBoostClassifier: trees", number, self.n_estimators);
            let mut rng = random::generator(0, number);
            let tree = votes(grow(&ranks, goal, &weights, &limits, &mut rng));
            let wrong: Vec<bool> = features
                .values()
                .rows()
                .into_iter()
                .zip(codes)
                .map(|(row, code)| {
                    let leaf = with_slice(row, |row| tree.leaf(row));
                    tree.value(leaf)[*code] == 0.0
                })
                .collect();
            let missed = |(wrong, weight): (&bool, &f64)| if *wrong { *weight } else { 0.0 };
            let error: f64 = wrong.iter().zip(&weights).map(missed).sum();
            if error >= 1.0 - 1.0 / k as f64 {
                break;
            }
            let perfect = error <= 0.0;
            let scale = if perfect {
                1.0
            } else {
                self.learning_rate * (((1.0 - error) / error).ln() + (k as f64 - 1.0).ln())
            };
            trees.push(Weighted {
                tree,
                scale,
                output: 0,
            });
            if perfect {
                break;
            }
            for (weight, wrong) in weights.iter_mut().zip(&wrong) {
                if *wrong {
                    *weight *= scale.exp();
                }
            }
            weights = shares(weights);
        }
        if trees.is_empty() {
            return Err(check::unable(
                Self::NAME,
                "no tree of this depth is better than chance; raise max_depth",
            ));
        }
        let total: f64 = trees.iter().map(|tree| tree.scale).sum();
        trees.iter_mut().for_each(|tree| tree.scale /= total);
        Ok(Box::new(Ensemble {
            kind: Kind::AdaBoostClassifier,
            trees,
            start: vec![0.0; k],
            meaning: Meaning::Votes,
            features: features.names().len(),
        }))
    }
}

fn shares(mut weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}

/// The tree whose nodes say the class that most of their rows have.
fn votes(mut tree: Tree) -> Tree {
    for shares in tree.values.chunks_mut(tree.outputs) {
        let mut best = 0;
        for at in 1..shares.len() {
            if shares[at] > shares[best] {
                best = at;
            }
        }
        shares.fill(0.0);
        shares[best] = 1.0;
    }
    tree
}
