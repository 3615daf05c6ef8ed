//! `cargo bench --bench cell_latency`: how long cells take, beside evcxr,
//! bare rustc and Python.
//!
//! The measuring is done by `cell_latency.py`, because a Jupyter client is what
//! a person has in front of them, and Jupyter's own is Python. This program
//! gives it an environment of its own and the two kernels. Arguments after `--`
//! go through; `-- --help` lists them.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let ferrite = Path::new(env!("CARGO_BIN_EXE_ferrite"));
    let release = ferrite.parent().ok_or("the program is in no folder")?;
    let target = release.parent().ok_or("there is no target folder")?;
    let here =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("this bench is run by cargo")?)
            .join("../tests/bench")
            .canonicalize()?;
    let classic = std::env::var_os("FERRITE_CLASSIC")
        .map_or_else(|| release.join("ferrite-classic"), PathBuf::from);
    let python = python(
        &target.join("ferrite-bench-python"),
        &here.join("requirements.txt"),
    )?;

    let mut command = Command::new(python);
    // `-B`: no compiled scripts among the sources.
    command.arg("-B").arg(here.join("cell_latency.py"));
    command
        .arg("--ferrite")
        .arg(ferrite)
        .arg("--target")
        .arg(target);
    if classic.exists() {
        command.arg("--classic").arg(classic);
    }
    // Cargo tells every bench that it is one.
    command.args(
        std::env::args_os()
            .skip(1)
            .filter(|argument| argument != "--bench"),
    );
    // Kernels are to run as Jupyter would start them, not as children of cargo.
    for (name, _) in std::env::vars_os().filter(|(name, _)| of_cargo(name)) {
        command.env_remove(name);
    }
    let status = command.status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn of_cargo(variable: &OsString) -> bool {
    let name = variable.to_string_lossy();
    let settings = ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_HTTP_CAINFO"];
    (name.starts_with("CARGO") && !settings.contains(&&*name))
        || [
            "LD_LIBRARY_PATH",
            "DYLD_FALLBACK_LIBRARY_PATH",
            "RUSTUP_TOOLCHAIN",
        ]
        .contains(&&*name)
}

/// The interpreter of the environment, which is made anew when the list of
/// packages has changed.
fn python(dir: &Path, requirements: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let python = dir.join("bin/python");
    let installed = dir.join("requirements.txt");
    let wanted = fs::read_to_string(requirements)?;
    if fs::read_to_string(&installed).is_ok_and(|there| there == wanted) && python.exists() {
        return Ok(python);
    }
    eprintln!("making a Python environment in {}", dir.display());
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(dir))?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    run(pip.arg(requirements))?;
    // Last, so that an interrupted installation is not taken for a whole one.
    fs::write(installed, wanted)?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command
        .status()
        .map_err(|error| format!("starting {command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("{command:?} failed ({status})").into());
    }
    Ok(())
}
