//! The part that cargo cannot do: dynamic libraries that share one libstd.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use ferrite_engine::{Bundled, Toolchain};

use crate::cargo::{Libraries, Library};
use crate::error::SetupError;
use crate::{OnProgress, Progress, places};

/// A direct run of rustc.
pub struct Rustc<'a> {
    /// The compiler.
    pub rustc: &'a Path,
    /// Where results go.
    pub dir: &'a Path,
    /// Where the metadata of dependencies is found.
    pub dependencies: &'a [PathBuf],
}

/// Builds the runtime, the prelude and the worker.
pub fn all(
    libraries: &Libraries,
    fingerprint: &str,
    dir: &Path,
    progress: &mut OnProgress<'_>,
) -> Result<Toolchain, SetupError> {
    let sysroot = ask_rustc("sysroot")?;
    let rustc = sysroot.join("bin").join("rustc");
    let libraries = &keep_own(libraries, dir)?;
    let dependencies = places::target_dir().join("release").join("deps");
    let run = Rustc {
        rustc: &rustc,
        dir,
        dependencies: std::slice::from_ref(&dependencies),
    };
    let crates = places::source_dir().join("crates");
    let library = |name: &str| {
        let found = libraries.get(name).map(|library| library.path.clone());
        found.ok_or_else(|| {
            SetupError::Failed(format!("cargo did not say where it put the crate {name}"))
        })
    };

    progress(Progress::Linking("the runtime"));
    let runtime = dir.join("libferrite_runtime.so");
    let below = externs(&["ferrite_display", "ferrite_interrupt"], &library)?;
    run.compile(
        "ferrite_runtime",
        "dylib",
        &crates.join("runtime/src/lib.rs"),
        &below,
        &[],
    )?;

    progress(Progress::Linking("the prelude"));
    let prelude = dir.join("libferrite_prelude.so");
    let names = named_by_cells(&crates.join("prelude/Cargo.toml"))?;
    let seen = seen_by_cells(&names, libraries)?;
    let cells: Externs = seen
        .iter()
        .map(|(name, library)| (name.clone(), library.path.clone()))
        .collect();
    let mut below = cells.clone();
    below.push(("ferrite_runtime".to_owned(), runtime.clone()));
    // See `ferrite_prelude::instantiate`.
    let share = ["-Zshare-generics=y"];
    run.compile(
        "ferrite_prelude",
        "dylib",
        &crates.join("prelude/src/lib.rs"),
        &below,
        &share,
    )?;

    progress(Progress::Linking("what cells share"));
    let mut below = cells.clone();
    below.push(("ferrite_runtime".to_owned(), runtime.clone()));
    below.push(("ferrite_prelude".to_owned(), prelude.clone()));
    let glue = dir.join("libferrite_glue.so");
    // Only what is compiled without optimisation is shared whole, see
    // `ferrite_glue`.
    run.compile(
        "ferrite_glue",
        "dylib",
        &crates.join("glue/src/lib.rs"),
        &below,
        &["-Copt-level=0"],
    )?;

    let warm = if cfg!(target_os = "linux") {
        progress(Progress::Linking("the warm compiler"));
        let source = crates.join("warm/src/lib.rs");
        run.compile(
            "ferrite_warm",
            "cdylib",
            &source,
            &externs(&["libc"], &library)?,
            &[],
        )?;
        Some(dir.join("libferrite_warm.so"))
    } else {
        None
    };

    progress(Progress::Linking("the worker"));
    let mut below = externs(
        &[
            "ferrite_display",
            "ferrite_interrupt",
            "ferrite_wire",
            "libc",
            "libloading",
        ],
        &library,
    )?;
    below.push(("ferrite_runtime".to_owned(), runtime.clone()));
    run.compile(
        "ferrite_worker",
        "rlib",
        &crates.join("worker/src/lib.rs"),
        &below,
        &[],
    )?;
    below.push((
        "ferrite_worker".to_owned(),
        dir.join("libferrite_worker.rlib"),
    ));
    // The program's versions of `read` and others are to be found by the loader.
    let export = ["-Zexport-executable-symbols"];
    run.compile(
        "worker",
        "bin",
        &crates.join("worker/program/main.rs"),
        &below,
        &export,
    )?;

    let std_dir = ask_rustc("target-libdir")?;
    Ok(Toolchain {
        id: fingerprint.to_owned(),
        rustc: rustc.clone(),
        linker: linker(&std_dir),
        builtins: builtins(&std_dir),
        warm,
        std_dir,
        runtime,
        worker: dir.join("worker"),
        dependencies: vec![dir.to_owned(), dependencies.clone()],
        prelude,
        glue,
        externs: cells,
        bundled: seen
            .into_iter()
            .map(|(name, library)| Bundled {
                name,
                version: library.version,
                features: library.features,
            })
            .collect(),
    })
}

/// `rust-lld`, which comes with rustc for the systems that it is used on.
fn linker(std_dir: &Path) -> Option<PathBuf> {
    let linker = std_dir.parent()?.join("bin").join("rust-lld");
    (cfg!(target_os = "linux") && linker.is_file()).then_some(linker)
}

fn builtins(std_dir: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(std_dir).ok()?;
    files.flatten().map(|file| file.path()).find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libcompiler_builtins-") && name.ends_with(".rlib")
    })
}

/// Copies our own crates: cargo overwrites them when their source changes, and
/// a kernel that is running still compiles cells against these.
fn keep_own(libraries: &Libraries, dir: &Path) -> Result<Libraries, SetupError> {
    let mut kept = libraries.clone();
    for (name, library) in &mut kept {
        let path = &mut library.path;
        if let (true, Some(file)) = (name.starts_with("ferrite"), path.file_name()) {
            let copy = dir.join(file);
            std::fs::copy(&*path, &copy).map_err(|error| SetupError::files(path, error))?;
            *path = copy;
        }
    }
    Ok(kept)
}

fn ask_rustc(what: &str) -> Result<PathBuf, SetupError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .current_dir(places::source_dir())
        .args(["--print", what])
        .output()
        .map_err(SetupError::NoToolchain)?;
    if !output.status.success() {
        return Err(SetupError::Failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    Ok(PathBuf::from(
        String::from_utf8_lossy(&output.stdout).trim(),
    ))
}

type Externs = Vec<(String, PathBuf)>;

fn externs(
    names: &[&str],
    library: &dyn Fn(&str) -> Result<PathBuf, SetupError>,
) -> Result<Externs, SetupError> {
    names
        .iter()
        .map(|name| Ok(((*name).to_owned(), library(name)?)))
        .collect()
}

/// The crates that the prelude depends on, which are those that cells can
/// name, with the versions that the lock file has for them.
fn named_by_cells(manifest: &Path) -> Result<Vec<String>, SetupError> {
    let text =
        std::fs::read_to_string(manifest).map_err(|error| SetupError::files(manifest, error))?;
    let section = text.split("[dependencies]").nth(1).unwrap_or_default();
    Ok(section
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| {
            line.split_once('.')
                .map(|(name, _)| name.trim().replace('-', "_"))
        })
        .filter(|name| !name.is_empty() && !name.starts_with('#') && name != "ferrite_runtime")
        .collect())
}

/// Crates of which two versions are built, with the one that cells see.
const CHOSEN: &[(&str, &str)] = &[("ndarray", "0.16"), ("rand", "0.8")];

fn seen_by_cells(
    names: &[String],
    libraries: &Libraries,
) -> Result<Vec<(String, Library)>, SetupError> {
    let chosen: BTreeMap<&str, &str> = CHOSEN.iter().copied().collect();
    names
        .iter()
        .map(|name| {
            let library = match chosen.get(name.as_str()) {
                Some(version) => {
                    let start = format!("{name}@{version}.");
                    libraries
                        .iter()
                        .find(|(known, _)| known.starts_with(&start))
                        .map(|(_, library)| library)
                }
                None => libraries.get(name),
            };
            let library = library.cloned().ok_or_else(|| {
                SetupError::Failed(format!("cargo did not say where it put the crate {name}"))
            })?;
            Ok((name.clone(), library))
        })
        .collect()
}

impl Rustc<'_> {
    /// Compiles a crate; a `dylib` gets its file's name as its soname.
    pub fn compile(
        &self,
        name: &str,
        kind: &str,
        source: &Path,
        externs: &[(String, PathBuf)],
        flags: &[&str],
    ) -> Result<(), SetupError> {
        let mut command = Command::new(self.rustc);
        command
            .arg(source)
            .args([
                "--crate-name",
                name,
                "--crate-type",
                kind,
                "--edition",
                "2024",
            ])
            .args(["-C", "opt-level=3", "--cap-lints", "allow"])
            .args(["-C", "metadata=ferrite-dynamic"])
            .arg("--out-dir")
            .arg(self.dir)
            .arg("-L")
            .arg(joined("dependency=", self.dir))
            .args(flags)
            // For the `-Z` flags; cargo's own build must not see it, or build
            // scripts would detect another compiler and rebuild everything.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTFLAGS");
        for dir in self.dependencies {
            command.arg("-L").arg(joined("dependency=", dir));
        }
        // A library for rustc's own process must bring its own libstd.
        if kind != "cdylib" {
            command.args(["-C", "prefer-dynamic"]);
        }
        if kind == "dylib" {
            command
                .arg("-C")
                .arg(format!("link-arg=-Wl,-soname,lib{name}.so"));
        }
        for (name, path) in externs {
            command
                .arg("--extern")
                .arg(joined(&format!("{name}="), path));
        }
        tracing::debug!(?command, "setup");
        let output = command.output().map_err(SetupError::NoToolchain)?;
        if output.status.success() {
            return Ok(());
        }
        Err(SetupError::from_output(
            &String::from_utf8_lossy(&output.stderr),
            self.dir,
        ))
    }
}

fn joined(start: &str, path: &Path) -> OsString {
    let mut text = OsString::from(start);
    text.push(path);
    text
}
