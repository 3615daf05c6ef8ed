//! Dataframes, charts and models for notebooks and for the crates that
//! notebooks become.
//!
//! ```
//! use ferrite::prelude::*;
//!
//! let penguins = datasets::penguins()?;
//! assert_eq!(penguins.shape(), (344, 8));
//! # Ok::<(), FrameError>(())
//! ```

mod interact;
mod look;
pub mod notebook;
pub mod prelude;

// rustc writes the path of a type with the crate's real name, even where the
// crate is re-exported under another: that path must exist as well, because
// generated cells spell types the way rustc does.
#[doc(hidden)]
pub use {
    ferrite_display, ferrite_frame, ferrite_ml, ferrite_plot, ferrite_profile, ferrite_widgets,
};

pub use ferrite_display as display;
pub use ferrite_frame as frame;
pub use ferrite_ml as ml;
pub use ferrite_plot as plot;
pub use ferrite_profile as profile;
pub use ferrite_widgets as widgets;
pub use interact::interact;
pub use look::Looks;
