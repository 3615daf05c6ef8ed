//! Splitting a frame into rows to learn from and rows to judge by.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::mersenne::Mersenne;
use super::{Fold, rows};
use crate::MlError;
use crate::columns;
use crate::labels::Labels;
use crate::pending::pending;

/// Splits a frame into a training and a test part; `test_size` is the part of
/// the rows that goes to the test, as in scikit-learn. The same seed gives the
/// same rows as there.
///
/// ```
/// use ferrite_ml::{MlError, train_test_split};
/// use polars::df;
///
/// let frame = df!["x" => [1, 2, 3, 4], "y" => ["a", "b", "a", "b"]]?;
/// let (train, test) = train_test_split(&frame, 0.5).stratify("y").seed(7).split()?;
/// assert_eq!((train.height(), test.height()), (2, 2));
/// # Ok::<(), MlError>(())
/// ```
pub fn train_test_split(frame: &DataFrame, test_size: f64) -> TrainTestSplit {
    TrainTestSplit {
        frame: frame.clone(),
        test_size,
        by: By::Chance,
        seed: None,
    }
}

/// A split that is being described; made by [`train_test_split`].
///
/// ```
/// use ferrite_ml::{MlError, TrainTestSplit, train_test_split};
/// use polars::df;
///
/// let split: TrainTestSplit = train_test_split(&df!["x" => [1, 2, 3]]?, 0.5);
/// let (train, test) = split.split()?;
/// assert_eq!((train.height(), test.height()), (1, 2)); // the test is rounded up
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrainTestSplit {
    frame: DataFrame,
    test_size: f64,
    by: By,
    seed: Option<u64>,
}

/// What decides on which side a row is.
#[derive(Clone, Debug)]
enum By {
    Chance,
    Classes(String),
    Groups(String),
    Time(String),
}

impl TrainTestSplit {
    /// Keeps the proportions of the classes of this column in both parts, as
    /// exactly as whole rows allow. Rows without a class are a group of their own.
    ///
    /// ```
    /// use ferrite_ml::{MlError, train_test_split};
    /// use polars::df;
    ///
    /// let frame = df!["y" => ["a", "a", "a", "a", "a", "a", "b", "b"]]?;
    /// let (_, test) = train_test_split(&frame, 0.5).stratify("y").split()?;
    /// let bs = test.column("y")?.str()?.iter().filter(|y| *y == Some("b")).count();
    /// assert_eq!(bs, 1);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn stratify(mut self, column: impl Into<String>) -> Self {
        self.by = By::Classes(column.into());
        self
    }

    /// Keeps rows that belong together (of one patient, one user) on one side:
    /// `test_size` is the part of the groups that goes to the test.
    ///
    /// ```
    /// use ferrite_ml::{MlError, train_test_split};
    /// use polars::df;
    ///
    /// let frame = df!["user" => ["a", "a", "b", "b", "b", "c"]]?;
    /// let (train, test) = train_test_split(&frame, 0.3).groups("user").split()?;
    /// assert!(train.height() >= 3 && train.height() + test.height() == 6);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn groups(mut self, column: impl Into<String>) -> Self {
        self.by = By::Groups(column.into());
        self
    }

    /// Learns from the past and judges by the future: the test part are the last
    /// rows in the order of this column. Rows without a time are refused.
    ///
    /// ```
    /// use ferrite_ml::{MlError, train_test_split};
    /// use polars::df;
    ///
    /// let frame = df!["day" => [3, 1, 4, 2]]?;
    /// let (train, test) = train_test_split(&frame, 0.25).time("day").split()?;
    /// assert_eq!((train.height(), test.column("day")?.i32()?.get(0)), (3, Some(4)));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn time(mut self, column: impl Into<String>) -> Self {
        self.by = By::Time(column.into());
        self
    }

    /// Makes the split repeatable: the same frame and seed give the same rows.
    /// Without a seed every split is another one.
    ///
    /// ```
    /// use ferrite_ml::{MlError, train_test_split};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [1, 2, 3, 4, 5, 6, 7, 8]]?;
    /// let split = train_test_split(&frame, 0.25).seed(7);
    /// assert!(split.split()?.1.equals(&split.split()?.1));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// The training and the test part, each with its rows in random order (in
    /// their own order when split by groups, in that of time when split by it).
    pub fn split(&self) -> Result<(DataFrame, DataFrame), MlError> {
        let fold = self.fold()?;
        Ok((
            rows::take(&self.frame, &fold.train)?,
            rows::take(&self.frame, &fold.test)?,
        ))
    }

    fn fold(&self) -> Result<Fold, MlError> {
        let height = self.frame.height();
        let mut lots = Mersenne::new(self.seed);
        match &self.by {
            By::Chance => {
                let test = self.part(height, "")?;
                let order = lots.permutation(height);
                Ok(Fold::new(order[test..].to_vec(), order[..test].to_vec()))
            }
            By::Classes(column) => self.stratified(column, self.part(height, "")?, &mut lots),
            By::Groups(column) => {
                let groups = rows::groups(&self.frame, column)?;
                let count = groups.iter().max().map_or(0, |last| last + 1);
                let test = self.part(count, " groups")?;
                let order = lots.permutation(count);
                let mut in_test = vec![false; count];
                for group in &order[..test] {
                    in_test[*group] = true;
                }
                Ok(Fold::of_mask(
                    groups.into_iter().map(|group| in_test[group]),
                ))
            }
            By::Time(column) => {
                let test = self.part(height, "")?;
                let order = rows::in_time(&self.frame, column)?;
                let (train, test) = order.split_at(height - test);
                Ok(Fold::new(train.to_vec(), test.to_vec()))
            }
        }
    }

    /// The size of the test part, rounded up as in scikit-learn.
    fn part(&self, whole: usize, of: &str) -> Result<usize, MlError> {
        if !(self.test_size > 0.0 && self.test_size < 1.0) {
            return Err(MlError::InvalidParameter {
                owner: "train_test_split",
                name: "test_size",
                value: self.test_size.to_string(),
                rule: "lie between 0 and 1",
            });
        }
        // 0.07 * 100 is 7.000000000000001 in floating point and must not become 8.
        let exact = self.test_size * whole as f64;
        let test = (exact - exact * 1e-12).ceil() as usize;
        if whole < 2 || test >= whole {
            return Err(MlError::TooFewRows {
                purpose: format!("train_test_split with test_size {}{of}", self.test_size),
                needed: 2.max(test + 1),
                found: whole,
                advice: "; both parts must have at least one",
            });
        }
        Ok(test)
    }

    fn stratified(&self, column: &str, test: usize, lots: &mut Mersenne) -> Result<Fold, MlError> {
        let classes = self.classes(column, test)?;
        let sizes: Vec<usize> = classes.iter().map(Vec::len).collect();
        let in_train = shares(&sizes, self.frame.height() - test, lots);
        let rest: Vec<usize> = sizes
            .iter()
            .zip(&in_train)
            .map(|(all, part)| all - part)
            .collect();
        let in_test = shares(&rest, test, lots);
        let mut fold = Fold::default();
        for ((rows, train), test) in classes.iter().zip(in_train).zip(in_test) {
            let drawn: Vec<usize> = lots
                .permutation(rows.len())
                .iter()
                .map(|i| rows[*i])
                .collect();
            fold.train.extend_from_slice(&drawn[..train]);
            fold.test.extend_from_slice(&drawn[train..train + test]);
        }
        lots.shuffle(&mut fold.train);
        lots.shuffle(&mut fold.test);
        Ok(fold)
    }

    /// The rows of each class, in the order of the classes.
    fn classes(&self, column: &str, test_rows: usize) -> Result<Vec<Vec<usize>>, MlError> {
        let series = columns::column(&self.frame, column)?.as_materialized_series();
        let labels = Labels::of(series)?;
        let mut groups: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for (row, label) in labels.rows.into_iter().enumerate() {
            groups.entry(label).or_default().push(row);
        }
        let classes: Vec<String> = groups
            .iter()
            .filter(|(_, rows)| rows.len() < 2)
            .filter_map(|(label, _)| label.clone())
            .collect();
        if !classes.is_empty() {
            return Err(MlError::RareClass {
                column: column.to_owned(),
                classes,
            });
        }
        let count = groups.keys().flatten().count();
        let smaller = test_rows.min(self.frame.height() - test_rows);
        if smaller < count {
            return Err(MlError::TooFewRows {
                purpose: format!("stratifying by \"{column}\" with {count} classes"),
                needed: count,
                found: smaller,
                advice: " in the smaller part; choose a test_size nearer to 0.5",
            });
        }
        let mut groups: Vec<(Option<String>, Vec<usize>)> = groups.into_iter().collect();
        if labels.numeric {
            // Numbers in the order of their values, as scikit-learn has them.
            let value = |label: &Option<String>| -> f64 {
                label
                    .as_ref()
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(f64::NEG_INFINITY)
            };
            groups.sort_by(|(a, _), (b, _)| value(a).total_cmp(&value(b)));
        }
        Ok(groups.into_iter().map(|(_, rows)| rows).collect())
    }
}

/// Shares `total` out in proportion to `sizes`: everyone gets the whole part of
/// their share, the rest goes to the largest remainders. Equal remainders are
/// decided by lot, so that no class is favoured by its name.
fn shares(sizes: &[usize], total: usize, lots: &mut Mersenne) -> Vec<usize> {
    let sum = sizes.iter().sum::<usize>() as f64;
    if sum == 0.0 {
        return vec![0; sizes.len()];
    }
    let exact: Vec<f64> = sizes
        .iter()
        .map(|size| *size as f64 / sum * total as f64)
        .collect();
    let mut shares: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let remainders: Vec<f64> = exact.iter().map(|share| share - share.floor()).collect();
    let mut left = total - shares.iter().sum::<usize>().min(total);
    let mut values = remainders.clone();
    values.sort_by(|a, b| b.total_cmp(a));
    values.dedup();
    for value in values {
        let equal: Vec<usize> = (0..sizes.len())
            .filter(|i| remainders[*i] == value)
            .collect();
        if left == 0 {
            break;
        }
        let order = lots.permutation(equal.len());
        for i in order.into_iter().take(left) {
            shares[equal[i]] += 1;
        }
        left -= left.min(equal.len());
    }
    shares
}

pending!(TrainTestSplit, "a split", ".split()?");
