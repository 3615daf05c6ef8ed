//! Words weighted by how much they tell texts apart.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::super::normalizer::Norm;
use super::super::{FittedTransformer, Transformer};
use super::words::{self, Vocabulary, Words, word_methods};
use crate::diagram::Diagram;
use crate::params::{Field, ParamValue, Params, read, unknown};
use crate::persist::{Loader, Saved, SavedRecipe};
use crate::{MlError, columns};

const NAME: &str = "TfidfVectorizer";

pub(in crate::transform) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedTfidf>(NAME, 1);

/// Like [`CountVectorizer`](crate::CountVectorizer), but a word counts the less
/// the more rows have it, and the counts of each row are brought to length 1.
///
/// The weight of a word is `ln((1 + rows) / (1 + rows with it)) + 1`, as in
/// scikit-learn.
///
/// ```
/// use ferrite_ml::{MlError, TfidfVectorizer, Transformer};
/// use polars::df;
///
/// let texts = df!["t" => ["rare words", "common words"]]?;
/// let weights = TfidfVectorizer::new().fit_transform(&texts)?;
/// let weight = |column: &str| weights.column(column)?.f64().map(|w| w.get(0).unwrap_or(0.0));
/// assert!(weight("t_rare")? > weight("t_words")?);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TfidfVectorizer {
    words: Words,
    weights: Weights,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Weights {
    norm: Option<Norm>,
    use_idf: bool,
    smooth_idf: bool,
    sublinear_tf: bool,
}

impl Default for TfidfVectorizer {
    fn default() -> Self {
        Self {
            words: Words::default(),
            weights: Weights {
                norm: Some(Norm::L2),
                use_idf: true,
                smooth_idf: true,
                sublinear_tf: false,
            },
        }
    }
}

impl TfidfVectorizer {
    /// Weighted counts of all single words.
    pub fn new() -> Self {
        Self::default()
    }

    word_methods!();

    /// The length that rows are brought to 1 by; `None` leaves them.
    pub fn norm(mut self, norm: impl Into<Option<Norm>>) -> Self {
        self.weights.norm = norm.into();
        self
    }

    /// Whether words of many rows count less; true unless set.
    pub fn use_idf(mut self, use_idf: bool) -> Self {
        self.weights.use_idf = use_idf;
        self
    }

    /// Whether weights are those of one more row that has every word; true unless set.
    pub fn smooth_idf(mut self, smooth: bool) -> Self {
        self.weights.smooth_idf = smooth;
        self
    }

    /// Whether a count becomes `1 + ln(count)`; false unless set.
    pub fn sublinear_tf(mut self, sublinear: bool) -> Self {
        self.weights.sublinear_tf = sublinear;
        self
    }
}

impl Params for TfidfVectorizer {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let mut all = self.words.params();
        let weights = &self.weights;
        all.extend([
            ("norm".to_owned(), weights.norm.to_value()),
            ("use_idf".to_owned(), weights.use_idf.to_value()),
            ("smooth_idf".to_owned(), weights.smooth_idf.to_value()),
            ("sublinear_tf".to_owned(), weights.sublinear_tf.to_value()),
        ]);
        all
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        let weights = &mut self.weights;
        match name {
            "norm" => weights.norm = read(NAME, "norm", value)?,
            "use_idf" => weights.use_idf = read(NAME, "use_idf", value)?,
            "smooth_idf" => weights.smooth_idf = read(NAME, "smooth_idf", value)?,
            "sublinear_tf" => weights.sublinear_tf = read(NAME, "sublinear_tf", value)?,
            _ => {
                let known = self.params();
                let known: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
                if !known.contains(&name) {
                    return Err(unknown(NAME, name, &known));
                }
                self.words.set_param(name, value)?;
            }
        }
        Ok(())
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        Some(SavedRecipe::plain(NAME, self.params()))
    }
}

impl Transformer for TfidfVectorizer {
    fn diagram(&self) -> Diagram {
        let settings = self.words.settings();
        settings
            .into_iter()
            .fold(Diagram::new(NAME), Diagram::setting)
            .setting_if(
                self.weights.norm != Some(Norm::L2),
                self.weights.norm.map_or("no norm", |norm| norm.name()),
            )
            .setting_if(!self.weights.use_idf, "no idf")
            .setting_if(self.weights.sublinear_tf, "sublinear")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.words.check(NAME)?;
        let mut vocabularies = Vec::new();
        for name in words::text_columns(NAME, frame)? {
            vocabularies.push(self.words.learn(NAME, frame, &name)?);
        }
        let mut fitted = FittedTfidf {
            words: self.words.clone(),
            weights: self.weights.clone(),
            vocabularies,
            names: Vec::new(),
        };
        fitted.names = columns::names(&fitted.transform(&frame.head(Some(0)))?);
        Ok(Box::new(fitted))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedTfidf {
    words: Words,
    weights: Weights,
    vocabularies: Vec<Vocabulary>,
    names: Vec<String>,
}

impl Weights {
    /// The weight of each term.
    fn idf(&self, vocabulary: &Vocabulary) -> Vec<f64> {
        let more = f64::from(self.smooth_idf);
        let rows = vocabulary.rows as f64 + more;
        vocabulary
            .documents
            .iter()
            .map(|documents| {
                if self.use_idf {
                    (rows / (documents + more)).ln() + 1.0
                } else {
                    1.0
                }
            })
            .collect()
    }
}

impl FittedTransformer for FittedTfidf {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        words::replace_texts(frame, &self.vocabularies, |vocabulary| {
            let mut values = vocabulary.counts(&self.words, frame)?;
            let idf = self.weights.idf(vocabulary);
            for mut row in values.rows_mut() {
                for (value, weight) in row.iter_mut().zip(&idf) {
                    if self.weights.sublinear_tf && *value > 0.0 {
                        *value = value.ln() + 1.0;
                    }
                    *value *= weight;
                }
                let Some(norm) = self.weights.norm else {
                    continue;
                };
                let length = norm.of(row.iter().copied());
                if length > 0.0 {
                    row.mapv_inplace(|value| value / length);
                }
            }
            Ok(vocabulary.columns(&values))
        })
    }

    fn inputs(&self) -> Vec<String> {
        self.vocabularies.iter().map(|v| v.column.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
