//! Why a crate is not to be had, in a sentence and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::SetupError;

/// What can go wrong with a `:dep`.
#[derive(Debug, thiserror::Error)]
pub enum DepError {
    /// A person stopped it.
    #[error("stopped")]
    Stopped,
    /// What follows `:dep` cannot be read.
    #[error(
        "`:dep {asked}` cannot be read: {why}; write it as in Cargo.toml, `:dep name = \"1.0\"`"
    )]
    Unreadable {
        /// What was asked for.
        asked: String,
        /// What is wrong with it.
        why: String,
    },
    /// A path leads to no package.
    #[error("there is no Cargo.toml in {0}; a relative path begins at the notebook's folder")]
    NoFolder(PathBuf),
    /// The name is one of the prelude's.
    #[error(
        "the name `{0}` belongs to a crate that is bundled; give yours another: \
         `:dep my_{0} = {{ package = \"{0}\", … }}`"
    )]
    NameTaken(String),
    /// The package has only programs.
    #[error("`{0}` has no library that a cell could use, only programs")]
    NoLibrary(String),
    /// The registry does not know the name.
    #[error("there is no crate `{name}` on crates.io{near}")]
    NoSuchCrate {
        /// The name.
        name: String,
        /// What may have been meant, with what leads to it.
        near: String,
    },
    /// The registry knows no such version.
    #[error("no version of `{name}` is {requirement}; there are {versions}")]
    NoSuchVersion {
        /// The crate.
        name: String,
        /// What was asked for.
        requirement: String,
        /// Some that there are.
        versions: String,
    },
    /// The crate has no such feature.
    #[error("`{name}` has no feature `{feature}`{there}")]
    NoSuchFeature {
        /// The crate.
        name: String,
        /// The feature.
        feature: String,
        /// Those that it has, with what leads to them.
        there: String,
    },
    /// No network.
    #[error(
        "the crate cannot be downloaded, and what was downloaded before does not suffice; \
         is there a network connection? cargo said:\n{0}"
    )]
    NoNetwork(String),
    /// rustc rejected it, or its build script failed.
    #[error("the crate does not compile:\n{0}")]
    DoesNotCompile(String),
    /// Anything else that cargo said.
    #[error("cargo could not find out what to build:\n{0}")]
    Cargo(String),
    /// Linking failed, or there is no cargo.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

impl DepError {
    pub(super) fn files(path: &Path, source: io::Error) -> Self {
        SetupError::files(path, source).into()
    }

    pub(super) fn is_network(said: &str) -> bool {
        const NETWORK: &[&str] = &[
            "Could not resolve host",
            "Couldn't resolve host",
            "Could not connect to server",
            "Couldn't connect to server",
            "Failed to connect",
            "network failure",
            "Timeout was reached",
            "spurious network error",
            "download of config.json failed",
            "attempting to make an HTTP request, but --offline was specified",
            "you're using offline mode",
            "is required to be downloaded",
        ];
        NETWORK.iter().any(|sign| said.contains(sign))
    }

    /// The error behind what cargo said of resolving.
    pub(super) fn of_resolving(said: &str) -> Self {
        let line = |start: &str| {
            said.lines()
                .find_map(|line| line.trim().strip_prefix(start))
        };
        if Self::is_network(said) {
            return Self::NoNetwork(errors(said));
        }
        if let Some(name) = line("error: no matching package named `")
            .or_else(|| line("no matching package named `"))
            .and_then(|rest| rest.split('`').next())
        {
            return Self::NoSuchCrate {
                name: name.to_owned(),
                near: String::new(),
            };
        }
        // The registry's spelling of a name with dashes and underscores mixed up.
        if let Some(name) = line("error: no matching package found") {
            let searched = line("searched package name: `").and_then(|rest| rest.split('`').next());
            let perhaps =
                line("perhaps you meant:").map(|rest| format!("; did you mean {}?", rest.trim()));
            return Self::NoSuchCrate {
                name: searched.unwrap_or(name).to_owned(),
                near: perhaps.unwrap_or_default(),
            };
        }
        if let Some(rest) = line("error: failed to select a version for the requirement `")
            && let Some((name, requirement)) =
                rest.split('`').next().and_then(|x| x.split_once('='))
        {
            let versions = line("candidate versions found which didn't match: ");
            return Self::NoSuchVersion {
                name: name.trim().to_owned(),
                requirement: requirement.trim().trim_matches('"').to_owned(),
                versions: versions.unwrap_or("others").to_owned(),
            };
        }
        if let Some(line) = said.lines().find(|line| {
            line.contains("does not have that feature")
                || line.contains("does not have these features")
        }) {
            let words: Vec<&str> = line.split('`').collect();
            if let [_, _, _, name, _, feature, ..] = words.as_slice() {
                let there = said
                    .lines()
                    .find_map(|line| line.trim().strip_prefix("available features: "));
                return Self::NoSuchFeature {
                    name: (*name).to_owned(),
                    feature: (*feature).to_owned(),
                    there: there
                        .map(|there| format!("; it has {there}"))
                        .unwrap_or_default(),
                };
            }
        }
        Self::Cargo(errors(said))
    }
}

/// cargo's words from the first error on, without its own chatter.
pub(super) fn errors(said: &str) -> String {
    const CHATTER: &[&str] = &[
        "Compiling ",
        "Updating ",
        "Locking ",
        "Adding ",
        "Downloading ",
        "Downloaded ",
        "Blocking ",
        "Fresh ",
        "warning: build failed, waiting",
        "warning: spurious network error",
    ];
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| {
            !CHATTER
                .iter()
                .any(|start| line.trim_start().starts_with(start))
        })
        .collect();
    let start = lines
        .iter()
        .position(|line| line.starts_with("error"))
        .unwrap_or(0);
    lines[start..]
        .iter()
        .take(60)
        .copied()
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_understood() {
        let said = |text: &str| DepError::of_resolving(text).to_string();
        assert_eq!(
            said(
                "    Updating crates.io index\nerror: no matching package named `no_such` found\nlocation searched: crates.io index"
            ),
            "there is no crate `no_such` on crates.io"
        );
        assert_eq!(
            said(
                "error: failed to select a version for the requirement `regex = \"^99\"`\ncandidate versions found which didn't match: 1.12.2, 1.12.1, ...\n"
            ),
            "no version of `regex` is ^99; there are 1.12.2, 1.12.1, ..."
        );
        assert_eq!(
            said(
                "error: failed to select a version for `regex`.\n    ... required by\n\npackage `ferrite-deps` depends on `regex` with feature `xx` but `regex` does not have that feature.\n"
            ),
            "`regex` has no feature `xx`"
        );
        assert!(
            said("error: x\n\nCaused by:\n  [6] Could not resolve host: index.crates.io")
                .contains("network")
        );
    }
}
