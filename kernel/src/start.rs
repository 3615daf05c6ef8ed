//! A session with everything that a notebook may want of it.

use ferrite_engine::{EngineError, Session, Toolchain};
use ferrite_setup::deps::CargoCrates;
use ferrite_setup::{analysis, places};

/// Starts a session.
pub fn session(toolchain: Toolchain) -> Result<Session, EngineError> {
    let crates = CargoCrates::new(&toolchain, &places::crate_cache());
    let analyser = analysis::place(&toolchain);
    let session = Session::start(toolchain, &places::cell_cache())?;
    Ok(session
        .with_crates(Box::new(crates))
        .with_analyser(analyser))
}
