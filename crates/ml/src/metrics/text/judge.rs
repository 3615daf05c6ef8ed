//! Which of two answers is better, as a function of one's own says: a language model, a
//! rule, or a person.
//!
//! Judges prefer what they read first, or last. So each pair is judged twice, in both
//! orders, and an answer has won only if it wins both times.

use ferrite_display::html::card;
use ferrite_display::{MimeBundle, Show};

use super::{Texts, complete};
use crate::MlError;

/// What a judge says about two answers.
///
/// ```
/// use ferrite_ml::text::Verdict;
///
/// assert_ne!(Verdict::First, Verdict::Tie);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The answer that was shown first is better.
    First,
    /// The answer that was shown second is better.
    Second,
    /// Neither is.
    Tie,
}

/// Compares two systems' answers to the same questions by a judge, who is given the
/// question and two answers.
///
/// ```
/// use ferrite_ml::text::{Verdict, pairwise_judge};
///
/// let judged = pairwise_judge(
///     ["1 + 1?", "Capital of France?"],
///     ["2", "Paris"],
///     ["it is 2", "Rome"],
///     |_question, one, other| Ok(match one.len().cmp(&other.len()) {
///         std::cmp::Ordering::Less => Verdict::First, // shorter is better
///         std::cmp::Ordering::Greater => Verdict::Second,
///         std::cmp::Ordering::Equal => Verdict::Tie,
///     }),
/// )?;
/// assert_eq!((judged.wins, judged.losses, judged.ties), (1, 1, 0));
/// assert_eq!(judged.win_rate(), 0.5);
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
///
/// # Errors
/// The judge's first error, and lists of different lengths.
pub fn pairwise_judge(
    questions: impl Into<Texts>,
    answers: impl Into<Texts>,
    others: impl Into<Texts>,
    mut judge: impl FnMut(&str, &str, &str) -> Result<Verdict, MlError>,
) -> Result<Judgement, MlError> {
    judge_all(questions.into(), answers.into(), others.into(), &mut judge)
}

fn judge_all(
    questions: Texts,
    answers: Texts,
    others: Texts,
    judge: &mut dyn FnMut(&str, &str, &str) -> Result<Verdict, MlError>,
) -> Result<Judgement, MlError> {
    let questions = complete(questions, "questions")?;
    let answers = complete(answers, "answers")?;
    let others = complete(others, "others")?;
    for (name, list) in [("answers", &answers), ("others", &others)] {
        if list.len() != questions.len() {
            return Err(MlError::LengthMismatch {
                left: "questions".to_owned(),
                left_len: questions.len(),
                right: name.to_owned(),
                right_len: list.len(),
            });
        }
    }
    if questions.is_empty() {
        return Err(MlError::NoRows {
            purpose: "judge",
            reason: "there are no questions".to_owned(),
        });
    }
    let mut judgement = Judgement::default();
    for ((question, answer), other) in questions.iter().zip(&answers).zip(&others) {
        ferrite_interrupt::checkpoint();
        let verdicts = (
            judge(question, answer, other)?,
            judge(question, other, answer)?,
        );
        match verdicts {
            (Verdict::First, Verdict::Second) => judgement.wins += 1,
            (Verdict::Second, Verdict::First) => judgement.losses += 1,
            (one, two) => {
                judgement.ties += 1;
                // Twice the same place: the order decided, not the answer.
                judgement.by_order += usize::from(one == two && one != Verdict::Tie);
            }
        }
    }
    Ok(judgement)
}

/// Wins and losses of the first system.
///
/// ```
/// use ferrite_ml::text::Judgement;
///
/// let judged = Judgement { wins: 8, losses: 2, ties: 0, by_order: 0 };
/// let (low, high) = judged.interval();
/// assert!((low - 0.490).abs() < 1e-3 && (high - 0.943).abs() < 1e-3);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Questions at which the first system won in both orders.
    pub wins: usize,
    /// Questions at which the second system won in both orders.
    pub losses: usize,
    /// All other questions.
    pub ties: usize,
    /// Of the ties, those where the judge twice preferred the same place: a sign of a
    /// judge that looks at the order.
    pub by_order: usize,
}

impl Judgement {
    fn total(&self) -> usize {
        self.wins + self.losses + self.ties
    }

    /// Wins, and half of the ties, over all questions.
    pub fn win_rate(&self) -> f64 {
        (self.wins as f64 + self.ties as f64 / 2.0) / self.total().max(1) as f64
    }

    /// The 95 % interval of the win rate (Wilson 1927); a tie counts as half a win.
    pub fn interval(&self) -> (f64, f64) {
        const Z: f64 = 1.959_963_985;
        let (n, p) = (self.total().max(1) as f64, self.win_rate());
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}

impl Show for Judgement {
    fn show(&self) -> MimeBundle {
        let (low, high) = self.interval();
        let text = format!(
            "win rate {:.1} % ({:.1} to {:.1} %): {} wins, {} losses, {} ties{}",
            100.0 * self.win_rate(),
            100.0 * low,
            100.0 * high,
            self.wins,
            self.losses,
            self.ties,
            match self.by_order {
                0 => String::new(),
                n => format!(", of which {n} because the judge preferred a place"),
            }
        );
        let part = |count: usize, colour: &str| {
            let width = 320.0 * count as f64 / self.total().max(1) as f64;
            format!("<div style=\"width:{width:.1}px;background:var({colour})\"></div>")
        };
        let html = format!(
            "<div style=\"display:flex;height:12px;border-radius:3px;overflow:hidden;width:320px;margin:4px 0\">\
             {}{}{}</div><div class=\"shape\">{text}</div>",
            part(self.wins, "--fe-accent"),
            part(self.ties, "--fe-line"),
            part(self.losses, "--fe-warn")
        );
        MimeBundle::text(text).html(card(&html))
    }
}
