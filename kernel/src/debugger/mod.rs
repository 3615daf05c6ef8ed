//! JupyterLab's debugger: its panel of variables, breakpoints and steps.
//!
//! It speaks the debug adapter protocol over Jupyter messages, which come on a
//! thread of their own. Variables are answered by the session ([`panel`], with
//! [`tree`] to look inside). Breakpoints and steps need a debugger on the machine
//! ([`adapter`]); [`stepping`] attaches it, [`sources`] knows which file came from
//! which cell, [`view`] shows frames and variables as a person knows them.
//! Without a debugger no breakpoint is set, so the sidebar shows none.

mod adapter;
mod panel;
mod sources;
mod stepping;
mod tree;
mod view;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ferrite_engine::Session;
use ferrite_jupyter::DebugEvents;
use serde_json::{Value, json};

use panel::Panel;
use stepping::Stepping;

pub use adapter::program;

/// The session, once there is one.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Option<Arc<Mutex<Session>>>>>);

impl Shared {
    fn set(&self, session: Option<Arc<Mutex<Session>>>) {
        *guard(&self.0) = session;
    }

    fn get(&self) -> Option<Arc<Mutex<Session>>> {
        guard(&self.0).clone()
    }
}

/// Answers requests of debuggers.
#[derive(Clone)]
pub struct Debugger {
    session: Shared,
    stepping: Arc<Stepping>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Whether a frontend has said `initialize`.
    started: bool,
    /// Numbers the answers.
    answers: u64,
    panel: Panel,
}

impl Debugger {
    /// Without a session yet.
    pub fn new() -> Self {
        Self {
            session: Shared::default(),
            stepping: Stepping::new(),
            state: Arc::default(),
        }
    }

    /// Where events go.
    pub fn publish_to(&self, events: DebugEvents) {
        self.stepping.publish_to(events);
    }

    /// The session has come up, or is about to end.
    pub fn set_session(&self, session: Option<&Arc<Mutex<Session>>>) {
        match session {
            Some(session) => self.stepping.session(guard(session).debugging()),
            None => self.stepping.end(),
        }
        self.session.set(session.cloned());
    }

    /// A cell is about to run under this number.
    pub fn cell(&self, number: u32, code: &str) {
        self.stepping.cell(number, code);
    }

    /// The cell is to be interrupted: one that stands still has to go on first.
    pub fn interrupt(&self) {
        self.stepping.let_go();
    }

    /// The answer to a request of the debug adapter protocol.
    pub fn answer(&self, request: &Value) -> Value {
        let mut state = guard(&self.state);
        let command = request["command"].as_str().unwrap_or_default();
        let body = self.body(command, &request["arguments"], &mut state);
        state.answers += 1;
        let mut answer = json!({
            "type": "response",
            "seq": state.answers,
            "request_seq": request["seq"],
            "command": command,
            "success": body.is_ok(),
        });
        match body {
            Ok(body) => answer["body"] = body,
            Err(why) => answer["message"] = json!(why),
        }
        answer
    }

    fn body(&self, command: &str, arguments: &Value, state: &mut State) -> Result<Value, String> {
        match command {
            "debugInfo" => Ok(self.info(state.started)),
            "initialize" => {
                state.started = true;
                Ok(json!({ "exceptionBreakpointFilters": [] }))
            }
            "attach" => {
                self.stepping.start();
                Ok(json!({}))
            }
            "configurationDone" | "setExceptionBreakpoints" => Ok(json!({})),
            "disconnect" | "terminate" => {
                state.started = false;
                self.stepping.end();
                Ok(json!({}))
            }
            "inspectVariables" => Ok(state.panel.variables(&self.session)),
            "variables" => {
                let reference = arguments["variablesReference"].as_u64().unwrap_or(0);
                match Panel::owns(reference) || !self.stepping.is_stopped() {
                    true => state.panel.children(reference, &self.session),
                    false => self.stepping.ask(command, arguments),
                }
            }
            "richInspectVariables" => self.rich(arguments),
            "dumpCell" => {
                let code = arguments["code"].as_str().unwrap_or_default();
                Ok(json!({ "sourcePath": self.stepping.source_path(code) }))
            }
            "source" => {
                let path = arguments["source"]["path"].as_str().unwrap_or_default();
                let text = self.stepping.source(path);
                let text = text.ok_or_else(|| format!("there is no cell `{path}`"))?;
                Ok(json!({ "content": text, "mimeType": "text/rust" }))
            }
            "setBreakpoints" => Ok(self.stepping.set_breakpoints(arguments)),
            "modules" => Ok(json!({ "modules": [], "totalModules": 0 })),
            "threads" | "stackTrace" | "scopes" | "next" | "stepIn" | "stepOut" | "continue"
            | "pause" | "evaluate" => self.stepping.ask(command, arguments),
            _ => Err(format!("`{command}` is not answered")),
        }
    }

    fn rich(&self, arguments: &Value) -> Result<Value, String> {
        // A cell that stands still has locals which the session does not know.
        let name = arguments["variableName"].as_str().unwrap_or_default();
        if self.stepping.is_stopped()
            && let Some(text) = self.stepping.text(name, &arguments["frameId"])
        {
            return Ok(json!({ "data": { "text/plain": text }, "metadata": {} }));
        }
        panel::rich(&self.session, arguments)
    }

    /// What a frontend asks first, and again when its page is loaded anew.
    fn info(&self, started: bool) -> Value {
        json!({
            "isStarted": started,
            "hashMethod": "Murmur2",
            "hashSeed": 0,
            "tmpFilePrefix": sources::PREFIX,
            "tmpFileSuffix": sources::SUFFIX,
            "breakpoints": self.stepping.breakpoints(),
            "stoppedThreads": self.stepping.stopped_threads(),
            "richRendering": true,
            "exceptionPaths": [],
            "copyToGlobals": false,
            // Not of the protocol: whether there are breakpoints, and why not.
            "stepping": self.stepping.missing().is_none(),
            "message": self.stepping.missing().unwrap_or_default(),
        })
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frontend_without_a_session_is_answered() {
        let debugger = Debugger::new();
        let ask = |seq: u64, command: &str| {
            debugger.answer(&json!({ "seq": seq, "type": "request", "command": command }))
        };
        assert_eq!(ask(1, "debugInfo")["body"]["isStarted"], false);
        assert_eq!(ask(2, "initialize")["success"], true);
        assert_eq!(ask(3, "debugInfo")["body"]["isStarted"], true);
        assert_eq!(ask(4, "inspectVariables")["body"]["variables"], json!([]));
        let refused = ask(5, "stepIn");
        assert_eq!(
            (&refused["success"], &refused["request_seq"]),
            (&json!(false), &json!(5))
        );
    }
}
