//! What a person should look at, in plain words.

use ferrite_frame::render::{counted as count, grouped};

use crate::Profile;
use crate::column::{ColumnProfile, Kind};

/// What is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// The frame has no rows.
    NoRows,
    /// Rows are there more than once.
    DuplicateRows,
    /// A column has nothing but nulls.
    AllMissing,
    /// A column has one value only.
    Constant,
    /// Much of a column is missing.
    Missing,
    /// Floats are NaN.
    NotANumber,
    /// Floats are infinite.
    Infinite,
    /// Text holds numbers.
    NumbersAsText,
    /// Text holds dates.
    DatesAsText,
    /// One word is spelled in more than one way.
    Variants,
    /// Text begins or ends with white space.
    Padded,
    /// Text is empty.
    EmptyText,
    /// Every row has a value of its own.
    Identifier,
    /// Text has too many values to be categories.
    ManyValues,
    /// Nearly all values are the same.
    Imbalanced,
    /// Two columns say nearly the same.
    Correlated,
    /// Most numbers are 0.
    Zeros,
    /// A tail is much longer than the other.
    Skewed,
    /// Many numbers lie far out.
    Outliers,
}

/// Something odd, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The column; `None` if it is about the frame.
    pub column: Option<String>,
    /// What is odd.
    pub oddity: Oddity,
    /// The same in a sentence.
    pub text: String,
}

/// From which share on something is worth a sentence.
const MISSING: f64 = 0.05;
const IMBALANCED: f64 = 0.95;
const ZEROS: f64 = 0.5;
const OUTLIERS: f64 = 0.05;
const MANY: f64 = 0.5;
/// From which figure on.
const SKEWED: f64 = 3.0;
const CORRELATED: f64 = 0.95;
/// Below so many rows nothing can be said about values that differ.
const FEW_ROWS: usize = 20;
/// More pairs are not listed.
const MOST_PAIRS: usize = 10;

/// All that stands out, in the order of [`Oddity`].
pub(crate) fn about(profile: &Profile) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut of_frame = |oddity, text| {
        found.push(Warning {
            column: None,
            oddity,
            text,
        });
    };
    if profile.rows == 0 {
        of_frame(Oddity::NoRows, "there are no rows".to_owned());
        return found;
    }
    if let Some(copies) = profile.duplicate_rows.filter(|copies| *copies > 0) {
        let text = match copies {
            1 => "one row is a copy of another".to_owned(),
            n => format!(
                "{} are copies of others ({})",
                count(n, "row", "rows"),
                share(n, profile.rows)
            ),
        };
        of_frame(Oddity::DuplicateRows, text);
    }
    for (a, b, r) in profile
        .correlations
        .strongest(CORRELATED)
        .into_iter()
        .take(MOST_PAIRS)
    {
        let how = match r {
            r if r < 0.0 => "the opposite of each other",
            r if r > 0.99995 => "the same in other units",
            _ => "nearly the same",
        };
        of_frame(
            Oddity::Correlated,
            format!("{a} and {b} say {how} (correlation {r:.2})"),
        );
    }
    for column in &profile.columns {
        of_column(column, &mut found);
    }
    found.sort_by_key(|warning| warning.oddity as u8);
    found
}

fn of_column(column: &ColumnProfile, found: &mut Vec<Warning>) {
    let name = &column.name;
    let mut say = |oddity, text: String| {
        found.push(Warning {
            column: Some(name.clone()),
            oddity,
            text,
        });
    };
    let (present, distinct) = (column.present(), column.distinct);
    if present == 0 {
        say(Oddity::AllMissing, format!("{name} has no values"));
        return;
    }
    if distinct == Some(1) && column.len > 1 {
        let value = column.top.first().map_or("", |(value, _)| value);
        let rest = if column.missing() > 0 {
            ", and missing values"
        } else {
            ""
        };
        say(
            Oddity::Constant,
            format!("{name} has one value only: {}{rest}", short(value)),
        );
    }
    if column.missing_share() >= MISSING {
        let missing = column.missing();
        let are = if missing == 1 {
            "value is"
        } else {
            "values are"
        };
        say(
            Oddity::Missing,
            format!(
                "{name}: {} {are} missing ({})",
                grouped(missing),
                share(missing, column.len)
            ),
        );
    }
    if column.nans > 0 {
        say(
            Oddity::NotANumber,
            format!(
                "{name} has {} NaN, which polars takes for numbers, not for missing",
                grouped(column.nans)
            ),
        );
    }
    if let Some(distinct) = distinct
        && distinct > 1
        && column.len >= FEW_ROWS
    {
        values(column, distinct, &mut say);
    }
    texts(column, &mut say);
    numbers(column, &mut say);
}

fn values(column: &ColumnProfile, distinct: usize, say: &mut dyn FnMut(Oddity, String)) {
    let name = &column.name;
    let all_differ = distinct == column.len;
    let is_text = column.kind == Kind::Text;
    if all_differ
        && (is_text
            || (column.kind == Kind::Number
                && column.polars_type.is_integer()
                && is_counted(column)))
    {
        say(
            Oddity::Identifier,
            format!(
                "{name} is different in every row: a name or number of the row, nothing to learn from"
            ),
        );
    } else if is_text && distinct as f64 >= MANY * column.present() as f64 {
        say(
            Oddity::ManyValues,
            format!(
                "{name} has {} different texts in {}: too many to be categories",
                grouped(distinct),
                count(column.present(), "row", "rows")
            ),
        );
    }
    if let Some((value, n)) = column.top.first()
        && *n as f64 >= IMBALANCED * column.present() as f64
    {
        say(
            Oddity::Imbalanced,
            format!(
                "{name}: {} of the values are {}",
                share(*n, column.present()),
                short(value)
            ),
        );
    }
}

/// Whether whole numbers, all different, lie as close as those of a count.
fn is_counted(column: &ColumnProfile) -> bool {
    column
        .numbers
        .as_ref()
        .is_some_and(|n| n.max - n.min < 1.5 * column.len as f64)
}

fn texts(column: &ColumnProfile, say: &mut dyn FnMut(Oddity, String)) {
    let Some(texts) = &column.texts else { return };
    let name = &column.name;
    if texts.numeric {
        say(
            Oddity::NumbersAsText,
            format!(
                "{name} holds numbers as text; .cast_columns(&[({name:?}, DataType::Float64)])? makes them numbers"
            ),
        );
    }
    if texts.dates {
        say(Oddity::DatesAsText, format!("{name} holds dates as text"));
    }
    if let Some((a, b)) = &texts.variants {
        say(
            Oddity::Variants,
            format!(
                "{name} has {:?} and {:?}: one value in two spellings?",
                short(a),
                short(b)
            ),
        );
    }
    if texts.padded > 0 {
        say(
            Oddity::Padded,
            format!(
                "{name}: {} with white space at an end",
                count(texts.padded, "text", "texts")
            ),
        );
    }
    if texts.empty > 0 {
        say(
            Oddity::EmptyText,
            format!(
                "{name}: {}; are they missing?",
                count(texts.empty, "empty text", "empty texts")
            ),
        );
    }
}

fn numbers(column: &ColumnProfile, say: &mut dyn FnMut(Oddity, String)) {
    let Some(numbers) = column
        .numbers
        .as_ref()
        .filter(|_| column.kind == Kind::Number)
    else {
        return;
    };
    let name = &column.name;
    let present = column.present();
    if numbers.infinite > 0 {
        say(
            Oddity::Infinite,
            format!(
                "{name} has {}",
                count(numbers.infinite, "infinite value", "infinite values")
            ),
        );
    }
    if present < FEW_ROWS || column.distinct.is_some_and(|distinct| distinct <= 2) {
        return;
    }
    let part = |n: usize| n as f64 / present as f64;
    if part(numbers.zeros) >= ZEROS {
        say(
            Oddity::Zeros,
            format!(
                "{name}: {} of the values are 0",
                share(numbers.zeros, present)
            ),
        );
    }
    match numbers.skewness {
        Some(skew) if skew.abs() >= SKEWED => {
            let side = if skew > 0.0 { "high" } else { "low" };
            let help = match numbers.min > 0.0 && skew > 0.0 {
                true => "; a logarithm may help",
                false => "",
            };
            say(
                Oddity::Skewed,
                format!("{name} has a long tail of {side} values (skewness {skew:.1}){help}"),
            );
        }
        _ => {}
    }
    if part(numbers.outliers) >= OUTLIERS {
        say(
            Oddity::Outliers,
            format!(
                "{name}: {} ({}) lie far from the middle half",
                count(numbers.outliers, "value", "values"),
                share(numbers.outliers, present)
            ),
        );
    }
}

/// A value as it is quoted in a sentence.
fn short(value: &str) -> String {
    const MOST: usize = 40;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// A share in percent, which is 0 or 100 only if it is exactly that.
pub(crate) fn share(n: usize, of: usize) -> String {
    if n == 0 || of == 0 {
        return "0 %".to_owned();
    }
    let percent = n as f64 / of as f64 * 100.0;
    match percent {
        _ if n == of => "100 %".to_owned(),
        p if p < 0.1 => "< 0.1 %".to_owned(),
        p if p < 10.0 => format!("{p:.1} %"),
        p if p > 99.9 => "> 99.9 %".to_owned(),
        p if p > 99.0 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_never_rounded_to_all_or_nothing() {
        let cases = [
            (0, "0 %"),
            (1, "< 0.1 %"),
            (25, "0.2 %"),
            (5_000, "50 %"),
            (9_950, "99.5 %"),
            (9_999, "> 99.9 %"),
            (10_000, "100 %"),
        ];
        for (n, text) in cases {
            assert_eq!(share(n, 10_000), text);
        }
        assert_eq!(share(0, 0), "0 %");
    }
}
