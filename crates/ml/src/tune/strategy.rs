//! What to try next.
//!
//! Trials are proposed in batches whose size does not depend on the number of threads,
//! and a proposal depends on the seed, the number of the trial and the results of
//! earlier batches only. So a search is the same on any machine, and a search that goes
//! on from its journal proposes what it would have proposed.
//!
//! The `optimizer` crate's TPE is not used: it tells parameters apart by their range, so
//! that two with the same range share their history, and it counts its calls, so that a
//! search which goes on after a crash would draw other lots.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::space::Dimension;
use super::tpe;
use super::trial::Trial;
use crate::MlError;
use crate::params::ParamValue;

/// Trials that are proposed at once, and after which the search is stopped early.
pub(super) const BATCH: usize = 8;
/// TPE learns from all earlier batches: smaller ones learn sooner.
const TPE_BATCH: usize = 4;
/// Trials that TPE draws by lot first.
const TPE_STARTUP: usize = 10;

/// How values are chosen.
#[derive(Clone, Debug)]
pub(super) enum Strategy {
    Grid,
    Random {
        trials: usize,
    },
    Tpe {
        trials: usize,
    },
    /// All candidates learn from few rows, the best from more, and so on.
    Halving {
        candidates: usize,
        factor: usize,
        min_rows: Option<usize>,
    },
}

/// Values to try, on so many training rows (all of them for `None`).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposal {
    pub values: Vec<ParamValue>,
    /// The round of successive halving.
    pub round: usize,
    pub rows: Option<usize>,
}

impl Strategy {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Grid => "GridSearch",
            Self::Random { .. } => "RandomSearch",
            Self::Tpe { .. } => "TpeSearch",
            Self::Halving { .. } => "HalvingSearch",
        }
    }

    /// How it is written into the journal; numbers of trials may grow.
    pub fn signature(&self) -> String {
        match self {
            Self::Halving {
                candidates,
                factor,
                min_rows,
            } => format!("HalvingSearch of {candidates} by {factor} from {min_rows:?}"),
            other => other.name().to_owned(),
        }
    }

    /// How many trials there will be.
    pub fn total(&self, space: &[(String, Dimension)], rows: usize) -> Result<usize, MlError> {
        let positive = |name: &'static str, value: usize, least: usize, rule: &'static str| {
            if value < least {
                return Err(MlError::InvalidParameter {
                    owner: self.name(),
                    name,
                    value: value.to_string(),
                    rule,
                });
            }
            Ok(value)
        };
        match self {
            Self::Grid => {
                /// More fits than anybody waits for.
                const MOST: usize = 1_000_000;
                let mut total = 1_usize;
                for (name, dimension) in space {
                    let Some(values) = dimension.all() else {
                        return Err(MlError::Unable {
                            model: "GridSearch",
                            reason: format!(
                                "parameter \"{name}\" is a range of numbers; give a list such as \
                                 [0.1, 1.0, 10.0], or use RandomSearch"
                            ),
                        });
                    };
                    total = total.saturating_mul(values.len());
                }
                if total > MOST {
                    return Err(MlError::Unable {
                        model: "GridSearch",
                        reason: format!(
                            "the grid has {total} points; use RandomSearch or TpeSearch with a \
                             number of trials"
                        ),
                    });
                }
                Ok(total)
            }
            Self::Random { trials } | Self::Tpe { trials } => {
                positive("trials", *trials, 1, "be at least 1")
            }
            Self::Halving {
                candidates, factor, ..
            } => {
                positive("candidates", *candidates, 1, "be at least 1")?;
                positive("factor", *factor, 2, "be at least 2")?;
                Ok(self.rounds(rows).iter().map(|(count, _)| count).sum())
            }
        }
    }

    /// The rounds of successive halving: candidates, and training rows for each.
    fn rounds(&self, rows: usize) -> Vec<(usize, Option<usize>)> {
        let Self::Halving {
            candidates,
            factor,
            min_rows,
        } = self
        else {
            return Vec::new();
        };
        let mut counts = vec![*candidates];
        while let Some(last) = counts.last().copied().filter(|last| *last > 1) {
            counts.push(last.div_ceil(*factor));
        }
        let last = counts.len() - 1;
        let grown = |round: usize| -> f64 { (*factor as f64).powi(round as i32) };
        // The last round learns from all rows, unless a smaller beginning is asked for.
        let first = match min_rows {
            Some(least) => *least as f64,
            None => rows as f64 / grown(last),
        };
        counts
            .iter()
            .enumerate()
            .map(|(round, count)| {
                let wanted = (first * grown(round)).round() as usize;
                (
                    *count,
                    (wanted < rows && round < last).then_some(wanted.max(1)),
                )
            })
            .collect()
    }

    /// The next trials, or none if the search is over. `rows` is the number of training
    /// rows of a fold.
    pub fn propose(
        &self,
        space: &[(String, Dimension)],
        seed: u64,
        rows: usize,
        done: &[Trial],
    ) -> Vec<Proposal> {
        let number = done.len();
        let plain = |values: Vec<ParamValue>| Proposal {
            values,
            round: 0,
            rows: None,
        };
        let drawn = |number: usize| -> Vec<ParamValue> {
            let mut lots = lots(seed, number);
            space
                .iter()
                .map(|(_, dimension)| dimension.draw(&mut lots))
                .collect()
        };
        match self {
            Self::Grid => {
                let axes: Vec<Vec<ParamValue>> = space
                    .iter()
                    .map(|(_, dimension)| dimension.all().unwrap_or_default())
                    .collect();
                let total: usize = axes.iter().map(Vec::len).product();
                (number..total.min(number + BATCH))
                    .map(|n| plain(point(&axes, n)))
                    .collect()
            }
            Self::Random { trials } => (number..(*trials).min(number + BATCH))
                .map(|n| plain(drawn(n)))
                .collect(),
            Self::Tpe { trials } => {
                let end = if number < TPE_STARTUP {
                    TPE_STARTUP
                } else {
                    number + TPE_BATCH
                };
                (number..(*trials).min(end))
                    .map(|n| {
                        if n < TPE_STARTUP {
                            plain(drawn(n))
                        } else {
                            plain(tpe::suggest(space, done, &mut lots(seed, n)))
                        }
                    })
                    .collect()
            }
            Self::Halving { .. } => {
                let mut begin = 0;
                for (round, (count, rows)) in self.rounds(rows).into_iter().enumerate() {
                    if begin == number {
                        let values = match round {
                            0 => (0..count).map(drawn).collect(),
                            _ => best(done, round - 1, count),
                        };
                        let proposal = |values| Proposal {
                            values,
                            round,
                            rows,
                        };
                        return values.into_iter().map(proposal).collect();
                    }
                    begin += count;
                }
                Vec::new()
            }
        }
    }
}

/// The values of the best trials of a round; of equal ones the earlier.
fn best(done: &[Trial], round: usize, count: usize) -> Vec<Vec<ParamValue>> {
    let mut last: Vec<&Trial> = done.iter().filter(|trial| trial.round == round).collect();
    last.sort_by(|a, b| b.goodness.total_cmp(&a.goodness));
    last.into_iter()
        .take(count)
        .map(|trial| trial.values.clone())
        .collect()
}

/// A point of a grid; the last parameter changes fastest.
fn point(axes: &[Vec<ParamValue>], mut number: usize) -> Vec<ParamValue> {
    let mut values: Vec<ParamValue> = axes
        .iter()
        .rev()
        .map(|axis| {
            let value = axis[number % axis.len()].clone();
            number /= axis.len();
            value
        })
        .collect();
    values.reverse();
    values
}

/// Lots of one trial.
fn lots(seed: u64, number: usize) -> StdRng {
    // Two numbers as one seed: neighbours must not draw alike (splitmix64's constants).
    let mut mixed = seed
        ^ (number as u64)
            .wrapping_add(1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    StdRng::seed_from_u64(mixed ^ (mixed >> 27))
}
