//! A kernel whose frontend was killed is told by nobody: it looks for itself.

use std::path::PathBuf;
use std::time::Duration;

use crate::lifecycle::Lifecycle;

const INTERVAL: Duration = Duration::from_secs(1);

/// Ends the kernel when the process that `JPY_PARENT_PID` names is gone, and
/// removes the connection file, which that process would have done.
pub(crate) async fn run(lifecycle: Lifecycle, connection_file: PathBuf) {
    let Some(parent) = std::env::var("JPY_PARENT_PID")
        .ok()
        .and_then(|pid| Parent::new(&pid))
    else {
        return;
    };
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        if !parent.is_alive() {
            if let Err(error) = std::fs::remove_file(&connection_file) {
                tracing::info!(%error, "the connection file is not there any more");
            }
            return lifecycle.leave("its parent process is gone").await;
        }
    }
}

struct Parent {
    pid: u32,
    /// Whether the kernel was started by that process itself, without a
    /// wrapper in between.
    direct: bool,
}

impl Parent {
    /// None where there is nothing to watch: process 1 does not end before us.
    fn new(pid: &str) -> Option<Self> {
        let pid = pid.parse().ok().filter(|&pid| pid > 1)?;
        Some(Self {
            pid,
            direct: our_parent() == Some(pid),
        })
    }

    fn is_alive(&self) -> bool {
        if self.direct {
            // An orphan gets another parent at once.
            return our_parent() == Some(self.pid);
        }
        // Without /proc a wrapped kernel cannot tell, and stays.
        let proc = std::path::Path::new("/proc");
        !proc.join("self").exists() || proc.join(self.pid.to_string()).exists()
    }
}

#[cfg(unix)]
fn our_parent() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

#[cfg(not(unix))]
fn our_parent() -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watches_real_processes_only() {
        assert!(Parent::new("").is_none());
        assert!(Parent::new("0").is_none());
        assert!(Parent::new("1").is_none());
        assert!(
            Parent::new(&std::process::id().to_string())
                .unwrap()
                .is_alive()
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn sees_that_a_process_is_gone() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(!Parent::new(&child.id().to_string()).unwrap().is_alive());
    }
}
