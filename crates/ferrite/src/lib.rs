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

pub mod notebook;
pub mod prelude;

pub use ferrite_display as display;
pub use ferrite_frame as frame;
pub use ferrite_ml as ml;
pub use ferrite_plot as plot;
