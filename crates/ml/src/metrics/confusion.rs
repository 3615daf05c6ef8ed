//! The confusion matrix, from which every metric of classes follows.

use std::collections::HashMap;
use std::fmt::Write;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};

use super::evaluation::inline;
use crate::{MlError, labels};

/// A larger matrix is neither drawn nor written.
const SHOWN: usize = 40;

/// How often each true class (rows) was predicted as each class (columns).
///
/// Made by [`confusion_matrix`](super::confusion_matrix) and by
/// [`FittedPipeline::evaluate`](crate::FittedPipeline::evaluate).
///
/// ```
/// use ferrite_ml::{MlError, confusion_matrix};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), [1, 2, 2, 2]);
/// let guess = Series::new("guess".into(), [1, 2, 2, 1]);
/// let matrix = confusion_matrix(&truth, &guess)?;
/// assert_eq!(matrix.labels(), ["1", "2"]);
/// assert_eq!(matrix.counts()[1], [1, 2]); // of the 2s, one was taken for a 1
/// assert_eq!(matrix.total(), 4);
/// assert_eq!(matrix.accuracy(), 0.75);
/// assert_eq!(matrix.classes()[0].precision, 0.5);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    pub(super) labels: Vec<String>,
    pub(super) counts: Vec<Vec<usize>>,
}

/// How well one class is recognised.
///
/// ```
/// use ferrite_ml::{MlError, confusion_matrix};
/// use polars::prelude::*;
///
/// let truth = Series::new("truth".into(), ["a", "b", "b"]);
/// let guess = Series::new("guess".into(), ["a", "b", "a"]);
/// let classes = confusion_matrix(&truth, &guess)?.classes();
/// assert_eq!(classes[0].precision, 0.5);
/// assert_eq!(classes[0].recall, 1.0);
/// assert_eq!(classes[1].support, 2);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScore {
    /// The class.
    pub label: String,
    /// Of the rows predicted as this class, the part that is of it; 0 if none was.
    pub precision: f64,
    /// Of the rows of this class, the part that was predicted as it; 0 if there is none.
    pub recall: f64,
    /// The harmonic mean of precision and recall; 0 if both are 0.
    pub f1: f64,
    /// The number of rows of this class.
    pub support: usize,
}

/// Precision, recall and f1 averaged over classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Average {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

impl ConfusionMatrix {
    /// Counts pairs of true and predicted labels.
    pub(crate) fn count(
        truth: &[String],
        guess: &[String],
        numeric: bool,
    ) -> Result<Self, MlError> {
        let labels = labels::distinct(truth.iter().chain(guess), numeric);
        if labels.len() > labels::MOST_CLASSES {
            return Err(MlError::TooManyClasses {
                count: labels.len(),
            });
        }
        let position: HashMap<&str, usize> = labels
            .iter()
            .enumerate()
            .map(|(i, label)| (label.as_str(), i))
            .collect();
        let mut counts = vec![vec![0; labels.len()]; labels.len()];
        for (truth, guess) in truth.iter().zip(guess) {
            counts[position[truth.as_str()]][position[guess.as_str()]] += 1;
        }
        Ok(Self { labels, counts })
    }

    /// The classes in order: of the rows, and of the columns.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The counts: a list for each true class, in it a count for each predicted one.
    pub fn counts(&self) -> &[Vec<usize>] {
        &self.counts
    }

    /// The number of rows that were compared.
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// The part of the rows on the diagonal.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..self.labels.len()).map(|i| self.counts[i][i]).sum();
        ratio(right, self.total())
    }

    /// Precision, recall, f1 and support of each class, in the order of
    /// [`labels`](Self::labels).
    pub fn classes(&self) -> Vec<ClassScore> {
        let score = |(class, label): (usize, &String)| {
            let right = self.counts[class][class];
            let support = self.counts[class].iter().sum();
            let predicted = self.counts.iter().map(|row| row[class]).sum::<usize>();
            ClassScore {
                label: label.clone(),
                precision: ratio(right, predicted),
                recall: ratio(right, support),
                f1: ratio(2 * right, predicted + support),
                support,
            }
        };
        self.labels.iter().enumerate().map(score).collect()
    }

    /// The mean over classes, each counting the same.
    pub(super) fn macro_average(&self) -> Average {
        self.average(|_| 1.0)
    }

    /// The mean over classes, each counting by its rows.
    pub(super) fn weighted_average(&self) -> Average {
        self.average(|class| class.support as f64)
    }

    /// The mean recall over the classes that occur.
    pub(crate) fn balanced_accuracy(&self) -> f64 {
        self.average(|class| if class.support > 0 { 1.0 } else { 0.0 })
            .recall
    }

    fn average(&self, weight: impl Fn(&ClassScore) -> f64) -> Average {
        let classes = self.classes();
        let sum: f64 = classes.iter().map(&weight).sum();
        let mean = |value: fn(&ClassScore) -> f64| {
            let weighted: f64 = classes
                .iter()
                .map(|class| weight(class) * value(class))
                .sum();
            if sum > 0.0 { weighted / sum } else { 0.0 }
        };
        Average {
            precision: mean(|class| class.precision),
            recall: mean(|class| class.recall),
            f1: mean(|class| class.f1),
        }
    }

    /// The matrix as a drawing, or as a table if it cannot be drawn.
    pub(super) fn to_html(&self) -> String {
        if self.labels.len() > SHOWN {
            return format!("<div class=\"dim\">{}</div>", self.too_large());
        }
        // Small enough to stand beside the report in a notebook.
        let width = (280 + 60 * self.labels.len() as u32).clamp(440, 900);
        let chart = ferrite_plot::chart::confusion_matrix(&self.labels, &self.counts);
        match chart.size(width, width * 7 / 10).svg() {
            Ok(svg) => inline(svg),
            Err(_) => self.to_table(),
        }
    }

    fn too_large(&self) -> String {
        format!(
            "a confusion matrix of {} classes is too large to show; .counts() has it",
            self.labels.len()
        )
    }

    fn to_table(&self) -> String {
        let mut html = "<table><thead><tr><th>true \\ predicted</th>".to_owned();
        for label in &self.labels {
            html.push_str(&format!("<th class=\"num\">{}</th>", escape(label)));
        }
        html.push_str("</tr></thead><tbody>");
        for (label, row) in self.labels.iter().zip(&self.counts) {
            html.push_str(&format!("<tr><th>{}</th>", escape(label)));
            for count in row {
                html.push_str(&format!("<td class=\"num\">{count}</td>"));
            }
            html.push_str("</tr>");
        }
        html + "</tbody></table>"
    }

    /// The matrix as aligned text.
    pub(super) fn to_text(&self) -> String {
        if self.labels.len() > SHOWN {
            return self.too_large();
        }
        const CORNER: &str = "true \\ predicted";
        let width = |text: &str| text.chars().count();
        let first = self
            .labels
            .iter()
            .map(|l| width(l))
            .fold(width(CORNER), usize::max);
        let longest = self
            .counts
            .iter()
            .flatten()
            .map(|count| count.to_string().len());
        let digits = longest.fold(0, usize::max);
        let mut text = format!("{CORNER:<first$}");
        for label in &self.labels {
            let _ = write!(text, "  {label:>0$}", digits.max(width(label)));
        }
        for (label, row) in self.labels.iter().zip(&self.counts) {
            let _ = write!(text, "\n{label:<first$}");
            for (count, label) in row.iter().zip(&self.labels) {
                let _ = write!(text, "  {count:>0$}", digits.max(width(label)));
            }
        }
        text
    }
}

impl Show for ConfusionMatrix {
    fn show(&self) -> MimeBundle {
        MimeBundle::text(self.to_text()).html(card(&self.to_html()))
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}
