//! What a request shows that nobody has run: a sentence instead of all that it holds.

/// Requests with what they are, and the call that runs them.
macro_rules! pending {
    ($type:ident, $what:literal, $call:literal) => {
        impl ferrite_display::Show for $type {
            fn show(&self) -> ferrite_display::MimeBundle {
                ferrite_display::MimeBundle::text(concat!(
                    $what,
                    " that has not been run; end it with ",
                    $call
                ))
            }
        }
    };
}
pub(crate) use pending;
