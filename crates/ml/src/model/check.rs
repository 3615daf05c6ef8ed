//! What every model checks before it starts, so that none meets input on which
//! it, or the crate behind it, would panic.

use polars::prelude::DataFrame;

use crate::MlError;
use crate::features::Features;
use crate::table::{self, Table};
use crate::target::{Classes, Target};

/// Fails unless there are as many rows as targets, and some.
fn same_rows(features: &Features, targets: usize) -> Result<(), MlError> {
    if features.rows() != targets {
        return Err(MlError::LengthMismatch {
            left: "features".to_owned(),
            left_len: features.rows(),
            right: "target".to_owned(),
            right_len: targets,
        });
    }
    if targets == 0 {
        return Err(MlError::NoRows {
            purpose: "fit",
            reason: "the frame is empty".to_owned(),
        });
    }
    Ok(())
}

/// As [`same_rows`], with at least one feature.
pub(crate) fn rows(features: &Features, targets: usize) -> Result<(), MlError> {
    same_rows(features, targets)?;
    if features.names().is_empty() {
        return Err(MlError::NoFeatures { left_out: vec![] });
    }
    Ok(())
}

/// The classes of a target with at least one row for each row of features.
pub(crate) fn classes<'a>(
    features: &Features,
    target: &'a Target,
    model: &'static str,
) -> Result<&'a Classes, MlError> {
    let classes = target.classes(model)?;
    rows(features, classes.codes().len())?;
    Ok(classes)
}

/// As [`classes`], for a model that does not look at the features.
pub(crate) fn classes_alone<'a>(
    features: &Features,
    target: &'a Target,
    model: &'static str,
) -> Result<&'a Classes, MlError> {
    let classes = target.classes(model)?;
    same_rows(features, classes.codes().len())?;
    Ok(classes)
}

/// As [`classes`], with at least two of them.
pub(crate) fn two_classes<'a>(
    features: &Features,
    target: &'a Target,
    model: &'static str,
) -> Result<&'a Classes, MlError> {
    let classes = classes(features, target, model)?;
    if let [class] = classes.names() {
        return Err(MlError::OneClass {
            class: class.clone(),
            model,
        });
    }
    Ok(classes)
}

/// The numbers of a target, all of them finite, and none so large, nor any of the
/// features, that squares would overflow: a model of such numbers predicts NaN.
pub(crate) fn numbers<'a>(
    features: &Features,
    target: &'a Target,
    model: &'static str,
) -> Result<&'a [f64], MlError> {
    let numbers = finite_numbers(features, target, model)?;
    rows(features, numbers.len())?;
    moderate(features, target, model)?;
    Ok(numbers)
}

/// As [`numbers`], for a model that does not look at the features.
pub(crate) fn numbers_alone<'a>(
    features: &Features,
    target: &'a Target,
    model: &'static str,
) -> Result<&'a [f64], MlError> {
    let numbers = finite_numbers(features, target, model)?;
    match table::all(numbers, |number| !too_large(&number)) {
        true => Ok(numbers),
        false => Err(unable(model, format!("the target is {TOO_LARGE}"))),
    }
}

/// The numbers of a target of as many rows as there are features, all of them finite.
fn finite_numbers<'a>(
    features: &Features,
    target: &'a Target,
    model: &'static str,
) -> Result<&'a [f64], MlError> {
    let numbers = target.numbers(model)?;
    same_rows(features, numbers.len())?;
    if table::all_finite(numbers) {
        return Ok(numbers);
    }
    match numbers.iter().position(|number| !number.is_finite()) {
        None => Ok(numbers),
        Some(row) => Err(MlError::Unable {
            model,
            reason: format!(
                "the target is {} in row {row}; drop rows without a finite target",
                numbers[row]
            ),
        }),
    }
}

/// Beyond this the squares of numbers, and sums of them, have no place in a float.
const LARGEST: f64 = 1e140;

/// Fails if products of the features, or of a numeric target, would overflow:
/// such a model would predict NaN.
pub(crate) fn moderate(
    features: &Features,
    target: &Target,
    model: &'static str,
) -> Result<(), MlError> {
    match target {
        Target::Numbers(numbers) if numbers.iter().any(too_large) => {
            Err(unable(model, format!("the target is {TOO_LARGE}")))
        }
        _ => moderate_features(features, model),
    }
}

/// As [`moderate`], where there is no target.
pub(crate) fn moderate_features(features: &Features, model: &'static str) -> Result<(), MlError> {
    let moderate = |values: &[f64]| table::all(values, |value| !too_large(&value));
    match features.matrix().all(moderate) {
        true => Ok(()),
        false => Err(unable(model, format!("the features are {TOO_LARGE}"))),
    }
}

/// The columns of a frame, none of which has gaps or numbers of which squares would
/// overflow.
pub(crate) fn moderate_table<'a>(
    frame: &'a DataFrame,
    names: &[String],
    model: &'static str,
) -> Result<Table<'a>, MlError> {
    let table = Table::of(frame, names)?;
    // No number that is missing or infinite passes for a moderate one.
    let is_moderate = |column: &[f64]| table::all(column, |value| value.abs() <= LARGEST);
    if table.each(is_moderate).into_iter().all(|moderate| moderate) {
        return Ok(table);
    }
    Table::complete(frame, names)?;
    Err(unable(model, format!("the features are {TOO_LARGE}")))
}

fn too_large(value: &f64) -> bool {
    value.abs() > LARGEST
}

const TOO_LARGE: &str = "too large for floating-point numbers; scale them first";

/// Fails unless there is a weight for each row, none is negative and one is positive.
pub(crate) fn weights(
    features: &Features,
    weights: &[f64],
    model: &'static str,
) -> Result<(), MlError> {
    if weights.len() != features.rows() {
        return Err(MlError::LengthMismatch {
            left: "features".to_owned(),
            left_len: features.rows(),
            right: "weights".to_owned(),
            right_len: weights.len(),
        });
    }
    let reason = if weights
        .iter()
        .any(|weight| !weight.is_finite() || *weight < 0.0)
    {
        "weights of rows are finite and not negative"
    } else if weights.iter().all(|weight| *weight == 0.0) {
        "at least one row needs a positive weight"
    } else {
        return Ok(());
    };
    Err(MlError::Unable {
        model,
        reason: reason.to_owned(),
    })
}

/// Fails unless there are enough rows.
pub(crate) fn at_least(
    features: &Features,
    needed: usize,
    purpose: String,
    advice: &'static str,
) -> Result<(), MlError> {
    if features.rows() >= needed {
        return Ok(());
    }
    Err(MlError::TooFewRows {
        purpose,
        needed,
        found: features.rows(),
        advice,
    })
}

/// The error of a model without probabilities.
pub(crate) fn no_probabilities<T>(model: &str) -> Result<T, MlError> {
    Err(MlError::NoProbabilities {
        model: model.to_owned(),
    })
}

/// An error in a model's own words.
pub(crate) fn unable(model: &'static str, reason: impl ToString) -> MlError {
    MlError::Unable {
        model,
        reason: reason.to_string(),
    }
}
