//! The few statistics that tables, profiles and charts share, with the
//! definitions that pandas has, so that figures agree.
//!
//! NaN stands for a missing value.

/// A quantile of sorted values, 0 ≤ `q` ≤ 1, by linear interpolation between
/// the two nearest (numpy's and pandas' default; type 7 of Hyndman and Fan
/// (1996), *Sample Quantiles in Statistical Packages*). `None` without values.
///
/// ```
/// assert_eq!(ferrite_frame::stats::quantile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
/// ```
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = q.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let share = place - place.floor();
    let (low, high) = (*sorted.get(below)?, *sorted.get((below + 1).min(last))?);
    // Between an infinity and anything else lies that infinity.
    if share == 0.0 || low == high || low.is_infinite() {
        return Some(low);
    }
    if high.is_infinite() {
        return Some(high);
    }
    Some(low + (high - low) * share)
}

/// Mean, and standard deviation with n − 1 in the denominator (which needs two
/// values). Two passes: the mean is taken off first, so that large values with
/// small differences do not cancel.
pub fn mean_std(values: &[f64]) -> (Option<f64>, Option<f64>) {
    if values.is_empty() {
        return (None, None);
    }
    let n = values.len() as f64;
    let mean = sum(values.iter().copied()) / n;
    if values.len() < 2 {
        return (Some(mean), None);
    }
    let squares = sum(values.iter().map(|v| (v - mean) * (v - mean)));
    (Some(mean), Some((squares / (n - 1.0)).sqrt()))
}

/// A sum in blocks, which rounds less than one long sum and is faster.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    const BLOCK: usize = 128;
    let (mut total, mut block, mut count) = (0.0, 0.0, 0);
    for value in values {
        block += value;
        count += 1;
        if count == BLOCK {
            total += block;
            (block, count) = (0.0, 0);
        }
    }
    total + block
}

/// Skewness with pandas' correction for small samples (the adjusted
/// Fisher-Pearson coefficient); `None` for fewer than three values or if they
/// are all equal.
pub fn skewness(values: &[f64], mean: f64) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 3 {
        return None;
    }
    let m2 = sum(values.iter().map(|v| (v - mean).powi(2)));
    let m3 = sum(values.iter().map(|v| (v - mean).powi(3)));
    if m2 <= f64::EPSILON * mean.abs().max(1.0) * f64::EPSILON * n {
        return None;
    }
    Some(n * (n - 1.0).sqrt() / (n - 2.0) * (m3 / m2.powf(1.5)))
}

/// Pearson's correlation over the rows that have both values; `None` if there
/// are fewer than two, or one side does not vary.
///
/// ```
/// let r = ferrite_frame::stats::pearson(&[1.0, 2.0, 3.0, f64::NAN], &[2.0, 4.0, 6.0, 1.0]);
/// assert!(r.is_some_and(|r| (r - 1.0).abs() < 1e-12));
/// ```
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    // Shifted by a value of each side: variances of large numbers would cancel.
    let both = || x.iter().zip(y).filter(|(x, y)| !x.is_nan() && !y.is_nan());
    let (x0, y0) = both().next()?;
    let x0 = middle(x, *x0);
    let y0 = middle(y, *y0);
    let mut s = Sums::default();
    for (x, y) in x.chunks(Sums::BLOCK).zip(y.chunks(Sums::BLOCK)) {
        s.add(x, y, x0, y0);
    }
    s.correlation()
}

/// A value near which most of a column lies; `or` if it has none.
fn middle(values: &[f64], or: f64) -> f64 {
    const LOOK: usize = 1024;
    let step = (values.len() / LOOK).max(1);
    let (mut total, mut count) = (0.0, 0.0);
    for value in values.iter().step_by(step).filter(|v| v.is_finite()) {
        total += value;
        count += 1.0;
    }
    let mean = total / count;
    if mean.is_finite() { mean } else { or }
}

/// The sums that a correlation is made of.
#[derive(Default)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Sums {
    const BLOCK: usize = 4096;
    const LANES: usize = 4;

    /// Adds a block. Missing values count as zeros of both sides, by a select
    /// and not by a branch, in lanes that the compiler can run side by side.
    fn add(&mut self, x: &[f64], y: &[f64], x0: f64, y0: f64) {
        let mut sums = [[0.0; Self::LANES]; 6];
        let rows = x.chunks(Self::LANES).zip(y.chunks(Self::LANES));
        for (xs, ys) in rows {
            for (lane, (x, y)) in xs.iter().zip(ys).enumerate() {
                let there = !(x.is_nan() | y.is_nan());
                let (x, y) = if there { (x - x0, y - y0) } else { (0.0, 0.0) };
                sums[0][lane] += f64::from(u8::from(there));
                sums[1][lane] += x;
                sums[2][lane] += y;
                sums[3][lane] += x * x;
                sums[4][lane] += y * y;
                sums[5][lane] += x * y;
            }
        }
        let total = sums.map(|lanes| lanes.iter().sum::<f64>());
        self.n += total[0];
        self.x += total[1];
        self.y += total[2];
        self.xx += total[3];
        self.yy += total[4];
        self.xy += total[5];
    }

    fn correlation(&self) -> Option<f64> {
        if self.n < 2.0 {
            return None;
        }
        let vx = self.xx - self.x * self.x / self.n;
        let vy = self.yy - self.y * self.y / self.n;
        let cov = self.xy - self.x * self.y / self.n;
        // What is left of a constant after rounding is no variance.
        let noise = |v: f64, raw: f64| v <= raw * 1e-14;
        if noise(vx, self.xx) || noise(vy, self.yy) {
            return None;
        }
        let r = cov / (vx.sqrt() * vy.sqrt());
        r.is_finite().then(|| r.clamp(-1.0, 1.0))
    }
}

/// Spearman's correlation: Pearson's of the ranks, over the rows that have
/// both values; equal values share the mean of their ranks.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = x
        .iter()
        .zip(y)
        .filter(|(x, y)| !x.is_nan() && !y.is_nan())
        .unzip();
    pearson(&ranks(&x), &ranks(&y))
}

/// The rank of each value from 1; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let same = order[start..]
            .iter()
            .take_while(|i| values[**i] == values[order[start]])
            .count()
            .max(1);
        let rank = (2 * start + same + 1) as f64 / 2.0;
        order[start..start + same]
            .iter()
            .for_each(|i| ranks[*i] = rank);
        start += same;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_little() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
        assert_eq!(quantile(&[1.0, f64::INFINITY], 0.0), Some(1.0));
        assert_eq!(
            quantile(&[f64::NEG_INFINITY, f64::NEG_INFINITY], 0.5),
            Some(f64::NEG_INFINITY)
        );
    }

    #[test]
    fn constants_correlate_with_nothing() {
        assert_eq!(
            pearson(&[0.1; 50], &(0..50).map(f64::from).collect::<Vec<_>>()),
            None
        );
        assert_eq!(pearson(&[1.0], &[1.0]), None);
        assert_eq!(pearson(&[], &[]), None);
        assert_eq!(pearson(&[1.0, f64::INFINITY], &[1.0, 2.0]), None);
    }

    #[test]
    fn large_values_with_small_differences_keep_their_correlation() {
        let x: Vec<f64> = (0..1000).map(|i| 1e12 + f64::from(i)).collect();
        let y: Vec<f64> = (0..1000).map(|i| -1e9 - f64::from(i) * 2.0).collect();
        let r = pearson(&x, &y).unwrap();
        assert!((r + 1.0).abs() < 1e-9, "{r}");
    }

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        let squares: Vec<f64> = (0..20).map(|i| f64::from(i * i)).collect();
        let plain: Vec<f64> = (0..20).map(f64::from).collect();
        assert!(spearman(&plain, &squares).is_some_and(|r| (r - 1.0).abs() < 1e-12));
    }

    #[test]
    fn skew_has_the_sign_of_the_long_tail() {
        let values = [1.0, 1.0, 2.0, 2.0, 3.0, 20.0];
        let mean = mean_std(&values).0.unwrap();
        assert!(skewness(&values, mean).unwrap() > 2.0);
        assert_eq!(skewness(&[2.0, 2.0, 2.0], 2.0), None);
    }
}
