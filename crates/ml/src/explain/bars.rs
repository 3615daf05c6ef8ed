//! Names with bars: a drawing of importances, coefficients and contributions
//! that follows the light or dark theme, and the same as text.

use std::fmt::Write;

use ferrite_display::html::escape;

/// A name, its value, and how far the value may be off.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bar {
    pub name: String,
    pub value: f64,
    pub spread: Option<f64>,
}

/// More bars are not drawn; the frame has them.
const SHOWN: usize = 30;
/// Sizes in pixels.
const WIDTH: f64 = 640.0;
const ROW: f64 = 22.0;
const LETTER: f64 = 6.6;
const NUMBERS: f64 = 110.0;

fn number(value: f64) -> String {
    if value != 0.0 && (value.abs() < 1e-3 || value.abs() >= 1e5) {
        format!("{value:.2e}")
    } else {
        format!("{value:.4}")
    }
}

fn labelled(bar: &Bar) -> String {
    match bar.spread {
        Some(spread) => format!("{} ± {}", number(bar.value), number(spread)),
        None => number(bar.value),
    }
}

fn rest(bars: &[Bar]) -> Option<String> {
    (bars.len() > SHOWN).then(|| format!("and {} more, see .frame()", bars.len() - SHOWN))
}

/// The largest distance from zero that is drawn.
fn reach(bars: &[Bar]) -> f64 {
    let far = |bar: &Bar| bar.value.abs() + bar.spread.unwrap_or(0.0);
    let most = bars.iter().take(SHOWN).map(far).fold(0.0, f64::max);
    if most > 0.0 && most.is_finite() {
        most
    } else {
        1.0
    }
}

/// A line for each bar.
pub(super) fn text(bars: &[Bar]) -> String {
    let length = |text: &str| text.chars().count();
    let shown = &bars[..bars.len().min(SHOWN)];
    let width = shown.iter().map(|bar| length(&bar.name)).max().unwrap_or(0);
    let numbers = shown
        .iter()
        .map(|bar| length(&labelled(bar)))
        .max()
        .unwrap_or(0);
    let reach = reach(bars);
    let mut lines = String::new();
    for bar in shown {
        let blocks = (bar.value.abs() / reach * 30.0).round() as usize;
        let sign = if bar.value < 0.0 { "▒" } else { "█" };
        let label = labelled(bar);
        let line = format!(
            "{:<width$}  {label:>numbers$}  {}",
            bar.name,
            sign.repeat(blocks)
        );
        let _ = writeln!(lines, "{}", line.trim_end());
    }
    if let Some(rest) = rest(bars) {
        let _ = writeln!(lines, "{rest}");
    }
    lines
}

/// An SVG for use inside a card.
pub(super) fn html(bars: &[Bar], title: &str) -> String {
    let shown = &bars[..bars.len().min(SHOWN)];
    let longest = shown
        .iter()
        .map(|bar| bar.name.chars().count())
        .max()
        .unwrap_or(0);
    let names = (longest as f64 * LETTER + 12.0).clamp(60.0, 260.0);
    let any_negative = shown.iter().any(|bar| bar.value < 0.0);
    let room = WIDTH - names - NUMBERS;
    let (zero, scale) = match any_negative {
        true => (names + room / 2.0, room / 2.0 / reach(bars)),
        false => (names, room / reach(bars)),
    };
    let height = ROW * shown.len() as f64 + 8.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
         aria-label=\"{}\" style=\"max-width:100%;font-size:12px\">",
        escape(title)
    );
    for (at, bar) in shown.iter().enumerate() {
        let middle = 4.0 + ROW * (at as f64 + 0.5);
        let (length, color) = match bar.value < 0.0 {
            true => (-bar.value * scale, "var(--fe-warn)"),
            false => (bar.value * scale, "var(--fe-accent)"),
        };
        let left = if bar.value < 0.0 { zero - length } else { zero };
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"currentColor\">{}</text>\
             <rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.1}\" rx=\"2\" \
             fill=\"{color}\"><title>{}: {}</title></rect>",
            names - 8.0,
            middle + 4.0,
            escape(&shortened(&bar.name)),
            middle - ROW * 0.34,
            ROW * 0.68,
            escape(&bar.name),
            labelled(bar),
        );
        if let Some(spread) = bar.spread.filter(|spread| *spread > 0.0) {
            let ends = [bar.value - spread, bar.value + spread].map(|end| zero + end * scale);
            let _ = write!(
                svg,
                "<line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\" \
                 stroke=\"currentColor\"/>",
                ends[0].max(names),
                ends[1],
            );
        }
        let _ = write!(
            svg,
            "<text x=\"{WIDTH}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"var(--fe-dim)\" \
             style=\"font-variant-numeric:tabular-nums\">{}</text>",
            middle + 4.0,
            labelled(bar),
        );
    }
    let _ = write!(
        svg,
        "<line x1=\"{zero:.1}\" x2=\"{zero:.1}\" y1=\"0\" y2=\"{height:.1}\" \
         stroke=\"var(--fe-line)\"/></svg>"
    );
    let rest = rest(bars).map_or(String::new(), |rest| {
        format!("<div class=\"shape\">{}</div>", escape(&rest))
    });
    format!("<div class=\"shape\">{}</div>{svg}{rest}", escape(title))
}

fn shortened(name: &str) -> String {
    const LONGEST: usize = 38;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 1).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, value: f64) -> Bar {
        Bar {
            name: name.to_owned(),
            value,
            spread: Some(0.1),
        }
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let text = text(&[bar("mass", 1.4), bar("year", -0.7), bar("sex", 0.0)]);
        insta::assert_snapshot!(text, @r"
        mass   1.4000 ± 0.1000  ████████████████████████████
        year  -0.7000 ± 0.1000  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒
        sex    0.0000 ± 0.1000
        ");
    }

    #[test]
    fn names_are_escaped_and_nothing_is_no_number() {
        let html = html(&[bar("a<b", 0.0)], "x & y");
        assert!(
            html.contains("a&lt;b") && html.contains("x &amp; y"),
            "{html}"
        );
        assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
    }
}
