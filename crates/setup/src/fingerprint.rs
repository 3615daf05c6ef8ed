//! Whether a finished setup is still the right one.
//!
//! The fingerprint covers the toolchain and Ferrite's own sources. It is taken
//! at every start of a kernel, so it must be quick: a few hundred small files
//! are read, no program is started.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ferrite_engine::items::hash;

use crate::error::SetupError;
use crate::places;

/// The crates whose sources end up in the prelude, the runtime or the worker.
const PARTS: &[&str] = &[
    "display",
    "ferrite",
    "frame",
    "glue",
    "interrupt",
    "ml",
    "pins",
    "plot",
    "prelude",
    "runtime",
    "warm",
    "widgets",
    "wire",
    "worker",
    "setup",
];

/// The fingerprint of things as they are now.
pub fn current() -> Result<String, SetupError> {
    let source = places::source_dir();
    if !source.join("Cargo.toml").exists() {
        return Err(SetupError::NoSources(source.display().to_string()));
    }
    let mut files = vec![source.join("Cargo.toml"), source.join("Cargo.lock")];
    for part in PARTS {
        collect(&source.join("crates").join(part), &mut files);
    }
    files.sort();
    let mut parts = vec![toolchain_mark()];
    for file in files {
        parts.push(file.as_os_str().as_encoded_bytes().to_vec());
        parts.push(std::fs::read(&file).map_err(|error| SetupError::files(&file, error))?);
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Ok(hash(&parts))
}

pub fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    // Tests and references do not change what is built.
    const LEFT_OUT: &[&str] = &["tests", "examples", "benches"];
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !LEFT_OUT.iter().any(|left_out| name == *left_out) {
                collect(&path, files);
            }
        } else if !name.to_string_lossy().starts_with('.') {
            files.push(path);
        }
    }
}

/// What changes when another toolchain is chosen or the chosen one is updated.
fn toolchain_mark() -> Vec<u8> {
    let mut mark = Vec::new();
    for variable in ["RUSTC", "RUSTFLAGS"] {
        mark.extend(
            std::env::var_os(variable)
                .unwrap_or_default()
                .as_encoded_bytes(),
        );
        mark.push(0);
    }
    let home = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| dirs::home_dir().map(|home| home.join(".rustup")));
    if let Some((name, date)) = home.and_then(|home| chosen_toolchain(&home)) {
        mark.extend(format!("{name} {date}").into_bytes());
    }
    mark
}

/// The name of the toolchain in use and the date of its compiler. Under
/// `cargo run` rustup names it in the environment, otherwise it is the default:
/// both must give the same answer.
fn chosen_toolchain(home: &Path) -> Option<(String, u64)> {
    let settings = std::fs::read_to_string(home.join("settings.toml")).unwrap_or_default();
    let default = settings
        .lines()
        .find_map(|line| line.strip_prefix("default_toolchain = "))
        .map(|name| name.trim_matches('"').to_owned());
    let name = std::env::var("RUSTUP_TOOLCHAIN").ok().or(default)?;
    let toolchains = std::fs::read_dir(home.join("toolchains")).ok()?;
    // `stable` stands for `stable-x86_64-unknown-linux-gnu`.
    let mut candidates: Vec<String> = toolchains
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|known| *known == name || known.starts_with(&format!("{name}-")))
        .collect();
    candidates.sort_by_key(String::len);
    let full = candidates.into_iter().next().unwrap_or(name);
    let date = modified(&home.join("toolchains").join(&full).join("bin/rustc"));
    Some((full, date))
}

fn modified(path: &Path) -> u64 {
    let time = std::fs::metadata(path).and_then(|data| data.modified());
    time.ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |age| age.as_secs())
}
