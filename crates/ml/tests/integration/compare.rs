//! Comparisons: the leaderboard, rows that fail, the same on any number of threads.

use ferrite_ml::*;
use polars::prelude::*;

use crate::{html, penguins, shown};

fn frame() -> DataFrame {
    penguins().drop_many(["island", "sex"])
}

fn impute() -> Pipeline {
    Pipeline::new().step("impute", SimpleImputer::median())
}

fn five(threads: usize) -> Leaderboard {
    compare(&frame(), "species")
        .add("raw", impute().model(knn(5)))
        .add(
            "scaled",
            impute().step("scale", StandardScaler::new()).model(knn(5)),
        )
        .add(
            "unit",
            impute().step("scale", MinMaxScaler::new()).model(knn(5)),
        )
        .add("gaps", Pipeline::new().model(knn(5)))
        .add(
            "logistic",
            impute()
                .step("scale", StandardScaler::new())
                .model(LogisticRegression::new()),
        )
        .cv(StratifiedKFold::new(5).seed(7))
        .metrics(["accuracy", "f1_macro", "log_loss"])
        .threads(threads)
        .run()
        .unwrap()
}

/// Times differ from run to run.
fn without_times(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for line in text.lines() {
        let timed = |word: &str| word.ends_with("ms") || word.ends_with("µs") || word == "s";
        let mut kept: Vec<&str> = Vec::new();
        for word in line.split_whitespace() {
            if timed(word) {
                kept.pop();
            } else {
                kept.push(word);
            }
        }
        words.push(kept.join(" "));
    }
    words.join("\n")
}

#[test]
fn the_best_comes_first_and_failures_last() {
    let board = five(2);
    assert_eq!(board.names().last(), Some(&"gaps"));
    assert!(
        board
            .error("gaps")
            .unwrap()
            .starts_with("missing values in")
    );
    assert!(board.mean("scaled", "accuracy").unwrap() > board.mean("raw", "accuracy").unwrap());
    let (behind, ends) = board.difference("raw").unwrap();
    let (low, high) = ends.unwrap();
    assert!(
        low < behind && behind < high && high < 0.0,
        "{low} {behind} {high}"
    );
    assert_eq!(board.difference(board.best_name().unwrap()).unwrap().0, 0.0);
    insta::assert_snapshot!(without_times(&shown(&board)));
}

#[test]
fn the_html_has_a_row_for_each() {
    let html = html(&five(2));
    assert_eq!(html.matches("fe-best\"").count(), 1, "one row is the best");
    assert_eq!(html.matches("fe-failed\"").count(), 1);
    // A strip of folds for each that ran, an interval for each but the best.
    assert_eq!(html.matches("<svg").count(), 4 + 3);
    assert_eq!(html.matches("<circle").count(), 4 * 5 + 3);
    assert!(
        !html.contains("NaN") && !html.contains("inf"),
        "no number is missing"
    );
    assert!(!html.contains("<script"));
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let scores = |board: &Leaderboard| {
        ["raw", "scaled", "unit", "logistic"].map(|name| board.scores(name, "log_loss").unwrap())
    };
    let one = five(1);
    for threads in [2, 5] {
        let other = five(threads);
        assert_eq!(one.names(), other.names());
        assert_eq!(scores(&one), scores(&other));
    }
}

#[test]
fn the_frame_has_everything() {
    let frame = five(0).frame().unwrap();
    let names: Vec<&str> = frame
        .columns()
        .iter()
        .map(|column| column.name().as_str())
        .collect();
    assert_eq!(
        names,
        [
            "rank",
            "pipeline",
            "mean_accuracy",
            "std_accuracy",
            "mean_f1_macro",
            "std_f1_macro",
            "mean_log_loss",
            "std_log_loss",
            "fit_time",
            "predict_time",
            "difference",
            "difference_low",
            "difference_high",
            "error",
        ]
    );
    assert_eq!(frame.column("error").unwrap().null_count(), 4);
    assert_eq!(frame.column("rank").unwrap().null_count(), 1);
}

#[test]
fn less_is_better_for_errors() {
    let frame = frame()
        .drop_nulls::<String>(None)
        .unwrap()
        .drop("species")
        .unwrap();
    let linear = |column: &str| {
        Pipeline::new()
            .step(
                "few",
                ColumnTransformer::new().columns("few", [column], [StandardScaler::new().into()]),
            )
            .model(LinearRegression::new())
    };
    let board = compare(&frame, "body_mass_g")
        .add("year", linear("year"))
        .add("flipper", linear("flipper_length_mm"))
        .metrics(["rmse", "r2"])
        .cv(KFold::new(5).seed(1))
        .run()
        .unwrap();
    assert_eq!(board.best_name().unwrap(), "flipper");
    assert!(board.difference("year").unwrap().0 > 0.0);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let frame = frame();
    let told = |plan: Compare| plan.run().unwrap_err().to_string();
    let good = || impute().model(knn(5));
    let errors = [
        told(compare(&frame, "species")),
        told(compare(&frame, "species").add("a", good()).add("a", good())),
        told(compare(&frame, "species").add("a", Pipeline::new())),
        told(compare(&frame, "specie").add("a", good())),
        five(0).mean("scale", "accuracy").unwrap_err().to_string(),
        five(0).mean("scaled", "roc_auc").unwrap_err().to_string(),
        five(0).scores("gaps", "accuracy").unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(errors.join("\n\n"));
    // All fail: a leaderboard that says why, without a best.
    let board = compare(&frame, "species")
        .add("gaps", Pipeline::new().model(knn(5)))
        .add("numbers", impute().model(LinearRegression::new()))
        .run()
        .unwrap();
    assert!(
        board
            .best()
            .unwrap_err()
            .to_string()
            .starts_with("compare: none of the 2 candidates")
    );
    assert!(board.error("numbers").unwrap().contains("regression"));
    assert!(shown(&board).contains("✗ gaps"));
}
