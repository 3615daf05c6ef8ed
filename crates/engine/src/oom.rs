//! Whether the system ended a process for lack of memory.
//!
//! A process that the kernel ends so dies of SIGKILL, as it does when a person
//! kills it. Linux counts the former, for the control group of the process:
//! `oom_kill` in `memory.events` (version 2) or in `memory.oom_control`
//! (version 1). Not everywhere is that to be read.

use std::fs;
use std::path::{Path, PathBuf};

/// How often this process's control group has lost one for lack of memory, if
/// that is to be known. Children are in the same group.
pub fn kills() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    kills_in(Path::new("/sys/fs/cgroup"), &groups)
}

fn kills_in(root: &Path, groups: &str) -> Option<u64> {
    counters(root, groups).into_iter().find_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        count?.trim().parse().ok()
    })
}

/// Where the count may be. A container often sees its own group as the root.
fn counters(root: &Path, groups: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        let path = path.trim_start_matches('/');
        let (folders, file) = match controllers {
            "" => (["", "unified"], "memory.events"),
            "memory" => (["memory", ""], "memory.oom_control"),
            _ => continue,
        };
        for folder in folders {
            let group = root.join(folder);
            files.extend([group.join(path).join(file), group.join(file)]);
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, file: &str, text: &str) {
        let file = root.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[test]
    fn the_count_is_found_in_both_versions() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let second = "0::/user.slice/one\n";
        assert_eq!(kills_in(root, second), None);
        let events = "low 0\nhigh 0\nmax 7\noom 2\noom_kill 2\noom_group_kill 0\n";
        write(root, "user.slice/one/memory.events", events);
        assert_eq!(kills_in(root, second), Some(2));
        let first = "5:cpu,cpuacct:/a\n4:memory:/a/b\n0::/\n";
        let control = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        write(root, "memory/a/b/memory.oom_control", control);
        assert_eq!(kills_in(root, first), Some(3));
    }

    #[test]
    fn a_container_sees_its_group_as_the_root() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "memory.events", "oom_kill 5\n");
        assert_eq!(kills_in(root.path(), "0::/../../x\n"), Some(5));
    }
}
