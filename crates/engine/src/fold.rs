//! Long type names, folded: `Map<Filter<Iter<'_, (u8, …)>, …>, …>`.
//!
//! The outermost names of a type are those that a person reads. What is inside
//! is left out from the innermost on, until it fits.

use std::borrow::Cow;

/// How long a type may be, in characters.
const LONGEST: usize = 90;

/// A message with the long types in backticks folded.
pub fn fold(message: &str) -> Cow<'_, str> {
    if long(message).next().is_none() {
        return Cow::Borrowed(message);
    }
    let mut folded = String::with_capacity(message.len());
    for (at, part) in message.split('`').enumerate() {
        if at > 0 {
            folded.push('`');
        }
        if at % 2 == 1 && is_long(part) {
            folded.push_str(&shortened(part));
        } else {
            folded.push_str(part);
        }
    }
    Cow::Owned(folded)
}

/// The types of a message that are folded.
pub fn long(message: &str) -> impl Iterator<Item = &str> {
    let quoted = message.split('`').skip(1).step_by(2);
    quoted.filter(|part| is_long(part))
}

fn is_long(text: &str) -> bool {
    text.contains('<') && !text.contains('\n') && text.chars().count() > LONGEST
}

fn shortened(type_text: &str) -> String {
    let deepest = depths(type_text).map(|(_, depth)| depth).max().unwrap_or(0);
    let cuts = (0..deepest).rev().map(|depth| cut(type_text, depth));
    let mut last = type_text.to_owned();
    for text in cuts {
        last = text;
        if last.chars().count() <= LONGEST {
            break;
        }
    }
    last
}

/// Each character with the number of brackets that it is in.
fn depths(text: &str) -> impl Iterator<Item = (char, usize)> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    text.chars().map(move |c| {
        let arrow = previous == '-' && c == '>';
        previous = c;
        match c {
            '<' => {
                depth += 1;
                (c, depth - 1)
            }
            '>' if !arrow => {
                depth = depth.saturating_sub(1);
                (c, depth)
            }
            _ => (c, depth),
        }
    })
}

/// Without what is in more than so many brackets.
fn cut(text: &str, most: usize) -> String {
    let mut short = String::new();
    let mut left_out = false;
    for (c, depth) in depths(text) {
        if depth > most {
            if !left_out {
                short.push('…');
            }
            left_out = true;
        } else {
            left_out = false;
            short.push(c);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_inside_goes_first() {
        let inner =
            "Filter<std::slice::Iter<'static, (String, Vec<Option<u64>>)>, fn(&u8) -> bool>";
        let text = format!("expected `i32`, found `Map<{inner}, fn(Vec<u8>) -> u8>`");
        assert_eq!(
            fold(&text),
            "expected `i32`, found `Map<Filter<std::slice::Iter<…>, fn(&u8) -> bool>, \
             fn(Vec<u8>) -> u8>`"
        );
        assert_eq!(fold("found `Vec<u8>`"), "found `Vec<u8>`");
        assert_eq!(long(&text).count(), 1);
    }

    proptest! {
        #[test]
        fn what_is_not_a_type_stays(text in "[a-z `<>,-]{0,200}") {
            let folded = fold(&text);
            prop_assert_eq!(folded.matches('`').count(), text.matches('`').count());
            prop_assert!(folded.chars().count() <= text.chars().count() + text.matches('<').count());
        }
    }
}
