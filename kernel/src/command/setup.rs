//! `ferrite setup`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::progress;

/// Builds what is missing.
pub fn run() -> Result<ExitCode> {
    let begin = Instant::now();
    let fresh = ferrite_setup::existing().is_some();
    progress::ensure_setup()?;
    if fresh {
        println!("Everything is built already.");
    } else {
        println!("Built in {}.", progress::clock(begin.elapsed()));
    }
    Ok(ExitCode::SUCCESS)
}
