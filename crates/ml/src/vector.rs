//! Functions of many numbers, written so that a processor computes some at a time.
//!
//! The standard library calls the C library for each number, which cannot be done side by
//! side. These have no branches, and an error of a few last digits.

use crate::wide::{Wide, widest};

/// `e` to the power of each number. Below -708 the result is not smaller than `3e-308`,
/// above 709 not larger than `8e307`.
pub(crate) fn exp(values: &mut [f64]) {
    widest(Each(values, exp_of));
}

/// The hyperbolic tangent of each number.
pub(crate) fn tanh(values: &mut [f64]) {
    widest(Each(values, tanh_of));
}

/// A product and a sum stay two steps, so that the result is the same on any processor.
struct Each<'a, F>(&'a mut [f64], F);

impl<F: Fn(f64) -> f64> Wide for Each<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        for value in self.0 {
            *value = (self.1)(*value);
        }
    }
}

#[inline(always)]
fn tanh_of(value: f64) -> f64 {
    // Beyond 20 it is 1 to the last digit.
    let twice = 2.0 * value.clamp(-20.0, 20.0);
    let power = exp_of(twice);
    1.0 - 2.0 / (power + 1.0)
}

#[inline(always)]
fn exp_of(value: f64) -> f64 {
    const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Added to a number and subtracted again, it leaves the nearest whole one, which also
    // stands in the last bits of the sum.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let value = value.clamp(-708.0, 709.0);
    let shifted = value * std::f64::consts::LOG2_E + WHOLE;
    let whole = shifted - WHOLE;
    let r = (value - whole * LN_2_HIGH) - whole * LN_2_LOW;
    // The series of the exponent for what is left, which is at most ln(2)/2, in pairs that
    // do not wait for each other.
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let r8 = r4 * r4;
    let low = (1.0 + r) + (0.5 + r * (1.0 / 6.0)) * r2;
    let middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + (1.0 / 720.0 + r * (1.0 / 5_040.0)) * r2;
    let high = (1.0 / 40_320.0 + r * (1.0 / 362_880.0))
        + (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0)) * r2
        + (1.0 / 479_001_600.0) * r4;
    let series = low + middle * r4 + high * r8;
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1_023) << 52);
    series * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_standard_library() {
        let values: Vec<f64> = (-70_000..=70_000).map(|i| f64::from(i) * 0.0101).collect();
        let mut found = values.clone();
        exp(&mut found);
        for (value, found) in values.iter().zip(&found) {
            let apart = (found / value.exp() - 1.0).abs();
            assert!(apart < 1e-15, "exp({value}): {apart:e}");
        }
        let mut found = values.clone();
        tanh(&mut found);
        for (value, found) in values.iter().zip(&found) {
            let apart = (found - value.tanh()).abs();
            assert!(apart < 1e-15, "tanh({value}): {apart:e}");
        }
    }

    #[test]
    fn beyond_all_numbers_they_are_finite() {
        let mut ends = [f64::NEG_INFINITY, -1e300, 1e300, f64::INFINITY];
        exp(&mut ends);
        assert!(ends[..2].iter().all(|end| *end < 1e-300) && ends[2] > 1e300);
        assert!(ends.iter().all(|end| end.is_finite()));
        let mut ends = [f64::NEG_INFINITY, f64::INFINITY];
        tanh(&mut ends);
        assert_eq!(ends, [-1.0, 1.0]);
    }
}
