//! Sums of slopes by the bins of features, and the best question that they show.
//!
//! forust's trees come from such sums as well, made of the same small floats in the same
//! order. Here four features lie side by side: a row adds to all of them at once, and
//! they are searched at once, without a branch.

use forust_ml::binning::BinnedData;

use crate::model::parallel;
use crate::wide::{Wide, widest};

/// Features side by side.
pub(super) const ABREAST: usize = 4;

/// The first and second derivative of the loss for a row.
pub(super) type Slope = [f32; 2];

/// The sums of the rows of one bin, for each of some features.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    slopes: [f32; ABREAST],
    curves: [f32; ABREAST],
}

/// What is demanded of a question, and how leaves are weighed.
pub(super) struct Rules {
    /// Added to the second derivatives.
    pub l2: f32,
    /// Second derivatives on either side of a question, at least.
    pub least: f32,
}

/// The sums of all rows of a node, and what they gain by their own value.
#[derive(Clone, Copy)]
pub(super) struct Totals {
    pub slope: f32,
    pub curve: f32,
    pub gain: f32,
}

impl Totals {
    fn of(slope: f32, curve: f32, rules: &Rules) -> Self {
        Self {
            slope,
            curve,
            gain: gain(slope, curve, rules.l2),
        }
    }

    /// Of all rows together.
    pub fn of_all(rows: &[u32], slopes: &[Slope], rules: &Rules) -> Self {
        let (mut slope, mut curve) = (0.0, 0.0);
        for row in rows {
            let [first, second] = slopes[*row as usize];
            slope += f64::from(first);
            curve += f64::from(second);
        }
        Self::of(slope as f32, curve as f32, rules)
    }

    /// What a leaf says that has these rows.
    pub fn weight(&self, rules: &Rules) -> f32 {
        weight(self.slope, self.curve, rules.l2)
    }
}

#[inline(always)]
fn weight(slope: f32, curve: f32, l2: f32) -> f32 {
    -(slope / (curve + l2))
}

#[inline(always)]
fn gain(slope: f32, curve: f32, l2: f32) -> f32 {
    let weight = weight(slope, curve, l2);
    -(2.0 * slope * weight + (curve + l2) * (weight * weight))
}

/// A question: rows of a smaller bin go left.
#[derive(Clone, Copy)]
pub(super) struct Split {
    pub gain: f32,
    pub feature: usize,
    pub bin: u16,
    pub left: Totals,
    pub right: Totals,
}

/// The bins of some features, a row for each row.
pub(super) struct Group {
    first: usize,
    bins: Vec<[u16; ABREAST]>,
    /// How many bins each feature has; none where there is no feature.
    known: [u16; ABREAST],
    width: usize,
}

impl Group {
    /// All features of so many rows.
    pub fn all(binned: &BinnedData<f64>, rows: usize) -> Vec<Self> {
        let features = binned.cuts.cols;
        let group = |number: usize| {
            let first = number * ABREAST;
            let mut bins = vec![[0; ABREAST]; rows];
            let mut known = [0; ABREAST];
            for (lane, feature) in (first..features.min(first + ABREAST)).enumerate() {
                known[lane] = binned.cuts.get_col(feature).len() as u16;
                let column = &binned.binned_data[feature * rows..(feature + 1) * rows];
                for (bins, bin) in bins.iter_mut().zip(column) {
                    bins[lane] = *bin;
                }
            }
            let most = bins.iter().flatten().copied().max().unwrap_or(0);
            Self {
                first,
                width: usize::from(most.max(known.into_iter().max().unwrap_or(0))) + 1,
                bins,
                known,
            }
        };
        parallel::map(features.div_ceil(ABREAST), group)
    }

    /// How many bins are searched.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether a row has a smaller bin of a feature of this group than `bin`.
    #[inline]
    pub fn is_below(&self, row: u32, feature: usize, bin: u16) -> bool {
        self.bins[row as usize][feature - self.first] < bin
    }

    /// The sums of some rows by their bins.
    pub fn sums(&self, rows: &[u32], slopes: &[Slope]) -> Vec<Slot> {
        let mut sums = vec![[[0.0_f64; 2]; ABREAST]; self.width];
        for row in rows {
            let row = *row as usize;
            let [slope, curve] = slopes[row].map(f64::from);
            for (lane, bin) in self.bins[row].into_iter().enumerate() {
                let sum = &mut sums[usize::from(bin)][lane];
                sum[0] += slope;
                sum[1] += curve;
            }
        }
        let slot = |sums: [[f64; 2]; ABREAST]| Slot {
            slopes: sums.map(|[slope, _]| slope as f32),
            curves: sums.map(|[_, curve]| curve as f32),
        };
        sums.into_iter().map(slot).collect()
    }

    /// The question that gains most, of equal ones the first; none if none gains.
    pub fn best(&self, sums: &[Slot], node: &Totals, rules: &Rules) -> Option<Split> {
        widest(Search {
            group: self,
            sums,
            node,
            rules,
        })
    }
}

/// Bins that are searched at a time.
const TOGETHER: usize = 32;

struct Search<'a> {
    group: &'a Group,
    sums: &'a [Slot],
    node: &'a Totals,
    rules: &'a Rules,
}

impl Wide for Search<'_> {
    type Output = Option<Split>;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> Option<Split> {
        let Self {
            group, node, rules, ..
        } = self;
        let mut left = ([0.0_f32; ABREAST], [0.0_f32; ABREAST]);
        let mut best = [(0.0_f32, 0_u16, 0.0_f32, 0.0_f32); ABREAST];
        let chunks = self.sums[1..].chunks(TOGETHER);
        for (chunk, first) in chunks.zip((1_u16..).step_by(TOGETHER)) {
            // What goes left, for each bin that could be the first to go right.
            let mut slopes = [[0.0_f32; ABREAST]; TOGETHER];
            let mut curves = [[0.0_f32; ABREAST]; TOGETHER];
            for ((slopes, curves), slot) in slopes.iter_mut().zip(&mut curves).zip(chunk) {
                (*slopes, *curves) = left;
                for lane in 0..ABREAST {
                    left.0[lane] += slot.slopes[lane];
                    left.1[lane] += slot.curves[lane];
                }
            }
            let mut gains = [[0.0_f32; ABREAST]; TOGETHER];
            let flat = slopes.as_flattened().iter().zip(curves.as_flattened());
            for (gained, (slope, curve)) in gains.as_flattened_mut().iter_mut().zip(flat) {
                *gained = gain_of(*slope, *curve, node, rules);
            }
            // Few bins are better than all before them.
            for ((bin, gains), at) in (first..).zip(&gains).zip(0..chunk.len()) {
                let above = |any, lane: usize| any | (gains[lane] > best[lane].0);
                if !(0..ABREAST).fold(false, above) {
                    continue;
                }
                for lane in 0..ABREAST {
                    if gains[lane] > best[lane].0 && bin < group.known[lane] {
                        best[lane] = (gains[lane], bin, slopes[at][lane], curves[at][lane]);
                    }
                }
            }
        }
        let mut split: Option<Split> = None;
        for (feature, (gain, bin, slope, curve)) in (group.first..).zip(best) {
            if gain > split.map_or(0.0, |split| split.gain) {
                split = Some(Split {
                    gain,
                    feature,
                    bin,
                    left: Totals::of(slope, curve, rules),
                    right: Totals::of(node.slope - slope, node.curve - curve, rules),
                });
            }
        }
        split
    }
}

/// What a question gains that sends rows with these sums left; nothing if too few would
/// be on a side.
#[inline(always)]
fn gain_of(slope: f32, curve: f32, node: &Totals, rules: &Rules) -> f32 {
    let (right_slope, right_curve) = (node.slope - slope, node.curve - curve);
    let sides = gain(slope, curve, rules.l2) + gain(right_slope, right_curve, rules.l2);
    let is_enough = (curve >= rules.least) & (right_curve >= rules.least);
    if is_enough { sides - node.gain } else { 0.0 }
}

/// What is left of the sums of a node for one child, without those of the other.
pub(super) fn subtract(node: &mut [Slot], child: &[Slot]) {
    for (node, child) in node.iter_mut().zip(child) {
        for lane in 0..ABREAST {
            node.slopes[lane] -= child.slopes[lane];
            node.curves[lane] -= child.curves[lane];
        }
    }
}
