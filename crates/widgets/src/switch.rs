//! Yes or no, and a line of text.

use std::fmt::{self, Debug};

use ferrite_display::{MimeBundle, Show};
use serde_json::json;

use crate::{Control, Widget};

/// A box that is ticked or not, made by [`checkbox`]. Clones are the same box.
#[derive(Clone)]
pub struct Checkbox {
    widget: Widget,
}

/// A box that is ticked or not.
///
/// ```
/// let log_scale = ferrite_widgets::checkbox(false).label("logarithmic");
/// assert_eq!(log_scale.value(), Some(false));
/// ```
pub fn checkbox(ticked: bool) -> Checkbox {
    let state = json!({ "value": ticked, "description": "", "indent": false });
    Checkbox {
        widget: Widget::new("CheckboxModel", "CheckboxView", state),
    }
}

/// A line of text that a person can change, made by [`text_field`]. Clones are
/// the same line.
#[derive(Clone)]
pub struct TextField {
    widget: Widget,
}

/// A line of text that a person can change; it is told when they press Enter or
/// leave it.
///
/// ```
/// let title = ferrite_widgets::text_field("Penguins").label("title");
/// assert_eq!(title.value().as_deref(), Some("Penguins"));
/// ```
pub fn text_field(text: impl Into<String>) -> TextField {
    let text: String = text.into();
    let state = json!({ "value": text, "description": "", "continuous_update": false });
    TextField {
        widget: Widget::new("TextModel", "TextView", state),
    }
}

macro_rules! switches {
    ($($kind:ident: $value:ty, $parse:expr;)+) => {$(
        impl $kind {
            /// What stands beside it.
            #[must_use]
            pub fn label(mut self, label: impl Into<String>) -> Self {
                self.widget = self.widget.with("description", json!(label.into()));
                self
            }

            /// The value now.
            pub fn value(&self) -> Option<$value> {
                $parse(&self.widget.get("value"))
            }

            /// Changes the value.
            pub fn set(&self, value: impl Into<$value>) {
                let value: $value = value.into();
                self.widget.set("value", json!(value));
            }

            /// Calls a function with each new value.
            pub fn on_change(&self, mut handler: impl FnMut($value) + Send + 'static) {
                self.widget.on_change("value", move |value| {
                    if let Some(value) = $parse(value) {
                        handler(value);
                    }
                });
            }

            /// The widget behind it.
            pub fn widget(&self) -> &Widget {
                &self.widget
            }
        }

        impl Control for $kind {
            type Value = $value;

            fn value(&self) -> Option<$value> {
                self.value()
            }

            fn widget(&self) -> &Widget {
                &self.widget
            }
        }

        impl Show for $kind {
            fn show(&self) -> MimeBundle {
                self.widget.show()
            }
        }

        impl Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.widget.fmt(f)
            }
        }
    )+};
}

switches! {
    Checkbox: bool, serde_json::Value::as_bool;
    TextField: String, |value: &serde_json::Value| value.as_str().map(str::to_owned);
}
