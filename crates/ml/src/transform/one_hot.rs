//! Categories as columns of 0 and 1, the form in which models can use them.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer};
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::params;
use crate::persist::{Loader, Saved};
use crate::{MlError, labels};

const NAME: &str = "OneHotEncoder";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedOneHotEncoder>(NAME, 1);

/// The level that a missing value belongs to.
const MISSING: &str = "missing";

/// Replaces each text and boolean column by one column for each of its levels,
/// named `column_level`, with 1 where the row has that level and 0 elsewhere.
///
/// - A level that was not there at `fit` gives 0 in all columns.
/// - A missing value is a level of its own, called `missing`, if there was one
///   at `fit`; otherwise it is treated like an unknown level.
/// - Other columns pass through.
///
/// ```
/// use ferrite_ml::{MlError, OneHotEncoder, Transformer};
/// use polars::df;
///
/// let encoded = OneHotEncoder::new().fit_transform(&df!["sex" => [Some("f"), Some("m"), None]]?)?;
/// let expected = df!["sex_f" => [1.0, 0.0, 0.0], "sex_m" => [0.0, 1.0, 0.0], "sex_missing" => [0.0, 0.0, 1.0]]?;
/// assert!(encoded.equals(&expected));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneHotEncoder {}

impl OneHotEncoder {
    /// An encoder that treats unknown levels as "none of these".
    pub fn new() -> Self {
        Self {}
    }

    /// Learns the levels of each text and boolean column.
    ///
    /// ```
    /// use ferrite_ml::{MlError, OneHotEncoder};
    /// use polars::df;
    ///
    /// let fitted = OneHotEncoder::new().fit(&df!["size" => ["m", "s", "m"]]?)?;
    /// assert_eq!(fitted.categories(), [("size".to_owned(), vec!["m".to_owned(), "s".to_owned()])]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedOneHotEncoder, MlError> {
        let mut categories = Vec::new();
        let mut names = Vec::new();
        for column in frame.columns() {
            let name = column.name().as_str();
            if !Kind::of(column.dtype()).is_categorical() {
                names.push(name.to_owned());
                continue;
            }
            let levels = labels::distinct(&levels(frame, name)?, false);
            names.extend(levels.iter().map(|level| format!("{name}_{level}")));
            categories.push((name.to_owned(), Kind::of(column.dtype()), levels));
        }
        Ok(FittedOneHotEncoder {
            columns: categories,
            names,
        })
    }
}

params!(OneHotEncoder, NAME, {});

impl Transformer for OneHotEncoder {
    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        Diagram::new("OneHotEncoder")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }
}

/// What a [`OneHotEncoder`] learned.
///
/// ```
/// use ferrite_ml::{FittedTransformer, MlError, OneHotEncoder};
/// use polars::df;
///
/// let fitted = OneHotEncoder::new().fit(&df!["size" => ["m", "s"]]?)?;
/// assert_eq!(fitted.categories()[0].1, ["m", "s"]);
/// let unknown = fitted.transform(&df!["size" => ["xl"]]?)?;
/// assert!(unknown.equals(&df!["size_m" => [0.0], "size_s" => [0.0]]?));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedOneHotEncoder {
    columns: Vec<(String, Kind, Vec<String>)>,
    names: Vec<String>,
}

impl FittedOneHotEncoder {
    /// Each encoded column with its levels.
    pub fn categories(&self) -> Vec<(String, Vec<String>)> {
        self.columns
            .iter()
            .map(|(name, _, levels)| (name.clone(), levels.clone()))
            .collect()
    }
}

impl FittedTransformer for FittedOneHotEncoder {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for (name, kind, _) in &self.columns {
            columns::expect_kind(frame, name, *kind)?;
        }
        let mut encoded = Vec::with_capacity(self.names.len());
        for column in frame.columns() {
            let name = column.name().as_str();
            let Some((_, _, known)) = self.columns.iter().find(|(encoded, ..)| encoded == name)
            else {
                encoded.push(column.clone());
                continue;
            };
            let rows = levels(frame, name)?;
            for level in known {
                let ones: Vec<f64> = rows
                    .iter()
                    .map(|row| if row == level { 1.0 } else { 0.0 })
                    .collect();
                encoded.push(Column::new(format!("{name}_{level}").into(), ones));
            }
        }
        columns::assemble(frame.height(), encoded)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|(name, ..)| name.clone()).collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 1, self)
    }
}

/// The level of each row.
fn levels(frame: &DataFrame, name: &str) -> Result<Vec<String>, MlError> {
    let texts = columns::texts(frame, name)?;
    Ok(texts
        .into_iter()
        .map(|text| text.unwrap_or_else(|| MISSING.to_owned()))
        .collect())
}
