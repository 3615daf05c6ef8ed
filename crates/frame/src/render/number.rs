//! How many digits of a float are worth looking at.
//!
//! A column is easiest to compare when all its values have the same number
//! of decimals, and six significant digits are enough to recognise a value.
//! Digits before the point are never dropped. Only values that would not fit
//! such a column, because they would read as zero or run to twenty digits,
//! are written as powers of ten.

const SIGNIFICANT: i32 = 6;
/// From here on whole digits are no longer exact anyway.
const HUGE: f64 = 1e15;
/// Below this, zeros after the point are harder to read than an exponent.
const TINY: f64 = 1e-4;

/// The decimals that the values of one column share.
pub struct Format {
    decimals: usize,
}

impl Format {
    /// The format for a column with these values (those that are shown).
    pub fn of(values: &[f64]) -> Self {
        let plain = |v: &&f64| (TINY..HUGE).contains(&v.abs());
        let largest = values
            .iter()
            .filter(plain)
            .fold(0.0, |max: f64, v| max.max(v.abs()));
        if largest == 0.0 {
            return Self { decimals: 1 };
        }
        let room = (SIGNIFICANT - whole_digits(largest)).max(0) as usize;
        let needed = values
            .iter()
            .filter(plain)
            .map(|v| decimals_needed(*v, room))
            .max();
        Self {
            decimals: needed.unwrap_or(1).max(1).min(room),
        }
    }

    /// One value of the column.
    pub fn text(&self, value: f64) -> String {
        let decimals = self.decimals;
        let magnitude = value.abs();
        if value.is_nan() {
            "NaN".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "inf" } else { "-inf" }.to_owned()
        } else if value == 0.0 {
            format!("{:.decimals$}", 0.0)
        } else if (TINY..HUGE).contains(&magnitude) && !reads_as_zero(magnitude, decimals) {
            format!("{value:.decimals$}")
        } else {
            scientific(value)
        }
    }
}

/// A float that stands alone.
pub fn short(value: f64) -> String {
    Format::of(&[value]).text(value)
}

/// How many digits stand before the point; zero or less for small values.
fn whole_digits(value: f64) -> i32 {
    // Rounded first: 999999.9 has seven.
    format!("{value:.*e}", SIGNIFICANT as usize - 1)
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse::<i32>().ok())
        .map_or(1, |exponent| exponent + 1)
}

/// After how many decimals, at most `room`, only zeros follow.
fn decimals_needed(value: f64, room: usize) -> usize {
    let text = format!("{value:.room$}");
    match text.trim_end_matches('0').split_once('.') {
        Some((_, decimals)) => decimals.len(),
        None => 0,
    }
}

fn reads_as_zero(magnitude: f64, decimals: usize) -> bool {
    !format!("{magnitude:.decimals$}").contains(|c: char| ('1'..='9').contains(&c))
}

fn scientific(value: f64) -> String {
    let text = format!("{value:.*e}", SIGNIFICANT as usize - 1);
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => {
            let digits = digits.trim_end_matches('0').trim_end_matches('.');
            format!("{digits}e{exponent}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64]) -> Vec<String> {
        let format = Format::of(values);
        values.iter().map(|v| format.text(*v)).collect()
    }

    #[test]
    fn a_column_shares_its_decimals() {
        assert_eq!(column(&[39.1, 40.0, 18.25]), ["39.10", "40.00", "18.25"]);
        assert_eq!(column(&[181.0, 186.0]), ["181.0", "186.0"]);
        assert_eq!(column(&[0.1 + 0.2, 1.0 / 3.0]), ["0.300000", "0.333333"]);
        assert_eq!(column(&[-1.5, 0.0, -0.0]), ["-1.5", "0.0", "0.0"]);
    }

    #[test]
    fn six_digits_are_enough_but_whole_ones_stay() {
        assert_eq!(column(&[1234.56789]), ["1234.57"]);
        assert_eq!(column(&[8_336_817.25]), ["8336817"]);
        assert_eq!(column(&[1_700_000_000_123.0]), ["1700000000123"]);
        assert_eq!(column(&[999_999.96, 1.0]), ["1000000", "1"]);
        assert_eq!(column(&[0.001234567]), ["0.00123457"]);
    }

    #[test]
    fn what_does_not_fit_becomes_a_power_of_ten() {
        assert_eq!(column(&[0.0312, 1.5e-9]), ["0.0312", "1.5e-9"]);
        assert_eq!(column(&[5e-5, -1.25e-7, 0.0]), ["5e-5", "-1.25e-7", "0.0"]);
        assert_eq!(column(&[1.5, 1e300]), ["1.5", "1e300"]);
        assert_eq!(column(&[12_345.5, 0.004]), ["12345.5", "4e-3"]);
    }

    #[test]
    fn the_ends_of_the_line() {
        assert_eq!(
            column(&[f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 2.5]),
            ["inf", "-inf", "NaN", "2.5"]
        );
        assert_eq!(
            column(&[f64::MAX, f64::MIN_POSITIVE]),
            ["1.79769e308", "2.22507e-308"]
        );
        assert_eq!(column(&[]), Vec::<String>::new());
    }
}
