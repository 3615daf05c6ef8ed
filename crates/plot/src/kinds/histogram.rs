//! Histograms: how many rows fall into each interval of a column.

use polars::prelude::DataFrame;

use super::{counted, empty, log_note, missing_note};
use crate::axis::{Axis, Scale};
use crate::calendar;
use crate::column::{self, Values};
use crate::error::ChartError;
use crate::groups::Groups;
use crate::plot::{Bar, Layer, Plot};
use crate::request::Options;
use crate::ticks::significant;

/// Equal intervals, on the scale of the axis.
struct Bins {
    start: f64,
    width: f64,
    count: usize,
    /// Whether they hold whole numbers only.
    whole: bool,
}

/// A bar for each interval; groups lie over each other.
pub(crate) fn histogram(
    frame: &DataFrame,
    name: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let (values, time) = match column::read(frame, name)? {
        Values::Numbers(values) => (values, false),
        Values::Times(values) => (values, true),
        Values::Names(_) => {
            let hint = "; chart::count draws how often each value occurs";
            (column::numbers(frame, name, "a histogram", hint)?, false)
        }
    };
    let scale = column::scale(time, options.log_x, "log_x")?;
    let y_scale = column::scale(false, options.log_y, "log_y")?;
    let groups = Groups::read(frame, options.color.as_deref())?;
    let mut rows: Vec<(f64, usize)> = values
        .iter()
        .zip(&groups.of_row)
        .filter_map(|(v, group)| Some(((*v)?, *group)))
        .collect();
    let missing = frame.height() - rows.len();
    let present = rows.len();
    if scale == Scale::Log {
        rows.retain(|(value, _)| column::has_place(*value, scale));
        rows.iter_mut()
            .for_each(|(value, _)| *value = value.log10());
    }
    let notes: Vec<String> = [missing_note(missing), log_note(present - rows.len())]
        .into_iter()
        .flatten()
        .collect();
    if rows.is_empty() {
        return Err(empty(frame.height(), &notes));
    }
    let mut sorted: Vec<f64> = rows.iter().map(|row| row.0).collect();
    sorted.sort_by(f64::total_cmp);
    let bins = match options.bins {
        Some(count) => Bins::equal(&sorted, count),
        None => Bins::fitting(&sorted, scale),
    };
    let mut counts = vec![vec![0usize; bins.count]; groups.len()];
    for (value, group) in &rows {
        counts[*group][bins.of(*value)] += 1;
    }
    Ok(plot(
        &bins,
        &counts,
        &groups,
        column::title(frame, name),
        (scale, y_scale),
        notes,
        options,
    ))
}

fn plot(
    bins: &Bins,
    counts: &[Vec<usize>],
    groups: &Groups,
    title: String,
    (scale, y_scale): (Scale, Scale),
    notes: Vec<String>,
    options: &Options,
) -> Plot {
    let edge = |bin: usize| {
        let edge = bins.start + bin as f64 * bins.width;
        if scale == Scale::Log {
            10f64.powf(edge)
        } else {
            edge
        }
    };
    let mut x = Axis::around(&title, [edge(0), edge(bins.count)].into_iter(), scale);
    x.whole = bins.whole;
    let positive = || counts.iter().flatten().filter(|count| **count > 0);
    let y = Axis::from_zero("count", positive().map(|count| *count as f64), y_scale);
    let base = if options.log_y {
        f64::MIN_POSITIVE
    } else {
        0.0
    };
    let place = |bin: usize| match scale {
        Scale::Time => calendar::date(edge(bin)),
        Scale::Linear | Scale::Log => significant(edge(bin), 4),
    };
    let used = |group: usize| counts[group].iter().any(|count| *count > 0);
    let several = (0..groups.len()).filter(|group| used(*group)).count() > 1;
    let opacity = options.alpha.unwrap_or(if several { 0.4 } else { 1.0 });
    let layers = counts
        .iter()
        .enumerate()
        .filter(|(group, _)| used(*group))
        .map(|(group, counts)| {
            let full = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            let bars = full.map(|(bin, count)| Bar {
                x: (edge(bin), edge(bin + 1)),
                y: (base, *count as f64),
                color: groups.colors[group],
                tip: format!("{} to {}: {count}", place(bin), place(bin + 1)),
            });
            Layer::Bars {
                bars: bars.collect(),
                opacity,
                gap: if several { 0.0 } else { 1.0 },
            }
        });
    let mut layers: Vec<Layer> = layers.collect();
    if several {
        // Where groups lie over each other, their outlines tell them apart.
        layers.extend(
            (0..groups.len())
                .filter(|group| used(*group))
                .map(|group| Layer::Path {
                    points: outline(&counts[group], base, edge),
                    color: groups.colors[group],
                    width: 1.5,
                    opacity: 1.0,
                    halo: false,
                }),
        );
    }
    let rows = positive().sum();
    let drawn = format!("{} in {}", counted(rows, "row"), counted(bins.count, "bin"));
    Plot {
        x,
        y,
        layers,
        legend: groups.legend(used),
        notes,
        drawn,
    }
}

/// The stairs over the bars of one group.
fn outline(counts: &[usize], base: f64, edge: impl Fn(usize) -> f64) -> Vec<(f64, f64)> {
    let full = |count: &usize| *count > 0;
    let first = counts.iter().position(full).unwrap_or(0);
    let end = counts.iter().rposition(full).map_or(first, |last| last + 1);
    let mut points = vec![(edge(first), base)];
    for (bin, count) in (first..end).zip(&counts[first..end]) {
        let height = if full(count) { *count as f64 } else { base };
        points.extend([(edge(bin), height), (edge(bin + 1), height)]);
    }
    points.push((edge(end), base));
    points
}

impl Bins {
    /// As many as were asked for, between the least and the greatest value.
    fn equal(sorted: &[f64], count: usize) -> Bins {
        let (lo, hi) = range(sorted);
        let count = count.max(1);
        if hi > lo {
            return Bins {
                start: lo,
                width: (hi - lo) / count as f64,
                count,
                whole: false,
            };
        }
        let width = unit(lo) / count as f64;
        Bins {
            start: lo - unit(lo) / 2.0,
            width,
            count,
            whole: false,
        }
    }

    /// As many as show the shape: the more of Sturges' and of Freedman's and
    /// Diaconis' rules, with edges at round numbers.
    fn fitting(sorted: &[f64], scale: Scale) -> Bins {
        const MOST: f64 = 60.0;
        let (lo, hi) = range(sorted);
        if hi <= lo || !(hi - lo).is_normal() {
            return Bins {
                start: lo - unit(lo) / 2.0,
                width: unit(lo),
                count: 1,
                whole: false,
            };
        }
        let rows = sorted.len() as f64;
        let quantile = |share: f64| sorted[(share * (rows - 1.0)) as usize];
        let sturges = rows.log2().ceil() + 1.0;
        let width = 2.0 * (quantile(0.75) - quantile(0.25)) / rows.cbrt();
        let diaconis = if width > 0.0 {
            ((hi - lo) / width).ceil()
        } else {
            0.0
        };
        let raw = (hi - lo) / sturges.max(diaconis).clamp(1.0, MOST);
        if scale != Scale::Linear {
            let count = ((hi - lo) / raw).round().max(1.0);
            return Bins {
                start: lo,
                width: (hi - lo) / count,
                count: count as usize,
                whole: false,
            };
        }
        let whole = sorted.iter().all(|value| value.fract() == 0.0);
        let mut width = round_width(raw);
        if whole {
            width = width.max(1.0).ceil();
        }
        // Bars of single whole numbers stand over them, not beside.
        let shift = if whole && width == 1.0 { 0.5 } else { 0.0 };
        let start = ((lo + shift) / width + 1e-9).floor() * width - shift;
        let count = ((hi - start) / width + 1e-9).floor() + 1.0;
        if !(start <= lo && (1.0..=4.0 * MOST).contains(&count)) {
            return Bins::equal(sorted, sturges as usize);
        }
        Bins {
            start,
            width,
            count: count as usize,
            whole,
        }
    }

    /// The bin of a value; the last one includes its end.
    fn of(&self, value: f64) -> usize {
        let bin = ((value - self.start) / self.width + 1e-9).floor();
        (bin.max(0.0) as usize).min(self.count - 1)
    }
}

fn range(sorted: &[f64]) -> (f64, f64) {
    (
        sorted.first().copied().unwrap_or(0.0),
        sorted.last().copied().unwrap_or(1.0),
    )
}

/// A width that is seen beside a number.
fn unit(value: f64) -> f64 {
    (value.abs() * 1e-3).max(1.0)
}

/// 1, 2, 2.5 or 5 times a power of ten, the one that is nearest.
fn round_width(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let distance = |width: &f64| (width / raw).ln().abs();
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(bins: &Bins, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; bins.count];
        values.iter().for_each(|value| counts[bins.of(*value)] += 1);
        counts
    }

    #[test]
    fn small_whole_numbers_have_a_bar_each() {
        let values = [1.0, 2.0, 2.0, 3.0, 6.0];
        let bins = Bins::fitting(&values, Scale::Linear);
        assert_eq!((bins.start, bins.width), (0.5, 1.0));
        assert_eq!(counts(&bins, &values), [1, 2, 1, 0, 0, 1]);
    }

    #[test]
    fn edges_are_round_and_values_on_them_go_up() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i) / 10.0).collect();
        let bins = Bins::fitting(&values, Scale::Linear);
        assert_eq!((bins.start, bins.width), (0.0, 1.0));
        assert_eq!(counts(&bins, &values), [10; 10]);
    }

    #[test]
    fn asked_bins_are_exact() {
        let values = [0.0, 1.0, 2.0, 3.0];
        let bins = Bins::equal(&values, 3);
        assert_eq!(counts(&bins, &values), [1, 1, 2]);
    }

    #[test]
    fn any_range_has_bins() {
        for values in [
            vec![5.0],
            vec![0.0, 5e-324],
            vec![-1e150, 1e150],
            vec![1e16, 1e16 + 2.0],
        ] {
            for bins in [
                Bins::fitting(&values, Scale::Linear),
                Bins::equal(&values, 7),
            ] {
                assert_eq!(counts(&bins, &values).iter().sum::<usize>(), values.len());
                assert!(bins.count <= 240);
            }
        }
    }
}
