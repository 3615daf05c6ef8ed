//! A notebook while it runs: what it has defined, the worker that holds the
//! values, and what people are told.

mod beside;
mod completion;
mod inspect;
mod preview;

pub use preview::Preview;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ferrite_wire::{Outcome, Output, Request};

use crate::advice;
use crate::ahead::{Ahead, Waiting};
use crate::analysis::{Analyser, Analysis};
use crate::bounded::{self, Bound};
use crate::build::{self, BuildError, Built, ItemsLibrary, Rejection};
use crate::cache::Cache;
use crate::commands::{self, Lines};
use crate::compile::{self, Running};
use crate::debugging::{self, Debugging, Loading};
use crate::dependencies::{AddError, Crates, Making};
use crate::diagnostics;
use crate::edits::Edit;
use crate::error::EngineError;
use crate::generate::Variable;
use crate::mir;
use crate::notebook::{Compilers, Dropped, Notebook, Prepared};
use crate::parse::{self, Cell};
use crate::parts::{self, Step};
use crate::render::label;
use crate::suggestions;
use crate::toolchain::Toolchain;
use crate::warm::Warm;
use crate::warnings;
use crate::worker::{self, Bell, Sink, Stream, Worker};

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
    /// The compiler that works on the cells which wait.
    ahead: Arc<Mutex<Option<Running>>>,
    worker: Arc<Mutex<Option<worker::Interrupter>>>,
}

impl Interrupter {
    /// Stops the running compile or cell.
    pub fn interrupt(&self) {
        self.compiler.stop();
        if let Some(ahead) = &*self.ahead.lock().unwrap_or_else(PoisonError::into_inner) {
            ahead.stop();
        }
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

/// A cell that ended well, with the settings that it was run under.
#[derive(Clone)]
pub(crate) struct Past {
    pub number: u32,
    pub code: String,
    pub optimise: Option<u8>,
    pub format: Option<String>,
}

/// A running notebook.
pub struct Session {
    pub(crate) compilers: Compilers,
    /// Where text goes that is too long to be shown.
    outputs: PathBuf,
    /// What may still be shown of what goes on behind the last cell.
    background: Bound,
    worker: Option<Worker>,
    bell: Bell,
    /// The comms that code has opened, by the worker that they live in.
    comms: beside::Comms,
    pub(crate) interrupter: Interrupter,
    pub(crate) notebook: Notebook,
    /// What compiles the cells that wait, and who knows which those are.
    ahead: Option<Ahead>,
    waiting: Option<Waiting>,
    /// Who makes crates ready for `:dep`.
    pub(crate) crates: Option<Box<dyn Crates>>,
    /// Whether `:timing` is on.
    pub(crate) timing: bool,
    /// What `:env` has set.
    pub(crate) environment: BTreeMap<String, String>,
    /// What `:build_env` has set.
    pub(crate) build_environment: BTreeMap<String, String>,
    /// The cells that ended well, in order.
    pub(crate) history: Vec<Past>,
    /// The errors of the last cell that did not compile.
    pub(crate) last_rejection: Option<Rejection>,
    /// The last compiled cell.
    pub(crate) last_library: Option<PathBuf>,
    /// What the last cell cost.
    pub(crate) times: Option<Times>,
    /// What rust-analyzer knows, if there is one.
    pub(crate) analysis: Option<Analysis>,
    /// The compiled cells whose warnings were shown.
    warned: BTreeSet<String>,
    debugging: Debugging,
    /// The worker that lets debuggers attach.
    attachable: Option<u32>,
}

impl Drop for Session {
    /// A thread may still be compiling: what it works with goes all the same.
    fn drop(&mut self) {
        self.ahead = None;
        self.compilers.warm.end();
        self.compilers.cache.leave();
    }
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
        let warm = Warm::new(cache.mark());
        let mut session = Self {
            compilers: Compilers {
                toolchain,
                cache,
                warm,
            },
            background: Bound::new(&outputs, 0),
            outputs,
            worker: None,
            bell: Bell::default(),
            comms: beside::Comms::default(),
            interrupter: Interrupter::default(),
            notebook: Notebook::default(),
            ahead: None,
            waiting: None,
            crates: None,
            timing: false,
            environment: BTreeMap::new(),
            build_environment: BTreeMap::new(),
            history: Vec::new(),
            last_rejection: None,
            last_library: None,
            times: None,
            analysis: None,
            warned: BTreeSet::new(),
            debugging: Debugging::default(),
            attachable: None,
        };
        session.start_worker()?;
        let (cache, outputs) = (session.compilers.cache.clone(), session.outputs.clone());
        std::thread::spawn(move || {
            cache.prune();
            bounded::prune(&outputs);
        });
        Ok(session)
    }

    /// Starts compilers in good time: for sessions that will see new cells.
    pub fn prepare(&self) {
        let Compilers {
            toolchain,
            cache,
            warm,
        } = &self.compilers;
        toolchain.prepare(warm, cache.dir());
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

    /// This session, with somebody who knows which cells wait to be run: they
    /// are compiled while others run.
    #[must_use]
    pub fn with_waiting(mut self, waiting: Waiting) -> Self {
        self.waiting = Some(waiting);
        self
    }

    /// What stops this session's cells.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    /// Says whether cells are compiled for a debugger, and to whom they are told.
    pub fn debugging(&self) -> Debugging {
        self.debugging.clone()
    }

    /// How long the last cell took until it could be run, if there was code in
    /// it that had to be.
    pub fn compile_time(&self) -> Option<Duration> {
        self.times.map(|times| times.compile)
    }

    /// The variables with their types, by name.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.notebook
            .variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable))
    }

    fn start_worker(&mut self) -> Result<(), EngineError> {
        let worker = Worker::start(&self.compilers.toolchain, &self.environment, &self.bell)?;
        *self
            .interrupter
            .worker
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(worker.interrupter());
        self.worker = Some(worker);
        self.comms.next_worker();
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
        let comms = self.comms.clone();
        let mut sink = comms.watch(sink);
        let mut bound = Bound::new(&folder, number);
        let mut sink = bound.over(&mut sink);
        let result = self.execute_cell(number, code, &mut sink);
        sink.finish();
        // What follows stands below this cell.
        self.background = Bound::new(&folder, number);
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
        self.follow_debugger(number, sink)?;
        let known = &self.notebook.variables;
        let lines = Lines::of(code, |name| known.contains_key(name));
        let expected = self.ahead.as_ref().is_some_and(|ahead| ahead.reaches(code));
        if !expected {
            self.stop_ahead();
        }
        let done = commands::run(self, number, &lines.commands, sink)
            .and_then(|()| self.cell(number, &lines.code, sink));
        match &self.ahead {
            Some(ahead) if done.is_ok() && ahead.goes_on() => ahead.set_active(false),
            _ => self.stop_ahead(),
        }
        done?;
        if self.timing
            && let Some(times) = self.times
        {
            sink.text(Stream::Stdout, &format!("{times}\n"));
        }
        Ok(())
    }

    /// Compiles what waits behind a cell that is about to run.
    fn look_ahead(&mut self, prepared: &Prepared, built: &Built) {
        if let Some(ahead) = &self.ahead {
            ahead.set_active(true);
            if ahead.goes_on() {
                return;
            }
        }
        let Some(waiting) = self.waiting.clone() else {
            return;
        };
        let mut notebook = self.notebook.clone();
        notebook.ran(prepared, built);
        let _ = notebook.keep(prepared, built);
        let ahead = Ahead::start(self.compilers.clone(), notebook, prepared.number, waiting);
        *self.stops_ahead() = Some(ahead.running());
        self.ahead = Some(ahead);
    }

    fn stop_ahead(&mut self) {
        self.ahead = None;
        *self.stops_ahead() = None;
    }

    fn stops_ahead(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        let ahead = &self.interrupter.ahead;
        ahead.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.history.push(Past {
                number,
                code: code.to_owned(),
                optimise: self.notebook.optimise,
                format: self.notebook.format.clone(),
            });
        }
        Ok(())
    }

    fn code(&mut self, number: u32, code: &str, sink: &mut dyn Sink) -> Result<(), Failure> {
        let begin = Instant::now();
        let cell = match self.notebook.parse(code) {
            Ok(cell) if cell.is_empty() => return Ok(()),
            Ok(cell) => cell,
            Err(error) => return Err(self.syntax_error(number, code, &error.message)),
        };
        if let Some(name) = self.notebook.only_shows(&cell) {
            return self.show(name.to_owned(), sink);
        }
        let unknown = self.unknown_crates(&cell);
        if !unknown.is_empty() {
            // What evcxr does with `extern crate`.
            let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
            self.add_crates(number, &unknown, sink)?;
        }
        if cell.items.is_empty() && self.notebook.lacks_items() {
            self.compile_items(number, sink)?;
        }
        let running = &self.interrupter.compiler;
        let steps = parts::build(&self.notebook, &self.compilers, running, number, cell);
        let steps = steps.map_err(|error| self.not_built(error))?;
        let compile = begin.elapsed();
        let mut warned = Vec::new();
        for Step { built, .. } in &steps {
            let warnings = &built.entry.warnings;
            if !warnings.is_empty() && self.warned.insert(built.key.clone()) {
                warned.extend(warnings.iter().cloned());
            }
        }
        if !warned.is_empty() {
            sink.output(Output::Display {
                bundle: warnings::bundle(&warned, number),
                id: None,
            });
        }
        let mut steps = VecDeque::from(steps);
        let mut cached = true;
        let mut ran = Ok(());
        while let (Ok(()), Some(mut step)) = (&ran, steps.pop_front()) {
            ran = self.step(&mut step, &steps, sink);
            cached &= !step.built.compiled;
        }
        self.times = Some(Times {
            compile,
            run: begin.elapsed().saturating_sub(compile),
            cached,
        });
        ran
    }

    /// Runs a cell, or a part of one behind which others come.
    fn step(
        &mut self,
        step: &mut Step,
        behind: &VecDeque<Step>,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        let Step { prepared, built } = step;
        self.last_library = Some(built.library.clone());
        let bindings = behind.iter().flat_map(|step| &step.prepared.cell.bindings);
        let remade = bindings.map(|binding| binding.name.clone()).collect();
        let dropped = self.notebook.before(prepared, built);
        self.drop_variables(dropped.but_for(&remade), sink)?;
        if behind.is_empty() {
            self.look_ahead(prepared, built);
        }
        let dropped = self.run(prepared, built, sink)?;
        self.drop_variables(dropped.but_for(&remade), sink)
    }

    /// Whether a cell can name a crate.
    fn is_extern(&self, name: &str) -> bool {
        let toolchain = &self.compilers.toolchain;
        toolchain.names(&self.notebook.loaded, name)
    }

    /// The crates that a cell names by `extern crate` and nobody has asked for.
    fn unknown_crates(&self, cell: &Cell) -> BTreeSet<String> {
        const OWN: [&str; 6] = ["std", "core", "alloc", "test", "proc_macro", "self"];
        let known = |name: &str| {
            OWN.contains(&name) || name.starts_with("ferrite_") || self.is_extern(name)
        };
        let imports = cell.imports.iter().filter(|import| import.extern_crate);
        let names = imports.map(|import| import.root.clone());
        match self.crates {
            Some(_) => names.filter(|name| !known(name)).collect(),
            None => BTreeSet::new(),
        }
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
            .then(|| self.notebook.parse(code).ok())
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
        let prepared = self.notebook.prepare(number, cell);
        let running = &self.interrupter.compiler;
        let context = self
            .notebook
            .context(&self.compilers, running, &prepared, false);
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
        let notebook = &mut self.notebook;
        let variables = std::mem::take(&mut notebook.variables);
        let names: Vec<String> = variables.into_keys().collect();
        notebook.gone.clear();
        notebook.imports.clear();
        notebook.features.clear();
        notebook.items = notebook.items.clear();
        notebook.library = None;
        self.history.clear();
        self.warned.clear();
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

    fn rejected(&self, rejection: Rejection) -> Failure {
        let mut failure = Failure {
            name: rejection.code.clone().unwrap_or_else(|| "error".to_owned()),
            message: rejection.message.clone(),
            traceback: rejection.rendered.clone(),
        };
        // "cannot find value `x` in this scope", or "expected value, found built-in
        // attribute `path`": perhaps there once was one, or there is one of a similar name.
        let code = rejection.code.as_deref();
        if matches!(code, Some("E0425" | "E0423"))
            && let Some(name) = rejection.message.split('`').nth(1)
        {
            if let Some(why) = self.notebook.gone.get(name) {
                failure = failure.note(&format!("`{name}` {why}"));
            } else if code == Some("E0425")
                && let Some((similar, variable)) = self.notebook.similar(name)
            {
                failure = failure.help(&format!(
                    "a variable with a similar name exists: `{similar}` (made by {})",
                    label(variable.cell)
                ));
            }
        }
        // That of the first error that has one: often it is the cause of the rest.
        let mut errors = rejection.json.iter();
        let advice = errors.find_map(|json| {
            let error = diagnostics::parse(json).pop()?;
            advice::advice(&suggestions::followable(error, |name| self.is_extern(name)))
        });
        if let Some(advice) = advice {
            failure = failure.help(&advice);
        }
        if let Some(page) = code.and_then(advice::explained_at) {
            failure = failure.note(&page);
        }
        failure
    }

    fn syntax_error(&self, number: u32, code: &str, parser: &str) -> Failure {
        if parser == parse::TOO_DEEP {
            return Failure::plain("error", parser);
        }
        let cell = Cell {
            text: code.to_owned(),
            ..Cell::default()
        };
        let prepared = self.notebook.prepare(number, cell);
        let running = &self.interrupter.compiler;
        let context = self
            .notebook
            .context(&self.compilers, running, &prepared, false);
        match build::syntax_error(&context) {
            Ok(rejection) if !rejection.rendered.is_empty() => self.rejected(rejection),
            // Brackets that close one another across the frame, for example.
            Ok(_) | Err(EngineError::CompilerBroke(_)) => Failure::plain("error", parser),
            Err(error) => error.into(),
        }
    }

    /// Drops variables and says why.
    fn drop_variables(&mut self, dropped: Dropped, sink: &mut dyn Sink) -> Result<(), Failure> {
        let Dropped { names, notes } = dropped;
        for note in notes {
            sink.text(Stream::Stderr, &format!("note: {note}\n"));
        }
        if !names.is_empty() {
            self.ask(Request::Forget { names }, sink)?;
        }
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
        prepared: &Prepared,
        built: &mut Built,
        sink: &mut dyn Sink,
    ) -> Result<Dropped, Failure> {
        let mut outcome = self.load(prepared, built, sink)?;
        if matches!(outcome, Outcome::LoadFailed(_)) && !built.compiled {
            // Nothing of it has run.
            self.forget(built);
            let running = &self.interrupter.compiler;
            let context = self
                .notebook
                .context(&self.compilers, running, prepared, false);
            let anew = context.build();
            *built = anew.map_err(|error| self.not_built(error))?;
            outcome = self.load(prepared, built, sink)?;
        }
        if let Outcome::LoadFailed(why) = outcome {
            self.forget(built);
            return Err(Failure::plain("FerriteError", why)
                .note("the compiled cell has been removed; run the cell again"));
        }
        for name in self.notebook.ran(prepared, built) {
            let note = format!("note: static `{name}` starts afresh\n");
            sink.text(Stream::Stderr, &note);
        }
        if outcome == Outcome::Ok {
            return Ok(self.notebook.keep(prepared, built));
        }
        Err(self.failed(outcome))
    }

    /// Has the worker load a cell and run it.
    fn load(
        &mut self,
        prepared: &Prepared,
        built: &Built,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Failure> {
        let entry = &built.entry;
        let request = Request::Run {
            library: built.library.clone(),
            needs: self.notebook.needs(entry.prelude),
            moved: entry.moved.clone(),
        };
        let number = prepared.number;
        let places = &mut self.worker()?.places;
        places.add(&built.library, number, entry.offset, &prepared.items);
        if let (true, Some(tell)) = (built.debug, self.debugging.watcher()) {
            tell(&Loading {
                process: self.worker()?.id(),
                number,
                file: compile::debugged_file(&built.key),
                offset: entry.offset,
                item_lines: debugging::item_lines(&prepared.cell.text, &prepared.cell.items),
                items: debugging::items_files(&prepared.items),
            });
        }
        self.ask(request, sink)
    }

    /// Cells from now on are compiled for a debugger if there is one.
    fn follow_debugger(&mut self, number: u32, sink: &mut dyn Sink) -> Result<(), Failure> {
        let watched = self.debugging.watcher().is_some();
        if watched != self.notebook.debug {
            self.stop_ahead();
            self.notebook.debug = watched;
        }
        let process = self.worker()?.id();
        if watched && self.attachable != Some(process) && debugging::only_ancestors_attach() {
            self.code(number, debugging::LETS_ATTACH, sink)?;
            self.times = None;
            self.attachable = Some(process);
        }
        Ok(())
    }

    /// Takes a cell out of the cache that cannot be loaded.
    fn forget(&self, built: &Built) {
        let keys = built.kin.iter().chain([&built.key]);
        keys.for_each(|key| self.compilers.cache.remove(key));
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
        let before = std::mem::replace(&mut self.notebook.loaded, added.loaded);
        if let (Some(analysis), Some(package)) = (&mut self.analysis, &self.notebook.loaded.package)
        {
            analysis.read(package.clone());
        }
        for line in added.said {
            sink.text(Stream::Stdout, &format!("{line}\n"));
        }
        let replaced: BTreeSet<&str> = added.replaced.iter().map(String::as_str).collect();
        let retired = self.notebook.of_types_named(&replaced, |name| {
            format!("was dropped because the crate `{name}` was built anew")
        });
        let dropped = self.notebook.retire(retired);
        self.drop_variables(dropped, sink)?;
        if added.fresh && !before.externs.is_empty() {
            let names: BTreeSet<String> =
                before.externs.into_iter().map(|(name, _)| name).collect();
            let names: Vec<String> = names.into_iter().collect();
            let note = format!(
                "note: the crates {} were linked anew; statics inside them start afresh\n",
                names.join(", ")
            );
            sink.text(Stream::Stderr, &note);
        }
        let library = self.notebook.library.as_ref();
        let stale = library.is_some_and(ItemsLibrary::prelude);
        if added.fresh && stale {
            // The items link to the old build, and statics may be of its types.
            if let Some(items) = &mut self.notebook.library {
                items.begin_anew();
            }
            self.compile_items(number, sink)?;
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
                    let frames = worker.places.frames(&frames, &self.notebook.items);
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
        let variables = std::mem::take(&mut self.notebook.variables);
        let lost: Vec<String> = variables.into_keys().collect();
        for name in &lost {
            self.notebook.gone.insert(
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
