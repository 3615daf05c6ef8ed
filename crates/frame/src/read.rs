//! Files become frames, with the defaults that a person expects.
//!
//! polars' own readers have an option for everything, and building them in a
//! cell costs compile time. These functions take a path and decide the rest:
//! types fit all rows, not only the first hundred, so that one late `3.5` or
//! `unknown` does not end in an error. Where that is not enough, polars'
//! `CsvReadOptions` and friends are there.
//!
//! Paths are relative to the current directory; `~/` is the home directory.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    CsvReadOptions, DataFrame, JsonFormat, JsonReader, NullValues, ParquetReader, PolarsError,
    PolarsResult, SerReader,
};

use crate::FrameError;

/// What stands for a missing value in a text file.
const NULLS: [&str; 2] = ["", "NA"];

/// From how many rows the types of columns are inferred, one attempt after
/// the other. Looking at a row costs polars fifty times as much as reading it
/// (15 s for a million rows of eight fields), and in most files the first
/// rows tell enough.
const SAMPLES: [Option<usize>; 3] = [Some(10_000), Some(200_000), None];

/// Reads a file of comma-separated values with a header line.
///
/// Every column gets the narrowest type that fits all its values; dates and
/// times in the common notations become dates and times. Empty fields and
/// `NA` are null.
///
/// ```no_run
/// let penguins = ferrite_frame::read::read_csv("data/penguins.csv")?;
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When the file is missing (the message suggests a similar one), cannot be
/// opened, or is no table.
pub fn read_csv(path: &str) -> Result<DataFrame, FrameError> {
    delimited(path, b',', "CSV")
}

/// Reads a file of tab-separated values with a header line; otherwise like
/// [`read_csv`].
///
/// # Errors
/// As for [`read_csv`].
pub fn read_tsv(path: &str) -> Result<DataFrame, FrameError> {
    delimited(path, b'\t', "TSV")
}

/// Reads a Parquet file.
///
/// # Errors
/// When the file is missing, cannot be opened, or is not Parquet.
pub fn read_parquet(path: &str) -> Result<DataFrame, FrameError> {
    ParquetReader::new(open(path)?)
        .set_rechunk(true)
        .finish()
        .map_err(malformed(
            path,
            "Parquet",
            "it may be cut short, or have another format",
        ))
}

/// Reads a JSON file that holds an array of objects, one for each row:
/// `[{"a": 1, "b": "x"}, …]`.
///
/// # Errors
/// When the file is missing, cannot be opened, or holds something else.
pub fn read_json(path: &str) -> Result<DataFrame, FrameError> {
    json(open(path)?, JsonFormat::Json).map_err(malformed(
        path,
        "JSON",
        "expected is an array of objects, [{\"a\": 1}, …]; \
         for one object on each line use read_ndjson",
    ))
}

/// Reads a file with one JSON object on each line (`.ndjson`, `.jsonl`).
///
/// # Errors
/// When the file is missing, cannot be opened, or a line is no JSON object.
pub fn read_ndjson(path: &str) -> Result<DataFrame, FrameError> {
    json(open(path)?, JsonFormat::JsonLines).map_err(malformed(
        path,
        "NDJSON",
        "expected is one object on each line, {\"a\": 1}; \
         for an array of objects use read_json",
    ))
}

fn delimited(path: &str, separator: u8, format: &'static str) -> Result<DataFrame, FrameError> {
    let mut outcome = Ok(DataFrame::empty());
    for sample in SAMPLES {
        outcome = parse_delimited(open(path)?, separator, sample);
        match (&outcome, sample) {
            (Ok(frame), Some(rows)) if starts_empty(frame, rows) => {}
            (Err(cause), Some(_)) if cause.to_string().contains("could not parse") => {}
            _ => break,
        }
    }
    outcome.map_err(|cause| {
        let hint = delimited_hint(&cause);
        malformed(path, format, hint)(cause)
    })
}

/// Whether a column had nothing in the rows that its type was inferred from,
/// and so was taken for text.
fn starts_empty(frame: &DataFrame, sample: usize) -> bool {
    frame
        .columns()
        .iter()
        .filter(|column| column.dtype().is_string())
        .any(|column| column.first_non_null().is_some_and(|row| row >= sample))
}

/// What to do about a text file that polars refuses.
fn delimited_hint(cause: &PolarsError) -> &'static str {
    let words = cause.to_string();
    if words.contains("utf-8") {
        "save it as UTF-8, or use polars' CsvReadOptions with CsvEncoding::LossyUtf8"
    } else if words.contains("compressed") {
        "unpack it first"
    } else if words.contains("more fields") {
        "a line has more fields than the header; \
         is the separator another one? read_tsv takes tabs, polars' CsvReadOptions any"
    } else if words.contains("could not parse") {
        "to choose the type yourself use polars' CsvReadOptions::with_schema_overwrite"
    } else {
        "expected is a line with the names of the columns, then one line for each row"
    }
}

/// Reads delimited text from an open source, with types from the first
/// `sample` rows or from all.
pub(crate) fn parse_delimited(
    source: impl MmapBytesReader,
    separator: u8,
    sample: Option<usize>,
) -> PolarsResult<DataFrame> {
    CsvReadOptions::default()
        .with_infer_schema_length(sample)
        .with_rechunk(true)
        .map_parse_options(|options| {
            options
                .with_separator(separator)
                .with_try_parse_dates(true)
                .with_null_values(Some(NullValues::AllColumns(NULLS.map(Into::into).into())))
        })
        .into_reader_with_file_handle(source)
        .finish()
}

fn json(file: File, format: JsonFormat) -> PolarsResult<DataFrame> {
    JsonReader::new(file)
        .with_json_format(format)
        .infer_schema_len(None)
        .finish()
}

fn malformed(
    path: &str,
    format: &'static str,
    hint: &'static str,
) -> impl FnOnce(PolarsError) -> FrameError {
    let path = path.to_owned();
    move |cause| FrameError::Malformed {
        path,
        format,
        hint,
        cause,
    }
}

/// Opens a file for reading, or says why not.
fn open(path: &str) -> Result<File, FrameError> {
    if path.contains("://") {
        return Err(FrameError::Remote {
            path: path.to_owned(),
        });
    }
    let refused = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FrameError::file_missing(path),
        _ => FrameError::FileUnreadable {
            path: path.to_owned(),
            cause,
        },
    };
    let file = File::open(expanded(path)).map_err(refused)?;
    // A folder can be opened like a file; only reading from it would fail.
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(refused(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder",
        )));
    }
    Ok(file)
}

fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}
