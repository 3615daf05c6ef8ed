//! What can go wrong with a frame, told so that the reader knows what to do.
//!
//! The first line says what happened and where; further lines are indented
//! to stand below the text after `error: `.

mod text;

use std::io;
use std::path::Path;

use polars::prelude::{DataFrame, PolarsError};

use crate::suggest::closest;
use text::{files_in, indented, same_stem};

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
    #[error("{}", text::file_missing(.path, .directory, .suggestion.as_deref(), .neighbours))]
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
    /// A column of a file has a type that frames do not have.
    #[error(
        "cannot read {path:?}: column {column:?} has Arrow's type {dtype}, which frames do not \
         have{INDENT}write it as a number, text or list where the file is made, or read only the \
         other columns:{INDENT}ParquetReader::new(std::fs::File::open({path:?})?)\
         .with_columns(Some(vec![…])).finish()? (IpcReader for Arrow files)"
    )]
    UnsupportedType {
        /// The path as it was given.
        path: String,
        /// The column's name.
        column: String,
        /// Its type, in Arrow's words.
        dtype: String,
    },
    /// No file fits a path with `*`, `?` or `[…]` in it.
    #[error("no file fits {pattern:?}{INDENT}current directory: {directory}")]
    NoFileFits {
        /// The pattern as it was given.
        pattern: String,
        /// Where relative paths start.
        directory: String,
    },
    /// A value in a text file does not fit the type of its column.
    #[error(
        "cannot read {path:?}: row {row} (line {line}), column {column:?}: \
         {value:?} is not a value of type {dtype}{INDENT}\
         to choose the type yourself use polars' CsvReadOptions::with_schema_overwrite"
    )]
    BadValue {
        /// The path as it was given.
        path: String,
        /// The row of the table, from 1.
        row: usize,
        /// The line of the file, from 1.
        line: usize,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
        /// The type of the column, as polars abbreviates it.
        dtype: String,
    },
    /// A line of a text file is no row of its table.
    #[error("cannot read {path:?}: line {line}: {problem}{INDENT}{hint}")]
    BadLine {
        /// The path as it was given.
        path: String,
        /// The line of the file, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        hint: &'static str,
    },
    /// Something was named that is not there: a sheet, a table, a way to
    /// aggregate.
    #[error("{}", text::unknown(.what, .name, .place, .suggestion.as_deref(), .known))]
    Unknown {
        /// What was looked for, such as `sheet`.
        what: &'static str,
        /// The name that was asked for.
        name: String,
        /// Where it was looked for, such as ` in "a.xlsx"`; may be empty.
        place: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A database refused a connection or a query.
    #[error("{database}: {message}{INDENT}{hint}")]
    Database {
        /// Which one, without its password.
        database: String,
        /// Its words.
        message: String,
        /// What to look at.
        hint: String,
    },
    /// A value cannot become one of another type.
    #[error(
        "column {column:?}, row {row}: {value:?} cannot become {dtype}{INDENT}\
         replace such values first, or use polars' cast, which makes them null: \
         col({column:?}).cast(…)"
    )]
    CannotCast {
        /// The column's name.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The first value that does not fit.
        value: String,
        /// The type that was asked for, as polars abbreviates it.
        dtype: String,
    },
    /// What was asked for makes no sense.
    #[error("{message}{INDENT}{hint}")]
    Invalid {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The frame has no column of this name.
    #[error("{}", text::missing_column(.name, .suggestion.as_deref(), .columns))]
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

    /// The error for a name that is none of `known`, with the one that was
    /// probably meant. `place` says where it was looked for.
    pub(crate) fn unknown(
        what: &'static str,
        name: &str,
        place: &str,
        known: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let known: Vec<String> = known.into_iter().map(Into::into).collect();
        Self::Unknown {
            what,
            name: name.to_owned(),
            place: place.to_owned(),
            suggestion: closest(name, known.iter().map(String::as_str)).map(str::to_owned),
            known,
        }
    }

    /// The error for a request that makes no sense.
    pub(crate) fn invalid(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            hint: hint.into(),
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
