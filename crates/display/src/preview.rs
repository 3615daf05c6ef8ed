//! A short look at a value, for lists of variables and tooltips: it must not
//! cost what the value is large.
//!
//! Whoever wants one asks for a value's look [`within`] a number of
//! characters. Formatting by `Debug` then ends where they are used up, and
//! types that know something shorter to say look at [`wanted`].

use std::cell::Cell;
use std::fmt::{Debug, Write};

/// MIME type of a frame's columns, a JSON list of `[name, type]`. Only a
/// preview has it.
pub const COLUMNS: &str = "application/vnd.ferrite.columns+json";

thread_local! {
    static WANTED: Cell<Option<usize>> = const { Cell::new(None) };
}

/// How many characters a preview may have, if one is wanted.
pub fn wanted() -> Option<usize> {
    WANTED.get()
}

/// Asks for looks that are previews.
pub fn within<T>(most: usize, look: impl FnOnce() -> T) -> T {
    struct Restore(Option<usize>);
    impl Drop for Restore {
        fn drop(&mut self) {
            WANTED.set(self.0);
        }
    }
    let _restore = Restore(WANTED.replace(Some(most)));
    look()
}

/// The first characters of a value's `{:?}`; what follows is not even
/// formatted.
///
/// ```
/// use ferrite_display::preview::debug;
///
/// assert_eq!(debug(&[1, 2], 10), "[1, 2]");
/// assert_eq!(debug(&vec![7; 1_000_000_000 / 1_000], 10), "[7, 7, 7, …");
/// ```
pub fn debug(value: &dyn Debug, most: usize) -> String {
    let mut text = Bounded {
        text: String::new(),
        left: most,
    };
    // The error is ours: there is no more room.
    match write!(text, "{value:?}") {
        Ok(()) => text.text,
        Err(_) => text.text + "…",
    }
}

struct Bounded {
    text: String,
    left: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, piece: &str) -> std::fmt::Result {
        for c in piece.chars() {
            if self.left == 0 {
                return Err(std::fmt::Error);
            }
            self.left -= 1;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_ends_with_whoever_asked_for_it() {
        let inside = within(5, wanted);
        assert_eq!((inside, wanted()), (Some(5), None));
        let _ = std::panic::catch_unwind(|| within(5, || panic!("a look that panics")));
        assert_eq!(wanted(), None);
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(debug(&"äöü", 3), "\"äö…");
        assert_eq!(debug(&"äöü", 5), "\"äöü\"");
    }
}
