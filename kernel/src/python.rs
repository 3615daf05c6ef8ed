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

/// Whether a JupyterLab draws widgets. It is looked for where that JupyterLab
/// looks itself: in the environment that its program is in, and in the folders
/// of the person and the machine.
pub fn has_widgets(jupyter: &Jupyter) -> bool {
    let environment = on_path(&jupyter.program).and_then(|program| {
        let program = program.canonicalize().unwrap_or(program);
        Some(program.parent()?.parent()?.join("share"))
    });
    let own = dirs::data_dir();
    let machine = ["/usr/local/share", "/usr/share"].map(PathBuf::from);
    let mut shares = environment.into_iter().chain(own).chain(machine);
    shares.any(|share| has_widgets_in(&share))
}

fn has_widgets_in(share: &Path) -> bool {
    let extension = "jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json";
    share.join(extension).is_file()
}

/// Where a program is, if it is named by more than its name or on the path.
fn on_path(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return Some(program.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&path).map(|folder| folder.join(program));
    found.find(|program| program.is_file())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widgets_are_found_beside_the_program() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("bin/jupyter-lab");
        let extension = dir
            .path()
            .join("share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager");
        assert!(!has_widgets_in(&dir.path().join("share")));
        for folder in [program.parent().unwrap(), &extension] {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::write(&program, "").unwrap();
        std::fs::write(extension.join("package.json"), "{}").unwrap();
        let jupyter = Jupyter {
            program,
            private: false,
        };
        assert!(has_widgets(&jupyter));
    }
}
