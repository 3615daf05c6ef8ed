//! Numbers that a model gives beside its texts: probabilities of tokens, and embeddings.

use ndarray::{Array2, ArrayView1};

use crate::MlError;

/// How surprised a model is by a text, from the natural logarithms of the probabilities
/// of its tokens: `exp` of their negative mean. 1 is certain; k is like choosing among k
/// tokens.
///
/// ```
/// use ferrite_ml::text::perplexity;
///
/// assert!((perplexity(&[0.25_f64.ln(), 0.25_f64.ln()])? - 4.0).abs() < 1e-12);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
///
/// # Errors
/// When there is no token, or a value is no logarithm of a probability.
pub fn perplexity(log_probabilities: &[f64]) -> Result<f64, MlError> {
    let wrong = |reason: String| {
        Err(MlError::UndefinedMetric {
            metric: "perplexity".to_owned(),
            reason,
        })
    };
    if log_probabilities.is_empty() {
        return wrong("there are no tokens".to_owned());
    }
    if let Some(value) = log_probabilities
        .iter()
        .find(|value| value.is_nan() || **value > 1e-9)
    {
        return wrong(format!(
            "{value} is no logarithm of a probability, which is 0 or less"
        ));
    }
    let mean = log_probabilities.iter().sum::<f64>() / log_probabilities.len() as f64;
    Ok((-mean).exp())
}

/// The cosine of the angle between each pair of rows: 1 for the same direction.
///
/// ```
/// use ferrite_ml::text::cosine_similarities;
/// use ndarray::array;
///
/// let similar = cosine_similarities(&array![[1.0, 0.0], [1.0, 1.0]], &array![[2.0, 0.0], [-1.0, 1.0]])?;
/// assert_eq!(similar, [1.0, 0.0]);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
///
/// # Errors
/// When the shapes differ, or a row has no direction (zeros, infinities).
pub fn cosine_similarities(one: &Array2<f64>, other: &Array2<f64>) -> Result<Vec<f64>, MlError> {
    if one.dim() != other.dim() {
        return Err(MlError::UndefinedMetric {
            metric: "the similarity of embeddings".to_owned(),
            reason: format!(
                "one has {} rows of {} numbers, the other {} of {}",
                one.nrows(),
                one.ncols(),
                other.nrows(),
                other.ncols()
            ),
        });
    }
    let cosine = |row: usize, a: ArrayView1<f64>, b: ArrayView1<f64>| {
        let length = a.dot(&a).sqrt() * b.dot(&b).sqrt();
        let cosine = a.dot(&b) / length;
        if length > 0.0 && cosine.is_finite() {
            return Ok(cosine.clamp(-1.0, 1.0));
        }
        Err(MlError::UndefinedMetric {
            metric: "the similarity of embeddings".to_owned(),
            reason: format!("a vector of row {row} is zero or not finite and has no direction"),
        })
    };
    let rows = one.rows().into_iter().zip(other.rows()).enumerate();
    rows.map(|(row, (a, b))| cosine(row, a, b)).collect()
}

/// The mean of [`cosine_similarities`]: how near the embeddings of predictions are to
/// those of their references.
///
/// ```
/// use ferrite_ml::text::embedding_similarity;
/// use ndarray::array;
///
/// assert_eq!(embedding_similarity(&array![[3.0, 4.0]], &array![[4.0, 3.0]])?, 0.96);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn embedding_similarity(
    predictions: &Array2<f64>,
    references: &Array2<f64>,
) -> Result<f64, MlError> {
    let each = cosine_similarities(predictions, references)?;
    if each.is_empty() {
        return Err(MlError::NoRows {
            purpose: "compare",
            reason: "there are no embeddings".to_owned(),
        });
    }
    Ok(each.iter().sum::<f64>() / each.len() as f64)
}
