//! Something to click on.

use std::fmt::{self, Debug};

use ferrite_display::{MimeBundle, Show};
use serde_json::json;

use crate::Widget;

/// A button, made by [`button`]. Clones are the same button.
#[derive(Clone)]
pub struct Button {
    widget: Widget,
}

/// A button.
///
/// ```
/// use ferrite_widgets::button;
///
/// let again = button("Train again");
/// again.on_click(|| println!("training"));
/// again
/// # ;
/// ```
pub fn button(label: impl Into<String>) -> Button {
    let state = json!({ "description": label.into() });
    Button {
        widget: Widget::new("ButtonModel", "ButtonView", state),
    }
}

impl Button {
    /// Calls a function at each click.
    pub fn on_click(&self, mut handler: impl FnMut() + Send + 'static) {
        self.widget.on_event(move |event| {
            if event["event"] == "click" {
                handler();
            }
        });
    }

    /// What is said when the mouse rests on it.
    #[must_use]
    pub fn tooltip(mut self, text: impl Into<String>) -> Self {
        self.widget = self.widget.with("tooltip", json!(text.into()));
        self
    }

    /// Whether it can be clicked on.
    pub fn enable(&self, enabled: bool) {
        self.widget.set("disabled", json!(!enabled));
    }

    /// The widget behind it.
    pub fn widget(&self) -> &Widget {
        &self.widget
    }
}

impl Show for Button {
    fn show(&self) -> MimeBundle {
        self.widget.show()
    }
}

impl Debug for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.widget.fmt(f)
    }
}
