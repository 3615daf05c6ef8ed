//! Cutting and stitching text so that lines stay what they were, and so that
//! every byte of the result knows where it came from.

use std::borrow::Cow;
use std::ops::Range;

use crate::edits::Edit;

/// A text with blanks for a byte order mark at its beginning, which is no part
/// of it to some parsers and a character to others.
pub fn unmarked(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Cow::Owned(format!("{}{rest}", " ".repeat('\u{feff}'.len_utf8()))),
        None => Cow::Borrowed(text),
    }
}

/// A stretch of a text that was copied from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Where it stands now.
    pub at: usize,
    /// Where it came from.
    pub from: usize,
    /// How many bytes it has.
    pub len: usize,
}

/// A text that is partly copied from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stitched {
    /// The text.
    pub text: String,
    /// The copied stretches, in order.
    pub segments: Vec<Segment>,
}

impl Stitched {
    /// Adds text that comes from nowhere.
    pub fn insert(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a part of the original.
    pub fn copy(&mut self, original: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.segments.push(Segment {
                at: self.text.len(),
                from: range.start,
                len: range.len(),
            });
            self.text.push_str(&original[range]);
        }
    }

    /// Adds what another text is made of.
    pub fn append(&mut self, other: &Stitched) {
        let shift = self.text.len();
        self.segments
            .extend(other.segments.iter().map(|segment| Segment {
                at: segment.at + shift,
                ..*segment
            }));
        self.text.push_str(&other.text);
    }

    /// Spaces for as many bytes, with the line breaks.
    fn blank(&mut self, text: &str) {
        let blanks = text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' });
        self.text.extend(blanks);
    }

    fn edited(&mut self, text: &str, range: Range<usize>, edits: &[Edit]) {
        let mut at = range.start;
        for edit in edits {
            if edit.at < at || edit.at + edit.replaces > range.end {
                continue;
            }
            self.copy(text, at..edit.at);
            self.insert(&edit.insert);
            at = edit.at + edit.replaces;
        }
        self.copy(text, at..range.end);
    }
}

/// A text in which only the given ranges are left, with insertions made; all
/// else is blank, line breaks excepted.
pub fn only(text: &str, ranges: &[Range<usize>], edits: &[Edit]) -> Stitched {
    let mut ranges = ranges.to_vec();
    ranges.sort_by_key(|range| range.start);
    let mut out = Stitched::default();
    let mut at = 0;
    for range in ranges {
        out.blank(&text[at..range.start]);
        out.edited(text, range.clone(), edits);
        at = range.end;
    }
    out.blank(&text[at..]);
    out
}

/// A text without the given ranges.
pub fn without(text: &str, gone: &[Range<usize>], edits: &[Edit]) -> Stitched {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn positions_survive() {
        let text = "fn f() {}\nlet ä = 1;\nfn g() {}";
        let items = only(text, &[0..9, 22..31], &[]);
        assert_eq!(items.text, "fn f() {}\n           \nfn g() {}");
        assert_eq!(
            without(text, &[0..9, 22..31], &[]).text,
            "         \nlet ä = 1;\n         "
        );
    }

    proptest! {
        /// Every segment holds the bytes that it says it does.
        #[test]
        fn segments_are_copies(text in "[a-zä\n]{0,40}", cuts in prop::collection::vec(0_usize..40, 4), insert in "[A-Z]{0,3}") {
            let mut cuts: Vec<usize> = cuts
                .into_iter()
                .map(|cut| (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0))
                .collect();
            cuts.sort_unstable();
            let edits = [Edit { at: cuts[1], replaces: 0, insert: insert.clone() }];
            let out = only(&text, &[cuts[0]..cuts[2], cuts[2]..cuts[3]], &edits);
            for segment in &out.segments {
                prop_assert_eq!(
                    &out.text[segment.at..segment.at + segment.len],
                    &text[segment.from..segment.from + segment.len]
                );
            }
            prop_assert_eq!(out.text.matches('\n').count(), text.matches('\n').count());
        }
    }
}
