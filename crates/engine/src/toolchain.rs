//! What cells are compiled with. Setup makes it, the engine uses it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::dependencies::Loaded;

/// The compiler and the libraries that cells link to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// Stands for everything that decides what a cell compiles to.
    pub id: String,
    /// The real compiler, not rustup's stand-in (which costs 30 ms a cell).
    pub rustc: PathBuf,
    /// rustc's own linker, if it has one for this system.
    #[serde(default)]
    pub linker: Option<PathBuf>,
    /// Arithmetic that the machine does not have, for the linker.
    #[serde(default)]
    pub builtins: Option<PathBuf>,
    /// The library that makes a compiler wait for cells, where that works.
    #[serde(default)]
    pub warm: Option<PathBuf>,
    /// The folder of `libstd-….so`.
    pub std_dir: PathBuf,
    /// The runtime as a dynamic library.
    pub runtime: PathBuf,
    /// The worker program.
    pub worker: PathBuf,
    /// Where the metadata of dependencies is found.
    pub dependencies: Vec<PathBuf>,
    /// The prelude as a dynamic library.
    pub prelude: PathBuf,
    /// Generic code that cells which see the prelude share, as a dynamic
    /// library.
    pub glue: PathBuf,
    /// The crates that cells can name, each with its library.
    pub externs: Vec<(String, PathBuf)>,
    /// What is known of those crates.
    pub bundled: Vec<Bundled>,
}

/// A crate of the prelude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundled {
    /// Its name, as cells write it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The features that it was built with.
    pub features: Vec<String>,
}

impl Toolchain {
    /// Whether a cell can name a crate: it is bundled, or was asked for by `:dep`.
    pub fn names(&self, crates: &Loaded, name: &str) -> bool {
        let mut externs = self.externs.iter().chain(&crates.externs);
        externs.any(|(known, _)| known == name)
    }
}
