//! From a cell to the crate that rustc compiles.
//!
//! The cell's statements become the body of a closure, word for word (see
//! `ferrite_runtime::cell` for the frame around it); its items stand at the
//! root of the crate, in a file of their own that has the cell's line numbers.
//! There are two versions. [`Version::Run`] is what runs: it has checkpoints,
//! and everything defined is public. [`Version::Read`] is compiled only to get
//! errors in the person's own words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::borrows;
use crate::edits::Edit;
use crate::functions::Functions;
use crate::imports::{self, Import};
use crate::items::Items;
use crate::origins::{Origin, Origins, Taken};
use crate::parse::Cell;
use crate::segments;
use crate::source::{self, Stitched};
use crate::statics::Homes;
use crate::unnameable::Form;

/// Name of the crate that holds the notebook's items.
pub const ITEMS_CRATE: &str = "cell_items";
/// Name of the root file: what a compiler can read before it knows the cell.
pub const ROOT_FILE: &str = "root.rs";
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
    /// The variables that it borrows from.
    pub borrows: BTreeSet<String>,
}

/// Which of the two versions to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The one that runs.
    Run,
    /// The one whose errors are shown.
    Read,
}

/// How a cell sees variables that others borrow from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lending {
    /// As what they are, but not to be changed: compiled only to learn whether
    /// the cell moves or changes them. By reference a move would go unnoticed.
    #[default]
    Probe,
    /// By reference.
    Refer,
    /// As what they are; the borrowers are gone by then.
    Reclaim,
}

/// Everything that a cell's crate is made from.
#[derive(Debug)]
pub struct Input<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// Its execution count.
    pub number: u32,
    /// The variables of the notebook.
    pub variables: &'a BTreeMap<String, Variable>,
    /// The imports of earlier cells.
    pub imports: &'a [Import],
    /// The live items, those of this cell included.
    pub items: &'a Items,
    /// Statics and functions that live in earlier versions of the items crate.
    pub homes: &'a Homes,
    /// The functions that are compiled once.
    pub functions: &'a Functions,
    /// The crates of items that it sees: for a crate of items those before it.
    pub crates: &'a [Seen<'a>],
    /// Whether the cell sees the prelude.
    pub prelude: bool,
    /// Whether a debugger is to find its way in it.
    pub debug: bool,
    /// Whether it takes what is not worth optimising from the glue.
    pub glue: bool,
    /// The crates that are declared, so that rustc finds a path through them to every
    /// type that it writes. Without them it finds those that the cell names.
    pub declared: &'a [(String, PathBuf)],
    /// The crate that ties those of `:dep` together; seen with the prelude.
    pub tie: Option<&'a str>,
    /// How to format what is shown as text; `Debug` in a line or several if
    /// nothing is said.
    pub format: Option<&'a str>,
    /// New variables that are not to be stored.
    pub unkept: &'a BTreeSet<String>,
    /// Variables that are moved and assigned again, and so stored anew.
    pub reassigned: &'a BTreeSet<String>,
    /// New variables whose type has no name, with the form to keep them in.
    pub forms: &'a BTreeMap<String, Form>,
    /// New variables that borrow from others, with those.
    pub borrowing: &'a BTreeMap<String, BTreeSet<String>>,
    /// How the cell sees variables that others borrow from.
    pub lending: Lending,
    /// Where in the cell a closure is made to own what it uses.
    pub moves: &'a [Edit],
}

/// A crate of items as it was compiled.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Where its statics and functions live.
    pub statics: &'a Statics,
    /// Its functions that are compiled once.
    pub functions: &'a Functions,
}

/// A generated crate.
#[derive(Debug, Clone, Default)]
pub struct Generated {
    /// File names and contents; the first is the crate's root.
    pub files: Vec<(String, String)>,
    /// Lines of the root file before the cell's first line.
    pub offset: usize,
    /// Root lines that store a variable.
    pub store_lines: BTreeMap<usize, String>,
    /// Root lines that take a variable.
    pub take_lines: BTreeMap<usize, String>,
    /// Whether this crate is one of items.
    pub is_items: bool,
    /// Whether it is a cell that links to the crates of items.
    pub uses_items: bool,
    /// How many crates of items it sees.
    pub sees: usize,
    /// The variables that it takes.
    pub takes: Vec<String>,
    /// Which parts of the files come from which cells.
    pub origins: Origins,
    /// The symbols of the statics and functions that an items crate defines or declares.
    pub statics: Statics,
}

/// Where the statics of an items crate live, and the functions that are compiled once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statics {
    /// In this very crate.
    pub here: BTreeSet<String>,
    /// In earlier versions of it.
    pub elsewhere: BTreeSet<String>,
    /// Those that the compiler reads for a constant. Their value is the same in
    /// every version, and every version needs its own.
    #[serde(default)]
    pub constants: BTreeSet<String>,
}

const PROLOGUE: &str = "#[unsafe(no_mangle)] pub fn ferrite_cell() -> ::ferrite_runtime::cell::Frame { \
    #[allow(unused_imports)] use ::ferrite_runtime::probe::{EvcxrDisplay as _, EvcxrShown as _, \
    Pick as _, PickDebug as _, PickRich as _}; ";
const FOREIGN_LOOKS: &str = "#[allow(unused_imports)] use ::ferrite::notebook::{PickForeign as _, PickFrames as _, PickRows as _, PickRowsOnly as _}; ";
const PICK: &str = "(&&&&::ferrite_runtime::probe::Probe(__shown)).pick()";
/// How a variable looks that is shown by its name alone.
const LOOK: &str = "::ferrite_runtime::look((&&&&::ferrite_runtime::probe::Probe(__shown)).pick(), \
                    &mut || __shown.evcxr_display().shown())";
const OR_EVCXR: &str = "&mut || __shown.evcxr_display().shown()";

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
        // A trait of the notebook's own may show the last expression.
        let by_look = self.cell.tail.is_some()
            && self
                .items
                .used_by(&BTreeSet::from(["evcxr_display".to_owned()]));
        by_type || by_import || by_own_import || by_look || self.items.used_by(&self.cell.words)
    }

    /// The variables that the cell uses. Those that borrow from something that
    /// is taken back do not exist for it.
    fn takes(&self) -> Vec<String> {
        let mut taken_back = BTreeSet::new();
        if self.lending == Lending::Reclaim {
            let lent = borrows::lent(self.variables);
            let mut used = lent.iter().filter(|name| self.cell.used.contains(**name));
            taken_back.extend(used.by_ref().map(|name| (*name).to_owned()));
        }
        self.variables
            .iter()
            .filter(|(name, _)| self.cell.used.contains(*name))
            .filter(|(_, variable)| variable.borrows.is_disjoint(&taken_back))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// How a variable is fetched: its type there, and the call that does it.
    fn fetch(&self, name: &str, lent: &BTreeSet<&str>) -> (String, &'static str) {
        let variable = &self.variables[name];
        let lifetime = borrows::lifetime(name);
        let type_text = anchored(&variable.type_text);
        if !variable.borrows.is_empty() {
            let type_text = borrows::with_lifetime(&type_text, &lifetime);
            (type_text, "take_borrower")
        } else if lent.contains(name) && self.lending == Lending::Refer {
            (format!("&{lifetime} {type_text}"), "lent")
        } else {
            (type_text, "take")
        }
    }

    /// Generates the crate.
    pub fn generate(&self, version: Version) -> Generated {
        let takes = self.takes();
        let is_items = !self.cell.items.is_empty();
        let mut out = Generated {
            is_items,
            uses_items: !is_items && self.refers_to_items(&takes),
            ..Generated::default()
        };
        if out.is_items || out.uses_items {
            out.sees = self.crates.len();
        }
        let mut root = Stitched::default();
        let attributes = self.attributes();
        // rustc does not let an included `extern crate` hide a crate of the
        // command line: such a cell is a single file.
        if self.imports_crates() {
            root.insert(&attributes);
        } else {
            let text = format!("{attributes}::core::include!(\"{MAIN_FILE}\");\n");
            out.files.push((ROOT_FILE.to_owned(), text));
        }
        self.head(&mut root, &mut out, version);
        if self.cell.has_statements || !is_items {
            self.body(&takes, &mut root, &mut out, version);
        } else {
            root.insert(EMPTY_CELL);
        }
        root.insert("\n");
        out.takes = takes;
        out.origins.files.insert(
            0,
            Origin {
                file: MAIN_FILE.to_owned(),
                cell: self.number,
                text: self.cell.text.clone(),
                segments: root.segments,
            },
        );
        let at = usize::from(!self.imports_crates());
        out.files.insert(at, (MAIN_FILE.to_owned(), root.text));
        out
    }

    fn imports_crates(&self) -> bool {
        let mut imports = self.imports.iter().chain(&self.cell.imports);
        imports.any(|import| import.extern_crate)
    }

    /// What comes first in the root file.
    fn attributes(&self) -> String {
        let mut features: BTreeSet<&str> = self.cell.features.iter().map(String::as_str).collect();
        for form in self.forms.values() {
            features.extend(form.features());
        }
        let mut text = root_file(self.prelude, self.glue);
        if !self.declared.is_empty() {
            let crates = self.declared.iter();
            let crates: String = crates
                .map(|(name, _)| format!("extern crate {name}; "))
                .collect();
            text.push_str(&format!("mod {DECLARED} {{ {crates}}} "));
        }
        if let (true, Some(tie)) = (self.prelude, self.tie) {
            text.push_str(&format!("extern crate {tie} as _; "));
        }
        for feature in features {
            text.insert_str(0, &format!("#![feature({feature})] "));
        }
        text
    }

    /// Imports and items.
    fn head(&self, root: &mut Stitched, out: &mut Generated, version: Version) {
        let home = if out.is_items { "crate" } else { ITEMS_CRATE };
        // Each before those that see it: rustc looks for none by itself.
        let older = if out.is_items {
            out.sees
        } else {
            out.sees.saturating_sub(1)
        };
        for segment in 0..older {
            root.insert(&format!("use ::{} as _; ", segments::extern_name(segment)));
        }
        if out.is_items {
            if let Some(before) = out.sees.checked_sub(1) {
                root.insert(&format!("pub use ::{}::*; ", segments::extern_name(before)));
            }
            root.insert(&format!("extern crate self as {ITEMS_CRATE}; "));
        } else if out.uses_items {
            root.insert(&format!("use {ITEMS_CRATE}::*; "));
        }
        let joined = imports::joined(self.imports, &self.cell.imports);
        let shapes = self.items.shapes(joined);
        // All of them: a trait is used without being named.
        for import in self.imports.iter().filter(|import| self.wants(import, out)) {
            root.insert(&import.code(home));
            root.insert(" ");
        }
        if out.is_items {
            let mine = self
                .items
                .files
                .iter()
                .filter(|file| file.segment >= out.sees);
            let items = mine.flat_map(|file| &file.items);
            let statics = items.flat_map(|item| &item.statics);
            let statics = statics.map(|found| found.symbol(&shapes));
            let functions = self.functions.values().cloned();
            let functions = functions.filter(|_| version == Version::Run);
            (out.statics.elsewhere, out.statics.here) = statics
                .chain(functions)
                .partition(|symbol| self.homes.contains_key(symbol));
        }
        for file in &self.items.files {
            let mine = out.is_items && file.text == self.cell.text;
            let mut live = file.live();
            if mine {
                live.extend(self.cell.import_ranges.iter().cloned());
            }
            // The compiled items, to which rustc may point, are those that run.
            let edits = match self.crates.get(file.segment) {
                _ if version == Version::Read && out.is_items => Vec::new(),
                Some(seen) => {
                    let elsewhere = |symbol: &str| seen.statics.elsewhere.contains(symbol);
                    file.live_edits(&elsewhere, &shapes, seen.functions)
                }
                None => {
                    let elsewhere = |symbol: &str| self.homes.contains_key(symbol);
                    file.live_edits(&elsewhere, &shapes, self.functions)
                }
            };
            let name = file.file_name();
            let part = source::only(&file.text, &live, &edits);
            out.origins.files.push(Origin {
                file: name.clone(),
                cell: file.cell,
                text: file.text.clone(),
                segments: part.segments,
            });
            if out.is_items && file.segment >= out.sees {
                root.insert(&format!("::core::include!(\"{name}\"); "));
                out.files.push((name, part.text));
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
    fn body(&self, takes: &[String], root: &mut Stitched, out: &mut Generated, version: Version) {
        root.insert(PROLOGUE);
        if self.prelude {
            root.insert(FOREIGN_LOOKS);
        }
        let lent = borrows::lent(self.variables);
        let fetched: Vec<_> = takes.iter().map(|name| self.fetch(name, &lent)).collect();
        let lifetimes: Vec<String> = takes
            .iter()
            .zip(&fetched)
            .filter(|(_, (_, how))| *how != "take")
            .map(|(name, _)| borrows::lifetime(name))
            .collect();
        if lifetimes.is_empty() {
            root.insert("::ferrite_runtime::start(async move { ");
        } else {
            let lifetimes = lifetimes.join(", ");
            root.insert(&format!(
                "fn __cell<{lifetimes}>() -> ::ferrite_runtime::cell::Frame {{ \
                 let __frame = async move {{ "
            ));
        }
        for (name, (type_text, how)) in takes.iter().zip(&fetched) {
            let variable = &self.variables[name];
            if version == Version::Run {
                root.insert("\n");
                out.take_lines.insert(line(root), name.clone());
            }
            let kept = lent.contains(name.as_str()) && self.lending != Lending::Reclaim;
            let mutable = if variable.mutable && !kept {
                "mut "
            } else {
                ""
            };
            let start = root.text.len();
            root.insert(&format!(
                "let {mutable}{name}: {type_text} = unsafe {{ ::ferrite_runtime::{how}(\"{name}\") }}; "
            ));
            out.origins.taken.push(Taken {
                range: start..root.text.len(),
                name: name.clone(),
                cell: variable.cell,
            });
            if *how != "lent" {
                root.insert(&format!(
                    "::ferrite_runtime::place(\"{name}\", &raw const {name}); "
                ));
            }
        }
        let borrowing = version == Version::Run && !self.borrowing.is_empty();
        if borrowing {
            root.insert("let __home = ::ferrite_runtime::Home; let __guard = __home.guard(); ");
        }
        if self.cell.awaits {
            root.insert("::ferrite_runtime::run_async(async {");
        } else {
            root.insert("::ferrite_runtime::run(|| -> ::ferrite_runtime::CellResult {");
        }
        root.insert("\n");
        out.offset = line(root) - 1;
        match version {
            Version::Run => self.text_that_runs(root, out),
            Version::Read => self.text_to_read(root, out),
        }
        // On a line of its own: the text may end in a comment.
        root.insert("\n;");
        if version == Version::Run {
            self.stores(takes, root, out);
        }
        if self.cell.awaits {
            root.insert(
                "\n::core::result::Result::<(), ::ferrite_runtime::CellError>::Ok(()) }).await; ",
            );
        } else {
            root.insert("\n::core::result::Result::Ok(()) }); ");
        }
        if borrowing {
            root.insert("__guard.end(); ");
        }
        root.insert("::ferrite_runtime::finish().await }");
        if lifetimes.is_empty() {
            root.insert(") }");
        } else {
            root.insert("; unsafe { ::ferrite_runtime::start_borrowing(__frame) } } __cell() }");
        }
    }

    fn not_statements(&self, out: &Generated) -> Vec<std::ops::Range<usize>> {
        let mut gone: Vec<_> = self
            .cell
            .items
            .iter()
            .map(|item| item.range.clone())
            .collect();
        gone.extend(self.cell.inner_attributes.iter().cloned());
        gone.extend(self.cell.hidden.iter().cloned());
        if out.is_items {
            gone.extend(self.cell.import_ranges.iter().cloned());
        }
        gone
    }

    fn text_that_runs(&self, root: &mut Stitched, out: &Generated) {
        let mut edits = self.cell.edits.clone();
        edits.extend(self.moves.iter().cloned());
        edits.sort_by_key(|edit| edit.at);
        if let Some(tail) = &self.cell.tail {
            // A mere name is no code. With a call in its line, a debugger can stop there:
            // any that is cheap and not inlined.
            let (open, close) = if self.debug {
                ("match (::std::process::id(), &(", ")).1")
            } else {
                ("match &(", ")")
            };
            let open = Edit {
                at: tail.start,
                replaces: 0,
                insert: open.to_owned(),
            };
            let close = Edit {
                at: tail.end,
                replaces: 0,
                insert: format!("{close} {{{}", self.show()),
            };
            let first = edits.partition_point(|edit| edit.at < tail.start);
            edits.insert(first, open);
            let last = edits.partition_point(|edit| edit.at <= tail.end);
            edits.insert(last, close);
        }
        root.append(&source::without(
            &self.cell.text,
            &self.not_statements(out),
            &edits,
        ));
    }

    /// What stands behind `match &(`, the last expression and `) {`.
    fn show(&self) -> String {
        let look = match self.format {
            None => PICK.to_owned(),
            Some(format) => format!(
                "match {PICK} {{ ::ferrite_runtime::probe::Shown::Text(_) => \
                 ::ferrite_runtime::probe::Shown::Text(\
                 ::ferrite_runtime::probe::capped::format(::core::format_args!({format:?}, __shown))), \
                 __rich => __rich }}"
            ),
        };
        // A breakpoint on the expression would be one on this as well, if it stood in the
        // same line. Only comments follow.
        let line = if self.debug { "\n" } else { "" };
        format!("{line} __shown => {{ ::ferrite_runtime::output({look}, {OR_EVCXR}) }} }}")
    }

    /// The text without insertions: generated code stands on lines of its
    /// own, so that no message quotes it beside the person's.
    fn text_to_read(&self, root: &mut Stitched, out: &Generated) {
        let around = self.cell.tail.iter().flat_map(|tail| {
            [
                Edit {
                    at: tail.start,
                    replaces: 0,
                    insert: "\nmatch &(\n".to_owned(),
                },
                Edit {
                    at: tail.end,
                    replaces: 0,
                    insert: format!("\n) {{{}\n", self.show()),
                },
            ]
        });
        let around: Vec<Edit> = around.collect();
        let gone = self.not_statements(out);
        root.append(&source::without(&self.cell.text, &gone, &around));
    }

    fn stores(&self, takes: &[String], root: &mut Stitched, out: &mut Generated) {
        let new = self.cell.bindings.iter().map(|binding| &binding.name);
        let again = self.reassigned.iter();
        let kept = new.chain(again).filter(|name| !self.unkept.contains(*name));
        // Borrowers last: what they borrow must not be moved away before.
        let (borrowing, others): (Vec<_>, Vec<_>) =
            kept.partition(|name| self.borrowing.contains_key(*name));
        for name in others {
            root.insert("\n");
            out.store_lines.insert(line(root), name.clone());
            if let Some(form) = self.forms.get(name) {
                root.insert(&form.store(name));
                continue;
            }
            root.insert(&format!(
                "::ferrite_runtime::store(\"{name}\", {name}, \
                 |__shown| {LOOK});"
            ));
        }
        for name in borrowing {
            root.insert("\n");
            out.store_lines.insert(line(root), name.clone());
            let owners: Vec<String> = self.borrowing[name]
                .iter()
                .map(|owner| format!("\"{owner}\""))
                .collect();
            // Later cells read the owners while it lives: that must be allowed now.
            let read = self.borrowing[name].iter();
            let read = read.filter(|owner| takes.contains(owner));
            let read: String = read.map(|owner| format!("let _ = &{owner}; ")).collect();
            let owners = owners.join(", ");
            let store = match self.forms.get(name) {
                Some(form) => form.store_borrower(name, &owners),
                None => format!(
                    "::ferrite_runtime::store_borrower(&__guard, \"{name}\", &[{owners}], \
                     {name}, |__shown| {LOOK});"
                ),
            };
            root.insert(&format!("{read}{store}"));
        }
    }
}

/// What comes first in the root file of a cell without features.
///
/// Code that is optimised does not see the glue, whose functions are not.
pub fn root_file(prelude: bool, glue: bool) -> String {
    let crates = match (prelude, glue) {
        (true, true) => "extern crate ferrite_prelude as _; extern crate ferrite_glue as _; ",
        (true, false) => "extern crate ferrite_prelude as _; ",
        (false, _) => "extern crate ferrite_runtime; ",
    };
    format!("{}{crates}", crate::warnings::attributes())
}

/// The module in which crates are declared. It stands in the paths that rustc writes
/// then, and is taken out of them.
pub const DECLARED: &str = "__declared";

/// A cell that only defines items runs nothing.
const EMPTY_CELL: &str = "#[unsafe(no_mangle)] pub fn ferrite_cell() -> ::ferrite_runtime::cell::Frame { \
    ::ferrite_runtime::start(async move { ::ferrite_runtime::run(|| ::core::result::Result::Ok(())); \
    ::ferrite_runtime::finish().await }) }";

/// A type with every path beginning at a crate, whatever a notebook may have
/// that is called `std`.
pub(crate) fn anchored(type_text: &str) -> String {
    let mut out = String::with_capacity(type_text.len() + 8);
    let mut rest = type_text;
    while let Some(at) = rest.find(is_name) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let lifetime = out.ends_with('\'');
        if rest[end..].starts_with("::") && !out.ends_with("::") && !lifetime {
            out.push_str("::");
        }
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out + rest
}

/// The first names of all paths in a type: crates, mostly.
pub(crate) fn roots(type_text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in type_text.match_indices("::") {
        let before = &type_text[..at];
        let start = before.rfind(|c| !is_name(c)).map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
        let inside = before[..start].ends_with("::") || before[..start].ends_with('\'');
        if !inside && start < at {
            found.push(&before[start..]);
        }
    }
    found
}

fn is_name(c: char) -> bool {
    // `r#type` is one name.
    c.is_alphanumeric() || c == '_' || c == '#'
}

fn line(text: &Stitched) -> usize {
    text.text.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_with_a_root() {
        let of = |text| roots(text).join(" ");
        assert_eq!(of("std::vec::Vec<(i32, &'static a_b::C, P)>"), "std a_b");
        assert_eq!(of("<I as core::iter::Iterator>::Item"), "core");
        assert_eq!(of("Box<dyn for<'a> std::ops::Fn(&'a é::s) -> u8>"), "std é");
        assert_eq!(of("f64"), "");
    }

    #[test]
    fn types_begin_at_a_crate() {
        assert_eq!(
            anchored("std::vec::Vec<(i32, &'static std::string::String, P)>"),
            "::std::vec::Vec<(i32, &'static ::std::string::String, P)>"
        );
        assert_eq!(
            anchored("::std::boxed::Box<dyn for<'a> std::ops::Fn(&'a str) -> u8>"),
            "::std::boxed::Box<dyn for<'a> ::std::ops::Fn(&'a str) -> u8>"
        );
        assert_eq!(
            anchored("<I as core::iter::Iterator>::Item"),
            "<I as ::core::iter::Iterator>::Item"
        );
    }
}
