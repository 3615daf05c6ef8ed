//! From data to pixels: how much room the texts around the plotting areas need,
//! and where everything goes. The legend always stands beside the areas, so
//! that it never covers data. Panels of one figure share their sizes; those at
//! the left and at the bottom carry the labels of all.

use crate::axis::Axis;
use crate::fonts;
use crate::labels::{self, Labels};
use crate::legend;
use crate::marks;
use crate::palette::{AXIS, BACK, DIM, GRID, TEXT, TITLE, Theme};
use crate::plot::{Figure, Layer, Panel};
use crate::scene::{Anchor, Mark, Scene, Text};

const MARGIN: f64 = 16.0;
/// Pixels between panels.
const GUTTER: f64 = 16.0;
/// The height of a panel's title.
const PANEL_TITLE: f64 = 18.0;
/// The length of a mark between labelled places.
const MINOR: f64 = 3.0;
/// Font sizes in pixels.
pub(crate) const EM: f64 = 11.0;
const EM_TITLE: f64 = 15.0;
pub(crate) const EM_AXIS: f64 = 12.0;

/// A plotting area in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Area {
    pub fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + axis.share(value) * (self.right - self.left)
    }

    pub fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - axis.share(value) * (self.bottom - self.top)
    }
}

/// The card of a picture, with the title and the notes at its top, and where
/// the rest can begin.
pub(crate) fn card(
    (width, height): (f64, f64),
    title: Option<&str>,
    notes: &[String],
    description: String,
) -> (Scene, f64) {
    let mut scene = Scene {
        width,
        height,
        description,
        marks: Vec::new(),
    };
    // A card of its own colour: it cannot be seen on the page that it is for,
    // and keeps the texts readable on any other.
    scene.marks.push(Mark::Rect {
        x: 0.0,
        y: 0.0,
        width,
        height,
        color: BACK,
        opacity: 1.0,
        round: 8.0,
        tip: String::new(),
    });
    let top = header(&mut scene, title, notes);
    (scene, top)
}

/// Gives a figure its place in a picture of a size.
pub(crate) fn compose(
    figure: &Figure,
    title: Option<&str>,
    size: (f64, f64),
    theme: Theme,
    description: String,
) -> Scene {
    let (mut scene, top) = card(size, title, &figure.notes, description);
    let legend_width = legend::width(&figure.legend, 0.3 * size.0);
    let grid = Grid::new(figure, size, top, legend_width);
    for (index, panel) in figure.panels.iter().enumerate() {
        if let Some(panel) = panel {
            grid.draw(&mut scene, figure, index, panel, theme);
        }
    }
    let (outer, height) = (grid.outer(), size.1);
    let middle = f64::midpoint(outer.left, outer.right);
    let x_title = fonts::fit(&grid.x_title, EM_AXIS, outer.right - outer.left);
    let place = (middle, height - MARGIN - 3.0);
    scene.text(place, Anchor::Middle, EM_AXIS, TEXT, &x_title);
    upright(
        &mut scene,
        &grid.y_title,
        (outer.top, outer.bottom),
        MARGIN + 8.0,
    );
    let place = (outer.right + legend::GAP, outer.top);
    legend::draw(
        &mut scene,
        &figure.legend,
        place,
        legend_width,
        outer.bottom,
    );
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

/// A text that reads upwards.
fn upright(scene: &mut Scene, text: &str, (top, bottom): (f64, f64), x: f64) {
    scene.marks.push(Mark::Text(Text {
        x,
        y: f64::midpoint(top, bottom),
        text: fonts::fit(text, EM_AXIS, bottom - top),
        em: EM_AXIS,
        color: TEXT,
        anchor: Anchor::Middle,
        turn: -90.0,
    }));
}

/// Where the panels stand.
struct Grid {
    columns: usize,
    rows: usize,
    left: f64,
    top: f64,
    /// The size of one panel, and the distance from one to the next.
    width: f64,
    height: f64,
    step: (f64, f64),
    x_title: String,
    y_title: String,
    /// Whether each panel of the bottom and the left has a title of its own.
    own_titles: bool,
}

impl Grid {
    fn new(figure: &Figure, (width, height): (f64, f64), top: f64, legend: f64) -> Grid {
        let columns = figure.columns.max(1);
        let rows = figure.panels.len().div_ceil(columns).max(1);
        let only = match figure.panels.as_slice() {
            [Some(panel)] => Some(panel),
            _ => None,
        };
        let title = |common: &str, own: Option<String>| match own {
            Some(own) if common.is_empty() => own,
            _ => common.to_owned(),
        };
        let x_title = title(&figure.x_title, only.map(|panel| panel.x.full_title()));
        let y_title = title(&figure.y_title, only.map(|panel| panel.y.title.clone()));
        let panels = || figure.panels.iter().flatten();
        let own_titles = only.is_none()
            && panels().any(|panel| !panel.x.title.is_empty() || !panel.y.title.is_empty());
        let own = |there: bool, room: f64| if there { room } else { 0.0 };
        let below = MARGIN + own(!x_title.is_empty() || own_titles, 18.0);
        let beside = MARGIN + own(!y_title.is_empty() || own_titles, 25.0);
        let above = own(panels().any(|panel| !panel.title.is_empty()), PANEL_TITLE);
        let gutter = own(columns > 1 || rows > 1, GUTTER);
        let right = width - MARGIN - legend;
        let mut grid = Grid {
            columns,
            rows,
            left: beside + 40.0,
            top: top + above,
            width: 0.0,
            height: 0.0,
            step: (0.0, 0.0),
            x_title,
            y_title,
            own_titles,
        };
        // The labels of one axis take room from the other: the second round
        // knows how much the first one took.
        let mut bottom = height - below - 20.0;
        for _ in 0..2 {
            grid.step.1 = (bottom - grid.top + gutter + above) / rows as f64;
            grid.height = (grid.step.1 - gutter - above).max(10.0);
            let room = grid.each(figure, true).map(|panel| {
                labels::vertical(&panel.y, grid.height, 0.28 * width / columns as f64).room
            });
            grid.left = (beside + room.fold(8.0, f64::max))
                .min(right - 10.0)
                .round();
            // Whole pixels, so that the labels that were measured here are those
            // that will be drawn.
            grid.step.0 = ((right - grid.left + gutter) / columns as f64).floor();
            grid.width = (grid.step.0 - gutter).max(10.0);
            let room = grid.each(figure, false).map(|panel| {
                // In the last column slanted names are cut least.
                let left = grid.left + grid.step.0 * (columns - 1) as f64;
                let ends = (left, left + grid.width);
                labels::horizontal(&panel.x, ends, 0.3 * height, 0.0).room
            });
            bottom = (height - below - room.fold(8.0, f64::max)).max(grid.top + 10.0);
        }
        grid.step.1 = (bottom - grid.top + gutter + above) / rows as f64;
        grid.height = (grid.step.1 - gutter - above).max(10.0);
        grid
    }

    /// The panels whose y axis (or x axis) is labelled.
    fn each<'a>(&self, figure: &'a Figure, y: bool) -> impl Iterator<Item = &'a Panel> {
        let (columns, rows) = (self.columns, self.rows);
        figure
            .panels
            .iter()
            .enumerate()
            .filter_map(move |(index, panel)| {
                let shown = if y {
                    is_left(figure, index, columns)
                } else {
                    is_bottom(figure, index, columns, rows)
                };
                panel.as_ref().filter(|_| shown)
            })
    }

    /// On whole pixels, so that images in it need no smoothing.
    fn area(&self, index: usize) -> Area {
        let left = self.left + (index % self.columns) as f64 * self.step.0;
        let top = self.top + (index / self.columns) as f64 * self.step.1;
        Area {
            left: left.round(),
            right: (left + self.width).round(),
            top: top.round(),
            bottom: (top + self.height).round(),
        }
    }

    fn outer(&self) -> Area {
        let (first, last) = (self.area(0), self.area(self.columns * self.rows - 1));
        Area {
            left: first.left,
            right: last.right,
            top: first.top,
            bottom: last.bottom,
        }
    }

    fn draw(&self, scene: &mut Scene, figure: &Figure, index: usize, panel: &Panel, theme: Theme) {
        let area = self.area(index);
        let widest = 0.28 * scene.width / self.columns as f64;
        let y = labels::vertical(&panel.y, area.bottom - area.top, widest);
        // Labels of neighbours meet in the gutter; a single panel has the card.
        let beyond = match self.columns {
            1 => f64::INFINITY,
            _ => GUTTER / 2.0 - 2.0,
        };
        let ends = (area.left, area.right);
        let mut x = labels::horizontal(&panel.x, ends, 0.3 * scene.height, beyond);
        if index / self.columns + 1 < self.rows && x.turn != 0.0 {
            // Below it is an empty place, but slanted names would reach into
            // the panel to the left of that.
            x.turn = -90.0;
        }
        lines(scene, panel, area, &x, &y);
        for layer in &panel.layers {
            marks::draw(scene, panel, area, layer, theme);
        }
        frame(scene, panel, area);
        let middle = f64::midpoint(area.left, area.right);
        let room = area.right - area.left;
        let title = fonts::fit_name(&panel.title, EM_AXIS, room);
        scene.text(
            (middle, area.top - 10.0),
            Anchor::Middle,
            EM_AXIS,
            TEXT,
            &title,
        );
        if is_left(figure, index, self.columns) {
            y_labels(scene, panel, area, &y);
            if self.own_titles {
                upright(scene, &panel.y.title, (area.top, area.bottom), MARGIN + 8.0);
            }
        }
        if is_bottom(figure, index, self.columns, self.rows) {
            x_labels(scene, panel, area, &x);
            if self.own_titles {
                let title = fonts::fit(&panel.x.full_title(), EM_AXIS, room);
                let place = (middle, scene.height - MARGIN - 3.0);
                scene.text(place, Anchor::Middle, EM_AXIS, TEXT, &title);
            }
        }
    }
}

/// Whether a panel is the first one of its row.
fn is_left(figure: &Figure, index: usize, columns: usize) -> bool {
    let row = index - index % columns;
    figure.panels[row..index].iter().all(Option::is_none)
}

/// Whether there is no panel below one.
fn is_bottom(figure: &Figure, index: usize, columns: usize, rows: usize) -> bool {
    (1..rows)
        .map(|down| index + down * columns)
        .all(|below| figure.panels.get(below).is_none_or(Option::is_none))
}

fn lines(scene: &mut Scene, panel: &Panel, area: Area, x: &Labels, y: &Labels) {
    if panel
        .layers
        .iter()
        .any(|layer| matches!(layer, Layer::Cells(_)))
    {
        return;
    }
    if !panel.x.is_named() {
        for tick in &x.ticks {
            let at = area.x(&panel.x, tick.at);
            scene.line((at, area.top), (at, area.bottom), GRID);
        }
    }
    if !panel.y.is_named() {
        for tick in &y.ticks {
            let at = area.y(&panel.y, tick.at);
            scene.line((area.left, at), (area.right, at), GRID);
        }
    }
    // Short marks show where a logarithmic axis is between its labels.
    for at in panel.x.minor(&x.ticks, area.right - area.left) {
        let at = area.x(&panel.x, at);
        scene.line((at, area.bottom), (at, area.bottom + MINOR), AXIS);
    }
    for at in panel.y.minor(&y.ticks, area.bottom - area.top) {
        let at = area.y(&panel.y, at);
        scene.line((area.left - MINOR, at), (area.left, at), AXIS);
    }
}

/// The line that the data stands on.
fn frame(scene: &mut Scene, panel: &Panel, area: Area) {
    let any = |wanted: fn(&Layer) -> bool| panel.layers.iter().any(wanted);
    if any(|layer| matches!(layer, Layer::Cells(_))) {
        return;
    }
    if panel.y.is_named() {
        let base = area.left + panel.x.ground() * (area.right - area.left);
        scene.line((base, area.top), (base, area.bottom), AXIS);
    } else {
        let base = area.bottom - panel.y.ground() * (area.bottom - area.top);
        scene.line((area.left, base), (area.right, base), AXIS);
    }
}

fn y_labels(scene: &mut Scene, panel: &Panel, area: Area, labels: &Labels) {
    for tick in &labels.ticks {
        let at = area.y(&panel.y, tick.at);
        let below = labels::LINE * (tick.label.lines().count().max(1) - 1) as f64;
        // A panel that is as good as nothing has no place for its numbers.
        let lines = tick.label.lines();
        let lines = lines.filter(|line| fonts::width(line, EM) <= area.left - 8.0);
        for (index, line) in lines.enumerate() {
            let y = at - below / 2.0 + labels::LINE * index as f64;
            scene.text((area.left - 8.0, y), Anchor::End, EM, DIM, line);
        }
    }
}

fn x_labels(scene: &mut Scene, panel: &Panel, area: Area, labels: &Labels) {
    let mut reached = f64::NEG_INFINITY;
    for tick in &labels.ticks {
        let at = area.x(&panel.x, tick.at);
        if labels.turn == 0.0 {
            // The outermost label stays within the card, if it does not push into the
            // one before it there.
            let widths = tick.label.lines().map(|line| fonts::width(line, EM));
            let half = widths.fold(0.0, f64::max) / 2.0;
            let at = at.min(scene.width - 4.0 - half).max(4.0 + half);
            if at - half < reached + 2.0 {
                continue;
            }
            reached = at + half;
            for (index, line) in tick.label.lines().enumerate() {
                let y = area.bottom + 13.0 + labels::LINE * index as f64;
                scene.text((at, y), Anchor::Middle, EM, DIM, line);
            }
        } else {
            scene.marks.push(Mark::Text(Text {
                x: at + 0.35 * EM,
                y: area.bottom + if labels.turn < -80.0 { 7.0 } else { 13.0 },
                text: tick.label.clone(),
                em: EM,
                color: DIM,
                anchor: Anchor::End,
                turn: labels.turn,
            }));
        }
    }
}

#[cfg(test)]
mod tests;
