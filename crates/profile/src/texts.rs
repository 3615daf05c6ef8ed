//! What is measured of text.

use polars::prelude::{PlHashMap, StringChunked};

/// The figures of a column of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// Letters of the shortest text.
    pub shortest: usize,
    /// Letters of a text on average.
    pub mean_length: f64,
    /// Letters of the longest text.
    pub longest: usize,
    /// How many are empty.
    pub empty: usize,
    /// How many begin or end with white space.
    pub padded: usize,
    /// Whether all look like numbers.
    pub numeric: bool,
    /// Whether all look like dates (`2024-02-29`).
    pub dates: bool,
    /// Two values that differ only in case or in white space at their ends.
    pub variants: Option<(String, String)>,
}

/// Of how many different texts it is looked at what they look like.
const LOOK: usize = 20_000;

impl Texts {
    /// The figures, the most frequent values with their counts, and how many
    /// different ones there are.
    pub(crate) fn of(column: &StringChunked, most: usize) -> (Self, Vec<(String, usize)>, usize) {
        let mut counts: PlHashMap<&str, (usize, usize)> = PlHashMap::default();
        let (mut letters, mut number) = (0, 0);
        let mut texts = Self {
            shortest: usize::MAX,
            ..Self::default()
        };
        for (row, text) in column.iter().enumerate() {
            let Some(text) = text else { continue };
            counts.entry(text).or_insert((0, row)).0 += 1;
            number += 1;
            let length = match text.is_ascii() {
                true => text.len(),
                false => text.chars().count(),
            };
            letters += length;
            texts.shortest = texts.shortest.min(length);
            texts.longest = texts.longest.max(length);
            texts.empty += usize::from(text.is_empty());
            texts.padded += usize::from(is_padded(text));
        }
        if number == 0 {
            return (Self::default(), Vec::new(), 0);
        }
        texts.mean_length = letters as f64 / number as f64;
        let mut by_count: Vec<(&str, usize, usize)> = counts
            .iter()
            .map(|(text, (n, row))| (*text, *n, *row))
            .collect();
        let order =
            |a: &(&str, usize, usize), b: &(&str, usize, usize)| b.1.cmp(&a.1).then(a.2.cmp(&b.2));
        if by_count.len() > LOOK {
            by_count.select_nth_unstable_by(LOOK, order);
        }
        let looked = LOOK.min(by_count.len());
        let frequent = &mut by_count[..looked];
        frequent.sort_unstable_by(order);
        texts.numeric = frequent.iter().all(|(text, ..)| is_number(text));
        texts.dates = frequent.iter().all(|(text, ..)| is_date(text));
        texts.variants = variants(frequent.iter().map(|(text, ..)| *text));
        let top = frequent
            .iter()
            .take(most)
            .map(|(text, n, _)| ((*text).to_owned(), *n))
            .collect();
        (texts, top, counts.len())
    }
}

fn is_padded(text: &str) -> bool {
    text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace)
}

fn is_number(text: &str) -> bool {
    // Words that parse as floats ("nan", "infinity") are words.
    text.contains(|c: char| c.is_ascii_digit()) && text.trim().parse::<f64>().is_ok()
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(i, byte)| match i {
            4 | 7 => matches!(byte, b'-' | b'/' | b'.'),
            _ => byte.is_ascii_digit(),
        })
}

fn variants<'t>(texts: impl Iterator<Item = &'t str>) -> Option<(String, String)> {
    let mut known: PlHashMap<String, &str> = PlHashMap::default();
    for text in texts {
        let plain = text.trim().to_lowercase();
        if let Some(other) = known.insert(plain, text) {
            return Some((other.to_owned(), text.to_owned()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::Texts;

    fn of(values: &[Option<&str>]) -> (Texts, Vec<(String, usize)>, usize) {
        Texts::of(&StringChunked::from_slice_options("t".into(), values), 2)
    }

    #[test]
    fn texts_are_counted_the_most_frequent_first() {
        let (texts, top, distinct) = of(&[
            Some("b"),
            None,
            Some("aé"),
            Some("a "),
            Some("aé"),
            Some(""),
        ]);
        assert_eq!(top, [("aé".to_owned(), 2), ("b".to_owned(), 1)]);
        assert_eq!(distinct, 4);
        assert_eq!((texts.shortest, texts.longest), (0, 2));
        assert_eq!((texts.empty, texts.padded), (1, 1));
        assert!(!texts.numeric && !texts.dates);
    }

    #[test]
    fn numbers_and_dates_are_recognised() {
        assert!(of(&[Some("1"), Some(" 2.5"), Some("-3e4")]).0.numeric);
        assert!(!of(&[Some("1"), Some("nan")]).0.numeric);
        assert!(of(&[Some("2024-02-29"), Some("2024/03/01")]).0.dates);
        assert!(!of(&[None]).0.numeric);
    }

    #[test]
    fn spellings_of_one_word_are_found() {
        let (texts, ..) = of(&[Some("USA"), Some("France"), Some("usa ")]);
        assert_eq!(texts.variants, Some(("USA".to_owned(), "usa ".to_owned())));
        assert_eq!(of(&[Some("USA"), Some("USA")]).0.variants, None);
    }
}
