//! rustc's messages, told of the cells.
//!
//! rustc speaks of the generated crate. Each place that it points to is looked
//! up in the cell that it was copied from, and the message is drawn again, by
//! the library that rustc draws with, around the cell as it was typed. What is
//! said of generated code is left out, or turned into a note where it is about
//! a variable or an item of an earlier cell.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Snippet};

use crate::diagnostics::{Diagnostic, Span};
use crate::fold::fold;
use crate::generate::{ITEMS_CRATE, MAIN_FILE};
use crate::origins::{Origins, Place, Taken};

/// How a cell is called in messages.
pub fn label(number: u32) -> String {
    format!("In [{number}]")
}

/// A message in colour.
pub fn render(diagnostic: &Diagnostic, origins: &Origins) -> String {
    let drawing = Drawing {
        rendered: diagnostic.rendered.as_deref().unwrap_or_default(),
        origins,
    };
    let mut title = level(&diagnostic.level).primary_title(tidy(&diagnostic.message));
    if let Some(code) = diagnostic.code().filter(|code| code.starts_with('E')) {
        title = title.id(code.to_owned());
    }
    let mut main = Group::with_title(title);
    let (snippets, remarks) = drawing.places(&diagnostic.spans);
    main = main.elements(snippets);
    for remark in remarks {
        main = main.element(Level::NOTE.message(remark));
    }
    let mut more = Vec::new();
    // Levels of lints are set in generated code.
    let children = diagnostic.children.iter();
    for child in children.filter(|child| child.message != "the lint level is defined here") {
        main = drawing.child(child, main, &mut more);
    }
    let mut groups = vec![main];
    groups.extend(more);
    let text = Renderer::styled().render(&groups);
    let lines: Vec<_> = text.trim_end().lines().map(bounded).collect();
    lines.join("\n")
}

/// A line that can be shown: suggestions quote theirs whole.
fn bounded(line: &str) -> Cow<'_, str> {
    const MOST: usize = 2_000;
    match line.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…\x1b[0m", &line[..end])),
        None => Cow::Borrowed(line),
    }
}

struct Drawing<'a> {
    rendered: &'a str,
    origins: &'a Origins,
}

/// A place in a cell, and what is said of it.
struct Mark<'a> {
    place: Place<'a>,
    primary: bool,
    label: Option<String>,
}

impl<'a> Drawing<'a> {
    /// The place in a cell that a span is about: its own, or that of the macro
    /// call that it came from.
    fn locate(&self, span: &Span) -> Option<Place<'a>> {
        let mut callers = span.and_callers().into_iter();
        callers.find_map(|span| self.origins.locate(&span.file_name, &span.bytes()))
    }

    fn taken(&self, span: &Span) -> Option<&'a Taken> {
        let bytes = span.bytes();
        self.origins.taken.iter().find(|taken| {
            span.file_name == MAIN_FILE
                && taken.range.start <= bytes.start
                && bytes.end <= taken.range.end
        })
    }

    /// The cells that the spans are in, drawn, and what is to be said of
    /// places that cannot be drawn.
    fn places(&self, spans: &[Span]) -> (Vec<annotate_snippets::Element<'static>>, Vec<String>) {
        let mut marks: Vec<Mark<'a>> = Vec::new();
        let mut remarks = Vec::new();
        let mut elsewhere = Vec::new();
        for span in spans {
            let said = span.label.as_deref().map(tidy);
            if let Some(place) = self.locate(span) {
                self.invocation(span, &place, &mut marks);
                marks.push(Mark {
                    place,
                    primary: span.is_primary,
                    label: said,
                });
            } else if let Some(taken) = self.taken(span) {
                let from = label(taken.cell);
                remarks
                    .extend(said.map(|said| format!("`{}` comes from {from}; {said}", taken.name)));
            } else if !self.generated(span) {
                elsewhere.push(span);
            }
        }
        if !marks.is_empty() && marks.iter().all(|mark| !mark.primary) {
            marks[0].primary = true;
        }
        // The cell that the message is about comes first.
        marks.sort_by_key(|mark| !mark.primary);
        let mut cells: Vec<u32> = Vec::new();
        for mark in &marks {
            if !cells.contains(&mark.place.cell) {
                cells.push(mark.place.cell);
            }
        }
        let mut elements: Vec<annotate_snippets::Element<'static>> = Vec::new();
        for cell in cells {
            let here = || marks.iter().filter(|mark| mark.place.cell == cell);
            let text = here().next().map_or("", |mark| mark.place.text);
            let annotations = here().map(|mark| -> Annotation<'static> {
                let kind = if mark.primary {
                    AnnotationKind::Primary
                } else {
                    AnnotationKind::Context
                };
                kind.span(mark.place.range.clone())
                    .label(mark.label.clone())
            });
            let snippet = Snippet::source(text.to_owned())
                .path(label(cell))
                .annotations(annotations);
            elements.push(snippet.into());
        }
        for span in elsewhere {
            let origin = Origin::path(short_path(&span.file_name).to_owned())
                .line(span.line_start)
                .char_column(span.column_start);
            elements.push(origin.into());
        }
        (elements, remarks)
    }

    /// Where a macro of the notebook's own is called.
    fn invocation(&self, span: &Span, place: &Place<'a>, marks: &mut Vec<Mark<'a>>) {
        for caller in span.and_callers().into_iter().skip(1) {
            if let Some(call) = self.origins.locate(&caller.file_name, &caller.bytes())
                && call != *place
            {
                marks.push(Mark {
                    place: call,
                    primary: false,
                    label: Some("in this macro invocation".to_owned()),
                });
            }
        }
    }

    /// Whether a place is in code that nobody typed.
    fn generated(&self, span: &Span) -> bool {
        let mut callers = span.and_callers().into_iter();
        callers.any(|span| span.file_name == MAIN_FILE || self.origins.knows(&span.file_name))
    }

    fn child(
        &self,
        child: &Diagnostic,
        main: Group<'static>,
        more: &mut Vec<Group<'static>>,
    ) -> Group<'static> {
        let message = tidy(&child.message);
        if is_noise(&message) || self.is_hidden(child) {
            return main;
        }
        let level = level(&child.level);
        let changes = child
            .spans
            .iter()
            .filter(|span| span.suggested_replacement.is_some());
        let is_of_machinery = |span: &&Span| names_machinery(span.suggested_replacement.as_deref());
        let (hidden, changes): (Vec<&Span>, Vec<&Span>) = changes.partition(is_of_machinery);
        if changes.is_empty() && !hidden.is_empty() {
            return main;
        }
        if !changes.is_empty() {
            match self.suggestion(&changes) {
                Some(snippets) => {
                    more.push(level.secondary_title(message).elements(snippets));
                    return main;
                }
                None => return main.element(level.message(self.in_words(&message, &changes))),
            }
        }
        let (elements, remarks) = self.places(&child.spans);
        let mut main = main;
        if elements.is_empty() {
            main = main.element(level.message(message));
        } else {
            more.push(level.secondary_title(message).elements(elements));
        }
        for remark in remarks {
            main = main.element(Level::NOTE.message(remark));
        }
        main
    }

    /// Suggestions that rustc makes to tools only.
    fn is_hidden(&self, child: &Diagnostic) -> bool {
        let first = child.message.lines().next().unwrap_or_default();
        !plain(self.rendered).contains(first)
    }

    /// The changes, drawn; alternatives one below the other. `None` if one of
    /// them is not in a cell.
    fn suggestion(&self, changes: &[&Span]) -> Option<Vec<Snippet<'static, Patch<'static>>>> {
        let first = changes.first()?.bytes();
        let mut drawn: Vec<(u32, String, Vec<Patch<'static>>)> = Vec::new();
        for change in changes {
            let replacement = change.suggested_replacement.clone()?;
            let (cell, text, range, replacement) = match self.locate(change) {
                Some(place) => (place.cell, place.text, place.range, replacement),
                None => {
                    let origin = self.origins.files.first()?;
                    let import = new_import(&replacement)?;
                    (origin.cell, origin.text.as_str(), 0..0, import)
                }
            };
            let patch = Patch::new(within(range, text), replacement);
            match drawn.last_mut() {
                // The same place again is an alternative.
                Some(last) if last.0 == cell && change.bytes() != first => last.2.push(patch),
                _ => drawn.push((cell, text.to_owned(), vec![patch])),
            }
        }
        let snippets = drawn
            .into_iter()
            .map(|(cell, text, patches)| Snippet::source(text).path(label(cell)).patches(patches));
        Some(snippets.collect())
    }

    /// A suggestion that cannot be drawn.
    fn in_words(&self, message: &str, changes: &[&Span]) -> String {
        if let Some(taken) = changes.iter().find_map(|change| self.taken(change)) {
            let is_mut = changes
                .iter()
                .any(|change| change.suggested_replacement.as_deref() == Some("mut "));
            let from = label(taken.cell);
            if is_mut {
                return format!("{message}: `let mut {} = …` in {from}", taken.name);
            }
            return format!("{message} (`{}` comes from {from})", taken.name);
        }
        message.to_owned()
    }
}

/// Whether a suggestion names a crate that is only there for generated code.
fn names_machinery(replacement: Option<&str>) -> bool {
    const CRATES: &[&str] = &["ferrite_glue::", "ferrite_prelude::", "ferrite_runtime::"];
    replacement.is_some_and(|text| CRATES.iter().any(|name| text.contains(name)))
}

/// `use a::B;` as a line to be put at the top of a cell.
fn new_import(replacement: &str) -> Option<String> {
    let import = replacement.trim();
    (import.starts_with("use ") && import.ends_with(';')).then(|| format!("{import}\n"))
}

fn within(range: Range<usize>, text: &str) -> Range<usize> {
    range.start.min(text.len())..range.end.min(text.len())
}

fn level(name: &str) -> Level<'static> {
    match name {
        "error" | "error: internal compiler error" => Level::ERROR,
        "warning" => Level::WARNING,
        "help" => Level::HELP,
        _ => Level::NOTE,
    }
}

/// A message without the names of our own crates, and with the types that
/// every program knows called as everybody calls them.
pub fn tidy(message: &str) -> String {
    fold(&whole(message)).into_owned()
}

/// The same with long types in full.
pub fn whole(message: &str) -> String {
    let mut message = message.replace(&format!("{ITEMS_CRATE}::"), "");
    for path in [
        "std::string::String",
        "std::vec::Vec",
        "std::option::Option",
        "std::result::Result",
        "std::boxed::Box",
    ] {
        let name = path.rsplit("::").next().unwrap_or(path);
        message = message.replace(path, name);
    }
    message
}

/// A type as a person would write it: names without the paths to them.
///
/// ```
/// use ferrite_engine::short_type;
///
/// assert_eq!(short_type("std::vec::Vec<polars::prelude::DataFrame>"), "Vec<DataFrame>");
/// assert_eq!(short_type("<I as std::iter::Iterator>::Item"), "<I as Iterator>::Item");
/// ```
pub fn short_type(type_text: &str) -> String {
    let mut short = String::with_capacity(type_text.len());
    // Where the name begins that is being read.
    let mut name = 0;
    let mut rest = type_text;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("::").filter(|_| !short.ends_with('>')) {
            short.truncate(name);
            rest = after;
            continue;
        }
        short.push(c);
        if !(c.is_alphanumeric() || c == '_') {
            name = short.len();
        }
        rest = &rest[c.len_utf8()..];
    }
    short
}

/// Files that only rustc can find.
fn is_noise(message: &str) -> bool {
    message.starts_with("the full name for the type has been written to")
        || message.starts_with("the full type name has been written to")
        || message.starts_with("consider using `--verbose`")
        // It is defined in generated code.
        || message.starts_with("the lint level is defined here")
}

/// A path into a dependency without the folders that lead to it.
pub fn short_path(path: &str) -> &str {
    // What is left out: …/registry/src/<registry>/, /rustc/<commit>/, and the
    // sources that rustup installs.
    for (mark, folders) in [
        ("/registry/src/", 4),
        ("/rustc/", 3),
        ("/rustlib/src/rust/", 4),
    ] {
        if let Some(at) = path.find(mark) {
            let mut parts = path[at..].splitn(folders + 1, '/');
            return parts.nth(folders).unwrap_or(path);
        }
    }
    path
}

/// A text without colours.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("\x1b[") {
        plain.push_str(&rest[..start]);
        let tail = &rest[start..];
        rest = tail.find('m').map_or("", |end| &tail[end + 1..]);
    }
    plain.push_str(rest);
    plain
}
