//! Compiled cells, kept across kernels.
//!
//! The key of an entry is a hash of everything that went into it. An entry is
//! a folder that appears by one `rename`, so a crash or a second writer leaves
//! either a whole entry or none; one that is damaged all the same is a miss: it
//! holds a hash of itself and its library. The folder may vanish or refuse to be
//! written to while a kernel runs; cells are then kept for this kernel only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::compile::OBJECT;
use crate::error::EngineError;
use crate::generate::Statics;
use crate::items;
use crate::mir::Facts;
use crate::scratch;
use crate::warnings::Warning;

/// Folder of compiled cells with a bound on its size.
#[derive(Debug, Clone)]
pub struct Cache {
    dir: PathBuf,
    /// In place of one that cannot be written to, for as long as it is used.
    makeshift: Arc<OnceLock<tempfile::TempDir>>,
    /// Whose the folders are in which something is compiled.
    mark: String,
}

/// What is known of a compiled cell besides its library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// File name of the library.
    pub library: String,
    /// Hash of the library and of all else that stands here.
    pub seal: String,
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
    /// Where it is cut into parts that run one after the other. Nothing else of it
    /// is known then, and its library is empty.
    #[serde(default)]
    pub cut: Option<usize>,
    /// Where its statics live, if it is a version of the items crate.
    #[serde(default)]
    pub statics: Statics,
    /// Whether all items had to be compiled in one crate with it.
    #[serde(default)]
    pub joined: bool,
    /// Whether it sees the prelude.
    pub prelude: bool,
    /// Lines of the root file before the cell's first line.
    pub offset: usize,
    /// For an object file that is to be linked with another version of the
    /// items: what that must have.
    #[serde(default)]
    pub needs: BTreeSet<String>,
    /// What its own text is warned of.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

/// What is known of a cell, in the folder of its entry.
const ENTRY: &str = "entry.json";

/// Most entries that are kept; the oldest go first. A library is some 20 to
/// 300 kB, so this is a few hundred megabytes at the very most.
const MOST: usize = 4_000;

impl Cache {
    /// Opens the cache in a folder.
    pub fn open(dir: &Path) -> Self {
        // Whether that works is seen when something is to be written.
        let _ = std::fs::create_dir_all(dir);
        Self {
            dir: dir.to_owned(),
            makeshift: Arc::default(),
            mark: scratch::mark(),
        }
    }

    /// How the folders are marked that somebody works in.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Removes the folders that somebody was still working in.
    pub fn leave(&self) {
        scratch::remove(&self.dir, &self.mark);
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// An entry with the path of its library.
    pub fn get(&self, key: &str) -> Option<(Entry, PathBuf)> {
        let makeshift = self.makeshift.get().map(tempfile::TempDir::path);
        let mut dirs = [Some(self.dir()), makeshift].into_iter().flatten();
        dirs.find_map(|dir| read(&dir.join(key)))
    }

    /// A folder to compile in, on the cache's own file system.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn work_dir(&self) -> Result<tempfile::TempDir, EngineError> {
        // Somebody may have cleared the cache in the meantime.
        let made = std::fs::create_dir_all(&self.dir).and_then(|()| self.work_in(&self.dir));
        made.or_else(|error| {
            tracing::warn!(%error, dir = %self.dir.display(), "the compile cache cannot be used");
            self.work_in(self.makeshift()?)
        })
        .map_err(|source| EngineError::Files {
            what: "making a folder for the cell",
            source,
        })
    }

    fn work_in(&self, dir: &Path) -> std::io::Result<tempfile::TempDir> {
        scratch::folder(dir, "work", &self.mark)
    }

    fn makeshift(&self) -> std::io::Result<&Path> {
        if self.makeshift.get().is_none() {
            let dir = tempfile::Builder::new()
                .prefix("ferrite-cells-")
                .tempdir()?;
            let _ = self.makeshift.set(dir);
        }
        let dir = self.makeshift.get().map(tempfile::TempDir::path);
        dir.ok_or_else(|| std::io::ErrorKind::NotFound.into())
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
        let library = std::fs::read(work.path().join(&entry.library)).map_err(files)?;
        entry.seal = entry.seal_for(&library);
        let facts = serde_json::to_vec(&entry).map_err(|error| files(error.into()))?;
        if std::fs::write(work.path().join(ENTRY), facts).is_err() {
            // No entry for next time, but a cell that can be run now.
            return Ok(work.keep().join(&entry.library));
        }
        let scratch = ["cell.mir", "check.rmeta", OBJECT].into_iter();
        for name in scratch.filter(|name| *name != entry.library) {
            let _ = std::fs::remove_file(work.path().join(name));
        }
        // By which rustc found other libraries.
        for found in std::fs::read_dir(work.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            if found.file_type().is_ok_and(|kind| kind.is_symlink()) {
                let _ = std::fs::remove_file(found.path());
            }
        }
        let target = work.path().with_file_name(key);
        let work = work.keep();
        if std::fs::rename(&work, &target).is_ok() {
            return Ok(target.join(&entry.library));
        }
        // Another kernel was faster, or a damaged entry is in the way.
        if let Some((_, library)) = read(&target) {
            let _ = std::fs::remove_dir_all(&work);
            return Ok(library);
        }
        let _ = std::fs::remove_dir_all(&target);
        let kept = std::fs::rename(&work, &target).is_ok();
        // What cannot be had next time can still be had now.
        let home = if kept { target } else { work };
        Ok(home.join(&entry.library))
    }

    /// Removes an entry that turned out to be damaged.
    pub fn remove(&self, key: &str) {
        let _ = std::fs::remove_dir_all(self.dir.join(key));
    }

    /// Removes the entries that were not used for longest, beyond the bound,
    /// and what killed kernels have left.
    pub fn prune(&self) {
        let Ok(folders) = std::fs::read_dir(&self.dir) else {
            return;
        };
        let mut entries: Vec<(SystemTime, PathBuf)> = Vec::new();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        for folder in folders.flatten() {
            let path = folder.path();
            let marker = path.join(ENTRY);
            let used = std::fs::metadata(&marker).or_else(|_| folder.metadata());
            let used = used
                .and_then(|data| data.modified())
                .unwrap_or(SystemTime::UNIX_EPOCH);
            let old = used.elapsed().is_ok_and(|age| age > day);
            if !marker.exists() && (old || scratch::is_abandoned(&path)) {
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

/// An entry that is whole.
fn read(dir: &Path) -> Option<(Entry, PathBuf)> {
    let facts = std::fs::read(dir.join(ENTRY)).ok()?;
    let entry: Entry = serde_json::from_slice(&facts).ok()?;
    let path = dir.join(&entry.library);
    let library = std::fs::read(&path).ok()?;
    if entry.seal != entry.seal_for(&library) {
        return None;
    }
    // Its age counts from its last use.
    let mark = std::fs::File::options().append(true).open(dir.join(ENTRY));
    if let Ok(file) = mark {
        let _ = file.set_modified(SystemTime::now());
    }
    Some((entry, path))
}

impl Entry {
    fn seal_for(&self, library: &[u8]) -> String {
        let open = Self {
            seal: String::new(),
            ..self.clone()
        };
        // A list of strings and numbers can always be written.
        let facts = serde_json::to_vec(&open).unwrap_or_default();
        items::hash(&[&facts, library])
    }

    /// A cell that is run in parts.
    pub fn cut(at: Option<usize>) -> Self {
        Self {
            library: "parts".to_owned(),
            cut: at,
            ..Self::default()
        }
    }

    /// What a compile found out.
    pub fn new(library: String, facts: &Facts, prelude: bool, offset: usize) -> Self {
        Self {
            joined: false,
            library,
            seal: String::new(),
            stored: facts.stored.clone(),
            moved: facts.moved.clone(),
            unkept: Vec::new(),
            borrowing: BTreeMap::new(),
            reclaims: BTreeSet::new(),
            cut: None,
            statics: Statics::default(),
            prelude,
            offset,
            needs: BTreeSet::new(),
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(cache: &Cache) -> PathBuf {
        let work = cache.work_dir().unwrap();
        std::fs::write(work.path().join("a.so"), "library").unwrap();
        let entry = Entry {
            library: "a.so".into(),
            moved: vec!["x".into()],
            ..Entry::default()
        };
        cache.put("key", work, entry).unwrap()
    }

    #[test]
    fn entries_come_back_and_damaged_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path());
        let library = put(&cache);
        let entry = library.with_file_name(ENTRY);
        assert_eq!(cache.get("key").unwrap().0.moved, ["x"]);
        let facts = std::fs::read_to_string(&entry).unwrap();
        let damages = [
            (&library, String::new()),
            (&library, "librarx".to_owned()),
            (&entry, String::new()),
            (&entry, facts[..facts.len() / 2].to_owned()),
            (&entry, facts.replace("\"x\"", "\"y\"")),
            (&entry, "{}".to_owned()),
        ];
        for (path, content) in damages {
            std::fs::write(path, &content).unwrap();
            assert!(cache.get("key").is_none(), "{content:?}");
            put(&cache);
            assert!(cache.get("key").is_some());
        }
        assert!(cache.get("other").is_none());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_gone_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cells"));
        put(&cache);
        std::fs::remove_dir_all(cache.dir()).unwrap();
        assert!(cache.get("key").is_none());
        assert!(put(&cache).starts_with(cache.dir()));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_replaced_for_now() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let cache = Cache::open(&file.join("cells"));
        let library = put(&cache);
        assert_eq!(cache.get("key").unwrap().1, library);
        drop(cache);
        assert!(!library.exists());
    }
}
