//! The crate as a notebook uses it; one program, to link once.

mod errors;
mod extremes;
mod fonts;
mod interactive;
mod kinds;
mod options;
mod random;
mod snapshots;
mod structure;
mod support;
