//! Scores against a truth of yes and no: ROC, precision against recall, and
//! calibration. One curve for each column of scores.

use ferrite_frame::closest;
use polars::prelude::DataFrame;

use super::{empty, missing_note};
use crate::axis::{Axis, Scale};
use crate::column;
use crate::error::ChartError;
use crate::groups;
use crate::palette::{AXIS, GROUPS, Paint};
use crate::plot::{Key, Layer, Legend, Plot, Point, Stroke};
use crate::request::Options;
use crate::ticks::significant;

use super::lines::{stairs, thinned};

/// What is drawn of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    Roc,
    PrecisionRecall,
    Calibration,
}

impl Curve {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Curve::Roc => "ROC curve",
            Curve::PrecisionRecall => "precision-recall curve",
            Curve::Calibration => "calibration curve",
        }
    }
}

/// A score and whether the row is what the score is for.
type Scored = (f64, bool);

/// One curve for each column of scores, with its area in the legend.
pub(crate) fn curves(
    frame: &DataFrame,
    truth: &str,
    scores: &[String],
    curve: Curve,
    options: &Options,
) -> Result<Plot, ChartError> {
    let classes = column::names(frame, truth)?;
    let positives = positives(&classes, truth, scores, options.positive.as_deref())?;
    let mut entries = Vec::new();
    let mut layers = vec![reference(curve, &classes, &positives)];
    let mut dots = Vec::new();
    let mut missing = 0;
    for (index, (name, positive)) in scores.iter().zip(&positives).enumerate() {
        let values = column::numbers(frame, name, "a curve", "")?;
        let rows: Vec<Scored> = values
            .iter()
            .zip(&classes)
            .filter_map(|(score, class)| Some(((*score)?, class.as_ref()? == positive)))
            .collect();
        missing = missing.max(frame.height() - rows.len());
        check(&rows, frame.height(), name, positive)?;
        let color = GROUPS[index % GROUPS.len()];
        let (points, area) = trace(curve, rows, name, options)?;
        let label = match &area {
            Some(area) => format!("{name} ({area})"),
            None => name.clone(),
        };
        entries.push((label, color));
        if curve == Curve::Calibration {
            dots.extend(points.iter().map(|(x, y)| Point {
                x: *x,
                y: *y,
                color,
            }));
        }
        layers.push(line(points, color));
    }
    if entries.is_empty() {
        return Err(ChartError::Empty {
            reason: "no column of scores was named".to_owned(),
        });
    }
    if !dots.is_empty() {
        layers.push(Layer::Points {
            points: dots,
            radius: 4.0,
            opacity: 1.0,
        });
    }
    let (x, y) = match curve {
        Curve::Roc => ("false positive rate", "true positive rate"),
        Curve::PrecisionRecall => ("recall", "precision"),
        Curve::Calibration => ("mean predicted probability", "share of positives"),
    };
    let axis = |title| Axis::between(title, -0.02, 1.02, Scale::Linear);
    let mut notes: Vec<String> = missing_note(missing).into_iter().collect();
    if let [only] = dedup(&positives).as_slice() {
        notes.push(format!("positive: {truth} = {only}"));
    }
    let drawn: Vec<&str> = entries.iter().map(|(label, _)| label.as_str()).collect();
    Ok(Plot {
        x: axis(x),
        y: axis(y),
        layers,
        drawn: drawn.join(", "),
        legend: Legend::Groups {
            title: String::new(),
            entries,
            key: Key::Line,
        },
        notes,
    })
}

/// The class that each column of scores is for: the one that is asked for, the
/// later of two, or the one of the column's name.
fn positives(
    classes: &[Option<String>],
    truth: &str,
    scores: &[String],
    asked: Option<&str>,
) -> Result<Vec<String>, ChartError> {
    let mut known: Vec<String> = classes.iter().flatten().cloned().collect();
    known.sort_unstable();
    known.dedup();
    groups::sort(&mut known);
    if let Some(asked) = asked {
        return match known.iter().any(|class| class == asked) {
            true => Ok(vec![asked.to_owned(); scores.len()]),
            false => Err(ChartError::Class {
                message: format!(
                    "no row of \"{truth}\" is \"{asked}\"; there are {}{}",
                    listed(&known),
                    closest(asked, known.iter().map(String::as_str))
                        .map(|meant| format!("; did you mean \"{meant}\"?"))
                        .unwrap_or_default()
                ),
            }),
        };
    }
    match known.as_slice() {
        [] => Err(empty(
            classes.len(),
            &missing_note(classes.len()).into_iter().collect::<Vec<_>>(),
        )),
        [only] => Err(ChartError::Class {
            message: format!("all rows of \"{truth}\" are \"{only}\"; a curve needs two classes"),
        }),
        [_, positive] => Ok(vec![positive.clone(); scores.len()]),
        _ => scores
            .iter()
            .map(|score| {
                let named = known.iter().find(|class| *class == score);
                named.cloned().ok_or_else(|| ChartError::Class {
                    message: format!(
                        "\"{truth}\" has {} classes ({}) and \"{score}\" is none of them; \
                         name the columns of scores like the classes, or choose one \
                         with `.positive(…)`",
                        known.len(),
                        listed(&known)
                    ),
                })
            })
            .collect(),
    }
}

fn listed(classes: &[String]) -> String {
    const MOST: usize = 8;
    let mut list = classes[..classes.len().min(MOST)].join(", ");
    if classes.len() > MOST {
        list += ", …";
    }
    list
}

fn dedup(names: &[String]) -> Vec<&String> {
    let mut names: Vec<&String> = names.iter().collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn check(rows: &[Scored], all: usize, score: &str, positive: &str) -> Result<(), ChartError> {
    let positives = rows.iter().filter(|row| row.1).count();
    if rows.is_empty() {
        return Err(empty(
            all,
            &missing_note(all).into_iter().collect::<Vec<_>>(),
        ));
    }
    if positives == 0 || positives == rows.len() {
        let which = if positives == 0 {
            "no row"
        } else {
            "every row"
        };
        return Err(ChartError::Class {
            message: format!(
                "{which} with a score in \"{score}\" is \"{positive}\"; a curve needs both"
            ),
        });
    }
    Ok(())
}

/// The dashed line of guessing, or of being right.
fn reference(curve: Curve, classes: &[Option<String>], positives: &[String]) -> Layer {
    let ends = match (curve, dedup(positives).as_slice()) {
        (Curve::PrecisionRecall, [positive]) => {
            let known = classes.iter().flatten().count().max(1) as f64;
            let share = classes
                .iter()
                .flatten()
                .filter(|class| class == positive)
                .count() as f64
                / known;
            vec![[(0.0, share), (1.0, share)]]
        }
        (Curve::PrecisionRecall, _) => Vec::new(),
        _ => vec![[(0.0, 0.0), (1.0, 1.0)]],
    };
    Layer::Segments {
        segments: ends,
        color: AXIS,
        width: 1.2,
        style: Stroke::Dashed,
    }
}

fn line(points: Vec<(f64, f64)>, color: Paint) -> Layer {
    Layer::Path {
        points,
        color,
        width: 2.0,
        opacity: 1.0,
        style: Stroke::Plain,
    }
}

/// The points of a curve, and its area in words.
type Traced = (Vec<(f64, f64)>, Option<String>);

fn trace(
    curve: Curve,
    rows: Vec<Scored>,
    name: &str,
    options: &Options,
) -> Result<Traced, ChartError> {
    let axis = Axis::between("", 0.0, 1.0, Scale::Linear);
    Ok(match curve {
        Curve::Roc => {
            let points = roc(rows);
            let area = significant(auc(&points), 3);
            (thinned(&points, &axis, 640), Some(format!("AUC {area}")))
        }
        Curve::PrecisionRecall => {
            let (points, average) = precision_recall(rows);
            let area = significant(average, 3);
            (
                stairs(&thinned(&points, &axis, 640)),
                Some(format!("AP {area}")),
            )
        }
        Curve::Calibration => {
            if let Some((score, _)) = rows.iter().find(|row| !(0.0..=1.0).contains(&row.0)) {
                return Err(ChartError::Class {
                    message: format!(
                        "a calibration curve needs probabilities, but \"{name}\" holds {}",
                        significant(*score, 3)
                    ),
                });
            }
            (calibration(&rows, options.bins.unwrap_or(10)), None)
        }
    })
}

/// For each threshold from the highest score down: how many of either class
/// are at or above it.
fn thresholds(mut rows: Vec<Scored>) -> Vec<(f64, f64)> {
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut wrong, mut right) = (0.0, 0.0);
    rows.chunk_by(|a, b| a.0 == b.0)
        .map(|equal| {
            let positive = equal.iter().filter(|row| row.1).count() as f64;
            right += positive;
            wrong += equal.len() as f64 - positive;
            (wrong, right)
        })
        .collect()
}

/// False and true positive rates.
pub(crate) fn roc(rows: Vec<Scored>) -> Vec<(f64, f64)> {
    let counts = thresholds(rows);
    let (wrong, right) = counts.last().copied().unwrap_or((1.0, 1.0));
    let rates = counts.iter().map(|at| (at.0 / wrong, at.1 / right));
    std::iter::once((0.0, 0.0)).chain(rates).collect()
}

/// The area under joined points.
pub(crate) fn auc(points: &[(f64, f64)]) -> f64 {
    let pairs = points.iter().zip(points.iter().skip(1));
    pairs
        .map(|(a, b)| (b.0 - a.0) * f64::midpoint(a.1, b.1))
        .sum()
}

/// Recall and precision from the highest threshold down, with the average
/// precision: each precision times the recall that it adds. (The end of a
/// stair has the precision of the threshold that leads there.)
pub(crate) fn precision_recall(rows: Vec<Scored>) -> (Vec<(f64, f64)>, f64) {
    let counts = thresholds(rows);
    let right = counts.last().map_or(1.0, |last| last.1);
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(counts.len() + 1);
    let (mut average, mut before) = (0.0, 0.0);
    for (wrong, positive) in counts {
        let (recall, precision) = (positive / right, positive / (positive + wrong));
        average += (recall - before) * precision;
        points.push((before, precision));
        before = recall;
    }
    let last = points.last().map_or(1.0, |last| last.1);
    points.push((1.0, last));
    (points, average)
}

/// Mean score and share of positives in equal intervals of the score, where
/// there are any.
pub(crate) fn calibration(rows: &[Scored], bins: usize) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0, 0.0); bins.max(1)];
    let step = 1.0 / bins.max(1) as f64;
    let edges: Vec<f64> = (1..bins).map(|edge| edge as f64 * step).collect();
    for (score, positive) in rows {
        // As scikit-learn: what lies on an edge belongs to the bin below it.
        let bin = edges.partition_point(|edge| edge < score);
        sums[bin].0 += score;
        sums[bin].1 += f64::from(u8::from(*positive));
        sums[bin].2 += 1.0;
    }
    let full = sums.into_iter().filter(|sum| sum.2 > 0.0);
    full.map(|sum| (sum.0 / sum.2, sum.1 / sum.2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROWS: [Scored; 6] = [
        (0.9, true),
        (0.8, true),
        (0.7, false),
        (0.7, true),
        (0.3, false),
        (0.1, false),
    ];

    #[test]
    fn equal_scores_are_one_threshold() {
        assert_eq!(roc(ROWS.into()).len(), 6);
        // 2 × 3 pairs are in the right order, one of three is a tie.
        assert!((auc(&roc(ROWS.into())) - 8.5 / 9.0).abs() < 1e-12);
    }

    #[test]
    fn calibration_is_by_equal_intervals() {
        let points = calibration(&ROWS, 2);
        assert_eq!(points[0], (0.2, 0.0));
        assert!(
            (points[1].0 - 0.775).abs() < 1e-12 && points[1].1 == 0.75,
            "{points:?}"
        );
    }

    proptest! {
        #[test]
        fn curves_stay_in_the_unit_square(rows in prop::collection::vec((0.0..=1.0f64, any::<bool>()), 2..60)) {
            prop_assume!(rows.iter().any(|row| row.1) && rows.iter().any(|row| !row.1));
            let points = roc(rows.clone());
            prop_assert!(points.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1));
            prop_assert_eq!(points.last(), Some(&(1.0, 1.0)));
            let (points, average) = precision_recall(rows.clone());
            prop_assert!(points.iter().all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y)));
            prop_assert!((0.0..=1.0 + 1e-9).contains(&average));
            prop_assert!(!calibration(&rows, 7).is_empty());
        }
    }
}
