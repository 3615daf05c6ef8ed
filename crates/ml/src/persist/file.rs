//! The file of a fitted pipeline.
//!
//! ```text
//! FERRITE\n   format (u32)   length of the body (u64)   SHA-256 of the body   body
//! ```
//!
//! Numbers are little-endian, so a file can go to any machine. What was cut off or
//! changed on the way does not match the checksum and is refused before anything
//! is read from it.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::MlError;
use crate::pipeline::{FittedPipeline, KeptPipeline};

use super::read;

const MAGIC: &[u8; 8] = b"FERRITE\n";
/// The version of this layout and of [`KeptPipeline`].
const FORMAT: u32 = 1;
const HEADER: usize = MAGIC.len() + 4 + 8 + 32;

impl FittedPipeline {
    /// Writes the pipeline to a file, from which [`load`] reads it. Either the
    /// whole file is there afterwards or none.
    ///
    /// ```
    /// use ferrite_ml::{MlError, Pipeline, knn, load};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [0, 1, 8, 9], "y" => ["a", "a", "b", "b"]]?;
    /// let path = std::env::temp_dir().join(format!("doc-{}.ferrite", std::process::id()));
    /// Pipeline::new().model(knn(1)).fit(&frame, "y")?.save(&path)?;
    /// let loaded = load(&path)?;
    /// assert_eq!(loaded.predict(&df!["x" => [7]]?)?.str()?.get(0), Some("b"));
    /// # std::fs::remove_file(path).ok();
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), MlError> {
        write(path.as_ref(), &self.to_bytes()?)
    }

    /// What [`save`](Self::save) writes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MlError> {
        let body = postcard::to_stdvec(&self.keep()?).map_err(|error| MlError::CannotSave {
            what: "this pipeline".to_owned(),
            reason: error.to_string(),
        })?;
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&Sha256::digest(&body));
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// A pipeline from what [`to_bytes`](Self::to_bytes) gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MlError> {
        let mut rest = bytes;
        if take(&mut rest, MAGIC.len()) != Some(MAGIC) {
            return Err(MlError::NotSaved {
                path: "this".to_owned(),
            });
        }
        let cut = || damaged("it ends in the middle");
        let format = take(&mut rest, 4).and_then(|b| b.try_into().ok());
        let format = u32::from_le_bytes(format.ok_or_else(cut)?);
        if format > FORMAT {
            return Err(MlError::NewerFile {
                what: format!("the format {format}"),
            });
        }
        let length = take(&mut rest, 8).and_then(|b| b.try_into().ok());
        let length = u64::from_le_bytes(length.ok_or_else(cut)?);
        let checksum = take(&mut rest, 32).ok_or_else(cut)?;
        match (rest.len() as u64).cmp(&length) {
            std::cmp::Ordering::Less => return Err(cut()),
            std::cmp::Ordering::Greater => return Err(damaged("there is more behind its end")),
            std::cmp::Ordering::Equal => {}
        }
        if Sha256::digest(rest).as_slice() != checksum {
            return Err(damaged("its checksum does not match"));
        }
        read::<KeptPipeline>(rest)?.restore()
    }
}

/// Reads a pipeline that [`FittedPipeline::save`] wrote. No code of the file is
/// run: it can only name transformers and models that Ferrite has.
pub fn load(path: impl AsRef<Path>) -> Result<FittedPipeline, MlError> {
    load_from(path.as_ref())
}

fn load_from(path: &Path) -> Result<FittedPipeline, MlError> {
    let bytes = fs::read(path).map_err(|cause| MlError::File {
        purpose: "read",
        path: path.display().to_string(),
        cause,
    })?;
    FittedPipeline::from_bytes(&bytes).map_err(|error| match error {
        MlError::NotSaved { .. } => MlError::NotSaved {
            path: path.display().to_string(),
        },
        other => other,
    })
}

/// Writes beside the file first, so that a full disk leaves the old one whole.
fn write(path: &Path, bytes: &[u8]) -> Result<(), MlError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    written.map_err(|cause| {
        // Nothing more can be done about a part that cannot be removed.
        fs::remove_file(&part).ok();
        MlError::File {
            purpose: "write",
            path: path.display().to_string(),
            cause,
        }
    })
}

fn damaged(reason: &str) -> MlError {
    MlError::Damaged {
        reason: reason.to_owned(),
    }
}

/// The next `count` bytes, if there are as many.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}
