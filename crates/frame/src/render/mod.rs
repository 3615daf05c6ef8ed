//! Frames, columns, plans and arrays become something to look at.
//!
//! Everything that is shown as a table is first cut to a [`grid::Grid`] of
//! finished texts: which rows and columns, with how many digits. Two writers
//! then draw the same grid, as HTML and for terminals, so both always say
//! the same. What is long or wide is cut in the middle, and the line below
//! the table says how large it really is.

mod array;
mod grid;
mod groups;
mod html;
pub mod number;
mod rows;
mod stacked;
mod text;
mod tree;
mod view;

use ferrite_display::MimeBundle;
use ferrite_display::html::{card, escape};
use polars::prelude::{Column, DataFrame, IntoColumn, LazyFrame, Series};

pub use array::{Scalar, array, array1, array2};
use grid::{Grid, Limits};
pub use grid::{counted, grouped};
pub use groups::{group_by, lazy_group_by, schema};
pub use rows::rows;
pub use stacked::{MOST_STACKED, stacked};
pub use text::width as text_width;
pub use tree::json;
pub use view::View;

/// A frame as a table: names and types above, nulls and NaN marked, at most
/// twelve rows and sixteen columns.
///
/// ```
/// use polars::prelude::*;
///
/// let frame = df!("name" => ["Ada", "Bo"], "mass" => [Some(3.5), None])?;
/// let shown = ferrite_frame::render::frame(&frame);
/// assert_eq!(
///     shown.get("text/plain"),
///     Some("name  mass\nstr    f64\n──────────\nAda    3.5\nBo    null\n2 rows × 2 columns")
/// );
/// # Ok::<(), PolarsError>(())
/// ```
pub fn frame(frame: &DataFrame) -> MimeBundle {
    table(&Grid::of_frame(frame, Limits::default()))
}

/// A series as a table with one column; see [`frame`].
///
/// ```
/// use polars::prelude::*;
///
/// let shown = ferrite_frame::render::series(&Series::new("x".into(), [1.5, 2.0]));
/// assert!(shown.get("text/plain").is_some_and(|text| text.ends_with("2 values")));
/// # Ok::<(), PolarsError>(())
/// ```
pub fn series(series: &Series) -> MimeBundle {
    column(&series.clone().into_column())
}

/// A column as a table with one column; see [`frame`].
///
/// ```
/// let penguins = ferrite_frame::datasets::penguins()?;
/// let shown = ferrite_frame::render::column(penguins.column("sex")?);
/// assert!(shown.get("text/plain").is_some_and(|text| text.contains("344 values, 11 null")));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
pub fn column(column: &Column) -> MimeBundle {
    table(&Grid::of_column(column))
}

/// What a lazy frame is going to do: the optimized plan, read from the
/// bottom to the top. A plan that cannot work, for instance because a column
/// does not exist, is shown as the error that running it would give.
///
/// ```
/// use polars::prelude::*;
///
/// let plan = df!("a" => [1, 2])?.lazy().filter(col("a").gt(lit(1)));
/// let shown = ferrite_frame::render::lazy_frame(&plan);
/// assert!(shown.get("text/plain").is_some_and(|text| text.contains("FILTER")));
/// # Ok::<(), PolarsError>(())
/// ```
pub fn lazy_frame(lazy: &LazyFrame) -> MimeBundle {
    let (plan, note) = match lazy.explain(true) {
        Ok(plan) => (plan, "a plan, nothing has run yet; .collect()? runs it"),
        Err(error) => (format!("error: {error}"), "this plan cannot run"),
    };
    let plan = plan.trim_end();
    MimeBundle::text(format!("{plan}\n{note}")).html(card(&format!(
        "<pre>{}</pre><div class=\"shape\">{note}</div>",
        escape(plan)
    )))
}

fn table(grid: &Grid) -> MimeBundle {
    MimeBundle::text(text::write(grid)).html(card(&html::write(grid)))
}
