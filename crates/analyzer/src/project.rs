//! A package with all of its dependencies and the standard library, read into
//! rust-analyzer.
//!
//! Nothing is watched and nothing is built: dependencies do not change while a
//! notebook runs, and build scripts or proc macros are not run for a
//! completion. Dependencies are libraries to rust-analyzer, so that a changed
//! cell makes it look at nothing else again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use ra_ap_hir::ChangeWithProcMacros;
use ra_ap_ide::{Analysis, AnalysisHost, FileId, SourceRoot};
use ra_ap_ide_db::FxHashMap;
use ra_ap_paths::AbsPathBuf;
use ra_ap_project_model::{
    CargoConfig, ProjectManifest, ProjectWorkspace, ProjectWorkspaceKind, RustLibSource,
};
use ra_ap_vfs::file_set::FileSetConfig;
use ra_ap_vfs::{Change, Vfs, VfsPath};

/// How many parsed files rust-analyzer keeps; it parses again what it forgot.
const PARSED_FILES: u16 = 64;

/// Packages that are not read: large, and nothing of theirs can be named or
/// called in a cell. What only they depend on is not read either. To
/// rust-analyzer they are missing, which it bears.
const NOT_READ: &[&str] = &[
    "aho-corasick",
    "backtrace",
    "brotli",
    "brotli-decompressor",
    "chrono-tz",
    "encoding_rs",
    "fallible-iterator",
    "forust-ml",
    "h2",
    "hashbrown",
    "http",
    "hyper",
    "hyper-rustls",
    "hyper-util",
    "jpeg-decoder",
    "libc",
    "libsqlite3-sys",
    "linux-raw-sys",
    "memchr",
    "mio",
    "nix",
    "object",
    "object_store",
    "optimizer",
    "perpetual",
    "png",
    "polars-arrow-format",
    "polars-mem-engine",
    "polars-parquet",
    "polars-sql",
    "polars-stream",
    "postgres",
    "proc-macro2",
    "quick-xml",
    "quinn",
    "quote",
    "rayon-core",
    "regex-automata",
    "regex-syntax",
    "reqwest",
    "ring",
    "rusqlite",
    "rustix",
    "rustls",
    "simd-json",
    "socket2",
    "sqlparser",
    "syn",
    "sysinfo",
    "tokio-postgres",
    "tower",
    "tower-http",
    "ttf-parser",
    "unicode-normalization",
    "unicode-segmentation",
    "unicode-width",
    "url",
    "zerocopy",
    "zerocopy-derive",
    "zip",
    "zstd",
    "zstd-safe",
    "zstd-sys",
];

/// A package that texts are looked at in.
pub struct Project {
    host: AnalysisHost,
    text: FileId,
    files: usize,
}

impl Project {
    /// Reads the package in a folder.
    pub fn open(package: &Path) -> Result<Self> {
        let root = absolute(package)?;
        let source = root.join("src").join("lib.rs");
        let manifest = ProjectManifest::from_manifest_file(root.join("Cargo.toml"))?;
        let config = CargoConfig {
            sysroot: Some(RustLibSource::Discover),
            target: Some(env!("FERRITE_HOST").to_owned()),
            metadata_extra_args: vec!["--offline".to_owned()],
            ..CargoConfig::default()
        };
        let workspace = ProjectWorkspace::load(manifest, &config, &|_| {})?;

        let mut vfs = Vfs::default();
        let source = VfsPath::from(source);
        vfs.set_file_contents(source.clone(), Some(Vec::new()));
        // One set of files for each folder: paths of modules are looked up
        // within a set.
        let mut folders: BTreeMap<PathBuf, bool> = BTreeMap::new();
        let not_read = not_read(&workspace);
        for found in workspace.to_roots() {
            if found.include.iter().any(|folder| not_read.contains(folder)) {
                continue;
            }
            let left_out: BTreeSet<PathBuf> = found.exclude.into_iter().map(Into::into).collect();
            for folder in found.include {
                let folder = PathBuf::from(folder);
                let own = folder == package;
                if folders.insert(folder.clone(), own).is_none() {
                    read(&folder, &left_out, &mut vfs);
                }
            }
        }
        let mut sets = FileSetConfig::builder();
        for folder in folders.keys() {
            sets.add_file_set(vec![VfsPath::from(absolute(folder)?)]);
        }
        let own: Vec<bool> = folders.into_values().chain([true]).collect();

        let mut change = ChangeWithProcMacros::default();
        let mut files = 0;
        for (file, changed) in vfs.take_changes() {
            if let Change::Create(bytes, _) | Change::Modify(bytes, _) = changed.change
                && let Ok(text) = String::from_utf8(bytes)
            {
                files += 1;
                change.change_file(file, Some(text));
            }
        }
        let roots = sets.build().partition(&vfs).into_iter().zip(own);
        change.set_roots(
            roots
                .map(|(set, own)| {
                    if own {
                        SourceRoot::new_local(set)
                    } else {
                        SourceRoot::new_library(set)
                    }
                })
                .collect(),
        );
        let mut find = |path: &ra_ap_paths::AbsPath| {
            let found = vfs.file_id(&VfsPath::from(path.to_path_buf()));
            found.map(|(file, _)| file)
        };
        let (crates, _) = workspace.to_crate_graph(&mut find, &FxHashMap::default());
        change.set_crate_graph(crates);

        let (text, _) = vfs.file_id(&source).context("the package has no text")?;
        let mut host = AnalysisHost::new(Some(PARSED_FILES));
        host.apply_change(change);
        Ok(Self { host, text, files })
    }

    /// Puts a text in the place of the package's own.
    pub fn set_text(&mut self, text: String) {
        let mut change = ChangeWithProcMacros::default();
        change.change_file(self.text, Some(text));
        self.host.apply_change(change);
    }

    /// Gives back what was only needed to get here.
    pub fn tidy(&mut self) {
        self.host.trigger_garbage_collection();
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: no pointers; the allocator returns free pages to the system.
        unsafe {
            libc::malloc_trim(0);
        }
    }

    /// How many files were read.
    pub fn files(&self) -> usize {
        self.files
    }

    /// The file of the text.
    pub fn file(&self) -> FileId {
        self.text
    }

    /// What can be asked of the text.
    pub fn analysis(&self) -> Analysis {
        self.host.analysis()
    }
}

/// The folders of packages that are not read.
fn not_read(workspace: &ProjectWorkspace) -> BTreeSet<AbsPathBuf> {
    let ProjectWorkspaceKind::Cargo { cargo, .. } = &workspace.kind else {
        return BTreeSet::new();
    };
    let all: Vec<_> = cargo.packages().collect();
    let mut read: BTreeSet<usize> = BTreeSet::new();
    let mut queue: Vec<usize> = (0..all.len())
        .filter(|&at| cargo[all[at]].is_member)
        .collect();
    while let Some(at) = queue.pop() {
        if !read.insert(at) {
            continue;
        }
        let linked = cargo[all[at]]
            .dependencies
            .iter()
            .filter(|dependency| !NOT_READ.contains(&cargo[dependency.pkg].name.as_str()));
        queue.extend(linked.filter_map(|to| all.iter().position(|package| *package == to.pkg)));
    }
    let left_out = (0..all.len()).filter(|at| !read.contains(at));
    left_out
        .map(|at| cargo[all[at]].manifest.parent().to_path_buf())
        .collect()
}

fn absolute(path: &Path) -> Result<AbsPathBuf> {
    let text = path.to_str().map(str::to_owned);
    let text = text.with_context(|| format!("{} is not UTF-8", path.display()))?;
    AbsPathBuf::try_from(text.as_str())
        .map_err(|_| anyhow!("{} is not an absolute path", path.display()))
}

/// Reads the sources in a folder; what cannot be read is not there.
fn read(folder: &Path, left_out: &BTreeSet<PathBuf>, vfs: &mut Vfs) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if left_out.contains(&path) {
            continue;
        }
        if path.is_dir() {
            read(&path, left_out, vfs);
        } else if path.extension().is_some_and(|end| end == "rs")
            && let (Ok(bytes), Ok(path)) = (std::fs::read(&path), absolute(&path))
        {
            vfs.set_file_contents(VfsPath::from(path), Some(bytes));
        }
    }
}
