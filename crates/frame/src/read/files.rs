//! Which files a path means, and their bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame, DataType, IntoLazy, UnionArgs, concat};

use crate::FrameError;

/// How packed files begin.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The files that a path means: one, or with a pattern all that fit.
pub(super) fn meant(path: &str) -> Result<Vec<String>, FrameError> {
    if path.contains("://") {
        return Err(FrameError::Remote {
            path: path.to_owned(),
        });
    }
    let place = expanded(path);
    if !path.contains(['*', '?', '[']) || place.exists() {
        return Ok(vec![place.to_string_lossy().into_owned()]);
    }
    let files = glob::glob(&place.to_string_lossy()).map_err(|cause| {
        FrameError::invalid(
            format!("{path:?} is no pattern of files: {cause}"),
            "* stands for any letters, ? for one, [0-9] for one of these, ** for any folders",
        )
    })?;
    let files: Vec<String> = files
        .flatten()
        .filter(|file| file.is_file())
        .map(|file| file.to_string_lossy().into_owned())
        .collect();
    if files.is_empty() {
        return Err(FrameError::NoFileFits {
            pattern: path.to_owned(),
            directory: std::env::current_dir()
                .map_or_else(|_| "(gone)".to_owned(), |here| here.display().to_string()),
        });
    }
    Ok(files)
}

/// Reads all files that a path means and puts them below each other. Columns
/// that a file does not have are null there; types grow to fit all files.
pub(super) fn each(
    path: &str,
    read: impl Fn(&str) -> Result<DataFrame, FrameError>,
) -> Result<DataFrame, FrameError> {
    let mut frames = Vec::new();
    for file in meant(path)? {
        ferrite_interrupt::checkpoint();
        frames.push(read(&file)?);
    }
    if frames.len() == 1 {
        return Ok(frames.remove(0));
    }
    let below = UnionArgs {
        to_supertypes: true,
        diagonal: true,
        rechunk: true,
        ..UnionArgs::default()
    };
    let frames: Vec<_> = frames.into_iter().map(IntoLazy::lazy).collect();
    Ok(concat(frames, below)?.collect()?)
}

/// Puts the columns that can be lent to arrays and models (floats without gaps)
/// into one piece each. The others stay in the pieces that they were read in:
/// to move all of them would take a tenth of the time of reading.
pub(crate) fn lendable(frame: &mut DataFrame) {
    let can_be = |column: &Column| column.dtype() == &DataType::Float64 && !column.has_nulls();
    let columns = frame.apply_columns_par(|column| match can_be(column) {
        true => column.rechunk(),
        false => column.clone(),
    });
    for column in columns.into_iter().filter(can_be) {
        // It replaces a column of the same name and length.
        let _ = frame.with_column(column);
    }
}

/// Opens a file for reading, or says why not.
pub(super) fn open(path: &str) -> Result<File, FrameError> {
    let file = File::open(path).map_err(|cause| refused(path, cause))?;
    // A folder can be opened like a file; only reading from it would fail.
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        let folder = io::Error::new(io::ErrorKind::IsADirectory, "it is a folder");
        return Err(refused(path, folder));
    }
    Ok(file)
}

/// The bytes of a file, unpacked.
pub(super) fn bytes(path: &str) -> Result<Vec<u8>, FrameError> {
    let mut raw = Vec::new();
    open(path)?
        .read_to_end(&mut raw)
        .map_err(|cause| refused(path, cause))?;
    let mut unpacked = Vec::new();
    let unpacking = if raw.starts_with(&GZIP) {
        flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_end(&mut unpacked)
    } else if raw.starts_with(&ZSTD) {
        zstd::Decoder::with_buffer(raw.as_slice()).and_then(|mut d| d.read_to_end(&mut unpacked))
    } else {
        return Ok(raw);
    };
    match unpacking {
        Ok(_) => Ok(unpacked),
        Err(cause) => Err(FrameError::FileUnreadable {
            path: path.to_owned(),
            cause: io::Error::new(cause.kind(), format!("it cannot be unpacked: {cause}")),
        }),
    }
}

/// Whether a file is packed, as its first bytes tell.
pub(super) fn is_packed(path: &str) -> Result<bool, FrameError> {
    let mut start = [0; 4];
    let got = open(path)?.read(&mut start).unwrap_or(0);
    Ok(start[..got].starts_with(&GZIP) || start[..got].starts_with(&ZSTD))
}

fn refused(path: &str, cause: io::Error) -> FrameError {
    match cause.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FrameError::file_missing(path),
        _ => FrameError::FileUnreadable {
            path: path.to_owned(),
            cause,
        },
    }
}

/// The path with `~/` replaced by the home directory.
pub(super) fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}
