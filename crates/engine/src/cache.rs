//! Compiled cells, kept across kernels.
//!
//! The key of an entry is a hash of everything that went into it. An entry is
//! a folder that appears by one `rename`, so a crash or a second writer leaves
//! either a whole entry or none; one that is damaged all the same is a miss.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::mir::Facts;

/// Folder of compiled cells with a bound on its size.
#[derive(Debug, Clone)]
pub struct Cache {
    dir: PathBuf,
}

/// What is known of a compiled cell besides its library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// File name of the library.
    pub library: String,
    /// Its size, to recognise a damaged one.
    pub size: u64,
    /// Stored variables and their types.
    pub stored: Vec<(String, String)>,
    /// Variables that it moves.
    pub moved: Vec<String>,
    /// New variables that could not be kept, with the reason.
    pub unkept: Vec<(String, String)>,
    /// New variables that borrow from others, with those.
    #[serde(default)]
    pub borrowing: BTreeMap<String, BTreeSet<String>>,
    /// Variables that are taken back from their borrowers before it runs.
    #[serde(default)]
    pub reclaims: BTreeSet<String>,
    /// Whether it sees the prelude.
    pub prelude: bool,
    /// Lines of the root file before the cell's first line.
    pub offset: usize,
}

/// Most entries that are kept; the oldest go first. A library is some 20 to
/// 300 kB, so this is a few hundred megabytes at the very most.
const MOST: usize = 4_000;

impl Cache {
    /// Opens the cache in a folder, creating it if need be.
    ///
    /// # Errors
    /// When the folder cannot be created.
    pub fn open(dir: &Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(dir).map_err(|source| EngineError::Files {
            what: "making the compile cache",
            source,
        })?;
        Ok(Self {
            dir: dir.to_owned(),
        })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// An entry with the path of its library.
    pub fn get(&self, key: &str) -> Option<(Entry, PathBuf)> {
        let dir = self.dir.join(key);
        let facts = std::fs::read(dir.join("entry.json")).ok()?;
        let entry: Entry = serde_json::from_slice(&facts).ok()?;
        let library = dir.join(&entry.library);
        let size = std::fs::metadata(&library).ok()?.len();
        if size != entry.size {
            return None;
        }
        // Its age counts from its last use.
        if let Ok(file) = std::fs::File::options()
            .append(true)
            .open(dir.join("entry.json"))
        {
            let _ = file.set_modified(SystemTime::now());
        }
        Some((entry, library))
    }

    /// A folder to compile in, on the cache's own file system.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn work_dir(&self) -> Result<tempfile::TempDir, EngineError> {
        tempfile::Builder::new()
            .prefix(".work-")
            .tempdir_in(&self.dir)
            .map_err(|source| EngineError::Files {
                what: "making a folder for the cell",
                source,
            })
    }

    /// Turns a folder in which a cell was compiled into an entry.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn put(
        &self,
        key: &str,
        work: tempfile::TempDir,
        mut entry: Entry,
    ) -> Result<PathBuf, EngineError> {
        let files = |source| EngineError::Files {
            what: "keeping the compiled cell",
            source,
        };
        entry.size = std::fs::metadata(work.path().join(&entry.library))
            .map_err(files)?
            .len();
        let facts = serde_json::to_vec(&entry).map_err(|error| files(error.into()))?;
        std::fs::write(work.path().join("entry.json"), facts).map_err(files)?;
        for scratch in ["cell.mir", "check.rmeta", "libcell_items.so"] {
            let _ = std::fs::remove_file(work.path().join(scratch));
        }
        let target = self.dir.join(key);
        let work = work.keep();
        if std::fs::rename(&work, &target).is_err() {
            // Another kernel was faster, or a damaged entry is in the way.
            if self.get(key).is_some() {
                let _ = std::fs::remove_dir_all(&work);
            } else {
                let _ = std::fs::remove_dir_all(&target);
                std::fs::rename(&work, &target).map_err(files)?;
            }
        }
        Ok(target.join(&entry.library))
    }

    /// Removes an entry that turned out to be damaged.
    pub fn remove(&self, key: &str) {
        let _ = std::fs::remove_dir_all(self.dir.join(key));
    }

    /// Removes the entries that were not used for longest, beyond the bound,
    /// and what crashed compiles have left.
    pub fn prune(&self) {
        let Ok(folders) = std::fs::read_dir(&self.dir) else {
            return;
        };
        let mut entries: Vec<(SystemTime, PathBuf)> = Vec::new();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        for folder in folders.flatten() {
            let path = folder.path();
            let marker = path.join("entry.json");
            let used = std::fs::metadata(&marker).or_else(|_| folder.metadata());
            let used = used
                .and_then(|data| data.modified())
                .unwrap_or(SystemTime::UNIX_EPOCH);
            let old = used.elapsed().is_ok_and(|age| age > day);
            if !marker.exists() && old {
                let _ = std::fs::remove_dir_all(&path);
            } else if marker.exists() {
                entries.push((used, path));
            }
        }
        entries.sort();
        for (_, path) in entries.iter().rev().skip(MOST) {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

impl Entry {
    /// What a compile found out.
    pub fn new(library: String, facts: &Facts, prelude: bool, offset: usize) -> Self {
        Self {
            library,
            size: 0,
            stored: facts.stored.clone(),
            moved: facts.moved.clone(),
            unkept: Vec::new(),
            borrowing: BTreeMap::new(),
            reclaims: BTreeSet::new(),
            prelude,
            offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_and_damaged_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path()).unwrap();
        let put = || {
            let work = cache.work_dir().unwrap();
            std::fs::write(work.path().join("a.so"), "library").unwrap();
            let entry = Entry {
                library: "a.so".into(),
                moved: vec!["x".into()],
                ..Entry::default()
            };
            cache.put("key", work, entry).unwrap()
        };
        let library = put();
        assert_eq!(cache.get("key").unwrap().0.moved, ["x"]);
        std::fs::write(&library, "lib").unwrap();
        assert!(cache.get("key").is_none());
        put();
        assert!(cache.get("key").is_some());
        assert!(cache.get("other").is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
