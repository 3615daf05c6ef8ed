//! As much of a text as a person can read.
//!
//! The `Debug` text of fifty million bytes has 150 MB, which no browser bears
//! and no notebook should hold. What is beyond the bound is counted, not kept.

use std::fmt::{self, Write};

/// Bytes that are kept.
const KEPT: usize = 256 << 10;
/// Bytes beyond those that are counted; what follows is not even formatted.
const COUNTED: usize = 16 << 20;

/// Formats something, up to a bound; the end says how much was cut.
///
/// ```
/// use ferrite_display::capped::format;
///
/// assert_eq!(format(format_args!("{:?}", [1, 2])), "[1, 2]");
/// let text = format(format_args!("{:?}", vec![7; 1_000_000]));
/// assert!(text.len() < 300_000 && text.ends_with("2.7 MB of this are not shown]"));
/// ```
pub fn format(text: fmt::Arguments<'_>) -> String {
    let mut capped = Capped::default();
    let ended = capped.write_fmt(text).is_ok();
    let Capped { mut text, cut } = capped;
    let note = match cut {
        0 if ended => return text,
        0 => "\n[formatting it failed here]".to_owned(),
        1_000_000.. => {
            let more = if ended { "" } else { "more than " };
            let cut = cut as f64 / 1e6;
            format!("\n[Cut here: {more}another {cut:.1} MB of this are not shown]")
        }
        _ => format!("\n[Cut here: another {cut} bytes of this are not shown]"),
    };
    text.push_str(&note);
    text
}

#[derive(Default)]
struct Capped {
    text: String,
    /// Bytes that did not fit.
    cut: usize,
}

impl Write for Capped {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = if self.cut == 0 {
            KEPT - self.text.len()
        } else {
            0
        };
        let fitting = piece.floor_char_boundary(room);
        self.text.push_str(&piece[..fitting]);
        self.cut += piece.len() - fitting;
        if self.cut < COUNTED {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_whole() {
        let long = "ä".repeat(KEPT / 2);
        assert_eq!(format(format_args!("{long}")), long);
        let cut = format(format_args!("{long}ö"));
        assert_eq!(
            cut,
            long + "\n[Cut here: another 2 bytes of this are not shown]"
        );
    }

    #[test]
    fn what_has_no_end_ends() {
        struct Endless;
        impl fmt::Debug for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("on and on ")?;
                }
            }
        }
        let text = format(format_args!("{Endless:?}"));
        assert!(text.starts_with("on and on "));
        assert!(text.ends_with("[Cut here: more than another 16.8 MB of this are not shown]"));
    }

    #[test]
    fn a_value_that_cannot_be_formatted_says_so() {
        struct Broken;
        impl fmt::Debug for Broken {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("so far")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(
            format(format_args!("{Broken:?}")),
            "so far\n[formatting it failed here]"
        );
    }
}
