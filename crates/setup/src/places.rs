//! Where things are.

use std::path::{Path, PathBuf};

/// The folder of Ferrite's own sources; `FERRITE_SOURCE` overrides it.
pub fn source_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("FERRITE_SOURCE") {
        return dir.into();
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The folder that cargo builds into.
pub fn target_dir() -> PathBuf {
    PathBuf::from(env!("FERRITE_TARGET_DIR"))
}

/// The folder of the finished prelude. Two clones that share a target folder
/// have one each.
pub fn state_dir() -> PathBuf {
    let source = source_dir();
    let name = crate::fingerprint::short_hash(&[source.as_os_str().as_encoded_bytes()]);
    target_dir().join("ferrite").join(name)
}

/// The folder of compiled cells, shared by all notebooks.
pub fn cell_cache() -> PathBuf {
    dirs::cache_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("cells")
}

/// The folder of log files.
pub fn log_dir() -> PathBuf {
    dirs::state_dir()
        .or_else(dirs::cache_dir)
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("log")
}

/// The folder of the private Python environment.
pub fn python_dir() -> PathBuf {
    dirs::data_dir()
        .unwrap_or_else(std::env::temp_dir)
        .join("ferrite")
        .join("python")
}
