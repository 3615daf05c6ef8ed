//! The analyser: the program behind completion, and what it reads.
//!
//! It compiles rust-analyzer, which takes minutes and which no cell needs, so
//! it is no part of the prelude's setup: it is built after that, and whatever
//! runs meanwhile does without it. Its package is not among the workspace's
//! default members, so that it cannot change what polars is built with.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ferrite_engine::Toolchain;
use ferrite_engine::analysis::{Analyser, Analysis, methods};
use ferrite_engine::items::hash;
use toml::{Table, Value};

use crate::error::SetupError;
use crate::fingerprint;
use crate::{OnProgress, Progress, cargo, places};

/// The analyser is started afresh when it holds more. Ready, it holds 1.2 GB.
const MEMORY: u64 = 2_500 << 20;
/// How long it may take to be ready while types are looked at in advance.
const READY: Duration = Duration::from_secs(600);

/// Imports of a usual notebook, under which types are looked at in advance.
const IMPORTS: &[&str] = &["ferrite::prelude::*", "polars::prelude::*"];

/// Types that variables of usual notebooks have, as the engine spells them.
const TYPES: &[&str] = &[
    "polars::prelude::DataFrame",
    "polars::prelude::LazyFrame",
    "polars::prelude::Series",
    "polars::prelude::Column",
    "polars::prelude::Expr",
    "&polars::prelude::Column",
    "ferrite::prelude::Pipeline",
    "ferrite::prelude::Fitted",
    "std::string::String",
    "&'static str",
    "std::vec::Vec<std::string::String>",
    "std::vec::Vec<&'static str>",
    "std::vec::Vec<f64>",
    "std::vec::Vec<i32>",
    "std::vec::Vec<i64>",
    "std::vec::Vec<usize>",
    "f64",
    "i32",
    "i64",
    "u64",
    "usize",
    "bool",
];

/// Where the analyser for a toolchain is, or will be.
pub fn place(toolchain: &Toolchain) -> Analyser {
    let dir = places::state_dir().join("analyser");
    Analyser {
        program: dir.join(mark()).join("ferrite-analyzer"),
        package: dir.join("packages").join(&toolchain.id),
        methods: dir.join("methods").join(&toolchain.id),
        memory: memory(),
    }
}

/// The bound of its memory: what `FERRITE_ANALYZER_MEMORY` says, in megabytes.
fn memory() -> u64 {
    let asked = std::env::var("FERRITE_ANALYZER_MEMORY").ok();
    let asked = asked.and_then(|text| text.trim().parse::<u64>().ok());
    asked.map_or(MEMORY, |megabytes| megabytes << 20)
}

/// Whether everything is there.
pub fn exists(toolchain: &Toolchain) -> bool {
    let place = place(toolchain);
    place.program.is_file() && place.package.join("Cargo.toml").is_file()
}

/// Builds what is missing.
///
/// # Errors
/// When it cannot be built; everything but completion works without it.
pub fn ensure(
    toolchain: &Toolchain,
    progress: &mut OnProgress<'_>,
) -> Result<Analyser, SetupError> {
    let place = place(toolchain);
    let dir = places::state_dir().join("analyser");
    std::fs::create_dir_all(&dir).map_err(|error| SetupError::files(&dir, error))?;
    let lock = File::create(dir.join("lock")).map_err(|error| SetupError::files(&dir, error))?;
    if lock.try_lock().is_err() {
        progress(Progress::Waiting);
        lock.lock()
            .map_err(|error| SetupError::files(&dir, error))?;
    }
    if !place.package.join("Cargo.toml").is_file() {
        write_package(&place.package, &Table::new(), None)?;
    }
    if !place.program.is_file() {
        let messages = cargo::run(&["--package", "ferrite-analyzer"], progress)?;
        let built = cargo::parse(&messages)
            .find_map(|message| message.program("ferrite-analyzer"))
            .ok_or_else(|| SetupError::Failed("cargo built no analyser".to_owned()))?;
        install(&built, &place.program)?;
    }
    if !place.methods.is_dir() {
        progress(Progress::Linking("the methods of usual types"));
        look_ahead(&place);
    }
    Ok(place)
}

/// Copies the program: the next build overwrites it, and kernels run it.
fn install(built: &Path, program: &Path) -> Result<(), SetupError> {
    let files = |error| SetupError::files(program, error);
    let dir = program.parent().unwrap_or(program);
    std::fs::create_dir_all(dir).map_err(files)?;
    let half = program.with_extension(format!("half-{}", std::process::id()));
    std::fs::copy(built, &half).map_err(files)?;
    std::fs::rename(&half, program).map_err(files)
}

/// Looks at usual types, so that their methods are known from the first moment
/// of every kernel.
fn look_ahead(place: &Analyser) {
    let mut analysis = Analysis::new(place.clone());
    if methods::look_ahead(&mut analysis, IMPORTS, TYPES, READY).is_none() {
        // Notebooks find out for themselves.
        tracing::warn!("the analyser was not ready in time");
    }
}

/// What changes with the analyser's sources and the crates that it is made of.
fn mark() -> String {
    let source = places::source_dir();
    let mut files = vec![source.join("Cargo.lock")];
    for part in ["analyzer", "wire"] {
        fingerprint::collect(&source.join("crates").join(part), &mut files);
    }
    files.sort();
    let texts: Vec<Vec<u8>> = files
        .iter()
        .map(|file| std::fs::read(file).unwrap_or_default())
        .collect();
    let parts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    hash(&parts)
}

/// Writes a package that depends on what cells can name: the prelude's
/// dependencies, and `more`.
pub fn write_package(dir: &Path, more: &Table, lock: Option<&Path>) -> Result<(), SetupError> {
    let source = places::source_dir();
    let mut dependencies = named_by_cells(&source)?;
    dependencies.extend(more.clone());
    let manifest = toml::toml! {
        [package]
        name = "ferrite-notebook"
        version = "0.0.0"
        edition = "2024"
        publish = false

        [workspace]
    };
    let mut manifest = manifest;
    manifest.insert("dependencies".to_owned(), Value::Table(dependencies));
    let folder = dir.join("src");
    std::fs::create_dir_all(&folder).map_err(|error| SetupError::files(&folder, error))?;
    let put = |file: PathBuf, text: &str| {
        std::fs::write(&file, text).map_err(|error| SetupError::files(&file, error))
    };
    put(folder.join("lib.rs"), "")?;
    let own = source.join("Cargo.lock");
    let lock = lock.unwrap_or(&own);
    std::fs::copy(lock, dir.join("Cargo.lock")).map_err(|error| SetupError::files(lock, error))?;
    // Last: whoever sees it sees all.
    put(dir.join("Cargo.toml"), &manifest.to_string())
}

/// The prelude's dependencies as a package outside of the workspace says them.
fn named_by_cells(source: &Path) -> Result<Table, SetupError> {
    let workspace = read(&source.join("Cargo.toml"))?;
    let shared = workspace
        .get("workspace")
        .and_then(|table| table.get("dependencies"))
        .and_then(Value::as_table);
    let prelude = read(&source.join("crates/prelude/Cargo.toml"))?;
    let named = prelude.get("dependencies").and_then(Value::as_table);
    let mut found = Table::new();
    for name in named.into_iter().flat_map(Table::keys) {
        let Some(mut how) = shared.and_then(|shared| shared.get(name)).cloned() else {
            continue;
        };
        if let Some(path) = how.get_mut("path")
            && let Some(relative) = path.as_str()
        {
            *path = Value::String(source.join(relative).display().to_string());
        }
        found.insert(name.clone(), how);
    }
    Ok(found)
}

fn read(file: &Path) -> Result<Table, SetupError> {
    let text = std::fs::read_to_string(file).map_err(|error| SetupError::files(file, error))?;
    toml::from_str(&text)
        .map_err(|error| SetupError::Failed(format!("{}: {}", file.display(), error.message())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_names_what_cells_name() {
        let dir = tempfile::tempdir().unwrap();
        let more = toml::toml! { semver = "1" };
        write_package(dir.path(), &more, None).unwrap();
        let written = read(&dir.path().join("Cargo.toml")).unwrap();
        let dependencies = written["dependencies"].as_table().unwrap();
        for name in ["polars", "linfa", "ferrite", "serde_json", "semver"] {
            assert!(dependencies.contains_key(name), "{name}");
        }
        let own = dependencies["ferrite"]["path"].as_str().unwrap();
        assert!(Path::new(own).join("Cargo.toml").is_file());
        assert!(dir.path().join("Cargo.lock").is_file());
    }
}
