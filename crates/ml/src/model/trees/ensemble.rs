//! Several trees that answer together: the fitted form of all models here.

use ndarray::{Array2, ArrayViewMut2, Axis, s};
use serde::{Deserialize, Serialize};

use super::tree::{Tree, normalise};
use super::view::TreeView;
use crate::MlError;
use crate::features::Features;
use crate::model::{FittedModel, Prediction, check, parallel, softmax};
use crate::persist::{self, Loader, Saved};

/// Fewer rows are not worth a thread.
const ROWS_PER_PART: usize = 256;

/// Trees with what their sum means.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ensemble {
    /// Which estimator it was fitted by.
    pub kind: Kind,
    pub trees: Vec<Weighted>,
    /// What is there before any tree, one number for each output.
    pub start: Vec<f64>,
    pub meaning: Meaning,
    pub features: usize,
}

/// A tree, how much it counts, and the first output that it adds to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Weighted {
    pub tree: Tree,
    pub scale: f64,
    pub output: usize,
}

/// What the sum over the trees is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Meaning {
    Number,
    /// The probability of each class.
    Probabilities,
    /// The logarithm of the odds of the second of two classes.
    LogOdds,
    /// For each class the logarithm of its odds against all others.
    LogOddsEach,
    /// What a classifier made of votes decides by (SAMME): the share of the
    /// votes that each class got.
    Votes,
}

impl Meaning {
    fn unit(self) -> &'static str {
        match self {
            Self::Number => "prediction",
            Self::Probabilities => "probability",
            Self::LogOdds | Self::LogOddsEach => "log-odds",
            Self::Votes => "share of votes",
        }
    }
}

/// The estimators that are fitted to trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    AdaBoostClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::DecisionTreeClassifier => "DecisionTreeClassifier",
            Self::DecisionTreeRegressor => "DecisionTreeRegressor",
            Self::RandomForestClassifier => "RandomForestClassifier",
            Self::RandomForestRegressor => "RandomForestRegressor",
            Self::AdaBoostClassifier => "AdaBoostClassifier",
            Self::GradientBoostingClassifier => "GradientBoostingClassifier",
            Self::GradientBoostingRegressor => "GradientBoostingRegressor",
        }
    }
}

const KIND: &str = "Trees";
const VERSION: u32 = 1;

pub(in crate::model) const LOADER: Loader<dyn FittedModel> = Loader {
    kind: KIND,
    version: VERSION,
    load: |body| {
        let ensemble: Ensemble = persist::read(body)?;
        ensemble.check()?;
        Ok(Box::new(ensemble))
    },
};

impl Ensemble {
    fn outputs(&self) -> usize {
        self.start.len()
    }

    /// What is read from a file must not send a prediction out of bounds.
    fn check(&self) -> Result<(), MlError> {
        let sound = |tree: &Weighted| {
            tree.tree.is_sound(self.features, tree.tree.outputs)
                && tree.tree.outputs > 0
                && tree.output + tree.tree.outputs <= self.outputs()
        };
        if self.outputs() > 0 && self.trees.iter().all(sound) {
            return Ok(());
        }
        Err(MlError::Damaged {
            reason: "a tree asks about what is not there".to_owned(),
        })
    }

    /// The sum over all trees, a row for each row.
    pub fn sums(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        features.expect_count(self.features)?;
        let x = features.values().view();
        let parts = parallel::ranges(x.nrows(), ROWS_PER_PART);
        let sums = parallel::map(parts.len(), |part| {
            let range = parts[part].clone();
            let rows = x.slice(s![range.clone(), ..]);
            let mut sums = Array2::from_shape_fn((range.len(), self.outputs()), |(_, output)| {
                self.start[output]
            });
            for Weighted {
                tree,
                scale,
                output,
            } in &self.trees
            {
                let of_tree: ArrayViewMut2<f64> =
                    sums.slice_mut(s![.., *output..*output + tree.outputs]);
                tree.add_to(rows, *scale, of_tree);
            }
            sums
        });
        let mut all = Array2::zeros((x.nrows(), self.outputs()));
        for (range, sums) in parts.into_iter().zip(sums) {
            all.slice_mut(s![range, ..]).assign(&sums);
        }
        Ok(all)
    }
}

impl FittedModel for Ensemble {
    fn predict(&self, features: &Features) -> Result<Prediction, MlError> {
        let sums = self.sums(features)?;
        Ok(match self.meaning {
            Meaning::Number => Prediction::Numbers(sums.column(0).to_vec()),
            Meaning::LogOdds => Prediction::Classes(
                sums.column(0)
                    .iter()
                    .map(|s| usize::from(*s > 0.0))
                    .collect(),
            ),
            _ => Prediction::most_probable(&sums),
        })
    }

    fn predict_proba(&self, features: &Features) -> Result<Array2<f64>, MlError> {
        let sigmoid = |score: f64| 1.0 / (1.0 + (-score).exp());
        let sums = || self.sums(features);
        Ok(match self.meaning {
            Meaning::Number => return check::no_probabilities(self.kind.name()),
            Meaning::Probabilities => sums()?,
            Meaning::LogOdds => {
                let second = sums()?.column(0).mapv(sigmoid);
                let first = second.mapv(|p| 1.0 - p);
                ndarray::stack![Axis(1), first, second]
            }
            Meaning::LogOddsEach => {
                let mut each = sums()?.mapv_into(sigmoid);
                for mut row in each.rows_mut() {
                    let sum = row.sum();
                    row /= sum.max(f64::MIN_POSITIVE);
                }
                each
            }
            Meaning::Votes => {
                // As scikit-learn: the exponent of the decision over k - 1, where
                // for two classes the decision is half the margin on both sides.
                let votes = sums()?;
                let others = (votes.ncols() as f64 - 1.0).max(1.0);
                let decision = votes.mapv(|share| (share - (1.0 - share) / others) / others);
                softmax(decision)
            }
        })
    }

    fn decision_function(&self, features: &Features) -> Option<Result<Array2<f64>, MlError>> {
        let odds = matches!(self.meaning, Meaning::LogOdds | Meaning::LogOddsEach);
        odds.then(|| self.sums(features))
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(KIND, VERSION, self)
    }

    fn feature_importances(&self) -> Option<Vec<f64>> {
        let mut sums = vec![0.0; self.features];
        for Weighted { tree, scale, .. } in &self.trees {
            for (sum, share) in sums.iter_mut().zip(tree.importances(self.features)) {
                // Trees of boosting count by what they gain, others by their weight.
                *sum += scale * share;
            }
        }
        Some(normalise(sums))
    }

    fn trees(&self) -> Option<Vec<TreeView>> {
        let (outputs, unit) = (self.outputs(), self.meaning.unit());
        let start = self
            .start
            .iter()
            .any(|number| *number != 0.0)
            .then(|| TreeView::constant(self.start.clone(), unit));
        let trees = self
            .trees
            .iter()
            .map(|tree| TreeView::new(&tree.tree, tree.scale, (tree.output, outputs), unit));
        Some(start.into_iter().chain(trees).collect())
    }
}
