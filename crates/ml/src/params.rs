//! Parameters by scikit-learn's names, so that a search can set what a person
//! would set by a method: `model__c`, `columns__numeric__simple_imputer__strategy`.
//!
//! A recipe lists its parameters once, in a table (the macro `params!`); reading
//! and setting both follow from it. Whether a value makes sense is checked when
//! the recipe is fitted, as with values that were set by a method; whether it
//! can be read at all (a text for a number) is checked here.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::persist::SavedRecipe;

/// The value of a parameter.
///
/// ```
/// use ferrite_ml::ParamValue;
///
/// assert_eq!(ParamValue::from(0.5).to_string(), "0.5");
/// assert_eq!(ParamValue::from("median"), ParamValue::Text("median".to_owned()));
/// assert_eq!(ParamValue::from(None::<f64>), ParamValue::Nothing);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ParamValue {
    /// A number with a fraction.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Flag(bool),
    /// A choice by its name, such as `median`.
    Text(String),
    /// Several values, such as a range.
    List(Vec<ParamValue>),
    /// scikit-learn's `None`: no limit, no class weights.
    Nothing,
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) if value.abs() >= 1e6 || (value.abs() < 1e-3 && *value != 0.0) => {
                write!(f, "{value:e}")
            }
            Self::Number(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Flag(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", values.join(", "))
            }
            Self::Nothing => f.write_str("none"),
        }
    }
}

impl From<f64> for ParamValue {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<i64> for ParamValue {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for ParamValue {
    fn from(value: i32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<usize> for ParamValue {
    fn from(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// Numbers beyond `i64` are written out.
impl From<u64> for ParamValue {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Text(value.to_string()), Self::Integer)
    }
}

impl From<bool> for ParamValue {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<&str> for ParamValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for ParamValue {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&ParamValue> for ParamValue {
    fn from(value: &ParamValue) -> Self {
        value.clone()
    }
}

impl<T: Into<ParamValue>> From<Option<T>> for ParamValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl<T: Into<ParamValue>> From<Vec<T>> for ParamValue {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<ParamValue>> From<(T, T)> for ParamValue {
    fn from((low, high): (T, T)) -> Self {
        Self::List(vec![low.into(), high.into()])
    }
}

/// What has parameters that can be read and set by name.
///
/// A type of one's own without parameters needs nothing but an empty `impl`.
///
/// ```
/// use ferrite_ml::{LogisticRegression, ParamValue, Params};
///
/// let mut model = LogisticRegression::new();
/// model.set_param("c", &ParamValue::from(0.1))?;
/// assert_eq!(model, LogisticRegression::new().c(0.1));
/// let error = model.set_param("max_itr", &ParamValue::from(5)).unwrap_err();
/// assert!(error.to_string().contains("did you mean \"max_iter\"?"));
/// # Ok::<(), ferrite_ml::MlError>(())
/// ```
pub trait Params {
    /// Each parameter with its value, in the order in which they are documented.
    fn params(&self) -> Vec<(String, ParamValue)> {
        Vec::new()
    }

    /// Sets one parameter; `inner__name` reaches into what this one holds.
    fn set_param(&mut self, name: &str, _value: &ParamValue) -> Result<(), MlError> {
        Err(unknown("this recipe", name, &[]))
    }

    /// What a file keeps of the recipe, so that a loaded pipeline can be fitted anew.
    /// `None` for types of one's own, which a file cannot name.
    ///
    /// ```
    /// use ferrite_ml::{FunctionTransformer, Params, StandardScaler};
    ///
    /// assert!(StandardScaler::new().recipe().is_some());
    /// assert!(FunctionTransformer::new("same", |frame| Ok(frame.clone())).recipe().is_none());
    /// ```
    fn recipe(&self) -> Option<SavedRecipe> {
        None
    }
}

impl<T: Params + ?Sized> Params for Box<T> {
    fn params(&self) -> Vec<(String, ParamValue)> {
        (**self).params()
    }

    fn set_param(&mut self, name: &str, value: &ParamValue) -> Result<(), MlError> {
        (**self).set_param(name, value)
    }

    fn recipe(&self) -> Option<SavedRecipe> {
        (**self).recipe()
    }
}

/// A type that a parameter can have.
pub(crate) trait Field: Sized {
    /// The value as others read it.
    fn to_value(&self) -> ParamValue;
    /// The value from what others set, or what it must be instead.
    fn from_value(value: &ParamValue) -> Result<Self, &'static str>;
}

impl Field for f64 {
    fn to_value(&self) -> ParamValue {
        ParamValue::Number(*self)
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Number(value) => Ok(*value),
            ParamValue::Integer(value) => Ok(*value as f64),
            _ => Err("be a number"),
        }
    }
}

impl Field for bool {
    fn to_value(&self) -> ParamValue {
        ParamValue::Flag(*self)
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Flag(value) => Ok(*value),
            ParamValue::Text(text) if text == "true" => Ok(true),
            ParamValue::Text(text) if text == "false" => Ok(false),
            _ => Err("be true or false"),
        }
    }
}

impl Field for u64 {
    fn to_value(&self) -> ParamValue {
        ParamValue::from(*self)
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        const RULE: &str = "be a whole number from 0 on";
        /// Beyond it not every whole number is a float.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match value {
            ParamValue::Integer(value) => Self::try_from(*value).map_err(|_| RULE),
            ParamValue::Number(value) if value.fract() == 0.0 && (0.0..=EXACT).contains(value) => {
                Ok(*value as Self)
            }
            ParamValue::Text(digits) => digits.parse().map_err(|_| RULE),
            _ => Err(RULE),
        }
    }
}

impl Field for usize {
    fn to_value(&self) -> ParamValue {
        ParamValue::from(*self)
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        let whole = u64::from_value(value)?;
        Self::try_from(whole).map_err(|_| "be a smaller number")
    }
}

impl Field for String {
    fn to_value(&self) -> ParamValue {
        ParamValue::Text(self.clone())
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Text(text) => Ok(text.clone()),
            _ => Err("be a text"),
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn to_value(&self) -> ParamValue {
        self.as_ref().map_or(ParamValue::Nothing, T::to_value)
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::Nothing => Ok(None),
            ParamValue::Text(text) if text == "none" => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn to_value(&self) -> ParamValue {
        ParamValue::List(self.iter().map(T::to_value).collect())
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::List(values) => values.iter().map(T::from_value).collect(),
            one => Ok(vec![T::from_value(one)?]),
        }
    }
}

impl<T: Field> Field for (T, T) {
    fn to_value(&self) -> ParamValue {
        ParamValue::List(vec![self.0.to_value(), self.1.to_value()])
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        match value {
            ParamValue::List(values) => match values.as_slice() {
                [low, high] => Ok((T::from_value(low)?, T::from_value(high)?)),
                _ => Err("be a list of two values"),
            },
            _ => Err("be a list of two values"),
        }
    }
}

/// The table of a recipe's parameters: scikit-learn's name, then the field.
///
/// ```ignore
/// params!(KNeighborsClassifier, "KNeighborsClassifier", { n_neighbors: k, weights: weights });
/// ```
macro_rules! params {
    ($type:ty, $owner:expr, { $($name:ident : $field:ident),* $(,)? }) => {
        impl $crate::params::Params for $type {
            fn params(&self) -> Vec<(String, $crate::params::ParamValue)> {
                vec![$((
                    stringify!($name).to_owned(),
                    $crate::params::Field::to_value(&self.$field),
                )),*]
            }

            fn set_param(
                &mut self,
                name: &str,
                #[allow(unused_variables)] value: &$crate::params::ParamValue,
            ) -> Result<(), $crate::MlError> {
                match $crate::params::canonical(name, &[$(stringify!($name)),*]) {
                    $(stringify!($name) => {
                        self.$field = $crate::params::read($owner, stringify!($name), value)?;
                        Ok(())
                    })*
                    _ => Err($crate::params::unknown($owner, name, &[$(stringify!($name)),*])),
                }
            }

            fn recipe(&self) -> Option<$crate::SavedRecipe> {
                let params = $crate::params::Params::params(self);
                Some($crate::SavedRecipe::plain($owner, params))
            }
        }
    };
}
pub(crate) use params;

/// The names of an enum's variants, as scikit-learn spells them.
///
/// ```ignore
/// choices!(Criterion { "gini" => Gini, "entropy" => Entropy });
/// ```
macro_rules! choices {
    ($type:ident { $($text:literal => $variant:ident),* $(,)? }) => {
        impl $type {
            /// The name that scikit-learn has for it.
            #[allow(dead_code)]
            pub(crate) fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant => $text),*
                }
            }
        }

        impl $crate::params::Field for $type {
            fn to_value(&self) -> $crate::params::ParamValue {
                $crate::params::ParamValue::Text(self.name().to_owned())
            }

            fn from_value(value: &$crate::params::ParamValue) -> Result<Self, &'static str> {
                match value {
                    $($crate::params::ParamValue::Text(text) if text == $text => {
                        Ok(Self::$variant)
                    })*
                    _ => Err(concat!("be one of:" $(, " ", $text)*)),
                }
            }
        }
    };
}
pub(crate) use choices;

/// The name that a recipe has for a parameter: what scikit-learn calls `random_state`
/// everywhere is the `seed` of most recipes here.
pub(crate) fn canonical<'a>(name: &'a str, known: &[&'static str]) -> &'a str {
    let other = match name {
        "random_state" => "seed",
        "seed" => "random_state",
        _ => return name,
    };
    match known.contains(&other) && !known.contains(&name) {
        true => other,
        false => name,
    }
}

/// Reads a value for a parameter.
pub(crate) fn read<T: Field>(
    owner: &'static str,
    name: &'static str,
    value: &ParamValue,
) -> Result<T, MlError> {
    T::from_value(value).map_err(|rule| MlError::InvalidParameter {
        owner,
        name,
        value: value.to_string(),
        rule,
    })
}

/// The error for a name that is none of the known ones.
pub(crate) fn unknown(owner: &str, name: &str, known: &[&str]) -> MlError {
    MlError::UnknownParameter {
        owner: owner.to_owned(),
        name: name.to_owned(),
        suggestion: ferrite_frame::closest(name, known.iter().copied()).map(str::to_owned),
        known: known.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The named part that `name` reaches into, by its position, and what is left of
/// the name: `columns__numeric__x` among `["columns", "model"]` is 0 and `numeric__x`.
pub(crate) fn inside<'a>(name: &'a str, parts: &[String]) -> Option<(usize, &'a str)> {
    parts.iter().enumerate().find_map(|(position, part)| {
        let rest = name.strip_prefix(part.as_str())?.strip_prefix("__")?;
        Some((position, rest))
    })
}

/// The parameters of a part, addressed from outside.
pub(crate) fn prefixed(
    part: &str,
    params: Vec<(String, ParamValue)>,
) -> impl Iterator<Item = (String, ParamValue)> {
    params
        .into_iter()
        .map(move |(name, value)| (format!("{part}__{name}"), value))
}

/// `SimpleImputer` as `simple_imputer`, `KNNImputer` as `knn_imputer`: how a step
/// without a name is addressed.
pub(crate) fn snake_case(title: &str) -> String {
    let letters: Vec<char> = title.chars().collect();
    let mut name = String::with_capacity(title.len() + 4);
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| letters[i]);
        let begins_word = match (before, letters.get(i + 1)) {
            (Some(before), _) if !before.is_uppercase() => true,
            (Some(_), Some(after)) => after.is_lowercase(),
            _ => false,
        };
        if letter.is_uppercase() && begins_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_addresses() {
        for (title, address) in [
            ("SimpleImputer", "simple_imputer"),
            ("KNNImputer", "knn_imputer"),
            ("KBinsDiscretizer", "k_bins_discretizer"),
            ("TruncatedSVD", "truncated_svd"),
            ("PCA", "pca"),
        ] {
            assert_eq!(snake_case(title), address);
        }
    }

    #[test]
    fn parts_are_found_by_their_whole_name() {
        let parts = ["a".to_owned(), "a__b".to_owned()];
        assert_eq!(inside("a__b__c", &parts), Some((0, "b__c")));
        assert_eq!(inside("ab__c", &parts), None);
        assert_eq!(inside("a", &parts), None);
    }

    #[test]
    fn values_are_read_as_what_a_field_is() {
        assert_eq!(usize::from_value(&ParamValue::Number(3.0)), Ok(3));
        assert!(usize::from_value(&ParamValue::Number(3.5)).is_err());
        assert!(usize::from_value(&ParamValue::Integer(-1)).is_err());
        assert_eq!(f64::from_value(&ParamValue::Integer(3)), Ok(3.0));
        assert_eq!(u64::from_value(&u64::MAX.into()), Ok(u64::MAX));
        assert_eq!(Option::<f64>::from_value(&"none".into()), Ok(None));
        assert_eq!(<(usize, usize)>::from_value(&(1, 2).into()), Ok((1, 2)));
        assert!(<(usize, usize)>::from_value(&vec![1, 2, 3].into()).is_err());
        assert_eq!(ParamValue::from(1e-7).to_string(), "1e-7");
    }
}
