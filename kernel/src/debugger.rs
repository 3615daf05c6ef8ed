//! The panel of variables in JupyterLab's debugger sidebar.
//!
//! The sidebar speaks the debug adapter protocol over Jupyter messages. The
//! variables are answered: with types, previews, the columns of frames, and a
//! rich look at one. Stepping is not: breakpoints are not set, so the sidebar
//! shows none.
//!
//! Requests come on a thread of their own. While a cell runs, its process
//! cannot be asked: then the variables are those that the last look found.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ferrite_engine::{Preview, Session};
use serde_json::{Map, Value, json};

/// How long a look waits for a cell that is about to end.
const PATIENCE: Duration = Duration::from_millis(300);
const NO_STEPPING: &str = "cells of this kernel cannot be stepped through";

/// The session, once there is one.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Option<Arc<Mutex<Session>>>>>);

impl Shared {
    /// Sets or removes the session.
    pub fn set(&self, session: Option<Arc<Mutex<Session>>>) {
        *guard(&self.0) = session;
    }

    fn get(&self) -> Option<Arc<Mutex<Session>>> {
        guard(&self.0).clone()
    }
}

/// Answers requests about variables.
pub struct Variables {
    session: Shared,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether a frontend has said `initialize`.
    started: bool,
    /// Numbers the answers.
    answers: u64,
    /// What the last look found.
    last: Vec<Preview>,
}

impl Variables {
    /// Of a session.
    pub fn new(session: Shared) -> Self {
        Self {
            session,
            state: Mutex::default(),
        }
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
            "debugInfo" => Ok(info(state.started)),
            "initialize" => {
                state.started = true;
                Ok(json!({ "exceptionBreakpointFilters": [] }))
            }
            "attach" | "configurationDone" => Ok(json!({})),
            "disconnect" | "terminate" => {
                state.started = false;
                Ok(json!({}))
            }
            "inspectVariables" => {
                self.look(state);
                let variables = state.last.iter().enumerate();
                let variables: Vec<Value> = variables.map(|(at, it)| variable(at, it)).collect();
                Ok(json!({ "variables": variables }))
            }
            "variables" => children(arguments, &state.last),
            "richInspectVariables" => self.rich(arguments),
            "dumpCell" => Ok(json!({ "sourcePath": source_path(arguments) })),
            // None is set. JupyterLab shows whatever comes back as a
            // breakpoint, verified or not, and it would never stop there.
            "setBreakpoints" => Ok(json!({ "breakpoints": [] })),
            "setExceptionBreakpoints" => Ok(json!({})),
            "threads" => Ok(json!({ "threads": [] })),
            "modules" => Ok(json!({ "modules": [], "totalModules": 0 })),
            _ => Err(format!("`{command}` is not answered: {NO_STEPPING}")),
        }
    }

    /// Looks at the variables, unless a cell runs.
    fn look(&self, state: &mut State) {
        if let Some(found) = self.with_session(Session::previews) {
            state.last = found;
        }
    }

    fn rich(&self, arguments: &Value) -> Result<Value, String> {
        let name = arguments["variableName"].as_str().unwrap_or_default();
        let found = self
            .with_session(|session| session.show_variable(name))
            .ok_or("a cell is running")?
            .ok_or_else(|| format!("there is no variable `{name}`"))?;
        let data: Map<String, Value> = found
            .into_iter()
            .map(|(mime, data)| {
                let value = match mime.ends_with("json") {
                    true => serde_json::from_str(&data).unwrap_or(Value::String(data)),
                    false => Value::String(data),
                };
                (mime, value)
            })
            .collect();
        Ok(json!({ "data": data, "metadata": {} }))
    }

    /// Asks the session, if no cell keeps it busy.
    fn with_session<T>(&self, ask: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let session = self.session.get()?;
        let until = Instant::now() + PATIENCE;
        loop {
            match session.try_lock() {
                Ok(mut session) => return Some(ask(&mut session)),
                Err(std::sync::TryLockError::Poisoned(broken)) => {
                    return Some(ask(&mut broken.into_inner()));
                }
                Err(std::sync::TryLockError::WouldBlock) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(std::sync::TryLockError::WouldBlock) => return None,
            }
        }
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a frontend asks first, and again when its page is loaded anew.
fn info(started: bool) -> Value {
    json!({
        "isStarted": started,
        "hashMethod": "Murmur2",
        "hashSeed": 0,
        "tmpFilePrefix": "/tmp/ferrite-cells/",
        "tmpFileSuffix": ".rs",
        "breakpoints": [],
        "stoppedThreads": [],
        "richRendering": true,
        "exceptionPaths": [],
        "copyToGlobals": false,
    })
}

/// Frames can be opened: their children are the columns.
fn variable(at: usize, preview: &Preview) -> Value {
    let children = if preview.columns.is_empty() {
        0
    } else {
        at + 1
    };
    json!({
        "name": preview.name,
        "evaluateName": preview.name,
        "type": preview.type_text,
        "value": preview.value,
        "variablesReference": children,
        "namedVariables": preview.columns.len(),
        "presentationHint": { "kind": "data" },
    })
}

fn children(arguments: &Value, last: &[Preview]) -> Result<Value, String> {
    let reference = arguments["variablesReference"].as_u64().unwrap_or(0);
    let at = usize::try_from(reference)
        .ok()
        .and_then(|n| n.checked_sub(1));
    let preview = at.and_then(|at| last.get(at));
    let preview = preview.ok_or_else(|| format!("there are no variables under {reference}"))?;
    let column = |(name, kind): &(String, String)| {
        json!({
            "name": name,
            "evaluateName": format!("{}.column({name:?})?", preview.name),
            "type": kind,
            "value": "",
            "variablesReference": 0,
        })
    };
    let columns: Vec<Value> = preview.columns.iter().map(column).collect();
    Ok(json!({ "variables": columns }))
}

/// The name that a frontend gives to a cell's text: a hash of it.
fn source_path(arguments: &Value) -> String {
    let code = arguments["code"].as_str().unwrap_or_default();
    format!("/tmp/ferrite-cells/{}.rs", murmur2(code.as_bytes(), 0))
}

/// The 32 bits of MurmurHash2 (Austin Appleby, public domain), which is what
/// frontends compute.
fn murmur2(bytes: &[u8], seed: u32) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut hash = seed ^ length;
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
        k = k.wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = words.remainder();
    for (at, byte) in rest.iter().enumerate() {
        hash ^= u32::from(*byte) << (8 * at);
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frontend_without_a_session_is_answered() {
        let debugger = Variables::new(Shared::default());
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

    #[test]
    fn the_hash_is_the_frontends() {
        // `ipykernel.compiler.murmur2_x86` of the same.
        assert_eq!(murmur2(b"", 0), 0);
        assert_eq!(murmur2(b"hello", 0), 3_848_350_155);
        assert_eq!(murmur2(b"let x = 1;", 0), 1_329_695_373);
        assert_eq!(murmur2("größe".as_bytes(), 0x12345), 279_600_933);
    }
}
