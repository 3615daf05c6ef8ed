//! Facets: the same chart once for each value of a column, on the same axes
//! and in the same colours, so that panels can be compared. Every kind reads
//! the whole frame for its scales and draws the rows of one panel.

use std::collections::HashMap;
use std::sync::Arc;

use polars::prelude::DataFrame;

use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::groups;
use crate::plot::{Figure, Panel, Plot};
use crate::request::{Kind, Options};

/// More panels than this are too small to see anything.
const MOST: usize = 30;

/// A panel for each value of a column.
pub(crate) fn facets(
    kind: &Kind,
    frame: &DataFrame,
    facet: &str,
    options: &Options,
) -> Result<Figure, ChartError> {
    let names = column::names(frame, facet)?;
    let whole = kind.plot(frame, options)?;
    let mut notes = whole.notes.clone();
    let values = values(&names, &mut notes);
    let mut plots = Vec::new();
    for value in &values {
        let only: Arc<[bool]> = names
            .iter()
            .map(|name| name.as_ref() == value.as_ref())
            .collect();
        let options = Options {
            only: Some(only),
            ..options.clone()
        };
        plots.push(kind.plot(frame, &options)?);
    }
    let (mut x, mut y) = (whole.x.clone(), whole.y.clone());
    common(&mut x, &plots, |plot| &plot.x);
    common(&mut y, &plots, |plot| &plot.y);
    let (x_title, y_title) = (x.full_title(), y.title.clone());
    (x.title, y.title) = (String::new(), String::new());
    // A name speaks for itself, a number or `true` does not.
    let speaks = column::is_text(frame, facet)?;
    let title = |value: &Option<String>| match value {
        Some(value) if speaks => value.clone(),
        Some(value) => format!("{facet}: {value}"),
        None => format!("{facet}: null"),
    };
    let panel = |(value, plot): (&Option<String>, Plot)| {
        Some(Panel {
            title: title(value),
            x: x.clone(),
            y: y.clone(),
            layers: plot.layers,
        })
    };
    let count = plots.len();
    Ok(Figure {
        panels: values.iter().zip(plots).map(panel).collect(),
        columns: options.facet_columns.unwrap_or(match count {
            0..=3 => count.max(1),
            4 => 2,
            5..=9 => 3,
            _ => 4,
        }),
        x_title,
        y_title,
        legend: whole.legend,
        notes,
        drawn: format!("{}, a panel for each {facet}", whole.drawn),
    })
}

/// The values in their order, null last; of too many, those with most rows.
fn values(names: &[Option<String>], notes: &mut Vec<String>) -> Vec<Option<String>> {
    let mut sizes: HashMap<&String, usize> = HashMap::new();
    for name in names.iter().flatten() {
        *sizes.entry(name).or_default() += 1;
    }
    let mut known: Vec<String> = sizes.keys().map(|name| (*name).clone()).collect();
    groups::sort(&mut known);
    let all = known.len();
    if all > MOST {
        let mut by_size = known.clone();
        by_size.sort_by_key(|name| std::cmp::Reverse(sizes[name]));
        by_size.truncate(MOST);
        known.retain(|name| by_size.contains(name));
        notes.push(format!("the {MOST} largest of {all} panels are drawn"));
    }
    let null = names.iter().any(Option::is_none) && all < MOST;
    known
        .into_iter()
        .map(Some)
        .chain(null.then_some(None))
        .collect()
}

/// One axis on which the marks of all panels have room. Names are the same in
/// all of them already; numbers reach as far as any panel does.
fn common(axis: &mut Axis, plots: &[Plot], of: fn(&Plot) -> &Axis) {
    let mut plots = plots.iter().map(of);
    if axis.is_named() {
        return;
    }
    if let Some(first) = plots.next() {
        *axis = first.clone();
        plots.for_each(|other| axis.join(other));
    }
}
