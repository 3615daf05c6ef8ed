//! A finished picture: shapes and texts in pixels, which `svg` and `png` write
//! down. Everything that both have in common is decided before.

use std::sync::Arc;

use crate::palette::Paint;
use crate::raster::Pixmap;

/// A picture of a size, drawn from back to front.
pub(crate) struct Scene {
    pub width: f64,
    pub height: f64,
    /// For those who cannot see it.
    pub description: String,
    pub marks: Vec<Mark>,
}

/// One shape.
pub(crate) enum Mark {
    Rect {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        color: Paint,
        opacity: f64,
        round: f64,
        tip: String,
    },
    Circles {
        circles: Vec<(f64, f64, Paint)>,
        radius: f64,
        opacity: f64,
    },
    Path {
        points: Vec<(f64, f64)>,
        color: Paint,
        width: f64,
        opacity: f64,
        dashed: bool,
    },
    /// A filled shape without an edge.
    Polygon {
        points: Vec<(f64, f64)>,
        color: Paint,
        opacity: f64,
    },
    /// A picture in the picture.
    Image {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        image: Arc<Pixmap>,
        /// What stands there on a dark page, if the page decides.
        dark: Option<Arc<Pixmap>>,
    },
    Text(Text),
}

/// A line of text.
pub(crate) struct Text {
    /// Where its start, middle or end lies on the baseline.
    pub x: f64,
    pub y: f64,
    pub text: String,
    /// The font size in pixels.
    pub em: f64,
    pub color: Paint,
    pub anchor: Anchor,
    /// Degrees clockwise around (x, y).
    pub turn: f64,
}

/// Which part of a text lies at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Scene {
    /// Adds a plain rectangle.
    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), color: Paint) {
        self.marks.push(Mark::Rect {
            x,
            y,
            width,
            height,
            color,
            opacity: 1.0,
            round: 0.0,
            tip: String::new(),
        });
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: Paint) {
        self.marks.push(Mark::Path {
            points: vec![from, to],
            color,
            width: 1.0,
            opacity: 1.0,
            dashed: false,
        });
    }

    /// Adds a horizontal text that is centred on `y`.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, em: f64, color: Paint, text: &str) {
        // Digits and capitals reach 0.73 em above the baseline.
        let y = y + 0.365 * em;
        self.marks.push(Mark::Text(Text {
            x,
            y,
            text: text.to_owned(),
            em,
            color,
            anchor,
            turn: 0.0,
        }));
    }

    /// Adds all marks of another scene, moved to a place.
    pub fn place(&mut self, part: Scene, (dx, dy): (f64, f64)) {
        self.marks.extend(part.marks.into_iter().map(|mut mark| {
            mark.shift(dx, dy);
            mark
        }));
    }
}

impl Mark {
    fn shift(&mut self, dx: f64, dy: f64) {
        match self {
            Mark::Rect { x, y, .. } | Mark::Image { x, y, .. } => (*x, *y) = (*x + dx, *y + dy),
            Mark::Circles { circles, .. } => circles
                .iter_mut()
                .for_each(|(x, y, _)| (*x, *y) = (*x + dx, *y + dy)),
            Mark::Path { points, .. } | Mark::Polygon { points, .. } => points
                .iter_mut()
                .for_each(|(x, y)| (*x, *y) = (*x + dx, *y + dy)),
            Mark::Text(text) => (text.x, text.y) = (text.x + dx, text.y + dy),
        }
    }
}
