//! Comms: lines between code and a part of the frontend.
//!
//! The frontend opens one by a target's name, for which code has
//! [registered](register), or code [opens](Comm::open) one for which the
//! frontend has. Then both sides send JSON objects until one of them closes it.
//!
//! ```
//! use ferrite_widgets::comm;
//! use serde_json::json;
//!
//! comm::register("greeter", |comm, data| {
//!     comm.send(json!({ "hello": data["name"] }));
//!     comm.on_message(|comm, data| comm.send(json!({ "you said": data })));
//! });
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ferrite_display::comm::{CommAction, CommMessage};
use ferrite_display::{comm as border, new_id};
use serde_json::Value;

type OnOpen = Arc<Mutex<dyn FnMut(&Comm, &Value) + Send>>;
type OnMessage = Arc<Mutex<dyn FnMut(&Comm, &Value, &[Vec<u8>]) + Send>>;
type OnClose = Arc<Mutex<dyn FnMut(&Comm) + Send>>;

/// Who takes what.
#[derive(Default)]
struct Switchboard {
    targets: BTreeMap<String, OnOpen>,
    open: BTreeMap<Comm, Handlers>,
}

#[derive(Default)]
struct Handlers {
    message: Option<OnMessage>,
    close: Option<OnClose>,
}

static SWITCHBOARD: Mutex<Option<Switchboard>> = Mutex::new(None);

/// The switchboard. It is not held while a handler runs.
fn switchboard<R>(with: impl FnOnce(&mut Switchboard) -> R) -> R {
    let mut guard: MutexGuard<'_, Option<Switchboard>> =
        SWITCHBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    with(guard.get_or_insert_with(|| {
        border::listen(receive);
        Switchboard::default()
    }))
}

/// Makes code answer when the frontend opens a comm of that name. A second
/// registration replaces the first; open comms keep their handlers.
///
/// `on_open` gets the comm and what the frontend said with the opening. It runs
/// between cells; an error or a panic in it is shown and costs nothing else.
///
/// ```
/// ferrite_widgets::comm::register("log", |_, data| println!("{data}"));
/// ```
pub fn register(target: impl Into<String>, on_open: impl FnMut(&Comm, &Value) + Send + 'static) {
    let handler: OnOpen = Arc::new(Mutex::new(on_open));
    switchboard(|board| board.targets.insert(target.into(), handler));
}

/// Makes code no longer answer for that name.
pub fn unregister(target: &str) {
    switchboard(|board| board.targets.remove(target));
}

/// A line to the frontend. Clones are the same line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comm {
    id: Arc<str>,
}

impl Comm {
    /// Opens a comm with what the frontend has registered under that name.
    ///
    /// ```
    /// use ferrite_widgets::comm::Comm;
    /// use serde_json::json;
    ///
    /// let comm = Comm::open("my_panel", json!({ "title": "Progress" }));
    /// comm.send(json!({ "done": 0.5 }));
    /// comm.close();
    /// ```
    pub fn open(target: impl Into<String>, data: Value) -> Self {
        let comm = Self::unopened();
        comm.announce(target.into(), data, Value::Null);
        comm
    }

    /// A comm that the frontend does not know yet; handlers may be set before
    /// it does.
    pub(crate) fn unopened() -> Self {
        Self {
            id: new_id().into(),
        }
    }

    pub(crate) fn announce(&self, target: String, data: Value, metadata: Value) {
        switchboard(|board| {
            board.open.entry(self.clone()).or_default();
        });
        self.emit(CommAction::Open(target), data, metadata, Vec::new());
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether neither side has closed it.
    pub fn is_open(&self) -> bool {
        switchboard(|board| board.open.contains_key(self))
    }

    /// Says something. `data` should be an object; nothing happens if the comm
    /// is closed.
    pub fn send(&self, data: Value) {
        self.send_binary(data, Vec::new());
    }

    /// Says something, with binary data behind it.
    pub fn send_binary(&self, data: Value, buffers: Vec<Vec<u8>>) {
        self.send_all(data, Value::Null, buffers);
    }

    pub(crate) fn send_all(&self, data: Value, metadata: Value, buffers: Vec<Vec<u8>>) {
        if self.is_open() {
            self.emit(CommAction::Message, data, metadata, buffers);
        }
    }

    /// Sets who is told what the frontend says.
    pub fn on_message(&self, mut handler: impl FnMut(&Comm, &Value) + Send + 'static) {
        self.on_binary(move |comm, data, _| handler(comm, data));
    }

    /// Sets who is told what the frontend says, with the binary data behind it.
    pub fn on_binary(&self, handler: impl FnMut(&Comm, &Value, &[Vec<u8>]) + Send + 'static) {
        let handler: OnMessage = Arc::new(Mutex::new(handler));
        switchboard(|board| {
            board.open.entry(self.clone()).or_default().message = Some(handler);
        });
    }

    /// Sets who is told that the frontend has closed the comm.
    pub fn on_close(&self, handler: impl FnMut(&Comm) + Send + 'static) {
        let handler: OnClose = Arc::new(Mutex::new(handler));
        switchboard(|board| board.open.entry(self.clone()).or_default().close = Some(handler));
    }

    /// Closes the comm.
    pub fn close(&self) {
        if switchboard(|board| board.open.remove(self)).is_some() {
            let nothing = Value::Object(serde_json::Map::new());
            self.emit(CommAction::Close, nothing, Value::Null, Vec::new());
        }
    }

    fn emit(&self, action: CommAction, data: Value, metadata: Value, buffers: Vec<Vec<u8>>) {
        border::send(&CommMessage {
            comm: self.id.to_string(),
            action,
            data: data.to_string(),
            metadata: metadata.to_string(),
            buffers,
        });
    }
}

impl fmt::Debug for Comm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_open() { "open" } else { "closed" };
        write!(f, "Comm {} ({state})", self.id)
    }
}

/// Takes a message of the frontend; false if nobody has registered for it.
fn receive(message: &CommMessage) -> bool {
    let comm = Comm {
        id: message.comm.as_str().into(),
    };
    let data: Value = serde_json::from_str(&message.data).unwrap_or_default();
    match &message.action {
        CommAction::Open(target) => {
            let Some(handler) = switchboard(|board| board.targets.get(target).cloned()) else {
                return false;
            };
            switchboard(|board| board.open.insert(comm.clone(), Handlers::default()));
            call(&handler, |handler| handler(&comm, &data));
            true
        }
        CommAction::Message => {
            let found = switchboard(|board| {
                let handlers = board.open.get(&comm)?;
                Some(handlers.message.clone())
            });
            if let Some(Some(handler)) = &found {
                call(handler, |handler| handler(&comm, &data, &message.buffers));
            }
            found.is_some()
        }
        CommAction::Close => {
            let handlers = switchboard(|board| board.open.remove(&comm));
            if let Some(handler) = handlers.as_ref().and_then(|found| found.close.as_ref()) {
                call(handler, |handler| handler(&comm));
            }
            handlers.is_some()
        }
    }
}

fn call<F: ?Sized>(handler: &Arc<Mutex<F>>, with: impl FnOnce(&mut F)) {
    // One that panicked last time may be called again.
    let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
    with(&mut handler);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::mpsc;

    fn message(comm: &str, action: CommAction, data: &Value) -> CommMessage {
        CommMessage {
            comm: comm.to_owned(),
            action,
            data: data.to_string(),
            ..CommMessage::default()
        }
    }

    #[test]
    fn a_comm_of_the_frontend_lives_until_it_is_closed() {
        let (said, heard) = mpsc::channel();
        let say = said.clone();
        register("test", move |comm, data| {
            say.send(format!("opened with {data}")).unwrap();
            let say = say.clone();
            comm.on_message(move |_, data| say.send(format!("message {data}")).unwrap());
            let say = said.clone();
            comm.on_close(move |comm| say.send(format!("{comm:?}")).unwrap());
        });
        let data = json!({"n": 1});
        let open = CommAction::Open("test".to_owned());
        assert!(receive(&message("c", open, &data)));
        assert!(receive(&message("c", CommAction::Message, &data)));
        assert!(receive(&message("c", CommAction::Close, &json!({}))));
        assert!(!receive(&message("c", CommAction::Message, &data)));
        assert_eq!(
            heard.try_iter().collect::<Vec<_>>(),
            [
                r#"opened with {"n":1}"#,
                r#"message {"n":1}"#,
                "Comm c (closed)"
            ]
        );
    }

    #[test]
    fn nobody_answers_for_an_unknown_target() {
        let open = CommAction::Open("unknown".to_owned());
        assert!(!receive(&message("d", open, &json!({}))));
        register("known for a while", |_, _| {});
        unregister("known for a while");
        let open = CommAction::Open("known for a while".to_owned());
        assert!(!receive(&message("d", open, &json!({}))));
    }

    #[test]
    fn a_handler_that_panics_is_called_again() {
        register("shaky", |comm, _| {
            comm.on_message(|_, data| assert_eq!(data["fine"], true));
        });
        let open = CommAction::Open("shaky".to_owned());
        assert!(receive(&message("e", open, &json!({}))));
        let bad = message("e", CommAction::Message, &json!({"fine": false}));
        assert!(std::panic::catch_unwind(|| receive(&bad)).is_err());
        let good = message("e", CommAction::Message, &json!({"fine": true}));
        assert!(receive(&good));
    }

    #[test]
    fn a_comm_of_the_code_takes_messages_until_it_closes_it() {
        let comm = Comm::open("panel", json!({}));
        assert!(comm.is_open());
        assert!(receive(&message(
            comm.id(),
            CommAction::Message,
            &json!({})
        )));
        comm.close();
        assert!(!comm.is_open());
        assert!(!receive(&message(
            comm.id(),
            CommAction::Message,
            &json!({})
        )));
    }
}
