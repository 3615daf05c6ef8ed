//! Warnings: quietly, once, and only those that say something about a cell.
//!
//! rustc warns about much that is no fault in a notebook (variables that are
//! not used yet, functions that nobody calls). The rest is kept with the
//! compiled cell, which may be compiled ahead of its turn or come out of the
//! cache, and is shown when a session runs that cell for the first time.

use serde::{Deserialize, Serialize};

use crate::diagnostics::Diagnostic;
use crate::origins::Origins;
use crate::render;

/// Groups of lints that are not for notebooks, and what is not among them.
pub const ALLOWED: &str = "unused, nonstandard_style, future_incompatible, keyword_idents, \
    refining_impl_trait, rust_2018_idioms, private_interfaces, private_bounds, \
    improper_ctypes_definitions, static_mut_refs, uncommon_codepoints, mixed_script_confusables, \
    non_local_definitions, redundant_semicolons";

/// What a cell is warned of.
pub const WARNED: &[&str] = &[
    "unused_must_use",
    "unused_comparisons",
    "unconditional_recursion",
    "deprecated",
    "for_loops_over_fallibles",
    "dropping_references",
    "dropping_copy_types",
    "forgetting_references",
    "forgetting_copy_types",
    "irrefutable_let_patterns",
    "noop_method_call",
];

/// A warning, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What it says, in a line.
    pub message: String,
    /// All of it, in colour.
    pub rendered: String,
    /// The number that the cell had, by which it is called in there.
    pub cell: u32,
}

impl Warning {
    /// All of it, for the cell under the number that it has now.
    fn rendered_for(&self, number: u32) -> String {
        let was = format!("{}:", render::label(self.cell));
        self.rendered
            .replace(&was, &format!("{}:", render::label(number)))
    }
}

/// The attributes at the top of a crate.
pub fn attributes() -> String {
    format!("#![allow({ALLOWED})] #![warn({})] ", WARNED.join(", "))
}

/// The warnings about a cell's own text.
pub fn of_cell(diagnostics: &[Diagnostic], origins: &Origins, cell: u32) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    for diagnostic in diagnostics {
        let known = diagnostic.code().is_some_and(|code| WARNED.contains(&code));
        let mut primary = diagnostic.spans.iter().filter(|span| span.is_primary);
        let here = primary.all(|span| {
            let place = origins.locate(&span.file_name, &span.bytes());
            place.is_some_and(|place| place.cell == cell)
        });
        if diagnostic.level != "warning" || !known || !here || diagnostic.spans.is_empty() {
            continue;
        }
        let message = render::tidy(&diagnostic.message);
        // `1 + 1;` is how a person asks for no output.
        if message.starts_with("unused arithmetic operation") {
            continue;
        }
        let warning = Warning {
            message,
            rendered: render::render(diagnostic, origins),
            cell,
        };
        if !found.contains(&warning) {
            found.push(warning);
        }
    }
    found
}

/// All of them as one output about the cell of a number, folded: a line that
/// opens.
pub fn bundle(warnings: &[Warning], number: u32) -> ferrite_wire::Bundle {
    let texts = warnings.iter().map(|it| it.rendered_for(number));
    let texts: Vec<String> = texts.collect();
    let text = texts.join("\n\n");
    let first = warnings.first().map_or("", |it| it.message.as_str());
    let more = match warnings.len() {
        0 | 1 => String::new(),
        more => format!(", and {} more", more - 1),
    };
    let html = format!(
        "<details style=\"opacity:.75;font-size:90%\"><summary>warning: {}{more}</summary>\
         <pre style=\"font-size:95%\">{}</pre></details>",
        escaped(first),
        escaped(&render::plain(&text)),
    );
    vec![
        ("text/plain".to_owned(), text),
        ("text/html".to_owned(), html),
    ]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_fold_into_a_line() {
        let warning = |message: &str| Warning {
            message: message.to_owned(),
            rendered: format!("\x1b[33mwarning\x1b[0m: {message} <T>\n --> In [3]:1:2"),
            cell: 3,
        };
        let bundle = bundle(&[warning("unused `Vec<u8>`"), warning("b")], 12);
        let html = &bundle[1].1;
        assert!(html.contains("<summary>warning: unused `Vec&lt;u8&gt;`, and 1 more</summary>"));
        assert!(html.contains("warning: b &lt;T&gt;"));
        assert!(bundle[0].1.contains("\x1b[33m"));
        assert!(bundle[0].1.contains("In [12]:1:2") && !bundle[0].1.contains("In [3]"));
    }
}
