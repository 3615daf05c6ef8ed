//! A chart in the coordinates of its data: axes, a legend and layers of marks.
//! The kinds of chart make one; `layout` gives it a place in pixels.

use crate::axis::Axis;
use crate::palette::{Ramp, Rgb};

/// What is to be drawn, before anything has a place in pixels.
pub(crate) struct Plot {
    pub x: Axis,
    pub y: Axis,
    /// From back to front.
    pub layers: Vec<Layer>,
    pub legend: Legend,
    /// Sentences under the title: what was left out.
    pub notes: Vec<String>,
    /// What is drawn, as in "342 points".
    pub drawn: String,
}

/// Marks of one sort.
pub(crate) enum Layer {
    Points {
        points: Vec<Point>,
        radius: f64,
        opacity: f64,
    },
    Path {
        points: Vec<(f64, f64)>,
        color: Rgb,
        width: f64,
        opacity: f64,
        halo: bool,
    },
    /// With `gap` pixels between those that touch.
    Bars {
        bars: Vec<Bar>,
        opacity: f64,
        gap: f64,
    },
    /// Cells at the crossings of two axes of categories.
    Cells(Vec<Cell>),
    /// Texts at the ends of bars, of which each has `room` on the x axis; all
    /// are left out when one is too long.
    Labels { labels: Vec<Label>, room: f64 },
}

/// A dot.
pub(crate) struct Point {
    pub x: f64,
    pub y: f64,
    pub color: Rgb,
}

/// A rectangle between two corners.
pub(crate) struct Bar {
    pub x: (f64, f64),
    pub y: (f64, f64),
    pub color: Rgb,
    pub tip: String,
}

/// A coloured cell with lines of text, as many as there is room for.
pub(crate) struct Cell {
    pub column: usize,
    pub row: usize,
    pub color: Rgb,
    pub lines: Vec<String>,
    pub tip: String,
}

/// A text above (or, for what lies below zero, below) a place.
pub(crate) struct Label {
    pub x: f64,
    pub y: f64,
    pub text: String,
    pub below: bool,
}

/// The key to the colours.
pub(crate) enum Legend {
    None,
    Groups {
        title: String,
        entries: Vec<(String, Rgb)>,
    },
    Ramp {
        title: String,
        lo: f64,
        hi: f64,
        ramp: Ramp,
    },
}
