//! Files as plans: only what a query needs of them is read.

use std::num::NonZeroUsize;

use polars::io::ipc::IpcScanOptions;
use polars::prelude::{
    IntoLazy, LazyCsvReader, LazyFileListReader, LazyFrame, LazyJsonLineReader, PlRefPath,
    PolarsResult, ScanArgsParquet, UnifiedScanArgs,
};

use super::delimited::{first_line, null_values, separator_in};
use super::{binary, files, json, malformed};
use crate::FrameError;

/// From how many rows the types of columns are inferred. A plan is made before
/// the file is read, so a value further down that does not fit is an error
/// when it is collected; [`read_csv`](super::read_csv) looks at all rows.
const SAMPLE: usize = 10_000;

/// Opens a file of comma-separated values lazily; separator, dates and missing
/// values as [`read_csv`](super::read_csv) has them. Types are those of the
/// first 10,000 rows. A value further down that does not fit is an error of
/// `collect`, or of [`PlanExt::run`](crate::PlanExt::run), which says where it
/// stands.
///
/// ```
/// use ferrite_frame::PlanExt;
/// use ferrite_frame::read::{scan_csv, scan_ndjson, scan_table, scan_tsv};
/// use polars::prelude::*;
///
/// let folder = tempfile::tempdir()?;
/// let file = |name: &str| folder.path().join(name).display().to_string();
/// std::fs::write(file("a.csv"), "x,delay\n1,20\n2,90\n")?;
/// std::fs::write(file("a.tsv"), "x\tdelay\n1\t20\n2\t90\n")?;
/// std::fs::write(file("a.ndjson"), "{\"x\": 1, \"delay\": 20}\n{\"x\": 2, \"delay\": 90}\n")?;
///
/// let late = col("delay").gt(lit(60));
/// assert_eq!(scan_csv(&file("*.csv"))?.filter(late.clone()).run()?.height(), 1);
/// assert_eq!(scan_tsv(&file("a.tsv"))?.filter(late.clone()).run()?.height(), 1);
/// assert_eq!(scan_ndjson(&file("a.ndjson"))?.filter(late.clone()).run()?.height(), 1);
/// assert_eq!(scan_table(&file("a.csv"))?.filter(late).run()?.height(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When no file fits, or the first one has no header that can be read.
pub fn scan_csv(path: &str) -> Result<LazyFrame, FrameError> {
    delimited(path, None, "CSV")
}

/// Opens a file of tab-separated values lazily; see [`scan_csv`].
///
/// # Errors
/// As for [`scan_csv`].
pub fn scan_tsv(path: &str) -> Result<LazyFrame, FrameError> {
    delimited(path, Some(b'\t'), "TSV")
}

/// Opens Parquet files lazily: of large ones only the columns and row groups
/// that a query needs are read. Files with decimals or lists of a fixed size
/// are read at once, as [`read_parquet`](super::read_parquet) does.
///
/// # Errors
/// When no file fits, it is not Parquet, or a column has a type that frames do
/// not have: [`FrameError::UnsupportedType`].
pub fn scan_parquet(path: &str) -> Result<LazyFrame, FrameError> {
    if !all_plain(path, binary::is_plain_parquet)? {
        return binary::read_parquet(path).map(IntoLazy::lazy);
    }
    let args = ScanArgsParquet {
        allow_missing_columns: true,
        ..ScanArgsParquet::default()
    };
    checked(
        path,
        "Parquet",
        LazyFrame::scan_parquet_files(paths(path)?.into(), args),
    )
}

/// Opens files with one JSON object on each line lazily. Types are those of
/// the first 10,000 rows.
///
/// # Errors
/// When no file fits, or the first line is no JSON object.
pub fn scan_ndjson(path: &str) -> Result<LazyFrame, FrameError> {
    let reader = LazyJsonLineReader::new_paths(paths(path)?.into())
        .with_infer_schema_length(NonZeroUsize::new(SAMPLE));
    checked(path, "NDJSON", reader.finish()).map_err(|refused| {
        let located = files::meant(path)
            .unwrap_or_default()
            .into_iter()
            .find_map(|file| json::broken_line(&file, &files::bytes(&file).ok()?));
        located.unwrap_or(refused)
    })
}

/// Opens Arrow IPC files lazily; those with decimals or lists of a fixed size
/// are read at once, as [`read_ipc`](super::read_ipc) does.
///
/// # Errors
/// When no file fits, it is not Arrow IPC, or a column has a type that frames
/// do not have: [`FrameError::UnsupportedType`].
pub fn scan_ipc(path: &str) -> Result<LazyFrame, FrameError> {
    if !all_plain(path, binary::is_plain_ipc)? {
        return binary::read_ipc(path).map(IntoLazy::lazy);
    }
    let sources = polars::prelude::ScanSources::Paths(paths(path)?.into());
    let scan = LazyFrame::scan_ipc_sources(
        sources,
        IpcScanOptions::default(),
        UnifiedScanArgs::default(),
    );
    checked(path, "Arrow IPC", scan)
}

fn delimited(
    path: &str,
    separator: Option<u8>,
    format: &'static str,
) -> Result<LazyFrame, FrameError> {
    let files = files::meant(path)?;
    let separator = match (separator, files.first()) {
        (Some(given), _) => given,
        (None, Some(first)) => {
            let unpacked = match files::is_packed(first)? {
                true => Some(files::bytes(first)?),
                false => None,
            };
            separator_in(&first_line(first, unpacked.as_deref())?)
        }
        (None, None) => b',',
    };
    let reader = LazyCsvReader::new_paths(paths(path)?.into())
        .with_infer_schema_length(Some(SAMPLE))
        .with_separator(separator)
        .with_try_parse_dates(true)
        .with_null_values(Some(null_values()));
    checked(path, format, reader.finish())
}

/// Whether polars can read all files that a path means by itself.
fn all_plain(
    path: &str,
    is_plain: impl Fn(&str) -> Result<bool, FrameError>,
) -> Result<bool, FrameError> {
    for file in files::meant(path)? {
        if !is_plain(&file)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files that a path means, each of which can be opened.
fn paths(path: &str) -> Result<Vec<PlRefPath>, FrameError> {
    let mut paths = Vec::new();
    for file in files::meant(path)? {
        files::open(&file)?;
        paths.push(PlRefPath::new(file.as_str()));
    }
    Ok(paths)
}

/// The plan, if the schema of its file can be read.
fn checked(
    path: &str,
    format: &'static str,
    scan: PolarsResult<LazyFrame>,
) -> Result<LazyFrame, FrameError> {
    let refused = malformed(
        path,
        format,
        "is it a file of this kind, and not cut short?",
    );
    match scan.and_then(|mut plan| plan.collect_schema().map(|_| plan)) {
        Ok(plan) => Ok(plan),
        Err(cause) => Err(refused(cause)),
    }
}
