//! A scene as a PNG file, twice as large as its size in pixels, so that it is
//! sharp on dense screens and in print.
//!
//! Plotters encodes the file and draws the letters. The shapes are drawn here:
//! every one of ours has a simple distance function, from which smooth edges
//! follow at subpixel places, where plotters' own shapes know whole pixels.

use plotters::prelude::{BitMapBackend, DrawingBackend};

use crate::error::ChartError;
use crate::fonts::{self, Mask};
use crate::palette::{Rgb, WHITE};
use crate::scene::{Anchor, Mark, Scene, Text};

/// Pixels of the file per pixel of the scene.
const SCALE: f64 = 2.0;

/// Draws the scene and writes the file.
pub(crate) fn save(scene: &Scene, path: &str) -> Result<(), ChartError> {
    let canvas = paint(scene);
    let failed = |message: String| ChartError::Write {
        path: path.to_owned(),
        message,
    };
    let size = (canvas.width as u32, canvas.height as u32);
    let mut file = BitMapBackend::new(path, size);
    file.blit_bitmap((0, 0), size, &canvas.pixels)
        .map_err(|e| failed(e.to_string()))?;
    file.present().map_err(|e| failed(e.to_string()))
}

fn paint(scene: &Scene) -> Canvas {
    let mut canvas = Canvas::new(scene.width * SCALE, scene.height * SCALE);
    for mark in &scene.marks {
        canvas.mark(mark);
    }
    canvas
}

struct Canvas {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel, row by row.
    pixels: Vec<u8>,
}

impl Canvas {
    fn new(width: f64, height: f64) -> Canvas {
        let (width, height) = (width.ceil() as usize, height.ceil() as usize);
        Canvas {
            width,
            height,
            pixels: vec![255; 3 * width * height],
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Rect {
                x,
                y,
                width,
                height,
                color,
                opacity,
                ..
            } => {
                let (left, right) = (x * SCALE, (x + width) * SCALE);
                let (top, bottom) = (y * SCALE, (y + height) * SCALE);
                self.fill((left, top), (right, bottom), *color, *opacity, |px, py| {
                    let across = (right.min(px + 0.5) - left.max(px - 0.5)).max(0.0);
                    let down = (bottom.min(py + 0.5) - top.max(py - 0.5)).max(0.0);
                    across * down
                });
            }
            Mark::Circles {
                circles,
                radius,
                opacity,
            } => {
                for (x, y, color) in circles {
                    self.circle((x * SCALE, y * SCALE), radius * SCALE, *color, *opacity);
                }
            }
            Mark::Path {
                points,
                color,
                width,
                opacity,
            } => {
                let points: Vec<_> = points.iter().map(|(x, y)| (x * SCALE, y * SCALE)).collect();
                self.path(&points, width * SCALE, *color, *opacity);
            }
            Mark::Text(text) => self.text(text),
        }
    }

    fn circle(&mut self, (x, y): (f64, f64), radius: f64, color: Rgb, opacity: f64) {
        // The white edge lies half inside and half outside, as in the SVG.
        let edge = 0.3 * SCALE;
        let disc =
            |radius: f64, px: f64, py: f64| (radius - (px - x).hypot(py - y) + 0.5).clamp(0.0, 1.0);
        let outer = radius + edge;
        let (low, high) = ((x - outer, y - outer), (x + outer, y + outer));
        self.fill(low, high, color, opacity, |px, py| disc(radius, px, py));
        self.fill(low, high, WHITE, opacity, |px, py| {
            disc(outer, px, py) - disc(radius - edge, px, py)
        });
    }

    /// Draws all segments at once, or a faint line would be darker where its
    /// segments meet.
    fn path(&mut self, points: &[(f64, f64)], width: f64, color: Rgb, opacity: f64) {
        let radius = width / 2.0;
        let low = points
            .iter()
            .fold((f64::MAX, f64::MAX), |a, b| (a.0.min(b.0), a.1.min(b.1)));
        let high = points
            .iter()
            .fold((f64::MIN, f64::MIN), |a, b| (a.0.max(b.0), a.1.max(b.1)));
        let (columns, rows) = self.within(
            (low.0 - radius, low.1 - radius),
            (high.0 + radius, high.1 + radius),
        );
        let mut coverage = vec![0.0f32; columns.len() * rows.len()];
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            let low = (from.0.min(to.0) - radius, from.1.min(to.1) - radius);
            let high = (from.0.max(to.0) + radius, from.1.max(to.1) + radius);
            let (near_columns, near_rows) = self.within(low, high);
            for row in near_rows {
                for column in near_columns.clone() {
                    let distance = distance((column as f64 + 0.5, row as f64 + 0.5), *from, *to);
                    let ink = (radius - distance + 0.5).clamp(0.0, 1.0) as f32;
                    let index = (row - rows.start) * columns.len() + column - columns.start;
                    coverage[index] = coverage[index].max(ink);
                }
            }
        }
        for (index, ink) in coverage
            .into_iter()
            .enumerate()
            .filter(|(_, ink)| *ink > 0.0)
        {
            let (row, column) = (index / columns.len(), index % columns.len());
            let pixel = (rows.start + row) * self.width + columns.start + column;
            self.blend(pixel, color, opacity * f64::from(ink));
        }
    }

    /// Looks up each pixel, turned back, in the text's mask.
    fn text(&mut self, text: &Text) {
        const FINE: f64 = 3.0;
        let mask = Mask::of(&text.text, text.em * SCALE * FINE);
        let width = fonts::width(&text.text, text.em * SCALE);
        let start = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let (x, y) = (text.x * SCALE, text.y * SCALE);
        let (sin, cos) = text.turn.to_radians().sin_cos();
        let (left, right) = (start - 1.0, start + mask.width as f64 / FINE);
        let (top, bottom) = (
            -mask.baseline / FINE,
            (mask.height as f64 - mask.baseline) / FINE,
        );
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
            .map(|(u, v)| (x + u * cos - v * sin, y + u * sin + v * cos));
        let low = corners
            .iter()
            .fold((f64::MAX, f64::MAX), |a, b| (a.0.min(b.0), a.1.min(b.1)));
        let high = corners
            .iter()
            .fold((f64::MIN, f64::MIN), |a, b| (a.0.max(b.0), a.1.max(b.1)));
        self.fill(low, high, text.color, 1.0, |px, py| {
            let mut ink = 0.0;
            for (dx, dy) in SAMPLES {
                let (across, down) = (px + dx - x, py + dy - y);
                let u = across * cos + down * sin - start;
                let v = down * cos - across * sin;
                ink += mask.at(u * FINE, v * FINE + mask.baseline);
            }
            ink / SAMPLES.len() as f64
        });
    }

    /// Blends a colour into a box, by the share that `coverage` gives for the
    /// middle of each pixel.
    fn fill(
        &mut self,
        low: (f64, f64),
        high: (f64, f64),
        color: Rgb,
        opacity: f64,
        coverage: impl Fn(f64, f64) -> f64,
    ) {
        let (columns, rows) = self.within(low, high);
        for row in rows {
            for column in columns.clone() {
                let ink = coverage(column as f64 + 0.5, row as f64 + 0.5).clamp(0.0, 1.0);
                if ink > 0.0 {
                    self.blend(row * self.width + column, color, opacity * ink);
                }
            }
        }
    }

    /// The columns and rows of pixels that a box touches.
    fn within(
        &self,
        low: (f64, f64),
        high: (f64, f64),
    ) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        // Casts from a negative number give zero, as wanted here.
        let range = |low: f64, high: f64, end: usize| {
            ((low - 1.0).floor() as usize).min(end)..((high + 1.0).ceil() as usize).min(end)
        };
        (
            range(low.0, high.0, self.width),
            range(low.1, high.1, self.height),
        )
    }

    fn blend(&mut self, index: usize, color: Rgb, share: f64) {
        let Some(pixel) = self.pixels.get_mut(3 * index..3 * index + 3) else {
            return;
        };
        for (old, new) in pixel.iter_mut().zip([color.0, color.1, color.2]) {
            let mixed = f64::from(*old) + (f64::from(new) - f64::from(*old)) * share;
            *old = mixed.round() as u8;
        }
    }
}

/// From a point to a segment.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let along = (to.0 - from.0, to.1 - from.1);
    let (x, y) = (point.0 - from.0, point.1 - from.1);
    let length = along.0 * along.0 + along.1 * along.1;
    let share = if length > 0.0 {
        ((x * along.0 + y * along.1) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (x - share * along.0).hypot(y - share * along.1)
}

/// Nine places in a pixel, from its middle.
const SAMPLES: [(f64, f64); 9] = {
    const T: f64 = 1.0 / 3.0;
    [
        (-T, -T),
        (0.0, -T),
        (T, -T),
        (-T, 0.0),
        (0.0, 0.0),
        (T, 0.0),
        (-T, T),
        (0.0, T),
        (T, T),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(mark: Mark) -> usize {
        let mut canvas = Canvas::new(40.0, 40.0);
        canvas.mark(&mark);
        canvas.pixels.iter().filter(|byte| **byte != 255).count()
    }

    #[test]
    fn shapes_leave_ink() {
        let black = Rgb(0, 0, 0);
        assert!(
            ink(Mark::Circles {
                circles: vec![(10.0, 10.0, black)],
                radius: 3.0,
                opacity: 1.0
            }) > 60
        );
        let points = vec![(0.0, 0.0), (10.0, 15.0)];
        assert!(
            ink(Mark::Path {
                points,
                color: black,
                width: 1.0,
                opacity: 0.5
            }) > 60
        );
    }

    #[test]
    fn nothing_is_drawn_outside_of_the_canvas() {
        let points = vec![(-1e6, -1e6), (1e6, -1e6)];
        assert_eq!(
            ink(Mark::Path {
                points,
                color: Rgb(0, 0, 0),
                width: 1.0,
                opacity: 1.0
            }),
            0
        );
    }
}
