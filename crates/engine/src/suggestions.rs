//! rustc's suggestions, for crates that a cell can name.
//!
//! rustc knows all crates that are linked in some way, also those that only
//! another crate depends on, and suggests imports from any of them. In a cell
//! such an import is an error; what helps there is a `:dep`.

use crate::diagnostics::Diagnostic;
use crate::generate::ITEMS_CRATE;

/// An error whose suggestions can be followed. `is_extern` says which crates a
/// cell can name, besides those that every program has.
pub fn followable(mut error: Diagnostic, is_extern: impl Fn(&str) -> bool) -> Diagnostic {
    let mut children = std::mem::take(&mut error.children);
    children.retain_mut(|child| {
        let mut hidden: Option<String> = None;
        let mut generated = false;
        child.spans.retain(|span| {
            let import = span.suggested_replacement.as_deref().and_then(root);
            let unknown = import.filter(|root| !is_known(root, &is_extern));
            match unknown {
                // What generated code needs is nobody's to import.
                Some(name) if name.starts_with("ferrite_") => generated = true,
                Some(name) if hidden.is_none() => hidden = Some(name.to_owned()),
                _ => {}
            }
            unknown.is_none()
        });
        if !child.spans.is_empty() {
            return true;
        }
        if let Some(name) = hidden {
            child.message = in_words(&child.message, &name);
            // What is not in there is only for tools.
            if let Some(rendered) = &mut error.rendered {
                rendered.push_str(&child.message);
            }
            return true;
        }
        !generated
    });
    error.children = children;
    error
}

/// The crate that a suggested import begins with.
fn root(import: &str) -> Option<&str> {
    let path = import.trim_start().strip_prefix("use ")?;
    let path = path.strip_prefix("::").unwrap_or(path);
    path.split("::").next().map(str::trim)
}

fn is_known(root: &str, is_extern: impl Fn(&str) -> bool) -> bool {
    const ALWAYS: [&str; 7] = [
        "std",
        "core",
        "alloc",
        "crate",
        "self",
        "super",
        ITEMS_CRATE,
    ];
    ALWAYS.contains(&root) || is_extern(root)
}

/// What is said in place of an import from a crate.
fn in_words(message: &str, name: &str) -> String {
    let made_ready = format!("the crate `{name}`, which a line `:dep {name} = \"…\"` makes ready");
    match message.split_once(" is implemented but not in scope") {
        Some((provided, _)) => format!("{provided} is in {made_ready}"),
        None => format!("there is one in {made_ready}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(message: &str, imports: &[&str]) -> (String, Vec<String>) {
        let span = |import: &&str| {
            serde_json::json!({
                "file_name": "cell.rs", "byte_start": 0, "byte_end": 0, "line_start": 1,
                "column_start": 1, "is_primary": true, "label": null,
                "suggested_replacement": import, "expansion": null,
            })
        };
        let spans: Vec<_> = imports.iter().map(span).collect();
        let child = serde_json::json!({
            "message": message, "code": null, "level": "help", "children": [], "rendered": null,
            "spans": spans,
        });
        let error = serde_json::json!({
            "message": "no such thing", "code": null, "level": "error", "children": [child],
            "rendered": null, "spans": [],
        });
        let error = serde_json::from_value(error).unwrap();
        let mut error = followable(error, |name| name == "polars");
        if error.children.is_empty() {
            return (String::new(), Vec::new());
        }
        let child = error.children.remove(0);
        let left = child.spans.into_iter();
        let left = left.filter_map(|span| span.suggested_replacement);
        (child.message, left.collect())
    }

    #[test]
    fn an_import_from_a_crate_that_a_cell_cannot_name_is_told_as_a_dep() {
        let message = "trait `T` which provides `m` is implemented but not in scope; perhaps you \
                       want to import it";
        let (said, left) = told(message, &["use num_traits::cast::T;\n"]);
        assert!(left.is_empty());
        assert_eq!(
            said,
            "trait `T` which provides `m` is in the crate `num_traits`, which a line \
             `:dep num_traits = \"…\"` makes ready"
        );
        let (said, _) = told("consider importing this struct", &["use chrono::X;\n\n"]);
        assert!(said.starts_with("there is one in the crate `chrono`"));
        let (said, _) = told("consider importing this", &["use ferrite_glue::a;\n"]);
        assert_eq!(said, "");
    }

    #[test]
    fn other_suggestions_stay() {
        let message = "consider importing one of these";
        let imports = [
            "use polars::A;\n",
            "use std::A;\n",
            "use itertools::A;\n",
            "x.a()",
        ];
        let (said, left) = told(message, &imports);
        assert_eq!(said, message);
        assert_eq!(left, ["use polars::A;\n", "use std::A;\n", "x.a()"]);
    }
}
