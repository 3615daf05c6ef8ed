//! Filling gaps, because almost no model can work with them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use polars::prelude::{Column, DataFrame, DataType};
use serde::{Deserialize, Serialize};

use super::{FittedTransformer, Transformer, replace};
use crate::MlError;
use crate::columns::{self, Kind};
use crate::diagram::Diagram;
use crate::params::{self, ParamValue, Params};
use crate::persist::{self, Loader, Saved, SavedRecipe};

const NAME: &str = "SimpleImputer";

pub(super) const LOADER: Loader<dyn FittedTransformer> =
    Loader::transformer::<FittedImputer>(NAME, 2);

/// Before there were indicators.
pub(super) const FIRST_LOADER: Loader<dyn FittedTransformer> = Loader {
    kind: NAME,
    version: 1,
    load: |body| {
        let (statistics, names) = persist::read(body)?;
        Ok(Box::new(FittedImputer {
            statistics,
            names,
            indicators: Vec::new(),
        }))
    },
};

/// Fills missing values (null and `NaN`) with something learned from the column.
///
/// The mean, the median and a constant number fill numeric columns, a constant
/// text fills text columns, and the most frequent value fills every column;
/// other columns pass through. Filled numeric columns are floats afterwards.
///
/// ```
/// use ferrite_ml::{MlError, SimpleImputer, Transformer};
/// use polars::df;
///
/// let frame = df!["x" => [Some(1.0), None, Some(3.0), Some(8.0)]]?;
/// let filled = SimpleImputer::median().fit_transform(&frame)?;
/// assert_eq!(filled.column("x")?.f64()?.get(1), Some(3.0));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SimpleImputer {
    strategy: Strategy,
    add_indicator: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Strategy {
    Mean,
    Median,
    MostFrequent,
    Constant(Fill),
}

/// A value that fills gaps.
///
/// ```
/// use ferrite_ml::Fill;
///
/// assert_eq!(Fill::from(0), Fill::Number(0.0));
/// assert_eq!(Fill::from("unknown"), Fill::Text("unknown".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fill {
    /// For numeric columns.
    Number(f64),
    /// For text columns.
    Text(String),
    /// For boolean columns.
    Boolean(bool),
}

impl From<f64> for Fill {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<i32> for Fill {
    fn from(value: i32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<bool> for Fill {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<&str> for Fill {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Fill {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl Fill {
    fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Text(_) => Kind::Text,
            Self::Boolean(_) => Kind::Boolean,
        }
    }
}

impl SimpleImputer {
    /// Fills numeric columns with their mean.
    pub fn mean() -> Self {
        Self::of(Strategy::Mean)
    }

    /// Fills numeric columns with their median.
    pub fn median() -> Self {
        Self::of(Strategy::Median)
    }

    /// Fills every numeric, text and boolean column with its most frequent
    /// value; of equally frequent values with the smallest.
    ///
    /// ```
    /// use ferrite_ml::{MlError, SimpleImputer, Transformer};
    /// use polars::df;
    ///
    /// let frame = df!["sex" => [Some("male"), Some("female"), None, Some("male")]]?;
    /// let filled = SimpleImputer::most_frequent().fit_transform(&frame)?;
    /// assert_eq!(filled.column("sex")?.str()?.get(2), Some("male"));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn most_frequent() -> Self {
        Self::of(Strategy::MostFrequent)
    }

    /// Fills columns of the value's own kind with the value.
    ///
    /// ```
    /// use ferrite_ml::{MlError, SimpleImputer, Transformer};
    /// use polars::df;
    ///
    /// let frame = df!["sex" => [Some("male"), None], "age" => [None, Some(3)]]?;
    /// let filled = SimpleImputer::constant("unknown").fit_transform(&frame)?;
    /// assert_eq!(filled.column("sex")?.str()?.get(1), Some("unknown"));
    /// assert_eq!(filled.column("age")?.null_count(), 1);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn constant(value: impl Into<Fill>) -> Self {
        Self::of(Strategy::Constant(value.into()))
    }

    fn of(strategy: Strategy) -> Self {
        Self {
            strategy,
            add_indicator: false,
        }
    }

    /// Whether to say in a column `missingindicator_…`, behind all others, where each
    /// filled column had gaps: a gap may tell something itself. For columns that have
    /// gaps when it is fitted; false unless set.
    ///
    /// ```
    /// use ferrite_ml::{MlError, SimpleImputer, Transformer};
    /// use polars::df;
    ///
    /// let frame = df!["x" => [Some(1.0), None], "y" => [1.0, 2.0]]?;
    /// let filled = SimpleImputer::mean().add_indicator(true).fit_transform(&frame)?;
    /// assert_eq!(filled.get_column_names(), ["x", "y", "missingindicator_x"]);
    /// assert_eq!(filled.column("missingindicator_x")?.f64()?.get(1), Some(1.0));
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn add_indicator(mut self, add: bool) -> Self {
        self.add_indicator = add;
        self
    }

    /// Learns what to fill each column with.
    ///
    /// ```
    /// use ferrite_ml::{Fill, MlError, SimpleImputer};
    /// use polars::df;
    ///
    /// let fitted = SimpleImputer::mean().fit(&df!["x" => [Some(1.0), None, Some(2.0)]]?)?;
    /// assert_eq!(fitted.statistics(), [("x".to_owned(), Fill::Number(1.5))]);
    /// # Ok::<(), MlError>(())
    /// ```
    pub fn fit(&self, frame: &DataFrame) -> Result<FittedImputer, MlError> {
        let mut statistics = Vec::new();
        for column in frame.columns() {
            if let Some(fill) = self.learn(frame, column.name(), column.dtype())? {
                statistics.push((column.name().to_string(), fill));
            }
        }
        let mut names = columns::names(frame);
        let mut indicators = Vec::new();
        if self.add_indicator {
            for (name, _) in &statistics {
                if columns::known(frame, name)?.contains(&false) {
                    indicators.push(name.clone());
                    names.push(indicator(name));
                }
            }
        }
        Ok(FittedImputer {
            statistics,
            names,
            indicators,
        })
    }

    /// What fills this column; `None` if the strategy does not apply to it.
    fn learn(
        &self,
        frame: &DataFrame,
        name: &str,
        dtype: &DataType,
    ) -> Result<Option<Fill>, MlError> {
        let empty = |statistic| columns::without_values(frame, name, statistic);
        let known = || -> Result<Vec<f64>, MlError> {
            Ok(columns::numbers(frame, name)?
                .into_iter()
                .flatten()
                .collect())
        };
        let kind = Kind::of(dtype);
        let fill = match (&self.strategy, kind) {
            (Strategy::Mean, Kind::Number) => {
                Fill::Number(mean(&known()?).ok_or_else(|| empty("mean"))?)
            }
            (Strategy::Median, Kind::Number) => {
                Fill::Number(median(known()?).ok_or_else(|| empty("median"))?)
            }
            (Strategy::MostFrequent, Kind::Number) => {
                Fill::Number(modal_number(known()?).ok_or_else(|| empty("most frequent value"))?)
            }
            (Strategy::MostFrequent, Kind::Text | Kind::Boolean) => {
                let texts = columns::texts(frame, name)?.into_iter().flatten();
                let most = most_frequent(texts).ok_or_else(|| empty("most frequent value"))?;
                if kind == Kind::Boolean {
                    Fill::Boolean(most == "true")
                } else {
                    Fill::Text(most)
                }
            }
            (Strategy::Constant(fill), kind) if fill.kind() == kind => fill.clone(),
            _ => return Ok(None),
        };
        Ok(Some(fill))
    }
}

/// Fills with means.
impl Default for SimpleImputer {
    fn default() -> Self {
        Self::mean()
    }
}

impl Params for SimpleImputer {
    fn params(&self) -> Vec<(String, ParamValue)> {
        let (strategy, fill) = match &self.strategy {
            Strategy::Mean => ("mean", None),
            Strategy::Median => ("median", None),
            Strategy::MostFrequent => ("most_frequent", None),
            Strategy::Constant(fill) => ("constant", Some(fill)),
        };
        let fill = match fill {
            None => ParamValue::Nothing,
            Some(Fill::Number(value)) => ParamValue::Number(*value),
            Some(Fill::Text(value)) => ParamValue::Text(value.clone()),
            Some(Fill::Boolean(value)) => ParamValue::Flag(*value),
        };
        vec![
            ("strategy".to_owned(), strategy.into()),
            ("fill_value".to_owned(), fill),
            ("add_indicator".to_owned(), self.add_indicator.into()),
        ]
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        let wrong = |name, rule| MlError::InvalidParameter {
            owner: NAME,
            name,
            value: value.to_string(),
            rule,
        };
        if name == "add_indicator" {
            self.add_indicator = params::read(NAME, "add_indicator", value)?;
            return Ok(());
        }
        self.strategy = match (name, value) {
            ("strategy", ParamValue::Text(text)) => match text.as_str() {
                "mean" => Strategy::Mean,
                "median" => Strategy::Median,
                "most_frequent" => Strategy::MostFrequent,
                // What fills is said by `fill_value`; 0 until then, as in scikit-learn.
                "constant" => match &self.strategy {
                    Strategy::Constant(fill) => Strategy::Constant(fill.clone()),
                    _ => Strategy::Constant(Fill::Number(0.0)),
                },
                _ => return Err(wrong("strategy", STRATEGIES)),
            },
            ("strategy", _) => return Err(wrong("strategy", STRATEGIES)),
            ("fill_value", ParamValue::Number(value)) => Strategy::Constant(Fill::Number(*value)),
            ("fill_value", ParamValue::Integer(value)) => {
                Strategy::Constant(Fill::Number(*value as f64))
            }
            ("fill_value", ParamValue::Text(value)) => {
                Strategy::Constant(Fill::Text(value.clone()))
            }
            ("fill_value", ParamValue::Flag(value)) => Strategy::Constant(Fill::Boolean(*value)),
            ("fill_value", _) => {
                return Err(wrong("fill_value", "be a number, a text or a boolean"));
            }
            _ => {
                let known = ["strategy", "fill_value", "add_indicator"];
                return Err(params::unknown(NAME, name, &known));
            }
        };
        Ok(())
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        Some(SavedRecipe::plain(NAME, self.params()))
    }
}

const STRATEGIES: &str = "be one of: mean median most_frequent constant";

impl Transformer for SimpleImputer {
    fn clone_box(&self) -> Box<dyn Transformer> {
        Box::new(self.clone())
    }

    fn diagram(&self) -> Diagram {
        let setting = match &self.strategy {
            Strategy::Mean => "mean".to_owned(),
            Strategy::Median => "median".to_owned(),
            Strategy::MostFrequent => "most_frequent".to_owned(),
            Strategy::Constant(Fill::Number(value)) => format!("constant {value}"),
            Strategy::Constant(Fill::Text(value)) => format!("constant \"{value}\""),
            Strategy::Constant(Fill::Boolean(value)) => format!("constant {value}"),
        };
        let diagram = Diagram::new("SimpleImputer").setting(setting);
        diagram.setting_if(self.add_indicator, "with indicators")
    }

    fn fit(&self, frame: &DataFrame) -> Result<Box<dyn FittedTransformer>, MlError> {
        Ok(Box::new(self.fit(frame)?))
    }
}

/// What a [`SimpleImputer`] learned.
///
/// ```
/// use ferrite_ml::{FittedTransformer, MlError, SimpleImputer};
/// use polars::df;
///
/// let fitted = SimpleImputer::mean().fit(&df!["x" => [1.0, 2.0]]?)?;
/// assert_eq!(fitted.statistics().len(), 1);
/// let filled = fitted.transform(&df!["x" => [None::<f64>]]?)?;
/// assert_eq!(filled.column("x")?.f64()?.get(0), Some(1.5));
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedImputer {
    statistics: Vec<(String, Fill)>,
    /// The columns behind it.
    names: Vec<String>,
    /// The columns whose gaps are told in a column of their own.
    indicators: Vec<String>,
}

impl FittedImputer {
    /// Each column that it fills, with the value that it fills gaps with.
    pub fn statistics(&self) -> &[(String, Fill)] {
        &self.statistics
    }
}

impl FittedTransformer for FittedImputer {
    fn transform(&self, frame: &DataFrame) -> Result<DataFrame, MlError> {
        let mut filled = Vec::with_capacity(self.statistics.len());
        for (name, fill) in &self.statistics {
            filled.push(fill_column(frame, name, fill)?);
        }
        for name in &self.indicators {
            let known = columns::known(frame, name)?.into_iter();
            let gaps: Vec<f64> = known.map(|known| f64::from(!known)).collect();
            filled.push(Column::new(indicator(name).into(), gaps));
        }
        replace(frame, filled)
    }

    fn inputs(&self) -> Vec<String> {
        self.statistics
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn feature_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn saved(&self) -> Result<Saved, MlError> {
        Saved::of(NAME, 2, self)
    }
}

/// scikit-learn's name of the column that tells the gaps of another.
fn indicator(name: &str) -> String {
    format!("missingindicator_{name}")
}

fn fill_column(frame: &DataFrame, name: &str, fill: &Fill) -> Result<Column, MlError> {
    let column = match fill {
        Fill::Number(value) => {
            columns::expect_kind(frame, name, Kind::Number)?;
            let numbers = columns::numbers(frame, name)?;
            let filled: Vec<f64> = numbers.into_iter().map(|v| v.unwrap_or(*value)).collect();
            Column::new(name.into(), filled)
        }
        Fill::Text(value) => {
            columns::expect_kind(frame, name, Kind::Text)?;
            let texts = columns::texts(frame, name)?;
            let filled: Vec<String> = texts
                .into_iter()
                .map(|v| v.unwrap_or_else(|| value.clone()))
                .collect();
            Column::new(name.into(), filled)
        }
        Fill::Boolean(value) => {
            columns::expect_kind(frame, name, Kind::Boolean)?;
            let texts = columns::texts(frame, name)?;
            let filled: Vec<bool> = texts
                .into_iter()
                .map(|v| v.map_or(*value, |v| v == "true"))
                .collect();
            Column::new(name.into(), filled)
        }
    };
    Ok(column)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle value; of an even number of values the mean of the middle two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        return values.get(middle).copied();
    }
    let below = middle.checked_sub(1)?;
    Some((values[below] + values[middle]) / 2.0)
}

/// The most frequent number; of equally frequent ones the smallest.
fn modal_number(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => runs.push((value, 1)),
        }
    }
    // `max_by_key` takes the last of equals, so the search goes backwards.
    runs.into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(value, _)| value)
}

/// The most frequent value; of equally frequent ones the smallest.
fn most_frequent<T: Hash + Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(value, count)| (count, Reverse(value)))
        .max()
        .map(|(_, Reverse(value))| value)
}
