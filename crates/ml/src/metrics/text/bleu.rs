//! BLEU as sacrebleu calculates it (Papineni et al. 2002; Post, *A Call for Clarity in
//! Reporting BLEU Scores*, 2018): the tokens of mteval-v13a, runs of one to four tokens,
//! and exponential smoothing where no run matches.

use super::{References, Texts, paired, runs};
use crate::MlError;
use std::collections::HashMap;

const LONGEST: usize = 4;

/// BLEU with what it is made of.
///
/// ```
/// use ferrite_ml::text::{Bleu, bleu};
///
/// let found: Bleu = bleu(["the cat sat on the mat"], ["the cat sat on a mat"])?;
/// assert_eq!(found.brevity_penalty, 1.0);
/// assert!((found.precisions[0] - 100.0 * 5.0 / 6.0).abs() < 1e-9);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bleu {
    /// From 0 to 100.
    pub score: f64,
    /// The part of the runs of one, two, three and four tokens that are in the
    /// references, in percent.
    pub precisions: [f64; LONGEST],
    /// What too short predictions cost: a factor up to 1.
    pub brevity_penalty: f64,
    /// Tokens of the predictions.
    pub length: usize,
    /// Tokens of the references, for each prediction of the one nearest in length.
    pub reference_length: usize,
}

/// BLEU of all predictions together, from 0 to 100 (sacrebleu's `corpus_bleu`). It is no
/// mean over texts.
///
/// ```
/// use ferrite_ml::text::bleu;
///
/// assert!((bleu(["a b c d e"], ["a b c d e"])?.score - 100.0).abs() < 1e-9);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn bleu(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<Bleu, MlError> {
    let mut counts = Counts::default();
    for (prediction, references) in paired(predictions.into(), references.into())? {
        ferrite_interrupt::checkpoint();
        counts.add(&prediction, &references);
    }
    Ok(counts.score(false))
}

/// BLEU of each prediction by itself (sacrebleu's `sentence_bleu`): runs longer than the
/// text do not count.
///
/// ```
/// use ferrite_ml::text::sentence_bleu;
///
/// assert!((sentence_bleu(["good morning"], ["good morning"])?[0] - 100.0).abs() < 1e-9);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn sentence_bleu(
    predictions: impl Into<Texts>,
    references: impl Into<References>,
) -> Result<Vec<f64>, MlError> {
    let score = |(prediction, references): (String, Vec<String>)| {
        let mut counts = Counts::default();
        counts.add(&prediction, &references);
        counts.score(true).score
    };
    Ok(paired(predictions.into(), references.into())?
        .into_iter()
        .map(score)
        .collect())
}

/// What BLEU is calculated from.
#[derive(Default)]
struct Counts {
    right: [usize; LONGEST],
    total: [usize; LONGEST],
    length: usize,
    reference_length: usize,
}

impl Counts {
    fn add(&mut self, prediction: &str, references: &[String]) {
        let text = tokenize(prediction);
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let references: Vec<String> = references.iter().map(|text| tokenize(text)).collect();
        let references: Vec<Vec<&str>> = references
            .iter()
            .map(|text| text.split_whitespace().collect())
            .collect();
        let nearest = references
            .iter()
            .map(Vec::len)
            .min_by_key(|length| (length.abs_diff(tokens.len()), *length));
        self.length += tokens.len();
        self.reference_length += nearest.unwrap_or(0);
        for n in 1..=LONGEST {
            let mut allowed: HashMap<&[&str], usize> = HashMap::new();
            for reference in &references {
                for (run, count) in runs(reference, n) {
                    let most = allowed.entry(run).or_insert(0);
                    *most = count.max(*most);
                }
            }
            for (run, count) in runs(&tokens, n) {
                self.total[n - 1] += count;
                self.right[n - 1] += count.min(allowed.get(run).copied().unwrap_or(0));
            }
        }
    }

    /// `effective` leaves out the lengths of which the prediction has no run.
    fn score(&self, effective: bool) -> Bleu {
        let (length, reference) = (self.length as f64, self.reference_length as f64);
        let brevity_penalty = match self.length {
            enough if enough >= self.reference_length => 1.0,
            0 => 0.0,
            _ => (1.0 - reference / length).exp(),
        };
        let mut precisions = [0.0; LONGEST];
        let mut orders = LONGEST;
        let mut score = 0.0;
        if self.right.iter().any(|right| *right > 0) {
            let mut halving = 1.0;
            let each = precisions
                .iter_mut()
                .zip(self.right.iter().zip(&self.total));
            for (n, (precision, (right, total))) in each.enumerate() {
                if *total == 0 {
                    break;
                }
                if effective {
                    orders = n + 1;
                }
                *precision = if *right == 0 {
                    halving *= 2.0;
                    100.0 / (halving * *total as f64)
                } else {
                    100.0 * *right as f64 / *total as f64
                };
            }
            // A precision of 0 stands for runs that there are none of.
            let log = |p: &f64| if *p == 0.0 { -9_999_999_999.0 } else { p.ln() };
            let logs: f64 = precisions[..orders].iter().map(log).sum();
            score = brevity_penalty * (logs / orders as f64).exp();
        }
        Bleu {
            score,
            precisions,
            brevity_penalty,
            length: self.length,
            reference_length: self.reference_length,
        }
    }
}

/// Puts spaces around the tokens of mteval-v13a: most punctuation is a token, full stops
/// and commas unless they stand between digits, a dash after a digit.
fn tokenize(text: &str) -> String {
    let text = text.trim_end();
    let text = text
        .replace("<skipped>", "")
        .replace("-\n", "")
        .replace('\n', " ");
    let text = text.replace("&quot;", "\"").replace("&amp;", "&");
    let text = format!(" {} ", text.replace("&lt;", "<").replace("&gt;", ">"));
    let mut spaced = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match c {
            '{'..='~' | '['..='`' | ' '..='&' | '('..='+' | ':'..='@' | '/' => {
                spaced.extend([' ', c, ' ']);
            }
            c => spaced.push(c),
        }
    }
    let stop = |c: char| matches!(c, '.' | ',');
    let digit = |c: char| c.is_ascii_digit();
    let text = pairs(
        &spaced,
        |a, b| !digit(a) && stop(b),
        |a, b| [a, ' ', b, ' '],
    );
    let text = pairs(&text, |a, b| stop(a) && !digit(b), |a, b| [' ', a, ' ', b]);
    pairs(&text, |a, b| digit(a) && b == '-', |a, b| [a, ' ', b, ' '])
}

/// Replaces pairs of neighbours from left to right; each letter is in one pair at most.
fn pairs(
    text: &str,
    is: impl Fn(char, char) -> bool,
    replaced: impl Fn(char, char) -> [char; 4],
) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 16);
    let mut i = 0;
    while i < letters.len() {
        match letters.get(i + 1) {
            Some(next) if is(letters[i], *next) => {
                out.extend(replaced(letters[i], *next));
                i += 2;
            }
            _ => {
                out.push(letters[i]);
                i += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_mteval() {
        let tokens = |text: &str| {
            tokenize(text)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(tokens("Hello, world!"), "Hello , world !");
        assert_eq!(
            tokens("It's 3.14, or 1,000-2."),
            "It's 3.14 , or 1,000 - 2 ."
        );
        assert_eq!(tokens("a &quot;b&quot; (c)/d"), "a \" b \" ( c ) / d");
    }
}
