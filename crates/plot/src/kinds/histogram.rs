//! Histograms: how many rows fall into each interval of a column.

use polars::prelude::DataFrame;

use super::{Sample, counted};
use crate::axis::{Axis, Scale};
use crate::calendar;
use crate::column;
use crate::error::ChartError;
use crate::groups::Groups;
use crate::plot::{Bar, Layer, Plot, Stroke};
use crate::request::Options;
use crate::ticks::significant;

/// Equal intervals, on the scale of the axis.
pub(crate) struct Bins {
    pub start: f64,
    pub width: f64,
    pub count: usize,
    /// Whether they hold whole numbers only.
    whole: bool,
}

/// A bar for each interval; groups lie over each other, or on each other if
/// they are stacked.
pub(crate) fn histogram(
    frame: &DataFrame,
    name: &str,
    options: &Options,
) -> Result<Plot, ChartError> {
    let y_scale = column::scale(false, options.log_y, "log_y")?;
    let sample = Sample::read(frame, name, "a histogram", options)?;
    let mut values: Vec<f64> = sample.rows.iter().map(|row| row.0).collect();
    let bins = match options.bins {
        Some(count) => Bins::equal(&values, count),
        None => Bins::fitting(&mut values, sample.scale),
    };
    let counts: Vec<Vec<usize>> = sample
        .by_group()
        .iter()
        .map(|values| bins.count(values))
        .collect();
    let picture = Picture {
        bins: &bins,
        counts: &counts,
        groups: &sample.groups,
        scale: sample.scale,
        y_scale,
    };
    let (x, y) = picture.axes(&column::title(frame, name), options.stacked);
    let layers = if options.stacked {
        picture.stacked(options)
    } else {
        picture.overlaid(options)
    };
    let rows = sample.rows.len();
    Ok(Plot {
        x,
        y,
        layers,
        legend: sample
            .groups
            .legend(|group| sample.rows.iter().any(|row| row.1 == group)),
        drawn: format!("{} in {}", counted(rows, "row"), counted(bins.count, "bin")),
        notes: sample.notes,
    })
}

struct Picture<'a> {
    bins: &'a Bins,
    /// By group, then by bin.
    counts: &'a [Vec<usize>],
    groups: &'a Groups,
    scale: Scale,
    y_scale: Scale,
}

impl Picture<'_> {
    /// Where a bin begins, on the axis.
    fn edge(&self, bin: usize) -> f64 {
        let edge = self.bins.start + bin as f64 * self.bins.width;
        if self.scale == Scale::Log {
            10f64.powf(edge)
        } else {
            edge
        }
    }

    fn base(&self) -> f64 {
        // On a logarithmic axis there is no zero; the axis clips to its start.
        if self.y_scale == Scale::Log {
            f64::MIN_POSITIVE
        } else {
            0.0
        }
    }

    fn axes(&self, title: &str, stacked: bool) -> (Axis, Axis) {
        let ends = [self.edge(0), self.edge(self.bins.count)];
        let mut x = Axis::around(title, ends.into_iter(), self.scale);
        x.whole = self.bins.whole;
        let heights: Vec<f64> = if stacked {
            let height = |bin| self.counts.iter().map(|counts| counts[bin]).sum::<usize>() as f64;
            (0..self.bins.count).map(height).collect()
        } else {
            let all = self.counts.iter().flatten();
            all.filter(|count| **count > 0)
                .map(|count| *count as f64)
                .collect()
        };
        (
            x,
            Axis::from_zero("count", heights.into_iter(), self.y_scale),
        )
    }

    fn tip(&self, group: usize, bin: usize) -> String {
        let place = |bin: usize| match self.scale {
            Scale::Time => calendar::date(self.edge(bin)),
            Scale::Linear | Scale::Log => significant(self.edge(bin), 4),
        };
        let range = format!("{} to {}", place(bin), place(bin + 1));
        let count = self.counts[group][bin];
        match self.groups.labels[group].as_str() {
            "" => format!("{range}: {count}"),
            label => format!("{label}, {range}: {count}"),
        }
    }

    fn bar(&self, group: usize, bin: usize, base: f64) -> Bar {
        Bar {
            x: (self.edge(bin), self.edge(bin + 1)),
            y: (base, base + self.counts[group][bin] as f64),
            color: self.groups.colors[group],
            tip: self.tip(group, bin),
        }
    }

    fn used(&self) -> Vec<usize> {
        let used = |group: &usize| self.counts[*group].iter().any(|count| *count > 0);
        (0..self.groups.len()).filter(used).collect()
    }

    fn full(&self, group: usize) -> impl Iterator<Item = usize> {
        (0..self.bins.count).filter(move |bin| self.counts[group][*bin] > 0)
    }

    fn overlaid(&self, options: &Options) -> Vec<Layer> {
        let used = self.used();
        let several = self.groups.len() > 1;
        let base = self.base();
        let bars = |group: usize| Layer::Bars {
            bars: self
                .full(group)
                .map(|bin| self.bar(group, bin, base))
                .collect(),
            opacity: options.alpha.unwrap_or(if several { 0.4 } else { 1.0 }),
            gap: if several { 0.0 } else { 1.0 },
        };
        let mut layers: Vec<Layer> = used.iter().copied().map(bars).collect();
        if several {
            // Where groups lie over each other, their outlines tell them apart.
            layers.extend(used.into_iter().map(|group| Layer::Path {
                points: outline(&self.counts[group], base, |bin| self.edge(bin)),
                color: self.groups.colors[group],
                width: 1.5,
                opacity: 1.0,
                style: Stroke::Plain,
            }));
        }
        layers
    }

    fn stacked(&self, options: &Options) -> Vec<Layer> {
        let mut ground = vec![0.0; self.bins.count];
        let (mut bars, mut seams) = (Vec::new(), Vec::new());
        for group in self.used() {
            for bin in self.full(group) {
                let bar = self.bar(group, bin, ground[bin]);
                if bar.y.0 > 0.0 {
                    seams.push([(bar.x.0, bar.y.0), (bar.x.1, bar.y.0)]);
                }
                ground[bin] = bar.y.1;
                bars.push(bar);
            }
        }
        let bars = Layer::Bars {
            bars,
            opacity: options.alpha.unwrap_or(1.0),
            gap: 1.0,
        };
        std::iter::once(bars).chain(super::seams(seams)).collect()
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
    /// How many values fall into each.
    pub fn count(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.count];
        for value in values {
            counts[self.of(*value)] += 1;
        }
        counts
    }

    /// As many as were asked for, between the least and the greatest value.
    pub fn equal(values: &[f64], count: usize) -> Bins {
        let (lo, hi) = range(values);
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
    /// Diaconis' rules, with edges at round numbers. The order of the values
    /// changes.
    pub fn fitting(values: &mut [f64], scale: Scale) -> Bins {
        const MOST: f64 = 60.0;
        let (lo, hi) = range(values);
        if hi <= lo || !(hi - lo).is_normal() {
            return Bins {
                start: lo - unit(lo) / 2.0,
                width: unit(lo),
                count: 1,
                whole: false,
            };
        }
        let rows = values.len() as f64;
        let mut quantile = |share: f64| {
            let place = (share * (rows - 1.0)) as usize;
            *values.select_nth_unstable_by(place, f64::total_cmp).1
        };
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
        let whole = values.iter().all(|value| value.fract() == 0.0);
        let mut width = round_width(raw);
        if whole {
            width = width.max(1.0).ceil();
        }
        // Bars of single whole numbers stand over them, not beside.
        let shift = if whole && width == 1.0 { 0.5 } else { 0.0 };
        let start = ((lo + shift) / width + 1e-9).floor() * width - shift;
        let count = ((hi - start) / width + 1e-9).floor() + 1.0;
        if !(start <= lo && (1.0..=4.0 * MOST).contains(&count)) {
            return Bins::equal(values, sturges as usize);
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

/// The least and the greatest value.
fn range(values: &[f64]) -> (f64, f64) {
    let Some(first) = values.first() else {
        return (0.0, 1.0);
    };
    let wider = |(lo, hi): (f64, f64), value: &f64| (lo.min(*value), hi.max(*value));
    values.iter().fold((*first, *first), wider)
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
        let mut values = [2.0, 1.0, 6.0, 2.0, 3.0];
        let bins = Bins::fitting(&mut values, Scale::Linear);
        assert_eq!((bins.start, bins.width), (0.5, 1.0));
        assert_eq!(counts(&bins, &values), [1, 2, 1, 0, 0, 1]);
    }

    #[test]
    fn edges_are_round_and_values_on_them_go_up() {
        let mut values: Vec<f64> = (0..100).map(|i| f64::from(i) / 10.0).collect();
        let bins = Bins::fitting(&mut values, Scale::Linear);
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
        for mut values in [
            vec![5.0],
            vec![0.0, 5e-324],
            vec![-1e150, 1e150],
            vec![1e16, 1e16 + 2.0],
        ] {
            for bins in [
                Bins::fitting(&mut values, Scale::Linear),
                Bins::equal(&values, 7),
            ] {
                assert_eq!(counts(&bins, &values).iter().sum::<usize>(), values.len());
                assert!(bins.count <= 240);
            }
        }
    }
}
