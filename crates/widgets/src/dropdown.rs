//! One of several things.

use std::fmt::{self, Debug, Display};
use std::sync::Arc;

use ferrite_display::{MimeBundle, Show};
use serde_json::{Value, json};

use crate::{Control, Widget};

/// A drop-down list, made by [`dropdown`]. Clones are the same list.
#[derive(Clone)]
pub struct Dropdown<T> {
    widget: Widget,
    options: Arc<[T]>,
}

/// A drop-down list of things that are shown as they print. The first is chosen.
///
/// ```
/// use ferrite_widgets::dropdown;
///
/// let statistic = dropdown(["mean", "median", "max"]).label("statistic");
/// assert_eq!(statistic.value(), Some("mean"));
/// statistic.set("median");
/// assert_eq!(statistic.value(), Some("median"));
/// ```
pub fn dropdown<T: Display + Clone + Send + Sync + 'static>(
    options: impl IntoIterator<Item = T>,
) -> Dropdown<T> {
    let options: Arc<[T]> = options.into_iter().collect();
    let labels: Vec<String> = options.iter().map(T::to_string).collect();
    let index = if labels.is_empty() {
        Value::Null
    } else {
        json!(0)
    };
    let state = json!({ "_options_labels": labels, "index": index, "description": "" });
    Dropdown {
        widget: Widget::new("DropdownModel", "DropdownView", state),
        options,
    }
}

impl<T: Clone + Send + Sync + 'static> Dropdown<T> {
    /// What stands beside it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.widget = self.widget.with("description", json!(label.into()));
        self
    }

    /// What is chosen at first; the first of all if it is not among them.
    #[must_use]
    pub fn initial<Q>(mut self, value: Q) -> Self
    where
        T: PartialEq<Q>,
    {
        if let Some(index) = self.options.iter().position(|option| *option == value) {
            self.widget = self.widget.with("index", json!(index));
        }
        self
    }

    /// What is chosen; none if the list is empty.
    pub fn value(&self) -> Option<T> {
        of(&self.options, &self.widget.get("index"))
    }

    /// Chooses something. What is not in the list changes nothing.
    pub fn set<Q>(&self, value: Q)
    where
        T: PartialEq<Q>,
    {
        if let Some(index) = self.options.iter().position(|option| *option == value) {
            self.widget.set("index", json!(index));
        }
    }

    /// Calls a function with each new choice.
    pub fn on_change(&self, mut handler: impl FnMut(T) + Send + 'static) {
        let options = Arc::clone(&self.options);
        self.widget.on_change("index", move |index| {
            if let Some(option) = of(&options, index) {
                handler(option);
            }
        });
    }

    /// The widget behind it.
    pub fn widget(&self) -> &Widget {
        &self.widget
    }
}

fn of<T: Clone>(options: &[T], index: &Value) -> Option<T> {
    let index = usize::try_from(index.as_u64()?).ok()?;
    options.get(index).cloned()
}

impl<T: Clone + Send + Sync + 'static> Control for Dropdown<T> {
    type Value = T;

    fn value(&self) -> Option<T> {
        self.value()
    }

    fn widget(&self) -> &Widget {
        &self.widget
    }
}

impl<T> Show for Dropdown<T> {
    fn show(&self) -> MimeBundle {
        self.widget.show()
    }
}

impl<T> Debug for Dropdown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.widget.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_list_cannot_be_chosen() {
        let empty = dropdown(Vec::<i32>::new());
        assert_eq!(empty.value(), None);
        let numbers = dropdown([10, 20, 30]).initial(20);
        assert_eq!(numbers.value(), Some(20));
        numbers.set(7);
        assert_eq!(numbers.value(), Some(20));
        numbers.widget().set("index", json!(99));
        assert_eq!(numbers.value(), None);
        numbers.widget().set("index", json!(-1));
        assert_eq!(numbers.value(), None);
    }
}
