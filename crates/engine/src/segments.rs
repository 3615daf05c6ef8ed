//! In which crate the items of a cell are compiled.
//!
//! A cell that defines something is a new version of a crate of items, and for each
//! version rustc reads all of that crate again. With one crate for the whole notebook
//! such cells became slower with every type. So a crate that has grown is left as it
//! is, and the next definitions go into a new one, which sees those before it. To read
//! a finished crate takes rustc less than a millisecond, whatever is in it.
//!
//! That holds as long as nothing in the finished ones changes. A cell that defines
//! something of theirs again, implements something for their types, or gives a meaning
//! to a name that they use, goes into the crate in question, and all later ones with it
//! ([`of_cell`]). Types move to another crate then. What tells them apart by their
//! paths has to look past that ([`plain`]).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::generate::ITEMS_CRATE;
use crate::imports::Import;
use crate::items::{self, ItemDef, ItemFile};
use crate::reach::Basis;

/// Most crates of items. With one more, all become one.
pub const MOST: usize = 32;

/// How much a crate has when it is finished: at least, and at most. Where exactly it ends
/// is told by the names in a cell, so that a change elsewhere does not move the types
/// behind it to other crates (content-defined chunking, as in archives). It is not less,
/// because types move when crates are joined, which few notebooks need to see.
const LEAST: usize = 42;
const MOST_WEIGHT: usize = 84;
/// One cell of so many may be the last of a crate.
const RARITY: u64 = 4;

/// What an item counts, by what it costs rustc to read it again: 0.1 ms for a function
/// that is compiled once and declared afterwards, some 0.3 for others.
const DECLARATION: usize = 1;
const DEFINITION: usize = 3;

const BEFORE: &str = "cell";
const BEHIND: &str = "_items";

/// By what name other crates of items, and cells, see one that is not the newest.
pub fn extern_name(segment: usize) -> String {
    format!("{BEFORE}{}{BEHIND}", segment + 1)
}

/// The name of a crate itself. That of the newest is always [`ITEMS_CRATE`] to cells.
pub fn crate_name(segment: usize) -> String {
    match segment {
        0 => ITEMS_CRATE.to_owned(),
        _ => extern_name(segment),
    }
}

/// A text that rustc wrote, with one name for all crates of items.
pub fn plain(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find(BEFORE) {
        let start = from + at;
        let digits = start + BEFORE.len();
        let number = rest[digits..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let behind = digits + number;
        let within_name = rest[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        from = digits;
        if number > 0 && !within_name && rest[behind..].starts_with(BEHIND) {
            out.push_str(&rest[..digits]);
            rest = &rest[behind..];
            from = 0;
        }
    }
    match out.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(out + rest),
    }
}

/// The crate for the items of a new cell, which are `new`. `files` are those of the
/// notebook, and `touched` is the first crate of which the cell replaces something. If it
/// is not a crate behind the last, later ones are joined with it.
pub fn of_cell(files: &[Arc<ItemFile>], new: &[ItemDef], touched: Option<usize>) -> usize {
    let last = files.iter().map(|file| file.segment).max();
    let Some(last) = last else { return 0 };
    let names: BTreeSet<&str> = new.iter().filter_map(ItemDef::own_name).collect();
    let uses = |item: &ItemDef| names.iter().any(|name| item.speaks_of(name));
    let meant = files.iter().filter(|file| file.items.iter().any(uses));
    let implemented = new.iter().filter_map(|item| {
        let words = item.reach.implements()?;
        let here = new.iter().any(|new| new.reach.is_named_in(words));
        let there = files.iter().filter(|file| {
            let mut items = file.items.iter();
            !here && items.any(|item| item.reach.is_named_in(words))
        });
        // What is implemented may be of one crate, for a type of a later one.
        there.map(|file| file.segment).max()
    });
    let touched = touched.into_iter().chain(meant.map(|file| file.segment));
    if let Some(touched) = touched.chain(implemented).min() {
        return touched;
    }
    match is_full(files, last) {
        true if last + 1 < MOST => last + 1,
        true => 0,
        false => last,
    }
}

/// Whether a crate is finished, with those of these files that are in it.
pub fn is_full(files: &[Arc<ItemFile>], segment: usize) -> bool {
    let (mut weight, mut newest) = (0, None::<&ItemFile>);
    for file in files.iter().filter(|file| file.segment == segment) {
        weight += file.items.iter().map(weight_of).sum::<usize>();
        newest = newest.filter(|it| it.cell > file.cell).or(Some(file));
    }
    weight >= MOST_WEIGHT || (weight >= LEAST && newest.is_some_and(may_be_last))
}

fn weight_of(item: &ItemDef) -> usize {
    match item.function {
        Some(_) => DECLARATION,
        None => DEFINITION,
    }
}

fn may_be_last(file: &ItemFile) -> bool {
    let names = file.items.iter().filter_map(ItemDef::own_name);
    let names: Vec<&[u8]> = names.map(str::as_bytes).collect();
    let hash = items::hash(&names);
    u64::from_str_radix(&hash, 16).is_ok_and(|hash| hash % RARITY == 0)
}

/// Whether something that is compiled like `new` can build on crates that were compiled
/// like `old`: rustc would read their items as they are, and each import means the same.
pub fn fits(old: &Basis, new: &Basis, items: &[&ItemDef]) -> bool {
    let added = |import: &&Import| !old.imports.contains(import);
    let changes = |import: &Import| {
        let name = import.name.as_deref();
        import.glob || name.is_some_and(|name| items.iter().any(|item| item.words.contains(name)))
    };
    old.stamp == new.stamp
        && old
            .imports
            .iter()
            .all(|import| new.imports.contains(import))
        && !new.imports.iter().filter(added).any(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::Items;
    use crate::parse::Cell;

    #[test]
    fn crates_of_items_have_one_name() {
        assert_eq!(plain("cell2_items::P"), "cell_items::P");
        assert_eq!(
            plain("Vec<cell12_items::P, cell1_items::Q>"),
            "Vec<cell_items::P, cell_items::Q>"
        );
        for same in ["cell_items::P", "mycell2_items", "cell2_item", "cell2", "é"] {
            assert_eq!(plain(same), same);
        }
        assert_eq!(crate_name(0), "cell_items");
        assert_eq!(plain(&crate_name(7)), crate_name(0));
    }

    fn after(cells: &[String]) -> Items {
        let cells = cells.iter().enumerate();
        cells.fold(Items::default(), |items, (index, text)| {
            items.with(index as u32 + 1, &Cell::parse(text).unwrap())
        })
    }

    fn type_cell(name: &str) -> String {
        format!(
            "#[derive(Debug, Clone)] struct {name} {{ x: i64, y: i64 }}\n\
             impl {name} {{ fn sum(&self) -> i64 {{ self.x + self.y + calibrate() }} }}"
        )
    }

    /// Cells with a type each, more than two crates hold.
    fn many() -> Vec<String> {
        (0..30).map(|n| type_cell(&format!("P{n}"))).collect()
    }

    /// Where each type is, by its number.
    fn segments(items: &Items) -> Vec<usize> {
        items.files.iter().map(|file| file.segment).collect()
    }

    #[test]
    fn a_crate_that_has_grown_is_left_as_it_is() {
        let all = segments(&after(&many()));
        assert!(all.is_sorted() && all[29] >= 2);
        for segment in 0..all[29] {
            let cells = all.iter().filter(|it| **it == segment).count();
            assert!((7..=14).contains(&cells), "{all:?}");
        }
        assert_eq!(segments(&after(&many()[..7])), [0; 7]);
    }

    #[test]
    fn a_change_elsewhere_leaves_types_where_they_are() {
        let before = segments(&after(&many()));
        let mut cells = many();
        cells[2] = cells[2].replace("self.x", "3 * self.x");
        assert_eq!(segments(&after(&cells)), before);
        cells.insert(3, "fn more() { println!() }".to_owned());
        let mut with_one_more = segments(&after(&cells));
        with_one_more.remove(3);
        let moved = with_one_more.iter().zip(&before).filter(|(a, b)| a != b);
        assert!(moved.count() <= 8);
    }

    #[test]
    fn what_concerns_a_finished_crate_is_compiled_in_it() {
        let before = segments(&after(&many()));
        let fresh = before[29];
        // The first type of the second crate.
        let second = before.iter().position(|it| *it == 1).unwrap();
        let with = |last: &str| {
            let mut cells = many();
            cells.push(last.replace("SECOND", &format!("P{second}")));
            after(&cells).segment()
        };
        let mut more = many();
        more.push(type_cell("Q"));
        assert!(after(&more).segment() >= fresh);
        for (text, segment) in [
            ("fn f(it: P0) { println!() }", fresh),
            ("struct Q(P0);", fresh),
            ("struct Q; impl From<P0> for Q { }", fresh),
            ("impl P29 { fn f() {} }", fresh),
            ("struct P0;", 0),
            ("impl P0 { fn sum(&self) -> i64 { 0 } }", 0),
            ("impl P0 { fn f(&self) -> P29 { todo!() } }", 0),
            ("impl Drop for SECOND { fn drop(&mut self) {} }", 1),
            ("impl Into<P0> for SECOND { }", 1),
            ("fn calibrate() -> i64 { 1 }", 0),
            (&type_cell("SECOND"), 1),
        ] {
            // A new one may have been begun for what concerns no other.
            let found = with(text);
            assert_eq!(found.min(fresh), segment, "{text}");
        }
    }

    #[test]
    fn crates_become_one_before_they_are_too_many() {
        let mut cells: Vec<String> = (0..700)
            .map(|n| format!("struct P{n}; struct Q{n};"))
            .collect();
        let items = after(&cells);
        assert!(items.files.iter().all(|file| file.segment < MOST));
        assert!(items.files.iter().any(|file| file.segment > 0));
        cells.truncate(200);
        assert!(after(&cells).segment() > 8);
        assert_eq!(after(&cells).joined().segment(), 0);
    }

    #[test]
    fn imports_must_mean_the_same() {
        let items = after(&["fn f() { println!(\"{}\", max(1, 2)) }".to_owned()]);
        let items: Vec<&ItemDef> = items.files.iter().flat_map(|file| &file.items).collect();
        let of = |uses: &[&str]| {
            let imports = uses.iter();
            let imports =
                imports.flat_map(|text| crate::imports::of_use(&syn::parse_str(text).unwrap()));
            Basis::new(imports.collect(), (0, false), "", &[])
        };
        let before = of(&["use std::cmp::max;"]);
        assert!(fits(&before, &before, &items));
        assert!(fits(
            &before,
            &of(&["use std::cmp::max;", "use std::fmt;"]),
            &items
        ));
        assert!(!fits(&before, &of(&["use std::fmt;"]), &items));
        assert!(!fits(&before, &of(&["use other::max;"]), &items));
        assert!(!fits(&of(&[]), &before, &items));
        assert!(!fits(&of(&[]), &of(&["use std::cmp::*;"]), &items));
        let optimised = Basis::new(before.imports.clone(), (3, false), "", &[]);
        assert!(!fits(&before, &optimised, &items));
    }
}
