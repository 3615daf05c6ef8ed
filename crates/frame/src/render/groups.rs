//! What is not a table yet, or only describes one: groups and schemas.

use ferrite_display::MimeBundle;
use ferrite_display::html::{card, escape};
use polars::prelude::{
    DataFrame, GroupBy, IntoColumn, LazyGroupBy, NamedFrom, PolarsResult, Schema, Series, len,
};

use super::grid::{Grid, Limits, counted};
use super::table;

/// Groups of a frame: their keys and how many rows each has.
///
/// ```
/// let penguins = ferrite_frame::datasets::penguins()?;
/// let shown = ferrite_frame::render::group_by(&penguins.group_by_stable(["species"])?);
/// assert!(shown.get("text/plain").is_some_and(|text| text.contains("Gentoo      124")));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
pub fn group_by(groups: &GroupBy) -> MimeBundle {
    match sizes(groups) {
        Ok(sizes) => {
            let mut grid = Grid::of_frame(&sizes, Limits::default());
            let keys: Vec<&str> = sizes
                .columns()
                .iter()
                .take(sizes.width() - 1)
                .map(|key| key.name().as_str())
                .collect();
            grid.caption = format!(
                "{} by {} of {}; nothing is aggregated yet",
                counted(sizes.height(), "group", "groups"),
                keys.join(", "),
                counted(groups.df.height(), "row", "rows"),
            );
            table(&grid)
        }
        Err(error) => MimeBundle::text(error.to_string()),
    }
}

fn sizes(groups: &GroupBy) -> PolarsResult<DataFrame> {
    let mut columns = groups.keys();
    let mut name = "rows".to_owned();
    while columns.iter().any(|column| column.name() == name.as_str()) {
        name.push('_');
    }
    let counts = groups.get_groups().group_count();
    columns.push(counts.with_name(name.into()).into_column());
    DataFrame::new_infer_height(columns)
}

/// Groups of a plan: the plan so far, as if the rows of each were counted.
pub fn lazy_group_by(groups: &LazyGroupBy) -> MimeBundle {
    let plan = match groups.clone().agg([len()]).explain(true) {
        Ok(plan) => plan,
        Err(error) => format!("error: {error}"),
    };
    let note = "groups of a plan, nothing has run yet; .agg([…]) says what to make of them";
    MimeBundle::text(format!("{}\n{note}", plan.trim_end())).html(card(&format!(
        "<pre>{}</pre><div class=\"shape\">{note}</div>",
        escape(plan.trim_end())
    )))
}

/// The names and types of columns.
///
/// ```
/// let penguins = ferrite_frame::datasets::penguins()?;
/// let shown = ferrite_frame::render::schema(penguins.schema());
/// assert!(shown.get("text/plain").is_some_and(|text| text.ends_with("8 columns")));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
pub fn schema(schema: &Schema) -> MimeBundle {
    const MOST: usize = 200;
    let names: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
    let types: Vec<String> = schema.iter_values().map(ToString::to_string).collect();
    let described = DataFrame::new_infer_height(vec![
        Series::new("column".into(), names).into_column(),
        Series::new("type".into(), types).into_column(),
    ]);
    match described {
        Ok(described) => {
            let limits = Limits {
                rows: MOST,
                ..Limits::default()
            };
            let mut grid = Grid::of_frame(&described, limits);
            grid.columns
                .iter_mut()
                .for_each(|column| column.dtype.clear());
            grid.caption = counted(schema.len(), "column", "columns");
            table(&grid)
        }
        Err(error) => MimeBundle::text(error.to_string()),
    }
}
