//! What can go wrong with a frame, told so that the reader knows what to do.
//!
//! The first line says what happened and where; further lines are indented
//! to stand below the text after `error: `.

use std::io;
use std::path::Path;

use polars::prelude::{DataFrame, PolarsError};

use crate::suggest::closest;

/// Where text continues below `error: `.
const INDENT: &str = "\n       ";
/// How many names of columns or files are listed.
const LISTED_COLUMNS: usize = 40;
const LISTED_FILES: usize = 8;

/// Why a frame could not be read or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// There is no file at this path.
    #[error("{}", file_missing_text(.path, .directory, .suggestion.as_deref(), .neighbours))]
    FileMissing {
        /// The path as it was given.
        path: String,
        /// Where relative paths start.
        directory: String,
        /// A path with a similar name that does exist.
        suggestion: Option<String>,
        /// Other files in the folder that the path names.
        neighbours: Vec<String>,
    },
    /// The file is there but cannot be opened.
    #[error("cannot open {path:?}: {cause}")]
    FileUnreadable {
        /// The path as it was given.
        path: String,
        /// The operating system's words.
        cause: io::Error,
    },
    /// The path is an address on the network.
    #[error(
        "{path:?} is an address, not a file{INDENT}\
         download it first and read the copy, for instance: curl -LO {path:?}"
    )]
    Remote {
        /// The address as it was given.
        path: String,
    },
    /// The file's content is not what was expected.
    #[error("cannot read {path:?} as {format}: {}{INDENT}{hint}", indented(.cause))]
    Malformed {
        /// The path as it was given.
        path: String,
        /// The format that was expected, such as `CSV`.
        format: &'static str,
        /// What to look at.
        hint: &'static str,
        /// polars' words.
        cause: PolarsError,
    },
    /// The frame has no column of this name.
    #[error("{}", missing_column_text(.name, .suggestion.as_deref(), .columns))]
    MissingColumn {
        /// The name that was asked for.
        name: String,
        /// The column that was probably meant.
        suggestion: Option<String>,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// Numbers were asked for, and the column holds something else.
    #[error(
        "column {column:?} holds {dtype}, not numbers{INDENT}\
         leave it out, encode it (text, categories) or cast it: col({column:?}).cast(DataType::Float64)"
    )]
    NotNumeric {
        /// The column's name.
        column: String,
        /// Its type, as polars abbreviates it.
        dtype: String,
    },
    /// polars refused an operation.
    #[error(transparent)]
    Polars(#[from] PolarsError),
}

impl FrameError {
    /// The error for a column that `frame` does not have, with the columns
    /// that it has and the one that was probably meant.
    ///
    /// ```
    /// use ferrite_frame::{FrameError, datasets};
    ///
    /// let penguins = datasets::penguins()?;
    /// assert_eq!(
    ///     FrameError::missing_column("flipper_len_mm", &penguins).to_string(),
    ///     "no column \"flipper_len_mm\" in this frame; did you mean \"flipper_length_mm\"?\n       \
    ///      columns: species, island, bill_length_mm, bill_depth_mm, flipper_length_mm, \
    ///      body_mass_g, sex, year"
    /// );
    /// # Ok::<(), FrameError>(())
    /// ```
    pub fn missing_column(name: &str, frame: &DataFrame) -> Self {
        let columns: Vec<String> = frame
            .columns()
            .iter()
            .map(|c| c.name().to_string())
            .collect();
        Self::MissingColumn {
            name: name.to_owned(),
            suggestion: closest(name, columns.iter().map(String::as_str)).map(str::to_owned),
            columns,
        }
    }

    /// The error for a file that does not exist, with a file of a similar
    /// name if its folder has one.
    ///
    /// ```
    /// let error = ferrite_frame::FrameError::file_missing("no/such.csv");
    /// assert!(error.to_string().starts_with("no file \"no/such.csv\"\n       current directory: "));
    /// ```
    pub fn file_missing(path: &str) -> Self {
        let wanted = Path::new(path);
        let folder = wanted.parent().unwrap_or(Path::new(""));
        let mut neighbours = files_in(folder);
        let name = wanted.file_name().unwrap_or_default().to_string_lossy();
        let suggestion = closest(&name, neighbours.iter().map(String::as_str))
            .or_else(|| same_stem(wanted, &neighbours))
            .map(|near| folder.join(near).to_string_lossy().into_owned());
        if suggestion.is_some() {
            neighbours.clear();
        }
        Self::FileMissing {
            path: path.to_owned(),
            directory: std::env::current_dir()
                .map_or_else(|_| "(gone)".to_owned(), |here| here.display().to_string()),
            suggestion,
            neighbours,
        }
    }
}

/// The names of the visible files in a folder, sorted; none if it is no
/// folder or cannot be read.
fn files_in(folder: &Path) -> Vec<String> {
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
fn same_stem<'a>(wanted: &Path, names: &'a [String]) -> Option<&'a str> {
    names
        .iter()
        .map(String::as_str)
        .find(|name| Path::new(name).file_stem() == wanted.file_stem())
}

fn file_missing_text(
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

fn missing_column_text(name: &str, suggestion: Option<&str>, columns: &[String]) -> String {
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

fn listed(names: &[String], most: usize) -> String {
    match names.len().checked_sub(most) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{}, … and {more} more", names[..most].join(", ")),
    }
}

/// polars' words may have many lines; they all stand below the first. Its
/// advice is left out: it names options that the functions here do not have.
fn indented(cause: &PolarsError) -> String {
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

    #[test]
    fn long_lists_of_columns_are_cut() {
        let names: Vec<String> = (0..43).map(|i| format!("c{i}")).collect();
        assert!(missing_column_text("zz", None, &names).ends_with("c38, c39, … and 3 more"));
        assert_eq!(
            missing_column_text("zz", None, &[]),
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
