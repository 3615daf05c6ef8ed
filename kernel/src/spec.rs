//! Kernelspecs: how Jupyter learns of a kernel.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

/// A kernel that can be registered.
pub struct Spec {
    /// Name of its folder, by which programs call it.
    pub name: &'static str,
    /// What people see.
    pub display_name: &'static str,
    /// How it is started.
    pub argv: Vec<String>,
    /// The version of the messaging protocol that it speaks.
    pub protocol: &'static str,
    /// How it is interrupted.
    pub interrupt_mode: &'static str,
    /// Whether it answers debuggers.
    pub debugger: bool,
    /// Environment variables that it needs.
    pub env: Vec<(&'static str, String)>,
}

const LOGO: &[(&str, &[u8])] = &[
    ("logo-svg.svg", include_bytes!("../assets/logo-svg.svg")),
    ("logo-64x64.png", include_bytes!("../assets/logo-64x64.png")),
    ("logo-32x32.png", include_bytes!("../assets/logo-32x32.png")),
];

/// Our own kernel, started by this very program.
pub fn ferrite() -> Result<Spec> {
    let program = std::env::current_exe().context("finding this program's own path")?;
    Ok(Spec {
        name: "ferrite",
        display_name: "Rust (Ferrite)",
        argv: vec![
            program.display().to_string(),
            "kernel".to_owned(),
            "-f".to_owned(),
            "{connection_file}".to_owned(),
        ],
        protocol: "5.5",
        interrupt_mode: "message",
        debugger: true,
        env: vec![(
            "FERRITE_SOURCE",
            ferrite_setup::places::source_dir().display().to_string(),
        )],
    })
}

/// The folder in which Jupyter looks for a person's own kernels.
pub fn user_kernels() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("JUPYTER_DATA_DIR") {
        return Ok(PathBuf::from(dir).join("kernels"));
    }
    let data = if cfg!(target_os = "macos") {
        dirs::home_dir().map(|home| home.join("Library/Jupyter"))
    } else {
        dirs::data_dir().map(|data| data.join("jupyter"))
    };
    Ok(data
        .context("there is no home folder to register the kernel in")?
        .join("kernels"))
}

/// Writes a kernelspec and returns its folder.
pub fn register(spec: &Spec, kernels: &Path) -> Result<PathBuf> {
    let dir = kernels.join(spec.name);
    std::fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    let text = serde_json::to_string_pretty(&json!({
        "argv": spec.argv,
        "display_name": spec.display_name,
        "language": "rust",
        "interrupt_mode": spec.interrupt_mode,
        "kernel_protocol_version": spec.protocol,
        "env": spec.env.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "metadata": { "debugger": spec.debugger },
    }))?;
    let file = dir.join("kernel.json");
    std::fs::write(&file, text + "\n").with_context(|| format!("writing {}", file.display()))?;
    for (name, bytes) in LOGO {
        let file = dir.join(name);
        std::fs::write(&file, bytes).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(dir)
}
