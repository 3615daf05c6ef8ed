//! The sentences of [`FrameError`](super::FrameError).

use std::path::Path;

use polars::prelude::PolarsError;

use super::{INDENT, LISTED_COLUMNS, LISTED_FILES};

/// The names of the visible files in a folder, sorted; none if it is no
/// folder or cannot be read.
pub(super) fn files_in(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// A file that differs only in what follows the dot.
pub(super) fn same_stem<'a>(wanted: &Path, names: &'a [String]) -> Option<&'a str> {
    names
        .iter()
        .map(String::as_str)
        .find(|name| Path::new(name).file_stem() == wanted.file_stem())
}

pub(super) fn file_missing(
    path: &str,
    directory: &str,
    suggestion: Option<&str>,
    neighbours: &[String],
) -> String {
    let mut text = format!("no file {path:?}");
    if let Some(near) = suggestion {
        text += &format!("; did you mean {near:?}?");
    }
    text += &format!("{INDENT}current directory: {directory}");
    if !neighbours.is_empty() {
        text += &format!("{INDENT}files there: {}", listed(neighbours, LISTED_FILES));
    }
    text
}

pub(super) fn missing_column(name: &str, suggestion: Option<&str>, columns: &[String]) -> String {
    let mut text = format!("no column {name:?} in this frame");
    if let Some(near) = suggestion {
        text += &format!("; did you mean {near:?}?");
    }
    text += INDENT;
    if columns.is_empty() {
        text + "it has no columns"
    } else {
        text + "columns: " + &listed(columns, LISTED_COLUMNS)
    }
}

/// `no sheet "Sheet2" in "a.xlsx"; did you mean …?` and what there is.
pub(super) fn unknown(
    what: &str,
    name: &str,
    place: &str,
    suggestion: Option<&str>,
    known: &[String],
) -> String {
    let mut text = format!("no {what} {name:?}{place}");
    if let Some(near) = suggestion {
        text += &format!("; did you mean {near:?}?");
    }
    if !known.is_empty() {
        text += &format!("{INDENT}there are: {}", listed(known, LISTED_COLUMNS));
    }
    text
}

pub(super) fn listed(names: &[String], most: usize) -> String {
    match names.len().checked_sub(most) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{}, … and {more} more", names[..most].join(", ")),
    }
}

/// polars' words may have many lines; they all stand below the first. Its
/// advice is left out: it names options that the functions here do not have.
pub(super) fn indented(cause: &PolarsError) -> String {
    let text = cause.to_string();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take_while(|line| !line.starts_with("You might want to try"))
        .collect();
    lines.join(INDENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameError;

    #[test]
    fn long_lists_of_columns_are_cut() {
        let names: Vec<String> = (0..43).map(|i| format!("c{i}")).collect();
        assert!(missing_column("zz", None, &names).ends_with("c38, c39, … and 3 more"));
        assert_eq!(
            missing_column("zz", None, &[]),
            "no column \"zz\" in this frame\n       it has no columns"
        );
    }

    #[test]
    fn words_of_polars_stand_below_each_other() {
        let cause = PolarsError::ComputeError("one\n\n  two".to_owned().into());
        let error = FrameError::Malformed {
            path: "a.csv".to_owned(),
            format: "CSV",
            hint: "three",
            cause,
        };
        assert_eq!(
            error.to_string(),
            "cannot read \"a.csv\" as CSV: one\n       two\n       three"
        );
    }
}
