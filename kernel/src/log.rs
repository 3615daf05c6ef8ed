//! The kernel's log: a file, because stdout and stderr belong to whoever
//! started it.
//!
//! All kernels write into one file, each line with the number of the process.
//! `RUST_LOG` sets what is written, by level and module (`debug`,
//! `ferrite_engine=trace,ferrite_jupyter=debug`); without it, warnings are.
//! A file that has grown large becomes `kernel.log.old` when a kernel starts.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

/// Bytes beyond which a kernel that starts begins a new file.
const LARGE: u64 = 4 << 20;

/// Starts logging; without a writable folder there is simply no log.
pub fn start() {
    let dir = ferrite_setup::places::log_dir();
    if fs::create_dir_all(&dir).is_err() {
        return;
    }
    let path = dir.join("kernel.log");
    put_aside(&path);
    let Ok(file) = File::options().create(true).append(true).open(path) else {
        return;
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_timer(TimeAndProcess)
        .with_writer(Mutex::new(file))
        .try_init();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "a kernel starts");
}

/// Kernels that run go on writing into the old file.
fn put_aside(path: &Path) {
    if fs::metadata(path).is_ok_and(|file| file.len() > LARGE) {
        let _ = fs::rename(path, path.with_extension("log.old"));
    }
}

/// When, and which kernel.
struct TimeAndProcess;

impl FormatTime for TimeAndProcess {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        SystemTime.format_time(writer)?;
        write!(writer, " [{}]", std::process::id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_large_file_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kernel.log");
        fs::write(&path, "a line").unwrap();
        put_aside(&path);
        assert!(path.exists());
        fs::write(&path, vec![b'x'; LARGE as usize + 1]).unwrap();
        put_aside(&path);
        assert!(!path.exists() && dir.path().join("kernel.log.old").exists());
        put_aside(&path);
    }
}
