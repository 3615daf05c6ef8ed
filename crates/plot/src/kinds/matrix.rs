//! Heatmaps: a coloured cell for each pair of a row and a column.

use super::counted;
use crate::axis::Axis;
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
        } else if rows * columns == 0 {
            "a heatmap without cells".to_owned()
        } else if rows * columns > MOST_CELLS {
            format!("{rows} × {columns} cells are more than the {MOST_CELLS} that can be drawn")
        } else {
            return Ok(());
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
    let share = |value: f64| {
        if lo < hi {
            (value - lo) / (hi - lo)
        } else {
            0.0
        }
    };
    let number = alike(&known().collect::<Vec<_>>());
    let cell = |_, value: f64| {
        if drawable(value) {
            (Some(share(value)), vec![number(value)])
        } else {
            (None, Vec::new())
        }
    };
    let layers = vec![matrix.cells(cell, ramp)];
    let cells = matrix.rows.len() * matrix.columns.len();
    let holes = cells - known().count();
    let notes = match holes {
        0 => Vec::new(),
        1 => vec!["1 cell has no value".to_owned()],
        holes => vec![format!("{holes} cells have no value")],
    };
    let legend = Legend::Ramp {
        title: String::new(),
        lo,
        hi,
        ramp,
    };
    let (x, y) = matrix.axes("", "");
    let drawn = format!("{} × {} cells", matrix.rows.len(), matrix.columns.len());
    Ok(Plot {
        x,
        y,
        layers,
        legend,
        notes,
        drawn,
    })
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
