//! `:dep`: crates from the registry, a folder or git, for cells.
//!
//! The road of one: [`asked`] reads it, [`bundled`] answers if the prelude has
//! it, [`package`] writes a package that depends on it, [`resolve`] has cargo
//! build that in Ferrite's own target folder, [`chain`] links a dynamic library
//! of what is new. The result is kept for all notebooks; the next one that
//! asks for the same only reads a record.

mod asked;
mod bundled;
mod chain;
mod error;
mod package;
mod resolve;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ferrite_engine::Toolchain;
use ferrite_engine::dependencies::{AddError, Added, Crates, Loaded, Making};

use asked::Asked;
use bundled::Answer;
use chain::Chain;
pub use error::DepError;
use ferrite_engine::items::hash;
use resolve::{Built, Resolved};
use toml::{Table, Value};

/// The crates of one notebook, made ready by cargo.
pub struct CargoCrates {
    toolchain: Toolchain,
    /// The folder of what was built for this toolchain.
    dir: PathBuf,
    state: State,
}

/// What a notebook has. A `:dep` that fails leaves the state before it.
#[derive(Clone, Default)]
struct State {
    /// By the name that cells use.
    asked: BTreeMap<String, Asked>,
    /// Bundled crates under other names.
    renamed: BTreeMap<String, String>,
    resolved: Resolved,
    chain: Chain,
    /// The lock file of the last build.
    lock: Option<PathBuf>,
}

impl CargoCrates {
    /// For a notebook whose cells are compiled by `toolchain`; what is built
    /// is kept in `cache`.
    pub fn new(toolchain: &Toolchain, cache: &Path) -> Self {
        Self {
            dir: cache.join(&toolchain.id),
            toolchain: toolchain.clone(),
            state: State::default(),
        }
    }

    fn try_add(&mut self, lines: &[&str], making: &mut Making<'_>) -> Result<Added, DepError> {
        let folder = std::env::current_dir().unwrap_or_default();
        let mut state = self.state.clone();
        let mut added = Added::default();
        let mut wanted = Vec::new();
        for line in lines {
            let asked = Asked::parse(line, &folder)?;
            match bundled::answer(&asked, &self.toolchain)? {
                Answer::There(said) => added.said.push(said),
                Answer::Renamed(name) => {
                    added
                        .said
                        .push(format!("{} is the bundled {name}", asked.crate_name()));
                    state.renamed.insert(asked.crate_name(), name);
                }
                Answer::Build => {
                    wanted.push(asked.crate_name());
                    state.asked.insert(asked.crate_name(), asked);
                }
            }
        }
        if !wanted.is_empty() {
            self.build(&mut state, &mut added, making)?;
            let built = state.resolved.built.iter();
            for built in built.filter(|built| wanted.contains(&built.asked)) {
                added.said.push(format!("{} {}", built.name, built.version));
            }
            added.said.extend(self.strangers(&state.resolved));
        }
        added.loaded = self.loaded(&state)?;
        self.state = state;
        Ok(added)
    }

    /// Builds what the state asks for, and links what is new.
    fn build(
        &self,
        state: &mut State,
        added: &mut Added,
        making: &mut Making<'_>,
    ) -> Result<(), DepError> {
        let mut parts: Vec<String> = Vec::new();
        for (name, asked) in &state.asked {
            parts.push(format!("{name} = {}", asked.specification()));
        }
        for (name, value) in making.environment {
            parts.push(format!("{name}={value}"));
        }
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        let package = self.dir.join(hash(&parts));
        std::fs::create_dir_all(&package).map_err(|error| DepError::files(&package, error))?;
        // Another notebook may be asking for the same.
        let file = package.join("lock");
        let lock = File::create(&file).map_err(|error| DepError::files(&file, error))?;
        if lock.try_lock().is_err() {
            (making.progress)("Another notebook builds the same; waiting for it");
            lock.lock().map_err(|error| DepError::files(&file, error))?;
        }
        let record = package.join("built.json");
        let local = state.asked.values().any(Asked::is_local);
        let kept = (!local).then(|| read(&record)).flatten();
        let mut resolved = match kept {
            Some(resolved) => resolved,
            None => {
                remove_old(&self.dir);
                package::write(&package, state.asked.values(), state.lock.as_deref())?;
                let resolved = resolve::resolve(&package, &state.asked, self.host(), making)?;
                let text = serde_json::to_vec_pretty(&resolved)
                    .map_err(|error| DepError::files(&record, error.into()))?;
                std::fs::write(&record, text).map_err(|error| DepError::files(&record, error))?;
                resolved
            }
        };
        self.keep_local(&mut resolved)?;
        let libraries = self.dir.join("libraries");
        std::fs::create_dir_all(&libraries).map_err(|error| DepError::files(&libraries, error))?;
        let (chain, fresh) = state.chain.with(&resolved, &self.toolchain, &libraries)?;
        if fresh {
            added.fresh = true;
            added.replaced = state
                .resolved
                .parts
                .iter()
                .filter(|part| !resolved.parts.contains(part))
                .map(|part| part.name.clone())
                .collect();
        }
        state.chain = chain;
        state.resolved = resolved;
        state.lock = Some(package.join("Cargo.lock"));
        Ok(())
    }

    /// Copies what was built from the person's own folders: cargo overwrites
    /// it when a source changes, and cells of a running notebook are still
    /// compiled against these.
    fn keep_local(&self, resolved: &mut Resolved) -> Result<(), DepError> {
        for part in resolved.parts.iter_mut().filter(|part| part.local) {
            let mark = chain::mark(&part.path, chain::stamp(&part.path)?);
            let dir = self.dir.join("local").join(hash(&[mark.as_bytes()]));
            let Some(name) = part.path.file_name() else {
                continue;
            };
            let copy = dir.join(name);
            if !copy.is_file() {
                std::fs::create_dir_all(&dir).map_err(|error| DepError::files(&dir, error))?;
                // Another notebook must not see half of it.
                let half = dir.join(format!(".half-{}", std::process::id()));
                std::fs::copy(&part.path, &half)
                    .and_then(|_| std::fs::rename(&half, &copy))
                    .map_err(|error| DepError::files(&copy, error))?;
            }
            for built in &mut resolved.built {
                if built.path == part.path {
                    built.path.clone_from(&copy);
                }
            }
            part.path = copy;
        }
        Ok(())
    }

    /// The name of the platform: `…/rustlib/<platform>/lib`.
    fn host(&self) -> &str {
        let platform = self.toolchain.std_dir.parent().and_then(Path::file_name);
        platform.and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Bundled crates of which the new ones use a build of their own.
    fn strangers(&self, resolved: &Resolved) -> Vec<String> {
        let own = |part: &&resolve::Part| {
            let bundled = self
                .toolchain
                .externs
                .iter()
                .find(|(name, _)| *name == part.name);
            part.linked
                && bundled.is_some_and(|(_, path)| path.file_name() != part.path.file_name())
                && resolved.built.iter().all(|built| built.path != part.path)
        };
        // The same package twice: the other is for proc macros.
        let twice = |part: &resolve::Part| {
            let mut others = resolved.parts.iter();
            others.any(|other| {
                (&other.name, &other.version) == (&part.name, &part.version)
                    && other.path != part.path
            })
        };
        resolved
            .parts
            .iter()
            .filter(own)
            .filter(|part| !twice(part))
            .map(|part| {
                format!(
                    "note: uses a {} {} of its own, whose types are not those of the bundled one",
                    part.name, part.version
                )
            })
            .collect()
    }

    fn loaded(&self, state: &State) -> Result<Loaded, DepError> {
        let mut externs: Vec<(String, PathBuf)> = Vec::new();
        for Built { name, path, .. } in &state.resolved.built {
            externs.push((name.clone(), path.clone()));
        }
        for (name, bundled) in &state.renamed {
            let path = self
                .toolchain
                .externs
                .iter()
                .find(|(known, _)| known == bundled);
            externs.extend(path.map(|(_, path)| (name.clone(), path.clone())));
        }
        // rustc writes types with the crate's own name, whatever cells call it.
        for built in &state.resolved.built {
            let taken = |name: &String| {
                externs.iter().any(|(known, _)| known == name)
                    || self
                        .toolchain
                        .externs
                        .iter()
                        .any(|(known, _)| known == name)
            };
            if !taken(&built.own_name) {
                externs.push((built.own_name.clone(), built.path.clone()));
            }
        }
        let mut mark = state.chain.tie.clone().unwrap_or_default();
        let mut dependencies = vec![self.dir.join("libraries")];
        for (name, path) in &externs {
            mark += &format!(" {name}={}", chain::mark(path, chain::stamp(path)?));
        }
        for part in state.resolved.parts.iter().filter(|part| part.local) {
            dependencies.extend(part.path.parent().map(Path::to_owned));
        }
        let id = match externs.is_empty() {
            true => String::new(),
            false => hash(&[mark.as_bytes()]),
        };
        Ok(Loaded {
            id,
            package: self.package(state),
            tie: state.chain.tie.clone(),
            libraries: state.chain.libraries.clone(),
            externs,
            dependencies,
        })
    }
}

impl CargoCrates {
    /// A package for the analyser, that depends on what cells can name now.
    /// Completion does without it if it cannot be written.
    fn package(&self, state: &State) -> Option<PathBuf> {
        if state.asked.is_empty() {
            return None;
        }
        let asked = state.asked.values();
        let more: Table = asked
            .map(|asked| (asked.name.clone(), Value::Table(asked.table.clone())))
            .collect();
        let name = hash(&[more.to_string().as_bytes()]);
        let dir = self.dir.join("analysis").join(name);
        let written = crate::analysis::write_package(&dir, &more, state.lock.as_deref());
        written.ok().map(|()| dir)
    }
}

/// How long the crates of another toolchain, or of another state of Ferrite,
/// are kept.
const OLD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes what was built for toolchains that are long gone.
fn remove_old(own: &Path) {
    let folders = own.parent().and_then(|cache| std::fs::read_dir(cache).ok());
    for folder in folders.into_iter().flatten().flatten() {
        let changed = folder.metadata().and_then(|data| data.modified());
        let old = changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > OLD));
        if old && folder.path() != own {
            let _ = std::fs::remove_dir_all(folder.path());
        }
    }
}

/// A record whose files are all there.
fn read(record: &Path) -> Option<Resolved> {
    let resolved: Resolved = serde_json::from_slice(&std::fs::read(record).ok()?).ok()?;
    let parts = resolved.parts.iter().map(|part| &part.path);
    let built = resolved.built.iter().map(|built| &built.path);
    parts
        .chain(built)
        .all(|path| path.is_file())
        .then_some(resolved)
}

impl Crates for CargoCrates {
    fn add(&mut self, asked: &[&str], making: &mut Making<'_>) -> Result<Added, AddError> {
        self.try_add(asked, making).map_err(|error| match error {
            DepError::Stopped => AddError::Stopped,
            error => AddError::Failed(Box::new(error)),
        })
    }

    fn list(&self) -> Vec<String> {
        let bundled = self.toolchain.bundled.iter();
        let bundled =
            bundled.map(|known| format!("{} = \"{}\" (bundled)", known.name, known.version));
        let asked = self.state.asked.values();
        let asked = asked.map(|asked| format!("{} = {}", asked.name, asked.specification()));
        bundled.chain(asked).collect()
    }
}
