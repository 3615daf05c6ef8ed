//! Widgets for a frontend that comes anew: a page that was loaded again asks,
//! over a comm of its own, for the states of all widgets that there are.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use serde_json::{Map, Value, json};

use crate::comm;
use crate::widget::Widget;

/// The target over which a frontend asks.
const TARGET: &str = "jupyter.widget.control";

static WIDGETS: Mutex<BTreeMap<String, Widget>> = Mutex::new(BTreeMap::new());

/// A widget is there from now on.
pub fn remember(widget: &Widget) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        comm::register(TARGET, |comm, _| {
            comm.on_message(|comm, data| {
                if data["method"] == "request_states" {
                    comm.send(states());
                }
            });
        });
    });
    widgets().insert(widget.id().to_owned(), widget.clone());
}

/// A widget is gone.
pub fn forget(id: &str) {
    // Dropped when the list is free again: its handlers may hold widgets too.
    let gone = widgets().remove(id);
    drop(gone);
}

fn states() -> Value {
    let all: Vec<Widget> = widgets().values().cloned().collect();
    let states: Map<String, Value> = all
        .iter()
        .map(|widget| (widget.id().to_owned(), widget.whole()))
        .collect();
    json!({ "method": "update_states", "states": states, "buffer_paths": [] })
}

fn widgets() -> MutexGuard<'static, BTreeMap<String, Widget>> {
    WIDGETS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_of_the_widgets_that_are_open() {
        let widget = Widget::new("IntTextModel", "IntTextView", json!({ "value": 5 }));
        let id = widget.id().to_owned();
        assert!(states()["states"].get(&id).is_none());
        widget.open();
        let told = states();
        assert_eq!(told["method"], "update_states");
        assert_eq!(told["states"][&id]["model_name"], "IntTextModel");
        assert_eq!(told["states"][&id]["state"]["value"], 5);
        widget.close();
        assert!(states()["states"].get(&id).is_none());
    }
}
