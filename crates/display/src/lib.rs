//! How a value becomes something a person looks at.
//!
//! A rich result is a [`MimeBundle`]: the same value in several formats, of
//! which a frontend shows the richest that it knows. Types say how they look
//! by implementing [`Show`]. This crate sits below everything else and knows
//! neither cells nor Jupyter nor dataframes; it has no dependencies, because
//! even the smallest cell links to it.

mod bundle;
pub mod capped;
pub mod comm;
mod handle;
pub mod html;
mod input;
mod live;
pub mod preview;
pub mod probe;
mod progress;
pub mod sink;

pub use bundle::MimeBundle;
pub use handle::{DisplayHandle, display_handle, new_id};
pub use input::{input, password};
pub use live::Live;
pub use progress::{Progress, progress};
pub use sink::{clear_output, display, display_as, update_display};

/// A type with a rich look of its own.
///
/// ```
/// use ferrite_display::{MimeBundle, Show};
///
/// struct Celsius(f64);
/// impl Show for Celsius {
///     fn show(&self) -> MimeBundle {
///         MimeBundle::text(format!("{:.1} °C", self.0))
///             .html(format!("<b>{:.1}</b> °C", self.0))
///     }
/// }
/// assert_eq!(Celsius(20.0).show().get("text/plain"), Some("20.0 °C"));
/// ```
pub trait Show {
    /// The value in every format that it can be shown in. A `text/plain`
    /// form must always be among them.
    fn show(&self) -> MimeBundle;
}

impl Show for MimeBundle {
    fn show(&self) -> MimeBundle {
        self.clone()
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self) -> MimeBundle {
        (**self).show()
    }
}

impl<T: Show + ?Sized> Show for Box<T> {
    fn show(&self) -> MimeBundle {
        (**self).show()
    }
}
