//! Where generated source comes from: which stretch of a generated file is
//! which stretch of which cell.

use std::ops::Range;

use crate::source::Segment;

/// A generated file and the cell that it was made from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Name of the generated file.
    pub file: String,
    /// Execution count of the cell.
    pub cell: u32,
    /// The cell as it was typed.
    pub text: String,
    /// What was copied from the cell.
    pub segments: Vec<Segment>,
}

/// A place in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// Execution count of the cell.
    pub cell: u32,
    /// The cell as it was typed.
    pub text: &'a str,
    /// Bytes of it.
    pub range: Range<usize>,
}

/// A stretch of generated source that fetches a variable of an earlier cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Bytes of the root file.
    pub range: Range<usize>,
    /// The variable.
    pub name: String,
    /// Execution count of the cell that made it.
    pub cell: u32,
}

/// The origins of a crate's files.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// The files that hold something of a cell.
    pub files: Vec<Origin>,
    /// Where the root file fetches variables.
    pub taken: Vec<Taken>,
}

impl Origins {
    /// The place in a cell that a stretch of a generated file was copied
    /// from; `None` if any of its ends is generated.
    pub fn locate(&self, file: &str, range: &Range<usize>) -> Option<Place<'_>> {
        self.files
            .iter()
            .filter(|origin| origin.file == file)
            .find_map(|origin| origin.locate(range))
    }

    /// Whether a file holds something of a cell.
    pub fn knows(&self, file: &str) -> bool {
        self.files.iter().any(|origin| origin.file == file)
    }
}

impl Origin {
    fn locate(&self, range: &Range<usize>) -> Option<Place<'_>> {
        let start = self.position(range.start, false)?;
        let end = if range.is_empty() {
            start
        } else {
            self.position(range.end, true)?
        };
        (start <= end).then_some(Place {
            cell: self.cell,
            text: &self.text,
            range: start..end,
        })
    }

    /// The end of a segment belongs to it if it is the end of a place, or if
    /// nothing else begins there.
    fn position(&self, at: usize, is_end: bool) -> Option<usize> {
        let inside = |segment: &&Segment| {
            if is_end {
                segment.at < at && at <= segment.at + segment.len
            } else {
                segment.at <= at && at < segment.at + segment.len
            }
        };
        let touching = |segment: &&Segment| at == segment.at || at == segment.at + segment.len;
        let mut segments = self.segments.iter();
        let found = segments.clone().find(inside);
        found
            .or_else(|| segments.find(touching))
            .map(|segment| segment.from + (at - segment.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_through_insertions() {
        let origin = Origin {
            file: "cell.rs".to_owned(),
            cell: 3,
            text: "one two".to_owned(),
            // "{ one INSERTED two }"
            segments: vec![
                Segment {
                    at: 2,
                    from: 0,
                    len: 4,
                },
                Segment {
                    at: 15,
                    from: 4,
                    len: 3,
                },
            ],
        };
        let origins = Origins {
            files: vec![origin],
            taken: Vec::new(),
        };
        let range =
            |range: Range<usize>| origins.locate("cell.rs", &range).map(|place| place.range);
        assert_eq!(range(2..5), Some(0..3));
        assert_eq!(range(15..18), Some(4..7));
        assert_eq!(range(2..18), Some(0..7));
        assert_eq!(range(18..18), Some(7..7));
        assert_eq!(range(8..10), None);
        assert_eq!(range(0..5), None);
        assert_eq!(origins.locate("other.rs", &(2..5)), None);
    }
}
