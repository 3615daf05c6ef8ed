//! A scene as a PNG file, twice as large as its size in pixels, so that it is
//! sharp on dense screens and in print.
//!
//! Every shape of ours has a simple distance function or scanlines, from which
//! smooth edges follow at subpixel places, where plotters' bitmaps know whole
//! pixels.

use std::io::BufWriter;

use crate::error::ChartError;
use crate::fonts::{self, Mask};
use crate::palette::{BACK, Paint, Rgb, Theme};
use crate::raster::{Pixmap, SCALE};
use crate::scene::{Anchor, Mark, Scene, Text};

/// Draws the scene and writes the file.
pub(crate) fn save(scene: &Scene, theme: Theme, path: &str) -> Result<(), ChartError> {
    let failed = |message: String| ChartError::Write {
        path: path.to_owned(),
        message,
    };
    let file = std::fs::File::create(path).map_err(|error| failed(error.to_string()))?;
    let canvas = paint(scene, theme);
    let size = (canvas.width as u32, canvas.height as u32);
    let mut encoder = png::Encoder::new(BufWriter::new(file), size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // So that programs for print know the size that was meant: 96 pixels of
    // the scene are an inch.
    let per_meter = (96.0 * SCALE / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_meter,
        yppu: per_meter,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder
        .write_header()
        .map_err(|error| failed(error.to_string()))?;
    writer
        .write_image_data(&canvas.pixels)
        .and_then(|()| writer.finish())
        .map_err(|error| failed(error.to_string()))
}

fn paint(scene: &Scene, theme: Theme) -> Canvas {
    let mut canvas = Canvas::new(scene.width * SCALE, scene.height * SCALE, theme);
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
    theme: Theme,
}

impl Canvas {
    fn new(width: f64, height: f64, theme: Theme) -> Canvas {
        let (width, height) = (width.ceil() as usize, height.ceil() as usize);
        Canvas {
            width,
            height,
            pixels: vec![255; 3 * width * height],
            theme,
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
                round,
                ..
            } => {
                let (left, right) = (x * SCALE, (x + width) * SCALE);
                let (top, bottom) = (y * SCALE, (y + height) * SCALE);
                let color = color.on(self.theme);
                // The card of a file has corners: there is no page around it.
                if *round > 0.0 && (*x, *y) != (0.0, 0.0) {
                    let (low, high) = ((left, top), (right, bottom));
                    self.fill(low, high, color, *opacity, |px, py| {
                        0.5 - beyond((px, py), low, high, round * SCALE)
                    });
                    return;
                }
                self.fill((left, top), (right, bottom), color, *opacity, |px, py| {
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
                dashed,
            } => {
                let points: Vec<_> = points.iter().map(|(x, y)| (x * SCALE, y * SCALE)).collect();
                let lines = if *dashed {
                    dashes(&points)
                } else {
                    vec![points]
                };
                for points in lines {
                    self.path(&points, width * SCALE, color.on(self.theme), *opacity);
                }
            }
            Mark::Polygon {
                points,
                color,
                opacity,
            } => {
                let points: Vec<_> = points.iter().map(|(x, y)| (x * SCALE, y * SCALE)).collect();
                self.polygon(&points, color.on(self.theme), *opacity);
            }
            Mark::Image {
                x,
                y,
                width,
                height,
                image,
                ..
            } => {
                let (low, size) = ((x * SCALE, y * SCALE), (width * SCALE, height * SCALE));
                self.image(low, size, image);
            }
            Mark::Text(text) => self.text(text),
        }
    }

    fn circle(&mut self, (x, y): (f64, f64), radius: f64, color: Paint, opacity: f64) {
        let color = color.on(self.theme);
        // The edge lies half inside and half outside, as in the SVG.
        let edge = 0.3 * SCALE;
        let disc =
            |radius: f64, px: f64, py: f64| (radius - (px - x).hypot(py - y) + 0.5).clamp(0.0, 1.0);
        let outer = radius + edge;
        let (low, high) = ((x - outer, y - outer), (x + outer, y + outer));
        self.fill(low, high, color, opacity, |px, py| disc(radius, px, py));
        self.fill(low, high, BACK.on(self.theme), opacity, |px, py| {
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

    /// Fills a shape, row by row of a quarter of a pixel's height.
    fn polygon(&mut self, points: &[(f64, f64)], color: Rgb, opacity: f64) {
        const FINE: usize = 4;
        let low = points.iter().fold(f64::MAX, |low, point| low.min(point.1));
        let high = points
            .iter()
            .fold(f64::MIN, |high, point| high.max(point.1));
        let (_, rows) = self.within((0.0, low), (0.0, high));
        let mut coverage = vec![0.0f32; self.width];
        for row in rows {
            coverage.fill(0.0);
            for fine in 0..FINE {
                let y = row as f64 + (fine as f64 + 0.5) / FINE as f64;
                let mut crossings: Vec<f64> = points
                    .iter()
                    .zip(points.iter().cycle().skip(1))
                    .filter(|(from, to)| (from.1 <= y) != (to.1 <= y))
                    .map(|(from, to)| from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0))
                    .collect();
                crossings.sort_by(f64::total_cmp);
                for pair in crossings.chunks_exact(2) {
                    let (columns, _) = self.within((pair[0], 0.0), (pair[1], 0.0));
                    for column in columns {
                        let (left, right) = (column as f64, column as f64 + 1.0);
                        let share = (pair[1].min(right) - pair[0].max(left)).max(0.0);
                        coverage[column] += share as f32 / FINE as f32;
                    }
                }
            }
            for (column, share) in coverage
                .iter()
                .enumerate()
                .filter(|(_, share)| **share > 0.0)
            {
                let share = f64::from(share.min(1.0));
                self.blend(row * self.width + column, color, opacity * share);
            }
        }
    }

    /// Puts an image into a box, each pixel as the nearest one of the image.
    fn image(&mut self, low: (f64, f64), size: (f64, f64), image: &Pixmap) {
        let (columns, rows) = self.within(low, (low.0 + size.0, low.1 + size.1));
        let nearest = |at: usize, low: f64, size: f64, pixels: usize| {
            let share = (at as f64 + 0.5 - low) / size;
            (0.0..1.0)
                .contains(&share)
                .then(|| ((share * pixels as f64) as usize).min(pixels.saturating_sub(1)))
        };
        for row in rows {
            for column in columns.clone() {
                let x = nearest(column, low.0, size.0, image.width);
                let y = nearest(row, low.1, size.1, image.height);
                if let (Some(x), Some(y)) = (x, y)
                    && let Some([red, green, blue, opacity]) =
                        image.pixels[4 * (y * image.width + x)..].first_chunk()
                {
                    let color = Rgb(*red, *green, *blue);
                    self.blend(
                        row * self.width + column,
                        color,
                        f64::from(*opacity) / 255.0,
                    );
                }
            }
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
        self.fill(low, high, text.color.on(self.theme), 1.0, |px, py| {
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

/// The dashes along a line, as the SVG has them.
fn dashes(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    const LENGTHS: [f64; 2] = [5.0 * SCALE, 4.0 * SCALE];
    const MOST: usize = 10_000;
    let mut dashes: Vec<Vec<(f64, f64)>> = Vec::new();
    let (mut gap, mut left) = (0, LENGTHS[0]);
    let mut dash: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for (from, to) in points.iter().zip(points.iter().skip(1)) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut gone = 0.0;
        while gone + left < length && dashes.len() < MOST {
            gone += left;
            let share = gone / length;
            let at = (
                from.0 + share * (to.0 - from.0),
                from.1 + share * (to.1 - from.1),
            );
            if gap == 0 {
                dash.push(at);
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![at];
            }
            gap = 1 - gap;
            left = LENGTHS[gap];
        }
        left -= length - gone;
        if gap == 0 {
            dash.push(*to);
        }
    }
    if dash.len() > 1 {
        dashes.push(dash);
    }
    dashes
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

/// How far a place lies outside of a box with round corners; less than zero in it.
fn beyond(at: (f64, f64), low: (f64, f64), high: (f64, f64), round: f64) -> f64 {
    let half = ((high.0 - low.0) / 2.0, (high.1 - low.1) / 2.0);
    let round = round.min(half.0).min(half.1);
    let across = (at.0 - f64::midpoint(low.0, high.0)).abs() - half.0 + round;
    let down = (at.1 - f64::midpoint(low.1, high.1)).abs() - half.1 + round;
    across.max(0.0).hypot(down.max(0.0)) + across.max(down).min(0.0) - round
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(mark: Mark) -> usize {
        let mut canvas = Canvas::new(40.0, 40.0, Theme::Light);
        canvas.mark(&mark);
        canvas.pixels.iter().filter(|byte| **byte != 255).count()
    }

    #[test]
    fn shapes_leave_ink() {
        let black = Paint::from(Rgb(0, 0, 0));
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
                opacity: 0.5,
                dashed: false
            }) > 60
        );
    }

    #[test]
    fn round_corners_are_round() {
        let mut canvas = Canvas::new(40.0, 40.0, Theme::Light);
        canvas.mark(&Mark::Rect {
            x: 5.0,
            y: 5.0,
            width: 10.0,
            height: 10.0,
            color: Rgb(0, 0, 0).into(),
            opacity: 1.0,
            round: 5.0,
            tip: String::new(),
        });
        let pixel = |x: usize, y: usize| canvas.pixels[3 * (y * canvas.width + x)];
        assert_eq!(
            pixel(10, 10),
            255,
            "a corner of the box is no part of a dot"
        );
        assert_eq!(pixel(20, 20), 0);
        assert_eq!(pixel(20, 11), 0, "it reaches to the sides");
    }

    #[test]
    fn a_polygon_covers_its_area() {
        let points = vec![(2.0, 2.0), (12.0, 2.0), (2.0, 12.0)];
        let color = Paint::from(Rgb(0, 0, 0));
        let mut canvas = Canvas::new(40.0, 40.0, Theme::Light);
        canvas.mark(&Mark::Polygon {
            points,
            color,
            opacity: 1.0,
        });
        let ink: f64 = canvas
            .pixels
            .iter()
            .map(|byte| 1.0 - f64::from(*byte) / 255.0)
            .sum();
        assert!((ink / 3.0 - 50.0 * SCALE * SCALE).abs() < 2.0, "{ink}");
    }

    #[test]
    fn dashes_are_as_long_as_they_should_be() {
        let dashes = dashes(&[(0.0, 0.0), (100.0, 0.0)]);
        assert_eq!(dashes.len(), 6);
        let ends: Vec<f64> = dashes
            .iter()
            .flatten()
            .map(|point| point.0.round())
            .collect();
        assert_eq!(ends[2..4], [18.0, 28.0]);
        assert_eq!(ends[10..], [90.0, 100.0]);
    }

    #[test]
    fn an_image_is_put_into_its_box() {
        let mut image = Pixmap::new(2, 1);
        image.pixels = vec![255, 0, 0, 255, 0, 0, 255, 128];
        let mut canvas = Canvas::new(8.0, 8.0, Theme::Light);
        canvas.image((2.0, 2.0), (4.0, 4.0), &image);
        assert_eq!(canvas.pixels[3 * (2 * 8 + 2)..][..3], [255, 0, 0]);
        assert_eq!(canvas.pixels[3 * (5 * 8 + 5)..][..3], [127, 127, 255]);
        assert_eq!(canvas.pixels[3 * (2 * 8 + 6)..][..3], [255, 255, 255]);
    }

    #[test]
    fn nothing_is_drawn_outside_of_the_canvas() {
        let points = vec![(-1e6, -1e6), (1e6, -1e6)];
        assert_eq!(
            ink(Mark::Path {
                points,
                color: Rgb(0, 0, 0).into(),
                width: 1.0,
                opacity: 1.0,
                dashed: false
            }),
            0
        );
    }
}
