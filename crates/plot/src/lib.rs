//! Charts that are finished by default.
//!
//! A cell says what to draw (`chart::scatter(&frame, "x", "y").color("kind")`)
//! and gets a picture that can be shown to a class: colours that everybody can
//! tell apart, a legend beside the data, labels that do not touch, and a word
//! about rows that are missing. All drawing is compiled in this crate; its
//! surface takes frames and strings, so that a cell with a chart compiles in
//! no time.
//!
//! The road of a chart: [`chart`] collects a `request`; `column` and
//! `groups` read the frame; one of `kinds` turns them into a `plot`, marks in
//! the coordinates of the data; `layout` gives it pixels as a `scene`; `svg`
//! or `png` writes that down. It knows neither cells nor Jupyter nor models.
//!
//! For what is missing here there is plotters itself; [`register_fonts`] gives
//! it letters.

mod axis;
mod calendar;
pub mod chart;
mod column;
mod error;
mod facets;
mod fallback;
mod fonts;
mod groups;
mod html;
mod kinds;
mod labels;
mod layout;
mod legend;
mod marks;
mod palette;
mod plot;
mod png;
mod raster;
#[cfg(test)]
mod reference;
mod request;
mod sample;
mod scene;
mod show;
mod stats;
mod svg;
mod ticks;
mod trend;
mod vega;

pub use chart::{Chart, Interactive, Subplots};
pub use error::ChartError;
pub use fonts::register_fonts;
