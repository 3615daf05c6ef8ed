//! The key to the colours, at the right of the plotting area.

use crate::axis::{Axis, Scale};
use crate::fonts;
use crate::layout::EM;
use crate::palette::{DIM, Paint, Ramp, TEXT};
use crate::plot::{Key, Legend};
use crate::scene::{Anchor, Mark, Scene};

/// Pixels between the plotting area and the legend.
pub(crate) const GAP: f64 = 18.0;
const LINE: f64 = 18.0;
const SWATCH: f64 = 11.0;
const BAR: f64 = 14.0;

/// The pixels that the legend needs, with its gap, at most about `most`.
pub(crate) fn width(legend: &Legend, most: f64) -> f64 {
    let text = |text: &str| fonts::width(text, EM);
    let needed = match legend {
        Legend::None => return 0.0,
        Legend::Groups { title, entries, .. } => {
            let widest = entries
                .iter()
                .map(|(label, _)| text(label))
                .fold(0.0, f64::max);
            text(title).max(SWATCH + 6.0 + widest)
        }
        Legend::Ramp {
            title,
            lo,
            hi,
            words,
            ..
        } => {
            let ticks = Axis::between("", *lo, *hi, Scale::Linear).ticks(5);
            let widest = match words {
                Some(words) => words.iter().map(|word| text(word)).fold(0.0, f64::max),
                None => ticks
                    .iter()
                    .map(|tick| text(&tick.label))
                    .fold(0.0, f64::max),
            };
            text(title).max(BAR + 6.0 + widest)
        }
    };
    GAP + needed.min(most) + 2.0
}

/// Draws the legend from a place down to `bottom`.
pub(crate) fn draw(
    scene: &mut Scene,
    legend: &Legend,
    (x, top): (f64, f64),
    width: f64,
    bottom: f64,
) {
    let room = width - GAP;
    let mut y = top + 6.0;
    if let Legend::Groups { title, .. } | Legend::Ramp { title, .. } = legend
        && !title.is_empty()
    {
        scene.text(
            (x, y),
            Anchor::Start,
            EM,
            TEXT,
            &fonts::fit(title, EM, room),
        );
        y += LINE + 2.0;
    }
    match legend {
        Legend::None => {}
        Legend::Groups { entries, key, .. } => {
            let lines = (((bottom - y) / LINE) as usize + 1).max(2);
            // The last line tells how many entries there was no room for.
            let shown = if entries.len() > lines {
                lines - 1
            } else {
                entries.len()
            };
            for (label, color) in entries.iter().take(shown) {
                swatch(scene, (x, y), *key, *color);
                let label = fonts::fit_name(label, EM, room - SWATCH - 6.0);
                scene.text((x + SWATCH + 6.0, y), Anchor::Start, EM, DIM, &label);
                y += LINE;
            }
            if shown < entries.len() {
                let rest = format!("and {} more", entries.len() - shown);
                scene.text((x, y), Anchor::Start, EM, DIM, &fonts::fit(&rest, EM, room));
            }
        }
        Legend::Ramp {
            lo,
            hi,
            ramp,
            words,
            ..
        } => {
            let bottom = bottom.min(y + 220.0).max(y + 10.0);
            draw_ramp(scene, (x, y), bottom, *ramp);
            if let Some([low, high]) = words {
                for (at, word) in [(y + 5.0, high), (bottom - 5.0, low)] {
                    scene.text((x + BAR + 6.0, at), Anchor::Start, EM, DIM, word);
                }
                return;
            }
            let axis = Axis::between("", *lo, *hi, Scale::Linear);
            for tick in axis.ticks(((bottom - y) / 30.0).clamp(2.0, 6.0) as usize) {
                let at = bottom - axis.share(tick.at) * (bottom - y);
                scene.text((x + BAR + 6.0, at), Anchor::Start, EM, DIM, &tick.label);
            }
        }
    }
}

/// A square, a dot or a piece of a line, of the same width.
fn swatch(scene: &mut Scene, (x, y): (f64, f64), key: Key, color: Paint) {
    let (width, height) = match key {
        Key::Area => (SWATCH, SWATCH),
        Key::Line => (SWATCH + 2.0, 3.0),
        Key::Dot => (SWATCH - 2.0, SWATCH - 2.0),
    };
    scene.marks.push(Mark::Rect {
        x: x + (SWATCH - width) / 2.0,
        y: y - height / 2.0,
        width,
        height,
        color,
        opacity: 1.0,
        round: if key == Key::Area { 0.0 } else { height / 2.0 },
        tip: String::new(),
    });
}

fn draw_ramp(scene: &mut Scene, (x, top): (f64, f64), bottom: f64, ramp: Ramp) {
    const STRIPES: usize = 64;
    let height = (bottom - top) / STRIPES as f64;
    for stripe in 0..STRIPES {
        let color = ramp.at(1.0 - (stripe as f64 + 0.5) / STRIPES as f64);
        let y = top + stripe as f64 * height;
        // Each reaches under the next one, or seams would show.
        let reach = if stripe + 1 < STRIPES { 1.0 } else { 0.0 };
        scene.rect((x, y), (BAR, height + reach), color);
    }
}
