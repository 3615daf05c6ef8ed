//! Searches: seeds, threads, journals, early ends, errors.

use std::path::PathBuf;

use ferrite_ml::*;
use polars::prelude::*;
use proptest::prelude::*;

use crate::{floats, html, penguins, shown};

fn frame() -> DataFrame {
    penguins().drop_many(["island", "sex"])
}

fn pipeline() -> Pipeline {
    Pipeline::new()
        .step("impute", SimpleImputer::median())
        .step("scale", StandardScaler::new())
        .model(LogisticRegression::new())
}

fn random(trials: usize) -> RandomSearch {
    RandomSearch::new(&pipeline())
        .param("model__c", log_uniform(1e-3, 1e2))
        .param("impute__strategy", ["mean", "median"])
        .trials(trials)
        .cv(StratifiedKFold::new(3).seed(1))
        .metric("f1_macro")
        .seed(7)
}

fn tpe(trials: usize) -> TpeSearch {
    TpeSearch::new(&pipeline())
        .param("model__c", log_uniform(1e-3, 1e2))
        .param("impute__strategy", ["mean", "median"])
        .param("scale__with_mean", [true, false])
        .trials(trials)
        .cv(StratifiedKFold::new(3).seed(1))
        .metrics(["log_loss", "accuracy"])
        .seed(3)
}

/// Everything but times.
fn facts(search: &Search) -> DataFrame {
    search.results().drop_many(["fit_time", "predict_time"])
}

/// A file that is gone at the end of the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("ferrite-{}-{name}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_seed_gives_the_same_search_on_any_number_of_threads() {
    let one = tpe(22).threads(1).fit(&frame(), "species").unwrap();
    for threads in [2, 5] {
        let other = tpe(22).threads(threads).fit(&frame(), "species").unwrap();
        assert!(
            facts(&one).equals_missing(&facts(&other)),
            "{threads} threads"
        );
        assert_eq!(one.best_params(), other.best_params());
        assert_eq!(one.importances(), other.importances());
    }
    let seeded = tpe(12).seed(4).fit(&frame(), "species").unwrap();
    assert!(!facts(&one).head(Some(12)).equals_missing(&facts(&seeded)));
}

#[test]
fn more_trials_begin_with_the_same_ones() {
    let (few, many) = (random(5), random(9));
    let (few, many) = (
        few.fit(&frame(), "species").unwrap(),
        many.fit(&frame(), "species").unwrap(),
    );
    let first = |search: &Search| floats(search.results(), "model__c")[..5].to_vec();
    assert_eq!(first(&few), first(&many));
}

#[test]
fn the_best_pipeline_is_refitted_on_all_rows() {
    let search = random(6).fit(&frame(), "species").unwrap();
    assert_eq!(search.best().rows(), 344);
    let again = cross_validate(search.best_pipeline(), &frame(), "species")
        .cv(StratifiedKFold::new(3).seed(1))
        .metrics(["f1_macro"])
        .run()
        .unwrap();
    assert_eq!(again.mean("f1_macro").unwrap(), search.best_score());
    let best = floats(search.results(), "mean_f1_macro")
        .into_iter()
        .fold(0.0, f64::max);
    assert_eq!(search.best_score(), best);
}

#[test]
fn tpe_looks_where_it_is_good() {
    let frame = frame();
    let search = tpe(40).fit(&frame, "species").unwrap();
    let losses = floats(search.results(), "mean_log_loss");
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    assert!(
        mean(&losses[10..]) < mean(&losses[..10]),
        "later trials are better"
    );
    let lots = RandomSearch::new(&pipeline())
        .param("model__c", log_uniform(1e-3, 1e2))
        .trials(10)
        .cv(StratifiedKFold::new(3).seed(1))
        .metric("log_loss")
        .fit(&frame, "species")
        .unwrap();
    assert!(search.best_score() <= lots.best_score());
    // The penalty decides; how gaps are filled does not.
    let importance = search.importances();
    assert!(
        importance[0].1 > 0.5 && importance[1].1 < 0.2,
        "{importance:?}"
    );
}

#[test]
fn halving_ends_with_one_on_all_rows() {
    let search = HalvingSearch::new(&pipeline())
        .param("model__c", log_uniform(1e-3, 1e2))
        .candidates(12)
        .factor(3)
        .cv(StratifiedKFold::new(3).seed(1))
        .metric("log_loss")
        .fit(&frame(), "species")
        .unwrap();
    let results = search.results();
    let rounds: Vec<u32> = results
        .column("round")
        .unwrap()
        .u32()
        .unwrap()
        .iter()
        .flatten()
        .collect();
    let count = |round: u32| rounds.iter().filter(|r| **r == round).count();
    assert_eq!([count(0), count(1), count(2), count(3)], [12, 4, 2, 1]);
    let rows: Vec<Option<u64>> = results
        .column("rows")
        .unwrap()
        .u64()
        .unwrap()
        .iter()
        .collect();
    assert!(
        rows[0].is_some_and(|rows| rows < 30) && rows[18].is_none(),
        "{rows:?}"
    );
    let last = floats(results, "mean_log_loss")[18];
    assert_eq!(search.best_score(), last);
}

#[test]
fn a_search_without_progress_ends_early() {
    let search = GridSearch::new(&pipeline())
        .param(
            "model__max_iter",
            (100..=160)
                .map(Some)
                .map(ParamValue::from)
                .collect::<Vec<_>>(),
        )
        .cv(2)
        .patience(10)
        .fit(&frame(), "species")
        .unwrap();
    assert!(search.stopped_early());
    assert_eq!(search.results().height(), 16, "two batches of eight");
    assert!(shown(&search).contains("stopped early"));
}

#[test]
fn a_trial_that_fails_is_a_row() {
    let search = GridSearch::new(&pipeline())
        .param("model__c", [-1.0, 1.0])
        .param("impute__strategy", ["median", "guess"])
        .cv(2)
        .fit(&frame(), "species")
        .unwrap();
    let errors = search.results().column("error").unwrap().clone();
    assert_eq!(errors.null_count(), 1);
    assert!(shown(&search).contains("3 failed"));
    let all = GridSearch::new(&pipeline())
        .param("model__c", [-1.0, -2.0])
        .fit(&frame(), "species");
    insta::assert_snapshot!(all.unwrap_err().to_string());
}

#[test]
fn what_cannot_be_searched_is_told() {
    let frame = frame();
    let told = |search: RandomSearch| search.fit(&frame, "species").unwrap_err().to_string();
    let plan = || RandomSearch::new(&pipeline()).cv(2);
    let errors = [
        told(plan()),
        told(plan().param("model__C", [1.0])),
        told(plan().param("modell__c", [1.0])),
        told(plan().param("model__c", ["much"])),
        told(plan().param("model__c", Vec::<f64>::new())),
        told(plan().param("model__c", log_uniform(0.0, 1.0))),
        told(plan().param("model__c", uniform(2.0, 1.0))),
        told(plan().param("model__c", uniform(0.0, f64::INFINITY))),
        told(plan().param("model__max_iter", 5..5)),
        told(plan().param("model__c", [1.0]).param("model__c", [2.0])),
        told(plan().param("model__c", [1.0]).trials(0)),
        told(plan().param("model__c", [1.0]).metric("acuracy")),
        GridSearch::new(&pipeline())
            .param("model__c", log_uniform(0.1, 1.0))
            .fit(&frame, "species")
            .unwrap_err()
            .to_string(),
    ];
    insta::assert_snapshot!(errors.join("\n\n"));
}

#[test]
fn a_journal_goes_on_where_it_was() {
    let file = Scratch::new("goes-on");
    let whole = tpe(18).fit(&frame(), "species").unwrap();
    let begun = tpe(11).journal(&file.0).fit(&frame(), "species").unwrap();
    assert_eq!(begun.resumed_trials(), 0);
    let resumed = tpe(18).journal(&file.0).fit(&frame(), "species").unwrap();
    assert_eq!(resumed.resumed_trials(), 11);
    assert!(facts(&whole).equals_missing(&facts(&resumed)));
    assert!(shown(&resumed).contains("11 came from the journal"));
    // Nothing is left to do: not even times change.
    let again = tpe(18).journal(&file.0).fit(&frame(), "species").unwrap();
    assert!(resumed.results().equals_missing(again.results()));
    assert_eq!(again.resumed_trials(), 18);
}

#[test]
fn a_journal_of_successive_halving_goes_on_where_it_was() {
    let file = Scratch::new("halving");
    let halving = || {
        HalvingSearch::new(&pipeline())
            .param("model__c", log_uniform(1e-3, 1e2))
            .candidates(9)
            .cv(StratifiedKFold::new(3).seed(1))
            .metric("log_loss")
            .seed(7)
    };
    let whole = halving().fit(&frame(), "species").unwrap();
    let noted = halving().journal(&file.0).fit(&frame(), "species").unwrap();
    assert!(facts(&whole).equals_missing(&facts(&noted)));
    // The heading, then a line for each trial: it died in its second round.
    let text = std::fs::read_to_string(&file.0).unwrap();
    assert_eq!(text.lines().count(), 1 + 9 + 3 + 1);
    let some: Vec<&str> = text.lines().take(1 + 9 + 2).collect();
    std::fs::write(&file.0, some.join("\n") + "\n").unwrap();
    let resumed = halving().journal(&file.0).fit(&frame(), "species").unwrap();
    assert_eq!(resumed.resumed_trials(), 11);
    assert!(facts(&whole).equals_missing(&facts(&resumed)));
    assert_eq!(whole.best_params(), resumed.best_params());
    let again = halving().journal(&file.0).fit(&frame(), "species").unwrap();
    assert_eq!(again.resumed_trials(), 13);
    // Nine candidates are another search than twelve.
    let more = halving()
        .candidates(12)
        .journal(&file.0)
        .fit(&frame(), "species");
    assert!(more.is_err_and(|error| error.to_string().contains("another search")));
}

#[test]
fn a_journal_of_another_search_is_refused() {
    let file = Scratch::new("another");
    random(3).journal(&file.0).fit(&frame(), "species").unwrap();
    let told = |search: RandomSearch, frame: DataFrame| {
        let error = search
            .journal(&file.0)
            .fit(&frame, "species")
            .unwrap_err()
            .to_string();
        error.replace(&file.0.display().to_string(), "search.jsonl")
    };
    let mut errors = vec![
        told(random(3).seed(8), frame()),
        told(random(3).metric("accuracy"), frame()),
        told(random(3).cv(4), frame()),
        told(random(3).param("scale__with_mean", [true]), frame()),
        told(random(3).cv(StratifiedKFold::new(3).seed(1)), {
            let mut other = frame();
            let year = other.column("year").unwrap() + 1;
            other.with_column(year).unwrap();
            other
        }),
    ];
    let text = std::fs::read_to_string(&file.0).unwrap();
    let damaged = text.replacen("\"trial\":1", "\"trial\":x", 1);
    std::fs::write(&file.0, damaged).unwrap();
    // Trials stand in the order in which they ended.
    let line = text
        .lines()
        .position(|l| l.contains("\"trial\":1"))
        .unwrap()
        + 1;
    let error = told(random(3), frame());
    let place = format!("line {line} is damaged");
    assert!(error.contains(&place), "{error}");
    errors.push(error.replace(&place, "line N is damaged"));
    std::fs::write(&file.0, "shopping list\n").unwrap();
    errors.push(told(random(3), frame()));
    insta::assert_snapshot!(errors.join("\n\n"));
}

#[test]
fn a_search_shows_itself() {
    let search = tpe(14).fit(&frame(), "species").unwrap();
    let text = shown(&search);
    assert!(text.starts_with("best log_loss 0."), "{text}");
    assert!(text.contains("importance\n  model__c"), "{text}");
    let html = html(&search);
    assert_eq!(html.matches("<title>trial ").count(), 14, "a mark for each");
    assert!(!html.contains("NaN") && !html.contains("<script"));
    assert!(search.importance().svg().unwrap().contains("model__c"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A process may die at any byte.
    #[test]
    fn any_beginning_of_a_journal_leads_to_the_same_result(part in 0.0_f64..1.0) {
        let file = Scratch::new("cut");
        let small = || random(5).cv(2);
        let frame = frame();
        let whole = small().journal(&file.0).fit(&frame, "species").unwrap();
        let bytes = std::fs::read(&file.0).unwrap();
        // A heading that is cut is no journal yet; it is written anew.
        let cut = (part * bytes.len() as f64) as usize;
        std::fs::write(&file.0, &bytes[..cut]).unwrap();
        let resumed = small().journal(&file.0).fit(&frame, "species").unwrap();
        prop_assert!(facts(&whole).equals_missing(&facts(&resumed)));
        let again = small().journal(&file.0).fit(&frame, "species").unwrap();
        prop_assert_eq!(again.resumed_trials(), 5);
    }
}
