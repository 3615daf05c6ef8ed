//! Cutting and stitching text so that lines and columns stay what they were.

use std::ops::Range;

use crate::edits::Edit;

/// A part of a text with insertions made.
pub fn edited(text: &str, range: Range<usize>, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(range.len() + 64);
    let mut at = range.start;
    for edit in edits {
        if edit.at < at || edit.at + edit.replaces > range.end {
            continue;
        }
        out.push_str(&text[at..edit.at]);
        out.push_str(&edit.insert);
        at = edit.at + edit.replaces;
    }
    out.push_str(&text[at..range.end]);
    out
}

/// A text in which only the given ranges are left; all else is blank, line
/// breaks excepted.
pub fn only(text: &str, ranges: &[Range<usize>], edits: &[Edit]) -> String {
    let mut ranges = ranges.to_vec();
    ranges.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        blank(&text[at..range.start], &mut out);
        out.push_str(&edited(text, range.clone(), edits));
        at = range.end;
    }
    blank(&text[at..], &mut out);
    out
}

/// A text without the given ranges.
pub fn without(text: &str, gone: &[Range<usize>], edits: &[Edit]) -> String {
    let mut gone = gone.to_vec();
    gone.sort_by_key(|range| range.start);
    // Insertions that belong to what is taken out go with it.
    let edits: Vec<Edit> = edits
        .iter()
        .filter(|edit| !gone.iter().any(|range| range.contains(&edit.at)))
        .cloned()
        .collect();
    let mut kept = Vec::with_capacity(gone.len() + 1);
    let mut at = 0;
    for range in gone {
        kept.push(at..range.start);
        at = range.end;
    }
    kept.push(at..text.len());
    only(text, &kept, &edits)
}

/// Spaces as wide as the text, with its line breaks.
pub fn blank(text: &str, out: &mut String) {
    out.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_survive() {
        let text = "fn f() {}\nlet ä = 1;\nfn g() {}";
        let items = only(text, &[0..9, 22..31], &[]);
        assert_eq!(items, "fn f() {}\n          \nfn g() {}");
        assert_eq!(
            without(text, &[0..9, 22..31], &[]),
            "         \nlet ä = 1;\n         "
        );
    }
}
