//! How many values lie in each of some equal bins.

/// Counts of values in bins of equal width.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The edges of the bins, one more than there are bins; a value on an edge
    /// belongs to the bin that begins there, the last edge to the last bin.
    pub edges: Vec<f64>,
    /// How many values each bin holds.
    pub counts: Vec<usize>,
}

/// How many bins a column of a table has room for.
const MOST_BINS: usize = 24;

impl Histogram {
    /// Of sorted, finite values. Whole numbers of a small range get a bin each.
    pub(crate) fn of(sorted: &[f64], whole: bool) -> Option<Self> {
        let (low, high) = (*sorted.first()?, *sorted.last()?);
        if !low.is_finite() || !high.is_finite() || !(high - low).is_finite() {
            return None;
        }
        let (start, width, bins) = if low == high {
            (low - 0.5, 1.0, 1)
        } else if whole {
            let step = ((high - low + 1.0) / MOST_BINS as f64).ceil().max(1.0);
            (low - 0.5, step, ((high - low + 1.0) / step).ceil() as usize)
        } else {
            (low, (high - low) / MOST_BINS as f64, MOST_BINS)
        };
        let edges: Vec<f64> = (0..=bins).map(|i| start + width * i as f64).collect();
        let mut counts = Vec::with_capacity(bins);
        let mut at = 0;
        for i in 0..bins {
            let end = match i + 1 == bins {
                true => sorted.len(),
                false => at + sorted[at..].partition_point(|value| *value < edges[i + 1]),
            };
            counts.push(end - at);
            at = end;
        }
        Some(Self { edges, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_whole_numbers_have_a_bin_each() {
        let histogram = Histogram::of(&[1.0, 1.0, 2.0, 4.0], true).unwrap();
        assert_eq!(histogram.edges, [0.5, 1.5, 2.5, 3.5, 4.5]);
        assert_eq!(histogram.counts, [2, 1, 0, 1]);
    }

    #[test]
    fn every_value_is_in_a_bin() {
        let values: Vec<f64> = (0..997).map(|i| f64::from(i).sqrt()).collect();
        let histogram = Histogram::of(&values, false).unwrap();
        assert_eq!(histogram.counts.iter().sum::<usize>(), 997);
        assert_eq!(histogram.counts.len() + 1, histogram.edges.len());
        let wide: Vec<f64> = (0..1000).map(|i| f64::from(i * 7)).collect();
        let histogram = Histogram::of(&wide, true).unwrap();
        assert_eq!(histogram.counts.iter().sum::<usize>(), 1000);
        assert!(histogram.counts.len() <= MOST_BINS);
    }

    #[test]
    fn what_has_no_width_has_one_bin_or_none() {
        assert_eq!(Histogram::of(&[3.0, 3.0], false).unwrap().counts, [2]);
        assert_eq!(Histogram::of(&[], false), None);
        assert_eq!(Histogram::of(&[f64::MIN, f64::MAX], false), None);
        assert!(Histogram::of(&[0.0, f64::MIN_POSITIVE], false).is_some());
    }
}
