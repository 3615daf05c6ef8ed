//! Which rows a model learns from and which it is judged by.
//!
//! [`train_test_split`] cuts once; the classes named as in scikit-learn
//! ([`KFold`], [`StratifiedKFold`], [`GroupKFold`], [`TimeSeriesSplit`] and the
//! repeated ones) cut into [`Fold`]s for cross-validation. Whatever is drawn by
//! lot is drawn as numpy does: the same seed gives scikit-learn's rows.

mod folds;
pub(crate) mod mersenne;
pub(crate) mod rows;
mod train_test;

pub use folds::{
    Cv, GroupKFold, KFold, RepeatedKFold, RepeatedStratifiedKFold, Splitter, StratifiedKFold,
    TimeSeriesSplit,
};
pub(crate) use mersenne::Mersenne;
pub use train_test::{TrainTestSplit, train_test_split};

/// Row numbers to learn from and to judge by.
///
/// ```
/// use ferrite_ml::{Fold, KFold, MlError};
/// use polars::df;
///
/// let folds = KFold::new(2).split(&df!["x" => [1, 2, 3]]?)?;
/// assert_eq!(folds[0], Fold { train: vec![2], test: vec![0, 1] });
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// The rows to learn from.
    pub train: Vec<usize>,
    /// The rows to judge by.
    pub test: Vec<usize>,
}

impl Fold {
    pub(crate) fn new(train: Vec<usize>, test: Vec<usize>) -> Self {
        Self { train, test }
    }

    /// Rows in their order, on the side of the test where the mask is true.
    pub(crate) fn of_mask(in_test: impl Iterator<Item = bool>) -> Self {
        let (test, train): (Vec<_>, Vec<_>) = in_test.enumerate().partition(|(_, test)| *test);
        let rows = |side: Vec<(usize, bool)>| side.into_iter().map(|(row, _)| row).collect();
        Self::new(rows(train), rows(test))
    }
}
