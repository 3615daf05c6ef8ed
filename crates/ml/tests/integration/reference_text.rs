//! The same numbers as sacrebleu, rouge-score and jiwer, on texts with punctuation,
//! figures, entities, other scripts, and nothing at all. Tolerance 1e-9.

use ferrite_ml::text;

use crate::frozen::{all_close, close, expected, texts};

const TOLERANCE: f64 = 1e-9;

struct Frozen {
    want: serde_json::Value,
    predictions: Vec<String>,
    one: Vec<String>,
    several: Vec<Vec<String>>,
}

fn frozen() -> Frozen {
    let want = expected()["text"].clone();
    let several: Vec<Vec<String>> = want["references"]
        .as_array()
        .unwrap()
        .iter()
        .map(texts)
        .collect();
    Frozen {
        predictions: texts(&want["predictions"]),
        one: several.iter().map(|refs| refs[0].clone()).collect(),
        several,
        want,
    }
}

#[test]
fn bleu_is_sacrebleus() {
    let f = frozen();
    for (found, key) in [
        (text::bleu(f.predictions.clone(), f.one.clone()), "bleu_one"),
        (
            text::bleu(f.predictions.clone(), f.several.clone()),
            "bleu_two",
        ),
    ] {
        let (found, want) = (found.unwrap(), &f.want[key]);
        close(found.score, &want["score"], TOLERANCE, key);
        all_close(&found.precisions, &want["precisions"], TOLERANCE, key);
        close(found.brevity_penalty, &want["bp"], TOLERANCE, key);
        close(found.length as f64, &want["length"], 0.0, key);
        close(
            found.reference_length as f64,
            &want["reference_length"],
            0.0,
            key,
        );
    }
    let each = text::sentence_bleu(f.predictions.clone(), f.several.clone()).unwrap();
    all_close(&each, &f.want["sentence_bleu"], TOLERANCE, "sentence_bleu");
}

#[test]
fn chrf_is_sacrebleus() {
    let f = frozen();
    let check = |found: f64, key: &str| close(found, &f.want[key], TOLERANCE, key);
    check(
        text::chrf(f.predictions.clone(), f.one.clone()).unwrap(),
        "chrf_one",
    );
    check(
        text::chrf(f.predictions.clone(), f.several.clone()).unwrap(),
        "chrf_two",
    );
    let plus = text::chrf_plus_plus(f.predictions.clone(), f.several.clone()).unwrap();
    check(plus, "chrf_plus_plus_two");
    let each = text::sentence_chrf(f.predictions.clone(), f.several.clone()).unwrap();
    all_close(&each, &f.want["sentence_chrf"], TOLERANCE, "sentence_chrf");
}

#[test]
fn rouge_is_that_of_rouge_score() {
    let f = frozen();
    for (found, key) in [
        (
            text::rouge(f.predictions.clone(), f.one.clone()),
            "rouge_one",
        ),
        (
            text::rouge(f.predictions.clone(), f.several.clone()),
            "rouge_two",
        ),
    ] {
        let (found, want) = (found.unwrap(), &f.want[key]);
        for (score, name) in [
            (found.rouge1, "rouge1"),
            (found.rouge2, "rouge2"),
            (found.rouge_l, "rougeL"),
        ] {
            let parts = [score.precision, score.recall, score.f1];
            all_close(&parts, &want[name], TOLERANCE, &format!("{key} {name}"));
        }
    }
}

#[test]
fn error_rates_are_jiwers() {
    let f = frozen();
    let words = text::word_error_rate(f.predictions.clone(), f.one.clone()).unwrap();
    close(words.rate, &f.want["wer"], TOLERANCE, "wer");
    close(words.edits as f64, &f.want["wer_edits"], 0.0, "wer_edits");
    let letters = text::character_error_rate(f.predictions.clone(), f.one.clone()).unwrap();
    close(letters.rate, &f.want["cer"], TOLERANCE, "cer");
    close(letters.edits as f64, &f.want["cer_edits"], 0.0, "cer_edits");
}

#[test]
fn short_answers_are_judged_as_in_squad() {
    let f = frozen();
    let exact = text::exact_match(f.predictions.clone(), f.several.clone()).unwrap();
    close(exact, &f.want["exact_match"], TOLERANCE, "exact_match");
    let f1 = text::token_f1(f.predictions.clone(), f.several.clone()).unwrap();
    close(f1, &f.want["token_f1"], TOLERANCE, "token_f1");
}
