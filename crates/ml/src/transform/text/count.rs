//! How often each word is in a text.

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use super::super::{FittedTransformer, Transformer};
use super::words::{self, Vocabulary, Words, word_methods};
use crate::diagram::Diagram;
use crate::params::{ParamValue, Params};
use crate::persist::{Loader, Saved, SavedRecipe};
use crate::{MlError, columns};

const NAME: &str = "CountVectorizer";

pub(in crate::transform) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedCounts>(NAME, 1);

/// Replaces each text column by one column for each of its words, named
/// `column_word`, with the number of times that the row has the word.
///
/// Words are runs of at least two letters, digits or underscores, in lower case;
/// a missing text has none. There can be tens of thousands of them:
/// [`max_features`](Self::max_features) keeps the most frequent, and
/// [`min_df`](Self::min_df) leaves out the rare.
///
/// ```
/// use ferrite_ml::{CountVectorizer, MlError, Transformer};
/// use polars::df;
///
/// let texts = df!["t" => ["the cat", "the dog, the cat"]]?;
/// let counts = CountVectorizer::new().fit_transform(&texts)?;
/// let expected = df!["t_cat" => [1.0, 1.0], "t_dog" => [0.0, 1.0], "t_the" => [1.0, 2.0]]?;
/// assert!(counts.equals(&expected));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CountVectorizer {
    words: Words,
}

impl CountVectorizer {
    /// Counts of all single words.
    pub fn new() -> Self {
        Self::default()
    }

    word_methods!();
}

impl Params for CountVectorizer {
    fn params(&self) -> Vec<(String, ParamValue)> {
        self.words.params()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        self.words.set_param(name, value)
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        self.words.recipe()
    }
}

impl Transformer for CountVectorizer {
    fn diagram(&self) -> Diagram {
        let settings = self.words.settings();
        settings
            .into_iter()
            .fold(Diagram::new(NAME), Diagram::setting)
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.words.check(NAME)?;
        let mut vocabularies = Vec::new();
        for name in words::text_columns(NAME, frame)? {
            vocabularies.push(self.words.learn(NAME, frame, &name)?);
        }
        let mut fitted = FittedCounts {
            words: self.words.clone(),
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
struct FittedCounts {
    words: Words,
    vocabularies: Vec<Vocabulary>,
    names: Vec<String>,
}

impl FittedTransformer for FittedCounts {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        words::replace_texts(frame, &self.vocabularies, |vocabulary| {
            Ok(vocabulary.columns(&vocabulary.counts(&self.words, frame)?))
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
