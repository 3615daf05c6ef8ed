//! Scores along a scale: learning curves, validation curves and the elbow of a
//! clustering.

use super::counted;
use super::table::{Errors, Pool};
use crate::axis::Axis;
use crate::column;
use crate::error::ChartError;
use crate::palette::{AXIS, GROUPS};
use crate::plot::{Key, Label, Layer, Legend, Plot, Point, Side, Stroke};
use crate::request::Options;
use crate::ticks::significant;

/// Scores by place and fold, of one or several sets.
#[derive(Clone)]
pub(crate) struct Scores {
    pub sort: Sort,
    pub x: Vec<f64>,
    /// The name of a set, and for each x its scores in all folds.
    pub sets: Vec<(String, Vec<Vec<f64>>)>,
}

/// What the scale is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Learning,
    /// With the parameter's name.
    Validation(String),
    /// As before, but nothing is pointed at: less may be better.
    Along(String),
    Elbow,
}

impl Scores {
    /// The kind in words.
    pub fn name(&self) -> &'static str {
        match self.sort {
            Sort::Learning => "learning curve",
            Sort::Validation(_) => "validation curve",
            Sort::Along(_) => "curve of scores",
            Sort::Elbow => "elbow chart",
        }
    }

    fn check(&self) -> Result<(), ChartError> {
        let places = counted(self.x.len(), "place");
        for (set, scores) in &self.sets {
            if scores.len() != self.x.len() {
                let rows = counted(scores.len(), "row");
                let set = if set.is_empty() { "the" } else { set };
                let message = format!("{places} on the x axis, but {rows} of {set} scores");
                return Err(ChartError::Shape { message });
            }
        }
        if self.x.is_empty() {
            return Err(ChartError::Empty {
                reason: "there are no scores".to_owned(),
            });
        }
        Ok(())
    }
}

/// A set with what is drawn of it: place, mean, and half the band.
type Series = (String, Vec<(f64, f64, f64)>);

/// Mean and half the band of each place that has a score.
fn means(x: &[f64], scores: &[Vec<f64>]) -> Vec<(f64, f64, f64)> {
    let place = |(x, scores): (&f64, &Vec<f64>)| {
        let mut pool = Pool::default();
        let sound = scores
            .iter()
            .filter(|score| score.is_finite() && score.abs() < 1e150);
        sound.for_each(|score| pool.add(*score, f64::NAN));
        let half = pool.half(&Errors::Deviation);
        let half = if half.is_finite() { half } else { 0.0 };
        (pool.rows > 0 && x.is_finite()).then_some((*x, pool.mean, half))
    };
    let mut means: Vec<_> = x.iter().zip(scores).filter_map(place).collect();
    means.sort_by(|a, b| a.0.total_cmp(&b.0));
    means
}

/// A line with a band for each set.
pub(crate) fn scores(scores: &Scores, options: &Options) -> Result<Plot, ChartError> {
    scores.check()?;
    let log_x = options.log_x
        || matches!(scores.sort, Sort::Validation(_) | Sort::Along(_)) && is_geometric(&scores.x);
    let x_scale = column::scale(false, log_x, "log_x")?;
    let y_scale = column::scale(false, options.log_y, "log_y")?;
    let mut series: Vec<Series> = scores
        .sets
        .iter()
        .map(|(set, folds)| (set.clone(), means(&scores.x, folds)))
        .collect();
    for (_, places) in &mut series {
        places.retain(|at| column::has_place(at.0, x_scale) && column::has_place(at.1, y_scale));
    }
    if series.iter().all(|(_, places)| places.is_empty()) {
        return Err(ChartError::Empty {
            reason: "no score is a number that can be drawn".to_owned(),
        });
    }
    let all = || series.iter().flat_map(|(_, places)| places);
    let banded = all().any(|at| at.2 > 0.0);
    let mut x = Axis::around(x_title(&scores.sort), all().map(|at| at.0), x_scale);
    if let Sort::Validation(parameter) | Sort::Along(parameter) = &scores.sort {
        x.title.clone_from(parameter);
    }
    let ends = all().flat_map(|at| [at.1 - at.2, at.1, at.1 + at.2]);
    let ends = ends.filter(|y| column::has_place(*y, y_scale));
    let y = Axis::around(
        if scores.sort == Sort::Elbow {
            "inertia"
        } else {
            "score"
        },
        ends,
        y_scale,
    );
    let (mut bands, mut lines, mut dots) = (Vec::new(), Vec::new(), Vec::new());
    for ((_, places), color) in series.iter().zip(GROUPS) {
        let low = |at: &(f64, f64, f64)| {
            if options.log_y {
                (at.1 - at.2).max(at.1 / 1e3)
            } else {
                at.1 - at.2
            }
        };
        bands.push(Layer::Band {
            points: places
                .iter()
                .map(|at| (at.0, low(at), at.1 + at.2))
                .collect(),
            color,
            opacity: 0.18,
            along_x: true,
        });
        lines.push(Layer::Path {
            points: places.iter().map(|at| (at.0, at.1)).collect(),
            color,
            width: 2.0,
            opacity: 1.0,
            style: Stroke::Plain,
        });
        dots.extend(places.iter().map(|at| Point {
            x: at.0,
            y: at.1,
            color,
        }));
    }
    let mut layers = if banded { bands } else { Vec::new() };
    let mark = mark(&scores.sort, &series);
    if let Some((at, text)) = &mark {
        layers.extend(pointer(*at, text, &y));
    }
    layers.extend(lines);
    layers.push(Layer::Points {
        points: dots,
        radius: 3.4,
        opacity: 1.0,
    });
    let entries: Vec<_> = series
        .iter()
        .map(|(set, _)| set.clone())
        .zip(GROUPS)
        .collect();
    let legend = if entries.len() > 1 {
        Legend::Groups {
            title: String::new(),
            entries,
            key: Key::Line,
        }
    } else {
        Legend::None
    };
    let band = "bands: one standard deviation over the folds".to_owned();
    let drawn = counted(all().count(), "score");
    Ok(Plot {
        x,
        y,
        layers,
        legend,
        notes: if banded { vec![band] } else { Vec::new() },
        drawn: mark.map_or(drawn.clone(), |(_, text)| format!("{drawn}, {text}")),
    })
}

fn x_title(sort: &Sort) -> &'static str {
    match sort {
        Sort::Learning => "training rows",
        Sort::Validation(_) | Sort::Along(_) => "",
        Sort::Elbow => "clusters",
    }
}

/// Whether values span so much that they were meant as powers.
fn is_geometric(x: &[f64]) -> bool {
    let least = x.iter().copied().fold(f64::INFINITY, f64::min);
    let most = x.iter().copied().fold(0.0, f64::max);
    least > 0.0 && most / least >= 100.0
}

/// The place to point at: the best validation score, or the elbow.
fn mark(sort: &Sort, series: &[Series]) -> Option<(f64, String)> {
    let (_, places) = series.last()?;
    match sort {
        Sort::Learning | Sort::Along(_) => None,
        Sort::Validation(_) => {
            let best = places.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
            let text = format!(
                "best {} at {}",
                significant(best.1, 3),
                significant(best.0, 3)
            );
            Some((best.0, text))
        }
        Sort::Elbow => {
            let points: Vec<(f64, f64)> = places.iter().map(|at| (at.0, at.1)).collect();
            let at = elbow(&points)?;
            Some((at, format!("elbow at {}", significant(at, 3))))
        }
    }
}

/// Where a falling curve bends most: the place that is farthest below the
/// straight line between its ends, both axes taken as 0 to 1 (Satopää et al.,
/// "Finding a kneedle in a haystack", 2011).
fn elbow(points: &[(f64, f64)]) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    let below = |at: &(f64, f64)| {
        let across = (at.0 - first.0) / (last.0 - first.0);
        let down = (first.1 - at.1) / (first.1 - last.1);
        down - across
    };
    let bend = points.iter().max_by(|a, b| below(a).total_cmp(&below(b)))?;
    (points.len() > 2 && below(bend) > 1e-9).then_some(bend.0)
}

/// A dashed line at a place, with a text at its foot.
fn pointer(at: f64, text: &str, y: &Axis) -> [Layer; 2] {
    let (lo, hi) = y.ends();
    [
        Layer::Segments {
            segments: vec![[(at, lo), (at, hi)]],
            color: AXIS,
            width: 1.2,
            style: Stroke::Dashed,
        },
        Layer::Labels {
            labels: vec![Label {
                x: at,
                y: y.at(0.05),
                text: text.to_owned(),
                side: Side::Right,
            }],
            room: None,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_elbow_is_where_the_curve_bends() {
        let points = [
            (1.0, 100.0),
            (2.0, 40.0),
            (3.0, 10.0),
            (4.0, 8.0),
            (5.0, 6.0),
        ];
        assert_eq!(elbow(&points), Some(3.0));
        assert_eq!(elbow(&points[..2]), None);
        assert_eq!(
            elbow(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]),
            None,
            "a straight line has none"
        );
        assert_eq!(elbow(&[(1.0, 3.0), (2.0, 3.0), (3.0, 3.0)]), None);
    }

    #[test]
    fn powers_ask_for_a_logarithmic_axis() {
        assert!(is_geometric(&[0.01, 0.1, 1.0, 10.0]));
        assert!(!is_geometric(&[1.0, 5.0, 9.0]) && !is_geometric(&[0.0, 1000.0]));
    }

    #[test]
    fn folds_without_a_score_are_left_out() {
        let scores = [vec![0.5, 0.7, f64::NAN], vec![f64::NAN]];
        let means = means(&[10.0, 20.0], &scores);
        assert_eq!(means.len(), 1);
        assert!((means[0].1 - 0.6).abs() < 1e-12);
    }
}
