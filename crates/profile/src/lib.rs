//! A dataframe at a glance: what is in each column, how columns go together,
//! and what is odd about them, in plain words.
//!
//! ```
//! use ferrite_frame::datasets;
//! use ferrite_profile::{FrameProfile, Oddity};
//!
//! let profile = datasets::penguins()?.profile()?;
//! let mass = profile.column("body_mass_g").and_then(|c| c.numbers.as_ref());
//! assert_eq!(mass.map(|n| (n.min, n.median, n.max)), Some((2700.0, 4050.0, 6300.0)));
//! assert_eq!(profile.duplicate_rows, Some(0));
//! assert!(profile.warnings.iter().all(|w| w.oddity != Oddity::Constant));
//! # Ok::<(), ferrite_frame::FrameError>(())
//! ```
//!
//! | module | for |
//! |---|---|
//! | [`column`] | what is measured of one column |
//! | [`correlation`] | how columns of numbers go together |
//! | [`warnings`] | what a person should look at |
//!
//! Each column is sorted once; quantiles, distinct values, the most frequent
//! ones, outliers and the histogram all come from that. Columns are measured
//! side by side on all cores. It knows no charts: its small pictures are drawn
//! by itself, without axes, for a cell of a table.

pub mod column;
pub mod correlation;
mod duplicates;
mod histogram;
mod numbers;
mod parallel;
mod render;
mod texts;
pub mod warnings;

use ferrite_frame::FrameError;
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series};

pub use column::{ColumnProfile, Kind};
pub use correlation::Correlations;
pub use histogram::Histogram;
pub use numbers::Numbers;
pub use texts::Texts;
pub use warnings::{Oddity, Warning};

/// Everything that a [`FrameProfile::profile`] found out.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The number of rows.
    pub rows: usize,
    /// What was measured of each column, in the frame's order.
    pub columns: Vec<ColumnProfile>,
    /// How many rows are the same as an earlier one (by a hash of 64 bits: with
    /// ten million rows the chance that this is off by one is 1 in 300,000).
    /// `None` if a column has a type that cannot be compared.
    pub duplicate_rows: Option<usize>,
    /// How the columns of numbers go together.
    pub correlations: Correlations,
    /// What a person should look at, the weightiest first.
    pub warnings: Vec<Warning>,
    /// The memory that the frame takes, in bytes.
    pub bytes: usize,
}

/// Adds `profile` to frames.
pub trait FrameProfile {
    /// Looks at every column: its type, what is missing, how many different
    /// values, quantiles, a histogram, the most frequent values and outliers;
    /// then at correlations and duplicate rows, and says in plain words what
    /// stands out. NaN counts as missing.
    ///
    /// Figures are those that pandas gives: quantiles interpolate linearly,
    /// standard deviations have n − 1, skewness is corrected for small samples.
    ///
    /// ```
    /// use ferrite_frame::datasets;
    /// use ferrite_profile::FrameProfile;
    ///
    /// let profile = datasets::cars()?.profile()?;
    /// assert_eq!((profile.rows, profile.columns.len()), (398, 9));
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When polars cannot read a column.
    fn profile(&self) -> Result<Profile, FrameError>;
}

impl FrameProfile for DataFrame {
    fn profile(&self) -> Result<Profile, FrameError> {
        let columns: Vec<ColumnProfile> = parallel::map(self.columns(), ColumnProfile::of)
            .into_iter()
            .collect::<Result<_, _>>()?;
        let correlations = Correlations::of(self, &columns)?;
        let mut profile = Profile {
            rows: self.height(),
            duplicate_rows: duplicates::count(self),
            correlations,
            warnings: Vec::new(),
            bytes: self.estimated_size(),
            columns,
        };
        profile.warnings = warnings::about(&profile);
        Ok(profile)
    }
}

impl Profile {
    /// What was measured of a column.
    ///
    /// ```
    /// use ferrite_frame::datasets;
    /// use ferrite_profile::FrameProfile;
    ///
    /// let profile = datasets::cars()?.profile()?;
    /// assert_eq!(profile.column("origin").and_then(|c| c.distinct), Some(3));
    /// assert!(profile.column("colour").is_none());
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The share of all values that is missing.
    ///
    /// ```
    /// use ferrite_frame::datasets;
    /// use ferrite_profile::FrameProfile;
    ///
    /// // Six of 398 × 9 values.
    /// assert!((datasets::cars()?.profile()?.missing_share() - 6.0 / 3582.0).abs() < 1e-12);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    pub fn missing_share(&self) -> f64 {
        let missing: usize = self.columns.iter().map(ColumnProfile::missing).sum();
        missing as f64 / (self.rows * self.columns.len()).max(1) as f64
    }

    /// The figures as a frame with a row for each column, to go on with.
    ///
    /// ```
    /// use ferrite_frame::datasets;
    /// use ferrite_profile::FrameProfile;
    ///
    /// let figures = datasets::cars()?.profile()?.to_frame()?;
    /// assert_eq!(figures.height(), 9);
    /// assert!(figures.column("skewness").is_ok());
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When polars cannot build it.
    pub fn to_frame(&self) -> Result<DataFrame, FrameError> {
        fn figures(profile: &Profile, name: &str, of: impl Fn(&Numbers) -> Option<f64>) -> Column {
            let values = profile
                .columns
                .iter()
                .map(|c| c.numbers.as_ref().and_then(&of));
            Series::new(name.into(), values.collect::<Vec<Option<f64>>>()).into_column()
        }
        let all = &self.columns;
        let names: Vec<&str> = all.iter().map(|c| c.name.as_str()).collect();
        let types: Vec<&str> = all.iter().map(|c| c.dtype.as_str()).collect();
        let nulls: Vec<u64> = all.iter().map(|c| c.nulls as u64).collect();
        let nans: Vec<u64> = all.iter().map(|c| c.nans as u64).collect();
        let distinct: Vec<Option<u64>> = all.iter().map(|c| c.distinct.map(|d| d as u64)).collect();
        let outliers: Vec<Option<u64>> = all
            .iter()
            .map(|c| c.numbers.as_ref().map(|n| n.outliers as u64))
            .collect();
        let top: Vec<Option<&str>> = all
            .iter()
            .map(|c| c.top.first().map(|t| t.0.as_str()))
            .collect();
        Ok(DataFrame::new(
            all.len(),
            vec![
                Series::new("column".into(), names).into_column(),
                Series::new("type".into(), types).into_column(),
                Series::new("nulls".into(), nulls).into_column(),
                Series::new("nan".into(), nans).into_column(),
                Series::new("distinct".into(), distinct).into_column(),
                Series::new("top".into(), top).into_column(),
                figures(self, "mean", |n| n.mean),
                figures(self, "std", |n| n.std),
                figures(self, "min", |n| Some(n.min)),
                figures(self, "q25", |n| Some(n.q25)),
                figures(self, "median", |n| Some(n.median)),
                figures(self, "q75", |n| Some(n.q75)),
                figures(self, "max", |n| Some(n.max)),
                figures(self, "skewness", |n| n.skewness),
                Series::new("outliers".into(), outliers).into_column(),
            ],
        )?)
    }
}
