//! What is measured of numbers, from their values in order.

use ferrite_frame::stats;

/// The figures of a column of numbers; of dates and times in their own unit
/// (days, or ticks since 1970).
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// The mean; `None` if infinite values are among them.
    pub mean: Option<f64>,
    /// The standard deviation, with n − 1.
    pub std: Option<f64>,
    /// The smallest value.
    pub min: f64,
    /// A twentieth of the values is below.
    pub q05: f64,
    /// A quarter of the values is below.
    pub q25: f64,
    /// Half of the values is below.
    pub median: f64,
    /// Three quarters of the values are below.
    pub q75: f64,
    /// Nineteen twentieths of the values are below.
    pub q95: f64,
    /// The largest value.
    pub max: f64,
    /// How much longer the right tail is than the left, 0 if they are equal.
    pub skewness: Option<f64>,
    /// How many are 0.
    pub zeros: usize,
    /// How many are below 0.
    pub negative: usize,
    /// How many are infinite.
    pub infinite: usize,
    /// How many lie further from the middle half than one and a half times its
    /// width (Tukey (1977), *Exploratory Data Analysis*).
    pub outliers: usize,
}

impl Numbers {
    /// Of values in order, without NaN; `None` without values.
    pub(crate) fn of(sorted: &[f64]) -> Option<Self> {
        let quantile = |q| stats::quantile(sorted, q);
        let below = |limit: f64| sorted.partition_point(|value| *value < limit);
        let up_to = |limit: f64| sorted.partition_point(|value| *value <= limit);
        let finite_from = up_to(f64::NEG_INFINITY);
        let finite = &sorted[finite_from..below(f64::INFINITY).max(finite_from)];
        let infinite = sorted.len() - finite.len();
        let (mean, std) = match infinite {
            0 => stats::mean_std(finite),
            _ => (None, None),
        };
        let (q25, q75) = (quantile(0.25)?, quantile(0.75)?);
        let reach = 1.5 * (q75 - q25);
        let outliers = match reach.is_finite() {
            true => below(q25 - reach) + sorted.len() - up_to(q75 + reach),
            false => 0,
        };
        Some(Self {
            skewness: mean.and_then(|mean| stats::skewness(finite, mean)),
            mean,
            std,
            min: quantile(0.0)?,
            q05: quantile(0.05)?,
            q25,
            median: quantile(0.5)?,
            q75,
            q95: quantile(0.95)?,
            max: quantile(1.0)?,
            zeros: up_to(0.0) - below(0.0),
            negative: below(0.0),
            infinite,
            outliers,
        })
    }
}

/// The most frequent of sorted values with their counts, and how many
/// different ones there are.
pub(crate) fn runs<T: PartialEq + Copy>(sorted: &[T], most: usize) -> (Vec<(T, usize)>, usize) {
    let mut top: Vec<(T, usize)> = Vec::new();
    let (mut distinct, mut at) = (0, 0);
    while let Some(value) = sorted.get(at) {
        let length = sorted[at..]
            .iter()
            .take_while(|other| *other == value)
            .count()
            .max(1);
        distinct += 1;
        at += length;
        let least = top.last().map_or(0, |(_, count)| *count);
        if top.len() < most || length > least {
            let place = top.partition_point(|(_, count)| *count >= length);
            top.insert(place, (*value, length));
            top.truncate(most);
        }
    }
    (top, distinct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities_are_counted_and_kept_out_of_the_mean() {
        let numbers = Numbers::of(&[f64::NEG_INFINITY, -1.0, 0.0, 2.0, f64::INFINITY]).unwrap();
        assert_eq!(
            (numbers.infinite, numbers.zeros, numbers.negative),
            (2, 1, 2)
        );
        assert_eq!((numbers.mean, numbers.median), (None, 0.0));
        assert!(Numbers::of(&[]).is_none());
        let only = Numbers::of(&[f64::INFINITY; 3]).unwrap();
        assert_eq!((only.infinite, only.outliers), (3, 0));
    }

    #[test]
    fn outliers_lie_beyond_tukeys_fences() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values.push(1000.0);
        assert_eq!(Numbers::of(&values).unwrap().outliers, 1);
    }

    #[test]
    fn runs_are_ordered_by_length_then_value() {
        assert_eq!(
            runs(&[1, 1, 2, 3, 3, 3, 4, 4], 2),
            (vec![(3, 3), (1, 2)], 4)
        );
        assert_eq!(runs(&[] as &[i64], 3), (vec![], 0));
    }
}
