//! Categories as the numbers 0, 1, 2, …, for trees and for levels with an order.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::levels::{self, Levels, MISSING};
use super::{FittedTransformer, Transformer, replace};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::params;
use crate::persist::{Loader, Saved};

const NAME: &str = "OrdinalEncoder";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedOrdinal>(NAME, 1);

/// Replaces each level of text and boolean columns by its position among the
/// levels: by letter, or in the order that [`categories`](Self::categories) gives.
///
/// Missing values stay missing, and an unknown level is an error unless
/// [`unknown_value`](Self::unknown_value) is set, both as in scikit-learn.
///
/// ```
/// use ferrite_ml::{MlError, OrdinalEncoder, Transformer};
/// use polars::df;
///
/// let sizes = df!["size" => ["m", "s", "l"]]?;
/// let ordered = OrdinalEncoder::new().categories("size", ["s", "m", "l"]);
/// assert!(ordered.fit_transform(&sizes)?.equals(&df!["size" => [1.0, 0.0, 2.0]]?));
/// let error = ordered.fit(&sizes)?.transform(&df!["size" => ["xl"]]?).unwrap_err();
/// assert!(error.to_string().contains("\"xl\""));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrdinalEncoder {
    unknown_value: Option<f64>,
    encoded_missing_value: Option<f64>,
    encode_numbers: bool,
    categories: Vec<(String, Vec<String>)>,
}

impl OrdinalEncoder {
    /// An encoder that refuses unknown levels.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number for levels that were not there at fit.
    pub fn unknown_value(mut self, value: f64) -> Self {
        self.unknown_value = Some(value);
        self
    }

    /// The number for missing values.
    pub fn encoded_missing_value(mut self, value: f64) -> Self {
        self.encoded_missing_value = Some(value);
        self
    }

    /// Whether numeric columns are categories too; false unless set.
    pub fn encode_numbers(mut self, encode: bool) -> Self {
        self.encode_numbers = encode;
        self
    }

    /// The levels of one column in their order.
    pub fn categories(
        mut self,
        column: impl Into<String>,
        levels: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let levels = levels.into_iter().map(Into::into).collect();
        self.categories.push((column.into(), levels));
        self
    }
}

params!(OrdinalEncoder, NAME, {
    unknown_value: unknown_value,
    encoded_missing_value: encoded_missing_value,
    encode_numbers: encode_numbers,
});

impl Transformer for OrdinalEncoder {
    fn diagram(&self) -> Diagram {
        let mut diagram = Diagram::new(NAME);
        if let Some(value) = self.unknown_value {
            diagram = diagram.setting(format!("unknown_value={value}"));
        }
        if let Some(value) = self.encoded_missing_value {
            diagram = diagram.setting(format!("missing={value}"));
        }
        for (column, levels) in &self.categories {
            diagram = diagram.setting(format!("{column}: {}", levels.join(" < ")));
        }
        diagram.setting_if(self.encode_numbers, "numbers too")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        let mut chosen = levels::category_columns(frame, self.encode_numbers);
        for (name, _) in &self.categories {
            columns::column(frame, name)?;
            if !chosen.contains(name) {
                chosen.push(name.clone());
            }
        }
        let mut columns = Vec::with_capacity(chosen.len());
        for name in &chosen {
            let given = self.categories.iter().find(|(column, _)| column == name);
            let mut levels = match given {
                Some((_, levels)) => Levels::given(frame, name, levels.clone())?,
                None => Levels::learn(frame, name)?.0,
            };
            levels.names.retain(|level| level != MISSING);
            columns.push(levels);
        }
        let fitted = FittedOrdinal {
            columns,
            unknown: self.unknown_value,
            missing: self.encoded_missing_value,
            names: columns::names(frame),
        };
        // Levels that were left out of `categories` are told at once.
        fitted.transform(frame)?;
        Ok(Box::new(fitted))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct FittedOrdinal {
    columns: Vec<Levels>,
    unknown: Option<f64>,
    missing: Option<f64>,
    names: Vec<String>,
}

impl FittedTransformer for FittedOrdinal {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut encoded = Vec::with_capacity(self.columns.len());
        for levels in &self.columns {
            let known = columns::known(frame, &levels.column)?;
            let codes = levels.codes(frame)?;
            let mut values = Vec::with_capacity(codes.len());
            for (row, (code, known)) in codes.into_iter().zip(known).enumerate() {
                values.push(match (code, known) {
                    (_, false) => self.missing,
                    (Some(code), true) => Some(code as f64),
                    (None, true) if self.unknown.is_some() => self.unknown,
                    (None, true) => return Err(levels.unknown(frame, row)),
                });
            }
            encoded.push(Column::new(levels.column.as_str().into(), values));
        }
        replace(frame, encoded)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|l| l.column.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}
