//! A search on disk: one line of JSON for each trial that is over, so that an interrupt,
//! a crash or a power cut costs the trials that were running and no other.
//!
//! The first line says what is searched. A journal of another search is refused with the
//! difference; a last line that was not written to its end is cut off.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::trial::Outcome;
use crate::columns::{self, Kind};
use crate::params::ParamValue;
use crate::{Fold, MlError};

/// What is searched, as the first line has it. Everything that scores depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Heading {
    /// The format; 1.
    pub ferrite_search: u32,
    pub strategy: String,
    pub space: String,
    pub pipeline: String,
    pub target: String,
    pub metrics: Vec<String>,
    pub seed: u64,
    pub folds: String,
    pub data: String,
}

/// A trial that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    pub trial: usize,
    pub round: usize,
    pub values: Vec<ParamValue>,
    pub outcome: Outcome,
}

/// An open journal with what was read from it.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Trials of an earlier run.
    pub known: Vec<Line>,
}

impl Journal {
    /// Opens or makes a journal. While it is open, no other search can write to it.
    pub fn open(path: &Path, heading: &Heading) -> Result<Self, MlError> {
        let fail = |reason: String| MlError::Journal {
            path: path.display().to_string(),
            reason,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| fail(error.to_string()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(fail("another search is writing to it".to_owned()));
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| fail(error.to_string()))?;
        // What stands behind the last line end was not written to its end.
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let text = std::str::from_utf8(&bytes[..whole])
            .map_err(|_| fail("it is not text; it is no journal of a search".to_owned()))?;
        let mut known = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let damaged = |error: serde_json::Error| {
                fail(format!(
                    "line {} is damaged ({error}); delete that line, or the file to begin anew",
                    number + 1
                ))
            };
            if number == 0 {
                let found: Heading = serde_json::from_str(line).map_err(|_| {
                    fail("it is no journal of a search; choose another file".to_owned())
                })?;
                if let Some(difference) = found.difference(heading) {
                    return Err(fail(format!(
                        "it belongs to another search: {difference}\n       \
                         choose another file, or delete it to begin anew"
                    )));
                }
                continue;
            }
            known.push(serde_json::from_str(line).map_err(damaged)?);
        }
        let write = |file: &mut File| -> std::io::Result<()> {
            file.set_len(whole as u64)?;
            file.seek(SeekFrom::Start(whole as u64))?;
            if whole == 0 {
                let line = serde_json::to_string(heading)?;
                file.write_all(format!("{line}\n").as_bytes())?;
                file.sync_data()?;
            }
            Ok(())
        };
        write(&mut file).map_err(|error| fail(error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            known,
        })
    }

    /// Notes a trial; it is on disk when this returns.
    pub fn note(&mut self, line: &Line) -> Result<(), MlError> {
        let write = |file: &mut File| -> std::io::Result<()> {
            let line = serde_json::to_string(line)?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_data()
        };
        write(&mut self.file).map_err(|error| MlError::Journal {
            path: self.path.display().to_string(),
            reason: format!("a trial could not be written: {error}"),
        })
    }

    /// A trial of an earlier run with the same values.
    pub fn known(&self, trial: usize, round: usize, values: &[ParamValue]) -> Option<&Line> {
        self.known
            .iter()
            .find(|line| line.trial == trial && line.round == round && line.values == values)
    }
}

impl Heading {
    /// The first thing in which another heading differs.
    fn difference(&self, other: &Self) -> Option<String> {
        let differs = |what: &str, ours: &str, theirs: &str| {
            (ours != theirs).then(|| format!("its {what} is {ours}, but here it is {theirs}"))
        };
        if self.ferrite_search != other.ferrite_search {
            return Some("it was written by another version of Ferrite".to_owned());
        }
        differs("search", &self.strategy, &other.strategy)
            .or_else(|| differs("target", &self.target, &other.target))
            .or_else(|| {
                differs(
                    "list of metrics",
                    &self.metrics.join(", "),
                    &other.metrics.join(", "),
                )
            })
            .or_else(|| differs("seed", &self.seed.to_string(), &other.seed.to_string()))
            .or_else(|| differs("set of parameters", &self.space, &other.space))
            .or_else(|| {
                (self.pipeline != other.pipeline).then(|| "the pipeline is another one".to_owned())
            })
            .or_else(|| (self.folds != other.folds).then(|| "the folds are other ones".to_owned()))
            .or_else(|| (self.data != other.data).then(|| "the frame is another one".to_owned()))
    }
}

/// A hash of names, types and values.
pub(super) fn data_hash(frame: &DataFrame) -> Result<String, MlError> {
    let mut hash = Sha256::new();
    for column in frame.columns() {
        let name = column.name().as_str();
        hash.update(format!("{name}\0{}\0{}\0", column.dtype(), column.len()));
        if Kind::of(column.dtype()) == Kind::Number {
            for value in columns::numbers(frame, name)? {
                hash.update(value.map_or([0xff; 8], f64::to_le_bytes));
            }
        } else {
            for value in columns::texts(frame, name)? {
                let value = value.unwrap_or_else(|| "\u{1}".to_owned());
                hash.update((value.len() as u64).to_le_bytes());
                hash.update(value);
            }
        }
    }
    Ok(hex(hash))
}

/// A hash of the rows of all folds.
pub(super) fn folds_hash(folds: &[Fold]) -> String {
    let mut hash = Sha256::new();
    for fold in folds {
        for side in [&fold.train, &fold.test] {
            hash.update((side.len() as u64).to_le_bytes());
            side.iter()
                .for_each(|row| hash.update((*row as u64).to_le_bytes()));
        }
    }
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
