//! Everything that is made of decision trees: single ones, forests, boosting.

pub(super) mod adaboost;
pub(super) mod boosting;
pub(super) mod decision_tree;
pub(super) mod ensemble;
pub(super) mod forest;
mod grow;
mod histogram;
mod levels;
mod ranks;
mod rounds;
mod scan;
mod tree;
mod view;

pub use adaboost::AdaBoostClassifier;
pub use boosting::{GradientBoostingClassifier, GradientBoostingRegressor};
pub use decision_tree::{DecisionTreeClassifier, DecisionTreeRegressor};
pub use forest::{MaxFeatures, RandomForestClassifier, RandomForestRegressor};
pub use grow::Criterion;
pub(super) use tree::with_slice;
pub use view::{TreeNode, TreeView};
