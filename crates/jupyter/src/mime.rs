//! One thing to show, in several forms.

use serde_json::{Map, Value};

/// A MIME bundle: representations of one value by MIME type, of which a
/// frontend shows the richest that it can.
///
/// Values take the form that the wire wants: JSON types (`application/json`,
/// `application/…+json`) are JSON values, everything else is a string (base64
/// for binary types). [`insert`](MimeBundle::insert) sees to it, so that a
/// language may hand over every representation as text.
///
/// ```
/// # use ferrite_jupyter::MimeBundle;
/// let bundle = MimeBundle::new()
///     .with("text/plain", "a bar")
///     .with("application/vnd.vegalite.v5+json", r#"{"mark": "bar"}"#);
/// assert_eq!(bundle.get("text/plain").unwrap(), "a bar");
/// assert_eq!(bundle.get("application/vnd.vegalite.v5+json").unwrap()["mark"], "bar");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MimeBundle(Map<String, Value>);

impl MimeBundle {
    /// A bundle with no representation yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A bundle with one representation, `text/plain`.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new().with("text/plain", text.into())
    }

    /// This bundle and one more representation.
    #[must_use]
    pub fn with(mut self, mime: impl Into<String>, value: impl Into<Value>) -> Self {
        self.insert(mime, value);
        self
    }

    /// Adds a representation, or replaces the one of that type.
    pub fn insert(&mut self, mime: impl Into<String>, value: impl Into<Value>) {
        let mime = mime.into();
        let value = for_wire(&mime, value.into());
        self.0.insert(mime, value);
    }

    /// The representation of that type.
    pub fn get(&self, mime: &str) -> Option<&Value> {
        self.0.get(mime)
    }

    /// Whether there is no representation at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl<M: Into<String>, V: Into<Value>> FromIterator<(M, V)> for MimeBundle {
    fn from_iter<I: IntoIterator<Item = (M, V)>>(representations: I) -> Self {
        let mut bundle = Self::new();
        bundle.extend(representations);
        bundle
    }
}

impl<M: Into<String>, V: Into<Value>> Extend<(M, V)> for MimeBundle {
    fn extend<I: IntoIterator<Item = (M, V)>>(&mut self, representations: I) {
        for (mime, value) in representations {
            self.insert(mime, value);
        }
    }
}

impl From<Map<String, Value>> for MimeBundle {
    fn from(representations: Map<String, Value>) -> Self {
        representations.into_iter().collect()
    }
}

fn for_wire(mime: &str, value: Value) -> Value {
    match value {
        Value::String(text) if is_json(mime) => match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => {
                tracing::warn!(mime, %error, "a JSON representation is not JSON; sent as text");
                Value::String(text)
            }
        },
        value if is_json(mime) => value,
        Value::String(text) => Value::String(text),
        // Notebook files keep text as a list of lines.
        Value::Array(lines) if lines.iter().all(Value::is_string) => {
            Value::String(lines.iter().filter_map(Value::as_str).collect())
        }
        other => Value::String(other.to_string()),
    }
}

/// Whether frontends expect a JSON value rather than a string.
fn is_json(mime: &str) -> bool {
    let mime = mime.split(';').next().unwrap_or(mime).trim_end();
    mime == "application/json" || (mime.starts_with("application/") && mime.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_types_are_values_and_others_are_strings() {
        let bundle: MimeBundle = [
            ("application/json", json!(r#"{"a":[1,2]}"#)),
            ("application/geo+json", json!({"type": "Point"})),
            ("text/html", json!("<b>1</b>")),
            ("text/markdown", json!(["one\n", "two"])),
            ("text/plain", json!(3)),
            ("image/png", json!("aGVsbG8=")),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            bundle.into_value(),
            json!({
                "application/json": {"a": [1, 2]},
                "application/geo+json": {"type": "Point"},
                "text/html": "<b>1</b>",
                "text/markdown": "one\ntwo",
                "text/plain": "3",
                "image/png": "aGVsbG8=",
            })
        );
    }

    #[test]
    fn text_that_only_claims_to_be_json_is_still_shown() {
        let bundle = MimeBundle::new().with("application/json", "{oops");
        assert_eq!(bundle.get("application/json"), Some(&json!("{oops")));
    }
}
