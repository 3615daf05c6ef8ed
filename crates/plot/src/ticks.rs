//! Where an axis of numbers is marked, and how numbers are written: with the
//! digits that tell neighbours apart and no more.

/// A marked place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub at: f64,
    pub label: String,
}

/// The smallest of 1, 2 or 5 times a power of ten that is at least `raw`.
pub(crate) fn nice_step(raw: f64) -> f64 {
    if !(raw > 0.0 && raw.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// At most about `most` round numbers between `lo` and `hi`; whole ones only
/// if `whole`.
pub(crate) fn linear(lo: f64, hi: f64, most: usize, whole: bool) -> Vec<Tick> {
    // A few more than asked for are better than half as many.
    let mut step = nice_step(0.8 * (hi - lo) / most.max(1) as f64);
    if whole {
        step = step.max(1.0);
    }
    let (first, last) = ((lo / step - 1e-9).ceil(), (hi / step + 1e-9).floor());
    let count = last - first + 1.0;
    if !(1.0..=200.0).contains(&count) {
        return Vec::new();
    }
    let places: Vec<f64> = (0..count as usize)
        .map(|i| (first + i as f64) * step)
        .collect();
    let largest = places.iter().fold(0.0f64, |most, at| most.max(at.abs()));
    places
        .into_iter()
        .map(|at| Tick {
            at,
            label: spaced(at, step, largest),
        })
        .collect()
}

/// Round numbers between 10^`lo` and 10^`hi`: powers of ten where there are
/// enough of them, else 1, 2 and 5 times these, else any round numbers. All are
/// written in one way: as powers where they are far apart or far from one, else
/// in full.
pub(crate) fn logarithmic(lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let most = most.max(2);
    let fine = decades(lo, hi, &[1.0, 2.0, 5.0]);
    let coarse = decades(lo, hi, &[1.0]);
    let places = if fine.len() <= most && fine.len() >= 3 {
        fine
    } else if coarse.len() >= 2 {
        let stride = coarse.len().div_ceil(most);
        coarse.into_iter().step_by(stride).collect()
    } else if fine.len() >= 3 {
        fine
    } else {
        return linear(10f64.powf(lo), 10f64.powf(hi), most, false);
    };
    let plain = !is_wide(lo, hi) && places.iter().all(|at| (1e-4..1e7).contains(at));
    let label = |at: f64| {
        if plain {
            significant(at, 1)
        } else {
            scientific(at, 0)
        }
    };
    places
        .into_iter()
        .map(|at| Tick {
            at,
            label: label(at),
        })
        .collect()
}

/// Whether a logarithmic axis spans so much that only its powers of ten are
/// told apart.
pub(crate) fn is_wide(lo: f64, hi: f64) -> bool {
    hi - lo >= 4.0
}

/// The places between the labelled ones of a logarithmic axis: 2 to 9 times
/// each power of ten where a power has `room` for them, else only the powers.
pub(crate) fn between_decades(lo: f64, hi: f64, labelled: &[Tick], room: bool) -> Vec<f64> {
    let factors = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    let factors = if room { &factors[..] } else { &factors[..1] };
    let is_labelled = |at: &f64| {
        labelled
            .iter()
            .any(|tick| (tick.at / at - 1.0).abs() < 1e-9)
    };
    decades(lo, hi, factors)
        .into_iter()
        .filter(|at| !is_labelled(at))
        .collect()
}

/// These multiples of the powers of ten between 10^`lo` and 10^`hi`.
fn decades(lo: f64, hi: f64, factors: &[f64]) -> Vec<f64> {
    // The powers of ten that a floating-point number can be.
    let power = |value: f64| value.clamp(-324.0, 309.0) as i32;
    let (first, last) = (power(lo.floor()), power(hi.ceil()));
    (first..=last)
        .flat_map(|power| factors.iter().map(move |f| f * 10f64.powi(power)))
        .filter(|at| (lo - 1e-9..=hi + 1e-9).contains(&at.log10()))
        .collect()
}

/// A number beside others that lie `step` apart and reach up to `largest`.
fn spaced(value: f64, step: f64, largest: f64) -> String {
    let decimals = -(step.log10() + 1e-9).floor() as i32;
    if value == 0.0 {
        return "0".into();
    }
    if largest < 1e7 && decimals <= 6 {
        return signed(format!("{value:.*}", decimals.max(0) as usize));
    }
    let digits = (value.abs().log10() + 1e-9).floor() as i32 + decimals;
    scientific(value, digits.clamp(0, 15) as usize)
}

/// A number by itself, with at least `digits` significant digits; whole
/// numbers in full.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let power = value.abs().log10().floor() as i32;
    if !(-4..7).contains(&power) {
        return scientific(value, digits.saturating_sub(1));
    }
    if value.fract() == 0.0 {
        return signed(format!("{value:.0}"));
    }
    let decimals = (digits as i32 - 1 - power).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if decimals == 0 {
        return signed(text);
    }
    signed(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// Numbers to compare, with the same decimals: as many as give the largest
/// three digits, and none that are zero in all of them.
pub(crate) fn alike(values: &[f64]) -> impl Fn(f64) -> String + use<> {
    let largest = values
        .iter()
        .fold(0.0f64, |most, value| most.max(value.abs()));
    let most = 2 - largest.log10().floor().clamp(-4.0, 2.0) as i32;
    let digits = most.clamp(0, 6) as usize;
    let zeros = |value: &f64| {
        let text = format!("{value:.digits$}");
        text.len() - text.trim_end_matches('0').len()
    };
    let decimals = digits - values.iter().map(zeros).min().unwrap_or(0).min(digits);
    move |value| {
        let text = signed(format!("{value:.decimals$}"));
        let lost = value != 0.0 && text.chars().all(|c| matches!(c, '0' | '.'));
        if lost || largest >= 1e7 {
            significant(value, 3)
        } else {
            text
        }
    }
}

/// A number as 1.5×10⁸.
fn scientific(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    let power: String = power.chars().map(superscript).collect();
    match mantissa {
        "1" => format!("10{power}"),
        "-1" => format!("−10{power}"),
        mantissa => signed(format!("{mantissa}×10{power}")),
    }
}

/// As 10³.
pub(crate) fn power_of_ten(power: i32) -> String {
    let power: String = power.to_string().chars().map(superscript).collect();
    format!("10{power}")
}

fn superscript(c: char) -> char {
    match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        c => c,
    }
}

/// With a minus sign as wide as a plus, and none before zero; long numbers with
/// a comma before each three digits.
fn signed(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        Some(rest) => format!("−{}", grouped(rest)),
        None => grouped(&text),
    }
}

/// From 10,000 on with commas; years have none.
fn grouped(text: &str) -> String {
    let whole = text.find(['.', '×']).unwrap_or(text.len());
    if whole < 5 {
        return text.to_owned();
    }
    let mut spaced = String::with_capacity(text.len() + whole / 3);
    for (at, digit) in text.char_indices() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            spaced.push(',');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: Vec<Tick>) -> String {
        ticks
            .into_iter()
            .map(|tick| tick.label)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn linear_axes_have_round_numbers() {
        assert_eq!(
            labels(linear(2700.0, 6300.0, 6, false)),
            "3000 3500 4000 4500 5000 5500 6000"
        );
        assert_eq!(labels(linear(-0.12, 0.31, 5, false)), "−0.1 0 0.1 0.2 0.3");
        assert_eq!(labels(linear(0.0, 3e8, 4, false)), "0 10⁸ 2×10⁸ 3×10⁸");
        assert_eq!(labels(linear(2006.9, 2009.1, 8, true)), "2007 2008 2009");
        assert_eq!(labels(linear(0.0, 2.4e-7, 3, false)), "0 10⁻⁷ 2×10⁻⁷");
    }

    #[test]
    fn logarithmic_axes_have_decades_or_finer() {
        assert_eq!(labels(logarithmic(0.0, 5.0, 7)), "10⁰ 10¹ 10² 10³ 10⁴ 10⁵");
        assert_eq!(labels(logarithmic(0.8, 4.2, 7)), "10 100 1000 10,000");
        assert_eq!(labels(logarithmic(-3.0, 0.5, 7)), "0.001 0.01 0.1 1");
        assert_eq!(labels(logarithmic(0.2, 1.4, 8)), "2 5 10 20");
        assert_eq!(labels(logarithmic(-8.0, 12.0, 5)), "10⁻⁸ 10⁻³ 10² 10⁷ 10¹²");
        assert_eq!(
            labels(logarithmic(1.0, 1.1, 5)),
            "10.0 10.5 11.0 11.5 12.0 12.5"
        );
    }

    #[test]
    fn between_the_labels_of_a_logarithmic_axis_are_the_other_places() {
        let labelled = logarithmic(0.0, 2.0, 4);
        let minor = between_decades(0.0, 2.0, &labelled, true);
        assert_eq!(minor[..8], [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!(minor.len(), 16);
        let labelled = logarithmic(-8.0, 12.0, 5);
        let minor = between_decades(-8.0, 12.0, &labelled, false);
        assert_eq!(minor.len() + labelled.len(), 21);
    }

    #[test]
    fn long_numbers_have_commas() {
        assert_eq!(
            labels(linear(0.0, 40_000.0, 4, false)),
            "0 10,000 20,000 30,000 40,000"
        );
        assert_eq!(significant(-1_234_567.0, 3), "−1,234,567");
        assert_eq!(significant(9999.0, 3), "9999");
        assert_eq!(alike(&[12_345.6, 1.0])(12_345.6), "12,346");
    }

    #[test]
    fn a_logarithmic_axis_without_an_end_has_few_ticks() {
        for (lo, hi) in [
            (f64::NEG_INFINITY, 1.0),
            (0.0, f64::INFINITY),
            (f64::NAN, f64::NAN),
            (-1e9, 1e9),
        ] {
            assert!(logarithmic(lo, hi, 5).len() <= 200);
        }
    }

    #[test]
    fn single_numbers_keep_what_matters() {
        assert_eq!(significant(3_700.662_25, 3), "3701");
        assert_eq!(significant(0.123_45, 3), "0.123");
        assert_eq!(significant(152.0, 3), "152");
        assert_eq!(significant(-2.5, 3), "−2.5");
        assert_eq!(significant(1.234e9, 3), "1.23×10⁹");
    }

    #[test]
    fn numbers_to_compare_have_the_same_decimals() {
        let labels = |values: &[f64]| {
            values
                .iter()
                .map(|v| alike(values)(*v))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(labels(&[1.0, -0.25, 0.5]), "1.00 −0.25 0.50");
        assert_eq!(labels(&[5484.8, 3369.2, 0.001]), "5485 3369 0.001");
        assert_eq!(labels(&[44.0, 124.0]), "44 124");
        assert_eq!(labels(&[3.0, -2.0, 1.5]), "3.0 −2.0 1.5");
        assert_eq!(labels(&[]), "");
        assert_eq!(alike(&[0.0])(0.0), "0");
    }

    #[test]
    fn ticks_never_run_away() {
        for (lo, hi) in [
            (0.0, 0.0),
            (1e16, 1e16 + 2.0),
            (-1e150, 1e150),
            (f64::NAN, 1.0),
            (3.0, 1.0),
        ] {
            assert!(linear(lo, hi, 8, false).len() <= 200);
        }
    }
}
