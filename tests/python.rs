//! Runs pytest on a file of `tests/python`, in a private Python environment,
//! with the kernel registered where only these tests find it.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The program under test.
pub const FERRITE: &str = env!("CARGO_BIN_EXE_ferrite");

/// Runs pytest on one file and fails as it fails.
pub fn run(file: &str) {
    let python = environment();
    set_up();
    let dir = tempfile::tempdir().unwrap();
    let prefix = dir.path().join("prefix");
    let installed = command(FERRITE, dir.path())
        .arg("install")
        .arg("--prefix")
        .arg(&prefix)
        .output()
        .unwrap();
    assert!(installed.status.success(), "ferrite install: {installed:?}");

    let tests = source_dir().join("tests/python");
    let output = command(python, dir.path())
        .args(["-m", "pytest", "-p", "no:cacheprovider", "--color=yes"])
        .arg(format!("--rootdir={}", tests.display()))
        .args(
            std::env::var("FERRITE_PYTEST")
                .unwrap_or_default()
                .split_whitespace(),
        )
        .arg(tests.join(file))
        .env("JUPYTER_PATH", prefix.join("share/jupyter"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(dir.path())
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        for log in logs(dir.path()) {
            println!(
                "{}:\n{}",
                log.display(),
                fs::read_to_string(&log).unwrap_or_default()
            );
        }
        panic!("pytest {file}: {}", output.status);
    }
}

/// Builds the prelude if it is missing, once, so that no first cell waits for it.
pub fn set_up() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        let mut setup = Command::new(FERRITE);
        setup.args(["setup", "--without-completion"]);
        let status = setup.stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "ferrite setup: {status}");
    });
}

/// Runs pytest on one file with the analyser, which is built if it is missing:
/// that compiles rust-analyzer.
pub fn run_with_completion(file: &str) {
    let status = Command::new(FERRITE)
        .arg("setup")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "ferrite setup: {status}");
    run(file);
}

/// A program that keeps its caches, logs and settings in `home` and knows
/// nothing of the person's own Jupyter.
pub fn command(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("JUPYTER") || name.starts_with("PYTHON") || name.starts_with("PYTEST") {
            command.env_remove(variable);
        }
    }
    for (variable, folder) in [
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_DATA_HOME", "data"),
        ("JUPYTER_DATA_DIR", "data/jupyter"),
        ("JUPYTER_CONFIG_DIR", "config"),
        ("JUPYTER_RUNTIME_DIR", "runtime"),
    ] {
        command.env(variable, home.join(folder));
    }
    command
}

/// The folder of the whole workspace, as cargo says it now: checkouts that
/// share a target folder share this program too.
pub fn source_dir() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    Path::new(&package).parent().unwrap().to_owned()
}

fn logs(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.join("state/ferrite/log"));
    entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

/// The interpreter of the private environment; makes it if it is not there.
/// Tests of one run, and other runs that share the target folder, wait for
/// whoever comes first.
fn environment() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let requirements = source_dir().join("tests/python/requirements.txt");
        let mut hasher = DefaultHasher::new();
        fs::read(&requirements).unwrap().hash(&mut hasher);
        let target = Path::new(FERRITE).ancestors().nth(2).unwrap();
        let base = target.join("ferrite-test-python");
        let dir = base.join(format!("{:016x}", hasher.finish()));
        let python = dir.join("bin/python");

        fs::create_dir_all(&base).unwrap();
        let lock = File::create(base.join("lock")).unwrap();
        lock.lock().unwrap();
        if !is_whole(&python) {
            let _ = fs::remove_dir_all(&dir);
            make(&dir, &python, &requirements);
        }
        python
    })
}

/// Whether the environment is finished, and its interpreter still there.
fn is_whole(python: &Path) -> bool {
    let import = "import jupyter_client, jupyter_kernel_test, nbclient, nbconvert, papermill, pexpect, pytest, pytest_timeout";
    let tried = Command::new(python)
        .args(["-c", import])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

fn make(dir: &Path, python: &Path, requirements: &Path) {
    let system = ["python3", "python"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok())
        .expect("the tests need Python 3.10 or later on the path");
    step(
        "making a Python environment; Debian wants `apt install python3-venv` for it",
        Command::new(system).args(["-m", "venv"]).arg(dir),
    );
    step(
        "installing the tests' Python packages; that needs a network",
        Command::new(python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(requirements),
    );
    assert!(
        is_whole(python),
        "the environment in {} does not work",
        dir.display()
    );
}

fn step(what: &str, command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{what}:\n{}",
        String::from_utf8_lossy(&said)
    );
}
