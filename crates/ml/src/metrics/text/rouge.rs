//! ROUGE as the rouge-score package calculates it, without stemming: words are runs of
//! `a` to `z` and digits in small letters (Lin 2004).

use super::{References, Texts, paired, runs, shared};
use crate::MlError;

/// Precision, recall and their harmonic mean, from 0 to 1.
///
/// ```
/// use ferrite_ml::text::{RougeScore, rouge};
///
/// let one: RougeScore = rouge(["a b"], ["a b c d"])?.rouge1;
/// assert_eq!((one.precision, one.recall), (1.0, 0.5));
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RougeScore {
    /// The part of the prediction that is in the reference.
    pub precision: f64,
    /// The part of the reference that is in the prediction.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

/// ROUGE by words, pairs of words, and the longest common subsequence.
///
/// ```
/// use ferrite_ml::text::{Rouge, rouge};
///
/// let found: Rouge = rouge(["the cat sat"], ["the cat ran"])?;
/// assert!((found.rouge1.f1 - 2.0 / 3.0).abs() < 1e-12);
/// assert_eq!(found.rouge2.f1, 0.5);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rouge {
    /// Words.
    pub rouge1: RougeScore,
    /// Pairs of neighbouring words.
    pub rouge2: RougeScore,
    /// The longest common subsequence.
    pub rouge_l: RougeScore,
}

/// ROUGE-1, ROUGE-2 and ROUGE-L, the mean over texts; of several references the one with
/// the highest F counts, for each of the three.
///
/// ```
/// use ferrite_ml::text::rouge;
///
/// assert_eq!(rouge(["The Cat!"], ["the cat"])?.rouge_l.f1, 1.0);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn rouge(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<Rouge, MlError> {
    let texts = paired(predictions.into(), references.into())?;
    let count = texts.len() as f64;
    let mut sum = Rouge::default();
    for (prediction, references) in &texts {
        ferrite_interrupt::checkpoint();
        let one = single(prediction, references);
        sum.rouge1.add(one.rouge1, count);
        sum.rouge2.add(one.rouge2, count);
        sum.rouge_l.add(one.rouge_l, count);
    }
    Ok(sum)
}

/// ROUGE of one text.
pub(super) fn single(prediction: &str, references: &[String]) -> Rouge {
    let ours = words(prediction);
    let mut best = Rouge::default();
    for reference in references {
        let theirs = words(reference);
        best.rouge1.raise(by_runs(&ours, &theirs, 1));
        best.rouge2.raise(by_runs(&ours, &theirs, 2));
        best.rouge_l.raise(RougeScore::of(
            subsequence(&ours, &theirs),
            ours.len(),
            theirs.len(),
        ));
    }
    best
}

impl RougeScore {
    fn of(both: usize, prediction: usize, reference: usize) -> Self {
        let precision = both as f64 / prediction.max(1) as f64;
        let recall = both as f64 / reference.max(1) as f64;
        let sum = precision + recall;
        Self {
            precision,
            recall,
            f1: if sum > 0.0 {
                2.0 * precision * recall / sum
            } else {
                0.0
            },
        }
    }

    fn raise(&mut self, other: Self) {
        if other.f1 > self.f1 {
            *self = other;
        }
    }

    fn add(&mut self, other: Self, count: f64) {
        self.precision += other.precision / count;
        self.recall += other.recall / count;
        self.f1 += other.f1 / count;
    }
}

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.split(|c| !word(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn by_runs(ours: &[String], theirs: &[String], n: usize) -> RougeScore {
    let (ours, theirs) = (runs(ours, n), runs(theirs, n));
    RougeScore::of(
        shared(&ours, &theirs),
        ours.values().sum(),
        theirs.values().sum(),
    )
}

/// The length of the longest common subsequence.
fn subsequence(ours: &[String], theirs: &[String]) -> usize {
    let mut above = vec![0; theirs.len() + 1];
    for word in ours {
        let mut row = vec![0; theirs.len() + 1];
        for (i, other) in theirs.iter().enumerate() {
            row[i + 1] = if word == other {
                above[i] + 1
            } else {
                row[i].max(above[i + 1])
            };
        }
        above = row;
    }
    above.last().copied().unwrap_or(0)
}
