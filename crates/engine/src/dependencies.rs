//! What the engine knows of `:dep`: that somebody can make crates ready, and
//! what cells need to link to them.
//!
//! Who that is (cargo, in `ferrite_setup`) the engine does not know: it hands
//! over what was asked for and gets back paths.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use crate::compile::Running;

/// The crates of a notebook, as cells link to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Stands for all of it in the keys of compiled cells.
    pub id: String,
    /// Name of the crate that ties the libraries together.
    pub tie: Option<String>,
    /// The dynamic libraries to load, each before those that need it; the last
    /// is that of the `tie`.
    pub libraries: Vec<PathBuf>,
    /// The crates that cells can name, each with its library.
    pub externs: Vec<(String, PathBuf)>,
    /// Where the metadata of their dependencies is found.
    pub dependencies: Vec<PathBuf>,
    /// A package that depends on all that cells can name now, for who wants to
    /// read the sources.
    pub package: Option<PathBuf>,
}

/// How crates are made ready.
pub struct Making<'a> {
    /// Holds the running process, so that it can be stopped.
    pub running: &'a Running,
    /// More variables for its environment.
    pub environment: &'a BTreeMap<String, String>,
    /// Is told how far it is.
    pub progress: &'a mut dyn FnMut(&str),
}

/// What came of a `:dep`.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// The crates of the notebook, earlier ones included.
    pub loaded: Loaded,
    /// What to tell the person, line by line.
    pub said: Vec<String>,
    /// Crates that were loaded before and now are another build: types of
    /// theirs are others now.
    pub replaced: Vec<String>,
    /// Whether the libraries of before are no longer part of `loaded`.
    pub fresh: bool,
}

/// Why a crate is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// A person stopped it.
    #[error("stopped")]
    Stopped,
    /// Anything else.
    #[error(transparent)]
    Failed(Box<dyn Error + Send + Sync>),
}

/// Makes crates ready for a notebook.
pub trait Crates: Send {
    /// Makes crates ready; each is asked for by what follows `:dep`.
    ///
    /// # Errors
    /// When one of them is not to be had; nothing has changed then.
    fn add(&mut self, asked: &[&str], making: &mut Making<'_>) -> Result<Added, AddError>;

    /// What is there, line by line.
    fn list(&self) -> Vec<String>;
}
