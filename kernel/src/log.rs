//! The kernel's log: a file, because stdout and stderr belong to whoever
//! started it. `RUST_LOG` sets what is written (`debug`, `ferrite_engine=trace`).

use std::fs::File;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Starts logging; without a writable folder there is simply no log.
pub fn start() {
    let dir = ferrite_setup::places::log_dir();
    if std::fs::create_dir_all(&dir).is_err() {
        return;
    }
    let Ok(file) = File::options()
        .create(true)
        .append(true)
        .open(dir.join("kernel.log"))
    else {
        return;
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .try_init();
}
