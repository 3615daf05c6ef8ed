//! What stands behind `:dep`: a line of a manifest's `[dependencies]`.

use std::path::Path;

use toml::{Table, Value};

use super::error::DepError;

/// A crate that a person asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The name that cells call it by, as it was written.
    pub name: String,
    /// `version`, `features`, `path` and so on.
    pub table: Table,
}

/// What can be said of a crate in a notebook.
const KEYS: &[&str] = &[
    "version",
    "features",
    "default-features",
    "path",
    "git",
    "branch",
    "tag",
    "rev",
    "package",
    "registry",
];

impl Asked {
    /// The crate of a folder, by its own name.
    fn in_folder(folder: &Path) -> Result<Self, DepError> {
        let folder = folder.canonicalize().unwrap_or(folder.to_owned());
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok();
        let manifest = manifest.and_then(|text| text.parse::<Table>().ok());
        let name = manifest.as_ref().and_then(|manifest| {
            let package = manifest.get("package")?.as_table()?;
            package.get("name")?.as_str()
        });
        let name = name.ok_or_else(|| DepError::NoFolder(folder.clone()))?;
        let path = Value::String(folder.display().to_string());
        Ok(Self {
            name: name.to_owned(),
            table: Table::from_iter([("path".to_owned(), path)]),
        })
    }

    /// Reads `regex`, `regex@1`, `regex = "1"`, `regex = { … }` and `../mine`.
    /// Relative paths begin at `folder`.
    ///
    /// # Errors
    /// When it is none of these, or a path leads nowhere.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, DepError> {
        let text = text.trim().trim_end_matches(';');
        // `:dep { rand = "0.8" }`
        let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let text = inner.unwrap_or(text).trim();
        if text.starts_with(['.', '/']) && !text.contains('=') {
            return Self::in_folder(&folder.join(text.trim_matches('"')));
        }
        let unreadable = |why: &str| DepError::Unreadable {
            asked: text.to_owned(),
            why: why.to_owned(),
        };
        let line = match (text.contains('='), text.split_once('@')) {
            (true, _) => text.to_owned(),
            (false, Some((name, version))) => format!("{name} = {version:?}"),
            (false, None) => format!("{text} = \"*\""),
        };
        let read: Table = toml::from_str(&line).map_err(|error| unreadable(error.message()))?;
        let Some((name, value)) = read.into_iter().next() else {
            return Err(unreadable("there is no name"));
        };
        let well_named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(well_named) {
            return Err(unreadable("that is not the name of a crate"));
        }
        let mut table = match value {
            Value::String(version) => Table::from_iter([("version".to_owned(), version.into())]),
            Value::Table(table) => table,
            _ => return Err(unreadable("a version or a table is wanted behind `=`")),
        };
        // As older manifests have it.
        if let Some(value) = table.remove("default_features") {
            table.insert("default-features".to_owned(), value);
        }
        // Cargo would pass over `feature = […]` in silence.
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(unreadable(&format!("`{key}` has no meaning in a notebook")));
        }
        if let Some(version) = table.get("version") {
            let version = version
                .as_str()
                .ok_or_else(|| unreadable("`version` is not a text"))?;
            semver::VersionReq::parse(version)
                .map_err(|error| unreadable(&format!("`{version}` is no version: {error}")))?;
        }
        if let Some(path) = table.get_mut("path") {
            let relative = path
                .as_str()
                .ok_or_else(|| unreadable("`path` is not a text"))?;
            let full = folder.join(relative);
            let full = full.canonicalize().unwrap_or(full);
            if !full.join("Cargo.toml").is_file() {
                return Err(DepError::NoFolder(full));
            }
            *path = full.display().to_string().into();
        }
        Ok(Self { name, table })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.table.get(key).and_then(Value::as_str)
    }

    /// The name of the package.
    pub fn package(&self) -> &str {
        self.text("package").unwrap_or(&self.name)
    }

    /// The name that cells call it by, as Rust writes it, if it is not the
    /// crate's own.
    pub fn renamed(&self) -> Option<String> {
        self.text("package").map(|_| self.crate_name())
    }

    /// The name as Rust writes it.
    pub fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// The versions that will do; every one if nothing is said.
    pub fn requirement(&self) -> &str {
        self.text("version").unwrap_or("*")
    }

    /// The features that were asked for.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        let features = self.table.get("features").and_then(Value::as_array);
        features.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether it comes from the registry.
    pub fn is_of_registry(&self) -> bool {
        ["path", "git"]
            .iter()
            .all(|key| !self.table.contains_key(*key))
    }

    /// Whether its source may change at any time.
    pub fn is_local(&self) -> bool {
        self.table.contains_key("path")
    }

    /// The table as a person would write it.
    pub fn specification(&self) -> String {
        match (self.table.len(), self.text("version")) {
            (1, Some(version)) => format!("{version:?}"),
            _ => Value::Table(self.table.clone()).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Asked {
        Asked::parse(text, Path::new("/")).unwrap()
    }

    #[test]
    fn the_forms_of_a_manifest_are_read() {
        assert_eq!(parse("regex").requirement(), "*");
        assert_eq!(parse("regex@1.2").requirement(), "1.2");
        assert_eq!(parse("regex = \"1\"").specification(), "\"1\"");
        let asked =
            parse("re-gex = { version = \"1\", package = \"regex\", features = [\"a\", \"b\"] }");
        assert_eq!(asked.package(), "regex");
        assert_eq!(asked.renamed().as_deref(), Some("re_gex"));
        assert_eq!(asked.features().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "= \"1\"",
            "regex = 1",
            "regex = {",
            "a b",
            "a.b = \"1\"",
            "regex = \"one\"",
            "regex = { workspace = true }",
        ] {
            assert!(Asked::parse(text, Path::new("/")).is_err(), "{text}");
        }
    }
}
