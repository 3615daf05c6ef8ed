//! From a cell to the crate that rustc compiles.
//!
//! The cell's statements become the body of a closure, word for word (see
//! `ferrite_runtime::cell` for the frame around it); its items stand at the
//! root of the crate, in a file of their own that has the cell's line numbers.
//! There are two versions. [`Version::Run`] is what runs: it has checkpoints,
//! and everything defined is public. [`Version::Read`] is compiled only to get
//! errors in the person's own words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::imports::Import;
use crate::items::Items;
use crate::parse::Cell;
use crate::source;

/// Name of the crate that holds the notebook's items.
pub const ITEMS_CRATE: &str = "cell_items";
/// Name of the file that holds a cell's statements.
pub const MAIN_FILE: &str = "cell.rs";

/// A variable of the notebook, as generated code needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its exact type, as a path that can be written.
    pub type_text: String,
    /// Whether it was declared `mut`.
    pub mutable: bool,
    /// The cell that made it.
    pub cell: u32,
}

/// Which of the two versions to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The one that runs.
    Run,
    /// The one whose errors are shown.
    Read,
}

/// Everything that a cell's crate is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// The variables of the notebook.
    pub variables: &'a BTreeMap<String, Variable>,
    /// The imports of earlier cells.
    pub imports: &'a [Import],
    /// The live items, those of this cell included.
    pub items: &'a Items,
    /// Whether the cell sees the prelude.
    pub prelude: bool,
    /// New variables that are not to be stored.
    pub unkept: &'a BTreeSet<String>,
    /// Variables that are moved and assigned again, and so stored anew.
    pub reassigned: &'a BTreeSet<String>,
}

/// A generated crate.
#[derive(Debug, Clone, Default)]
pub struct Generated {
    /// File names and contents; the first is the root.
    pub files: Vec<(String, String)>,
    /// Lines of the root file before the cell's first line.
    pub offset: usize,
    /// Number of lines of the cell.
    pub lines: usize,
    /// For each version-`Read` split, root lines that show part of a line of
    /// the cell: generated line → line of the cell. Empty for `Run`.
    pub line_map: BTreeMap<usize, usize>,
    /// Root lines that store a variable.
    pub store_lines: BTreeMap<usize, String>,
    /// Root lines that take a variable.
    pub take_lines: BTreeMap<usize, String>,
    /// Whether this crate is the notebook's items crate.
    pub is_items: bool,
    /// Whether it links to the items crate.
    pub uses_items: bool,
    /// The variables that it takes.
    pub takes: Vec<String>,
}

const PROLOGUE: &str = "#[unsafe(no_mangle)] pub fn ferrite_cell() -> ::ferrite_runtime::cell::Frame { \
    #[allow(unused_imports)] use ::ferrite_runtime::probe::{EvcxrDisplay as _, EvcxrShown as _, \
    Pick as _, PickDebug as _, PickRich as _}; ";
const FOREIGN_LOOKS: &str = "#[allow(unused_imports)] use ::ferrite::notebook::PickForeign as _; ";
const SHOW: &str = ") { __shown => { ::ferrite_runtime::output(\
    (&&&::ferrite_runtime::probe::Probe(__shown)).pick(), \
    &mut || __shown.evcxr_display().shown()) } }";

impl Input<'_> {
    /// Whether the cell refers to anything in the items crate.
    fn refers_to_items(&self, takes: &[String]) -> bool {
        if self.items.files.is_empty() {
            return false;
        }
        let by_type = takes.iter().any(|name| {
            let text = &self.variables[name].type_text;
            let mut words = BTreeSet::new();
            words.extend(
                text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .map(String::from),
            );
            self.items.used_by(&words)
        });
        let by_import = self.imports.iter().any(|import| {
            import
                .name
                .as_ref()
                .is_some_and(|name| self.cell.words.contains(name))
                && self.items.used_by(&BTreeSet::from([import.root.clone()]))
        });
        let by_own_import = self
            .cell
            .imports
            .iter()
            .any(|import| self.items.used_by(&BTreeSet::from([import.root.clone()])));
        by_type || by_import || by_own_import || self.items.used_by(&self.cell.words)
    }

    fn takes(&self) -> Vec<String> {
        self.variables
            .keys()
            .filter(|name| self.cell.used.contains(*name))
            .cloned()
            .collect()
    }

    /// Generates the crate.
    pub fn generate(&self, version: Version) -> Generated {
        let takes = self.takes();
        let is_items = !self.cell.items.is_empty();
        let mut out = Generated {
            is_items,
            uses_items: !is_items && self.refers_to_items(&takes),
            lines: self.cell.text.split('\n').count(),
            ..Generated::default()
        };
        let mut root = String::new();
        self.head(&mut root, &mut out, version);
        if self.cell.has_statements || !is_items {
            self.body(&takes, &mut root, &mut out, version);
        } else {
            root.push_str(EMPTY_CELL);
        }
        root.push('\n');
        out.takes = takes;
        out.files.insert(0, (MAIN_FILE.to_owned(), root));
        out
    }

    /// Attributes, crates, imports and items.
    fn head(&self, root: &mut String, out: &mut Generated, version: Version) {
        root.push_str("#![allow(warnings)] ");
        for feature in &self.cell.features {
            let _ = write!(root, "#![feature({feature})] ");
        }
        if self.prelude {
            root.push_str("extern crate ferrite_prelude as _; ");
        }
        let home = if out.is_items { "crate" } else { ITEMS_CRATE };
        if out.is_items {
            let _ = write!(root, "extern crate self as {ITEMS_CRATE}; ");
        } else if out.uses_items {
            let _ = write!(
                root,
                "#[macro_use] extern crate {ITEMS_CRATE}; use {ITEMS_CRATE}::*; "
            );
        }
        // All of them: a trait is used without being named.
        for import in self.imports.iter().filter(|import| self.wants(import, out)) {
            root.push_str(&import.code(home));
            root.push(' ');
        }
        if out.is_items {
            for file in &self.items.files {
                let mine = file.text == self.cell.text;
                let mut live = file.live();
                if mine {
                    live.extend(self.cell.import_ranges.iter().cloned());
                }
                let edits = if version == Version::Run {
                    file.live_edits()
                } else {
                    Vec::new()
                };
                let name = file.file_name();
                let _ = write!(root, "include!(\"{name}\"); ");
                out.files
                    .push((name, source::only(&file.text, &live, &edits)));
            }
        }
    }

    fn wants(&self, import: &Import, out: &Generated) -> bool {
        let std = matches!(import.root.as_str(), "std" | "core" | "alloc");
        let own = matches!(import.root.as_str(), "crate" | "self")
            || self.items.used_by(&BTreeSet::from([import.root.clone()]));
        let reachable = std || self.prelude || own;
        let there = !own || out.is_items || out.uses_items;
        // Imports of this very cell stand in its own text.
        let mine = self.cell.imports.iter().any(|new| new.replaces(import));
        reachable && there && !mine
    }

    /// The function that runs the statements.
    fn body(&self, takes: &[String], root: &mut String, out: &mut Generated, version: Version) {
        root.push_str(PROLOGUE);
        if self.prelude {
            root.push_str(FOREIGN_LOOKS);
        }
        root.push_str("::ferrite_runtime::start(async move { ");
        for name in takes {
            let variable = &self.variables[name];
            if version == Version::Run {
                root.push('\n');
                out.take_lines.insert(line(root), name.clone());
            }
            let mutable = if variable.mutable { "mut " } else { "" };
            let _ = write!(
                root,
                "let {mutable}{name}: {} = unsafe {{ ::ferrite_runtime::take(\"{name}\") }}; \
                 ::ferrite_runtime::place(\"{name}\", &raw const {name}); ",
                variable.type_text
            );
        }
        if self.cell.awaits {
            root.push_str("::ferrite_runtime::run_async(async {");
        } else {
            root.push_str("::ferrite_runtime::run(|| -> ::ferrite_runtime::CellResult {");
        }
        root.push('\n');
        out.offset = line(root) - 1;
        match version {
            Version::Run => self.text_that_runs(root, out),
            Version::Read => self.text_to_read(root, out),
        }
        // On a line of its own: the text may end in a comment.
        root.push_str("\n;");
        if version == Version::Run {
            self.stores(root, out);
        }
        if self.cell.awaits {
            root.push_str(
                "\n::core::result::Result::<(), ::ferrite_runtime::CellError>::Ok(()) }).await; ",
            );
        } else {
            root.push_str("\n::core::result::Result::Ok(()) }); ");
        }
        root.push_str("::ferrite_runtime::finish().await }) }");
    }

    fn not_statements(&self, out: &Generated) -> Vec<std::ops::Range<usize>> {
        let mut gone: Vec<_> = self
            .cell
            .items
            .iter()
            .map(|item| item.range.clone())
            .collect();
        gone.extend(self.cell.inner_attributes.iter().cloned());
        if out.is_items {
            gone.extend(self.cell.import_ranges.iter().cloned());
        }
        gone
    }

    fn text_that_runs(&self, root: &mut String, out: &Generated) {
        let mut edits = self.cell.edits.clone();
        if let Some(tail) = &self.cell.tail {
            let open = crate::edits::Edit {
                at: tail.start,
                replaces: 0,
                insert: "match &(".to_owned(),
            };
            let close = crate::edits::Edit {
                at: tail.end,
                replaces: 0,
                insert: SHOW.to_owned(),
            };
            let first = edits.partition_point(|edit| edit.at < tail.start);
            edits.insert(first, open);
            let last = edits.partition_point(|edit| edit.at <= tail.end);
            edits.insert(last, close);
        }
        root.push_str(&source::without(
            &self.cell.text,
            &self.not_statements(out),
            &edits,
        ));
    }

    /// The text without insertions: generated code stands on lines of its
    /// own, and what follows it is padded to its column.
    fn text_to_read(&self, root: &mut String, out: &mut Generated) {
        let text = source::without(&self.cell.text, &self.not_statements(out), &[]);
        let Some(tail) = &self.cell.tail else {
            number(root, &text, 1, out);
            root.push_str(&text);
            return;
        };
        // Blanking keeps the number of characters but not of bytes.
        let start = byte_of_char(&text, self.cell.text[..tail.start].chars().count());
        let end = byte_of_char(&text, self.cell.text[..tail.end].chars().count());
        number(root, &text[..start], 1, out);
        root.push_str(&text[..start]);
        root.push_str("\nmatch &(\n");
        let row = 1 + text[..start].matches('\n').count();
        number(root, &text[start..end], row, out);
        let column = text[..start]
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count();
        root.push_str(&" ".repeat(column));
        root.push_str(&text[start..end]);
        root.push('\n');
        root.push_str(SHOW);
        root.push('\n');
        root.push_str(text[end..].trim_start_matches(' '));
    }

    fn stores(&self, root: &mut String, out: &mut Generated) {
        let new = self.cell.bindings.iter().map(|binding| &binding.name);
        let again = self.reassigned.iter();
        for name in new.chain(again).filter(|name| !self.unkept.contains(*name)) {
            root.push('\n');
            out.store_lines.insert(line(root), name.clone());
            let _ = write!(
                root,
                "::ferrite_runtime::store(\"{name}\", {name}, \
                 |__value| (&&&::ferrite_runtime::probe::Probe(__value)).pick());"
            );
        }
    }
}

/// A cell that only defines items runs nothing.
const EMPTY_CELL: &str = "#[unsafe(no_mangle)] pub fn ferrite_cell() -> ::ferrite_runtime::cell::Frame { \
    ::ferrite_runtime::start(async move { ::ferrite_runtime::run(|| ::core::result::Result::Ok(())); \
    ::ferrite_runtime::finish().await }) }";

fn line(text: &str) -> usize {
    text.matches('\n').count() + 1
}

fn byte_of_char(text: &str, index: usize) -> usize {
    text.char_indices()
        .nth(index)
        .map_or(text.len(), |(at, _)| at)
}

/// Notes which line of the cell each line about to be written shows.
fn number(root: &str, text: &str, first: usize, out: &mut Generated) {
    let at = line(root);
    for index in 0..text.split('\n').count() {
        out.line_map.insert(at + index, first + index);
    }
}

impl Generated {
    /// The line of the cell that a line of the root file shows.
    pub fn cell_line(&self, generated: usize) -> Option<usize> {
        if !self.line_map.is_empty() {
            return self.line_map.get(&generated).copied();
        }
        let line = generated.checked_sub(self.offset)?;
        (1..=self.lines).contains(&line).then_some(line)
    }
}
