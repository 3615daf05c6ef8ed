//! What can go wrong while building, in a sentence each.

use std::io;
use std::path::Path;

/// Why the prelude could not be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No cargo or rustc.
    #[error(
        "there is no Rust toolchain on the path ({0}); install one with rustup, then run `ferrite setup`"
    )]
    NoToolchain(io::Error),
    /// Ferrite's sources are gone.
    #[error(
        "Ferrite's sources are not at {0}; set FERRITE_SOURCE to the folder that holds its Cargo.toml"
    )]
    NoSources(String),
    /// No linker.
    #[error(
        "there is no C compiler to link with; install gcc or clang (on Debian: `apt install build-essential`)"
    )]
    NoLinker,
    /// The disk is full.
    #[error("the disk is full: the build needs about 4 GB in {0}")]
    NoSpace(String),
    /// No network.
    #[error("crates cannot be downloaded; is there a network connection? cargo said: {0}")]
    NoNetwork(String),
    /// Out of memory, or somebody killed it.
    #[error(
        "the build was ended by a signal; if it was for lack of memory, `CARGO_BUILD_JOBS=1` needs less"
    )]
    Killed,
    /// Anything else that cargo or rustc said.
    #[error("the build failed: {0}")]
    Failed(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Files {
        /// Which one.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl SetupError {
    pub(crate) fn files(path: &Path, source: io::Error) -> Self {
        Self::Files {
            path: path.display().to_string(),
            source,
        }
    }

    /// The error behind a failed compiler's messages.
    pub(crate) fn from_output(output: &str, target: &Path) -> Self {
        let says = |words: &[&str]| words.iter().any(|word| output.contains(word));
        if says(&["No space left on device", "os error 28"]) {
            return Self::NoSpace(target.display().to_string());
        }
        if says(&[
            "linker `cc` not found",
            "is `cc` not installed",
            "failed to find tool \"cc\"",
        ]) {
            return Self::NoLinker;
        }
        let network = [
            "failed to download",
            "failed to get",
            "Could not resolve host",
            "Couldn't resolve host",
            "network failure",
            "failed to fetch",
        ];
        if says(&network) {
            return Self::NoNetwork(first_error(output));
        }
        if says(&["signal: 9", "SIGKILL"]) {
            return Self::Killed;
        }
        Self::Failed(first_error(output))
    }
}

/// The lines from the first error on, at most a screenful.
fn first_error(output: &str) -> String {
    let lines: Vec<&str> = output
        .split(['\n', '\r'])
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.contains("Building ["))
        .collect();
    let start = lines
        .iter()
        .position(|line| line.starts_with("error"))
        .unwrap_or(0);
    lines
        .iter()
        .skip(start)
        .take(20)
        .copied()
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(output: &str) -> String {
        SetupError::from_output(output, Path::new("target")).to_string()
    }

    #[test]
    fn failures_are_told_in_a_sentence() {
        assert!(said("error: linker `cc` not found\n").contains("install gcc"));
        assert!(
            said("could not write: No space left on device (os error 28)").contains("disk is full")
        );
        assert!(
            said("error: failed to download `x`\n  Could not resolve host").contains("network")
        );
        assert_eq!(
            said("   Compiling a\nerror: oh no\nmore"),
            "the build failed: error: oh no\nmore"
        );
    }
}
