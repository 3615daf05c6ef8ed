//! The Python side: only JupyterLab needs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A Python environment with JupyterLab.
pub struct Jupyter {
    /// The program that starts JupyterLab.
    pub program: PathBuf,
    /// Whether it is our private one.
    pub private: bool,
}

/// The JupyterLab on the path, or the private one, if either is there.
pub fn find() -> Option<Jupyter> {
    let on_path = PathBuf::from("jupyter-lab");
    if works(&on_path) {
        return Some(Jupyter {
            program: on_path,
            private: false,
        });
    }
    let program = private_program();
    works(&program).then_some(Jupyter {
        program,
        private: true,
    })
}

/// As [`find`]; installs the private one if there is none.
pub fn ensure() -> Result<Jupyter> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let dir = ferrite_setup::places::python_dir();
    eprintln!(
        "There is no JupyterLab on the path; installing one into {}",
        dir.display()
    );
    let python = ["python3", "python"]
        .into_iter()
        .find(|name| works(Path::new(name)))
        .context("there is no Python on the path; install Python 3, or use `ferrite run`, which needs none")?;
    step(
        "making a Python environment",
        Command::new(python).args(["-m", "venv"]).arg(&dir),
    )?;
    step(
        "installing JupyterLab with pip; is there a network connection?",
        Command::new(dir.join("bin/python")).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "jupyterlab>=4,<5",
            // Draws sliders and buttons.
            "jupyterlab_widgets>=3,<4",
        ]),
    )?;
    let program = private_program();
    if !works(&program) {
        bail!(
            "JupyterLab was installed but does not start: {}",
            program.display()
        );
    }
    Ok(Jupyter {
        program,
        private: true,
    })
}

fn private_program() -> PathBuf {
    ferrite_setup::places::python_dir().join("bin/jupyter-lab")
}

fn works(program: &Path) -> bool {
    version(program).is_some()
}

/// What a program says of its version.
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

fn step(what: &str, command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| what.to_owned())?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}
