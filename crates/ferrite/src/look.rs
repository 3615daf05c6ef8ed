//! `display` and the like, for everything that has a look, foreign types
//! included.
//!
//! `ferrite_display::display` takes what implements `Show`, and frames cannot:
//! neither the trait nor the type is this crate's. The parameter `By` of
//! [`Looks`] keeps the ways to a look apart; the compiler finds out which one a
//! type has.

use ferrite_display::{MimeBundle, Show, sink};

use crate::notebook::ForeignLook;

/// A value that can be shown. `By` only tells apart the reasons why; it is
/// always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rich look",
    note = "frames, arrays, charts and models have one; implement `Show` for types of your own, \
            or print it: println!(\"{{:?}}\", …)"
)]
pub trait Looks<By> {
    /// The value in every format that it can be shown in.
    fn looks(&self) -> MimeBundle;
}

/// Because it implements [`Show`].
#[doc(hidden)]
pub struct ByShow;
/// Because its crate is known here.
#[doc(hidden)]
pub struct ByForeign;
/// Because it is text or a number.
#[doc(hidden)]
pub struct ByText;
/// Because of what is inside.
#[doc(hidden)]
pub struct Inside<By>(By);

impl<T: Show + ?Sized> Looks<ByShow> for T {
    fn looks(&self) -> MimeBundle {
        self.show()
    }
}

impl<T: ForeignLook + ?Sized> Looks<ByForeign> for T {
    fn looks(&self) -> MimeBundle {
        self.look()
    }
}

macro_rules! text {
    ($($kind:ty)+) => {$(
        impl Looks<ByText> for $kind {
            fn looks(&self) -> MimeBundle {
                MimeBundle::text(self.to_string())
            }
        }
    )+};
}

text! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char String str &str }

impl Looks<ByText> for () {
    fn looks(&self) -> MimeBundle {
        MimeBundle::text("")
    }
}

/// An error is shown in place of the value.
impl<T: Looks<By>, E: std::fmt::Display, By> Looks<Inside<By>> for Result<T, E> {
    fn looks(&self) -> MimeBundle {
        match self {
            Ok(value) => value.looks(),
            Err(error) => MimeBundle::text(format!("error: {error}")),
        }
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
pub fn look<By>(value: &(impl Looks<By> + ?Sized)) -> MimeBundle {
    value.looks()
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
pub fn display<By>(value: &(impl Looks<By> + ?Sized)) {
    sink::emit(&value.looks());
}

/// Shows a value that [`update_display`] can replace later.
pub fn display_as<By>(id: &str, value: &(impl Looks<By> + ?Sized)) {
    sink::display_as(id, &value.looks());
}

/// Replaces what was shown under this `id`.
pub fn update_display<By>(id: &str, value: &(impl Looks<By> + ?Sized)) {
    sink::update_display(id, &value.looks());
}

/// Shows a value and returns a handle that replaces it, from the same cell or
/// from a later one.
///
/// ```
/// use ferrite::prelude::*;
///
/// let status = display_handle("loading");
/// status.update(&datasets::penguins()?);
/// # Ok::<(), FrameError>(())
/// ```
#[must_use = "the handle is what updates the output; `display` only shows"]
pub fn display_handle<By>(value: &(impl Looks<By> + ?Sized)) -> DisplayHandle {
    DisplayHandle(ferrite_display::display_handle(&value.looks()))
}

/// An output that can be replaced, made by [`display_handle`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayHandle(ferrite_display::DisplayHandle);

impl DisplayHandle {
    /// Shows another value in the same place.
    pub fn update<By>(&self, value: &(impl Looks<By> + ?Sized)) {
        self.0.update(&value.looks());
    }

    /// The name that [`update_display`] knows the output by.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn text<By>(value: impl Looks<By>) -> String {
        value
            .looks()
            .get("text/plain")
            .unwrap_or_default()
            .to_owned()
    }

    #[test]
    fn values_of_every_kind_can_be_shown() {
        assert_eq!(text(3), "3");
        assert_eq!(text("a"), "a");
        assert_eq!(text(MimeBundle::text("b")), "b");
        assert_eq!(text(Ok::<_, String>(2.5)), "2.5");
        assert_eq!(
            text(Err::<i32, _>("no such column")),
            "error: no such column"
        );
        let frame = df!("a" => [1, 2]).unwrap();
        assert!(text(&frame).contains('a'));
        assert!(text(frame.lazy().collect()).contains('a'));
    }
}
