//! The straight line through points.

/// The ends of the line of least squares over the range of x; straight as
/// drawn, so on a logarithmic axis it is fitted to the logarithms. None when
/// there are no two different x.
pub(crate) fn line(points: &[(f64, f64)], log_x: bool, log_y: bool) -> Option<[(f64, f64); 2]> {
    let flat = |value: f64, log: bool| if log { value.log10() } else { value };
    let back = |value: f64, log: bool| if log { 10f64.powf(value) } else { value };
    let points: Vec<(f64, f64)> = points
        .iter()
        .map(|(x, y)| (flat(*x, log_x), flat(*y, log_y)))
        .collect();
    let (intercept, slope) = least_squares(&points)?;
    let lo = points
        .iter()
        .map(|point| point.0)
        .fold(f64::INFINITY, f64::min);
    let hi = points
        .iter()
        .map(|point| point.0)
        .fold(f64::NEG_INFINITY, f64::max);
    let ends = [lo, hi].map(|x| (back(x, log_x), back(intercept + slope * x, log_y)));
    let sound = |value: f64| value.is_finite() && value.abs() < 1e150 && (!log_y || value > 0.0);
    ends.iter().all(|end| sound(end.1)).then_some(ends)
}

/// Intercept and slope.
fn least_squares(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|point| point.0 / count).sum::<f64>();
    let mean_y = points.iter().map(|point| point.1 / count).sum::<f64>();
    let (mut spread, mut shared) = (0.0, 0.0);
    for (x, y) in points {
        spread += (x - mean_x) * (x - mean_x);
        shared += (x - mean_x) * (y - mean_y);
    }
    let slope = shared / spread;
    let intercept = mean_y - slope * mean_x;
    (slope.is_finite() && intercept.is_finite()).then_some((intercept, slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        let points: Vec<(f64, f64)> = (0..9)
            .map(|x| (f64::from(x), 3.0 - 0.5 * f64::from(x)))
            .collect();
        let [start, end] = line(&points, false, false).unwrap();
        assert_eq!((start.0, end.0), (0.0, 8.0));
        assert!((start.1 - 3.0).abs() < 1e-12 && (end.1 + 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_power_law_is_straight_on_two_logarithmic_axes() {
        let points: Vec<(f64, f64)> = (1..9)
            .map(|x| (f64::from(x), f64::from(x).powi(3)))
            .collect();
        let [_, end] = line(&points, true, true).unwrap();
        assert!((end.1 - 512.0).abs() < 1e-6);
    }

    #[test]
    fn one_x_has_no_line() {
        assert_eq!(line(&[], false, false), None);
        assert_eq!(line(&[(1.0, 2.0)], false, false), None);
        assert_eq!(line(&[(1.0, 2.0), (1.0, 5.0)], false, false), None);
    }
}
