//! The package that cargo is asked to build: one that depends on what a
//! notebook asked for, and on Ferrite's own crates.
//!
//! Nothing of the latter is built. They are there because cargo chooses the
//! features of a crate by everything that depends on it: with them in the
//! graph, a crate that the prelude has (serde, regex, memchr, …) comes out as
//! the very build that the prelude was linked from, and not a second time. For
//! the same reason the package takes over Ferrite's lock file and profile.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::asked::Asked;
use super::error::DepError;
use crate::places;

/// Name of the package.
pub const NAME: &str = "ferrite-deps";

/// Writes the package into a folder. `lock` is the lock file to begin with.
pub fn write<'a>(
    dir: &Path,
    asked: impl Iterator<Item = &'a Asked>,
    lock: Option<&Path>,
) -> Result<(), DepError> {
    std::fs::create_dir_all(dir).map_err(|error| DepError::files(dir, error))?;
    let put = |name: &str, text: String| {
        let file = dir.join(name);
        std::fs::write(&file, text).map_err(|error| DepError::files(&file, error))
    };
    put("Cargo.toml", manifest(asked)?)?;
    put("lib.rs", String::new())?;
    let target = dir.join("Cargo.lock");
    if !target.exists() {
        let own = places::source_dir().join("Cargo.lock");
        let lock = lock.unwrap_or(&own);
        std::fs::copy(lock, &target).map_err(|error| DepError::files(lock, error))?;
    }
    Ok(())
}

fn manifest<'a>(asked: impl Iterator<Item = &'a Asked>) -> Result<String, DepError> {
    let source = places::source_dir();
    let workspace = read(&source.join("Cargo.toml"))?;
    let mut text = format!(
        "[package]\nname = \"{NAME}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [workspace]\n\n[lib]\npath = \"lib.rs\"\n\n[dependencies]\n"
    );
    for (name, dir) in own_crates(&source, &workspace)? {
        let path = Value::String(dir.display().to_string());
        let _ = writeln!(text, "{name} = {{ path = {path} }}");
    }
    for asked in asked {
        let _ = writeln!(
            text,
            "{} = {}",
            asked.name,
            Value::Table(asked.table.clone())
        );
    }
    if let Some(profile) = workspace.get("profile") {
        let profile = Table::from_iter([("profile".to_owned(), profile.clone())]);
        let _ = write!(text, "\n{profile}");
    }
    Ok(text)
}

fn read(file: &Path) -> Result<Table, DepError> {
    let text = std::fs::read_to_string(file).map_err(|error| DepError::files(file, error))?;
    toml::from_str(&text)
        .map_err(|error| DepError::Cargo(format!("{}: {}", file.display(), error.message())))
}

/// The members of the workspace that are built by default and have a library.
fn own_crates(source: &Path, workspace: &Table) -> Result<Vec<(String, PathBuf)>, DepError> {
    let members = workspace
        .get("workspace")
        .and_then(|table| table.get("default-members"))
        .and_then(Value::as_array);
    let dirs = members.into_iter().flatten().filter_map(Value::as_str);
    let mut found = Vec::new();
    for dir in dirs.map(|member| source.join(member)) {
        if dir.join("src/lib.rs").is_file() {
            let manifest = read(&dir.join("Cargo.toml"))?;
            let name = manifest.get("package").and_then(|table| table.get("name"));
            found.extend(
                name.and_then(Value::as_str)
                    .map(|name| (name.to_owned(), dir.clone())),
            );
        }
    }
    Ok(found)
}
