//! A search in a process that dies, or that a person interrupts, goes on from its journal.
//!
//! The process is this test binary again, which runs the one test that is ignored.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ferrite_interrupt::Interrupted;
use ferrite_ml::*;

/// Folds of the search, and so calls of the metric for each trial.
const FOLDS: usize = 3;

fn search(journal: Option<&Path>, at: impl Fn(usize) + Send + Sync + 'static) -> RandomSearch {
    let calls = Arc::new(AtomicUsize::new(0));
    let metric = Metric::custom("own", true, move |truth, guess| {
        at(calls.fetch_add(1, Ordering::Relaxed));
        accuracy_score(truth, guess)
    });
    let pipeline = Pipeline::new()
        .step("impute", SimpleImputer::median())
        .step("scale", StandardScaler::new())
        .model(LogisticRegression::new());
    let search = RandomSearch::new(&pipeline)
        .param("model__c", log_uniform(1e-3, 1e2))
        .trials(12)
        .cv(StratifiedKFold::new(FOLDS).seed(2))
        .metric(metric)
        .threads(1)
        .seed(5);
    match journal {
        Some(path) => search.journal(path),
        None => search,
    }
}

fn frame() -> polars::prelude::DataFrame {
    crate::penguins().drop_many(["island", "sex"])
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn a_process_that_ends_early() {
    let Some(path) = std::env::var_os("FERRITE_TEST_JOURNAL").map(PathBuf::from) else {
        return;
    };
    let interrupt = std::env::var_os("FERRITE_TEST_INTERRUPT").is_some();
    let search = search(Some(&path), move |call| {
        if call == 5 * FOLDS + 1 {
            if interrupt {
                ferrite_interrupt::request();
            } else {
                // The trial before this one is on its way to the disk.
                std::thread::sleep(std::time::Duration::from_secs(1));
                std::process::abort();
            }
        }
    });
    let ended = catch_unwind(AssertUnwindSafe(|| search.fit(&frame(), "species")));
    assert!(ended.is_err_and(|payload| payload.is::<Interrupted>()));
}

fn dies(name: &str, interrupt: bool) {
    let path = std::env::temp_dir().join(format!("ferrite-{}-{name}.jsonl", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "crash::a_process_that_ends_early", "--ignored"])
        .env("FERRITE_TEST_JOURNAL", &path);
    if interrupt {
        child.env("FERRITE_TEST_INTERRUPT", "1");
    }
    let ended = child.output().unwrap();
    assert_eq!(
        ended.status.success(),
        interrupt,
        "{}",
        String::from_utf8_lossy(&ended.stdout)
    );
    let whole = search(None, |_| {}).fit(&frame(), "species").unwrap();
    let resumed = search(Some(&path), |_| {})
        .fit(&frame(), "species")
        .unwrap();
    let _ = std::fs::remove_file(&path);
    assert_eq!(resumed.resumed_trials(), 5, "five trials were over");
    let facts = |search: &Search| search.results().drop_many(["fit_time", "predict_time"]);
    assert!(facts(&whole).equals_missing(&facts(&resumed)));
    assert_eq!(whole.best_params(), resumed.best_params());
}

#[test]
fn a_search_goes_on_after_a_crash() {
    dies("crash", false);
}

#[test]
fn a_search_goes_on_after_an_interrupt() {
    dies("interrupt", true);
}
