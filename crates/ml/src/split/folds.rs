//! Folds of cross-validation, with scikit-learn's names and rows.

use std::fmt;
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::mersenne::Mersenne;
use super::{Fold, rows};
use crate::labels::Labels;
use crate::target::Task;
use crate::{MlError, columns};

/// A way to cut a frame into folds. Implement it for a split of your own.
///
/// ```
/// use ferrite_ml::{Fold, MlError, Splitter};
/// use polars::prelude::*;
///
/// /// Learns from even rows, judges by odd ones.
/// #[derive(Debug)]
/// struct Odd;
/// impl Splitter for Odd {
///     fn folds(&self, frame: &DataFrame, _target: &str) -> Result<Vec<Fold>, MlError> {
///         let (train, test) = (0..frame.height()).partition(|row| row % 2 == 0);
///         Ok(vec![Fold { train, test }])
///     }
/// }
/// assert_eq!(Odd.folds(&df!["y" => [1, 2, 3]]?, "y")?[0].test, [1]);
/// # Ok::<(), MlError>(())
/// ```
pub trait Splitter: fmt::Debug + Send + Sync {
    /// The folds of a frame whose column `target` is to be predicted.
    fn folds(&self, frame: &DataFrame, target: &str) -> Result<Vec<Fold>, MlError>;
}

/// How cross-validation splits: made from a number (so many folds, stratified for
/// classes) or from any [`Splitter`] of this crate.
///
/// ```
/// use ferrite_ml::{Cv, KFold, TimeSeriesSplit};
///
/// let five: Cv = 5.into();
/// assert_eq!(format!("{five:?}"), "5 folds");
/// let _: Cv = KFold::new(3).seed(1).into();
/// let _ = Cv::new(TimeSeriesSplit::new(4));
/// ```
#[derive(Clone)]
pub struct Cv(Kind);

#[derive(Clone)]
enum Kind {
    /// Stratified for classes, plain for numbers.
    Count(usize),
    Given(Arc<dyn Splitter>),
}

impl Cv {
    /// Splits in a way of your own.
    pub fn new(splitter: impl Splitter + 'static) -> Self {
        Self(Kind::Given(Arc::new(splitter)))
    }

    /// The folds of a frame, with the rows of every fold checked.
    pub(crate) fn folds(
        &self,
        frame: &DataFrame,
        target: &str,
        task: Task,
    ) -> Result<Vec<Fold>, MlError> {
        let folds = match (&self.0, task) {
            (Kind::Count(count), Task::Classification) => {
                StratifiedKFold::new(*count).folds(frame, target)?
            }
            (Kind::Count(count), Task::Regression) => KFold::new(*count).split(frame)?,
            (Kind::Given(splitter), _) => splitter.folds(frame, target)?,
        };
        let outside = |row: &usize| *row >= frame.height();
        if folds.is_empty()
            || folds.iter().any(|fold| {
                fold.train.is_empty()
                    || fold.test.is_empty()
                    || fold.train.iter().chain(&fold.test).any(outside)
            })
        {
            return Err(MlError::Unable {
                model: "cross-validation",
                reason: "the split has no fold, a fold without rows to learn from or to judge by, \
                         or row numbers that the frame does not have"
                    .to_owned(),
            });
        }
        Ok(folds)
    }
}

impl fmt::Debug for Cv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Count(count) => write!(f, "{count} folds"),
            Kind::Given(splitter) => write!(f, "{splitter:?}"),
        }
    }
}

impl Default for Cv {
    fn default() -> Self {
        Self(Kind::Count(5))
    }
}

impl From<usize> for Cv {
    fn from(folds: usize) -> Self {
        Self(Kind::Count(folds))
    }
}

macro_rules! into_cv {
    ($($splitter:ident)+) => {
        $(impl From<$splitter> for Cv {
            fn from(splitter: $splitter) -> Self {
                Self::new(splitter)
            }
        })+
    };
}

into_cv! { KFold StratifiedKFold GroupKFold TimeSeriesSplit RepeatedKFold RepeatedStratifiedKFold }

/// Fails unless there are at least two folds and as many rows as folds.
fn check(owner: &'static str, splits: usize, rows: usize) -> Result<(), MlError> {
    if splits < 2 {
        return Err(MlError::InvalidParameter {
            owner,
            name: "n_splits",
            value: splits.to_string(),
            rule: "be at least 2",
        });
    }
    if rows < splits {
        return Err(MlError::TooFewRows {
            purpose: format!("{owner} with {splits} folds"),
            needed: splits,
            found: rows,
            advice: "; choose fewer folds",
        });
    }
    Ok(())
}

/// Folds of consecutive rows, or with a seed of random ones.
///
/// ```
/// use ferrite_ml::{KFold, MlError};
/// use polars::df;
///
/// let frame = df!["x" => [1, 2, 3, 4]]?;
/// assert_eq!(KFold::new(2).split(&frame)?[0].test, [0, 1]);
/// assert_eq!(KFold::new(2).seed(0).split(&frame)?[0].test, [2, 3]); // scikit-learn's rows
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct KFold {
    n_splits: usize,
    seed: Option<u64>,
}

impl KFold {
    /// So many folds of consecutive rows.
    pub fn new(n_splits: usize) -> Self {
        Self {
            n_splits,
            seed: None,
        }
    }

    /// Shuffles the rows first: `shuffle=True, random_state=seed` in scikit-learn.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The folds of a frame.
    pub fn split(&self, frame: &DataFrame) -> Result<Vec<Fold>, MlError> {
        let mut lots = self.seed.map(|seed| Mersenne::new(Some(seed)));
        plain(frame.height(), self.n_splits, lots.as_mut())
    }
}

impl Splitter for KFold {
    fn folds(&self, frame: &DataFrame, _target: &str) -> Result<Vec<Fold>, MlError> {
        self.split(frame)
    }
}

fn plain(
    height: usize,
    n_splits: usize,
    lots: Option<&mut Mersenne>,
) -> Result<Vec<Fold>, MlError> {
    check("KFold", n_splits, height)?;
    let order = match lots {
        Some(lots) => lots.permutation(height),
        None => (0..height).collect(),
    };
    let mut begin = 0;
    let fold = |number: usize| {
        let size = height / n_splits + usize::from(number < height % n_splits);
        let mut in_test = vec![false; height];
        for row in &order[begin..begin + size] {
            in_test[*row] = true;
        }
        begin += size;
        Fold::of_mask(in_test.into_iter())
    };
    Ok((0..n_splits).map(fold).collect())
}

/// Folds in which every class has nearly the share that it has in all rows.
///
/// ```
/// use ferrite_ml::{MlError, StratifiedKFold};
/// use polars::df;
///
/// let frame = df!["y" => ["a", "a", "a", "a", "b", "b"]]?;
/// let folds = StratifiedKFold::new(2).seed(7).split(&frame, "y")?;
/// assert!(folds.iter().all(|fold| fold.test.len() == 3));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StratifiedKFold {
    n_splits: usize,
    seed: Option<u64>,
}

impl StratifiedKFold {
    /// So many folds; rows of a class are dealt out in their order.
    pub fn new(n_splits: usize) -> Self {
        Self {
            n_splits,
            seed: None,
        }
    }

    /// Shuffles the rows of each class: `shuffle=True, random_state=seed` in
    /// scikit-learn.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The folds of a frame by the classes of a column. A class with fewer rows
    /// than folds is in some folds only; if that is so for all, it is an error.
    pub fn split(&self, frame: &DataFrame, target: &str) -> Result<Vec<Fold>, MlError> {
        let mut lots = self.seed.map(|seed| Mersenne::new(Some(seed)));
        stratified(frame, target, self.n_splits, lots.as_mut())
    }
}

impl Splitter for StratifiedKFold {
    fn folds(&self, frame: &DataFrame, target: &str) -> Result<Vec<Fold>, MlError> {
        self.split(frame, target)
    }
}

fn stratified(
    frame: &DataFrame,
    target: &str,
    n_splits: usize,
    mut lots: Option<&mut Mersenne>,
) -> Result<Vec<Fold>, MlError> {
    const NAME: &str = "StratifiedKFold";
    check(NAME, n_splits, frame.height())?;
    let series = columns::column(frame, target)?.as_materialized_series();
    let labels = Labels::of(series)?.complete(target)?;
    // Classes are numbered in the order in which they occur.
    let mut numbers = std::collections::HashMap::new();
    let codes: Vec<usize> = labels
        .iter()
        .map(|label| {
            let next = numbers.len();
            *numbers.entry(label.as_str()).or_insert(next)
        })
        .collect();
    let classes = numbers.len();
    let mut counts = vec![0; classes];
    codes.iter().for_each(|code| counts[*code] += 1);
    let largest = counts.iter().copied().max().unwrap_or(0);
    if largest < n_splits {
        return Err(MlError::TooFewRows {
            purpose: format!("{NAME} with {n_splits} folds by \"{target}\""),
            needed: n_splits,
            found: largest,
            advice: " in the largest class; choose fewer folds, or KFold if this is a number",
        });
    }
    // Rows sorted by class are dealt out one by one, so that the folds are of equal
    // size and so are the shares of the classes.
    let mut dealt = vec![vec![0; n_splits]; classes];
    let mut place = 0;
    for (class, count) in counts.iter().enumerate() {
        for _ in 0..*count {
            dealt[class][place % n_splits] += 1;
            place += 1;
        }
    }
    let mut fold_of = vec![0; codes.len()];
    for (class, dealt) in dealt.iter().enumerate() {
        let mut folds: Vec<usize> = (0..n_splits)
            .flat_map(|fold| std::iter::repeat_n(fold, dealt[fold]))
            .collect();
        if let Some(lots) = &mut lots {
            lots.shuffle(&mut folds);
        }
        let rows = (0..codes.len()).filter(|row| codes[*row] == class);
        for (row, fold) in rows.zip(folds) {
            fold_of[row] = fold;
        }
    }
    Ok((0..n_splits)
        .map(|fold| Fold::of_mask(fold_of.iter().map(|of| *of == fold)))
        .collect())
}

/// Folds that keep the rows of a group (a patient, a user) together: no group is
/// on both sides. The column stays in the frame; leave it out of the features if
/// the model should not see it.
///
/// ```
/// use ferrite_ml::{GroupKFold, MlError};
/// use polars::df;
///
/// let frame = df!["user" => ["a", "b", "a", "c"]]?;
/// let folds = GroupKFold::new(2, "user").split(&frame)?;
/// assert_eq!(folds[0].test, [0, 2]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GroupKFold {
    n_splits: usize,
    column: String,
    seed: Option<u64>,
}

impl GroupKFold {
    /// So many folds by the groups of a column, of nearly equal size: the largest
    /// groups are dealt out first, each to the fold with the fewest rows.
    pub fn new(n_splits: usize, column: impl Into<String>) -> Self {
        Self {
            n_splits,
            column: column.into(),
            seed: None,
        }
    }

    /// Draws the groups by lot: `shuffle=True, random_state=seed` in scikit-learn.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The folds of a frame.
    pub fn split(&self, frame: &DataFrame) -> Result<Vec<Fold>, MlError> {
        const NAME: &str = "GroupKFold";
        let group_of = rows::groups(frame, &self.column)?;
        let groups = group_of.iter().max().map_or(0, |last| last + 1);
        check(NAME, self.n_splits, frame.height())?;
        if groups < self.n_splits {
            return Err(MlError::TooFewRows {
                purpose: format!("{NAME} with {} folds by \"{}\"", self.n_splits, self.column),
                needed: self.n_splits,
                found: groups,
                advice: " with groups of their own; choose fewer folds",
            });
        }
        let fold_of = match self.seed {
            Some(seed) => self.drawn(groups, seed),
            None => self.balanced(&group_of, groups),
        };
        Ok((0..self.n_splits)
            .map(|fold| Fold::of_mask(group_of.iter().map(|group| fold_of[*group] == fold)))
            .collect())
    }

    fn balanced(&self, group_of: &[usize], groups: usize) -> Vec<usize> {
        let mut sizes = vec![0; groups];
        group_of.iter().for_each(|group| sizes[*group] += 1);
        let mut order: Vec<usize> = (0..groups).collect();
        order.sort_by_key(|group| sizes[*group]);
        let (mut fold_of, mut filled) = (vec![0; groups], vec![0; self.n_splits]);
        for group in order.into_iter().rev() {
            let mut emptiest = 0;
            for fold in 1..self.n_splits {
                if filled[fold] < filled[emptiest] {
                    emptiest = fold;
                }
            }
            fold_of[group] = emptiest;
            filled[emptiest] += sizes[group];
        }
        fold_of
    }

    fn drawn(&self, groups: usize, seed: u64) -> Vec<usize> {
        let order = Mersenne::new(Some(seed)).permutation(groups);
        let mut fold_of = vec![0; groups];
        let mut begin = 0;
        for fold in 0..self.n_splits {
            let size = groups / self.n_splits + usize::from(fold < groups % self.n_splits);
            for group in &order[begin..begin + size] {
                fold_of[*group] = fold;
            }
            begin += size;
        }
        fold_of
    }
}

impl Splitter for GroupKFold {
    fn folds(&self, frame: &DataFrame, _target: &str) -> Result<Vec<Fold>, MlError> {
        self.split(frame)
    }
}

/// Folds that learn from the past and judge by what follows: the training part
/// grows from fold to fold.
///
/// ```
/// use ferrite_ml::{Fold, MlError, TimeSeriesSplit};
/// use polars::df;
///
/// let frame = df!["day" => [3, 1, 2, 4]]?;
/// let folds = TimeSeriesSplit::new(3).by("day").split(&frame)?;
/// assert_eq!(folds[1], Fold { train: vec![1, 2], test: vec![0] }); // days 1 and 2, then 3
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TimeSeriesSplit {
    n_splits: usize,
    by: Option<String>,
    gap: usize,
    max_train_size: Option<usize>,
    test_size: Option<usize>,
}

impl TimeSeriesSplit {
    /// So many folds, by the order of the rows.
    pub fn new(n_splits: usize) -> Self {
        Self {
            n_splits,
            by: None,
            gap: 0,
            max_train_size: None,
            test_size: None,
        }
    }

    /// Takes the rows in the order of a column instead of their own.
    pub fn by(mut self, column: impl Into<String>) -> Self {
        self.by = Some(column.into());
        self
    }

    /// Leaves out so many rows between training and test.
    pub fn gap(mut self, rows: usize) -> Self {
        self.gap = rows;
        self
    }

    /// Learns from so many rows before the test at most.
    pub fn max_train_size(mut self, rows: usize) -> Self {
        self.max_train_size = Some(rows);
        self
    }

    /// Judges by so many rows in each fold; otherwise rows / (folds + 1).
    pub fn test_size(mut self, rows: usize) -> Self {
        self.test_size = Some(rows);
        self
    }

    /// The folds of a frame.
    pub fn split(&self, frame: &DataFrame) -> Result<Vec<Fold>, MlError> {
        const NAME: &str = "TimeSeriesSplit";
        let height = frame.height();
        check(NAME, self.n_splits, height)?;
        let size = self.test_size.unwrap_or(height / (self.n_splits + 1));
        let needed = size.saturating_mul(self.n_splits).saturating_add(self.gap);
        if size == 0 || needed >= height {
            return Err(MlError::TooFewRows {
                purpose: format!("{NAME} with {} folds", self.n_splits),
                needed: (needed + 1).max(self.n_splits + 1),
                found: height,
                advice: "; choose fewer folds, a smaller test or a smaller gap",
            });
        }
        let order = match &self.by {
            Some(column) => rows::in_time(frame, column)?,
            None => (0..height).collect(),
        };
        let fold = |number: usize| {
            let begin = height - size * (self.n_splits - number);
            let end = begin - self.gap;
            let from = self
                .max_train_size
                .map_or(0, |most| end.saturating_sub(most));
            Fold::new(
                order[from..end].to_vec(),
                order[begin..begin + size].to_vec(),
            )
        };
        Ok((0..self.n_splits).map(fold).collect())
    }
}

impl Splitter for TimeSeriesSplit {
    fn folds(&self, frame: &DataFrame, _target: &str) -> Result<Vec<Fold>, MlError> {
        self.split(frame)
    }
}

/// [`KFold`] several times, each time with other lots.
///
/// ```
/// use ferrite_ml::{MlError, RepeatedKFold};
/// use polars::df;
///
/// let folds = RepeatedKFold::new(2, 3).seed(1).split(&df!["x" => [1, 2, 3, 4]]?)?;
/// assert_eq!(folds.len(), 6);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RepeatedKFold {
    n_splits: usize,
    n_repeats: usize,
    seed: u64,
}

/// [`StratifiedKFold`] several times, each time with other lots.
///
/// ```
/// use ferrite_ml::{MlError, RepeatedStratifiedKFold};
/// use polars::df;
///
/// let frame = df!["y" => ["a", "a", "b", "b"]]?;
/// assert_eq!(RepeatedStratifiedKFold::new(2, 3).split(&frame, "y")?.len(), 6);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RepeatedStratifiedKFold {
    n_splits: usize,
    n_repeats: usize,
    seed: u64,
}

impl RepeatedKFold {
    /// So many folds, so many times; seed 0 unless set.
    pub fn new(n_splits: usize, n_repeats: usize) -> Self {
        Self {
            n_splits,
            n_repeats,
            seed: 0,
        }
    }

    /// Draws other lots.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The folds of a frame, one repetition after the other.
    pub fn split(&self, frame: &DataFrame) -> Result<Vec<Fold>, MlError> {
        let mut lots = Mersenne::new(Some(self.seed));
        repeat("RepeatedKFold", self.n_repeats, || {
            plain(frame.height(), self.n_splits, Some(&mut lots))
        })
    }
}

impl Splitter for RepeatedKFold {
    fn folds(&self, frame: &DataFrame, _target: &str) -> Result<Vec<Fold>, MlError> {
        self.split(frame)
    }
}

impl RepeatedStratifiedKFold {
    /// So many folds, so many times; seed 0 unless set.
    pub fn new(n_splits: usize, n_repeats: usize) -> Self {
        Self {
            n_splits,
            n_repeats,
            seed: 0,
        }
    }

    /// Draws other lots.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The folds of a frame, one repetition after the other.
    pub fn split(&self, frame: &DataFrame, target: &str) -> Result<Vec<Fold>, MlError> {
        let mut lots = Mersenne::new(Some(self.seed));
        repeat("RepeatedStratifiedKFold", self.n_repeats, || {
            stratified(frame, target, self.n_splits, Some(&mut lots))
        })
    }
}

impl Splitter for RepeatedStratifiedKFold {
    fn folds(&self, frame: &DataFrame, target: &str) -> Result<Vec<Fold>, MlError> {
        self.split(frame, target)
    }
}

fn repeat(
    owner: &'static str,
    times: usize,
    mut folds: impl FnMut() -> Result<Vec<Fold>, MlError>,
) -> Result<Vec<Fold>, MlError> {
    if times == 0 {
        return Err(MlError::InvalidParameter {
            owner,
            name: "n_repeats",
            value: "0".to_owned(),
            rule: "be at least 1",
        });
    }
    let mut all = Vec::new();
    for _ in 0..times {
        all.extend(folds()?);
    }
    Ok(all)
}
