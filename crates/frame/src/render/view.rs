//! A frame shown with more or less of it than usual.

use ferrite_display::{MimeBundle, Show};
use polars::prelude::{DataFrame, IntoLazy, UnionArgs, concat};

use super::grid::{Cut, Grid, Limits};
use super::table;
use crate::{FrameError, FrameExt};

/// How a frame is shown, made by [`FrameExt::view`].
///
/// ```
/// use ferrite_display::Show;
/// use ferrite_frame::{FrameExt, datasets};
///
/// let view = datasets::penguins()?.view().rows(4).columns(4);
/// assert!(view.show().get("text/html").is_some_and(|html| html.contains("342 rows hidden")));
/// assert!(view.csv()?.starts_with("species,year\nAdelie,2007\n"));
/// assert!(view.json()?.starts_with("[{\"species\":\"Adelie\",\"year\":2007}"));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a view shows nothing by itself; let it be the last expression of a cell"]
pub struct View {
    frame: DataFrame,
    limits: Limits,
}

impl View {
    pub(crate) fn new(frame: &DataFrame) -> Self {
        Self {
            frame: frame.clone(),
            limits: Limits::default(),
        }
    }

    /// At most so many rows, from both ends.
    pub fn rows(mut self, most: usize) -> Self {
        self.limits.rows = most;
        self
    }

    /// At most so many columns, from both ends.
    pub fn columns(mut self, most: usize) -> Self {
        self.limits.columns = most;
        self
    }

    /// At most so many letters of each text.
    pub fn chars(mut self, most: usize) -> Self {
        self.limits.chars = most;
        self
    }

    /// The rows and columns that are shown, as a frame.
    ///
    /// # Errors
    /// When polars cannot put them together.
    pub fn frame(&self) -> Result<DataFrame, FrameError> {
        let rows = Cut::of(self.frame.height(), self.limits.rows);
        let columns: Vec<_> = Cut::of(self.frame.width(), self.limits.columns)
            .positions()
            .filter_map(|i| self.frame.select_at_idx(i).cloned())
            .collect();
        let picked = DataFrame::new(self.frame.height(), columns)?;
        if rows.hidden == 0 {
            return Ok(picked);
        }
        let ends = [picked.head(Some(rows.head)), picked.tail(Some(rows.tail))];
        Ok(concat(ends.map(IntoLazy::lazy), UnionArgs::default())?.collect()?)
    }

    /// What is shown as CSV, with all digits.
    ///
    /// # Errors
    /// As for [`FrameExt::to_csv`].
    pub fn csv(&self) -> Result<String, FrameError> {
        self.frame()?.to_csv()
    }

    /// What is shown as a JSON array of objects.
    ///
    /// # Errors
    /// As for [`FrameExt::to_json`].
    pub fn json(&self) -> Result<String, FrameError> {
        self.frame()?.to_json()
    }
}

impl Show for View {
    fn show(&self) -> MimeBundle {
        table(&Grid::of_frame(&self.frame, self.limits))
    }
}
