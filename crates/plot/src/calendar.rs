//! Where an axis of time is marked: at midnights, month ends and new years
//! rather than at round numbers of seconds. Times are seconds since 1970 in
//! UTC; the arithmetic is Howard Hinnant's `civil_from_days`.

use crate::ticks::{Tick, nice_step};

const DAY: f64 = 86_400.0;

/// How far apart ticks are.
#[derive(Clone, Copy)]
enum Step {
    Seconds(f64),
    Months(i64),
}

/// At most about `most` ticks between two times.
pub(crate) fn ticks(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let most = most.max(2);
    match step(hi - lo, most) {
        Step::Seconds(step) => by_seconds(lo, hi, step),
        Step::Months(months) => by_months(lo, hi, months),
    }
}

/// The date as 2007-11-28.
pub(crate) fn date(seconds: f64) -> String {
    let (year, month, day) = civil((seconds / DAY).floor() as i64);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether both times lie on one day.
pub(crate) fn same_day(lo: f64, hi: f64) -> bool {
    (lo / DAY).floor() == (hi / DAY).floor()
}

fn step(span: f64, most: usize) -> Step {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 3600.0;
    const SECONDS: [f64; 16] = [
        1.0,
        5.0,
        15.0,
        30.0,
        MINUTE,
        5.0 * MINUTE,
        15.0 * MINUTE,
        30.0 * MINUTE,
        HOUR,
        3.0 * HOUR,
        6.0 * HOUR,
        12.0 * HOUR,
        DAY,
        2.0 * DAY,
        7.0 * DAY,
        14.0 * DAY,
    ];
    let raw = span / most as f64;
    if raw < 1.0 {
        return Step::Seconds(nice_step(raw));
    }
    if let Some(step) = SECONDS.into_iter().find(|step| *step >= raw) {
        return Step::Seconds(step);
    }
    let months = raw / (30.5 * DAY);
    match [1, 3, 6, 12]
        .into_iter()
        .find(|step| *step as f64 >= months)
    {
        Some(step) => Step::Months(step),
        None => Step::Months(12 * (nice_step(months / 12.0).min(1e9) as i64).max(1)),
    }
}

fn by_seconds(lo: f64, hi: f64, step: f64) -> Vec<Tick> {
    let first = (lo / step).ceil();
    let count = ((hi / step).floor() - first + 1.0).clamp(0.0, 200.0) as usize;
    let one_day = same_day(lo, hi);
    (0..count)
        .map(|i| {
            let at = (first + i as f64) * step;
            let clock = clock(at, step);
            let label = if step >= DAY {
                date(at)
            } else if !one_day && at.rem_euclid(DAY) == 0.0 {
                // Where a day begins stands which one.
                date(at)
            } else {
                clock
            };
            Tick { at, label }
        })
        .collect()
}

fn by_months(lo: f64, hi: f64, step: i64) -> Vec<Tick> {
    let (year, month, _) = civil((lo / DAY).floor() as i64);
    let start = (year * 12 + month - 1).div_euclid(step) * step;
    (0..200)
        .map(|i| start + i * step)
        .map(|months| {
            (
                months,
                DAY * days(months.div_euclid(12), months.rem_euclid(12) + 1) as f64,
            )
        })
        .skip_while(|(_, at)| *at < lo)
        .take_while(|(_, at)| *at <= hi)
        .map(|(months, at)| {
            let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
            let label = if step % 12 == 0 {
                year.to_string()
            } else {
                format!("{year:04}-{month:02}")
            };
            Tick { at, label }
        })
        .collect()
}

fn clock(seconds: f64, step: f64) -> String {
    let of_day = seconds.rem_euclid(DAY);
    let (hour, minute) = ((of_day / 3600.0).floor(), (of_day / 60.0).floor() % 60.0);
    if step >= 60.0 {
        return format!("{hour:02}:{minute:02}");
    }
    let decimals = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
    let width = if decimals == 0 { 2 } else { decimals + 3 };
    format!("{hour:02}:{minute:02}:{:0width$.decimals$}", of_day % 60.0)
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.clamp(-1_000_000_000_000, 1_000_000_000_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The number of days from 1970 to the first of a month.
fn days(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lo: f64, hi: f64) -> String {
        ticks(lo, hi, 5)
            .into_iter()
            .map(|tick| tick.label)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(date(0.0), "1970-01-01");
        assert_eq!(date(951_782_400.0), "2000-02-29");
        assert_eq!(date(-DAY), "1969-12-31");
        assert_eq!(days(2000, 3), 11_017);
    }

    #[test]
    fn ticks_fall_on_the_calendar() {
        let new_year = 1_704_067_200.0; // 2024-01-01
        assert_eq!(
            labels(new_year, new_year + 3.0 * 366.0 * DAY),
            "2024 2025 2026 2027"
        );
        assert_eq!(
            labels(new_year, new_year + 100.0 * DAY),
            "2024-01 2024-02 2024-03 2024-04"
        );
        assert_eq!(
            labels(new_year, new_year + 4.0 * DAY),
            "2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05"
        );
        assert_eq!(
            labels(new_year - 9.0 * 3600.0, new_year + 26.0 * 3600.0),
            "2024-01-01 12:00 2024-01-02"
        );
        assert_eq!(
            labels(new_year, new_year + 4.0 * 3600.0),
            "00:00 01:00 02:00 03:00 04:00"
        );
    }

    #[test]
    fn any_range_is_safe() {
        for (lo, hi) in [(0.0, 0.0), (-1e150, 1e150), (0.0, 1e-9), (1e18, 1e18 + 1.0)] {
            assert!(ticks(lo, hi, 6).len() <= 200);
        }
    }
}
