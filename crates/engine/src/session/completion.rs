//! What could be written at the cursor, asked of a notebook.

use std::ops::Range;

use super::Session;
use crate::analysis::process::Patience;
use crate::analysis::text::Surroundings;
use crate::analysis::{LIST, MORE};
use crate::commands::{Line, Lines};
use crate::completion::own::Own;
use crate::completion::place::{self, Place};
use crate::completion::{self, Suggestion, Suggestions, begins_with, paths, without_doubles};
use crate::render::short_type;

/// How many fields and methods a type may have.
const MEMBERS: usize = 2_000;
/// How many names are offered: more is not a help.
const NAMES: usize = 400;

impl Session {
    /// What could be written at a byte of a cell.
    pub fn complete(&mut self, code: &str, cursor: usize) -> Suggestions {
        if let Some(found) = completion::of_commands(code, cursor) {
            return found;
        }
        let rust = self.rust_at(code, cursor);
        let (place, range) = place::at(&rust, cursor);
        let typed = rust.get(range.clone()).unwrap_or_default().to_owned();
        let mut items = match place {
            Place::Nowhere => Vec::new(),
            Place::Text {
                typed,
                of,
                names,
                earlier,
            } => self.in_text(&typed, of.as_deref(), &names, &earlier),
            Place::Member { of } => self.members(&rust, &range, of.as_deref()),
            Place::Path => self.analysed(LIST, &rust, cursor),
            Place::Name => {
                let mut items = self.names(&typed);
                let patience = if items.is_empty() { LIST } else { MORE };
                items.extend(self.analysed(patience, &rust, cursor));
                items
            }
        };
        items.retain(|item| begins_with(&item.text, &typed));
        without_doubles(&mut items);
        Suggestions { range, items }
    }

    /// The Rust in a cell, with everything where it was: the code, or the
    /// argument of the command in whose line the cursor is.
    pub(super) fn rust_at(&self, code: &str, cursor: usize) -> String {
        let lines = Lines::of(code, |name| self.notebook.variables.contains_key(name));
        let here = |line: &Line| match line {
            Line::Command { code, .. } => {
                let start = code.len() - code.trim_start().len();
                let end = code.trim_end_matches(['\n', ' ']).len().max(start);
                ((start.saturating_sub(1)..=end + 1).contains(&cursor) && !code.trim().is_empty())
                    .then(|| code.clone())
            }
            Line::Shell(_) => None,
        };
        let in_command = lines.commands.iter().find_map(here);
        in_command.unwrap_or(lines.code)
    }

    /// Fields and methods.
    fn members(&mut self, rust: &str, range: &Range<usize>, of: Option<&str>) -> Vec<Suggestion> {
        let fresh = |name: &&str| !defined_in(&rust[..range.start], name);
        let variable = of
            .filter(fresh)
            .and_then(|name| self.notebook.variables.get(name));
        let type_text = variable.map(|variable| variable.type_text.clone());
        // Asked for behind the dot, so that the answer is that of the type.
        let end = rust[range.start..]
            .find(|c| !crate::completion::scan::is_word(c))
            .map_or(rust.len(), |at| range.start + at);
        let text = format!("{}{}", &rust[..range.start], &rust[end..]);
        let own = type_text
            .as_deref()
            .is_some_and(|text| self.is_of_notebook(text));
        // Types of the notebook change under the same name.
        let kept = type_text.as_deref().filter(|_| !own);
        let analysis = self.analysis.as_mut();
        let known = analysis
            .zip(kept)
            .and_then(|(analysis, kept)| analysis.known_methods(kept));
        let patience = if known.is_some() { MORE } else { LIST };
        let found = self.ask_items(patience, &text, range.start, MEMBERS);
        if let (Some(items), Some(analysis), Some(kept)) = (&found, &mut self.analysis, kept) {
            analysis.remember_methods(kept, items);
        }
        if let Some(items) = found.or(known) {
            return items.into_iter().map(Suggestion::from).collect();
        }
        let own = type_text.filter(|_| own).unwrap_or_default();
        let name = short_type(own.trim_start_matches('&'));
        let name = name.split('<').next().unwrap_or_default();
        Own::of(&self.notebook.items).members(name)
    }

    /// Whether a type is, or is made of, one that the notebook defines.
    fn is_of_notebook(&self, type_text: &str) -> bool {
        type_text.contains(crate::generate::ITEMS_CRATE)
    }

    /// Names that the engine knows itself.
    fn names(&self, typed: &str) -> Vec<Suggestion> {
        let mut items: Vec<Suggestion> = self
            .variables()
            .map(|(name, variable)| {
                let mut item = Suggestion::new(name, "instance", short_type(&variable.type_text));
                let cell = crate::render::label(variable.cell);
                item.documentation = format!("A variable, made by {cell}.");
                item
            })
            .collect();
        items.extend(Own::of(&self.notebook.items).names);
        let imported = self.notebook.imports.iter().filter_map(|import| {
            let name = import.name.as_deref()?;
            Some(Suggestion::new(
                name,
                "module",
                format!("use {}", import.path),
            ))
        });
        items.extend(imported);
        let bundled = self.compilers.toolchain.bundled.iter();
        items.extend(bundled.map(|known| {
            let version = format!("{} {}", known.name, known.version);
            Suggestion::new(&known.name, "module", version)
        }));
        let loaded = self.notebook.loaded.externs.iter();
        items.extend(loaded.map(|(name, _)| Suggestion::new(name, "module", "")));
        items.extend(completion::of_language());
        items.retain(|item| begins_with(&item.text, typed));
        items
    }

    /// What rust-analyzer knows, if it knows it in time.
    fn analysed(&mut self, patience: Patience, rust: &str, cursor: usize) -> Vec<Suggestion> {
        let items = self.ask_items(patience, rust, cursor, NAMES);
        let items = items.unwrap_or_default().into_iter();
        items.map(Suggestion::from).collect()
    }

    /// Asks rust-analyzer what could stand at a byte of a cell.
    fn ask_items(
        &mut self,
        patience: Patience,
        rust: &str,
        at: usize,
        most: usize,
    ) -> Option<Vec<ferrite_wire::analysis::Item>> {
        let (text, start) = self.as_text(rust);
        let mut items = self
            .analysis
            .as_mut()?
            .items(patience, text, start + at, most)?;
        // What would change more than the word at the cursor is not a
        // completion to Jupyter.
        let word = place::at(rust, at).1.start + start;
        items.retain(|item| item.range.start == word);
        Some(items)
    }

    /// The notebook with a cell in it, as rust-analyzer sees it.
    pub(super) fn as_text(&self, rust: &str) -> (String, usize) {
        Surroundings {
            imports: &self.notebook.imports,
            items: &self.notebook.items,
            variables: &self.notebook.variables,
        }
        .around(rust)
    }

    /// Columns and files.
    fn in_text(
        &mut self,
        typed: &str,
        of: Option<&str>,
        names: &[String],
        earlier: &[String],
    ) -> Vec<Suggestion> {
        let folder = std::env::current_dir().unwrap_or_default();
        let files = || {
            let found = paths::complete(typed, &folder).into_iter();
            found.map(|path| Suggestion::new(path, "path", ""))
        };
        if paths::looks_like_a_path(typed) {
            return files().collect();
        }
        let mut items = Vec::new();
        let is_path = of.is_some_and(paths::takes_a_path);
        if is_path {
            items.extend(files());
        }
        if !is_path || items.is_empty() {
            items.extend(self.columns(names, earlier));
        }
        items
    }

    /// The columns of the frames that a string is about: those named in its
    /// statement, else those named before in the cell, else all.
    fn columns(&mut self, names: &[String], earlier: &[String]) -> Vec<Suggestion> {
        let frames = self.frames();
        let named = |names: &[String]| -> Vec<usize> {
            let at = |name: &String| frames.iter().position(|(frame, _)| frame == name);
            names.iter().filter_map(at).collect()
        };
        let mut about = named(names);
        if about.is_empty() {
            about = named(earlier);
        }
        if about.is_empty() {
            about = (0..frames.len()).collect();
        }
        let mut items = Vec::new();
        for (frame, columns) in about.into_iter().map(|at| &frames[at]) {
            items.extend(columns.iter().map(|(column, kind)| Suggestion {
                documentation: format!("A column of `{frame}`."),
                ..Suggestion::new(column, "column", kind)
            }));
        }
        items
    }

    /// Whether rust-analyzer reads the crates and cannot answer yet.
    pub fn is_warming_up(&self) -> bool {
        self.analysis
            .as_ref()
            .is_some_and(|analysis| analysis.is_warming_up())
    }
}

/// Whether a text has a `let` of this name: then it hides the variable.
pub(super) fn defined_in(rust: &str, name: &str) -> bool {
    let words: Vec<&str> = rust
        .split(|c| !crate::completion::scan::is_word(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(3).any(|three| {
        (three[0] == "let" || three[0] == "for")
            && (three[1] == name || (three[1] == "mut" && three[2] == name))
    }) || words.ends_with(&["let", name])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_let_hides_the_variable() {
        assert!(defined_in("let df = 1; df.", "df"));
        assert!(defined_in("let mut df = 1; df.", "df"));
        assert!(!defined_in("let x = df.", "df"));
    }
}
