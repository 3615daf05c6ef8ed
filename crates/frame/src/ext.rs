//! Short questions that every notebook asks of a frame.

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series, SortMultipleOptions};

use crate::FrameError;

/// Questions to a [`DataFrame`] that polars answers only with a detour, or
/// with an error that helps less.
pub trait FrameExt {
    /// The column of this name.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(penguins.require("year")?.len(), 344);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When there is none: [`FrameError::MissingColumn`], with the one that
    /// was probably meant.
    fn require(&self, name: &str) -> Result<&Column, FrameError>;

    /// How much is missing: a row for each column with its name (`column`),
    /// its number of nulls (`nulls`) and their share of all rows (`share`).
    /// NaN is a value, not a null.
    ///
    /// # Errors
    /// When polars cannot build the table.
    fn null_counts_table(&self) -> Result<DataFrame, FrameError>;

    /// How often each value of a column occurs, null included: a frame with
    /// `value` and `n`, the most frequent first; equally frequent values
    /// stay in the order in which they first occur.
    ///
    /// ```
    /// use ferrite_frame::{FrameExt, convert, datasets};
    ///
    /// let counts = datasets::penguins()?.value_counts_of("species")?;
    /// assert_eq!(convert::column_f64(&counts, "n")?, [Some(152.0), Some(124.0), Some(68.0)]);
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such column, or polars cannot group its type.
    fn value_counts_of(&self, name: &str) -> Result<DataFrame, FrameError>;
}

impl FrameExt for DataFrame {
    fn require(&self, name: &str) -> Result<&Column, FrameError> {
        self.column(name)
            .map_err(|_| FrameError::missing_column(name, self))
    }

    fn null_counts_table(&self) -> Result<DataFrame, FrameError> {
        let rows = self.height().max(1) as f64;
        let columns = self.columns();
        let names: Vec<&str> = columns.iter().map(|c| c.name().as_str()).collect();
        let nulls: Vec<u32> = columns.iter().map(|c| c.null_count() as u32).collect();
        let shares: Vec<f64> = nulls.iter().map(|n| f64::from(*n) / rows).collect();
        Ok(DataFrame::new(
            columns.len(),
            vec![
                Series::new("column".into(), names).into_column(),
                Series::new("nulls".into(), nulls).into_column(),
                Series::new("share".into(), shares).into_column(),
            ],
        )?)
    }

    fn value_counts_of(&self, name: &str) -> Result<DataFrame, FrameError> {
        let column = self.require(name)?.clone().with_name("value".into());
        let frame = column.into_frame();
        let groups = frame.group_by_stable(["value"])?;
        let mut columns = groups.keys();
        columns.push(
            groups
                .get_groups()
                .group_count()
                .with_name("n".into())
                .into_column(),
        );
        let by_frequency = SortMultipleOptions::default()
            .with_order_descending(true)
            .with_maintain_order(true);
        Ok(DataFrame::new_infer_height(columns)?.sort(["n"], by_frequency)?)
    }
}
