//! Heatmaps: a coloured cell for each pair of a row and a column.

use ferrite_frame::FrameExt;
use ferrite_frame::convert;
use polars::prelude::DataFrame;

use super::counted;
use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::palette::{HOLE, Ramp};
use crate::plot::{Cell, Layer, Legend, Plot};
use crate::ticks::alike;

/// More cells than this make a file that no browser likes to show.
const MOST_CELLS: usize = 20_000;

/// Labelled values, as they were given.
#[derive(Clone)]
pub(crate) struct Matrix {
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    pub values: Vec<Vec<f64>>,
}

impl Matrix {
    fn check(&self) -> Result<(), ChartError> {
        let (rows, columns) = (self.rows.len(), self.columns.len());
        let message = if self.values.len() != rows {
            let labels = counted(rows, "row label");
            format!(
                "{labels} for {}",
                counted(self.values.len(), "row of values")
            )
        } else if let Some((row, found)) = self
            .values
            .iter()
            .map(Vec::len)
            .enumerate()
            .find(|(_, length)| *length != columns)
        {
            let labels = counted(columns, "column label");
            format!("{labels}, but row {row} has {}", counted(found, "value"))
        } else {
            return check_size(rows, columns);
        };
        Err(ChartError::Shape { message })
    }

    fn cells(&self, cell: impl Fn(usize, f64) -> (Option<f64>, Vec<String>), ramp: Ramp) -> Layer {
        let mut cells = Vec::with_capacity(self.rows.len() * self.columns.len());
        for (row, values) in self.values.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                let (share, lines) = cell(row, *value);
                let (one, other) = (&self.rows[row], &self.columns[column]);
                let color = share.map_or(HOLE, |share| ramp.at(share));
                let tip = format!("{one}, {other}: {}", lines.join(", "));
                cells.push(Cell {
                    column,
                    row,
                    color,
                    lines,
                    tip,
                });
            }
        }
        Layer::Cells(cells)
    }

    fn axes(&self, x: &str, y: &str) -> (Axis, Axis) {
        // The first row is the top one, as in a table.
        let y = Axis::of_categories(y, self.rows.clone()).flipped();
        (Axis::of_categories(x, self.columns.clone()), y)
    }
}

/// Refuses what has no cells or too many.
pub(crate) fn check_size(rows: usize, columns: usize) -> Result<(), ChartError> {
    let message = match rows * columns {
        0 => "a heatmap without cells".to_owned(),
        cells if cells > MOST_CELLS => {
            format!("{rows} × {columns} cells are more than the {MOST_CELLS} that can be drawn")
        }
        _ => return Ok(()),
    };
    Err(ChartError::Shape { message })
}

/// Values as colours: from light to dark or, if they lie on both sides of
/// zero, in two hues.
pub(crate) fn heatmap(matrix: &Matrix) -> Result<Plot, ChartError> {
    matrix.check()?;
    let known = || {
        matrix
            .values
            .iter()
            .flatten()
            .copied()
            .filter(|value| drawable(*value))
    };
    let (lo, hi) = (
        known().fold(f64::MAX, f64::min),
        known().fold(f64::MIN, f64::max),
    );
    if lo > hi {
        return Err(ChartError::Empty {
            reason: "no cell has a value".to_owned(),
        });
    }
    let (lo, hi, ramp) = if lo < 0.0 && hi > 0.0 {
        let most = hi.max(-lo);
        (-most, most, Ramp::Diverging)
    } else if lo < hi {
        (lo, hi, Ramp::Blues)
    } else {
        (lo.min(0.0), hi.max(0.0), Ramp::Blues)
    };
    Ok(matrix.shaded((lo, hi), ramp, ""))
}

impl Matrix {
    /// Every value as a colour between the ends of a ramp.
    fn shaded(&self, (lo, hi): (f64, f64), ramp: Ramp, title: &str) -> Plot {
        let share = |value: f64| {
            if lo < hi {
                (value - lo) / (hi - lo)
            } else {
                0.0
            }
        };
        let known = || {
            self.values
                .iter()
                .flatten()
                .copied()
                .filter(|value| drawable(*value))
        };
        let number = alike(&known().collect::<Vec<_>>());
        let cell = |_, value: f64| {
            if drawable(value) {
                (Some(share(value)), vec![number(value)])
            } else {
                (None, Vec::new())
            }
        };
        let layers = vec![self.cells(cell, ramp)];
        let cells = self.rows.len() * self.columns.len();
        let holes = cells - known().count();
        let notes = match holes {
            0 => Vec::new(),
            1 => vec!["1 cell has no value".to_owned()],
            holes => vec![format!("{holes} cells have no value")],
        };
        let legend = Legend::Ramp {
            title: title.to_owned(),
            lo,
            hi,
            ramp,
            words: None,
        };
        let (x, y) = self.axes("", "");
        let drawn = format!("{} × {} cells", self.rows.len(), self.columns.len());
        Plot {
            x,
            y,
            layers,
            legend,
            notes,
            drawn,
        }
    }
}

/// The columns of numbers that were named; all of them if none were.
pub(crate) fn measures(frame: &DataFrame, names: &[String]) -> Result<Vec<String>, ChartError> {
    if names.is_empty() {
        let numeric = frame
            .columns()
            .iter()
            .filter(|column| convert::is_numeric(column.dtype()));
        return Ok(numeric.map(|column| column.name().to_string()).collect());
    }
    for name in names {
        frame.require(name)?;
    }
    Ok(names.to_vec())
}

/// Pearson's correlation of each pair of columns, over the rows that have both.
pub(crate) fn correlation(frame: &DataFrame, names: &[String]) -> Result<Plot, ChartError> {
    const MOST: usize = 60;
    let names = measures(frame, names)?;
    if names.len() < 2 {
        return Err(ChartError::Empty {
            reason: "a correlation matrix needs at least two columns of numbers".to_owned(),
        });
    }
    if names.len() > MOST {
        return Err(ChartError::Shape {
            message: format!(
                "{} columns are more than the {MOST} that can be drawn; name some",
                names.len()
            ),
        });
    }
    let columns = names
        .iter()
        .map(|name| column::numbers(frame, name, "a correlation", ""))
        .collect::<Result<Vec<_>, _>>()?;
    let mut values = vec![vec![1.0; names.len()]; names.len()];
    for row in 0..names.len() {
        for column in 0..=row {
            let pair = pearson(&columns[row], &columns[column]);
            (values[row][column], values[column][row]) = (pair, pair);
        }
    }
    let matrix = Matrix {
        rows: names.clone(),
        columns: names,
        values,
    };
    if !matrix
        .values
        .iter()
        .flatten()
        .any(|value| value.is_finite())
    {
        return Err(ChartError::Empty {
            reason: "no two columns have different values in the same rows".to_owned(),
        });
    }
    Ok(matrix.shaded((-1.0, 1.0), Ramp::Diverging, "correlation"))
}

/// NaN where either is constant, or fewer than two rows have both.
pub(crate) fn pearson(one: &[Option<f64>], other: &[Option<f64>]) -> f64 {
    let pairs = || {
        one.iter()
            .zip(other)
            .filter_map(|(a, b)| Some(((*a)?, (*b)?)))
    };
    let count = pairs().count() as f64;
    let (mut a_mean, mut b_mean) = (0.0, 0.0);
    for (a, b) in pairs() {
        a_mean += a / count;
        b_mean += b / count;
    }
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in pairs() {
        let (a, b) = (a - a_mean, b - b_mean);
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    // What differs in the last digits only is no variation.
    let varies = |squares: f64, mean: f64| squares > (1e-14 * mean).powi(2) * count;
    if !(varies(aa, a_mean) && varies(bb, b_mean)) {
        return f64::NAN;
    }
    (ab / (aa.sqrt() * bb.sqrt())).clamp(-1.0, 1.0)
}

/// Counts of predictions, each row shaded by its shares: classes of different
/// sizes can be compared, and the diagonal is each class' recall.
pub(crate) fn confusion(matrix: &Matrix) -> Result<Plot, ChartError> {
    matrix.check()?;
    let totals: Vec<f64> = matrix.values.iter().map(|row| row.iter().sum()).collect();
    let cell = |row: usize, count: f64| {
        let share = if totals[row] > 0.0 {
            count / totals[row]
        } else {
            0.0
        };
        let mut lines = vec![format!("{count}")];
        if count > 0.0 {
            lines.push(percent(share));
        }
        (Some(share), lines)
    };
    let layers = vec![matrix.cells(cell, Ramp::Blues)];
    let right: f64 = (0..matrix.rows.len())
        .map(|class| matrix.values[class][class])
        .sum();
    let all: f64 = totals.iter().sum();
    let drawn = format!("{right} of {all} rows predicted right");
    let legend = Legend::Ramp {
        title: "share of class".to_owned(),
        lo: 0.0,
        hi: 1.0,
        ramp: Ramp::Blues,
        words: None,
    };
    let (x, y) = matrix.axes("predicted", "true");
    Ok(Plot {
        x,
        y,
        layers,
        legend,
        notes: Vec::new(),
        drawn,
    })
}

fn drawable(value: f64) -> bool {
    value.is_finite() && value.abs() <= 1e150
}

/// Never 100 % for what is not all, nor 0 % for what is not nothing.
fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 99.0 && percent < 100.0 => ">99 %".to_owned(),
        percent if percent < 1.0 => "<1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_do_not_claim_too_much() {
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.999), ">99 %");
        assert_eq!(percent(0.004), "<1 %");
        assert_eq!(percent(0.125), "12 %");
    }
}
