//! From a parsed cell to a library that can be loaded: out of the cache, or
//! by one run of rustc, rarely two.
//!
//! A second run is needed when a guess was wrong: the cell needs the prelude
//! after all; a variable that it makes was moved within the cell or cannot
//! outlive it; a variable was moved and then assigned again. What was learned
//! is kept with the result, so it is learned once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::borrows;
use crate::cache::{Cache, Entry};
use crate::compile::{Compiled, Job, OBJECT, Running, library_name};
use crate::dependencies::Loaded;
use crate::diagnostics::Diagnostic;
use crate::edits::{Borrowing, Edit};
use crate::error::EngineError;
use crate::functions::{Functions, is_function};
use crate::generate::{
    Generated, ITEMS_CRATE, Input, Lending, MAIN_FILE, Statics, Variable, Version, roots,
};
use crate::imports::{self, Import};
use crate::items::{self, Items};
use crate::mir;
use crate::names;
use crate::origins::{Origin, Origins};
use crate::parse::Cell;
use crate::reach::{self, Basis};
use crate::render;
use crate::source::Stitched;
use crate::statics::Homes;
use crate::suggestions;
use crate::symbols;
use crate::toolchain::Toolchain;
use crate::unkept;
use crate::unnameable::{self, Form};
use crate::warm::Warm;
use crate::warnings;

/// The library that holds the notebook's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsLibrary {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was compiled with the prelude.
    pub prelude: bool,
    /// The `opt-level` that it was compiled with.
    pub optimise: u8,
    /// Whether a debugger finds its way in it.
    pub debug: bool,
    /// Its statics that live in earlier versions of it.
    pub homes: Homes,
    /// Its own statics.
    pub statics: Statics,
    /// The functions of the notebook that are compiled once.
    pub functions: Functions,
    /// Earlier versions, the oldest first.
    pub links: Vec<Link>,
    /// What else it was compiled from.
    pub basis: Basis,
}

/// A version of the items to which later ones may link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it is.
    pub path: PathBuf,
    /// What it links to itself.
    homes: BTreeSet<PathBuf>,
}

impl ItemsLibrary {
    /// The libraries that it links to, directly or not, each before those that link to it.
    pub fn homes_in_order(&self) -> impl Iterator<Item = &PathBuf> {
        let mut wanted: BTreeSet<&PathBuf> = self.homes.values().collect();
        let mut found = Vec::new();
        for link in self.links.iter().rev() {
            if wanted.contains(&link.path) {
                wanted.extend(&link.homes);
                found.push(&link.path);
            }
        }
        found.into_iter().rev()
    }

    /// Those libraries and this one, for the next version.
    pub fn links(&self) -> Vec<Link> {
        let wanted: BTreeSet<&PathBuf> = self.homes_in_order().collect();
        let links = self.links.iter();
        let mut links: Vec<Link> = links
            .filter(|link| wanted.contains(&link.path))
            .cloned()
            .collect();
        links.push(Link {
            path: self.path.clone(),
            homes: self.homes.values().cloned().collect(),
        });
        links
    }

    /// Whether it has this static, and not as a constant.
    pub fn knows(&self, symbol: &str) -> bool {
        let own = self.statics.here.contains(symbol) && !self.statics.constants.contains(symbol);
        own || self.homes.contains_key(symbol)
    }

    /// All statics that the next version can go on with. One whose library is
    /// gone from the disk cannot be linked to.
    pub fn offers(&self) -> Homes {
        let own = self.statics.here.difference(&self.statics.constants);
        let own = own.map(|symbol| (symbol.clone(), self.path.clone()));
        let mut offers = self.homes.clone();
        offers.extend(own);
        offers.retain(|_, library| library.exists());
        offers
    }
}

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

/// Errors by which rustc says that a value cannot be handed to `store`: it
/// was moved, it is borrowed, or it does not live long enough.
const CANNOT_BE_KEPT: &[&str] = &[
    "E0382", "E0505", "E0597", "E0716", "E0521", "E0373", "E0310", "E0515", "E0499", "E0502",
    "E0506", "E0277", "E0381", "E0384", "E0713",
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
        let mut compiled = loop {
            let homes = plan.homes.clone();
            let job = Job {
                code: &code,
                prelude: plan.prelude,
                crates: self.crates,
                optimise,
                share: self.shares(&code, optimise),
                debug: self.debug,
                items: self.items_library.map(|library| library.path.as_path()),
                homes: &homes,
                key: &key,
                dir: work.path(),
            };
            let mut compiled = self.toolchain.compile(&job, self.warm, self.running)?;
            compiled.facts.moved = moved_variables(&compiled.facts.moved, &code.takes);
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
            compiled: true,
        })
    }

    fn plan(&self) -> Plan {
        Plan {
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
            Some(library) if self.cell.items.is_empty() => library.homes.clone(),
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
        !loops(&self.cell.words) && !items_loop && items.is_none_or(|items| items.optimise > 0)
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
        loop {
            let code = self.generate(&plan, Version::Run);
            let job = Job {
                code: &code,
                prelude: plan.prelude,
                crates: self.crates,
                optimise: 0,
                share: true,
                debug: false,
                items: self.items_library.map(|library| library.path.as_path()),
                homes: &Homes::new(),
                key: "type",
                dir: work.path(),
            };
            let (mir, diagnostics) = self.toolchain.mir(&job, self.running)?;
            if let Some(mir) = mir {
                return Ok(mir::type_asked_for(&mir));
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
        let functions = self.functions(plan.prelude);
        let input = Input {
            cell: self.cell,
            number: self.number,
            variables: self.variables,
            imports: self.imports,
            items: self.items,
            homes: &plan.homes,
            functions: &functions,
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

    /// The functions of the notebook that are compiled once: of the version of the items
    /// that the cell sees, or will be.
    fn functions(&self, prelude: bool) -> Functions {
        if self.debug {
            return Functions::new();
        }
        if self.cell.items.is_empty() {
            let library = self.items_library.map(|library| library.functions.clone());
            return library.unwrap_or_default();
        }
        let how = (self.level(), prelude);
        let imports = self.imports_after().cloned().collect();
        let basis = Basis::new(imports, how, &self.crates.id, &self.cell.features);
        reach::functions(self.items, &basis, how.0)
    }

    /// The key of the cell's object file, which is the same for all versions of
    /// the items in which what the cell may come to is the same. Only for cells
    /// that use items and have none.
    fn kin(&self, code: &Generated, plan: &Plan, optimise: u8) -> Option<String> {
        // The name of its file is in what a debugger reads.
        let uses_items = code.uses_items && !self.debug;
        let library = self.items_library.filter(|_| uses_items)?;
        self.toolchain.linker.as_ref()?;
        let types = code
            .takes
            .iter()
            .map(|name| &self.variables[name].type_text);
        let imports = self.imports_after().map(|import| &import.path);
        let words = types
            .chain(imports)
            .flat_map(|text| reach::identifiers(text));
        // What generated code calls without saying whose it is.
        let called = ["evcxr_display", "shown", "pick", "told", "end"];
        let said = self
            .cell
            .mentions
            .with(words.chain(called.map(str::to_owned)));
        let items = reach::reached(self.items, &library.basis, &library.statics, &said);
        Some(self.hash(code, plan, optimise, &[b"object", items.as_bytes()]))
    }

    /// Makes a library of an object file that was compiled with another version
    /// of the items. Nothing if anything speaks against it: the cell is compiled.
    fn link_again(
        &self,
        kin: &str,
        key: &str,
        code: &Generated,
        plan: &Plan,
    ) -> Option<(Entry, PathBuf)> {
        let (mut entry, object) = self.cache.get(kin)?;
        let items = self.items_library?.path.as_path();
        let exported = symbols::exported(&std::fs::read(items).ok()?)?;
        // An older version, in which statics live, must not stand in for it. (What has
        // a home has a name that no other version gives to anything else.)
        let there = |name: &String| exported.contains(name) || plan.homes.contains_key(name);
        if !std::mem::take(&mut entry.needs).iter().all(there) {
            return None;
        }
        let work = self.cache.work_dir().ok()?;
        std::fs::copy(object, work.path().join(OBJECT)).ok()?;
        let job = Job {
            code,
            prelude: entry.prelude,
            crates: self.crates,
            optimise: 0,
            share: true,
            debug: false,
            items: Some(items),
            homes: &plan.homes,
            key,
            dir: work.path(),
        };
        entry.library = self.toolchain.link_again(&job).ok()?;
        let library = self.cache.put(key, work, entry.clone()).ok()?;
        Some((entry, library))
    }

    /// Keeps the object file of a cell for other versions of the items. That it
    /// cannot be kept costs time later, nothing else.
    fn keep_object(&self, kin: &str, compiled: &Path, entry: &Entry) {
        let kept = || {
            let object = std::fs::read(compiled.join(OBJECT)).ok()?;
            let items = std::fs::read(&self.items_library?.path).ok()?;
            let exported = symbols::exported(&items)?;
            let mut needs = symbols::needed(&object)?;
            needs.retain(|name| exported.contains(name));
            let work = self.cache.work_dir().ok()?;
            std::fs::write(work.path().join(OBJECT), object).ok()?;
            let library = OBJECT.to_owned();
            let entry = Entry {
                library,
                needs,
                ..entry.clone()
            };
            self.cache.put(kin, work, entry).ok()
        };
        if kept().is_none() {
            tracing::debug!(kin, "the object file was not kept");
        }
    }

    fn key(&self, code: &Generated, plan: &Plan, optimise: u8) -> String {
        let mut parts: Vec<&[u8]> = Vec::new();
        if code.uses_items {
            // Its file name holds its own key.
            let items = self
                .items_library
                .and_then(|library| library.path.file_name());
            parts.extend(items.map(|name| name.as_encoded_bytes()));
        }
        // Their names hold their keys as well.
        let homes = plan.libraries();
        if code.uses_items || !code.statics.elsewhere.is_empty() {
            let names = homes.iter().filter_map(|library| library.file_name());
            parts.extend(names.map(|name| name.as_encoded_bytes()));
        }
        self.hash(code, plan, optimise, &parts)
    }

    /// A hash of everything that goes into a cell but the items.
    fn hash(&self, code: &Generated, plan: &Plan, optimise: u8, items: &[&[u8]]) -> String {
        let engine = env!("FERRITE_ENGINE_MARK").as_bytes();
        let mut parts: Vec<&[u8]> = vec![engine, self.toolchain.id.as_bytes()];
        // Code that is only looked at reads the same, lent or not.
        let lent: Vec<String> = self.lent_here().into_iter().collect();
        let lent = lent.join(" ");
        parts.push(lent.as_bytes());
        for (name, text) in &code.files {
            parts.push(name.as_bytes());
            parts.push(text.as_bytes());
        }
        parts.extend(items);
        if plan.prelude && !self.crates.id.is_empty() {
            parts.push(self.crates.id.as_bytes());
        }
        let flags = [u8::from(plan.prelude), optimise, u8::from(self.debug)];
        parts.push(&flags);
        items::hash(&parts)
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
        let items_use_prelude = self.items_library.is_some_and(|library| library.prelude);
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

    /// Whether a failed compile is worth another, with a better plan.
    fn learn_from_errors(&self, compiled: &Compiled, code: &Generated, plan: &mut Plan) -> bool {
        let about_keeping = |error| store_at_fault(error, code, plan, self.cell).is_some();
        if !plan.prelude && !compiled.errors().all(about_keeping) {
            plan.prelude = true;
            return true;
        }
        if plan.lending != Lending::Reclaim
            && !compiled.errors().all(about_keeping)
            && !self.lent_here().is_empty()
        {
            plan.lending = Lending::Reclaim;
            return true;
        }
        if code.is_items && plan.homes.keys().any(|symbol| is_function(symbol)) {
            // Perhaps one of them cannot be declared.
            plan.homes.retain(|symbol, _| !is_function(symbol));
            return true;
        }
        if code.is_items && !code.statics.elsewhere.is_empty() {
            let read = self.read_by_compiler(compiled, &code.statics.elsewhere);
            if read.is_empty() {
                plan.homes.clear();
            }
            plan.homes.retain(|symbol, _| !read.contains(symbol));
            plan.constants.extend(read);
            return true;
        }
        let mut learned = false;
        let sound = self.may_cut && compiled.errors().all(about_keeping);
        let tried: BTreeSet<String> = plan.borrowing.keys().cloned().collect();
        for error in compiled.errors() {
            tracing::debug!(?error, "learning");
            // Errors that have nothing to do with keeping variables come again.
            let Some(name) = store_at_fault(error, code, plan, self.cell) else {
                continue;
            };
            learned = true;
            if let Some(forms) = plan.forms.get_mut(&name) {
                forms.pop();
                if forms.is_empty() {
                    plan.forms.remove(&name);
                    plan.borrowing.remove(&name);
                    plan.unkept.insert(name, unkept::UNNAMEABLE.to_owned());
                }
            } else if plan.owned.contains_key(&name) {
                plan.own_nothing(&name);
            } else if tried.contains(&name) {
                plan.borrowing.remove(&name);
                let why = self.why(error, &name, code);
                plan.unkept.insert(name, why);
            } else if sound && self.borrows_from_new(error, &name, plan) {
                continue;
            } else if !self.let_it_own(error, &name, code, plan)
                && !self.let_it_borrow(error, &name, code, plan)
            {
                let why = self.why(error, &name, code);
                plan.unkept.entry(name).or_insert(why);
            }
        }
        for error in compiled.errors() {
            if let Some(edit) = self.question(error, code)
                && !plan.moves.contains(&edit)
            {
                plan.moves.push(edit);
                learned = true;
            }
        }
        learned
    }

    /// What makes a `?` of the cell's own code take `None`, or an error that is
    /// no `Error`, if that is what rustc complains of.
    fn question(&self, error: &Diagnostic, code: &Generated) -> Option<Edit> {
        let span = error.spans.iter().find(|span| span.is_primary)?;
        let place = code.origins.locate(&span.file_name, &span.bytes())?;
        if error.code() != Some("E0277") || place.cell != self.number {
            return None;
        }
        // Not a `?` in a function or closure of the person's own.
        let label = span.label.as_deref().unwrap_or_default();
        let mut notes = error.children.iter();
        let insert = if error.message.contains("not `Option`s") && label.contains("CellError") {
            ".ok_or_else(::ferrite_runtime::no_value)"
        } else if error.message.contains("`?` couldn't convert the error")
            && notes.any(|note| note.message.contains("CellError` to implement"))
        {
            ".map_err(|__error| { use ::ferrite_runtime::{OfDebug as _, OfDisplay as _}; \
             (&&::ferrite_runtime::Of(__error)).told() })"
        } else {
            return None;
        };
        Some(Edit {
            at: place.range.start,
            replaces: 0,
            insert: insert.to_owned(),
        })
    }

    /// The statics whose value the compiler needs: it cannot look into one that
    /// is only declared.
    fn read_by_compiler(
        &self,
        compiled: &Compiled,
        declared: &BTreeSet<String>,
    ) -> BTreeSet<String> {
        let paths = compiled.errors().filter_map(|error| {
            let path = error
                .message
                .strip_prefix("cannot access extern static `")?;
            path.trim_end_matches('`').rsplit("::").next()
        });
        let names: BTreeSet<&str> = paths.collect();
        let shapes = self.items.shapes(self.imports_after());
        let statics = self.items.statics();
        let read = statics.filter(|(_, found)| found.names().any(|name| names.contains(name)));
        let symbols = read.map(|(_, found)| found.symbol(&shapes));
        symbols.filter(|symbol| declared.contains(symbol)).collect()
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

    /// The name of a variable as the notebook has it, which messages of rustc may
    /// write without its `r#`, and a person with its accents apart.
    fn own_name(&self, told: &str) -> String {
        let told = names::composed(told);
        let plain = told.strip_prefix("r#").unwrap_or(&told);
        let new = self.cell.bindings.iter().map(|binding| &binding.name);
        let mut all = new.chain(self.variables.keys());
        let own = all.find(|name| name.strip_prefix("r#").unwrap_or(name) == plain);
        own.map_or_else(|| told.to_string(), Clone::clone)
    }

    /// Whether a name is that of a variable of an earlier cell which owns what
    /// it is made of.
    fn can_lend(&self, name: &str) -> bool {
        let mut new = self.cell.bindings.iter();
        let known = self.variables.get(name);
        new.all(|binding| binding.name != name)
            && known.is_some_and(|known| known.borrows.is_empty())
    }

    /// Why a variable is not kept that an error is about.
    fn why(&self, error: &Diagnostic, name: &str, code: &Generated) -> String {
        let known = |name: &str| self.variables.contains_key(name);
        unkept::because(error, name, self.cell, known, &code.origins)
    }

    /// Whether an error is about a variable that borrows from one made earlier in
    /// the same cell: the cell is then run in parts (`parts`), so that the owner
    /// is a variable of the notebook by the time that it is borrowed from.
    fn borrows_from_new(&self, error: &Diagnostic, name: &str, plan: &mut Plan) -> bool {
        if !matches!(error.code(), Some("E0597" | "E0505")) || self.cell.words.contains("return") {
            return false;
        }
        let place = error.message.split('`').nth(1).unwrap_or_default();
        let made = |name: &str| {
            let mut new = self.cell.bindings.iter();
            new.find(|binding| binding.name == name)
        };
        let owner = self.own_name(unkept::first_word(place));
        let (Some(owner), Some(borrower)) = (made(&owner), made(name)) else {
            return false;
        };
        let cut = borrower.statement.start;
        if owner.statement.end > cut {
            return false;
        }
        // That the closure would own the owner, nobody has asked for.
        let mut closures = self.cell.borrowing.iter().filter(|closure| {
            let text = &self.cell.text[closure.range.clone()];
            borrower.statement.contains(&closure.range.start) && has_word(text, &owner.name)
        });
        if closures.next().is_some() {
            plan.unkept
                .insert(name.to_owned(), unkept::borrows(&owner.name));
            return true;
        }
        plan.cut = Some(plan.cut.map_or(cut, |first| first.min(cut)));
        true
    }

    /// Lets a new variable borrow from variables of the notebook, if that is
    /// what an error is about.
    fn let_it_borrow(
        &self,
        error: &Diagnostic,
        name: &str,
        code: &Generated,
        plan: &mut Plan,
    ) -> bool {
        let mut owners = BTreeSet::new();
        match error.code() {
            Some("E0597") => {
                // "`df.x` does not live long enough"
                let place = error.message.split('`').nth(1).unwrap_or_default();
                owners.insert(self.own_name(unkept::first_word(place)));
            }
            Some("E0713") => {
                // A destructor would run; the place is only pointed to.
                let span = error.spans.iter().find(|span| span.is_primary);
                let place =
                    span.and_then(|span| code.origins.locate(&span.file_name, &span.bytes()));
                let text = place.map(|place| &place.text[place.range]);
                owners.extend(text.map(|text| self.own_name(unkept::first_word(text))));
            }
            // Of what is lent rustc knows only that it is not for ever.
            None | Some("E0521") => {
                owners = self.lent_here();
                for used in &self.cell.used {
                    if let Some(variable) = self.variables.get(used) {
                        owners.extend(variable.borrows.iter().cloned());
                    }
                }
            }
            _ => return false,
        }
        if owners.is_empty() || owners.contains(name) || !owners.iter().all(|o| self.can_lend(o)) {
            return false;
        }
        // All errors of one compile are about it; each names an owner.
        plan.borrowing
            .entry(name.to_owned())
            .or_default()
            .extend(owners);
        true
    }

    /// Lets the closure own what it borrows, if that is what an error is about.
    fn let_it_own(
        &self,
        error: &Diagnostic,
        name: &str,
        code: &Generated,
        plan: &mut Plan,
    ) -> bool {
        if !matches!(error.code(), Some("E0373" | "E0597")) {
            return false;
        }
        let Some(span) = error.spans.iter().find(|span| span.is_primary) else {
            return false;
        };
        let place = code.origins.locate(&span.file_name, &span.bytes());
        let (Some(place), Some(borrowed)) = (place, error.message.split('`').nth(1)) else {
            return false;
        };
        let around = |closure: &&Borrowing| {
            closure.range.start <= place.range.start && place.range.end <= closure.range.end
        };
        let mentions =
            |closure: &&Borrowing| has_word(&self.cell.text[closure.range.clone()], borrowed);
        let open = || {
            let all = self.cell.borrowing.iter();
            all.filter(|closure| !plan.moves.contains(&closure.own))
        };
        // E0373 points to the closure, E0597 to some use of what it borrows.
        let closure = if error.code() == Some("E0373") {
            open()
                .filter(around)
                .min_by_key(|closure| closure.range.len())
        } else {
            let outermost = open()
                .filter(around)
                .max_by_key(|closure| closure.range.len());
            outermost.or_else(|| open().find(mentions))
        };
        let Some(closure) = closure else {
            return false;
        };
        // A closure that changes a number of the cell's must not be made to
        // change a copy of it.
        let text = &self.cell.text[closure.range.clone()];
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if words.any(|word| self.is_mutable(word)) {
            plan.unkept
                .insert(name.to_owned(), unkept::borrows(borrowed));
            return true;
        }
        let own = closure.own.clone();
        plan.moves.push(own);
        plan.owned.insert(borrowed.to_owned(), name.to_owned());
        true
    }

    fn is_mutable(&self, name: &str) -> bool {
        let mut bindings = self.cell.bindings.iter();
        match bindings.find(|binding| binding.name == name) {
            Some(binding) => binding.mutable,
            None => self.variables.get(name).is_some_and(|known| known.mutable),
        }
    }

    /// A cell that only looks at what others borrow from sees it by reference;
    /// one that moves it takes it back.
    fn learn_from_loans(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        let lent = self.lent_here();
        if plan.lending != Lending::Probe || lent.is_empty() {
            return false;
        }
        let moved = &compiled.facts.moved;
        plan.lending = if moved.iter().any(|name| lent.contains(name)) {
            Lending::Reclaim
        } else {
            Lending::Refer
        };
        true
    }

    /// Values whose type has no name want another form.
    fn learn_from_types(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        let mut owned = plan.owned.keys();
        let lost = owned.find(|name| compiled.facts.moved.contains(name));
        if let Some(lost) = lost.cloned() {
            plan.own_nothing(&lost);
            return true;
        }
        let mut learned = false;
        for (name, type_text) in &compiled.facts.stored {
            if plan.borrowing.contains_key(name) {
                if unnameable::is_adapter(type_text) && !plan.forms.contains_key(name) {
                    plan.forms.insert(name.clone(), vec![Form::Borrowing]);
                    learned = true;
                } else if !borrows::can_be_kept(type_text) {
                    let owners = plan.borrowing.remove(name).unwrap_or_default();
                    let owner = owners.first().map_or("its owner", String::as_str);
                    let why = unkept::of_type(type_text, name, owner, self.cell);
                    plan.unkept.insert(name.clone(), why);
                    learned = true;
                }
                continue;
            }
            if mir::nameable(type_text) || plan.forms.contains_key(name) {
                continue;
            }
            let mut forms = unnameable::forms(type_text, &compiled.facts);
            forms.reverse();
            if !forms.is_empty() {
                plan.forms.insert(name.clone(), forms);
                learned = true;
            }
        }
        learned
    }

    /// A type whose path begins at a crate that cells cannot name is one that rustc
    /// found no better path to: with all crates declared it may.
    fn learn_from_paths(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        if plan.declare || !plan.prelude {
            return false;
        }
        let own = self.items.own_names();
        let known = |root: &str| {
            let externs = self.toolchain.externs.iter().chain(&self.crates.externs);
            BUILT_IN.contains(&root)
                || own.contains(root)
                || externs.into_iter().any(|(name, _)| name == root)
        };
        let mut texts = compiled.facts.types();
        plan.declare = texts.any(|text| roots(text).into_iter().any(|root| !known(root)));
        plan.declare
    }

    /// A variable that was moved may have been assigned again afterwards: it
    /// must then be stored like a new one.
    fn learn_from_moves(&self, compiled: &Compiled, plan: &mut Plan) -> bool {
        let again: Vec<String> = self
            .cell
            .assigned
            .iter()
            .map(|(name, _)| name)
            .filter(|name| compiled.facts.moved.contains(name))
            .filter(|name| {
                self.cell
                    .bindings
                    .iter()
                    .all(|binding| binding.name != **name)
            })
            .filter(|name| !plan.reassigned.contains(*name) && !plan.unkept.contains_key(*name))
            .cloned()
            .collect();
        plan.reassigned.extend(again.iter().cloned());
        !again.is_empty()
    }

    /// The errors in the person's own words and lines.
    fn explain(
        &self,
        job: &Job<'_>,
        plan: &Plan,
        compiled: &Compiled,
    ) -> Result<Rejection, EngineError> {
        let mut plan = plan.clone();
        plan.declare = true;
        // What the person knows are references, if the cell uses both.
        let borrowers = borrows::borrowers(self.variables, &self.lent_here());
        if borrowers.iter().any(|name| self.cell.used.contains(name)) {
            plan.lending = Lending::Refer;
        }
        let code = self.generate(&plan, Version::Read);
        let found = self.toolchain.check(
            &Job {
                code: &code,
                ..*job
            },
            self.running,
        )?;
        let readable = found.iter().any(|diagnostic| diagnostic.level == "error");
        // Some errors only come when code is generated.
        let taken = compiled.errors().filter_map(|error| {
            let line = error.spans.iter().find(|span| span.is_primary)?.line_start;
            job.code.take_lines.get(&line)
        });
        if let Some(name) = taken.into_iter().next() {
            let type_text = self
                .variables
                .get(name)
                .map_or("", |known| known.type_text.as_str());
            let message = format!(
                "variable `{name}` cannot be used here: its type `{type_text}` cannot be written down"
            );
            Ok(Rejection {
                code: None,
                rendered: vec![message.clone()],
                message,
                json: Vec::new(),
            })
        } else if readable {
            Ok(self.retell(found.iter(), &code))
        } else {
            Ok(self.retell(compiled.diagnostics.iter(), job.code))
        }
    }

    /// Whether a cell can name a crate.
    fn is_extern(&self, name: &str) -> bool {
        let bundled = &self.toolchain.externs;
        let mut externs = bundled.iter().chain(&self.crates.externs);
        externs.any(|(known, _)| known == name)
    }

    fn retell<'a>(
        &self,
        found: impl Iterator<Item = &'a Diagnostic>,
        code: &Generated,
    ) -> Rejection {
        let origins = &code.origins;
        let mut errors: Vec<&Diagnostic> = found
            .filter(|diagnostic| diagnostic.level.starts_with("error"))
            .collect();
        // An error in generated code is the echo of one in the cell.
        let in_cell = |error: &&Diagnostic| {
            let places = error.spans.iter().filter(|span| span.is_primary);
            let mut places = places.flat_map(|span| span.and_callers());
            places.any(|span| origins.locate(&span.file_name, &span.bytes()).is_some())
        };
        if errors.iter().any(in_cell) {
            errors.retain(in_cell);
        }
        let mut rendered: Vec<String> = Vec::new();
        for error in &errors {
            let error = suggestions::followable((*error).clone(), |name| self.is_extern(name));
            let text = render::render(&error, origins);
            if !rendered.contains(&text) {
                rendered.push(text);
            }
        }
        Rejection {
            code: errors
                .first()
                .and_then(|error| error.code())
                .map(str::to_owned),
            message: errors
                .first()
                .map(|error| render::tidy(&error.message))
                .unwrap_or_default(),
            rendered,
            json: errors.iter().map(|error| error.json.clone()).collect(),
        }
    }
}

/// The variables that MIR says are moved, by their names in the notebook: MIR
/// writes `type` for `r#type`.
fn moved_variables(moved: &[String], taken: &[String]) -> Vec<String> {
    let is_moved = |name: &&String| {
        let plain = name.strip_prefix("r#").unwrap_or(name);
        moved.iter().any(|moved| moved == plain)
    };
    taken.iter().filter(is_moved).cloned().collect()
}

fn has_word(text: &str, name: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '#'));
    words.any(|word| names::composed(word) == name)
}

/// The variable whose `store` an error complains about.
fn store_at_fault(
    error: &Diagnostic,
    code: &Generated,
    plan: &Plan,
    cell: &Cell,
) -> Option<String> {
    let spans = error
        .spans
        .iter()
        .chain(error.children.iter().flat_map(|child| &child.spans));
    let mut spans: Vec<_> = spans.collect();
    // Stored while it is borrowed: it is the borrower that cannot be kept. And a
    // store that reads the owner is not the one that it does not outlive.
    if matches!(error.code(), Some("E0505" | "E0597")) {
        spans.sort_by_key(|span| span.is_primary);
    }
    let mut lines = spans
        .into_iter()
        .flat_map(|span| span.and_callers())
        .filter(|span| span.file_name == MAIN_FILE)
        .map(|span| span.line_start);
    let Some(name) = lines.find_map(|line| code.store_lines.get(&line)) else {
        return coerced_for_good(error, code, plan, cell);
    };
    // Putting a value into another form can fail in any way.
    let known = error
        .code()
        .is_none_or(|code| CANNOT_BE_KEPT.contains(&code));
    (known || plan.forms.contains_key(name)).then(|| name.clone())
}

/// The variable that is made where an error says that something does not live for
/// ever: if its type is written without lifetimes (`Box<dyn …>`), rustc does not
/// point to the store which is the reason.
fn coerced_for_good(
    error: &Diagnostic,
    code: &Generated,
    plan: &Plan,
    cell: &Cell,
) -> Option<String> {
    if !matches!(error.code(), Some("E0597" | "E0505" | "E0716" | "E0521")) {
        return None;
    }
    let span = error.spans.iter().find(|span| span.is_primary)?;
    let place = code.origins.locate(&span.file_name, &span.bytes())?;
    let mut made = cell.bindings.iter().filter(|binding| {
        place.text == cell.text && binding.statement.contains(&place.range.start)
    });
    let name = &made.next()?.name;
    (!plan.unkept.contains_key(name)).then(|| name.clone())
}

/// A message for a text that is not Rust.
pub fn syntax_error(context: &Context<'_>) -> Result<Rejection, EngineError> {
    let work = context.cache.work_dir()?;
    let text = &context.cell.text;
    let mut root = Stitched::default();
    root.insert("fn cell() {\n");
    root.copy(text, 0..text.len());
    root.insert("\n}\n");
    let origin = Origin {
        file: MAIN_FILE.to_owned(),
        cell: context.number,
        text: text.clone(),
        segments: root.segments,
    };
    let code = Generated {
        files: vec![(MAIN_FILE.to_owned(), root.text)],
        origins: Origins {
            files: vec![origin],
            taken: Vec::new(),
        },
        ..Generated::default()
    };
    let job = Job {
        code: &code,
        prelude: false,
        crates: context.crates,
        optimise: 0,
        share: true,
        debug: false,
        items: None,
        homes: &Homes::new(),
        key: "syntax",
        dir: work.path(),
    };
    let found = context.toolchain.check(&job, context.running)?;
    Ok(context.retell(found.iter(), &code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_variables_are_known_by_their_own_names() {
        let moved_of = |moved: &[&str], taken: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
            moved_variables(&owned(moved), &owned(taken))
        };
        assert_eq!(moved_of(&["a"], &["a", "b"]), ["a"]);
        assert_eq!(moved_of(&["type"], &["r#type", "x"]), ["r#type"]);
        assert_eq!(moved_of(&["caf\u{e9}"], &["caf\u{e9}", "x"]), ["caf\u{e9}"]);
    }
}
