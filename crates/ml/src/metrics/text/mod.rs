//! How good the texts of a language model are, against references.
//!
//! The numbers are those of the tools that papers quote: BLEU and chrF of sacrebleu,
//! ROUGE of rouge-score, word and character error rates of jiwer, exact match and token
//! F1 of SQuAD's evaluation. The tests compare them.
//!
//! ```
//! use ferrite_ml::text;
//!
//! let answers = ["the cat sat on the mat", "Paris"];
//! let references = ["the cat is on the mat", "Paris."];
//! assert_eq!(text::exact_match(answers, references)?, 0.5);
//! assert!(text::bleu(answers, references)?.score > 30.0);
//! assert!(text::rouge(answers, references)?.rouge_l.f1 > 0.8);
//! # Ok::<(), ferrite_ml::MlError>(())
//! ```

mod bleu;
mod chrf;
mod edits;
mod judge;
mod overlap;
mod report;
mod rouge;
mod stop_words;
mod vectors;

use std::collections::HashMap;
use std::hash::Hash;

use polars::prelude::{Column, Series};

pub use bleu::{Bleu, bleu, sentence_bleu};
pub use chrf::{chrf, chrf_plus_plus, sentence_chrf};
pub use edits::{ErrorRate, character_error_rate, word_error_rate};
pub use judge::{Judgement, Verdict, pairwise_judge};
pub use overlap::{exact_match, token_f1};
pub use report::{TextReport, text_report};
pub use rouge::{Rouge, RougeScore, rouge};
pub use stop_words::english_stop_words;
pub use vectors::{cosine_similarities, embedding_similarity, perplexity};

use crate::{MlError, columns};

/// Texts, one for each question: of a column, or a list.
///
/// ```
/// use ferrite_ml::text::{Texts, exact_match};
/// use polars::prelude::*;
///
/// let answers = Series::new("answer".into(), ["yes", "no"]);
/// let list: Texts = ["yes", "no"].into();
/// assert_eq!(exact_match(&answers, list)?, 1.0);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Texts(Result<Vec<String>, usize>);

/// References, one or several for each question.
///
/// ```
/// use ferrite_ml::text::{References, token_f1};
///
/// let several: References = vec![vec!["blue", "light blue"]].into();
/// assert_eq!(token_f1(["light blue"], several)?, 1.0);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct References(Result<Vec<Vec<String>>, usize>);

impl From<&Series> for Texts {
    fn from(series: &Series) -> Self {
        let texts = columns::texts(&series.clone().into_frame(), series.name()).unwrap_or_default();
        let missing = texts.iter().filter(|text| text.is_none()).count();
        Self(match missing {
            0 => Ok(texts.into_iter().flatten().collect()),
            missing => Err(missing),
        })
    }
}

impl From<&Column> for Texts {
    fn from(column: &Column) -> Self {
        column.as_materialized_series().into()
    }
}

impl<const N: usize> From<[&str; N]> for Texts {
    fn from(texts: [&str; N]) -> Self {
        Self(Ok(texts.map(str::to_owned).to_vec()))
    }
}

impl From<&[&str]> for Texts {
    fn from(texts: &[&str]) -> Self {
        Self(Ok(texts.iter().map(|text| (*text).to_owned()).collect()))
    }
}

impl From<Vec<&str>> for Texts {
    fn from(texts: Vec<&str>) -> Self {
        texts.as_slice().into()
    }
}

impl From<Vec<String>> for Texts {
    fn from(texts: Vec<String>) -> Self {
        Self(Ok(texts))
    }
}

impl From<&[String]> for Texts {
    fn from(texts: &[String]) -> Self {
        Self(Ok(texts.to_vec()))
    }
}

impl From<Vec<Vec<&str>>> for References {
    fn from(references: Vec<Vec<&str>>) -> Self {
        let own = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        Self(Ok(references.into_iter().map(own).collect()))
    }
}

impl From<Vec<Vec<String>>> for References {
    fn from(references: Vec<Vec<String>>) -> Self {
        Self(Ok(references))
    }
}

macro_rules! one_reference {
    ($($type:ty)+) => {
        $(impl From<$type> for References {
            fn from(texts: $type) -> Self {
                Texts::from(texts).into()
            }
        })+
    };
}

one_reference! { &Series &Column &[&str] Vec<&str> Vec<String> &[String] }

impl<const N: usize> From<[&str; N]> for References {
    fn from(texts: [&str; N]) -> Self {
        Texts::from(texts).into()
    }
}

impl<const N: usize, const M: usize> From<[[&str; M]; N]> for References {
    fn from(references: [[&str; M]; N]) -> Self {
        Self(Ok(references
            .map(|texts| texts.map(str::to_owned).to_vec())
            .to_vec()))
    }
}

impl From<Texts> for References {
    fn from(texts: Texts) -> Self {
        Self(
            texts
                .0
                .map(|texts| texts.into_iter().map(|text| vec![text]).collect()),
        )
    }
}

/// The texts, or how many are missing.
fn complete(texts: Texts, name: &str) -> Result<Vec<String>, MlError> {
    texts.0.map_err(|count| MlError::MissingLabels {
        name: name.to_owned(),
        count,
    })
}

/// Predictions with their references, as many of each, at least one.
fn paired(
    predictions: Texts,
    references: References,
) -> Result<Vec<(String, Vec<String>)>, MlError> {
    let predictions = complete(predictions, "predictions")?;
    let references = references.0.map_err(|count| MlError::MissingLabels {
        name: "references".to_owned(),
        count,
    })?;
    if predictions.len() != references.len() {
        return Err(MlError::LengthMismatch {
            left: "predictions".to_owned(),
            left_len: predictions.len(),
            right: "references".to_owned(),
            right_len: references.len(),
        });
    }
    if predictions.is_empty() {
        return Err(MlError::NoRows {
            purpose: "compare",
            reason: "there are no texts".to_owned(),
        });
    }
    if let Some(row) = references.iter().position(Vec::is_empty) {
        return Err(MlError::UndefinedMetric {
            metric: "the quality of a text".to_owned(),
            reason: format!("text {row} has no reference"),
        });
    }
    Ok(predictions.into_iter().zip(references).collect())
}

/// How often each run of `n` items occurs.
fn runs<T: Hash + Eq>(items: &[T], n: usize) -> HashMap<&[T], usize> {
    let mut counts = HashMap::new();
    for run in items.windows(n) {
        *counts.entry(run).or_insert(0) += 1;
    }
    counts
}

/// How many runs two texts share.
fn shared<T: Hash + Eq>(one: &HashMap<&[T], usize>, other: &HashMap<&[T], usize>) -> usize {
    one.iter()
        .map(|(run, count)| other.get(run).map_or(0, |o| *count.min(o)))
        .sum()
}
