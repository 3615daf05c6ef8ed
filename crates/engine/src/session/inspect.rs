//! What stands at the cursor: a tooltip in Markdown.

use super::Session;
use super::completion::defined_in;
use crate::commands;
use crate::completion::own::Own;
use crate::completion::place;
use crate::render::{label, short_type};

/// How long the documentation of a tooltip is; the pager has all of it.
const TOOLTIP: usize = 1_500;

impl Session {
    /// What stands at a byte of a cell, as Markdown. At level 0 long
    /// documentation is cut, at level 1 it is whole.
    pub fn inspect(&mut self, code: &str, cursor: usize, level: usize) -> Option<String> {
        if let Some(help) = commands::help_at(code, cursor) {
            let (usage, summary) = help.split_once('\n').unwrap_or((&help, ""));
            return Some(format!("`{usage}`\n\n{}", summary.trim()));
        }
        let rust = self.rust_at(code, cursor);
        let word = place::word_at(&rust, cursor)?;
        let name = rust[word.clone()].to_owned();
        let before = rust[..word.start].trim_end();
        let alone = !before.ends_with('.') && !before.ends_with(':');
        let mut parts = Vec::new();
        if alone && self.notebook.variables.contains_key(&name) && !defined_in(before, &name) {
            parts.push(self.describe(&name)?);
            let type_text = self.notebook.variables[&name].type_text.clone();
            parts.extend(self.documentation(&type_text, level));
            return Some(parts.join("\n\n---\n\n"));
        }
        let (text, start) = self.as_text(&rust);
        let analysis = self.analysis.as_mut();
        let found = analysis.and_then(|analysis| analysis.hover(text, start + word.start));
        let own = || Own::of(&self.notebook.items).tooltip(&name);
        let found = found.or_else(own).map(|found| tidy(&found, level));
        if found.is_none() && self.is_warming_up() {
            return Some(format!(
                "`{name}`: rust-analyzer is still reading the crates; ask again in a moment."
            ));
        }
        found
    }

    /// A variable: what it is and what is in it.
    fn describe(&mut self, name: &str) -> Option<String> {
        let variable = self.notebook.variables.get(name)?;
        let mutable = if variable.mutable { "mut " } else { "" };
        let type_text = short_type(&variable.type_text);
        let cell = label(variable.cell);
        let mut text = format!("```rust\nlet {mutable}{name}: {type_text}\n```\n\nmade by {cell}");
        let preview = self.preview(vec![name.to_owned()]).pop()?;
        if !preview.value.is_empty() {
            let fence = fence(&preview.value);
            text.push_str(&format!("\n\n{fence}text\n{}\n{fence}", preview.value));
        }
        if !preview.columns.is_empty() {
            text.push_str("\n\n| column | type |\n|---|---|\n");
            for (column, kind) in &preview.columns {
                let column = column.replace('|', "\\|");
                text.push_str(&format!("| {column} | {kind} |\n"));
            }
        }
        Some(text)
    }

    /// What a path means, as Markdown: as a value or a keyword, else as a type or
    /// a module, else as the notebook's own text has it.
    pub(crate) fn documented(&mut self, path: &str) -> Option<String> {
        let path = path.trim_start_matches('&');
        let path = path.split('<').next().unwrap_or(path).trim();
        let forms = [("", ""), ("type __Inspected = ", ";"), ("use ", " as _;")];
        let found = forms.into_iter().find_map(|(before, behind)| {
            let last = path.rfind("::").map_or(0, |at| at + 2);
            let (text, start) = self.as_text(&format!("{before}{path}{behind}"));
            let at = start + before.len() + last;
            self.analysis.as_mut()?.hover(text, at)
        });
        let found = found.map(|found| tidy(&found, 1));
        found.or_else(|| {
            let source = self.notebook.items.source_of(path)?;
            let fence = fence(&source);
            Some(format!("{fence}rust\n{source}\n{fence}"))
        })
    }

    /// The documentation of a type.
    pub(crate) fn documentation(&mut self, type_text: &str, level: usize) -> Option<String> {
        // The last name before its arguments, in a place where a type stands.
        let path = type_text.split('<').next().unwrap_or(type_text);
        let path = path.trim_start_matches(['&', '(', '[']);
        let last = path.rfind("::").map_or(0, |at| at + 2);
        let head = "type __Inspected = ";
        let rust = format!("{head}{};", crate::generate::anchored(type_text));
        let (text, start) = self.as_text(&rust);
        let at = rust.find(path).map_or(head.len(), |at| at + last);
        let found = self.analysis.as_mut()?.hover(text, start + at)?;
        Some(tidy(&found, level))
    }
}

/// A fence that a text cannot end.
fn fence(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}

/// What rust-analyzer says, without what only confuses here, cut to what a
/// tooltip can show.
fn tidy(found: &str, level: usize) -> String {
    let prefix = format!("{}::", crate::generate::ITEMS_CRATE);
    let mut text = String::new();
    let mut in_code = false;
    for line in found.trim().replace(&prefix, "").lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            // Code without a language is Rust in Rust's documentation.
            let bare = in_code && line.trim() == "```";
            text.push_str(if bare { "```rust" } else { line });
        } else if in_code && (line.starts_with("# ") || line == "#") {
            // Lines that documentation hides.
            continue;
        } else {
            text.push_str(line);
        }
        text.push('\n');
        if level == 0 && !in_code && text.chars().count() > TOOLTIP {
            text.push_str("\n…");
            break;
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_cut_between_blocks_of_code() {
        let long = format!("```rust\nfn f()\n```\n\n{}\n\nend", "word ".repeat(400));
        let short = tidy(&long, 0);
        assert!(short.ends_with('…') && !short.contains("end"), "{short}");
        assert!(tidy(&long, 1).ends_with("end"));
    }

    #[test]
    fn hidden_lines_of_examples_stay_hidden() {
        assert_eq!(
            tidy("a\n```\n# use x;\nf();\n```", 0),
            "a\n```rust\nf();\n```"
        );
    }

    #[test]
    fn a_value_cannot_end_its_block() {
        assert_eq!(fence("a ``` b"), "````");
    }
}
