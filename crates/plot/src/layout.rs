//! From data to pixels: how much room the texts around the plotting area need,
//! and where everything goes. The legend always stands beside the area, so
//! that it never covers data.

use crate::axis::Axis;
use crate::fonts;
use crate::labels::{self, Labels};
use crate::legend;
use crate::palette::{AXIS, DIM, GRID, TEXT, TITLE, WHITE};
use crate::plot::{Bar, Cell, Label, Layer, Plot};
use crate::scene::{Anchor, Mark, Scene, Text};

const MARGIN: f64 = 16.0;
/// Font sizes in pixels.
pub(crate) const EM: f64 = 11.0;
const EM_TITLE: f64 = 15.0;
const EM_AXIS: f64 = 12.0;

/// The plotting area in pixels.
#[derive(Clone, Copy)]
struct Area {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Area {
    fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + axis.share(value) * (self.right - self.left)
    }

    fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - axis.share(value) * (self.bottom - self.top)
    }
}

/// Gives a plot its place in a picture of a size.
pub(crate) fn compose(
    plot: &Plot,
    title: Option<&str>,
    (width, height): (f64, f64),
    description: String,
) -> Scene {
    let mut scene = Scene {
        width,
        height,
        description,
        marks: Vec::new(),
    };
    // A white card: it cannot be seen on a light page, and on a dark one it
    // keeps the dark texts readable, whatever the frontend knows of themes.
    scene.marks.push(Mark::Rect {
        x: 0.0,
        y: 0.0,
        width,
        height,
        color: WHITE,
        opacity: 1.0,
        round: 8.0,
        tip: String::new(),
    });
    let top = header(&mut scene, title, &plot.notes);

    let legend_width = legend::width(&plot.legend, 0.3 * width);
    let x_title = plot.x.full_title();
    let below = MARGIN + if x_title.is_empty() { 0.0 } else { 18.0 };
    let beside = MARGIN + if plot.y.title.is_empty() { 0.0 } else { 22.0 };

    // The labels of one axis take room from the other: the second round knows
    // how much the first one took.
    let right = width - MARGIN - legend_width;
    let mut area = Area {
        left: beside + 40.0,
        right,
        top,
        bottom: height - below - 20.0,
    };
    let mut x_labels = Labels::default();
    let mut y_labels = Labels::default();
    for _ in 0..2 {
        y_labels = labels::vertical(&plot.y, area.bottom - area.top, 0.28 * width);
        area.left = (beside + y_labels.room).min(area.right - 10.0);
        x_labels = labels::horizontal(&plot.x, area.left, area.right, 0.3 * height);
        area.bottom = (height - below - x_labels.room).max(area.top + 10.0);
    }

    grid(&mut scene, plot, area, &x_labels, &y_labels);
    for layer in &plot.layers {
        draw(&mut scene, plot, area, layer);
    }
    frame(&mut scene, plot, area);
    tick_labels(&mut scene, plot, area, &x_labels, &y_labels);

    let middle = f64::midpoint(area.left, area.right);
    let x_title = fonts::fit(&x_title, EM_AXIS, area.right - area.left);
    scene.text(
        (middle, height - MARGIN - 3.0),
        Anchor::Middle,
        EM_AXIS,
        TEXT,
        &x_title,
    );
    scene.marks.push(Mark::Text(Text {
        x: MARGIN + 8.0,
        y: f64::midpoint(area.top, area.bottom),
        text: fonts::fit(&plot.y.title, EM_AXIS, area.bottom - area.top),
        em: EM_AXIS,
        color: TEXT,
        anchor: Anchor::Middle,
        turn: -90.0,
    }));
    let place = (area.right + legend::GAP, area.top);
    legend::draw(&mut scene, &plot.legend, place, legend_width, area.bottom);
    scene
        .marks
        .retain(|mark| !matches!(mark, Mark::Text(text) if text.text.is_empty()));
    scene
}

/// The title and the notes; answers where the plotting area can begin.
fn header(scene: &mut Scene, title: Option<&str>, notes: &[String]) -> f64 {
    let room = scene.width - 2.0 * MARGIN;
    let mut y = MARGIN;
    for line in fonts::wrap(title.unwrap_or_default(), EM_TITLE, room, 2) {
        scene.text((MARGIN, y + 8.0), Anchor::Start, EM_TITLE, TITLE, &line);
        y += 20.0;
    }
    for line in fonts::wrap(&notes.join(" · "), EM, room, 2) {
        scene.text((MARGIN, y + 8.0), Anchor::Start, EM, DIM, &line);
        y += 15.0;
    }
    if y > MARGIN { y + 9.0 } else { y }
}

fn grid(scene: &mut Scene, plot: &Plot, area: Area, x: &Labels, y: &Labels) {
    if plot.x.categories.is_none() {
        for tick in &x.ticks {
            let at = area.x(&plot.x, tick.at);
            scene.line((at, area.top), (at, area.bottom), GRID);
        }
    }
    if plot.y.categories.is_none() {
        for tick in &y.ticks {
            let at = area.y(&plot.y, tick.at);
            scene.line((area.left, at), (area.right, at), GRID);
        }
    }
}

/// The line that the data stands on.
fn frame(scene: &mut Scene, plot: &Plot, area: Area) {
    let bars = plot
        .layers
        .iter()
        .any(|layer| matches!(layer, Layer::Bars { .. }));
    let cells = plot
        .layers
        .iter()
        .any(|layer| matches!(layer, Layer::Cells(_)));
    if cells {
        return;
    }
    let zero = area.y(&plot.y, 0.0);
    let base = if bars && zero > area.top {
        zero
    } else {
        area.bottom
    };
    scene.line((area.left, base), (area.right, base), AXIS);
}

fn tick_labels(scene: &mut Scene, plot: &Plot, area: Area, x: &Labels, y: &Labels) {
    for tick in &y.ticks {
        let at = area.y(&plot.y, tick.at);
        scene.text((area.left - 8.0, at), Anchor::End, EM, DIM, &tick.label);
    }
    for tick in &x.ticks {
        let at = area.x(&plot.x, tick.at);
        if x.turn == 0.0 {
            for (index, line) in tick.label.lines().enumerate() {
                // The outermost label stays within the card.
                let half = fonts::width(line, EM) / 2.0;
                let at = at.min(scene.width - 4.0 - half).max(4.0 + half);
                let y = area.bottom + 13.0 + labels::LINE * index as f64;
                scene.text((at, y), Anchor::Middle, EM, DIM, line);
            }
        } else {
            scene.marks.push(Mark::Text(Text {
                x: at + 0.35 * EM,
                y: area.bottom + if x.turn < -80.0 { 7.0 } else { 13.0 },
                text: tick.label.clone(),
                em: EM,
                color: DIM,
                anchor: Anchor::End,
                turn: x.turn,
            }));
        }
    }
}

fn draw(scene: &mut Scene, plot: &Plot, area: Area, layer: &Layer) {
    match layer {
        Layer::Points {
            points,
            radius,
            opacity,
        } => {
            let place = |x: f64, y: f64| (area.x(&plot.x, x), area.y(&plot.y, y));
            let circles = points
                .iter()
                .map(|point| {
                    let (x, y) = place(point.x, point.y);
                    (x, y, point.color)
                })
                .collect();
            scene.marks.push(Mark::Circles {
                circles,
                radius: *radius,
                opacity: *opacity,
            });
        }
        Layer::Path {
            points,
            color,
            width,
            opacity,
            halo,
        } => {
            let points: Vec<(f64, f64)> = points
                .iter()
                .map(|(x, y)| (area.x(&plot.x, *x), area.y(&plot.y, *y)))
                .collect();
            if *halo {
                let points = points.clone();
                scene.marks.push(Mark::Path {
                    points,
                    color: WHITE,
                    width: width + 3.0,
                    opacity: 0.8,
                });
            }
            scene.marks.push(Mark::Path {
                points,
                color: *color,
                width: *width,
                opacity: *opacity,
            });
        }
        Layer::Bars { bars, opacity, gap } => {
            for bar in bars {
                scene.marks.push(bar_mark(plot, area, bar, *opacity, *gap));
            }
        }
        Layer::Cells(cells) => {
            for cell in cells {
                draw_cell(scene, plot, area, cell);
            }
        }
        Layer::Labels { labels, room } => bar_labels(scene, plot, area, labels, *room),
    }
}

fn bar_mark(plot: &Plot, area: Area, bar: &Bar, opacity: f64, gap: f64) -> Mark {
    let (mut left, mut right) = (area.x(&plot.x, bar.x.0), area.x(&plot.x, bar.x.1));
    if right - left > 4.0 {
        // On whole pixels, or neighbours would show a seam.
        (left, right) = (left.round() + gap / 2.0, right.round() - gap / 2.0);
    }
    let (start, end) = (area.y(&plot.y, bar.y.0), area.y(&plot.y, bar.y.1));
    Mark::Rect {
        x: left,
        y: start.min(end),
        width: right - left,
        height: (end - start).abs(),
        color: bar.color,
        opacity,
        round: 0.0,
        tip: bar.tip.clone(),
    }
}

fn draw_cell(scene: &mut Scene, plot: &Plot, area: Area, cell: &Cell) {
    let (column, row) = (cell.column as f64, cell.row as f64);
    let (left, right) = (area.x(&plot.x, column - 0.5), area.x(&plot.x, column + 0.5));
    let (top, bottom) = (area.y(&plot.y, row - 0.5), area.y(&plot.y, row + 0.5));
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
        scene.text((x, y), Anchor::Middle, em(index), cell.color.ink(), line);
    }
}

fn bar_labels(scene: &mut Scene, plot: &Plot, area: Area, labels: &[Label], room: f64) {
    let room = area.x(&plot.x, room) - area.x(&plot.x, 0.0) - 4.0;
    if labels
        .iter()
        .any(|label| fonts::width(&label.text, EM) > room)
    {
        return;
    }
    for label in labels {
        let (x, y) = (area.x(&plot.x, label.x), area.y(&plot.y, label.y));
        let y = if label.below { y + 9.0 } else { y - 9.0 };
        let width = fonts::width(&label.text, EM) + 4.0;
        // Over the grid, not crossed by it.
        scene.rect((x - width / 2.0, y - 6.0), (width, 12.0), WHITE);
        scene.text((x, y), Anchor::Middle, EM, TEXT, &label.text);
    }
}
