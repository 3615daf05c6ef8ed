//! How columns of numbers go together.

use ferrite_frame::{FrameError, convert, stats};
use polars::prelude::DataFrame;

use crate::column::{ColumnProfile, Kind};
use crate::parallel;

/// Pearson's correlations between all columns of numbers that vary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correlations {
    /// The columns, in the frame's order.
    pub columns: Vec<String>,
    /// The square table; `None` where two columns have no two rows in common,
    /// or one of them does not vary in these.
    pub table: Vec<Vec<Option<f64>>>,
    /// From every how many rows they were computed: 1 for all. Only frames for
    /// which it would take seconds are thinned.
    pub step: usize,
    /// How many columns of numbers were left out because there are too many.
    pub left_out: usize,
}

/// More columns are no picture any more.
const MOST_COLUMNS: usize = 40;
/// How many pairs of values are looked at: about a second.
const BUDGET: usize = 1_000_000_000;

impl Correlations {
    pub(crate) fn of(frame: &DataFrame, columns: &[ColumnProfile]) -> Result<Self, FrameError> {
        let varying: Vec<&str> = columns
            .iter()
            .filter(|c| c.kind == Kind::Number && c.distinct.is_none_or(|d| d > 1))
            .map(|c| c.name.as_str())
            .collect();
        let shown = &varying[..varying.len().min(MOST_COLUMNS)];
        let pairs: Vec<(usize, usize)> = (0..shown.len())
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .collect();
        let step = (pairs.len() * frame.height() / BUDGET).max(1);
        let values = shown
            .iter()
            .map(|name| {
                let all = convert::slice(frame, name)?;
                Ok(match step {
                    1 => all,
                    step => all.iter().copied().step_by(step).collect::<Vec<_>>().into(),
                })
            })
            .collect::<Result<Vec<_>, FrameError>>()?;
        let found = parallel::map(&pairs, |(i, j)| stats::pearson(&values[*i], &values[*j]));
        let mut table = vec![vec![None; shown.len()]; shown.len()];
        for (i, row) in table.iter_mut().enumerate() {
            row[i] = Some(1.0);
        }
        for ((i, j), r) in pairs.into_iter().zip(found) {
            table[i][j] = r;
            table[j][i] = r;
        }
        Ok(Self {
            columns: shown.iter().map(ToString::to_string).collect(),
            table,
            step,
            left_out: varying.len() - shown.len(),
        })
    }

    /// The correlation of two columns.
    ///
    /// ```
    /// use ferrite_frame::datasets;
    /// use ferrite_profile::FrameProfile;
    ///
    /// let pairs = datasets::cars()?.profile()?.correlations;
    /// assert!(pairs.get("weight", "mpg").is_some_and(|r| r < -0.8));
    /// let (a, b, r) = pairs.strongest(0.9)[0];
    /// assert_eq!((a, b, r > 0.9), ("cylinders", "displacement", true));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    pub fn get(&self, a: &str, b: &str) -> Option<f64> {
        let place = |name: &str| self.columns.iter().position(|column| column == name);
        *self.table.get(place(a)?)?.get(place(b)?)?
    }

    /// The pairs of columns whose correlation is at least this, in either
    /// direction, the strongest first.
    pub fn strongest(&self, least: f64) -> Vec<(&str, &str, f64)> {
        let mut pairs = Vec::new();
        for (i, row) in self.table.iter().enumerate() {
            for (j, r) in row.iter().enumerate().skip(i + 1) {
                if let Some(r) = r.filter(|r| r.abs() >= least) {
                    pairs.push((self.columns[i].as_str(), self.columns[j].as_str(), r));
                }
            }
        }
        pairs.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()));
        pairs
    }
}
