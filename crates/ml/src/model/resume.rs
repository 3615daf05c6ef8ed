//! Training that goes on where it was stopped.
//!
//! A recipe that is given a folder by `.checkpoint(folder)` writes what it has so far
//! into a file there, every few rounds. The file is named by a hash of the recipe and
//! the data, so the folds of a cross-validation or the members of an ensemble have one
//! each, and a fit finds its own only. When a fit is over its file is removed.
//!
//! What is read back is exactly what was in memory, and draws of random numbers are
//! repeated up to there: a fit that was stopped gives the same bytes as one that was not.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::MlError;
use crate::features::Features;
use crate::params::ParamValue;
use crate::persist::{Head, read};
use crate::target::Target;

/// Whether and how often a recipe writes its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checkpoints {
    pub folder: Option<PathBuf>,
    pub every: Option<usize>,
}

/// How many rounds lie between two writes unless set.
const EVERY: usize = 10;

/// One training with its file, if it has one.
#[derive(Debug)]
pub(crate) struct Training {
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    key: [u8; 32],
    every: usize,
}

impl Training {
    /// A training that is not written anywhere.
    pub fn fleeting() -> Self {
        Self { place: None }
    }

    /// The training of a recipe on some data.
    pub fn begin(
        checkpoints: &Checkpoints,
        owner: &'static str,
        params: &[(String, ParamValue)],
        features: &Features,
        target: Option<&Target>,
        weights: Option<&[f64]>,
    ) -> Result<Self, MlError> {
        let Some(folder) = &checkpoints.folder else {
            return Ok(Self::fleeting());
        };
        let every = checkpoints.every.unwrap_or(EVERY);
        super::recipe::at_least_one(owner, "checkpoint_every", every)?;
        fs::create_dir_all(folder).map_err(|error| refused(folder, &error.to_string()))?;
        let key = key(owner, params, features, target, weights);
        let name: String = key[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            place: Some(Place {
                path: folder.join(format!("{owner}-{name}.checkpoint")),
                key,
                every,
            }),
        })
    }

    /// What an earlier fit left, if it was stopped.
    pub fn left<S: DeserializeOwned>(&self) -> Result<Option<S>, MlError> {
        let Some(place) = &self.place else {
            return Ok(None);
        };
        let bytes = match fs::read(&place.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(&place.path, &error.to_string())),
        };
        let body = Head::CHECKPOINT
            .body(&bytes)
            .map_err(|error| place.unusable(error))?
            .1;
        let Some((key, state)) = body.split_at_checked(place.key.len()) else {
            return Err(refused(
                &place.path,
                "it is damaged; delete it to begin anew",
            ));
        };
        if key != place.key {
            return Err(refused(
                &place.path,
                "it belongs to another training, with other parameters or on other data; delete it \
                 to begin anew",
            ));
        }
        read(state).map(Some).map_err(|error| place.unusable(error))
    }

    /// Whether there is a file, so that a state is worth being made.
    pub fn is_kept(&self) -> bool {
        self.place.is_some()
    }

    /// How many rounds may be made in one go.
    pub fn every(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.every)
    }

    /// Writes the state if it is time, by the number of rounds that are over.
    pub fn round<S: Serialize>(
        &self,
        done: usize,
        state: impl FnOnce() -> S,
    ) -> Result<(), MlError> {
        match &self.place {
            Some(place) if done.is_multiple_of(place.every) => place.write(&state()),
            _ => Ok(()),
        }
    }

    /// Removes the file. One that stays behind does no harm: a fit that goes on from it
    /// comes to the same end.
    pub fn over(self) {
        if let Some(place) = self.place {
            fs::remove_file(place.path).ok();
        }
    }

    /// The error of a state that was read but cannot be gone on from.
    pub fn unfit(&self) -> MlError {
        let path = self
            .place
            .as_ref()
            .map_or(Path::new(""), |place| &place.path);
        refused(
            path,
            "its parts do not fit each other; delete it to begin anew",
        )
    }
}

impl Place {
    fn write(&self, state: &impl Serialize) -> Result<(), MlError> {
        let mut body = self.key.to_vec();
        let state =
            postcard::to_stdvec(state).map_err(|error| refused(&self.path, &error.to_string()))?;
        body.extend(state);
        crate::persist::write(&self.path, &Head::CHECKPOINT.around(&body))
    }

    fn unusable(&self, error: MlError) -> MlError {
        let reason = match error {
            MlError::Damaged { reason } => format!("it is damaged: {reason}"),
            MlError::NotSaved { .. } => "it is no checkpoint of a training".to_owned(),
            MlError::NewerFile { .. } => "it was written by a newer version of Ferrite".to_owned(),
            other => other.to_string(),
        };
        refused(&self.path, &format!("{reason}; delete it to begin anew"))
    }
}

fn refused(path: &Path, reason: &str) -> MlError {
    MlError::Checkpoint {
        path: path.display().to_string(),
        reason: reason.to_owned(),
    }
}

/// A hash of all that a fit depends on.
fn key(
    owner: &str,
    params: &[(String, ParamValue)],
    features: &Features,
    target: Option<&Target>,
    weights: Option<&[f64]>,
) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut text = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    text(owner);
    for (name, value) in params {
        text(name);
        // Numbers to the last digit.
        text(&format!("{value:?}"));
    }
    features.names().iter().for_each(|name| text(name));
    match target {
        None => text("no target"),
        Some(Target::Numbers(_)) => text("numbers"),
        Some(Target::Classes(classes)) => classes.names().iter().for_each(|name| text(name)),
    }
    let mut number = |number: u64| hash.update(number.to_le_bytes());
    number(features.rows() as u64);
    features
        .values()
        .iter()
        .for_each(|value| number(value.to_bits()));
    match target {
        None => {}
        Some(Target::Numbers(numbers)) => numbers.iter().for_each(|y| number(y.to_bits())),
        Some(Target::Classes(classes)) => {
            classes.codes().iter().for_each(|code| number(*code as u64))
        }
    }
    weights
        .unwrap_or_default()
        .iter()
        .for_each(|weight| number(weight.to_bits()));
    hash.finalize().into()
}
