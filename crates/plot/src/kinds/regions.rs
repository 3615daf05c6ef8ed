//! Decision regions: what a model says at every place of two features, with
//! the rows that it should say it of.

use polars::prelude::{Column, DataFrame, Series};

use super::points::look;
use super::{counted, empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column::{self, Values};
use crate::error::ChartError;
use crate::groups::Groups;
use crate::palette::{NULL, Paint, Ramp};
use crate::plot::{Layer, Legend, Plot, Point};
use crate::request::Options;

/// Cells of the grid across and down.
const COLUMNS: usize = 200;
const ROWS: usize = 150;

/// What a model said, asked once when the chart was made.
pub(crate) struct Regions {
    pub x: String,
    pub y: String,
    pub class: String,
    /// One answer for each cell, row by row from the top, or why there is none.
    answers: Result<DataFrame, String>,
    axes: Option<(Axis, Axis)>,
}

impl Regions {
    /// Asks the model about a grid around the rows of a frame.
    pub fn ask(
        frame: &DataFrame,
        [x, y, class]: [&str; 3],
        model: &mut dyn FnMut(&DataFrame) -> Result<Series, String>,
    ) -> Regions {
        let axes = axes(frame, x, y).ok();
        let answers = match &axes {
            Some(axes) => grid(axes, x, y)
                .map_err(|error| error.to_string())
                .and_then(|grid| model(&grid))
                .and_then(|answers| {
                    let column = Column::from(answers.with_name(class.into()));
                    DataFrame::new_infer_height(vec![column]).map_err(|error| error.to_string())
                }),
            None => Ok(DataFrame::empty()),
        };
        Regions {
            x: x.to_owned(),
            y: y.to_owned(),
            class: class.to_owned(),
            answers,
            axes,
        }
    }
}

fn axes(frame: &DataFrame, x: &str, y: &str) -> Result<(Axis, Axis), ChartError> {
    let axis = |name: &str, role| {
        let values = column::numbers(frame, name, role, "")?;
        let around = Axis::around(name, values.into_iter().flatten(), Scale::Linear);
        let (lo, hi) = around.ends();
        Ok::<Axis, ChartError>(Axis::between(name, lo, hi, Scale::Linear))
    };
    Ok((axis(x, "the x axis")?, axis(y, "the y axis")?))
}

/// The middles of all cells as rows of a frame.
fn grid((x, y): &(Axis, Axis), x_name: &str, y_name: &str) -> Result<DataFrame, ChartError> {
    let across = |cell: usize| x.at(((cell % COLUMNS) as f64 + 0.5) / COLUMNS as f64);
    let up = |cell: usize| y.at(1.0 - ((cell / COLUMNS) as f64 + 0.5) / ROWS as f64);
    let xs: Vec<f64> = (0..COLUMNS * ROWS).map(across).collect();
    let ys: Vec<f64> = (0..COLUMNS * ROWS).map(up).collect();
    Ok(DataFrame::new_infer_height(vec![
        Column::new(x_name.into(), xs),
        Column::new(y_name.into(), ys),
    ])?)
}

/// The regions as a coloured ground, the rows as dots of their true class.
pub(crate) fn regions(
    regions: &Regions,
    frame: &DataFrame,
    options: &Options,
) -> Result<Plot, ChartError> {
    let Some((x_axis, y_axis)) = regions.axes.clone() else {
        // The same question again, for its error.
        axes(frame, &regions.x, &regions.y)?;
        return Err(empty(frame.height(), &[]));
    };
    let xs = column::numbers(frame, &regions.x, "the x axis", "")?;
    let ys = column::numbers(frame, &regions.y, "the y axis", "")?;
    let truth = column::names(frame, &regions.class)?;
    let places: Vec<(usize, f64, f64)> = xs
        .iter()
        .zip(&ys)
        .enumerate()
        .filter_map(|(index, (x, y))| Some((index, (*x)?, (*y)?)))
        .collect();
    let notes: Vec<String> = missing_note(frame.height() - places.len())
        .into_iter()
        .collect();
    if places.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let answers = regions
        .answers
        .as_ref()
        .map_err(|message| ChartError::Model {
            message: message.clone(),
        })?;
    if answers.height() != COLUMNS * ROWS {
        let (given, wanted) = (answers.height(), COLUMNS * ROWS);
        let message = format!("the model gave {given} answers for {wanted} rows");
        return Err(ChartError::Model { message });
    }
    let (colors, of_row, legend) = paint(regions, frame, answers, &truth)?;
    let (radius, opacity) = look(places.len());
    let points = places.iter().map(|(index, x, y)| Point {
        x: *x,
        y: *y,
        color: of_row[*index],
    });
    let layers = vec![
        Layer::Image {
            x: x_axis.ends(),
            y: y_axis.ends(),
            columns: COLUMNS,
            colors,
            opacity: 0.3,
        },
        Layer::Points {
            points: points.collect(),
            radius,
            opacity: options.alpha.unwrap_or(opacity.max(0.6)),
        },
    ];
    Ok(Plot {
        x: x_axis,
        y: y_axis,
        layers,
        legend,
        drawn: counted(places.len(), "point"),
        notes,
    })
}

type Painted = (Vec<Paint>, Vec<Paint>, Legend);

/// The colours of the cells and of the rows.
fn paint(
    regions: &Regions,
    frame: &DataFrame,
    answers: &DataFrame,
    truth: &[Option<String>],
) -> Result<Painted, ChartError> {
    let measured = answers
        .columns()
        .first()
        .is_some_and(|answers| answers.dtype().is_float());
    if measured
        && let Values::Numbers(cells) = column::read(answers, &regions.class)?
        && let Values::Numbers(rows) = column::read(frame, &regions.class)?
    {
        let all = || cells.iter().chain(&rows).flatten().copied();
        let (lo, hi) = (
            all().fold(f64::MAX, f64::min),
            all().fold(f64::MIN, f64::max),
        );
        let (lo, hi) = if lo < hi { (lo, hi) } else { (0.0, 1.0) };
        let color = |value: &Option<f64>| {
            value.map_or(NULL, |value| Ramp::Viridis.at((value - lo) / (hi - lo)))
        };
        let legend = Legend::Ramp {
            title: regions.class.clone(),
            lo,
            hi,
            ramp: Ramp::Viridis,
            words: None,
        };
        let of_row = rows.iter().map(color).collect();
        return Ok((cells.iter().map(color).collect(), of_row, legend));
    }
    let mut names = column::names(answers, &regions.class)?;
    names.extend_from_slice(truth);
    let groups = Groups::of(&regions.class, &names);
    let (cells, rows) = groups.of_row.split_at(COLUMNS * ROWS);
    let paints = |of: &[usize]| of.iter().map(|group| groups.colors[*group]).collect();
    Ok((paints(cells), paints(rows), groups.legend(|_| true)))
}
