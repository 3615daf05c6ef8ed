//! The layers of a panel as shapes in pixels.

use std::sync::Arc;

use crate::fonts;
use crate::layout::{Area, EM, EM_AXIS};
use crate::palette::{BACK, Paint, TEXT, Theme};
use crate::plot::{Bar, Cell, Label, Layer, Panel, Point, Side, Stroke};
use crate::raster::{self, Pixmap};
use crate::scene::{Anchor, Mark, Scene};

/// More points than this are drawn into an image.
pub(crate) const MOST_CIRCLES: usize = 4000;

/// Draws one layer into its area.
pub(crate) fn draw(scene: &mut Scene, panel: &Panel, area: Area, layer: &Layer, theme: Theme) {
    let place = |(x, y): (f64, f64)| (area.x(&panel.x, x), area.y(&panel.y, y));
    match layer {
        Layer::Points {
            points,
            radius,
            opacity,
        } => draw_points(scene, panel, area, points, (*radius, *opacity), theme),
        Layer::Path {
            points,
            color,
            width,
            opacity,
            style,
        } => {
            let points = points.iter().copied().map(place).collect();
            path(scene, points, *color, (*width, *opacity), *style);
        }
        Layer::Band {
            points,
            color,
            opacity,
            along_x,
        } => {
            let turn = |(x, y): (f64, f64)| if *along_x { (x, y) } else { (y, x) };
            let there = points.iter().map(|(at, lo, _)| place(turn((*at, *lo))));
            let back = points
                .iter()
                .rev()
                .map(|(at, _, hi)| place(turn((*at, *hi))));
            scene.marks.push(Mark::Polygon {
                points: there.chain(back).collect(),
                color: *color,
                opacity: *opacity,
            });
        }
        Layer::Segments {
            segments,
            color,
            width,
            style,
        } => {
            for ends in segments {
                path(
                    scene,
                    ends.map(place).to_vec(),
                    *color,
                    (*width, 1.0),
                    *style,
                );
            }
        }
        Layer::Bars { bars, opacity, gap } => {
            for bar in bars {
                scene.marks.push(bar_mark(panel, area, bar, *opacity, *gap));
            }
        }
        Layer::Cells(cells) => {
            for cell in cells {
                draw_cell(scene, panel, area, cell);
            }
        }
        Layer::Image {
            x,
            y,
            columns,
            colors,
            opacity,
        } => {
            let corners = (place((x.0, y.1)), place((x.1, y.0)));
            let draw = |theme| image(*columns, colors, *opacity, theme);
            scene.marks.push(image_mark(corners, theme, draw));
        }
        Layer::Labels { labels, room } => draw_labels(scene, panel, area, labels, *room),
    }
}

fn path(
    scene: &mut Scene,
    points: Vec<(f64, f64)>,
    color: Paint,
    (width, opacity): (f64, f64),
    style: Stroke,
) {
    if style == Stroke::Halo {
        scene.marks.push(Mark::Path {
            points: points.clone(),
            color: BACK,
            width: width + 3.0,
            opacity: 0.8,
            dashed: false,
        });
    }
    scene.marks.push(Mark::Path {
        points,
        color,
        width,
        opacity,
        dashed: style == Stroke::Dashed,
    });
}

fn draw_points(
    scene: &mut Scene,
    panel: &Panel,
    area: Area,
    points: &[Point],
    (radius, opacity): (f64, f64),
    theme: Theme,
) {
    let place = |point: &Point| (area.x(&panel.x, point.x), area.y(&panel.y, point.y));
    if points.len() <= MOST_CIRCLES {
        let circles = points.iter().map(|point| {
            let (x, y) = place(point);
            (x, y, point.color)
        });
        scene.marks.push(Mark::Circles {
            circles: circles.collect(),
            radius,
            opacity,
        });
        return;
    }
    let within: Vec<(f64, f64, Paint)> = points
        .iter()
        .map(|point| {
            let (x, y) = place(point);
            (x - area.left, y - area.top, point.color)
        })
        .collect();
    let (width, height) = (area.right - area.left, area.bottom - area.top);
    let draw = |theme| raster::points(&within, (width, height), radius, opacity, theme);
    let corners = ((area.left, area.top), (area.right, area.bottom));
    scene.marks.push(image_mark(corners, theme, draw));
}

/// An image between two corners; where the page decides about its colours, one
/// for light pages and one for dark ones.
fn image_mark(
    ((left, top), (right, bottom)): ((f64, f64), (f64, f64)),
    theme: Theme,
    draw: impl Fn(Theme) -> Pixmap,
) -> Mark {
    let image = draw(theme);
    let dark = (theme == Theme::Auto).then(|| draw(Theme::Dark));
    let dark = dark.filter(|dark| *dark != image).map(Arc::new);
    Mark::Image {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
        image: Arc::new(image),
        dark,
    }
}

fn image(columns: usize, colors: &[Paint], opacity: f64, theme: Theme) -> Pixmap {
    let mut image = Pixmap::new(columns, colors.len() / columns.max(1));
    let opacity = (opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
    for (pixel, paint) in image.pixels.chunks_exact_mut(4).zip(colors) {
        let color = paint.on(theme);
        pixel.copy_from_slice(&[color.0, color.1, color.2, opacity]);
    }
    image
}

fn bar_mark(panel: &Panel, area: Area, bar: &Bar, opacity: f64, gap: f64) -> Mark {
    let ends = |a: f64, b: f64| (a.min(b), a.max(b));
    let (mut left, mut right) = ends(area.x(&panel.x, bar.x.0), area.x(&panel.x, bar.x.1));
    let (mut top, mut bottom) = ends(area.y(&panel.y, bar.y.0), area.y(&panel.y, bar.y.1));
    // Across, bars stand on whole pixels, or neighbours would show a seam.
    let (low, high) = if panel.y.categories.is_some() {
        (&mut top, &mut bottom)
    } else {
        (&mut left, &mut right)
    };
    if *high - *low > 4.0 {
        (*low, *high) = (low.round() + gap / 2.0, high.round() - gap / 2.0);
    }
    Mark::Rect {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
        color: bar.color,
        opacity,
        round: 0.0,
        tip: bar.tip.clone(),
    }
}

fn draw_cell(scene: &mut Scene, panel: &Panel, area: Area, cell: &Cell) {
    let (column, row) = (cell.column as f64, cell.row as f64);
    let side = |from: f64, to: f64| (from.min(to), from.max(to));
    let (left, right) = side(
        area.x(&panel.x, column - 0.5),
        area.x(&panel.x, column + 0.5),
    );
    let (top, bottom) = side(area.y(&panel.y, row - 0.5), area.y(&panel.y, row + 0.5));
    let (width, height) = (right - left, bottom - top);
    let gap = if width.min(height) > 8.0 { 1.5 } else { 0.0 };
    scene.marks.push(Mark::Rect {
        x: left,
        y: top,
        width: width - gap,
        height: height - gap,
        color: cell.color,
        opacity: 1.0,
        round: 0.0,
        tip: cell.tip.clone(),
    });
    let em = |index: usize| if index == 0 { EM_AXIS } else { 10.0 };
    let fits = |index: usize| {
        fonts::width(&cell.lines[index], em(index)) < width - 6.0
            && 18.0 * (index + 1) as f64 <= height
    };
    let lines = (0..cell.lines.len())
        .take_while(|index| fits(*index))
        .count();
    for (index, line) in cell.lines.iter().take(lines).enumerate() {
        let y = f64::midpoint(top, bottom) + 15.0 * (index as f64 - (lines - 1) as f64 / 2.0);
        let x = f64::midpoint(left, right) - gap / 2.0;
        let ink = cell.color.ink();
        scene.text((x, y), Anchor::Middle, em(index), ink, line);
    }
}

/// A label beside its place: from where to where, and its text.
struct Beside<'a> {
    text: &'a str,
    middle: (f64, f64),
    half: f64,
}

impl Beside<'_> {
    const HALF_HEIGHT: f64 = 6.0;

    fn touches(&self, other: &Beside<'_>) -> bool {
        (self.middle.0 - other.middle.0).abs() < self.half + other.half
            && (self.middle.1 - other.middle.1).abs() < 2.0 * Beside::HALF_HEIGHT - 2.0
    }
}

/// Values beside all bars, or beside none: one that is missing among others
/// would be looked for.
fn draw_labels(scene: &mut Scene, panel: &Panel, area: Area, labels: &[Label], room: Option<f64>) {
    let upright = panel.y.categories.is_some();
    let beside: Vec<Beside<'_>> = labels
        .iter()
        .map(|label| place_label(panel, area, label))
        .collect();
    if let Some(room) = room {
        let room = if upright {
            (area.y(&panel.y, room) - area.y(&panel.y, 0.0)).abs()
        } else {
            area.x(&panel.x, room) - area.x(&panel.x, 0.0) - 4.0
        };
        let needed = |label: &Beside<'_>| if upright { EM + 1.0 } else { 2.0 * label.half };
        // What stands around the area begins a little farther out; letters
        // are less high than their rims.
        let rim = Beside::HALF_HEIGHT - 2.0;
        let inside = |label: &Beside<'_>| {
            let ((x, y), half) = (label.middle, label.half);
            x - half >= area.left - 2.0
                && x + half <= area.right + 8.0
                && y - rim >= area.top - 5.6
                && y + rim <= area.bottom + 3.0
        };
        // Bars stand in order, so only neighbours can meet.
        let meet = beside.windows(2).any(|pair| pair[0].touches(&pair[1]));
        if meet
            || beside
                .iter()
                .any(|label| needed(label) > room || !inside(label))
        {
            return;
        }
    }
    for Beside { text, middle, half } in beside {
        // Over the grid, not crossed by it.
        let corner = (middle.0 - half - 2.0, middle.1 - Beside::HALF_HEIGHT);
        scene.rect(corner, (2.0 * half + 4.0, 2.0 * Beside::HALF_HEIGHT), BACK);
        scene.text(middle, Anchor::Middle, EM, TEXT, text);
    }
}

fn place_label<'a>(panel: &Panel, area: Area, label: &'a Label) -> Beside<'a> {
    let (mut x, y) = (area.x(&panel.x, label.x), area.y(&panel.y, label.y));
    let half = fonts::width(&label.text, EM) / 2.0;
    let mut side = label.side;
    if side == Side::Left && x - 2.0 * half - 7.0 < area.left {
        // Beside a short bar to the left there is room on its right.
        (side, x) = (Side::Right, x.max(area.x(&panel.x, 0.0)));
    }
    let middle = match side {
        Side::Above => (x, y - 9.0),
        Side::Below => (x, y + 9.0),
        Side::Left => (x - half - 5.0, y),
        Side::Right => (x + half + 5.0, y),
    };
    Beside {
        text: &label.text,
        middle,
        half,
    }
}
