//! What both vectorizers share: words, vocabularies and counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::columns::{self, Kind};
use crate::params::params;

/// A number of documents, or below 1 a part of them.
fn documents(limit: f64, all: usize) -> f64 {
    if limit < 1.0 {
        limit * all as f64
    } else {
        limit
    }
}

/// The methods that both vectorizers have.
macro_rules! word_methods {
    () => {
        /// Whether case does not matter; true unless set.
        pub fn lowercase(mut self, lowercase: bool) -> Self {
            self.words.lowercase = lowercase;
            self
        }

        /// Counts groups of words as well: `ngram_range(1, 2)` single words and pairs.
        pub fn ngram_range(mut self, least: usize, most: usize) -> Self {
            self.words.ngram_range = (least, most);
            self
        }

        /// Words that are not counted, in lower case unless case matters; those of English
        /// are [`text::english_stop_words`](crate::text::english_stop_words).
        pub fn stop_words(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
            self.words.stop_words = words.into_iter().map(Into::into).collect();
            self
        }

        /// Leaves out words that fewer rows have: a number of rows, or below 1 a part of them.
        pub fn min_df(mut self, least: f64) -> Self {
            self.words.min_df = least;
            self
        }

        /// Leaves out words that more rows have: a number of rows, or up to 1 a part
        /// of them.
        pub fn max_df(mut self, most: f64) -> Self {
            self.words.max_df = Some(most);
            self
        }

        /// Keeps that many of the most frequent words.
        pub fn max_features(mut self, most: usize) -> Self {
            self.words.max_features = Some(most);
            self
        }

        /// Whether to count each word once for a row; false unless set.
        pub fn binary(mut self, binary: bool) -> Self {
            self.words.binary = binary;
            self
        }
    };
}
pub(super) use word_methods;

/// How text becomes words, and which words are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Words {
    pub lowercase: bool,
    pub ngram_range: (usize, usize),
    pub stop_words: Vec<String>,
    pub min_df: f64,
    pub max_df: Option<f64>,
    pub max_features: Option<usize>,
    pub binary: bool,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            lowercase: true,
            ngram_range: (1, 1),
            stop_words: Vec::new(),
            min_df: 1.0,
            max_df: None,
            max_features: None,
            binary: false,
        }
    }
}

params!(Words, "CountVectorizer", {
    lowercase: lowercase,
    ngram_range: ngram_range,
    stop_words: stop_words,
    min_df: min_df,
    max_df: max_df,
    max_features: max_features,
    binary: binary,
});

impl Words {
    pub fn check(&self, owner: &'static str) -> Result<(), MlError> {
        let wrong = |name, value: String, rule| {
            Err(MlError::InvalidParameter {
                owner,
                name,
                value,
                rule,
            })
        };
        let (least, most) = self.ngram_range;
        if least == 0 || least > most {
            let value = format!("{least} to {most}");
            return wrong("ngram_range", value, "go from 1 or more to as many or more");
        }
        let number = "be a part of the documents below 1, or a number of them";
        if !(self.min_df >= 0.0 && self.min_df.is_finite()) {
            return wrong("min_df", self.min_df.to_string(), number);
        }
        if let Some(most) = self.max_df
            && !(most > 0.0 && most.is_finite())
        {
            return wrong("max_df", most.to_string(), number);
        }
        if self.max_features == Some(0) {
            return wrong("max_features", "0".to_owned(), "be at least 1");
        }
        Ok(())
    }

    /// What differs from the usual, for a diagram.
    pub fn settings(&self) -> Vec<String> {
        let usual = Self::default();
        let mut settings = Vec::new();
        if self.ngram_range != usual.ngram_range {
            let (least, most) = self.ngram_range;
            settings.push(format!("{least} to {most} words"));
        }
        if self.min_df != usual.min_df {
            settings.push(format!("min_df={}", self.min_df));
        }
        if let Some(most) = self.max_df {
            settings.push(format!("max_df={most}"));
        }
        if let Some(most) = self.max_features {
            settings.push(format!("max_features={most}"));
        }
        if !self.stop_words.is_empty() {
            settings.push(format!("{} stop words", self.stop_words.len()));
        }
        if self.binary {
            settings.push("binary".to_owned());
        }
        if !self.lowercase {
            settings.push("keeps case".to_owned());
        }
        settings
    }

    /// The terms of a text: runs of at least two letters, digits or underscores
    /// (scikit-learn's token pattern), then their n-grams.
    fn terms(&self, text: &str, stop: &HashSet<&str>) -> Vec<String> {
        let lowered;
        let text = if self.lowercase {
            lowered = text.to_lowercase();
            lowered.as_str()
        } else {
            text
        };
        let words: Vec<&str> = text
            .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .filter(|word| word.chars().nth(1).is_some() && !stop.contains(word))
            .collect();
        let (least, most) = self.ngram_range;
        (least..=most.min(words.len().max(least)))
            .flat_map(|size| words.windows(size).map(|words| words.join(" ")))
            .collect()
    }

    /// How often each term is in each text.
    fn count(&self, texts: &[Option<String>]) -> Vec<BTreeMap<String, f64>> {
        let stop: HashSet<&str> = self.stop_words.iter().map(String::as_str).collect();
        texts
            .iter()
            .map(|text| {
                ferrite_interrupt::checkpoint();
                let mut counts: BTreeMap<String, f64> = BTreeMap::new();
                for term in self.terms(text.as_deref().unwrap_or_default(), &stop) {
                    *counts.entry(term).or_default() += 1.0;
                }
                if self.binary {
                    counts.values_mut().for_each(|count| *count = 1.0);
                }
                counts
            })
            .collect()
    }

    /// Learns which terms a column has.
    pub fn learn(
        &self,
        owner: &'static str,
        frame: &DataFrame,
        name: &str,
    ) -> Result<Vocabulary, MlError> {
        let texts = columns::texts(frame, name)?;
        let counted = self.count(&texts);
        let mut totals: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for counts in &counted {
            for (term, count) in counts {
                let (documents, total) = totals.entry(term).or_default();
                *documents += 1.0;
                *total += count;
            }
        }
        let least = documents(self.min_df, texts.len());
        let most = self
            .max_df
            // A share of 1 is no limit, as scikit-learn's default says.
            .filter(|most| *most != 1.0)
            .map_or(f64::INFINITY, |most| documents(most, texts.len()));
        totals.retain(|_, (documents, _)| least <= *documents && *documents <= most);
        if let Some(limit) = self.max_features {
            let mut ranked: Vec<(&str, f64)> = totals
                .iter()
                .map(|(term, (_, total))| (*term, *total))
                .collect();
            // A stable sort: of equally frequent terms the first by letter stay.
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
            let kept: HashSet<&str> = ranked.iter().take(limit).map(|(term, _)| *term).collect();
            totals.retain(|term, _| kept.contains(term));
        }
        if totals.is_empty() {
            return Err(MlError::Unable {
                model: owner,
                reason: format!(
                    "no term of column \"{name}\" is left; it holds no words of two letters \
                     or more, or min_df, max_df and stop_words leave none"
                ),
            });
        }
        Ok(Vocabulary {
            column: name.to_owned(),
            documents: totals.values().map(|(documents, _)| *documents).collect(),
            terms: totals.into_keys().map(str::to_owned).collect(),
            rows: texts.len(),
        })
    }
}

/// The text columns of a frame, of which there must be at least one.
pub(super) fn text_columns(owner: &'static str, frame: &DataFrame) -> Result<Vec<String>, MlError> {
    let names = columns::names_where(frame, |kind| kind == Kind::Text);
    if names.is_empty() {
        return Err(MlError::Unable {
            model: owner,
            reason: "there is no text column".to_owned(),
        });
    }
    Ok(names)
}

/// The terms of one column, sorted, with the number of texts that have them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Vocabulary {
    pub column: String,
    pub terms: Vec<String>,
    pub documents: Vec<f64>,
    pub rows: usize,
}

impl Vocabulary {
    /// A row for each text, a column for each term.
    pub fn counts(&self, words: &Words, frame: &DataFrame) -> Result<Array2<f64>, MlError> {
        columns::expect_kind(frame, &self.column, Kind::Text)?;
        let texts = columns::texts(frame, &self.column)?;
        let position: HashMap<&str, usize> = self
            .terms
            .iter()
            .enumerate()
            .map(|(position, term)| (term.as_str(), position))
            .collect();
        let mut matrix = Array2::zeros((texts.len(), self.terms.len()));
        for (row, counts) in words.count(&texts).into_iter().enumerate() {
            for (term, count) in counts {
                if let Some(column) = position.get(term.as_str()) {
                    matrix[[row, *column]] = count;
                }
            }
        }
        Ok(matrix)
    }

    /// The columns `column_term`.
    pub fn columns(&self, values: &Array2<f64>) -> Vec<Column> {
        let named = self.terms.iter().zip(values.columns());
        named
            .map(|(term, values)| {
                let name = format!("{}_{term}", self.column);
                Column::new(name.into(), values.to_vec())
            })
            .collect()
    }
}

/// A frame in which each text column is replaced by the columns that `encode` makes.
pub(super) fn replace_texts(
    frame: &DataFrame,
    vocabularies: &[Vocabulary],
    encode: impl Fn(&Vocabulary) -> Result<Vec<Column>, MlError>,
) -> Result<DataFrame, MlError> {
    for vocabulary in vocabularies {
        columns::expect_kind(frame, &vocabulary.column, Kind::Text)?;
    }
    let mut all = Vec::new();
    for column in frame.columns() {
        let own = vocabularies
            .iter()
            .find(|vocabulary| vocabulary.column == column.name().as_str());
        match own {
            Some(own) => all.extend(encode(own)?),
            None => all.push(column.clone()),
        }
    }
    columns::assemble(frame.height(), all)
}
