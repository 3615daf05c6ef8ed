//! A chart in the coordinates of its data: axes, a legend and layers of marks.
//! The kinds of chart make a [`Plot`]; facets and pair plots put several side
//! by side as a [`Figure`]; `layout` gives it a place in pixels.

use crate::axis::Axis;
use crate::palette::{Paint, Ramp};

/// What is to be drawn into one pair of axes.
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

/// One or more plots in rows and columns, with one legend.
pub(crate) struct Figure {
    /// Row by row; a place may stay empty.
    pub panels: Vec<Option<Panel>>,
    pub columns: usize,
    /// Titles below and beside all panels, in place of the panels' own.
    pub x_title: String,
    pub y_title: String,
    pub legend: Legend,
    pub notes: Vec<String>,
    pub drawn: String,
}

/// One pair of axes of a figure.
pub(crate) struct Panel {
    /// What stands above it, if anything.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub layers: Vec<Layer>,
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
        color: Paint,
        width: f64,
        opacity: f64,
        style: Stroke,
    },
    /// What lies between two curves: where, from and to.
    Band {
        points: Vec<(f64, f64, f64)>,
        color: Paint,
        opacity: f64,
        /// Whether the curves run along x, as usual, or along y.
        along_x: bool,
    },
    /// Separate straight lines: whiskers, medians, branches.
    Segments {
        segments: Vec<[(f64, f64); 2]>,
        color: Paint,
        width: f64,
        style: Stroke,
    },
    /// With `gap` pixels between those that touch.
    Bars {
        bars: Vec<Bar>,
        opacity: f64,
        gap: f64,
    },
    /// Cells at the crossings of two axes of categories.
    Cells(Vec<Cell>),
    /// A picture of coloured cells, the first row at the top.
    Image {
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        colors: Vec<Paint>,
        opacity: f64,
    },
    /// Texts beside marks, of which each has `room` along the axis of
    /// categories, if that is known; all are left out when one is too long.
    Labels {
        labels: Vec<Label>,
        room: Option<f64>,
    },
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    Plain,
    /// With a rim in the colour of the page, to be seen on top of points.
    Halo,
    /// For what is no data: a diagonal, a threshold.
    Dashed,
}

/// A dot.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub x: f64,
    pub y: f64,
    pub color: Paint,
}

/// A rectangle between two corners.
pub(crate) struct Bar {
    pub x: (f64, f64),
    pub y: (f64, f64),
    pub color: Paint,
    pub tip: String,
}

/// A coloured cell with lines of text, as many as there is room for.
pub(crate) struct Cell {
    pub column: usize,
    pub row: usize,
    pub color: Paint,
    pub lines: Vec<String>,
    pub tip: String,
}

/// A text beside a place.
pub(crate) struct Label {
    pub x: f64,
    pub y: f64,
    pub text: String,
    pub side: Side,
}

/// On which side of its place a label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Above,
    Below,
    Left,
    Right,
}

/// The key to the colours.
#[derive(Clone)]
pub(crate) enum Legend {
    None,
    Groups {
        title: String,
        entries: Vec<(String, Paint)>,
        key: Key,
    },
    Ramp {
        title: String,
        lo: f64,
        hi: f64,
        ramp: Ramp,
        /// What stands at its ends in place of numbers.
        words: Option<[&'static str; 2]>,
    },
}

/// What stands beside a name in the legend: what its marks look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Area,
    Line,
    Dot,
}

impl Legend {
    /// The same with another key.
    pub fn keyed(mut self, wanted: Key) -> Legend {
        if let Legend::Groups { key, .. } = &mut self {
            *key = wanted;
        }
        self
    }
}

impl Plot {
    /// The same with x and y exchanged, the first category at the top.
    pub fn turned(self) -> Plot {
        let layers = self.layers.into_iter().map(Layer::turned).collect();
        let mut y = self.x;
        if y.categories.is_some() {
            y = y.flipped();
        }
        Plot {
            x: self.y,
            y,
            layers,
            ..self
        }
    }
}

impl From<Plot> for Figure {
    fn from(plot: Plot) -> Figure {
        Figure {
            panels: vec![Some(Panel {
                title: String::new(),
                x: plot.x,
                y: plot.y,
                layers: plot.layers,
            })],
            columns: 1,
            x_title: String::new(),
            y_title: String::new(),
            legend: plot.legend,
            notes: plot.notes,
            drawn: plot.drawn,
        }
    }
}

impl Layer {
    fn turned(self) -> Layer {
        let swap = |(x, y): (f64, f64)| (y, x);
        match self {
            Layer::Points {
                mut points,
                radius,
                opacity,
            } => {
                for point in &mut points {
                    (point.x, point.y) = (point.y, point.x);
                }
                Layer::Points {
                    points,
                    radius,
                    opacity,
                }
            }
            Layer::Path {
                points,
                color,
                width,
                opacity,
                style,
            } => Layer::Path {
                points: points.into_iter().map(swap).collect(),
                color,
                width,
                opacity,
                style,
            },
            Layer::Band {
                points,
                color,
                opacity,
                along_x,
            } => Layer::Band {
                points,
                color,
                opacity,
                along_x: !along_x,
            },
            Layer::Segments {
                segments,
                color,
                width,
                style,
            } => Layer::Segments {
                segments: segments.into_iter().map(|ends| ends.map(swap)).collect(),
                color,
                width,
                style,
            },
            Layer::Bars { bars, opacity, gap } => {
                let turn = |bar: Bar| Bar {
                    x: bar.y,
                    y: bar.x,
                    ..bar
                };
                Layer::Bars {
                    bars: bars.into_iter().map(turn).collect(),
                    opacity,
                    gap,
                }
            }
            Layer::Cells(cells) => {
                let turn = |cell: Cell| Cell {
                    column: cell.row,
                    row: cell.column,
                    ..cell
                };
                Layer::Cells(cells.into_iter().map(turn).collect())
            }
            Layer::Image {
                x,
                y,
                columns,
                colors,
                opacity,
            } => Layer::Image {
                x,
                y,
                columns,
                colors,
                opacity,
            },
            Layer::Labels { labels, room } => {
                let turn = |label: Label| Label {
                    x: label.y,
                    y: label.x,
                    side: label.side.turned(),
                    ..label
                };
                Layer::Labels {
                    labels: labels.into_iter().map(turn).collect(),
                    room,
                }
            }
        }
    }
}

impl Side {
    fn turned(self) -> Side {
        match self {
            Side::Above => Side::Right,
            Side::Below => Side::Left,
            Side::Left => Side::Below,
            Side::Right => Side::Above,
        }
    }
}
