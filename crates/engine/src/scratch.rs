//! Folders that are there for as long as something is made in them.
//!
//! They lie beside the compiled cells and are called `.KIND-MARK-…`. A mark says
//! which process they belong to and which session of it, so that a session takes
//! with it what a thread of its own still works in, and what a kernel could not
//! remove that was killed is known for what it is.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The kinds of folders.
const KINDS: [&str; 2] = ["work", "warm"];

/// A mark that nobody else has: `PROCESS-NUMBER`.
pub fn mark() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}", std::process::id())
}

/// Makes a folder.
///
/// # Errors
/// When it cannot be made.
pub fn folder(dir: &Path, kind: &str, mark: &str) -> std::io::Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix(&format!(".{kind}-{mark}-"))
        .tempdir_in(dir)
}

/// Removes the folders with this mark.
pub fn remove(dir: &Path, mark: &str) {
    for folder in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let ours = rest(&name.to_string_lossy())
            .and_then(|rest| rest.strip_prefix(mark))
            .is_some_and(|rest| rest.starts_with('-'));
        if ours {
            let _ = std::fs::remove_dir_all(folder.path());
        }
    }
}

/// Whether a folder belongs to a process that is not there any more.
pub fn is_abandoned(folder: &Path) -> bool {
    let process = folder
        .file_name()
        .and_then(|name| rest(name.to_str()?))
        .and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
    let processes = Path::new("/proc");
    process.is_some_and(|process| {
        processes.join("self").exists() && !processes.join(process.to_string()).exists()
    })
}

/// What stands behind the kind in a folder's name.
fn rest(name: &str) -> Option<&str> {
    let (kind, rest) = name.strip_prefix('.')?.split_once('-')?;
    KINDS.contains(&kind).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_go_by_their_mark() {
        let dir = tempfile::tempdir().unwrap();
        let (ours, other) = (mark(), format!("{}0", mark()));
        let mut names = Vec::new();
        for (kind, mark) in [("work", &ours), ("warm", &ours), ("work", &other)] {
            let folder = folder(dir.path(), kind, mark).unwrap().keep();
            assert!(!is_abandoned(&folder));
            std::fs::write(folder.join("cell.rs"), "").unwrap();
            names.push(folder);
        }
        remove(dir.path(), &ours);
        let left: Vec<bool> = names.iter().map(|folder| folder.exists()).collect();
        assert_eq!(left, [false, false, true]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_killed_kernel_left_is_known() {
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        let abandoned = |name: &str| is_abandoned(&Path::new("/cells").join(name));
        assert!(abandoned(&format!(".work-{}-0-abc", gone.id())));
        assert!(!abandoned(&format!(".work-{}-0-abc", std::process::id())));
        for other in ["0123abcd", ".work-xyz", ".other-1-0", ".."] {
            assert!(!abandoned(other), "{other}");
        }
    }
}
