//! The question "how does this value look?", asked of a value of any type.
//!
//! The answer is chosen by method resolution on [`Probe`] (see
//! `ferrite_runtime::probe`). The types live here so that every crate that
//! gives a foreign type a look can name them.

use std::fmt::Debug;

use crate::{MimeBundle, capped, preview};

/// A value whose look is to be chosen.
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// How a value looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// It is `()`, there is nothing to show.
    Nothing,
    /// A rich look.
    Rich(MimeBundle),
    /// Its `Debug` text.
    Text(String),
    /// It has no look; the name of its type.
    Opaque(&'static str),
}

/// Longest `{:?}` line before the indented form is taken.
const LINE: usize = 120;

impl Shown {
    /// A value by its `Debug` text, indented if one line is not enough, and cut
    /// if it is more than a person can read.
    pub fn debug(value: &dyn Debug) -> Self {
        if let Some(most) = preview::wanted() {
            return Shown::Text(preview::debug(value, most));
        }
        let line = capped::format(format_args!("{value:?}"));
        if line == "()" {
            Shown::Nothing
        } else if line.len() > LINE && line.contains('{') {
            Shown::Text(capped::format(format_args!("{value:#?}")))
        } else {
            Shown::Text(line)
        }
    }

    /// The formats to send to a frontend; `None` for `()`.
    pub fn into_bundle(self) -> Option<MimeBundle> {
        match self {
            Shown::Nothing => None,
            Shown::Rich(bundle) => Some(bundle),
            Shown::Text(text) => Some(MimeBundle::text(text)),
            Shown::Opaque(name) => Some(MimeBundle::text(format!(
                "a value of type {}, which implements neither Debug nor Show",
                short_type_name(name)
            ))),
        }
    }
}

/// `alloc::string::String` → `String`, generic arguments included.
///
/// ```
/// use ferrite_display::probe::short_type_name;
/// assert_eq!(short_type_name("alloc::vec::Vec<core::option::Option<i32>>"), "Vec<Option<i32>>");
/// ```
pub fn short_type_name(path: &str) -> String {
    let mut short = String::with_capacity(path.len());
    let mut word = String::new();
    for c in path.chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else if c == ':' {
            word.clear();
        } else {
            short.push_str(&word);
            word.clear();
            short.push(c);
        }
    }
    short.push_str(&word);
    short
}
