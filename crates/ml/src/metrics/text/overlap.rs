//! Short answers: are they right, and how many of their words are? As in the evaluation
//! of SQuAD (Rajpurkar et al. 2016): capitals, punctuation, the words *a*, *an* and *the*
//! and extra spaces do not count.

use std::collections::HashMap;

use super::{References, Texts, paired};
use crate::MlError;

/// The part of the predictions that are one of their references.
///
/// ```
/// use ferrite_ml::text::exact_match;
///
/// assert_eq!(exact_match(["The Eiffel Tower!", "Rome"], ["eiffel tower", "Paris"])?, 0.5);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn exact_match(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<f64, MlError> {
    mean(predictions.into(), references.into(), |ours, theirs| {
        f64::from(u8::from(ours == theirs))
    })
}

/// The harmonic mean of precision and recall of words, on average over texts; of several
/// references the best one counts.
///
/// ```
/// use ferrite_ml::text::token_f1;
///
/// assert_eq!(token_f1(["in the year 1969"], ["1969"])?, 0.5); // two of its words are extra
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn token_f1(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<f64, MlError> {
    mean(predictions.into(), references.into(), f1)
}

fn mean(
    predictions: Texts,
    references: References,
    score: impl Fn(&[String], &[String]) -> f64,
) -> Result<f64, MlError> {
    let texts = paired(predictions, references)?;
    let best = |(prediction, references): &(String, Vec<String>)| {
        let ours = normal(prediction);
        references
            .iter()
            .map(|text| score(&ours, &normal(text)))
            .fold(0.0, f64::max)
    };
    Ok(texts.iter().map(best).sum::<f64>() / texts.len() as f64)
}

/// The F score of two lists of words; 1 if both are empty.
pub(super) fn f1(ours: &[String], theirs: &[String]) -> f64 {
    if ours.is_empty() || theirs.is_empty() {
        return f64::from(u8::from(ours == theirs));
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in theirs {
        *left.entry(word).or_insert(0) += 1;
    }
    let mut both = 0.0;
    for word in ours {
        if let Some(count) = left.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            both += 1.0;
        }
    }
    let (precision, recall) = (both / ours.len() as f64, both / theirs.len() as f64);
    if both == 0.0 {
        0.0
    } else {
        2.0 * precision * recall / (precision + recall)
    }
}

/// The words that count.
pub(super) fn normal(text: &str) -> Vec<String> {
    let lower: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_ascii_punctuation())
        .collect();
    // Articles go wherever they stand between characters that belong to no word.
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut kept = String::with_capacity(lower.len());
    let mut word = String::new();
    for c in lower.chars().chain([' ']) {
        if inside(c) {
            word.push(c);
            continue;
        }
        if matches!(word.as_str(), "a" | "an" | "the") {
            kept.push(' ');
        } else {
            kept.push_str(&word);
        }
        word.clear();
        kept.push(c);
    }
    kept.split_whitespace().map(str::to_owned).collect()
}
