//! Rows of rare classes count more.

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::params::{Field, ParamValue};
use crate::target::Classes;

/// How much the rows of each class count.
///
/// ```
/// use ferrite_ml::{ClassWeight, Classes, MlError};
/// use polars::prelude::*;
///
/// let classes = Classes::of(&Series::new("y".into(), ["a", "a", "a", "b"]))?;
/// let weights = ClassWeight::Balanced.weights(&classes)?;
/// assert_eq!(weights[3], 3.0 * weights[0]);
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClassWeight {
    /// `rows / (classes · rows of the class)`, so that all classes weigh the same.
    Balanced,
    /// A weight for each named class; others have weight 1.
    Given(Vec<(String, f64)>),
}

impl ClassWeight {
    /// Weights by name: `ClassWeight::given([("fraud", 10.0)])`.
    pub fn given(weights: impl IntoIterator<Item = (impl Into<String>, f64)>) -> Self {
        let weights = weights
            .into_iter()
            .map(|(name, weight)| (name.into(), weight));
        Self::Given(weights.collect())
    }

    /// The weight of each row.
    pub fn weights(&self, classes: &Classes) -> Result<Vec<f64>, MlError> {
        let of_class = match self {
            Self::Balanced => {
                let counts = classes.counts();
                let rows = classes.codes().len() as f64;
                let present = counts.iter().filter(|count| **count > 0).count() as f64;
                let balanced = counts.iter().map(|n| rows / (present * (*n).max(1) as f64));
                balanced.collect()
            }
            Self::Given(given) => given_weights(given, classes)?,
        };
        Ok(classes.codes().iter().map(|code| of_class[*code]).collect())
    }

    /// As it stands in a diagram.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Balanced => "balanced".to_owned(),
            Self::Given(given) => {
                let given: Vec<String> = given.iter().map(|(c, w)| format!("{c}={w}")).collect();
                given.join(", ")
            }
        }
    }
}

fn given_weights(given: &[(String, f64)], classes: &Classes) -> Result<Vec<f64>, MlError> {
    let mut weights = vec![1.0; classes.names().len()];
    for (name, weight) in given {
        let Some(class) = classes.names().iter().position(|known| known == name) else {
            return Err(MlError::UnknownClass {
                class: name.clone(),
                known: classes.names().to_vec(),
            });
        };
        if !(*weight > 0.0 && weight.is_finite()) {
            return Err(MlError::InvalidParameter {
                owner: "ClassWeight",
                name: "weight",
                value: weight.to_string(),
                rule: "be a positive number",
            });
        }
        weights[class] = *weight;
    }
    Ok(weights)
}

impl Field for ClassWeight {
    fn to_value(&self) -> ParamValue {
        let pair = |(name, weight): &(String, f64)| {
            ParamValue::List(vec![name.as_str().into(), (*weight).into()])
        };
        match self {
            Self::Balanced => "balanced".into(),
            Self::Given(given) => ParamValue::List(given.iter().map(pair).collect()),
        }
    }

    fn from_value(value: &ParamValue) -> Result<Self, &'static str> {
        const RULE: &str = "be balanced, none, or a list of classes with their weights";
        let pair = |pair: &ParamValue| match pair {
            ParamValue::List(pair) => match pair.as_slice() {
                [name, weight] => Ok((String::from_value(name)?, f64::from_value(weight)?)),
                _ => Err(RULE),
            },
            _ => Err(RULE),
        };
        match value {
            ParamValue::Text(text) if text == "balanced" => Ok(Self::Balanced),
            ParamValue::List(given) => {
                let given = given.iter().map(pair).collect::<Result<_, _>>();
                given.map(Self::Given).map_err(|_| RULE)
            }
            _ => Err(RULE),
        }
    }
}
