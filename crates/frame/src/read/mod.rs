//! Files, spreadsheets and databases become frames, with the defaults that a
//! person expects.
//!
//! polars' own readers have an option for everything, and building them in a
//! cell costs compile time. These functions take a path and decide the rest:
//! types fit all rows, not only the first hundred, so that one late `3.5` or
//! `unknown` does not end in an error. Where that is not enough, polars'
//! `CsvReadOptions` and friends are there.
//!
//! | a file that ends in | is read at once by | lazily by |
//! |---|---|---|
//! | any of these | [`read_table`] | [`scan_table`] |
//! | `.csv` | [`read_csv`] | [`scan_csv`] |
//! | `.tsv`, `.tab` | [`read_tsv`] | [`scan_tsv`] |
//! | `.parquet` | [`read_parquet`] | [`scan_parquet`] |
//! | `.ndjson`, `.jsonl` | [`read_ndjson`] | [`scan_ndjson`] |
//! | `.arrow`, `.ipc`, `.feather` | [`read_ipc`] | [`scan_ipc`] |
//! | `.json` | [`read_json`] | |
//! | `.xlsx`, `.xls`, `.xlsb`, `.ods` | [`read_excel`] | |
//! | `.sqlite`, `.db`, or `postgres://…` | [`read_sql`] | |
//!
//! Text files may be packed with gzip or zstd (`.csv.gz`). A path may have `*`,
//! `?` and `[…]` in it; then all files that fit are read, in the order of
//! their names, and put below each other. Paths are relative to the current
//! directory; `~/` is the home directory.

mod arrow_types;
mod binary;
mod builder;
mod dates;
mod delimited;
mod excel;
mod files;
mod json;
mod locate;
mod postgres;
mod scan;
mod sql;
mod sqlite;
mod tls;

use polars::prelude::{Column, DataFrame, LazyFrame, PolarsError};

use crate::FrameError;

pub use binary::{read_ipc, read_parquet};
pub(crate) use builder::{Builder, Value};
pub(crate) use delimited::parse_delimited;
pub use delimited::{read_csv, read_tsv};
pub use excel::{read_excel, read_excel_sheet};
pub(crate) use files::lendable;
pub use json::{read_json, read_ndjson};
pub use scan::{scan_csv, scan_ipc, scan_ndjson, scan_parquet, scan_tsv};
pub use sql::read_sql;

/// The kinds of files, each with the endings by which it is known.
const ENDINGS: [(Format, &[&str]); 7] = [
    (Format::Csv, &["csv", "txt"]),
    (Format::Tsv, &["tsv", "tab"]),
    (Format::Parquet, &["parquet", "pq"]),
    (Format::Json, &["json"]),
    (Format::Ndjson, &["ndjson", "jsonl"]),
    (Format::Ipc, &["arrow", "ipc", "feather"]),
    (Format::Excel, &["xlsx", "xls", "xlsm", "xlsb", "ods"]),
];

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Csv,
    Tsv,
    Parquet,
    Json,
    Ndjson,
    Ipc,
    Excel,
}

/// Reads a file of any kind, which its ending tells: `.csv`, `.tsv`,
/// `.parquet`, `.json`, `.ndjson`, `.arrow`, `.xlsx` and those that the
/// [table](self) above lists, packed or not.
///
/// ```
/// use ferrite_frame::read::read_table;
///
/// let folder = tempfile::tempdir()?;
/// let file = |name: &str| folder.path().join(name).display().to_string();
/// std::fs::write(file("a.csv"), "x,y\n1,2\n")?;
/// std::fs::write(file("a.json"), "[{\"x\": 1, \"y\": 2}]")?;
/// assert!(read_table(&file("a.csv"))?.equals(&read_table(&file("a.json"))?));
/// assert!(read_table(&file("a.cvs")).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the ending is none of these, and as the reader of that kind does.
pub fn read_table(path: &str) -> Result<DataFrame, FrameError> {
    match format_of(path)? {
        Format::Csv => read_csv(path),
        Format::Tsv => read_tsv(path),
        Format::Parquet => read_parquet(path),
        Format::Json => read_json(path),
        Format::Ndjson => read_ndjson(path),
        Format::Ipc => read_ipc(path),
        Format::Excel => read_excel(path),
    }
}

/// Opens a file of any kind lazily; what cannot be opened lazily (JSON that is
/// one array, spreadsheets) is read at once.
///
/// # Errors
/// As for [`read_table`].
pub fn scan_table(path: &str) -> Result<LazyFrame, FrameError> {
    use polars::prelude::IntoLazy;
    match format_of(path)? {
        Format::Csv => scan_csv(path),
        Format::Tsv => scan_tsv(path),
        Format::Parquet => scan_parquet(path),
        Format::Ndjson => scan_ndjson(path),
        Format::Ipc => scan_ipc(path),
        Format::Json | Format::Excel => read_table(path).map(IntoLazy::lazy),
    }
}

fn format_of(path: &str) -> Result<Format, FrameError> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let lower = name.to_lowercase();
    let plain = [".gz", ".zst", ".zstd"]
        .iter()
        .find_map(|packed| lower.strip_suffix(packed))
        .unwrap_or(&lower);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
    if files::expanded(path).is_dir() {
        // Refused as what it is.
        files::open(path)?;
    }
    if ending.is_empty() {
        return Err(FrameError::invalid(
            format!("{path:?} has no ending that says what kind of file it is"),
            "call the reader of its kind: read_csv, read_parquet, read_json, read_excel, …",
        ));
    }
    let found = ENDINGS
        .iter()
        .find(|(_, endings)| endings.contains(&ending));
    match found {
        Some((format, _)) => Ok(*format),
        None => Err(FrameError::unknown(
            "kind of file that ends in",
            ending,
            &format!(" (of {path:?})"),
            ENDINGS.iter().flat_map(|(_, endings)| *endings).copied(),
        )),
    }
}

/// The place in a text file that polars' words are about, if it is found.
pub(crate) fn locate_in(path: &str, separator: u8, cause: &PolarsError) -> Option<FrameError> {
    locate::problem(path, &files::bytes(path).ok()?, separator, cause)
}

/// Turns polars' refusal of a file's content into ours.
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

/// The rows of a query as a frame. A database may give two columns one name, a
/// frame may not.
fn sql_frame(
    names: Vec<String>,
    builders: Vec<Builder>,
    height: usize,
) -> Result<DataFrame, FrameError> {
    let mut columns: Vec<Column> = Vec::new();
    for (builder, plain) in builders.into_iter().zip(names) {
        let mut name = plain.clone();
        let mut copy = 1;
        while columns.iter().any(|column| column.name() == name.as_str()) {
            copy += 1;
            name = format!("{plain}_{copy}");
        }
        columns.push(builder.finish(&name)?);
    }
    Ok(DataFrame::new(height, columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_the_kind() {
        for (path, ending) in [
            ("a/b.CSV", "csv"),
            ("x.tar.tsv.gz", "tsv"),
            ("*.jsonl.zst", "jsonl"),
        ] {
            let expected = ENDINGS.iter().find(|(_, all)| all.contains(&ending));
            assert!(
                format_of(path).is_ok_and(|f| expected.is_some_and(|(e, _)| *e == f)),
                "{path}"
            );
        }
        let error = format_of("notes.parqet").map(drop).unwrap_err().to_string();
        assert!(error.contains("did you mean \"parquet\"?"), "{error}");
        assert!(format_of("README").is_err());
    }
}
