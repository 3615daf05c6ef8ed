//! What could be written at the cursor.
//!
//! Two sources: what the engine knows itself (variables, items, imports,
//! crates, commands, columns of frames, files), which is there at once, and
//! rust-analyzer ([`crate::analysis`]), which knows types. The first answers
//! alone while the second is not ready.

pub(crate) mod own;
pub mod paths;
pub mod place;
pub mod scan;

use std::ops::Range;

use ferrite_wire::analysis::Item;

use crate::commands;
use place::Place;

/// Something that could be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What would stand there.
    pub text: String,
    /// What it is, in the words of Jupyter's frontends: `function`, `class`,
    /// `instance`, `module`, `keyword`, `magic`, `column`, `path`, …
    pub kind: String,
    /// Its signature or type.
    pub signature: String,
    /// What it does, in a paragraph of Markdown.
    pub documentation: String,
}

impl Suggestion {
    /// One without documentation.
    pub fn new(text: impl Into<String>, kind: &str, signature: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: kind.to_owned(),
            signature: signature.into(),
            documentation: String::new(),
        }
    }
}

impl From<Item> for Suggestion {
    fn from(item: Item) -> Self {
        Self {
            text: item.insert,
            kind: item.kind,
            signature: item.signature,
            documentation: item.documentation,
        }
    }
}

/// What could be written at a place, the likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// The bytes that each would replace.
    pub range: Range<usize>,
    /// What could be written.
    pub items: Vec<Suggestion>,
}

/// Words of the language that begin something, and the macros that every
/// program has.
pub const KEYWORDS: &[&str] = &[
    "async", "await", "break", "const", "continue", "else", "enum", "false", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "return", "static",
    "struct", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// Macros that every program has.
pub const MACROS: &[&str] = &[
    "assert!",
    "assert_eq!",
    "assert_ne!",
    "dbg!",
    "eprintln!",
    "format!",
    "matches!",
    "panic!",
    "print!",
    "println!",
    "todo!",
    "unimplemented!",
    "vec!",
    "write!",
    "writeln!",
];

/// Names of the standard library that need no import.
const NAMES: &[&str] = &[
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Vec",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// What could be written at a byte of a cell, for whoever has no session (yet):
/// commands, words of the language and macros.
///
/// ```
/// let found = ferrite_engine::completion::without_session("whi", 3);
/// assert_eq!(found.items[0].text, "while");
/// assert_eq!(found.range, 0..3);
/// ```
pub fn without_session(code: &str, cursor: usize) -> Suggestions {
    if let Some(found) = of_commands(code, cursor) {
        return found;
    }
    let (place, range) = place::at(code, cursor);
    let typed = code.get(range.clone()).unwrap_or_default();
    let mut items = Vec::new();
    if place == Place::Name {
        items.extend(of_language().filter(|item| begins_with(&item.text, typed)));
    }
    Suggestions { range, items }
}

/// The commands that could be meant, if the cursor is in the line of one.
pub fn of_commands(code: &str, cursor: usize) -> Option<Suggestions> {
    let found = commands::complete(code, cursor)?;
    let item = |text: String| {
        let help = commands::help_at(&text, 0).unwrap_or_default();
        let (usage, summary) = help.split_once('\n').unwrap_or((&help, ""));
        Suggestion {
            documentation: summary.trim().to_owned(),
            ..Suggestion::new(text, "magic", usage)
        }
    };
    Some(Suggestions {
        range: found.range,
        items: found.texts.into_iter().map(item).collect(),
    })
}

/// What every program can say.
pub fn of_language() -> impl Iterator<Item = Suggestion> {
    let all = |names: &'static [&'static str], kind: &'static str| {
        names
            .iter()
            .map(move |name| Suggestion::new(*name, kind, ""))
    };
    let names = all(NAMES, "class");
    all(MACROS, "macro")
        .chain(all(KEYWORDS, "keyword"))
        .chain(names)
}

/// Whether a name begins with what was typed, as people type: without
/// capitals.
pub fn begins_with(name: &str, typed: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    let mut typed = typed.chars().flat_map(char::to_lowercase);
    typed.all(|c| name.next() == Some(c))
}

/// Leaves out what is there twice: the first knows best, the others what it does not know.
pub fn without_doubles(items: &mut Vec<Suggestion>) {
    let mut seen = std::collections::BTreeMap::new();
    let mut once: Vec<Suggestion> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let Some(&at) = seen.get(&item.text) else {
            seen.insert(item.text.clone(), once.len());
            once.push(item);
            continue;
        };
        let first: &mut Suggestion = &mut once[at];
        if first.signature.is_empty() && first.documentation.is_empty() {
            *first = item;
        }
    }
    *items = once;
}
