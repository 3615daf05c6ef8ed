//! Builds what cells link to: the runtime, the prelude and the worker.
//!
//! Cargo compiles the dependencies, with the profile and the features of the
//! whole workspace, so that tests and benches share them. Three things cargo
//! cannot do well are direct calls of rustc on top of cargo's results: the
//! runtime and the prelude as `dylib`s that share one libstd, and the worker
//! that links to the same runtime.
//!
//! A finished setup leaves a record with a fingerprint of everything that went
//! into it. [`ensure`] compares and does only what is missing, so that any
//! command can call it.

pub mod analysis;
pub mod cargo;
pub mod deps;
mod error;
mod fingerprint;
mod link;
pub mod places;

use std::fs::File;
use std::path::Path;

use ferrite_engine::Toolchain;
use serde::{Deserialize, Serialize};

pub use error::SetupError;

/// How far a setup is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Another process is building; this one waits for it.
    Waiting,
    /// Cargo is compiling.
    Compiling {
        /// Crates that are done.
        done: usize,
        /// Crates in all.
        total: usize,
        /// What is being compiled now.
        current: String,
    },
    /// The results are being linked.
    Linking(&'static str),
}

/// Receives progress while a setup runs.
pub type OnProgress<'a> = dyn FnMut(Progress) + 'a;

/// What a finished setup leaves behind.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    fingerprint: String,
    toolchain: Toolchain,
}

/// The toolchain, if a finished setup is there and up to date.
pub fn existing() -> Option<Toolchain> {
    let record = read_record()?;
    let current = fingerprint::current().ok()?;
    let toolchain = record.toolchain;
    let whole = [
        &toolchain.rustc,
        &toolchain.runtime,
        &toolchain.prelude,
        &toolchain.glue,
        &toolchain.worker,
    ]
    .iter()
    .all(|path| path.exists());
    (record.fingerprint == current && whole).then_some(toolchain)
}

/// The toolchain; builds what is missing or out of date.
///
/// # Errors
/// A [`SetupError`] that says in a sentence what is wrong and what to do.
pub fn ensure(progress: &mut OnProgress<'_>) -> Result<Toolchain, SetupError> {
    if let Some(toolchain) = existing() {
        return Ok(toolchain);
    }
    let dir = places::state_dir();
    std::fs::create_dir_all(&dir).map_err(|error| SetupError::files(&dir, error))?;
    let lock = File::create(dir.join("lock")).map_err(|error| SetupError::files(&dir, error))?;
    if lock.try_lock().is_err() {
        progress(Progress::Waiting);
        lock.lock()
            .map_err(|error| SetupError::files(&dir, error))?;
        if let Some(toolchain) = existing() {
            return Ok(toolchain);
        }
    }
    let fingerprint = fingerprint::current()?;
    let libraries = cargo::build(progress)?;
    // A folder of its own: kernels that run with the last one keep it.
    let results = dir.join(&fingerprint);
    std::fs::create_dir_all(&results).map_err(|error| SetupError::files(&results, error))?;
    let toolchain = link::all(&libraries, &fingerprint, &results, progress)?;
    let record = Record {
        fingerprint,
        toolchain: toolchain.clone(),
    };
    let text = serde_json::to_vec_pretty(&record)
        .map_err(|error| SetupError::files(&dir, error.into()))?;
    let file = dir.join("toolchain.json");
    std::fs::write(&file, text).map_err(|error| SetupError::files(&file, error))?;
    remove_old(&dir);
    Ok(toolchain)
}

/// How many results are kept besides the newest.
const OLD: usize = 2;

/// Removes the results of older setups, the oldest first.
fn remove_old(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    let mut folders: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    folders.sort();
    for (_, folder) in folders.iter().rev().skip(1 + OLD) {
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn read_record() -> Option<Record> {
    let text = std::fs::read(places::state_dir().join("toolchain.json")).ok()?;
    serde_json::from_slice(&text).ok()
}
