//! Categories as the mean of what is to be predicted.
//!
//! A row must not be encoded by its own target: a level with one row would tell
//! the model the answer. So the training rows are encoded in folds, each by what
//! the other folds teach, and new rows by what all training rows teach (Micci-
//! Barreca, SIGKDD Explorations 2001; scikit-learn's `TargetEncoder`).

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::levels::{self, Levels};
use super::{FittedTransformer, Transformer};
use crate::diagram::Diagram;
use crate::params::params;
use crate::persist::{Loader, Saved};
use crate::target::Target;
use crate::{MlError, columns, folds, stats};

const NAME: &str = "TargetEncoder";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedTargetEncoder>(NAME, 1);

/// Replaces each level of text and boolean columns by the mean of the target in
/// its rows, drawn towards the mean of all rows: the fewer rows, the more.
///
/// For numbers it is the mean, for two classes the part of the second class, and
/// for more classes there is a column for each. Unknown levels get the mean of
/// all rows. While a pipeline is fitted, rows are encoded by other rows
/// (see [`cv`](Self::cv)).
///
/// ```
/// use ferrite_ml::{MlError, Pipeline, TargetEncoder, knn};
/// use polars::df;
///
/// let frame = df!["city" => ["a", "b", "a", "b"], "rich" => ["no", "yes", "no", "yes"]]?;
/// let encoder = TargetEncoder::new().smooth(0.0).cv(2);
/// let fitted = Pipeline::new().step("encode", encoder).model(knn(1)).fit(&frame, "rich")?;
/// assert_eq!(fitted.predict(&df!["city" => ["b"]]?)?.str()?.get(0), Some("yes"));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TargetEncoder {
    smooth: Option<f64>,
    cv: usize,
    shuffle: bool,
    random_state: u64,
    encode_numbers: bool,
}

impl Default for TargetEncoder {
    fn default() -> Self {
        Self {
            smooth: None,
            cv: 5,
            shuffle: true,
            random_state: 0,
            encode_numbers: false,
        }
    }
}

impl TargetEncoder {
    /// An encoder that finds out by itself how much to smooth.
    pub fn new() -> Self {
        Self::default()
    }

    /// As if each level had this many more rows with the mean of all rows.
    /// Unless set, it follows from how much the target varies in a level and
    /// altogether (empirical Bayes).
    pub fn smooth(mut self, rows: f64) -> Self {
        self.smooth = Some(rows);
        self
    }

    /// The number of folds in which the training rows are encoded; 5 unless set.
    pub fn cv(mut self, folds: usize) -> Self {
        self.cv = folds;
        self
    }

    /// Whether rows are dealt to folds at random; true unless set.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// Decides which rows go into which fold; 0 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.random_state = seed;
        self
    }

    /// scikit-learn's name for [`seed`](Self::seed).
    pub fn random_state(self, random_state: u64) -> Self {
        self.seed(random_state)
    }

    /// Whether numeric columns are categories too; false unless set.
    pub fn encode_numbers(mut self, encode: bool) -> Self {
        self.encode_numbers = encode;
        self
    }

    fn check(&self, target: Option<&Target>) -> Result<Vec<(String, Vec<f64>)>, MlError> {
        let wrong = |name, value: String, rule| MlError::InvalidParameter {
            owner: NAME,
            name,
            value,
            rule,
        };
        if let Some(rows) = self.smooth
            && !(rows >= 0.0 && rows.is_finite())
        {
            return Err(wrong(
                "smooth",
                rows.to_string(),
                "be 0 or a positive number",
            ));
        }
        if self.cv < 2 {
            return Err(wrong("cv", self.cv.to_string(), "be at least 2"));
        }
        match target {
            None => Err(MlError::NeedsTarget { step: NAME }),
            Some(Target::Numbers(numbers)) => Ok(vec![(String::new(), numbers.clone())]),
            Some(Target::Classes(classes)) => {
                let is = |class: usize| {
                    let ones = classes.codes().iter().map(|code| f64::from(*code == class));
                    ones.collect::<Vec<f64>>()
                };
                match classes.names() {
                    [_, _] => Ok(vec![(String::new(), is(1))]),
                    names => Ok(names
                        .iter()
                        .enumerate()
                        .map(|(class, name)| (format!("_{name}"), is(class)))
                        .collect()),
                }
            }
        }
    }

    /// The encoding of each level by the rows that `learns` chooses.
    fn encode_levels(
        &self,
        codes: &[usize],
        levels: usize,
        target: &[f64],
        learns: impl Fn(usize) -> bool,
    ) -> Encoded {
        let rows: Vec<usize> = (0..codes.len()).filter(|row| learns(*row)).collect();
        let known: Vec<f64> = rows.iter().map(|row| target[*row]).collect();
        let overall = stats::mean(&known);
        let variance = stats::variance(&known);
        let mut counts = vec![0.0; levels];
        let mut sums = vec![0.0; levels];
        for row in &rows {
            counts[codes[*row]] += 1.0;
            sums[codes[*row]] += target[*row];
        }
        let means: Vec<f64> = sums.iter().zip(&counts).map(|(s, n)| s / n).collect();
        let mut squares = vec![0.0; levels];
        for row in &rows {
            let level = codes[*row];
            squares[level] += (target[*row] - means[level]).powi(2);
        }
        let values = (0..levels).map(|level| {
            let count = counts[level];
            if count == 0.0 {
                return overall;
            }
            if let Some(smooth) = self.smooth {
                return (sums[level] + smooth * overall) / (count + smooth);
            }
            let weight = variance * count / (variance * count + squares[level] / count);
            if weight.is_nan() {
                return overall;
            }
            weight * means[level] + (1.0 - weight) * overall
        });
        Encoded {
            values: values.collect(),
            otherwise: overall,
        }
    }
}

params!(TargetEncoder, NAME, {
    smooth: smooth,
    cv: cv,
    shuffle: shuffle,
    random_state: random_state,
    encode_numbers: encode_numbers,
});

impl Transformer for TargetEncoder {
    fn diagram(&self) -> Diagram {
        let diagram = match self.smooth {
            None => Diagram::new(NAME),
            Some(rows) => Diagram::new(NAME).setting(format!("smooth={rows}")),
        };
        diagram
            .setting_if(self.cv != 5, format!("cv={}", self.cv))
            .setting_if(self.encode_numbers, "numbers too")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        self.fit_with_target(frame, None)
    }

    fn fit_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<Box<dyn FittedTransformer>, MlError> {
        let outputs = self.check(target)?;
        let mut encodings = Vec::new();
        for name in levels::category_columns(frame, self.encode_numbers) {
            let (levels, codes) = Levels::learn(frame, &name)?;
            let count = levels.names.len();
            let encoded = outputs.iter().map(|(suffix, target)| {
                let encoded = self.encode_levels(&codes, count, target, |_| true);
                (format!("{name}{suffix}"), encoded)
            });
            let encoded = encoded.collect();
            encodings.push(Encoding { levels, encoded });
        }
        let mut fitted = FittedTargetEncoder {
            encodings,
            names: Vec::new(),
        };
        fitted.names = columns::names(&fitted.transform(frame)?);
        Ok(Box::new(fitted))
    }

    fn fit_transform_with_target(
        &self,
        frame: &DataFrame,
        target: Option<&Target>,
    ) -> Result<(Box<dyn FittedTransformer>, DataFrame), MlError> {
        let fitted = self.fit_with_target(frame, target)?;
        let outputs = self.check(target)?;
        let Some(target) = target else {
            return Err(MlError::NeedsTarget { step: NAME });
        };
        if frame.height() < self.cv {
            return Err(MlError::TooFewRows {
                purpose: format!("{NAME}(cv={})", self.cv),
                needed: self.cv,
                found: frame.height(),
                advice: "; choose a smaller cv",
            });
        }
        let fold_of = folds::assign(target, self.cv, self.shuffle.then_some(self.random_state));
        let mut encoded = Vec::new();
        for column in frame.columns() {
            let name = column.name().as_str();
            let chosen = levels::category_columns(frame, self.encode_numbers);
            if !chosen.iter().any(|chosen| chosen == name) {
                encoded.push(column.clone());
                continue;
            }
            let (levels, codes) = Levels::learn(frame, name)?;
            for (suffix, target) in &outputs {
                let mut values = vec![0.0; codes.len()];
                for fold in 0..self.cv {
                    let learned = self.encode_levels(&codes, levels.names.len(), target, |row| {
                        fold_of[row] != fold
                    });
                    for (row, code) in codes.iter().enumerate() {
                        if fold_of[row] == fold {
                            values[row] = learned.values[*code];
                        }
                    }
                }
                encoded.push(Column::new(format!("{name}{suffix}").into(), values));
            }
        }
        Ok((fitted, columns::assemble(frame.height(), encoded)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

/// The number for each level, and for others.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Encoded {
    values: Vec<f64>,
    otherwise: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Encoding {
    levels: Levels,
    /// An output column for each entry.
    encoded: Vec<(String, Encoded)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct FittedTargetEncoder {
    encodings: Vec<Encoding>,
    names: Vec<String>,
}

impl FittedTransformer for FittedTargetEncoder {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for encoding in &self.encodings {
            columns::expect_kind(frame, &encoding.levels.column, encoding.levels.kind)?;
        }
        let mut encoded = Vec::with_capacity(self.names.len());
        for column in frame.columns() {
            let name = column.name().as_str();
            let Some(encoding) = self.encodings.iter().find(|e| e.levels.column == name) else {
                encoded.push(column.clone());
                continue;
            };
            let codes = encoding.levels.codes(frame)?;
            for (output, learned) in &encoding.encoded {
                let value = |code: &Option<usize>| {
                    let known = code.and_then(|code| learned.values.get(code));
                    known.copied().unwrap_or(learned.otherwise)
                };
                let values: Vec<f64> = codes.iter().map(value).collect();
                encoded.push(Column::new(output.as_str().into(), values));
            }
        }
        columns::assemble(frame.height(), encoded)
    }

    fn inputs(&self) -> Vec<String> {
        self.encodings
            .iter()
            .map(|encoding| encoding.levels.column.clone())
            .collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
