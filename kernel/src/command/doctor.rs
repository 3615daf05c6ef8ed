//! `ferrite doctor`: what is there, what is missing, how to get it.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use ferrite_setup::{analysis, places};

use crate::{debugger, python, spec};

/// Prints a line per part; exits with 1 if cells cannot be run.
pub fn run() -> Result<ExitCode> {
    let mut whole = true;
    let line = |good: bool, name: &str, text: String| {
        let mark = if good { "ok     " } else { "missing" };
        // Whoever reads this may stop early (`ferrite doctor | head`).
        let _ = writeln!(std::io::stdout(), "{mark}  {name:<12} {text}");
    };
    line(true, "ferrite", env!("CARGO_PKG_VERSION").to_owned());
    for program in ["rustc", "cargo", "cc"] {
        match python::version(Path::new(program)) {
            Some(version) => line(true, program, first_line(&version)),
            None => {
                whole = false;
                let how = if program == "cc" {
                    "install gcc or clang (on Debian: `apt install build-essential`)"
                } else {
                    "install Rust with rustup"
                };
                line(false, program, how.to_owned());
            }
        }
    }
    match ferrite_setup::existing() {
        Some(toolchain) => {
            let size = std::fs::metadata(&toolchain.prelude).map_or(0, |data| data.len());
            let text = format!("{} ({})", toolchain.prelude.display(), megabytes(size));
            line(true, "prelude", text);
            match analysis::exists(&toolchain) {
                true => line(
                    true,
                    "completion",
                    analysis::place(&toolchain).program.display().to_string(),
                ),
                false => line(
                    false,
                    "completion",
                    "run `ferrite setup` (some 10 minutes, once)".to_owned(),
                ),
            }
            if !toolchain.std_dir.join("../../src/rust/library").is_dir() {
                line(
                    false,
                    "rust-src",
                    "run `rustup component add rust-src`: completion of std's names".to_owned(),
                );
            }
            for name in [
                "polars",
                "linfa",
                "plotters",
                "ndarray",
                "serde_json",
                "rand",
            ] {
                if let Some(version) = locked_version(name) {
                    line(true, name, version);
                }
            }
        }
        None => {
            whole = false;
            line(
                false,
                "prelude",
                "run `ferrite setup` (some 15 minutes, once)".to_owned(),
            );
        }
    }
    match debugger::program() {
        Some(program) => line(true, "debugger", program.display().to_string()),
        None => line(
            false,
            "debugger",
            "install lldb-dap (on Debian: `apt install lldb-19`): breakpoints and steps".to_owned(),
        ),
    }
    let cache = places::cell_cache();
    line(
        true,
        "cell cache",
        format!("{} ({})", cache.display(), megabytes(folder_size(&cache))),
    );
    line(
        true,
        "log",
        places::log_dir().join("kernel.log").display().to_string(),
    );
    match python::find() {
        Some(jupyter) => {
            let version = python::version(&jupyter.program).unwrap_or_default();
            let whose = if jupyter.private {
                "private"
            } else {
                "on the path"
            };
            line(true, "JupyterLab", format!("{version} ({whose})"));
        }
        None => line(
            false,
            "JupyterLab",
            "`ferrite lab` installs one; `ferrite run` needs none".to_owned(),
        ),
    }
    let kernel = spec::user_kernels()?.join("ferrite/kernel.json");
    if kernel.exists() {
        line(true, "kernelspec", kernel.display().to_string());
    } else {
        line(false, "kernelspec", "run `ferrite install`".to_owned());
    }
    Ok(if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn folder_size(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => folder_size(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

/// The version of a package in Ferrite's lock file.
fn locked_version(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(places::source_dir().join("Cargo.lock")).ok()?;
    let versions: Vec<&str> = text
        .split("[[package]]")
        .filter(|package| package.contains(&format!("\nname = \"{name}\"\n")))
        .filter_map(|package| package.split("version = \"").nth(1)?.split('"').next())
        .collect();
    let chosen = versions.iter().find(|version| match name {
        "ndarray" => version.starts_with("0.16"),
        "rand" => version.starts_with("0.8"),
        _ => true,
    });
    chosen.map(|version| (*version).to_owned())
}
