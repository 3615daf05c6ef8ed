//! How much each parameter mattered, by functional analysis of variance over a forest
//! that learned scores from values (Hutter, Hoos and Leyton-Brown, *An Efficient Approach
//! for Assessing Hyperparameter Importance*, 2014), as the `optimizer` crate does it.

use std::collections::HashMap;

use optimizer::param::ParamValue as Raw;
use optimizer::parameter::{FloatParam, Parameter};
use optimizer::sampler::RandomSampler;
use optimizer::{FanovaConfig, Study};

use super::space::Dimension;
use super::trial::Trial;

/// The part of the variance of scores that each parameter explains alone, in the order
/// of the space. Zeros if there are too few trials or no differences.
pub(super) fn of(space: &[(String, Dimension)], done: &[Trial]) -> Vec<(String, f64)> {
    let nothing = || space.iter().map(|(name, _)| (name.clone(), 0.0)).collect();
    // Rounds of successive halving have other rows, and so other scores.
    let scored: Vec<&Trial> = done
        .iter()
        .filter(|trial| trial.round == 0 && trial.error().is_none())
        .collect();
    let differ = scored
        .iter()
        .any(|trial| trial.goodness != scored[0].goodness);
    if scored.len() < 2 || !differ {
        return nothing();
    }
    let params: Vec<FloatParam> = space
        .iter()
        .map(|(name, _)| FloatParam::new(0.0, 1.0).name(name))
        .collect();
    let study: Study<f64> = Study::maximize(RandomSampler::with_seed(0));
    for trial in scored {
        let places: Vec<f64> = space
            .iter()
            .zip(&trial.values)
            .map(|((_, dimension), value)| dimension.place(value))
            .collect();
        let fixed: HashMap<_, _> = params
            .iter()
            .zip(&places)
            .map(|(param, place)| (param.id(), Raw::Float(*place)))
            .collect();
        study.enqueue(fixed);
        let mut asked = study.create_trial();
        for param in &params {
            if param.suggest(&mut asked).is_err() {
                return nothing();
            }
        }
        study.complete_trial(asked, trial.goodness);
    }
    let Ok(found) = study.fanova_with_config(&FanovaConfig {
        seed: Some(0),
        ..FanovaConfig::default()
    }) else {
        return nothing();
    };
    space
        .iter()
        .map(|(name, _)| {
            let part = found.main_effects.iter().find(|(known, _)| known == name);
            (name.clone(), part.map_or(0.0, |(_, part)| *part))
        })
        .collect()
}
