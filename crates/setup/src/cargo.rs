//! The part that cargo does: every dependency, and our crates as rlibs.
//!
//! Cargo keeps what is finished, so an interrupted build goes on where it was.
//! It must see the same packages as `cargo test` does: its choice of features
//! depends on that, and with other features polars would be compiled again.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::error::SetupError;
use crate::{OnProgress, Progress, places};

/// Libraries by crate name, and by name and version.
pub type Libraries = BTreeMap<String, Library>;

/// A library that cargo has built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Where it is.
    pub path: PathBuf,
    /// The version of its package.
    pub version: String,
    /// The features that it was built with.
    pub features: Vec<String>,
}

/// One of cargo's JSON messages.
#[derive(Deserialize)]
pub struct Message {
    /// What it is about.
    pub reason: String,
    /// What was built.
    pub target: Option<Target>,
    /// What came of it.
    #[serde(default)]
    pub filenames: Vec<PathBuf>,
    /// The package.
    pub package_id: Option<String>,
    /// Its features.
    #[serde(default)]
    pub features: Vec<String>,
    /// Folders of native libraries, of a build script.
    #[serde(default)]
    pub linked_paths: Vec<String>,
}

/// A part of a package.
#[derive(Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// `lib`, `proc-macro`, `custom-build`, …
    pub kind: Vec<String>,
}

impl Message {
    /// The version at the end of the package's identifier.
    pub fn version(&self) -> &str {
        let package = self.package_id.as_deref().unwrap_or_default();
        package.rsplit(['@', '#']).next().unwrap_or_default()
    }

    /// Whether it is a crate that others link to.
    pub fn is_library(&self) -> bool {
        const LIBRARIES: &[&str] = &["lib", "rlib", "dylib"];
        self.reason == "compiler-artifact"
            && self.target.as_ref().is_some_and(|target| {
                target
                    .kind
                    .iter()
                    .any(|kind| LIBRARIES.contains(&kind.as_str()))
            })
    }

    /// The program of this name, if it is the one that was built.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let target = self.target.as_ref()?;
        let is = target.name == name && target.kind.iter().any(|kind| kind == "bin");
        (is && self.reason == "compiler-artifact")
            .then(|| self.filenames.first().cloned())
            .flatten()
    }

    /// The rlib in cargo's folder of dependencies.
    pub fn rlib(&self) -> Option<PathBuf> {
        // Not the copy without a hash in the target folder: another clone that
        // shares the folder overwrites it.
        let mut files = self.filenames.iter();
        let metadata = files.find(|file| file.extension().is_some_and(|end| end == "rmeta"));
        metadata.map(|file| file.with_extension("rlib"))
    }
}

/// Builds all libraries of the workspace and says where they are.
pub fn build(progress: &mut OnProgress<'_>) -> Result<Libraries, SetupError> {
    Ok(libraries(&run(&["--lib"], progress)?))
}

/// Builds a part of the workspace and returns cargo's messages.
pub fn run(what: &[&str], progress: &mut OnProgress<'_>) -> Result<String, SetupError> {
    let target = places::target_dir();
    let mut command = Command::new("cargo");
    as_from_a_shell(&mut command);
    let mut child = command
        .current_dir(places::source_dir())
        .args(["build", "--release"])
        .args(what)
        .args(["--message-format", "json-render-diagnostics"])
        .env("CARGO_TARGET_DIR", &target)
        // The counter on stderr is the only place where cargo says how many
        // crates there are.
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "160")
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(SetupError::NoToolchain)?;
    let stdout = child.stdout.take();
    let messages = std::thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut stdout) = stdout {
            let _ = stdout.read_to_string(&mut text);
        }
        text
    });
    let mut said = String::new();
    if let Some(stderr) = child.stderr.take() {
        follow(stderr, &mut said, progress);
    }
    let status = child.wait().map_err(SetupError::NoToolchain)?;
    let messages = messages.join().unwrap_or_default();
    if !status.success() {
        if status.code().is_none() {
            return Err(SetupError::Killed);
        }
        return Err(SetupError::from_output(&said, &target));
    }
    Ok(messages)
}

/// Removes what `cargo run` and `cargo test` add to the environment of the
/// programs that they start. Build scripts (ring's) ask to be run again when
/// `CARGO_PKG_NAME` and the like change, and polars is built on top of them:
/// without this, `cargo run -- lab` and `cargo test` would each compile polars
/// anew after the other.
pub fn as_from_a_shell(command: &mut Command) {
    const OURS: &[&str] = &[
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
        "CARGO_TARGET_TMPDIR",
    ];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if OURS.iter().any(|start| text.starts_with(start)) || text == "CARGO" || text == "OUT_DIR"
        {
            command.env_remove(&name);
        }
    }
}

/// Reads cargo's stderr and turns its counter into progress.
pub fn follow(stderr: impl Read, said: &mut String, progress: &mut OnProgress<'_>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    let mut byte = [0];
    // Lines end in carriage returns as well.
    while matches!(reader.read(&mut byte), Ok(1)) {
        if byte[0] != b'\n' && byte[0] != b'\r' {
            line.push(byte[0]);
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        line.clear();
        match counter(&text) {
            Some(step) => progress(step),
            None if text.contains("Blocking waiting for file lock") => progress(Progress::Waiting),
            None if !text.trim().is_empty() => {
                said.push_str(&text);
                said.push('\n');
            }
            None => {}
        }
    }
}

/// `Building [=====>   ] 12/560: polars-core, serde` → 12 of 560.
fn counter(line: &str) -> Option<Progress> {
    let rest = &line[line.find("Building [")?..];
    let rest = rest.split_once("] ")?.1;
    let (counts, current) = rest.split_once(": ").unwrap_or((rest, ""));
    let (done, total) = counts.trim().split_once('/')?;
    Some(Progress::Compiling {
        done: done.parse().ok()?,
        total: total.trim().parse().ok()?,
        current: current.trim().to_owned(),
    })
}

fn libraries(messages: &str) -> Libraries {
    let mut found = Libraries::new();
    for message in parse(messages).filter(Message::is_library) {
        if let (Some(path), Some(target)) = (message.rlib(), &message.target) {
            let name = target.name.replace('-', "_");
            let version = message.version().to_owned();
            let library = Library {
                path,
                version,
                features: message.features.clone(),
            };
            // Two versions of a crate: name both, the caller knows which.
            found.insert(format!("{name}@{}", library.version), library.clone());
            found.insert(name, library);
        }
    }
    found
}

/// cargo's messages, one a line.
pub fn parse(messages: &str) -> impl Iterator<Item = Message> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_read() {
        assert_eq!(
            counter("    Building [==>    ] 12/560: polars-core, serde"),
            Some(Progress::Compiling {
                done: 12,
                total: 560,
                current: "polars-core, serde".into()
            })
        );
        assert_eq!(counter("   Compiling serde v1"), None);
    }
}
