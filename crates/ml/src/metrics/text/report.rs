//! All metrics of texts at once.

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use polars::prelude::{Column, DataFrame};

use super::{Texts, complete, overlap, rouge, sentence_bleu, sentence_chrf};
use crate::metrics::significant;
use crate::{MlError, columns};

/// Measures a column of answers against a column of references by everything that needs
/// only the two.
///
/// ```
/// use ferrite_ml::text::text_report;
/// use polars::df;
///
/// let answers = df!["answer" => ["the cat sat", "yes"], "expected" => ["the cat sat", "no"]]?;
/// let report = text_report(&answers, "answer", "expected")?;
/// assert_eq!(report.metric("exact_match")?, 0.5);
/// assert_eq!(report.rows()?.column("exact_match")?.f64()?.get(1), Some(0.0));
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub fn text_report(
    frame: &DataFrame,
    predictions: &str,
    references: &str,
) -> Result<TextReport, MlError> {
    let column = |name: &str| -> Result<Vec<String>, MlError> {
        complete(Texts::from(columns::column(frame, name)?), name)
    };
    let (ours, theirs) = (column(predictions)?, column(references)?);
    let (one, other) = (|| ours.clone(), || theirs.clone());
    let rouge = rouge::rouge(one(), other())?;
    let mut all = vec![
        ("exact_match", overlap::exact_match(one(), other())?),
        ("token_f1", overlap::token_f1(one(), other())?),
        ("bleu", super::bleu(one(), other())?.score),
        ("chrf", super::chrf(one(), other())?),
        ("rouge1", rouge.rouge1.f1),
        ("rouge2", rouge.rouge2.f1),
        ("rougeL", rouge.rouge_l.f1),
    ];
    // References without a word have no error rate; the other metrics stand.
    if let Ok(rate) = super::word_error_rate(one(), other()) {
        all.push(("word_error_rate", rate.rate));
    }
    Ok(TextReport {
        columns: (predictions.to_owned(), references.to_owned()),
        ours,
        theirs,
        all,
    })
}

/// The metrics of answers, made by [`text_report`].
///
/// ```
/// use ferrite_ml::text::{TextReport, text_report};
/// use polars::df;
///
/// let report: TextReport = text_report(&df!["a" => ["x"], "b" => ["x"]]?, "a", "b")?;
/// assert_eq!(report.metrics()[0], ("exact_match", 1.0));
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TextReport {
    columns: (String, String),
    ours: Vec<String>,
    theirs: Vec<String>,
    all: Vec<(&'static str, f64)>,
}

impl TextReport {
    /// All metrics with their names. BLEU and chrF go from 0 to 100 as everywhere, the
    /// others from 0 to 1.
    pub fn metrics(&self) -> &[(&'static str, f64)] {
        &self.all
    }

    /// A metric by its name.
    pub fn metric(&self, name: &str) -> Result<f64, MlError> {
        let found = self.all.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| *value)
            .ok_or_else(|| MlError::UndefinedMetric {
                metric: format!("\"{name}\""),
                reason: format!(
                    "known here: {}",
                    self.all
                        .iter()
                        .map(|(known, _)| *known)
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            })
    }

    /// A row for each answer with its own scores, to find the worst ones.
    pub fn rows(&self) -> Result<DataFrame, MlError> {
        let pairs = || self.ours.iter().zip(&self.theirs);
        let normal: Vec<_> = pairs()
            .map(|(a, b)| (overlap::normal(a), overlap::normal(b)))
            .collect();
        let column = |name: &str, values: Vec<f64>| Column::new(name.into(), values);
        let equal = |(a, b): &(Vec<String>, Vec<String>)| f64::from(u8::from(a == b));
        let rouge_l = pairs()
            .map(|(a, b)| rouge::single(a, std::slice::from_ref(b)).rouge_l.f1)
            .collect();
        let all = vec![
            Column::new(self.columns.0.as_str().into(), self.ours.clone()),
            Column::new(self.columns.1.as_str().into(), self.theirs.clone()),
            column("exact_match", normal.iter().map(equal).collect()),
            column(
                "token_f1",
                normal.iter().map(|(a, b)| overlap::f1(a, b)).collect(),
            ),
            column(
                "bleu",
                sentence_bleu(self.ours.clone(), self.theirs.clone())?,
            ),
            column(
                "chrf",
                sentence_chrf(self.ours.clone(), self.theirs.clone())?,
            ),
            column("rougeL", rouge_l),
        ];
        columns::assemble(self.ours.len(), all)
    }
}

impl Show for TextReport {
    fn show(&self) -> MimeBundle {
        let width = self
            .all
            .iter()
            .map(|(name, _)| name.len())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        let mut html = "<table><tbody>".to_owned();
        for (name, value) in &self.all {
            let whole = if matches!(*name, "bleu" | "chrf") {
                100.0
            } else {
                1.0
            };
            let shown = if whole > 1.0 {
                format!("{value:.1}")
            } else {
                significant(*value)
            };
            text.push_str(&format!("{name:<width$}  {shown}\n"));
            html.push_str(&format!(
                "<tr><th>{name}</th><td class=\"num\">{shown}</td><td><div style=\"width:160px;\
                 height:6px;border-radius:3px;background:var(--fe-line);overflow:hidden\"><div \
                 style=\"height:100%;width:{:.1}%;background:var({})\"></div></div></td></tr>",
                (100.0 * value / whole).clamp(0.0, 100.0),
                if *name == "word_error_rate" {
                    "--fe-warn"
                } else {
                    "--fe-accent"
                }
            ));
        }
        let fact = format!(
            "{} against {} on {} texts",
            self.columns.0,
            self.columns.1,
            self.ours.len()
        );
        html.push_str(&format!(
            "</tbody></table><div class=\"shape\">{}</div>",
            escape(&fact)
        ));
        MimeBundle::text(format!("{text}\n{fact}")).html(card(&html))
    }
}
