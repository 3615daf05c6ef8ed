//! The same value in several formats, keyed by MIME type.

/// One result in several formats. JSON formats (`application/json` and
/// `…+json`) hold their JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MimeBundle {
    parts: Vec<(String, String)>,
}

impl MimeBundle {
    /// A bundle with only a `text/plain` form.
    ///
    /// ```
    /// let bundle = ferrite_display::MimeBundle::text("42");
    /// assert_eq!(bundle.get("text/plain"), Some("42"));
    /// ```
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().with("text/plain", text)
    }

    /// Adds an HTML form.
    pub fn html(self, html: impl Into<String>) -> Self {
        self.with("text/html", html)
    }

    /// Adds an SVG form.
    pub fn svg(self, svg: impl Into<String>) -> Self {
        self.with("image/svg+xml", svg)
    }

    /// Adds a form of any MIME type, replacing an earlier one of that type.
    /// Binary formats (`image/png`) hold base64.
    pub fn with(mut self, mime: impl Into<String>, data: impl Into<String>) -> Self {
        let mime = mime.into();
        self.parts.retain(|(known, _)| *known != mime);
        self.parts.push((mime, data.into()));
        self
    }

    /// The form of the given MIME type.
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.parts
            .iter()
            .find(|(known, _)| known == mime)
            .map(|(_, data)| data.as_str())
    }

    /// All forms, in the order in which they were added.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts
            .iter()
            .map(|(mime, data)| (mime.as_str(), data.as_str()))
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}
