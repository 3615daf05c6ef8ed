//! A plain sentence after errors that beginners meet, where a notebook is
//! different from a program or where rustc's words do not say what to type.
//!
//! rustc's message comes first and whole; this is the last line below it. No
//! sentence is better than one that may be wrong.

use crate::diagnostics::Diagnostic;

/// What to say after an error.
pub fn advice(error: &Diagnostic) -> Option<String> {
    let message = error.message.as_str();
    let subject = quoted(message);
    match error.code()? {
        "E0382" | "E0507" if subject.is_some_and(is_field) => {
            let field = subject?;
            Some(format!(
                "`{field}` can be moved out once only; `{field}.clone()` leaves it where it is, \
                 `&{field}` only lends it"
            ))
        }
        "E0382" => {
            let name = subject.filter(|name| is_name(name))?;
            Some(format!(
                "`{name}` went to its new owner where it was moved, and is gone for later cells as \
                 well; `{name}.clone()` there leaves the original, `&{name}` only lends it"
            ))
        }
        "E0499" | "E0502" | "E0505" | "E0506" => {
            let name = subject.filter(|name| is_name(name.trim_start_matches('*')))?;
            Some(format!(
                "somebody still looks at `{name}`; copy what is needed of it (`.clone()`, \
                 `.to_owned()`) before `{name}` is changed or moved"
            ))
        }
        "E0597" => {
            let name = subject.filter(|name| is_name(name) || is_field(name))?;
            Some(format!(
                "`{name}` ends before what borrows from it; keep an owned copy instead \
                 (`.clone()`, `.to_owned()`, `.to_vec()`), or make `{name}` in a cell before"
            ))
        }
        "E0716" => Some(
            "this value lives to the end of its statement only; give it a name with `let` first, \
             or keep an owned copy of what is wanted of it (`.clone()`, `.to_owned()`)"
                .to_owned(),
        ),
        "E0515" => Some(
            "what is made inside ends with it, and a reference to it would point nowhere; give \
             back an owned value (`String` for `&str`, `Vec` for a slice, `.clone()`)"
                .to_owned(),
        ),
        "E0373" => {
            let name = subject.filter(|name| is_name(name))?;
            Some(format!(
                "`move` before the `|…|` or the `async` block gives it `{name}` to keep; \
                 `{name}.clone()` beforehand leaves one here"
            ))
        }
        "E0277" if message.starts_with("the `?` operator") && message.contains("closure") => Some(
            "`?` leaves the cell only at its top level; this closure has to return a `Result` \
             itself"
                .to_owned(),
        ),
        "E0277" if message.starts_with("the `?` operator") => Some(
            "`?` leaves the cell only at its top level; a function has to return a `Result` \
             itself, such as `Result<(), Box<dyn std::error::Error>>`"
                .to_owned(),
        ),
        "E0308" => mismatched(error),
        "E0599" => trait_to_import(error).or_else(|| {
            let provided = error
                .children
                .iter()
                .any(|child| is_of_a_trait(&child.message));
            if provided { None } else { no_method(message) }
        }),
        "E0432" | "E0433" => missing_crate(error),
        _ => None,
    }
}

/// A `Result` where its value is wanted.
fn mismatched(error: &Diagnostic) -> Option<String> {
    let mut labels = error.spans.iter().filter_map(|span| span.label.as_deref());
    let label = labels.find(|label| label.starts_with("expected `"))?;
    let (expected, found) = label.strip_prefix("expected `")?.split_once("`, found ")?;
    let found = found.trim_start_matches('`');
    let wants = |name: &str| expected.starts_with(name);
    if found.starts_with("Result<") && !wants("Result") && !wants("Option") {
        return Some(
            "this gives a `Result`, which is a value or an error; `?` behind it takes the value, \
             and ends the cell if it is an error"
                .to_owned(),
        );
    }
    if found.starts_with("Option<") && !wants("Option") && !wants("Result") {
        return Some(
            "this gives an `Option`, which may be `None`; `.unwrap_or(…)` says what to take then"
                .to_owned(),
        );
    }
    if found.starts_with("LazyFrame") && wants("DataFrame") {
        return Some("a lazy frame is a plan; `.collect()?` runs it".to_owned());
    }
    None
}

/// A method that is there once its trait is.
fn trait_to_import(error: &Diagnostic) -> Option<String> {
    let method = quoted(&error.message).filter(|name| is_name(name))?;
    let mut helps = error.children.iter().filter(|child| {
        let message = child.message.as_str();
        message.contains("in scope") && message.contains("trait")
    });
    let spans = &helps.find(|help| !help.spans.is_empty())?.spans;
    let imports = spans.iter().filter_map(|span| {
        let mut lines = span.suggested_replacement.as_deref()?.lines();
        let import = lines.find(|line| line.starts_with("use "))?.trim();
        (!import.contains("ferrite_")).then_some(import)
    });
    let imports: Vec<&str> = imports.collect();
    // Other crates have traits with methods of the same names.
    let standard = imports
        .iter()
        .find(|import| import.starts_with("use std::"));
    let import = standard.or_else(|| imports.first().filter(|_| imports.len() == 1))?;
    Some(format!(
        "`{method}` comes with a trait; `{import}` at the top of a cell brings it in"
    ))
}

/// Whether a note says which trait a method comes with.
fn is_of_a_trait(note: &str) -> bool {
    note.contains("trait") && (note.contains("which provides") || note.contains("which provide "))
}

/// A method of what is inside, or of the other kind of frame.
fn no_method(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (method, of) = (quoted.next()?, quoted.next()?);
    let of = of.trim_start_matches('&');
    if of.starts_with("Result<") || of == "Result" {
        return Some(format!(
            "this is a `Result`, a value or an error; `?.{method}` takes the value first, and \
             ends the cell if it is an error"
        ));
    }
    if of.starts_with("Option<") || of == "Option" {
        return Some(format!(
            "this is an `Option`, which may be `None`; `.map(|x| x.{method}(…))` or \
             `.unwrap()` reach the value"
        ));
    }
    const LAZY: &[&str] = &[
        "filter",
        "with_columns",
        "with_column",
        "group_by",
        "agg",
        "select",
    ];
    if of.ends_with("DataFrame") && LAZY.contains(&method) {
        return Some(format!(
            "expressions work on lazy frames: `.clone().lazy().{method}(…).collect()?`"
        ));
    }
    if of.ends_with("LazyFrame") {
        return Some(format!(
            "a lazy frame is a plan; `.collect()?` makes the frame of it that may have `{method}`"
        ));
    }
    // Nothing of its name can be there: rustc knows no similar one either.
    let is_method = message.starts_with("no method named");
    (is_method && is_name(method)).then(|| {
        format!("Tab behind the dot lists what there is; `{method}` is no method of this type")
    })
}

/// A crate that is not there, if it is a crate that is missed.
fn missing_crate(error: &Diagnostic) -> Option<String> {
    let mut spans = error.children.iter().flat_map(|child| &child.spans);
    let importable = |text: &str| text.trim_start().starts_with("use ");
    if spans.any(|span| {
        span.suggested_replacement
            .as_deref()
            .is_some_and(importable)
    }) {
        return None;
    }
    let mut said = error
        .spans
        .iter()
        .filter_map(|span| span.label.as_deref())
        .chain([error.message.as_str()]);
    let label = said.find(|said| {
        said.contains("unlinked crate")
            || said.contains("undeclared crate")
            || said.contains("missing crate")
    })?;
    let name = quoted(label).filter(|name| is_name(name))?;
    Some(format!(
        "a crate is made ready by a line `:dep {name} = \"…\"` at the top of a cell"
    ))
}

/// The first text in backticks.
fn quoted(text: &str) -> Option<&str> {
    text.split('`').nth(1)
}

/// `a.b`, or `a.0.c`.
fn is_field(text: &str) -> bool {
    text.contains('.') && text.split('.').all(is_name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Where an error's number is explained.
pub fn explained_at(code: &str) -> Option<String> {
    let number = code.strip_prefix('E')?;
    let is_number = number.len() == 4 && number.chars().all(|c| c.is_ascii_digit());
    is_number.then(|| {
        format!(
            "{code} is explained by `:explain`, and at \
             https://doc.rust-lang.org/error_codes/{code}.html"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, message: &str, label: &str) -> Diagnostic {
        let text = serde_json::json!({
            "message": message, "code": { "code": code }, "level": "error", "children": [],
            "spans": [{
                "file_name": "cell.rs", "byte_start": 0, "byte_end": 1, "line_start": 1,
                "column_start": 1, "is_primary": true, "label": label,
                "suggested_replacement": null, "expansion": null,
            }],
            "rendered": null,
        });
        serde_json::from_value(text).unwrap()
    }

    fn said(code: &str, message: &str, label: &str) -> String {
        advice(&error(code, message, label)).unwrap_or_default()
    }

    #[test]
    fn beginners_are_told_what_to_type() {
        assert!(said("E0382", "use of moved value: `df`", "").contains("`df.clone()`"));
        let found = "expected `DataFrame`, found `Result<DataFrame, PolarsError>`";
        assert!(said("E0308", "mismatched types", found).contains("`?` behind it"));
        let message = "no method named `sort` found for enum `Result<T, E>` in the current scope";
        assert!(said("E0599", message, "").contains("`?.sort`"));
        let message = "no method named `filter` found for struct `DataFrame` in the current scope";
        assert!(said("E0599", message, "").contains(".lazy().filter"));
        let label = "use of unresolved module or unlinked crate `regex`";
        assert!(said("E0433", "cannot find module or crate `regex`", label).contains(":dep regex"));
    }

    #[test]
    fn what_ends_too_early_is_to_be_owned() {
        let message = "`names` does not live long enough";
        assert!(said("E0597", message, "").contains("`.clone()`"));
        let message = "temporary value dropped while borrowed";
        assert!(said("E0716", message, "").contains("`let` first"));
        let message = "cannot return reference to local variable `text`";
        assert!(said("E0515", message, "").contains("`String` for `&str`"));
        let message = "closure may outlive the current function, but it borrows `n`, which is owned \
                       by the current function";
        assert!(said("E0373", message, "").contains("gives it `n` to keep"));
        let message = "use of moved value: `person.name`";
        assert!(said("E0382", message, "").contains("`person.name.clone()`"));
    }

    #[test]
    fn a_method_of_a_trait_is_brought_in() {
        let message = "no method named `write_str` found for struct `String` in the current scope";
        let mut error = error("E0599", message, "");
        assert!(advice(&error).unwrap().contains("Tab behind the dot"));
        let child = serde_json::json!({
            "message": "trait `Write` which provides `write_str` is implemented but not in scope; \
                        perhaps you want to import it",
            "code": null, "level": "help", "children": [], "rendered": null,
            "spans": [{
                "file_name": "cell.rs", "byte_start": 0, "byte_end": 0, "line_start": 1,
                "column_start": 1, "is_primary": true, "label": null,
                "suggested_replacement": "use std::fmt::Write;\n", "expansion": null,
            }],
        });
        error.children.push(serde_json::from_value(child).unwrap());
        assert!(
            advice(&error)
                .unwrap()
                .contains("`use std::fmt::Write;` at the top")
        );
    }

    #[test]
    fn nothing_is_said_where_it_may_be_wrong() {
        let found = "expected `i32`, found `&str`";
        assert_eq!(said("E0308", "mismatched types", found), "");
        assert_eq!(said("E0382", "use of moved value: `*x`", ""), "");
        assert_eq!(said("E0597", "`f(x)` does not live long enough", ""), "");
        assert_eq!(said("E0001", "anything", ""), "");
    }

    #[test]
    fn numbers_have_a_page() {
        let page = explained_at("E0382").unwrap();
        assert!(page.ends_with("https://doc.rust-lang.org/error_codes/E0382.html"));
        assert_eq!(explained_at("unused_must_use"), None);
    }
}
