//! What a notebook has defined so far: all that the next cell is compiled
//! against, and what running a cell makes of it.
//!
//! Nothing here runs or prints anything. That a cell leaves the same behind
//! whether it has run or is only thought to have run is what allows the next one
//! to be compiled meanwhile (`ahead`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::borrows;
use crate::build::{Built, Context, ItemsCrate, ItemsLibrary};
use crate::cache::Cache;
use crate::compile::Running;
use crate::dependencies::Loaded;
use crate::functions::Functions;
use crate::generate::Variable;
use crate::imports::{self, Import};
use crate::items::Items;
use crate::parse::{Cell, ParseError};
use crate::reach::{self, Basis};
use crate::render::label;
use crate::toolchain::Toolchain;
use crate::warm::Warm;

/// Variables, items and imports.
#[derive(Debug, Clone, Default)]
pub struct Notebook {
    /// The variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// Why a variable that once existed is gone.
    pub gone: BTreeMap<String, String>,
    /// What `use` brought into scope.
    pub imports: Vec<Import>,
    /// `#![feature(…)]` of earlier cells.
    pub features: Vec<String>,
    /// Functions, types and so on.
    pub items: Items,
    /// The same, compiled.
    pub library: Option<ItemsLibrary>,
    /// The crates of `:dep`.
    pub loaded: Loaded,
    /// The `opt-level` that a person chose.
    pub optimise: Option<u8>,
    /// Whether cells are compiled for a debugger.
    pub debug: bool,
    /// The format that a person chose for what is shown as text.
    pub format: Option<String>,
}

/// What compiles cells.
#[derive(Debug, Clone)]
pub struct Compilers {
    /// The compiler.
    pub toolchain: Toolchain,
    /// Where compiled cells are kept.
    pub cache: Cache,
    /// Compilers that are already warm.
    pub warm: Warm,
}

/// A cell and what it finds.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The cell, taken apart.
    pub cell: Cell,
    /// Its execution count.
    pub number: u32,
    /// The items, its own included.
    pub items: Items,
    /// The variables that it can see.
    pub variables: BTreeMap<String, Variable>,
    /// The variables that it makes impossible, each with what to say of it.
    retired: BTreeMap<String, String>,
    /// Whether it had items, and they are there already.
    again: bool,
}

/// Variables that are gone, and what a person should know.
#[derive(Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Dropped {
    /// Their names.
    pub names: Vec<String>,
    /// Lines to tell.
    pub notes: Vec<String>,
}

impl Notebook {
    /// Takes a cell apart, as this notebook reads it.
    ///
    /// # Errors
    /// When it is not Rust.
    pub fn parse(&self, code: &str) -> Result<Cell, ParseError> {
        Cell::parse_among(code, self.items.item_macros())
    }

    /// The variable that is all a cell consists of: it is shown as it was
    /// stored, without a compiler.
    pub fn only_shows<'a>(&self, cell: &'a Cell) -> Option<&'a str> {
        let name = cell.bare_variable.as_deref()?;
        (self.variables.contains_key(name) && self.format.is_none()).then_some(name)
    }

    /// Makes a cell ready to be compiled.
    pub fn prepare(&self, number: u32, mut cell: Cell) -> Prepared {
        cell.features.extend(self.features.iter().cloned());
        cell.features.sort();
        cell.features.dedup();
        let again = self.is_defined(&cell);
        let items = if again {
            self.items.again(number, &cell.text)
        } else if cell.items.is_empty() {
            self.items.clone()
        } else if self.debug || self.lacks_items() {
            self.items.with(number, &cell).joined()
        } else {
            self.items.with(number, &cell)
        };
        let mut retired = self.of_changed_types(&items, &cell.imports);
        for item in &cell.items {
            // A variable would hide the function of the same name.
            if let Some(name) = item.key.strip_prefix("value ")
                && self.variables.contains_key(name)
            {
                let why = "was dropped because an item of the same name was defined";
                retired.insert(name.to_owned(), why.to_owned());
            }
        }
        if again {
            // What is left are its statements.
            let items = std::mem::take(&mut cell.items);
            cell.hidden.extend(items.into_iter().map(|item| item.range));
        }
        let mut variables = self.variables.clone();
        variables.retain(|name, _| !retired.contains_key(name));
        Prepared {
            cell,
            number,
            items,
            variables,
            retired,
            again,
        }
    }

    /// Whether the items of a cell are those that the notebook has already, because the
    /// cell was run before: compiled from the same, nothing replaced.
    fn is_defined(&self, cell: &Cell) -> bool {
        let Some(library) = &self.library else {
            return false;
        };
        let imports: Vec<&Import> = imports::joined(&self.imports, &cell.imports).collect();
        let same = |it: &ItemsCrate| {
            let basis = Basis::new(
                self.imports.clone(),
                (it.optimise, it.prelude),
                &self.loaded.id,
                &cell.features,
            );
            let before = &it.basis.imports;
            basis.stamp == it.basis.stamp
                && imports.len() == before.len()
                && imports.iter().all(|import| before.contains(import))
                && self.optimise.is_none_or(|level| level == it.optimise)
        };
        !cell.items.is_empty()
            && !self.debug
            && self.items.has(&cell.text, &cell.items)
            && library.newest().is_some_and(same)
            && !self.lacks_items()
    }

    /// What a cell is built from; `may_cut` says whether it may be run in parts.
    pub fn context<'a>(
        &'a self,
        compilers: &'a Compilers,
        running: &'a Running,
        prepared: &'a Prepared,
        may_cut: bool,
    ) -> Context<'a> {
        Context {
            toolchain: &compilers.toolchain,
            cache: &compilers.cache,
            warm: &compilers.warm,
            running,
            cell: &prepared.cell,
            number: prepared.number,
            variables: &prepared.variables,
            imports: &self.imports,
            items: &prepared.items,
            items_library: self.library.as_ref(),
            crates: &self.loaded,
            optimise: self.optimise,
            format: self.format.as_deref(),
            debug: self.debug,
            may_cut,
        }
    }

    /// What happens before a cell runs: variables that it makes impossible go,
    /// and those that borrow from something that it moves or changes.
    pub fn before(&mut self, prepared: &mut Prepared, built: &Built) -> Dropped {
        let mut dropped = self.retire(std::mem::take(&mut prepared.retired));
        let mut changed = built.entry.reclaims.clone();
        changed.extend(built.entry.moved.iter().cloned());
        dropped.extend(self.end_borrows(prepared.number, &changed));
        dropped
    }

    /// What a cell leaves behind, however it ended: its code was good. Gives
    /// the names of statics of earlier cells that start afresh.
    pub fn ran(&mut self, prepared: &Prepared, built: &Built) -> Vec<String> {
        let Prepared { cell, number, .. } = prepared;
        let imports = imports::joined(&self.imports, &cell.imports);
        self.imports = imports.cloned().collect();
        let afresh = if prepared.again {
            self.items.clone_from(&prepared.items);
            Vec::new()
        } else if cell.items.is_empty() {
            Vec::new()
        } else {
            let basis = self.basis(cell, built);
            let items = match built.joined {
                true => prepared.items.joined(),
                false => prepared.items.clone(),
            };
            self.take_items(*number, items, built, basis)
        };
        self.features.clone_from(&cell.features);
        for name in &built.entry.moved {
            if self.variables.remove(name).is_some() {
                let why = format!("was moved by {}", label(*number));
                self.gone.insert(name.clone(), why);
            }
        }
        afresh
    }

    /// Takes in the variables of a cell that ran to its end.
    pub fn keep(&mut self, prepared: &Prepared, built: &Built) -> Dropped {
        let Prepared { cell, number, .. } = prepared;
        let entry = &built.entry;
        for (name, type_text) in &entry.stored {
            let binding = cell.bindings.iter().find(|binding| binding.name == *name);
            let borrows = entry.borrowing.get(name).cloned();
            let variable = Variable {
                type_text: type_text.clone(),
                mutable: binding.is_none_or(|binding| binding.mutable),
                cell: *number,
                borrows: borrows.unwrap_or_default(),
            };
            self.gone.remove(name);
            self.variables.insert(name.clone(), variable);
        }
        for (name, _) in &entry.unkept {
            self.variables.remove(name);
        }
        // A variable that was made anew took its borrowers with it.
        let stored = entry.stored.iter().map(|(name, _)| name.clone());
        let unkept = entry.unkept.iter().map(|(name, _)| name.clone());
        let mut dropped = self.end_borrows(*number, &stored.chain(unkept).collect());
        for (name, why) in &entry.unkept {
            let why = format!("was not kept after {}: {why}", label(*number));
            self.gone.insert(name.clone(), why);
            dropped.names.push(name.clone());
        }
        dropped
    }

    /// Drops variables and says why.
    pub fn retire(&mut self, mut retired: BTreeMap<String, String>) -> Dropped {
        if retired.is_empty() {
            return Dropped::default();
        }
        let names: BTreeSet<String> = retired.keys().cloned().collect();
        for name in borrows::borrowers(&self.variables, &names) {
            let why = "was dropped with what it borrowed from".to_owned();
            retired.entry(name).or_insert(why);
        }
        let mut dropped = Dropped::default();
        for (name, why) in retired {
            dropped.notes.push(format!("variable `{name}` {why}"));
            dropped.names.push(name.clone());
            self.variables.remove(&name);
            self.gone.insert(name, why);
        }
        dropped
    }

    /// Drops what borrows from variables that a cell changes.
    fn end_borrows(&mut self, number: u32, changed: &BTreeSet<String>) -> Dropped {
        let mut ended = BTreeMap::new();
        for name in borrows::borrowers(&self.variables, changed) {
            let mut owners = self.variables[&name].borrows.intersection(changed);
            let owner = owners.next().map_or("", String::as_str);
            let why = format!(
                "was dropped by {}, which changes or moves `{owner}`: it borrowed from that",
                label(number)
            );
            ended.insert(name, why);
        }
        self.retire(ended)
    }

    /// What a version of the items was compiled from, besides themselves.
    fn basis(&self, cell: &Cell, built: &Built) -> Basis {
        let how = (built.optimise, built.entry.prelude);
        Basis::new(self.imports.clone(), how, &self.loaded.id, &cell.features)
    }

    /// Takes a new version of the items into the notebook.
    fn take_items(
        &mut self,
        number: u32,
        items: Items,
        built: &Built,
        basis: Basis,
    ) -> Vec<String> {
        let statics = &built.entry.statics;
        let before = self.library.take().unwrap_or_default();
        let shapes = items.shapes(&self.imports);
        let of_earlier_cells = items.statics().filter(|(cell, _)| *cell != number);
        let was_known = |symbol: &String| {
            statics.here.contains(symbol)
                && !statics.constants.contains(symbol)
                && before.knows(symbol)
        };
        let afresh = of_earlier_cells.filter(|(_, found)| was_known(&found.symbol(&shapes)));
        let afresh = afresh.flat_map(|(_, found)| found.names().map(str::to_owned));
        let afresh = afresh.collect();
        let functions = match built.debug {
            true => Functions::new(),
            false => reach::functions(&items, &basis, built.optimise),
        };
        let below = before.crates.iter().take(items.segment()).cloned();
        let newest = ItemsCrate {
            path: built.library.clone(),
            prelude: built.entry.prelude,
            optimise: built.optimise,
            debug: built.debug,
            statics: statics.clone(),
            functions,
            basis,
        };
        let crates = below.chain([Arc::new(newest)]).collect();
        self.library = Some(ItemsLibrary::new(crates, before.offers(), &before));
        self.items = items;
        afresh
    }

    /// The libraries that a cell may link to, besides the prelude.
    pub fn needs(&self, prelude: bool) -> Vec<PathBuf> {
        let with_prelude = self.library.as_ref().is_some_and(ItemsLibrary::prelude);
        let mut needs = Vec::new();
        if prelude || with_prelude {
            needs.extend(self.loaded.libraries.iter().cloned());
        }
        if let Some(items) = &self.library {
            needs.extend_from_slice(items.needed());
            needs.extend(items.newest().map(|newest| newest.path.clone()));
        }
        needs
    }

    /// Whether the items have to be compiled again before cells use them: their
    /// library has vanished, with the compile cache for example, or a debugger
    /// would not find its way in it.
    pub fn lacks_items(&self) -> bool {
        self.library.as_ref().is_some_and(|library| {
            let needed = library.needed().iter().map(PathBuf::as_path);
            let mut libraries = needed.chain(library.paths());
            (self.debug && library.crates.iter().any(|it| !it.debug))
                || libraries.any(|library| !library.exists())
        })
    }

    /// The variables whose type would change with these items, each with what
    /// to say of it.
    fn of_changed_types(&self, items: &Items, imports: &[Import]) -> BTreeMap<String, String> {
        let before = self.items.shapes(&self.imports).of_types();
        let after = imports::joined(&self.imports, imports);
        let after = items.shapes(after).of_types();
        let changed: BTreeSet<&str> = before
            .iter()
            .filter(|(name, identity)| after.get(*name) != Some(identity))
            .map(|(name, _)| name.as_str())
            .collect();
        self.of_types_named(&changed, |word| {
            format!("was dropped because the type `{word}` was changed")
        })
    }

    /// The variables in whose type one of the names stands, each with what to
    /// say of it.
    pub fn of_types_named(
        &self,
        names: &BTreeSet<&str>,
        why: impl Fn(&str) -> String,
    ) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for (name, variable) in &self.variables {
            let mut words = variable
                .type_text
                .split(|c: char| !(c.is_alphanumeric() || c == '_'));
            if let Some(word) = words.find(|word| names.contains(word)) {
                found.insert(name.clone(), why(word));
            }
        }
        found
    }

    /// The variable that may have been meant: at most a third of the letters
    /// differ, as rustc has it.
    pub fn similar(&self, name: &str) -> Option<(&str, &Variable)> {
        let most = name.chars().count().max(3) / 3;
        self.variables
            .iter()
            .map(|(other, variable)| (strsim::damerau_levenshtein(name, other), other, variable))
            .filter(|(distance, ..)| *distance <= most)
            .min_by_key(|(distance, ..)| *distance)
            .map(|(_, other, variable)| (other.as_str(), variable))
    }
}

impl Dropped {
    /// The same, without a word of variables that are about to be made again.
    pub fn but_for(mut self, remade: &BTreeSet<String>) -> Self {
        let told = |name: &String| format!("variable `{name}` ");
        let remade: Vec<String> = remade.iter().map(told).collect();
        self.notes
            .retain(|note| !remade.iter().any(|start| note.starts_with(start)));
        self
    }

    fn extend(&mut self, more: Self) {
        self.names.extend(more.names);
        self.notes.extend(more.notes);
    }
}
