//! Frames to try things on, without a file and without a network.
//!
//! The data is part of the program, so an example that starts with a dataset
//! runs everywhere and always gives the same result.

use std::io::Cursor;

use polars::prelude::DataFrame;

use crate::FrameError;
use crate::read::parse_delimited;

/// The Palmer penguins: measurements of 344 penguins of three species, seen
/// on three islands of the Palmer Archipelago from 2007 to 2009.
///
/// The columns are `species`, `island`, `bill_length_mm`, `bill_depth_mm`,
/// `flipper_length_mm`, `body_mass_g`, `sex` and `year`. Two penguins were
/// not measured and eleven have no known sex; these values are null.
///
/// Source: Horst, Hill and Gorman (2020), *palmerpenguins*; measured by
/// Gorman, Williams and Fraser (2014), PLoS ONE 9(3): e90081. Licence: CC0.
///
/// ```
/// let penguins = ferrite_frame::datasets::penguins()?;
/// assert_eq!(penguins.shape(), (344, 8));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// Never in practice: the file is part of the program.
pub fn penguins() -> Result<DataFrame, FrameError> {
    let file = include_str!("../data/penguins.csv");
    Ok(parse_delimited(Cursor::new(file.as_bytes()), b',', None)?)
}
