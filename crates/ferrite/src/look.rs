//! `display` for everything that has a look, foreign types included.
//!
//! `ferrite_display::display` takes what implements `Show`, and frames cannot:
//! neither the trait nor the type is this crate's. The parameter `By` of
//! [`Look`] keeps the two ways to a look apart; the compiler finds out which one
//! a type has.

use ferrite_display::{DisplayHandle, MimeBundle, Show, sink};

use crate::notebook::ForeignLook;

/// A type with a look of its own, by [`Show`] or as one that Ferrite knows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rich look",
    note = "frames, arrays, charts and models have one; implement `Show` for types of your own, \
            or print it: println!(\"{{:?}}\", …)"
)]
pub trait Look<By> {
    /// The value in every format that it can be shown in.
    fn bundle(&self) -> MimeBundle;
}

/// By `Show`.
pub struct ByShow;

impl<T: Show + ?Sized> Look<ByShow> for T {
    fn bundle(&self) -> MimeBundle {
        self.show()
    }
}

/// As a type of another crate.
pub struct ByForeign;

impl<T: ForeignLook + ?Sized> Look<ByForeign> for T {
    fn bundle(&self) -> MimeBundle {
        self.look()
    }
}

/// What a value looks like, without showing it: its text, its HTML and so on.
///
/// ```
/// use ferrite::prelude::*;
///
/// let penguins = datasets::penguins()?;
/// assert!(look(&penguins).get("text/html").is_some());
/// # Ok::<(), FrameError>(())
/// ```
pub fn look<By>(value: &(impl Look<By> + ?Sized)) -> MimeBundle {
    value.bundle()
}

/// Shows a value in the middle of a cell, as if it were its last expression.
///
/// ```
/// use ferrite::prelude::*;
///
/// display(&datasets::penguins()?);
/// display(&MimeBundle::text("so far, so good"));
/// # Ok::<(), FrameError>(())
/// ```
pub fn display<By>(value: &(impl Look<By> + ?Sized)) {
    sink::emit(&value.bundle());
}

/// Shows a value that [`update_display`] can replace later.
pub fn display_as<By>(id: &str, value: &(impl Look<By> + ?Sized)) {
    sink::display_as(id, &value.bundle());
}

/// Replaces what was shown under this `id`.
pub fn update_display<By>(id: &str, value: &(impl Look<By> + ?Sized)) {
    sink::update_display(id, &value.bundle());
}

/// Shows a value and returns a handle that replaces it, from the same cell or
/// from a later one. (`handle.update(&look(&frame))` for a frame.)
#[must_use = "the handle is what updates the output; `display` only shows"]
pub fn display_handle<By>(value: &(impl Look<By> + ?Sized)) -> DisplayHandle {
    ferrite_display::display_handle(&value.bundle())
}
