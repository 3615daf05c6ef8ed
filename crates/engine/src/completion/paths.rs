//! Files that could be meant in a string.

use std::path::{Path, PathBuf};

/// Functions whose string is the path of a file, besides those whose name
/// begins with `read_` or the like.
const OPEN: &[&str] = &[
    "open",
    "create",
    "load",
    "save",
    "new",
    "from",
    "include_str",
    "include_bytes",
    "exists",
    "metadata",
    "copy",
    "rename",
    "join",
    "push",
];

/// Whether a string that is an argument of this function is likely a path.
pub fn takes_a_path(function: &str) -> bool {
    const BEGIN: &[&str] = &[
        "read",
        "write",
        "scan_",
        "load_",
        "save_",
        "open_",
        "create_dir",
        "remove_",
    ];
    OPEN.contains(&function) || BEGIN.iter().any(|begin| function.starts_with(begin))
}

/// Whether what is typed looks like a path.
pub fn looks_like_a_path(typed: &str) -> bool {
    typed.contains('/') || typed.starts_with(['.', '~'])
}

/// What could stand in the place of what is typed, seen from a folder.
/// Folders end in `/`; hidden files are found by whoever types their dot.
pub fn complete(typed: &str, folder: &Path) -> Vec<String> {
    let (before, name) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let Ok(entries) = std::fs::read_dir(folder.join(expand(before))) else {
        return Vec::new();
    };
    let mut found: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            let hidden = file.starts_with('.') && !name.starts_with('.');
            let fits = file.starts_with(name) && !hidden && !file.contains(['"', '\\']);
            let end = if entry.path().is_dir() { "/" } else { "" };
            fits.then(|| format!("{before}{file}{end}"))
        })
        .collect();
    found.sort_unstable();
    found
}

fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_from_a_folder() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        for file in ["data/a.csv", "data/b.csv", "data/.hidden", "dates.txt"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        assert_eq!(complete("da", dir.path()), ["data/", "dates.txt"]);
        assert_eq!(complete("data/", dir.path()), ["data/a.csv", "data/b.csv"]);
        assert_eq!(complete("./data/.", dir.path()), ["./data/.hidden"]);
        assert!(complete("nothing/", dir.path()).is_empty());
    }

    #[test]
    fn a_column_is_not_a_path() {
        assert!(takes_a_path("read_csv") && takes_a_path("open"));
        assert!(!takes_a_path("col"));
        assert!(looks_like_a_path("../x") && !looks_like_a_path("species"));
    }
}
