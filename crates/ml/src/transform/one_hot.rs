//! Categories as columns of 0 and 1, the form in which models can use them.

use polars::prelude::{Column, DataFrame};
use serde::{Deserialize, Serialize};

use super::levels::{self, Levels};
use super::{FittedTransformer, Transformer};
use crate::MlError;
use crate::columns;
use crate::diagram::Diagram;
use crate::params::{choices, params};
use crate::persist::{Loader, Saved};

const NAME: &str = "OneHotEncoder";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedOneHotEncoder>(NAME, 1);

/// The name of the column that rare levels share.
const INFREQUENT: &str = "infrequent";

/// What a [`OneHotEncoder`] does with a level that it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandleUnknown {
    /// The row has none of the levels: 0 everywhere.
    #[default]
    Ignore,
    /// It counts as a rare level, if there are any; otherwise like `Ignore`.
    InfrequentIfExist,
    /// It is an error.
    Error,
}

choices!(HandleUnknown {
    "ignore" => Ignore,
    "infrequent_if_exist" => InfrequentIfExist,
    "error" => Error,
});

/// Which level gets no column of its own, so that columns do not depend on each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DropLevel {
    /// Every level has a column.
    #[default]
    None,
    /// The first level of each column has none.
    First,
    /// The first level of columns with two levels has none.
    IfBinary,
}

choices!(DropLevel { "none" => None, "first" => First, "if_binary" => IfBinary });

/// Replaces each text and boolean column by one column for each of its levels,
/// named `column_level`, with 1 where the row has that level and 0 elsewhere.
///
/// - A level that was not there at `fit` gives 0 in all columns, unless
///   [`handle_unknown`](Self::handle_unknown) says otherwise (scikit-learn
///   refuses it unless told to ignore it).
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
///
/// let frame = df!["city" => ["Oslo", "Oslo", "Bern", "Rome"]]?;
/// let encoded = OneHotEncoder::new().min_frequency(2.0).fit_transform(&frame)?;
/// let expected = df!["city_Oslo" => [1.0, 1.0, 0.0, 0.0], "city_infrequent" => [0.0, 0.0, 1.0, 1.0]]?;
/// assert!(encoded.equals(&expected));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneHotEncoder {
    handle_unknown: HandleUnknown,
    drop: DropLevel,
    min_frequency: Option<f64>,
    max_categories: Option<usize>,
    encode_numbers: bool,
}

impl OneHotEncoder {
    /// An encoder that treats unknown levels as "none of these".
    pub fn new() -> Self {
        Self::default()
    }

    /// What to do with unknown levels; [`HandleUnknown::Ignore`] unless set.
    pub fn handle_unknown(mut self, handle: HandleUnknown) -> Self {
        self.handle_unknown = handle;
        self
    }

    /// Which level gets no column; none unless set.
    pub fn drop(mut self, drop: DropLevel) -> Self {
        self.drop = drop;
        self
    }

    /// Levels with fewer rows share one column: a count from 1 on, or below 1 a
    /// part of the rows.
    pub fn min_frequency(mut self, least: f64) -> Self {
        self.min_frequency = Some(least);
        self
    }

    /// At most this many columns for each column; the rarest levels share one.
    pub fn max_categories(mut self, most: usize) -> Self {
        self.max_categories = Some(most);
        self
    }

    /// Whether numeric columns are categories too, such as months or codes;
    /// false unless set.
    pub fn encode_numbers(mut self, encode: bool) -> Self {
        self.encode_numbers = encode;
        self
    }

    /// Learns the levels of each text and boolean column.
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedOneHotEncoder, MlError> {
        self.check()?;
        let chosen = levels::category_columns(frame, self.encode_numbers);
        let mut encoded = Vec::with_capacity(chosen.len());
        for name in &chosen {
            encoded.push(self.learn(frame, name)?);
        }
        let mut fitted = FittedOneHotEncoder {
            columns: encoded,
            handle_unknown: self.handle_unknown,
            names: Vec::new(),
        };
        fitted.names = columns::names(&fitted.encode(frame)?);
        Ok(fitted)
    }

    fn check(&self) -> Result<(), MlError> {
        let wrong = |name, value: String, rule| MlError::InvalidParameter {
            owner: NAME,
            name,
            value,
            rule,
        };
        if let Some(least) = self.min_frequency
            && !(least > 0.0 && least.is_finite())
        {
            return Err(wrong("min_frequency", least.to_string(), "be positive"));
        }
        if self.max_categories == Some(0) {
            return Err(wrong("max_categories", "0".to_owned(), "be at least 1"));
        }
        Ok(())
    }

    fn learn(&self, frame: &DataFrame, name: &str) -> Result<Encoding, MlError> {
        let (levels, codes) = Levels::learn(frame, name)?;
        let mut counts = vec![0_usize; levels.names.len()];
        for code in &codes {
            counts[*code] += 1;
        }
        let rare = self.rare(&counts, codes.len());
        let has_rare = rare.contains(&true);
        let mut outputs: Vec<String> = Vec::new();
        let mut slots = Vec::with_capacity(rare.len());
        for (level, rare) in levels.names.iter().zip(&rare) {
            if *rare {
                slots.push(None);
                continue;
            }
            slots.push(Some(outputs.len()));
            outputs.push(format!("{name}_{level}"));
        }
        if has_rare {
            for slot in &mut slots {
                slot.get_or_insert(outputs.len());
            }
            outputs.push(format!("{name}_{INFREQUENT}"));
        }
        let drop_first = match self.drop {
            DropLevel::None => false,
            DropLevel::First => !outputs.is_empty(),
            DropLevel::IfBinary => outputs.len() == 2,
        };
        Ok(Encoding {
            levels,
            slots: slots.into_iter().flatten().collect(),
            outputs,
            has_rare,
            drop_first,
        })
    }

    /// Which levels are rare, by scikit-learn's rules.
    fn rare(&self, counts: &[usize], rows: usize) -> Vec<bool> {
        let mut rare = vec![false; counts.len()];
        if let Some(least) = self.min_frequency {
            let least = if least < 1.0 {
                least * rows as f64
            } else {
                least
            };
            for (rare, count) in rare.iter_mut().zip(counts) {
                *rare = (*count as f64) < least;
            }
        }
        let frequent = rare.iter().filter(|rare| !**rare).count();
        if let Some(most) = self.max_categories
            && most < frequent + 1
        {
            let mut order: Vec<usize> = (0..counts.len()).collect();
            order.sort_by_key(|level| counts[*level]);
            for level in &order[..counts.len() - (most - 1)] {
                rare[*level] = true;
            }
        }
        rare
    }
}

params!(OneHotEncoder, NAME, {
    handle_unknown: handle_unknown,
    drop: drop,
    min_frequency: min_frequency,
    max_categories: max_categories,
    encode_numbers: encode_numbers,
});

impl Transformer for OneHotEncoder {
    fn diagram(&self) -> Diagram {
        let mut diagram = Diagram::new(NAME);
        if self.handle_unknown != HandleUnknown::Ignore {
            diagram = diagram.setting(format!("unknown: {}", self.handle_unknown.name()));
        }
        if self.drop != DropLevel::None {
            diagram = diagram.setting(format!("drop: {}", self.drop.name()));
        }
        if let Some(least) = self.min_frequency {
            diagram = diagram.setting(format!("min_frequency={least}"));
        }
        if let Some(most) = self.max_categories {
            diagram = diagram.setting(format!("max_categories={most}"));
        }
        diagram.setting_if(self.encode_numbers, "numbers too")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }

    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
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
    columns: Vec<Encoding>,
    handle_unknown: HandleUnknown,
    names: Vec<String>,
}

/// How one column is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Encoding {
    levels: Levels,
    /// The output column of each level.
    slots: Vec<usize>,
    /// The names of the output columns; the last one is for rare levels, if any.
    outputs: Vec<String>,
    has_rare: bool,
    drop_first: bool,
}

impl Encoding {
    /// The output column of each row; `None` for none.
    fn slots(
        &self,
        frame: &DataFrame,
        unknown: HandleUnknown,
    ) -> Result<Vec<Option<usize>>, MlError> {
        let codes = self.levels.codes(frame)?;
        if unknown == HandleUnknown::Error
            && let Some(row) = codes.iter().position(Option::is_none)
        {
            return Err(self.levels.unknown(frame, row));
        }
        let otherwise = (unknown == HandleUnknown::InfrequentIfExist && self.has_rare)
            .then(|| self.outputs.len() - 1);
        Ok(codes
            .into_iter()
            .map(|code| code.map_or(otherwise, |code| self.slots.get(code).copied()))
            .collect())
    }
}

impl FittedOneHotEncoder {
    /// Each encoded column with its levels.
    pub fn categories(&self) -> Vec<(String, Vec<String>)> {
        self.columns
            .iter()
            .map(|encoding| {
                (
                    encoding.levels.column.clone(),
                    encoding.levels.names.clone(),
                )
            })
            .collect()
    }

    fn encode(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        for encoding in &self.columns {
            columns::expect_kind(frame, &encoding.levels.column, encoding.levels.kind)?;
        }
        let mut encoded = Vec::with_capacity(self.names.len());
        for column in frame.columns() {
            let name = column.name().as_str();
            let Some(encoding) = self.columns.iter().find(|e| e.levels.column == name) else {
                encoded.push(column.clone());
                continue;
            };
            let mut outputs = vec![vec![0.0_f64; frame.height()]; encoding.outputs.len()];
            let slots = encoding.slots(frame, self.handle_unknown)?;
            for (row, slot) in slots.into_iter().enumerate() {
                if let Some(slot) = slot {
                    outputs[slot][row] = 1.0;
                }
            }
            let kept = encoding.outputs.iter().zip(outputs);
            for (name, values) in kept.skip(usize::from(encoding.drop_first)) {
                encoded.push(Column::new(name.as_str().into(), values));
            }
        }
        columns::assemble(frame.height(), encoded)
    }
}

impl FittedTransformer for FittedOneHotEncoder {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        self.encode(frame)
    }

    fn inputs(&self) -> Vec<String> {
        self.columns
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
