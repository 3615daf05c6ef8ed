//! From a parsed cell to a library that can be loaded: out of the cache, or
//! by one run of rustc, rarely two.
//!
//! A second run is needed when a guess was wrong: the cell needs the prelude
//! after all; a variable that it makes was moved within the cell or cannot
//! outlive it; a variable was moved and then assigned again. What was learned
//! is kept with the result, so it is learned once.

mod explain;
mod keys;
mod learn;
mod library;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::borrows;
use crate::cache::{Cache, Entry};
use crate::compile::{Compiled, Job, Running, library_name};
use crate::dependencies::Loaded;
use crate::edits::Edit;
use crate::error::EngineError;
use crate::functions::Functions;
use crate::generate::{Generated, ITEMS_CRATE, Input, Lending, Seen, Variable, Version};
use crate::imports::{self, Import};
use crate::items::{ItemDef, Items};
use crate::mir;
use crate::names;
use crate::parse::Cell;
use crate::reach::{self, Basis};
use crate::segments;
use crate::statics::Homes;
use crate::toolchain::Toolchain;
use crate::unkept;
use crate::unnameable::Form;
use crate::warm::Warm;
use crate::warnings;

pub use explain::syntax_error;
pub use library::{ItemsCrate, ItemsLibrary};

/// Everything that a build looks at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The compiler.
    pub toolchain: &'a Toolchain,
    /// Where compiled cells are kept.
    pub cache: &'a Cache,
    /// Compilers that are already warm.
    pub warm: &'a Warm,
    /// What stops the compiler.
    pub running: &'a Running,
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
    /// The items of earlier cells, compiled.
    pub items_library: Option<&'a ItemsLibrary>,
    /// The crates of `:dep`.
    pub crates: &'a Loaded,
    /// The `opt-level` that a person chose.
    pub optimise: Option<u8>,
    /// The format that a person chose for what is shown as text.
    pub format: Option<&'a str>,
    /// Whether it is compiled for a debugger.
    pub debug: bool,
    /// Whether the cell may be run in parts.
    pub may_cut: bool,
}

/// A cell that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// Its key in the cache.
    pub key: String,
    /// The library.
    pub library: PathBuf,
    /// What is known of it.
    pub entry: Entry,
    /// The key of what it was linked from, if that is kept.
    pub kin: Option<String>,
    /// The `opt-level` that it was compiled with.
    pub optimise: u8,
    /// Whether it was compiled for a debugger.
    pub debug: bool,
    /// Whether all items were compiled in one crate with it.
    pub joined: bool,
    /// Whether rustc had to run.
    pub compiled: bool,
}

/// Why a cell cannot be run.
#[derive(Debug)]
pub enum BuildError {
    /// It does not compile; rustc's messages, retold.
    Rejected(Rejection),
    /// The engine failed.
    Engine(EngineError),
}

impl From<EngineError> for BuildError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// rustc's verdict on a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rejection {
    /// The first error's number, if it has one.
    pub code: Option<String>,
    /// The first error's message.
    pub message: String,
    /// All errors, rendered in colour.
    pub rendered: Vec<String>,
    /// All errors as rustc wrote them.
    pub json: Vec<String>,
}

/// Crates that need no `--extern`, and words that paths begin with.
const BUILT_IN: &[&str] = &[
    "std",
    "core",
    "alloc",
    "crate",
    "self",
    "Self",
    "ferrite_runtime",
    ITEMS_CRATE,
];

#[derive(Clone, Default)]
struct Plan {
    prelude: bool,
    /// Whether all crates are declared, for the paths to their types.
    declare: bool,
    /// Variables that are not kept, with the reason.
    unkept: BTreeMap<String, String>,
    reassigned: BTreeSet<String>,
    /// Variables whose type has no name, with the forms to keep them in; the
    /// last is the one to be tried.
    forms: BTreeMap<String, Vec<Form>>,
    /// Closures that are made to own what they use.
    moves: Vec<Edit>,
    /// What they own thereby, and the variable that it is done for.
    owned: BTreeMap<String, String>,
    /// New variables that borrow from others, with those.
    borrowing: BTreeMap<String, BTreeSet<String>>,
    /// How the cell sees what others borrow from.
    lending: Lending,
    /// Where statics live that the cell shares with earlier ones.
    homes: Homes,
    /// Statics that the compiler itself reads.
    constants: BTreeSet<String>,
    /// Where the first new variable is made that borrows from another new one.
    cut: Option<usize>,
    /// Whether all items are compiled in one crate.
    joined: bool,
}

impl Plan {
    /// The libraries in which those statics are.
    fn libraries(&self) -> Vec<PathBuf> {
        let libraries: BTreeSet<&PathBuf> = self.homes.values().collect();
        libraries.into_iter().cloned().collect()
    }
}

impl Plan {
    /// Gives up on letting closures own what they borrow, because `lost`
    /// would be lost to the notebook.
    fn own_nothing(&mut self, lost: &str) {
        if let Some(name) = self.owned.get(lost) {
            self.unkept.insert(name.clone(), unkept::borrows(lost));
        }
        self.moves.clear();
        self.owned.clear();
    }
}

impl Context<'_> {
    /// Builds the cell.
    ///
    /// # Errors
    /// When it does not compile, or the compiler cannot run.
    pub fn build(&self) -> Result<Built, BuildError> {
        let mut plan = self.plan();
        let mut code = self.generate(&plan, Version::Run);
        let optimise = self.level();
        let key = self.key(&code, &plan, optimise);
        let kin = self.kin(&code, &plan, optimise);
        let mut kept = self.cache.get(&key);
        if kept.as_ref().is_some_and(|(entry, _)| entry.cut.is_some()) && !self.may_cut {
            self.cache.remove(&key);
            kept = None;
        }
        if let Some((entry, library)) =
            kept.or_else(|| self.link_again(kin.as_ref()?, &key, &code, &plan))
        {
            return Ok(Built {
                joined: entry.joined || self.joins(&plan),
                key,
                library,
                entry,
                kin,
                optimise,
                debug: self.debug,
                compiled: false,
            });
        }
        let work = self.cache.work_dir()?;
        let items = self.items_paths();
        let mut compiled = loop {
            let homes = plan.homes.clone();
            let job = Job {
                code: &code,
                prelude: plan.prelude,
                crates: self.crates,
                optimise,
                share: self.shares(&code, optimise),
                debug: self.debug,
                items: &items,
                homes: &homes,
                key: &key,
                dir: work.path(),
            };
            let mut compiled = self.toolchain.compile(&job, self.warm, self.running)?;
            compiled.facts.moved = learn::moved_variables(&compiled.facts.moved, &code.takes);
            let again = if compiled.library.is_none() {
                self.learn_from_errors(&compiled, &code, &mut plan)
            } else {
                self.learn_from_paths(&compiled, &mut plan)
                    || self.learn_from_moves(&compiled, &mut plan)
                    || self.learn_from_types(&compiled, &mut plan)
                    || self.learn_from_loans(&compiled, &mut plan)
            };
            if plan.cut.is_some() {
                return self.keep_cut(key, work, &plan);
            }
            if !again {
                if compiled.library.is_none() {
                    let job = Job {
                        prelude: plan.prelude,
                        ..job
                    };
                    return Err(BuildError::Rejected(self.explain(&job, &plan, &compiled)?));
                }
                if code.is_items && self.items.is_full() {
                    self.toolchain.prepare_next(&job, self.warm);
                }
                break compiled;
            }
            code = self.generate(&plan, Version::Run);
        };
        let library = library_name(&code, &key);
        for (name, type_text) in &mut compiled.facts.stored {
            // rustc erases the lifetimes that a form may have spelt out.
            let form = plan.forms.get(name).and_then(|forms| forms.last());
            if let Some(Form::Boxed(text) | Form::Pointer(text)) = form {
                type_text.clone_from(text);
            }
        }
        let mut entry = Entry::new(library, &compiled.facts, plan.prelude, code.offset);
        entry.joined = plan.joined;
        let joined = self.joins(&plan);
        if plan.lending == Lending::Reclaim {
            entry.reclaims = self.lent_here();
        }
        for (name, type_text) in &compiled.facts.stored {
            if !mir::nameable(type_text) {
                let why = unkept::without_name(name, type_text, &compiled.facts);
                plan.unkept.insert(name.clone(), why);
            }
        }
        for (name, why) in &mut plan.unkept {
            if why == unkept::UNNAMEABLE {
                *why = unkept::without_name(name, "", &compiled.facts);
            }
        }
        entry.unkept = plan.unkept.into_iter().collect();
        entry.borrowing = plan.borrowing;
        entry.statics = code.statics;
        entry.statics.constants = plan.constants;
        entry.warnings = warnings::of_cell(&compiled.diagnostics, &code.origins, self.number);
        if let Some(kin) = kin.as_ref().filter(|_| code.uses_items) {
            self.keep_object(kin, work.path(), &entry);
        }
        let library = self.cache.put(&key, work, entry.clone())?;
        Ok(Built {
            key,
            library,
            entry,
            kin,
            optimise,
            debug: self.debug,
            joined,
            compiled: true,
        })
    }

    /// A cell that is to be run in parts: nothing but where to cut.
    fn keep_cut(
        &self,
        key: String,
        work: tempfile::TempDir,
        plan: &Plan,
    ) -> Result<Built, BuildError> {
        let entry = Entry::cut(plan.cut);
        let path = work.path().join(&entry.library);
        std::fs::write(path, "").map_err(|source| EngineError::Files {
            what: "noting how the cell is run",
            source,
        })?;
        let library = self.cache.put(&key, work, entry.clone())?;
        Ok(Built {
            key,
            library,
            entry,
            kin: None,
            optimise: self.level(),
            debug: self.debug,
            joined: false,
            compiled: true,
        })
    }

    fn plan(&self) -> Plan {
        let lent = self.lent_here();
        let certain = lent.is_disjoint(&self.cell.doubtful);
        Plan {
            lending: match certain {
                true => Lending::Refer,
                false => Lending::Probe,
            },
            prelude: self.needs_prelude(),
            reassigned: self.surely_reassigned(),
            homes: self.homes(),
            ..Plan::default()
        }
    }

    /// Where statics live that the cell shares with earlier ones.
    fn homes(&self) -> Homes {
        match self.items_library {
            None => Homes::default(),
            Some(library) if !self.defines_items() => library.homes.clone(),
            Some(library) => library.offers(),
        }
    }

    /// Cells that do something many times are worth optimising. The items of
    /// all cells are compiled together; a generic function with its caller.
    fn level(&self) -> u8 {
        let items = if self.cell.items.is_empty() {
            self.items.hot_among(&self.cell.words)
        } else {
            self.items.hot()
        };
        let hot = self.cell.hot || items;
        let automatic = if hot && !self.debug { 3 } else { 0 };
        self.optimise.unwrap_or(automatic)
    }

    /// Whether the cell takes generic code that its crates have compiled already.
    /// If it is optimised, it must not come to know of any that is not: that of the
    /// glue it does not see, but items that were not optimised would bring theirs. And
    /// where there is a loop, everything in it is to be compiled with it: a vector that
    /// is iterated by a function of another crate was summed three times slower.
    fn shares(&self, code: &Generated, optimise: u8) -> bool {
        if optimise == 0 {
            return true;
        }
        let loops = |words: &BTreeSet<String>| {
            let mut of_loops = ["for", "while", "loop"].iter();
            of_loops.any(|word| words.contains(*word))
        };
        let items = self.items_library.filter(|_| code.uses_items);
        let items_loop = (code.uses_items || code.is_items) && loops(&self.items.words());
        let optimised = |library: &ItemsLibrary| library.crates.iter().all(|it| it.optimise > 0);
        !loops(&self.cell.words) && !items_loop && items.is_none_or(optimised)
    }

    /// The type that the cell asks for by [`mir::ASKS_TYPE`]; nothing is run
    /// and nothing kept.
    ///
    /// # Errors
    /// As for [`Context::build`].
    pub fn type_asked_for(&self) -> Result<Option<String>, BuildError> {
        let mut plan = self.plan();
        plan.declare = true;
        let work = self.cache.work_dir()?;
        let items = self.items_paths();
        loop {
            let code = self.generate(&plan, Version::Run);
            let job = Job {
                code: &code,
                prelude: plan.prelude,
                crates: self.crates,
                optimise: 0,
                share: true,
                debug: false,
                items: &items,
                homes: &Homes::new(),
                key: "type",
                dir: work.path(),
            };
            let (mir, diagnostics) = self.toolchain.mir(&job, self.running)?;
            if let Some(mir) = mir {
                return Ok(mir::type_asked_for(&segments::plain(&mir)));
            }
            if plan.prelude {
                let compiled = Compiled {
                    library: None,
                    diagnostics,
                    facts: mir::Facts::default(),
                };
                return Err(BuildError::Rejected(self.explain(&job, &plan, &compiled)?));
            }
            plan.prelude = true;
        }
    }

    fn generate(&self, plan: &Plan, version: Version) -> Generated {
        let unkept = plan.unkept.keys().cloned().collect();
        let forms = plan.forms.iter();
        let forms = forms.filter_map(|(name, forms)| Some((name.clone(), forms.last()?.clone())));
        let forms = forms.collect();
        let items = match self.joins(plan) {
            true => Cow::Owned(self.items.joined()),
            false => Cow::Borrowed(self.items),
        };
        let functions = match self.debug || !self.defines_items() {
            true => Functions::new(),
            false => reach::functions(&items, &self.basis(plan.prelude), self.level()),
        };
        let seen = match version {
            // Its own crate is all that a person thinks of.
            Version::Read if self.defines_items() => 0,
            _ if self.defines_items() => items.segment(),
            _ => usize::MAX,
        };
        let crates = self.items_library.into_iter().flat_map(|it| &it.crates);
        let crates = crates.take(seen).map(|it| Seen {
            statics: &it.statics,
            functions: &it.functions,
        });
        let crates: Vec<Seen<'_>> = crates.collect();
        let input = Input {
            cell: self.cell,
            number: self.number,
            variables: self.variables,
            imports: self.imports,
            items: &items,
            homes: &plan.homes,
            functions: &functions,
            crates: &crates,
            prelude: plan.prelude,
            debug: self.debug,
            glue: self.level() == 0,
            declared: if plan.declare && plan.prelude {
                &self.toolchain.externs
            } else {
                &[]
            },
            tie: self.crates.tie.as_deref(),
            format: self.format,
            unkept: &unkept,
            reassigned: &plan.reassigned,
            forms: &forms,
            borrowing: &plan.borrowing,
            lending: plan.lending,
            moves: &plan.moves,
        };
        input.generate(version)
    }

    fn defines_items(&self) -> bool {
        !self.cell.items.is_empty()
    }

    /// Where the crates of items are that earlier cells have defined.
    fn items_paths(&self) -> Vec<&Path> {
        let library = self.items_library.into_iter();
        library.flat_map(ItemsLibrary::paths).collect()
    }

    /// What the items of the cell are compiled from, besides themselves.
    fn basis(&self, prelude: bool) -> Basis {
        let how = (self.level(), prelude);
        let imports = self.imports_after().cloned().collect();
        Basis::new(imports, how, &self.crates.id, &self.cell.features)
    }

    /// Whether all items are compiled in one crate, because a crate of its own for those
    /// of the cell does not work, or would not mean the same.
    fn joins(&self, plan: &Plan) -> bool {
        let segment = self.items.segment();
        if !self.defines_items() || segment == 0 {
            return false;
        }
        let crates = self
            .items_library
            .map_or(&[][..], |library| &library.crates);
        let below: Vec<&ItemDef> = self.items.below(segment).collect();
        let basis = self.basis(plan.prelude);
        let mut older = crates.iter().take(segment);
        let fit = older.all(|it| segments::fits(&it.basis, &basis, &below));
        plan.joined || crates.len() < segment || !fit
    }

    fn needs_prelude(&self) -> bool {
        let mut own: BTreeSet<String> = self.variables.keys().cloned().collect();
        own.extend(
            self.cell
                .bindings
                .iter()
                .map(|binding| binding.name.clone()),
        );
        own.extend(self.cell.bound.iter().cloned());
        own.extend(self.items.own_names());
        let mut words = self.cell.words.clone();
        let defines_items = !self.cell.items.is_empty();
        if defines_items {
            words.extend(self.items.words());
        }
        let items_use_prelude = self.items_library.is_some_and(ItemsLibrary::prelude);
        let links_items = !defines_items && self.items.used_by(&self.cell.words);
        let types = self
            .variables
            .iter()
            .filter(|(name, _)| self.cell.used.contains(*name))
            .all(|(_, variable)| {
                names::type_without_prelude(&variable.type_text, items_use_prelude)
            });
        let imports = self.cell.imports.iter().all(|import| {
            matches!(
                import.root.as_str(),
                "std" | "core" | "alloc" | "crate" | "self"
            )
        });
        let names_a_crate = self
            .crates
            .externs
            .iter()
            .any(|(name, _)| words.contains(name));
        !(types
            && imports
            && !names_a_crate
            && !(links_items && items_use_prelude)
            && names::known_without_prelude(words.iter(), &own))
    }

    fn surely_reassigned(&self) -> BTreeSet<String> {
        let assigned = self.cell.assigned.iter();
        assigned
            .filter(|(name, consumes)| {
                *consumes
                    && self.variables.get(name).is_some_and(|variable| {
                        variable.mutable && variable.type_text.contains("::")
                    })
                    && self
                        .cell
                        .bindings
                        .iter()
                        .all(|binding| binding.name != *name)
            })
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The imports of the notebook with those of the cell.
    fn imports_after(&self) -> impl Iterator<Item = &Import> {
        imports::joined(self.imports, &self.cell.imports)
    }

    /// The variables used here that others borrow from.
    fn lent_here(&self) -> BTreeSet<String> {
        let lent = borrows::lent(self.variables).into_iter();
        lent.filter(|name| self.cell.used.contains(*name))
            .map(str::to_owned)
            .collect()
    }
}
