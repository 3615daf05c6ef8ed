//! Scores on a line: a dot for each fold, a bar for their mean. Small enough for a cell
//! of a table, and drawn in the colours of the theme.

use std::fmt::Write;

const HEIGHT: f64 = 20.0;
/// So that dots at the ends are whole.
const MARGIN: f64 = 6.0;

/// The range that the strips of one column share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    width: f64,
}

impl Scale {
    /// A scale for all these values.
    pub fn of(values: impl Iterator<Item = f64>, width: f64) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let (low, high) = match high - low {
            apart if apart > 0.0 => (low, high),
            0.0 => (low - 0.5, high + 0.5),
            _ => (0.0, 1.0),
        };
        Self { low, high, width }
    }

    fn x(&self, value: f64) -> f64 {
        MARGIN + (value - self.low) / (self.high - self.low) * (self.width - 2.0 * MARGIN)
    }

    /// Dots for the folds and a bar for the mean; the best one stands out.
    pub fn dots(&self, folds: &[f64], best: bool, label: &str) -> String {
        let colour = if best { "--fe-accent" } else { "--fe-dim" };
        let mut svg = self.begin(label);
        let middle = HEIGHT / 2.0;
        let _ = write!(
            svg,
            "<line x1=\"0\" x2=\"{:.0}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"var(--fe-line)\"/>",
            self.width
        );
        for fold in folds.iter().filter(|fold| fold.is_finite()) {
            let _ = write!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{middle}\" r=\"3.2\" fill=\"var({colour})\" fill-opacity=\".55\"/>",
                self.x(*fold)
            );
        }
        if !folds.is_empty() {
            let mean = super::stats::mean(folds);
            let _ = write!(
                svg,
                "<rect x=\"{:.1}\" y=\"2\" width=\"2.4\" height=\"{}\" rx=\"1.2\" fill=\"var({})\"/>",
                self.x(mean) - 1.2,
                HEIGHT - 4.0,
                if best { "--fe-accent" } else { "--fe-fg" }
            );
        }
        svg + "</svg>"
    }

    /// A mean with its interval, against a line at zero.
    pub fn interval(&self, mean: f64, half: Option<f64>, label: &str) -> String {
        let middle = HEIGHT / 2.0;
        let apart = half.is_some_and(|half| mean.abs() > half);
        let colour = if apart { "--fe-warn" } else { "--fe-dim" };
        let mut svg = self.begin(label);
        let _ = write!(
            svg,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"0\" y2=\"{HEIGHT}\" stroke=\"var(--fe-accent)\" stroke-dasharray=\"2 2\"/>",
            self.x(0.0)
        );
        if let Some(half) = half {
            let _ = write!(
                svg,
                "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"var({colour})\" stroke-width=\"2\" stroke-linecap=\"round\"/>",
                self.x(mean - half),
                self.x(mean + half)
            );
        }
        let _ = write!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{middle}\" r=\"3.6\" fill=\"var({colour})\"/></svg>",
            self.x(mean)
        );
        svg
    }

    fn begin(&self, label: &str) -> String {
        format!(
            "<svg width=\"{0:.0}\" height=\"{HEIGHT:.0}\" viewBox=\"0 0 {0:.0} {HEIGHT:.0}\" \
             role=\"img\" aria-label=\"{1}\" style=\"vertical-align:middle;display:block\">",
            self.width,
            ferrite_display::html::escape(label)
        )
    }

    /// The zero of the scale, and its ends where there is room beside it.
    pub fn axis_with_zero(&self, number: impl Fn(f64) -> String) -> String {
        /// What a number takes.
        const ROOM: f64 = 34.0;
        let zero = self.x(0.0).clamp(0.0, self.width);
        let mut html = format!(
            "<div class=\"dim\" style=\"position:relative;width:{:.0}px;height:16px;font-size:11px\">\
             <span style=\"position:absolute;left:{zero:.0}px;transform:translateX(-50%)\">0</span>",
            self.width
        );
        if zero > ROOM {
            let _ = write!(
                html,
                "<span style=\"position:absolute;left:0\">{}</span>",
                number(self.low)
            );
        }
        if self.width - zero > ROOM {
            let _ = write!(
                html,
                "<span style=\"position:absolute;right:0\">{}</span>",
                number(self.high)
            );
        }
        html + "</div>"
    }

    /// The ends of the scale, as a row below the strips.
    pub fn axis(&self, number: impl Fn(f64) -> String) -> String {
        format!(
            "<div class=\"dim\" style=\"display:flex;justify-content:space-between;width:{:.0}px;\
             font-size:11px\"><span>{}</span><span>{}</span></div>",
            self.width,
            number(self.low),
            number(self.high)
        )
    }
}
