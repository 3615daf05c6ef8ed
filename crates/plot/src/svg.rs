//! A scene as SVG, which scales with its viewBox and needs nothing from
//! outside. Coordinates keep two decimals: whole pixels would make points
//! dance in rows, more would be wasted.

use std::fmt::Write;

use ferrite_display::html::escape;

use crate::fonts::STACK;
use crate::scene::{Anchor, Mark, Scene, Text};

/// The document.
pub(crate) fn write(scene: &Scene) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let description = clean(&scene.description);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{description}\" \
         font-family=\"{STACK}\">\n"
    );
    for mark in &scene.marks {
        // Writing to a string cannot fail.
        let _ = element(&mut svg, mark);
    }
    svg.push_str("</svg>\n");
    svg
}

fn element(svg: &mut String, mark: &Mark) -> std::fmt::Result {
    match mark {
        Mark::Rect {
            x,
            y,
            width,
            height,
            color,
            opacity,
            round,
            tip,
        } => {
            write!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"",
                number(*x),
                number(*y),
                number(width.max(0.0)),
                number(height.max(0.0)),
                color.hex()
            )?;
            if *round > 0.0 {
                write!(svg, " rx=\"{}\"", number(*round))?;
            }
            faint(svg, "fill-opacity", *opacity)?;
            if tip.is_empty() {
                svg.push_str("/>\n");
            } else {
                writeln!(svg, "><title>{}</title></rect>", clean(tip))?;
            }
        }
        Mark::Circles {
            circles,
            radius,
            opacity,
        } => {
            // Edges in white keep crowded points apart.
            svg.push_str("<g stroke=\"#fff\" stroke-width=\"0.6\"");
            faint(svg, "fill-opacity", *opacity)?;
            faint(svg, "stroke-opacity", *opacity)?;
            svg.push_str(">\n");
            let radius = number(*radius);
            for (x, y, color) in circles {
                let (x, y, color) = (number(*x), number(*y), color.hex());
                writeln!(
                    svg,
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{color}\"/>"
                )?;
            }
            svg.push_str("</g>\n");
        }
        Mark::Path {
            points,
            color,
            width,
            opacity,
        } => {
            svg.push_str("<path d=\"");
            for (index, (x, y)) in points.iter().enumerate() {
                let command = if index == 0 { 'M' } else { 'L' };
                write!(svg, "{command}{} {}", number(*x), number(*y))?;
            }
            write!(svg, "\" fill=\"none\" stroke=\"{}\"", color.hex())?;
            write!(
                svg,
                " stroke-width=\"{}\" stroke-linejoin=\"round\"",
                number(*width)
            )?;
            if *width > 1.0 {
                svg.push_str(" stroke-linecap=\"round\"");
            }
            faint(svg, "stroke-opacity", *opacity)?;
            svg.push_str("/>\n");
        }
        Mark::Text(text) => write_text(svg, text)?,
    }
    Ok(())
}

fn write_text(svg: &mut String, text: &Text) -> std::fmt::Result {
    let (x, y) = (number(text.x), number(text.y));
    write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"",
        number(text.em)
    )?;
    write!(svg, " fill=\"{}\"", text.color.hex())?;
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => svg.push_str(" text-anchor=\"middle\""),
        Anchor::End => svg.push_str(" text-anchor=\"end\""),
    }
    if text.turn != 0.0 {
        write!(svg, " transform=\"rotate({} {x} {y})\"", number(text.turn))?;
    }
    writeln!(svg, ">{}</text>", clean(&text.text))
}

fn faint(svg: &mut String, attribute: &str, opacity: f64) -> std::fmt::Result {
    if opacity < 1.0 {
        write!(svg, " {attribute}=\"{}\"", number(opacity))?;
    }
    Ok(())
}

/// A coordinate with at most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}

/// Escaped, and without the characters that XML does not allow at all.
fn clean(text: &str) -> String {
    let allowed: String = text
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    escape(&allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(3.0), "3");
        assert_eq!(number(2.504), "2.5");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(100.0), "100");
    }

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(clean("a<b>\u{1b}[1m\n&"), "a&lt;b&gt; [1m &amp;");
    }
}
