//! Where things are.

use std::path::{Path, PathBuf};

use ferrite_engine::items::hash;

/// The folder of Ferrite's own sources: what `FERRITE_SOURCE` says, else the
/// checkout that cargo is running this program from, else the one that it was
/// built from. The last two differ when checkouts share a target folder.
pub fn source_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("FERRITE_SOURCE") {
        return dir.into();
    }
    std::env::var_os("CARGO_MANIFEST_DIR")
        .and_then(|package| checkout(Path::new(&package)))
        .or_else(|| checkout(Path::new(env!("CARGO_MANIFEST_DIR"))))
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")))
}

/// The checkout of Ferrite that a folder is in.
fn checkout(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|dir| dir.join("crates/prelude/Cargo.toml").is_file())
        .map(Path::to_owned)
}

/// The folder that cargo builds into.
pub fn target_dir() -> PathBuf {
    PathBuf::from(env!("FERRITE_TARGET_DIR"))
}

/// The folder of the finished prelude. Two clones that share a target folder
/// have one each.
pub fn state_dir() -> PathBuf {
    let source = source_dir();
    let name = hash(&[source.as_os_str().as_encoded_bytes()]);
    target_dir().join("ferrite").join(name)
}

/// The folder of compiled cells, shared by all notebooks.
pub fn cell_cache() -> PathBuf {
    dirs::cache_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("cells")
}

/// The folder of the crates that notebooks have asked for.
pub fn crate_cache() -> PathBuf {
    dirs::cache_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("crates")
}

/// The folder of log files.
pub fn log_dir() -> PathBuf {
    dirs::state_dir()
        .or_else(dirs::cache_dir)
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("log")
}

/// The file that keeps what was run, across kernels.
pub fn history_file() -> PathBuf {
    dirs::state_dir()
        .or_else(dirs::data_dir)
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("history.sqlite")
}

/// The folder of the private Python environment.
pub fn python_dir() -> PathBuf {
    dirs::data_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("python")
}
