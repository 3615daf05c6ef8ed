//! Files that know the types of their columns: Parquet and Arrow IPC.

use std::io::{Cursor, Read, Seek, SeekFrom};

use polars::prelude::{
    ArrowField, Column, DataFrame, IpcReader, ParquetReader, PolarsResult, SerReader,
};
use polars_arrow::io::ipc::read as ipc;
use polars_parquet::read as parquet;

use super::arrow_types::{self, Container, convertible};
use super::{files, malformed};
use crate::FrameError;

const HINT: &str = "it may be cut short, or have another format";

/// Reads a Parquet file. Decimals become `f64`, rounded once; lists of a fixed
/// size become lists.
///
/// ```
/// use ferrite_frame::read::{read_ipc, read_parquet, scan_ipc, scan_parquet};
/// use polars::prelude::*;
///
/// let folder = tempfile::tempdir()?;
/// let file = |name: &str| folder.path().join(name).display().to_string();
/// let mut frame = df!("day" => [1, 2], "mass" => [Some(3.5), None])?;
/// ParquetWriter::new(std::fs::File::create(file("a.parquet"))?).finish(&mut frame)?;
/// IpcWriter::new(std::fs::File::create(file("a.arrow"))?).finish(&mut frame)?;
///
/// assert!(read_parquet(&file("a.parquet"))?.equals_missing(&frame));
/// assert!(read_ipc(&file("a.arrow"))?.equals_missing(&frame));
/// // Lazily, only what the query needs is read.
/// let late = col("day").eq(lit(2));
/// assert_eq!(scan_parquet(&file("*.parquet"))?.filter(late.clone()).collect()?.height(), 1);
/// assert_eq!(scan_ipc(&file("*.arrow"))?.filter(late).collect()?.height(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the file is missing, cannot be opened, or is not Parquet; and when a
/// column has a type that frames do not have:
/// [`FrameError::UnsupportedType`].
pub fn read_parquet(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, read_parquet_file)
}

/// Reads an Arrow IPC file (`.arrow`, `.ipc`, Feather version 2); types as
/// [`read_parquet`] has them, with an example for both.
///
/// # Errors
/// When the file is missing, cannot be opened, or is not Arrow IPC; and when a
/// column has a type that frames do not have:
/// [`FrameError::UnsupportedType`].
pub fn read_ipc(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, read_ipc_file)
}

/// Whether polars can read a Parquet file by itself.
pub(super) fn is_plain_parquet(path: &str) -> Result<bool, FrameError> {
    match ParquetReader::new(files::open(path)?).schema() {
        Ok(schema) => Ok(convertible(path, &schema, Container::Parquet)?.is_empty()),
        // polars says what is wrong with it.
        Err(_) => Ok(true),
    }
}

/// Whether polars can read an Arrow IPC file by itself.
pub(super) fn is_plain_ipc(path: &str) -> Result<bool, FrameError> {
    match IpcReader::new(files::open(path)?).schema() {
        Ok(schema) => Ok(convertible(path, &schema, Container::Ipc)?.is_empty()),
        Err(_) => Ok(true),
    }
}

fn read_parquet_file(path: &str) -> Result<DataFrame, FrameError> {
    let refused = |cause| malformed(path, "Parquet", HINT)(cause);
    let mut reader = ParquetReader::new(files::open(path)?);
    let schema = reader.schema().map_err(refused)?;
    let others = convertible(path, &schema, Container::Parquet)?;
    if others.is_empty() {
        let mut frame = reader.finish().map_err(refused)?;
        files::lendable(&mut frame);
        return Ok(frame);
    }
    let height = reader.num_rows().map_err(refused)?;
    let plain: Vec<String> = schema
        .iter_names()
        .filter(|name| others.iter().all(|field| field.name != **name))
        .map(ToString::to_string)
        .collect();
    let mut frame = match plain.is_empty() {
        true => DataFrame::empty_with_height(height),
        false => reader.with_columns(Some(plain)).finish().map_err(refused)?,
    };
    for field in others {
        let column = parquet_column(files::open(path)?, field).map_err(refused)?;
        let place = schema.index_of(&field.name).unwrap_or(frame.width());
        frame.insert_column(place, column)?;
    }
    files::lendable(&mut frame);
    Ok(frame)
}

/// One column of a Parquet file, by the parts that polars' reader is made of.
fn parquet_column(mut file: std::fs::File, field: &ArrowField) -> PolarsResult<Column> {
    let about = parquet::read_metadata(&mut file)?;
    let mut arrays = Vec::new();
    for group in &about.row_groups {
        let (mut pages, mut types) = (Vec::new(), Vec::new());
        for chunk in group
            .columns_under_root_iter(&field.name)
            .into_iter()
            .flatten()
        {
            let range = chunk.byte_range();
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(range.start))?;
            Read::by_ref(&mut file)
                .take(range.end.saturating_sub(range.start))
                .read_to_end(&mut bytes)?;
            let reader =
                parquet::PageReader::new(Cursor::new(bytes.into()), chunk, vec![], usize::MAX);
            pages.push(parquet::BasicDecompressor::new(reader, vec![]));
            types.push(&chunk.descriptor().descriptor.primitive_type);
        }
        arrays.extend(parquet::column_iter_to_arrays(pages, types, field.clone(), None)?.0);
    }
    Ok(arrow_types::column(field, arrays)?.rechunk())
}

fn read_ipc_file(path: &str) -> Result<DataFrame, FrameError> {
    let refused = |cause| malformed(path, "Arrow IPC", HINT)(cause);
    let mut reader = IpcReader::new(files::open(path)?);
    let schema = reader.schema().map_err(refused)?;
    if convertible(path, &schema, Container::Ipc)?.is_empty() {
        return reader.finish().map_err(refused);
    }
    ipc_columns(files::open(path)?).map_err(refused)
}

/// All columns of an Arrow IPC file, by the parts of polars' reader.
fn ipc_columns(mut file: std::fs::File) -> PolarsResult<DataFrame> {
    let about = ipc::read_file_metadata(&mut file)?;
    let schema = about.schema.clone();
    let mut height = 0;
    let mut arrays: Vec<Vec<_>> = schema.iter_values().map(|_| Vec::new()).collect();
    for batch in ipc::FileReader::new(file, about, None, None) {
        let batch = batch?;
        height += batch.height();
        for (column, array) in arrays.iter_mut().zip(batch.into_arrays()) {
            column.push(array);
        }
    }
    let columns = schema
        .iter_values()
        .zip(arrays)
        .map(|(field, arrays)| arrow_types::column(field, arrays))
        .collect::<PolarsResult<_>>()?;
    DataFrame::new(height, columns)
}
