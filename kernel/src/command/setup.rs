//! `ferrite setup`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::progress;

/// What to build.
#[derive(Args)]
pub struct Options {
    /// Leave out completion: it compiles rust-analyzer, some 10 minutes
    #[arg(long)]
    without_completion: bool,
}

/// Builds what is missing.
pub fn run(options: &Options) -> Result<ExitCode> {
    let begin = Instant::now();
    let existing = ferrite_setup::existing();
    let completion = !options.without_completion;
    let fresh = existing
        .is_some_and(|toolchain| !completion || ferrite_setup::analysis::exists(&toolchain));
    let toolchain = progress::ensure_setup()?;
    if completion {
        progress::ensure_completion(&toolchain)?;
    }
    if fresh {
        println!("Everything is built already.");
    } else {
        println!("Built in {}.", progress::clock(begin.elapsed()));
    }
    Ok(ExitCode::SUCCESS)
}
