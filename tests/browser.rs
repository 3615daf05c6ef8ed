//! JupyterLab in a browser, driven by `tests/frontends/drive.mjs`.
//!
//! This needs Chromium, Node and JupyterLab, which no other test does. Where
//! one of them is missing, the test says so and passes.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::python::{self, FERRITE, command};

/// Why nothing is driven. Straight to stderr: what a passing test prints is
/// not shown.
fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "test browser ... SKIPPED: {why}");
}

/// The short form of what `tests/frontends` does.
pub fn run() {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    if !Path::new(&chromium).exists() {
        return skip("there is no /usr/bin/chromium, and no CHROMIUM says where it is");
    }
    for program in ["node", "npm", "jupyter-lab"] {
        if Command::new(program).arg("--version").output().is_err() {
            return skip(&format!("there is no `{program}` on the path"));
        }
    }
    let Some(driver) = driver() else {
        return skip("`npm install` could not install playwright-core");
    };
    python::set_up();
    let dir = tempfile::tempdir().unwrap();
    let prefix = dir.path().join("prefix");
    let mut install = command(FERRITE, dir.path());
    let installed = install.arg("install").arg("--prefix").arg(&prefix).status();
    assert!(installed.unwrap().success());
    let notebooks = dir.path().join("notebooks");
    fs::create_dir_all(notebooks.join("data")).unwrap();
    let tour = python::source_dir().join("notebooks/01_tour.ipynb");
    fs::copy(tour, notebooks.join("01_tour.ipynb")).unwrap();

    let server = Server::start(dir.path(), &prefix, &notebooks);
    let seen = Command::new("node")
        .arg(&driver)
        .args(["lab", &server.address])
        .arg(dir.path())
        .arg("short")
        .env("CHROMIUM", chromium)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&seen.stdout);
    println!("{text}{}", String::from_utf8_lossy(&seen.stderr));
    assert!(seen.status.success(), "not everything was seen");
    assert!(text.contains("all of it was seen"));
}

/// The driver beside its dependency, in the target folder.
fn driver() -> Option<PathBuf> {
    let target = Path::new(FERRITE).ancestors().nth(2)?;
    let home = target.join("ferrite-frontends");
    fs::create_dir_all(&home).ok()?;
    for file in ["package.json", "drive.mjs"] {
        let from = python::source_dir().join("tests/frontends").join(file);
        fs::copy(from, home.join(file)).ok()?;
    }
    if !home.join("node_modules/playwright-core").exists() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund"]);
        npm.current_dir(&home).stdout(Stdio::null()).status().ok()?;
    }
    let installed = home.join("node_modules/playwright-core").exists();
    installed.then(|| home.join("drive.mjs"))
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(home: &Path, prefix: &Path, notebooks: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let child = command("jupyter-lab", home)
            .args(["--allow-root", "--no-browser", "--ServerApp.token=x"])
            .arg(format!("--port={port}"))
            .arg(format!("--ServerApp.root_dir={}", notebooks.display()))
            .env("JUPYTER_PATH", prefix.join("share/jupyter"))
            .current_dir(notebooks)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            child,
            address: format!("http://localhost:{port}/?token=x"),
        };
        for _ in 0..1200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("JupyterLab does not start");
    }
}

/// It ends its kernels when it is asked to end.
impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "TERM", &pid]).status();
        let _ = self.child.wait();
    }
}
