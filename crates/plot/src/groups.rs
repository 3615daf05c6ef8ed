//! The groups that `.color(…)` makes of the rows, each with a colour. They are
//! sorted by name rather than by appearance, so that a group keeps its colour
//! from one chart to the next, whatever the order of the rows.

use std::collections::HashMap;

use ferrite_frame::FrameExt;
use polars::prelude::DataFrame;

use crate::column;
use crate::error::ChartError;
use crate::palette::{FIRST, GROUPS, NULL, OTHER, Paint};
use crate::plot::{Key, Legend};

/// Which group each row belongs to.
pub(crate) struct Groups {
    title: String,
    pub labels: Vec<String>,
    pub colors: Vec<Paint>,
    pub of_row: Vec<usize>,
    /// The groups that share the colour of what is left over: for each row of
    /// such a group a number of its own group. Empty if none are left over.
    members: Vec<Option<usize>>,
}

impl Groups {
    /// The groups of a column, or one of all rows without it.
    pub fn read(frame: &DataFrame, column: Option<&str>) -> Result<Groups, ChartError> {
        let Some(name) = column else {
            return Ok(Groups {
                title: String::new(),
                labels: vec![String::new()],
                colors: vec![FIRST],
                of_row: vec![0; frame.height()],
                members: Vec::new(),
            });
        };
        if let Ok(texts) = frame.require(name)?.str() {
            // Without a copy of every row's name: frames may have millions.
            let names: Vec<Option<&str>> = texts.iter().collect();
            return Ok(Groups::of_names(name, &names, column::shown));
        }
        let names = column::names(frame, name)?;
        Ok(Groups::of(name, &names))
    }

    /// The groups of names that were read.
    pub fn of(title: &str, names: &[Option<String>]) -> Groups {
        let names: Vec<Option<&str>> = names.iter().map(Option::as_deref).collect();
        Groups::of_names(title, &names, str::to_owned)
    }

    /// The groups of names, of which `shown` makes what can be seen.
    fn of_names(title: &str, names: &[Option<&str>], shown: impl Fn(&str) -> String) -> Groups {
        // Different names may look the same, so they are counted as they look.
        let mut looks: HashMap<&str, usize> = HashMap::new();
        let mut sizes: HashMap<String, usize> = HashMap::new();
        for name in names.iter().flatten() {
            *looks.entry(name).or_default() += 1;
        }
        for (name, size) in &looks {
            *sizes.entry(shown(name)).or_default() += size;
        }
        let mut labels: Vec<String> = sizes.keys().cloned().collect();
        sort(&mut labels);
        let left_over = if labels.len() > GROUPS.len() {
            let mut by_size = labels.clone();
            by_size.sort_by_key(|label| std::cmp::Reverse(sizes[label.as_str()]));
            let rest = by_size.split_off(GROUPS.len() - 1);
            labels.retain(|label| by_size.contains(label));
            rest.len()
        } else {
            0
        };
        let known: HashMap<&str, usize> = labels.iter().map(String::as_str).zip(0..).collect();
        let other = labels.len();
        let place = |name: &str| known.get(shown(name).as_str()).copied().unwrap_or(other);
        let places: HashMap<&str, usize> = looks.keys().map(|name| (*name, place(name))).collect();
        let members = match left_over {
            0 => Vec::new(),
            _ => members(names, &shown, |name| known.contains_key(name)),
        };
        let mut colors: Vec<Paint> = GROUPS[..labels.len()].to_vec();
        if left_over > 0 {
            labels.push(format!("other ({left_over})"));
            colors.push(OTHER);
        }
        let null = labels.len();
        if names.iter().any(Option::is_none) {
            labels.push("null".to_owned());
            colors.push(NULL);
        }
        let of_row = names.iter().map(|name| match name {
            Some(name) => places.get(name).copied().unwrap_or(other),
            None => null,
        });
        Groups {
            title: title.to_owned(),
            of_row: of_row.collect(),
            labels,
            colors,
            members,
        }
    }

    /// Which group a row belongs to among those that share a colour, if it does.
    pub fn member(&self, row: usize) -> Option<usize> {
        self.members.get(row).copied().flatten()
    }

    /// The key to the colours of the groups that are drawn.
    pub fn legend(&self, drawn: impl Fn(usize) -> bool) -> Legend {
        if self.title.is_empty() {
            return Legend::None;
        }
        let entries = self.labels.iter().cloned().zip(self.colors.iter().copied());
        let entries = entries.enumerate().filter(|(group, _)| drawn(*group));
        Legend::Groups {
            title: self.title.clone(),
            entries: entries.map(|(_, entry)| entry).collect(),
            key: Key::Area,
        }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }
}

/// For each row whose group has no colour of its own, a number of that group, in
/// the order in which they appear.
fn members(
    names: &[Option<&str>],
    shown: impl Fn(&str) -> String,
    has_color: impl Fn(&str) -> bool,
) -> Vec<Option<usize>> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut of_look: HashMap<&str, Option<usize>> = HashMap::new();
    let mut number = |look: &str| {
        let name = shown(look);
        let next = numbers.len();
        (!has_color(&name)).then(|| *numbers.entry(name).or_insert(next))
    };
    let mut members = Vec::with_capacity(names.len());
    for name in names {
        members.push(name.and_then(|look| *of_look.entry(look).or_insert_with(|| number(look))));
    }
    members
}

/// Sorts names, as numbers if all of them are, with "fold 9" before "fold 10".
pub(crate) fn sort(names: &mut [String]) {
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        let number = |name: &String| name.parse::<f64>().unwrap_or(f64::NAN);
        // "1" and "1.0" are the same number, and always in the same order.
        names.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
    } else {
        names.sort_by_cached_key(|name| (padded(name), name.clone()));
    }
}

/// A name whose numbers sort as numbers do.
fn padded(name: &str) -> String {
    let same_sort = |a: char, b: char| a.is_ascii_digit() == b.is_ascii_digit();
    let chars: Vec<char> = name.chars().collect();
    let pad = |chunk: &[char]| {
        let text: String = chunk.iter().collect();
        if chunk[0].is_ascii_digit() {
            format!("{text:0>20}")
        } else {
            text
        }
    };
    chars.chunk_by(|a, b| same_sort(*a, *b)).map(pad).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[Option<&str>]) -> Groups {
        let names: Vec<Option<String>> = names.iter().map(|n| n.map(str::to_owned)).collect();
        Groups::of("g", &names)
    }

    #[test]
    fn colours_do_not_depend_on_the_order_of_rows() {
        let one = groups(&[Some("b"), Some("a")]);
        let two = groups(&[Some("a"), Some("b"), Some("b")]);
        assert_eq!((one.labels, one.of_row), (two.labels, vec![1, 0]));
        assert_eq!(groups(&[Some("10"), Some("9")]).labels, ["9", "10"]);
        assert_eq!(
            groups(&[Some("fold 10"), Some("fold 9")]).labels,
            ["fold 9", "fold 10"]
        );
    }

    #[test]
    fn null_is_a_group_of_its_own() {
        let groups = groups(&[None, Some("a")]);
        assert_eq!(groups.labels, ["a", "null"]);
        assert_eq!(groups.of_row, [1, 0]);
    }

    #[test]
    fn groups_that_share_a_colour_are_numbered_as_they_appear() {
        let names: Vec<String> = (0..40).map(|i| format!("group {}", i % 20)).collect();
        let names: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
        let groups = Groups::of_names("g", &names, str::to_owned);
        let members: Vec<usize> = (0..20).filter_map(|row| groups.member(row)).collect();
        assert_eq!(members, (0..9).collect::<Vec<_>>());
        assert!((0..20).all(|row| groups.member(row) == groups.member(row + 20)));
    }

    #[test]
    fn small_groups_share_a_colour_when_there_are_many() {
        let names: Vec<String> = (0..1000).map(|i| format!("{:03}", i % 999)).collect();
        let names: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
        let groups = groups(&names);
        assert_eq!(groups.len(), 12);
        assert_eq!(groups.labels[11], "other (988)");
        assert!(
            groups.labels.contains(&"000".to_owned()),
            "the largest is kept"
        );
    }
}
