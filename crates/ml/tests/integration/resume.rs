//! Training that is stopped goes on where it was, and ends as if it had not been.
//!
//! A listener unwinds at a given round, as an interrupt would; one test lets the process
//! die instead.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use ferrite_interrupt::Interrupted;
use ferrite_ml::*;
use polars::prelude::*;

use crate::penguins;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ferrite-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&path).ok();
        Self(path)
    }

    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(&self.0) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn data() -> (DataFrame, DataFrame) {
    let columns = ["bill_length_mm", "bill_depth_mm", "body_mass_g", "species"];
    let frame = penguins().select(columns).unwrap();
    let classes = frame.drop_nulls::<String>(None).unwrap();
    let numbers = classes.drop("species").unwrap();
    (classes, numbers)
}

fn pipeline(model: impl Estimator + 'static) -> Pipeline {
    Pipeline::new()
        .step("scale", StandardScaler::new())
        .model(model)
}

/// Whether a report is one of rounds of training.
fn is_round(progress: &Progress<'_>) -> bool {
    progress.what.contains(": ") && !progress.what.contains("sequences")
}

/// Stops a fit when so many rounds are over; whether it came so far.
fn stopped_at(rounds: usize, fit: impl FnOnce()) -> bool {
    let stop = move |progress: Progress<'_>| {
        if is_round(&progress) && progress.done >= rounds {
            resume_unwind(Box::new(Interrupted));
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| on_progress(stop, fit)));
    match ended {
        Ok(()) => false,
        Err(payload) if payload.is::<Interrupted>() => true,
        Err(payload) => resume_unwind(payload),
    }
}

/// The first round that a fit tells of, and what it gives.
fn first_round<T>(fit: impl FnOnce() -> T) -> (Option<usize>, T) {
    let first = Rc::new(Cell::new(None));
    let seen = Rc::clone(&first);
    let listen = move |progress: Progress<'_>| {
        if is_round(&progress) && seen.get().is_none() {
            seen.set(Some(progress.done));
        }
    };
    let result = on_progress(listen, fit);
    (first.get(), result)
}

/// Stops after each of these rounds in turn, each time further on, then fits to the end.
fn goes_on(
    name: &str,
    plain: &Pipeline,
    kept: &Pipeline,
    folder: &Folder,
    data: (&DataFrame, &str),
) {
    let fit = |pipeline: &Pipeline| pipeline.fit(data.0, data.1).unwrap().to_bytes().unwrap();
    let whole = fit(plain);
    // Without an interrupt, checkpoints change nothing and leave nothing.
    assert!(fit(kept) == whole, "{name}");
    assert!(folder.files().is_empty(), "{name}");
    for rounds in [3, 5, 9] {
        let stopped = stopped_at(rounds, || drop(fit(kept)));
        assert!(stopped, "{name} has more than {rounds} rounds");
        assert_eq!(folder.files().len(), 1, "{name}");
    }
    let (first, resumed) = first_round(|| fit(kept));
    assert!(
        first.is_some_and(|done| done > 6),
        "{name} began at {first:?}"
    );
    assert!(resumed == whole, "{name}: another model came out");
    assert!(folder.files().is_empty(), "{name} left its file");
}

macro_rules! case {
    ($name:literal, $frame:expr, $target:literal, $model:expr) => {{
        let folder = Folder::new(concat!("resume-", $name));
        let kept = pipeline($model.checkpoint(&folder.0).checkpoint_every(2));
        goes_on($name, &pipeline($model), &kept, &folder, ($frame, $target));
    }};
}

#[test]
fn a_stopped_training_goes_on_and_ends_the_same() {
    let (classes, numbers) = data();
    case!(
        "logistic",
        &classes,
        "species",
        LogisticRegression::new().tol(1e-9)
    );
    case!(
        "ftrl",
        &classes,
        "species",
        FtrlClassifier::new().max_iter(4)
    );
    case!(
        "forest",
        &classes,
        "species",
        RandomForestClassifier::new().n_estimators(30)
    );
    case!(
        "forest-numbers",
        &numbers,
        "body_mass_g",
        RandomForestRegressor::new().n_estimators(30)
    );
    case!(
        "boosting",
        &classes,
        "species",
        GradientBoostingClassifier::new().n_estimators(6)
    );
    case!(
        "boosting-draws",
        &numbers,
        "body_mass_g",
        GradientBoostingRegressor::new()
            .n_estimators(14)
            .subsample(0.6)
    );
}

#[test]
fn stopped_clusters_go_on_and_end_the_same() {
    let folder = Folder::new("resume-clusters");
    let frame = data().1;
    let plain = MiniBatchKMeans::new().n_clusters(4).batch_size(20).seed(3);
    let kept = plain.clone().checkpoint(&folder.0).checkpoint_every(1);
    let whole = plain.fit(&frame).unwrap();
    for rounds in [2, 3] {
        assert!(stopped_at(rounds, || drop(kept.fit(&frame))));
        assert_eq!(folder.files().len(), 1);
    }
    let (first, resumed) = first_round(|| kept.fit(&frame).unwrap());
    assert_eq!(first, Some(4));
    assert!(resumed.labels().equals(&whole.labels()));
    assert!(resumed.centers().unwrap().equals(&whole.centers().unwrap()));
    assert!(folder.files().is_empty());
}

fn forest(folder: &Path) -> RandomForestClassifier {
    RandomForestClassifier::new()
        .n_estimators(20)
        .checkpoint(folder)
        .checkpoint_every(5)
}

#[test]
fn each_training_has_a_file_of_its_own() {
    let folder = Folder::new("resume-own");
    let (frame, _) = data();
    let kept = pipeline(forest(&folder.0));
    let other_seed = pipeline(forest(&folder.0).seed(1));
    let half = frame.head(Some(200));
    assert!(stopped_at(8, || drop(kept.fit(&frame, "species"))));
    assert!(stopped_at(8, || drop(other_seed.fit(&frame, "species"))));
    assert!(stopped_at(8, || drop(kept.fit(&half, "species"))));
    assert_eq!(folder.files().len(), 3);
    // Another recipe does not go on from it and leaves it alone.
    pipeline(forest(&folder.0).seed(2))
        .fit(&frame, "species")
        .unwrap();
    assert_eq!(folder.files().len(), 3);
    // Folds run side by side.
    cross_validate(&kept, &frame, "species")
        .cv(3)
        .run()
        .unwrap();
    assert_eq!(folder.files().len(), 3);
}

#[test]
fn a_checkpoint_that_cannot_be_used_is_told() {
    let folder = Folder::new("resume-damage");
    let (frame, _) = data();
    let kept = pipeline(forest(&folder.0));
    assert!(stopped_at(8, || drop(kept.fit(&frame, "species"))));
    let path = folder.files().remove(0);
    let whole = std::fs::read(&path).unwrap();
    let told = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let error = kept.fit(&frame, "species").unwrap_err();
        assert!(matches!(error, MlError::Checkpoint { .. }));
        error.to_string().replace(&path.display().to_string(), "…")
    };
    let mut changed = whole.clone();
    changed[100] ^= 1;
    let mut messages = vec![
        told(&whole[..whole.len() / 2]),
        told(&changed),
        told(b"a,b\n1,2\n"),
    ];
    // That of another recipe under the name of this one.
    let other = pipeline(forest(&folder.0).seed(1));
    assert!(stopped_at(8, || drop(other.fit(&frame, "species"))));
    let foreign = folder
        .files()
        .into_iter()
        .find(|file| *file != path)
        .unwrap();
    messages.push(told(&std::fs::read(foreign).unwrap()));
    let file = folder.0.join("file");
    std::fs::write(&file, "").unwrap();
    let no_folder = pipeline(forest(&file)).fit(&frame, "species").unwrap_err();
    assert!(matches!(no_folder, MlError::Checkpoint { .. }));
    insta::assert_snapshot!(messages.join("\n"));
    // The whole one is still good.
    std::fs::write(&path, &whole).unwrap();
    kept.fit(&frame, "species").unwrap();
    assert!(!path.exists());
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn a_training_whose_process_dies() {
    let Some(folder) = std::env::var_os("FERRITE_TEST_CHECKPOINTS") else {
        return;
    };
    let die = |progress: Progress<'_>| {
        if progress.what.contains("trees") && progress.done >= 12 {
            std::process::abort();
        }
    };
    let (frame, _) = data();
    let kept = pipeline(forest(Path::new(&folder)));
    on_progress(die, || kept.fit(&frame, "species")).unwrap();
}

#[test]
fn a_training_goes_on_after_a_crash() {
    let folder = Folder::new("resume-crash");
    let ended = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "resume::a_training_whose_process_dies",
            "--ignored",
        ])
        .env("FERRITE_TEST_CHECKPOINTS", &folder.0)
        .output()
        .unwrap();
    assert!(!ended.status.success());
    assert_eq!(
        folder.files().len(),
        1,
        "{}",
        String::from_utf8_lossy(&ended.stdout)
    );
    let (frame, _) = data();
    let resumed = pipeline(forest(&folder.0)).fit(&frame, "species").unwrap();
    let plain = pipeline(RandomForestClassifier::new().n_estimators(20));
    let whole = plain.fit(&frame, "species").unwrap();
    assert!(resumed.to_bytes().unwrap() == whole.to_bytes().unwrap());
    assert!(folder.files().is_empty());
}
