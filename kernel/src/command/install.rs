//! `ferrite install`: registers kernels with Jupyter.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::spec::{self, Spec};

/// What to register and where.
#[derive(Args)]
pub struct Options {
    /// Also register evcxr's kernel as "Rust (evcxr)"; builds it first, some 10 minutes
    #[arg(long)]
    classic: bool,
    /// Register under PREFIX/share/jupyter instead of the home folder
    #[arg(long, value_name = "PREFIX")]
    prefix: Option<PathBuf>,
}

/// Registers the kernels.
pub fn run(options: &Options) -> Result<ExitCode> {
    let kernels = match &options.prefix {
        Some(prefix) => prefix.join("share/jupyter/kernels"),
        None => spec::user_kernels()?,
    };
    let dir = spec::register(&spec::ferrite()?, &kernels)?;
    println!("Registered \"Rust (Ferrite)\" in {}", dir.display());
    if options.classic {
        let dir = spec::register(&classic()?, &kernels)?;
        println!("Registered \"Rust (evcxr)\" in {}", dir.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// evcxr's kernel, a sibling program that cargo builds on demand: it compiles
/// rust-analyzer, which nobody else needs.
fn classic() -> Result<Spec> {
    let source = ferrite_setup::places::source_dir();
    let target = ferrite_setup::places::target_dir();
    println!("Building evcxr's kernel; it compiles rust-analyzer, some 10 minutes …");
    let mut command = Command::new("cargo");
    ferrite_setup::cargo::as_from_a_shell(&mut command);
    let status = command
        .current_dir(&source)
        .args([
            "build",
            "--release",
            "-p",
            "ferrite-classic",
            "--features",
            "kernel",
        ])
        .env("CARGO_TARGET_DIR", &target)
        .status()
        .context("starting cargo; is the Rust toolchain installed?")?;
    if !status.success() {
        bail!("evcxr's kernel could not be built; cargo's messages are above");
    }
    let program = target.join("release").join("ferrite-classic");
    Ok(Spec {
        name: "ferrite-classic",
        protocol: "5.3",
        display_name: "Rust (evcxr)",
        argv: vec![
            program.display().to_string(),
            "--control_file".to_owned(),
            "{connection_file}".to_owned(),
        ],
        interrupt_mode: "message",
        debugger: false,
        env: Vec::new(),
    })
}
