//! From a value to its place: an axis maps values to a share between 0 and 1
//! of its length, which is all that it knows about pixels.

use crate::calendar;
use crate::ticks::{self, Tick};

/// What distance means on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Log,
    Time,
}

/// One axis with its range.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub title: String,
    /// The names at 0, 1, 2, … of an axis of categories.
    pub categories: Option<Vec<String>>,
    /// Places that were chosen by hand.
    marked: Option<Vec<Tick>>,
    scale: Scale,
    /// The range, as powers of ten on a logarithmic axis.
    lo: f64,
    hi: f64,
    /// Whether there is nothing between whole numbers.
    pub whole: bool,
    flipped: bool,
    /// Whether what is drawn stands on zero.
    grounded: bool,
}

impl Axis {
    /// Around all values, with a little air on both sides.
    pub fn around(title: &str, values: impl Iterator<Item = f64>, scale: Scale) -> Axis {
        let mut axis = Axis::empty(title, scale);
        let (lo, hi) = axis.range(values);
        let span = hi - lo;
        // Of a constant, and of what differs in the last bits only, there is
        // no scale to be had from the data.
        let tiny = (lo.abs().max(hi.abs()) * 1e-12).max(1e-290);
        let air = match span > tiny {
            true => span * 0.045,
            false if scale == Scale::Log => 0.5,
            false if scale == Scale::Time => 43_200.0_f64.max(lo.abs() * 1e-6),
            false => (lo.abs() * 0.05)
                .max(if axis.whole || lo == 0.0 { 0.5 } else { 0.0 })
                .max(1e-280),
        };
        (axis.lo, axis.hi) = (lo - air, hi + air);
        axis
    }

    /// From zero (or, on a logarithmic axis, from somewhat below the smallest
    /// value), for bars. Leaves air for a label at the bars' ends.
    pub fn from_zero(title: &str, values: impl Iterator<Item = f64>, scale: Scale) -> Axis {
        let mut axis = Axis::empty(title, scale);
        let (mut lo, mut hi) = axis.range(values);
        if scale == Scale::Log {
            let span = hi - lo + 0.3;
            (axis.lo, axis.hi) = (lo - 0.3, hi + 0.09 * span);
            return axis;
        }
        axis.grounded = true;
        (lo, hi) = (lo.min(0.0), hi.max(0.0));
        if hi - lo <= 1e-290 {
            hi = 1.0;
        }
        let air = 0.09 * (hi - lo);
        axis.lo = if lo < 0.0 { lo - air } else { 0.0 };
        axis.hi = if hi > 0.0 { hi + air } else { 0.0 };
        axis
    }

    /// Exactly from one value to another.
    pub fn between(title: &str, lo: f64, hi: f64, scale: Scale) -> Axis {
        let mut axis = Axis::empty(title, scale);
        (axis.lo, axis.hi) = (axis.transform(lo), axis.transform(hi));
        axis.whole = false;
        if axis.lo >= axis.hi || !(axis.hi - axis.lo).is_finite() {
            (axis.lo, axis.hi) = (0.0, 1.0);
        }
        axis
    }

    /// One place for each name.
    pub fn of_categories(title: &str, names: Vec<String>) -> Axis {
        let mut axis = Axis::empty(title, Scale::Linear);
        (axis.lo, axis.hi) = (-0.5, names.len().max(1) as f64 - 0.5);
        axis.categories = Some(names);
        axis
    }

    /// The same axis with names at some places in place of round numbers.
    pub fn marked(mut self, ticks: Vec<Tick>) -> Axis {
        self.marked = Some(ticks);
        self
    }

    /// Whether it is marked with names: numbers have lines in the grid.
    pub fn is_named(&self) -> bool {
        self.categories.is_some() || self.marked.is_some()
    }

    /// Where what is drawn stands: zero, or else the axis' start.
    pub fn ground(&self) -> f64 {
        if self.grounded { self.share(0.0) } else { 0.0 }
    }

    /// The same axis with its start at the top.
    pub fn flipped(mut self) -> Axis {
        self.flipped = true;
        self
    }

    /// Widens the range to that of another axis of the same scale.
    pub fn join(&mut self, other: &Axis) {
        self.lo = self.lo.min(other.lo);
        self.hi = self.hi.max(other.hi);
        self.whole &= other.whole;
    }

    /// What distance means.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The values at its ends.
    pub fn ends(&self) -> (f64, f64) {
        (self.back(self.lo), self.back(self.hi))
    }

    /// The value at a share of the axis' length.
    pub fn at(&self, share: f64) -> f64 {
        let share = if self.flipped { 1.0 - share } else { share };
        self.back(self.lo + share * (self.hi - self.lo))
    }

    /// Whether it starts at the top or at the right.
    pub fn is_flipped(&self) -> bool {
        self.flipped
    }

    fn empty(title: &str, scale: Scale) -> Axis {
        Axis {
            title: title.to_owned(),
            categories: None,
            marked: None,
            scale,
            lo: 0.0,
            hi: 1.0,
            whole: scale == Scale::Linear,
            flipped: false,
            grounded: false,
        }
    }

    /// The range of values, transformed, as far as they are finite.
    fn range(&mut self, values: impl Iterator<Item = f64>) -> (f64, f64) {
        let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            self.whole &= value.fract() == 0.0;
            let value = self.transform(value);
            if value.is_finite() {
                (lo, hi) = (lo.min(value), hi.max(value));
            }
        }
        if lo <= hi { (lo, hi) } else { (0.0, 1.0) }
    }

    fn transform(&self, value: f64) -> f64 {
        if self.scale == Scale::Log {
            value.log10()
        } else {
            value
        }
    }

    fn back(&self, value: f64) -> f64 {
        if self.scale == Scale::Log {
            10f64.powf(value)
        } else {
            value
        }
    }

    /// The axis' title, with the date where the ticks show only the time.
    pub fn full_title(&self) -> String {
        if self.scale == Scale::Time && calendar::same_day(self.lo, self.hi) {
            return format!("{} ({})", self.title, calendar::date(self.lo));
        }
        self.title.clone()
    }

    /// The place of a value as a share of the axis' length, at its ends for
    /// values outside of its range.
    pub fn share(&self, value: f64) -> f64 {
        let share = (self.transform(value) - self.lo) / (self.hi - self.lo);
        let share = if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 1.0)
        };
        if self.flipped { 1.0 - share } else { share }
    }

    /// At most about `most` marked places within the range.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        if let Some(ticks) = &self.marked {
            return ticks.clone();
        }
        if let Some(names) = &self.categories {
            let name = |(at, label): (usize, &String)| Tick {
                at: at as f64,
                label: label.clone(),
            };
            return names.iter().enumerate().map(name).collect();
        }
        match self.scale {
            Scale::Linear => ticks::linear(self.lo, self.hi, most, self.whole),
            Scale::Log => ticks::logarithmic(self.lo, self.hi, most),
            Scale::Time => calendar::ticks(self.lo, self.hi, most),
        }
    }

    /// The places between `ticks` that a logarithmic axis of a length in pixels
    /// shows without a label.
    pub fn minor(&self, ticks: &[Tick], length: f64) -> Vec<f64> {
        if self.scale != Scale::Log || self.is_named() {
            return Vec::new();
        }
        let room = length / (self.hi - self.lo) >= 24.0;
        ticks::between_decades(self.lo, self.hi, ticks, room)
    }

    /// The names of the powers of ten of a logarithmic axis that is marked with
    /// nothing else, from some way before its start to some way beyond its end,
    /// and the power of the first.
    pub fn powers(&self) -> Option<(i32, Vec<String>)> {
        if self.scale != Scale::Log || self.is_named() || !ticks::is_wide(self.lo, self.hi) {
            return None;
        }
        let (first, last) = (self.lo.floor() as i32 - 3, self.hi.ceil() as i32 + 3);
        Some((first, (first..=last).map(ticks::power_of_ten).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_values_lie_within_the_axis() {
        let values = [3.0, 4.5, 10.0];
        let axis = Axis::around("x", values.into_iter(), Scale::Linear);
        assert!(
            values
                .iter()
                .all(|v| (0.01..=0.99).contains(&axis.share(*v)))
        );
        assert!(axis.share(3.0) < axis.share(4.5));
    }

    #[test]
    fn constants_have_a_range() {
        for value in [0.0, 1.0, -7.25, 1e16, 1e150, 1e-300, 5e-324] {
            for scale in [Scale::Linear, Scale::Time] {
                let axis = Axis::around("x", std::iter::once(value), scale);
                assert!((axis.share(value) - 0.5).abs() < 1e-6, "{value}: {axis:?}");
            }
        }
    }

    #[test]
    fn bars_start_at_zero() {
        let axis = Axis::from_zero("n", [4.0, 9.0].into_iter(), Scale::Linear);
        assert_eq!(axis.share(0.0), 0.0);
        let axis = Axis::from_zero("n", [-4.0, 9.0].into_iter(), Scale::Linear);
        assert!(axis.share(-4.0) > 0.0);
        assert!(Axis::from_zero("n", [0.0].into_iter(), Scale::Linear).share(0.0) == 0.0);
    }

    #[test]
    fn counts_have_whole_ticks() {
        let axis = Axis::from_zero("count", [1.0, 2.0].into_iter(), Scale::Linear);
        let labels: Vec<String> = axis.ticks(10).into_iter().map(|t| t.label).collect();
        assert_eq!(labels, ["0", "1", "2"]);
    }
}
