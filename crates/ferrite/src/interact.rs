//! `interact`, for functions that return anything which can be shown.

use ferrite_display::{MimeBundle, Show};
use ferrite_widgets::{Controls, interact_with};

use crate::notebook::ForeignLook;

/// A value that [`interact`] can show. `By` only tells apart the reasons why;
/// it is always inferred.
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

impl<T: Show> Looks<ByShow> for T {
    fn looks(&self) -> MimeBundle {
        self.show()
    }
}

impl<T: ForeignLook> Looks<ByForeign> for T {
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

text! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char String &str }

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

/// Shows controls, and under them what a function makes of their values; again
/// whenever one of them changes.
///
/// The function is called with the value of the control, or with a tuple of the
/// values if there are several. It is kept for as long as the notebook runs, so
/// it owns what it uses: `move`, and a clone of what later cells need too. What
/// it returns is shown as a cell's last expression would be; a `Result` lets it
/// use `?`.
///
/// ```
/// use ferrite::prelude::*;
///
/// let penguins = datasets::penguins()?;
/// let by = dropdown(["species", "island", "sex"]).label("by");
/// interact((slider(1..=20).label("rows"), by), move |(rows, by)| {
///     let counts = penguins.clone().lazy().group_by([col(by)]).agg([len()]);
///     counts.limit(rows).collect()
/// });
/// # Ok::<(), FrameError>(())
/// ```
pub fn interact<C: Controls, R: Looks<By>, By>(
    controls: C,
    mut function: impl FnMut(C::Values) -> R + Send + 'static,
) {
    interact_with(controls, move |values| function(values).looks());
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
