//! Text files with a line of names and one line for each row.

use std::io::Cursor;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    ChunkApply, Column, CsvReadOptions, CsvWriter, DataFrame, IntoColumn, NullValues, PolarsError,
    PolarsResult, SerReader, SerWriter,
};

use super::{files, locate, malformed};
use crate::FrameError;

/// What stands for a missing value in a text file.
pub(super) const NULLS: [&str; 2] = ["", "NA"];

/// From how many rows the types of columns are inferred, one attempt after
/// the other. Looking at a row costs polars fifty times as much as reading it
/// (15 s for a million rows of eight fields), and in most files the first
/// rows tell enough: where they do not, polars refuses the file soon.
const SAMPLES: [Option<usize>; 4] = [Some(1_000), Some(10_000), Some(200_000), None];

/// What a file with one of these in its first line, but no comma, is separated by.
const OTHER_SEPARATORS: [u8; 3] = [b';', b'\t', b'|'];

/// Reads a file of comma-separated values with a header line. If there is no
/// comma in the header, but semicolons, tabs or `|` are, they separate.
///
/// Every column gets the narrowest type that fits all its values; dates and
/// times in the common notations become dates and times. Empty fields and
/// `NA` are null. A space behind each separator belongs to it.
///
/// ```
/// use ferrite_frame::read::{read_csv, read_tsv};
///
/// let folder = tempfile::tempdir()?;
/// let file = |name: &str| folder.path().join(name).display().to_string();
/// std::fs::write(file("2023.csv"), "day,n\n2023-12-31,1\n")?;
/// std::fs::write(file("2024.csv"), "day;n\n2024-01-01;2.5\n2024-01-02;NA\n")?;
/// std::fs::write(file("2025.tsv"), "day\tn\n2025-01-01\t3\n")?;
///
/// let dtypes: Vec<String> = read_csv(&file("2024.csv"))?.dtypes().iter().map(|t| t.to_string()).collect();
/// assert_eq!(dtypes, ["date", "f64"]);
/// assert_eq!(read_csv(&file("*.csv"))?.shape(), (3, 2));
/// assert_eq!(read_tsv(&file("2025.tsv"))?.shape(), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the file is missing (the message suggests a similar one), cannot be
/// opened, or is no table; the message names row and column.
pub fn read_csv(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| delimited(file, None, "CSV"))
}

/// Reads a file of tab-separated values with a header line; otherwise like
/// [`read_csv`].
///
/// # Errors
/// As for [`read_csv`].
pub fn read_tsv(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| delimited(file, Some(b'\t'), "TSV"))
}

fn delimited(
    path: &str,
    separator: Option<u8>,
    format: &'static str,
) -> Result<DataFrame, FrameError> {
    let unpacked = match files::is_packed(path)? {
        true => Some(files::bytes(path)?),
        false => None,
    };
    let separator = match separator {
        Some(given) => given,
        None => separator_in(&first_line(path, unpacked.as_deref())?),
    };
    let mut outcome = Ok(DataFrame::empty());
    for sample in SAMPLES {
        outcome = match &unpacked {
            Some(bytes) => parse_delimited(Cursor::new(bytes.as_slice()), separator, sample),
            None => parse_delimited(files::open(path)?, separator, sample),
        };
        match (&outcome, sample) {
            (Ok(frame), Some(rows)) if starts_empty(frame, rows) => {}
            (Err(cause), Some(_)) if cause.to_string().contains("could not parse") => {}
            _ => break,
        }
    }
    if let Ok(frame) = &mut outcome {
        without_spaces(frame);
        files::lendable(frame);
    }
    outcome.map_err(|cause| {
        let bytes = match unpacked {
            Some(bytes) => Ok(bytes),
            None => files::bytes(path),
        };
        let located = bytes
            .ok()
            .and_then(|bytes| locate::problem(path, &bytes, separator, &cause));
        located.unwrap_or_else(|| malformed(path, format, delimited_hint(&cause))(cause))
    })
}

/// The first line of a file.
pub(super) fn first_line(path: &str, unpacked: Option<&[u8]>) -> Result<Vec<u8>, FrameError> {
    use std::io::{BufRead, BufReader, Read};
    const MOST: u64 = 1 << 20;
    let mut line = Vec::new();
    match unpacked {
        Some(bytes) => line.extend(bytes.iter().take_while(|b| **b != b'\n')),
        None => {
            // What cannot be read here is reported by the reader proper.
            let _ = BufReader::new(files::open(path)?.take(MOST)).read_until(b'\n', &mut line);
        }
    }
    Ok(line)
}

/// What separates the fields of a file that begins with this line.
pub(super) fn separator_in(header: &[u8]) -> u8 {
    let mut quoted = false;
    let plain: Vec<u8> = header
        .iter()
        .copied()
        .filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted
        })
        .collect();
    let count = |separator: u8| plain.iter().filter(|byte| **byte == separator).count();
    let other = OTHER_SEPARATORS.into_iter().max_by_key(|s| count(*s));
    match other {
        Some(other) if count(b',') == 0 && count(other) > 0 => other,
        _ => b',',
    }
}

/// Takes away the space that some programs write behind each separator: without
/// it, columns of text may be numbers or dates.
fn without_spaces(frame: &mut DataFrame) {
    let spaced = |text: &str| text.starts_with(' ');
    let columns: Vec<Column> = frame
        .columns()
        .iter()
        .filter(|column| {
            let texts = column.str().ok();
            texts.is_some_and(|texts| {
                let first = texts.first_non_null().and_then(|row| texts.get(row));
                first.is_some_and(spaced) && texts.iter().flatten().all(spaced)
            })
        })
        .cloned()
        .collect();
    for column in &columns {
        if let Some(read) = read_again(column) {
            // It replaces a column of the same name and length.
            let _ = frame.with_column(read);
        }
    }
    if !columns.is_empty() {
        let names = frame.get_column_names();
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        // Refused if two would have the same name then.
        let _ = frame.set_column_names(&names);
    }
}

/// A column of text without spaces around its values, with the type that they
/// have then.
fn read_again(column: &Column) -> Option<Column> {
    let texts = column.str().ok()?;
    let texts = texts.apply(|text| text.map(|text| text.trim().into()));
    // Beside a number, an empty line is a row as well.
    let rows = Column::new("row".into(), vec![0_u8; texts.len()]);
    let values = texts.with_name("value".into()).into_column();
    let mut table = DataFrame::new(rows.len(), vec![values, rows]).ok()?;
    let mut written = Vec::new();
    CsvWriter::new(&mut written).finish(&mut table).ok()?;
    let read = parse_delimited(Cursor::new(written.as_slice()), b',', None).ok()?;
    let read = read.columns().first()?.clone();
    (read.len() == column.len()).then(|| read.with_name(column.name().clone()))
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
    if words.contains("could not parse") {
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
        .map_parse_options(|options| {
            options
                .with_separator(separator)
                .with_try_parse_dates(true)
                .with_null_values(Some(null_values()))
        })
        .into_reader_with_file_handle(source)
        .finish()
}

/// What stands for a missing value, as polars takes it.
pub(super) fn null_values() -> NullValues {
    NullValues::AllColumns(NULLS.map(Into::into).into())
}

#[cfg(test)]
mod tests {
    use super::separator_in;

    #[test]
    fn the_header_tells_the_separator() {
        for (header, separator) in [
            ("a,b;c", b','),
            ("a;b;c\tx", b';'),
            ("a\tb", b'\t'),
            ("a|b", b'|'),
            ("\"a;b\",c", b','),
            ("\"a,b\";c", b';'),
            ("one", b','),
            ("", b','),
        ] {
            assert_eq!(separator_in(header.as_bytes()), separator, "{header}");
        }
    }
}
