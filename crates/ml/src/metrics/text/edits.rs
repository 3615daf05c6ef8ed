//! Error rates of transcripts as jiwer calculates them: how many words or characters must
//! be replaced, left out or added to get from the reference to the prediction.

use super::{Texts, complete};
use crate::MlError;

/// An error rate with what it is made of.
///
/// ```
/// use ferrite_ml::text::{ErrorRate, word_error_rate};
///
/// let found: ErrorRate = word_error_rate(["a b x"], ["a b c d"])?;
/// assert_eq!((found.rate, found.edits, found.length), (0.5, 2, 4));
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorRate {
    /// Edits over words (or characters) of the references; may be above 1.
    pub rate: f64,
    /// Substitutions, deletions and insertions.
    pub edits: usize,
    /// Words (or characters) of the references.
    pub length: usize,
}

/// The word error rate of all predictions together.
///
/// ```
/// use ferrite_ml::text::word_error_rate;
///
/// assert_eq!(word_error_rate(["hello duck"], ["hello world"])?.rate, 0.5);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
///
/// # Errors
/// When no reference has a word.
pub fn word_error_rate(
    predictions: impl Into<Texts>,
    references: impl Into<Texts>,
) -> Result<ErrorRate, MlError> {
    rate(
        predictions.into(),
        references.into(),
        "word_error_rate",
        |text| text.split_whitespace().map(str::to_owned).collect(),
    )
}

/// The character error rate of all predictions together; spaces count, those at the ends
/// do not.
///
/// ```
/// use ferrite_ml::text::character_error_rate;
///
/// assert_eq!(character_error_rate(["colr"], ["colour"])?.edits, 2);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
///
/// # Errors
/// When no reference has a character.
pub fn character_error_rate(
    predictions: impl Into<Texts>,
    references: impl Into<Texts>,
) -> Result<ErrorRate, MlError> {
    rate(
        predictions.into(),
        references.into(),
        "character_error_rate",
        |text| text.trim().chars().collect(),
    )
}

fn rate<T: PartialEq>(
    predictions: Texts,
    references: Texts,
    metric: &str,
    split: impl Fn(&str) -> Vec<T>,
) -> Result<ErrorRate, MlError> {
    let predictions = complete(predictions, "predictions")?;
    let references = complete(references, "references")?;
    if predictions.len() != references.len() {
        return Err(MlError::LengthMismatch {
            left: "predictions".to_owned(),
            left_len: predictions.len(),
            right: "references".to_owned(),
            right_len: references.len(),
        });
    }
    let (mut edits, mut length) = (0, 0);
    for (prediction, reference) in predictions.iter().zip(&references) {
        ferrite_interrupt::checkpoint();
        let (ours, theirs) = (split(prediction), split(reference));
        edits += distance(&ours, &theirs);
        length += theirs.len();
    }
    if length == 0 {
        return Err(MlError::UndefinedMetric {
            metric: metric.to_owned(),
            reason: "the references are empty".to_owned(),
        });
    }
    Ok(ErrorRate {
        rate: edits as f64 / length as f64,
        edits,
        length,
    })
}

/// Levenshtein's distance.
fn distance<T: PartialEq>(ours: &[T], theirs: &[T]) -> usize {
    let mut above: Vec<usize> = (0..=theirs.len()).collect();
    for (i, item) in ours.iter().enumerate() {
        let mut row = vec![i + 1; theirs.len() + 1];
        for (j, other) in theirs.iter().enumerate() {
            let replaced = above[j] + usize::from(item != other);
            row[j + 1] = replaced.min(row[j] + 1).min(above[j + 1] + 1);
        }
        above = row;
    }
    above.last().copied().unwrap_or(0)
}
