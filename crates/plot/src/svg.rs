//! A scene as SVG, which scales with its viewBox and needs nothing from
//! outside. Coordinates keep two decimals: whole pixels would make points
//! dance in rows, more would be wasted.
//!
//! Colours that differ on a dark page are written twice: as an attribute, which
//! every viewer understands, and as a class whose rule says `light-dark(…)`. As
//! a picture of its own (JupyterLab shows it as an `<img>`) the document takes
//! the `color-scheme` of the page around it, which JupyterLab sets with its
//! theme; where a page says nothing, the system decides. As a part of a page, it
//! is of the page's `color-scheme`.

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ferrite_display::html::escape;

use crate::fonts::STACK;
use crate::palette::{BACK, Paint, Theme};
use crate::raster::Pixmap;
use crate::scene::{Anchor, Mark, Scene, Text};

/// The document.
pub(crate) fn write(scene: &Scene, theme: Theme) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let description = clean(&scene.description);
    let mut writer = Writer {
        svg: String::new(),
        theme,
        used: BTreeSet::new(),
        masked: false,
    };
    for mark in &scene.marks {
        // Writing to a string cannot fail.
        let _ = writer.element(mark);
    }
    let style = writer.style() + if writer.masked { MASKS } else { "" };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{description}\" \
         font-family=\"{STACK}\">\n{style}{}</svg>\n",
        writer.svg
    )
}

struct Writer {
    svg: String,
    theme: Theme,
    /// The numbers of themed paints, each as a stroke or a filling.
    used: BTreeSet<(usize, bool)>,
    /// Whether there are images for one of the two pages only.
    masked: bool,
}

/// What is seen on light pages only, and on dark ones. The colours of an image
/// cannot follow the page, but those of a mask can: white lets through, black
/// does not. Charts on one page have the same masks, so it does not matter
/// whose are found.
const MASKS: &str = "<mask id=\"fe-light\" maskContentUnits=\"objectBoundingBox\">\
    <rect width=\"1\" height=\"1\" fill=\"#fff\" style=\"fill:light-dark(#fff,#000)\"/></mask>\
    <mask id=\"fe-dark\" maskContentUnits=\"objectBoundingBox\">\
    <rect width=\"1\" height=\"1\" fill=\"#000\" style=\"fill:light-dark(#000,#fff)\"/></mask>\n";

impl Writer {
    /// The rules of the paints that are used.
    fn style(&self) -> String {
        if self.used.is_empty() {
            return String::new();
        }
        let mut style = "<style>svg:root{color-scheme:light dark}".to_owned();
        for (number, stroke) in &self.used {
            let Some(paint) = Paint::numbered(*number) else {
                continue;
            };
            let (class, property) = if *stroke {
                ("fs", "stroke")
            } else {
                ("fe", "fill")
            };
            let (light, dark) = (paint.light.hex(), paint.dark.hex());
            // Writing to a string cannot fail.
            let _ = write!(
                style,
                ".{class}{number}{{{property}:light-dark({light},{dark})}}"
            );
        }
        style + "</style>\n"
    }

    /// The attributes of a filling.
    fn fill(&mut self, paint: Paint) -> String {
        self.paint(paint, false)
    }

    /// The attributes of a line.
    fn stroke(&mut self, paint: Paint) -> String {
        self.paint(paint, true)
    }

    fn paint(&mut self, paint: Paint, stroke: bool) -> String {
        let (class, property) = if stroke {
            ("fs", "stroke")
        } else {
            ("fe", "fill")
        };
        let color = paint.on(self.theme).hex();
        match paint.number().filter(|_| self.theme == Theme::Auto) {
            Some(number) => {
                self.used.insert((number, stroke));
                format!("{property}=\"{color}\" class=\"{class}{number}\"")
            }
            // One of very many: not worth a rule.
            None if self.theme == Theme::Auto && paint.light != paint.dark => {
                let (light, dark) = (paint.light.hex(), paint.dark.hex());
                format!("{property}=\"{color}\" style=\"{property}:light-dark({light},{dark})\"")
            }
            None => format!("{property}=\"{color}\""),
        }
    }

    fn element(&mut self, mark: &Mark) -> std::fmt::Result {
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
                let fill = self.fill(*color);
                write!(
                    self.svg,
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {fill}",
                    number(*x),
                    number(*y),
                    number(width.max(0.0)),
                    number(height.max(0.0)),
                )?;
                if *round > 0.0 {
                    write!(self.svg, " rx=\"{}\"", number(*round))?;
                }
                self.faint("fill-opacity", *opacity)?;
                if tip.is_empty() {
                    self.svg.push_str("/>\n");
                } else {
                    writeln!(self.svg, "><title>{}</title></rect>", clean(tip))?;
                }
            }
            Mark::Circles {
                circles,
                radius,
                opacity,
            } => {
                // Edges in the colour of the page keep crowded points apart.
                let stroke = self.stroke(BACK);
                write!(self.svg, "<g {stroke} stroke-width=\"0.6\"")?;
                self.faint("fill-opacity", *opacity)?;
                self.faint("stroke-opacity", *opacity)?;
                self.svg.push_str(">\n");
                let radius = number(*radius);
                for (x, y, color) in circles {
                    let (x, y, fill) = (number(*x), number(*y), self.fill(*color));
                    writeln!(
                        self.svg,
                        "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {fill}/>"
                    )?;
                }
                self.svg.push_str("</g>\n");
            }
            Mark::Path {
                points,
                color,
                width,
                opacity,
                dashed,
            } => {
                self.outline(points, "")?;
                let (stroke, width) = (self.stroke(*color), (number(*width), *width));
                write!(
                    self.svg,
                    " fill=\"none\" {stroke} stroke-width=\"{}\" stroke-linejoin=\"round\"",
                    width.0
                )?;
                if *dashed {
                    self.svg.push_str(" stroke-dasharray=\"5 4\"");
                } else if width.1 > 1.0 {
                    self.svg.push_str(" stroke-linecap=\"round\"");
                }
                self.faint("stroke-opacity", *opacity)?;
                self.svg.push_str("/>\n");
            }
            Mark::Polygon {
                points,
                color,
                opacity,
            } => {
                self.outline(points, "Z")?;
                let fill = self.fill(*color);
                write!(self.svg, " {fill}")?;
                self.faint("fill-opacity", *opacity)?;
                self.svg.push_str("/>\n");
            }
            Mark::Image {
                x,
                y,
                width,
                height,
                image,
                dark,
            } => {
                let place = [*x, *y, *width, *height].map(number);
                match dark {
                    Some(dark) => {
                        self.image(&place, image, " mask=\"url(#fe-light)\"")?;
                        self.image(&place, dark, " mask=\"url(#fe-dark)\"")?;
                        self.masked = true;
                    }
                    None => self.image(&place, image, "")?,
                }
            }
            Mark::Text(text) => self.text(text)?,
        }
        Ok(())
    }

    fn image(
        &mut self,
        [x, y, width, height]: &[String; 4],
        image: &Pixmap,
        mask: &str,
    ) -> std::fmt::Result {
        // Encoding into memory fails only for an image without pixels, of
        // which there is nothing to see.
        let Ok(file) = image.png() else { return Ok(()) };
        writeln!(
            self.svg,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{mask} \
             preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>",
            STANDARD.encode(file)
        )
    }

    fn outline(&mut self, points: &[(f64, f64)], end: &str) -> std::fmt::Result {
        self.svg.push_str("<path d=\"");
        for (index, (x, y)) in points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            write!(self.svg, "{command}{} {}", number(*x), number(*y))?;
        }
        write!(self.svg, "{end}\"")
    }

    fn text(&mut self, text: &Text) -> std::fmt::Result {
        let (x, y, fill) = (number(text.x), number(text.y), self.fill(text.color));
        write!(
            self.svg,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" {fill}",
            number(text.em)
        )?;
        match text.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.svg.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.svg.push_str(" text-anchor=\"end\""),
        }
        if text.turn != 0.0 {
            write!(
                self.svg,
                " transform=\"rotate({} {x} {y})\"",
                number(text.turn)
            )?;
        }
        writeln!(self.svg, ">{}</text>", clean(&text.text))
    }

    fn faint(&mut self, attribute: &str, opacity: f64) -> std::fmt::Result {
        if opacity < 1.0 {
            write!(self.svg, " {attribute}=\"{}\"", number(opacity))?;
        }
        Ok(())
    }
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

    #[test]
    fn colours_follow_the_page_unless_one_is_asked_for() {
        let mut scene = Scene {
            width: 10.0,
            height: 10.0,
            description: String::new(),
            marks: Vec::new(),
        };
        scene.rect((0.0, 0.0), (10.0, 10.0), BACK);
        let auto = write(&scene, Theme::Auto);
        assert!(
            auto.contains(".fe0{fill:light-dark(#ffffff,#14171a)}"),
            "{auto}"
        );
        assert!(auto.contains("fill=\"#ffffff\" class=\"fe0\""), "{auto}");
        let dark = write(&scene, Theme::Dark);
        assert!(
            dark.contains("fill=\"#14171a\"/>") && !dark.contains("<style>"),
            "{dark}"
        );
    }

    #[test]
    fn an_image_for_either_page_is_masked() {
        use std::sync::Arc;
        let image = |dark: Option<Pixmap>| Scene {
            width: 10.0,
            height: 10.0,
            description: String::new(),
            marks: vec![Mark::Image {
                x: 0.0,
                y: 0.0,
                width: 10.0,
                height: 10.0,
                image: Arc::new(Pixmap::new(1, 1)),
                dark: dark.map(Arc::new),
            }],
        };
        let both = write(&image(Some(Pixmap::new(2, 1))), Theme::Auto);
        assert_eq!(both.matches("<image ").count(), 2);
        for page in ["fe-light", "fe-dark"] {
            assert!(both.contains(&format!("<mask id=\"{page}\"")), "{both}");
            assert!(both.contains(&format!("mask=\"url(#{page})\"")), "{both}");
        }
        assert!(!write(&image(None), Theme::Auto).contains("mask"));
    }
}
