//! Words of 3,162 passages of real speeches are counted and weighed as scikit-learn does,
//! and naive Bayes finds the party of the speaker as often (`../reference/make_explanations.py`).

use std::collections::HashMap;

use ferrite_ml::*;
use polars::prelude::*;
use serde_json::Value;

use crate::frozen::{all_close, close, numbers, rows, texts};
use crate::reference_explanations::explanations;

fn speeches() -> DataFrame {
    let all = ferrite_frame::datasets::speeches().unwrap();
    all.select(["text", "party"]).unwrap()
}

/// Fails unless the words, their sums and some rows are the same.
fn compare(want: &Value, key: &str, vectorizer: &dyn Transformer) {
    let want = &want[key];
    let texts_only = speeches().drop("party").unwrap();
    let (fitted, found) = vectorizer
        .fit_transform_with_target(&texts_only, None)
        .unwrap();
    let words = texts(&want["words"]);
    assert_eq!(found.width(), words.len(), "{key}");
    let names: HashMap<String, usize> = fitted
        .feature_names()
        .into_iter()
        .enumerate()
        .map(|(at, name)| (name, at))
        .collect();
    let sums = numbers(&want["sums"]);
    let mut columns = Vec::new();
    for (word, sum) in words.iter().zip(&sums) {
        let at = names
            .get(word)
            .or_else(|| names.get(&format!("text_{word}")));
        let at = *at.unwrap_or_else(|| panic!("{key}: no word {word:?}"));
        let column = found.columns()[at].cast(&DataType::Float64).unwrap();
        let column: Vec<f64> = column.f64().unwrap().iter().flatten().collect();
        let ours: f64 = column.iter().sum();
        assert!(
            (ours - sum).abs() <= 1e-9 * sum.max(1.0),
            "{key} {word}: {ours}, not {sum}"
        );
        columns.push(column);
    }
    let values = want["values"].as_array().unwrap();
    for (row, pairs) in rows(&want["rows"]).into_iter().zip(values) {
        let mut wanted = vec![0.0; words.len()];
        for pair in pairs.as_array().unwrap() {
            let pair = numbers(pair);
            wanted[pair[0] as usize] = pair[1];
        }
        for (at, wanted) in wanted.iter().enumerate() {
            let ours = columns[at][row];
            assert!(
                (ours - wanted).abs() < 1e-9,
                "{key}, row {row}, {}: {ours}, not {wanted}",
                words[at]
            );
        }
    }
}

#[test]
fn words_of_real_speeches_are_counted_and_weighed() {
    let want = &explanations()["speeches"];
    close(speeches().height() as f64, &want["rows"], 0.0, "passages");
    compare(
        want,
        "count",
        &CountVectorizer::new().min_df(20.0).max_df(0.5),
    );
    compare(want, "tfidf", &TfidfVectorizer::new().min_df(50.0));
    let most = CountVectorizer::new().ngram_range(1, 2).max_features(300);
    compare(want, "count_bigrams", &most);
    let sublinear = TfidfVectorizer::new().max_features(200).sublinear_tf(true);
    compare(want, "tfidf_sublinear", &sublinear);
}

#[test]
fn the_party_of_a_speaker_is_found_as_often() {
    let want = &explanations()["speeches"];
    let frame = speeches();
    let (train, test) = (
        crate::rows(&frame, |row| row % 5 != 0),
        crate::rows(&frame, |row| row % 5 == 0),
    );
    let count = || CountVectorizer::new().min_df(20.0);
    let cases = [
        (
            "multinomial",
            Pipeline::new()
                .step("words", count())
                .model(MultinomialNB::new()),
            1e-9,
        ),
        (
            "multinomial_tfidf",
            Pipeline::new()
                .step("words", TfidfVectorizer::new().min_df(20.0))
                .model(MultinomialNB::new().alpha(0.3)),
            1e-9,
        ),
        (
            "bernoulli",
            Pipeline::new()
                .step("words", count().binary(true))
                .model(BernoulliNB::new()),
            1e-9,
        ),
    ];
    for (key, pipeline, tolerance) in cases {
        let want = &want[key];
        let fitted = pipeline.fit(&train, "party").unwrap();
        let accuracy = fitted.evaluate(&test).unwrap().accuracy().unwrap();
        close(accuracy, &want["accuracy"], 1e-12, key);
        let shares = fitted.predict_proba(&test).unwrap();
        let truth = test.column("party").unwrap().as_materialized_series();
        let loss = log_loss(truth, &shares).unwrap();
        close(loss, &want["log_loss"], 1e-6, key);
        let second = shares.columns()[1].name().to_string();
        let first = crate::floats(&shares.head(Some(20)), &second);
        all_close(&first, &want["first"], tolerance, key);
    }
}
