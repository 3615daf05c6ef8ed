//! Two runs of cargo: `metadata` finds out which packages are meant (that is
//! where a wrong name, version or feature is noticed), `build` builds them and
//! says where they are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use ferrite_engine::EngineError;
use ferrite_engine::dependencies::Making;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::error::{self, DepError};
use super::package;
use crate::cargo::{self, Message};
use crate::{Progress, SetupError, places};

/// A crate that was asked for, built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// What it was asked for by, as Rust writes it.
    pub asked: String,
    /// The name that cells call it by.
    pub name: String,
    /// Its own name.
    pub own_name: String,
    /// Its version.
    pub version: String,
    /// The library.
    pub path: PathBuf,
    /// Whether it is a proc macro: the compiler loads it, not the notebook.
    pub proc_macro: bool,
}

/// A library among everything that was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its crate's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The library.
    pub path: PathBuf,
    /// Whether its source lies in a folder of the person's own.
    pub local: bool,
    /// Whether a notebook links to its package; else only build scripts and
    /// proc macros do.
    pub linked: bool,
}

/// What came of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// What was asked for.
    pub built: Vec<Built>,
    /// It, and all that it depends on.
    pub parts: Vec<Part>,
    /// Where native libraries lie (`-L` arguments).
    pub native: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    targets: Vec<cargo::Target>,
}

#[derive(Deserialize)]
struct Resolve {
    root: Option<String>,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    name: String,
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `build` or `dev`; nothing for what is linked.
    kind: Option<String>,
}

impl Metadata {
    fn edges(&self, id: &str) -> &[Edge] {
        let node = self.resolve.nodes.iter().find(|node| node.id == id);
        node.map(|node| node.deps.as_slice()).unwrap_or_default()
    }

    fn is_proc_macro(&self, id: &str) -> bool {
        let package = self.packages.iter().find(|package| package.id == id);
        let mut targets = package.into_iter().flat_map(|package| &package.targets);
        targets.any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    }

    /// The packages that one links to, itself included.
    fn linked(&self, from: &str, found: &mut BTreeSet<String>) {
        if self.is_proc_macro(from) || !found.insert(from.to_owned()) {
            return;
        }
        for edge in self.edges(from) {
            if edge.dep_kinds.iter().any(|kind| kind.kind.is_none()) {
                self.linked(&edge.pkg, found);
            }
        }
    }
}

/// The packages that were asked for, and all that they link to.
struct Plan {
    found: Vec<Found>,
    linked: BTreeSet<String>,
}

/// A package that was asked for.
struct Found {
    asked: String,
    name: String,
    id: String,
    version: String,
}

/// Builds the package in a folder.
pub fn resolve(
    dir: &Path,
    asked: &BTreeMap<String, Asked>,
    host: &str,
    making: &mut Making<'_>,
) -> Result<Resolved, DepError> {
    let begin = Instant::now();
    let plan = find(dir, asked, host, making)?;
    let mut build = cargo("build", dir, making);
    build.args([
        "--release",
        "--offline",
        "--message-format",
        "json-render-diagnostics",
    ]);
    for found in &plan.found {
        build.arg("--package").arg(&found.id);
    }
    // See `crate::cargo::build`.
    build
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "160");
    let progress = &mut *making.progress;
    let (success, messages, said) = run(&mut build, making.running, &mut |step| {
        let clock = begin.elapsed().as_secs();
        let clock = format!("{}:{:02}", clock / 60, clock % 60);
        match step {
            Progress::Compiling {
                done,
                total,
                current,
            } => progress(&format!(
                "Building crate {done} of {total}: {current} · {clock}"
            )),
            _ => progress(&format!("Waiting for another build · {clock}")),
        }
    })?;
    if !success {
        return Err(DepError::DoesNotCompile(error::errors(&said)));
    }
    collect(&plan, &messages)
}

/// The packages that were asked for.
fn find(
    dir: &Path,
    asked: &BTreeMap<String, Asked>,
    host: &str,
    making: &mut Making<'_>,
) -> Result<Plan, DepError> {
    (making.progress)("Asking the registry");
    let ask = |offline: bool| {
        let mut command = cargo("metadata", dir, making);
        command.args(["--format-version", "1", "--filter-platform", host]);
        if offline {
            command.arg("--offline");
        }
        run(&mut command, making.running, &mut |_| {})
    };
    let (mut success, mut text, said) = ask(false)?;
    if !success && DepError::is_network(&said) {
        // What was downloaded before may do.
        (success, text, _) = ask(true)?;
    }
    if !success {
        return Err(DepError::of_resolving(&said));
    }
    let metadata: Metadata = serde_json::from_str(&text)
        .map_err(|error| DepError::Cargo(format!("its answer cannot be read: {error}")))?;
    let edges = metadata.edges(metadata.resolve.root.as_deref().unwrap_or_default());
    let mut plan = Plan {
        found: Vec::new(),
        linked: BTreeSet::new(),
    };
    for (key, asked) in asked {
        let package = |edge: &Edge| {
            metadata
                .packages
                .iter()
                .find(|package| package.id == edge.pkg && package.name == asked.package())
        };
        let renamed = asked.renamed();
        let wanted = |edge: &&Edge| renamed.as_ref().is_none_or(|name| *name == edge.name);
        let (edge, package) = edges
            .iter()
            .filter(wanted)
            .find_map(|edge| Some((edge, package(edge)?)))
            .ok_or_else(|| DepError::NoLibrary(asked.package().to_owned()))?;
        metadata.linked(&package.id, &mut plan.linked);
        plan.found.push(Found {
            asked: key.clone(),
            name: edge.name.clone(),
            id: package.id.clone(),
            version: package.version.clone(),
        });
    }
    Ok(plan)
}

fn collect(plan: &Plan, messages: &str) -> Result<Resolved, DepError> {
    let mut resolved = Resolved::default();
    let mut results: BTreeMap<String, (String, PathBuf, bool)> = BTreeMap::new();
    for message in cargo::parse(messages) {
        resolved.native.extend(message.linked_paths.iter().cloned());
        let (Some(id), Some(target)) = (&message.package_id, &message.target) else {
            continue;
        };
        let name = target.name.replace('-', "_");
        if message.is_library() {
            let Some(path) = message.rlib() else { continue };
            resolved.parts.push(Part {
                name: name.clone(),
                version: message.version().to_owned(),
                path: path.clone(),
                local: id.starts_with("path+"),
                linked: plan.linked.contains(id),
            });
            results.insert(id.clone(), (name, path, false));
        } else if let Some(path) = proc_macro(&message) {
            results.insert(id.clone(), (name, path, true));
        }
    }
    resolved.native.sort();
    resolved.native.dedup();
    for found in &plan.found {
        let result = results.get(&found.id);
        let (own_name, path, proc_macro) =
            result.ok_or_else(|| DepError::NoLibrary(found.name.clone()))?;
        resolved.built.push(Built {
            asked: found.asked.clone(),
            name: found.name.clone(),
            own_name: own_name.clone(),
            version: found.version.clone(),
            path: path.clone(),
            proc_macro: *proc_macro,
        });
    }
    Ok(resolved)
}

fn proc_macro(message: &Message) -> Option<PathBuf> {
    let target = message.target.as_ref()?;
    let is = message.reason == "compiler-artifact"
        && target.kind.iter().any(|kind| kind == "proc-macro");
    is.then(|| message.filenames.first().cloned()).flatten()
}

/// cargo, as setup runs it: which toolchain rustup chooses and which settings
/// apply depends on the current folder.
fn cargo(verb: &str, dir: &Path, making: &Making<'_>) -> Command {
    let mut command = Command::new("cargo");
    cargo::as_from_a_shell(&mut command);
    command
        .arg(verb)
        .arg("--manifest-path")
        .arg(dir.join("Cargo.toml"))
        .current_dir(places::source_dir())
        .envs(making.environment)
        .env("CARGO_TARGET_DIR", places::target_dir())
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs cargo; whether it succeeded, and what it wrote to stdout and stderr.
fn run(
    command: &mut Command,
    running: &ferrite_engine::compile::Running,
    progress: &mut crate::OnProgress<'_>,
) -> Result<(bool, String, String), DepError> {
    tracing::debug!(?command, "cargo");
    let (stdout, stderr) = running.start(command).map_err(SetupError::NoToolchain)?;
    let messages = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stdout) = stdout {
            let _ = stdout.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let mut said = String::new();
    if let Some(stderr) = stderr {
        cargo::follow(stderr, &mut said, progress);
    }
    let status = running.finish().map_err(|error| match error {
        EngineError::Stopped => DepError::Stopped,
        error => DepError::Cargo(error.to_string()),
    })?;
    // Of the package that only we know.
    let said = said
        .lines()
        .filter(|line| !line.contains(package::NAME) || line.contains("feature"))
        .map(|line| format!("{line}\n"))
        .collect();
    Ok((status.success(), messages.join().unwrap_or_default(), said))
}
