//! The straight line through points, and how sure it is.

use crate::stats::student;

/// A line of least squares: (x, lowest, line, highest) of the 95 % band of its
/// mean, from the least x to the greatest. Straight as drawn, so on a
/// logarithmic axis it is fitted to the logarithms. None when there are no two
/// different x. With fewer than three points, the band has no width.
pub(crate) fn line(points: &[(f64, f64)], log_x: bool, log_y: bool) -> Option<Vec<[f64; 4]>> {
    const STEPS: usize = 60;
    let flat = |value: f64, log: bool| if log { value.log10() } else { value };
    let back = |value: f64, log: bool| if log { 10f64.powf(value) } else { value };
    let points: Vec<(f64, f64)> = points
        .iter()
        .map(|(x, y)| (flat(*x, log_x), flat(*y, log_y)))
        .collect();
    let fit = Fit::of(&points)?;
    let lo = points
        .iter()
        .map(|point| point.0)
        .fold(f64::INFINITY, f64::min);
    let hi = points
        .iter()
        .map(|point| point.0)
        .fold(f64::NEG_INFINITY, f64::max);
    let line: Vec<[f64; 4]> = (0..=STEPS)
        .map(|step| {
            let share = step as f64 / STEPS as f64;
            // Written so that the last one is exactly the end.
            let x = lo * (1.0 - share) + hi * share;
            let (y, half) = (fit.at(x), fit.half_width(x));
            let [low, y, high] = [y - half, y, y + half].map(|y| back(y, log_y));
            [back(x, log_x), low, y, high]
        })
        .collect();
    let sound = |value: &f64| value.is_finite() && value.abs() < 1e150;
    let placed = |value: &f64| !log_y || *value > 0.0;
    line.iter()
        .all(|at| at.iter().all(sound) && at[1..].iter().all(placed))
        .then_some(line)
}

/// Least squares with what the band needs.
struct Fit {
    mean_x: f64,
    mean_y: f64,
    slope: f64,
    spread: f64,
    count: f64,
    /// The standard error of the points times Student's quantile.
    error: f64,
}

impl Fit {
    fn of(points: &[(f64, f64)]) -> Option<Fit> {
        let count = points.len() as f64;
        let mean_x = points.iter().map(|point| point.0 / count).sum::<f64>();
        let mean_y = points.iter().map(|point| point.1 / count).sum::<f64>();
        let (mut spread, mut shared) = (0.0, 0.0);
        for (x, y) in points {
            spread += (x - mean_x) * (x - mean_x);
            shared += (x - mean_x) * (y - mean_y);
        }
        let slope = shared / spread;
        if !(slope.is_finite() && mean_y.is_finite()) {
            return None;
        }
        let rest = |(x, y): &(f64, f64)| y - mean_y - slope * (x - mean_x);
        let squares: f64 = points.iter().map(|point| rest(point) * rest(point)).sum();
        let error = if points.len() > 2 {
            (squares / (count - 2.0)).sqrt() * student(0.975, count - 2.0)
        } else {
            0.0
        };
        Some(Fit {
            mean_x,
            mean_y,
            slope,
            spread,
            count,
            error,
        })
    }

    fn at(&self, x: f64) -> f64 {
        self.mean_y + self.slope * (x - self.mean_x)
    }

    fn half_width(&self, x: f64) -> f64 {
        let away = x - self.mean_x;
        self.error * (1.0 / self.count + away * away / self.spread).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        let points: Vec<(f64, f64)> = (0..9)
            .map(|x| (f64::from(x), 3.0 - 0.5 * f64::from(x)))
            .collect();
        let line = line(&points, false, false).unwrap();
        let (start, end) = (line[0], line[line.len() - 1]);
        assert_eq!((start[0], end[0]), (0.0, 8.0));
        assert!((start[2] - 3.0).abs() < 1e-12 && (end[2] + 1.0).abs() < 1e-12);
        assert!(
            line.iter().all(|at| at[3] - at[1] < 1e-9),
            "no doubt about it"
        );
    }

    #[test]
    fn a_power_law_is_straight_on_two_logarithmic_axes() {
        let points: Vec<(f64, f64)> = (1..9)
            .map(|x| (f64::from(x), f64::from(x).powi(3)))
            .collect();
        let line = line(&points, true, true).unwrap();
        assert!((line[line.len() - 1][2] - 512.0).abs() < 1e-6);
    }

    #[test]
    fn the_band_is_narrowest_in_the_middle() {
        let points: Vec<(f64, f64)> = (0..40)
            .map(|x| (f64::from(x), f64::from(x * 7 % 11)))
            .collect();
        let line = line(&points, false, false).unwrap();
        let width = |at: &[f64; 4]| at[3] - at[1];
        assert!(width(&line[0]) > 1.5 * width(&line[30]));
        assert!((width(&line[0]) - width(&line[60])).abs() < 1e-9);
    }

    #[test]
    fn one_x_has_no_line() {
        assert!(line(&[], false, false).is_none());
        assert!(line(&[(1.0, 2.0)], false, false).is_none());
        assert!(line(&[(1.0, 2.0), (1.0, 5.0)], false, false).is_none());
    }
}
