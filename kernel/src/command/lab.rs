//! `ferrite lab`: JupyterLab with everything in place.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use ferrite_setup::analysis;

use crate::{progress, python, spec};

/// What to open.
#[derive(Args)]
pub struct Options {
    /// Do not open a browser
    #[arg(long)]
    no_browser: bool,
    /// The folder or notebook to open instead of Ferrite's own notebooks
    path: Option<PathBuf>,
    /// Further arguments for JupyterLab, after `--`
    #[arg(last = true)]
    jupyter: Vec<String>,
}

/// Sets up what is missing and starts JupyterLab.
pub fn run(options: &Options) -> Result<ExitCode> {
    // Python first: it fails fast, the prelude takes minutes.
    let jupyter = python::ensure()?;
    if !jupyter.private && !python::has_widgets(&jupyter) {
        println!(
            "The JupyterLab on the path draws no sliders and buttons (they will be lines of \
             text): `pip install jupyterlab_widgets` in its environment adds them."
        );
    }
    let toolchain = progress::ensure_setup()?;
    if !analysis::exists(&toolchain) {
        // Notebooks work without; running kernels find it when it is there.
        println!("Completion of code is being built in the background, some 10 minutes.");
        std::thread::spawn(move || {
            if let Err(error) = analysis::ensure(&toolchain, &mut |_| {}) {
                eprintln!("Completion could not be built; everything else works: {error}");
            }
        });
    }
    spec::register(&spec::ferrite()?, &spec::user_kernels()?)?;
    let path = match &options.path {
        Some(path) => path.clone(),
        None => ferrite_setup::places::source_dir().join("notebooks"),
    };
    let mut command = Command::new(&jupyter.program);
    if path.is_dir() {
        command.arg(format!("--ServerApp.root_dir={}", path.display()));
        let tour = path.join("01_tour.ipynb");
        if tour.exists() {
            command.arg("--LabApp.default_url=/lab/tree/01_tour.ipynb");
        }
    } else {
        command.arg(&path);
    }
    if is_root() {
        // JupyterLab refuses otherwise; in a container there is only root.
        command.arg("--allow-root");
    }
    if options.no_browser {
        command.arg("--no-browser");
    }
    command.args(&options.jupyter);
    let status = command.status().context("starting JupyterLab")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}
