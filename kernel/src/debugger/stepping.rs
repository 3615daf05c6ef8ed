//! Breakpoints and steps in cells, through a debugger that attaches to the
//! process in which they run.
//!
//! While it is on, the engine compiles cells with debug information and tells
//! each one before it runs. That is when the debugger is attached (if there are
//! breakpoints at all) and when they are set in the files that the cell was
//! compiled to. Where a step ends in code that nobody has written (a checkpoint,
//! std, the frame around a cell), it goes on until it is back in a cell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock};

use ferrite_engine::{Debugging, Loading};
use ferrite_jupyter::DebugEvents;
use serde_json::{Value, json};

use super::adapter::{self, Adapter};
use super::sources::Sources;
use super::view::{self, Place};
use super::{guard, tree};

/// Functions that a step does not enter.
const NOT_ENTERED: &str = "^<*(core|std|alloc|hashbrown|ferrite_[a-z]+|polars[a-z_]*|linfa[a-z_]*|ndarray|rayon[a-z_]*)::";
/// How often a step may go on by itself.
const DETOURS: u32 = 200;
/// How long a value is shown.
const LONG: usize = 160;

/// Steps through cells.
pub struct Stepping {
    program: Option<PathBuf>,
    events: OnceLock<DebugEvents>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    on: bool,
    debugging: Option<Debugging>,
    breakpoints: BTreeMap<String, Vec<Value>>,
    sources: Sources,
    attached: Option<Attached>,
    /// Counts the debuggers: what an earlier one says late counts no more.
    generation: u64,
    stopped: BTreeSet<u64>,
    step: Option<Step>,
    /// Whether it stands still because of a crash.
    crashed: bool,
}

struct Attached {
    adapter: Adapter,
    process: u32,
}

/// A step that is under way.
struct Step {
    command: String,
    from: Option<Place>,
    detours: u32,
}

impl Stepping {
    /// With the debugger of this machine, if there is one.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            program: adapter::program(),
            events: OnceLock::new(),
            state: Mutex::default(),
        })
    }

    /// Why cells cannot be stepped through, if they cannot.
    pub fn missing(&self) -> Option<&'static str> {
        self.program.is_none().then_some(
            "stepping needs lldb-dap on the path (on Debian: `apt install lldb-19`), or its place in FERRITE_LLDB_DAP",
        )
    }

    /// Where events go.
    pub fn publish_to(&self, events: DebugEvents) {
        let _ = self.events.set(events);
    }

    /// The session has come up.
    pub fn session(self: &Arc<Self>, debugging: Debugging) {
        let mut state = guard(&self.state);
        if state.on {
            debugging.watch(Some(self.watcher()));
        }
        state.debugging = Some(debugging);
    }

    /// A cell is about to run under this number.
    pub fn cell(&self, number: u32, code: &str) {
        guard(&self.state).sources.number(number, code);
    }

    /// The name of a cell's text.
    pub fn source_path(&self, code: &str) -> String {
        guard(&self.state).sources.text(code)
    }

    /// A cell's text by that name.
    pub fn source(&self, path: &str) -> Option<String> {
        let state = guard(&self.state);
        state.sources.text_of(path).map(str::to_owned)
    }

    /// Cells from now on are compiled for the debugger.
    pub fn start(self: &Arc<Self>) {
        if self.program.is_none() {
            return;
        }
        let mut state = guard(&self.state);
        state.on = true;
        if let Some(debugging) = &state.debugging {
            debugging.watch(Some(self.watcher()));
        }
    }

    /// Cells from now on are compiled as ever; one that stands still goes on.
    pub fn end(&self) {
        let mut state = guard(&self.state);
        state.on = false;
        state.breakpoints.clear();
        if let Some(debugging) = &state.debugging {
            debugging.watch(None);
        }
        drop(state);
        self.let_go();
    }

    /// Takes the debugger off the process, which goes on without breakpoints.
    /// They are set again for the next cell.
    pub fn let_go(&self) {
        self.detach(&mut guard(&self.state));
    }

    fn detach(&self, state: &mut State) {
        if let Some(Attached { adapter, .. }) = state.attached.take() {
            adapter.let_go();
        }
        self.gone(state);
    }

    /// Whether a cell stands still.
    pub fn is_stopped(&self) -> bool {
        !guard(&self.state).stopped.is_empty()
    }

    /// The threads that stand still.
    pub fn stopped_threads(&self) -> Vec<u64> {
        guard(&self.state).stopped.iter().copied().collect()
    }

    /// The breakpoints, as `debugInfo` lists them.
    pub fn breakpoints(&self) -> Value {
        let state = guard(&self.state);
        let breakpoints = state
            .breakpoints
            .iter()
            .filter(|(_, lines)| !lines.is_empty());
        let breakpoints =
            breakpoints.map(|(source, lines)| json!({ "source": source, "breakpoints": lines }));
        breakpoints.collect()
    }

    /// Replaces the breakpoints of a cell.
    pub fn set_breakpoints(&self, arguments: &Value) -> Value {
        let mut state = guard(&self.state);
        if !state.on {
            // JupyterLab shows whatever comes back, verified or not.
            return json!({ "breakpoints": [] });
        }
        let source = arguments["source"]["path"].as_str().unwrap_or_default();
        let asked = arguments["breakpoints"].as_array().cloned();
        let asked = asked.unwrap_or_default();
        state.breakpoints.insert(source.to_owned(), asked.clone());
        state.place(source);
        let set = asked.iter().enumerate().map(|(at, asked)| {
            json!({
                "id": at,
                "verified": true,
                "line": asked["line"],
                "source": { "path": source },
            })
        });
        json!({ "breakpoints": set.collect::<Vec<_>>() })
    }

    /// Passes a request on to the debugger.
    pub fn ask(&self, command: &str, arguments: &Value) -> Result<Value, String> {
        let mut state = guard(&self.state);
        let state = &mut *state;
        let Some(attached) = &mut state.attached else {
            return match command {
                "threads" => Ok(json!({ "threads": [] })),
                "stackTrace" => Ok(json!({ "stackFrames": [], "totalFrames": 0 })),
                "scopes" => Ok(json!({ "scopes": [] })),
                _ => Err(self.missing().unwrap_or("no cell stands still").to_owned()),
            };
        };
        let adapter = &mut attached.adapter;
        match command {
            "stackTrace" => {
                let stack = adapter.ask(command, arguments)?;
                let frames = view::frames(&stack, &state.sources);
                Ok(json!({ "totalFrames": frames.len(), "stackFrames": frames }))
            }
            "scopes" => {
                let scopes = view::scopes(&adapter.ask(command, arguments)?);
                Ok(json!({ "scopes": scopes }))
            }
            "variables" => variables(adapter, arguments),
            "next" | "stepIn" | "stepOut" | "continue" if state.crashed => {
                // What follows is the end of the process; it says why itself.
                self.detach(state);
                Ok(json!({ "allThreadsContinued": true }))
            }
            "next" | "stepIn" | "stepOut" | "continue" => {
                let thread = arguments["threadId"].as_u64().unwrap_or_default();
                let stack = stack(adapter, thread).unwrap_or_default();
                state.step = Some(Step {
                    command: command.to_owned(),
                    from: stack
                        .first()
                        .and_then(|frame| view::place(frame, &state.sources)),
                    detours: 0,
                });
                adapter.ask(command, arguments)
            }
            _ => adapter.ask(command, arguments),
        }
    }

    /// A local variable in a frame that stands still, as text.
    pub fn text(&self, name: &str, frame: &Value) -> Option<String> {
        let expression = json!({ "expression": name, "frameId": frame, "context": "hover" });
        let found = self.ask("evaluate", &expression).ok()?;
        found["result"].as_str().map(str::to_owned)
    }

    fn watcher(self: &Arc<Self>) -> ferrite_engine::Watcher {
        let stepping = Arc::downgrade(self);
        Arc::new(move |loading| {
            if let Some(stepping) = stepping.upgrade() {
                stepping.loading(loading);
            }
        })
    }

    /// A cell is about to run; it waits for us.
    fn loading(self: &Arc<Self>, loading: &Loading) {
        let mut state = guard(&self.state);
        let mut changed = state.sources.load(loading);
        if !state.on || state.breakpoints.values().all(Vec::is_empty) {
            return;
        }
        let here = state.attached.as_ref().map(|attached| attached.process);
        if here != Some(loading.process) {
            if let Err(why) = self.attach(&mut state, loading.process) {
                tracing::warn!(why, "the debugger does not attach");
                self.tell(&json!({
                    "type": "event",
                    "seq": 0,
                    "event": "output",
                    "body": { "category": "important", "output": why },
                }));
                return;
            }
            changed = state.breakpoints.keys().cloned().collect();
        }
        for source in changed {
            state.place(&source);
        }
    }

    fn attach(self: &Arc<Self>, state: &mut State, process: u32) -> Result<(), String> {
        state.attached = None;
        self.gone(state);
        let program = self.program.as_deref().ok_or("there is no debugger")?;
        let (sender, events) = mpsc::channel();
        let mut adapter = Adapter::start(program, sender)
            .map_err(|error| format!("{}: {error}", program.display()))?;
        adapter.attach(process, &commands())?;
        state.attached = Some(Attached { adapter, process });
        let generation = state.generation;
        let stepping = Arc::downgrade(self);
        std::thread::spawn(move || {
            for event in events {
                let Some(stepping) = stepping.upgrade() else {
                    return;
                };
                stepping.hear(event, generation);
            }
            if let Some(stepping) = stepping.upgrade() {
                stepping.hear(json!({ "event": "terminated" }), generation);
            }
        });
        Ok(())
    }

    /// Takes in what the debugger says.
    fn hear(&self, event: Value, generation: u64) {
        let mut state = guard(&self.state);
        if state.generation != generation {
            return;
        }
        match event["event"].as_str().unwrap_or_default() {
            "stopped" if !state.goes_on(&event) => {
                let thread = event["body"]["threadId"].as_u64();
                state.stopped.extend(thread);
                state.step = None;
                state.crashed = event["body"]["reason"] == "exception";
                self.tell(&event);
            }
            // One that goes on by itself was never said to have stopped.
            "continued" if !std::mem::take(&mut state.stopped).is_empty() => self.tell(&event),
            "exited" | "terminated" => {
                state.attached = None;
                self.gone(&mut state);
            }
            _ => {}
        }
    }

    /// There is no debugger any more.
    fn gone(&self, state: &mut State) {
        state.generation += 1;
        state.step = None;
        state.crashed = false;
        for thread in std::mem::take(&mut state.stopped) {
            self.tell(&json!({
                "type": "event",
                "seq": 0,
                "event": "continued",
                "body": { "threadId": thread, "allThreadsContinued": true },
            }));
        }
    }

    fn tell(&self, event: &Value) {
        if let Some(events) = self.events.get() {
            events.publish(event.clone());
        }
    }
}

impl State {
    /// Sets the breakpoints of a cell in all files that it was compiled to.
    fn place(&mut self, source: &str) {
        let Some(Attached { adapter, .. }) = &mut self.attached else {
            return;
        };
        let none = Vec::new();
        let breakpoints = self.breakpoints.get(source).unwrap_or(&none);
        for (name, file) in self.sources.files_of(source) {
            let here = breakpoints.iter().filter_map(|breakpoint| {
                let mut breakpoint = breakpoint.clone();
                breakpoint["line"] = json!(file.line_here(breakpoint["line"].as_u64()?)?);
                Some(breakpoint)
            });
            let here: Vec<Value> = here.collect();
            let set = json!({ "source": { "path": name, "name": name }, "breakpoints": here });
            if let Err(why) = adapter.ask("setBreakpoints", &set) {
                tracing::warn!(why, name, "breakpoints were not set");
            }
        }
    }

    /// Whether a thread that has stopped is not where a person would look, and
    /// goes on.
    fn goes_on(&mut self, event: &Value) -> bool {
        let Some(Attached { adapter, .. }) = &mut self.attached else {
            return true;
        };
        let thread = event["body"]["threadId"].as_u64().unwrap_or_default();
        let Ok(stack) = stack(adapter, thread) else {
            return false;
        };
        let places: Vec<Option<Place>> = stack
            .iter()
            .map(|frame| view::place(frame, &self.sources))
            .collect();
        let inside = places.iter().any(Option::is_some);
        let here = places.into_iter().next().flatten();
        let reason = event["body"]["reason"].as_str().unwrap_or_default();
        let on = match &mut self.step {
            // Breakpoints, crashes.
            _ if reason != "step" => (!inside).then_some("continue"),
            Some(step) if step.detours >= DETOURS => None,
            Some(step) if here.is_some() => {
                // It has come back from where it should not have gone.
                let again = step.command == "stepIn" && step.detours > 0 && here == step.from;
                again.then_some("stepIn")
            }
            _ if here.is_some() => None,
            _ if inside => Some("stepOut"),
            _ => Some("continue"),
        };
        let Some(command) = on else {
            return false;
        };
        if let Some(step) = &mut self.step {
            step.detours += 1;
        }
        adapter.ask(command, &json!({ "threadId": thread })).is_ok()
    }
}

fn stack(adapter: &mut Adapter, thread: u64) -> Result<Vec<Value>, String> {
    let which = json!({ "threadId": thread, "startFrame": 0, "levels": 200 });
    let mut stack = adapter.ask("stackTrace", &which)?;
    match stack["stackFrames"].take() {
        Value::Array(frames) => Ok(frames),
        _ => Ok(Vec::new()),
    }
}

/// Variables of the debugger, as many as a panel can show.
fn variables(adapter: &mut Adapter, arguments: &Value) -> Result<Value, String> {
    let found = some_variables(adapter, &arguments["variablesReference"])?;
    let mut shown = Vec::new();
    for variable in found {
        let Some(mut variable) = view::variable(variable, LONG) else {
            continue;
        };
        // A reference to a number shows the number.
        let address = variable["value"]
            .as_str()
            .is_some_and(|value| value.starts_with("0x"));
        if address && variable["variablesReference"] != 0 {
            let mut inside = some_variables(adapter, &variable["variablesReference"])?;
            if inside.len() == 1 && inside[0]["variablesReference"] == 0 {
                let value = inside[0]["value"].take();
                let kind = variable["type"].as_str().unwrap_or_default();
                let kind = view::with_value(kind, value.as_str().unwrap_or_default());
                variable["type"] = json!(kind);
                variable["value"] = value;
                variable["variablesReference"] = json!(0);
            }
        }
        shown.push(variable);
    }
    Ok(json!({ "variables": shown }))
}

fn some_variables(adapter: &mut Adapter, reference: &Value) -> Result<Vec<Value>, String> {
    let which = json!({ "variablesReference": reference, "start": 0, "count": tree::MOST });
    let mut body = adapter.ask("variables", &which)?;
    match body["variables"].take() {
        Value::Array(variables) => Ok(variables),
        _ => Ok(Vec::new()),
    }
}

/// What lldb is told first: how Rust's collections look, which comes with rustc.
fn commands() -> Vec<String> {
    let mut commands = vec![format!(
        "settings set target.process.thread.step-avoid-regexp {NOT_ENTERED}"
    )];
    let sysroot = std::process::Command::new("rustc")
        .args(["--print", "sysroot"])
        .output();
    let sysroot = sysroot
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let Some(sysroot) = sysroot else {
        return commands;
    };
    let etc = PathBuf::from(sysroot.trim()).join("lib/rustlib/etc");
    let (lookup, formats) = (etc.join("lldb_lookup.py"), etc.join("lldb_commands"));
    if lookup.is_file() && formats.is_file() {
        commands.push(format!(
            "command script import {:?}",
            lookup.display().to_string()
        ));
        commands.push(format!(
            "command source -s true {:?}",
            formats.display().to_string()
        ));
    }
    commands
}
