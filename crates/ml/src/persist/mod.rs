//! Fitted things as bytes, and back.
//!
//! What a transformer or model learned is plain data: numbers, names and types.
//! It is written by `postcard` with the name of its kind and a version. Reading
//! goes through a table from kinds to functions, so a file can only ever name
//! what this crate knows how to read: loading runs no code of the file's.

mod depth;
pub(crate) mod dtype;
mod file;
mod recipe;

pub(crate) use file::{Head, write};
pub use file::{load, load_transformer, save_transformer};
pub use recipe::SavedRecipe;
pub(crate) use recipe::{Kind, SavedPart, kinds};

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::model::FittedModel;
use crate::transform::FittedTransformer;

/// What a fitted transformer or model learned, ready to be written to a file.
///
/// ```
/// use ferrite_ml::{FittedTransformer, MlError, StandardScaler};
/// use polars::df;
///
/// let saved = StandardScaler::new().fit(&df!["x" => [1.0, 3.0]]?)?.saved()?;
/// assert_eq!((saved.kind, saved.version), ("Scaler", 1));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Which reader understands the body: `"LogisticRegression"`.
    pub kind: &'static str,
    /// The version of the body's layout; it grows when the layout changes.
    pub version: u32,
    /// The data.
    pub body: Vec<u8>,
}

impl Saved {
    /// The bytes of what was learned.
    pub(crate) fn of<T: Serialize + ?Sized>(
        kind: &'static str,
        version: u32,
        learned: &T,
    ) -> Result<Self, MlError> {
        let body = postcard::to_stdvec(learned).map_err(|error| MlError::CannotSave {
            what: kind.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            kind,
            version,
            body,
        })
    }
}

/// A [`Saved`] inside of another one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    kind: String,
    version: u32,
    body: Vec<u8>,
}

impl From<Saved> for Kept {
    fn from(saved: Saved) -> Self {
        Self {
            kind: saved.kind.to_owned(),
            version: saved.version,
            body: saved.body,
        }
    }
}

impl Kept {
    /// The fitted transformer.
    pub fn transformer(&self) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.restore(crate::transform::LOADERS)
    }

    /// The fitted model.
    pub fn model(&self) -> Result<Box<dyn FittedModel>, MlError> {
        self.restore(crate::model::LOADERS)
    }

    fn restore<T: ?Sized>(&self, loaders: &[Loader<T>]) -> Result<Box<T>, MlError> {
        let loader = loaders
            .iter()
            .find(|loader| loader.kind == self.kind && loader.version >= self.version)
            .ok_or_else(|| MlError::NewerFile {
                what: format!("a {} of version {}", self.kind, self.version),
            })?;
        let _level = depth::Level::enter()?;
        (loader.load)(&self.body)
    }
}

/// One row of the table of kinds.
pub(crate) struct Loader<T: ?Sized> {
    pub kind: &'static str,
    /// The newest version that `load` reads.
    pub version: u32,
    pub load: fn(&[u8]) -> Result<Box<T>, MlError>,
}

impl Loader<dyn FittedModel> {
    /// A model that is read as it was written.
    pub const fn model<T>(kind: &'static str, version: u32) -> Self
    where
        T: FittedModel + DeserializeOwned + 'static,
    {
        Self {
            kind,
            version,
            load: |body| Ok(Box::new(read::<T>(body)?)),
        }
    }
}

impl Loader<dyn FittedTransformer> {
    /// A transformer that is read as it was written.
    pub const fn transformer<T>(kind: &'static str, version: u32) -> Self
    where
        T: FittedTransformer + DeserializeOwned + 'static,
    {
        Self {
            kind,
            version,
            load: |body| Ok(Box::new(read::<T>(body)?)),
        }
    }
}

/// Data that [`Saved::of`] wrote.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, MlError> {
    let (value, rest) = postcard::take_from_bytes(body).map_err(|error| MlError::Damaged {
        reason: error.to_string(),
    })?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(MlError::Damaged {
            reason: format!("{} bytes are left over", rest.len()),
        })
    }
}

/// Reads a list whose entries may hold such lists themselves; for
/// `#[serde(deserialize_with = "…")]`.
pub(crate) fn not_too_deep<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let _level = depth::Level::enter().map_err(D::Error::custom)?;
    Vec::deserialize(deserializer)
}
