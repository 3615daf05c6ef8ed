//! Spreadsheets: `.xlsx`, `.xls`, `.xlsb` and `.ods`.

use calamine::{Data, Range, Reader, Sheets, open_workbook_auto};
use polars::prelude::{Column, DataFrame, DataType, PolarsError, TimeUnit};

use super::{Builder, Value, dates, files};
use crate::FrameError;

/// Reads the first sheet of a spreadsheet that is not empty; its first row with
/// anything in it has the names of the columns.
///
/// Dates become dates, numbers that are all whole become integers, empty cells
/// and cells with an error (`#DIV/0!`) are null. A column without a name is
/// called after its place (`column_3`).
///
/// ```
/// use ferrite_frame::read::{read_excel, read_excel_sheet};
///
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sales.xlsx");
/// assert_eq!(read_excel(file)?.shape(), (3, 7));
/// assert_eq!(read_excel_sheet(file, "Sales 2024")?.shape(), (3, 7));
/// # Ok::<(), ferrite_frame::FrameError>(())
/// ```
///
/// # Errors
/// When the file is missing or is no spreadsheet.
pub fn read_excel(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| {
        let mut book = open(file)?;
        let mut first = Range::empty();
        for name in book.sheet_names() {
            first = sheet(&mut book, file, &name)?;
            if !first.is_empty() {
                break;
            }
        }
        table(&first)
    })
}

/// Reads a sheet by its name; see [`read_excel`].
///
/// # Errors
/// As for [`read_excel`], and when there is no such sheet.
pub fn read_excel_sheet(path: &str, name: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| {
        let mut book = open(file)?;
        let known = book.sheet_names();
        if !known.iter().any(|sheet| sheet == name) {
            let place = format!(" in {file:?}");
            return Err(FrameError::unknown("sheet", name, &place, known));
        }
        table(&sheet(&mut book, file, name)?)
    })
}

/// Below this all whole numbers are floats as well.
const EXACT: f64 = 9_007_199_254_740_992.0;

type Book = Sheets<std::io::BufReader<std::fs::File>>;

fn open(path: &str) -> Result<Book, FrameError> {
    // For its words on missing files and folders.
    files::open(path)?;
    open_workbook_auto(path).map_err(|cause| broken(path, &cause))
}

fn sheet(book: &mut Book, path: &str, name: &str) -> Result<Range<Data>, FrameError> {
    book.worksheet_range(name)
        .map_err(|cause| broken(path, &cause))
}

fn broken(path: &str, cause: &calamine::Error) -> FrameError {
    FrameError::Malformed {
        path: path.to_owned(),
        format: "a spreadsheet",
        hint: "expected is an .xlsx, .xls, .xlsb or .ods file without a password",
        cause: PolarsError::ComputeError(cause.to_string().into()),
    }
}

fn table(range: &Range<Data>) -> Result<DataFrame, FrameError> {
    let mut rows = range
        .rows()
        .skip_while(|row| row.iter().all(|cell| *cell == Data::Empty));
    let Some(header) = rows.next() else {
        return Ok(DataFrame::empty());
    };
    let names = names(header);
    let mut builders: Vec<Builder> = names.iter().map(|_| Builder::new()).collect();
    let mut height = 0;
    for row in rows {
        // Rows between tables and after the last one.
        if row.iter().all(|cell| *cell == Data::Empty) {
            continue;
        }
        height += 1;
        for (builder, cell) in builders.iter_mut().zip(row) {
            builder.push(value(cell));
        }
    }
    let mut columns = Vec::new();
    for (builder, name) in builders.into_iter().zip(&names) {
        let column = builder.finish(name)?;
        columns.push(without_midnight(column)?);
    }
    Ok(dates::parsed(DataFrame::new(height, columns)?))
}

/// The names of the columns: each there, each different.
fn names(header: &[Data]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (i, cell) in header.iter().enumerate() {
        let mut name = match cell {
            Data::Empty => String::new(),
            other => other.to_string().trim().to_owned(),
        };
        if name.is_empty() {
            name = format!("column_{}", i + 1);
        }
        let plain = name.clone();
        let mut copy = 1;
        while names.contains(&name) {
            copy += 1;
            name = format!("{plain}_{copy}");
        }
        names.push(name);
    }
    names
}

fn value(cell: &Data) -> Value {
    match cell {
        Data::Int(number) => Value::Int(*number),
        // Spreadsheets know no other numbers than floats.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            Value::Int(*number as i64)
        }
        Data::Float(number) => Value::Float(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            Value::Text(text.clone())
        }
        Data::Bool(flag) => Value::Bool(*flag),
        Data::DateTime(moment) if moment.is_duration() => match moment.as_duration() {
            Some(span) => span.num_microseconds().map_or(Value::Null, Value::Span),
            None => Value::Null,
        },
        Data::DateTime(moment) => match moment.as_datetime() {
            Some(moment) => Value::Moment(moment.and_utc().timestamp_micros()),
            None => Value::Null,
        },
        Data::Error(_) | Data::Empty => Value::Null,
        #[allow(unreachable_patterns)] // calamine may grow kinds of cells
        other => Value::Text(other.to_string()),
    }
}

/// Moments that are all at midnight are dates.
fn without_midnight(column: Column) -> Result<Column, FrameError> {
    if !matches!(
        column.dtype(),
        DataType::Datetime(TimeUnit::Microseconds, None)
    ) {
        return Ok(column);
    }
    let ticks = column.cast(&DataType::Int64)?;
    let midnight = ticks
        .i64()?
        .iter()
        .flatten()
        .all(|t| t % 86_400_000_000 == 0);
    Ok(match midnight {
        true => column.cast(&DataType::Date)?,
        false => column,
    })
}
