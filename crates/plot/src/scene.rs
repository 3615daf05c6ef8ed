//! A finished picture: shapes and texts in pixels, which `svg` and `png` write
//! down. Everything that both have in common is decided before.

use crate::palette::Rgb;

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
        color: Rgb,
        opacity: f64,
        round: f64,
        tip: String,
    },
    Circles {
        circles: Vec<(f64, f64, Rgb)>,
        radius: f64,
        opacity: f64,
    },
    Path {
        points: Vec<(f64, f64)>,
        color: Rgb,
        width: f64,
        opacity: f64,
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
    pub color: Rgb,
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
    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), color: Rgb) {
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
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: Rgb) {
        self.marks.push(Mark::Path {
            points: vec![from, to],
            color,
            width: 1.0,
            opacity: 1.0,
        });
    }

    /// Adds a horizontal text that is centred on `y`.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, em: f64, color: Rgb, text: &str) {
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
}
