//! Gives the engine a mark of its own sources: a compiled cell holds what an
//! engine has learned about it, and another engine might learn otherwise.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    let mut hasher = DefaultHasher::new();
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    files.sort();
    for file in files {
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    println!(
        "cargo:rustc-env=FERRITE_ENGINE_MARK={:016x}",
        hasher.finish()
    );
}

/// All files in a folder and in those within it.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => sources(&path, files),
            false => files.push(path),
        }
    }
}
