//! The bundled font. A kernel often runs where no font is installed, and text
//! must be measured before it can be placed; so the crate carries DejaVu Sans
//! (its licence lies beside it in `assets/`) and hands it to plotters.
//!
//! In an SVG the reader's browser chooses the font. [`STACK`] names DejaVu Sans
//! and Verdana first: both descend from the same drawings and have the same
//! widths, so that what was measured here fits there.

use std::sync::{LazyLock, OnceLock};

use ab_glyph::{Font, FontRef, GlyphId, PxScale};
use plotters::style::{FontStyle, register_font};

use crate::fallback;

/// The CSS font family of all text in SVG.
pub(crate) const STACK: &str = "DejaVu Sans, Verdana, Geneva, sans-serif";

pub(crate) static DEJAVU_SANS: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");

/// The bundled font; nothing only if the file in this crate were no font,
/// which a test excludes.
static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(DEJAVU_SANS).ok());

/// What plotters' users write as a font's name. Plotters draws nothing where it does
/// not know a name, and looks for no other font.
const FAMILIES: &[&str] = &[
    "sans-serif",
    "serif",
    "monospace",
    "cursive",
    "fantasy",
    "system-ui",
    "sans",
    "mono",
    "DejaVu Sans",
    "DejaVu Sans Mono",
    "DejaVu Serif",
    "Arial",
    "arial",
    "Arial Black",
    "Helvetica",
    "Helvetica Neue",
    "Verdana",
    "Tahoma",
    "Trebuchet MS",
    "Geneva",
    "Calibri",
    "Cambria",
    "Segoe UI",
    "Roboto",
    "Open Sans",
    "Noto Sans",
    "Ubuntu",
    "Inter",
    "Lato",
    "Liberation Sans",
    "Times",
    "Times New Roman",
    "Georgia",
    "Garamond",
    "Palatino",
    "Courier",
    "Courier New",
    "Consolas",
    "Menlo",
    "Monaco",
    "Impact",
    "Comic Sans MS",
    "Source Sans Pro",
    "Fira Sans",
    "Fira Code",
];

/// Makes the bundled font known to plotters by the usual names (`sans-serif`, `Arial`,
/// …), so that plotters' own charts have letters, too. It does so once; cells find it
/// done. A name that is not among them is one more call of plotters' `register_font`.
///
/// ```
/// ferrite_plot::register_fonts();
/// ```
pub fn register_fonts() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        for family in FAMILIES {
            // It fails only for a file that is no font, and ours is one.
            let _ = register_font(family, FontStyle::Normal, DEJAVU_SANS);
        }
    });
}

/// Chinese, Japanese and Korean characters and emoji, which DejaVu lacks and
/// the browser takes from another font, are an em wide in all of them.
fn is_wide(c: char) -> bool {
    matches!(c as u32,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xa960..=0xa97f | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// Marks that stand over or under the letter before them, joiners and
/// selectors have no width.
fn is_zero(c: char) -> bool {
    matches!(c as u32,
        0x0300..=0x036f | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0x200b..=0x200f
        | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0x1f3fb..=0x1f3ff | 0xe0100..=0xe01ef)
}

/// How far the pen moves for a character, in ems, and its glyph if the font
/// has one.
fn advance(c: char) -> (f64, Option<GlyphId>) {
    let Some(font) = FONT.as_ref() else {
        return (0.6, None);
    };
    let glyph = font.glyph_id(c);
    let known = glyph != GlyphId(0);
    let width = match c {
        _ if is_zero(c) => 0.0,
        _ if known => f64::from(font.h_advance_unscaled(glyph)) / units(font),
        _ if is_wide(c) => 1.0,
        _ => 0.6,
    };
    (width, known.then_some(glyph))
}

fn units(font: &FontRef<'_>) -> f64 {
    f64::from(font.units_per_em().unwrap_or(2048.0))
}

/// How much nearer two glyphs stand than their widths say, in ems.
fn kerning(before: Option<GlyphId>, glyph: Option<GlyphId>) -> f64 {
    match (FONT.as_ref(), before, glyph) {
        (Some(font), Some(before), Some(glyph)) => {
            f64::from(font.kern_unscaled(before, glyph)) / units(font)
        }
        _ => 0.0,
    }
}

/// How wide a text is at a font size of `em` pixels.
pub(crate) fn width(text: &str, em: f64) -> f64 {
    let mut before = None;
    let mut ems = 0.0;
    for c in text.chars() {
        let (width, glyph) = advance(c);
        ems += width + kerning(before, glyph);
        before = glyph;
    }
    ems * em
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
        let width = width(text, em).ceil() as usize + (em as usize) + 2;
        let height = (em * 1.5).ceil() as usize + 2;
        let mut mask = Mask {
            width,
            height,
            baseline: em * 1.1,
            coverage: vec![0.0; width * height],
        };
        let (mut pen, mut before) = (0.0, None);
        for c in text.chars() {
            let (advance, glyph) = advance(c);
            pen += kerning(before, glyph) * em;
            match glyph {
                Some(glyph) => mask.bundled(glyph, pen, em),
                None if advance > 0.0 && !c.is_whitespace() => mask.other(c, pen, advance * em, em),
                None => {}
            }
            before = glyph;
            pen += advance * em;
        }
        mask
    }

    fn bundled(&mut self, glyph: GlyphId, pen: f64, em: f64) {
        if let Some(font) = FONT.as_ref() {
            self.glyph(font, glyph, pen, em);
        }
    }

    /// A character from one of the system's fonts, in the middle of its room.
    fn other(&mut self, c: char, pen: f64, room: f64, em: f64) {
        match fallback::glyph(c) {
            Some((font, glyph)) => {
                let units = f64::from(font.units_per_em().unwrap_or(1000.0));
                let advance = f64::from(font.h_advance_unscaled(glyph)) / units * em;
                self.glyph(font, glyph, pen + (room - advance) / 2.0, em);
            }
            None => self.unknown(pen, room, em),
        }
    }

    fn glyph(&mut self, font: &impl Font, glyph: GlyphId, pen: f64, em: f64) {
        // The scale of a font is the height of its lines.
        let units = f64::from(font.units_per_em().unwrap_or(2048.0));
        let scale = em * f64::from(font.height_unscaled()) / units;
        let at = ab_glyph::point(pen as f32, self.baseline as f32);
        let glyph = glyph.with_scale_and_position(PxScale::from(scale as f32), at);
        if let Some(outline) = font.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
            outline.draw(|x, y, share| self.add(left + x as i32, top + y as i32, share));
        }
    }

    /// A frame in place of a character that no font has.
    fn unknown(&mut self, pen: f64, advance: f64, em: f64) {
        let (left, right) = ((pen + 0.1 * em) as i32, (pen + advance - 0.1 * em) as i32);
        let (top, bottom) = ((self.baseline - 0.73 * em) as i32, self.baseline as i32);
        let line = (0.06 * em).max(1.0) as i32;
        for y in top..bottom {
            for x in left..right {
                let edge =
                    x < left + line || x >= right - line || y < top + line || y >= bottom - line;
                if edge {
                    self.add(x, y, 1.0);
                }
            }
        }
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
        // From the font's own table of advances, in 2048ths of an em.
        for (letter, advance) in [("m", 1995.0), ("é", 1260.0), ("Ω", 1565.0), ("ж", 1845.0)] {
            assert!(
                (width(letter, 2048.0) - advance).abs() < 0.5,
                "{letter}: {}",
                width(letter, 2048.0)
            );
        }
        // "é" as one character and as two.
        assert_eq!(width("e\u{301}", 12.0), width("é", 12.0));
        assert!(
            width("AV", 12.0) < width("A", 12.0) + width("V", 12.0),
            "kerning"
        );
        assert_eq!(width("", 12.0), 0.0);
        assert_eq!(width("漢字カナ한글", 10.0), 60.0);
    }

    #[test]
    fn the_bundled_font_has_all_of_greek() {
        let font = FONT.as_ref().expect("a font");
        let letters = ('Α'..='Ρ')
            .chain('Σ'..='ώ')
            .chain(['Ά', 'Έ', 'Ή', 'Ί', 'Ό', 'Ύ', 'Ώ']);
        for letter in letters {
            let known = font.glyph_id(letter) != GlyphId(0);
            assert!(known, "{letter}");
            assert!(
                font.outline(font.glyph_id(letter)).is_some(),
                "{letter} has no shape"
            );
        }
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
