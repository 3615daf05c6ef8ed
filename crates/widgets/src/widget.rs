//! What all widgets are: a state that both sides change, under a comm.
//!
//! The protocol is ipywidgets' ("Jupyter widget messaging protocol" 2.1): the
//! kernel opens a comm of the target `jupyter.widget` with the state, each side
//! sends an `update` of what has changed, and an output of the type
//! `application/vnd.jupyter.widget-view+json` says where the widget is shown.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use serde_json::{Map, Value, json};

use crate::callbacks::Callbacks;
use crate::comm::Comm;
use crate::{fallback, restore};

/// The target of all widgets.
const TARGET: &str = "jupyter.widget";
/// The version of the messages.
const PROTOCOL: &str = "2.1.0";
/// The package that draws controls, and its version.
const CONTROLS: (&str, &str) = ("@jupyter-widgets/controls", "2.0.0");
/// The type of an output that is a widget.
const VIEW: &str = "application/vnd.jupyter.widget-view+json";

/// A widget of any kind: a model's state, kept the same here and in the
/// frontend. Clones are the same widget.
///
/// Every control of ipywidgets can be had by the name of its model:
///
/// ```
/// use ferrite_widgets::Widget;
/// use serde_json::json;
///
/// let bar = Widget::new("FloatProgressModel", "ProgressView", json!({ "max": 10.0 }));
/// bar.set("value", json!(2.5));
/// assert_eq!(bar.get("value"), 2.5);
/// ```
#[derive(Clone)]
pub struct Widget(Arc<Model>);

struct Model {
    comm: Comm,
    state: Mutex<Map<String, Value>>,
    changes: Callbacks<(String, Value)>,
    events: Callbacks<Value>,
    /// Widgets that are shown inside this one.
    children: Vec<Widget>,
    opened: OnceLock<()>,
}

impl Widget {
    /// A widget of the package `@jupyter-widgets/controls`, by the names of its
    /// model and its view, with whatever of the state is not as the package has
    /// it.
    pub fn new(model: &str, view: &str, state: Value) -> Self {
        Self::with_children(model, view, state, Vec::new())
    }

    fn with_children(model: &str, view: &str, state: Value, children: Vec<Widget>) -> Self {
        let (module, version) = CONTROLS;
        let mut full = json!({
            "_model_module": module, "_model_module_version": version, "_model_name": model,
            "_view_module": module, "_view_module_version": version, "_view_name": view,
        });
        if let (Value::Object(full), Value::Object(state)) = (&mut full, state) {
            full.extend(state);
        }
        let state = match full {
            Value::Object(state) => state,
            _ => Map::new(),
        };
        Self(Arc::new(Model {
            comm: Comm::unopened(),
            state: Mutex::new(state),
            changes: Callbacks::default(),
            events: Callbacks::default(),
            children,
            opened: OnceLock::new(),
        }))
    }

    /// The name by which the frontend knows it.
    pub fn id(&self) -> &str {
        self.0.comm.id()
    }

    /// A part of the state; null if nobody has said anything about it.
    pub fn get(&self, name: &str) -> Value {
        self.state().get(name).cloned().unwrap_or_default()
    }

    /// Changes a part of the state, here and in the frontend. Handlers are told
    /// as if a person had done it.
    pub fn set(&self, name: &str, value: Value) {
        if self.get(name) == value {
            return;
        }
        self.state().insert(name.to_owned(), value.clone());
        if self.is_open() {
            self.send_update(json!({ name: value }));
        }
        self.0.changes.call(&(name.to_owned(), value));
    }

    /// Sets the state before anybody has seen it.
    pub(crate) fn with(self, name: &str, value: Value) -> Self {
        self.state().insert(name.to_owned(), value);
        self
    }

    /// Calls a function with the new value whenever that part of the state has
    /// changed.
    pub fn on_change(&self, name: &str, mut handler: impl FnMut(&Value) + Send + 'static) {
        let name = name.to_owned();
        self.0.changes.add(Box::new(move |(changed, value)| {
            if *changed == name {
                handler(value);
            }
        }));
    }

    /// Calls a function with what the frontend says that is no change of the
    /// state, such as a click.
    pub fn on_event(&self, handler: impl FnMut(&Value) + Send + 'static) {
        self.0.events.add(Box::new(handler));
    }

    /// Tells the frontend of it, if that was not done yet.
    pub(crate) fn open(&self) {
        for child in &self.0.children {
            child.open();
        }
        if self.0.opened.set(()).is_err() {
            return;
        }
        restore::remember(self);
        let widget = self.clone();
        self.0.comm.on_message(move |_, data| widget.hear(data));
        let id = self.id().to_owned();
        self.0.comm.on_close(move |_| restore::forget(&id));
        let state = Value::Object(self.state().clone());
        self.0.comm.announce(
            TARGET.to_owned(),
            json!({ "state": state, "buffer_paths": [] }),
            json!({ "version": PROTOCOL }),
        );
    }

    /// Takes it out of the frontend, and lets go of its handlers.
    pub fn close(&self) {
        self.0.comm.close();
        restore::forget(self.id());
    }

    fn is_open(&self) -> bool {
        self.0.opened.get().is_some() && self.0.comm.is_open()
    }

    /// The state as a new frontend has to be told it.
    pub(crate) fn whole(&self) -> Value {
        let state = self.state().clone();
        json!({
            "model_name": state.get("_model_name"),
            "model_module": state.get("_model_module"),
            "model_module_version": state.get("_model_module_version"),
            "state": state,
        })
    }

    fn hear(&self, data: &Value) {
        match data["method"].as_str() {
            Some("update") => {
                let changed = data["state"].as_object().cloned().unwrap_or_default();
                self.state().extend(changed.clone());
                for change in changed {
                    self.0.changes.call(&change);
                }
            }
            Some("request_state") => {
                let state = Value::Object(self.state().clone());
                self.send_update(state);
            }
            Some("custom") => self.0.events.call(&data["content"]),
            _ => {}
        }
    }

    fn send_update(&self, state: Value) {
        self.0.comm.send_all(
            json!({ "method": "update", "state": state, "buffer_paths": [] }),
            json!({ "version": PROTOCOL }),
            Vec::new(),
        );
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Map<String, Value>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it is and which value it has, in a line for each widget in it.
    fn lines(&self) -> Vec<String> {
        if self.0.children.is_empty() {
            return vec![fallback::line(&self.state())];
        }
        self.0.children.iter().flat_map(Widget::lines).collect()
    }
}

/// As text where nothing else can be shown, as HTML in a browser without
/// ipywidgets, and as the widget itself.
impl Show for Widget {
    fn show(&self) -> MimeBundle {
        self.open();
        let lines = self.lines();
        let rows: String = lines
            .iter()
            .map(|line| format!("<div>{}</div>", escape(line)))
            .collect();
        let note = "<div class=\"shape\">A widget: it can be used where Jupyter's widgets are \
                    installed (<code>pip install jupyterlab_widgets</code>).</div>";
        let view = json!({ "version_major": 2, "version_minor": 0, "model_id": self.id() });
        MimeBundle::text(lines.join("\n"))
            .html(card(&(rows + note)))
            .with(VIEW, view.to_string())
    }
}

impl fmt::Debug for Widget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

/// Widgets one below the other.
///
/// ```
/// use ferrite_widgets::{button, column, slider};
/// let panel = column([slider(1..=3).widget().clone(), button("Go").widget().clone()]);
/// assert_eq!(panel.get("_model_name"), "VBoxModel");
/// ```
pub fn column(widgets: impl IntoIterator<Item = Widget>) -> Widget {
    boxed("VBox", widgets.into_iter().collect())
}

/// Widgets beside one another.
///
/// ```
/// use ferrite_widgets::{checkbox, row};
/// let panel = row([checkbox(true).widget().clone()]);
/// assert_eq!(panel.get("_model_name"), "HBoxModel");
/// ```
pub fn row(widgets: impl IntoIterator<Item = Widget>) -> Widget {
    boxed("HBox", widgets.into_iter().collect())
}

fn boxed(kind: &str, children: Vec<Widget>) -> Widget {
    let names: Vec<String> = children
        .iter()
        .map(|child| format!("IPY_MODEL_{}", child.id()))
        .collect();
    let (model, view) = (format!("{kind}Model"), format!("{kind}View"));
    Widget::with_children(&model, &view, json!({ "children": names }), children)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn both_sides_change_the_state_and_handlers_are_told() {
        let widget = Widget::new("IntSliderModel", "IntSliderView", json!({ "value": 1 }));
        let (said, heard) = mpsc::channel();
        widget.on_change("value", move |value| said.send(value.clone()).unwrap());
        widget.set("value", json!(2));
        widget.set("value", json!(2));
        widget.set("description", json!("n"));
        widget.hear(&json!({ "method": "update", "state": { "value": 3, "other": 1 } }));
        assert_eq!(widget.get("value"), 3);
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [json!(2), json!(3)]);
        widget.hear(&json!({ "method": "no such method" }));
        widget.hear(&json!(null));
    }

    #[test]
    fn events_are_no_changes() {
        let widget = Widget::new("ButtonModel", "ButtonView", json!({}));
        let (said, heard) = mpsc::channel();
        widget.on_event(move |event| said.send(event.clone()).unwrap());
        widget.hear(&json!({ "method": "custom", "content": { "event": "click" } }));
        assert_eq!(heard.try_recv().unwrap(), json!({ "event": "click" }));
    }

    #[test]
    fn a_widget_is_text_html_and_a_view() {
        let state = json!({ "value": "<b>", "description": "text" });
        let widget = Widget::new("TextModel", "TextView", state);
        let panel = column([widget.clone()]);
        let bundle = panel.show();
        assert_eq!(bundle.get("text/plain"), Some("text: <b>"));
        assert!(bundle.get("text/html").unwrap().contains("text: &lt;b&gt;"));
        let view: Value = serde_json::from_str(bundle.get(VIEW).unwrap()).unwrap();
        assert_eq!(view["model_id"], panel.id());
        assert_eq!(
            panel.get("children"),
            json!([format!("IPY_MODEL_{}", widget.id())])
        );
        assert!(widget.is_open(), "children are opened first");
        panel.close();
        assert!(!panel.is_open());
    }
}
