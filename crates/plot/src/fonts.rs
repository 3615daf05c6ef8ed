//! The bundled font. A kernel often runs where no font is installed, and text
//! must be measured before it can be placed; so the crate carries DejaVu Sans
//! (its licence lies beside it in `assets/`) and hands it to plotters.
//!
//! In an SVG the reader's browser chooses the font. [`STACK`] names DejaVu Sans
//! and Verdana first: both descend from the same drawings and have the same
//! widths, so that what was measured here fits there.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// The CSS font family of all text in SVG.
pub(crate) const STACK: &str = "DejaVu Sans, Verdana, Geneva, sans-serif";

static DEJAVU_SANS: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");

/// Font sizes in plotters are heights of a line; this is DejaVu's in ems.
const LINE_PER_EM: f64 = 2384.0 / 2048.0;

/// Makes the bundled font known to plotters as `sans-serif`, `serif` and
/// `monospace`, so that plotters' own charts have letters, too. It does so
/// once; every chart of this crate calls it by itself.
///
/// ```
/// ferrite_plot::register_fonts();
/// ```
pub fn register_fonts() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        for family in ["sans-serif", "serif", "monospace", "DejaVu Sans"] {
            // It fails only for a file that is no font, and ours is one.
            let _ = register_font(family, FontStyle::Normal, DEJAVU_SANS);
        }
    });
}

fn font(em: f64) -> FontDesc<'static> {
    register_fonts();
    FontDesc::new(
        FontFamily::Name("DejaVu Sans"),
        em * LINE_PER_EM,
        FontStyle::Normal,
    )
}

/// East Asian characters and emoji, which DejaVu lacks, are about an em wide.
fn is_wide(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x115f | 0x2e80..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x1f300..)
}

/// How wide a text is at a font size of `em` pixels.
pub(crate) fn width(text: &str, em: f64) -> f64 {
    // Plotters answers in whole pixels, so ask for large ones.
    const SCALE: f64 = 100.0;
    let narrow: String = text.chars().filter(|c| !is_wide(*c)).collect();
    let wide = text.chars().count() - narrow.chars().count();
    let narrow = match font(SCALE).box_size(&narrow) {
        Ok((width, _)) => f64::from(width) / SCALE,
        Err(_) => 0.6 * narrow.chars().count() as f64,
    };
    (narrow + wide as f64) * em
}

/// The text, cut with an ellipsis where it would be wider than `room` pixels.
pub(crate) fn fit(text: &str, em: f64, room: f64) -> String {
    // Nobody reads more than this, and measuring it would take long.
    const LONGEST: usize = 400;
    let text: String = text.chars().take(LONGEST).collect();
    if width(&text, em) <= room {
        return text;
    }
    let chars: Vec<char> = text.chars().collect();
    let cut = |kept: usize| {
        let start: String = chars[..kept].iter().collect();
        format!("{}…", start.trim_end())
    };
    let (mut fits, mut too_long) = (0, chars.len());
    while too_long - fits > 1 {
        let middle = fits.midpoint(too_long);
        if width(&cut(middle), em) <= room {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    cut(fits)
}

/// The name, cut where it would be wider than `room` pixels; in its middle, as
/// names often differ at their ends only.
pub(crate) fn fit_name(name: &str, em: f64, room: f64) -> String {
    let count = name.chars().count();
    if count > 400 || width(name, em) <= room {
        return fit(name, em, room);
    }
    let cut = |kept: usize| {
        let tail = kept / 3;
        let start: String = name.chars().take(kept - tail).collect();
        let end: String = name.chars().skip(count - tail).collect();
        format!("{}…{}", start.trim_end(), end.trim_start())
    };
    let fits = (1..count).rev().map(cut).find(|cut| width(cut, em) <= room);
    fits.unwrap_or_else(|| "…".to_owned())
}

/// The text in at most `lines` lines of `room` pixels, broken between words.
pub(crate) fn wrap(text: &str, em: f64, room: f64, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while words.peek().is_some() {
        if wrapped.len() + 1 >= lines {
            let rest: Vec<&str> = words.by_ref().collect();
            wrapped.push(fit(&rest.join(" "), em, room));
            break;
        }
        let mut line = words.next().unwrap_or_default().to_owned();
        while let Some(word) = words.peek() {
            let longer = format!("{line} {word}");
            if width(&longer, em) > room {
                break;
            }
            line = longer;
            words.next();
        }
        wrapped.push(fit(&line, em, room));
    }
    wrapped
}

/// How much ink of each pixel a text covers, in a box whose baseline lies
/// [`Mask::baseline`] below its top.
pub(crate) struct Mask {
    pub width: usize,
    pub height: usize,
    pub baseline: f64,
    coverage: Vec<f32>,
}

impl Mask {
    /// Draws a text at a font size of `em` pixels.
    pub fn of(text: &str, em: f64) -> Mask {
        let size = em * LINE_PER_EM;
        let font = font(em);
        let width = width(text, em).ceil() as usize + (em as usize) + 2;
        let height = (size * 1.5).ceil() as usize + 2;
        let mut mask = Mask {
            width,
            height,
            baseline: size,
            coverage: vec![0.0; width * height],
        };
        let mut pen = 0.0;
        for c in text.chars() {
            // Plotters puts a glyph's ink at the pen and forgets its bearing;
            // in the middle of its advance it is where it should be, nearly.
            let advance = self::width(c.encode_utf8(&mut [0; 4]), em);
            let mut ink: Vec<(i32, i32, f32)> = Vec::new();
            let drawn = font.draw(c.encode_utf8(&mut [0; 4]), (0, 0), |x, y, share| {
                ink.push((x, y, share));
                Ok::<(), std::convert::Infallible>(())
            });
            if drawn.is_ok() {
                let right = ink
                    .iter()
                    .filter(|(.., share)| *share > 0.0)
                    .map(|(x, ..)| x + 1)
                    .max();
                let bearing = (advance - f64::from(right.unwrap_or(0))) / 2.0;
                let left = (pen + bearing).round() as i32;
                // Plotters places the baseline half a size below the origin.
                let down = (size / 2.0).round() as i32;
                for (x, y, share) in ink {
                    mask.add(left + x, down + y, share);
                }
            }
            pen += advance;
        }
        mask
    }

    fn add(&mut self, x: i32, y: i32, share: f32) {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x < self.width
            && y < self.height
        {
            let pixel = &mut self.coverage[y * self.width + x];
            *pixel = pixel.max(share.clamp(0.0, 1.0));
        }
    }

    /// The coverage at a point, nothing outside of the box.
    pub fn at(&self, x: f64, y: f64) -> f64 {
        if x < 0.0 || y < 0.0 {
            return 0.0;
        }
        let (x, y) = (x as usize, y as usize);
        if x >= self.width || y >= self.height {
            return 0.0;
        }
        f64::from(self.coverage[y * self.width + x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_dejavu_sans() {
        // From the font's own table: "m" advances by 1995 of 2048 units.
        assert!((width("m", 2048.0) - 1995.0).abs() < 25.0);
        assert_eq!(width("", 12.0), 0.0);
        assert!(width("漢字", 10.0) >= 20.0);
    }

    #[test]
    fn long_text_ends_in_an_ellipsis_and_fits() {
        let cut = fit("a rather long label for an axis", 11.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 11.0) <= 60.0, "{cut}");
        assert_eq!(fit("short", 11.0, 60.0), "short");
        assert_eq!(fit("anything", 11.0, -5.0), "…");
    }

    #[test]
    fn long_names_keep_their_ends() {
        let cut = fit_name("category number 17", 11.0, 70.0);
        assert!(cut.starts_with("categ") && cut.ends_with("17"), "{cut}");
        assert!(cut.contains('…') && width(&cut, 11.0) <= 70.0);
        assert_eq!(fit_name("short", 11.0, 60.0), "short");
        assert_eq!(fit_name("anything", 11.0, -5.0), "…");
    }

    #[test]
    fn wrapping_keeps_all_words_that_have_room() {
        let lines = wrap("Heavier penguins have longer flippers", 15.0, 200.0, 2);
        assert_eq!(lines.join(" "), "Heavier penguins have longer flippers");
        assert_eq!(lines.len(), 2);
        assert!(wrap("   ", 15.0, 200.0, 2).is_empty());
    }

    #[test]
    fn a_mask_has_ink() {
        let mask = Mask::of("H", 20.0);
        let ink: f32 = mask.coverage.iter().sum();
        assert!(ink > 20.0, "{ink}");
    }
}
