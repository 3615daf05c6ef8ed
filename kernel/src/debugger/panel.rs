//! The panel of variables: types, previews, what is inside, and a rich look.
//!
//! While a cell runs, its process cannot be asked: then the variables are
//! those that the last look found.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ferrite_engine::{Preview, Session};
use serde_json::{Map, Value, json};

use super::tree::{self, Child};
use super::{Shared, guard, view};

/// How long a look waits for a cell that is about to end.
const PATIENCE: Duration = Duration::from_millis(300);
/// How much of a value's `Debug` is looked through when it is opened.
const TEXT: usize = 32 << 10;
/// The numbers of things that can be opened begin here: a debugger's own are
/// small.
const FIRST: u64 = 1 << 30;
/// Most things that can be opened at a time.
const MOST: usize = 10_000;

/// What the last look found.
#[derive(Default)]
pub struct Panel {
    last: Vec<Preview>,
    opens: Vec<Opens>,
}

/// Something that can be opened.
#[derive(Clone)]
enum Opens {
    /// The columns of a frame.
    Frame(usize),
    /// A variable, of which nothing but a preview is known yet.
    Variable(String),
    /// A part of one: the expression for it, and its text.
    Part(String, String),
}

impl Panel {
    /// Whether a number is one of these, and not the debugger's.
    pub fn owns(reference: u64) -> bool {
        reference >= FIRST
    }

    /// All variables.
    pub fn variables(&mut self, session: &Shared) -> Value {
        // Nothing changes while a cell runs.
        if let Some(found) = with_session(session, Session::previews) {
            self.last = found;
            self.opens.clear();
        }
        let last = std::mem::take(&mut self.last);
        let variables = last.iter().enumerate();
        let variables: Vec<Value> = variables.map(|(at, it)| self.variable(at, it)).collect();
        self.last = last;
        json!({ "variables": variables })
    }

    fn variable(&mut self, at: usize, preview: &Preview) -> Value {
        let children = if !preview.columns.is_empty() {
            self.reference(Opens::Frame(at))
        } else if tree::opens(&preview.value) {
            self.reference(Opens::Variable(preview.name.clone()))
        } else {
            0
        };
        json!({
            "name": preview.name,
            "evaluateName": preview.name,
            "type": view::with_value(&preview.type_text, &preview.value),
            "value": preview.value,
            "variablesReference": children,
            "namedVariables": preview.columns.len(),
            "presentationHint": { "kind": "data" },
        })
    }

    fn reference(&mut self, opens: Opens) -> u64 {
        if self.opens.len() >= MOST {
            return 0;
        }
        self.opens.push(opens);
        FIRST + self.opens.len() as u64 - 1
    }

    /// What is inside something.
    pub fn children(&mut self, reference: u64, session: &Shared) -> Result<Value, String> {
        let at = reference.checked_sub(FIRST);
        let at = at.and_then(|at| usize::try_from(at).ok());
        let opens = at.and_then(|at| self.opens.get(at).cloned());
        let opens = opens.ok_or_else(|| format!("there are no variables under {reference}"))?;
        let children = match opens {
            Opens::Frame(at) => self.last.get(at).map(columns).unwrap_or_default(),
            Opens::Variable(name) => {
                let text = with_session(session, |session| session.debug_text(&name, TEXT));
                let text = text
                    .ok_or("a cell is running")?
                    .ok_or_else(|| format!("there is no variable `{name}`"))?;
                self.parts(&name, &text)
            }
            Opens::Part(expression, text) => self.parts(&expression, &text),
        };
        Ok(json!({ "variables": children }))
    }

    fn parts(&mut self, expression: &str, text: &str) -> Vec<Value> {
        let children = tree::children(text).into_iter();
        children
            .map(|Child { name, access, text }| {
                let expression = format!("{expression}{access}");
                let value = in_a_line(&text);
                let reference = match tree::opens(&text) {
                    true => self.reference(Opens::Part(expression.clone(), text)),
                    false => 0,
                };
                // Without a type, JupyterLab's tree shows the value.
                json!({
                    "name": name,
                    "evaluateName": expression,
                    "value": value,
                    "variablesReference": reference,
                })
            })
            .collect()
    }
}

/// A variable as its rich looks.
pub fn rich(session: &Shared, arguments: &Value) -> Result<Value, String> {
    let name = arguments["variableName"].as_str().unwrap_or_default();
    let found = with_session(session, |session| session.show_variable(name))
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
fn with_session<T>(session: &Shared, ask: impl FnOnce(&mut Session) -> T) -> Option<T> {
    let session: Arc<Mutex<Session>> = session.get()?;
    let until = Instant::now() + PATIENCE;
    loop {
        match session.try_lock() {
            Ok(mut session) => return Some(ask(&mut session)),
            Err(std::sync::TryLockError::Poisoned(_)) => return Some(ask(&mut guard(&session))),
            Err(std::sync::TryLockError::WouldBlock) if Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(std::sync::TryLockError::WouldBlock) => return None,
        }
    }
}

fn columns(preview: &Preview) -> Vec<Value> {
    let column = |(name, kind): &(String, String)| {
        json!({
            "name": name,
            "evaluateName": format!("{}.column({name:?})?", preview.name),
            "type": kind,
            "value": "",
            "variablesReference": 0,
        })
    };
    preview.columns.iter().map(column).collect()
}

fn in_a_line(text: &str) -> String {
    const LONG: usize = 160;
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONG) {
        line.truncate(end);
        line.push('…');
    }
    line
}
