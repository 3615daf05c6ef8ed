//! From the libraries that cargo built to those that a notebook loads.
//!
//! Each `:dep` that brings something new becomes one dynamic library, which
//! links to the prelude and to those of earlier `:dep`s: so every crate is in
//! the process once, and its statics with it. When cargo had to build an
//! earlier crate anew (a later one asks for more of its features), the chain
//! begins afresh with one library of everything.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ferrite_engine::Toolchain;

use super::error::DepError;
use super::resolve::{Built, Resolved};
use crate::link::Rustc;
use ferrite_engine::items::hash;

/// When a library was built and how long it is: one that is built again from
/// changed sources keeps its name.
type Stamp = (u128, u64);

/// The libraries of a notebook.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// The dynamic libraries, in the order in which they are loaded.
    pub libraries: Vec<PathBuf>,
    /// Name of the last one's crate.
    pub tie: Option<String>,
    /// Everything that is in them or in the prelude.
    holds: BTreeMap<PathBuf, Stamp>,
}

/// A library's stamp.
pub fn stamp(path: &Path) -> Result<Stamp, DepError> {
    let data = std::fs::metadata(path).map_err(|error| DepError::files(path, error))?;
    let time = data.modified().ok();
    let time = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Ok((time.map_or(0, |age| age.as_nanos()), data.len()))
}

/// Text for a hash.
pub fn mark(path: &Path, stamp: Stamp) -> String {
    format!("{} {} {}", path.display(), stamp.0, stamp.1)
}

impl Chain {
    /// The chain with what was built, and whether it had to begin afresh.
    pub fn with(
        &self,
        resolved: &Resolved,
        toolchain: &Toolchain,
        dir: &Path,
    ) -> Result<(Self, bool), DepError> {
        let mut parts = BTreeMap::new();
        for part in &resolved.parts {
            parts.insert(part.path.clone(), stamp(&part.path)?);
        }
        let stays = self
            .holds
            .iter()
            .all(|(path, stamp)| parts.get(path) == Some(stamp));
        let before = if stays { self.clone() } else { Self::default() };
        let fresh = !stays;
        let new: Vec<&Built> = resolved
            .built
            .iter()
            .filter(|built| !built.proc_macro && !before.holds.contains_key(&built.path))
            .collect();
        let mut chain = before;
        if !new.is_empty() {
            let mut key = chain.tie.clone().unwrap_or_default();
            for (path, stamp) in &parts {
                key += &mark(path, *stamp);
            }
            for built in &new {
                key += &built.path.display().to_string();
            }
            let name = format!(
                "ferrite_crates_{}",
                hash(&[toolchain.id.as_bytes(), key.as_bytes()])
            );
            let library = dir.join(format!("lib{name}.so"));
            if !library.is_file() {
                chain.link(&name, &new, resolved, toolchain, dir)?;
            }
            chain.libraries.push(library);
            chain.tie = Some(name);
        }
        chain.holds = parts;
        Ok((chain, fresh))
    }

    fn link(
        &self,
        name: &str,
        new: &[&Built],
        resolved: &Resolved,
        toolchain: &Toolchain,
        dir: &Path,
    ) -> Result<(), DepError> {
        // It appears by a rename: whole, or not at all.
        let work = tempfile::Builder::new()
            .prefix(".work-")
            .tempdir_in(dir)
            .map_err(|error| DepError::files(dir, error))?;
        let mut source = String::from("extern crate ferrite_prelude as _;\n");
        let mut externs = vec![("ferrite_prelude".to_owned(), toolchain.prelude.clone())];
        if let (Some(tie), Some(library)) = (&self.tie, self.libraries.last()) {
            let _ = writeln!(source, "extern crate {tie} as _;");
            externs.push((tie.clone(), library.clone()));
        }
        for built in new {
            let _ = writeln!(source, "pub extern crate {};", built.name);
            externs.push((built.name.clone(), built.path.clone()));
        }
        let file = work.path().join("crates.rs");
        std::fs::write(&file, source).map_err(|error| DepError::files(&file, error))?;
        let mut dependencies = vec![dir.to_owned()];
        dependencies.extend(toolchain.dependencies.iter().cloned());
        let native: Vec<String> = resolved
            .native
            .iter()
            .flat_map(|path| ["-L".to_owned(), path.clone()])
            .collect();
        let native: Vec<&str> = native.iter().map(String::as_str).collect();
        let rustc = Rustc {
            rustc: &toolchain.rustc,
            dir: work.path(),
            dependencies: &dependencies,
        };
        rustc.compile(name, "dylib", &file, &externs, &native)?;
        let library = format!("lib{name}.so");
        std::fs::rename(work.path().join(&library), dir.join(&library))
            .map_err(|error| DepError::files(dir, error))
    }
}
