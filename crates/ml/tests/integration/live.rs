//! What a person sees while work goes on: one output, updated, that ends in one line.

use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use ferrite_display::MimeBundle;
use ferrite_display::comm::CommMessage;
use ferrite_display::sink::{self, Sink};
use ferrite_ml::*;

use crate::penguins;

/// Whether it is new, its id, and what is shown.
type Output = (bool, String, MimeBundle);

/// Outputs of all tests of this process.
static SEEN: OnceLock<Mutex<Vec<Output>>> = OnceLock::new();

struct Recorder;

fn seen() -> &'static Mutex<Vec<Output>> {
    SEEN.get_or_init(|| {
        sink::install(Box::new(Recorder));
        Mutex::default()
    })
}

/// Locked, also after a test that failed while it looked.
fn record() -> MutexGuard<'static, Vec<Output>> {
    seen().lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sink for Recorder {
    fn display(&self, bundle: &MimeBundle, id: Option<&str>) {
        let id = id.unwrap_or("").to_owned();
        record().push((true, id, bundle.clone()));
    }

    fn result(&self, _bundle: &MimeBundle) {}

    fn update(&self, bundle: &MimeBundle, id: &str) {
        record().push((false, id.to_owned(), bundle.clone()));
    }

    fn clear(&self, _wait: bool) {}

    fn comm(&self, _message: &CommMessage) {}

    fn input(&self, _prompt: &str, _password: bool) -> io::Result<String> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// A metric that takes its time, so that there is something to see.
fn slow() -> Metric {
    Metric::custom("slow", true, |truth, guess| {
        std::thread::sleep(Duration::from_millis(60));
        accuracy_score(truth, guess)
    })
}

/// The outputs whose first text has this word, in order.
fn outputs_with(word: &str) -> Vec<(bool, MimeBundle)> {
    let seen = record();
    let has = |bundle: &MimeBundle| {
        bundle
            .get("text/html")
            .is_some_and(|html| html.contains(word))
    };
    let id = seen
        .iter()
        .find(|(_, _, bundle)| has(bundle))
        .map(|(_, id, _)| id.clone());
    let id = id.expect("something was shown");
    seen.iter()
        .filter(|(_, of, _)| *of == id)
        .map(|(new, _, b)| (*new, b.clone()))
        .collect()
}

fn pipeline() -> Pipeline {
    Pipeline::new()
        .step("impute", SimpleImputer::median())
        .step("scale", StandardScaler::new())
        .model(knn(5))
}

#[test]
fn rows_of_a_comparison_fill_in() {
    seen();
    let frame = penguins().drop_many(["island", "sex"]);
    compare(&frame, "species")
        .add("watched one", pipeline())
        .add("watched two", Pipeline::new().model(knn(5)))
        .cv(5)
        .metrics([slow()])
        .threads(1)
        .run()
        .unwrap();
    let outputs = outputs_with("watched one");
    assert!(outputs.len() > 2, "{} outputs", outputs.len());
    assert!(
        outputs[0].0 && outputs[1..].iter().all(|(new, _)| !new),
        "one output, updated"
    );
    let text = |i: usize| outputs[i].1.get("text/plain").unwrap();
    // The first number of "fit 3 of 10".
    let counts: Vec<usize> = (0..outputs.len() - 1)
        .map(|i| {
            text(i)
                .split_whitespace()
                .nth(1)
                .and_then(|n| n.parse().ok())
                .unwrap()
        })
        .collect();
    assert!(
        counts.is_sorted() && counts[0] < *counts.last().unwrap(),
        "{counts:?}"
    );
    let first = outputs[0].1.get("text/html").unwrap();
    assert!(
        first.contains("waiting") || counts[0] > 0,
        "rows begin empty"
    );
    let last = text(outputs.len() - 1);
    assert!(
        last.starts_with("compared 2 pipelines on 5 folds in"),
        "{last}"
    );
    assert!(last.contains("best: watched one"), "{last}");
}

#[test]
fn a_search_tells_how_far_it_is() {
    seen();
    let frame = penguins().drop_many(["island", "sex"]);
    GridSearch::new(&pipeline())
        .param("model__n_neighbors", [1, 3, 5])
        .param("impute__strategy", ["mean", "watched strategy", "median"])
        .cv(2)
        .metrics([slow()])
        .threads(1)
        .fit(&frame, "species")
        .unwrap();
    let seen = record();
    let texts: Vec<&str> = seen
        .iter()
        .filter_map(|(_, _, bundle)| bundle.get("text/plain"))
        .filter(|text| text.starts_with("GridSearch") && text.contains("of 9"))
        .collect();
    assert!(
        texts
            .iter()
            .any(|text| text.contains("left · best slow 0.9")),
        "{texts:?}"
    );
    let last = seen
        .iter()
        .filter_map(|(_, _, bundle)| bundle.get("text/plain"));
    assert!(
        last.into_iter()
            .any(|t| t.starts_with("GridSearch: 9 trials") && t.contains("; 3 failed"))
    );
}

#[test]
fn a_fit_that_takes_its_time_shows_its_steps() {
    seen();
    let slow = |name: &str| {
        FunctionTransformer::new(name, |frame| {
            std::thread::sleep(Duration::from_millis(150));
            Ok(frame.clone())
        })
    };
    let frame = penguins().drop_many(["island", "sex"]);
    let mut steps = Pipeline::new().step("impute", SimpleImputer::median());
    for number in 0..8 {
        steps = steps.step(format!("s{number}"), slow("watched step"));
    }
    steps.model(knn(5)).fit(&frame, "species").unwrap();
    let outputs = outputs_with("watched step");
    assert!(
        outputs[0].0 && outputs[1..].iter().all(|(new, _)| !new),
        "one output, updated"
    );
    let texts: Vec<&str> = outputs
        .iter()
        .filter_map(|(_, b)| b.get("text/plain"))
        .collect();
    assert!(
        texts[0].contains("watched step") && texts[0].ends_with("of 10"),
        "{texts:?}"
    );
    assert!(texts.last().unwrap().starts_with("fitted in "), "{texts:?}");
    // Folds have one bar for all of them, not one for each.
    let before = record().len();
    let pipeline = Pipeline::new()
        .step("s", slow("watched fold"))
        .model(knn(5));
    let pipeline = pipeline.with_param("model__n_neighbors", 3).unwrap();
    let frame = frame.drop_nulls::<String>(None).unwrap();
    cross_validate(&pipeline, &frame, "species")
        .cv(4)
        .threads(1)
        .run()
        .unwrap();
    let shows = |output: &Output| {
        output
            .2
            .get("text/plain")
            .is_some_and(|t| t.contains("watched fold"))
    };
    assert!(!record()[before..].iter().any(shows));
}
