//! The files of fitted pipelines, transformers and clusters, and of training that was stopped.
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
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use crate::MlError;
use crate::cluster::Clusters;
use crate::pipeline::{FittedPipeline, KeptMore, KeptPipeline, KeptRecipe};
use crate::transform::FittedTransformer;

use super::{Kept, read};

/// The first bytes of a file: what it holds, and the newest layout that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    magic: &'static [u8; 8],
    format: u32,
    /// How such a file is read.
    reader: &'static str,
}

impl Head {
    /// Format 2 has, behind the pipeline of format 1, what is known of its training data;
    /// format 3 behind that the recipe.
    pub const PIPELINE: Self = Self::new(b"FERRITE\n", 3, "a fitted pipeline; load(…) reads it");
    pub const CLUSTERS: Self = Self::new(b"FERRITC\n", 1, "clusters; Clusters::load(…) reads them");
    pub const TRANSFORMER: Self = Self::new(
        b"FERRITT\n",
        1,
        "a fitted transformer; load_transformer(…) reads it",
    );
    pub const CHECKPOINT: Self = Self::new(
        b"FERRITK\n",
        1,
        "the state of a training that was stopped; the same fit goes on from it",
    );
    const ALL: [Self; 4] = [
        Self::PIPELINE,
        Self::CLUSTERS,
        Self::TRANSFORMER,
        Self::CHECKPOINT,
    ];

    const fn new(magic: &'static [u8; 8], format: u32, reader: &'static str) -> Self {
        Self {
            magic,
            format,
            reader,
        }
    }

    /// A body with this head before it.
    pub fn around(self, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.magic.len() + 4 + 8 + 32 + body.len());
        bytes.extend_from_slice(self.magic);
        bytes.extend_from_slice(&self.format.to_le_bytes());
        bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&Sha256::digest(body));
        bytes.extend_from_slice(body);
        bytes
    }

    /// The format and the body of a file that has this head and is whole.
    pub fn body(self, bytes: &[u8]) -> Result<(u32, &[u8]), MlError> {
        let mut rest = bytes;
        let magic = take(&mut rest, self.magic.len());
        if magic != Some(self.magic) {
            let other = Self::ALL
                .into_iter()
                .find(|head| magic == Some(head.magic.as_slice()));
            return Err(match other {
                Some(other) => MlError::OtherFile {
                    holds: other.reader,
                },
                None => MlError::NotSaved {
                    path: "this".to_owned(),
                },
            });
        }
        let cut = || damaged("it ends in the middle");
        let format = take(&mut rest, 4).and_then(|b| b.try_into().ok());
        let format = u32::from_le_bytes(format.ok_or_else(cut)?);
        if format > self.format {
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
        Ok((format, rest))
    }
}

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
        let kept = (self.keep()?, self.keep_more(), self.keep_recipe());
        Ok(Head::PIPELINE.around(&body("this pipeline", &kept)?))
    }

    /// A pipeline from what [`to_bytes`](Self::to_bytes) gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MlError> {
        let (format, body) = Head::PIPELINE.body(bytes)?;
        match format {
            0 | 1 => {
                read::<KeptPipeline>(body)?.restore(KeptMore::default(), KeptRecipe::default())
            }
            2 => {
                let (pipeline, more) = read::<(KeptPipeline, KeptMore)>(body)?;
                pipeline.restore(more, KeptRecipe::default())
            }
            _ => {
                let (pipeline, more, recipe) = read::<(KeptPipeline, KeptMore, KeptRecipe)>(body)?;
                pipeline.restore(more, recipe)
            }
        }
    }
}

impl Clusters {
    /// Writes the clusters to a file, from which [`Clusters::load`] reads them.
    ///
    /// ```
    /// use ferrite_ml::{Clusterer, Clusters, KMeans, MlError};
    /// use polars::df;
    ///
    /// let path = std::env::temp_dir().join(format!("doc-{}.clusters", std::process::id()));
    /// let clusters = KMeans::new().n_clusters(2).fit(&df!["x" => [1.0, 1.2, 9.0]]?)?;
    /// clusters.save(&path)?;
    /// let loaded = Clusters::load(&path)?;
    /// assert_eq!(loaded.predict(&df!["x" => [8.0]]?)?.i32()?.get(0), Some(1));
    /// # std::fs::remove_file(path).ok();
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), MlError> {
        write(
            path.as_ref(),
            &Head::CLUSTERS.around(&body("these clusters", self)?),
        )
    }

    /// Reads clusters that [`save`](Self::save) wrote.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, MlError> {
        let bytes = bytes_of(path.as_ref())?;
        let (_, body) = Head::CLUSTERS
            .body(&bytes)
            .map_err(|error| at(path.as_ref(), error))?;
        read::<Self>(body)?.checked()
    }
}

/// Writes a fitted transformer to a file, from which [`load_transformer`] reads it: a
/// scaler, or a [`Pipeline`](crate::Pipeline) of steps without a model.
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, SimpleImputer, StandardScaler, Transformer};
/// use ferrite_ml::{load_transformer, save_transformer};
/// use polars::df;
///
/// let path = std::env::temp_dir().join(format!("doc-{}.steps", std::process::id()));
/// let steps = Pipeline::new()
///     .step("impute", SimpleImputer::mean())
///     .step("scale", StandardScaler::new());
/// let frame = df!["x" => [Some(1.0), None, Some(3.0)]]?;
/// save_transformer(&*Transformer::fit(&steps, &frame)?, &path)?;
/// let loaded = load_transformer(&path)?;
/// assert_eq!(loaded.transform(&frame)?.column("x")?.f64()?.get(1), Some(0.0));
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), MlError>(())
/// ```
pub fn save_transformer(
    fitted: &dyn FittedTransformer,
    path: impl AsRef<Path>,
) -> Result<(), MlError> {
    let kept = Kept::from(fitted.saved()?);
    write(
        path.as_ref(),
        &Head::TRANSFORMER.around(&body("this transformer", &kept)?),
    )
}

/// Reads a transformer that [`save_transformer`] wrote; no code of the file is run.
pub fn load_transformer(path: impl AsRef<Path>) -> Result<Box<dyn FittedTransformer>, MlError> {
    let bytes = bytes_of(path.as_ref())?;
    let (_, body) = Head::TRANSFORMER
        .body(&bytes)
        .map_err(|error| at(path.as_ref(), error))?;
    read::<Kept>(body)?.transformer()
}

fn body(what: &str, kept: &impl serde::Serialize) -> Result<Vec<u8>, MlError> {
    postcard::to_stdvec(kept).map_err(|error| MlError::CannotSave {
        what: what.to_owned(),
        reason: error.to_string(),
    })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, MlError> {
    fs::read(path).map_err(|cause| MlError::File {
        purpose: "read",
        path: path.display().to_string(),
        cause,
    })
}

/// Names the file that is none of ours.
fn at(path: &Path, error: MlError) -> MlError {
    match error {
        MlError::NotSaved { .. } => MlError::NotSaved {
            path: path.display().to_string(),
        },
        other => other,
    }
}

/// Reads a pipeline that [`FittedPipeline::save`] wrote. No code of the file is
/// run: it can only name transformers and models that Ferrite has.
pub fn load(path: impl AsRef<Path>) -> Result<FittedPipeline, MlError> {
    load_from(path.as_ref())
}

fn load_from(path: &Path) -> Result<FittedPipeline, MlError> {
    FittedPipeline::from_bytes(&bytes_of(path)?).map_err(|error| at(path, error))
}

/// Writes beside the file first, so that a full disk leaves the old one whole.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), MlError> {
    // Two threads may write the same file at once.
    static PARTS: AtomicUsize = AtomicUsize::new(0);
    let number = PARTS.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{number}.part", std::process::id()));
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
