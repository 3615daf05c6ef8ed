//! How the prediction changes when one column is set to a value in all rows:
//! partial dependence, and for single rows the individual expectations (ICE).

use std::fmt::Write;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use ndarray::Array3;
use polars::prelude::{AnyValue, Column, DataFrame, DataType, Scalar, Series, SortOptions};

use super::COLORS;
use crate::columns::Kind;
use crate::model::parallel;
use crate::pending::pending;
use crate::pipeline::FittedPipeline;
use crate::target::Task;
use crate::{MlError, columns};

/// A curve that is being set up; [`run`](Self::run) computes it.
///
/// ```
/// use ferrite_ml::{LinearRegression, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["x" => [0.0, 1.0, 2.0, 3.0], "y" => [1.0, 3.0, 5.0, 7.0]]?;
/// let fitted = Pipeline::new().model(LinearRegression::new()).fit(&frame, "y")?;
/// let curve = fitted.partial_dependence(&frame, "x").individual(2).run()?;
/// let table = curve.frame()?; // x, y
/// assert!((table.column("y")?.f64()?.get(2).unwrap_or(0.0) - 5.0).abs() < 1e-9);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .run() to compute the curve"]
pub struct PartialDependence {
    fitted: FittedPipeline,
    frame: DataFrame,
    column: String,
    resolution: usize,
    individual: usize,
}

/// The mean prediction, or the mean probability of each class, for each value
/// of a column.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, knn};
/// use polars::df;
///
/// let frame = df!["x" => [1, 2, 8, 9], "y" => ["a", "a", "b", "b"]]?;
/// let fitted = Pipeline::new().model(knn(1)).fit(&frame, "y")?;
/// let curve = fitted.partial_dependence(&frame, "x").run()?;
/// assert_eq!(curve.outputs(), ["a", "b"]);
/// assert_eq!(curve.frame()?.column("b")?.f64()?.get(3), Some(1.0));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dependence {
    column: String,
    grid: Series,
    outputs: Vec<String>,
    /// For each value of the grid, each row and each output.
    each: Array3<f64>,
    /// How many rows are drawn one by one.
    individual: usize,
    unit: &'static str,
}

/// Text columns of more values are cut off.
const MOST_LEVELS: usize = 50;

impl FittedPipeline {
    /// Sets a column to one value after the other, in all rows of a frame, and
    /// predicts.
    pub fn partial_dependence(&self, frame: &DataFrame, column: &str) -> PartialDependence {
        PartialDependence {
            fitted: self.clone(),
            frame: frame.clone(),
            column: column.to_owned(),
            resolution: 50,
            individual: 0,
        }
    }
}

impl PartialDependence {
    /// The most values of a column of numbers; 50 unless set.
    pub fn resolution(mut self, values: usize) -> Self {
        self.resolution = values;
        self
    }

    /// Draws the curves of this many rows as well (ICE), from all of the frame; none
    /// unless set.
    pub fn individual(mut self, rows: usize) -> Self {
        self.individual = rows;
        self
    }

    /// Predicts for all values, on all cores.
    pub fn run(&self) -> Result<Dependence, MlError> {
        crate::model::recipe::at_least_two("partial_dependence", "resolution", self.resolution)?;
        if self.frame.height() == 0 {
            return Err(MlError::NoRows {
                purpose: "predict",
                reason: "the frame is empty".to_owned(),
            });
        }
        if !self
            .fitted
            .input_schema()
            .names()
            .contains(&self.column.as_str())
        {
            columns::column(&self.frame, &self.column)?;
            return Err(MlError::Unable {
                model: "partial_dependence",
                reason: format!("the pipeline does not read the column \"{}\"", self.column),
            });
        }
        let column = columns::column(&self.frame, &self.column)?.as_materialized_series();
        let grid = self.grid(column)?;
        let regression = self.fitted.task() == Task::Regression;
        let predictions = parallel::try_map(grid.len(), |at| {
            let value = grid.get(at)?.into_static();
            let mut frame = self.frame.clone();
            let scalar = Scalar::new(grid.dtype().clone(), value);
            frame.with_column(Column::new_scalar(
                self.column.as_str().into(),
                scalar,
                frame.height(),
            ))?;
            self.predict(&frame, regression)
        })?;
        let outputs = match (regression, self.fitted.classes()) {
            (false, Some(classes)) => classes.to_vec(),
            _ => vec![self.fitted.target().to_owned()],
        };
        let shape = (grid.len(), self.frame.height(), outputs.len());
        let each = Array3::from_shape_fn(shape, |(at, row, output)| predictions[at][output][row]);
        Ok(Dependence {
            column: self.column.clone(),
            grid,
            outputs,
            each,
            individual: self.individual,
            unit: if regression {
                "prediction"
            } else {
                "probability"
            },
        })
    }

    /// A list for each output, with a number for each row.
    fn predict(&self, frame: &DataFrame, regression: bool) -> Result<Vec<Vec<f64>>, MlError> {
        if regression {
            let predicted = self.fitted.predict(frame)?.into_frame();
            let name = predicted.columns()[0].name().to_string();
            let numbers = columns::numbers(&predicted, &name)?;
            return Ok(vec![
                numbers.into_iter().map(|n| n.unwrap_or(f64::NAN)).collect(),
            ]);
        }
        let shares = self.fitted.predict_proba(frame)?;
        columns::names(&shares)
            .iter()
            .map(|name| {
                let share = columns::numbers(&shares, name)?;
                Ok(share.into_iter().map(|s| s.unwrap_or(f64::NAN)).collect())
            })
            .collect()
    }

    /// Values of the column's own type: all of them if they are few, else even
    /// steps between the 5th and the 95th part of a hundred.
    fn grid(&self, column: &Series) -> Result<Series, MlError> {
        let is_number = Kind::of(column.dtype()) == Kind::Number;
        let present = column.drop_nulls();
        let distinct = present.unique()?.sort(SortOptions::default())?;
        if distinct.is_empty() {
            return Err(MlError::EmptyColumn {
                column: self.column.clone(),
                statistic: "curve",
            });
        }
        if !is_number {
            return Ok(distinct.head(Some(MOST_LEVELS)));
        }
        if distinct.len() <= self.resolution {
            return Ok(distinct);
        }
        let frame = present.into_frame();
        let mut numbers: Vec<f64> = columns::numbers(&frame, &self.column)?
            .into_iter()
            .flatten()
            .collect();
        numbers.sort_unstable_by(f64::total_cmp);
        let at = |part: f64| numbers[((numbers.len() - 1) as f64 * part).round() as usize];
        let (low, high) = (at(0.05), at(0.95));
        let step = (high - low) / (self.resolution - 1) as f64;
        let even: Vec<f64> = (0..self.resolution)
            .map(|i| low + step * i as f64)
            .collect();
        let even = Series::from_iter(even).with_name(column.name().clone());
        let typed = even.cast(column.dtype())?;
        Ok(typed.unique()?.sort(SortOptions::default())?)
    }
}

impl Dependence {
    /// The classes, or the target.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// The values of the column, and for each output the mean over all rows.
    pub fn frame(&self) -> Result<DataFrame, MlError> {
        let mut table = vec![self.grid.clone().into()];
        for (output, name) in self.outputs.iter().enumerate() {
            let mut name = name.clone();
            if name == self.column {
                name.push_str("_predicted");
            }
            table.push(Column::new(name.into(), self.means(output)));
        }
        columns::assemble(self.grid.len(), table)
    }

    /// The curve of each row (ICE): `row`, the column, and a column for each output.
    pub fn individual_frame(&self) -> Result<DataFrame, MlError> {
        let (values, rows, _) = self.each.dim();
        let numbers: Vec<u32> = (0..rows).flat_map(|row| vec![row as u32; values]).collect();
        let mut grid = self.grid.clone();
        for _ in 1..rows {
            grid.append(&self.grid)?;
        }
        let mut table = vec![Column::new("row".into(), numbers), grid.into()];
        for (output, name) in self.outputs.iter().enumerate() {
            let curve = |row: usize| (0..values).map(move |at| self.each[[at, row, output]]);
            let column: Vec<f64> = (0..rows).flat_map(curve).collect();
            let name = if *name == self.column {
                format!("{name}_predicted")
            } else {
                name.clone()
            };
            table.push(Column::new(name.into(), column));
        }
        columns::assemble(values * rows, table)
    }

    fn means(&self, output: usize) -> Vec<f64> {
        let (values, rows, _) = self.each.dim();
        let mean = |at: usize| {
            (0..rows)
                .map(|row| self.each[[at, row, output]])
                .sum::<f64>()
                / rows as f64
        };
        (0..values).map(mean).collect()
    }

    fn title(&self) -> String {
        format!("mean {} by {}", self.unit, self.column)
    }

    /// Whether values lie between those of the grid.
    fn is_numeric(&self) -> bool {
        Kind::of(self.grid.dtype()) == Kind::Number
    }

    /// The place of each value of the grid along the x axis, 0 to 1.
    fn places(&self) -> Vec<f64> {
        let even = |count: usize| {
            (0..count)
                .map(|i| i as f64 / (count.max(2) - 1) as f64)
                .collect()
        };
        if !self.is_numeric() {
            // Each in the middle of its part.
            let count = self.grid.len() as f64;
            return (0..self.grid.len())
                .map(|i| (i as f64 + 0.5) / count)
                .collect();
        }
        let numbers = self.grid.cast(&DataType::Float64).ok();
        let numbers: Vec<f64> = numbers
            .as_ref()
            .and_then(|numbers| numbers.f64().ok())
            .map(|numbers| numbers.iter().flatten().collect())
            .unwrap_or_default();
        match (numbers.first(), numbers.last()) {
            (Some(low), Some(high)) if high > low => numbers
                .iter()
                .map(|value| (value - low) / (high - low))
                .collect(),
            _ => even(self.grid.len()),
        }
    }

    /// Round numbers along the x axis with their places, or the values of a grid that
    /// has none.
    fn ticks(&self) -> Vec<(f64, String)> {
        let ends = |at: usize| {
            self.grid
                .get(at)
                .ok()
                .and_then(|value| value.try_extract().ok())
        };
        if self.is_numeric()
            && let (Some(low), Some(high)) = (ends(0), ends(self.grid.len().saturating_sub(1)))
            && high > low
        {
            return round_numbers(low, high);
        }
        // A few labels, the first one among them.
        let every = self.grid.len().div_ceil(6).max(1);
        self.places()
            .into_iter()
            .enumerate()
            .step_by(every)
            .map(|(at, place)| {
                let value = self.grid.get(at);
                (place, value.map_or(String::new(), |value| label(&value)))
            })
            .collect()
    }

    /// The rows that are drawn one by one: from the whole frame, which may be sorted.
    fn shown(&self) -> Vec<usize> {
        let rows = self.each.dim().1;
        let count = self.individual.min(rows);
        (0..count).map(|number| number * rows / count).collect()
    }

    fn svg(&self) -> String {
        const SIZE: (f64, f64) = (640.0, 300.0);
        const MARGIN: (f64, f64, f64, f64) = (56.0, 14.0, 130.0, 40.0); // left, top, right, bottom
        let shown = self.shown();
        let all: Vec<Vec<f64>> = (0..self.outputs.len())
            .map(|output| self.means(output))
            .collect();
        let drawn = self.each.select(ndarray::Axis(1), &shown);
        let values = || all.iter().flatten().copied().chain(drawn.iter().copied());
        let (mut low, mut high) = (
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
        );
        if self.unit == "probability" {
            (low, high) = (low.min(0.0), high.max(1.0));
        }
        if high <= low {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let (width, height) = (SIZE.0 - MARGIN.0 - MARGIN.2, SIZE.1 - MARGIN.1 - MARGIN.3);
        let x = |place: f64| MARGIN.0 + place * width;
        let y = |value: f64| MARGIN.1 + (high - value) / (high - low) * height;
        let places = self.places();
        let path = |curve: &dyn Fn(usize) -> f64| {
            let mut path = String::new();
            for (at, place) in places.iter().enumerate() {
                let letter = if at == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{letter}{:.1} {:.1}", x(*place), y(curve(at)));
            }
            path
        };
        let mut svg = format!(
            "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" aria-label=\"{2}\" \
             style=\"max-width:100%;font-size:12px\">",
            SIZE.0,
            SIZE.1,
            escape(&self.title())
        );
        for (share, written) in round_numbers(low, high) {
            let value = low + (high - low) * share;
            let _ = write!(
                svg,
                "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{3:.1}\" y2=\"{3:.1}\" stroke=\"var(--fe-line)\"/>\
                 <text x=\"{2:.1}\" y=\"{4:.1}\" text-anchor=\"end\" fill=\"var(--fe-dim)\">{5}</text>",
                x(0.0),
                x(1.0),
                x(0.0) - 6.0,
                y(value),
                y(value) + 4.0,
                written,
            );
        }
        for (place, label) in self.ticks() {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"var(--fe-dim)\">{}</text>",
                x(place),
                SIZE.1 - MARGIN.3 + 16.0,
                escape(&label),
            );
        }
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"currentColor\">{}</text>",
            x(0.5),
            SIZE.1 - 6.0,
            escape(&self.column),
        );
        for (output, name) in self.outputs.iter().enumerate() {
            let color = COLORS[output % COLORS.len()];
            for &row in &shown {
                let curve = path(&|at| self.each[[at, row, output]]);
                let _ = write!(
                    svg,
                    "<path d=\"{curve}\" fill=\"none\" stroke=\"{color}\" stroke-opacity=\"0.25\"/>"
                );
            }
            if self.is_numeric() {
                let curve = path(&|at| all[output][at]);
                let _ = write!(
                    svg,
                    "<path d=\"{curve}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2.5\"><title>{}</title></path>",
                    escape(name),
                );
            } else {
                // Nothing lies between two levels, so no line does; outputs stand side by side.
                let beside = 12.0 * (output as f64 - (self.outputs.len() as f64 - 1.0) / 2.0);
                for (place, mean) in places.iter().zip(&all[output]) {
                    let _ = write!(
                        svg,
                        "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\" fill=\"{color}\"><title>{}: {}</title></circle>",
                        x(*place) + beside,
                        y(*mean),
                        escape(name),
                        short(*mean),
                    );
                }
            }
            let _ = write!(
                svg,
                "<rect x=\"{1:.1}\" y=\"{2:.1}\" width=\"10\" height=\"10\" fill=\"{color}\"/>\
                 <text x=\"{3:.1}\" y=\"{4:.1}\" fill=\"currentColor\">{0}</text>",
                escape(name),
                SIZE.0 - MARGIN.2 + 14.0,
                MARGIN.1 + 18.0 * output as f64,
                SIZE.0 - MARGIN.2 + 30.0,
                MARGIN.1 + 18.0 * output as f64 + 9.0,
            );
        }
        svg + "</svg>"
    }
}

/// Some five round numbers between two others, with their places from 0 to 1.
fn round_numbers(low: f64, high: f64) -> Vec<(f64, String)> {
    // What sums of probabilities lie above 1 does not make steps coarser.
    let rough = (high - low) / 5.0 * (1.0 - 1e-9);
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(rough);
    let digits = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    let first = (low / step).ceil();
    // The bound is for ranges beyond the precision of numbers.
    (0..10)
        .map(|number| (first + f64::from(number)) * step)
        .take_while(|value| *value <= high + step * 1e-9)
        .map(|value| {
            // No minus before a zero.
            let value = if value.abs() < step * 1e-6 {
                0.0
            } else {
                value
            };
            ((value - low) / (high - low), format!("{value:.digits$}"))
        })
        .collect()
}

fn short(value: f64) -> String {
    let digits = if value.abs() >= 100.0 { 0 } else { 2 };
    format!("{value:.digits$}")
}

fn label(value: &AnyValue) -> String {
    match value {
        AnyValue::Float64(value) => short(*value),
        AnyValue::Float32(value) => short(f64::from(*value)),
        value => value.str_value().into_owned(),
    }
}

impl Show for Dependence {
    fn show(&self) -> MimeBundle {
        let title = self.title();
        let mut text = title.clone();
        for (at, name) in self.outputs.iter().enumerate() {
            let means = self.means(at);
            let low = means.iter().copied().fold(f64::INFINITY, f64::min);
            let high = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let _ = write!(text, "\n{name}: {} to {}", short(low), short(high));
        }
        let html = format!(
            "<div class=\"shape\">{}</div>{}",
            escape(&title),
            self.svg()
        );
        MimeBundle::text(text).html(card(&html))
    }
}

pending!(PartialDependence, "a partial dependence", ".run()?");

#[cfg(test)]
mod tests {
    use super::round_numbers;

    #[test]
    fn a_rounding_error_does_not_make_steps_coarser() {
        let written = |high: f64| -> Vec<String> {
            let numbers = round_numbers(0.0, high).into_iter();
            numbers.map(|(_, label)| label).collect()
        };
        assert_eq!(written(1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(written(1.0 + 1e-12), written(1.0));
        assert_eq!(written(30.0), ["0", "10", "20", "30"]);
    }
}
