//! Gives the engine a mark of its own sources: a compiled cell holds what an
//! engine has learned about it, and another engine might learn otherwise.

use std::hash::{DefaultHasher, Hash, Hasher};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    let mut hasher = DefaultHasher::new();
    let files = std::fs::read_dir("src").into_iter().flatten().flatten();
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.sort();
    for file in files {
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    println!(
        "cargo:rustc-env=FERRITE_ENGINE_MARK={:016x}",
        hasher.finish()
    );
}
