//! Files that know the types of their columns: Parquet and Arrow IPC.

use polars::prelude::{DataFrame, IpcReader, ParquetReader, SerReader};

use super::{files, malformed};
use crate::FrameError;

const HINT: &str = "it may be cut short, or have another format";

/// Reads a Parquet file.
///
/// # Errors
/// When the file is missing, cannot be opened, or is not Parquet.
pub fn read_parquet(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| {
        ParquetReader::new(files::open(file)?)
            .set_rechunk(true)
            .finish()
            .map_err(malformed(file, "Parquet", HINT))
    })
}

/// Reads an Arrow IPC file (`.arrow`, `.ipc`, Feather version 2).
///
/// # Errors
/// When the file is missing, cannot be opened, or is not Arrow IPC.
pub fn read_ipc(path: &str) -> Result<DataFrame, FrameError> {
    files::each(path, |file| {
        IpcReader::new(files::open(file)?)
            .finish()
            .map_err(malformed(file, "Arrow IPC", HINT))
    })
}
