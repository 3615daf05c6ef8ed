//! A notebook while it runs: its variables, items and imports, and the worker
//! that holds the values.

mod beside;
mod completion;
mod inspect;
mod preview;

pub use preview::Preview;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ferrite_wire::{Outcome, Request};

use crate::analysis::{Analyser, Analysis};
use crate::borrows;
use crate::bounded::{self, Bounded};
use crate::build::{self, BuildError, Built, Context, ItemsLibrary, Rejection};
use crate::cache::Cache;
use crate::commands::{self, Lines, Settings};
use crate::compile::Running;
use crate::dependencies::{AddError, Crates, Loaded, Making};
use crate::edits::Edit;
use crate::error::EngineError;
use crate::generate::Variable;
use crate::imports::Import;
use crate::items::Items;
use crate::mir;
use crate::parse::{self, Cell};
use crate::render::label;
use crate::toolchain::Toolchain;
use crate::warm::Warm;
use crate::worker::{self, Sink, Stream, Worker};

/// Why a cell failed, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind of error: a type, an error number, `panic`.
    pub name: String,
    /// What happened, in a line.
    pub message: String,
    /// The whole story, in colour.
    pub traceback: Vec<String>,
}

impl Failure {
    pub(crate) fn plain(name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let traceback = vec![format!(
            "\x1b[1m\x1b[91m{name}\x1b[0m\x1b[1m: {message}\x1b[0m"
        )];
        Self {
            name: name.to_owned(),
            message,
            traceback,
        }
    }

    pub(crate) fn note(mut self, note: &str) -> Self {
        self.traceback.push(format!("\x1b[96mnote\x1b[0m: {note}"));
        self
    }

    pub(crate) fn help(mut self, help: &str) -> Self {
        self.traceback.push(format!("\x1b[96mhelp\x1b[0m: {help}"));
        self
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Stopped => Self::plain("Interrupted", "the cell was interrupted"),
            error => Self::plain("FerriteError", error.to_string()),
        }
    }
}

/// Stops what a session is doing; usable from another thread.
#[derive(Clone, Default)]
pub struct Interrupter {
    pub(crate) compiler: Running,
    worker: Arc<Mutex<Option<worker::Interrupter>>>,
}

impl Interrupter {
    /// Stops the running compile or cell.
    pub fn interrupt(&self) {
        self.compiler.stop();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*worker {
            worker.interrupt();
        }
    }
}

/// What a cell cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Until it could be run.
    pub compile: Duration,
    /// From then on.
    pub run: Duration,
    /// Whether it came out of the compile cache.
    pub cached: bool,
}

/// A running notebook.
pub struct Session {
    pub(crate) toolchain: Toolchain,
    cache: Cache,
    warm: Warm,
    /// Where text goes that is too long to be shown.
    outputs: PathBuf,
    worker: Option<Worker>,
    /// How many workers there have been.
    workers: u64,
    pub(crate) interrupter: Interrupter,
    pub(crate) variables: BTreeMap<String, Variable>,
    /// Why a variable that once existed is gone.
    gone: BTreeMap<String, String>,
    imports: Vec<Import>,
    /// `#![feature(…)]` of earlier cells.
    features: Vec<String>,
    items: Items,
    items_library: Option<ItemsLibrary>,
    /// Who makes crates ready for `:dep`.
    pub(crate) crates: Option<Box<dyn Crates>>,
    /// The crates that were made ready.
    loaded: Loaded,
    /// What commands have set.
    pub(crate) settings: Settings,
    /// What `:env` has set.
    pub(crate) environment: BTreeMap<String, String>,
    /// What `:build_env` has set.
    pub(crate) build_environment: BTreeMap<String, String>,
    /// The cells that ended well, in order.
    pub(crate) history: Vec<(u32, String)>,
    /// The errors of the last cell that did not compile.
    pub(crate) last_rejection: Option<Rejection>,
    /// The last compiled cell.
    pub(crate) last_library: Option<PathBuf>,
    /// What the last cell cost.
    pub(crate) times: Option<Times>,
    /// What rust-analyzer knows, if there is one.
    pub(crate) analysis: Option<Analysis>,
}

impl Session {
    /// Starts a session whose compiled cells are kept in `cache`. Text that is
    /// too long to be shown goes into a folder `outputs` beside it.
    ///
    /// # Errors
    /// When the worker cannot be started.
    pub fn start(toolchain: Toolchain, cache: &Path) -> Result<Self, EngineError> {
        let outputs = cache.with_file_name("outputs");
        let cache = Cache::open(cache);
        let mut session = Self {
            toolchain,
            cache,
            warm: Warm::default(),
            outputs,
            worker: None,
            workers: 0,
            interrupter: Interrupter::default(),
            variables: BTreeMap::new(),
            gone: BTreeMap::new(),
            imports: Vec::new(),
            features: Vec::new(),
            items: Items::default(),
            items_library: None,
            crates: None,
            loaded: Loaded::default(),
            settings: Settings::default(),
            environment: BTreeMap::new(),
            build_environment: BTreeMap::new(),
            history: Vec::new(),
            last_rejection: None,
            last_library: None,
            times: None,
            analysis: None,
        };
        session.start_worker()?;
        let (cache, outputs) = (session.cache.clone(), session.outputs.clone());
        std::thread::spawn(move || {
            cache.prune();
            bounded::prune(&outputs);
        });
        Ok(session)
    }

    /// Starts compilers in good time: for sessions that will see new cells.
    pub fn prepare(&self) {
        self.toolchain.prepare(&self.warm, self.cache.dir());
    }

    /// This session, with somebody who makes crates ready for `:dep`.
    #[must_use]
    pub fn with_crates(mut self, crates: Box<dyn Crates>) -> Self {
        self.crates = Some(crates);
        self
    }

    /// This session, with rust-analyzer for completion.
    #[must_use]
    pub fn with_analyser(mut self, analyser: Analyser) -> Self {
        self.analysis = Some(Analysis::new(analyser));
        self
    }

    /// What stops this session's cells.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    /// The variables with their types, by name.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable))
    }

    fn start_worker(&mut self) -> Result<(), EngineError> {
        let worker = Worker::start(&self.toolchain, &self.environment)?;
        *self
            .interrupter
            .worker
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(worker.interrupter());
        self.worker = Some(worker);
        self.workers += 1;
        Ok(())
    }

    /// The worker, started if need be, with its prelude loaded.
    fn worker(&mut self) -> Result<&mut Worker, EngineError> {
        let fresh = self.worker.is_none();
        if fresh {
            self.start_worker()?;
        }
        self.worker
            .as_mut()
            .ok_or_else(|| EngineError::WorkerDied("no worker".to_owned()))
    }

    /// Runs a cell. `number` is its execution count, by which messages call it.
    ///
    /// # Errors
    /// A [`Failure`] that says what is wrong with the cell, or what happened
    /// while it ran. The notebook goes on either way.
    pub fn execute(&mut self, number: u32, code: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        let folder = self.outputs.clone();
        let mut sink = Bounded::new(sink, &folder, number);
        let result = self.execute_cell(number, code, &mut sink);
        sink.finish();
        result
    }

    fn execute_cell(
        &mut self,
        number: u32,
        code: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        self.interrupter.compiler.reset();
        let worker = self.worker()?;
        worker.clear_interrupt();
        worker.drain(sink);
        if code.trim().is_empty() {
            return Ok(());
        }
        self.times = None;
        let lines = Lines::of(code, |name| self.variables.contains_key(name));
        commands::run(self, number, &lines.commands, sink)?;
        self.cell(number, &lines.code, sink)?;
        if self.settings.timing
            && let Some(times) = self.times
        {
            sink.text(Stream::Stdout, &format!("{times}\n"));
        }
        Ok(())
    }

    /// Runs a text without commands, and remembers it if it ends well.
    pub(crate) fn cell(
        &mut self,
        number: u32,
        code: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        self.code(number, code, sink)?;
        if !code.trim().is_empty() {
            self.history.push((number, code.to_owned()));
        }
        Ok(())
    }

    fn code(&mut self, number: u32, code: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        let begin = Instant::now();
        let mut cell = match Cell::parse_among(code, self.items.item_macros()) {
            Ok(cell) if cell.is_empty() => return Ok(()),
            Ok(cell) => cell,
            Err(error) => return Err(self.syntax_error(number, code, &error.message)),
        };
        if let Some(name) = cell
            .bare_variable
            .as_ref()
            .filter(|n| self.variables.contains_key(*n) && self.settings.format.is_none())
        {
            return self.show(name.clone(), sink);
        }
        if cell.items.is_empty() {
            self.bring_items_back(number, sink)?;
        }
        cell.features.extend(self.features.iter().cloned());
        cell.features.sort();
        cell.features.dedup();
        let items = if cell.items.is_empty() {
            self.items.clone()
        } else {
            self.items.with(number, &cell)
        };
        let mut retired = self.of_changed_types(&items);
        for item in &cell.items {
            // A variable would hide the function of the same name.
            if let Some(name) = item.key.strip_prefix("value ")
                && self.variables.contains_key(name)
            {
                let why = "was dropped because an item of the same name was defined";
                retired.insert(name.to_owned(), why.to_owned());
            }
        }
        let mut variables = self.variables.clone();
        variables.retain(|name, _| !retired.contains_key(name));
        let context = self.context(number, &cell, &items, &variables);
        let built = context.build();
        let built = built.map_err(|error| self.not_built(error))?;
        let compile = begin.elapsed();
        self.last_library = Some(built.library.clone());
        self.retire(retired, sink)?;
        let ran = self.run(number, &cell, items, &built, sink);
        self.times = Some(Times {
            compile,
            run: begin.elapsed().saturating_sub(compile),
            cached: !built.compiled,
        });
        ran
    }

    /// Compiles the items again if their library has vanished, with the compile
    /// cache for example: cells could not be linked to it.
    fn bring_items_back(&mut self, number: u32, sink: &mut dyn Sink) -> Result<(), Failure> {
        let vanished = self
            .items_library
            .as_ref()
            .is_some_and(|library| !library.path.exists());
        if vanished {
            self.compile_items(number, sink)?;
        }
        Ok(())
    }

    /// Makes a new version of the items library: any item does.
    fn compile_items(&mut self, number: u32, sink: &mut dyn Sink) -> Result<(), Failure> {
        self.code(number, "const _: () = ();", sink)?;
        self.times = None;
        Ok(())
    }

    fn not_built(&mut self, error: BuildError) -> Failure {
        match error {
            BuildError::Engine(error) => error.into(),
            BuildError::Rejected(rejection) => {
                self.last_rejection = Some(rejection.clone());
                self.rejected(rejection)
            }
        }
    }

    /// The type of an expression, which is compiled and not run.
    ///
    /// # Errors
    /// When it does not compile.
    pub(crate) fn type_of(&mut self, number: u32, code: &str) -> Result<String, Failure> {
        let cell = parse::is_expression(code)
            .then(|| Cell::parse_among(code, self.items.item_macros()).ok())
            .flatten();
        let Some(mut cell) = cell else {
            let code = code.trim();
            return Err(Failure::plain(
                "CommandError",
                format!("`{code}` is not an expression, so it has no type"),
            ));
        };
        cell.tail = None;
        let insert = |at, insert: String| Edit {
            at,
            replaces: 0,
            insert,
        };
        cell.edits
            .insert(0, insert(0, format!("{}(&(", mir::ASKS_TYPE)));
        // On a line of its own: the text may end in a comment.
        cell.edits.push(insert(code.len(), "\n));".to_owned()));
        let context = self.context(number, &cell, &self.items, &self.variables);
        let found = context.type_asked_for();
        let found = found.map_err(|error| self.not_built(error))?;
        found.ok_or_else(|| {
            Failure::plain("CommandError", "the compiler did not say what type this is")
        })
    }

    /// Sets an environment variable, in the worker and in those to come.
    pub(crate) fn set_environment(
        &mut self,
        number: u32,
        name: &str,
        value: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        // As a cell would: the worker's own libraries see it at once.
        let code = format!("unsafe {{ std::env::set_var({name:?}, {value:?}) }};");
        self.code(number, &code, sink)?;
        self.times = None;
        self.environment.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// Forgets variables, items and imports.
    pub(crate) fn clear(&mut self, sink: &mut dyn Sink) -> Result<(), Failure> {
        let names: Vec<String> = std::mem::take(&mut self.variables).into_keys().collect();
        self.gone.clear();
        self.imports.clear();
        self.features.clear();
        self.items = Items::default();
        self.items_library = None;
        self.history.clear();
        if self.worker.is_some() && !names.is_empty() {
            self.ask(Request::Forget { names }, sink)?;
        }
        Ok(())
    }

    /// As [`Session::clear`], with a new worker.
    pub(crate) fn restart(&mut self, sink: &mut dyn Sink) -> Result<(), Failure> {
        self.worker = None;
        self.clear(sink)?;
        self.start_worker()?;
        Ok(())
    }

    fn context<'a>(
        &'a self,
        number: u32,
        cell: &'a Cell,
        items: &'a Items,
        variables: &'a BTreeMap<String, Variable>,
    ) -> Context<'a> {
        Context {
            toolchain: &self.toolchain,
            cache: &self.cache,
            warm: &self.warm,
            running: &self.interrupter.compiler,
            cell,
            number,
            variables,
            imports: &self.imports,
            items,
            items_library: self.items_library.as_ref(),
            crates: &self.loaded,
            optimise: self.settings.optimise,
            format: self.settings.format.as_deref(),
        }
    }

    fn rejected(&self, rejection: Rejection) -> Failure {
        let mut failure = Failure {
            name: rejection.code.clone().unwrap_or_else(|| "error".to_owned()),
            message: rejection.message.clone(),
            traceback: rejection.rendered,
        };
        // "cannot find value `x` in this scope": perhaps there once was one,
        // or there is one of a similar name.
        if rejection.code.as_deref() == Some("E0425")
            && let Some(name) = rejection.message.split('`').nth(1)
        {
            if let Some(why) = self.gone.get(name) {
                failure = failure.note(&format!("`{name}` {why}"));
            } else if let Some((similar, variable)) = self.similar(name) {
                failure = failure.help(&format!(
                    "a variable with a similar name exists: `{similar}` (made by {})",
                    label(variable.cell)
                ));
            }
        }
        failure
    }

    /// The variable that may have been meant: at most a third of the letters
    /// differ, as rustc has it.
    fn similar(&self, name: &str) -> Option<(&str, &Variable)> {
        let most = name.chars().count().max(3) / 3;
        self.variables()
            .map(|(other, variable)| (strsim::damerau_levenshtein(name, other), other, variable))
            .filter(|(distance, ..)| *distance <= most)
            .min_by_key(|(distance, ..)| *distance)
            .map(|(_, other, variable)| (other, variable))
    }

    fn syntax_error(&self, number: u32, code: &str, parser: &str) -> Failure {
        if parser == parse::TOO_DEEP {
            return Failure::plain("error", parser);
        }
        let cell = Cell {
            text: code.to_owned(),
            ..Cell::default()
        };
        let items = Items::default();
        match build::syntax_error(&self.context(number, &cell, &items, &self.variables)) {
            Ok(rejection) if !rejection.rendered.is_empty() => self.rejected(rejection),
            // Brackets that close one another across the frame, for example.
            Ok(_) | Err(EngineError::CompilerBroke(_)) => Failure::plain("error", parser),
            Err(error) => error.into(),
        }
    }

    /// The variables whose type would change with these items, each with what
    /// to say of it.
    fn of_changed_types(&self, items: &Items) -> BTreeMap<String, String> {
        let (before, after) = (self.items.type_identities(), items.type_identities());
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
    fn of_types_named(
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

    /// Drops variables and says why.
    fn retire(
        &mut self,
        mut retired: BTreeMap<String, String>,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        if retired.is_empty() {
            return Ok(());
        }
        let names: BTreeSet<String> = retired.keys().cloned().collect();
        for name in borrows::borrowers(&self.variables, &names) {
            let why = "was dropped with what it borrowed from".to_owned();
            retired.entry(name).or_insert(why);
        }
        let names: Vec<String> = retired.keys().cloned().collect();
        for (name, why) in retired {
            sink.text(Stream::Stderr, &format!("note: variable `{name}` {why}\n"));
            self.variables.remove(&name);
            self.gone.insert(name, why);
        }
        self.ask(Request::Forget { names }, sink)?;
        Ok(())
    }

    fn ask(&mut self, request: Request, sink: &mut dyn Sink) -> Result<Outcome, Failure> {
        match self.worker()?.ask(&request, sink) {
            Err(EngineError::Stopped) => Err(EngineError::Stopped.into()),
            answer => answer.map_err(|error| self.worker_died(error)),
        }
    }

    fn show(&mut self, name: String, sink: &mut dyn Sink) -> Result<(), Failure> {
        match self.ask(Request::Show { name }, sink)? {
            Outcome::Ok => Ok(()),
            outcome => Err(self.failed(outcome)),
        }
    }

    fn run(
        &mut self,
        number: u32,
        cell: &Cell,
        items: Items,
        built: &Built,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        let entry = &built.entry;
        let mut changed = entry.reclaims.clone();
        changed.extend(entry.moved.iter().cloned());
        self.end_borrows(number, &changed, sink)?;
        let request = Request::Run {
            library: built.library.clone(),
            needs: self.needs(entry.prelude),
            moved: entry.moved.clone(),
        };
        let places = &mut self.worker()?.places;
        places.add(&built.library, number, entry.offset, &items);
        let outcome = self.ask(request, sink)?;
        if let Outcome::LoadFailed(why) = outcome {
            self.cache.remove(&built.key);
            return Err(Failure::plain("FerriteError", why)
                .note("the compiled cell was damaged and has been removed; run the cell again"));
        }
        // The code was good, whatever it did: what it defines stays.
        if !cell.items.is_empty() {
            self.items = items;
            self.items_library = Some(ItemsLibrary {
                path: built.library.clone(),
                prelude: entry.prelude,
            });
        }
        self.import(&cell.imports);
        self.features.clone_from(&cell.features);
        for name in &entry.moved {
            if self.variables.remove(name).is_some() {
                let why = format!("was moved by {}", label(number));
                self.gone.insert(name.clone(), why);
            }
        }
        if outcome == Outcome::Ok {
            return self.keep(number, cell, built, sink);
        }
        Err(self.failed(outcome))
    }

    /// Drops what borrows from variables that a cell changes, and says so.
    fn end_borrows(
        &mut self,
        number: u32,
        changed: &BTreeSet<String>,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
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
        self.retire(ended, sink)
    }

    /// The libraries that a cell may link to, besides the prelude.
    fn needs(&self, prelude: bool) -> Vec<PathBuf> {
        let with_prelude = self
            .items_library
            .as_ref()
            .is_some_and(|items| items.prelude);
        let mut needs = Vec::new();
        if prelude || with_prelude {
            needs.extend(self.loaded.libraries.iter().cloned());
        }
        needs.extend(self.items_library.iter().map(|items| items.path.clone()));
        needs
    }

    /// Takes the crates of a `:dep` into the notebook.
    pub(crate) fn add_crates(
        &mut self,
        number: u32,
        asked: &[&str],
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        let Some(crates) = &mut self.crates else {
            return Err(Failure::plain(
                "DependencyError",
                "this session was started without a way to build crates",
            ));
        };
        let mut told = false;
        let added = crates.add(
            asked,
            &mut Making {
                running: &self.interrupter.compiler,
                environment: &self.build_environment,
                progress: &mut |step| {
                    told = true;
                    // One line that is rewritten, as a terminal would.
                    sink.text(Stream::Stderr, &format!("\r\x1b[K{step}"));
                },
            },
        );
        if told {
            sink.text(Stream::Stderr, "\r\x1b[K");
        }
        let added = added.map_err(|error| match error {
            AddError::Stopped => EngineError::Stopped.into(),
            AddError::Failed(error) => Failure::plain("DependencyError", error.to_string()),
        })?;
        self.loaded = added.loaded;
        if let (Some(analysis), Some(package)) = (&mut self.analysis, &self.loaded.package) {
            analysis.read(package.clone());
        }
        for line in added.said {
            sink.text(Stream::Stdout, &format!("{line}\n"));
        }
        let replaced: BTreeSet<&str> = added.replaced.iter().map(String::as_str).collect();
        let retired = self.of_types_named(&replaced, |name| {
            format!("was dropped because the crate `{name}` was built anew")
        });
        self.retire(retired, sink)?;
        let stale = self
            .items_library
            .as_ref()
            .is_some_and(|items| items.prelude);
        if added.fresh && stale {
            // The items link to the old build.
            self.compile_items(number, sink)?;
        }
        Ok(())
    }

    fn import(&mut self, new: &[Import]) {
        self.imports
            .retain(|old| new.iter().all(|import| !import.replaces(old)));
        self.imports.extend(new.iter().cloned());
    }

    /// Takes the cell's variables into the notebook.
    fn keep(
        &mut self,
        number: u32,
        cell: &Cell,
        built: &Built,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        let mut unnameable = Vec::new();
        for (name, type_text) in &built.entry.stored {
            if !mir::nameable(type_text) {
                unnameable.push(name.clone());
                let why = not_kept(number, name, build::UNNAMEABLE);
                self.variables.remove(name);
                self.gone.insert(name.clone(), why);
                continue;
            }
            let binding = cell.bindings.iter().find(|binding| binding.name == *name);
            let mutable = binding.is_none_or(|binding| binding.mutable);
            self.gone.remove(name);
            let borrows = built.entry.borrowing.get(name).cloned();
            let variable = Variable {
                type_text: type_text.clone(),
                mutable,
                cell: number,
                borrows: borrows.unwrap_or_default(),
            };
            self.variables.insert(name.clone(), variable);
        }
        // A variable that was made anew took its borrowers with it.
        let entry = &built.entry;
        let stored = entry.stored.iter().map(|(name, _)| name.clone());
        let unkept = entry.unkept.iter().map(|(name, _)| name.clone());
        self.end_borrows(number, &stored.chain(unkept).collect(), sink)?;
        for (name, message) in &built.entry.unkept {
            let why = not_kept(number, name, message);
            self.variables.remove(name);
            self.gone.insert(name.clone(), why);
            unnameable.push(name.clone());
        }
        if !unnameable.is_empty() {
            self.ask(Request::Forget { names: unnameable }, sink)?;
        }
        Ok(())
    }

    /// A failure from what the worker reports.
    fn failed(&self, outcome: Outcome) -> Failure {
        match outcome {
            Outcome::Error {
                name,
                message,
                causes,
            } => {
                let mut failure = Failure::plain(&name, message);
                for cause in causes {
                    failure.traceback.push(format!("  caused by: {cause}"));
                }
                failure
            }
            Outcome::Panic {
                message,
                location,
                frames,
            } => {
                let mut failure = Failure::plain("panic", message);
                if let Some(worker) = &self.worker {
                    let at = location.map(|location| worker.places.place(&location));
                    let at = at.map(|at| format!("  \x1b[94m-->\x1b[0m {at}"));
                    failure.traceback.extend(at);
                    let frames = worker.places.frames(&frames, &self.items);
                    failure.traceback.extend(frames);
                }
                failure
            }
            Outcome::Interrupted => Failure::plain("Interrupted", "the cell was interrupted"),
            Outcome::NoSuchVariable => Failure::plain("FerriteError", "the variable is gone"),
            Outcome::NoSuchComm => Failure::plain("FerriteError", "nobody listens to this comm"),
            Outcome::LoadFailed(why) => Failure::plain("FerriteError", why),
            Outcome::Ok | Outcome::Variables(_) | Outcome::Previews(_) => {
                Failure::plain("FerriteError", "an answer that nobody asked for")
            }
        }
    }

    /// Goes on with a new worker and says what was lost.
    fn worker_died(&mut self, error: EngineError) -> Failure {
        self.worker = None;
        let lost: Vec<String> = std::mem::take(&mut self.variables).into_keys().collect();
        for name in &lost {
            self.gone.insert(
                name.clone(),
                "was lost when the process that held it ended".to_owned(),
            );
        }
        let name = match &error {
            EngineError::WorkerDied(why) if why.contains("did not stop") => "Interrupted",
            _ => "Crash",
        };
        let mut failure = Failure::plain(name, error.to_string());
        if !lost.is_empty() {
            failure = failure
                .note(&format!("these variables are lost: {}", lost.join(", ")))
                .help("`:replay` runs the cells again that ended well");
        }
        if let Err(error) = self.start_worker() {
            failure = failure.note(&error.to_string());
        }
        failure
    }
}

fn not_kept(number: u32, name: &str, why: &str) -> String {
    let from = label(number);
    if why == build::UNNAMEABLE {
        return format!(
            "was not kept after {from}: a part of its type has no name (a closure, say); give it \
             one that has, such as `let {name}: Vec<Box<dyn Fn(i32) -> i32>> = …`"
        );
    }
    format!("was not kept after {from}: {why}")
}
