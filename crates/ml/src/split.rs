//! Splitting a frame into rows to learn from and rows to judge by.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, IdxCa, IdxSize};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::MlError;
use crate::columns;
use crate::labels::Labels;

/// Splits a frame into a training and a test part; `test_size` is the part of
/// the rows that goes to the test, as in scikit-learn.
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
        stratify: None,
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
    stratify: Option<String>,
    seed: Option<u64>,
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
        self.stratify = Some(column.into());
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

    /// The training and the test part, each with its rows in random order.
    pub fn split(&self) -> Result<(DataFrame, DataFrame), MlError> {
        let rows = self.frame.height();
        let test_rows = self.test_rows(rows)?;
        let mut rng = match self.seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => StdRng::from_entropy(),
        };
        let mut groups = match &self.stratify {
            Some(column) => self.groups(column, test_rows)?,
            None => vec![(0..rows as IdxSize).collect()],
        };
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let quotas = largest_remainder(&sizes, test_rows, &mut rng);
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for (group, quota) in groups.iter_mut().zip(quotas) {
            group.shuffle(&mut rng);
            test.extend_from_slice(&group[..quota]);
            train.extend_from_slice(&group[quota..]);
        }
        train.shuffle(&mut rng);
        test.shuffle(&mut rng);
        Ok((self.take(train)?, self.take(test)?))
    }

    /// The size of the test part, rounded up as in scikit-learn.
    fn test_rows(&self, rows: usize) -> Result<usize, MlError> {
        if !(self.test_size > 0.0 && self.test_size < 1.0) {
            return Err(MlError::InvalidParameter {
                owner: "train_test_split",
                name: "test_size",
                value: self.test_size.to_string(),
                rule: "lie between 0 and 1",
            });
        }
        // 0.07 * 100 is 7.000000000000001 in floating point and must not become 8.
        let exact = self.test_size * rows as f64;
        let test_rows = (exact - exact * 1e-12).ceil() as usize;
        if rows < 2 || test_rows >= rows {
            return Err(MlError::TooFewRows {
                purpose: format!("train_test_split with test_size {}", self.test_size),
                needed: 2.max(test_rows + 1),
                found: rows,
                advice: "; both parts must have at least one",
            });
        }
        Ok(test_rows)
    }

    /// The rows of each class, in the order of the classes.
    fn groups(&self, column: &str, test_rows: usize) -> Result<Vec<Vec<IdxSize>>, MlError> {
        let series = columns::column(&self.frame, column)?.as_materialized_series();
        let labels = Labels::of(series)?;
        let mut groups: BTreeMap<Option<String>, Vec<IdxSize>> = BTreeMap::new();
        for (row, label) in labels.rows.into_iter().enumerate() {
            groups.entry(label).or_default().push(row as IdxSize);
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
        Ok(groups.into_values().collect())
    }

    fn take(&self, rows: Vec<IdxSize>) -> Result<DataFrame, MlError> {
        Ok(self.frame.take(&IdxCa::from_vec("rows".into(), rows))?)
    }
}

/// Shares `total` out in proportion to `sizes`: everyone gets the whole part of
/// their share, the rest goes to the largest remainders. Equal remainders are
/// decided by lot, so that no class is favoured by its name.
fn largest_remainder(sizes: &[usize], total: usize, rng: &mut StdRng) -> Vec<usize> {
    let sum: usize = sizes.iter().sum();
    if sum == 0 {
        return vec![0; sizes.len()];
    }
    // Whole numbers: a float's remainder would decide ties by rounding error.
    let mut quotas: Vec<usize> = sizes.iter().map(|size| size * total / sum).collect();
    let rest = total - quotas.iter().sum::<usize>();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.shuffle(rng);
    order.sort_by_key(|&group| std::cmp::Reverse(sizes[group] * total % sum));
    for &group in order.iter().take(rest) {
        quotas[group] += 1;
    }
    quotas
}
