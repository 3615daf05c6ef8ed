//! chrF and chrF++ as sacrebleu calculates them: an F score of runs of characters, in
//! which recall counts twice (Popović 2015, 2017).

use super::{References, Texts, paired, runs, shared};
use crate::MlError;

const CHARACTERS: usize = 6;
const BETA: f64 = 2.0;

/// chrF of all predictions together, from 0 to 100: runs of one to six characters without
/// spaces.
///
/// ```
/// use ferrite_ml::text::chrf;
///
/// assert_eq!(chrf(["colour"], ["colour"])?, 100.0);
/// let near = chrf(["color"], ["colour"])?;
/// assert!(near > 20.0 && near < 100.0);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn chrf(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<f64, MlError> {
    corpus(predictions.into(), references.into(), 0)
}

/// chrF++ of all predictions together: [`chrf`] with runs of one and two words as well.
///
/// ```
/// use ferrite_ml::text::{chrf, chrf_plus_plus};
///
/// let (answer, reference) = (["mat the on cat"], ["cat on the mat"]);
/// assert!(chrf_plus_plus(answer, reference)? != chrf(answer, reference)?);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn chrf_plus_plus(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<f64, MlError> {
    corpus(predictions.into(), references.into(), 2)
}

/// chrF of each prediction by itself.
///
/// ```
/// use ferrite_ml::text::sentence_chrf;
///
/// assert_eq!(sentence_chrf(["yes", "no"], ["yes", "yes"])?, [100.0, 0.0]);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn sentence_chrf(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<Vec<f64>, MlError> {
    let texts = paired(predictions.into(), references.into())?;
    Ok(texts
        .iter()
        .map(|(text, references)| score(&counts(text, references, 0)))
        .collect())
}

fn corpus(predictions: Texts, references: References, words: usize) -> Result<f64, MlError> {
    let mut sum = vec![Count::default(); CHARACTERS + words];
    for (prediction, references) in paired(predictions, references)? {
        ferrite_interrupt::checkpoint();
        for (sum, count) in sum.iter_mut().zip(counts(&prediction, &references, words)) {
            sum.prediction += count.prediction;
            sum.reference += count.reference;
            sum.both += count.both;
        }
    }
    Ok(score(&sum))
}

/// Runs of one length.
#[derive(Clone, Copy, Default)]
struct Count {
    prediction: usize,
    reference: usize,
    both: usize,
}

/// The counts against the reference with the highest score.
fn counts(prediction: &str, references: &[String], words: usize) -> Vec<Count> {
    let mut best: Option<(f64, Vec<Count>)> = None;
    for reference in references {
        let against = against(prediction, reference, words);
        let score = score(&against);
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, against));
        }
    }
    best.map_or_else(Vec::new, |(_, counts)| counts)
}

fn against(prediction: &str, reference: &str, words: usize) -> Vec<Count> {
    let letters =
        |text: &str| -> Vec<char> { text.split_whitespace().flat_map(str::chars).collect() };
    let (ours, theirs) = (letters(prediction), letters(reference));
    let mut counts: Vec<Count> = (1..=CHARACTERS).map(|n| count(&ours, &theirs, n)).collect();
    if words > 0 {
        let (ours, theirs) = (split_words(prediction), split_words(reference));
        counts.extend((1..=words).map(|n| count(&ours, &theirs, n)));
    }
    counts
}

fn count<T: std::hash::Hash + Eq>(ours: &[T], theirs: &[T], n: usize) -> Count {
    let (ours, theirs) = (runs(ours, n), runs(theirs, n));
    Count {
        // What cannot match for want of a reference does not count as wrong.
        prediction: if theirs.is_empty() {
            0
        } else {
            ours.values().sum()
        },
        reference: theirs.values().sum(),
        both: shared(&ours, &theirs),
    }
}

/// Words with one punctuation mark at an end as a word of its own.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        let part = |range: &[char]| range.iter().collect::<String>();
        match letters.as_slice() {
            [rest @ .., last] if !rest.is_empty() && last.is_ascii_punctuation() => {
                words.extend([part(rest), last.to_string()]);
            }
            [first, rest @ ..] if !rest.is_empty() && first.is_ascii_punctuation() => {
                words.extend([first.to_string(), part(rest)]);
            }
            all => words.push(part(all)),
        }
    }
    words
}

/// The F score of the mean precision and recall over lengths that both texts have.
fn score(counts: &[Count]) -> f64 {
    let (mut precision, mut recall, mut lengths) = (0.0, 0.0, 0.0);
    for count in counts
        .iter()
        .filter(|count| count.prediction > 0 && count.reference > 0)
    {
        precision += count.both as f64 / count.prediction as f64;
        recall += count.both as f64 / count.reference as f64;
        lengths += 1.0;
    }
    if precision + recall == 0.0 {
        return 0.0;
    }
    let (precision, recall) = (precision / lengths, recall / lengths);
    let square = BETA * BETA;
    100.0 * (1.0 + square) * precision * recall / (square * precision + recall)
}
